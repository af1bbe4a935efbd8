import { randomUUID } from 'node:crypto';
import * as lark from '@larksuiteoapi/node-sdk';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createUser } from '../../src/domain/users.ts';
import { doDue } from '../../src/jobs/runner.ts';
import { calendar as faults } from '../../src/wire/errors.ts';
import { NOON, tenantToken, tester, testApp, testTenant, userToken } from '../support/app.ts';
import { addLevel, addRoom } from '../support/ledger.ts';
import { rejection, sdkClient } from '../support/sdk.ts';

/* Events, those who come and the rooms that they have, as the official SDK sees them: as an app and as people. */
const USER_ID_SCOPE = 'contact:user.employee_id:readonly';
const SCOPES = ['calendar:calendar', 'vc:room', 'vc:room:readonly', 'yuding:admin', 'yuding:book', USER_ID_SCOPE];
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app, { scopes: SCOPES });
const { tenantId, appId } = tenant;
const client = sdkClient(app, tenant);
const { calendarEvent: events, calendarEventAttendee: attendees, freebusy } = client.calendar;
const token = await tenantToken(app, tenant);
const level = await addLevel(app, tenantId, tenant.rootLevelId);

interface Person {
  id: string;
  token: string;
  as: ReturnType<typeof lark.withUserAccessToken>;
}
async function person(name: string): Promise<Person> {
  const id = await createUser(app.ctx, tester, { tenantId, name, managesMeetings: false, isAdministrator: false });
  const bearer = await userToken(app, tenant, id, SCOPES);
  return { id, token: bearer, as: lark.withUserAccessToken(bearer) };
}
const host = await person('王可涵');
const anna = await person('安娜');
const bob = await person('鲍勃');

/** Another tenant, which is none of ours. */
const other = await testTenant(app, { scopes: SCOPES });
const foreign = {
  person: await createUser(app.ctx, tester, { tenantId: other.tenantId, name: '别人', managesMeetings: false, isAdministrator: false }),
  room: (await addRoom(app, other.tenantId, await addLevel(app, other.tenantId, other.rootLevelId))).roomId,
  event: await sdkClient(app, other)
    .calendar.calendarEvent.create({
      path: { calendar_id: 'primary' },
      data: { start_time: { timestamp: String(NOON + 3600) }, end_time: { timestamp: String(NOON + 7200) } },
    })
    .then(({ data }) => data?.event?.event_id ?? ''),
};

const HOUR = 3600;
const DAY = 86_400;
const WEEK = 7 * DAY;
const START = NOON + 2 * HOUR;
const END = START + HOUR;
const calendar_id = 'primary';
const calendarOf = (id: string) => `feishu.cn_${id}@group.calendar.feishu.cn`;
const at = (seconds: number, timezone = 'Asia/Shanghai') => ({ timestamp: String(seconds), timezone });
const iso = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000', '');
const nobody = `ou_${'0'.repeat(32)}`;
const noEvent = `${randomUUID()}_0`;

let room = '';
beforeEach(async () => {
  app.clock.seconds = NOON;
  room = (await addRoom(app, tenantId, level)).roomId;
});

type EventData = NonNullable<Parameters<typeof events.create>[0]>['data'];
type InviteData = NonNullable<NonNullable<Parameters<typeof attendees.create>[0]>['data']>;
type Invitation = NonNullable<InviteData['attendees']>[number];
const hour: EventData = { summary: '周会', start_time: at(START), end_time: at(END) };
/** The app itself, by the SDK's own tenant token. */
const asApp: Person['as'] = {};

/** Creates an event and returns its id. */
async function create(data: Partial<EventData> = {}, as = host.as): Promise<string> {
  const created = await events.create({ path: { calendar_id }, data: { ...hour, ...data } }, as);
  return created.data?.event?.event_id ?? '';
}
async function invite(event_id: string, list: Invitation[], more: Omit<InviteData, 'attendees'> = {}, as = host.as) {
  const answer = await attendees.create({ path: { calendar_id, event_id }, params: { user_id_type: 'open_id' }, data: { attendees: list, ...more } }, as);
  return answer.data?.attendees ?? [];
}
const user = (user_id: string) => ({ type: 'user' as const, user_id });
const itself = () => ({ type: 'resource' as const, room_id: room });
const theRoom = (more: Partial<Invitation> = {}): Invitation => ({ ...itself(), ...more });
async function listed(event_id: string, as = host.as) {
  return (await attendees.list({ path: { calendar_id, event_id }, params: { page_size: 100 } }, as)).data?.items ?? [];
}
async function roomSays(event_id: string, as = host.as): Promise<string | undefined> {
  return (await listed(event_id, as)).find(({ room_id }) => room_id === room)?.rsvp_status;
}
const reply = (event_id: string, rsvp_status: 'accept' | 'decline' | 'tentative', { as }: Person) =>
  events.reply({ path: { calendar_id, event_id }, data: { rsvp_status } }, as);

/** The room's row of the ledger that starts at an instant. */
async function row(start = START) {
  const params = { start_time: String(NOON), end_time: String(NOON + DAY), room_ids: [room], room_level_id: '', need_topic: true };
  app.clock.seconds = Math.max(app.clock.seconds, NOON);
  const from = String(Math.min(app.clock.seconds, start));
  const { data } = await client.vc.v1.resourceReservationList.get({ params: { ...params, start_time: from, end_time: String(start) } });
  return data?.room_reservation_list?.at(-1);
}
async function counts(start = START): Promise<(string | undefined)[]> {
  const found = await row(start);
  return [found?.guests_number, found?.accepted_number];
}

interface Reservation {
  id: string;
  start: string;
  title: string | null;
  status: string;
  rejection: { rule: string; note: string | null } | null;
}
async function ask<Body>(method: string, path: string, body?: object, bearer = token): Promise<Body> {
  const init = body ? { body: JSON.stringify(body) } : {};
  const response = await fetch(`${app.url}/api/v1${path}`, { method, headers: { authorization: `Bearer ${bearer}` }, ...init });
  const answer = (await response.json()) as Body;
  expect(response.ok, JSON.stringify(answer)).toBe(true);
  return answer;
}
async function reservations(status?: string, bearer = token): Promise<Reservation[]> {
  const query = status === undefined ? '' : `&status=${status}`;
  return (await ask<{ reservations: Reservation[] }>('GET', `/reservations?room=${room}${query}`, undefined, bearer)).reservations;
}
const settings = (parts: object) => ask('PATCH', `/settings/${room}`, parts);
const approval = { approval: { enabled: true, applies: 'always', hours: 99, approvers: [anna.id] } };

/** Status, code, text and the bad fields of a refusal. */
async function refusal(call: Promise<unknown>) {
  const { status, data } = await rejection(call);
  const { code, msg, error } = data;
  return { status, code, msg, ...(error.field_violations ? { fields: [...new Set(error.field_violations.map(({ field }) => field))].sort() } : {}) };
}
const fault = (name: keyof typeof faults) => ({ status: faults[name].http, code: faults[name].code, msg: faults[name].msg });
const param = (...fields: string[]) => ({ ...fault('param'), fields: fields.sort() });

