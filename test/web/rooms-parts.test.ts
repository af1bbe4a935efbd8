import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/*
 * What the timeline works out before it draws: the day across, what is free, what a hand may mark, which rows there are.
 * What knows of a browser's page has types that only the screens are compiled with, so the modules are loaded by name.
 */

interface Span {
  start: number;
  end: number;
}
interface Axis {
  day: string;
  zone: string;
  from: number;
  to: number;
  hours: { at: number; label: string }[];
}
interface AxisModule {
  QUARTER: number;
  HOUR: number;
  axisOf: (day: string, zone: string) => Axis;
  percent: (axis: Axis, at: number) => number;
  instantAt: (axis: Axis, share: number) => number;
  openHours: (axis: Axis, hours: { from: string; until: string }, zone: string) => Span[];
}
interface GapsModule {
  gapAround: (busy: Span[], at: number, within: Span) => Span | null;
  gapsOf: (busy: Span[], within: Span) => Span[];
  drawn: (axis: Axis, gap: Span, anchor: number, at: number) => Span;
  fitted: (axis: Axis, gap: Span, start: number, length: number) => Span | null;
  stretched: (axis: Axis, gap: Span, start: number, least: number, at: number) => Span;
}
interface Booking extends Span {
  id: string;
  roomId: string;
  state: string;
  title: string | null;
  version: number;
}
interface Picture {
  bookings: Map<string, Booking[]>;
}
interface PictureModule {
  pictureOf: (answer: object, period: { from: number; to: number }) => Picture;
  keepingSame: (older: Picture, newer: Picture) => Picture;
  withBooking: (picture: Picture, booking: Booking) => Picture;
  withoutBooking: (picture: Picture, id: string) => Picture;
  fromRow: (row: object) => Booking;
}
interface RecurrenceModule {
  ruleOf: (kind: string, ending: { count: number } | { until: string }, zone: string) => string | undefined;
}
type MayModule = Record<'may', (booking: object, now: number, isAdministrator: boolean) => Record<string, boolean>>;

const load = (name: string): Promise<unknown> => import(`../../web/rooms/${name}.ts`);
const { QUARTER, HOUR, axisOf, percent, instantAt, openHours } = (await load('axis')) as AxisModule;
const { gapAround, gapsOf, drawn, fitted, stretched } = (await load('gaps')) as GapsModule;
const { pictureOf, keepingSame, withBooking, withoutBooking, fromRow } = (await load('picture')) as PictureModule;
const { ruleOf } = (await load('recurrence')) as RecurrenceModule;
const { may } = (await load('may')) as MayModule;

describe('the day across', () => {
  it.each([
    ['2026-03-18', 'Asia/Shanghai', 24, ['00:00', '23:00']],
    ['2026-03-29', 'Europe/Berlin', 23, ['00:00', '01:00', '03:00']],
    ['2026-10-25', 'Europe/Berlin', 25, ['02:00', '02:00 GMT+1', '03:00']],
    ['2026-03-08', 'America/Los_Angeles', 23, ['01:00', '03:00']],
    ['2026-11-01', 'America/Los_Angeles', 25, ['01:00', '01:00 GMT-8', '02:00']],
    ['2026-04-05', 'Australia/Lord_Howe', 24.5, ['01:00', '02:00']],
    // The day begins an hour late, because midnight is left out.
    ['2026-04-24', 'Africa/Cairo', 23, ['01:00', '02:00']],
  ])('of %s in %s has %d hours', (day, zone, hours, labels) => {
    const axis = axisOf(day, zone);
    expect((axis.to - axis.from) / HOUR).toBe(hours);
    const all = axis.hours.map(({ label }) => label);
    expect(all.filter((label) => labels.includes(label))).toEqual(labels);
    expect(new Set(all).size).toBe(all.length);
    if (hours === 23) expect(all).toHaveLength(23);
    if (hours === 25) expect(all).toHaveLength(25);
  });

  it('has each instant in its place, in any zone on any day', () => {
    const days = fc.integer({ min: 0, max: 365 }).map((day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10));
    const zones = fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/Los_Angeles', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia');
    fc.assert(
      fc.property(days, zones, fc.double({ min: 0, max: 1, noNaN: true }), (day, zone, share) => {
        const axis = axisOf(day, zone);
        expect(percent(axis, instantAt(axis, share))).toBeCloseTo(share * 100, 6);
        const steps = axis.hours.map(({ at }) => at);
        expect(steps).toEqual([...steps].sort((a, b) => a - b));
      }),
    );
  });

  it('shows the hours of a room of another zone where they are', () => {
    const axis = axisOf('2026-03-18', 'Asia/Shanghai');
    const hours = { from: '08:00', until: '20:00' };
    const inHours = (spans: Span[]) => spans.map(({ start, end }) => [(start - axis.from) / HOUR, (end - axis.from) / HOUR]);
    expect(inHours(openHours(axis, hours, 'Asia/Shanghai'))).toEqual([[8, 20]]);
    // Los Angeles is 15 hours behind: the end of its day before, the beginning of this one.
    expect(inHours(openHours(axis, hours, 'America/Los_Angeles'))).toEqual([
      [0, 11],
      [23, 24],
    ]);
    expect(inHours(openHours(axis, { from: '00:00', until: '24:00' }, 'Asia/Shanghai'))).toEqual([[0, 24]]);
  });
});

