import { instantOf } from '../lib/time.ts';

export const kinds = ['none', 'daily', 'weekdays', 'weekly', 'fortnightly', 'monthly'] as const;
export type Kind = (typeof kinds)[number];

/** How a series ends: after so many dates, or with a day. */
export type Ending = { count: number } | { until: string };

const FREQUENCIES: Record<Exclude<Kind, 'none'>, string> = {
  daily: 'FREQ=DAILY',
  weekdays: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
  weekly: 'FREQ=WEEKLY',
  fortnightly: 'FREQ=WEEKLY;INTERVAL=2',
  monthly: 'FREQ=MONTHLY',
};

/** The RFC 5545 rule; undefined: it happens once. A last day counts to its end, in the zone of the room. */
export function ruleOf(kind: Kind, ending: Ending, zone: string): string | undefined {
  if (kind === 'none') return undefined;
  const frequency = FREQUENCIES[kind];
  if ('count' in ending) return `${frequency};COUNT=${String(ending.count)}`;
  const last = new Date(instantOf(ending.until, '23:59', zone)).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${frequency};UNTIL=${last}`;
}
