import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client as Postgres } from 'pg';
import { openContext } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { postgresPrograms, startCluster, type Cluster } from '../test/support/cluster.ts';

/** A demo tenant of a known size, loaded by the program's own command. */
export interface Dataset {
  rows: number;
  data: string;
  databaseUrl: string | undefined;
  appId: string;
  appSecret: string;
  rootLevelId: string;
  /** The instant that the data are up to date with. */
  at: number;
}

/** Its levels and rooms, to make filters of. */
export interface Places {
  roomIds: string[];
  /** Subtrees by what they are: two sites in two zones (two thirds and one third of the rooms), a building, a floor. */
  levels: { bigSite: string; otherSite: string; building: string; floor: string };
}

export const PROGRAM = 'dist/yuding.js';
const DIRECTORY = 'out/bench/data';
const AT = 1_790_000_000;

/** All datasets have as many rooms and days as give a day of the larger ones 25,000 reservations. */
const shapes = {
  10_000: { rooms: 30, days: 40 },
  1_000_000: { rooms: 3000, days: 40 },
  10_000_000: { rooms: 3000, days: 400 },
};
export type Rows = keyof typeof shapes;

export class Datasets {
  readonly #cluster: Cluster | undefined;

  private constructor(cluster: Cluster | undefined) {
    this.#cluster = cluster;
  }

  /** For SQLite in files that are kept for the next run; for PostgreSQL on a server that lasts as long as the run. */
  static async open(engine: 'sqlite' | 'postgres'): Promise<Datasets> {
    if (engine === 'sqlite') return new Datasets(undefined);
    const programs = postgresPrograms();
    if (!programs) throw new Error('the programs of PostgreSQL are not installed');
    return new Datasets(
      await startCluster(programs, { shared_buffers: '2GB', max_wal_size: '4GB', fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' }),
    );
  }

  async load(rows: Rows): Promise<Dataset> {
    const { rooms, days } = shapes[rows];
    const { data, databaseUrl } = await this.place(String(rows));
    mkdirSync(data, { recursive: true });
    if (databaseUrl !== undefined || !existsSync(join(data, 'loaded'))) console.error(`loading ${String(rows)} reservations`);
    const size = ['--rooms', rooms, '--days', days, '--reservations', rows, '--at', AT].map(String);
    const place = ['--data', data, ...(databaseUrl ? ['--database-url', databaseUrl] : [])];
    const output = execFileSync(process.execPath, [PROGRAM, 'demo', '--json', ...size, ...place], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    writeFileSync(join(data, 'loaded'), '');
    const access = JSON.parse(output) as { app_id: string; app_secret: string; room_level_id: string };
    return { rows, data, databaseUrl, appId: access.app_id, appSecret: access.app_secret, rootLevelId: access.room_level_id, at: AT };
  }

  /** Where a dataset of that name stands; on PostgreSQL an empty database. */
  async place(name: string): Promise<Pick<Dataset, 'data' | 'databaseUrl'>> {
    const data = join(DIRECTORY, `${this.#cluster ? 'postgres' : 'sqlite'}-${name}`);
    if (!this.#cluster) return { data, databaseUrl: undefined };
    const admin = new Postgres({ connectionString: this.#cluster.url('postgres') });
    await admin.connect();
    await admin.query(`CREATE DATABASE bench_${name}`);
    await admin.end();
    return { data, databaseUrl: this.#cluster.url(`bench_${name}`) };
  }

  async close(): Promise<void> {
    await this.#cluster?.stop();
  }
}

export async function readPlaces({ data, databaseUrl, rootLevelId }: Dataset): Promise<Places> {
  const ctx = await openContext({ ...readConfig({}, {}), data, databaseUrl });
  const levels = await ctx.db.kysely.selectFrom('levels').select(['level_id', 'parent_id', 'position']).orderBy('position').execute();
  const rooms = await ctx.db.kysely.selectFrom('rooms').select('room_id').orderBy('room_no').execute();
  await ctx.db.close();
  const childrenOf = (parent: string) => levels.filter(({ parent_id }) => parent_id === parent).map(({ level_id }) => level_id);
  const first = (parent: string) => childrenOf(parent)[0] ?? '';
  const [bigSite = '', otherSite = ''] = childrenOf(rootLevelId);
  return {
    roomIds: rooms.map(({ room_id }) => room_id),
    levels: { bigSite, otherSite, building: first(otherSite), floor: first(first(bigSite)) },
  };
}