describe('what is free', () => {
  const axis = axisOf('2026-03-18', 'Asia/Shanghai');
  const within = { start: axis.from, end: axis.to };
  const at = fc.integer({ min: axis.from, max: axis.to - 1 });
  const busy = fc.array(
    fc.tuple(fc.integer({ min: axis.from, max: axis.to }), fc.integer({ min: 1, max: 6 * HOUR })).map(([start, length]) => ({ start, end: start + length })),
    { maxLength: 12 },
  );
  const clear = (list: Span[], { start, end }: Span) => list.every((one) => one.end <= start || end <= one.start);

  it('touches nothing that is taken, and is as long as can be', () => {
    fc.assert(
      fc.property(busy, at, (list, when) => {
        const gap = gapAround(list, when, within);
        expect(gap === null).toBe(list.some(({ start, end }) => start <= when && when < end));
        if (!gap) return;
        expect(gap.start <= when && when < gap.end && clear(list, gap)).toBe(true);
        expect(gapsOf(list, within)).toContainEqual(gap);
      }),
    );
  });

  it('is all that a hand can mark, move to, or stretch over, wherever it goes', () => {
    fc.assert(
      fc.property(busy, at, at, fc.integer({ min: 1, max: 16 }), (list, anchor, hand, quarters) => {
        const gap = gapAround(list, anchor, within);
        if (!gap) return;
        const length = quarters * QUARTER;
        const marked = drawn(axis, gap, anchor, hand);
        const put = fitted(axis, gap, hand, length);
        const longer = stretched(axis, gap, gap.start, Math.min(gap.start + QUARTER, gap.end), hand);
        for (const span of [marked, longer, ...(put ? [put] : [])]) {
          expect(clear(list, span)).toBe(true);
          expect(gap.start <= span.start && span.end <= gap.end && span.start < span.end).toBe(true);
        }
        expect(put === null).toBe(gap.end - gap.start < length);
        if (put) expect(put.end - put.start).toBe(length);
      }),
    );
  });
});

