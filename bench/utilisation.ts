import { DatabaseSync } from '@photostructure/sqlite';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { openContext } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import type { Ctx } from '../src/context.ts';
import type { Principal } from '../src/domain/access.ts';
import { createLevel } from '../src/domain/levels.ts';
import { createTenant } from '../src/domain/tenants.ts';
import { utilisation } from '../src/domain/utilisation.ts';
import { beginDirectoryChange } from '../src/store/directory.ts';
import type { Datasets } from './datasets.ts';
import { interleaved, type Line } from './measure.ts';

/*
 * P9: the utilisation of a year of 500 rooms in two zones, a fifth of the reservations given back early, beside one sum over the same rows
 * from the index by room alone. The year before, with which it is compared, has reservations too: both are read.
 */
const ROOMS = 500;
const DAYS = 365;
const A_DAY = 4;
const DAY = 86_400;
const HOUR = 3600;
/** 2026-01-01 in UTC. */
const FIRST = 20_454;
const actor = { id: 'bench', name: 'bench', source: 'cli' } as const;

const COLUMNS = [
  ...['tenant_id', 'id', 'room_no', 'start_at', 'end_at', 'title', 'reserver_id', 'reserver_name', 'reserver_department', 'guests', 'guests_accepted'],
  ...['created_at', 'accepted_at', 'released_at', 'release_cause', 'check_in_rule', 'check_in_opens_at', 'check_in_closes_at', 'checked_in_at'],
] as const;

interface Office {
  ctx: Ctx;
  principal: Principal;
  rootLevelId: string;
  data: string;
  databaseUrl: string | undefined;
}

async function office(datasets: Datasets): Promise<Office> {
  const { data, databaseUrl } = await datasets.place('utilisation');
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  const ctx = await openContext({ ...readConfig({}, {}), data, databaseUrl });
  const { tenantId, rootLevelId, administratorId } = await createTenant(ctx, actor, { name: 'Office', timeZone: 'Europe/Berlin', administrator: 'Ada' });
  const levels = [
    await createLevel(ctx, actor, { tenantId, parentId: rootLevelId, name: 'Berlin' }),
    await createLevel(ctx, actor, { tenantId, parentId: rootLevelId, name: 'Shanghai', timeZone: 'Asia/Shanghai' }),
  ];
  await ctx.db.transaction(async (tx) => {
    const version = await beginDirectoryChange(tx, tenantId);
    const rooms = Array.from({ length: ROOMS }, (_, i) => [tenantId, i + 1, ctx.ids.room(), levels[i % 2] ?? '', `Room ${String(i)}`, 8, i, 0, version]);
    await ctx.db.insertMany(tx, 'rooms', ['tenant_id', 'room_no', 'room_id', 'level_id', 'name', 'capacity', 'position', 'created_at', 'changed_in'], rooms);
    await ctx.db.insertMany(tx, 'reservations', COLUMNS, reservations(tenantId));
  });
  await ctx.db.dialect.afterLoad('reservations')?.execute(ctx.db.kysely);
  const { version } = await ctx.directories.read(tenantId);
  const rights = { appScopes: [], grantedScopes: [], managesMeetings: true, isAdministrator: false, device: null, session: null, directoryVersion: version };
  const principal: Principal = {
    kind: 'user',
    tenantId,
    appId: 'cli_bench',
    userId: administratorId,
    name: 'Ada',
    departmentId: null,
    department: '',
    ...rights,
  };
  return { ctx, principal, rootLevelId, data, databaseUrl };
}

/** Two years, in order of time as they come in. */
function* reservations(tenantId: number): Generator<(string | number | null)[]> {
  let id = 0;
  for (let day = FIRST - DAYS; day < FIRST + DAYS; day++) {
    for (let room = 1; room <= ROOMS; room++) {
      for (let n = 0; n < A_DAY; n++) {
        const start = day * DAY + (1 + 2 * n) * HOUR + (room % 4) * 900;
        const end = start + 1800 + ((id * 7) % 5) * 900;
        const isReleased = id % 5 === 0;
        const checkedIn = id % 3 === 0 ? null : start + 60;
        const who = ['Weekly', 'ou_00000000000000000000000000000001', 'Ada', 'Research', 5, 3];
        const released = isReleased ? [start + 900, checkedIn === null ? 'no_show' : 'by_hand'] : [null, null];
        yield [tenantId, ++id, room, start, end, ...who, start - DAY, start - DAY, ...released, 'required', start - 900, start + 900, checkedIn];
      }
    }
  }
}

export async function utilisationOfAYear(datasets: Datasets): Promise<Line[]> {
  const ours = await office(datasets);
  const sum = await indexSum(ours);
  const timed = (work: () => Promise<unknown>) => async () => {
    const before = performance.now();
    await work();
    return performance.now() - before;
  };
  try {
    const period = { firstDay: FIRST, lastDay: FIRST + DAYS - 1, levelIds: [ours.rootLevelId], isGone: () => false };
    const { uses } = await utilisation(ours.ctx, ours.principal, period);
    const counted = uses[0]?.total.reservations ?? 0;
    // The hours of Shanghai are not those of UTC: a few of the last day's are another day's there.
    if (Math.abs(counted - ROOMS * DAYS * A_DAY) > ROOMS * A_DAY) throw new Error(`${String(counted)} reservations were counted`);
    const found = await interleaved({
      utilisation: timed(() => utilisation(ours.ctx, ours.principal, period)),
      sum: timed(sum.run),
    });
    const what = `year of ${String(ROOMS)} rooms and the year before / index sum`;
    return [{ target: 'P9', what, measured: found.utilisation, reference: found.sum, unit: 'ms', limit: 8 }];
  } finally {
    await sum.close();
    await ours.ctx.utilisation.close();
    await ours.ctx.db.close();
  }
}

/** One sum over all of it, from the index alone. */
async function indexSum({ principal, data, databaseUrl }: Office): Promise<{ run: () => Promise<void>; close: () => Promise<void> }> {
  const from = (FIRST - DAYS - 1) * DAY;
  const statement = (index: string) => `SELECT sum(end_at - start_at) AS seconds FROM reservations ${index}
    WHERE tenant_id = ${String(principal.tenantId)} AND room_no BETWEEN 1 AND ${String(ROOMS)} AND start_at >= ${String(from)}
      AND rejected_at IS NULL AND cancelled_at IS NULL AND accepted_at IS NOT NULL`;
  if (databaseUrl === undefined) {
    const db = new DatabaseSync(join(data, 'yuding.db'), { readOnly: true });
    const prepared = db.prepare(statement('INDEXED BY reservations_by_room'));
    return {
      run: () => {
        prepared.get();
        return Promise.resolve();
      },
      close: () => {
        db.close();
        return Promise.resolve();
      },
    };
  }
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  // As a program reads it: in one process of the server, from the index.
  await client.query('SET max_parallel_workers_per_gather = 0; SET enable_seqscan = off; SET enable_bitmapscan = off');
  return {
    run: async () => {
      await client.query(statement(''));
    },
    close: () => client.end(),
  };
}
