import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { anonymise } from '../../src/domain/anonymise.ts';
import { forgetOld } from '../../src/domain/forget.ts';
import { createUser, emailName } from '../../src/domain/users.ts';
import { jobs } from '../../src/jobs/index.ts';
import { runJob } from '../../src/jobs/runner.ts';
import { addHistory } from '../../src/store/history.ts';
import {
  credentialHeaders,
  NOON,
  tenantToken,
  tester,
  testApp,
  testTenant,
  testUser,
  userSession,
  userToken,
  type TestApp,
  type TestTenant,
} from '../support/app.ts';
import { engine } from '../support/database.ts';
import { addLevel, addReservations, addRoom, getLedger, reservation } from '../support/ledger.ts';
import { contentsOf, endpointOf, hourFrom, send, type Request } from '../support/worlds.ts';

/* What is taken out of the data when somebody leaves, and what is forgotten when it is old. */
const SCOPES = ['yuding:admin', 'yuding:book', 'yuding:read', 'calendar:calendar', 'vc:room:readonly'];
const DAY = 86_400;

interface Place {
  app: TestApp;
  tenant: TestTenant;
  administrator: string;
  room: { roomId: string; roomNo: number };
}

async function place(config: Parameters<typeof testApp>[0] = {}): Promise<Place> {
  const app = await testApp({ rateLimit: 0, ...config });
  const tenant = await testTenant(app, { scopes: SCOPES });
  const room = await addRoom(app, tenant.tenantId, await addLevel(app, tenant.tenantId, tenant.rootLevelId));
  return { app, tenant, room, administrator: await userToken(app, tenant, tenant.administratorId, SCOPES, 40 * DAY) };
}

async function done({ app }: Place, id: string, credential: string, request: Request): Promise<Record<string, unknown>> {
  const { status, body } = await send(app, endpointOf(id), credential, request);
  if (status >= 300) throw new Error(`${id}: ${body}`);
  return JSON.parse(body) as Record<string, unknown>;
}

async function book(on: Place, credential: string, at: number): Promise<string> {
  const { reservations } = (await done(on, 'v1.reservation.book', credential, { body: { room_id: on.room.roomId, ...hourFrom(at) } })) as {
    reservations: { id: string }[];
  };
  return reservations[0]?.id ?? '';
}

const suspend = ({ app }: Place, userId: string) => app.ctx.db.kysely.updateTable('users').set({ suspended_at: NOON }).where('user_id', '=', userId).execute();

/** Everything in the database but what is the server's. */
async function dump(app: TestApp, ...tenantIds: number[]): Promise<string> {
  const names = await app.ctx.db.kysely.selectFrom('sign_in_names').selectAll().execute();
  const failures = await app.ctx.db.kysely.selectFrom('sign_in_failures').selectAll().execute();
  const contents = await Promise.all(tenantIds.map((tenantId) => contentsOf(app, tenantId)));
  return JSON.stringify([contents, names, failures]);
}

