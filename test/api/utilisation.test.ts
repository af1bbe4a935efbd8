import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { loadDemo } from '../../src/domain/demo/load.ts';
import { changeSettings } from '../../src/domain/settings.ts';
import { defaults } from '../../src/domain/policy.ts';
import { beginDirectoryChange } from '../../src/store/directory.ts';
import type { Reservation } from '../../src/store/tables.ts';
import { NOON, tenantToken, tester, testApp, testTenant, testUser, userToken } from '../support/app.ts';
import { addLevel, addReservations, addRoom, queryString, reservation, type Query } from '../support/ledger.ts';
import { countMinutes, type OracleReservation, type OracleRoom, type OracleSums } from '../support/utilisation-oracle.ts';

const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const SCOPES = ['yuding:read'];

interface Level {
  level_id: string;
  rooms: number;
  total: Record<string, number | null>;
  before: Record<string, number | null>;
  given_back: Record<string, number>;
  days: ({ day: string } & Record<string, number>)[];
  week: { booked: number[][]; bookable: number[][] };
  busiest: Record<string, unknown>[];
  emptiest: Record<string, unknown>[];
  left_out: Record<string, number>;
}
interface Answer {
  now: string;
  before: { from: string; to: string };
  levels: [Level, ...Level[]];
}

interface Answered<Body> {
  status: number;
  body: Body;
}

async function ask<Body>(token: string, path: string, query: Query): Promise<Answered<Body>> {
  const response = await fetch(`${app.url}/api/v1/${path}?${queryString(query)}`, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: (await response.json()) as Body };
}

async function read(token: string, query: Query): Promise<Answer> {
  const { status, body } = await ask<Answer>(token, 'utilisation', query);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

interface Row {
  id: string;
  minutes: number;
  start: string;
}

/** All pages of the rows behind a cell. */
async function readCell(token: string, query: Query): Promise<{ rows: Row[]; total: number }> {
  const rows: Row[] = [];
  for (let cursor: string | undefined; ;) {
    const { status, body } = await ask<{ reservations: Row[]; total: number; next_cursor: string | null }>(token, 'utilisation/reservations', {
      ...query,
      cursor,
    });
    expect(status, JSON.stringify(body)).toBe(200);
    rows.push(...body.reservations);
    if (body.next_cursor === null) return { rows, total: body.total };
    cursor = body.next_cursor;
  }
}

async function setHours(tenantId: number, scopeId: string, dayStart: number, dayEnd: number): Promise<void> {
  const time = { ...defaults.time, enabled: true, dayStart, dayEnd };
  await changeSettings(app.ctx, tester, { tenantId, scopeId, version: 0, change: () => ({ time }), cover: [] });
}

async function setRoom(tenantId: number, roomNo: number, facts: { disabled_from?: number; disabled_until?: number | null; deleted_at?: number | null }) {
  await app.ctx.db.transaction(async (tx) => {
    const changed_in = await beginDirectoryChange(tx, tenantId);
    await tx
      .updateTable('rooms')
      .set({ ...facts, changed_in })
      .where('tenant_id', '=', tenantId)
      .where('room_no', '=', roomNo)
      .execute();
  });
}

const DAY = 86_400;
const HOUR = 3600;
const MINUTE = 60;
const seconds = (text: string) => Date.parse(text) / 1000;
const dayText = (at: number) => new Date(at * 1000).toISOString().slice(0, 10);
const minutes = (sum: number) => Math.round(sum / 60);

/** Zones with the day in UTC on which something happens to their clocks, or nothing. */
const places = [
  ['Asia/Shanghai', '2026-03-18'],
  ['Asia/Kathmandu', '2026-05-10'],
  ['Europe/Berlin', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25'],
  ['America/New_York', '2026-03-08'],
  ['America/New_York', '2026-11-01'],
  // Half an hour.
  ['Australia/Lord_Howe', '2026-04-05'],
  ['Australia/Lord_Howe', '2026-10-04'],
  // A day that there was not.
  ['Pacific/Apia', '2011-12-30'],
  // A day without its first hour; and one that began twice, a minute after midnight.
  ['America/Sao_Paulo', '2018-11-04'],
  ['America/St_Johns', '2010-11-07'],
] as const;

/** What may become of a reservation, in minutes from its start. */
const fate = fc.record({
  gap: fc.integer({ min: 0, max: 600 }),
  length: fc.oneof(fc.integer({ min: 5, max: 180 }), fc.integer({ min: 600, max: 2200 })),
  rule: fc.constantFrom<Reservation['check_in_rule']>('required', 'required', 'required', 'walk_up', 'off', 'no_device'),
  checkedIn: fc.option(fc.integer({ min: -15, max: 14 })),
  releasedAfter: fc.option(
    fc.record({ seconds: fc.integer({ min: -900, max: 9000 }), cause: fc.constantFrom('by_hand', 'no_show', 'by_sensor', 'after_end') }),
  ),
  disabledAfter: fc.option(fc.integer({ min: -20, max: 30 }), { freq: 8 }),
  state: fc.constantFrom('accepted', 'accepted', 'accepted', 'accepted', 'pending', 'cancelled', 'rejected'),
});
type Fate = typeof fate extends fc.Arbitrary<infer T> ? T : never;

const scenario = fc.record({
  place: fc.constantFrom(...places),
  days: fc.integer({ min: 1, max: 3 }),
  begin: fc.integer({ min: -2, max: 0 }),
  now: fc.integer({ min: -2 * 24 * 60, max: 5 * 24 * 60 }),
  hours: fc.option(fc.tuple(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 701, max: 1440 }))),
  disabled: fc.option(fc.tuple(fc.integer({ min: -2000, max: 3000 }), fc.option(fc.integer({ min: 1, max: 2000 })))),
  deleted: fc.option(fc.integer({ min: -1000, max: 4000 }), { freq: 4 }),
  rooms: fc.array(fc.array(fate, { maxLength: 12 }), { minLength: 1, maxLength: 2 }),
});