describe('the primary calendar', () => {
  const shown = (owner: string, summary: string) => ({
    calendar_id: calendarOf(owner),
    summary,
    description: '',
    permissions: 'show_only_free_busy',
    color: -1,
    type: 'primary',
    summary_alias: '',
    is_deleted: false,
    is_third_party: false,
    role: 'owner',
  });

  it('of an app is its own', async () => {
    const { code, msg, data } = await client.calendar.calendar.primary();
    expect({ code, msg, data }).toEqual({ code: 0, msg: 'success', data: { calendars: [{ calendar: shown(appId, 'tests'), user_id: appId }] } });
  });

  it.each([
    ['open_id', host.id],
    ['union_id', host.id.replace('ou_', 'on_')],
    ['user_id', host.id.replace('ou_', '')],
  ] as const)('of a person is theirs, who goes by %s', async (user_id_type, user_id) => {
    const { data } = await client.calendar.calendar.primary({ params: { user_id_type } }, host.as);
    expect(data).toEqual({ calendars: [{ calendar: shown(host.id, '王可涵'), user_id }] });
  });
});

describe('an event', () => {
  const kept = {
    vchat: { vc_type: 'third_party', icon_type: 'live', description: '入会', meeting_url: 'https://example.com/1' },
    attendee_ability: 'can_see_others',
    free_busy_status: 'busy',
    location: { name: '金字塔', address: '一层', latitude: 1.25, longitude: -2.5 },
    color: -1,
    reminders: [{ minutes: 5 }],
    schemas: [{ ui_name: 'ForwardIcon', ui_status: 'hide', app_link: 'https://example.com/2' }],
    visibility: 'public',
  } as const;
  const owners = [
    ['an app', asApp, appId, 'tests'],
    ['a person', host.as, host.id, '王可涵'],
  ] as const;

  it.each(owners)('of %s comes back with all that was said of it', async (_, as, owner, name) => {
    const said = { ...kept, reminders: [...kept.reminders], schemas: [...kept.schemas], summary: '评审', description: '季度' };
    const data = {
      ...said,
      need_notification: false,
      start_time: at(START, 'Europe/Berlin'),
      end_time: at(END, 'Europe/Berlin'),
      recurrence: 'FREQ=DAILY;COUNT=2',
    };
    const { code, msg, data: answer } = await events.create({ path: { calendar_id: calendarOf(owner) }, data }, as);
    const { need_notification: _taken, ...shown } = data;
    const event_id = answer?.event?.event_id ?? '';
    expect(event_id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}_0$/);
    expect({ code, msg }).toEqual({ code: 0, msg: 'success' });
    expect(answer?.event).toEqual({
      ...shown,
      event_id,
      organizer_calendar_id: calendarOf(owner),
      status: 'confirmed',
      is_exception: false,
      create_time: String(NOON),
      event_organizer: { user_id: owner, display_name: name },
      app_link: answer?.event?.app_link,
    });
    expect((await events.get({ path: { calendar_id, event_id } }, as)).data).toEqual(answer);
    expect((await events.list({ path: { calendar_id }, params: { start_time: String(START), end_time: String(END) } }, as)).data?.items).toContainEqual(
      answer?.event,
    );
  });

  it('of little has the rest by default', async () => {
    const { data } = await events.create({ path: { calendar_id }, data: { start_time: { timestamp: String(START) }, end_time: { timestamp: String(END) } } });
    expect(data?.event).toMatchObject({ summary: '', description: '', visibility: 'default', recurrence: '', start_time: at(START), end_time: at(END) });
  });

  it('says what its people are called by the id that is asked for', async () => {
    const { data } = await events.get({ path: { calendar_id, event_id: await create() }, params: { user_id_type: 'union_id' } }, host.as);
    expect(data?.event?.event_organizer?.user_id).toBe(host.id.replace('ou_', 'on_'));
  });

  it.each(['vc', 'third_party', 'no_meeting', 'lark_live', 'unknown', 'third_party_meeting'] as const)('may be met by video, as %s', async (vc_type) => {
    const event_id = await create({ vchat: { vc_type } });
    expect((await events.get({ path: { calendar_id, event_id } }, host.as)).data?.event?.vchat).toEqual({ vc_type });
  });

  it('is not made of fields that the contract does not have', async () => {
    const attached = { source: 'x', attachments: [{ file_token: 'x' }], description_rich: 'x', event_check_in: { enable_check_in: true } };
    const event_id = await create(attached);
    const { data } = await events.get({ path: { calendar_id, event_id } }, host.as);
    for (const name of Object.keys(attached)) expect(data?.event).not.toHaveProperty(name);
  });

  it('is named by the server, whatever the request says', async () => {
    const forged = { event_id: 'forged', organizer_calendar_id: 'forged', app_link: 'forged', status: 'cancelled', create_time: '0' };
    const { event_id = '', ...rest } = (await events.create({ path: { calendar_id }, data: { ...hour, ...forged } }, host.as)).data?.event ?? {};
    expect(event_id).toMatch(/_0$/);
    expect(rest).toMatchObject({ organizer_calendar_id: calendarOf(host.id), status: 'confirmed', create_time: String(NOON) });
  });

  it('changes in what is said, and in nothing else', async () => {
    const event_id = await create({ ...kept, reminders: [...kept.reminders], schemas: [...kept.schemas] });
    const before = (await events.get({ path: { calendar_id, event_id } }, host.as)).data?.event;
    const change = { summary: '例会', color: 7, location: { name: '方尖碑' } };
    const { data } = await events.patch({ path: { calendar_id, event_id }, data: change }, host.as);
    expect(data?.event).toEqual({ ...before, ...change });
    expect((await events.get({ path: { calendar_id, event_id } }, host.as)).data).toEqual(data);
  });

  it('does not move when one time comes without the other', async () => {
    const event_id = await create();
    await invite(event_id, [theRoom()]);
    for (const data of [{ start_time: at(START + HOUR) }, { end_time: at(END + HOUR) }, {}]) {
      const { code, data: answer } = await events.patch({ path: { calendar_id, event_id }, data }, host.as);
      expect(code).toBe(0);
      expect(answer?.event).toMatchObject({ start_time: at(START), end_time: at(END) });
    }
    expect((await reservations()).map(({ start }) => start)).toEqual([iso(START)]);
  });

  it('takes its rooms along, or nothing changes', async () => {
    const event_id = await create();
    const second = (await addRoom(app, tenantId, level)).roomId;
    await invite(event_id, [theRoom(), { type: 'resource', room_id: second }]);
    await invite(await create({ start_time: at(START + 3 * HOUR), end_time: at(END + 3 * HOUR) }), [{ type: 'resource', room_id: second }]);
    const move = (to: number) =>
      events.patch({ path: { calendar_id, event_id }, data: { summary: '改期', start_time: at(to), end_time: at(to + HOUR) } }, host.as);
    // The other room is taken then.
    expect(await refusal(move(START + 3.5 * HOUR))).toMatchObject(fault('param'));
    expect((await events.get({ path: { calendar_id, event_id } }, host.as)).data?.event).toMatchObject({ summary: '周会', start_time: at(START) });
    expect((await reservations()).map(({ start, title }) => [start, title])).toEqual([[iso(START), '周会']]);
    await move(START + 2 * HOUR);
    expect((await reservations()).map(({ start, title }) => [start, title])).toEqual([[iso(START + 2 * HOUR), '改期']]);
    expect((await listed(event_id)).map(({ rsvp_status }) => rsvp_status)).toEqual(['accept', 'accept']);
  });

  it('is gone when it is deleted, and its room is free', async () => {
    const event_id = await create();
    await invite(event_id, [theRoom()]);
    const { code, msg, data } = await events.delete({ path: { calendar_id, event_id }, params: { need_notification: 'false' } }, host.as);
    expect({ code, msg, data }).toEqual({ code: 0, msg: 'success', data: {} });
    expect((await events.get({ path: { calendar_id, event_id } }, host.as)).data?.event?.status).toBe('cancelled');
    expect(await row()).toBeUndefined();
    expect(await reservations('cancelled')).toHaveLength(1);
    const again = await create({}, anna.as);
    await invite(again, [theRoom()], {}, anna.as);
    expect(await roomSays(again, anna.as)).toBe('accept');
  });

  it('is released, and stays in the ledger, when it is deleted while its check-in is open', async () => {
    await ask('POST', `/rooms/${room}/devices`, { kind: 'panel', name: '门口' });
    const event_id = await create();
    await invite(event_id, [theRoom()]);
    app.clock.seconds = START - 15 * 60;
    await events.delete({ path: { calendar_id, event_id } }, host.as);
    expect(await row()).toMatchObject({ reservation_status: '已释放（手动释放）', releasing_person: '王可涵' });
  });
});

