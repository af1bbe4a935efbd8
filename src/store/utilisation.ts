import { LISTED, UNLISTED, type Value } from './dialect.ts';
import type { Reader } from './open.ts';

/*
 * A row that is given to the program costs a few microseconds, and a year of a large tenant has millions. So the database packs what
 * matters of a reservation into one number and joins the numbers of a room to one text.
 */

/** Seconds that a reservation can last, and so how long before a period one can begin that reaches into it. */
export const REACH = 31 * 86_400;
/** In a packed number, the seconds from the base on stand above the length, which stands above the outcome. */
export const LENGTHS = 2 ** 22;
export const OUTCOMES = 8;

/** Somebody was there: they checked in, or took the room on the spot. */
export const USED = 1;
/** A check-in was due, and there was one in time, or the room was given back while there still could be; or there was none. */
export const KEPT = 2;
export const NO_SHOW = 4;

/** Which reservations are read: those of some rooms that take time between two instants. */
export interface Period {
  tenantId: number;
  roomNos: readonly number[];
  from: number;
  until: number;
  now: number;
}

/** What is read of a room. Packed starts count from `baseOf(period)`. */
export interface RoomFacts {
  room_no: number;
  facts: string;
}

/** The instant from which packed starts count. */
export function baseOf({ from }: Pick<Period, 'from'>): number {
  return from - REACH;
}

const RELEASE = 'CASE WHEN released_at > start_at THEN released_at ELSE start_at END';
const LENGTH = `CASE WHEN released_at < end_at THEN ${RELEASE} ELSE end_at END - start_at`;

/** The same as `statusOf` makes of the facts at ?4; a test holds the two together. */
const OUTCOME = `CASE
  WHEN check_in_rule <> 'required' THEN CASE WHEN checked_in_at IS NOT NULL OR check_in_rule = 'walk_up' THEN ${String(USED)} ELSE 0 END
  WHEN checked_in_at IS NOT NULL THEN ${String(USED + KEPT)}
  WHEN released_at < check_in_opens_at OR ?4 < check_in_opens_at THEN 0
  WHEN release_cause = 'no_show' THEN ${String(NO_SHOW)}
  WHEN room_disabled_at < check_in_closes_at AND room_disabled_at <= ?4 AND (released_at IS NULL OR released_at > ?4 OR room_disabled_at <= released_at) THEN 0
  WHEN released_at < check_in_closes_at AND released_at <= ?4 THEN ${String(KEPT)}
  WHEN ?4 < check_in_closes_at THEN 0
  ELSE ${String(NO_SHOW)} END`;

const PACKED = `((start_at - ?2) * ${String(LENGTHS)} + ${LENGTH}) * ${String(OUTCOMES)} + ${OUTCOME}`;
/** Given back before the planned end: seconds, and how. */
const GIVEN_BACK = `((start_at - ?2) * ${String(LENGTHS)} + end_at - ${RELEASE}) * ${String(OUTCOMES)}
  + CASE release_cause WHEN 'by_hand' THEN 0 WHEN 'no_show' THEN 1 ELSE 2 END`;

/** What may reach into the period: it begins there, or ends there at the earliest. */
const WINDOW = `tenant_id = ?1 AND start_at >= ?2 AND start_at < ?3 AND (start_at >= ?5 OR end_at > ?5) AND ${LISTED}`;
const ACCEPTED = 'accepted_at IS NOT NULL';

/**
 * `packed,packed,…;given back,…;guests;those who accepted;pending`. People and pending requests are counted of what begins at or after ?6. A request
 * that nobody decided before its start is turned down.
 */
const FACTS = `coalesce(string_agg(CAST(${PACKED} AS text), ',') FILTER (WHERE ${ACCEPTED}), '') || ';'
  || coalesce(string_agg(CAST(${GIVEN_BACK} AS text), ',') FILTER (WHERE released_at < end_at AND ${ACCEPTED}), '') || ';'
  || coalesce(sum(guests) FILTER (WHERE start_at >= ?6 AND ${ACCEPTED}), 0) || ';'
  || coalesce(sum(guests_accepted) FILTER (WHERE start_at >= ?6 AND ${ACCEPTED}), 0) || ';'
  || count(CASE WHEN accepted_at IS NULL AND start_at >= ?6 AND start_at > ?4 THEN 1 END)`;

/** What each of some rooms was reserved for in a period. @param main from when on people and requests count */
export function readFacts({ read, dialect }: Reader, period: Period, main: number): Promise<RoomFacts[]> {
  const { tenantId, from, until, now, roomNos } = period;
  return read(dialect.ofEachRoom(FACTS, WINDOW), [tenantId, baseOf(period), until, now, from, main, dialect.list(roomNos)]);
}

const WEEK = 604_800;
/** `id packed,id packed,…`, of those that touch a time of the week in UTC which begins at ?8 and is ?9 long. ?6 has no use here. */
const TOUCHING = `coalesce(string_agg(CAST(id AS text) || ' ' || CAST(${PACKED} AS text), ','), '')`;
const OF_THE_WEEK = `${WINDOW} AND ${ACCEPTED} AND ?6 = ?6
  AND ((start_at - ?8) % ${String(WEEK)} < ?9 OR (start_at - ?8) % ${String(WEEK)} + ${LENGTH} > ${String(WEEK)})`;

/** Which reservations of some rooms take a time of the week, in UTC: it begins at `week.at`, an instant before the period, and so on every week. */
export function readTouching({ read, dialect }: Reader, period: Period, week: { at: number; length: number }): Promise<RoomFacts[]> {
  const { tenantId, from, until, now, roomNos } = period;
  const values: Value[] = [tenantId, baseOf(period), until, now, from, 0, dialect.list(roomNos), week.at, week.length];
  return read(dialect.ofEachRoom(TOUCHING, OF_THE_WEEK), values);
}

export interface RoomMade {
  room_no: number;
  capacity: number;
  disabled_from: number | null;
  disabled_until: number | null;
  deleted_at: number | null;
}

/** Rooms of a tenant, deleted ones too. */
export function readRooms({ read }: Reader, tenantId: number): Promise<RoomMade[]> {
  return read('SELECT room_no, capacity, disabled_from, disabled_until, deleted_at FROM rooms WHERE tenant_id = ?1', [tenantId]);
}

/** How many reservations of each room that begin in a period were cancelled and turned down. */
export function countUnlisted(
  { read }: Reader,
  { tenantId, from, until, now }: Omit<Period, 'roomNos'>,
): Promise<{ room_no: number; cancelled: number; rejected: number }[]> {
  const begins = 'tenant_id = ?1 AND start_at >= ?2 AND start_at < ?3';
  const open = `accepted_at IS NULL AND rejected_at IS NULL AND cancelled_at IS NULL`;
  return read(
    `SELECT room_no, CAST(sum(cancelled) AS bigint) AS cancelled, CAST(sum(1 - cancelled) AS bigint) AS rejected FROM (
       SELECT room_no, CASE WHEN cancelled_at IS NULL THEN 0 ELSE 1 END AS cancelled FROM reservations WHERE ${begins} AND ${UNLISTED}
       UNION ALL SELECT room_no, 0 FROM reservations WHERE ${begins} AND ${open} AND start_at <= ?4
     ) AS unlisted GROUP BY room_no`,
    [tenantId, from, until, now],
  );
}
