import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createLevel } from '../../src/domain/levels.ts';
import { createRoom } from '../../src/domain/rooms.ts';
import { createUser } from '../../src/domain/users.ts';
import type { DeviceKind } from '../../src/store/tables.ts';
import { NOON, tenantToken, tester, testApp, testTenant, userToken } from '../support/app.ts';
import { addReservations, getLedger, reservation } from '../support/ledger.ts';

/* Reservations by our own interface: from the booking to the end. It is NOON, a Wednesday, unless a test moves the clock. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app, { scopes: ['yuding:read', 'yuding:book', 'yuding:admin', 'vc:room:readonly', 'calendar:calendar'] });
const { tenantId, rootLevelId } = tenant;
const SCOPES = ['yuding:read', 'yuding:book'];
const person = async (name: string) => {
  const id = await createUser(app.ctx, tester, { tenantId, name, managesMeetings: false, isAdministrator: false });
  return { id, token: await userToken(app, tenant, id, SCOPES, 10 * 365 * 86_400) };
};
const [ada, bob, eve] = [await person('Ada'), await person('Bob'), await person('Eve')];
const office = { id: tenant.administratorId, token: await userToken(app, tenant, tenant.administratorId, [...SCOPES, 'yuding:admin'], 10 * 365 * 86_400) };
const machine = { id: tenant.appId, token: await tenantToken(app, tenant) };
const levelId = await createLevel(app.ctx, tester, { tenantId, parentId: rootLevelId, name: '一层' });
beforeEach(() => {
  app.clock.seconds = NOON;
});

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const iso = (at: number) => new Date(at * 1000).toISOString().replace('.000', '');

interface Shown {
  id: string;
  event_id: string;
  room_id: string;
  start: string;
  end: string;
  title: string | null;
  private: boolean;
  reserver: { id: string; name: string; department: string };
  guests: number;
  status: string;
  rejection: { rule: string; note: string | null; by: string | null; at: string } | null;
  cancellation: { cause: string; note: string | null; at: string } | null;
  release: { cause: string; by: string | null; at: string } | null;
  check_in: { status: string; opens: string | null; closes: string | null; at: string | null; device: string | null };
  updated: string;
  version: number;
  history: { action: string; actor: { id: string; name: string }; source: string; before: object | null; after: object | null }[];
}
interface Failure {
  error: { code: string; message: string; rule?: string; clashes?: string[]; fields?: { field: string }[] };
}
interface Who {
  token: string;
}

interface Answer<Body> {
  status: number;
  etag: string | null;
  body: Body;
}

async function ask<Body = unknown>(who: Who, method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Answer<Body>> {
  const response = await fetch(`${app.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${who.token}`, ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, etag: response.headers.get('etag'), body: (await response.json()) as Body };
}

/** The body of a success. */
async function done<Body = Shown>(who: Who, method: string, path: string, body?: object, headers?: Record<string, string>): Promise<Body> {
  const answer = await ask<Body>(who, method, path, body, headers);
  expect([200, 201], JSON.stringify(answer.body)).toContain(answer.status);
  return answer.body;
}

/** What a refusal amounts to: status, code, the rule, the dates that are taken and the bad fields. */
async function refusal(who: Who, method: string, path: string, body?: object, headers?: Record<string, string>) {
  const { status, body: answer } = await ask<Failure>(who, method, path, body, headers);
  expect(answer.error, `${method} ${path} is not refused`).toBeDefined();
  const { code, rule, clashes, fields } = answer.error;
  return {
    status,
    code,
    ...(rule === undefined ? {} : { rule }),
    ...(clashes ? { clashes } : {}),
    ...(fields ? { fields: fields.map(({ field }) => field) } : {}),
  };
}
const notFound = { status: 404, code: 'not_found' };
const noPermission = { status: 403, code: 'no_permission' };
const wrongState = { status: 409, code: 'wrong_state' };
const taken = { status: 409, code: 'taken', rule: 'taken' };
const refused = (rule: string) => ({ status: 409, code: 'refused', rule });
const invalid = (...fields: string[]) => ({ status: 400, code: 'invalid', fields });

interface Room {
  roomNo: number;
  roomId: string;
}
let roomsSoFar = 0;
const newRoom = (): Promise<Room> => createRoom(app.ctx, tester, { tenantId, levelId, name: `松 ${String(++roomsSoFar)}`, capacity: 6 });
const settings = (scope: string, parts: object) => done<object>(office, 'PATCH', `/settings/${scope}`, parts);
const device = async ({ roomId }: Room, kind: DeviceKind = 'panel') => {
  const { id, credential } = await done<{ id: string; credential: string }>(office, 'POST', `/rooms/${roomId}/devices`, { kind, name: kind });
  return { id, token: credential };
};
/** A room to whose reservations one has to check in: its panel, bound beforehand. */
const doorRoom = async () => {
  const room = await newRoom();
  return { ...room, panel: await device(room) };
};
const approvalOf = (...approvers: string[]) => ({ approval: { enabled: true, applies: 'always', hours: 1, approvers } });
const approvedRoom = async () => {
  const room = await newRoom();
  await settings(room.roomId, approvalOf(bob.id));
  return room;
};

interface Booked {
  status: string;
  reservations: Shown[];
  clashes: string[];
}
const booking = ({ roomId }: Room, start: number, seconds = HOUR, fields: object = {}) => ({
  room_id: roomId,
  start: iso(start),
  end: iso(start + seconds),
  title: '周会',
  ...fields,
});
async function book(who: Who, room: Room, start: number, seconds = HOUR, fields: object = {}): Promise<Shown> {
  const { reservations } = await done<Booked>(who, 'POST', '/reservations', booking(room, start, seconds, fields));
  const [only] = reservations;
  if (!only || reservations.length > 1) throw new Error('not one reservation');
  return only;
}
const request = (who: Who, room: Room, start: number, fields: object = {}) => book(who, room, start, HOUR, { approval_reason: '客户', ...fields });
const read = (id: string, who: Who = machine) => done(who, 'GET', `/reservations/${id}`);
const step = (who: Who, id: string, name: string, body?: object) => done(who, 'POST', `/reservations/${id}/${name}`, body);
const stepRefused = (who: Who, id: string, name: string, body?: object) => refusal(who, 'POST', `/reservations/${id}/${name}`, body);

/** What the wire's ledger has of a room: status and check-in of each row. */
async function ledgerOf({ roomId }: Room): Promise<string[]> {
  const at = app.clock.now();
  const { body } = await getLedger(app, machine.token, { start_time: at - HOUR, end_time: at + 20 * HOUR, room_ids: [roomId] });
  return body.data.room_reservation_list.map((row) => `${row.reservation_status ?? ''} ${row.room_check_in_status ?? ''}`);
}

