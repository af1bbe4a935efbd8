import { randomUUID } from 'node:crypto';
import { createApp } from '../../src/domain/apps.ts';
import { attendeeId } from '../../src/domain/attendance.ts';
import { authorize } from '../../src/domain/authorization.ts';
import { bindDevice } from '../../src/domain/devices.ts';
import { addEvent } from '../../src/domain/events.ts';
import type { Tables } from '../../src/store/tables.ts';
import type { Endpoint, TokenKind } from '../../src/wire/endpoint.ts';
import { formatAppId, formatCalendarId, formatEventId, formatRefreshToken, formatToken, formatUserId, packSecret } from '../../src/wire/identifiers.ts';
import { endpoints } from '../../src/wire/index.ts';
import { credentialHeaders, NOON, tenantToken, tester, testTenant, testUser, userSession, userToken, type TestApp, type TestTenant } from './app.ts';
import { addLevel, addReservations, addRoom, queryString, reservation, type Query } from './ledger.ts';

/*
 * Tenants with something of everything, and for each method the requests that name it: those who may not see it, or may not do it,
 * are tried with all of them.
 */
export const SCOPES = [
  'vc:room',
  'vc:room:readonly',
  'calendar:calendar',
  'calendar:room:readonly',
  'yuding:read',
  'yuding:book',
  'yuding:admin',
  'contact:contact.base:readonly',
  'contact:contact:readonly',
];

/** Everything of a tenant that a request can name. */
export interface Ids {
  /** The tenant's own level, one below it that has rooms, and one without. */
  root: string;
  level: string;
  empty: string;
  room: string;
  user: string;
  department: string;
  /** One below it, nobody in it. */
  subDepartment: string;
  device: string;
  /** The tenant's own ids; the department has it for a name too. */
  customRoom: string;
  customLevel: string;
  customDepartment: string;
  /** Calendars of its administrator and of its app. */
  calendar: string;
  appCalendar: string;
  /** A series, in both calendars, with the room; one instance of it; and who is invited. */
  event: string;
  instance: string;
  uid: string;
  attendee: string;
  guest: string;
  /** An app besides the one that calls. */
  app: string;
  /** Of the room, ahead. */
  reservation: string;
  /** A code and a refresh token that a person let the calling app have. */
  code: string;
  refresh: string;
  /** Page tokens of walks through `level` and through the whole tenant. */
  tokens: Readonly<Record<string, string>>;
}

export interface World {
  tenant: TestTenant;
  bearers: Readonly<Record<TokenKind, string>>;
  ids: Ids;
}

export interface Request {
  params?: Readonly<Record<string, string>>;
  query?: Query;
  headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is. */
  body?: object | string;
  /** Only with tokens of these kinds: the others are not told from each other by it. */
  kinds?: readonly TokenKind[];
}

/** Starts of the series, and of what is reserved besides: nothing of it touches the other. */
const MARCH = { from: '2026-03-01', to: '2026-03-31' };
const SERIES_AT = NOON + 10 * 86_400;
const RESERVED_AT = NOON + 3 * 86_400;
const FREE_AT = NOON + 5 * 86_400;
export const iso = (at: number) => new Date(at * 1000).toISOString();
export const hourFrom = (at: number) => ({ start: iso(at), end: iso(at + 3600) });
const wireHourFrom = (at: number) => ({ start_time: { timestamp: String(at) }, end_time: { timestamp: String(at + 3600) } });

/** Sends a request that must succeed. */
export async function made(app: TestApp, id: string, bearer: string, request: Request): Promise<string> {
  const { status, body } = await send(app, endpointOf(id), bearer, request);
  if (status >= 300) throw new Error(`${id}: ${body}`);
  return body;
}

/** A series in the calendar of the app, to which its administrator is invited and a room: changed and answered for one instance. */
async function addSeries(app: TestApp, bearers: World['bearers'], { room, user, administratorId }: { room: string; user: string; administratorId: string }) {
  const body = { summary: '例会', recurrence: 'FREQ=DAILY;COUNT=12', ...wireHourFrom(SERIES_AT) };
  const created = await made(app, 'calendar.v4.event.create', bearers.tenant, { params: { calendar_id: 'primary' }, body });
  const uid = /"event_id":"([0-9a-f-]{36})_0"/.exec(created)?.[1] ?? '';
  const of = (originalAt: number) => ({ calendar_id: 'primary', event_id: formatEventId(uid, originalAt) });
  const people = [user, administratorId].map((user_id) => ({ type: 'user', user_id }));
  const mails = Array.from({ length: 10 }, (_, i) => ({ type: 'third_party', third_party_email: `guest${String(i)}@example.com` }));
  const attendees = [{ type: 'resource', room_id: room }, ...people, ...mails];
  await made(app, 'calendar.v4.attendee.create', bearers.tenant, { params: of(0), body: { attendees } });
  await made(app, 'calendar.v4.event.reply', bearers.user, { params: of(SERIES_AT + 86_400), body: { rsvp_status: 'accept' } });
  await made(app, 'calendar.v4.event.patch', bearers.tenant, { params: of(SERIES_AT + 2 * 86_400), body: { summary: '例外' } });
  return { uid, event: formatEventId(uid, 0), instance: formatEventId(uid, SERIES_AT + 86_400) };
}

