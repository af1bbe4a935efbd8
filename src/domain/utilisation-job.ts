import type { Reader } from '../store/open.ts';
import { baseOf, countUnlisted, LENGTHS, OUTCOMES, readFacts, readRooms, readTouching, type Period, type RoomMade } from '../store/utilisation.ts';
import { hoursOf, pieceAt, type Hours } from './utilisation-hours.ts';
import { lengthOf, openPeriods, Sums, type RoomSums } from './utilisation-sums.ts';

export type { RoomSums };

/** Rooms that share a zone, hours and the levels that they were asked for with. */
export interface ClockGroup {
  zone: string;
  /** Seconds of the day between which they can be used. */
  opens: number;
  closes: number;
  /** Which of the levels asked for they stand below: a bit for each. */
  levels: number;
  roomNos: readonly number[];
}

/** What to add up, told so that another thread needs nothing else. */
export interface Job {
  tenantId: number;
  now: number;
  /** Of the period: days since 1970, the same in every zone. */
  firstDay: number;
  days: number;
  /** How many levels were asked for. */
  levels: number;
  groups: readonly ClockGroup[];
  /** Absent: add up. Else: name what lies in a cell of the week, a page of it. */
  cell?: { number: number; after: Place | null; limit: number };
}

export interface Place {
  at: number;
  id: number;
}

/** Sums over a period, in seconds. */
export interface Figures {
  booked: number;
  used: number;
  bookable: number;
  disabled: number;
  /** Reserved outside of the hours of use; it counts for nothing. */
  outside: number;
  reservations: number;
  due: number;
  noShows: number;
  givenBack: number;
  released: number;
}

export interface LevelUse {
  total: Figures;
  /** Of as many days before. */
  before: Figures;
  days: Figures[];
  /** By hour of the week, Monday first. */
  booked: number[];
  bookable: number[];
  roomCount: number;
  busiest: RoomSums[];
  emptiest: RoomSums[];
  givenBackBy: number[];
  pending: number;
  cancelled: number;
  rejected: number;
}

/** What lies in a cell: in order of start, then id. */
export interface CellPage {
  rows: { id: number; seconds: number }[];
  total: number;
  next: Place | null;
}

export type Outcome<J extends Job> = J extends { cell: object } ? CellPage : LevelUse[];

/** Rooms that are read together; between two such reads somebody else may have the thread. */
const ROOMS_AT_ONCE = 200;
const CELLS = 168;
const RANKED = 20;

/** Does a job on a database. */
export function doJob(reader: Reader, job: Job): Promise<LevelUse[] | CellPage> {
  return job.cell ? cellPage(reader, job, job.cell) : addUp(reader, job);
}

async function addUp(reader: Reader, { tenantId, now, firstDay, days, levels, groups }: Job): Promise<LevelUse[]> {
  const made = new Map((await readRooms(reader, tenantId)).map((room) => [room.room_no, room]));
  const uses = Array.from({ length: levels }, () => emptyUse(days));
  for (const group of groups) {
    const hours = keptHours(group, firstDay - days, 2 * days);
    const sums = new Sums(hours, days);
    const main = Sums.mainOf(hours, days);
    for await (const roomNos of inParts(group.roomNos)) {
      const facts = await readFacts(reader, { tenantId, roomNos, now, from: hours.from, until: hours.until }, main);
      for (const one of facts) {
        const room = made.get(one.room_no);
        if (room) sums.add(room, one);
      }
    }
    const ours = new Set(group.roomNos);
    const unlisted = (await countUnlisted(reader, { tenantId, from: main, until: hours.until, now })).filter(({ room_no }) => ours.has(room_no));
    for (const [level, use] of uses.entries()) {
      if ((group.levels >> level) % 2 === 0) continue;
      putTogether(use, sums, made);
      for (const { cancelled, rejected } of unlisted) {
        use.cancelled += cancelled;
        use.rejected += rejected;
      }
    }
  }
  for (const use of uses) rank(use);
  return uses;
}

/** Adds a group of rooms to what is known of a level. */
function putTogether(use: LevelUse, sums: Sums, made: ReadonlyMap<number, RoomMade>): void {
  const { hours, half } = sums;
  for (const [piece, day] of hours.day.entries()) {
    if (day < 0) continue;
    const figures = figuresOf(use, day, half);
    const booked = sums.booked[piece] ?? 0;
    if (hours.open[piece] === 0) {
      for (const one of figures) one.outside += booked;
      continue;
    }
    const bookable = lengthOf(hours, piece) * sums.rooms.length - (sums.shut[piece] ?? 0);
    for (const one of figures) {
      one.booked += booked;
      one.used += sums.used[piece] ?? 0;
      one.bookable += bookable;
      one.disabled += sums.disabled[piece] ?? 0;
    }
    if (day < half) continue;
    const cell = hours.cell[piece] ?? 0;
    use.booked[cell] = (use.booked[cell] ?? 0) + booked;
    use.bookable[cell] = (use.bookable[cell] ?? 0) + bookable;
  }
  for (let day = 0; day < 2 * half; day++) {
    for (const one of figuresOf(use, day, half)) {
      one.reservations += sums.reservations[day] ?? 0;
      one.due += sums.due[day] ?? 0;
      one.noShows += sums.noShows[day] ?? 0;
      one.givenBack += sums.givenBack[day] ?? 0;
      one.released += sums.released[day] ?? 0;
    }
  }
  for (const [cause, seconds] of sums.givenBackBy.entries()) use.givenBackBy[cause] = (use.givenBackBy[cause] ?? 0) + seconds;
  use.pending += sums.pending;
  // Rooms that are gone have no place among the busiest, though what they were used for counts.
  const live = sums.rooms.filter(({ roomNo }) => made.get(roomNo)?.deleted_at === null);
  use.roomCount += live.length;
  use.busiest.push(...live.filter(({ bookable }) => bookable > 0));
}

