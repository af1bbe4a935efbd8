import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { settleCheckIns } from '../../src/domain/deadlines.ts';
import { Random } from '../../src/domain/demo/random.ts';
import { createLevel } from '../../src/domain/levels.ts';
import { createRoom } from '../../src/domain/rooms.ts';
import { createUser } from '../../src/domain/users.ts';
import { addHistory } from '../../src/store/history.ts';
import { NOON, tenantToken, tester, testApp, testTenant, userSession, userToken } from '../support/app.ts';
import { engine } from '../support/database.ts';
import { listen, type LiveEvent, type Listening } from '../support/live.ts';
import { execute } from '../support/process.ts';

/* Who listens hears of every change as it happens. It is NOON unless a test moves the clock. */
const app = await testApp();
afterAll(() => app.stop());
beforeEach(() => {
  app.clock.seconds = NOON;
});
const SCOPES = ['yuding:read', 'yuding:book', 'yuding:admin'];
const tenant = await testTenant(app, { scopes: SCOPES });
const { tenantId, rootLevelId } = tenant;
const YEAR = 365 * 86_400;
const person = async (name: string) => {
  const id = await createUser(app.ctx, tester, { tenantId, name, managesMeetings: false, isAdministrator: false });
  return { id, token: await userToken(app, tenant, id, ['yuding:read', 'yuding:book'], YEAR) };
};
const [ada, bob] = [await person('Ada'), await person('Bob')];
const office = { token: await userToken(app, tenant, tenant.administratorId, SCOPES, YEAR) };
const levelId = await createLevel(app.ctx, tester, { tenantId, parentId: rootLevelId, name: '一层' });
const HOUR = 3600;
const iso = (at: number) => new Date(at * 1000).toISOString().replace('.000', '');

