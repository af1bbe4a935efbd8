import { ACTIVE, LISTED } from './dialect.ts';
import type { Db } from './open.ts';
import type { Reservation } from './tables.ts';

/** What a screen draws of a reservation is made of this. */
const DRAWN_COLUMNS = [
  'id',
  'room_no',
  'start_at',
  'end_at',
  'title',
  'is_private',
  'reserver_id',
  'reserver_name',
  'accepted_at',
  'rejected_at',
  'cancelled_at',
  'released_at',
  'release_cause',
  'check_in_rule',
  'check_in_opens_at',
  'check_in_closes_at',
  'checked_in_at',
  'checked_in_with',
  'room_disabled_at',
  'original_at',
  'version',
] as const satisfies (keyof Reservation)[];

/** A reservation, as far as it is drawn. */
export type DrawnRow = Pick<Reservation, (typeof DRAWN_COLUMNS)[number]>;

/** When a room is taken. */
export type BusyRow = Pick<Reservation, 'room_no' | 'start_at' | 'end_at'>;

interface Period {
  tenantId: number;
  from: number;
  to: number;
  /** Rooms by number. */
  roomNos: readonly number[];
}

/*
 * What overlaps a period began in it, which the indexes by start know, or before it. Of the latter, those that hold a room are the
 * last that began in theirs, because such do not overlap: a seek for each room finds them.
 */
const HOLDS = `${ACTIVE} AND rejected_at IS NULL`;
const beganEarlier = (rooms: string) => `tenant_id = ?1 AND end_at > ?2 AND id IN (SELECT (
    SELECT id FROM reservations WHERE tenant_id = ?1 AND room_no = room.value AND start_at < ?2 AND ${HOLDS} ORDER BY start_at DESC LIMIT 1
  ) FROM ${rooms})`;
const inRooms = (rooms: string) => `room_no IN (SELECT value FROM ${rooms})`;

/**
 * Reservations that hold rooms or held them in a period, and requests for it, in order of start, then id. What was given back is
 * among them where it began in the period.
 *
 * @param whole whether the rooms are all of the tenant: then none is asked for by name
 */
export function drawnBetween(db: Db, { tenantId, from, to, roomNos }: Period, whole: boolean): Promise<DrawnRow[]> {
  const rooms = db.dialect.listedAt('?4');
  const columns = DRAWN_COLUMNS.join(', ');
  const parts = [
    `tenant_id = ?1 AND start_at >= ?2 AND start_at < ?3 AND ${LISTED}${whole ? '' : ` AND ${inRooms(rooms)}`}`,
    beganEarlier(rooms),
    `tenant_id = ?1 AND start_at < ?2 AND end_at > ?2 AND accepted_at IS NULL AND ${LISTED} AND ${inRooms(rooms)}`,
  ];
  const statement = `${parts.map((part) => `SELECT ${columns} FROM reservations WHERE ${part}`).join(' UNION ALL ')} ORDER BY start_at, id`;
  return db.read(statement, [tenantId, from, to, db.dialect.list(roomNos)]);
}

/** Reservations by id; those that are there no more are left out. */
export function drawnById(db: Db, tenantId: number, ids: readonly number[]): Promise<DrawnRow[]> {
  const listed = db.dialect.listedAt('?2');
  return db.read(`SELECT ${DRAWN_COLUMNS.join(', ')} FROM reservations WHERE tenant_id = ?1 AND id IN (SELECT value FROM ${listed})`, [
    tenantId,
    db.dialect.list(ids),
  ]);
}

/** Reservations that were made for an event, the latest first; at most `limit`. */
export function drawnOfEvent(db: Db, tenantId: number, uid: string, limit: number): Promise<DrawnRow[]> {
  return db.read(
    `SELECT ${DRAWN_COLUMNS.join(', ')} FROM reservations WHERE tenant_id = ?1
       AND event_id = (SELECT id FROM events WHERE tenant_id = ?1 AND uid = ?2) ORDER BY original_at DESC LIMIT ?3`,
    [tenantId, uid, limit],
  );
}

/** When some rooms are taken in a period, in order of start. */
export function busyBetween(db: Db, { tenantId, from, to, roomNos }: Period): Promise<BusyRow[]> {
  const rooms = db.dialect.listedAt('?4');
  const began = `tenant_id = ?1 AND start_at >= ?2 AND start_at < ?3 AND ${HOLDS} AND ${inRooms(rooms)}`;
  const statement = [began, beganEarlier(rooms)].map((part) => `SELECT room_no, start_at, end_at FROM reservations WHERE ${part}`).join(' UNION ALL ');
  return db.read(`${statement} ORDER BY start_at`, [tenantId, from, to, db.dialect.list(roomNos)]);
}
