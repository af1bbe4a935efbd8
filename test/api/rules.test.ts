import * as lark from '@larksuiteoapi/node-sdk';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp as registerApp } from '../../src/domain/apps.ts';
import { NOON, tenantToken, tester, testApp, testTenant, testUser, userToken } from '../support/app.ts';
import { addLevel, addRoom } from '../support/ledger.ts';
import { rejection, sdkClient } from '../support/sdk.ts';

/*
 * Every rule that can stand against a reservation, at both doors: `/api/v1` names the rule, the vendor's wire only declines. What
 * rules a room has is said through the vendor's reserve_configs, of the level that the room stands in.
 */
const SCOPES = ['calendar:calendar', 'vc:room', 'vc:room:readonly', 'yuding:admin', 'yuding:book'];
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app, { scopes: SCOPES });
const { tenantId } = tenant;
const client = sdkClient(app, tenant);
const { calendarEvent, calendarEventAttendee } = client.calendar;
const { reserveConfig, reserveConfigAdmin } = client.vc.v1;
const token = await tenantToken(app, tenant);

interface Caller {
  id: string;
  token: string;
  as: ReturnType<typeof lark.withUserAccessToken>;
}
async function caller(id: string): Promise<Caller> {
  const bearer = await userToken(app, tenant, id, SCOPES);
  return { id, token: bearer, as: lark.withUserAccessToken(bearer) };
}
async function member(department: string | null): Promise<Caller> {
  const id = await testUser(app, tenantId);
  await app.ctx.db.kysely.updateTable('users').set({ department_id: department }).where('user_id', '=', id).execute();
  return caller(id);
}
async function newDepartment(): Promise<string> {
  const department_id = app.ctx.ids.department();
  await app.ctx.db.kysely.insertInto('departments').values({ tenant_id: tenantId, department_id, name: department_id }).execute();
  return department_id;
}
/** An app that may reserve and nothing else. */
const plain = await registerApp(app.ctx, tester, { tenantId, name: 'plain', scopes: ['calendar:calendar', 'yuding:book'] });
const plainToken = await tenantToken(app, { appId: plain.appId, appSecret: plain.secret });
const departments = [await newDepartment(), await newDepartment()] as const;
const people = {
  anna: await member(null),
  bob: await member(departments[0]),
  carl: await member(departments[1]),
  'the administrator': await caller(tenant.administratorId),
  'the app': { id: plain.appId, token: plainToken, as: lark.withTenantToken(plainToken) },
  'the administering app': { id: tenant.appId, token, as: {} },
} as const satisfies Record<string, Caller>;
type Name = keyof typeof people;

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const iso = (at: number) => new Date(at * 1000).toISOString().replace('.000', '');

/* Each test has a level of its own with two rooms: one is asked for by the SDK, the other by /api/v1. */
let level = '';
let rooms = { sdk: '', v1: '' };
async function build(zone = 'Asia/Shanghai'): Promise<void> {
  level = await addLevel(app, tenantId, tenant.rootLevelId, zone);
  rooms = { sdk: (await addRoom(app, tenantId, level)).roomId, v1: (await addRoom(app, tenantId, level)).roomId };
}
beforeEach(async () => {
  app.clock.seconds = NOON;
  await build();
});

type Config = Omit<NonNullable<Parameters<typeof reserveConfig.patch>[0]>['data'], 'scope_type'>;
async function configure(config: Config, id = level): Promise<void> {
  const scope_type = id.startsWith('omm_') ? '2' : '1';
  const path = { reserve_config_id: id };
  expect((await reserveConfig.patch({ path, params: { user_id_type: 'open_id' }, data: { scope_type, ...config } })).code).toBe(0);
}
const time = (rules: Omit<NonNullable<Config['time_config']>, 'time_switch'>) => configure({ time_config: { time_switch: 1, max_duration: 99, ...rules } });
const users = (...names: Name[]) => names.map((name) => ({ user_id: people[name].id }));
async function administrators(...names: Name[]): Promise<void> {
  const reserve_admin_config = { users: users(...names), depts: [] };
  await reserveConfigAdmin.patch({ path: { reserve_config_id: level }, params: { user_id_type: 'open_id' }, data: { scope_type: 1, reserve_admin_config } });
}

