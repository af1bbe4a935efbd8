import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/domain/demo/random.ts';
import { attendeeId } from '../../src/domain/attendance.ts';
import { authorize } from '../../src/domain/authorization.ts';
import { createDepartment } from '../../src/domain/departments.ts';
import { bindDevice } from '../../src/domain/devices.ts';
import { addEvent } from '../../src/domain/events.ts';
import { DomainError } from '../../src/domain/errors.ts';
import { installApp } from '../../src/domain/installations.ts';
import { setPushTarget } from '../../src/domain/push.ts';
import { doorCode } from '../../src/domain/room-codes.ts';
import { setPassword } from '../../src/domain/passwords.ts';
import { createApp } from '../../src/domain/apps.ts';
import { createUser } from '../../src/domain/users.ts';
import { exchangeCode } from '../../src/domain/user-tokens.ts';
import { findDevice } from '../../src/store/devices.ts';
import { beginDirectoryChange } from '../../src/store/directory.ts';
import { putAttendee } from '../../src/store/events.ts';
import { findGrant } from '../../src/store/grants.ts';
import { addHistory } from '../../src/store/history.ts';
import { doorOf } from '../../src/wire/doors.ts';
import type { Endpoint, TokenKind } from '../../src/wire/endpoint.ts';
import { EVENTS_TYPE } from '../../src/wire/envelope.ts';
import { oauth, pathNotFound } from '../../src/wire/errors.ts';
import { formatEventId, formatRefreshToken, formatToken, packSecret } from '../../src/wire/identifiers.ts';
import { endpoints } from '../../src/wire/index.ts';
import { v1Scopes } from '../../src/wire/v1/endpoint.ts';
import { v1Errors } from '../../src/wire/v1/errors.ts';
import { NOON, tenantToken, testApp, tester, testTenant, userSession, userToken, type TestApp, type TestTenant } from '../support/app.ts';
import { addLevel, addReservations, addRoom, reservation } from '../support/ledger.ts';
import { receiver, type Receiver } from '../support/receiver.ts';
import { askAppToken, askTicket, testStoreApp } from '../support/store-app.ts';
import { ABSENT, chance, goodCase, sweep, urlOf, type Case, type Known } from '../support/fuzz-cases.ts';

/*
 * No input breaks the server. Routes, parameters and bodies come from the endpoint definitions, so that a new one is covered by
 * being there. `FUZZ_REQUESTS` asks for more than the floor, from 200000 on for every value in every field; `FUZZ_SEED` for another run of
 * chance.
 */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 28_000);
const SEED = Number(process.env.FUZZ_SEED ?? 1);
const AT_ONCE = 8;
const SLOW_MS = 2000;
const HOUR = 3600;
const DAY = 86_400;
const SCOPES = [
  ...['vc:room', 'vc:room:readonly', 'contact:user.employee_id:readonly', 'calendar:calendar', 'calendar:room:readonly', 'offline_access'],
  ...[v1Scopes.read, v1Scopes.book, v1Scopes.admin, 'contact:contact.base:readonly', 'contact:contact:readonly'],
];
const PASSWORD = 'correct horse battery';
const iso = (at: number) => new Date(at * 1000).toISOString();

/** A reservation in the state that each step asks for, by the last word of the method's id. */
const states = {
  held: { room: 'kept', start_at: NOON + 3 * DAY },
  approve: { room: 'kept', start_at: NOON + 4 * DAY, accepted_at: null },
  reject: { room: 'kept', start_at: NOON + 5 * DAY, accepted_at: null },
  end: { room: 'kept', start_at: NOON - 300 },
  check_in: { room: 'other', start_at: NOON + 300 },
  undo: { room: 'other', start_at: NOON + 6 * DAY, released_at: NOON - 60, release_cause: 'by_hand' },
} as const;