/** What a tenant has of every kind of credential. */
async function addCredentials(app: TestApp, { tenantId: tenant_id, appId: app_id, administratorId: user_id }: TestTenant): Promise<void> {
  const db = app.ctx.db.kysely;
  const hash = () => app.ctx.ids.device();
  const grant = { tenant_id, app_id, user_id, scopes: 'yuding:read' };
  const life = { issued_at: NOON, expires_at: NOON + 7200 };
  await db.insertInto('passwords').values({ tenant_id, user_id, hash: hash(), changed_at: NOON }).execute();
  await db.insertInto('one_time_links').values({ tenant_id, link_hash: hash(), purpose: 'password', user_id, expires_at: NOON }).execute();
  await db.insertInto('installations').values({ tenant_id, app_id, in_tenant: tenant_id, installed_at: NOON }).execute();
  await db.insertInto('app_tickets').values({ tenant_id, ticket_hash: hash(), app_id, expires_at: NOON }).execute();
  await db
    .insertInto('app_tokens')
    .values({ tenant_id, token_hash: hash(), app_id, secret_version: 1, ...life })
    .execute();
  const code = { redirect_uri: 'https://app.example/', family: hash(), expires_at: NOON };
  await db
    .insertInto('authorization_codes')
    .values({ ...grant, code_hash: hash(), ...code })
    .execute();
  await db
    .insertInto('refresh_tokens')
    .values({ ...grant, token_hash: hash(), family: hash(), began_at: NOON, expires_at: NOON })
    .execute();
  await db
    .insertInto('grants')
    .values({ ...grant, granted_at: NOON })
    .execute();
}

/** A code and a refresh token of the app, of its administrator, who lets another app act too. */
async function addOffers(app: TestApp, { tenantId, appId, administratorId: userId }: TestTenant, bearer: string, other: string) {
  const asked = { redirectUri: 'https://app.example/', scopes: [], challenge: null };
  const code = async (by: string) =>
    packSecret(tenantId, await authorize(app.ctx, tester, { tenantId, userId }, { client: { appId: by, tenantId }, ...asked }));
  const body = { grant_type: 'authorization_code', code: await code(appId) };
  const bought = await made(app, 'authen.v1.oidc_access_token.create', bearer, { body });
  await code(other);
  return { code: await code(appId), refresh: /"refresh_token":"([^"]+)"/.exec(bought)?.[1] ?? '' };
}

/** So many events of the app that its calendar has a second page. */
async function addManyEvents(app: TestApp, { tenantId, appId }: TestTenant): Promise<void> {
  const organizer = { id: appId, name: 'tests', department: '', person: null };
  const times = { startAt: SERIES_AT, endAt: SERIES_AT + 3600, timeZone: 'Asia/Shanghai', allDay: false };
  const fields = { title: '', description: '', isPrivate: false, recurrence: null, details: {}, ...times };
  await app.ctx.db.transaction(async (tx) => {
    for (let i = 0; i < 51; i++) await addEvent(tx, { tenantId, uid: randomUUID(), organizer, fields, lastEndAt: times.endAt, now: NOON });
  });
}

/** Two requests that wait for a decision, and two reservations that an app made for the administrator, who is told of them. */
async function addNews(
  app: TestApp,
  bearers: World['bearers'],
  { tenantId, room, administratorId }: { tenantId: number; room: { roomNo: number; roomId: string }; administratorId: string },
): Promise<void> {
  const waiting = { tenant_id: tenantId, room_no: room.roomNo, accepted_at: null, approval_reason: '客户来访' };
  await addReservations(
    app,
    [0, 1].map((i) => reservation({ ...waiting, start_at: FREE_AT + i * 1800 })),
  );
  for (const at of [RESERVED_AT, RESERVED_AT + 3600]) {
    const body = { room_id: room.roomId, ...hourFrom(at), on_behalf_of: administratorId };
    await made(app, 'v1.reservation.book', bearers.tenant, { body });
  }
  await app.ctx.db.kysely.insertInto('inbox_marks').values({ tenant_id: tenantId, user_id: administratorId, read_up_to: 0 }).execute();
}

/** A tenant with something of everything. @param whole with a calendar of several pages */
export async function furnish(app: TestApp, whole = false): Promise<World> {
  const tenant = await testTenant(app, { scopes: SCOPES });
  const { tenantId, rootLevelId, administratorId } = tenant;
  const level = await addLevel(app, tenantId, rootLevelId);
  const empty = await addLevel(app, tenantId, rootLevelId);
  const [room, , asked] = [await addRoom(app, tenantId, level), await addRoom(app, tenantId, level), await addRoom(app, tenantId, level)];
  const { ids } = app.ctx;
  const [customRoom, customLevel, customDepartment] = [ids.device(), ids.device(), `D-${ids.device()}`];
  const [department, subDepartment] = [ids.department(), ids.department()];
  const db = app.ctx.db.kysely;
  await db
    .insertInto('departments')
    .values([
      { tenant_id: tenantId, department_id: department, name: customDepartment, custom_department_id: customDepartment, parent_id: null },
      { tenant_id: tenantId, department_id: subDepartment, name: '平台组', custom_department_id: '', parent_id: department },
    ])
    .execute();
  await db.updateTable('rooms').set({ custom_room_id: customRoom }).where('tenant_id', '=', tenantId).where('room_id', '=', room.roomId).execute();
  await db.updateTable('levels').set({ custom_group_id: customLevel }).where('tenant_id', '=', tenantId).where('level_id', '=', level).execute();
  const user = await testUser(app, tenantId);
  const setting = { tenant_id: tenantId, part: 'administrators' as const, value: JSON.stringify({ users: [user], departments: [department] }) };
  const { directory_version } = await db.selectFrom('tenants').select('directory_version').where('tenant_id', '=', tenantId).executeTakeFirstOrThrow();
  for (const scope_id of [level, room.roomId])
    await db
      .insertInto('settings')
      .values({ ...setting, scope_id, changed_in: directory_version })
      .execute();
  const starts = Array.from({ length: 25 }, (_, i) => NOON - 80_000 + i * 3600);
  await addReservations(
    app,
    starts.map((start_at) => reservation({ tenant_id: tenantId, room_no: room.roomNo, start_at })),
  );
  const { device, secret } = await bindDevice(app.ctx, tester, { tenantId, roomId: room.roomId, kind: 'panel', name: 'panel' });
  await bindDevice(app.ctx, tester, { tenantId, roomId: room.roomId, kind: 'sensor', name: 'sensor' });
  const tokens = { tenant: await tenantToken(app, tenant), user: await userToken(app, tenant, administratorId, SCOPES) };
  const bearers = { ...tokens, device: formatToken({ kind: 'device', tenantId, secret }), session: await userSession(app, tenantId, administratorId) };
  await addCredentials(app, tenant);
  const things = {
    root: rootLevelId,
    level,
    empty,
    room: room.roomId,
    user,
    department,
    device: device.device_id,
    customRoom,
    customLevel,
    subDepartment,
    customDepartment,
  };
  if (whole) await addManyEvents(app, tenant);
  const series = await addSeries(app, bearers, { room: room.roomId, user, administratorId });
  const booked = await made(app, 'v1.reservation.book', bearers.user, {
    headers: { 'idempotency-key': 'once' },
    body: { room_id: room.roomId, ...hourFrom(RESERVED_AT), on_behalf_of: user },
  });
  await addNews(app, bearers, { tenantId, room: asked, administratorId });
  const other = await createApp(app.ctx, tester, { tenantId, name: 'other', scopes: SCOPES });
  const calendars = { calendar: formatCalendarId(administratorId), appCalendar: formatCalendarId(tenant.appId) };
  const invited = { attendee: attendeeId('room', room.roomId), guest: attendeeId('user', user) };
  const reserved = /"id":"(\d+)"/.exec(booked)?.[1] ?? '';
  const offers = await addOffers(app, tenant, bearers.tenant, other.appId);
  const named = { ...things, ...series, ...calendars, ...invited, app: other.appId, ...offers, reservation: reserved };
  return { tenant, bearers, ids: { ...named, tokens: await pageTokens(app, bearers, named, whole) } };
}