describe('the time of an event', () => {
  const days = (from: string, to: string) => ({ start_time: { date: from }, end_time: { date: to } });

  it.each([
    ['2026-04-01', '2026-04-01', '2026-04-01T00:00:00Z', '2026-04-02T00:00:00Z'],
    ['2026-03-28', '2026-03-30', '2026-03-28T00:00:00Z', '2026-03-31T00:00:00Z'],
    ['2028-02-28', '2028-02-29', '2028-02-28T00:00:00Z', '2028-03-01T00:00:00Z'],
  ])('is whole days from %s to %s, the last included', async (from, to, start, end) => {
    const event_id = await create(days(from, to));
    await invite(event_id, [theRoom()]);
    const { data } = await events.get({ path: { calendar_id, event_id } }, host.as);
    expect(data?.event).toMatchObject(days(from, to));
    const [reserved] = await ask<{ reservations: object[] }>('GET', `/reservations?room=${room}`).then(({ reservations: all }) => all);
    expect(reserved).toMatchObject({ start, end });
  });

  it.each<[string, Partial<EventData>, string[]]>([
    ['neither date nor timestamp', { start_time: {} }, ['start_time']],
    ['both', { start_time: { date: '2026-04-01', timestamp: String(START) } }, ['start_time']],
    ['a date that ends at a timestamp', { start_time: { date: '2026-03-18' } }, ['end_time']],
    ['a timestamp that ends on a date', { end_time: { date: '2026-04-01' } }, ['end_time']],
    ['a day that there is not', days('2026-02-29', '2026-03-01'), ['start_time.date']],
    ['no date', days('20260401', '2026-04-01'), ['start_time.date']],
    ['days that run backwards', days('2026-04-02', '2026-04-01'), ['end_time']],
    ['an end at the start', { end_time: at(START) }, ['end_time']],
    ['an end before the start', { end_time: at(START - 1) }, ['end_time']],
    ['milliseconds', { start_time: at(START * 1000), end_time: at(END * 1000) }, ['end_time.timestamp', 'start_time.timestamp']],
    ['a fraction', { start_time: { timestamp: `${String(START)}.5` } }, ['start_time.timestamp']],
    ['a zone of no name', { start_time: at(START, 'Asia/Nowhere') }, ['start_time.timezone']],
    ['an offset for a zone', { start_time: at(START, '+08:00') }, ['start_time.timezone']],
    ['a zone of no name at the end', { end_time: at(END, 'GMT+8') }, ['end_time.timezone']],
  ])('is not %s', async (_, data, fields) => {
    expect(await refusal(create(data))).toEqual(param(...fields));
    const event_id = await create();
    const times = { start_time: data.start_time ?? hour.start_time, end_time: data.end_time ?? hour.end_time };
    expect(await refusal(events.patch({ path: { calendar_id, event_id }, data: times }, host.as))).toEqual(param(...fields));
  });

  it('is needed', async () => {
    const url = `/open-apis/calendar/v4/calendars/primary/events`;
    expect(await refusal(client.request({ method: 'POST', url, data: {} }))).toEqual(param('end_time', 'start_time'));
  });
});

describe('a key of idempotency', () => {
  const make = (idempotency_key: string, data: Partial<EventData> = {}, as = host.as) =>
    events.create({ path: { calendar_id }, params: { idempotency_key }, data: { ...hour, ...data } }, as);
  const key = () => randomUUID();

  it('makes an event once, and answers the same again', async () => {
    const same = key();
    const first = await make(same);
    expect(first.code).toBe(0);
    for (let i = 0; i < 2; i++) expect(await make(same)).toEqual(first);
    const [left, right] = await Promise.all([make(same), make(same)]);
    expect([left, right]).toEqual([first, first]);
  });

  it('stands for one request', async () => {
    const same = key();
    await make(same);
    expect(await refusal(make(same, { summary: '另一个' }))).toEqual(param('idempotency_key'));
    expect(await refusal(make(same, { end_time: at(END + 1) }))).toEqual(param('idempotency_key'));
  });

  it("is its sender's own", async () => {
    const same = key();
    const ids = [await make(same), await make(same, {}, anna.as), await make(same, {}, asApp)].map(({ data }) => data?.event?.event_id);
    expect(new Set(ids).size).toBe(3);
  });

  it.each(['', 'short', 'x'.repeat(31), 'x'.repeat(129)])('is not %j', async (bad) => {
    const url = `/open-apis/calendar/v4/calendars/primary/events?idempotency_key=${bad}`;
    expect(await refusal(client.request({ method: 'POST', url, data: hour }))).toEqual(param('idempotency_key'));
  });
});