describe('a booking', () => {
  it('is a reservation, with an event behind it', async () => {
    const room = await newRoom();
    const { status, body } = await ask<Booked>(ada, 'POST', '/reservations', booking(room, NOON + DAY, HOUR, { guests: [bob.id, eve.id, bob.id] }));
    expect([status, body.status, body.clashes]).toEqual([201, 'accepted', []]);
    const [made] = body.reservations;
    expect(made).toMatchObject({
      room_id: room.roomId,
      start: iso(NOON + DAY),
      end: iso(NOON + DAY + HOUR),
      time_zone: 'Asia/Shanghai',
      title: '周会',
      private: false,
      reserver: { id: ada.id, name: 'Ada', department: '' },
      guests: 2,
      guests_accepted: 0,
      status: 'accepted',
      check_in: { status: 'exempt_no_device', opens: null, closes: null, at: null, device: null },
      rejection: null,
      cancellation: null,
      release: null,
      version: 1,
    });
    expect(made?.event_id).toMatch(/^[0-9a-f-]{36}_0$/);
  });

  it('takes the room from its start to before its end: what touches it is beside it', async () => {
    const room = await newRoom();
    await book(ada, room, NOON + DAY);
    for (const start of [NOON + DAY - HOUR, NOON + DAY + HOUR]) await book(bob, room, start);
    for (const [start, seconds] of [
      [NOON + DAY - HOUR, HOUR + 1],
      [NOON + DAY + HOUR - 1, HOUR],
      [NOON + DAY, HOUR],
      [NOON + DAY + 60, 60],
      [NOON, 2 * DAY],
    ] as const)
      expect(await refusal(eve, 'POST', '/reservations', booking(room, start, seconds))).toMatchObject(taken);
  });

  it('may begin a quarter of an hour ago, as long as its end lies ahead', async () => {
    for (const [start, seconds, possible] of [
      [NOON - 15 * MINUTE, HOUR, true],
      [NOON - 15 * MINUTE - 1, HOUR, false],
      [NOON - 10 * MINUTE, 10 * MINUTE, false],
      [NOON - 10 * MINUTE, 10 * MINUTE + 1, true],
    ] as const) {
      const answer = await ask<Failure>(ada, 'POST', '/reservations', booking(await newRoom(), start, seconds));
      expect([start, answer.status]).toEqual([start, possible ? 201 : 409]);
      if (!possible) expect(answer.body.error.rule).toBe('in_the_past');
    }
  });

  it.each<[what: string, fields: object, answer: object]>([
    ['an unknown room', { room_id: 'omm_none' }, notFound],
    ['an end before the start', { end: iso(NOON) }, invalid('end')],
    ['no time at all', { end: iso(NOON + DAY) }, invalid('end')],
    ['an unknown guest', { guests: ['ou_none'] }, { status: 400, code: 'unknown_user' }],
    ['no rule', { recurrence: 'every week' }, invalid('recurrence')],
    ['a zone that is none', { recurrence: 'FREQ=DAILY;COUNT=2', time_zone: 'Mars/Base' }, invalid('time_zone')],
    ['an unknown field', { colour: 1 }, invalid('colour')],
    ['a month and a day', { end: iso(NOON + DAY + 31 * DAY + 1) }, refused('too_long')],
  ])('is refused with %s, and leaves nothing', async (_what, fields, answer) => {
    const room = await newRoom();
    const events = () =>
      app.ctx.db.kysely
        .selectFrom('events')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow();
    const before = await events();
    expect(await refusal(ada, 'POST', '/reservations', booking(room, NOON + DAY, HOUR, fields))).toEqual(answer);
    expect(await events()).toEqual(before);
    const { reservations } = await done<Booked>(machine, 'GET', `/reservations?room=${room.roomId}`);
    expect(reservations).toEqual([]);
  });

  describe('of a series', () => {
    const weekly = { recurrence: 'FREQ=WEEKLY;COUNT=4' };
    const weeks = [1, 8, 15, 22].map((days) => NOON + days * DAY);

    it('takes every date', async () => {
      const room = await newRoom();
      const { reservations } = await done<Booked>(ada, 'POST', '/reservations', booking(room, NOON + DAY, HOUR, weekly));
      expect(reservations.map(({ start }) => start)).toEqual(weeks.map(iso));
      expect(new Set(reservations.map(({ event_id }) => event_id.split('_')[0])).size).toBe(1);
      expect(reservations.map(({ event_id }) => Number(event_id.split('_')[1]))).toEqual(weeks);
    });

    it('keeps its wall time in the zone that is named, else in the room’s', async () => {
      // Berlin changes its clocks on 29 March 2026.
      const { reservations } = await done<Booked>(
        ada,
        'POST',
        '/reservations',
        booking(await newRoom(), Date.UTC(2026, 2, 27, 8) / 1000, HOUR, { recurrence: 'FREQ=DAILY;COUNT=4', time_zone: 'Europe/Berlin' }),
      );
      expect(reservations.map(({ start }) => start.slice(8, 16))).toEqual(['27T08:00', '28T08:00', '29T07:00', '30T07:00']);
      const plain = await done<Booked>(
        ada,
        'POST',
        '/reservations',
        booking(await newRoom(), Date.UTC(2026, 2, 27, 8) / 1000, HOUR, { recurrence: 'FREQ=DAILY;COUNT=4' }),
      );
      expect(plain.reservations.map(({ start }) => start.slice(11, 16))).toEqual(['08:00', '08:00', '08:00', '08:00']);
    });

    it('is refused whole when a date is taken, and says which', async () => {
      const room = await newRoom();
      await book(bob, room, weeks[1] ?? 0);
      await book(bob, room, (weeks[3] ?? 0) + HOUR - 1);
      const clashes = [weeks[1], weeks[3]].map((at) => iso(at ?? 0));
      expect(await refusal(ada, 'POST', '/reservations', booking(room, NOON + DAY, HOUR, weekly))).toEqual({ ...taken, clashes });
      expect((await done<Booked>(machine, 'GET', `/reservations?room=${room.roomId}`)).reservations).toHaveLength(2);
    });

    it('takes the free dates when told to skip the others', async () => {
      const room = await newRoom();
      await book(bob, room, weeks[1] ?? 0);
      const { reservations, clashes } = await done<Booked>(ada, 'POST', '/reservations', booking(room, NOON + DAY, HOUR, { ...weekly, on_clash: 'skip' }));
      expect(reservations.map(({ start }) => start)).toEqual([weeks[0], weeks[2], weeks[3]].map((at) => iso(at ?? 0)));
      expect(clashes).toEqual([iso(weeks[1] ?? 0)]);
    });

    it('is refused when no date is free, skip or not', async () => {
      const room = await newRoom();
      const days = { recurrence: 'FREQ=DAILY;COUNT=2' };
      await done<Booked>(bob, 'POST', '/reservations', booking(room, NOON + DAY, HOUR, days));
      expect(await refusal(ada, 'POST', '/reservations', booking(room, NOON + DAY, HOUR, { ...days, on_clash: 'skip' }))).toMatchObject(taken);
    });
  });

  it('under a key is made once, and the key stands for one request of one caller', async () => {
    const room = await newRoom();
    const wanted = booking(room, NOON + DAY, HOUR, { recurrence: 'FREQ=DAILY;COUNT=2' });
    const key = { 'idempotency-key': 'k-1' };
    const first = await ask<Booked>(ada, 'POST', '/reservations', wanted, key);
    const again = await ask<Booked>(ada, 'POST', '/reservations', wanted, key);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(await refusal(ada, 'POST', '/reservations', { ...wanted, title: '别的' }, key)).toEqual({
      status: 409,
      code: 'conflict',
      fields: ['idempotency_key'],
    });
    // Another caller's key of the same name is another key.
    expect(await refusal(bob, 'POST', '/reservations', wanted, key)).toMatchObject(taken);
    expect(await refusal(ada, 'POST', '/reservations', wanted, { 'idempotency-key': 'k-2' })).toMatchObject(taken);
    for (const bad of ['', ' ', 'a b', 'x'.repeat(256)])
      expect(await refusal(ada, 'POST', '/reservations', wanted, { 'idempotency-key': bad })).toEqual(invalid('Idempotency-Key'));
  });

  it('under a key answers the same of a series that was in part over, or skipped dates', async () => {
    const room = await newRoom();
    await book(bob, room, NOON + DAY);
    const wanted = booking(room, NOON - DAY, HOUR, { recurrence: 'FREQ=DAILY;COUNT=4', on_clash: 'skip' });
    const first = await done<Booked>(ada, 'POST', '/reservations', wanted, { 'idempotency-key': 'k-3' });
    expect([first.reservations.map(({ start }) => start), first.clashes]).toEqual([[iso(NOON), iso(NOON + 2 * DAY)], [iso(NOON + DAY)]]);
    expect(await done<Booked>(ada, 'POST', '/reservations', wanted, { 'idempotency-key': 'k-3' })).toEqual(first);
  });

  it('that was refused under a key did not use it up', async () => {
    const room = await newRoom();
    const other = await book(bob, room, NOON + DAY);
    const key = { 'idempotency-key': 'k-4' };
    expect(await refusal(ada, 'POST', '/reservations', booking(room, NOON + DAY), key)).toMatchObject(taken);
    await step(bob, other.id, 'cancel');
    expect((await done<Booked>(ada, 'POST', '/reservations', booking(room, NOON + DAY), key)).reservations).toHaveLength(1);
  });

  it('of forty at one moment has one winner', async () => {
    const room = await newRoom();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        ask<Failure>([ada, bob, eve][i % 3] ?? ada, 'POST', '/reservations', booking(room, NOON + DAY + (i % 7) * 60, HOUR)),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body, status }) => status === 409 && body.error.code === 'taken')).toHaveLength(39);
  });

  describe('on behalf of somebody', () => {
    it('is for reservation administrators: the person is the reserver', async () => {
      const room = await newRoom();
      for (const [at, who] of [office, machine].entries())
        expect((await book(who, room, NOON + (at + 1) * DAY, HOUR, { on_behalf_of: ada.id })).reserver).toMatchObject({ id: ada.id, name: 'Ada' });
      expect(await refusal(bob, 'POST', '/reservations', booking(room, NOON + 5 * DAY, HOUR, { on_behalf_of: ada.id }))).toEqual(noPermission);
      await settings(room.roomId, { administrators: { users: [bob.id], departments: [] } });
      expect((await book(bob, room, NOON + 5 * DAY, HOUR, { on_behalf_of: ada.id })).reserver.id).toBe(ada.id);
    });
  });

  it('that is private keeps its title from all but its reserver, in history too', async () => {
    const room = await newRoom();
    const { id } = await book(ada, room, NOON + DAY, HOUR, { private: true, title: '密' });
    expect((await read(id, ada)).title).toBe('密');
    for (const who of [bob, machine, office]) {
      const shown = await ask(who, 'GET', `/reservations/${id}`);
      expect((shown.body as Shown).title).toBeNull();
      expect(JSON.stringify(shown.body)).not.toContain('密');
    }
    const listed = await ask(bob, 'GET', `/reservations?room=${room.roomId}`);
    expect(JSON.stringify(listed.body)).not.toContain('密');
  });
});