describe('somebody who left', () => {
  const NAME = 'Zacharias Canary';
  const EMAIL = 'zacharias.canary@example.com';
  const NUMBER = 'CANARY-4711';
  const on = place();
  afterAll(async () => (await on).app.stop());

  /** A person who did all that leaves a name somewhere. */
  async function leaver(here: Place): Promise<{ userId: string; ids: string[] }> {
    const { app, tenant, administrator } = here;
    const { tenantId } = tenant;
    const userId = await createUser(app.ctx, tester, { tenantId, name: NAME, email: EMAIL, managesMeetings: true, isAdministrator: true });
    const db = app.ctx.db.kysely;
    await db.updateTable('users').set({ employee_no: NUMBER }).where('user_id', '=', userId).execute();
    await db.insertInto('passwords').values({ tenant_id: tenantId, user_id: userId, hash: 'x', changed_at: NOON }).execute();
    await db
      .insertInto('sign_in_failures')
      .values({ tenant_id: 0, key: `account ${EMAIL}`, failures: 1, began_at: NOON })
      .execute();
    await db.transaction().execute((tx) =>
      addHistory(tx, {
        tenantId,
        at: NOON,
        actor: tester,
        action: 'user.import',
        object: { kind: 'tenant', id: 'x' },
        after: { people: [{ user_id: userId, name: NAME, email: EMAIL, employee_no: NUMBER }] },
      }),
    );
    const session = await userSession(app, tenantId, userId);
    const own = await userToken(app, tenant, userId, SCOPES);
    const ids = [await book(here, session, NOON + DAY), await book(here, administrator, NOON + 2 * DAY), await book(here, session, NOON + 3 * DAY)];
    // Moved by another, and given back by the person: the name then stands by itself.
    await done(here, 'v1.reservation.move', administrator, { params: { reservation_id: ids[0] ?? '' }, body: hourFrom(NOON + 4 * DAY) });
    app.clock.seconds = NOON + 2 * DAY + 60;
    await done(here, 'v1.reservation.release', own, { params: { reservation_id: ids[1] ?? '' } });
    await done(here, 'v1.reservation.undo', administrator, { params: { reservation_id: ids[1] ?? '' } });
    await done(here, 'v1.reservation.release', own, { params: { reservation_id: ids[1] ?? '' } });
    const event = await done(here, 'calendar.v4.event.create', await tenantToken(app, tenant), {
      params: { calendar_id: 'primary' },
      body: { summary: 'x', start_time: { timestamp: String(NOON + 5 * DAY) }, end_time: { timestamp: String(NOON + 5 * DAY + 60) } },
    });
    const event_id = /"event_id":"([^"]+)"/.exec(JSON.stringify(event))?.[1] ?? '';
    const attendees = [
      { type: 'user', user_id: userId },
      { type: 'third_party', third_party_email: EMAIL.toUpperCase() },
    ];
    await done(here, 'calendar.v4.attendee.create', await tenantToken(app, tenant), { params: { calendar_id: 'primary', event_id }, body: { attendees } });
    return { userId, ids };
  }

  it('is nowhere any more, by name, address or number; the id stays, and so do others of the name', async () => {
    const here = await on;
    const { app, tenant, administrator } = here;
    const { tenantId } = tenant;
    const namesake = await createUser(app.ctx, tester, { tenantId, name: NAME, managesMeetings: true, isAdministrator: true });
    const theirs = await book(here, await userToken(app, tenant, namesake, SCOPES), NOON + 7 * DAY);
    const { userId, ids } = await leaver(here);
    const call = (query = {}) => send(app, endpointOf('v1.user.anonymise'), administrator, { params: { user_id: userId }, query });
    expect((await call()).status).toBe(409);
    await suspend(here, userId);

    const before = await contentsOf(app, tenantId);
    const counted = await call({ dry_run: true });
    expect(await contentsOf(app, tenantId)).toEqual(before);
    const made = await call();
    expect(made.body).toBe(counted.body);
    expect(JSON.parse(made.body)).toMatchObject({ user_id: userId, reservations: 2, events: 2 });

    const after = await contentsOf(app, tenantId);
    for (const [table, rows] of Object.entries(after)) {
      // Nothing is lost but what one comes in with, and one row tells of it.
      const gone = ['passwords', 'sessions', 'access_tokens'].includes(table);
      if (!gone) expect([table, rows.length]).toEqual([table, (before[table]?.length ?? 0) + (table === 'history' ? 1 : 0)]);
      for (const row of rows) {
        if (row.includes(namesake)) continue;
        expect(row).not.toContain(EMAIL);
        expect(row.toLowerCase()).not.toContain(EMAIL);
        expect(row).not.toContain(NUMBER);
        expect(row).not.toContain(NAME);
      }
    }
    const rest = (await dump(app, tenantId)).toLowerCase();
    for (const secret of [EMAIL, emailName(EMAIL), NUMBER.toLowerCase()]) expect(rest).not.toContain(secret);
    const reserved = await app.ctx.db.kysely.selectFrom('reservations').selectAll().where('tenant_id', '=', tenantId).orderBy('id').execute();
    const named = reserved.map((row) => [String(row.id), row.reserver_id === userId, row.reserver_name, row.released_by_name]);
    expect(named.find(([id]) => id === theirs)).toEqual([theirs, false, NAME, null]);
    expect(named.filter(([, own]) => own)).toEqual([ids[0], ids[2]].map((id) => [id, true, '已离职成员', null]));
    expect(named.find(([id]) => id === ids[1])).toEqual([ids[1], false, '管理员', '已离职成员']);

    // It is done once.
    expect((await call()).body).toBe(JSON.stringify({ user_id: userId, reservations: 0, events: 0, history: 0 }));
  });

  it('leaves nothing in the files either', async () => {
    const { app, tenant } = await on;
    const { data } = app.ctx.config;
    // Others of the name go first.
    const { tenantId } = tenant;
    const people = await app.ctx.db.kysely.selectFrom('users').select('user_id').where('tenant_id', '=', tenantId).where('name', '=', NAME).execute();
    for (const { user_id } of people) {
      await suspend(await on, user_id);
      await anonymise(app.ctx, tester, tenantId, user_id);
    }
    expect(await dump(app, tenantId)).not.toContain(NAME);
    if (engine() === 'postgres') return;
    for (const file of readdirSync(data)) {
      const bytes = readFileSync(join(data, file));
      for (const canary of [NAME, EMAIL, EMAIL.toUpperCase(), NUMBER]) expect([file, canary, bytes.includes(canary)]).toEqual([file, canary, false]);
    }
    expect(app.logged.join('')).not.toContain(NAME);
  });

  it('is done to the end when it was broken off', async () => {
    const here = await place();
    await using app = here.app;
    const { tenantId } = here.tenant;
    const { userId } = await leaver(here);
    await suspend(here, userId);
    // Broken off at each step of the way: the one after the first, the second, and so on.
    for (let steps = 1; ; steps++) {
      let left = steps;
      const db = Object.create(app.ctx.db) as typeof app.ctx.db;
      db.transaction = (work) => (left-- > 0 ? app.ctx.db.transaction(work) : Promise.reject(new Error('broken off')));
      const over = await anonymise({ ...app.ctx, db }, tester, tenantId, userId).then(
        () => true,
        () => false,
      );
      if (over) {
        expect(steps).toBeGreaterThan(3);
        break;
      }
    }
    const left = await dump(app, tenantId);
    for (const canary of [NAME, EMAIL, EMAIL.toUpperCase(), NUMBER]) expect(left).not.toContain(canary);
  });
});