describe('those who come', () => {
  it('are answered with what they said so far', async () => {
    const event_id = await create({}, asApp);
    const list: Invitation[] = [
      { ...user(anna.id), is_optional: true },
      { type: 'third_party', third_party_email: 'eve@example.com' },
      theRoom({ operate_id: bob.id }),
    ];
    const answer = await attendees.create({
      path: { calendar_id, event_id },
      params: { user_id_type: 'open_id' },
      data: { attendees: list, need_notification: false },
    });
    const common = { is_optional: false, is_organizer: false, is_external: false };
    const needs_action = 'needs_action';
    expect({ ...answer, data: undefined }).toEqual({ code: 0, msg: 'success', data: undefined });
    const byType = (list: readonly { type?: string | undefined; user_id?: string | undefined }[]) =>
      [...list].sort((a, b) => (`${a.type ?? ''}${a.user_id ?? ''}` < `${b.type ?? ''}${b.user_id ?? ''}` ? -1 : 1));
    const expected = [
      {
        ...common,
        type: 'user',
        attendee_id: `user_${anna.id.slice(3)}`,
        user_id: anna.id,
        display_name: '安娜',
        rsvp_status: needs_action,
        is_optional: true,
      },
      { ...common, type: 'user', attendee_id: `user_${bob.id.slice(3)}`, user_id: bob.id, display_name: '鲍勃', rsvp_status: needs_action },
      {
        ...common,
        type: 'third_party',
        attendee_id: expect.stringMatching(/^third_party_\w+$/) as string,
        third_party_email: 'eve@example.com',
        display_name: 'eve@example.com',
        rsvp_status: needs_action,
        is_external: true,
      },
      {
        ...common,
        type: 'resource',
        attendee_id: `resource_${room.slice(4)}`,
        room_id: room,
        operate_id: bob.id,
        display_name: expect.any(String) as string,
        rsvp_status: 'accept',
      },
    ];
    expect(byType(answer.data?.attendees ?? [])).toEqual(byType(expected));
    expect(byType(await listed(event_id, asApp))).toEqual(byType(expected));
  });

  it('may be named by another kind of id', async () => {
    const event_id = await create();
    const path = { calendar_id, event_id };
    const union = anna.id.replace('ou_', 'on_');
    const { data } = await attendees.create({ path, params: { user_id_type: 'union_id' }, data: { attendees: [user(union)] } }, host.as);
    expect(data?.attendees?.map(({ user_id }) => user_id)).toEqual([union]);
    expect((await listed(event_id)).map(({ user_id }) => user_id)).toEqual([anna.id]);
    const byUserId = { path, params: { user_id_type: 'user_id' as const }, data: { delete_ids: [user(anna.id.replace('ou_', ''))] } };
    await attendees.batchDelete(byUserId, host.as);
    expect(await listed(event_id)).toEqual([]);
  });

  it('are counted in the ledger, the organiser only when invited, rooms never', async () => {
    const event_id = await create();
    const second = (await addRoom(app, tenantId, level)).roomId;
    await invite(event_id, [theRoom(), { type: 'resource', room_id: second }]);
    expect(await counts()).toEqual(['0', '0']);
    await invite(event_id, [user(anna.id), user(bob.id)]);
    expect(await counts()).toEqual(['2', '0']);
    await reply(event_id, 'accept', anna);
    await reply(event_id, 'tentative', bob);
    expect(await counts()).toEqual(['2', '1']);
    await invite(event_id, [user(anna.id), user(host.id), { type: 'third_party', third_party_email: 'eve@example.com' }]);
    expect(await counts()).toEqual(['4', '1']);
    await reply(event_id, 'accept', host);
    await reply(event_id, 'accept', bob);
    expect(await counts()).toEqual(['4', '3']);
    await reply(event_id, 'decline', anna);
    expect(await counts()).toEqual(['4', '2']);
    await attendees.batchDelete({ path: { calendar_id, event_id }, data: { delete_ids: [user(bob.id)] } }, host.as);
    expect(await counts()).toEqual(['3', '1']);
    const answers = new Map((await listed(event_id)).map(({ user_id, rsvp_status }) => [user_id, rsvp_status]));
    expect([answers.get(anna.id), answers.get(host.id), answers.get(bob.id)]).toEqual(['decline', 'accept', undefined]);
    expect((await listed(event_id)).filter(({ is_organizer }) => is_organizer).map(({ user_id }) => user_id)).toEqual([host.id]);
  });

  it('answer for one date of a series, or for all', async () => {
    const event_id = await create({ recurrence: 'FREQ=DAILY;COUNT=3' });
    const instance = (day: number) => event_id.replace(/_0$/, `_${String(START + day * DAY)}`);
    await invite(event_id, [user(anna.id), user(bob.id), theRoom()]);
    const accepted = async () => (await ask<{ reservations: { guests: number; guests_accepted: number }[] }>('GET', `/reservations?room=${room}`)).reservations;
    const shown = async () => (await accepted()).map(({ guests, guests_accepted }) => `${String(guests_accepted)}/${String(guests)}`);
    await reply(event_id, 'accept', anna);
    expect(await shown()).toEqual(['1/2', '1/2', '1/2']);
    await reply(instance(1), 'decline', anna);
    await reply(instance(2), 'accept', bob);
    expect(await shown()).toEqual(['1/2', '0/2', '2/2']);
    const answers = async (id: string) => (await listed(id)).filter(({ type }) => type === 'user').map((one) => [one.user_id, one.rsvp_status]);
    expect(new Set(await answers(instance(1)))).toEqual(
      new Set([
        [anna.id, 'decline'],
        [bob.id, 'needs_action'],
      ]),
    );
    expect(new Set(await answers(event_id))).toEqual(
      new Set([
        [anna.id, 'accept'],
        [bob.id, 'needs_action'],
      ]),
    );
    // An answer to the whole replaces those to single dates.
    await reply(event_id, 'tentative', anna);
    expect(await shown()).toEqual(['0/2', '0/2', '1/2']);
  });

  it('see the event in their own calendar, and cannot change it', async () => {
    const event_id = await create();
    const get = () => events.get({ path: { calendar_id, event_id } }, anna.as);
    expect(await refusal(get())).toEqual(fault('notFound'));
    await invite(event_id, [user(anna.id)]);
    expect((await get()).data?.event).toMatchObject({ event_id, organizer_calendar_id: calendarOf(host.id) });
    expect((await events.list({ path: { calendar_id }, params: { page_size: 1000 } }, anna.as)).data?.items?.map(({ event_id: id }) => id)).toContain(event_id);
    await attendees.batchDelete({ path: { calendar_id, event_id }, data: { attendee_ids: [`user_${anna.id.slice(3)}`] } }, host.as);
    expect(await refusal(get())).toEqual(fault('notFound'));
  });

  it('need not include whom an app names to ask about a room', async () => {
    const event_id = await create({}, asApp);
    await invite(event_id, [theRoom({ operate_id: anna.id })], { add_operator_to_attendee: false }, asApp);
    const [only, ...more] = await listed(event_id, asApp);
    expect(more).toEqual([]);
    expect(only).toMatchObject({ room_id: room, operate_id: anna.id, rsvp_status: 'accept' });
    expect(await counts()).toEqual(['0', '0']);
    await invite(event_id, [theRoom({ operate_id: anna.id })], { add_operator_to_attendee: true }, asApp);
    expect(await counts()).toEqual(['1', '0']);
  });
});

