import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { NOON, testApp, testTenant, testUser, userToken } from '../support/app.ts';
import { addLevel, addRoom } from '../support/ledger.ts';
import { rejection, sdkClient } from '../support/sdk.ts';

/* Series of RFC 5545: when their dates are, what becomes of single dates, and rooms that are not to be had on all of them. */
const SCOPES = ['calendar:calendar', 'vc:room:readonly', 'yuding:admin', 'yuding:book'];
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
/** The server's zone is the process's, the tenant's is Shanghai, the rooms' Kathmandu, and each series has its own. */
const tenant = await testTenant(app, { scopes: SCOPES });
const { tenantId } = tenant;
const level = await addLevel(app, tenantId, tenant.rootLevelId, 'Asia/Kathmandu');
const { calendarEvent, calendarEventAttendee } = sdkClient(app, tenant).calendar;
const person = await testUser(app, tenantId);
const personToken = await userToken(app, tenant, person, SCOPES);

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const WEEK = 7 * DAY;
const LONGEST = 2 * 366 * DAY;
const ZONES = [
  'America/New_York',
  'Europe/Berlin',
  'Europe/London',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Africa/Cairo',
  'Africa/Casablanca',
  'America/Sao_Paulo',
  'Pacific/Apia',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Asia/Tehran',
  'Asia/Shanghai',
  'UTC',
] as const;

let roomId = '';
beforeEach(async () => {
  app.clock.seconds = NOON;
  roomId = (await addRoom(app, tenantId, level)).roomId;
});

/* --- The oracle: civil dates one after the other, and what Intl shows. --- */

const readers = new Map<string, Intl.DateTimeFormat>();
/** What the clocks of a zone show, as if it were UTC: epoch seconds. */
function wall(zone: string, at: number): number {
  let reader = readers.get(zone);
  if (!reader) readers.set(zone, (reader = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })));
  return Date.parse(`${reader.format(at * 1000).replace(' ', 'T')}Z`) / 1000;
}
/** When the clocks of a zone show a wall time: never, once or twice. */
function instantsOf(zone: string, shown: number): number[] {
  const offsets = [-DAY, DAY].map((far) => wall(zone, shown + far) - (shown + far));
  return [...new Set(offsets.map((offset) => shown - offset))].filter((at) => wall(zone, at) === shown).sort((a, b) => a - b);
}
/** The dates of a series: a time that is skipped has none and does not count, of two the first does. */
function dates(zone: string, first: number, days: number, { count = Infinity, until = Infinity }: { count?: number; until?: number }): number[] {
  const met: number[] = [];
  for (let shown = first; met.length < count && shown < first + LONGEST + DAY; shown += days * DAY) {
    const [at] = instantsOf(zone, shown);
    if (at !== undefined && at < until) met.push(at);
  }
  return met;
}
interface Transition {
  /** Wall time in the middle of the hour that is skipped, or shown twice. */
  middle: number;
  kind: 'skipped' | 'twice';
}
/** Every change of a zone's clocks from 2024 to 2030. */
function transitionsOf(zone: string): Transition[] {
  const found: Transition[] = [];
  const offset = (at: number) => wall(zone, at) - at;
  for (let day = Date.UTC(2024, 0, 1) / 1000; day < Date.UTC(2031, 0, 1) / 1000; day += DAY) {
    let [low, high] = [day, day + DAY];
    if (offset(low) === offset(high)) continue;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offset(middle) === offset(low)) low = middle;
      else high = middle;
    }
    const jump = offset(high) - offset(low);
    // From what was shown to what is shown next, whichever is earlier.
    found.push({ kind: jump > 0 ? 'skipped' : 'twice', middle: Math.min(high + offset(low), high + offset(high)) + Math.abs(jump) / 2 });
  }
  return found;
}
const transitions = new Map(ZONES.map((zone) => [zone, transitionsOf(zone)]));
const clocksChange = ZONES.filter((zone) => (transitions.get(zone)?.length ?? 0) > 0);

/* --- The product. --- */

interface Shown {
  id: string;
  event_id: string;
  start: string;
  end: string;
  status: string;
  rejection: { rule: string } | null;
}
interface Booked {
  status: string;
  reservations: Shown[];
  clashes: string[];
}
interface Answer<Body> {
  status: number;
  body: Body;
}
interface Refused {
  error: { code: string; rule?: string; clashes?: string[]; fields?: { field: string }[] };
}