async function done<Body>(who: { token: string }, method: string, path: string, body?: object): Promise<Body> {
  const headers = { authorization: `Bearer ${who.token}` };
  const response = await fetch(`${app.url}/api/v1${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  const answer = (await response.json()) as Body;
  expect(response.status, JSON.stringify(answer)).toBeLessThan(300);
  return answer;
}
let rooms = 0;
const newRoom = () => createRoom(app.ctx, tester, { tenantId, levelId, name: `松 ${String(++rooms)}`, capacity: 6 });
const book = async (room_id: string, start: number, more: object = {}, who = ada) => {
  const times = { start: iso(start), end: iso(start + HOUR) };
  const { reservations } = await done<{ reservations: { id: string }[] }>(who, 'POST', '/reservations', { room_id, ...times, ...more });
  return reservations[0]?.id ?? '';
};
const of = (id: string) => (event: LiveEvent) => event.name === 'reservation' && event.data.id === id;
const is = (name: string) => (event: LiveEvent) => event.name === name;
const live = (who: { token: string }, since?: string) => listen(app.url, who.token, since);
const timelineAt = async (who: { token: string }) => (await done<{ live: string }>(who, 'GET', `/timeline?from=${iso(NOON)}&to=${iso(NOON + 1)}`)).live;

describe('who listens', () => {
  it('is greeted with the time and the build of the screens', async () => {
    await using listening = await live(ada);
    const { data } = await listening.next(is('hello'));
    expect(data).toEqual({ build: expect.toBeOneOf([null, expect.stringMatching(/^[\w-]{22}$/)]) as string, now: iso(NOON) });
  });

  it('sees what others book, as it is drawn for them', async () => {
    const room = await newRoom();
    await using hers = await live(ada);
    await using his = await live(bob);
    const id = await book(room.roomId, NOON + HOUR, { title: '周会' });
    const times = { start: iso(NOON + HOUR), end: iso(NOON + 2 * HOUR), check_in: null, series: false };
    const common = { id, room_id: room.roomId, ...times, state: 'accepted', title: '周会', reserver: 'Ada', version: 1 };
    expect((await hers.next(of(id))).data).toEqual({ ...common, mine: true });
    expect((await his.next(of(id))).data).toEqual({ ...common, mine: false });
  });

  it('sees no private title but their own, nor does an app', async () => {
    const room = await newRoom();
    await using hers = await live(ada);
    await using his = await live(bob);
    await using machine = await live({ token: await tenantToken(app, tenant) });
    const id = await book(room.roomId, NOON + HOUR, { title: '秘密会议', private: true });
    expect((await hers.next(of(id))).data.title).toBe('秘密会议');
    for (const other of [his, machine]) {
      expect((await other.next(of(id))).data.title).toBeNull();
      expect(JSON.stringify(other.events)).not.toContain('秘密会议');
    }
  });

  it('sees every step of a reservation', async () => {
    const [room, other] = [await newRoom(), await newRoom()];
    await done(office, 'POST', `/rooms/${room.roomId}/devices`, { kind: 'panel', name: 'panel' });
    await using listening = await live(bob);
    const sees = async (id: string, data: object) => {
      expect((await listening.next(of(id))).data).toMatchObject(data);
    };
    const cancelled = await book(room.roomId, NOON + 5 * HOUR);
    await sees(cancelled, { state: 'accepted' });
    await done(ada, 'POST', `/reservations/${cancelled}/cancel`);
    await sees(cancelled, { room_id: room.roomId, gone: true });
    await done(ada, 'POST', `/reservations/${cancelled}/undo`);
    await sees(cancelled, { state: 'accepted' });

    // An event tells what is so by then: each step is looked at before the next.
    const moved = await book(room.roomId, NOON + 3 * HOUR);
    await sees(moved, { room_id: room.roomId });
    await done(ada, 'PATCH', `/reservations/${moved}`, { room_id: other.roomId });
    await sees(moved, { room_id: other.roomId });

    const attended = await book(room.roomId, NOON + 60);
    await sees(attended, { state: 'accepted' });
    await done(ada, 'POST', `/reservations/${attended}/check-in`);
    await sees(attended, { state: 'checked_in' });
    app.clock.seconds = NOON + 600;
    await done(ada, 'POST', `/reservations/${attended}/end`);
    await sees(attended, { state: 'released', end: iso(NOON + 600) });

    const walkUp = await done<{ id: string }>(bob, 'POST', `/rooms/${other.roomId}/walk-up`, { end: iso(NOON + HOUR) });
    await sees(walkUp.id, { mine: true, start: iso(NOON + 600), check_in: null });
  });

  it('sees what happens by itself', async () => {
    const room = await newRoom();
    await done(office, 'POST', `/rooms/${room.roomId}/devices`, { kind: 'qr_code', name: 'code' });
    await using listening = await live(bob);
    const id = await book(room.roomId, NOON + 60);
    await listening.next(of(id));
    app.clock.seconds = NOON + 60 + 15 * 60;
    await settleCheckIns(app.ctx);
    expect((await listening.next(of(id))).data).toMatchObject({ state: 'released', end: iso(NOON + 16 * 60) });
  });

  it('sees that an event got another title', async () => {
    const room = await newRoom();
    const id = await book(room.roomId, NOON + HOUR, { title: 'old' });
    const { event_id } = await done<{ event_id: string }>(ada, 'GET', `/reservations/${id}`);
    await using listening = await live(bob);
    await app.ctx.db.transaction(async (tx) => {
      await tx.updateTable('reservations').set({ title: 'new' }).where('tenant_id', '=', tenantId).where('id', '=', Number(id)).execute();
      const object = { kind: 'event', id: event_id };
      await addHistory(tx, { tenantId, at: NOON, actor: tester, action: 'event.change', object });
    });
    expect((await listening.next(of(id))).data.title).toBe('new');
  });

  it('is told to read the tree anew when rooms, levels, settings or devices change', async () => {
    const room = await newRoom();
    await using listening = await live(ada);
    const id = await book(room.roomId, NOON + 5 * HOUR);
    await listening.next(of(id));
    await done(office, 'PATCH', `/rooms/${room.roomId}`, { disabled: { reason: '维修' } });
    // What was booked goes first, then the room.
    expect((await listening.next(of(id))).data).toMatchObject({ gone: true });
    const { data } = await listening.next(is('tree'));
    expect(data.version).toBe((await done<{ version: number }>(ada, 'GET', '/tree?limit=1')).version);
    await done(office, 'PATCH', `/settings/${room.roomId}`, { check_in: null });
    await listening.next(is('tree'));
    await done(office, 'POST', `/rooms/${room.roomId}/devices`, { kind: 'panel', name: 'panel' });
    await listening.next(is('tree'));
    await done(office, 'PATCH', `/levels/${levelId}`, { name: '二层' });
    await listening.next(is('tree'));
  });

  it('hears nothing of another tenant', async () => {
    const other = await testTenant(app, { scopes: SCOPES });
    await using foreign = await live({ token: await tenantToken(app, other) });
    await using hers = await live(ada);
    const id = await book((await newRoom()).roomId, NOON + HOUR);
    await hers.next(of(id));
    // A change of its own comes after all that was to come.
    await createLevel(app.ctx, tester, { tenantId: other.tenantId, parentId: other.rootLevelId, name: 'theirs' });
    await foreign.next(is('tree'));
    expect(foreign.events.map(({ name }) => name)).toEqual(['hello', 'tree']);
  });

  it('hears of what another process does', async () => {
    await using listening = await live(ada);
    const { data, databaseUrl } = app.ctx.config;
    const words = ['department', 'create', '--name', '市场部', '--tenant', tenant.tenantKey, '--data', data];
    const { code, stderr } = await execute(words, { ...(databaseUrl === undefined ? {} : { YUDING_DATABASE_URL: databaseUrl }) });
    expect(code, stderr).toBe(0);
    await listening.next(is('tree'));
  });

  it('hears it once when the answer may end', async () => {
    const since = await timelineAt(ada);
    const id = await book((await newRoom()).roomId, NOON + HOUR);
    const answer = await listen(app.url, ada.token, since, { follow: false });
    await answer.ended;
    expect(answer.events.map(({ name, data }) => [name, data.id])).toEqual([
      ['hello', undefined],
      ['tree', undefined],
      ['reservation', id],
    ]);
  });
});

describe('who comes again', () => {
  it('hears what they missed: each once and in order, wherever they were cut off', async () => {
    const room = await newRoom();
    await using witness = await live(bob);
    let position = await timelineAt(ada);
    let mine: Listening = await live(ada, position);
    const heard: LiveEvent[] = [];
    const ids: string[] = [];
    const cut = async () => {
      await mine.leave();
      heard.push(...mine.events.filter(is('reservation')));
    };
    // The cuts fall where they fall: before, amid and after what is heard.
    const random = new Random(1);
    for (let i = 0; i < 60; i++) {
      const id = await book(room.roomId, NOON + (i + 1) * HOUR);
      ids.push(id);
      const chance = random.whole(0, 3);
      if (chance === 0) continue;
      if (chance === 1) await mine.next(of(id));
      await cut();
      position = mine.position || position;
      mine = await live(ada, position);
    }
    const last = await book(room.roomId, NOON + 300 * HOUR);
    await mine.next(of(last));
    await cut();
    await witness.next(of(last));
    const all = [...ids, last];
    expect(witness.events.filter(is('reservation')).map(({ data }) => data.id)).toEqual(all);
    expect(heard.map(({ data }) => data.id)).toEqual(all);
  }, 120_000);

  it('reads everything anew when too much has changed', async () => {
    const since = await timelineAt(ada);
    const room = await newRoom();
    await app.ctx.db.transaction(async (tx) => {
      const row = { tenantId, at: NOON, actor: tester, action: 'room.change', object: { kind: 'room', id: room.roomId } };
      for (let i = 0; i < 1001; i++) await addHistory(tx, row);
    });
    await using listening = await live(ada, since);
    await listening.next(is('gap'));
    // And hears what comes then.
    const id = await book(room.roomId, NOON + HOUR);
    await listening.next(of(id));
    expect(listening.events.map(({ name }) => name)).toEqual(['hello', 'gap', 'reservation']);
  });

  it.each(['999999999999', 'x', '5~', '-1', '1~!'])('reads everything anew when they stood where nobody can: %s', async (since) => {
    await using listening = await live(ada, since);
    await listening.next(is('gap'));
    const id = await book((await newRoom()).roomId, NOON + HOUR);
    await listening.next(of(id));
  });
});

describe('whose time is over', () => {
  const me = async () => {
    const userId = await createUser(app.ctx, tester, { tenantId, name: 'Eve', managesMeetings: false, isAdministrator: false });
    return { userId, session: await userSession(app, tenantId, userId) };
  };

  it('hears so when they sign out, and no more', async () => {
    const { session } = await me();
    await using listening = await listen(app.url, session);
    await listening.next(is('hello'));
    await fetch(`${app.url}/api/v1/session`, { method: 'DELETE', headers: { cookie: session, 'sec-fetch-site': 'same-origin' } });
    expect((await listening.next(is('over'))).data).toEqual({ code: 'session_over' });
    await listening.ended;
  });

  it('is cut off when suspended', async () => {
    const { userId, session } = await me();
    await using listening = await listen(app.url, session);
    await listening.next(is('hello'));
    await done(office, 'POST', `/users/${userId}/suspend`);
    await listening.next(is('over'));
    await listening.ended;
  });

  it('is cut off when nothing says so but the clock', async () => {
    const { userId } = await me();
    const token = await userToken(app, tenant, userId, ['yuding:read'], 60);
    await using listening = await listen(app.url, token);
    await listening.next(is('hello'));
    const real = app.clock.realMs() / 1000;
    app.clock.setReal(real + 61);
    expect((await listening.next(is('over'))).data).toEqual({ code: 'token_expired' });
    app.clock.setReal(real);
    await listening.ended;
  });

  it('is not, by listening, somebody who uses their session', async () => {
    const { session } = await me();
    const real = app.clock.realMs() / 1000;
    app.clock.setReal(real + 3600);
    const headers = { cookie: session, 'sec-fetch-site': 'same-origin' };
    const cookieOf = async (path: string) => {
      const response = await fetch(app.url + path, { headers });
      await response.text();
      return response.headers.get('set-cookie');
    };
    expect(await cookieOf('/api/v1/live')).toBeNull();
    expect(await cookieOf('/api/v1/session')).toMatch(/^yuding=/);
    app.clock.setReal(real);
  });
});

describe('connections', () => {
  it('are so many for one caller, and are given back', async () => {
    const { token } = await person('Greedy');
    const metrics = async () => Number(/^yuding_live_connections (\d+)$/m.exec(await (await fetch(`${app.url}/metrics`)).text())?.[1]);
    // The server hears a moment later that somebody went away.
    const atMost = async (count: number) => {
      while ((await metrics()) > count) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    await atMost(0);
    const many: Listening[] = [];
    for (let i = 0; i < 20; i++) many.push(await listen(app.url, token));
    await expect(listen(app.url, token)).rejects.toThrow('rate_limited');
    await using other = await live(bob);
    await other.next(is('hello'));
    expect(await metrics()).toBe(21);
    for (const one of many) await one.leave();
    await atMost(1);
    await using again = await listen(app.url, token);
    await again.next(is('hello'));
  });

  it('end at once when the server does', async () => {
    const server = await testApp();
    const own = await testTenant(server, { scopes: SCOPES });
    const listening = await listen(server.url, await tenantToken(server, own));
    await listening.next(is('hello'));
    await Promise.all([server.stop(), listening.ended]);
  });

  it('take one statement a look for all listeners and tenants, and none when nobody listens', async () => {
    const statements: string[] = [];
    await using server = await testApp({}, { onStatement: (text) => statements.push(text) });
    const tenants = [await testTenant(server, { scopes: SCOPES }), await testTenant(server, { scopes: SCOPES })];
    const listening: Listening[] = [];
    for (const own of tenants) for (let i = 0; i < 3; i++) listening.push(await listen(server.url, await tenantToken(server, own)));
    for (const one of listening) await one.next(is('hello'));
    const looks = () => statements.filter((text) => text.includes('mark.after_id')).length;
    const before = statements.length;
    const first = looks();
    while (looks() < first + 3) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(statements.slice(before).every((text) => text.includes('mark.after_id') || text.includes('access_tokens'))).toBe(true);
    for (const one of listening) await one.leave();
    while (server.ctx.changes.listeners > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await server.ctx.changes.idle();
    const after = looks();
    await fetch(`${server.url}/healthz`);
    expect(looks()).toBe(after);
  });
});

// What is written by several at a time can come out of order: nobody writes beside another in SQLite.
if (engine() === 'postgres') {
  describe('a change that comes after a later one', () => {
    it('is heard all the same, once, also by who comes between the two', async () => {
      const level = (tx: Parameters<typeof addHistory>[0], id: string) =>
        addHistory(tx, { tenantId, at: NOON, actor: tester, action: 'reservation.book', object: { kind: 'reservation', id } });
      await using listening = await live(ada);
      await listening.next(is('hello'));
      let commit: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (commit = resolve));
      let written: () => void = () => undefined;
      const isWritten = new Promise<void>((resolve) => (written = resolve));
      const slow = app.ctx.db.transaction(async (tx) => {
        await level(tx, '900001');
        written();
        await held;
      });
      await isWritten;
      const picture = await timelineAt(ada);
      await app.ctx.db.transaction((tx) => level(tx, '900002'));
      await listening.next(of('900002'));
      const between = await timelineAt(ada);
      await listening.leave();
      const pictures = { before: await live(bob, picture), between: await live(bob, between), cut: await live(ada, listening.position) };
      await pictures.before.next(of('900002'));
      commit();
      await slow;
      await app.ctx.db.transaction((tx) => level(tx, '900003'));
      const heard: Record<string, unknown[]> = {};
      for (const [name, one] of Object.entries(pictures)) {
        await one.next(of('900003'));
        await one.leave();
        heard[name] = one.events.filter(is('reservation')).map(({ data }) => data.id);
      }
      expect(heard).toEqual({ before: ['900002', '900001', '900003'], between: ['900001', '900003'], cut: ['900001', '900003'] });
    });
  });
}