describe('the list', () => {
  /** A room with a reservation in each status, three of the past. */
  async function everything() {
    const room = await approvedRoom();
    const past = { tenant_id: tenantId, room_no: room.roomNo };
    await addReservations(app, [
      reservation({ ...past, start_at: NOON - 30 * DAY, reserver_id: ada.id, updated_at: NOON - 30 * DAY }),
      reservation({ ...past, start_at: NOON - 2 * DAY, released_at: NOON - 2 * DAY + 60, release_cause: 'no_show', updated_at: NOON - 2 * DAY }),
      reservation({ ...past, start_at: NOON - DAY, cancelled_at: NOON - 2 * DAY, cancel_cause: 'by_hand', updated_at: NOON - 2 * DAY }),
      // Nobody decided, and nobody wrote down yet that it is too late.
      reservation({ ...past, start_at: NOON - HOUR, accepted_at: null, updated_at: NOON - DAY }),
    ]);
    const pending = await request(ada, room, NOON + DAY);
    const rejected = await request(eve, room, NOON + 2 * DAY);
    await step(bob, rejected.id, 'reject', { note: '不行' });
    const approved = await request(eve, room, NOON + 3 * DAY);
    await step(bob, approved.id, 'approve', {});
    return { ...room, pending, rejected, approved };
  }
  const list = async (query: string) => (await done<Booked>(ada, 'GET', `/reservations?${query}`)).reservations;

  it('has the past and the future, in order of start, whatever became of them', async () => {
    const room = await everything();
    const rows = await list(`room=${room.roomId}`);
    expect(rows.map(({ start, status }) => [start, status])).toEqual([
      [iso(NOON - 30 * DAY), 'accepted'],
      [iso(NOON - 2 * DAY), 'released'],
      [iso(NOON - DAY), 'cancelled'],
      [iso(NOON - HOUR), 'rejected'],
      [iso(NOON + DAY), 'pending'],
      [iso(NOON + 2 * DAY), 'rejected'],
      [iso(NOON + 3 * DAY), 'accepted'],
    ]);
    expect(rows.map(({ rejection }) => rejection?.rule ?? null)).toEqual([null, null, null, 'undecided', null, 'by_approver', null]);
    expect(rows[1]?.release).toEqual({ cause: 'no_show', by: null, at: iso(NOON - 2 * DAY + 60) });
    expect(rows[2]?.cancellation).toEqual({ cause: 'by_hand', note: null, at: iso(NOON - 2 * DAY) });
  });

  it.each<[query: string, starts: number[]]>([
    [`from=${iso(NOON - DAY)}`, [-24, -1, 24, 48, 72]],
    [`to=${iso(NOON - DAY)}`, [-720, -48]],
    [`from=${iso(NOON - 2 * DAY)}&to=${iso(NOON + DAY)}`, [-48, -24, -1]],
    ['status=accepted', [-720, 72]],
    ['status=rejected', [-1, 48]],
    ['status=pending', [24]],
    ['status=cancelled&status=released', [-48, -24]],
    ['status=pending&from=2027-01-01T00:00:00Z', []],
    [`reserver=${ada.id}`, [-720, 24]],
    ['reserver=me', [-720, 24]],
    [`reserver=${eve.id}&status=accepted`, [72]],
    ['reserver=ou_none', []],
    [`level=${levelId}&status=pending`, [24]],
    [`level=0&status=pending`, [24]],
    // In the order of the changes: what changed at one second, by number.
    [`updated_since=${iso(NOON - 2 * DAY)}`, [-48, -24, -1, 24, 48, 72]],
    [`updated_since=${iso(NOON - DAY)}&status=rejected`, [-1, 48]],
    [`updated_since=${iso(NOON + 1)}`, []],
  ])('filtered by %s', async (query, starts) => {
    const room = await everything();
    const rows = await list(`room=${room.roomId}&room=omm_none&${query}`);
    expect(rows.map(({ start }) => (Date.parse(start) / 1000 - NOON) / HOUR)).toEqual(starts);
  });

  it.each<[query: string, answer: object]>([
    ['level=omb_none', notFound],
    ['status=done', invalid('status.0')],
    ['from=yesterday', invalid('from')],
    ['to=1773806400', invalid('to')],
    ['limit=1001', invalid('limit')],
    ['cursor=x', invalid('cursor')],
  ])('is refused with %s', async (query, answer) => {
    const found = await refusal(ada, 'GET', `/reservations?${query}`);
    expect({ ...found, ...(found.fields ? { fields: [...new Set(found.fields)] } : {}) }).toEqual(answer);
  });

  it('of rooms that never were is empty', async () => {
    expect(await list('room=omm_none')).toEqual([]);
  });

  it.each(['', '&updated_since=2026-01-01T00:00:00Z'])('is walked whole, each row once, while others write%s', async (more) => {
    const room = await newRoom();
    const at = Array.from({ length: 23 }, (_, i) => NOON - 5 * DAY + i * 12 * HOUR);
    await addReservations(
      app,
      at.map((start_at) => reservation({ tenant_id: tenantId, room_no: room.roomNo, start_at, updated_at: NOON - 10 })),
    );
    const before = (await list(`room=${room.roomId}`)).map(({ id }) => id);
    const seen: string[] = [];
    let cursor: string | null = '';
    for (let page = 0; cursor !== null; page++) {
      const found: Booked & { next_cursor: string | null } = await done(ada, 'GET', `/reservations?room=${room.roomId}&limit=5${more}&cursor=${cursor}`);
      const { reservations, next_cursor } = found;
      expect(reservations.length).toBeLessThanOrEqual(5);
      seen.push(...reservations.map(({ id }) => id));
      cursor = next_cursor;
      // Before and behind the position.
      await book(bob, room, NOON + (page + 1) * 2 * DAY + 13 * HOUR);
      await addReservations(app, [reservation({ tenant_id: tenantId, room_no: room.roomNo, start_at: NOON - (20 + page) * DAY, updated_at: NOON - 20 })]);
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => before.includes(id)).sort()).toEqual([...before].sort());
  });

  it('does not take a cursor of another query', async () => {
    const room = await everything();
    const { next_cursor } = await done<{ next_cursor: string }>(ada, 'GET', `/reservations?room=${room.roomId}&limit=1`);
    for (const query of [`limit=1`, `room=${room.roomId}&limit=1&status=pending`])
      expect(await refusal(ada, 'GET', `/reservations?${query}&cursor=${next_cursor}`)).toEqual(invalid('cursor'));
    // The size of a page is no part of the question.
    expect((await list(`room=${room.roomId}&limit=100&cursor=${next_cursor}`)).length).toBe(6);
  });
});