interface Wish {
  who?: Name;
  from: number;
  to: number;
  reason?: string;
  rule?: string;
  /** By the SDK, as an administrator of reservations. */
  admin?: boolean;
}
interface Shown {
  id: string;
  start: string;
  status: string;
  rejection: { rule: string } | null;
}
interface Answer<Body> {
  status: number;
  body: Body;
}
async function ask<Body>(bearer: string, method: string, path: string, body?: object): Promise<Answer<Body>> {
  const init = body ? { body: JSON.stringify(body) } : {};
  const response = await fetch(`${app.url}/api/v1${path}`, { method, headers: { authorization: `Bearer ${bearer}` }, ...init });
  return { status: response.status, body: (await response.json()) as Body };
}

/** What `/api/v1` answers: what became of it, or the rule that stands against it. */
async function byV1({ who = 'anna', from, to, reason, rule: recurrence }: Wish): Promise<string> {
  const body = { room_id: rooms.v1, start: iso(from), end: iso(to), ...(reason ? { approval_reason: reason } : {}), ...(recurrence ? { recurrence } : {}) };
  const answer = await ask<{ status?: string; error?: { code: string; rule?: string } }>(people[who].token, 'POST', '/reservations', body);
  if (answer.status === 201) return answer.body.status ?? '';
  expect([answer.status, answer.body.error?.code]).toEqual([409, answer.body.error?.rule === 'taken' ? 'taken' : 'refused']);
  return answer.body.error?.rule ?? '';
}

/** The same of the SDK, which only hears what the room answers; why is to be found in the list of `/api/v1`. */
async function bySdk({ who = 'anna', from, to, reason, rule: recurrence, admin }: Wish): Promise<string> {
  const stamp = (at: number) => ({ timestamp: String(at), timezone: 'America/New_York' });
  const data = { start_time: stamp(from), end_time: stamp(to), ...(recurrence ? { recurrence } : {}) };
  const made = await calendarEvent.create({ path: { calendar_id: 'primary' }, data }, people[who].as);
  const attendee = { type: 'resource' as const, room_id: rooms.sdk, ...(reason ? { approval_reason: reason } : {}) };
  const { data: answer } = await calendarEventAttendee.create(
    {
      path: { calendar_id: 'primary', event_id: made.data?.event?.event_id ?? '' },
      data: { attendees: [attendee], ...(admin ? { is_enable_admin: true } : {}) },
    },
    people[who].as,
  );
  const said = answer?.attendees?.[0]?.rsvp_status;
  const { body } = await ask<{ reservations: Shown[] }>(token, 'GET', `/reservations?room=${rooms.sdk}&status=rejected`);
  if (said === 'accept') return 'accepted';
  if (said === 'needs_action') return 'pending';
  expect(said).toBe('decline');
  return body.reservations.at(-1)?.rejection?.rule ?? '';
}

async function expectBoth(wish: Wish, outcome: string): Promise<void> {
  const said = [await bySdk(wish), await byV1(wish)];
  expect(said, `${iso(wish.from)} to ${iso(wish.to)} at ${iso(app.clock.now())}`).toEqual([outcome, outcome]);
}

const readers = new Map<string, Intl.DateTimeFormat>();
/** When the clocks of a zone show a time, `2026-03-18 09:30:00`; there must be one such moment. */
function moment(zone: string, shown: string): number {
  let reader = readers.get(zone);
  if (!reader) readers.set(zone, (reader = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })));
  const asUtc = Date.parse(`${shown.replace(' ', 'T')}Z`);
  for (let quarter = -56; quarter <= 56; quarter++) {
    const at = asUtc + quarter * 900_000;
    if (reader.format(at) === shown) return at / 1000;
  }
  throw new Error(`${zone} never shows ${shown}`);
}

const TOMORROW = NOON + DAY;
const hour = { from: TOMORROW, to: TOMORROW + HOUR };

