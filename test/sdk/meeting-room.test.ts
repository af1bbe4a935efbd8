import { randomUUID } from 'node:crypto';
import * as lark from '@larksuiteoapi/node-sdk';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { meetingRoom as faults } from '../../src/wire/errors.ts';
import { NOON, tenantToken, testApp, testTenant, testUser, userToken } from '../support/app.ts';
import { addLevel, addRoom, queryString, type Query } from '../support/ledger.ts';
import { rejection, sdkClient } from '../support/sdk.ts';

/* The older room calls, which the SDK has no methods for: it sends them as requests. Hardware and approval systems of others use them. */
const SCOPES = ['calendar:calendar', 'calendar:room:readonly', 'vc:room:readonly', 'yuding:admin', 'yuding:book'];
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app, { scopes: SCOPES });
const { tenantId, appId } = tenant;
const client = sdkClient(app, tenant);
const { calendarEvent, calendarEventAttendee } = client.calendar;
const token = await tenantToken(app, tenant);
const level = await addLevel(app, tenantId, tenant.rootLevelId);
const person = await testUser(app, tenantId);
const approver = await testUser(app, tenantId);
const asPerson = lark.withUserAccessToken(await userToken(app, tenant, person, SCOPES));
const other = await testTenant(app, { scopes: SCOPES });
const foreignRoom = (await addRoom(app, other.tenantId, await addLevel(app, other.tenantId, other.rootLevelId))).roomId;

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const START = NOON + 2 * HOUR;
const END = START + HOUR;
const calendar_id = 'primary';
const iso = (at: number) => new Date(at * 1000).toISOString().replace('.000', '');
const missingRoom = `omm_${'0'.repeat(32)}`;

let room = '';
beforeEach(async () => {
  app.clock.seconds = NOON;
  room = (await addRoom(app, tenantId, level)).roomId;
});

interface Wanted {
  recurrence?: string;
  visibility?: 'private' | 'public' | 'default';
  approval_reason?: string;
  start?: number;
}
/** An event that has the room. @returns its uid */
async function book({ approval_reason, start = START, ...more }: Wanted = {}, as: ReturnType<typeof lark.withUserAccessToken> = asPerson): Promise<string> {
  const time = (at: number) => ({ timestamp: String(at) });
  const made = await calendarEvent.create(
    { path: { calendar_id }, data: { summary: '周会', start_time: time(start), end_time: time(start + HOUR), ...more } },
    as,
  );
  const event_id = made.data?.event?.event_id ?? '';
  const resource = { type: 'resource' as const, room_id: room, ...(approval_reason ? { approval_reason } : {}) };
  await calendarEventAttendee.create({ path: { calendar_id, event_id }, data: { attendees: [resource] } }, as);
  return event_id.replace(/_0$/, '');
}

interface Busy {
  time_min: string;
  time_max: string;
  free_busy: Record<string, object[]>;
  error_room_ids: string[];
}
/** The parameter `room_ids` repeated for each room, as the vendor's page has it; what the SDK would make of a list is not that. */
const busyUrl = (params: Query) => `/open-apis/meeting_room/freebusy/batch_get?${queryString(params)}`;
const busy = (params: Query) => client.request<{ code: number; msg: string; data: Busy }>({ method: 'GET', url: busyUrl(params) });
const period = { time_min: iso(NOON), time_max: iso(NOON + DAY) };
const answer = (data: object) => client.request<object>({ method: 'POST', url: '/open-apis/meeting_room/instance/reply', data });
const say = (status: string, uid: string, original_time = 0) => answer({ room_id: room, uid, original_time, status });
const done = { code: 0, msg: 'success' };

