import type { Ctx } from '../context.ts';
import { allRooms } from '../store/rooms.ts';
import type { Room } from '../store/tables.ts';
import { busyBetween, type BusyRow } from '../store/timeline.ts';
import { administers, type Principal } from './access.ts';
import type { Directory } from './directory.ts';
import { requireLevel } from './levels.ts';
import { reserverOf } from './people.ts';
import { effectiveSetting } from './policy.ts';
import { disablingOf } from './rooms.ts';
import { needsApproval, violation } from './rules.ts';
import { requirePeriod } from './timeline.ts';
import { dayOf, offsetAt, wallTime } from './zones.ts';

const DAY = 86_400;
const QUARTER = 900;

export interface FindInput {
  from: number;
  to: number;
  /** For how long. */
  seconds: number;
  people: number;
  equipment: readonly string[];
  /** Level or room from which distance counts; undefined: there is none. */
  near: string | undefined;
  levelId: string;
  limit: number;
}

export interface FoundRoom {
  room: Room;
  startAt: number;
  /** When it is taken next, or out of use; at the latest the end of the search. */
  freeUntil: number;
  distance: number;
  needsApproval: boolean;
}

/**
 * Rooms that the caller may have for so long: the earliest first, of those the nearest, of those the smallest, of those as they are
 * drawn.
 *
 * @throws DomainError param, notFound
 */
export async function findFreeRooms(ctx: Ctx, principal: Principal, input: FindInput): Promise<FoundRoom[]> {
  const { from, to, seconds, people, equipment, levelId, limit } = input;
  requirePeriod(from, to);
  const { tenantId } = principal;
  const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
  requireLevel(directory, levelId);
  const distanceTo = distances(directory, input.near);
  const now = ctx.clock.now();
  const begin = Math.max(from, now);

  const order = directory.subtree(levelId).flatMap(({ level_id }) => directory.roomsIn(level_id).map(({ room_no }) => room_no));
  const details = new Map((await allRooms(ctx.db.kysely, tenantId, order)).map((room) => [room.room_no, room]));
  const fits = (room: Room | undefined): room is Room => {
    if (room?.deleted_at !== null || room.capacity < people) return false;
    const there = equipment.length === 0 ? [] : (JSON.parse(room.equipment) as string[]);
    return equipment.every((thing) => there.includes(thing));
  };
  const { person } = reserverOf(principal);
  const candidates = order
    .map((roomNo) => details.get(roomNo))
    .filter(fits)
    .map((room, place) => ({ room, place, distance: distanceTo(room.level_id), asAdministrator: administers(directory, principal, room) }));

  type Candidate = (typeof candidates)[number];
  type Found = Candidate & { startAt: number };
  const search = async (some: readonly Candidate[], until: number): Promise<Found[]> => {
    if (until <= begin) return [];
    const busy = busyByRoom(await busyBetween(ctx.db, { tenantId, from: begin, to: until, roomNos: some.map(({ room }) => room.room_no) }));
    return some.flatMap((candidate) => {
      const { room, asAdministrator } = candidate;
      const stands = (startAt: number) => violation(directory, { room, startAt, endAt: startAt + seconds, now, person, asAdministrator })?.rule;
      const startAt = firstFree({ directory, room, begin, until, seconds, now, busy: busy.get(room.room_no) ?? [], stands });
      return startAt === null ? [] : [{ ...candidate, startAt }];
    });
  };
  // Mostly enough is free soon, so that a day is looked at first. Whatever is found in it begins before all that is not.
  const soon = Math.min(to, begin + DAY + seconds);
  const found = await search(candidates, soon);
  if (found.length < limit && soon < to) {
    const first = new Set(found.map(({ room }) => room.room_no));
    const others = candidates.filter(({ room }) => !first.has(room.room_no));
    found.push(...(await search(others, to)));
  }
  const best = found.sort((a, b) => a.startAt - b.startAt || a.distance - b.distance || a.room.capacity - b.room.capacity || a.place - b.place).slice(0, limit);
  const ahead = best.length === 0 ? [] : await busyBetween(ctx.db, { tenantId, from: begin, to, roomNos: best.map(({ room }) => room.room_no) });
  const taken = busyByRoom(ahead);
  return best.map(({ room, startAt, distance }) => {
    const next = taken.get(room.room_no)?.find(({ start_at }) => start_at >= startAt + seconds)?.start_at ?? to;
    const disabling = disablingOf(room, now);
    const closes = disabling && disabling.from >= startAt + seconds ? disabling.from : to;
    return { room, startAt, freeUntil: Math.min(next, closes, to), distance, needsApproval: needsApproval(directory, room, seconds) };
  });
}

