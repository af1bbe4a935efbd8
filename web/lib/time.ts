import { locale } from './language.ts';

/*
 * Instants are epoch milliseconds, days are `YYYY-MM-DD` in a zone. Only Intl knows zones; nothing here adds 24 hours to get to the
 * next day, which some zones do not have.
 */

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale()} ${zone} ${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(locale(), { timeZone: zone, ...options })));
  return found;
}

/** `14:05` */
export function clockTime(at: number, zone: string): string {
  return format(zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
}

/** `Wed, 18 Mar` or `3月18日周三`, with the year when asked. */
export function dayName(at: number, zone: string, { year = false } = {}): string {
  return format(zone, { weekday: 'short', day: 'numeric', month: 'short', ...(year ? { year: 'numeric' } : {}) }).format(at);
}

/** Day and time. */
export function moment(at: number, zone: string): string {
  return `${dayName(at, zone)} ${clockTime(at, zone)}`;
}

/** `GMT+8` */
export function offsetName(at: number, zone: string): string {
  return (
    new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? zone
  );
}

/** The day that an instant falls on. */
export function dayOf(at: number, zone: string): string {
  const { year, month, day } = parts(at, zone);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** Another day, so many later. */
export function dayAfter(day: string, days: number): string {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** When a wall clock in the zone shows that time: the first such instant; a time that a change of clocks leaves out is moved behind it. */
export function instantOf(day: string, time: string, zone: string): number {
  const wall = Date.parse(`${day}T${time}:00Z`);
  // The offset in force there is found in two looks: the second is at the right side of a change.
  let at = wall - offset(wall, zone);
  at = wall - offset(at, zone);
  const missed = wall - offset(at, zone) - at;
  const earlier = wall - offset(at - 3 * 3600_000, zone);
  if (earlier < at && offset(earlier, zone) === offset(at - 3 * 3600_000, zone) && missed === 0) return earlier;
  return at;
}

/** Where a day begins and ends; it has 23, 24 or 25 hours. */
export function dayBounds(day: string, zone: string): [from: number, to: number] {
  return [instantOf(day, '00:00', zone), instantOf(dayAfter(day, 1), '00:00', zone)];
}

/** What a zone is ahead of UTC at an instant, in milliseconds. */
export function offset(at: number, zone: string): number {
  const { year, month, day, hour, minute, second } = parts(at, zone);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

function parts(at: number, zone: string): Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number> {
  const key = `parts ${zone}`;
  let found = formats.get(key);
  if (!found) {
    const options = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const;
    formats.set(key, (found = new Intl.DateTimeFormat('en', { timeZone: zone, calendar: 'gregory', numberingSystem: 'latn', ...options })));
  }
  return Object.fromEntries(found.formatToParts(at).map(({ type, value }) => [type, Number(value)])) as ReturnType<typeof parts>;
}