describe('one reservation', () => {
  it('is read with what happened to it, who did it and through which door', async () => {
    const room = await doorRoom();
    const { id } = await book(ada, room, NOON + 10 * MINUTE);
    await step(room.panel, id, 'check-in');
    await step(office, id, 'release');
    const { history, ...shown } = await read(id, ada);
    expect(history.map(({ action, source, actor }) => [action, source, actor.id])).toEqual([
      ['reservation.book', 'v1', ada.id],
      ['reservation.check_in', 'v1', room.panel.id],
      ['reservation.release', 'v1', office.id],
    ]);
    expect(history[2]).toMatchObject({ before: { released_at: null }, after: { released_at: NOON, release_cause: 'by_hand' } });
    const answer = await ask(ada, 'GET', `/reservations/${id}`);
    expect(answer.etag).toBe(`"${String(shown.version)}"`);
  });

  it.each(['x', '1.5', '-1', '1'.repeat(16)])('has a number, not %s', async (id) => {
    expect(await refusal(ada, 'GET', `/reservations/${id}`)).toEqual(invalid('reservation_id'));
  });
});

describe('a move', () => {
  const move = (who: Who, id: string, body: object, headers?: Record<string, string>) => done(who, 'PATCH', `/reservations/${id}`, body, headers);
  const moveRefused = (who: Who, id: string, body: object, headers?: Record<string, string>) => refusal(who, 'PATCH', `/reservations/${id}`, body, headers);

  it('to another time takes the length along, and the old time is free again', async () => {
    const room = await newRoom();
    const { id } = await book(ada, room, NOON + DAY, 2 * HOUR);
    expect(await move(ada, id, { start: iso(NOON + 2 * DAY) })).toMatchObject({ start: iso(NOON + 2 * DAY), end: iso(NOON + 2 * DAY + 2 * HOUR), version: 2 });
    expect(await move(ada, id, { end: iso(NOON + 2 * DAY + HOUR) })).toMatchObject({ start: iso(NOON + 2 * DAY), end: iso(NOON + 2 * DAY + HOUR) });
    await book(bob, room, NOON + DAY);
    // A little later, over itself.
    expect(await move(ada, id, { start: iso(NOON + 2 * DAY + 1800) })).toMatchObject({ start: iso(NOON + 2 * DAY + 1800) });
  });

  it('to another room', async () => {
    const [from, to] = [await newRoom(), await newRoom()];
    const { id } = await book(ada, from, NOON + DAY);
    expect(await move(ada, id, { room_id: to.roomId })).toMatchObject({ room_id: to.roomId, start: iso(NOON + DAY) });
    await book(bob, from, NOON + DAY);
    expect(await refusal(bob, 'POST', '/reservations', booking(to, NOON + DAY))).toMatchObject(taken);
  });

  it('keeps the old slot unless the new one is won', async () => {
    const [room, other] = [await newRoom(), await newRoom()];
    const mine = await book(ada, room, NOON + DAY);
    await book(bob, room, NOON + 2 * DAY);
    await book(bob, other, NOON + DAY);
    for (const body of [{ start: iso(NOON + 2 * DAY - 1800) }, { room_id: other.roomId }, { end: iso(NOON + 3 * DAY) }])
      expect(await moveRefused(ada, mine.id, body)).toEqual(taken);
    const { history, ...after } = await read(mine.id);
    expect(after).toEqual({ ...mine });
    expect(history).toHaveLength(1);
    expect(await refusal(bob, 'POST', '/reservations', booking(room, NOON + DAY))).toMatchObject(taken);
  });

  it('is for who saw the version that it names', async () => {
    const room = await newRoom();
    const { id } = await book(ada, room, NOON + DAY);
    expect(await moveRefused(ada, id, { start: iso(NOON + 2 * DAY) }, { 'if-match': '"2"' })).toEqual({ status: 412, code: 'stale' });
    expect((await read(id)).start).toBe(iso(NOON + DAY));
    expect((await move(ada, id, { start: iso(NOON + 2 * DAY) }, { 'if-match': '"1"' })).version).toBe(2);
  });

  it.each<[who: string, Who, possible: boolean]>([
    ['its reserver', ada, true],
    ['an administrator', office, true],
    ['an app that administers', machine, true],
    ['somebody else', bob, false],
  ])('by %s', async (_who, who, possible) => {
    const { id } = await book(ada, await newRoom(), NOON + DAY);
    const answer = await ask<Failure>(who, 'PATCH', `/reservations/${id}`, { start: iso(NOON + 2 * DAY) });
    expect(answer.status).toBe(possible ? 200 : 403);
  });

  it('is not for what has begun, is checked in or is gone', async () => {
    const room = await doorRoom();
    const running = await book(ada, room, NOON);
    expect(await moveRefused(ada, running.id, { start: iso(NOON + DAY) })).toEqual(wrongState);
    const checkedIn = await book(ada, await doorRoom(), NOON + 5 * MINUTE);
    await step(ada, checkedIn.id, 'check-in');
    expect(await moveRefused(ada, checkedIn.id, { start: iso(NOON + DAY) })).toEqual(wrongState);
    const gone = await book(ada, room, NOON + 2 * DAY);
    await step(ada, gone.id, 'cancel');
    expect(await moveRefused(ada, gone.id, { start: iso(NOON + 3 * DAY) })).toEqual(wrongState);
    expect(await moveRefused(ada, running.id, { end: iso(NOON - HOUR) })).toEqual(invalid('end'));
    expect(await moveRefused(ada, running.id, { room_id: 'omm_none' })).toEqual(notFound);
  });

  it('obeys the rules of the room', async () => {
    const room = await newRoom();
    const { id } = await book(ada, room, NOON + DAY);
    const time = { enabled: true, days_in_advance: 3, opens_at: '08:00', day_start: '08:00', day_end: '18:00', max_hours: 2 };
    await settings(room.roomId, { time });
    expect(await moveRefused(ada, id, { start: iso(NOON + 4 * DAY) })).toEqual(refused('too_far_ahead'));
    expect(await moveRefused(ada, id, { start: iso(NOON + DAY + 8 * HOUR) })).toEqual(refused('outside_hours'));
    expect(await moveRefused(ada, id, { end: iso(NOON + DAY + 3 * HOUR) })).toEqual(refused('too_long'));
    expect(await moveRefused(ada, id, { start: iso(NOON - DAY) })).toEqual(refused('in_the_past'));
    expect((await read(id)).version).toBe(1);
  });

  it('in a room that needs an approval asks again', async () => {
    const room = await approvedRoom();
    const { id } = await request(ada, room, NOON + DAY);
    await step(bob, id, 'approve', {});
    expect((await move(ada, id, { start: iso(NOON + 2 * DAY) })).status).toBe('pending');
    const free = await newRoom();
    const { id: other } = await book(ada, free, NOON + DAY);
    expect(await moveRefused(ada, other, { room_id: room.roomId })).toEqual(refused('no_reason'));
  });

  it('takes the terms of the new time and room', async () => {
    const [plain, door] = [await newRoom(), await doorRoom()];
    const { id } = await book(ada, plain, NOON + DAY);
    const moved = await move(ada, id, { room_id: door.roomId, start: iso(NOON + 2 * DAY) });
    expect(moved.check_in).toMatchObject({ status: 'upcoming', opens: iso(NOON + 2 * DAY - 15 * MINUTE), closes: iso(NOON + 2 * DAY + 15 * MINUTE) });
  });
});

