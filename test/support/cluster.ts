import { spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A private PostgreSQL server on a Unix socket. */
export interface Cluster {
  /** Address of a database in it. */
  url(database: string): string;
  stop(): Promise<void>;
}

/** Directory of PostgreSQL's programs, where Debian or the PATH has them; undefined when they are not installed. */
export function postgresPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const places = [...versions.map((version) => join(debian, version, 'bin')), ...(process.env.PATH ?? '').split(':')];
  return places.find((place) => existsSync(join(place, 'initdb')));
}

/** Starts a server on a new directory. As root it runs as `postgres`, because PostgreSQL refuses root. */
export async function startCluster(programs: string, settings: Readonly<Record<string, string>> = {}): Promise<Cluster> {
  const directory = mkdtempSync(join(tmpdir(), 'ydpg-'));
  const owner = process.getuid?.() === 0 ? idsOf('postgres') : undefined;
  if (owner) chownSync(directory, owner.uid, owner.gid);
  const data = join(directory, 'data');
  const run = { ...owner, cwd: directory };
  execFileSync(join(programs, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '--locale=C', '-E', 'UTF8'], { ...run, stdio: 'ignore' });
  // Without fsync: these data need not survive a power cut.
  const set = Object.entries({ listen_addresses: '', fsync: 'off', max_connections: '200', ...settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const server = spawn(join(programs, 'postgres'), ['-D', data, '-k', directory, ...set], {
    ...run,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await readyLine(server);
  return {
    url: (database) => `postgres://postgres@/${database}?host=${directory}`,
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGINT');
      await ended;
      rmSync(directory, { recursive: true });
    },
  };
}

function idsOf(user: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function readyLine(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    server.stderr?.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-10_000);
      if (log.includes('ready to accept connections')) resolve();
    });
    server.once('exit', () => {
      reject(new Error(`PostgreSQL did not start: ${log}`));
    });
  });
}