/** The first page token of every walk that there is. */
async function pageTokens(
  app: TestApp,
  bearers: World['bearers'],
  { level, event }: Pick<Ids, 'level' | 'event'>,
  whole: boolean,
): Promise<Record<string, string>> {
  const ofEvent = { params: { calendar_id: 'primary', event_id: event } };
  const period = { start_time: SERIES_AT, end_time: SERIES_AT + 30 * 86_400, page_size: 10 };
  type Walk = [string, bearer: string, Request];
  const walks: Walk[] = [
    ['vc.v1.room.list', bearers.tenant, { query: { page_size: 1 } }],
    ['vc.v1.room.list level', bearers.tenant, { query: { page_size: 1, room_level_id: level } }],
    ['vc.v1.room.search', bearers.user, { body: { page_size: 1 } }],
    ['vc.v1.room_level.list', bearers.tenant, { query: { page_size: 1 } }],
    ['vc.v1.resource_reservation_list.get', bearers.tenant, { query: { start_time: NOON - 80_000, end_time: NOON, page_size: 20 } }],
    ['v1.room.list', bearers.tenant, { query: { limit: 1 } }],
    ['v1.tree.get', bearers.tenant, { query: { limit: 1 } }],
    ['v1.reservation.list', bearers.tenant, { query: { limit: 1 } }],
    ['v1.ledger.list', bearers.tenant, { query: { ...ledgerPeriod, limit: 20 } }],
    ['v1.approval.list', bearers.tenant, { query: { limit: 1 } }],
    ['v1.inbox.list', bearers.user, { query: { limit: 1 } }],
    ['v1.utilisation.list', bearers.tenant, { query: { ...MARCH, weekday: 3, hour: 10, limit: 1 } }],
    ['v1.app.list', bearers.tenant, { query: { limit: 1 } }],
    ['v1.device.list_all', bearers.tenant, { query: { limit: 1 } }],
    ['v1.audit.list', bearers.tenant, { query: { limit: 1 } }],
    ['v1.user.list', bearers.tenant, { query: { limit: 1 } }],
    ['v1.department.list', bearers.tenant, { query: { children: true, limit: 1 } }],
    ['contact.v3.user.find_by_department', bearers.tenant, { query: { department_id: '0', page_size: 1 } }],
    ['calendar.v4.event.instances', bearers.tenant, { ...ofEvent, query: period }],
    ['calendar.v4.attendee.list', bearers.tenant, { ...ofEvent, query: { page_size: 10 } }],
    ...(whole ? [['calendar.v4.event.list', bearers.tenant, { params: { calendar_id: 'primary' }, query: { page_size: 50 } }] satisfies Walk] : []),
  ];
  const tokens: Record<string, string> = {};
  for (const [name, bearer, request] of walks) {
    const { body } = await send(app, endpointOf(name.split(' ')[0] ?? ''), bearer, request);
    const token = /"(?:page_token|next_cursor)":"([^"]+)"/.exec(body)?.[1];
    if (token === undefined) throw new Error(`no second page of ${name}: ${body}`);
    tokens[name] = token;
  }
  return tokens;
}

/** Ids of the same forms that nobody has. */
export function nobodys(app: TestApp, { tokens, reservation }: Ids): Ids {
  const { ids } = app.ctx;
  const uid = randomUUID();
  return {
    root: ids.level(),
    level: ids.level(),
    empty: ids.level(),
    room: ids.room(),
    user: ids.user(),
    department: ids.department(),
    device: ids.device(),
    customRoom: ids.device(),
    customLevel: ids.device(),
    subDepartment: ids.department(),
    customDepartment: `D-${ids.device()}`,
    calendar: formatCalendarId(ids.user()),
    appCalendar: formatCalendarId(formatAppId(1, 0x7fff_ffff)),
    event: formatEventId(uid, 0),
    instance: formatEventId(uid, SERIES_AT + 86_400),
    uid,
    attendee: attendeeId('room', ids.room()),
    guest: attendeeId('user', ids.user()),
    app: formatAppId(1, 0x7fff_fffe),
    reservation: '9'.repeat(reservation.length),
    code: packSecret(1, ids.tokenSecret()),
    refresh: formatRefreshToken('oidc', 1, ids.tokenSecret()),
    tokens: Object.fromEntries(Object.entries(tokens).map(([name, token]) => [name, 'x'.repeat(token.length)])),
  };
}

