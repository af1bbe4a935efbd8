/** Epoch seconds of a moment in RFC 3339; fractions of a second are dropped. */
export function parseInstant(text: string): number {
  return Math.floor(Date.parse(text) / 1000);
}

/** `2026-03-18T04:00:00Z` */
export function formatInstant(at: number): string {
  return new Date(at * 1000).toISOString().replace('.000', '');
}

/** Whether there is such a moment, in the years 1 to 9999 of UTC: a 30th of February, which JavaScript takes for the 2nd of March, is none, nor is 24:00. */
export function isInstant(text: string): boolean {
  const [, year, month, day, hour] = /^(\d{4})-(\d{2})-(\d{2})T(\d{2})/i.exec(text) ?? [];
  const lastDay = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  const at = Date.parse(text);
  return Number(day) <= lastDay && Number(hour) < 24 && at >= FIRST && at <= LAST;
}

const FIRST = Date.parse('0001-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59Z');

const DAY_MS = 86_400_000;

/** Days since 1970 of a day, `2026-03-18`; undefined: there is no such day, as the 30th of February, which JavaScript takes for one in March. */
export function parseDay(text: string): number | undefined {
  const day = Date.parse(`${text}T00:00:00Z`) / DAY_MS;
  return Number.isNaN(day) || formatDay(day) !== text ? undefined : day;
}

/** `2026-03-18` */
export function formatDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