describe('of an event with several rooms', () => {
  const calendar = async <Body>(method: string, path: string, body?: object) => {
    const response = await fetch(`${app.url}/open-apis/calendar/v4/calendars/primary/events${path}`, {
      method,
      headers: { authorization: `Bearer ${machine.token}` },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const answer = (await response.json()) as { code: number; data: Body };
    expect(answer.code, JSON.stringify(answer)).toBe(0);
    return answer.data;
  };
  /** An event of tomorrow in the app's calendar, with its reservations in the order of the rooms. */
  async function event(...rooms: Room[]) {
    const times = { start_time: { timestamp: String(NOON + DAY) }, end_time: { timestamp: String(NOON + DAY + HOUR) } };
    const made = await calendar<{ event: { event_id: string } }>('POST', '', { summary: '大会', ...times });
    const { event_id } = made.event;
    await calendar('POST', `/${event_id}/attendees`, { attendees: rooms.map(({ roomId }) => ({ type: 'resource', room_id: roomId })) });
    const reservations: Shown[] = [];
    for (const { roomId } of rooms) reservations.push(...(await done<Booked>(machine, 'GET', `/reservations?room=${roomId}&reserver=me`)).reservations);
    return { event_id, ids: reservations.map(({ id }) => id) };
  }
  const times = async (id: string) => {
    const { start, end, room_id } = await read(id);
    return [start, end, room_id];
  };

  it('a move takes the event and its other rooms along', async () => {
    const [one, two, three] = [await newRoom(), await newRoom(), await newRoom()];
    const { event_id, ids } = await event(one, two);
    const [first = '', second = ''] = ids;
    await done(machine, 'PATCH', `/reservations/${first}`, { start: iso(NOON + 2 * DAY), room_id: three.roomId });
    const span = [iso(NOON + 2 * DAY), iso(NOON + 2 * DAY + HOUR)];
    expect([await times(first), await times(second)]).toEqual([
      [...span, three.roomId],
      [...span, two.roomId],
    ]);
    const { event: moved } = await calendar<{ event: { start_time: { timestamp: string } } }>('GET', `/${event_id}`);
    expect(moved.start_time.timestamp).toBe(String(NOON + 2 * DAY));
    const { items } = await calendar<{ items: { room_id?: string; rsvp_status: string }[] }>('GET', `/${event_id}/attendees`);
    const accepted = items.filter(({ rsvp_status }) => rsvp_status === 'accept').map(({ room_id }) => room_id);
    expect(accepted.sort()).toEqual([two.roomId, three.roomId].sort());
  });

  it('a move changes nothing when another of its rooms is not to be had', async () => {
    const [one, two] = [await newRoom(), await newRoom()];
    const { event_id, ids } = await event(one, two);
    const before = await Promise.all(ids.map(times));
    await book(bob, two, NOON + 2 * DAY);
    expect(await refusal(machine, 'PATCH', `/reservations/${ids[0] ?? ''}`, { start: iso(NOON + 2 * DAY) })).toEqual(taken);
    expect(await Promise.all(ids.map(times))).toEqual(before);
    const { event: kept } = await calendar<{ event: { start_time: { timestamp: string } } }>('GET', `/${event_id}`);
    expect(kept.start_time.timestamp).toBe(String(NOON + DAY));
  });

  it('what the deletion of the event cancelled is not taken back', async () => {
    const { event_id, ids } = await event(await newRoom());
    await calendar('DELETE', `/${event_id}`);
    const [id = ''] = ids;
    expect((await read(id)).status).toBe('cancelled');
    expect(await stepRefused(machine, id, 'undo')).toEqual({ status: 409, code: 'gone' });
  });
});

describe('more time', () => {
  it('is given also while it runs, when nobody comes after', async () => {
    const room = await doorRoom();
    const { id } = await book(ada, room, NOON);
    await book(bob, room, NOON + 2 * HOUR);
    app.clock.advance(30 * MINUTE);
    expect(await step(ada, id, 'extend', { end: iso(NOON + 2 * HOUR) })).toMatchObject({ end: iso(NOON + 2 * HOUR), status: 'accepted' });
    expect(await stepRefused(ada, id, 'extend', { end: iso(NOON + 2 * HOUR + 1) })).toEqual(taken);
    expect(await stepRefused(ada, id, 'extend', { end: iso(NOON + HOUR) })).toEqual(invalid('end'));
    app.clock.advance(-30 * MINUTE);
  });

  it.each<[who: string, who: (room: { panel: Who }) => Who, possible: boolean]>([
    ['its reserver', () => ada, true],
    ['the panel of its room', ({ panel }) => panel, true],
    ['an administrator', () => office, true],
    ['somebody else', () => bob, false],
  ])('by %s', async (_what, whoOf, possible) => {
    const room = await doorRoom();
    const { id } = await book(ada, room, NOON);
    const { status } = await ask(whoOf(room), 'POST', `/reservations/${id}/extend`, { end: iso(NOON + 2 * HOUR) });
    expect(status).toBe(possible ? 200 : 403);
  });

  it('is not for what is over or given back, and obeys how long the room may be used', async () => {
    const room = await newRoom();
    const { id } = await book(ada, room, NOON);
    await settings(room.roomId, { time: { enabled: true, days_in_advance: 3, opens_at: '08:00', day_start: '00:00', day_end: '24:00', max_hours: 2 } });
    expect(await stepRefused(ada, id, 'extend', { end: iso(NOON + 2 * HOUR + 1) })).toEqual(refused('too_long'));
    await step(ada, id, 'extend', { end: iso(NOON + 2 * HOUR) });
    app.clock.advance(2 * HOUR);
    expect(await stepRefused(ada, id, 'extend', { end: iso(NOON + 3 * HOUR) })).toEqual(wrongState);
    app.clock.advance(-2 * HOUR);
    await step(ada, id, 'release');
    expect(await stepRefused(ada, id, 'extend', { end: iso(NOON + 3 * HOUR) })).toEqual(wrongState);
  });
});

describe('given up', () => {
  it.each<[when: string, door: boolean, at: number, becomes: 'cancelled' | 'released']>([
    ['before the check-in opens', true, NOON + DAY - 15 * MINUTE - 1, 'cancelled'],
    ['as the check-in opens', true, NOON + DAY - 15 * MINUTE, 'released'],
    ['while it runs', true, NOON + DAY + 5 * MINUTE, 'released'],
    ['a second before the start, where nobody checks in', false, NOON + DAY - 1, 'cancelled'],
    ['at the start, where nobody checks in', false, NOON + DAY, 'released'],
    ['in its last second', true, NOON + DAY + HOUR - 1, 'released'],
  ])('%s (a door: %s)', async (_when, door, at, becomes) => {
    const room = door ? await doorRoom() : await newRoom();
    const { id } = await book(ada, room, NOON + DAY);
    app.clock.seconds = at;
    const shown = await step(ada, id, 'cancel');
    expect(shown.status).toBe(becomes);
    if (becomes === 'cancelled') expect(shown.cancellation).toEqual({ cause: 'by_hand', note: null, at: iso(at) });
    else expect(shown.release).toEqual({ cause: 'by_hand', by: 'Ada', at: iso(at) });
    expect(await ledgerOf(room)).toHaveLength(becomes === 'cancelled' ? 0 : 1);
    expect(await stepRefused(ada, id, 'cancel')).toEqual(wrongState);
    // The slot is free again.
    await book(bob, room, Math.max(NOON + DAY, at), MINUTE);
  });

  it('is not what is over', async () => {
    const { id } = await book(ada, await newRoom(), NOON);
    app.clock.advance(HOUR);
    expect(await stepRefused(ada, id, 'cancel')).toEqual(wrongState);
    expect(await stepRefused(ada, id, 'release')).toEqual(wrongState);
    app.clock.advance(-HOUR);
  });

  it('by its reserver and by administrators, not by guests, others or devices', async () => {
    const room = await doorRoom();
    const { id } = await book(ada, room, NOON + DAY, HOUR, { guests: [eve.id] });
    for (const who of [bob, eve, room.panel]) expect(await stepRefused(who, id, 'cancel')).toEqual(noPermission);
    expect((await step(office, id, 'cancel')).status).toBe('cancelled');
  });

  it('a request is, until it would begin', async () => {
    const { id } = await request(ada, await approvedRoom(), NOON + DAY);
    expect((await step(ada, id, 'cancel')).status).toBe('cancelled');
    expect(await stepRefused(bob, id, 'approve', {})).toEqual(wrongState);
  });
});

describe('a request for approval', () => {
  it('holds nothing; who is approved has the slot, and what else asked for it is turned down', async () => {
    const room = await approvedRoom();
    const [first, second, beside] = [
      await request(ada, room, NOON + DAY),
      await request(eve, room, NOON + DAY + 1800),
      await request(eve, room, NOON + DAY + 2 * HOUR),
    ];
    expect([first, second, beside].map(({ status }) => status)).toEqual(['pending', 'pending', 'pending']);
    expect(await step(bob, second.id, 'approve', {})).toMatchObject({ status: 'accepted', rejection: null });
    expect(await read(first.id)).toMatchObject({ status: 'rejected', rejection: { rule: 'outbid', by: 'Bob', at: iso(NOON) } });
    expect((await read(beside.id)).status).toBe('pending');
    for (const step of ['approve', 'reject']) expect(await stepRefused(bob, first.id, step, {})).toEqual(wrongState);
    expect(await stepRefused(bob, second.id, 'reject', {})).toEqual(wrongState);
    const { reservations } = await done<Booked>(ada, 'GET', `/reservations?room=${room.roomId}&status=accepted`);
    expect(reservations.map(({ id }) => id)).toEqual([second.id]);
  });

  it('is turned down with a word', async () => {
    const { id } = await request(ada, await approvedRoom(), NOON + DAY);
    expect((await step(bob, id, 'reject', { note: '另有安排' })).rejection).toEqual({ rule: 'by_approver', note: '另有安排', by: 'Bob', at: iso(NOON) });
  });

  it.each<[who: string, Who, possible: boolean]>([
    ['an approver', bob, true],
    ['an administrator', office, true],
    ['whoever asked', ada, false],
    ['somebody else', eve, false],
  ])('is decided by %s', async (_who, who, possible) => {
    const room = await approvedRoom();
    for (const decision of ['approve', 'reject']) {
      const { id } = await request(ada, room, NOON + DAY);
      expect((await ask(who, 'POST', `/reservations/${id}/${decision}`, {})).status).toBe(possible ? 200 : 403);
      if (possible && decision === 'approve') await step(ada, id, 'cancel');
    }
  });

  it('is too late at its start, also before anybody wrote that down', async () => {
    const { id } = await request(ada, await approvedRoom(), NOON + HOUR);
    app.clock.seconds = NOON + HOUR;
    expect(await read(id)).toMatchObject({ status: 'rejected', rejection: { rule: 'undecided', at: iso(NOON + HOUR) } });
    expect(await stepRefused(bob, id, 'approve', {})).toEqual(wrongState);
  });

  it.each<[what: string, who: Who, fields: object, rule: string]>([
    ['a reason', ada, {}, 'no_reason'],
    ['a person', machine, { approval_reason: 'x' }, 'needs_person'],
    ['a single date', ada, { approval_reason: 'x', recurrence: 'FREQ=DAILY;COUNT=2' }, 'no_recurring'],
  ])('needs %s', async (_what, who, fields, rule) => {
    expect(await refusal(who, 'POST', '/reservations', booking(await approvedRoom(), NOON + DAY, HOUR, fields))).toEqual(refused(rule));
  });

  it('is needed only by what is longer, where the room says so', async () => {
    const room = await newRoom();
    await settings(room.roomId, { approval: { enabled: true, applies: 'longer', hours: 1.5, approvers: [bob.id] } });
    expect((await book(ada, room, NOON + DAY, 1.5 * HOUR)).status).toBe('accepted');
    expect(await refusal(ada, 'POST', '/reservations', booking(room, NOON + 2 * DAY, 1.5 * HOUR + 1))).toEqual(refused('no_reason'));
    expect((await request(ada, room, NOON + 2 * DAY)).status).toBe('accepted');
  });

  it('cannot be approved any more when the slot is gone', async () => {
    const room = await approvedRoom();
    const { id } = await request(ada, room, NOON + DAY);
    await settings(room.roomId, { approval: null });
    await book(eve, room, NOON + DAY);
    expect(await stepRefused(bob, id, 'approve', {})).toEqual(noPermission);
    expect(await stepRefused(office, id, 'approve', {})).toEqual(taken);
    expect((await read(id)).status).toBe('pending');
  });
});

describe('check-in', () => {
  it.each<[when: string, at: number, outcome: 'checked_in' | 'refused']>([
    ['a second before the window', NOON + DAY - 15 * MINUTE - 1, 'refused'],
    ['as the window opens', NOON + DAY - 15 * MINUTE, 'checked_in'],
    ['in the window’s last second', NOON + DAY + 15 * MINUTE - 1, 'checked_in'],
    ['as the window closes', NOON + DAY + 15 * MINUTE, 'refused'],
  ])('%s', async (_when, at, outcome) => {
    const room = await doorRoom();
    const { id, check_in } = await book(ada, room, NOON + DAY);
    expect([check_in.opens, check_in.closes]).toEqual([iso(NOON + DAY - 15 * MINUTE), iso(NOON + DAY + 15 * MINUTE)]);
    app.clock.seconds = at;
    if (outcome === 'refused') expect(await stepRefused(ada, id, 'check-in')).toEqual(wrongState);
    else expect((await step(ada, id, 'check-in')).check_in).toMatchObject({ status: 'checked_in', at: iso(at), device: null });
    // Once is enough, and a second time changes nothing.
    if (outcome === 'checked_in') expect(await step(ada, id, 'check-in')).toMatchObject({ version: 2 });
  });

  it('of what is short closes with its end', async () => {
    const { check_in } = await book(ada, await doorRoom(), NOON + DAY, 10 * MINUTE);
    expect(check_in.closes).toBe(iso(NOON + DAY + 10 * MINUTE));
  });

  it.each(['panel', 'qr_code', 'controller', 'touch_panel'] as const)('by a %s says so', async (kind) => {
    const room = await newRoom();
    const door = await device(room, kind);
    const { id } = await book(ada, room, NOON);
    expect((await step(door, id, 'check-in')).check_in).toMatchObject({ status: 'checked_in', at: iso(NOON), device: kind });
  });

  it('is not for a sensor, nor for the door of another room', async () => {
    const [room, other] = [await doorRoom(), await doorRoom()];
    const sensor = await device(room, 'sensor');
    const { id } = await book(ada, room, NOON);
    expect(await stepRefused(sensor, id, 'check-in')).toEqual(noPermission);
    for (const name of ['check-in', 'release', 'end', 'cancel', 'undo']) expect(await stepRefused(other.panel, id, name)).toEqual(notFound);
    expect(await refusal(other.panel, 'GET', `/reservations/${id}`)).toEqual(notFound);
    expect((await read(id, room.panel)).id).toBe(id);
  });

  it.each<[who: string, Who, possible: boolean]>([
    ['its reserver', ada, true],
    ['a guest', eve, true],
    ['an administrator', office, true],
    ['somebody else', bob, false],
  ])('by %s: without a device', async (_who, who, possible) => {
    const { id } = await book(ada, await doorRoom(), NOON, HOUR, { guests: [eve.id] });
    if (possible) expect((await step(who, id, 'check-in')).check_in).toMatchObject({ status: 'checked_in', device: null });
    else expect(await stepRefused(who, id, 'check-in')).toEqual(noPermission);
  });

  it('is for who holds the room and has to: not for requests, what is given up, rooms without a door', async () => {
    const room = await approvedRoom();
    await device(room);
    const asked = await request(ada, room, NOON + 5 * MINUTE);
    expect(await stepRefused(ada, asked.id, 'check-in')).toEqual(wrongState);
    const plain = await book(ada, await newRoom(), NOON);
    expect(await stepRefused(ada, plain.id, 'check-in')).toEqual(wrongState);
    const gone = await book(ada, await doorRoom(), NOON);
    await step(ada, gone.id, 'release');
    expect(await stepRefused(ada, gone.id, 'check-in')).toEqual(wrongState);
  });
});

describe('given back', () => {
  it.each<[who: string, who: (room: { panel: Who }) => Who, checkedIn: boolean, cause: string, by: string]>([
    ['its reserver', () => ada, false, 'by_hand', 'Ada'],
    ['its reserver', () => ada, true, 'after_end', 'Ada'],
    ['an administrator', () => office, false, 'by_hand', '管理员'],
    ['an administrator', () => office, true, 'by_hand', '管理员'],
    ['the panel', ({ panel }) => panel, false, 'by_hand', 'panel'],
    ['the panel', ({ panel }) => panel, true, 'after_end', 'panel'],
  ])('by %s (%#)', async (_who, whoOf, checkedIn, cause, by) => {
    for (const name of ['release', 'end']) {
      const room = await doorRoom();
      const { id } = await book(ada, room, NOON);
      if (checkedIn) await step(ada, id, 'check-in');
      app.clock.advance(5 * MINUTE);
      // To end is to go home: whoever says so, it was used.
      const expected = name === 'end' && checkedIn ? 'after_end' : cause;
      expect((await step(whoOf(room), id, name)).release).toEqual({ cause: expected, by, at: iso(NOON + 5 * MINUTE) });
      expect(await stepRefused(ada, id, name)).toEqual(wrongState);
      await book(bob, room, NOON + 5 * MINUTE);
      app.clock.advance(-5 * MINUTE);
    }
  });

  it('is not by others or a sensor, and what has not begun cannot end', async () => {
    const room = await doorRoom();
    const sensor = await device(room, 'sensor');
    const { id } = await book(ada, room, NOON + HOUR);
    for (const name of ['release', 'end']) for (const who of [bob, sensor]) expect(await stepRefused(who, id, name)).toEqual(noPermission);
    expect(await stepRefused(ada, id, 'end')).toEqual(wrongState);
    expect((await step(ada, id, 'release')).status).toBe('released');
  });
});

describe('taken back', () => {
  it.each<[what: string, name: 'cancel' | 'release', at: number]>([
    ['a cancellation', 'cancel', NOON],
    ['a release ahead of time', 'release', NOON],
    ['a release while it ran', 'release', NOON + DAY + MINUTE],
  ])('%s', async (_what, name, at) => {
    const room = await doorRoom();
    const made = await book(ada, room, NOON + DAY);
    app.clock.seconds = at;
    await step(ada, made.id, name);
    app.clock.advance(MINUTE);
    expect(await step(ada, made.id, 'undo')).toMatchObject({ status: 'accepted', cancellation: null, release: null });
    expect(await refusal(bob, 'POST', '/reservations', booking(room, NOON + DAY + 5 * MINUTE))).toMatchObject(taken);
    expect(await stepRefused(ada, made.id, 'undo')).toEqual(wrongState);
  });

  it('is not what somebody else has meanwhile, what is over, or another’s', async () => {
    const room = await newRoom();
    const { id } = await book(ada, room, NOON + DAY);
    await step(ada, id, 'cancel');
    expect(await stepRefused(eve, id, 'undo')).toEqual(noPermission);
    const other = await book(bob, room, NOON + DAY + 30 * MINUTE);
    expect(await stepRefused(ada, id, 'undo')).toEqual(taken);
    await step(bob, other.id, 'cancel');
    app.clock.seconds = NOON + DAY + HOUR;
    expect(await stepRefused(ada, id, 'undo')).toEqual(wrongState);
  });

  it('is not the end of a request, nor what a closed room cancelled', async () => {
    const room = await approvedRoom();
    const asked = await request(ada, room, NOON + DAY);
    await step(ada, asked.id, 'cancel');
    expect(await stepRefused(ada, asked.id, 'undo')).toEqual(wrongState);
    const closed = await newRoom();
    const { id } = await book(ada, closed, NOON + DAY);
    await done<object>(office, 'PATCH', `/rooms/${closed.roomId}`, { disabled: {} });
    await done<object>(office, 'PATCH', `/rooms/${closed.roomId}`, { disabled: null });
    expect((await read(id)).cancellation?.cause).toBe('room_disabled');
    expect(await stepRefused(ada, id, 'undo')).toEqual(wrongState);
  });
});

describe('a walk-up', () => {
  const take = (who: Who, { roomId }: Room, end: number, headers?: Record<string, string>) =>
    done(who, 'POST', `/rooms/${roomId}/walk-up`, { end: iso(end) }, headers);
  const takeRefused = (who: Who, { roomId }: Room, end: number) => refusal(who, 'POST', `/rooms/${roomId}/walk-up`, { end: iso(end) });

  it('takes the room from now on: nobody has to check in', async () => {
    const room = await doorRoom();
    expect(await take(room.panel, room, NOON + HOUR)).toMatchObject({
      start: iso(NOON),
      end: iso(NOON + HOUR),
      reserver: { id: '', name: 'panel', department: '' },
      status: 'accepted',
      check_in: { status: 'exempt_walk_up', opens: null, closes: null },
    });
    expect(await takeRefused(room.panel, room, NOON + HOUR)).toEqual(taken);
  });

  it('lasts until the next one at most', async () => {
    const room = await doorRoom();
    await book(ada, room, NOON + HOUR);
    expect(await takeRefused(room.panel, room, NOON + HOUR + 1)).toEqual(taken);
    expect((await take(room.panel, room, NOON + HOUR)).end).toBe(iso(NOON + HOUR));
  });

  it('by a device is of its own room only; by people of any', async () => {
    const [room, other] = [await doorRoom(), await doorRoom()];
    expect(await takeRefused(other.panel, room, NOON + HOUR)).toEqual(noPermission);
    expect(await takeRefused(await device(room, 'sensor'), room, NOON + HOUR)).toEqual(noPermission);
    expect((await take(ada, room, NOON + HOUR)).reserver).toMatchObject({ id: ada.id, name: 'Ada' });
    expect(await takeRefused(ada, { roomId: 'omm_none', roomNo: 0 }, NOON + HOUR)).toEqual(notFound);
    expect(await takeRefused(ada, other, NOON)).toEqual(invalid('end'));
  });

  it('needs no approval, and is not of a closed room', async () => {
    const room = await approvedRoom();
    expect((await take(ada, room, NOON + HOUR)).status).toBe('accepted');
    const closed = await newRoom();
    await done<object>(office, 'PATCH', `/rooms/${closed.roomId}`, { disabled: {} });
    expect(await takeRefused(ada, closed, NOON + HOUR)).toEqual(refused('disabled'));
  });

  it('under a key is made once', async () => {
    const room = await doorRoom();
    const key = { 'idempotency-key': 'w-1' };
    const first = await take(room.panel, room, NOON + HOUR, key);
    app.clock.advance(5);
    expect(await take(room.panel, room, NOON + HOUR, key)).toEqual(first);
  });

  it('ends when whoever stands at the door says so', async () => {
    const room = await doorRoom();
    const { id } = await take(room.panel, room, NOON + HOUR);
    app.clock.advance(10 * MINUTE);
    expect((await step(room.panel, id, 'end')).release).toMatchObject({ cause: 'after_end' });
    await book(ada, room, NOON + 10 * MINUTE);
  });
});

describe('what a door says', () => {
  const lastSeen = async ({ roomId }: Room) =>
    (await done<{ devices: { kind: string; last_seen: string | null }[] }>(office, 'GET', `/rooms/${roomId}/devices`)).devices.map(
      ({ last_seen }) => last_seen,
    );

  it('is a sign of life', async () => {
    const room = await doorRoom();
    expect(await lastSeen(room)).toEqual([null]);
    app.clock.advance(42);
    expect(await done<object>(room.panel, 'POST', '/device/heartbeat')).toEqual({ now: iso(NOON + 42) });
    expect(await lastSeen(room)).toEqual([iso(NOON + 42)]);
  });

  it('about people in the room is for sensors', async () => {
    const room = await doorRoom();
    const sensor = await device(room, 'sensor');
    expect(await done<object>(sensor, 'POST', '/device/sensor-report', { occupied: true })).toEqual({ now: iso(NOON) });
    expect(await refusal(room.panel, 'POST', '/device/sensor-report', { occupied: true })).toEqual(noPermission);
    expect(await refusal(sensor, 'POST', '/device/sensor-report', {})).toEqual(invalid('occupied'));
    expect(await lastSeen(room)).toEqual(expect.arrayContaining([iso(NOON), null]));
  });

  it('ends with its credential', async () => {
    const room = await doorRoom();
    await done<object>(office, 'DELETE', `/devices/${room.panel.id}`);
    expect(await refusal(room.panel, 'POST', '/device/heartbeat')).toEqual({ status: 401, code: 'invalid_token' });
  });
});

describe('the terms of a reservation', () => {
  const checkIn = (parts: object = {}) => ({
    check_in: { enabled: true, minutes_before: 15, minutes_after: 15, release_on_no_show: true, sensor_minutes: 15, ...parts },
  });

  it('follow the settings and devices until the check-in opens, and are frozen then', async () => {
    const room = await newRoom();
    const [soon, later] = [await book(ada, room, NOON + HOUR), await book(ada, room, NOON + 3 * HOUR)];
    const statuses = async () => [(await read(soon.id)).check_in, (await read(later.id)).check_in].map(({ status, opens }) => [status, opens]);
    expect(await statuses()).toEqual([
      ['exempt_no_device', null],
      ['exempt_no_device', null],
    ]);
    const panel = await device(room);
    expect(await statuses()).toEqual([
      ['upcoming', iso(NOON + 45 * MINUTE)],
      ['upcoming', iso(NOON + 165 * MINUTE)],
    ]);
    await settings(room.roomId, checkIn({ minutes_before: 30, minutes_after: 5 }));
    expect(await statuses()).toEqual([
      ['upcoming', iso(NOON + 30 * MINUTE)],
      ['upcoming', iso(NOON + 150 * MINUTE)],
    ]);
    expect((await read(later.id)).check_in.closes).toBe(iso(NOON + 3 * HOUR + 5 * MINUTE));
    // The window of the first is open now.
    app.clock.seconds = NOON + 30 * MINUTE;
    await settings(room.roomId, checkIn({ enabled: false }));
    expect(await statuses()).toEqual([
      ['open', iso(NOON + 30 * MINUTE)],
      ['exempt_off', null],
    ]);
    await settings(room.roomId, { check_in: null });
    await done<object>(office, 'DELETE', `/devices/${panel.id}`);
    expect(await statuses()).toEqual([
      ['open', iso(NOON + 30 * MINUTE)],
      ['exempt_no_device', null],
    ]);
  });

  it('of what is over are not rewritten by a device that is bound today', async () => {
    const room = await newRoom();
    const past = await book(ada, room, NOON);
    app.clock.seconds = NOON + 7 * DAY;
    const before = await read(past.id);
    await device(room);
    await settings(room.roomId, checkIn({ minutes_before: 60 }));
    expect(await read(past.id)).toEqual(before);
    expect(before.check_in.status).toBe('exempt_no_device');
  });

  it('are not asked of what has begun or would have been open already', async () => {
    const room = await newRoom();
    const [running, near] = [await book(ada, room, NOON - 5 * MINUTE, 10 * MINUTE), await book(ada, room, NOON + 10 * MINUTE)];
    await device(room);
    for (const { id } of [running, near]) expect((await read(id)).check_in.status).toBe('exempt_no_device');
  });

  it('come from the level where the room says nothing', async () => {
    const level = await createLevel(app.ctx, tester, { tenantId, parentId: rootLevelId, name: '二层' });
    const room = await createRoom(app.ctx, tester, { tenantId, levelId: level, name: '柏', capacity: 6 });
    await device(room);
    const { id } = await book(ada, room, NOON + DAY);
    await settings(level, checkIn({ minutes_before: 5 }));
    expect((await read(id)).check_in.opens).toBe(iso(NOON + DAY - 5 * MINUTE));
  });

  it('are no concern of a walk-up', async () => {
    const room = await doorRoom();
    const { id } = await done(ada, 'POST', `/rooms/${room.roomId}/walk-up`, { end: iso(NOON + HOUR) });
    await settings(room.roomId, checkIn({ minutes_after: 60 }));
    expect((await read(id)).check_in.status).toBe('exempt_walk_up');
  });
});