interface Shown {
  id: string;
  status: string;
  start: string;
  release: { cause: string; by: string | null } | null;
  rejection: { rule: string; by: string | null } | null;
}
async function ask<Body>(method: string, path: string, body?: object): Promise<Body> {
  const init = body ? { body: JSON.stringify(body) } : {};
  const response = await fetch(`${app.url}/api/v1${path}`, { method, headers: { authorization: `Bearer ${token}` }, ...init });
  const shown = (await response.json()) as Body;
  expect(response.ok, JSON.stringify(shown)).toBe(true);
  return shown;
}
const reservations = async () => (await ask<{ reservations: Shown[] }>('GET', `/reservations?room=${room}`)).reservations;
const statuses = async () => (await reservations()).map(({ status }) => status);
async function row() {
  const start_time = String(Math.min(START, app.clock.now()));
  const params = { start_time, end_time: String(START), room_ids: [room], room_level_id: '' };
  return (await client.vc.v1.resourceReservationList.get({ params })).data?.room_reservation_list?.[0];
}
const needsApproval = () => ask('PATCH', `/settings/${room}`, { approval: { enabled: true, applies: 'always', hours: 99, approvers: [approver] } });
const panel = () => ask<{ credential: string }>('POST', `/rooms/${room}/devices`, { kind: 'panel', name: '门口' });
async function checkIn(credential: string): Promise<void> {
  const [reservation] = await reservations();
  const url = `${app.url}/api/v1/reservations/${reservation?.id ?? ''}/check-in`;
  expect((await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${credential}` } })).status).toBe(200);
}

async function refusal(call: Promise<unknown>) {
  const { status, data } = await rejection(call);
  const { code, msg, error } = data;
  return { status, code, msg, ...(error.field_violations ? { fields: [...new Set(error.field_violations.map(({ field }) => field))].sort() } : {}) };
}
const fault = (name: keyof typeof faults) => ({ status: faults[name].http, code: faults[name].code, msg: faults[name].msg });

describe('when rooms are busy', () => {
  it('is told with the event and who organises it', async () => {
    const second = (await addRoom(app, tenantId, level)).roomId;
    const uid = await book();
    const byApp = await book({ start: END, recurrence: 'FREQ=DAILY;COUNT=2' }, {});
    const { code, msg, data } = await busy({ room_ids: [room, second, missingRoom, foreignRoom], ...period });
    expect({ code, msg }).toEqual(done);
    expect(data).toEqual({
      ...period,
      free_busy: {
        [room]: [
          { start_time: iso(START), end_time: iso(END), uid, original_time: 0, organizer_info: { name: '可涵', open_id: person } },
          // The name of an app is not told.
          { start_time: iso(END), end_time: iso(END + HOUR), uid: byApp, original_time: END, organizer_info: { open_id: appId } },
        ],
        [second]: [],
      },
      error_room_ids: [missingRoom, foreignRoom],
    });
  });

  it('is told without the organiser when the event is private', async () => {
    const uid = await book({ visibility: 'private' });
    const { data } = await busy({ room_ids: [room], ...period });
    expect(data.free_busy[room]).toEqual([{ start_time: iso(START), end_time: iso(END), uid, original_time: 0 }]);
  });

  it('leaves out what is given up, what waits, and what only touches the period', async () => {
    await needsApproval();
    await book({ approval_reason: '评审' });
    const of = async (from: number, to: number) => (await busy({ room_ids: [room], time_min: iso(from), time_max: iso(to) })).data.free_busy[room]?.length;
    expect(await of(NOON, NOON + DAY)).toBe(0);
    const [pending] = await reservations();
    await ask('POST', `/reservations/${pending?.id ?? ''}/approve`, {});
    expect([await of(NOON, START), await of(NOON, START + 1), await of(END - 1, NOON + DAY), await of(END, NOON + DAY)]).toEqual([0, 1, 1, 0]);
    await ask('POST', `/reservations/${pending?.id ?? ''}/release`);
    expect(await of(NOON, NOON + DAY)).toBe(0);
  });

  it('takes the offset of the times that it is asked for', async () => {
    await book();
    const times = { time_min: '2026-03-18T14:00:00+08:00', time_max: '2026-03-18T15:00:00+08:00' };
    const { data } = await busy({ room_ids: [room], ...times });
    expect(data.free_busy[room]).toHaveLength(1);
    expect(data).toMatchObject(times);
  });

  it.each([
    ['no room', { room_ids: [] }, ['room_ids']],
    ['too many rooms', { room_ids: Array.from({ length: 21 }, () => missingRoom) }, ['room_ids']],
    ['no start', { time_min: undefined }, ['time_min']],
    ['an end before the start', { time_max: iso(NOON - 1) }, ['time_max']],
    ['a moment that there is not', { time_max: '2026-02-30T00:00:00Z' }, ['time_max']],
  ])('is not told of %s', async (_, change, fields) => {
    expect(await refusal(busy({ room_ids: [room], ...period, ...change }))).toEqual({ ...fault('param'), fields });
  });

  it('is for apps', async () => {
    const request = { method: 'GET', url: busyUrl({ room_ids: [room], ...period }) };
    expect(await refusal(client.request(request, asPerson))).toMatchObject({ status: 400, code: 99991668 });
  });
});

describe('what another system says of a reservation', () => {
  it('NOT_CHECK_IN: nobody came', async () => {
    await panel();
    const uid = await book();
    app.clock.seconds = START + 10 * MINUTE;
    expect(await say('NOT_CHECK_IN', uid)).toEqual(done);
    expect((await reservations())[0]).toMatchObject({ status: 'released', release: { cause: 'no_show', by: null } });
    expect(await row()).toMatchObject({
      reservation_status: '已释放（未签到被释放）',
      room_check_in_status: '超时未签到',
      releasing_person: '',
      releasing_time: '2026.03.18 14:10:00 (GMT+08:00)',
    });
    expect((await busy({ room_ids: [room], ...period })).data.free_busy[room]).toEqual([]);
  });

  it('NOT_CHECK_IN is not believed of a reservation that somebody checked in to', async () => {
    const { credential } = await panel();
    const uid = await book();
    app.clock.seconds = START;
    await checkIn(credential);
    expect(await refusal(say('NOT_CHECK_IN', uid))).toEqual(fault('param'));
    expect(await statuses()).toEqual(['accepted']);
  });

  it('ENDED_BEFORE_DUE: those who came have left', async () => {
    const { credential } = await panel();
    const uid = await book();
    app.clock.seconds = START;
    await checkIn(credential);
    app.clock.seconds = START + 30 * MINUTE;
    expect(await say('ENDED_BEFORE_DUE', uid)).toEqual(done);
    expect(await row()).toMatchObject({ reservation_status: '已释放（会议结束后自动释放）', room_check_in_status: '已签到', releasing_person: '' });
    expect(await refusal(say('ENDED_BEFORE_DUE', uid))).toEqual(fault('param'));
  });

  it.each([
    ['before it begins', START - 1],
    ['when it is over', END],
  ])('ENDED_BEFORE_DUE is not believed %s', async (_, now) => {
    const uid = await book();
    app.clock.seconds = now;
    expect(await refusal(say('ENDED_BEFORE_DUE', uid))).toEqual(fault('param'));
    expect(await statuses()).toEqual(['accepted']);
  });

  it('ACCEPTED_BY_ADMIN: the request is approved, and what else asked for the slot is not', async () => {
    await needsApproval();
    const [uid, rival] = [await book({ approval_reason: '评审' }), await book({ approval_reason: '面试' })];
    expect(await statuses()).toEqual(['pending', 'pending']);
    expect(await say('ACCEPTED_BY_ADMIN', uid)).toEqual(done);
    expect((await reservations()).map(({ status, rejection: why }) => [status, why?.rule])).toEqual([
      ['accepted', undefined],
      ['rejected', 'outbid'],
    ]);
    expect(await row()).toMatchObject({ reservation_status: '预定成功' });
    expect(await refusal(say('ACCEPTED_BY_ADMIN', uid))).toEqual(fault('param'));
    expect(await refusal(say('ACCEPTED_BY_ADMIN', rival))).toEqual(fault('param'));
  });

  it('DECLINED_BY_ADMIN: the request is turned down', async () => {
    await needsApproval();
    const uid = await book({ approval_reason: '评审' });
    expect(await say('DECLINED_BY_ADMIN', uid)).toEqual(done);
    expect((await reservations())[0]).toMatchObject({ status: 'rejected', rejection: { rule: 'by_approver', by: 'tests' } });
    expect(await row()).toBeUndefined();
    expect(await refusal(say('ACCEPTED_BY_ADMIN', uid))).toEqual(fault('param'));
  });

  it.each(['ACCEPTED_BY_ADMIN', 'DECLINED_BY_ADMIN'])('%s is about requests only', async (status) => {
    const uid = await book();
    expect(await refusal(say(status, uid))).toEqual(fault('param'));
    expect(await statuses()).toEqual(['accepted']);
  });

  it('is about one date of a series', async () => {
    const uid = await book({ recurrence: 'FREQ=DAILY;COUNT=3' });
    app.clock.seconds = START + DAY + 10 * MINUTE;
    expect(await say('NOT_CHECK_IN', uid, START + DAY)).toEqual(done);
    expect(await statuses()).toEqual(['accepted', 'released', 'accepted']);
  });

  it.each([
    ['a time that is no date of the series', START + HOUR],
    ['the series as a whole', 0],
  ])('is not about %s', async (_, original) => {
    const uid = await book({ recurrence: 'FREQ=DAILY;COUNT=3' });
    expect(await refusal(say('NOT_CHECK_IN', uid, original))).toEqual(fault('originalTime'));
  });

  it('is not about a date of an event that has one only', async () => {
    expect(await refusal(say('NOT_CHECK_IN', await book(), START))).toEqual(fault('originalTime'));
  });

  it('is about a room that the event has', async () => {
    const uid = await book();
    const known = room;
    const statement = { uid, original_time: 0, status: 'NOT_CHECK_IN' };
    for (const room_id of [missingRoom, foreignRoom, 'x']) expect(await refusal(answer({ room_id, ...statement }))).toEqual(fault('notFound'));
    room = (await addRoom(app, tenantId, level)).roomId;
    expect(await refusal(answer({ room_id: room, ...statement }))).toEqual(fault('notFound'));
    expect(await refusal(answer({ room_id: known, ...statement, uid: randomUUID() }))).toEqual(fault('notFound'));
  });

  it.each([
    ['a status that there is not', { status: 'MAYBE' }, ['status']],
    ['no status', { status: undefined }, ['status']],
    ['no room', { room_id: '' }, ['room_id']],
    ['no event', { uid: undefined }, ['uid']],
    ['an original time of text', { original_time: '0' }, ['original_time']],
    ['an original time before 1970', { original_time: -1 }, ['original_time']],
  ])('is not %s', async (_, change, fields) => {
    const statement = { room_id: room, uid: randomUUID(), original_time: 0, status: 'NOT_CHECK_IN', ...change };
    expect(await refusal(answer(statement))).toEqual({ ...fault('param'), fields });
  });
});
