/** How times and durations are written on the wire. */

/** `2022.12.17 21:00:00 (GMT+08:00)`: the instant `at` (epoch seconds) where clocks are `offset` seconds ahead of UTC. */
export function formatDateTime(at: number, offset: number): string {
  const iso = new Date((at + offset) * 1000).toISOString();
  const minutes = Math.floor(Math.abs(offset) / 60);
  return `${iso.slice(0, 10).replaceAll('-', '.')} ${iso.slice(11, 19)} (GMT${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)})`;
}

/** `1:00:00`: hours without padding, and not wrapped at 24 (`25:00:00`). The vendor's export files pad the hour; its API does not. */
export function formatDuration(seconds: number): string {
  return `${String(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

function two(value: number): string {
  return value < 10 ? `0${String(value)}` : String(value);
}

/** Days since 1970 of a date, `2018-09-01`; undefined when there is no such day. */
export function parseDate(date: string): number | undefined {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const at = Date.UTC(year, month - 1, day) / 86_400_000;
  return formatDate(at) === date ? at : undefined;
}

/** @param day days since 1970 */
export function formatDate(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}