describe('a room', () => {
  const fields = ['attendee_id', 'display_name', 'is_external', 'is_optional', 'is_organizer', 'room_id', 'rsvp_status', 'type'];
  /** Ways to an answer; each leaves an event of the host. */
  const answers: [answer: string, how: string, way: () => Promise<string>, rule: string | null][] = [
    ['accept', 'that is free', () => asked(), null],
    ['accept', 'that is free up to the minute', async () => (await block(END), await block(START - HOUR), asked()), null],
    ['decline', 'that is taken', async () => (await block(START + 1800), asked()), 'taken'],
    [
      'decline',
      'that only others may reserve',
      async () => (await settings({ reservers: { everybody: false, users: [bob.id], departments: [] } }), asked()),
      'not_allowed',
    ],
    ['decline', 'that is out of use', async () => (await ask('PATCH', `/rooms/${room}`, { disabled: { reason: '维修' } }), asked()), 'disabled'],
    ['needs_action', 'that needs an approval', async () => (await settings(approval), asked({ approval_reason: '评审' })), null],
    ['decline', 'that needs an approval without a reason', async () => (await settings(approval), asked()), 'no_reason'],
    ['decline', 'whose approver says no', () => decided('reject'), 'by_approver'],
    ['accept', 'whose approver says yes', () => decided('approve'), null],
    ['decline', 'that nobody decided in time', async () => pass(await (await settings(approval), asked({ approval_reason: '评审' })), START), 'undecided'],
    ['removed', 'that is cancelled', () => stepped('cancel'), null],
    ['removed', 'that is given back', () => stepped('release'), null],
    ['removed', 'that is disabled afterwards', async () => kept(await asked(), ask('PATCH', `/rooms/${room}`, { disabled: {} })), null],
  ];
  async function asked(more: Partial<Invitation> = {}): Promise<string> {
    const event_id = await create();
    await invite(event_id, [theRoom(more)]);
    return event_id;
  }
  async function block(start: number): Promise<void> {
    const event_id = await create({ start_time: at(start), end_time: at(start + HOUR) }, bob.as);
    await invite(event_id, [theRoom()], {}, bob.as);
  }
  async function kept(event_id: string, meanwhile: Promise<unknown>): Promise<string> {
    await meanwhile;
    return event_id;
  }
  async function pass(event_id: string, until: number): Promise<string> {
    app.clock.seconds = until;
    await doDue(app.ctx, until);
    return event_id;
  }
  async function decided(step: 'approve' | 'reject'): Promise<string> {
    await settings(approval);
    const event_id = await asked({ approval_reason: '评审' });
    const [pending] = await reservations('pending');
    await ask('POST', `/reservations/${pending?.id ?? ''}/${step}`, {}, anna.token);
    return event_id;
  }
  async function stepped(step: string): Promise<string> {
    const event_id = await asked();
    const [held] = await reservations('accepted');
    await ask('POST', `/reservations/${held?.id ?? ''}/${step}`, undefined, host.token);
    return event_id;
  }

  it.each(answers)('answers %s, one %s', async (answer, _, way, rule) => {
    const event_id = await way();
    const [shown] = (await listed(event_id)).filter(({ room_id }) => room_id === room);
    expect(shown?.rsvp_status).toBe(answer);
    // The wire never says why.
    expect(
      Object.keys(shown ?? {})
        .filter((name) => name !== 'approval_reason')
        .sort(),
    ).toEqual(fields);
    const rejected = await reservations('rejected');
    expect(rejected.map(({ rejection: why }) => why?.rule)).toEqual(rule === null ? [] : [rule]);
    for (const { id, start } of rejected) {
      expect(start).toBe(iso(START));
      const { history } = await ask<{ history: { action: string; after: Record<string, unknown> | null }[] }>('GET', `/reservations/${id}`);
      expect(history.at(-1)?.after).toMatchObject({ reject_cause: rule });
    }
  });

  it('that declined is asked again when it is invited again', async () => {
    const mine = await create();
    const theirs = await create({}, bob.as);
    await invite(theirs, [theRoom()], {}, bob.as);
    await invite(mine, [theRoom()]);
    expect(await roomSays(mine)).toBe('decline');
    await events.delete({ path: { calendar_id, event_id: theirs } }, bob.as);
    expect(await roomSays(mine)).toBe('decline');
    await invite(mine, [theRoom()]);
    expect(await roomSays(mine)).toBe('accept');
  });

  it('goes to one of two who ask at once', async () => {
    const ids = [await create(), await create({}, anna.as)];
    await Promise.all([invite(ids[0] ?? '', [theRoom()]), invite(ids[1] ?? '', [theRoom()], {}, anna.as)]);
    const says = [await roomSays(ids[0] ?? ''), await roomSays(ids[1] ?? '', anna.as)];
    expect(says.sort()).toEqual(['accept', 'decline']);
    expect(await reservations('accepted')).toHaveLength(1);
  });

  it('is answered one by one: those that are free stand', async () => {
    const taken = (await addRoom(app, tenantId, level)).roomId;
    await invite(await create({}, bob.as), [{ type: 'resource', room_id: taken }], {}, bob.as);
    const said = await invite(await create(), [theRoom(), { type: 'resource', room_id: taken }]);
    expect(new Map(said.map(({ room_id, rsvp_status }) => [room_id, rsvp_status]))).toEqual(
      new Map([
        [room, 'accept'],
        [taken, 'decline'],
      ]),
    );
  });

  it('leaves the event when it is taken off, and is free', async () => {
    const event_id = await asked();
    const { code, msg, data } = await attendees.batchDelete({ path: { calendar_id, event_id }, data: { delete_ids: [itself()] } }, host.as);
    expect({ code, msg, data }).toEqual({ code: 0, msg: 'success', data: {} });
    expect(await listed(event_id)).toEqual([]);
    expect(await reservations('cancelled')).toHaveLength(1);
    expect(await row()).toBeUndefined();
  });

  it('needs a person to ask for an approval: an app is declined', async () => {
    await settings(approval);
    const event_id = await create({}, asApp);
    await invite(event_id, [theRoom({ approval_reason: '评审' })], {}, asApp);
    expect(await roomSays(event_id, asApp)).toBe('decline');
    expect((await reservations('rejected')).map(({ rejection: why }) => why?.rule)).toEqual(['needs_person']);
  });

  it('that needs an approval takes no series', async () => {
    await settings(approval);
    const event_id = await create({ recurrence: 'FREQ=DAILY;COUNT=2' });
    await invite(event_id, [theRoom({ approval_reason: '评审' })]);
    expect(await roomSays(event_id)).toBe('decline');
    expect((await reservations('rejected')).map(({ rejection: why }) => why?.rule)).toEqual(['no_recurring']);
  });

  it('shows the reason for its approval to the event, and the request to the ledger until it is decided', async () => {
    await settings(approval);
    const event_id = await asked({ approval_reason: '季度评审' });
    expect((await listed(event_id))[0]).toMatchObject({ approval_reason: '季度评审', rsvp_status: 'needs_action' });
    expect(await row()).toMatchObject({ reservation_status: '审批中' });
    // A request holds nothing.
    expect((await freebusy.list({ data: { time_min: iso(START), time_max: iso(END), room_id: room } })).data?.freebusy_list).toEqual([]);
  });
});

describe('an administrator of reservations', () => {
  const restrict = () => settings({ reservers: { everybody: false, users: [bob.id], departments: [] }, administrators: { users: [anna.id], departments: [] } });
  const admin = { is_enable_admin: true };

  it('reserves a room that others may not, for an event of their own', async () => {
    await restrict();
    const event_id = await create({}, anna.as);
    await invite(event_id, [theRoom()], {}, anna.as);
    expect(await roomSays(event_id, anna.as)).toBe('decline');
    await invite(event_id, [theRoom()], admin, anna.as);
    expect(await roomSays(event_id, anna.as)).toBe('accept');
  });

  it('adds rooms, and nobody else, to an event that they come to, and takes them off', async () => {
    await restrict();
    const event_id = await create();
    await invite(event_id, [user(anna.id)]);
    const said = await invite(event_id, [theRoom(), user(bob.id)], admin, anna.as);
    expect(said.map(({ user_id, room_id, rsvp_status }) => [user_id ?? room_id, rsvp_status]).sort()).toEqual(
      [
        [anna.id, 'needs_action'],
        [room, 'accept'],
      ].sort(),
    );
    await attendees.batchDelete({ path: { calendar_id, event_id }, data: { delete_ids: [itself()], ...admin } }, anna.as);
    expect((await listed(event_id)).map(({ user_id }) => user_id)).toEqual([anna.id]);
  });

  it('means one date of a series with instance_start_time_admin', async () => {
    await restrict();
    const event_id = await create({ recurrence: 'FREQ=DAILY;COUNT=3' });
    await invite(event_id, [user(anna.id)]);
    await invite(event_id, [theRoom()], { ...admin, instance_start_time_admin: String(START + DAY) }, anna.as);
    expect((await reservations('accepted')).map(({ start }) => start)).toEqual([iso(START + DAY)]);
  });

  it('is nobody else', async () => {
    await restrict();
    const event_id = await create();
    await invite(event_id, [user(bob.id), theRoom()]);
    for (const who of [host, bob]) {
      expect(await refusal(invite(event_id, [theRoom()], admin, who.as))).toEqual(fault('noPermission'));
      expect(await refusal(attendees.batchDelete({ path: { calendar_id, event_id }, data: { delete_ids: [itself()], ...admin } }, who.as))).toEqual(
        fault('noPermission'),
      );
    }
    expect(await roomSays(event_id)).toBe('decline');
  });
});

describe('a private event', () => {
  it('keeps its title out of the ledger, and from all but who reserved', async () => {
    const event_id = await create({ visibility: 'private' });
    await invite(event_id, [theRoom()]);
    expect(await row()).toMatchObject({ event_title: '', reserver: '王可涵' });
    expect((await reservations())[0]?.title).toBeNull();
    expect((await reservations(undefined, bob.token))[0]?.title).toBeNull();
    expect((await reservations(undefined, host.token))[0]?.title).toBe('周会');
    await events.patch({ path: { calendar_id, event_id }, data: { visibility: 'default' } }, host.as);
    expect(await row()).toMatchObject({ event_title: '周会' });
    await events.patch({ path: { calendar_id, event_id }, data: { visibility: 'private' } }, host.as);
    expect(await row()).toMatchObject({ event_title: '' });
  });
});

