import { dayAfter, dayBounds } from '../lib/time.ts';

/** One call of the vendor's method: unix seconds, both ends included. */
export interface Window {
  start: number;
  end: number;
}

/** What one call may span. */
export const LONGEST = 86_400;

/** A period of days in a zone as unix seconds, both ends included: its last second belongs to it, the first of the next day does not. */
export function periodOf(from: string, to: string, zone: string): Window {
  const [start] = dayBounds(from, zone);
  const [, end] = dayBounds(to, zone);
  return { start: start / 1000, end: end / 1000 - 1 };
}

/** How many calls a period is cut into at most: whoever asks for decades is shown how it goes on. */
export const MOST_CALLS = 400;

/** The days of a period as the calls that it takes. Each second is in exactly one; a day of 25 hours takes two. */
export function windowsOf(from: string, to: string, zone: string): Window[] {
  const windows: Window[] = [];
  for (let day = from; day <= to && windows.length < MOST_CALLS; day = dayAfter(day, 1)) {
    const { start, end } = periodOf(day, day, zone);
    for (let at = start; at <= end; at += LONGEST) windows.push({ start: at, end: Math.min(at + LONGEST - 1, end) });
  }
  return windows;
}

/** How many days a period has. */
export function daysIn(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000) + 1;
}