/** The rows of a room, one after the other; a row may begin up to ten minutes before the one before it was given back. */
function rowsOf(tenantId: number, roomNo: number, begin: number, fates: readonly Fate[]): Omit<Reservation, 'id'>[] {
  let free = begin;
  return fates.map(({ gap, length, rule, checkedIn, releasedAfter, disabledAfter, state }) => {
    const start_at = Math.floor(free / MINUTE) * MINUTE + gap * MINUTE;
    const end_at = start_at + length * MINUTE;
    const isRequired = rule === 'required';
    const accepted = state === 'accepted' || state === 'cancelled';
    const released = accepted && releasedAfter !== null ? { at: Math.min(start_at + releasedAfter.seconds, end_at + 600), cause: releasedAfter.cause } : null;
    free = state !== 'accepted' ? free : released && released.at < end_at ? Math.max(released.at - 600, start_at + 60) : end_at;
    return reservation({
      tenant_id: tenantId,
      room_no: roomNo,
      start_at,
      end_at,
      accepted_at: accepted ? start_at - DAY : null,
      rejected_at: state === 'rejected' ? start_at - HOUR : null,
      cancelled_at: state === 'cancelled' ? start_at - HOUR : null,
      released_at: released?.at ?? null,
      release_cause: released?.cause ?? null,
      check_in_rule: rule,
      check_in_opens_at: isRequired ? start_at - 900 : null,
      check_in_closes_at: isRequired ? Math.min(start_at + 900, end_at) : null,
      checked_in_at: accepted && checkedIn !== null ? start_at + checkedIn * MINUTE : null,
      room_disabled_at: isRequired && disabledAfter !== null ? start_at + disabledAfter * MINUTE : null,
    });
  });
}

/** Rows that the database takes: two that overlap would be refused. */
function fitting(rows: readonly Omit<Reservation, 'id'>[]): Omit<Reservation, 'id'>[] {
  const kept: Omit<Reservation, 'id'>[] = [];
  for (const row of rows) {
    const isActive = (one: Omit<Reservation, 'id'>) => one.accepted_at !== null && one.cancelled_at === null && one.released_at === null;
    const clashes = isActive(row) && kept.some((other) => isActive(other) && other.start_at < row.end_at && row.start_at < other.end_at);
    if (!clashes) kept.push(row);
  }
  return kept;
}

function shown(sums: OracleSums) {
  const { booked, used, bookable, reservations, due, noShows, givenBack } = sums;
  return {
    booked: minutes(booked),
    used: minutes(used),
    bookable: minutes(bookable),
    reservations,
    due,
    no_shows: noShows,
    given_back: minutes(givenBack),
  };
}