describe('who may reserve', () => {
  const [first, second] = departments;
  const depts = (...ids: string[]) => ids.map((department_id) => ({ department_id }));
  const accepted = 'accepted';
  const refused = 'not_allowed';

  it.each<[who: Name, among: string, config: Config['reserve_scope_config'], outcome: string]>([
    ['anna', 'everybody', { allow_all_users: 1 }, accepted],
    ['the app', 'everybody', { allow_all_users: 1 }, accepted],
    ['anna', 'everybody, whoever is listed besides', { allow_all_users: 1, allow_users: users('bob') }, accepted],
    ['anna', 'the users listed', { allow_all_users: 0, allow_users: users('bob', 'anna') }, accepted],
    ['anna', 'others', { allow_all_users: 0, allow_users: users('bob') }, refused],
    ['bob', 'a department', { allow_all_users: 0, allow_depts: depts(first) }, accepted],
    ['carl', 'one of two departments', { allow_all_users: 0, allow_depts: depts(first, second) }, accepted],
    ['carl', 'another department', { allow_all_users: 0, allow_depts: depts(first) }, refused],
    ['anna', 'departments, without one', { allow_all_users: 0, allow_depts: depts(first, second) }, refused],
    ['the app', 'some people', { allow_all_users: 0, allow_users: users('anna'), allow_depts: depts(first) }, refused],
  ])('%s, where it is %s', async (who, _, reserve_scope_config, outcome) => {
    await configure(reserve_scope_config ? { reserve_scope_config } : {});
    await expectBoth({ who, ...hour }, outcome);
  });

  it('is the word of the room, where it has one', async () => {
    await configure({ reserve_scope_config: { allow_all_users: 0, allow_users: users('bob') } });
    for (const room of [rooms.sdk, rooms.v1]) await configure({ reserve_scope_config: { allow_all_users: 0, allow_users: users('anna') } }, room);
    await expectBoth({ who: 'bob', ...hour }, refused);
    await expectBoth({ who: 'anna', ...hour }, accepted);
  });

  it('does not bind administrators of reservations, who say by the SDK that they are', async () => {
    await configure({ reserve_scope_config: { allow_all_users: 0, allow_users: users('carl') } });
    await administrators('bob');
    for (const [i, who] of (['bob', 'the administrator', 'the administering app'] as const).entries()) {
      const wish = { who, from: TOMORROW + i * HOUR, to: TOMORROW + (i + 1) * HOUR };
      expect([await bySdk(wish), await bySdk({ ...wish, admin: true }), await byV1(wish)]).toEqual([refused, accepted, accepted]);
    }
    await expectBoth({ who: 'anna', ...hour }, refused);
  });
});

describe('no other rule makes an exception for administrators:', () => {
  it.each<[rule: string, set: () => Promise<unknown>, wish: Omit<Wish, 'who'>, outcome: string]>([
    ['days ahead', () => time({ days_in_advance: 1 }), { from: NOON + 2 * DAY, to: NOON + 2 * DAY + HOUR }, 'too_far_ahead'],
    ['hours of the day', () => time({ start_time: '32400', end_time: '36000' }), { from: TOMORROW, to: TOMORROW + HOUR }, 'outside_hours'],
    ['the longest reservation', () => time({ max_duration: 1 }), { from: TOMORROW, to: TOMORROW + HOUR + 1 }, 'too_long'],
    ['a room out of use', () => Promise.all([disable(rooms.sdk, NOON, null), disable(rooms.v1, NOON, null)]), hour, 'disabled'],
    ['the past', () => Promise.resolve(), { from: NOON - 15 * MINUTE - 1, to: NOON + HOUR }, 'in_the_past'],
    ['approvals', () => configure({ approval_config: { approval_switch: 1, approval_condition: 0, approvers: users('carl') } }), hour, 'no_reason'],
  ])('%s', async (_, set, wish, outcome) => {
    await set();
    await administrators('bob');
    const asked = { who: 'bob' as const, admin: true, ...wish };
    expect([await bySdk(asked), await byV1(asked)]).toEqual([outcome, outcome]);
  });
});

describe('how far ahead', () => {
  const zones = ['Asia/Shanghai', 'Asia/Kathmandu', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'America/Santiago'];
  const ahead = 'too_far_ahead';

  /* In Europe, Chile and on Lord Howe Island the clocks change within the days between. */
  it.each(zones)('is counted in days of the room, from the opening hour on to the second, in %s', async (zone) => {
    await build(zone);
    await time({ days_in_advance: 12, opening_hour: '34200' });
    const table: [now: string, from: string, outcome: string][] = [
      ['2026-03-25 00:00:00', '2026-04-05 23:00:00', 'accepted'],
      ['2026-03-25 00:00:00', '2026-04-06 00:00:00', ahead],
      ['2026-03-25 09:29:59', '2026-04-06 00:00:00', ahead],
      ['2026-03-25 09:29:59', '2026-04-06 22:00:00', ahead],
      ['2026-03-25 09:30:00', '2026-04-06 00:00:00', 'accepted'],
      ['2026-03-25 09:30:00', '2026-04-06 23:00:00', 'accepted'],
      ['2026-03-25 09:30:00', '2026-04-07 00:00:00', ahead],
      ['2026-03-25 23:59:59', '2026-04-07 00:00:00', ahead],
    ];
    for (const [now, from, outcome] of table) {
      app.clock.seconds = moment(zone, now);
      const start = moment(zone, from);
      await expectBoth({ from: start, to: start + HOUR }, outcome);
    }
  });

  it('binds every date of a series', async () => {
    await time({ days_in_advance: 7 });
    await expectBoth({ ...hour, rule: 'FREQ=DAILY;COUNT=8' }, ahead);
    await expectBoth({ ...hour, rule: 'FREQ=DAILY;COUNT=7' }, 'accepted');
  });

  it('is not asked where the rules are off', async () => {
    await configure({ time_config: { time_switch: 0, days_in_advance: 1, start_time: '0', end_time: '60', max_duration: 1 } });
    await expectBoth({ from: NOON + 400 * DAY, to: NOON + 400 * DAY + 30 * HOUR }, 'accepted');
  });
});

