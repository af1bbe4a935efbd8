import type { timelineMethod, TimelineRow } from '../../src/wire/v1/timeline.ts';
import type { Reservation } from '../../src/wire/v1/reservations.ts';
import type { Answer } from '../lib/api.ts';

type Timeline = Answer<typeof timelineMethod>;

export interface Booking {
  id: string;
  roomId: string;
  start: number;
  end: number;
  state: TimelineRow['state'];
  mine: boolean;
  /** Null: private. */
  title: string | null;
  reserver: string;
  checkIn: { opens: number; closes: number } | null;
  series: boolean;
  version: number;
}

export type Level = Timeline['levels'][number];
export type Room = Timeline['rooms'][number] & { zone: string };

/**
 * All that is drawn of a period. The list of a room's reservations stays the very same while nothing in it changes, so that only rows in
 * which something happened are drawn again.
 */
export interface Picture {
  from: number;
  to: number;
  version: number;
  live: string;
  levels: readonly Level[];
  rooms: readonly Room[];
  roomOf: ReadonlyMap<string, Room>;
  bookings: ReadonlyMap<string, readonly Booking[]>;
}

const NONE: readonly Booking[] = [];

export function bookingsOf(picture: Picture, roomId: string): readonly Booking[] {
  return picture.bookings.get(roomId) ?? NONE;
}

export function bookingOf(picture: Picture, id: string): Booking | undefined {
  for (const list of picture.bookings.values()) {
    const found = list.find((booking) => booking.id === id);
    if (found) return found;
  }
  return undefined;
}

export function pictureOf(answer: Timeline, { from, to }: { from: number; to: number }): Picture {
  const zones = new Map(answer.levels.map(({ id, time_zone }) => [id, time_zone]));
  const rooms = answer.rooms.map((room) => ({ ...room, zone: zones.get(room.level_id) ?? 'UTC' }));
  const bookings = new Map<string, Booking[]>();
  for (const row of answer.reservations) {
    const list = bookings.get(row.room_id);
    if (list) list.push(fromRow(row));
    else bookings.set(row.room_id, [fromRow(row)]);
  }
  const { version, live, levels } = answer;
  return { from, to, version, live, levels, rooms, roomOf: new Map(rooms.map((room) => [room.id, room])), bookings };
}

/** A newer picture that keeps of an older one what is still so. */
export function keepingSame(older: Picture | undefined, newer: Picture): Picture {
  // A change of the picture at hand has kept everything already.
  if (!older || older.rooms === newer.rooms) return newer;
  const bookings = new Map<string, readonly Booking[]>();
  for (const [roomId, list] of notOlder(older, newer)) {
    const before = older.bookings.get(roomId);
    bookings.set(roomId, before && sameList(before, list) ? before : list);
  }
  if (older.version !== newer.version) return { ...newer, bookings };
  // What a person may do hangs on more than the tree's version; rooms are few and flat enough to be compared.
  const rooms = newer.rooms.map((room) => {
    const before = older.roomOf.get(room.id);
    return before && JSON.stringify(before) === JSON.stringify(room) ? before : room;
  });
  return { ...newer, rooms, roomOf: new Map(rooms.map((room) => [room.id, room])), bookings };
}

/** What was read may be older than what has been told or done meanwhile. */
function notOlder(older: Picture, newer: Picture): Picture['bookings'] {
  const known = new Map([...older.bookings.values()].flatMap((list) => list.map((booking) => [booking.id, booking] as const)));
  let picture = newer;
  for (const { id, version } of [...newer.bookings.values()].flat()) {
    const booking = known.get(id);
    if (booking && booking.version > version) picture = withBooking(picture, booking);
  }
  return picture.bookings;
}

function sameList(one: readonly Booking[], other: readonly Booking[]): boolean {
  return one.length === other.length && one.every((booking, index) => same(booking, other[index]));
}

function same(one: Booking, other: Booking | undefined): boolean {
  return (
    one.id === other?.id &&
    one.version === other.version &&
    one.state === other.state &&
    one.start === other.start &&
    one.end === other.end &&
    one.title === other.title
  );
}

/** The picture with a reservation as it is now, wherever it was before. An older version changes nothing. */
export function withBooking(picture: Picture, booking: Booking): Picture {
  const before = bookingOf(picture, booking.id);
  if (before && (before.version > booking.version || (before.roomId === booking.roomId && same(before, booking)))) return picture;
  const bookings = new Map(picture.bookings);
  if (before) bookings.set(before.roomId, without(bookings.get(before.roomId), booking.id));
  // What was given back is drawn where it began: that is what the server answers, too.
  const from = booking.state === 'released' ? booking.start >= picture.from : booking.end > picture.from;
  if (picture.roomOf.has(booking.roomId) && from && booking.start < picture.to) {
    const list = [...without(bookings.get(booking.roomId), booking.id), booking];
    bookings.set(
      booking.roomId,
      list.sort((a, b) => a.start - b.start),
    );
  }
  return { ...picture, bookings };
}

/** The picture without a reservation. @param roomId where it is no more; it may stand elsewhere by now */
export function withoutBooking(picture: Picture, id: string, roomId?: string): Picture {
  const before = bookingOf(picture, id);
  if (!before || (roomId !== undefined && before.roomId !== roomId)) return picture;
  const bookings = new Map(picture.bookings);
  bookings.set(before.roomId, without(bookings.get(before.roomId), id));
  return { ...picture, bookings };
}

function without(list: readonly Booking[] = NONE, id: string): readonly Booking[] {
  return list.filter((booking) => booking.id !== id);
}

export function fromRow(row: TimelineRow): Booking {
  const { id, room_id: roomId, state, mine, title, reserver, series, version } = row;
  const checkIn = row.check_in && { opens: Date.parse(row.check_in.opens), closes: Date.parse(row.check_in.closes) };
  return { id, roomId, start: Date.parse(row.start), end: Date.parse(row.end), state, mine, title, reserver, checkIn, series, version };
}

const ASKED_TO_CHECK_IN = ['upcoming', 'open', 'checked_in', 'missed'];

/** A reservation as a step with it answers; undefined: it is drawn no more. */
export function fromReservation(answer: Reservation, { mine, series }: Pick<Booking, 'mine' | 'series'>): Booking | undefined {
  const { id, room_id: roomId, status, check_in: checkIn, title, reserver, version } = answer;
  if (status === 'cancelled' || status === 'rejected') return undefined;
  const start = Date.parse(answer.start);
  const released = answer.release && Date.parse(answer.release.at);
  if (released !== null && released <= start) return undefined;
  const state =
    status === 'pending' || status === 'released'
      ? status
      : checkIn.status === 'checked_in'
        ? 'checked_in'
        : checkIn.status === 'missed'
          ? 'no_show'
          : 'accepted';
  const asked = status !== 'pending' && ASKED_TO_CHECK_IN.includes(checkIn.status) && checkIn.opens !== null && checkIn.closes !== null;
  const window = asked ? { opens: Date.parse(checkIn.opens), closes: Date.parse(checkIn.closes) } : null;
  const end = Math.min(Date.parse(answer.end), released ?? Infinity);
  return { id, roomId, start, end, state, title, reserver: reserver.name, checkIn: window, mine, series, version };
}
