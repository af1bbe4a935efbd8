/** Epoch seconds of a moment in RFC 3339; fractions of a second are dropped. */
export function parseInstant(text: string): number {
  return Math.floor(Date.parse(text) / 1000);
}

/** `2026-03-18T04:00:00Z` */
export function formatInstant(at: number): string {
  return new Date(at * 1000).toISOString().replace('.000', '');
}

/** Whether there is such a moment: a 30th of February, which JavaScript takes for the 2nd of March, is none. */
export function isInstant(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})T/i.exec(text) ?? [];
  const lastDay = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return Number(day) <= lastDay && Number.isFinite(Date.parse(text));
}