describe('the hours of the day', () => {
  const outside = 'outside_hours';

  it.each<[zone: string, hours: [string, string], from: string, to: string, outcome: string]>([
    ['Asia/Shanghai', ['32400', '64800'], '2026-03-20 09:00:00', '2026-03-20 10:00:00', 'accepted'],
    ['Asia/Shanghai', ['32400', '64800'], '2026-03-20 08:59:59', '2026-03-20 10:00:00', outside],
    ['Asia/Shanghai', ['32400', '64800'], '2026-03-20 17:00:00', '2026-03-20 18:00:00', 'accepted'],
    ['Asia/Shanghai', ['32400', '64800'], '2026-03-20 17:00:00', '2026-03-20 18:00:01', outside],
    ['Asia/Shanghai', ['32400', '64800'], '2026-03-20 10:00:00', '2026-03-21 10:00:00', outside],
    ['Asia/Shanghai', ['21600', '86400'], '2026-03-20 23:00:00', '2026-03-21 00:00:00', 'accepted'],
    ['Asia/Shanghai', ['21600', '86400'], '2026-03-20 23:00:00', '2026-03-21 00:00:01', outside],
    ['Asia/Shanghai', ['0', '64800'], '2026-03-20 00:00:00', '2026-03-20 01:00:00', 'accepted'],
    ['Asia/Shanghai', ['0', '64800'], '2026-03-19 23:59:59', '2026-03-20 01:00:00', outside],
    ['Asia/Shanghai', ['0', '86400'], '2026-03-20 22:00:00', '2026-03-21 02:00:00', 'accepted'],
    ['Asia/Kathmandu', ['32400', '64800'], '2026-03-20 09:00:00', '2026-03-20 18:00:00', 'accepted'],
    ['Asia/Kathmandu', ['32400', '64800'], '2026-03-20 08:59:59', '2026-03-20 18:00:00', outside],
    ['America/New_York', ['32400', '86400'], '2026-03-20 09:00:00', '2026-03-21 00:00:00', 'accepted'],
    // The days of 23 and of 25 hours are days like others.
    ['Europe/Berlin', ['32400', '86400'], '2026-03-29 09:00:00', '2026-03-30 00:00:00', 'accepted'],
    ['Europe/Berlin', ['3600', '64800'], '2026-03-29 01:00:00', '2026-03-29 18:00:00', 'accepted'],
    ['Europe/Berlin', ['3600', '64800'], '2026-03-29 01:00:00', '2026-03-29 18:00:01', outside],
    ['Europe/Berlin', ['3600', '64800'], '2026-10-25 01:00:00', '2026-10-25 18:00:00', 'accepted'],
    ['Europe/Berlin', ['3600', '64800'], '2026-10-25 00:59:59', '2026-10-25 18:00:00', outside],
    ['America/Santiago', ['3600', '86400'], '2026-09-05 20:00:00', '2026-09-06 01:00:00', outside],
  ])('in %s from %j: %s to %s is %s', async (zone, [start_time, end_time], from, to, outcome) => {
    await build(zone);
    await time({ start_time, end_time });
    await expectBoth({ from: moment(zone, from), to: moment(zone, to) }, outcome);
  });
});