const disabledBy = (contact: string) => ({ room_status: { status: false, contact_ids: [contact] } });
const disabledByV1 = (contact: string) => ({ disabled: { contacts: [contact] } });
/** On one page: the token of a second one is a signature over the query, and so over the ids in it. */
const day = { start_time: NOON - 80_000, end_time: NOON, page_size: 100 };
/** Longer than the vendor's method takes. */
const ledgerPeriod = { from: iso(NOON - 5 * 86_400), to: iso(NOON + 5 * 86_400), limit: 100 };
const nextDay = { from: iso(NOON), to: iso(NOON + 86_400) };
const aMonth = { time_min: iso(NOON), time_max: iso(NOON + 30 * 86_400) };
const aFortnight = { time_min: iso(NOON + 9 * 86_400), time_max: iso(NOON + 20 * 86_400) };

/**
 * What each method can be told of another tenant.
 *
 * @param own what the caller's tenant has, for a request that is otherwise in order
 */
export const requests: Readonly<Record<string, (foreign: Ids, own: Ids) => Request[]>> = {
  'vc.v1.resource_reservation_list.get': ({ root, level, room, tokens }) => [
    { query: { ...day, room_level_id: root } },
    { query: { ...day, room_level_id: level } },
    { query: { ...day, room_ids: [room] } },
    { query: { ...day, room_ids: [room], is_exclude: true } },
    { query: { ...day, room_level_id: level, room_ids: [room] } },
    { query: { ...day, page_token: tokens['vc.v1.resource_reservation_list.get'] } },
  ],

  'vc.v1.room.create': ({ root, level, user }, own) => [
    { body: { name: 'new', capacity: 1, room_level_id: level } },
    { body: { name: 'new', capacity: 1, room_level_id: root } },
    { body: { name: 'Room 1', capacity: 1, room_level_id: level } },
    { body: { name: 'new', capacity: 1, room_level_id: own.level, ...disabledBy(user) } },
  ],
  'vc.v1.room.patch': ({ root, level, room, user }, own) => [
    { params: { room_id: room }, body: { capacity: 99 } },
    { params: { room_id: room }, body: { room_level_id: own.level } },
    { params: { room_id: own.room }, body: { room_level_id: level } },
    { params: { room_id: own.room }, body: { room_level_id: root } },
    { params: { room_id: own.room }, body: disabledBy(user) },
  ],
  'vc.v1.room.get': ({ room }) => [{ params: { room_id: room } }],
  'vc.v1.room.list': ({ root, level, tokens }) => [
    { query: { room_level_id: root } },
    { query: { room_level_id: level } },
    { query: { page_token: tokens['vc.v1.room.list'] } },
    { query: { room_level_id: level, page_token: tokens['vc.v1.room.list level'] } },
  ],
  'vc.v1.room.mget': ({ room }, own) => [{ body: { room_ids: [room] } }, { body: { room_ids: [own.room, room] } }],
  'vc.v1.room.search': ({ root, level, customRoom, tokens }) => [
    { body: { room_level_id: root } },
    { body: { room_level_id: level } },
    { body: { room_level_id: level, keyword: 'room', search_level_name: true } },
    { body: { keyword: level, search_level_name: true } },
    { body: { custom_room_ids: [customRoom] } },
    { body: { page_token: tokens['vc.v1.room.search'] } },
  ],
  'vc.v1.room.delete': ({ room }) => [{ params: { room_id: room } }],

  'vc.v1.room_level.create': ({ root, level }) => [{ body: { name: 'new', parent_id: level } }, { body: { name: 'new', parent_id: root } }],
  'vc.v1.room_level.patch': ({ root, level, empty }, own) => [
    { params: { room_level_id: level }, body: { name: 'new', parent_id: own.empty } },
    { params: { room_level_id: level }, body: { name: 'new', parent_id: empty } },
    { params: { room_level_id: root }, body: { name: 'new', parent_id: '0' } },
    { params: { room_level_id: own.empty }, body: { name: 'new', parent_id: level } },
    { params: { room_level_id: own.empty }, body: { name: 'new', parent_id: root } },
  ],
  'vc.v1.room_level.get': ({ root, level }) => [{ params: { room_level_id: level } }, { params: { room_level_id: root } }],
  'vc.v1.room_level.list': ({ root, level, tokens }) => [
    { query: { room_level_id: level } },
    { query: { room_level_id: root } },
    { query: { page_token: tokens['vc.v1.room_level.list'] } },
  ],
  'vc.v1.room_level.mget': ({ root, level }, own) => [{ body: { level_ids: [level, root] } }, { body: { level_ids: [own.level, level] } }],
  'vc.v1.room_level.search': ({ customLevel }, own) => [
    { query: { custom_level_ids: customLevel } },
    { query: { custom_level_ids: `${own.customLevel},${customLevel}` } },
  ],
  'vc.v1.room_level.del': ({ root, level, empty }) => [
    { body: { room_level_id: empty } },
    { body: { room_level_id: level } },
    { body: { room_level_id: level, delete_child: true } },
    { body: { room_level_id: root, delete_child: true } },
  ],

  'vc.v1.reserve_config.reserve_scope': ({ root, level, room }) => [
    { query: { scope_id: level, scope_type: '1' } },
    { query: { scope_id: root, scope_type: '1' } },
    { query: { scope_id: room, scope_type: '2' } },
  ],
  'vc.v1.reserve_config.patch': ({ root, level, room, user, department }, own) => [
    ...[level, root].map((id) => ({
      params: { reserve_config_id: id },
      body: { scope_type: '1', time_config: { time_switch: 1, if_cover_child_scope: true } },
    })),
    { params: { reserve_config_id: room }, body: { scope_type: '2', time_config: { time_switch: 1 } } },
    ...[
      { approval_config: { approval_switch: 1, approval_condition: 0, approvers: [{ user_id: user }] } },
      { reserve_scope_config: { allow_all_users: 0, allow_users: [{ user_id: user }] } },
      { reserve_scope_config: { allow_all_users: 0, allow_depts: [{ department_id: department }] } },
    ].map((config) => ({ params: { reserve_config_id: own.room }, body: { scope_type: '2', ...config } })),
  ],
  'vc.v1.reserve_config_admin.get': ({ root, level, room }) => [
    { params: { reserve_config_id: level }, query: { scope_type: 1 } },
    { params: { reserve_config_id: root }, query: { scope_type: 1 } },
    { params: { reserve_config_id: room }, query: { scope_type: 2 } },
  ],
  'vc.v1.reserve_config_admin.patch': ({ root, level, room, user, department }, own) => [
    { params: { reserve_config_id: level }, body: { scope_type: 1, reserve_admin_config: {} } },
    { params: { reserve_config_id: root }, body: { scope_type: 1, reserve_admin_config: {} } },
    { params: { reserve_config_id: room }, body: { scope_type: 2, reserve_admin_config: {} } },
    { params: { reserve_config_id: own.room }, body: { scope_type: 2, reserve_admin_config: { users: [{ user_id: user }] } } },
    { params: { reserve_config_id: own.room }, body: { scope_type: 2, reserve_admin_config: { depts: [{ department_id: department }] } } },
  ],

  'v1.tree.get': ({ root, level, tokens }) => [{ query: { level } }, { query: { level: root } }, { query: { limit: 1, cursor: tokens['v1.tree.get'] } }],
  'v1.utilisation.get': ({ root, level }, own) => [
    { query: { ...MARCH, level } },
    { query: { ...MARCH, level: root } },
    { query: { ...MARCH, level: own.level, compare: level } },
  ],
  'v1.utilisation.list': ({ root, level, tokens }) => [
    { query: { ...MARCH, level, weekday: 3, hour: 10 } },
    { query: { ...MARCH, level: root, weekday: 3, hour: 10 } },
    { query: { ...MARCH, weekday: 3, hour: 10, limit: 1, cursor: tokens['v1.utilisation.list'] } },
  ],
  'v1.level.create': ({ root, level }) => [{ body: { name: 'new', parent_id: level } }, { body: { name: 'new', parent_id: root } }],
  'v1.level.get': ({ root, level }) => [{ params: { level_id: level } }, { params: { level_id: root } }],
  'v1.level.change': ({ root, level, empty }, own) => [
    { params: { level_id: level }, body: { name: 'new' } },
    { params: { level_id: root }, body: { name: 'new' } },
    { params: { level_id: level }, body: { parent_id: own.empty } },
    { params: { level_id: level }, body: { parent_id: empty } },
    { params: { level_id: own.empty }, body: { parent_id: level } },
    { params: { level_id: own.empty }, body: { parent_id: root, time_zone: 'Asia/Tokyo' } },
  ],
  'v1.level.delete': ({ root, level, empty }) => [
    { params: { level_id: level }, query: { delete_children: true, dry_run: true } },
    { params: { level_id: root }, query: { delete_children: true } },
    { params: { level_id: empty } },
    { params: { level_id: level } },
    { params: { level_id: level }, query: { delete_children: true } },
  ],
  'v1.room.create': ({ root, level, user }, own) => [
    { body: { name: 'new', capacity: 1, level_id: level } },
    { body: { name: 'new', capacity: 1, level_id: root } },
    { body: { name: 'new', capacity: 1, level_id: own.level, ...disabledByV1(user) } },
  ],
  'v1.room.list': ({ root, level, tokens }) => [{ query: { level } }, { query: { level: root } }, { query: { limit: 1, cursor: tokens['v1.room.list'] } }],
  'v1.room.get': ({ room }) => [{ params: { room_id: room } }],
  'v1.room.change': ({ root, level, room, user }, own) => [
    { params: { room_id: room }, query: { dry_run: true }, body: { disabled: {} } },
    { params: { room_id: room }, body: { capacity: 99 } },
    { params: { room_id: room }, body: { level_id: own.level } },
    { params: { room_id: own.room }, body: { level_id: level, name: 'new' } },
    { params: { room_id: own.room }, body: { level_id: root } },
    { params: { room_id: own.room }, body: disabledByV1(user) },
    { params: { room_id: own.room }, query: { dry_run: true }, body: disabledByV1(user) },
  ],
  'v1.room.delete': ({ room }) => [{ params: { room_id: room }, query: { dry_run: true } }, { params: { room_id: room } }],
  'v1.settings.get': ({ root, level, room }) => [{ params: { scope_id: level } }, { params: { scope_id: root } }, { params: { scope_id: room } }],
  'v1.settings.change': ({ root, level, room, user, department }, own) => [
    ...[level, root].map((scope_id) => ({ params: { scope_id }, body: { administrators: null, cover: ['administrators'] } })),
    { params: { scope_id: room }, body: { administrators: null } },
    ...[
      { approval: { enabled: true, applies: 'always', hours: 1, approvers: [user] } },
      { reservers: { everybody: false, users: [user], departments: [] } },
      { reservers: { everybody: false, users: [], departments: [department] } },
      { administrators: { users: [user], departments: [] } },
      { administrators: { users: [], departments: [department] } },
    ].map((body) => ({ params: { scope_id: own.room }, body })),
  ],
  'v1.device.list_all': ({ tokens }) => [{ query: { limit: 1, cursor: tokens['v1.device.list_all'] } }],
  'v1.device.list': ({ room }) => [{ params: { room_id: room } }],
  'v1.device.bind': ({ room }) => [{ params: { room_id: room }, body: { kind: 'panel', name: 'new' } }],
  'v1.device.rotate': ({ device }) => [{ params: { device_id: device } }],
  'v1.device.unbind': ({ device }) => [{ params: { device_id: device } }],

  'calendar.v4.calendar.primary': () => [],
  'calendar.v4.event.create': ({ calendar, appCalendar }) =>
    [calendar, appCalendar].map((calendar_id) => ({ params: { calendar_id }, body: { summary: 'new', ...wireHourFrom(FREE_AT) } })),
  'calendar.v4.event.get': (foreign, own) => eventPaths(foreign, own).map((params) => ({ params })),
  'calendar.v4.event.patch': (foreign, own) =>
    eventPaths(foreign, own).flatMap((params) => [
      { params, body: { summary: 'new' } },
      { params, body: wireHourFrom(FREE_AT) },
    ]),
  'calendar.v4.event.delete': (foreign, own) => eventPaths(foreign, own).map((params) => ({ params })),
  'calendar.v4.event.list': ({ calendar, appCalendar, tokens }) => [
    ...[calendar, appCalendar].map((calendar_id) => ({ params: { calendar_id } })),
    { params: { calendar_id: 'primary' }, query: { page_size: 50, page_token: tokens['calendar.v4.event.list'] }, kinds: ['tenant'] },
  ],
  'calendar.v4.event.instances': (foreign, own) => {
    const query = { start_time: SERIES_AT, end_time: SERIES_AT + 30 * 86_400, page_size: 10 };
    const { tokens } = foreign;
    return [
      ...eventPaths(foreign, own).map((params) => ({ params, query })),
      { params: { calendar_id: 'primary', event_id: own.event }, query: { ...query, page_token: tokens['calendar.v4.event.instances'] } },
    ];
  },
  'calendar.v4.event.reply': (foreign, own) => eventPaths(foreign, own).map((params) => ({ params, body: { rsvp_status: 'decline' } })),
  'calendar.v4.attendee.create': (foreign, own) => {
    const { room, user } = foreign;
    const ownEvent = { calendar_id: 'primary', event_id: own.event };
    return [
      ...eventPaths(foreign, own).map((params) => ({ params, body: { attendees: [{ type: 'third_party', third_party_email: 'x@example.com' }] } })),
      ...[
        { attendees: [{ type: 'user', user_id: user }] },
        { attendees: [{ type: 'resource', room_id: room }] },
        { attendees: [{ type: 'resource', room_id: own.room, operate_id: user }] },
        { attendees: [{ type: 'resource', room_id: room }], is_enable_admin: true },
      ].map((body) => ({ params: ownEvent, body, kinds: ['tenant'] as const })),
    ];
  },
  'calendar.v4.attendee.list': (foreign, own) => [
    ...eventPaths(foreign, own).map((params) => ({ params })),
    {
      params: { calendar_id: 'primary', event_id: own.event },
      query: { page_size: 10, page_token: foreign.tokens['calendar.v4.attendee.list'] },
    },
  ],
  'calendar.v4.attendee.batch_delete': (foreign, own) => {
    const { attendee, guest, room, user } = foreign;
    const ownEvent = { calendar_id: 'primary', event_id: own.event };
    return [
      ...eventPaths(foreign, own).map((params) => ({ params, body: { attendee_ids: [own.guest] } })),
      ...[
        { attendee_ids: [attendee] },
        { attendee_ids: [own.guest, guest] },
        { delete_ids: [{ type: 'user', user_id: user }] },
        { delete_ids: [{ type: 'resource', room_id: room }] },
      ].map((body) => ({ params: ownEvent, body, kinds: ['tenant'] as const })),
    ];
  },
  'calendar.v4.freebusy.list': ({ user, room }) => [{ body: { user_id: user, ...aMonth } }, { body: { room_id: room, ...aMonth } }],
  'calendar.v4.freebusy.batch': ({ user }, own) => [[user], [own.user, user]].map((user_ids) => ({ body: { user_ids, ...aFortnight } })),
  'meeting_room.instance.freebusy_batch_get': ({ room }, own) => [[room], [own.room, room]].map((room_ids) => ({ query: { room_ids, ...aMonth } })),
  'meeting_room.instance.reply': ({ room, uid }, own) =>
    ['NOT_CHECK_IN', 'ENDED_BEFORE_DUE', 'ACCEPTED_BY_ADMIN', 'DECLINED_BY_ADMIN'].flatMap((status) =>
      [
        { room_id: room, uid },
        { room_id: own.room, uid },
        { room_id: room, uid: own.uid },
      ].map((named) => ({ body: { ...named, original_time: SERIES_AT, status } })),
    ),

  'v1.reservation.book': ({ room, user }, own) => [
    { body: { room_id: room, ...hourFrom(FREE_AT) } },
    { body: { room_id: own.room, ...hourFrom(FREE_AT), guests: [user] } },
    { body: { room_id: own.room, ...hourFrom(FREE_AT), on_behalf_of: user } },
  ],
  'v1.reservation.list': ({ root, level, room, user, tokens }) => [
    { query: { level } },
    { query: { level: root } },
    { query: { room } },
    { query: { reserver: user } },
    { query: { limit: 1, cursor: tokens['v1.reservation.list'] } },
  ],
  'v1.ledger.list': ({ root, level, room, tokens }) => [
    { query: { ...ledgerPeriod, level: root } },
    { query: { ...ledgerPeriod, level } },
    { query: { ...ledgerPeriod, room } },
    { query: { ...ledgerPeriod, room, exclude: true } },
    { query: { ...ledgerPeriod, level, room } },
    { query: { ...ledgerPeriod, limit: 20, cursor: tokens['v1.ledger.list'] } },
  ],
  'v1.reservation.get': ({ reservation: reservation_id }) => [{ params: { reservation_id } }],
  'v1.reservation.move': ({ reservation: reservation_id, room }, own) => [
    { params: { reservation_id }, body: hourFrom(FREE_AT) },
    { params: { reservation_id }, body: { room_id: own.room } },
    { params: { reservation_id: own.reservation }, body: { room_id: room } },
  ],
  'v1.reservation.extend': ({ reservation: reservation_id }) => [{ params: { reservation_id }, body: { end: iso(RESERVED_AT + 7200) } }],
  'v1.reservation.cancel': aStep(),
  'v1.reservation.approve': aStep({}),
  'v1.reservation.reject': aStep({}),
  'v1.reservation.check_in': aStep(),
  'v1.approval.list': ({ tokens }) => [{ query: { limit: 1, cursor: tokens['v1.approval.list'] } }],
  'v1.inbox.list': ({ tokens }) => [{ query: { limit: 1, cursor: tokens['v1.inbox.list'] } }],
  'v1.inbox.mark_read': () => [],
  'v1.room_code.get': ({ room }) => [{ params: { room_id: room } }],
  'v1.reservation.release': aStep(),
  'v1.reservation.end': aStep(),
  'v1.reservation.undo': aStep(),
  'v1.reservation.walk_up': ({ room }) => [{ params: { room_id: room }, body: { end: iso(NOON + 1800) } }],
  'v1.timeline.get': ({ root, level, room }, own) => [
    { query: { ...nextDay, level } },
    { query: { ...nextDay, level: root } },
    { query: { ...nextDay, room } },
    { query: { ...nextDay, level: own.level, room } },
  ],
  'v1.timeline.find_room': ({ root, level, room }) => [
    { query: { ...nextDay, minutes: 30, level } },
    { query: { ...nextDay, minutes: 30, level: root } },
    { query: { ...nextDay, minutes: 30, near: room } },
    { query: { ...nextDay, minutes: 30, near: level } },
  ],
  'v1.live.get': () => [],
  'v1.device.heartbeat': () => [],
  'v1.device.sensor_report': () => [],
  'v1.session.get': () => [],
  'v1.session.change_password': () => [],
  'v1.session.end': () => [],
  'v1.password_link.create': ({ user }) => [{ params: { user_id: user } }],

  'v1.app.list': ({ tokens }) => [{ query: { limit: 1, cursor: tokens['v1.app.list'] } }],
  'v1.app.create': () => [],
  'v1.app.get': ({ app: app_id }) => [{ params: { app_id } }],
  'v1.app.change': ({ app: app_id }) => [{ params: { app_id }, body: { name: 'new' } }],
  'v1.app.rotate': ({ app: app_id }) => [{ params: { app_id } }],
  'v1.app.revoke': ({ app: app_id }) => [{ params: { app_id } }],
  'v1.app.test': ({ app: app_id }) => [{ params: { app_id }, body: {} }],
  'v1.audit.list': ({ user, device, tokens }) => [
    { query: { object_kind: 'user', object_id: user } },
    { query: { object_kind: 'device', object_id: device } },
    { query: { limit: 1, cursor: tokens['v1.audit.list'] } },
  ],
  'v1.user.anonymise': ({ user: user_id }) => [{ params: { user_id }, query: { dry_run: true } }, { params: { user_id } }],
  'v1.push.get': ({ app: app_id }) => [{ params: { app_id } }],
  'v1.push.set': ({ app: app_id }) => [{ params: { app_id }, body: { url: 'ftp://nowhere.example/' } }],
  'v1.push.clear': ({ app: app_id }) => [{ params: { app_id } }],
  'v1.push.test': ({ app: app_id }) => [{ params: { app_id } }],

  'authen.v1.oidc_access_token.create': ({ code }) => [{ body: { grant_type: 'authorization_code', code } }],
  'authen.v1.oidc_refresh_access_token.create': ({ refresh: refresh_token }) => [{ body: { grant_type: 'refresh_token', refresh_token } }],
  'authen.v1.user_info.get': () => [],
  'v1.grant.list': () => [],
  'v1.grant.withdraw': ({ app: app_id }) => [{ params: { app_id } }],

  'contact.v3.user.get': ({ user }) => [
    { params: { user_id: user } },
    { params: { user_id: formatUserId('union_id', user) }, query: { user_id_type: 'union_id' } },
  ],
  'contact.v3.user.list': ({ department, customDepartment }) => [
    { query: { department_id: department } },
    { query: { department_id: customDepartment, department_id_type: 'department_id' } },
  ],
  'contact.v3.user.find_by_department': ({ department, customDepartment, tokens }) => [
    { query: { department_id: department } },
    { query: { department_id: customDepartment, department_id_type: 'department_id' } },
    { query: { department_id: '0', page_size: 1, page_token: tokens['contact.v3.user.find_by_department'] } },
  ],
  'contact.v3.user.batch': ({ user }, own) => [{ query: { user_ids: [user] } }, { query: { user_ids: [own.user, user] } }],
  'contact.v3.department.get': ({ department, customDepartment }) => [
    { params: { department_id: department } },
    { params: { department_id: customDepartment }, query: { department_id_type: 'department_id' } },
  ],
  'contact.v3.department.list': ({ department }) => [
    { query: { parent_department_id: department } },
    { query: { parent_department_id: department, fetch_child: true } },
  ],
  'contact.v3.department.children': ({ department, customDepartment }) => [
    { params: { department_id: department } },
    { params: { department_id: customDepartment }, query: { department_id_type: 'department_id', fetch_child: true } },
  ],
  'contact.v3.department.parent': ({ subDepartment }) => [{ query: { department_id: subDepartment } }],
  'contact.v3.department.batch': ({ department }, own) => [
    { query: { department_ids: [department] } },
    { query: { department_ids: [own.department, department] } },
  ],
  'v1.user.list': ({ department, tokens }) => [
    { query: { department } },
    { query: { department, children: true } },
    { query: { limit: 1, cursor: tokens['v1.user.list'] } },
  ],
  'v1.user.get': ({ user }) => [{ params: { user_id: user } }],
  'v1.user.create': ({ department }) => [{ body: { name: 'new', department_id: department } }],
  'v1.user.change': ({ user, department }, own) => [
    { params: { user_id: user }, body: { name: 'new' } },
    { params: { user_id: user }, body: { administrator: true } },
    { params: { user_id: own.user }, body: { department_id: department } },
  ],
  'v1.user.suspend': ({ user }) => [{ params: { user_id: user } }],
  'v1.user.resume': ({ user }) => [{ params: { user_id: user } }],
  'v1.department.list': ({ department, tokens }) => [
    { query: { parent: department } },
    { query: { parent: department, children: true } },
    { query: { children: true, limit: 1, cursor: tokens['v1.department.list'] } },
  ],
  'v1.department.get': ({ department }) => [{ params: { department_id: department } }],
  'v1.department.create': ({ department }) => [{ body: { name: 'new', parent_id: department } }],
  'v1.department.change': ({ department, subDepartment }, own) => [
    { params: { department_id: subDepartment }, body: { name: 'new' } },
    { params: { department_id: department }, body: { parent_id: own.department } },
    { params: { department_id: own.subDepartment }, body: { parent_id: department } },
  ],
  'v1.department.delete': ({ subDepartment }) => [{ params: { department_id: subDepartment } }],
  'v1.import.run': ({ customDepartment, empty }) => [
    { body: { kind: 'users', dry_run: true, csv: `name,employee_no,department\nnew,1,${customDepartment}` } },
    { body: { kind: 'rooms', csv: `name,level,capacity\nnew,${empty},1` } },
  ],
};

