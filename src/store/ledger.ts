import { LISTED, type Value } from './dialect.ts';
import type { Db } from './open.ts';
import type { Reservation } from './tables.ts';

/** Where a page ended: the next one begins behind this row. */
export interface Position {
  startAt: number;
  id: number;
}

/** The rooms a page is about, by number. `highest` is the tenant's highest room number, from which the way to look is chosen. */
export type RoomFilter = { kind: 'all' } | { kind: 'only' | 'except'; roomNos: readonly number[]; highest: number };

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
export type LedgerRow = Pick<Reservation, (typeof LEDGER_COLUMNS)[number]>;

const LEDGER_COLUMNS = [
  'id',
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
  'accepted_at',
  'released_at',
  'release_cause',
  'released_by_name',
  'check_in_rule',
  'check_in_opens_at',
  'check_in_closes_at',
  'checked_in_at',
  'checked_in_with',
  'room_disabled_at',
] as const satisfies (keyof Reservation)[];

const COLUMNS = LEDGER_COLUMNS.join(', ');

/** Rows of one tenant behind a position and in a window, as far as the ledger shows them. */
const WINDOW = `tenant_id = ?1 AND (start_at, id) > (?2, ?3) AND start_at <= ?4 AND ${LISTED} AND (accepted_at IS NOT NULL OR start_at > ?5)`;
const PAGE = 'ORDER BY start_at, id LIMIT ?6';

/**
 * The next rows of the ledger in order of start, then id; at most `limit`.
 *
 * What it costs depends on neither the table's size nor the page's depth. The index by start is entered at the position and
 * left after `limit` rows; a filter of rooms passes over the rows of the others. Where so few rooms are chosen that this would
 * take too long, the index by room is entered once for each.
 */
export function ledgerPage(db: Db, query: LedgerQuery): Promise<LedgerRow[]> {
  const { rooms, limit } = query;
  const { tenantId, from, to, now, after } = query;
  const values: Value[] = [tenantId, after?.startAt ?? from, after?.id ?? 0, to, now, limit];
  if (rooms.kind === 'all') return db.read(`SELECT ${COLUMNS} FROM reservations WHERE ${WINDOW} ${PAGE}`, values);
  const { list, inRoomMap, firstOfRooms } = db.dialect;
  const seeks = rooms.kind === 'only' && seeksAreCheaper(db, rooms.roomNos.length, rooms.highest, limit);
  const ids = seeks ? firstOfRooms(WINDOW) : `SELECT id FROM reservations WHERE ${WINDOW} AND ${inRoomMap} ${PAGE}`;
  const statement = `SELECT ${COLUMNS} FROM reservations WHERE tenant_id = ?1 AND id IN (${ids}) ORDER BY start_at, id`;
  return db.read(statement, [...values, seeks ? list(rooms.roomNos) : roomMap(rooms)]);
}

/** Seeks cost a little for each room chosen, the walk the more the fewer of all rooms are chosen. */
function seeksAreCheaper({ dialect }: Db, chosen: number, of: number, limit: number): boolean {
  return chosen * dialect.rowsPerSeek < (limit * of) / Math.max(chosen, 1);
}

/** A byte for each room from number 1 on: 1 where the filter lets the room through. A look-up costs the same for any filter. */
function roomMap({ kind, roomNos, highest }: Exclude<RoomFilter, { kind: 'all' }>): Uint8Array {
  const map = new Uint8Array(highest).fill(kind === 'only' ? 0 : 1);
  for (const roomNo of roomNos) map[roomNo - 1] = kind === 'only' ? 1 : 0;
  return map;
}
