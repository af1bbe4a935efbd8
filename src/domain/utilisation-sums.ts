import { baseOf, KEPT, LENGTHS, NO_SHOW, OUTCOMES, USED, type RoomFacts, type RoomMade } from '../store/utilisation.ts';
import { pieceAt, type Hours } from './utilisation-hours.ts';

/*
 * Adds up what rooms of one clock were reserved for. Everything is kept by piece or by day, and put together when all rooms are in: what a
 * reservation costs is a look-up and the one or two pieces that it lies in. Seconds throughout.
 */

/** Sums of rooms that share zone and hours. The days are those of two periods of `half` days, one behind the other. */
export class Sums {
  readonly hours: Hours;
  readonly half: number;
  /** By piece. */
  readonly booked: Float64Array;
  readonly used: Float64Array;
  readonly shut: Float64Array;
  readonly disabled: Float64Array;
  /** By day of the start. */
  readonly reservations: Float64Array;
  readonly due: Float64Array;
  readonly noShows: Float64Array;
  readonly givenBack: Float64Array;
  readonly released: Float64Array;
  /** Given back by hand, after a no-show, by a sensor; in the later period. */
  readonly givenBackBy = [0, 0, 0];
  readonly rooms: RoomSums[] = [];
  pending = 0;
  readonly #openSeconds: number;
  readonly #half: number;

  constructor(hours: Hours, half: number) {
    this.hours = hours;
    this.half = half;
    const pieces = () => new Float64Array(hours.day.length);
    const days = () => new Float64Array(2 * half);
    this.booked = pieces();
    this.used = pieces();
    this.shut = pieces();
    this.disabled = pieces();
    this.reservations = days();
    this.due = days();
    this.noShows = days();
    this.givenBack = days();
    this.released = days();
    this.#half = half;
    this.#openSeconds = hours.day.reduce((sum, day, piece) => (day >= half && hours.open[piece] === 1 ? sum + lengthOf(hours, piece) : sum), 0);
  }

  /** The first instant of the later period. */
  static mainOf({ day, starts, until }: Hours, half: number): number {
    const piece = day.findIndex((one) => one >= half);
    return piece < 0 ? until : (starts[piece] ?? until);
  }

  /** Takes a room in. */
  add(room: RoomMade, { facts }: RoomFacts): void {
    const { hours } = this;
    const [packed = '', givenBack = '', guests, accepted, pending] = facts.split(';');
    const open = openPeriods(room);
    const sums: RoomSums = {
      roomNo: room.room_no,
      capacity: room.capacity,
      booked: 0,
      used: 0,
      bookable: this.#openSeconds,
      reservations: 0,
      due: 0,
      noShows: 0,
      givenBack: 0,
      guests: Number(guests),
      accepted: Number(accepted),
    };
    for (const { from, until, disabled } of shutPeriods(room)) {
      sums.bookable -= this.#spread(this.shut, from, until);
      if (disabled) this.#spread(this.disabled, from, until);
    }

    const base = baseOf(hours);
    // A minute of a room counts once: who comes up to a quarter of an hour late may have it from before somebody else gave it back.
    let [bookedTo, usedTo] = [hours.from, hours.from];
    for (const number of numbersIn(packed)) {
      const outcome = number % OUTCOMES;
      const rest = (number - outcome) / OUTCOMES;
      const length = rest % LENGTHS;
      const start = base + (rest - length) / LENGTHS;
      const end = start + length;
      const day = this.#dayOf(start);
      if (day >= 0) {
        bump(this.reservations, day, 1);
        if (outcome >= KEPT) bump(this.due, day, 1);
        if (outcome === NO_SHOW) bump(this.noShows, day, 1);
        if (day >= this.#half) {
          sums.reservations++;
          if (outcome >= KEPT) sums.due++;
          if (outcome === NO_SHOW) sums.noShows++;
        }
      }
      if (end > bookedTo) {
        for (const period of open) sums.booked += this.#spread(this.booked, Math.max(start, bookedTo, period.from), Math.min(end, period.until));
        bookedTo = end;
      }
      if (outcome % 2 === USED && end > usedTo) {
        for (const period of open) sums.used += this.#spread(this.used, Math.max(start, usedTo, period.from), Math.min(end, period.until));
        usedTo = end;
      }
    }
    for (const number of numbersIn(givenBack)) {
      const cause = number % OUTCOMES;
      const rest = (number - cause) / OUTCOMES;
      const seconds = rest % LENGTHS;
      const day = this.#dayOf(base + (rest - seconds) / LENGTHS);
      if (day < 0) continue;
      bump(this.givenBack, day, seconds);
      bump(this.released, day, 1);
      if (day < this.#half) continue;
      sums.givenBack += seconds;
      this.givenBackBy[cause] = (this.givenBackBy[cause] ?? 0) + seconds;
    }
    this.pending += Number(pending);
    this.rooms.push(sums);
  }

  /** The day that something begins on; -1: none of them. */
  #dayOf(at: number): number {
    const { from, until, day } = this.hours;
    return at < from || at >= until ? -1 : (day[pieceAt(this.hours, at)] ?? -1);
  }