/** Methods that can be told nothing of anybody: they are about the caller alone. */
export const aboutTheCaller = [
  'calendar.v4.calendar.primary',
  'v1.live.get',
  'v1.device.heartbeat',
  'v1.device.sensor_report',
  'v1.app.create',
  'v1.inbox.mark_read',
  'authen.v1.user_info.get',
  'v1.grant.list',
  'v1.session.get',
  'v1.session.change_password',
  // The last one: the caller's session is over then.
  'v1.session.end',
];

/** What they have to be told of themselves. */
export const bodies: Readonly<Record<string, object>> = {
  'v1.app.create': { name: 'new' },
  'v1.inbox.mark_read': { up_to: '1' },
  'v1.device.sensor_report': { occupied: true },
  'v1.session.change_password': {},
};

function aStep(body?: object): (foreign: Ids) => Request[] {
  return ({ reservation: reservation_id }) => [{ params: { reservation_id }, ...(body ? { body } : {}) }];
}

/** Ways to another tenant's event: through one's own calendar, through its, and to one's own event through its calendar. */
function eventPaths({ calendar, appCalendar, event, instance }: Ids, own: Ids): { calendar_id: string; event_id: string }[] {
  return [
    { calendar_id: 'primary', event_id: event },
    { calendar_id: 'primary', event_id: instance },
    { calendar_id: calendar, event_id: event },
    { calendar_id: calendar, event_id: own.event },
    { calendar_id: appCalendar, event_id: own.instance },
  ];
}

