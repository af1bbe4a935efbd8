import { LISTED } from './dialect.ts';
import type { Db } from './open.ts';
import type { Reservation } from './tables.ts';

/** Where a page ended: the next one begins behind this row. */
export interface Position {
  startAt: number;
  id: number;
}

/** The rooms a page is about, by number. `of` is how many rooms the tenant has, from which the way to look is chosen. */
export type RoomFilter = { kind: 'all' } | { kind: 'only'; roomNos: readonly number[]; of: number } | { kind: 'except'; roomNos: readonly number[] };

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

/** The next rows of the ledger in order of start, then id; at most `limit`. What it costs depends on neither the table's size nor the page's depth. */
export function ledgerPage(db: Db, query: LedgerQuery): Promise<LedgerRow[]> {
  const { rooms } = query;
  if (rooms.kind === 'only' && seeksAreCheaper(rooms.roomNos.length, rooms.of, query.limit)) return pageByRoom(db, query, rooms.roomNos);
  const filter = rooms.kind === 'all' ? '' : `AND room_no ${rooms.kind === 'only' ? 'IN' : 'NOT IN'} (SELECT value FROM json_each(?))`;
  const statement = `SELECT ${COLUMNS} FROM reservations WHERE ${WINDOW} ${filter} ${ORDER}`;
  return db.read(statement, [...windowValues(query), ...(rooms.kind === 'all' ? [] : [JSON.stringify(rooms.roomNos)]), query.limit]);
}

/** How many reservations the ledger shows in the window, in all rooms. */
export async function countLedger(db: Db, query: Omit<LedgerQuery, 'rooms' | 'limit'>): Promise<number> {
  const [row] = await db.read<{ n: number }>(`SELECT count(*) AS n FROM reservations WHERE ${WINDOW}`, windowValues(query));
  return row?.n ?? 0;
}

function windowValues({ tenantId, from, to, now, after }: Omit<LedgerQuery, 'rooms' | 'limit'>): number[] {
  return [tenantId, after?.startAt ?? from, after?.id ?? 0, to, now];
}

/** One seek in the index by room costs about as much as 40 rows passed over in the index by start. */
const ROWS_PER_SEEK = 40;

/** Whether asking room by room is cheaper than walking through everybody's rows until `limit` of them fit. */
function seeksAreCheaper(chosen: number, of: number, limit: number): boolean {
  return chosen * ROWS_PER_SEEK < (limit * of) / Math.max(chosen, 1);
}

/** The first rows of each room, merged: for a few rooms of many. */
async function pageByRoom(db: Db, query: LedgerQuery, roomNos: readonly number[]): Promise<LedgerRow[]> {
  const statement = `SELECT id, start_at FROM reservations WHERE ${WINDOW} AND room_no = ? ${ORDER}`;
  const perRoom = await Promise.all(
    roomNos.map((roomNo) => db.read<{ id: number; start_at: number }>(statement, [...windowValues(query), roomNo, query.limit])),
  );
  const ids = perRoom
    .flat()
    .sort((a, b) => a.start_at - b.start_at || a.id - b.id)
    .slice(0, query.limit)
    .map((row) => row.id);
  return db.read(`SELECT ${COLUMNS} FROM reservations WHERE tenant_id = ? AND id IN (SELECT value FROM json_each(?)) ORDER BY start_at, id`, [
    query.tenantId,
    JSON.stringify(ids),
  ]);
}
