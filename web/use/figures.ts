import type { LevelUse } from '../../src/wire/v1/utilisation.ts';
import { locale } from '../lib/language.ts';

export type { LevelUse };
export type UsedRoom = LevelUse['busiest'][number];

const formats = new Map<string, Intl.NumberFormat>();

function format(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale() + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.NumberFormat(locale(), options)));
  return found;
}

/** `37.5%`; of nothing: a dash. */
export function percent(share: number | null, digits = 1): string {
  return share === null ? '–' : format({ style: 'percent', maximumFractionDigits: digits }).format(share);
}

export function whole(count: number): string {
  return format({ maximumFractionDigits: 0 }).format(count);
}

/** Hours of some minutes, to a tenth: `1,234.5`. */
export function hoursOf(minutes: number): string {
  return format({ maximumFractionDigits: Math.abs(minutes) < 60_000 ? 1 : 0 }).format(minutes / 60);
}

export function tenths(value: number | null): string {
  return value === null ? '–' : format({ maximumFractionDigits: 1 }).format(value);
}

/** A difference with its sign: `+3.2`, `−0.4`, `±0`. */
export function signed(difference: number): string {
  return format({ maximumFractionDigits: 1, signDisplay: 'exceptZero' }).format(difference);
}

export function shareOf(part: number, all: number): number | null {
  return all === 0 ? null : part / all;
}

/** From which share on each step of the scale begins; none at all is step 0. */
export const STEPS = [0, 0, 0.1, 0.25, 0.4, 0.6, 0.8] as const;

/** The step of the heat scale for a share, 0 to 6. */
export function heatStep(share: number): number {
  return share === 0 ? 0 : STEPS.findLastIndex((begins) => share >= begins);
}

/** Names of the days of the week, Monday first. */
export function weekdays(style: 'short' | 'long'): string[] {
  // 2024-01-01 was a Monday.
  return Array.from({ length: 7 }, (_, i) => new Intl.DateTimeFormat(locale(), { weekday: style, timeZone: 'UTC' }).format(Date.UTC(2024, 0, 1 + i)));
}

/** `09:00` */
export function hourName(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}

/** `Wed, 18 Mar` of a day. */
export function dayLabel(day: string): string {
  return new Intl.DateTimeFormat(locale(), { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' }).format(Date.parse(`${day}T00:00:00Z`));
}