  /** Adds a time to the pieces that it lies in. @returns how much of it was open in the later period */
  #spread(pieces: Float64Array, from: number, until: number): number {
    const { starts, open, day } = this.hours;
    const end = Math.min(until, this.hours.until);
    let at = Math.max(from, this.hours.from);
    if (at >= end) return 0;
    let counted = 0;
    for (let piece = pieceAt(this.hours, at); at < end; piece++) {
      const next = Math.min(end, starts[piece + 1] ?? end);
      bump(pieces, piece, next - at);
      if (open[piece] === 1 && (day[piece] ?? -1) >= this.#half) counted += next - at;
      at = next;
    }
    return counted;
  }
}

/** What a room was reserved for in the later period. */
export interface RoomSums {
  roomNo: number;
  capacity: number;
  booked: number;
  used: number;
  bookable: number;
  reservations: number;
  due: number;
  noShows: number;
  givenBack: number;
  guests: number;
  accepted: number;
}

interface Stretch {
  from: number;
  until: number;
}

/** When a room can be used, as far as its own state goes: not while it is disabled, nor when it is deleted. */
export function openPeriods({ disabled_from, disabled_until, deleted_at }: RoomMade): Stretch[] {
  const end = deleted_at ?? Infinity;
  if (disabled_from === null) return [{ from: -Infinity, until: end }];
  return [
    { from: -Infinity, until: Math.min(disabled_from, end) },
    { from: disabled_until ?? Infinity, until: end },
  ];
}

function shutPeriods({ disabled_from, disabled_until, deleted_at }: RoomMade): (Stretch & { disabled: boolean })[] {
  const end = deleted_at ?? Infinity;
  return [
    ...(disabled_from === null ? [] : [{ from: disabled_from, until: Math.min(disabled_until ?? Infinity, end), disabled: true }]),
    ...(deleted_at === null ? [] : [{ from: deleted_at, until: Infinity, disabled: false }]),
  ];
}

export function lengthOf({ starts }: Hours, piece: number): number {
  return (starts[piece + 1] ?? 0) - (starts[piece] ?? 0);
}

function bump(sums: Float64Array, at: number, by: number): void {
  sums[at] = (sums[at] ?? 0) + by;
}

/** The numbers of a list, in ascending order: databases mostly give them so, and then they are not sorted again. */
function numbersIn(text: string): Float64Array {
  const numbers = new Float64Array(text === '' ? 0 : countCommas(text) + 1);
  let [value, count, isSorted] = [0, 0, true];
  for (let i = 0; i <= text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit >= 0) value = value * 10 + digit;
    else if (count < numbers.length) {
      if (count > 0 && value < (numbers[count - 1] ?? 0)) isSorted = false;
      numbers[count++] = value;
      value = 0;
    }
  }
  return isSorted ? numbers : numbers.sort();
}

function countCommas(text: string): number {
  let count = 0;
  for (let at = text.indexOf(','); at >= 0; at = text.indexOf(',', at + 1)) count++;
  return count;
}