interface Search {
  directory: Directory;
  room: Room;
  begin: number;
  until: number;
  seconds: number;
  now: number;
  /** In order of start. */
  busy: readonly BusyRow[];
  /** The rule that stands against a start. */
  stands: (startAt: number) => string | undefined;
}

/** The first moment of a search from which a room can be had; null: there is none. */
function firstFree({ directory, room, begin, until, seconds, now, busy, stands }: Search): number | null {
  let next = 0;
  for (let at = begin; at + seconds <= until;) {
    while ((busy[next]?.end_at ?? Infinity) <= at) next++;
    const taken = busy[next];
    if (taken && taken.start_at < at + seconds) {
      at = taken.end_at;
      continue;
    }
    const rule = stands(at);
    if (rule === undefined) return at;
    const later = rule === 'disabled' ? disablingOf(room, now)?.until : rule === 'outside_hours' ? nextOpening(directory, room, at, { until, seconds }) : null;
    // No later start helps against the others: who may, how long, how far ahead.
    if (later === null || later === undefined) return null;
    at = later;
  }
  return null;
}

/** The next moment after `at` from which a room's hours leave so much time; null: there is none. */
function nextOpening(directory: Directory, room: Room, at: number, { until, seconds }: { until: number; seconds: number }): number | null {
  const zone = directory.zoneOf(room.level_id);
  const { dayStart, dayEnd } = effectiveSetting(directory, room.room_id, 'time').value;
  const open = (start: number) => {
    const day = dayOf(zone, start);
    const wall = (moment: number) => moment + offsetAt(zone, moment) - day * DAY;
    return wall(start) >= dayStart && wall(start + seconds) <= dayEnd;
  };
  for (let day = dayOf(zone, at); wallTime(zone, day, 0) < until; day++) {
    const later = openings(zone, day, dayStart, seconds).filter((start) => start > at && open(start));
    if (later.length > 0) return Math.min(...later);
  }
  return null;
}

/** Moments of a day from which its hours can begin to suffice: its opening; where the clocks change, all at which that can matter. */
function openings(zone: string, day: number, dayStart: number, seconds: number): number[] {
  const midnight = wallTime(zone, day, 0);
  const nextMidnight = wallTime(zone, day + 1, 0);
  const opening = wallTime(zone, day, dayStart);
  const [before, after] = [offsetAt(zone, midnight - seconds), offsetAt(zone, nextMidnight + seconds)];
  if (before === after) return [opening];
  const moments = [opening, day * DAY + dayStart - before, day * DAY + dayStart - after];
  for (let quarter = Math.floor(midnight / QUARTER) * QUARTER; quarter <= nextMidnight + seconds; quarter += QUARTER) moments.push(quarter, quarter - seconds);
  return moments;
}

/** Steps in the tree from the level of `near` to others; 0 everywhere when there is none. @throws DomainError notFound */
function distances(directory: Directory, near: string | undefined): (levelId: string) => number {
  if (near === undefined) return () => 0;
  const room = directory.room(near);
  const from = directory.path(room?.level_id ?? requireLevel(directory, near).level_id);
  return (levelId) => {
    const to = directory.path(levelId);
    let shared = 0;
    while (shared < from.length && from[shared] === to[shared]) shared++;
    return from.length + to.length - 2 * shared;
  };
}

function busyByRoom(rows: readonly BusyRow[]): Map<number, BusyRow[]> {
  const rooms = new Map<number, BusyRow[]>();
  for (const row of rows) {
    const list = rooms.get(row.room_no);
    if (list) list.push(row);
    else rooms.set(row.room_no, [row]);
  }
  return rooms;
}