describe('utilisation', () => {
  it('is what one counts minute by minute, in every zone, over changes of clocks, hours of use, disabled and deleted rooms', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ place: [zone, date], days, begin, now, hours, disabled, deleted, rooms }) => {
        const midday = seconds(`${date}T12:00Z`);
        const from = dayText(midday + begin * DAY);
        const to = dayText(midday + (begin + days - 1) * DAY);
        app.clock.seconds = midday + now * MINUTE;
        const tenant = await testTenant(app, { scopes: SCOPES, timeZone: zone });
        const { tenantId, rootLevelId } = tenant;
        const level = await addLevel(app, tenantId, rootLevelId);
        const [opens, closes] = hours ?? [0, 1440];
        if (hours) await setHours(tenantId, level, opens * MINUTE, closes * MINUTE);
        const disabling = disabled && {
          from: midday + disabled[0] * MINUTE,
          until: disabled[1] === null ? null : midday + (disabled[0] + disabled[1]) * MINUTE,
        };
        const deletedAt = deleted === null ? null : midday + deleted * MINUTE;
        const made: { roomNo: number }[] = [];
        for (const fates of rooms) {
          const { roomNo } = await addRoom(app, tenantId, level);
          await addReservations(app, fitting(rowsOf(tenantId, roomNo, midday + (begin - 2) * DAY, fates)));
          made.push({ roomNo });
        }
        const [first] = made;
        if (first)
          await setRoom(tenantId, first.roomNo, {
            ...(disabling ? { disabled_from: disabling.from, disabled_until: disabling.until } : {}),
            deleted_at: deletedAt,
          });

        const token = await tenantToken(app, tenant);
        const { body: list } = await ask<{ reservations: { id: string; check_in: { status: string } }[] }>(token, 'reservations', { limit: 1000 });
        const checkIns = new Map(list.reservations.map(({ id, check_in }) => [Number(id), check_in.status]));
        const rows = await app.ctx.db.kysely.selectFrom('reservations').selectAll().where('tenant_id', '=', tenantId).execute();
        const oracleRooms = made.map(({ roomNo }, i): OracleRoom => ({
          ...{ zone, opens, closes },
          disabled: i === 0 ? disabling : null,
          deletedAt: i === 0 ? deletedAt : null,
          reservations: rows
            .filter(({ room_no }) => room_no === roomNo)
            .map((row): OracleReservation => ({
              ...{ id: row.id, start: row.start_at, end: row.end_at, releasedAt: row.released_at },
              accepted: row.accepted_at !== null && row.rejected_at === null,
              cancelled: row.cancelled_at !== null,
              required: row.check_in_rule === 'required',
              checkIn: checkIns.get(row.id) ?? '',
              used: row.checked_in_at !== null || row.check_in_rule === 'walk_up',
            })),
        }));
        const oracle = countMinutes(oracleRooms, from, to, app.clock.now());
        const {
          levels: [use],
          before,
        } = await read(token, { from, to, level });

        expect(use.total).toMatchObject({ ...shown(oracle.total), disabled: minutes(oracle.total.disabled), released: oracle.total.released });
        expect(use.left_out.outside).toBe(minutes(oracle.total.outside));
        const share = (of: number, whole: number) => (whole === 0 ? null : Math.round((of / whole) * 10_000) / 10_000);
        expect(use.total.occupancy).toBe(share(oracle.total.booked, oracle.total.bookable));
        expect(use.total.no_show_rate).toBe(share(oracle.total.noShows, oracle.total.due));
        const nothing = shown(countMinutes([], from, to, 0).total);
        expect(use.days).toEqual(
          Array.from({ length: days }, (_, i) => dayText(midday + (begin + i) * DAY)).map((day) => {
            const sums = oracle.days.get(day);
            return { day, ...(sums ? shown(sums) : nothing) };
          }),
        );
        for (let weekday = 1; weekday <= 7; weekday++) {
          for (let hour = 0; hour < 24; hour++) {
            const cell = oracle.week.get(`${String(weekday)} ${String(hour)}`);
            expect(use.week.bookable[weekday - 1]?.[hour]).toBe(minutes(cell?.bookable ?? 0));
            expect(use.week.booked[weekday - 1]?.[hour]).toBe(minutes(cell?.booked ?? 0));
          }
        }
        const earlier = countMinutes(oracleRooms, before.from, before.to, app.clock.now());
        expect(use.before).toMatchObject(shown(earlier.total));
        const [cell] = [...oracle.week].filter(([, { ids }]) => ids.size > 0);
        if (cell) {
          const [weekday, hour] = cell[0].split(' ').map(Number);
          const { rows: behind, total } = await readCell(token, { from, to, level, weekday, hour, limit: 2 });
          expect(new Map(behind.map((row) => [Number(row.id), row.minutes]))).toEqual(new Map([...cell[1].ids].map(([id, sum]) => [id, minutes(sum)])));
          expect(behind.map(({ start }) => start)).toEqual(behind.map(({ start }) => start).sort());
          expect(total).toBe(behind.length);
        }
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });

  it('puts two levels side by side; what stands below both counts for both', async () => {
    app.clock.seconds = NOON;
    const tenant = await testTenant(app, { scopes: SCOPES });
    const { tenantId, rootLevelId } = tenant;
    const [north, south] = [await addLevel(app, tenantId, rootLevelId), await addLevel(app, tenantId, rootLevelId, 'Europe/Berlin')];
    const rooms = [await addRoom(app, tenantId, north), await addRoom(app, tenantId, north), await addRoom(app, tenantId, south)];
    const at = (roomNo: number | undefined, hour: number, facts: Partial<Reservation> = {}) =>
      reservation({ tenant_id: tenantId, room_no: roomNo ?? 0, start_at: NOON + hour * HOUR, ...facts });
    await addReservations(app, [
      at(rooms[0]?.roomNo, -4, { checked_in_at: NOON - 4 * HOUR, guests: 8, guests_accepted: 3 }),
      at(rooms[0]?.roomNo, -2, { released_at: NOON - 2 * HOUR + 900, release_cause: 'no_show', guests: 2, guests_accepted: 2 }),
      at(rooms[2]?.roomNo, -3, { checked_in_at: NOON - 3 * HOUR, released_at: NOON - 3 * HOUR + 1800, release_cause: 'by_hand' }),
      at(rooms[1]?.roomNo, 2, { accepted_at: null }),
      at(rooms[1]?.roomNo, -1, { accepted_at: null }),
      at(rooms[1]?.roomNo, 4, { cancelled_at: NOON }),
      at(rooms[1]?.roomNo, 5, { accepted_at: null, rejected_at: NOON }),
    ]);
    const token = await tenantToken(app, tenant);
    const { now, levels } = await read(token, { from: '2026-03-18', to: '2026-03-18', level: '0', compare: north });
    expect(now).toBe('2026-03-18T04:00:00Z');
    expect(levels.map(({ level_id, rooms: count }) => [level_id, count])).toEqual([
      [rootLevelId, 3],
      [north, 2],
    ]);
    const [all, ofNorth] = levels;
    expect(all.total).toMatchObject({ booked: 105, used: 90, bookable: 3 * 1440, reservations: 3, due: 3, no_shows: 1, no_show_rate: 0.3333, given_back: 75 });
    expect(ofNorth?.total).toMatchObject({ booked: 75, used: 60, bookable: 2 * 1440, reservations: 2, due: 2, no_shows: 1, no_show_rate: 0.5, given_back: 45 });
    expect(all.given_back).toEqual({ by_hand: 30, no_show: 45, by_sensor: 0 });
    expect(all.left_out).toEqual({ pending: 1, rejected: 2, cancelled: 1, outside: 0 });
    // Nine in the morning in Shanghai is two at night in Berlin.
    expect(all.week.booked[2]?.[8]).toBe(60);
    expect(all.week.booked[2]?.[2]).toBe(30);
    expect(all.busiest.map(({ room_id, occupancy, guests, guests_accepted }) => [room_id, occupancy, guests, guests_accepted])).toEqual([
      [rooms[0]?.roomId, 0.0521, 5, 2.5],
      [rooms[2]?.roomId, 0.0208, 5, 2],
      [rooms[1]?.roomId, 0, null, null],
    ]);
    expect(all.emptiest.map(({ room_id }) => room_id)).toEqual([rooms[1]?.roomId, rooms[2]?.roomId, rooms[0]?.roomId]);
    expect(all.before).toMatchObject({ reservations: 0, occupancy: 0, no_show_rate: null, bookable: 3 * 1440 });
  });

  it('counts a minute once that two had: who came late has it from before the other gave it back', async () => {
    app.clock.seconds = NOON + DAY;
    const tenant = await testTenant(app, { scopes: SCOPES });
    const { tenantId, rootLevelId } = tenant;
    const { roomNo } = await addRoom(app, tenantId, await addLevel(app, tenantId, rootLevelId));
    const facts = { tenant_id: tenantId, room_no: roomNo };
    await addReservations(app, [
      reservation({ ...facts, start_at: NOON, checked_in_at: NOON, released_at: NOON + 1200, release_cause: 'by_hand' }),
      reservation({ ...facts, start_at: NOON + 600, end_at: NOON + HOUR, checked_in_at: NOON + 1260 }),
      // Within the time of the one before it, as a walk-up may be that was given back at once.
      reservation({ ...facts, start_at: NOON + 660, checked_in_at: NOON + 660, released_at: NOON + 700, release_cause: 'by_hand' }),
    ]);
    const { levels } = await read(await tenantToken(app, tenant), { from: '2026-03-18', to: '2026-03-18' });
    expect(levels[0].total).toMatchObject({ booked: 60, used: 60, reservations: 3, given_back: 99 });
  });

  it('is nothing where there is nothing', async () => {
    app.clock.seconds = NOON;
    const tenant = await testTenant(app, { scopes: SCOPES });
    const { levels } = await read(await tenantToken(app, tenant), { from: '2026-03-01', to: '2026-03-31' });
    expect(levels[0].total).toMatchObject({ booked: 0, bookable: 0, occupancy: null, no_show_rate: null });
    expect(levels[0].days).toHaveLength(31);
    expect(levels[0].busiest).toEqual([]);
  });

  it('is for who manages meetings, and names what is wrong with a period', async () => {
    app.clock.seconds = NOON;
    const tenant = await testTenant(app, { scopes: SCOPES });
    const token = await tenantToken(app, tenant);
    const stranger = await userToken(app, tenant, await testUser(app, tenant.tenantId), SCOPES);
    const manager = await userToken(app, tenant, await testUser(app, tenant.tenantId, true), SCOPES);
    const days = { from: '2026-03-18', to: '2026-03-18' };
    const refusal = async (bearer: string, query: Query) => {
      const answers = await Promise.all(
        ['utilisation', 'utilisation/reservations'].map((path) =>
          ask<{ error: { code: string; fields?: { field: string }[] } }>(bearer, path, {
            ...(path === 'utilisation' ? {} : { weekday: 1, hour: 0 }),
            ...query,
          }),
        ),
      );
      const [first, second] = answers.map(({ status, body: { error } }) => [status, error.code, ...(error.fields ?? []).map(({ field }) => field)]);
      expect(first).toEqual(second);
      return first;
    };
    expect(await refusal(stranger, days)).toEqual([403, 'no_permission']);
    expect((await ask(manager, 'utilisation', days)).status).toBe(200);
    expect(await refusal(token, { ...days, level: 'omb_none' })).toEqual([404, 'not_found']);
    expect(await refusal(token, { ...days, from: '2026-02-30' })).toEqual([400, 'invalid', 'from']);
    expect(await refusal(token, { ...days, from: '0001-01-01' })).toEqual([400, 'invalid', 'from']);
    expect(await refusal(token, { ...days, to: '2026-03-17' })).toEqual([400, 'invalid', 'to']);
    expect(await refusal(token, { from: '2020-01-01', to: '2026-03-18' })).toEqual([400, 'invalid', 'to']);
    expect(await refusal(token, { ...days, to: 'tomorrow' })).toEqual([400, 'invalid', 'to']);
  });

  it('lets others be answered while it adds up', async () => {
    app.clock.seconds = NOON;
    const { tenantId, administratorId } = await loadDemo(app.ctx, tester, { seed: 7, at: NOON, rooms: 150, days: 160, reservations: 100_000 });
    const demo = await app.ctx.db.kysely.selectFrom('apps').select('app_id').where('tenant_id', '=', tenantId).executeTakeFirstOrThrow();
    await app.ctx.db.kysely.updateTable('apps').set({ scopes: 'yuding:read' }).where('tenant_id', '=', tenantId).where('app_id', '=', demo.app_id).execute();
    const tenant = { tenantId, tenantKey: '', rootLevelId: '', administratorId, appId: demo.app_id, appSecret: '' };
    const token = await userToken(app, tenant, administratorId, SCOPES);
    const query = { from: '2025-11-20', to: '2026-03-18' };
    const [{ levels }, health] = await Promise.all([read(token, query), fetch(`${app.url}/healthz`)]);
    expect(levels[0].total.reservations).toBeGreaterThan(50_000);
    expect(health.status).toBe(200);
    // On the thread of the requests, it would be busy nearly all of the time.
    const before = performance.eventLoopUtilization();
    await read(token, query);
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);

    // As many as may wait, and all of them go away: those who come then are answered.
    const away = new AbortController();
    const url = `${app.url}/api/v1/utilisation?${queryString(query)}`;
    const left = Array.from({ length: 16 }, () => fetch(url, { headers: { authorization: `Bearer ${token}` }, signal: away.signal }));
    expect((await fetch(`${app.url}/healthz`)).status).toBe(200);
    away.abort();
    expect((await Promise.allSettled(left)).every(({ status }) => status === 'rejected')).toBe(true);
    for (let i = 0; i < 3; i++) await (await fetch(`${app.url}/healthz`)).text();
    const statuses = await Promise.all(Array.from({ length: 12 }, async () => (await ask(token, 'utilisation', query)).status));
    expect(statuses).toEqual(statuses.map(() => 200));
  });
});