export const protectedEndpoints = endpoints.filter(({ tokens }) => tokens.length > 0);

export function endpointOf(id: string): Endpoint {
  const endpoint = endpoints.find((candidate) => candidate.id === id);
  if (!endpoint) throw new Error(`no method ${id}`);
  return endpoint;
}

export interface Answer {
  status: number;
  headers: [string, string][];
  body: string;
}

export async function send(
  app: TestApp,
  { method, path }: Endpoint,
  bearer: string,
  { params = {}, query = {}, headers: more = {}, body }: Request,
): Promise<Answer> {
  const url = `${app.url}${path.replace(/:(\w+)/g, (_text, name: string) => encodeURIComponent(params[name] ?? ''))}?${queryString(query)}`;
  const headers = { ...credentialHeaders(bearer), 'content-type': 'application/json', ...more };
  const response = await fetch(url, { method, headers, ...(body ? { body: typeof body === 'string' ? body : JSON.stringify(body) } : {}) });
  // Of the moment and of the call, not of what was asked.
  const passing = ['date', 'x-tt-logid'];
  const logId = response.headers.get('x-tt-logid') ?? '';
  return {
    status: response.status,
    headers: [...response.headers].filter(([name]) => !passing.includes(name)),
    body: (await response.text()).replaceAll(logId, '<log id>'),
  };
}

