/**
 * Seconds that `zone` (IANA name) is ahead of UTC at the instant `at` (epoch seconds): the offset in force then, daylight
 * saving included.
 *
 * Asking Intl costs a hundred times more than a look-up, so answers are kept per quarter of an hour: offsets change on
 * quarters only (checked against a calendar library, zones with half-hour steps included).
 */
export function offsetAt(zone: string, at: number): number {
  const quarter = Math.floor(at / 900);
  let known = offsets.get(zone);
  if (!known) offsets.set(zone, (known = new Map<number, number>()));
  let offset = known.get(quarter);
  if (offset === undefined) {
    if (known.size >= QUARTERS_KEPT) known.clear();
    known.set(quarter, (offset = readOffset(zone, quarter * 900)));
  }
  return offset;
}

/** Epoch seconds of the wall time `seconds` after midnight of the civil day `day` (days since 1970) in a zone. */
export function wallTime(zone: string, day: number, seconds: number): number {
  const wall = day * 86_400 + seconds;
  const guess = wall - offsetAt(zone, wall);
  return wall - offsetAt(zone, guess);
}

/** Whether this machine knows a zone of that name. */
export function isTimeZone(zone: string): boolean {
  // Some versions of Intl take an offset for a zone too.
  if (/^[+-]/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

const QUARTERS_KEPT = 20_000;
const offsets = new Map<string, Map<number, number>>();
const readers = new Map<string, Intl.DateTimeFormat>();

/** The same, asked of Intl each time: right to the second, and slow. */
export function readOffset(zone: string, at: number): number {
  let reader = readers.get(zone);
  if (!reader) readers.set(zone, (reader = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })));
  const name = reader.formatToParts(at * 1000).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  const match = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name);
  if (!match) return 0;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return match[1] === '-' ? -seconds : seconds;
}

/** Days since 1970 of the civil date that it is in a zone. */
export function dayOf(zone: string, at: number): number {
  return Math.floor((at + offsetAt(zone, at)) / 86_400);
}

/** Seconds that the clocks of a zone show since midnight. */
export function secondOfDay(zone: string, at: number): number {
  return at + offsetAt(zone, at) - dayOf(zone, at) * 86_400;
}