describe('the longest reservation', () => {
  it.each([
    [1, HOUR, 'accepted'],
    [1, HOUR + 1, 'too_long'],
    [99, 99 * HOUR, 'accepted'],
    [99, 99 * HOUR + 1, 'too_long'],
  ])('of %d hours lets %d seconds be %s', async (max_duration, seconds, outcome) => {
    await time({ max_duration });
    await expectBoth({ from: TOMORROW, to: TOMORROW + seconds }, outcome);
  });

  it('is 31 days where nobody said anything', async () => {
    await expectBoth({ from: TOMORROW, to: TOMORROW + 31 * DAY + 1 }, 'too_long');
    await expectBoth({ from: TOMORROW, to: TOMORROW + 31 * DAY }, 'accepted');
  });
});

describe('an approval', () => {
  const always = { approval_switch: 1, approval_condition: 0, approvers: users('carl') };
  const longer = { approval_switch: 1, approval_condition: 1, meeting_duration: 1.5, approvers: users('carl') };
  const LIMIT = 1.5 * HOUR;

  it.each<[name: string, config: Config['approval_config'], seconds: number, more: Partial<Wish>, outcome: string]>([
    ['always', always, MINUTE, { reason: '评审' }, 'pending'],
    ['always', always, MINUTE, {}, 'no_reason'],
    ['always', always, MINUTE, { reason: '评审', rule: 'FREQ=DAILY;COUNT=2' }, 'no_recurring'],
    ['always', always, MINUTE, { reason: '评审', who: 'the app' }, 'needs_person'],
    ['switched off', { ...always, approval_switch: 0 }, MINUTE, {}, 'accepted'],
    ['longer than 1.5 hours', longer, LIMIT, {}, 'accepted'],
    ['longer than 1.5 hours', longer, LIMIT + 1, { reason: '评审' }, 'pending'],
    ['longer than 1.5 hours', longer, LIMIT + 1, {}, 'no_reason'],
    ['longer than 1.5 hours', longer, LIMIT, { rule: 'FREQ=DAILY;COUNT=2' }, 'accepted'],
    ['longer than 1.5 hours', longer, LIMIT + 1, { reason: '评审', rule: 'FREQ=DAILY;COUNT=2' }, 'no_recurring'],
    ['longer than 1.5 hours', longer, LIMIT, { who: 'the app' }, 'accepted'],
    ['longer than 1.5 hours', longer, LIMIT + 1, { who: 'the app', reason: '评审' }, 'needs_person'],
  ])('%s, %j: %d seconds, %j, are %s', async (_, approval_config, seconds, more, outcome) => {
    await configure(approval_config ? { approval_config } : {});
    await expectBoth({ from: TOMORROW, to: TOMORROW + seconds, ...more }, outcome);
  });

  it('that is pending holds nothing: the slot is to be had by others until one is approved', async () => {
    await configure({ approval_config: longer });
    await expectBoth({ from: TOMORROW, to: TOMORROW + 2 * HOUR, reason: '评审' }, 'pending');
    await expectBoth({ who: 'bob', from: TOMORROW, to: TOMORROW + 2 * HOUR, reason: '评审' }, 'pending');
    await expectBoth({ who: 'bob', ...hour }, 'accepted');
    await expectBoth({ who: 'carl', from: TOMORROW, to: TOMORROW + 2 * HOUR, reason: '评审' }, 'taken');
  });
});

/** Takes a room out of use. @param until null: for ever */
async function disable(room: string, from: number, until: number | null): Promise<void> {
  const disabled = { from: iso(from), until: until === null ? null : iso(until), reason: '维修' };
  expect((await ask(token, 'PATCH', `/rooms/${room}`, { disabled })).status).toBe(200);
}

describe('a room out of use', () => {
  const FROM = TOMORROW;
  const UNTIL = TOMORROW + 4 * HOUR;

  it.each<[what: string, until: number | null, from: number, to: number, outcome: string]>([
    ['up to its start', UNTIL, FROM - HOUR, FROM, 'accepted'],
    ['a second into it', UNTIL, FROM - HOUR, FROM + 1, 'disabled'],
    ['within it', UNTIL, FROM + HOUR, FROM + 2 * HOUR, 'disabled'],
    ['around it', UNTIL, FROM - HOUR, UNTIL + HOUR, 'disabled'],
    ['from its last second', UNTIL, UNTIL - 1, UNTIL + HOUR, 'disabled'],
    ['from its end', UNTIL, UNTIL, UNTIL + HOUR, 'accepted'],
    ['before one without an end', null, FROM - HOUR, FROM, 'accepted'],
    ['long after the start of one without an end', null, FROM + 300 * DAY, FROM + 300 * DAY + HOUR, 'disabled'],
  ])('%s', async (_, until, from, to, outcome) => {
    for (const room of [rooms.sdk, rooms.v1]) await disable(room, FROM, until);
    await expectBoth({ from, to }, outcome);
  });

  it('on one date of a series is out of use for the series', async () => {
    for (const room of [rooms.sdk, rooms.v1]) await disable(room, FROM, UNTIL);
    await expectBoth({ from: FROM - DAY + HOUR, to: FROM - DAY + 2 * HOUR, rule: 'FREQ=DAILY;COUNT=3' }, 'disabled');
  });
});

