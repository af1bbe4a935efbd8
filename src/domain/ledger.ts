import type { Ctx } from '../context.ts';
import { ledgerPage, type LedgerRow, type Position, type RoomFilter } from '../store/ledger.ts';
import { requireMeetingManagement, type Principal } from './access.ts';
import type { Directory, RoomRow } from './directory.ts';
import { DomainError } from './errors.ts';
import { statusOf, type Status } from './status.ts';

export interface LedgerInput {
  /** Window of starts, epoch seconds, both ends inclusive. */
  from: number;
  to: number;
  /** `api`: with the rules of the vendor's method, begun already and at most a day long; `any`: past and future, of any length. */
  window: 'api' | 'any';
  /** Null: the tenant's root. */
  levelId: string | null;
  /** Null: no room filter. */
  roomIds: readonly string[] | null;
  exclude: boolean;
  after?: Position | undefined;
  limit: number;
}

/** A reservation as the ledger knows it: its facts, its room, and what it amounts to now. */
export interface LedgerEntry {
  row: LedgerRow;
  room: RoomRow;
  /** IANA zone of the room. */
  timeZone: string;
  status: Status;
}

const DAY = 86_400;

/**
 * One page of the ledger: reservations that start in the window, in order of start, then id.
 *
 * @returns the entries, and the position to go on from when there are more
 * @throws DomainError startTime, endTime, noPermission, notFound; checked in this order
 */
export async function pageOfLedger(ctx: Ctx, principal: Principal, input: LedgerInput): Promise<{ entries: LedgerEntry[]; next?: Position }> {
  const now = ctx.clock.now();
  if (input.window === 'api') requireApiWindow(input, now);
  else if (input.to < input.from) throw new DomainError('endTime', 'a period cannot end before it begins');
  requireMeetingManagement(principal);

  let directory = await ctx.directories.get(principal.tenantId, principal.directoryVersion);
  const query = { tenantId: principal.tenantId, from: input.from, to: input.to, now, after: input.after, rooms: roomFilter(directory, input) };
  const rows = await ledgerPage(ctx.db, { ...query, limit: input.limit + 1 });
  // A room may have come into being after the request began.
  if (rows.some((row) => !directory.roomOfNumber(row.room_no))) directory = await ctx.directories.read(principal.tenantId);
  const entries = rows.slice(0, input.limit).map((row) => {
    const room = roomOf(directory, row);
    return { row, room, timeZone: directory.zoneOf(room.level_id), status: statusOf(row, now) };
  });
  const last = rows.length > input.limit ? entries.at(-1)?.row : undefined;
  return last ? { entries, next: { startAt: last.start_at, id: last.id } } : { entries };
}

function requireApiWindow({ from, to }: LedgerInput, now: number): void {
  if (from > now || from < 0) throw new DomainError('startTime', 'start_time must lie between 0 and now');
  if (to < from || to > from + DAY) throw new DomainError('endTime', 'end_time must lie between start_time and a day after it');
}

/**
 * `exclude` false: exactly the rooms named. `exclude` true, or no rooms named: all rooms below the level, less those named.
 * A level must exist in any case.
 */
function roomFilter(directory: Directory, { levelId, roomIds, exclude }: LedgerInput): RoomFilter {
  const level = levelId ?? directory.rootLevelId;
  if (!directory.level(level)) throw new DomainError('notFound', `no room level ${level}`);
  const named = new Set((roomIds ?? []).map((id) => directory.roomEver(id)?.room_no).filter((roomNo) => roomNo !== undefined));
  const highest = directory.highestRoomNo;
  if (roomIds && !exclude) {
    if (named.size === 0) throw new DomainError('notFound', 'none of the rooms exists');
    return { kind: 'only', roomNos: [...named], highest };
  }
  if (level === directory.rootLevelId) return named.size === 0 ? { kind: 'all' } : { kind: 'except', roomNos: [...named], highest };
  return { kind: 'only', roomNos: directory.roomsUnder(level).filter((roomNo) => !named.has(roomNo)), highest };
}

function roomOf(directory: Directory, row: LedgerRow): RoomRow {
  const room = directory.roomOfNumber(row.room_no);
  if (!room) throw new Error(`reservation ${String(row.id)} is of a room that the directory does not know`);
  return room;
}