describe('the picture', () => {
  const iso = (at: number) => new Date(at).toISOString();
  const from = Date.UTC(2026, 2, 17, 16);
  const to = from + 24 * HOUR;
  const room = (id: string) => ({
    id,
    display_id: id,
    level_id: 'l',
    name: id,
    capacity: 4,
    equipment: [],
    disabled: null,
    needs_approval: false,
    bookable: true,
    hours: null,
  });
  const row = (id: number, roomId: string, hour: number, facts: object = {}) => ({
    id: String(id),
    room_id: roomId,
    start: iso(from + hour * HOUR),
    end: iso(from + (hour + 1) * HOUR),
    state: 'accepted',
    mine: false,
    title: 'x',
    reserver: 'y',
    check_in: null,
    series: false,
    version: 1,
    ...facts,
  });
  const answer = (rows: object[]) => ({
    now: iso(from),
    version: 1,
    live: '',
    levels: [{ id: 'l', parent_id: null, name: 'l', depth: 0, time_zone: 'Asia/Shanghai' }],
    rooms: ['a', 'b', 'c'].map(room),
    reservations: rows,
  });
  const rows = [row(1, 'a', 9), row(2, 'b', 9), row(3, 'b', 12)];
  const before = pictureOf(answer(rows), { from, to });

  it('keeps the very same lists of rooms in which nothing happened', () => {
    const after = withBooking(before, fromRow(row(2, 'b', 10, { version: 2 })));
    expect(after.bookings.get('a')).toBe(before.bookings.get('a'));
    expect(after.bookings.get('b')?.map(({ id, start }) => [id, (start - from) / HOUR])).toEqual([
      ['2', 10],
      ['3', 12],
    ]);
    const again = keepingSame(after, pictureOf(answer([rows[0] ?? {}, row(2, 'b', 10, { version: 2 }), rows[2] ?? {}]), { from, to }));
    expect(again.bookings.get('a')).toBe(before.bookings.get('a'));
    expect(again.bookings.get('b')).toBe(after.bookings.get('b'));
  });

  it('takes a reservation from room to room, off the day and away', () => {
    const elsewhere = withBooking(before, fromRow(row(1, 'c', 9, { version: 2 })));
    expect([elsewhere.bookings.get('a'), elsewhere.bookings.get('c')?.length]).toEqual([[], 1]);
    const tomorrow = withBooking(before, fromRow(row(1, 'a', 30, { version: 2 })));
    expect(tomorrow.bookings.get('a')).toEqual([]);
    expect(withoutBooking(before, '1').bookings.get('a')).toEqual([]);
  });

  it('does not go back to what is older, also when that was read later', () => {
    const told = withBooking(before, fromRow(row(1, 'c', 10, { version: 3 })));
    const read = keepingSame(told, pictureOf(answer(rows), { from, to }));
    expect([read.bookings.get('a') ?? [], read.bookings.get('c')?.length]).toEqual([[], 1]);

    const newer = withBooking(before, fromRow(row(1, 'a', 10, { version: 3 })));
    expect(withBooking(newer, fromRow(row(1, 'a', 9, { version: 2 })))).toBe(newer);
    expect(withBooking(before, fromRow(rows[0] ?? {}))).toBe(before);
  });
});

it.each([
  ['none', { count: 3 }, undefined],
  ['daily', { count: 3 }, 'FREQ=DAILY;COUNT=3'],
  ['weekdays', { count: 5 }, 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=5'],
  ['weekly', { until: '2026-04-01' }, 'FREQ=WEEKLY;UNTIL=20260401T155900Z'],
  ['fortnightly', { count: 2 }, 'FREQ=WEEKLY;INTERVAL=2;COUNT=2'],
  ['monthly', { until: '2026-12-31' }, 'FREQ=MONTHLY;UNTIL=20261231T155900Z'],
])('a series that repeats %s is the rule that the server knows', (kind, ending, rule) => {
  expect(ruleOf(kind, ending, 'Asia/Shanghai')).toBe(rule);
});

it.each([
  ['of others', { mine: false }, 0, []],
  ['of mine, ahead', {}, 0, ['move', 'extend', 'cancel']],
  ['that waits', { state: 'pending', checkIn: null }, 0, ['move', 'cancel']],
  ['with the check-in open', {}, 90, ['move', 'extend', 'release', 'checkIn']],
  ['that runs, nobody there yet', {}, 105, ['extend', 'end', 'checkIn']],
  ['that runs', { state: 'checked_in' }, 130, ['extend', 'end']],
  ['that nobody came to', { state: 'no_show' }, 130, ['extend', 'end']],
  ['given back', { state: 'released' }, 0, []],
  ['that is over', {}, 160, []],
])('with a reservation %s one may do what the server lets one', (_name, facts, now, allowed) => {
  const booking = { mine: true, state: 'accepted', start: 100, end: 160, checkIn: { opens: 85, closes: 115 }, ...facts };
  const can = may(booking, now, false);
  expect(Object.keys(can).filter((name) => can[name])).toEqual(allowed);
});