/** What good requests name. Requests delete these things too; they are put back. */
class World implements Known {
  readonly #app: TestApp;
  readonly #receiver: Receiver;
  #tenant!: TestTenant;
  #person = '';
  #offers!: { code: Buffer; refresh: Buffer };
  tokens!: Known['tokens'];
  /** Whoever deletes gets the spare one. */
  #levels = { kept: '', spare: '' };
  #rooms = { kept: '', spare: '', other: '', free: '' };
  /** Numbers of the rooms, by their ids. */
  #numbers: Readonly<Record<string, number>> = {};
  #reservations: Readonly<Record<string, number>> = {};
  #events = { kept: '', spare: '' };
  #eventIds: number[] = [];
  #guests: string[] = [];
  /** Something that somebody is told. */
  #news = 0;
  #devices = { kept: '', spare: '' };
  /** A store app that is installed, what it was sent, and its token. */
  #store = { appId: '', appSecret: '', ticket: '', token: '' };
  #departments = { kept: '', spare: '' };
  /** Somebody whose rights nothing hangs on. */
  #guest = '';
  /** The hash of the password of whoever has the user token and the session. */
  readonly #hash: string;
  /** Besides the app that calls; and somebody who is suspended. */
  #apps = { kept: '', spare: '' };
  #suspended = '';
  #count = 0;
  /** As many names are given to things that are made: the tree does not grow with the number of requests. */
  names = Infinity;

  private constructor(app: TestApp, to: Receiver, hash: string) {
    this.#app = app;
    this.#receiver = to;
    this.#hash = hash;
  }

  static async make(app: TestApp, to: Receiver): Promise<World> {
    const world = new World(app, to, await app.ctx.passwords.hash(PASSWORD));
    await world.move();
    return world;
  }