async function ask<Body>(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Answer<Body>> {
  const init = body ? { body: JSON.stringify(body) } : {};
  const response = await fetch(`${app.url}/api/v1${path}`, { method, headers: { authorization: `Bearer ${personToken}`, ...headers }, ...init });
  return { status: response.status, body: (await response.json()) as Body };
}
const iso = (at: number) => new Date(at * 1000).toISOString().replace('.000', '');
const seconds = (text: string) => Date.parse(text) / 1000;

/** Reservations of the room in some states. @returns their starts */
async function reserved(...statuses: string[]): Promise<number[]> {
  const query = statuses.map((status) => `&status=${status}`).join('');
  const { body } = await ask<{ reservations: Shown[] }>('GET', `/reservations?room=${roomId}${query}&limit=1000`);
  return body.reservations.map(({ start }) => seconds(start));
}
const bookBody = (startAt: number, rule: string, more: object = {}) => ({
  room_id: roomId,
  start: iso(startAt),
  end: iso(startAt + HOUR / 2),
  title: '周会',
  recurrence: rule,
  ...more,
});
function book<Body = Booked>(startAt: number, rule: string, more: object = {}, headers: Record<string, string> = {}): Promise<Answer<Body>> {
  return ask('POST', '/reservations', bookBody(startAt, rule, more), headers);
}

interface NewEvent {
  rule?: string;
  zone?: string;
  length?: number;
}
const calendar_id = 'primary';
const time = (at: number, zone = 'Asia/Shanghai') => ({ timestamp: String(at), timezone: zone });
/** An event of the app. @returns its id */
async function addEvent(startAt: number, { rule, zone, length = HOUR / 2 }: NewEvent = {}): Promise<string> {
  const data = {
    summary: '周会',
    start_time: time(startAt, zone),
    end_time: time(startAt + length, zone),
    ...(rule === undefined ? {} : { recurrence: rule }),
  };
  const created = await calendarEvent.create({ path: { calendar_id }, data });
  return created.data?.event?.event_id ?? '';
}
/** Invites the room. @returns what it answered */
async function inviteRoom(event_id: string): Promise<string | undefined> {
  const data = { attendees: [{ type: 'resource' as const, room_id: roomId }] };
  const { data: answer } = await calendarEventAttendee.create({ path: { calendar_id, event_id }, data });
  return answer?.attendees?.find(({ room_id }) => room_id === roomId)?.rsvp_status;
}
async function instances(event_id: string, from: number, to: number) {
  const params = { start_time: String(from), end_time: String(to), page_size: 500 };
  const { data } = await calendarEvent.instances({ path: { calendar_id, event_id }, params });
  expect(data?.has_more).toBe(false);
  return data?.items ?? [];
}
async function startsOf(event_id: string, from: number, to: number): Promise<number[]> {
  return (await instances(event_id, from, to)).map(({ start_time }) => Number(start_time?.timestamp));
}
const instanceId = (event_id: string, original: number) => event_id.replace(/_0$/, `_${String(original)}`);
const move = (event_id: string, startAt: number, { zone, length = HOUR / 2, ...more }: NewEvent & { recurrence?: string } = {}) =>
  calendarEvent.patch({ path: { calendar_id, event_id }, data: { start_time: time(startAt, zone), end_time: time(startAt + length, zone), ...more } });

async function refusal(call: Promise<unknown>) {
  const { status, data } = await rejection(call);
  return { status, code: data.code, fields: data.error.field_violations?.map(({ field }) => field) };
}

describe('a weekly series keeps its wall time', () => {
  /** Two years each, so that all changes of the clocks up to 2030 are met. */
  const blocks = [2024, 2026, 2028, 2030].map((year) => Date.UTC(year, 0, 8) / 1000);
  const firstOn = (block: number, shown: number) => block + ((((shown - block) % WEEK) + WEEK) % WEEK);

  it.each(ZONES)('in %s', async (zone) => {
    const hits = { skipped: 0, twice: 0 };
    for (const block of blocks) {
      const met = (transitions.get(zone) ?? []).filter(({ middle }) => middle > block && middle < block + LONGEST);
      const walls = new Set([block + 9.5 * HOUR, ...met.map(({ middle }) => firstOn(block, middle))]);
      for (const first of walls) {
        const startAt = instantsOf(zone, first)[0] ?? 0;
        const expected = dates(zone, first, 7, { until: startAt + LONGEST });
        const id = await addEvent(startAt, { rule: 'FREQ=WEEKLY', zone });
        const starts = await startsOf(id, startAt, startAt + LONGEST);
        expect(starts.map(iso), `${zone} ${iso(first)}`).toEqual(expected.map(iso));
        hits.skipped += met.filter(({ kind, middle }) => kind === 'skipped' && (middle - first) % WEEK === 0).length;
        hits.twice += met.filter(({ kind, middle }) => kind === 'twice' && (middle - first) % WEEK === 0).length;
      }
    }
    // Both changes were met where there are any.
    const changes = (transitions.get(zone) ?? []).length;
    expect(Math.min(hits.skipped, hits.twice) > 0).toBe(changes > 0);
  });

  it('the zones do change their clocks, those that do', () => {
    expect(clocksChange).toEqual([
      'America/New_York',
      'Europe/Berlin',
      'Europe/London',
      'Australia/Lord_Howe',
      'America/Santiago',
      'Africa/Cairo',
      'Africa/Casablanca',
    ]);
  });
});

describe('rooms are reserved at these times, by /api/v1', () => {
  it.each(clocksChange.flatMap((zone) => (['skipped', 'twice'] as const).map((kind) => [zone, kind] as const)))(
    'in %s, over a time that is %s',
    async (zone, kind) => {
      const change = (transitions.get(zone) ?? []).find((candidate) => candidate.kind === kind && candidate.middle > Date.UTC(2026, 3, 20) / 1000);
      const first = (change?.middle ?? 0) - 2 * WEEK;
      const [startAt = 0] = instantsOf(zone, first);
      app.clock.seconds = startAt - 30 * DAY;
      const { status, body } = await book(startAt, 'FREQ=WEEKLY;COUNT=4', { time_zone: zone });
      const expected = dates(zone, first, 7, { count: 4 });
      expect({ status, of: body.status, clashes: body.clashes }).toEqual({ status: 201, of: 'accepted', clashes: [] });
      expect(body.reservations.map(({ start }) => start)).toEqual(expected.map(iso));
      expect(body.reservations.map(({ end }) => end)).toEqual(expected.map((at) => iso(at + HOUR / 2)));
      expect(await reserved('accepted')).toEqual(expected);
      // It is wall time that is kept: not the distance of a week, except over an hour that is shown twice and begins as before.
      expect(new Set(expected.map((at) => wall(zone, at) % DAY)).size).toBe(1);
    },
  );

  it('in the zone of the room, where none is named', async () => {
    const berlin = await addLevel(app, tenantId, tenant.rootLevelId, 'Europe/Berlin');
    roomId = (await addRoom(app, tenantId, berlin)).roomId;
    const first = Date.UTC(2026, 2, 25, 9) / 1000;
    const expected = dates('Europe/Berlin', first, 7, { count: 2 });
    expect((await book(expected[0] ?? 0, 'FREQ=WEEKLY;COUNT=2')).status).toBe(201);
    expect((expected[1] ?? 0) - (expected[0] ?? 0)).toBe(WEEK - HOUR);
    expect(await reserved('accepted')).toEqual(expected);
  });

  it('any rule of days and weeks, from any start', async () => {
    const arbitrary = fc.record({
      zone: fc.constantFrom(...ZONES),
      day: fc.integer({ min: Date.UTC(2024, 0, 1) / 1000 / DAY, max: Date.UTC(2030, 11, 31) / 1000 / DAY }),
      quarter: fc.integer({ min: 0, max: 95 }),
      weekly: fc.boolean(),
      interval: fc.integer({ min: 1, max: 3 }),
      count: fc.integer({ min: 1, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ zone, day, quarter, weekly, interval, count }) => {
        const first = day * DAY + quarter * 15 * MINUTE;
        const [startAt] = instantsOf(zone, first);
        fc.pre(startAt !== undefined);
        const id = await addEvent(startAt, { rule: `FREQ=${weekly ? 'WEEKLY' : 'DAILY'};INTERVAL=${String(interval)};COUNT=${String(count)}`, zone });
        expect(await startsOf(id, startAt, startAt + LONGEST - 1)).toEqual(
          dates(zone, first, interval * (weekly ? 7 : 1), { count, until: startAt + LONGEST }),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('a series that starts when a time is shown for the second time starts then', async () => {
    const { middle = 0 } = transitionsOf('Europe/Berlin').find(({ kind, middle: at }) => kind === 'twice' && at > NOON) ?? {};
    const [first = 0, second = 0] = instantsOf('Europe/Berlin', middle);
    expect(second - first).toBe(HOUR);
    const { body } = await book(second, 'FREQ=WEEKLY;COUNT=3', { time_zone: 'Europe/Berlin' });
    const [, ...later] = dates('Europe/Berlin', middle, 7, { count: 3 });
    expect(body.reservations.map(({ start }) => start)).toEqual([second, ...later].map(iso));
  });
});

describe('the end of a series', () => {
  it('comes two years after its start, whatever its rule says', async () => {
    const startAt = NOON + HOUR;
    const { body } = await book(startAt, 'FREQ=WEEKLY', { time_zone: 'UTC' });
    expect(body.reservations).toHaveLength(105);
    expect(seconds(body.reservations.at(-1)?.start ?? '')).toBe(startAt + 104 * WEEK);
    const far = await addEvent(startAt, { rule: 'FREQ=DAILY;COUNT=2000', zone: 'UTC' });
    expect(await startsOf(far, startAt + LONGEST - 2 * DAY, startAt + LONGEST + 30 * DAY)).toEqual([-2, -1, 0].map((days) => startAt + LONGEST + days * DAY));
  });

  it.each([
    ['includes UNTIL, when it is the start of an instance', 'FREQ=WEEKLY;UNTIL=20260401T050000Z', 3],
    ['comes before UNTIL, when that lies a second earlier', 'FREQ=WEEKLY;UNTIL=20260401T045959Z', 2],
    ['is COUNT', 'FREQ=WEEKLY;COUNT=5', 5],
    ['is COUNT, with the prefix of a property', 'RRULE:FREQ=DAILY;COUNT=3', 3],
  ])('%s', async (_, rule, count) => {
    const { status, body } = await book(NOON + HOUR, rule, { time_zone: 'UTC' });
    expect(status).toBe(201);
    expect(body.reservations).toHaveLength(count);
  });
});

describe('no rule', () => {
  const rules = [
    'FREQ=SECONDLY',
    'FREQ=MINUTELY;COUNT=2',
    'FREQ=HOURLY;COUNT=2',
    'FREQ=WEEKLY;COUNT=0',
    'FREQ=WEEKLY;COUNT=-1',
    'FREQ=WEEKLY;COUNT=1e3',
    'FREQ=WEEKLY;COUNT=2;COUNT=3',
    'FREQ=WEEKLY;COUNT=4;UNTIL=20260501T000000Z',
    'FREQ=WEEKLY;UNTIL=yesterday',
    'FREQ=WEEKLY;UNTIL=20200101T000000Z',
    'FREQ=WEEKLY;INTERVAL=0',
    'FREQ=WEEKLY;INTERVAL=-1',
    'FREQ=WEEKLY;BYDAY=XX',
    'FREQ=MONTHLY;BYMONTHDAY=32',
    'FREQ=DAILY;BYHOUR=25',
    'FREQ=WEEKLY;FOO=1',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=DAILY;BYHOUR=1,2,3,4,5',
    'FREQ=WEEKLY;COUNT=2\nEXDATE:20260401T050000Z',
    'COUNT=2',
    'weekly',
    '每周',
    ';',
  ];
  it.each(rules)('is %j', async (rule) => {
    const { status, body } = await book<Refused>(NOON + HOUR, rule);
    expect({ status, code: body.error.code, fields: body.error.fields?.map(({ field }) => field) }).toEqual({
      status: 400,
      code: 'invalid',
      fields: ['recurrence'],
    });
    expect(await refusal(addEvent(NOON + HOUR, { rule }))).toEqual({ status: 400, code: 190002, fields: ['recurrence'] });
    const id = await addEvent(NOON + HOUR);
    expect(await refusal(calendarEvent.patch({ path: { calendar_id, event_id: id }, data: { recurrence: rule } }))).toEqual({
      status: 400,
      code: 190002,
      fields: ['recurrence'],
    });
    expect(await reserved()).toEqual([]);
  });
});

describe('one date of a series', () => {
  const START = NOON + 2 * HOUR;
  const [, second, third] = [START, START + WEEK, START + 2 * WEEK];
  const all = [START, second, third, START + 3 * WEEK];
  let id = '';
  beforeEach(async () => {
    id = await addEvent(START, { rule: 'FREQ=WEEKLY;COUNT=4' });
    expect(await inviteRoom(id)).toBe('accept');
  });
  const shownDates = async () =>
    (await instances(id, START - DAY, START + 8 * WEEK)).map(({ event_id, start_time, status, is_exception }) => [
      event_id,
      Number(start_time?.timestamp),
      status,
      is_exception,
    ]);
  const plain = (original: number) => [instanceId(id, original), original, 'confirmed', false];

  it('moves alone, under its original time, and moves again', async () => {
    for (const to of [second + 3 * HOUR, second - DAY, second + HOUR / 4]) {
      const moved = await move(instanceId(id, second), to);
      expect(moved.data?.event).toMatchObject({
        event_id: instanceId(id, second),
        recurring_event_id: id,
        is_exception: true,
        recurrence: '',
        start_time: time(to),
      });
      expect(await shownDates()).toEqual([plain(START), [instanceId(id, second), to, 'confirmed', true], plain(third), plain(START + 3 * WEEK)]);
      expect((await reserved('accepted')).sort()).toEqual([START, to, third, START + 3 * WEEK].sort());
    }
  });

  it('moves by /api/v1 too, and its event goes along', async () => {
    const { body } = await ask<{ reservations: Shown[] }>('GET', `/reservations?room=${roomId}&from=${iso(second)}&to=${iso(second + 1)}`);
    const administrator = await userToken(app, tenant, tenant.administratorId, SCOPES);
    const answer = await ask<Shown>(
      'PATCH',
      `/reservations/${body.reservations[0]?.id ?? ''}`,
      { start: iso(second + HOUR) },
      { authorization: `Bearer ${administrator}` },
    );
    expect(answer).toMatchObject({ status: 200, body: { event_id: instanceId(id, second), start: iso(second + HOUR), end: iso(second + 1.5 * HOUR) } });
    expect(await shownDates()).toEqual([plain(START), [instanceId(id, second), second + HOUR, 'confirmed', true], plain(third), plain(START + 3 * WEEK)]);
  });

  it('stays where it is when the room is taken where it would go', async () => {
    expect((await book(second + 2 * HOUR, 'FREQ=DAILY;COUNT=1')).status).toBe(201);
    expect(await refusal(move(instanceId(id, second), second + 2 * HOUR))).toMatchObject({ status: 400, code: 190002 });
    expect(await shownDates()).toEqual(all.map(plain));
    expect(await reserved('accepted')).toEqual([START, second, second + 2 * HOUR, third, START + 3 * WEEK]);
  });

  it('is given another title alone', async () => {
    await calendarEvent.patch({ path: { calendar_id, event_id: instanceId(id, third) }, data: { summary: '总结会' } });
    const titles = (await instances(id, START, START + 4 * WEEK)).map(({ summary }) => summary);
    expect(titles).toEqual(['周会', '周会', '总结会', '周会']);
    const { body } = await ask<{ reservations: { title: string }[] }>('GET', `/reservations?room=${roomId}`);
    expect(body.reservations.map(({ title }) => title)).toEqual(titles);
    expect(await reserved('accepted')).toEqual(all);
  });

  it('is deleted alone, and gone then', async () => {
    const path = { calendar_id, event_id: instanceId(id, second) };
    expect(await calendarEvent.delete({ path })).toMatchObject({ code: 0 });
    expect(await shownDates()).toEqual([plain(START), [instanceId(id, second), second, 'cancelled', true], plain(third), plain(START + 3 * WEEK)]);
    expect(await reserved('accepted')).toEqual([START, third, START + 3 * WEEK]);
    expect(await reserved('cancelled')).toEqual([second]);
    expect(await refusal(calendarEvent.delete({ path }))).toMatchObject({ status: 403, code: 193003 });
    expect(await refusal(move(path.event_id, second + HOUR))).toMatchObject({ status: 403, code: 193003 });
    // What it had is free for somebody else.
    expect((await book(second, 'FREQ=DAILY;COUNT=1')).status).toBe(201);
  });

  it('is nothing of a time at which the series has none', async () => {
    for (const original of [START + 1, START + DAY, START - WEEK, START + 4 * WEEK, 1]) {
      const path = { calendar_id, event_id: instanceId(id, original) };
      expect(await refusal(calendarEvent.get({ path }))).toMatchObject({ status: 404, code: 193001 });
      expect(await refusal(move(path.event_id, START + DAY))).toMatchObject({ status: 404, code: 193001 });
      expect(await refusal(calendarEvent.delete({ path }))).toMatchObject({ status: 404, code: 193001 });
    }
  });

  it('has no rule of its own', async () => {
    const call = calendarEvent.patch({ path: { calendar_id, event_id: instanceId(id, second) }, data: { recurrence: 'FREQ=DAILY;COUNT=2' } });
    expect(await refusal(call)).toEqual({ status: 400, code: 190002, fields: ['recurrence'] });
  });

  it('takes a room that the others do not have', async () => {
    roomId = (await addRoom(app, tenantId, level)).roomId;
    expect(await inviteRoom(instanceId(id, third))).toBe('accept');
    expect(await reserved('accepted')).toEqual([third]);
    // Invited to all of them it comes to the others too.
    expect(await inviteRoom(id)).toBe('accept');
    expect(await reserved('accepted')).toEqual(all);
  });

  it('gives its room up while the others keep it', async () => {
    const data = { delete_ids: [{ type: 'resource' as const, room_id: roomId }] };
    await calendarEventAttendee.batchDelete({ path: { calendar_id, event_id: instanceId(id, third) }, data });
    expect(await reserved('accepted')).toEqual([START, second, START + 3 * WEEK]);
    expect(await inviteRoom(instanceId(id, third))).toBe('accept');
    expect(await reserved('accepted')).toEqual(all);
  });
});

describe('a room that is taken on some dates', () => {
  const START = NOON + 2 * HOUR;
  const rule = 'FREQ=WEEKLY;COUNT=4';
  beforeEach(async () => {
    expect((await book(START + WEEK + HOUR / 4, 'FREQ=WEEKLY;INTERVAL=2;COUNT=2')).status).toBe(201);
  });
  const taken = [START + WEEK + HOUR / 4, START + 3 * WEEK + HOUR / 4];
  const clashes = [START + WEEK, START + 3 * WEEK];

  it('declines the whole series by the SDK, and says why to /api/v1 only', async () => {
    const id = await addEvent(START, { rule });
    expect(await inviteRoom(id)).toBe('decline');
    expect(await reserved('accepted', 'pending')).toEqual(taken);
    const { body } = await ask<{ reservations: Shown[] }>('GET', `/reservations?room=${roomId}&status=rejected`);
    expect(body.reservations.map(({ rejection: why }) => why?.rule)).toEqual(['taken']);
  });

  it.each([{}, { on_clash: 'refuse' }])('refuses it by /api/v1 and names the dates, with %j', async (how) => {
    const { status, body } = await book<Refused>(START, rule, how);
    expect({ status, code: body.error.code, clashes: body.error.clashes }).toEqual({ status: 409, code: 'taken', clashes: clashes.map(iso) });
    expect(await reserved()).toEqual(taken);
  });

  it('is reserved on the others with on_clash skip, which says which are taken', async () => {
    const { status, body } = await book(START, rule, { on_clash: 'skip' });
    expect({ status, of: body.status, clashes: body.clashes }).toEqual({ status: 201, of: 'accepted', clashes: clashes.map(iso) });
    expect(body.reservations.map(({ start }) => start)).toEqual([START, START + 2 * WEEK].map(iso));
    expect(await reserved('accepted')).toEqual([...taken, START, START + 2 * WEEK].sort());
    const owner = await userToken(app, tenant, person, SCOPES);
    const event_id = body.reservations[0]?.event_id.replace(/_\d+$/, '_0') ?? '';
    const path = `/open-apis/calendar/v4/calendars/primary/events/${event_id}/instances?start_time=${String(START)}&end_time=${String(START + 5 * WEEK)}`;
    const listed = await fetch(app.url + path, { headers: { authorization: `Bearer ${owner}` } });
    const { data } = (await listed.json()) as { data: { items: { start_time: { timestamp: string }; status: string }[] } };
    // Dates that were not to be had are no dates of the series.
    expect(data.items.filter(({ status: state }) => state !== 'cancelled').map(({ start_time }) => Number(start_time.timestamp))).toEqual([
      START,
      START + 2 * WEEK,
    ]);
  });

  it('is not reserved at all when it is taken on all of them', async () => {
    const { status, body } = await book<Refused>(START + WEEK, 'FREQ=WEEKLY;INTERVAL=2;COUNT=2', { on_clash: 'skip' });
    expect({ status, code: body.error.code, clashes: body.error.clashes }).toEqual({ status: 409, code: 'taken', clashes: clashes.map(iso) });
    expect(await reserved()).toEqual(taken);
  });

  it('is answered the same under the same key, and reserved once', async () => {
    const key = { 'idempotency-key': 'series-1' };
    const first = await book(START, rule, { on_clash: 'skip' }, key);
    expect(first.status).toBe(201);
    expect(await book(START, rule, { on_clash: 'skip' }, key)).toEqual(first);
    expect(await reserved('accepted')).toHaveLength(4);
  });
});

describe('a series of which some dates are over', () => {
  const START = NOON - 2 * WEEK + HOUR;

  it('is reserved on those that lie ahead', async () => {
    const key = { 'idempotency-key': 'series-2' };
    const first = await book(START, 'FREQ=WEEKLY;COUNT=4', {}, key);
    expect(first.status).toBe(201);
    expect(await reserved()).toEqual([START + 2 * WEEK, START + 3 * WEEK]);
    // Dates that were over are no clashes, not the second time either.
    expect(await book(START, 'FREQ=WEEKLY;COUNT=4', {}, key)).toEqual(first);
  });

  it('can last longer from now on', async () => {
    const id = await addEvent(NOON + HOUR, { rule: 'FREQ=WEEKLY;COUNT=3' });
    expect(await inviteRoom(id)).toBe('accept');
    app.clock.seconds = NOON + WEEK;
    await move(id, NOON + HOUR, { length: HOUR });
    const { body } = await ask<{ reservations: Shown[] }>('GET', `/reservations?room=${roomId}&status=accepted&from=${iso(NOON + WEEK)}`);
    expect(body.reservations.map(({ start, end }) => [start, end])).toEqual(
      [1, 2].map((week) => [iso(NOON + HOUR + week * WEEK), iso(NOON + 2 * HOUR + week * WEEK)]),
    );
  });

  it('can get another rule while one of its dates runs', async () => {
    const id = await addEvent(NOON + HOUR, { rule: 'FREQ=WEEKLY;COUNT=3' });
    expect(await inviteRoom(id)).toBe('accept');
    app.clock.seconds = NOON + HOUR + WEEK + 10 * MINUTE;
    await calendarEvent.patch({ path: { calendar_id, event_id: id }, data: { recurrence: 'FREQ=WEEKLY;COUNT=4' } });
    expect(await reserved('accepted')).toEqual([0, 1, 2, 3].map((week) => NOON + HOUR + week * WEEK));
  });
});

describe('a series that is changed', () => {
  const START = NOON + 2 * HOUR;
  const weekly = (startAt: number, count: number) => Array.from({ length: count }, (_, week) => startAt + week * WEEK);
  let id = '';
  beforeEach(async () => {
    id = await addEvent(START, { rule: 'FREQ=WEEKLY;COUNT=3' });
    expect(await inviteRoom(id)).toBe('accept');
  });
  const patch = (data: object) => calendarEvent.patch({ path: { calendar_id, event_id: id }, data });

  it.each([
    ['starts later', () => move(id, START + HOUR), weekly(START + HOUR, 3)],
    ['starts half an hour later, where it was itself', () => move(id, START + HOUR / 4), weekly(START + HOUR / 4, 3)],
    ['starts on another day', () => move(id, START + DAY), weekly(START + DAY, 3)],
    ['has more dates', () => patch({ recurrence: 'FREQ=WEEKLY;COUNT=5' }), weekly(START, 5)],
    ['has fewer dates', () => patch({ recurrence: 'FREQ=WEEKLY;COUNT=2' }), weekly(START, 2)],
    ['is daily now', () => patch({ recurrence: 'FREQ=DAILY;COUNT=2' }), [START, START + DAY]],
    ['is no series any more', () => patch({ recurrence: '' }), [START]],
    ['has another rule and another time', () => move(id, START + HOUR, { recurrence: 'FREQ=DAILY;COUNT=2' }), [START + HOUR, START + HOUR + DAY]],
  ])('takes its room along when it %s', async (_, change, expected) => {
    expect(await change()).toMatchObject({ code: 0 });
    expect(await reserved('accepted')).toEqual(expected);
    const { data } = await calendarEventAttendee.list({ path: { calendar_id, event_id: id } });
    expect(data?.items?.map(({ rsvp_status }) => rsvp_status)).toEqual(['accept']);
  });

  it('keeps wall time in the zone that it is given', async () => {
    const first = wall('Europe/Berlin', START);
    await move(id, START, { zone: 'Europe/Berlin' });
    expect(await reserved('accepted')).toEqual(dates('Europe/Berlin', first, 7, { count: 3 }));
  });

  it('becomes one, from a single event', async () => {
    roomId = (await addRoom(app, tenantId, level)).roomId;
    id = await addEvent(START);
    expect(await inviteRoom(id)).toBe('accept');
    await patch({ recurrence: 'FREQ=DAILY;COUNT=3' });
    expect(await reserved('accepted')).toEqual([START, START + DAY, START + 2 * DAY]);
  });

  it.each([
    ['time', () => move(id, START + 5 * HOUR)],
    ['length', () => move(id, START, { length: 6 * HOUR })],
    ['rule', () => patch({ recurrence: 'FREQ=DAILY;COUNT=15', summary: '改过' })],
  ])('stays as it was when the room is taken on one date of its new %s', async (_, change) => {
    expect((await book(START + 2 * WEEK + 5 * HOUR, 'FREQ=DAILY;COUNT=1')).status).toBe(201);
    expect((await book(START + 8 * DAY, 'FREQ=DAILY;COUNT=1')).status).toBe(201);
    const state = async () => ({
      rows: (await ask('GET', `/reservations?room=${roomId}`)).body,
      event: (await calendarEvent.get({ path: { calendar_id, event_id: id } })).data,
      dates: await instances(id, START, START + 10 * WEEK),
    });
    const before = await state();
    expect(await refusal(change())).toMatchObject({ status: 400, code: 190002 });
    expect(await state()).toEqual(before);
  });

  it('forgets what single dates had otherwise when all its dates change', async () => {
    await move(instanceId(id, START + WEEK), START + WEEK + 3 * HOUR);
    await calendarEvent.delete({ path: { calendar_id, event_id: instanceId(id, START + 2 * WEEK) } });
    await move(id, START + HOUR);
    expect(await reserved('accepted')).toEqual(weekly(START + HOUR, 3));
  });

  it('keeps it when only the title changes', async () => {
    await move(instanceId(id, START + WEEK), START + WEEK + 3 * HOUR);
    await calendarEvent.delete({ path: { calendar_id, event_id: instanceId(id, START + 2 * WEEK) } });
    await patch({ summary: '例会' });
    expect(await reserved('accepted')).toEqual([START, START + WEEK + 3 * HOUR]);
  });

  it('is deleted with all its dates', async () => {
    await calendarEvent.delete({ path: { calendar_id, event_id: id } });
    expect(await reserved('accepted')).toEqual([]);
    expect(await reserved('cancelled')).toEqual(weekly(START, 3));
    expect(await refusal(patch({ summary: '例会' }))).toMatchObject({ status: 403, code: 193003 });
    expect(await refusal(move(instanceId(id, START + WEEK), START + DAY))).toMatchObject({ status: 403, code: 193003 });
  });
});