/** The sums that a day is part of. */
function figuresOf({ total, before, days }: LevelUse, day: number, half: number): Figures[] {
  const own = days[day - half];
  return own ? [total, own] : [before];
}

function rank(use: LevelUse): void {
  const order = (a: RoomSums, b: RoomSums) => b.booked / b.bookable - a.booked / a.bookable || a.roomNo - b.roomNo;
  const ranked = use.busiest.sort(order);
  use.busiest = ranked.slice(0, RANKED);
  use.emptiest = ranked.slice(-RANKED).sort((a, b) => a.booked / a.bookable - b.booked / b.bookable || a.roomNo - b.roomNo);
}

async function cellPage(reader: Reader, { tenantId, now, firstDay, days, groups }: Job, { number, after, limit }: NonNullable<Job['cell']>): Promise<CellPage> {
  const made = new Map((await readRooms(reader, tenantId)).map((room) => [room.room_no, room]));
  const found: (Place & { seconds: number })[] = [];
  for (const group of groups) {
    const hours = keptHours(group, firstDay, days);
    const period: Omit<Period, 'roomNos'> = { tenantId, now, from: hours.from, until: hours.until };
    for await (const roomNos of inParts(group.roomNos)) {
      for (const { room_no, facts } of await readTouching(reader, { ...period, roomNos }, weekOf(hours, number))) {
        const room = made.get(room_no);
        if (!room || facts === '') continue;
        for (const row of facts.split(',')) {
          const [id, packed] = row.split(' ').map(Number) as [number, number];
          const rest = Math.floor(packed / OUTCOMES);
          const length = rest % LENGTHS;
          const at = baseOf(hours) + (rest - length) / LENGTHS;
          const seconds = inCell(hours, number, room, at, at + length);
          if (seconds > 0) found.push({ id, at, seconds });
        }
      }
    }
  }
  found.sort((a, b) => a.at - b.at || a.id - b.id);
  const begin = after ? found.findIndex(({ at, id }) => at > after.at || (at === after.at && id > after.id)) : 0;
  const rows = begin < 0 ? [] : found.slice(begin, begin + limit);
  const last = rows.at(-1);
  const isLast = begin < 0 || begin + limit >= found.length;
  return { rows: rows.map(({ id, seconds }) => ({ id, seconds })), total: found.length, next: last && !isLast ? { at: last.at, id: last.id } : null };
}

/** Where a cell lies in the weeks of UTC, whatever offset is in force: wide enough for all of them. */
function weekOf({ from, offsets: [least, most] }: Hours, cell: number): { at: number; length: number } {
  const [week, monday] = [604_800, 4 * 86_400];
  const first = monday + cell * 3600 - most;
  return { at: first + Math.floor((baseOf({ from }) - first) / week) * week, length: 3600 + most - least };
}

/** Seconds of a time that lie in a cell, while the room can be used. */
function inCell(hours: Hours, cell: number, room: RoomMade, from: number, until: number): number {
  let seconds = 0;
  for (const period of openPeriods(room)) {
    let at = Math.max(from, period.from, hours.from);
    const end = Math.min(until, period.until, hours.until);
    if (at >= end) continue;
    for (let piece = pieceAt(hours, at); at < end; piece++) {
      const next = Math.min(end, hours.starts[piece + 1] ?? end);
      if (hours.cell[piece] === cell && hours.open[piece] === 1) seconds += next - at;
      at = next;
    }
  }
  return seconds;
}

const tables = new Map<string, Hours>();
const TABLES_KEPT = 40;

/** Tables are the same for everybody who asks for the same days. */
function keptHours({ zone, opens, closes }: ClockGroup, firstDay: number, days: number): Hours {
  const key = `${zone} ${[firstDay, days, opens, closes].join(' ')}`;
  let hours = tables.get(key);
  if (!hours) {
    if (tables.size >= TABLES_KEPT) tables.clear();
    tables.set(key, (hours = hoursOf({ zone, firstDay, days, opens, closes })));
  }
  return hours;
}

async function* inParts(roomNos: readonly number[]): AsyncGenerator<readonly number[]> {
  for (let at = 0; at < roomNos.length; at += ROOMS_AT_ONCE) {
    yield roomNos.slice(at, at + ROOMS_AT_ONCE);
    await new Promise(setImmediate);
  }
}

function noFigures(): Figures {
  return { booked: 0, used: 0, bookable: 0, disabled: 0, outside: 0, reservations: 0, due: 0, noShows: 0, givenBack: 0, released: 0 };
}

function emptyUse(days: number): LevelUse {
  return {
    total: noFigures(),
    before: noFigures(),
    days: Array.from({ length: days }, noFigures),
    booked: Array.from({ length: CELLS }, () => 0),
    bookable: Array.from({ length: CELLS }, () => 0),
    roomCount: 0,
    busiest: [],
    emptiest: [],
    givenBackBy: [0, 0, 0],
    pending: 0,
    cancelled: 0,
    rejected: 0,
  };
}
