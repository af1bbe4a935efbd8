import { RRuleTemporal } from 'rrule-temporal';
import { DomainError } from './errors.ts';
import { offsetAt } from './zones.ts';

/** A series ends so long after its start, whatever its rule says. Source: the vendor's limit for rooms, two years. */
const LONGEST_SERIES = 2 * 366 * 86_400;
/** More instances than any sensible rule has in two years. */
const MOST_INSTANCES = 1500;

const FREQUENCIES = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'];

const list = (item: string) => new RegExp(`^${item}(,${item})*$`);
/** The parts that a rule may have, and what each may say. Source: RFC 5545, section 3.3.10. */
const PARTS: Readonly<Record<string, RegExp>> = {
  FREQ: /^[A-Z]+$/,
  INTERVAL: /^[1-9]\d{0,3}$/,
  COUNT: /^[1-9]\d{0,8}$/,
  UNTIL: /^\d{8}(T\d{6}Z?)?$/,
  WKST: /^(MO|TU|WE|TH|FR|SA|SU)$/,
  BYDAY: list('([+-]?([1-9]|[1-4]\\d|5[0-3]))?(MO|TU|WE|TH|FR|SA|SU)'),
  BYMONTHDAY: list('[+-]?([1-9]|[12]\\d|3[01])'),
  BYMONTH: list('([1-9]|1[0-2])'),
  BYYEARDAY: list('[+-]?([1-9]\\d?|[12]\\d\\d|3[0-5]\\d|36[0-6])'),
  BYWEEKNO: list('[+-]?([1-9]|[1-4]\\d|5[0-3])'),
  BYSETPOS: list('[+-]?([1-9]\\d?|[12]\\d\\d|3[0-5]\\d|36[0-6])'),
  BYHOUR: list('([01]?\\d|2[0-3])'),
  BYMINUTE: list('[0-5]?\\d'),
  BYSECOND: list('[0-5]?\\d'),
};

/**
 * Starts of the instances of a series, epoch seconds, ascending. A series keeps its wall time in its zone; a time that the
 * clocks skip has no instance there, and one that they show twice is the first, as RFC 5545 says, but for the start itself.
 *
 * @param rule RFC 5545, as in `FREQ=WEEKLY;COUNT=4`, with or without `RRULE:`
 * @throws DomainError param for a rule that is none or that makes no sense for rooms
 */
export function expandRule(rule: string, startAt: number, timeZone: string): number[] {
  const parts = partsOf(rule);
  const firstWall = startAt + offsetAt(timeZone, startAt);
  const starts = new Set<number>();
  for (const wall of wallTimes(parts, firstWall)) {
    const at = wall === firstWall ? startAt : instantOf(timeZone, wall);
    if (at === undefined || at < startAt) continue;
    if (at > startAt + LONGEST_SERIES || isPast(parts.get('UNTIL'), at, wall) || starts.size >= Number(parts.get('COUNT') ?? Infinity)) break;
    starts.add(at);
    if (starts.size > MOST_INSTANCES) refuse(`must not have more than ${String(MOST_INSTANCES)} instances in two years`);
  }
  if (starts.size === 0) refuse('has no instance');
  return [...starts].sort((a, b) => a - b);
}

function refuse(sentence: string): never {
  throw new DomainError('param', sentence, 'recurrence');
}

function partsOf(rule: string): Map<string, string> {
  const parts = new Map<string, string>();
  for (const part of rule
    .trim()
    .replace(/^RRULE:/i, '')
    .replace(/;$/, '')
    .toUpperCase()
    .split(';')) {
    const [, name = '', value = ''] = /^([A-Z]+)=(.+)$/.exec(part) ?? [];
    const form = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    if (!form?.test(value)) refuse(`must be one RFC 5545 rule; "${part.slice(0, 40)}" is no part of one`);
    if (parts.has(name)) refuse(`must not have ${name} twice`);
    parts.set(name, value);
  }
  if (!FREQUENCIES.includes(parts.get('FREQ') ?? '')) refuse(`must have a FREQ out of ${FREQUENCIES.join(', ')}`);
  if (parts.has('COUNT') && parts.has('UNTIL')) refuse('must not have both COUNT and UNTIL');
  return parts;
}

/**
 * What the clocks show at the instances, as if they were of UTC: the library's own time zones are not asked. How many there are
 * and when they end is left to the caller, who knows which of the times exist.
 */
function* wallTimes(parts: ReadonlyMap<string, string>, firstWall: number): Generator<number> {
  const kept = [...parts].filter(([name]) => name !== 'COUNT' && name !== 'UNTIL').map(([name, value]) => `${name}=${value}`);
  const last = (firstWall + LONGEST_SERIES + 86_400) * 1000;
  const stamp = formatStamp(firstWall);
  let found;
  try {
    const series = new RRuleTemporal({ rruleString: `DTSTART;TZID=UTC:${stamp}\nRRULE:${kept.join(';')}` });
    found = series.all((date, i) => i <= 4 * MOST_INSTANCES && date.epochMilliseconds <= last);
  } catch {
    refuse('must be an RFC 5545 rule');
  }
  for (const date of found) if (date.epochMilliseconds <= last) yield Math.floor(date.epochMilliseconds / 1000);
}

/** Whether an instance lies behind the end of its series: an instant of UTC, a local time, or a day. */
function isPast(until: string | undefined, at: number, wall: number): boolean {
  if (until === undefined) return false;
  if (until.length === 8) return formatStamp(wall).slice(0, 8) > until;
  return until.endsWith('Z') ? formatStamp(at) > until.slice(0, -1) : formatStamp(wall) > until;
}

/** The first instant at which the clocks of a zone show a wall time; undefined when they skip it. */
function instantOf(timeZone: string, wall: number): number | undefined {
  const offsets = [offsetAt(timeZone, wall - 86_400), offsetAt(timeZone, wall), offsetAt(timeZone, wall + 86_400)];
  const candidates = offsets.map((offset) => wall - offset).filter((at) => at + offsetAt(timeZone, at) === wall);
  return candidates.length === 0 ? undefined : Math.min(...candidates);
}

/** `20260318T090000` of epoch seconds, read as UTC. */
function formatStamp(seconds: number): string {
  const day = civil(Math.floor(seconds / 86_400));
  const rest = seconds - Math.floor(seconds / 86_400) * 86_400;
  const two = (value: number) => String(value).padStart(2, '0');
  return `${day}T${two(Math.floor(rest / 3600))}${two(Math.floor(rest / 60) % 60)}${two(rest % 60)}`;
}

/** `20260318` of days since 1970. */
function civil(day: number): string {
  const [month = '', date = '', year = ''] = calendar.format(day * 86_400_000).split('/');
  return `${year.padStart(4, '0')}${month}${date}`;
}

const calendar = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', year: 'numeric', month: '2-digit', day: '2-digit' });