  /** To a tenant of which nothing was asked yet. */
  async move(): Promise<void> {
    const { ctx } = this.#app;
    const tenant = await testTenant(this.#app, { scopes: SCOPES });
    const { tenantId } = tenant;
    const department = await createDepartment(ctx, tester, { tenantId, name: '研发部', parentId: null, customId: 'D1' });
    const spareDepartment = await createDepartment(ctx, tester, { tenantId, name: '市场部', parentId: null });
    this.#departments = { kept: department.department_id, spare: spareDepartment.department_id };
    this.#guest = await createUser(ctx, tester, { tenantId, name: '来宾', managesMeetings: false, isAdministrator: false });
    const rights = { managesMeetings: true, isAdministrator: true };
    const userId = await createUser(ctx, tester, { tenantId, name: '可涵', email: `${randomUUID()}@example.com`, ...rights });
    await ctx.db.transaction((tx) => setPassword(tx, tester, { tenantId, userId, hash: this.#hash, at: NOON }));
    this.#tenant = tenant;
    this.#person = userId;
    const kept = await addLevel(this.#app, tenantId, tenant.rootLevelId);
    this.#levels = { kept, spare: await addLevel(this.#app, tenantId, tenant.rootLevelId) };
    const rooms: { roomNo: number; roomId: string }[] = [];
    for (let i = 0; i < 4; i++) rooms.push(await addRoom(this.#app, tenantId, kept));
    const [room = '', spare = '', other = '', free = ''] = rooms.map(({ roomId }) => roomId);
    this.#rooms = { kept: room, spare, other, free };
    this.#numbers = Object.fromEntries(rooms.map(({ roomId, roomNo }) => [roomId, roomNo]));
    for (const which of ['kept', 'spare'] as const) this.#apps[which] = (await createApp(ctx, tester, { tenantId, name: which, scopes: [] })).appId;
    this.#suspended = await createUser(ctx, tester, { tenantId, name: '可涵', managesMeetings: false, isAdministrator: false });
    await ctx.db.kysely.updateTable('users').set({ suspended_at: NOON }).where('user_id', '=', this.#suspended).execute();
    await this.#reserve();
    await this.#invite(tenant.administratorId, userId);
    const { secret } = await bindDevice(ctx, tester, { tenantId, roomId: other, kind: 'sensor', name: 'Sensor' });
    const session = await userSession(this.#app, tenantId, userId);
    const device = formatToken({ kind: 'device', tenantId, secret });
    this.tokens = { tenant: await tenantToken(this.#app, tenant), user: '', device, session };
    await this.#grant();
    await this.#push(tenant);
    await this.mend();
  }

  /** Events of the tenant's app are pushed, and a store app is there. */
  async #push({ tenantId, appId }: TestTenant): Promise<void> {
    const { ctx } = this.#app;
    await setPushTarget(ctx, tester, tenantId, appId, { url: this.#receiver.url });
    const store = await testStoreApp(this.#app, tenantId, this.#receiver);
    await installApp(ctx, tester, { tenantId, appId: store.appId, inTenant: tenantId });
    const ticket = await askTicket(this.#app, this.#receiver, store);
    const { app_access_token: token = '' } = await askAppToken(this.#app, store, ticket);
    this.#store = { ...store, ticket, token };
  }

  async #reserve(): Promise<void> {
    const { tenantId, appId } = this.#tenant;
    await addReservations(
      this.#app,
      Object.values(states).map(({ room, ...facts }) => {
        const room_no = this.#numbers[this.#rooms[room]] ?? 0;
        return reservation({ tenant_id: tenantId, room_no, reserver_id: appId, approval_reason: 'x', check_in_settled: 0, ...facts });
      }),
    );
    const rows = await this.#app.ctx.db.kysely.selectFrom('reservations').select(['id', 'start_at']).where('tenant_id', '=', tenantId).execute();
    this.#reservations = Object.fromEntries(
      Object.entries(states).map(([name, { start_at }]) => [name, rows.find((row) => row.start_at === start_at)?.id ?? 0]),
    );
    const news = { tenantId, at: NOON, actor: tester, action: 'reservation.approve', object: { kind: 'reservation', id: String(rows[0]?.id) } };
    await addHistory(this.#app.ctx.db.kysely, { ...news, inboxOf: this.#person });
    const told = this.#app.ctx.db.kysely.selectFrom('history').select('id').where('tenant_id', '=', tenantId).where('inbox_of', '=', this.#person);
    this.#news = (await told.executeTakeFirstOrThrow()).id;
  }

  #codeOf(roomId: string): string {
    const { tenantId } = this.#tenant;
    return packSecret(tenantId, doorCode(this.#app.ctx, tenantId, roomId).secret);
  }

  /** Two events of the app's, each with a room, to which people are invited. */
  async #invite(...guests: string[]): Promise<void> {
    const { ctx } = this.#app;
    const { tenantId, appId } = this.#tenant;
    const organizer = { id: appId, name: 'tests', department: '', person: null };
    const times = { startAt: NOON + 20 * DAY, endAt: NOON + 20 * DAY + HOUR, timeZone: 'Asia/Shanghai', allDay: false };
    const fields = { title: '例会', description: '', isPrivate: false, recurrence: null, details: {}, ...times };
    this.#eventIds = [];
    this.#guests = guests;
    for (const which of ['kept', 'spare'] as const) {
      const uid = randomUUID();
      const event_id = await ctx.db.transaction((tx) => addEvent(tx, { tenantId, uid, organizer, fields, lastEndAt: times.endAt, now: NOON }));
      this.#events[which] = uid;
      this.#eventIds.push(event_id);
      const room_no = this.#numbers[this.#rooms.other] ?? 0;
      const start_at = which === 'kept' ? times.startAt : times.startAt + DAY;
      await addReservations(this.#app, [reservation({ tenant_id: tenantId, room_no, start_at, reserver_id: appId, event_id })]);
    }
  }

  /** A code and a refresh token of somebody who let the app act. */
  async #grant(): Promise<void> {
    const { ctx } = this.#app;
    const { tenantId, appId } = this.#tenant;
    const client = { appId, tenantId };
    const asked = { client, redirectUri: 'https://app.example/', scopes: ['offline_access'], challenge: null };
    const person = { tenantId, userId: this.#person };
    const [code, spent] = [await authorize(ctx, tester, person, asked), await authorize(ctx, tester, person, asked)];
    const offer = { bearer: { tenantId, secret: spent }, terms: { refreshLife: DAY, offlineOnly: false } };
    const { refresh } = await exchangeCode(ctx, tester, client, offer);
    this.#offers = { code, refresh: refresh?.secret ?? code };
    this.tokens = { ...this.tokens, user: await userToken(this.#app, this.#tenant, this.#person, SCOPES) };
  }

  /** Invites again who was taken off an event, and brings back an event that was deleted. */
  async #mendEvents(): Promise<void> {
    const { tenantId } = this.#tenant;
    const nobody = { tenant_id: tenantId, user_id: null, room_no: null, email: null, contact_id: null, approval_reason: null, created_at: NOON };
    await this.#app.ctx.db.transaction(async (tx) => {
      for (const event_id of this.#eventIds)
        for (const user_id of this.#guests)
          await putAttendee(tx, { ...nobody, event_id, attendee_id: attendeeId('user', user_id), kind: 'user', user_id, name: '可涵' });
      for (const event_id of this.#eventIds) {
        const { kept } = this.#rooms;
        await putAttendee(tx, { ...nobody, event_id, attendee_id: attendeeId('room', kept), kind: 'room', room_no: this.#numbers[kept] ?? 0, name: '松' });
      }
      await tx.updateTable('events').set({ cancelled_at: null }).where('tenant_id', '=', tenantId).where('id', 'in', this.#eventIds).execute();
    });
  }

  kindFor({ id, tokens }: Endpoint): TokenKind | undefined {
    // An app is not invited.
    return id === 'calendar.v4.event.reply' ? 'user' : tokens[0];
  }

  /** Puts back what was deleted. */
  async mend(): Promise<void> {
    const { ctx } = this.#app;
    const { tenantId } = this.#tenant;
    const levels = Object.values(this.#levels);
    const rooms = Object.values(this.#rooms);
    await ctx.db.transaction(async (tx) => {
      const back = { deleted_at: null, changed_in: await beginDirectoryChange(tx, tenantId) };
      await tx.updateTable('levels').set(back).where('tenant_id', '=', tenantId).where('level_id', 'in', levels).execute();
      await tx
        .updateTable('rooms')
        .set({ ...back, level_id: this.#levels.kept })
        .where('tenant_id', '=', tenantId)
        .where('room_id', 'in', rooms)
        .execute();
    });
    for (const which of ['kept', 'spare'] as const) {
      if (await findDevice(ctx.db.kysely, tenantId, this.#devices[which])) continue;
      const bound = await bindDevice(ctx, tester, { tenantId, roomId: this.#rooms.kept, kind: 'panel', name: 'Panel' }).catch((error: unknown) => {
        // Another request deleted the room again: whoever sent it puts it back.
        if (!(error instanceof DomainError)) throw error;
      });
      if (bound) this.#devices[which] = bound.device.device_id;
    }
    await this.#mendEvents();
    this.tokens = { ...this.tokens, session: await userSession(this.#app, tenantId, this.#person) };
    if (await findGrant(ctx.db.kysely, tenantId, this.#person, this.#tenant.appId)) return;
    await this.#grant().catch((error: unknown) => {
      // Another request took it back again: whoever sent it puts it back.
      if (!(error instanceof DomainError)) throw error;
    });
  }

  value(name: string, endpoint: Endpoint): unknown {
    const which = endpoint.method === 'DELETE' || endpoint.id.endsWith('.del') ? 'spare' : 'kept';
    const ofCalendar = endpoint.id.startsWith('calendar.') ? this.#calendarValue(name, which) : undefined;
    const ofApps = /^(auth\.v3\.(.*\.create|app_ticket\.resend)|v1\.push\.set)$/.test(endpoint.id) ? this.#valueOfApps(name, endpoint) : undefined;
    const isDoor = /^v1\.(room_code|reservation)\./.test(endpoint.id);
    const ofPeople = ofApps ?? (isDoor ? undefined : this.#valueOfOAuth(name, endpoint)) ?? this.#valueOfPeople(name, endpoint, which);
    return ofCalendar ?? ofPeople ?? this.#valueOfReservations(name, endpoint) ?? this.#valueOfRooms(name, which);
  }

  #valueOfApps(name: string, { door }: Endpoint): unknown {
    const values: Readonly<Record<string, unknown>> =
      door === 'v1'
        ? { url: this.#receiver.url, encrypt_key: ABSENT }
        : {
            app_id: this.#store.appId,
            app_secret: this.#store.appSecret,
            app_ticket: this.#store.ticket,
            app_access_token: this.#store.token,
            tenant_key: this.#tenant.tenantKey,
          };
    return values[name];
  }

  #valueOfPeople(name: string, { id }: Endpoint, which: 'kept' | 'spare'): unknown {
    if (name === 'old_password' || name === 'new_password') return PASSWORD;
    if (id.startsWith('v1.password_link.') && name === 'user_id') return this.#person;
    if (name === 'user_id' && id === 'v1.user.anonymise') return this.#suspended;
    if (id.startsWith('v1.app.')) {
      const ofApp: Readonly<Record<string, unknown>> = {
        app_id: this.#apps[id === 'v1.app.revoke' ? 'spare' : 'kept'],
        'scopes[]': 'yuding:admin',
        start_time: String(NOON - HOUR),
        end_time: String(NOON),
        'redirect_uris[]': 'https://app.example.com/callback',
      };
      return ofApp[name];
    }
    const isContact = id.startsWith('contact.');
    if (name === 'user_id_type' && isContact) return 'open_id';
    if (name === 'department_id_type' && isContact) return 'open_department_id';
    if (name === 'user_id' && id.startsWith('v1.user.')) return this.#guest;
    if (name === 'user_ids[]' && isContact) return this.#guest;
    if (name === 'email') return ABSENT;
    if (['department_id', 'departments[]', 'department_ids[]', 'department', 'parent', 'parent_department_id'].includes(name)) return this.#departments[which];
    if (name === 'custom_id' && id.startsWith('v1.department.')) return ABSENT;
    if (name === 'kind' && id === 'v1.import.run') return 'users';
    if (name === 'csv') return 'name,email\n可涵,kehan@example.com';
    if (id === 'v1.import.run' && name === 'dry_run') return true;
    return undefined;
  }

  #calendarValue(name: string, which: 'kept' | 'spare'): unknown {
    switch (name) {
      case 'calendar_id':
        return 'primary';
      case 'event_id':
        return formatEventId(this.#events[which], 0);
      case 'start_time.date':
      case 'end_time.date':
      case 'idempotency_key':
      case 'anchor_time':
      case 'sync_token':
      case 'instance_start_time_admin':
        return ABSENT;
      case 'page_size':
        return 50;
      case 'timezone':
        return 'Asia/Shanghai';
      case 'start_time.timestamp':
        return String(NOON + 30 * DAY);
      case 'end_time.timestamp':
        return String(NOON + 30 * DAY + HOUR);
      case 'recurrence':
        return '';
      case 'type':
        return 'resource';
      case 'third_party_email':
        return 'guest@example.com';
      case 'attendee_ids[]':
        return attendeeId('user', this.#tenant.administratorId);
      case 'operate_id':
      case 'user_ids[]':
        return this.#tenant.administratorId;
      default:
        return undefined;
    }
  }

  #valueOfOAuth(name: string, { id }: Endpoint): unknown {
    const { tenantId, appId, appSecret } = this.#tenant;
    switch (name) {
      case 'grant_type':
        return /v3|refresh/.test(id) ? 'refresh_token' : 'authorization_code';
      case 'client_id':
        return appId;
      case 'client_secret':
        return appSecret;
      case 'code':
        return packSecret(tenantId, this.#offers.code);
      case 'redirect_uri':
        return 'https://app.example/';
      case 'code_verifier':
        return ABSENT;
      case 'refresh_token':
        return formatRefreshToken(id.includes('oidc') ? 'oidc' : 'oauth', tenantId, this.#offers.refresh);
      case 'scope':
        return 'offline_access';
      default:
        return undefined;
    }
  }

  #valueOfReservations(name: string, { id }: Endpoint): unknown {
    // Days, where others take instants.
    if (id.startsWith('v1.utilisation.') && (name === 'from' || name === 'to')) return iso(NOON).slice(0, 10);
    switch (name) {
      case 'limit':
        return id === 'v1.ledger.list' ? 20 : undefined;
      case 'reservation_id':
        return String(this.#reservations[id.split('.').at(-1) ?? ''] ?? this.#reservations.held);
      case 'room_id':
        return { 'v1.reservation.walk_up': this.#rooms.free, 'meeting_room.instance.reply': this.#rooms.other }[id];
      case 'uid':
        return this.#events.kept;
      case 'original_time':
        return 0;
      case 'start':
      case 'time_min':
        return iso(NOON + 10 * DAY);
      case 'end':
        if (id === 'v1.reservation.extend') return iso(NOON + 3 * DAY + 2 * HOUR);
        return iso(id === 'v1.reservation.walk_up' ? NOON + HOUR : NOON + 10 * DAY + HOUR);
      case 'time_max':
        return iso(NOON + 20 * DAY);
      case 'to':
      case 'updated_since':
        return iso(NOON + DAY);
      case 'recurrence':
        return 'FREQ=WEEKLY;COUNT=3';
      case 'reserver':
        return 'me';
      case 'up_to':
        return String(this.#news);
      case 'code':
        return this.#codeOf(id === 'v1.reservation.check_in' ? this.#rooms.other : this.#rooms.kept);
      case 'room':
      case 'room[]':
      case 'near':
        return this.#rooms.kept;
      case 'compare':
        return this.#levels.spare;
      case 'on_behalf_of':
      case 'guests[]':
        return this.#tenant.administratorId;
      default:
        return undefined;
    }
  }

  #valueOfRooms(name: string, which: 'kept' | 'spare'): unknown {
    switch (name) {
      case 'app_id':
        return this.#tenant.appId;
      case 'app_secret':
        return this.#tenant.appSecret;
      case 'name':
        return `名 ${String(this.#count++ % this.names)}`;
      case 'parent_id':
        return '0';
      case 'room_level_id':
      case 'level_id':
      case 'level':
      case 'level_ids[]':
      case 'scope_id':
      case 'reserve_config_id':
        return this.#levels[which];
      case 'room_id':
      case 'room_ids[]':
        return this.#rooms[which];
      case 'device_id':
        return this.#devices[which];
      case 'user_id':
      case 'contact_ids[]':
      case 'contacts[]':
      case 'users[]':
      case 'approvers[]':
        return this.#tenant.administratorId;
      case 'time_zone':
        return 'Europe/Berlin';
      case 'page_size':
        return 20;
      case 'limit':
        return 1;
      case 'room_status.status':
        return false;
      case 'disable_start_time':
        return String(NOON + HOUR);
      case 'disable_end_time':
        return String(NOON + 2 * HOUR);
      case 'from':
        return '2026-03-18T05:00:00Z';
      case 'until':
        return '2026-03-18T06:00:00Z';
      case 'time_config.start_time':
        return '28800';
      case 'time_config.end_time':
      case 'opening_hour':
        return '64800';
      case 'opens_at':
      case 'day_start':
        return '08:00';
      case 'day_end':
        return '18:00';
      case 'start_time':
        return NOON - HOUR;
      case 'end_time':
        return NOON;
      default:
        return undefined;
    }
  }
}

interface Answer {
  status: number;
  type: string | undefined;
  logId: string | undefined;
  body: string;
  ms: number;
}

function send(app: TestApp, agent: Agent, tampered: Case): Promise<Answer> {
  const { hostname, port } = new URL(app.url);
  const before = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { ...tampered.headers, ...(tampered.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(tampered.body)) }) };
    const call = request({ agent, hostname, port, method: tampered.method, path: urlOf(tampered), headers }, (response) => {
      const chunks: Buffer[] = [];
      const { 'content-type': type, 'x-tt-logid': logId } = response.headers;
      const done = () => {
        resolve({ status: response.statusCode ?? 0, type, logId: logId as string, body: Buffer.concat(chunks).toString(), ms: performance.now() - before });
      };
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (type !== EVENTS_TYPE) return;
        // A stream need not end: it has begun well.
        done();
        call.destroy();
      });
      response.on('end', done);
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(tampered.body);
  });
}

/** What the log has of a fault of the server. */
function causeOf(app: TestApp, { status, logId = '' }: Answer): string {
  const line = app.logged.find((text) => text.includes('request failed') && text.includes(logId));
  const { err } = JSON.parse(line ?? '{}') as { err?: { message: string; stack: string } };
  return `answered with ${String(status)}: ${(err?.stack ?? 'without a word').split('\n', 4).join(' ')}`;
}

/** What is wrong with an answer; undefined when nothing is. */
function fault(tampered: Case, { status, type, logId, body, ms }: Answer): string | undefined {
  if (ms > SLOW_MS) return 'slow';
  const door = doorOf(tampered.path);
  if (door === 'open-apis' && status === pathNotFound.http && type === pathNotFound.contentType)
    return body === pathNotFound.body && logId ? undefined : 'not the text of an unknown path';
  if (tampered.endpoint.stream && status === 200) return type === EVENTS_TYPE && body.startsWith('event: hello\n') ? undefined : `no stream of events: ${body}`;
  if (type !== 'application/json; charset=utf-8') return `content type ${String(type)}`;
  if (!/^\d{14}[0-9A-F]{20}$/.test(logId ?? '')) return `log id ${String(logId)}`;
  if (status >= 300 && /\bat .+:\d+:\d+|SQLITE|syntax error|node_modules/i.test(body)) return 'tells of its inside';
  if (door === 'v1') return faultOfProblem(tampered, status, logId, body);
  return door === 'oauth' ? faultOfOAuth(tampered, status, body) : faultOfEnvelope(tampered, logId, body);
}

/** Statuses and words of each code; a request that reaches no method has other statuses. */
function faultOfOAuth({ field }: Case, status: number, body: string): string | undefined {
  const { code, error, error_description } = JSON.parse(body) as { code?: unknown; error?: unknown; error_description?: string };
  if (code === 0) return status === 200 ? undefined : 'a success under another status';
  const row = Object.values(oauth).find((candidate) => candidate.code === code);
  if (row?.error !== error || !error_description?.startsWith(row?.msg ?? '')) return 'no row of the table';
  if (row !== oauth.malformed) return row?.http === status ? undefined : 'another status';
  const named = [...error_description.slice(oauth.malformed.msg.length).matchAll(/ (\S+): /g)].map(([, name = '']) => ({ field: name }));
  return field === '' || status > 400 ? undefined : faultOfFields(field, named);
}

function faultOfEnvelope({ field, endpoint }: Case, logId: string | undefined, body: string): string | undefined {
  const answer = JSON.parse(body) as { code?: unknown; msg?: unknown; error?: { log_id?: string; field_violations?: { field: string }[] } };
  if (!Number.isInteger(answer.code) || typeof answer.msg !== 'string') return 'no envelope';
  if (answer.code === 0) return undefined;
  if (answer.error?.log_id !== logId) return 'another log id in the body';
  if (answer.code !== endpoint.faults.param.code) return undefined;
  // Some families have no code of their own for a room that is not to be had, or for what it is too late for.
  const { taken, wrongState, param } = endpoint.faults;
  const named = (answer.error?.field_violations ?? []).map((violation) => violation.field);
  if (wrongState === param && named.length === 0) return undefined;
  if (taken === param && named.join() === 'start_time') return undefined;
  return faultOfFields(field, answer.error?.field_violations);
}

/** The statuses of each code; requests that reach no method have more than the table says. */
const v1Statuses = new Map(Object.values(v1Errors).flatMap((rows) => Object.values(rows).map(({ code, http }) => [code, http] as const)));

function faultOfProblem({ field, endpoint }: Case, status: number, logId: string | undefined, body: string): string | undefined {
  const answer = JSON.parse(body) as { error?: { code?: string; message?: unknown; fields?: { field: string }[]; log_id?: string } };
  if (status < 300) return answer.error === undefined ? undefined : 'a problem under the status of a success';
  const { code = '', message, fields, log_id } = answer.error ?? {};
  const known = v1Statuses.get(code);
  if (known === undefined || typeof message !== 'string') return 'no problem of the table';
  if (known !== status && code !== 'malformed_request') return `${code} under another status`;
  if (log_id !== logId) return 'another log id in the body';
  return code === endpoint.faults.param.code ? faultOfFields(field, fields) : undefined;
}

/** Rules about two fields name the second. */
const rulesOfTwo = [
  // The tenant's own level does not move.
  ['level_id', 'parent_id'],
  ['disable_start_time', 'disable_end_time'],
  ['from', 'until'],
  ['time_config.start_time', 'time_config.end_time'],
  ['day_start', 'day_end'],
  ['start', 'end'],
  ['time_min', 'time_max'],
  ['start_time', 'end_time'],
  ['start_time.timestamp', 'end_time'],
  ['start_time.date', 'end_time'],
  ['end_time.timestamp', 'end_time'],
  ['end_time.date', 'end_time'],
  // The receiver has to know the key.
  ['encrypt_key', 'url'],
] as const;

/** Whether the bad field is named: itself, what it stands in, or what stands in it. */
function faultOfFields(field: string | undefined, named: readonly { field: string }[] | undefined): string | undefined {
  if (!named || named.length === 0) return 'names no field';
  const about = (other: string) =>
    field === undefined ||
    // No parameter of the method: what is refused is something that was good once.
    field === 'nothing' ||
    other === 'body' ||
    `${other}.`.startsWith(`${field}.`) ||
    `${field}.`.startsWith(`${other}.`) ||
    rulesOfTwo.some(([first, second]) => field.endsWith(first) && other.endsWith(second));
  return named.some((violation) => about(violation.field)) ? undefined : `does not name ${String(field)} but ${named.map((other) => other.field).join(', ')}`;
}

const isDeletion = ({ method, endpoint }: Case) => method === 'DELETE' || /\.(del|batch_delete)$/.test(endpoint.id);

const to = await receiver();
afterAll(() => to.close());

describe('no input breaks the server', () => {
  it('because every method is really reached: its good request succeeds', async () => {
    await using app = await testApp({ rateLimit: 0, pushAllow: ['127.0.0.1'] });
    const world = await World.make(app, to);
    const agent = new Agent({ keepAlive: true });
    const answers: string[] = [];
    for (const endpoint of endpoints) {
      await world.move();
      const { status, body } = await send(app, agent, goodCase(endpoint, world));
      answers.push(`${endpoint.id}: ${String(status)}${status < 300 && !/^\{"code":[1-9]/.test(body) ? '' : ` ${body}`}`);
    }
    agent.destroy();
    expect(answers).toEqual(endpoints.map(({ id, status = 200 }) => `${id}: ${String(status)}`));
  });

  it(`in ${String(REQUESTS)} requests (seed ${String(SEED)})`, { timeout: 1_800_000 }, async () => {
    await using app = await testApp({ rateLimit: 0, pushAllow: ['127.0.0.1'] });
    const world = await World.make(app, to);
    const random = new Random(SEED);
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
    /** The first of each kind at each method. */
    const faults = new Map<string, string>();
    const statuses = new Map<number, number>();
    const succeeded = new Set<string>();
    let sent = 0;

    const run = async (cases: Iterator<Case, undefined>, most: number) => {
      const end = sent + most;
      const worker = async () => {
        while (sent < end) {
          const { value, done } = cases.next();
          if (done) return;
          sent++;
          const found = await send(app, agent, value).then(
            async (answer) => {
              statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
              if (answer.status < 300) {
                succeeded.add(value.endpoint.id);
                if (isDeletion(value)) await world.mend();
              }
              return answer.status >= 500 ? causeOf(app, answer) : fault(value, answer);
            },
            // A body that is refused half-way ends the connection; so may an answer to one that came whole.
            (error: unknown) => (Buffer.byteLength(value.body ?? '') > 1 << 20 ? undefined : String(error)),
          );
          if (found !== undefined && !faults.has(`${found} at ${value.endpoint.id}`)) {
            const said = [value.method, urlOf(value).slice(0, 300), String(value.body ?? '').slice(0, 300), JSON.stringify(value.headers)];
            faults.set(`${found} at ${value.endpoint.id}`, said.join(' '));
          }
          if (app.logged.length > 1000) app.logged.length = 0;
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    };

    for (const endpoint of endpoints) {
      await world.move();
      // After ten wrong passwords the right one has to wait: it comes first.
      if (endpoint.refusals?.includes('delayed')) await run([goodCase(endpoint, world)].values(), 1);
      await run(sweep(endpoint, world, REQUESTS < 200_000 ? 7 : 1), REQUESTS - sent);
    }
    // Every method had its turn, and chance has some too.
    expect(sent).toBeLessThan(REQUESTS * 0.9);
    world.names = 300;
    const chances = chance(world, random);
    await run(chances, Math.floor((REQUESTS - sent) / 4));
    const before = memory();
    await run(chances, REQUESTS - sent);
    const after = memory();
    agent.destroy();

    console.log(
      `${String(sent)} requests; by status ${JSON.stringify(Object.fromEntries([...statuses].sort()))}; memory ${String(before)} -> ${String(after)} KiB`,
    );
    expect(Object.fromEntries(faults)).toEqual({});
    expect(sent).toBe(REQUESTS);
    expect([...statuses.keys()].sort()).toEqual(expect.arrayContaining([200, 201, 400, 401, 404, 409, 412, 413]));
    expect([...succeeded].sort()).toEqual(endpoints.map(({ id }) => id).sort());
    expect(after).toBeLessThan(before * 1.1);
  });
});

/** KiB in use after everything unused was given up. */
function memory(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return Math.round((heapUsed + external + arrayBuffers) / 1024);
}