describe('pages', () => {
  it('of events come in order of start, each event once', async () => {
    const who = await person('页');
    const made = new Set<string>();
    for (let i = 0; i < 120; i += 20) {
      const batch = Array.from({ length: 20 }, (_, j) =>
        create({ start_time: at(START + ((i + j) % 40) * HOUR), end_time: at(END + ((i + j) % 40) * HOUR) }, who.as),
      );
      for (const id of await Promise.all(batch)) made.add(id);
    }
    const met: { event_id: string; start: number }[] = [];
    let page_token = '';
    let pages = 0;
    for (let more: boolean | undefined = true; more; pages++) {
      const { data } = await events.list({ path: { calendar_id }, params: { page_size: 50, page_token } }, who.as);
      met.push(...(data?.items ?? []).map(({ event_id, start_time }) => ({ event_id, start: Number(start_time.timestamp) })));
      more = data?.has_more;
      page_token = data?.page_token ?? '';
      expect(page_token !== '').toBe(more);
      expect(data?.sync_token !== undefined).toBe(!more);
    }
    expect(pages).toBe(3);
    expect(met.map(({ event_id }) => event_id).sort()).toEqual([...made].sort());
    expect(met.map(({ start }) => start)).toEqual(met.map(({ start }) => start).sort((a, b) => a - b));
    const ids = async (params: object) => (await events.list({ path: { calendar_id }, params: { page_size: 1000, ...params } }, who.as)).data?.items?.length;
    // 40 starts an hour apart, three events each. The first ends at END.
    expect(await ids({ anchor_time: String(END + 38 * HOUR) })).toBe(6);
    expect(await ids({ anchor_time: String(END + 38 * HOUR + 1) })).toBe(3);
    expect(await ids({ start_time: String(END + 1), end_time: String(START + 3 * HOUR) })).toBe(6);
    expect(await ids({ sync_token: 'x' })).toBe(120);
  });

  it('of dates come in order', async () => {
    const event_id = await create({ recurrence: 'FREQ=DAILY;COUNT=25' });
    const met: string[] = [];
    let page_token: string | undefined;
    do {
      const params = { start_time: String(START), end_time: String(START + 60 * DAY), page_size: 10, ...(page_token ? { page_token } : {}) };
      const { data } = await events.instances({ path: { calendar_id, event_id }, params }, host.as);
      expect(data?.items?.length).toBe(met.length < 20 ? 10 : 5);
      met.push(...(data?.items ?? []).map(({ event_id: id }) => id));
      page_token = data?.page_token;
      expect(page_token !== undefined).toBe(data?.has_more);
    } while (page_token);
    expect(met).toEqual(Array.from({ length: 25 }, (_, day) => event_id.replace(/_0$/, `_${String(START + day * DAY)}`)));
  });

  it('of dates are those that touch the period, half-open', async () => {
    const event_id = await create({ recurrence: 'FREQ=DAILY;COUNT=5' });
    const starts = async (from: number, to: number) =>
      (await events.instances({ path: { calendar_id, event_id }, params: { start_time: String(from), end_time: String(to) } }, host.as)).data?.items?.map(
        ({ start_time }) => (Number(start_time?.timestamp) - START) / DAY,
      );
    expect(await starts(START + DAY, START + 2 * DAY)).toEqual([1]);
    expect(await starts(END, START + DAY)).toEqual([]);
    expect(await starts(END - 1, START + DAY + 1)).toEqual([0, 1]);
    const [only] =
      (await events.instances({ path: { calendar_id, event_id }, params: { start_time: String(START), end_time: String(END) } }, host.as)).data?.items ?? [];
    expect(only).toEqual({
      event_id: event_id.replace(/_0$/, `_${String(START)}`),
      summary: '周会',
      description: '',
      start_time: at(START),
      end_time: at(END),
      status: 'confirmed',
      is_exception: false,
      app_link: only?.app_link,
    });
  });

  it('of attendees have each once', async () => {
    const event_id = await create();
    const emails = Array.from({ length: 25 }, (_, i) => `guest${String(i)}@example.com`);
    await invite(
      event_id,
      emails.map((third_party_email) => ({ type: 'third_party', third_party_email })),
    );
    const met: (string | undefined)[] = [];
    let page_token: string | undefined;
    do {
      const { data } = await attendees.list({ path: { calendar_id, event_id }, params: { page_size: 10, ...(page_token ? { page_token } : {}) } }, host.as);
      met.push(...(data?.items ?? []).map(({ third_party_email }) => third_party_email));
      page_token = data?.page_token;
      expect(page_token !== undefined).toBe(data?.has_more);
    } while (page_token);
    expect(met.sort()).toEqual(emails.sort());
  });

  it('are of a size that is allowed, and go on from a token of the same list', async () => {
    const event_id = await create({ recurrence: 'FREQ=DAILY;COUNT=25' });
    const period = { start_time: String(START), end_time: String(START + 60 * DAY) };
    const list = (params: object) => refusal(events.list({ path: { calendar_id }, params }, host.as));
    const dates = (params: object) => refusal(events.instances({ path: { calendar_id, event_id }, params: { ...period, ...params } }, host.as));
    const people = (params: object) => refusal(attendees.list({ path: { calendar_id, event_id }, params }, host.as));
    for (const page_size of [0, 49, 1001]) expect(await list({ page_size })).toEqual(param('page_size'));
    for (const page_size of [0, 9, 501]) expect(await dates({ page_size })).toEqual(param('page_size'));
    for (const page_size of [0, 9, 101]) expect(await people({ page_size })).toEqual(param('page_size'));
    const page = await events.instances({ path: { calendar_id, event_id }, params: { ...period, page_size: 10 } }, host.as);
    const page_token = page.data?.page_token ?? '';
    expect(page_token).not.toBe('');
    expect(await dates({ page_token: `${page_token}x` })).toEqual(param('page_token'));
    expect(await dates({ page_token, end_time: String(START + 61 * DAY) })).toEqual(param('page_token'));
    expect(await list({ page_token })).toEqual(param('page_token'));
    expect(await people({ page_token })).toEqual(param('page_token'));
    expect(await list({ start_time: String(START) })).toEqual(param('end_time'));
    expect(await list({ end_time: String(START) })).toEqual(param('start_time'));
    expect(await list({ ...period, anchor_time: String(START) })).toEqual(param('anchor_time'));
    expect(await dates({ end_time: String(START - 1) })).toEqual(param('end_time'));
    expect(await dates({ end_time: String(START + 2 * 366 * DAY + 1) })).toEqual(param('end_time'));
  });
});

