import type { Ctx } from '../context.ts';
import { allRooms } from '../store/rooms.ts';
import type { Room } from '../store/tables.ts';
import { drawnBetween, type DrawnRow } from '../store/timeline.ts';
import { administers, type Principal } from './access.ts';
import type { Directory, LevelRow } from './directory.ts';
import { DomainError } from './errors.ts';
import { formatPosition, latestPosition } from './changes.ts';
import { requireLevel } from './levels.ts';
import { effectiveSetting, mayReserve, type TimeRules } from './policy.ts';
import { requireRoom } from './rooms.ts';
import { statusOf } from './status.ts';

const DAY = 86_400;
/** The longest period that is drawn or searched at once: a month, and the days of the weeks that it begins and ends in. */
const LONGEST_PERIOD = 32 * DAY;

export interface TimelineInput {
  from: number;
  to: number;
  levelId: string;
  /** Only this room; it stands below the level. */
  roomId: string | undefined;
}

/** A room with what the caller may do with it. */
export interface DrawnRoom {
  room: Room;
  needsApproval: boolean;
  bookable: boolean;
  /** Seconds of the day between which it can be used; null: the whole day. */
  hours: Pick<TimeRules, 'dayStart' | 'dayEnd'> | null;
}

export type DrawnState = 'pending' | 'accepted' | 'checked_in' | 'no_show' | 'released';

/** A reservation as it is drawn. */
export interface Drawn {
  row: DrawnRow;
  state: DrawnState;
  /** Until when it holds the room. */
  endAt: number;
}

export interface Timeline {
  now: number;
  directory: Directory;
  /** Behind it stands what may not be in the picture. */
  position: string;
  levels: { level: LevelRow; depth: number }[];
  rooms: DrawnRoom[];
  reservations: Drawn[];
}

/**
 * All that is drawn of a period: levels and rooms in drawing order, reservations in order of start.
 *
 * The position is read before the rows: what changes meanwhile is in the picture, behind the position, or both.
 *
 * @throws DomainError param, notFound
 */
export async function timelineOf(ctx: Ctx, principal: Principal, { from, to, levelId, roomId }: TimelineInput): Promise<Timeline> {
  requirePeriod(from, to);
  const { tenantId } = principal;
  const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
  const { levels, roomNos } = roomId === undefined ? below(directory, levelId) : oneRoom(directory, levelId, roomId);
  const position = formatPosition(await latestPosition(ctx.db, tenantId));
  const whole = roomId === undefined && levelId === directory.rootLevelId;
  const rows = await drawnBetween(ctx.db, { tenantId, from, to, roomNos }, whole);
  const details = new Map((await allRooms(ctx.db.kysely, tenantId, roomNos)).map((room) => [room.room_no, room]));
  const now = ctx.clock.now();
  const rooms = roomNos.map((roomNo) => details.get(roomNo)).filter((room) => room?.deleted_at === null) as Room[];
  const drawn = new Set(rooms.map(({ room_no }) => room_no));
  const reservations = rows.filter(({ room_no }) => drawn.has(room_no)).map((row) => drawnAs(row, now));
  return {
    now,
    directory,
    position,
    levels,
    rooms: rooms.map((room) => drawnRoom(directory, principal, room)),
    reservations: reservations.filter((reservation) => reservation !== null),
  };
}

/** @throws DomainError param */
export function requirePeriod(from: number, to: number): void {
  if (to <= from) throw new DomainError('param', 'must lie after `from`', 'to');
  if (to - from > LONGEST_PERIOD) throw new DomainError('param', `must lie within ${String(LONGEST_PERIOD / DAY)} days of \`from\``, 'to');
}

/** A reservation as it is drawn now; null: it is not, because it holds no room, nor ever did, nor waits for one. */
export function drawnAs(row: DrawnRow, now: number): Drawn | null {
  if (row.cancelled_at !== null || row.rejected_at !== null) return null;
  if (row.released_at !== null) {
    // What was given back before it began has held nothing.
    return row.released_at > row.start_at ? { row, state: 'released', endAt: Math.min(row.released_at, row.end_at) } : null;
  }
  // A request that nobody decided before its start is turned down, also while nobody wrote that down yet.
  if (row.accepted_at === null) return row.start_at > now ? { row, state: 'pending', endAt: row.end_at } : null;
  const { checkIn } = statusOf(row, now);
  const state = checkIn === 'checked_in' ? 'checked_in' : checkIn === 'missed' ? 'no_show' : 'accepted';
  return { row, state, endAt: row.end_at };
}

function below(directory: Directory, levelId: string): { levels: Timeline['levels']; roomNos: number[] } {
  requireLevel(directory, levelId);
  const depth = directory.path(levelId).length;
  const levels = directory.subtree(levelId).map((level) => ({ level, depth: directory.path(level.level_id).length - depth }));
  return { levels, roomNos: levels.flatMap(({ level }) => directory.roomsIn(level.level_id).map(({ room_no }) => room_no)) };
}

function oneRoom(directory: Directory, levelId: string, roomId: string): { levels: Timeline['levels']; roomNos: number[] } {
  requireLevel(directory, levelId);
  const room = requireRoom(directory, roomId);
  const within = levelId === directory.rootLevelId || directory.path(room.level_id).includes(levelId);
  if (!within) throw new DomainError('notFound', `no room ${roomId}`);
  return { levels: [{ level: requireLevel(directory, room.level_id), depth: 0 }], roomNos: [room.room_no] };
}

function drawnRoom(directory: Directory, principal: Principal, room: Room): DrawnRoom {
  const { userId, departmentId } = principal;
  const reservers = effectiveSetting(directory, room.room_id, 'reservers').value;
  const allowed = userId === null ? reservers.everybody : mayReserve(directory, reservers, { userId, departmentId });
  const { enabled, dayStart, dayEnd } = effectiveSetting(directory, room.room_id, 'time').value;
  return {
    room,
    needsApproval: effectiveSetting(directory, room.room_id, 'approval').value.enabled,
    bookable: allowed || administers(directory, principal, room),
    hours: enabled && (dayStart > 0 || dayEnd < DAY) ? { dayStart, dayEnd } : null,
  };
}