describe('what ended long ago', () => {
  it('is forgotten batch by batch, and nothing else is', async () => {
    await using app = await testApp({ rateLimit: 0, keepDays: 30 });
    const tenant = await testTenant(app, { scopes: SCOPES });
    const { tenantId } = tenant;
    const room = await addRoom(app, tenantId, await addLevel(app, tenantId, tenant.rootLevelId));
    const here = { app, tenant, room, administrator: await userToken(app, tenant, tenant.administratorId, SCOPES, 400 * DAY) };
    const { administrator } = here;
    const old = await book(here, administrator, NOON + DAY);
    const cancelled = await book(here, administrator, NOON + 2 * DAY);
    await done(here, 'v1.reservation.cancel', administrator, { params: { reservation_id: cancelled } });
    const series = { room_id: room.roomId, ...hourFrom(NOON + 3 * DAY + 7200), recurrence: 'FREQ=WEEKLY;COUNT=8' };
    const { reservations } = (await done(here, 'v1.reservation.book', administrator, { body: series })) as { reservations: { id: string }[] };
    // An event without a room, and one whose only date was moved far ahead.
    const wire = (at: number) => ({ start_time: { timestamp: String(at) }, end_time: { timestamp: String(at + 3600) } });
    const token = await tenantToken(app, tenant);
    for (const at of [NOON + DAY, NOON + 90 * DAY])
      await done(here, 'calendar.v4.event.create', token, { params: { calendar_id: 'primary' }, body: { summary: 'x', ...wire(at) } });
    const ahead = await book(here, administrator, NOON + 60 * DAY);

    // Exactly N days after its end a reservation is kept, a second later it is not.
    app.clock.seconds = NOON + DAY + 3600 + 30 * DAY;
    const job = jobs.find(({ name }) => name === 'forget');
    if (!job) throw new Error('no such job');
    const left = async () =>
      (await app.ctx.db.kysely.selectFrom('reservations').select('id').where('tenant_id', '=', tenantId).orderBy('id').execute()).map(({ id }) => String(id));
    const dates = reservations.map(({ id }) => id);
    await runJob(app.ctx, job);
    expect(await left()).toEqual([old, cancelled, ...dates, ahead]);
    app.clock.seconds += 1;
    const page = await getLedger(app, token, { start_time: NOON + DAY - 60, end_time: NOON + DAY + 60 });
    expect(page.body.data.room_reservation_list).toHaveLength(1);
    await runJob(app.ctx, job);
    expect(await left()).toEqual([cancelled, ...dates, ahead]);
    expect((await getLedger(app, token, { start_time: NOON + DAY - 60, end_time: NOON + DAY + 60 })).body.data.room_reservation_list).toEqual([]);
    expect((await send(app, endpointOf('v1.reservation.get'), administrator, { params: { reservation_id: old } })).status).toBe(404);
    app.clock.seconds += 10 * DAY;
    await runJob(app.ctx, job);
    expect(await left()).toEqual([...dates, ahead]);
    const rows = await app.ctx.db.kysely.selectFrom('history').selectAll().where('tenant_id', '=', tenantId).execute();
    expect(rows.filter(({ object_kind, object_id }) => object_kind === 'reservation' && [old, cancelled].includes(object_id))).toEqual([]);
    expect(rows.filter(({ object_kind, object_id }) => object_kind === 'reservation' && object_id === ahead)).not.toEqual([]);
    const told = rows
      .filter(({ action }) => action === 'reservation.forget')
      .map(({ state_after }) => JSON.parse(state_after ?? '{}') as { reservations: number; events: number });
    expect([told.reduce((sum, { reservations: some }) => sum + some, 0), told.reduce((sum, { events }) => sum + events, 0)]).toEqual([2, 3]);
    // The series goes as a whole, once its last date is as old.
    app.clock.seconds = NOON + 3 * DAY + 7200 + 3600 + 7 * 7 * DAY + 30 * DAY + 1;
    await runJob(app.ctx, job);
    expect(await left()).toEqual([ahead]);
    const events = await app.ctx.db.kysely.selectFrom('events').select('last_end_at').where('tenant_id', '=', tenantId).execute();
    expect(events.map(({ last_end_at }) => last_end_at > app.clock.now() - 30 * DAY)).toEqual([true, true]);
    const ready = (await (await fetch(`${app.url}/readyz`)).json()) as { jobs: Record<string, number> };
    expect(ready.jobs).toMatchObject({ forget: 0 });
  });

  it('goes in transactions of a bounded size, and stays without a number of days', async () => {
    const statements: string[] = [];
    await using app = await testApp({ rateLimit: 0 }, { onStatement: (text) => statements.push(text) });
    const tenant = await testTenant(app);
    const { tenantId } = tenant;
    const { roomNo } = await addRoom(app, tenantId, await addLevel(app, tenantId, tenant.rootLevelId));
    const rows = Array.from({ length: 450 }, (_, i) => reservation({ tenant_id: tenantId, room_no: roomNo, start_at: NOON - 400 * DAY + i * 3600 }));
    await addReservations(app, rows);
    const count = async () => (await app.ctx.db.kysely.selectFrom('reservations').select('id').where('tenant_id', '=', tenantId).execute()).length;
    const forgetting = { ...app.ctx, config: { ...app.ctx.config, keepDays: 30 } };
    const counts: number[] = [];
    expect(await forgetOld(app.ctx)).toBe(false);
    for (let more = true; more;) {
      counts.push(await count());
      statements.length = 0;
      more = await forgetOld(forgetting);
      expect(statements.length).toBeLessThan(25);
    }
    expect([...counts, await count()]).toEqual([450, 250, 50, 0]);
  });
});

it('nobody but an administrator anonymises', async () => {
  await using app = await testApp({ rateLimit: 0 });
  const { tenantId } = await testTenant(app);
  const [member, target] = [await testUser(app, tenantId), await testUser(app, tenantId)];
  const headers = credentialHeaders(await userSession(app, tenantId, member));
  expect((await fetch(`${app.url}/api/v1/users/${target}/anonymise`, { method: 'POST', headers })).status).toBe(403);
});
