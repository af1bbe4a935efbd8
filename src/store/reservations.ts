import type { Transaction } from 'kysely';
import { LISTED, type Value } from './dialect.ts';
import type { Db } from './open.ts';
import type { Reservation, Tables } from './tables.ts';

/** Where a page ended: the next one begins behind this row. */
export interface Position {
  startAt: number;
  id: number;
}

/** The rooms a page is about, by number. `of` is how many rooms the tenant has, from which the way to look is chosen. */
export type RoomFilter = { kind: 'all' } | { kind: 'only' | 'except'; roomNos: readonly number[]; of: number };

export interface LedgerQuery {
  tenantId: number;
  /** The window, both ends inclusive: reservations that start in it. */
  from: number;
  to: number;
  /** A request for approval counts until its start; then, undecided, it is rejected. */
  now: number;
  rooms: RoomFilter;
  after?: Position | undefined;
  limit: number;
}

/** A row of the ledger as facts. */
export type LedgerRow = Omit<Reservation, 'tenant_id' | 'created_at' | 'rejected_at' | 'cancelled_at' | 'release_on_no_show' | 'version'>;

const COLUMNS = `id, room_no, start_at, end_at, title, is_private, reserver_id, reserver_name, reserver_department,
  guests, guests_accepted, accepted_at, released_at, release_cause, released_by_name,
  check_in_rule, check_in_opens_at, check_in_closes_at, checked_in_at, checked_in_with, room_disabled_at`;

/** Rows of one tenant behind a position and in a window, as far as the ledger shows them. */
const WINDOW = `tenant_id = ? AND (start_at, id) > (?, ?) AND start_at <= ? AND ${LISTED} AND (accepted_at IS NOT NULL OR start_at > ?)`;
const ORDER = 'ORDER BY start_at, id LIMIT ?';

/**
 * The next rows of the ledger in order of start, then id; at most `limit`.
 *
 * What it costs depends on neither the table's size nor the page's depth: the index by start is entered at the position and
 * left after `limit` rows, or, for a few rooms of many, the index by room is, once for each.
 */
export function ledgerPage(db: Db, query: LedgerQuery): Promise<LedgerRow[]> {
  const { rooms, limit } = query;
  if (rooms.kind === 'all') return db.read(`SELECT ${COLUMNS} FROM reservations WHERE ${WINDOW} ${ORDER}`, [...windowValues(query), limit]);
  if (rooms.kind === 'only' && seeksAreCheaper(db, rooms.roomNos.length, rooms.of, limit)) return pageByRoom(db, query, rooms.roomNos);
  const { among, notAmong, list } = db.dialect;
  const statement = `SELECT ${COLUMNS} FROM reservations WHERE ${WINDOW} AND room_no ${rooms.kind === 'only' ? among : notAmong} ${ORDER}`;
  return db.read(statement, [...windowValues(query), list(rooms.roomNos), limit]);
}

/** How many reservations the ledger shows in the window, in all rooms. */
export async function countLedger(db: Db, query: Omit<LedgerQuery, 'rooms' | 'limit'>): Promise<number> {
  const [row] = await db.read<{ n: number }>(`SELECT count(*) AS n FROM reservations WHERE ${WINDOW}`, windowValues(query));
  return row?.n ?? 0;
}

function windowValues({ tenantId, from, to, now, after }: Omit<LedgerQuery, 'rooms' | 'limit'>): Value[] {
  return [tenantId, after?.startAt ?? from, after?.id ?? 0, to, now];
}

/** Whether asking room by room is cheaper than walking through everybody's rows until `limit` of them fit. */
function seeksAreCheaper({ dialect }: Db, chosen: number, of: number, limit: number): boolean {
  return chosen * dialect.rowsPerSeek < (limit * of) / Math.max(chosen, 1);
}

/** The first rows of each room, merged. */
async function pageByRoom(db: Db, query: LedgerQuery, roomNos: readonly number[]): Promise<LedgerRow[]> {
  const { among, list, keysOfRooms } = db.dialect;
  const keysOfRoom = (room: string) => `SELECT id, start_at FROM reservations WHERE ${WINDOW} AND room_no = ${room} ${ORDER}`;
  const keys = await keysOfRooms(db.read, keysOfRoom, windowValues(query), roomNos, query.limit);
  const ids = keys
    .sort((a, b) => a.start_at - b.start_at || a.id - b.id)
    .slice(0, query.limit)
    .map(({ id }) => id);
  return db.read(`SELECT ${COLUMNS} FROM reservations WHERE tenant_id = ? AND id ${among} ORDER BY start_at, id`, [query.tenantId, list(ids)]);
}

const LOAD_COLUMNS = [
  'room_no',
  'start_at',
  'end_at',
  'title',
  'is_private',
  'reserver_id',
  'reserver_name',
  'reserver_department',
  'guests',
  'guests_accepted',
  'created_at',
  'accepted_at',
  'rejected_at',
  'cancelled_at',
  'released_at',
  'release_cause',
  'released_by_name',
  'check_in_rule',
  'check_in_opens_at',
  'check_in_closes_at',
  'release_on_no_show',
  'checked_in_at',
  'checked_in_with',
  'room_disabled_at',
  'version',
] as const satisfies (keyof Reservation)[];

/** Writes any number of reservations of a tenant that has none yet. */
export async function loadReservations(
  db: Db,
  tx: Transaction<Tables>,
  tenantId: number,
  reservations: Iterable<Omit<Reservation, 'tenant_id' | 'id'>>,
): Promise<void> {
  const carryIds = db.dialect.loadsCarryIds;
  const columns = ['tenant_id', ...(carryIds ? ['id'] : []), ...LOAD_COLUMNS];
  await db.insertMany(tx, 'reservations', columns, rows());
  await db.dialect.analyze('reservations').execute(tx);

  function* rows() {
    let id = 0;
    for (const reservation of reservations) {
      const values = LOAD_COLUMNS.map((column) => reservation[column]);
      yield carryIds ? [tenantId, ++id, ...values] : [tenantId, ...values];
    }
  }
}
