import { dayAfter, dayBounds, instantOf, offset, offsetName } from '../lib/time.ts';

/** One step of what can be drawn, moved and typed. */
export const QUARTER = 15 * 60_000;
export const HOUR = 60 * 60_000;
/** Width of an hour; the style sheet says the same. */
export const HOUR_WIDTH = 84;

/** A day as it lies across the screen: from midnight to midnight of a zone, 23 to 25 hours. */
export interface Axis {
  day: string;
  zone: string;
  from: number;
  to: number;
  /** Full hours of the wall clock. A clock that is put back shows one of them twice. */
  hours: readonly { at: number; label: string }[];
}

export function axisOf(day: string, zone: string): Axis {
  const [from, to] = dayBounds(day, zone);
  const changes = offsetName(from, zone) !== offsetName(to - 1, zone);
  const hours: { at: number; label: string }[] = [];
  for (let at = from; at < to; at += QUARTER) {
    const label = new Date(at + offset(at, zone)).toISOString().slice(11, 16);
    if (!label.endsWith(':00')) continue;
    const twice = changes && hours.some((hour) => hour.label === label);
    hours.push({ at, label: twice ? `${label} ${offsetName(at, zone)}` : label });
  }
  return { day, zone, from, to, hours };
}

/** Where an instant lies, in per cent of the day; what lies outside stands at its edge. */
export function percent({ from, to }: Axis, at: number): number {
  return ((Math.min(Math.max(at, from), to) - from) / (to - from)) * 100;
}

export function percentText(axis: Axis, at: number): string {
  return `${String(Math.round(percent(axis, at) * 1000) / 1000)}%`;
}

/** Left edge and width of what goes from one instant to another. */
export function span(axis: Axis, start: number, end: number): { left: string; width: string } {
  const left = percent(axis, start);
  return { left: percentText(axis, start), width: `${String(Math.round((percent(axis, end) - left) * 1000) / 1000)}%` };
}

/** The quarter of an hour that an instant falls in. */
export function quarterOf({ from }: Pick<Axis, 'from'>, at: number): number {
  return from + Math.floor((at - from) / QUARTER) * QUARTER;
}

/** The instant at a share of the day, 0 to 1. */
export function instantAt({ from, to }: Axis, share: number): number {
  return from + Math.min(Math.max(share, 0), 1) * (to - from);
}

/** When a room can be used on a day of the screen. In a room of another zone that may be the end of one of its days and the beginning of the next. */
export function openHours({ day, from, to }: Axis, hours: { from: string; until: string }, zone: string): { start: number; end: number }[] {
  return [-1, 0, 1]
    .map((days) => dayAfter(day, days))
    .map((one) => ({
      start: Math.max(from, instantOf(one, hours.from, zone)),
      end: Math.min(to, hours.until === '24:00' ? instantOf(dayAfter(one, 1), '00:00', zone) : instantOf(one, hours.until, zone)),
    }))
    .filter(({ start, end }) => start < end);
}
