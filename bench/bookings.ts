import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import pg from 'pg';
import { openContext } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import type { Ctx } from '../src/context.ts';
import type { Principal } from '../src/domain/access.ts';
import { createLevel } from '../src/domain/levels.ts';
import { book } from '../src/domain/reserve.ts';
import { createRoom } from '../src/domain/rooms.ts';
import { createTenant } from '../src/domain/tenants.ts';
import type { Datasets } from './datasets.ts';
import { interleaved, type Line } from './measure.ts';

/*
 * P4: reservations a second, each on the disk before the next, beside a bare loop that inserts the same rows into a table with the
 * same indexes and the same guard against overlaps, a transaction each and just as durable. Bookings come several at once, as they do to a
 * server.
 */
const ROOMS = 100;
const PER_ROUND = 320;
/** People who book at the same time; the loop beside them has nobody to wait for. */
const AT_ONCE = 16;
const HOUR = 3600;
const actor = { id: 'bench', name: 'bench', source: 'cli' } as const;

interface Office {
  ctx: Ctx;
  tenantId: number;
  principal: Principal;
  roomIds: string[];
  data: string;
  databaseUrl: string | undefined;
}

async function office(datasets: Datasets, name: string): Promise<Office> {
  const { data, databaseUrl } = await datasets.place(name);
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  const ctx = await openContext({ ...readConfig({}, {}), data, databaseUrl });
  const { tenantId, rootLevelId, administratorId } = await createTenant(ctx, actor, { name: 'Office', timeZone: 'Asia/Shanghai', administrator: 'Ada' });
  const levelId = await createLevel(ctx, actor, { tenantId, parentId: rootLevelId, name: 'Floor' });
  const roomIds: string[] = [];
  for (let i = 0; i < ROOMS; i++) roomIds.push((await createRoom(ctx, actor, { tenantId, levelId, name: `Room ${String(i)}`, capacity: 6 })).roomId);
  const { version } = await ctx.directories.read(tenantId);
  const rights = { appScopes: [], grantedScopes: [], managesMeetings: true, isAdministrator: false, device: null, session: null, directoryVersion: version };
  return {
    ctx,
    tenantId,
    principal: { kind: 'user', tenantId, appId: 'cli_bench', userId: administratorId, name: 'Ada', departmentId: null, department: '', ...rights },
    roomIds,
    data,
    databaseUrl,
  };
}

/** Slots that nobody has yet: an hour each, room after room. */
function* slots(at: number): Generator<{ room: number; startAt: number }> {
  for (let hour = 1; ; hour++) for (let room = 0; room < ROOMS; room++) yield { room, startAt: at + hour * HOUR };
}

export async function durableBookings(datasets: Datasets): Promise<Line[]> {
  const ours = await office(datasets, 'bookings');
  const bare = await office(datasets, 'bare');
  const now = ours.ctx.clock.now();
  const insert = await bareInsert(bare);
  const [ourSlots, bareSlots] = [slots(now), slots(now)];
  const timed = (work: () => Promise<void>, atOnce: number) => async () => {
    const before = performance.now();
    for (let i = 0; i < PER_ROUND; i += atOnce) await Promise.all(Array.from({ length: atOnce }, work));
    return ((performance.now() - before) / PER_ROUND) * 1000;
  };
  try {
    const found = await interleaved({
      booked: timed(async () => {
        const { room, startAt } = ourSlots.next().value as { room: number; startAt: number };
        const input = { roomId: ours.roomIds[room] ?? '', startAt, endAt: startAt + HOUR, title: 'Weekly', isPrivate: false, guests: [] };
        const terms = { approvalReason: null, recurrence: null, timeZone: null, onClash: 'refuse' as const, onBehalfOf: null };
        await book(ours.ctx, ours.principal, actor, { ...input, ...terms });
      }, AT_ONCE),
      inserted: timed(() => {
        const { room, startAt } = bareSlots.next().value as { room: number; startAt: number };
        return insert.row(room + 1, startAt);
      }, 1),
    });
    // 0.8 times the rate is 1.25 times the time.
    return [{ target: 'P4', what: 'durable booking / bare INSERT', measured: found.booked, reference: found.inserted, unit: 'us', limit: 1.25 }];
  } finally {
    await insert.close();
    await ours.ctx.db.close();
    await bare.ctx.db.close();
  }
}

const COLUMNS = `tenant_id, id, room_no, start_at, end_at, title, is_private, reserver_id, reserver_name, reserver_department, guests, guests_accepted,
  created_at, accepted_at, check_in_rule, release_on_no_show, event_id, original_at, check_in_settled, updated_at, version`;

async function bareInsert({
  tenantId,
  principal,
  data,
  databaseUrl,
}: Office): Promise<{ row: (roomNo: number, startAt: number) => Promise<void>; close: () => Promise<void> }> {
  let id = 0;
  const values = (roomNo: number, startAt: number) => {
    const times = [startAt, startAt + HOUR];
    return [
      tenantId,
      ++id,
      roomNo,
      ...times,
      'Weekly',
      0,
      principal.userId,
      'Ada',
      '',
      0,
      0,
      startAt - 60,
      startAt - 60,
      'no_device',
      1,
      id,
      0,
      1,
      startAt - 60,
      1,
    ];
  };
  const places = COLUMNS.split(',').length;
  if (databaseUrl === undefined) {
    const db = new DatabaseSync(join(data, 'yuding.db'));
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    const statement = db.prepare(`INSERT INTO reservations (${COLUMNS}) VALUES (${Array.from({ length: places }, () => '?').join(', ')})`);
    return {
      row: (roomNo, startAt) => {
        statement.run(...values(roomNo, startAt));
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
  const text = `INSERT INTO reservations (${COLUMNS}) VALUES (${Array.from({ length: places }, (_, i) => `$${String(i + 1)}`).join(', ')})`;
  return {
    row: async (roomNo, startAt) => {
      await client.query({ name: 'insert', text, values: values(roomNo, startAt) });
    },
    close: () => client.end(),
  };
}
