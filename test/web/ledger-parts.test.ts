import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine as exportLine } from '../../src/cli/csv.ts';
import { columns } from '../../web/ledger/columns.ts';
import { csvLine } from '../../web/ledger/csv.ts';
import { literalOf, shortTime, wireInstant } from '../../web/ledger/literals.ts';
import { formatDateTime } from '../../src/wire/format.ts';
import * as texts from '../../src/wire/literals.ts';
import { RoomMeetingReservation } from '../../src/wire/vc/resource_reservation_list.ts';

interface Window {
  start: number;
  end: number;
}
interface Windows {
  LONGEST: number;
  periodOf: (from: string, to: string, zone: string) => Window;
  windowsOf: (from: string, to: string, zone: string) => Window[];
}
/** What knows of a browser's page has types that only the screens are compiled with. */
const browserFile = '../../web/ledger/windows.ts';
const { LONGEST, periodOf, windowsOf } = (await import(browserFile)) as Windows;

const dayAfter = (date: string, days: number) => new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);

/* What the browser repeats of the server's words is the same as there. */
describe('what the ledger screen repeats', () => {
  it('are the columns of the wire, in their order', () => {
    expect(columns.map(([field]) => field)).toEqual(Object.keys(RoomMeetingReservation.properties));
  });

  it('is what every text of the wire means', () => {
    const all = Object.values(texts).flatMap((table) => Object.values<string>(table));
    expect(all.filter((text) => !literalOf(text))).toEqual([]);
    expect(literalOf('constructor')).toBeUndefined();
  });

  it('is how a line of CSV is written', () => {
    const cell = fc.oneof(fc.string(), fc.stringMatching(/^[=+\-@\t\r",\n]{0,3}.{0,5}$/));
    fc.assert(fc.property(fc.array(cell, { maxLength: 18 }), (cells) => csvLine(cells) === exportLine(cells)));
  });

  it('is the instant of a time of the wire', () => {
    const offset = fc.integer({ min: -48, max: 56 }).map((quarters) => quarters * 900);
    fc.assert(fc.property(fc.integer({ min: 0, max: 4e9 }), offset, (at, ahead) => wireInstant(formatDateTime(at, ahead)) === at * 1000));
    expect(wireInstant('')).toBeUndefined();
  });
});

describe('a period as calls of the API', () => {
  const zones = ['Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Santiago', 'Asia/Kathmandu', 'Pacific/Apia', 'UTC'];
  const day = fc.integer({ min: 0, max: 12_000 }).map((days) => dayAfter('2000-01-01', days));

  it('has each second in exactly one of them, and none is too long', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 40 }), fc.constantFrom(...zones), (from, length, zone) => {
        const to = dayAfter(from, length);
        const windows = windowsOf(from, to, zone);
        const whole = periodOf(from, to, zone);
        expect(windows[0]?.start).toBe(whole.start);
        expect(windows.at(-1)?.end).toBe(whole.end);
        for (const [i, { start, end }] of windows.entries()) {
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end - start).toBeLessThanOrEqual(LONGEST);
          if (i > 0) expect(start).toBe((windows[i - 1]?.end ?? 0) + 1);
        }
      }),
    );
  });

  it.each([
    ['2026-10-25', 'Europe/Berlin', [86_400, 3600]],
    ['2026-03-29', 'Europe/Berlin', [82_800]],
    ['2026-03-18', 'Asia/Shanghai', [86_400]],
    ['2026-04-05', 'Australia/Lord_Howe', [86_400, 1800]],
  ])('of %s in %s are of so many seconds: %j', (date, zone, lengths) => {
    expect(windowsOf(date, date, zone).map(({ start, end }) => end - start + 1)).toEqual(lengths);
  });
});

it.each([
  ['2026.03.18 10:00:00 (GMT+08:00)', '03.18 10:00'],
  ['2025.12.31 23:30:00 (GMT+08:00)', '2025.12.31 23:30'],
  ['2026.03.18 10:00:07 (GMT+08:00)', '03.18 10:00:07'],
  ['2026.03.18 03:00:00 (GMT+01:00)', '03.18 03:00 +01:00'],
  ['', ''],
])('a time is short without what goes without saying: %s', (text, short) => {
  expect(shortTime(text, '2026', () => '+08:00')).toBe(short);
});
