import { dayAfter } from '../lib/time.ts';

export interface Period {
  from: string;
  to: string;
}

export type Preset = 7 | 30 | 90 | 'month';
export const PRESETS: readonly Preset[] = [7, 30, 90, 'month'];

/** The days that a preset means today. */
export function periodOf(preset: Preset, today: string): Period {
  return { from: preset === 'month' ? `${today.slice(0, 7)}-01` : dayAfter(today, 1 - preset), to: today };
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What the address says, where that is a period; else the last thirty days. */
export function chosenPeriod(from: string | undefined, to: string | undefined, today: string): Period {
  if (from !== undefined && to !== undefined && DAY.test(from) && DAY.test(to) && from <= to) return { from, to };
  return periodOf(30, today);
}

export function daysOf({ from, to }: Period): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1;
}