describe('free and busy', () => {
  const period = { time_min: iso(NOON), time_max: iso(NOON + WEEK) };
  const of = async (data: object) => (await freebusy.list({ params: { user_id_type: 'open_id' }, data: { ...period, ...data } })).data?.freebusy_list;
  const busy = (start: number, end: number, rsvp_status?: string) => ({ start_time: iso(start), end_time: iso(end), ...(rsvp_status ? { rsvp_status } : {}) });

  it('of a person: what they organise and what they do not decline', async () => {
    const who = await person('忙');
    const own = { start_time: at(NOON + HOUR), end_time: at(NOON + 2 * HOUR) };
    await create(own, who.as);
    await create({ start_time: at(NOON + 3 * HOUR), end_time: at(NOON + 4 * HOUR), free_busy_status: 'free' }, who.as);
    const [maybe, no] = [await create({ start_time: at(NOON + DAY), end_time: at(NOON + DAY + HOUR) }), await create({ recurrence: 'FREQ=DAILY;COUNT=2' })];
    for (const event_id of [maybe, no]) await invite(event_id, [user(who.id)]);
    await reply(maybe, 'tentative', who);
    await reply(no.replace(/_0$/, `_${String(START)}`), 'decline', who);
    const free = busy(NOON + 3 * HOUR, NOON + 4 * HOUR);
    const rest = [busy(NOON + DAY, NOON + DAY + HOUR), busy(START + DAY, END + DAY)];
    expect(await of({ user_id: who.id })).toEqual([busy(NOON + HOUR, NOON + 2 * HOUR), ...rest]);
    expect(await of({ user_id: who.id, only_busy: false })).toEqual([busy(NOON + HOUR, NOON + 2 * HOUR), free, ...rest]);
    expect(await of({ user_id: who.id, need_rsvp_status: true })).toEqual([
      busy(NOON + HOUR, NOON + 2 * HOUR, 'accept'),
      busy(NOON + DAY, NOON + DAY + HOUR, 'tentative'),
      busy(START + DAY, END + DAY, 'needs_action'),
    ]);
    // Half-open, as everywhere.
    expect(await of({ user_id: who.id, time_min: iso(NOON + 2 * HOUR), time_max: iso(NOON + DAY) })).toEqual([]);
    const both = await freebusy.batch({ params: { user_id_type: 'open_id' }, data: { ...period, user_ids: [who.id, bob.id] } }, anna.as);
    expect(both.data?.freebusy_lists?.map(({ user_id }) => user_id)).toEqual([who.id, bob.id]);
    expect(both.data?.freebusy_lists?.[0]?.freebusy_items).toEqual([busy(NOON + HOUR, NOON + 2 * HOUR), ...rest]);
  });

  it('of a room: what it accepted, until it is given back', async () => {
    const event_id = await create();
    await invite(event_id, [theRoom()]);
    expect(await of({ room_id: room })).toEqual([busy(START, END)]);
    expect(await of({ room_id: room, time_max: iso(START) })).toEqual([]);
    expect(await of({ room_id: room, user_id: bob.id })).not.toEqual([busy(START, END)]);
    await events.delete({ path: { calendar_id, event_id } }, host.as);
    expect(await of({ room_id: room })).toEqual([]);
  });

  it.each([
    ['ends before it begins', { time_max: iso(NOON - 1) }, 'time_max'],
    ['is longer than 90 days', { time_max: iso(NOON + 90 * DAY + 1) }, 'time_max'],
    ['begins at no moment', { time_min: '2026-02-30T00:00:00Z' }, 'time_min'],
    ['has no offset', { time_min: '2026-03-18T00:00:00' }, 'time_min'],
  ])('of no period that %s', async (_, times, field) => {
    expect(await refusal(freebusy.list({ data: { ...period, ...times, room_id: room } }))).toEqual(param(field));
  });

  it('of several people: of ten at most, in a fortnight at most', async () => {
    const batch = (data: object) => refusal(freebusy.batch({ data: { ...period, user_ids: [bob.id], ...data } }));
    expect(await batch({ time_max: iso(NOON + 14 * DAY + 1) })).toEqual(param('time_max'));
    expect(await batch({ user_ids: Array.from({ length: 11 }, () => bob.id) })).toEqual(param('user_ids'));
    expect(await batch({ user_ids: [] })).toEqual(param('user_ids'));
    expect(await refusal(freebusy.list({ data: period }))).toEqual(param('room_id'));
  });
});

/* --- Refusals. --- */

const bases = '/open-apis/calendar/v4/calendars';
/** Every method that names a calendar, with a request that only the calendar or the event can be wrong in. */
const inCalendar: [name: string, method: string, path: (calendar: string, event: string) => string, body?: object][] = [
  ['create', 'POST', (c) => `${bases}/${c}/events`, hour],
  ['list', 'GET', (c) => `${bases}/${c}/events`],
  ['get', 'GET', (c, e) => `${bases}/${c}/events/${e}`],
  ['patch', 'PATCH', (c, e) => `${bases}/${c}/events/${e}`, { summary: 'x' }],
  ['delete', 'DELETE', (c, e) => `${bases}/${c}/events/${e}`],
  ['instances', 'GET', (c, e) => `${bases}/${c}/events/${e}/instances?start_time=${String(NOON)}&end_time=${String(END)}`],
  ['reply', 'POST', (c, e) => `${bases}/${c}/events/${e}/reply`, { rsvp_status: 'accept' }],
  ['attendee create', 'POST', (c, e) => `${bases}/${c}/events/${e}/attendees`, { attendees: [] }],
  ['attendee list', 'GET', (c, e) => `${bases}/${c}/events/${e}/attendees`],
  ['attendee batch_delete', 'POST', (c, e) => `${bases}/${c}/events/${e}/attendees/batch_delete`, { attendee_ids: ['user_x'] }],
];
const ofEvent = inCalendar.slice(2);

/** An answer as it came, its log id apart. */
async function raw(method: string, path: string, body?: object, bearer = host.token): Promise<{ status: number; code: number; text: string }> {
  const init = body ? { body: JSON.stringify(body) } : {};
  const response = await fetch(app.url + path, { method, headers: { authorization: `Bearer ${bearer}` }, ...init });
  const text = await response.text();
  const { code } = JSON.parse(text) as { code: number };
  return { status: response.status, code, text: text.replaceAll(response.headers.get('x-tt-logid') ?? '?', 'LOGID') };
}
const verdict = ({ status, code }: { status: number; code: number }) => ({ status, code });
const verdictOf = (name: keyof typeof faults) => ({ status: faults[name].http, code: faults[name].code });

describe('a calendar that is not the caller’s', () => {
  it.each(inCalendar)('is refused by %s', async (_, method, path, body) => {
    const ask = async (calendar: string, bearer?: string) => verdict(await raw(method, path(calendar, noEvent), body, bearer));
    for (const calendar of ['nonsense', host.id, 'feishu.cn_ou_1@group.calendar.feishu.cn']) expect(await ask(calendar)).toEqual(verdictOf('badCalendar'));
    expect(await ask(calendarOf(nobody))).toEqual(verdictOf('unknownCalendar'));
    expect(await ask(calendarOf('cli_0000000000000000'))).toEqual(verdictOf('unknownCalendar'));
    expect(await ask(calendarOf(anna.id))).toEqual(verdictOf('noCalendarAccess'));
    expect(await ask(calendarOf(appId))).toEqual(verdictOf('noCalendarAccess'));
    expect(await ask(calendarOf(host.id), token)).toEqual(verdictOf('noCalendarAccess'));
  });

  it.each(inCalendar)('and is another tenant’s looks to %s as if it did not exist', async (_, method, path, body) => {
    const missing = await raw(method, path(calendarOf(nobody), noEvent), body);
    expect(await raw(method, path(calendarOf(foreign.person), noEvent), body)).toEqual(missing);
    expect(await raw(method, path(calendarOf(foreign.person), foreign.event), body)).toEqual(missing);
    expect(await raw(method, path(calendarOf(other.appId), foreign.event), body)).toEqual(missing);
  });
});

