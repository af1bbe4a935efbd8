import { QUARTER, quarterOf, type Axis } from './axis.ts';
import type { Booking, Room } from './picture.ts';

/** From one instant to another. */
export interface Span {
  start: number;
  end: number;
}

/** Whether a reservation keeps others out. A request holds nothing, and what was given back holds no more. */
export function holds({ state }: Pick<Booking, 'state'>): boolean {
  return state === 'accepted' || state === 'checked_in' || state === 'no_show';
}

/** When a room is not to be had: what is reserved, and when it is not in use. @param except reservation that would make way */
export function busyOf(room: Pick<Room, 'disabled'>, bookings: readonly Booking[], except?: string): Span[] {
  const busy: Span[] = bookings.filter((booking) => booking.id !== except && holds(booking)).map(({ start, end }) => ({ start, end }));
  if (room.disabled) busy.push({ start: Date.parse(room.disabled.from), end: room.disabled.until === null ? Infinity : Date.parse(room.disabled.until) });
  return busy;
}

/** The free time around an instant; null: it is not free then. */
export function gapAround(busy: readonly Span[], at: number, within: Span): Span | null {
  if (at < within.start || at >= within.end) return null;
  let { start, end } = within;
  for (const one of busy) {
    if (one.start <= at && at < one.end) return null;
    if (one.end <= at) start = Math.max(start, one.end);
    else end = Math.min(end, one.start);
  }
  return { start, end };
}

/** All free times, in order. */
export function gapsOf(busy: readonly Span[], within: Span): Span[] {
  const gaps: Span[] = [];
  let at = within.start;
  for (const { start, end } of [...busy].sort((a, b) => a.start - b.start)) {
    if (start >= within.end) break;
    if (start > at) gaps.push({ start: at, end: start });
    at = Math.max(at, end);
  }
  if (at < within.end) gaps.push({ start: at, end: within.end });
  return gaps;
}

/** The part of a day that one can still reserve: what began in this quarter of an hour may. */
export function bookablePart(axis: Axis, now: number): Span {
  return { start: Math.min(Math.max(axis.from, quarterOf(axis, now)), axis.to), end: axis.to };
}

/** What a hand that went from one instant to another has marked, in steps, kept between the neighbours. */
export function drawn(axis: Axis, gap: Span, anchor: number, at: number): Span {
  const [first, last] = anchor <= at ? [anchor, at] : [at, anchor];
  const start = Math.max(gap.start, quarterOf(axis, first));
  const end = Math.min(gap.end, quarterOf(axis, last) + QUARTER);
  return { start: Math.min(start, gap.end), end: Math.max(end, Math.min(start + QUARTER, gap.end)) };
}

/** Where something of a length goes that is wanted at an instant: as near as the neighbours let it; null: the gap is too small. */
export function fitted(axis: Axis, gap: Span, start: number, length: number): Span | null {
  if (gap.end - gap.start < length) return null;
  const wanted = quarterOf(axis, start + QUARTER / 2);
  const at = Math.min(Math.max(wanted, gap.start), gap.end - length);
  return { start: at, end: at + length };
}

/** A new end, kept behind the start and before the next. */
export function stretched(axis: Axis, gap: Span, start: number, least: number, at: number): Span {
  const end = quarterOf(axis, at + QUARTER / 2);
  return { start, end: Math.min(Math.max(end, least), gap.end) };
}

/** What to offer for an instant that somebody pointed at: from its quarter of an hour, an hour long where that is free. */
export function offered(axis: Axis, gap: Span, at: number, length = 4 * QUARTER): Span {
  const start = Math.max(gap.start, quarterOf(axis, at));
  return { start, end: Math.min(start + length, gap.end) };
}