describe('the past', () => {
  it.each([
    ['begun 15 minutes ago', -15 * MINUTE, HOUR, 'accepted'],
    ['begun a second more ago', -15 * MINUTE - 1, HOUR, 'in_the_past'],
    ['begun now', 0, HOUR, 'accepted'],
    ['over now', -10 * MINUTE, 0, 'in_the_past'],
    ['over in a second', -10 * MINUTE, 1, 'accepted'],
    ['long over', -DAY, HOUR - DAY, 'in_the_past'],
  ])('does not take what is %s, unless it may: %d to %d is %s', async (_, from, to, outcome) => {
    await expectBoth({ from: NOON + from, to: NOON + to }, outcome);
  });
});

describe('another reservation', () => {
  it.each([
    ['ends as it begins', -HOUR, 0, 'accepted'],
    ['ends a second later', -HOUR, 1, 'taken'],
    ['is the same', 0, HOUR, 'taken'],
    ['lies within it', 600, 1200, 'taken'],
    ['lies around it', -600, HOUR + 600, 'taken'],
    ['begins a second before it ends', HOUR - 1, 2 * HOUR, 'taken'],
    ['begins as it ends', HOUR, 2 * HOUR, 'accepted'],
  ])('that %s', async (_, from, to, outcome) => {
    await expectBoth(hour, 'accepted');
    await expectBoth({ who: 'bob', from: TOMORROW + from, to: TOMORROW + to }, outcome);
  });
});

describe('a move', () => {
  it.each<[rule: string, set: () => Promise<unknown>, from: number, to: number]>([
    ['too_far_ahead', () => time({ days_in_advance: 3 }), NOON + 4 * DAY, NOON + 4 * DAY + HOUR],
    ['outside_hours', () => time({ start_time: '36000', end_time: '64800' }), TOMORROW - 3 * HOUR, TOMORROW],
    ['too_long', () => time({ max_duration: 1 }), TOMORROW, TOMORROW + HOUR + 1],
    ['in_the_past', () => Promise.resolve(), NOON - HOUR, NOON + HOUR],
    ['disabled', () => Promise.all([rooms.sdk, rooms.v1].map((room) => disable(room, NOON + 2 * DAY, null))), NOON + 2 * DAY, NOON + 2 * DAY + HOUR],
    [
      'no_reason',
      () => configure({ approval_config: { approval_switch: 1, approval_condition: 1, meeting_duration: 1.5, approvers: users('carl') } }),
      TOMORROW,
      TOMORROW + 2 * HOUR,
    ],
  ])('meets the same rules: %s', async (rule, set, from, to) => {
    const { anna } = people;
    await expectBoth(hour, 'accepted');
    await set();
    const held = async (room: string) => (await ask<{ reservations: Shown[] }>(token, 'GET', `/reservations?room=${room}&status=accepted`)).body.reservations;
    const [[viaSdk], [viaV1]] = [await held(rooms.sdk), await held(rooms.v1)];
    const moved = await ask<{ error: { rule: string } }>(anna.token, 'PATCH', `/reservations/${viaV1?.id ?? ''}`, { start: iso(from), end: iso(to) });
    expect([moved.status, moved.body.error.rule]).toEqual([409, rule]);
    const { body } = await ask<{ event_id: string }>(token, 'GET', `/reservations/${viaSdk?.id ?? ''}`);
    const stamp = (at: number) => ({ timestamp: String(at) });
    const path = { calendar_id: 'primary', event_id: body.event_id };
    const { status, data } = await rejection(calendarEvent.patch({ path, data: { start_time: stamp(from), end_time: stamp(to) } }, anna.as));
    expect([status, data.code]).toEqual([400, 190002]);
    // It keeps what it has.
    expect([await held(rooms.sdk), await held(rooms.v1)]).toEqual([[viaSdk], [viaV1]]);
  });
});