describe('an event that is not in the calendar', () => {
  it.each(ofEvent)('is refused by %s', async (_, method, path, body) => {
    const ask = async (event: string) => verdict(await raw(method, path('primary', event), body));
    for (const event of ['nonsense', randomUUID(), `${randomUUID()}_-1`, '_0']) expect(await ask(event)).toEqual(verdictOf('badEvent'));
    const theirs = await create({}, anna.as);
    const single = await create();
    for (const event of [noEvent, theirs, single.replace(/_0$/, `_${String(START)}`)]) expect(await ask(event)).toEqual(verdictOf('notFound'));
  });

  it.each(ofEvent)('and is another tenant’s looks to %s as if it did not exist', async (_, method, path, body) => {
    const missing = await raw(method, path('primary', noEvent), body);
    expect(missing).toMatchObject(verdictOf('notFound'));
    expect(await raw(method, path('primary', foreign.event), body)).toEqual(missing);
  });

  it.each([
    ['invited user', 'attendees', (id: string) => ({ attendees: [user(id)] }), nobody, foreign.person],
    ['person to ask about a room', 'attendees', (id: string) => ({ attendees: [theRoom({ operate_id: id })] }), nobody, foreign.person],
    ['room', 'attendees', (id: string) => ({ attendees: [{ type: 'resource', room_id: id }] }), `omm_${'0'.repeat(32)}`, foreign.room],
    ['uninvited user', 'attendees/batch_delete', (id: string) => ({ delete_ids: [user(id)] }), nobody, foreign.person],
    ['uninvited room', 'attendees/batch_delete', (id: string) => ({ delete_ids: [{ type: 'resource', room_id: id }] }), `omm_${'0'.repeat(32)}`, foreign.room],
  ])('nor does it tell a foreign %s from a missing one', async (_, path, body, missing, theirs) => {
    const event_id = await create();
    const url = `${bases}/primary/events/${event_id}/${path}`;
    const answer = await raw('POST', url, body(missing));
    expect(answer.status).toBe(404);
    expect(await raw('POST', url, body(theirs))).toEqual(answer);
    expect(await listed(event_id)).toEqual([]);
  });

  it.each([
    ['user_id', nobody, foreign.person],
    ['room_id', `omm_${'0'.repeat(32)}`, foreign.room],
  ])('nor does free and busy, of %s', async (name, missing, theirs) => {
    const body = (id: string) => ({ time_min: iso(NOON), time_max: iso(END), [name]: id });
    const mask = ({ text, ...rest }: Awaited<ReturnType<typeof raw>>) => ({ ...rest, text: text.replaceAll(missing, 'ID').replaceAll(theirs, 'ID') });
    const url = '/open-apis/calendar/v4/freebusy/list';
    const answer = mask(await raw('POST', url, body(missing)));
    expect(answer.code).not.toBe(0);
    expect(mask(await raw('POST', url, body(theirs)))).toEqual(answer);
  });
});

describe('the table of errors', () => {
  const path = (event_id: string) => ({ calendar_id, event_id });
  async function withGuest(): Promise<string> {
    const event_id = await create();
    await invite(event_id, [user(anna.id)]);
    return event_id;
  }
  async function deleted(): Promise<string> {
    const event_id = await withGuest();
    await events.delete({ path: path(event_id) }, host.as);
    return event_id;
  }
  const cases: [name: keyof typeof faults, what: string, call: () => Promise<unknown>][] = [
    ['param', 'an event without an end', () => create({ end_time: {} })],
    ['param', 'a title that is too long', () => create({ summary: '会'.repeat(1001) })],
    ['param', 'nobody to take off', async () => attendees.batchDelete({ path: path(await create()), data: {} }, host.as)],
    ['param', 'an answer that there is not', async () => events.reply({ path: path(await withGuest()), data: { rsvp_status: 'maybe' as 'accept' } }, anna.as)],
    [
      'param',
      'more rooms than a request may name',
      async () =>
        invite(
          await create(),
          Array.from({ length: 101 }, () => theRoom()),
        ),
    ],
    ['unknownCalendar', 'the calendar of nobody', () => events.list({ path: { calendar_id: calendarOf(nobody) } })],
    ['badCalendar', 'no calendar', () => events.list({ path: { calendar_id: 'x' } })],
    ['noCalendarAccess', 'the calendar of somebody else', () => events.list({ path: { calendar_id: calendarOf(anna.id) } }, host.as)],
    ['badEvent', 'no event', () => events.get({ path: path('x') })],
    ['notFound', 'an event of nobody', () => events.get({ path: path(noEvent) })],
    ['noPermission', 'a guest who changes the event', async () => events.patch({ path: path(await withGuest()), data: { summary: 'x' } }, anna.as)],
    ['noPermission', 'a guest who deletes the event', async () => events.delete({ path: path(await withGuest()) }, anna.as)],
    ['noPermission', 'a guest who invites', async () => invite(await withGuest(), [user(bob.id)], {}, anna.as)],
    [
      'noPermission',
      'a guest who takes somebody off',
      async () => attendees.batchDelete({ path: path(await withGuest()), data: { delete_ids: [user(anna.id)] } }, anna.as),
    ],
    ['gone', 'a change of what is deleted', async () => events.patch({ path: path(await deleted()), data: { summary: 'x' } }, host.as)],
    ['gone', 'a second deletion', async () => events.delete({ path: path(await deleted()) }, host.as)],
    ['gone', 'an invitation to what is deleted', async () => invite(await deleted(), [theRoom()])],
    ['gone', 'an answer to what is deleted', async () => reply(await deleted(), 'accept', anna)],
    [
      'unknownAttendee',
      'somebody who is not invited, taken off',
      async () => attendees.batchDelete({ path: path(await create()), data: { delete_ids: [user(anna.id)] } }, host.as),
    ],
    ['unknownAttendee', 'an attendee of no such id', async () => attendees.batchDelete({ path: path(await create()), data: { attendee_ids: ['x'] } }, host.as)],
    ['unknownAttendee', 'an answer of an organiser who is not invited', async () => reply(await create(), 'accept', host)],
    ['unknownAttendee', 'an answer of an app', async () => events.reply({ path: path(await create({}, asApp)), data: { rsvp_status: 'accept' } })],
    ['unknownAttendee', 'a room that does not exist', async () => invite(await create(), [{ type: 'resource', room_id: 'omm_x' }])],
    ['badAttendee', 'a chat', async () => invite(await create(), [{ type: 'chat', chat_id: 'oc_1' }])],
    ['badAttendee', 'a user without an id', async () => invite(await create(), [{ type: 'user' }])],
    ['badAttendee', 'a room without an id', async () => invite(await create(), [{ type: 'resource' }])],
    ['badAttendee', 'an address without an @', async () => invite(await create(), [{ type: 'third_party', third_party_email: 'eve' }])],
    ['badAttendee', 'somebody of no type', async () => invite(await create(), [{ user_id: anna.id }])],
    ['unknownUser', 'a guest whom nobody is', async () => invite(await create(), [user(nobody)])],
    ['unknownUser', 'a guest by another kind of id', async () => invite(await create(), [user(anna.id.replace('ou_', 'on_'))])],
    ['unknownUser', 'somebody to ask about a room whom nobody is', async () => invite(await create(), [theRoom({ operate_id: nobody })])],
    ['unknownUser', 'the time of nobody', () => freebusy.list({ data: { time_min: iso(NOON), time_max: iso(END), user_id: nobody } })],
    [
      'unknownUser',
      'the time of nobody among others',
      () => freebusy.batch({ data: { time_min: iso(NOON), time_max: iso(END), user_ids: [anna.id, nobody] } }),
    ],
  ];

  it.each(cases)('has %s: %s', async (name, _, call) => {
    expect(await refusal(call())).toMatchObject(fault(name));
  });

  it('is covered, but for faults of the server and changes at the same moment', () => {
    expect(new Set(cases.map(([name]) => name))).toEqual(new Set(Object.keys(faults).filter((name) => name !== 'internal' && name !== 'conflict')));
  });
});
