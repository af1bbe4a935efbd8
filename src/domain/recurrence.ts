import { RRuleTemporal } from 'rrule-temporal';
import { DomainError } from './errors.ts';

/** A series ends so long after its start, whatever its rule says. Source: the vendor's limit for rooms, two years. */
const LONGEST_SERIES = 2 * 366 * 86_400;
/** More instances than any sensible rule has in two years. */
const MOST_INSTANCES = 1500;

const FREQUENCIES = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'];

/**
 * Starts of the instances of a series, epoch seconds, ascending. A series keeps its wall time in its zone; a time that the
 * clocks skip has no instance there, and one that they show twice is the first, as RFC 5545 says.
 *
 * @param rule RFC 5545, as in `FREQ=WEEKLY;COUNT=4`, with or without `RRULE:`
 * @throws DomainError param for a rule that is none or that makes no sense for rooms
 */
export function expandRule(rule: string, startAt: number, timeZone: string): number[] {
  const text = rule.trim().replace(/^RRULE:/i, '');
  const parts = new Map(text.split(';').map((part) => part.split('=', 2).map((word) => word.trim().toUpperCase()) as [string, string]));
  const refuse = (sentence: string): never => {
    throw new DomainError('param', sentence, 'recurrence');
  };
  if (/[\r\n]/.test(text)) refuse('must be one RFC 5545 rule');
  if (!FREQUENCIES.includes(parts.get('FREQ') ?? '')) refuse(`must have a FREQ out of ${FREQUENCIES.join(', ')}`);
  if (parts.has('COUNT') && parts.has('UNTIL')) refuse('must not have both COUNT and UNTIL');
  if (parts.has('COUNT') && !/^[1-9]\d{0,8}$/.test(parts.get('COUNT') ?? '')) refuse('must have a COUNT of 1 or more');
  const starts = new Set<number>();
  try {
    const series = new RRuleTemporal({ rruleString: `DTSTART;TZID=${timeZone}:${wallClock(timeZone, startAt)}\nRRULE:${text}` });
    for (const [i, date] of [...take(series, startAt + LONGEST_SERIES)].entries()) {
      if (i >= MOST_INSTANCES) refuse(`must not have more than ${String(MOST_INSTANCES)} instances in two years`);
      starts.add(Math.floor(date / 1000));
    }
  } catch (error) {
    if (error instanceof DomainError) throw error;
    refuse('must be an RFC 5545 rule');
  }
  if (starts.size === 0) refuse('has no instance');
  return [...starts].sort((a, b) => a - b);
}

/** Instants of the series, epoch milliseconds, up to an end, one more than is allowed at most. */
function* take(series: RRuleTemporal, until: number): Generator<number> {
  let count = 0;
  for (const date of series.all((date, i) => i <= MOST_INSTANCES && date.epochMilliseconds <= until * 1000)) {
    if (date.epochMilliseconds > until * 1000 || count++ > MOST_INSTANCES) return;
    yield date.epochMilliseconds;
  }
}

/** `20260318T090000`: what the clocks of a zone show. */
function wallClock(timeZone: string, at: number): string {
  const shown = new Map(
    new Intl.DateTimeFormat('en', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    })
      .formatToParts(at * 1000)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => shown.get(type) ?? '';
  return `${part('year').padStart(4, '0')}${part('month')}${part('day')}T${part('hour')}${part('minute')}${part('second')}`;
}