/** An answer in which the ids that the caller named stand under their kind, whatever they are. */
export function anonymous(answer: Answer, { tokens, reservation, ...ids }: Ids): Answer {
  // Short numbers stand in many places by chance.
  let body = answer.body.replace(new RegExp(`no reservation ${reservation}\\b`), 'no reservation <reservation>');
  for (const [kind, id] of [...Object.entries(ids as Record<string, string>), ...Object.entries(tokens)]) body = body.replaceAll(id, `<${kind}>`);
  return { ...answer, body };
}

/** All tables but those which are the server's and no tenant's. */
const tables: Record<Exclude<keyof Tables, 'jobs' | 'sign_in_names' | 'sign_in_failures'>, true> = {
  tenants: true,
  departments: true,
  users: true,
  levels: true,
  rooms: true,
  settings: true,
  devices: true,
  apps: true,
  access_tokens: true,
  reservations: true,
  history: true,
  events: true,
  event_exceptions: true,
  attendees: true,
  instance_replies: true,
  idempotency_keys: true,
  passwords: true,
  sessions: true,
  one_time_links: true,
  installations: true,
  app_tickets: true,
  app_tokens: true,
  authorization_codes: true,
  refresh_tokens: true,
  grants: true,
  inbox_marks: true,
};

/** Every row of a tenant, table by table, but for its tokens, which come by themselves, and refusals. */
export async function contentsOf(app: TestApp, tenantId: number): Promise<Record<string, string[]>> {
  const names = (Object.keys(tables) as (keyof typeof tables)[]).filter((table) => table !== 'access_tokens');
  const read = async (table: keyof typeof tables): Promise<[string, string[]]> => {
    const rows = await app.ctx.db.kysely.selectFrom(table).selectAll().where('tenant_id', '=', tenantId).execute();
    // That something was tried and refused is written down; see the tests of the audit.
    const kept = rows.filter((row) => !('denied' in row && row.denied === 1)).map((row) => JSON.stringify(row));
    return [table, kept.sort()];
  };
  return Object.fromEntries(await Promise.all(names.map(read)));
}
