import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { Client } from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { bindDevice } from '../../src/domain/devices.ts';
import { createLevel } from '../../src/domain/levels.ts';
import { createRoom } from '../../src/domain/rooms.ts';
import { NOON, tenantToken, tester, testApp, testTenant } from '../support/app.ts';
import { engine } from '../support/database.ts';
import { addReservations, reservation } from '../support/ledger.ts';

/* Changes that meet: nobody overwrites what he has not seen, and no two together make what neither may. */
/** What to do when so many statements with that text were seen, once. */
let hook: { text: string; times: number; act: () => void } | undefined;
const app = await testApp(
  { rateLimit: 0 },
  {
    onStatement: (text) => {
      if (!hook || !text.includes(hook.text) || --hook.times > 0) return;
      const { act } = hook;
      hook = undefined;
      act();
    },
  },
);
/** A second server on the same database, where there can be one. */
const second = engine() === 'postgres' ? await testApp({ rateLimit: 0, databaseUrl: app.ctx.config.databaseUrl }) : undefined;
afterAll(async () => {
  await second?.stop();
  await app.stop();
});
const urls = second ? [app.url, second.url] : [app.url];
const tenant = await testTenant(app, { scopes: ['vc:room', 'yuding:admin'] });
const { tenantId, rootLevelId } = tenant;
const token = await tenantToken(app, tenant);

interface Answer {
  status: number;
  code: string | number;
  etag: string | null;
  body: { id?: string; version?: number; name?: string; code?: number; error?: { code: string } };
}

async function ask(method: string, path: string, body?: object, headers: Record<string, string> = {}, url = app.url): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Answer['body'];
  return { status: response.status, code: answer.code ?? answer.error?.code ?? 0, etag: response.headers.get('etag'), body: answer };
}

let placesSoFar = 0;

interface Place {
  levelId: string;
  roomId: string;
  roomNo: number;
}

/** A level with a room with a reservation that a deletion or a disabling would cancel. */
async function place(): Promise<Place> {
  const levelId = await createLevel(app.ctx, tester, { tenantId, parentId: rootLevelId, name: `层 ${String(++placesSoFar)}` });
  const room = await createRoom(app.ctx, tester, { tenantId, levelId, name: '松', capacity: 6 });
  await addReservations(app, [reservation({ tenant_id: tenantId, room_no: room.roomNo, start_at: NOON + 7200 })]);
  return { levelId, ...room };
}

/** All of the tenant that a change could leave a trace in. */
async function everything() {
  const db = app.ctx.db.kysely;
  const [tenants, levels, rooms, settings, reservations, history, devices] = await Promise.all([
    db.selectFrom('tenants').selectAll().where('tenant_id', '=', tenantId).execute(),
    db.selectFrom('levels').selectAll().where('tenant_id', '=', tenantId).orderBy('level_id').execute(),
    db.selectFrom('rooms').selectAll().where('tenant_id', '=', tenantId).orderBy('room_no').execute(),
    db.selectFrom('settings').selectAll().where('tenant_id', '=', tenantId).orderBy('scope_id').orderBy('part').execute(),
    db.selectFrom('reservations').selectAll().where('tenant_id', '=', tenantId).orderBy('id').execute(),
    db.selectFrom('history').selectAll().where('tenant_id', '=', tenantId).orderBy('id').execute(),
    db.selectFrom('devices').selectAll().where('tenant_id', '=', tenantId).orderBy('device_id').execute(),
  ]);
  return { tenants, levels, rooms, settings, reservations, history, devices };
}

type Snapshot = Awaited<ReturnType<typeof everything>>;

/** What somebody else does, past this server, and what is there afterwards. */
interface Elsewhere {
  sql: string;
  after: (before: Snapshot, version: number) => Partial<Snapshot>;
}

const mine = `tenant_id = ${String(tenantId)}`;
const NEXT = `UPDATE tenants SET directory_version = directory_version + 1 WHERE ${mine}`;
const NOW_IN = `(SELECT directory_version FROM tenants WHERE ${mine})`;
const checkIn = '{"enabled":false,"minutesBefore":5,"minutesAfter":5,"releaseOnNoShow":false,"sensorMinutes":0}';

const changesRoom =
  (columns: { name: string } | { deleted_at: number }) =>
  ({ roomId }: Place): Elsewhere => ({
    sql: `${NEXT}; UPDATE rooms SET ${assign(columns)}, version = version + 1, changed_in = ${NOW_IN} WHERE ${mine} AND room_id = '${roomId}'`,
    after: ({ rooms }, changed_in) => ({
      rooms: rooms.map((room) => (room.room_id === roomId ? { ...room, ...columns, version: room.version + 1, changed_in } : room)),
    }),
  });
const changesLevel =
  (columns: { custom_group_id: string } | { deleted_at: number }) =>
  ({ levelId }: Place): Elsewhere => ({
    sql: `${NEXT}; UPDATE levels SET ${assign(columns)}, version = version + 1, changed_in = ${NOW_IN} WHERE ${mine} AND level_id = '${levelId}'`,
    after: ({ levels }, changed_in) => ({
      levels: levels.map((level) => (level.level_id === levelId ? { ...level, ...columns, version: level.version + 1, changed_in } : level)),
    }),
  });
const changesSettings =
  (scope: 'levelId' | 'roomId') =>
  (at: Place): Elsewhere => ({
    sql: `${NEXT}; INSERT INTO settings (tenant_id, scope_id, part, value, changed_in) VALUES (${String(tenantId)}, '${at[scope]}', 'check_in', '${checkIn}', ${NOW_IN})`,
    after: ({ settings }, changed_in) => ({
      settings: [...settings, { tenant_id: tenantId, scope_id: at[scope], part: 'check_in' as const, value: checkIn, changed_in }].sort((a, b) =>
        a.scope_id < b.scope_id ? -1 : 1,
      ),
    }),
  });

function assign(columns: object): string {
  return Object.entries(columns)
    .map(([column, value]) => `${column} = ${typeof value === 'number' ? String(value) : `'${String(value)}'`}`)
    .join(', ');
}

/** The directory as a request reads it before its transaction begins: levels, rooms, settings and departments, side by side where the engine can. */
const READ = { text: '"changed_in" >', times: 4 };

/**
 * Makes a request, between whose reading and writing somebody else commits a change.
 *
 * On PostgreSQL the other holds the rows until the request has read; on SQLite, where everything waits for a writer, he is
 * done within the moment after the reading.
 */
async function crossed(sql: string, request: () => Promise<Answer>, seen = READ): Promise<Answer> {
  const { databaseUrl, data } = app.ctx.config;
  if (databaseUrl === undefined) {
    const other = new DatabaseSync(join(data, 'yuding.db'));
    const asked = during(seen, request, () => {
      other.exec(`BEGIN IMMEDIATE; ${sql}; COMMIT`);
    });
    await asked.read;
    other.close();
    return asked.answer;
  }
  const other = new Client({ connectionString: databaseUrl });
  await other.connect();
  await other.query(`BEGIN; ${sql}`);
  const asked = during(seen, request);
  await asked.read;
  await other.query('COMMIT');
  await other.end();
  return asked.answer;
}

function during(seen: typeof READ, request: () => Promise<Answer>, act: () => void = () => undefined): { read: Promise<void>; answer: Promise<Answer> } {
  const read = new Promise<void>((resolve) => {
    hook = {
      ...seen,
      act: () => {
        act();
        resolve();
      },
    };
  });
  const answer = request();
  const tooSoon = answer.then(({ status, code }) => {
    if (hook) throw new Error(`answered before it read: ${String(status)} ${String(code)}`);
  });
  return { read: Promise.race([read, tooSoon]), answer };
}

interface Crossing {
  request: string;
  other: string;
  ask: (at: Place) => Promise<Answer>;
  elsewhere: (at: Place) => Elsewhere;
  status: number;
  code: string | number;
}

const conflict = { status: 404, code: 121006 };
const renamesRoom = { other: 'changes the room', elsewhere: changesRoom({ name: '竹' }) };
const deletesRoom = { other: 'deletes the room', elsewhere: changesRoom({ deleted_at: NOON }) };
const changesItsLevel = { other: 'changes the level', elsewhere: changesLevel({ custom_group_id: '别处' }) };
const deletesLevel = { other: 'deletes the level', elsewhere: changesLevel({ deleted_at: NOON }) };
const levelSettings = { other: 'changes the settings', elsewhere: changesSettings('levelId') };
const roomSettings = { other: 'changes the settings', elsewhere: changesSettings('roomId') };

const VC = '/open-apis/vc/v1';
const wireRequests = {
  'patch room': ({ roomId }: Place) => ask('PATCH', `${VC}/rooms/${roomId}`, { capacity: 99, room_status: { status: false } }),
  'delete room': ({ roomId }: Place) => ask('DELETE', `${VC}/rooms/${roomId}`),
  'patch level': ({ levelId }: Place) => ask('PATCH', `${VC}/room_levels/${levelId}`, { name: `我 ${levelId}`, parent_id: '0' }),
  'del level': ({ levelId }: Place) => ask('POST', `${VC}/room_levels/del`, { room_level_id: levelId, delete_child: true }),
  'patch reserve config of a level': ({ levelId }: Place) =>
    ask('PATCH', `${VC}/reserve_configs/${levelId}`, { scope_type: '1', time_config: { time_switch: 1, if_cover_child_scope: true } }),
  'patch reserve config of a room': ({ roomId }: Place) =>
    ask('PATCH', `${VC}/reserve_configs/${roomId}`, { scope_type: '2', time_config: { time_switch: 1 } }),
  'patch reserve admin of a level': ({ levelId }: Place) =>
    ask('PATCH', `${VC}/reserve_configs/${levelId}/admin`, { scope_type: 1, reserve_admin_config: { users: [{ user_id: tenant.administratorId }] } }),
};
const time = { enabled: true, days_in_advance: 7, opens_at: '08:00', day_start: '08:00', day_end: '20:00', max_hours: 4 };
const v1Requests = {
  'PATCH room': ({ roomId }: Place) => ask('PATCH', `/api/v1/rooms/${roomId}`, { capacity: 99, disabled: {} }),
  'DELETE room': ({ roomId }: Place) => ask('DELETE', `/api/v1/rooms/${roomId}`),
  'PATCH level': ({ levelId }: Place) => ask('PATCH', `/api/v1/levels/${levelId}`, { name: `我 ${levelId}` }),
  'DELETE level': ({ levelId }: Place) => ask('DELETE', `/api/v1/levels/${levelId}?delete_children=true`),
  'PATCH settings of a level': ({ levelId }: Place) => ask('PATCH', `/api/v1/settings/${levelId}`, { time, cover: ['time'] }),
  'PATCH settings of a room': ({ roomId }: Place) => ask('PATCH', `/api/v1/settings/${roomId}`, { time }),
};
const wire = (request: keyof typeof wireRequests, by: Pick<Crossing, 'other' | 'elsewhere'>, { status, code } = conflict): Crossing => ({
  request,
  ask: wireRequests[request],
  ...by,
  status,
  code,
});
const v1 = (request: keyof typeof v1Requests, by: Pick<Crossing, 'other' | 'elsewhere'>, status = 409, code = 'conflict'): Crossing => ({
  request,
  ask: v1Requests[request],
  ...by,
  status,
  code,
});
const gone = { status: 404, code: 121004 };
const noScope = { status: 400, code: 126001 };

const crossings: Crossing[] = [
  wire('patch room', renamesRoom),
  wire('delete room', renamesRoom),
  wire('patch level', changesItsLevel),
  wire('del level', changesItsLevel),
  // A status of 404 goes with the code in the families of rooms; the settings' own has 400 for what a caller can mend.
  ...(['patch reserve config of a level', 'patch reserve admin of a level'] as const).map((request) => ({ ...wire(request, levelSettings), status: 0 })),
  { ...wire('patch reserve config of a room', roomSettings), status: 0 },
  wire('patch room', deletesRoom, gone),
  wire('delete room', deletesRoom, gone),
  wire('patch level', deletesLevel, gone),
  wire('del level', deletesLevel, gone),
  wire('patch reserve config of a level', deletesLevel, noScope),
  wire('patch reserve config of a room', deletesRoom, noScope),
  v1('PATCH room', renamesRoom),
  v1('DELETE room', renamesRoom),
  v1('PATCH level', changesItsLevel),
  v1('DELETE level', changesItsLevel),
  v1('PATCH settings of a level', levelSettings),
  v1('PATCH settings of a room', roomSettings),
  v1('PATCH room', deletesRoom, 404, 'not_found'),
  v1('DELETE room', deletesRoom, 404, 'not_found'),
  v1('PATCH level', deletesLevel, 404, 'not_found'),
  v1('DELETE level', deletesLevel, 404, 'not_found'),
  v1('PATCH settings of a level', deletesLevel, 404, 'not_found'),
  v1('PATCH settings of a room', deletesRoom, 404, 'not_found'),
];

describe('between the reading and the writing of a request', () => {
  it.each(crossings)('$request; somebody else $other: $code, and nothing is overwritten', async ({ ask: request, elsewhere, status, code }) => {
    const at = await place();
    const { sql, after } = elsewhere(at);
    const before = await everything();
    const answer = await crossed(sql, () => request(at));
    expect(answer.code).toBe(code);
    if (status === 0) expect(answer.status).toBeLessThan(500);
    else expect(answer.status).toBe(status);
    const [row] = before.tenants;
    if (!row) throw new Error('no tenant');
    const version = row.directory_version + 1;
    expect(await everything()).toEqual({ ...before, tenants: [{ ...row, directory_version: version }], ...after(before, version) });
  });

  it.each(Object.keys({ ...wireRequests, ...v1Requests }))('%s goes through when somebody else changes another object', async (name) => {
    const [at, another] = [await place(), await place()];
    const request = { ...wireRequests, ...v1Requests }[name as keyof typeof wireRequests & keyof typeof v1Requests] as (at: Place) => Promise<Answer>;
    const answer = await crossed(changesRoom({ name: '竹' })(another).sql, () => request(at));
    expect([answer.status, answer.code]).toEqual([200, 0]);
    expect(await nameOf(another.roomId)).toBe('竹');
  });

  it('a device that is taken away gets no new credential', async () => {
    const { roomId } = await place();
    const { device } = await bindDevice(app.ctx, tester, { tenantId, roomId, kind: 'panel', name: '门口' });
    // SQLite lets nobody in between the two statements of a transaction: there he comes before it.
    const seen = { text: engine() === 'postgres' ? 'from "devices"' : 'FROM access_tokens', times: 1 };
    const rotated = await crossed(
      `DELETE FROM devices WHERE ${mine} AND device_id = '${device.device_id}'`,
      () => ask('POST', `/api/v1/devices/${device.device_id}/rotate`),
      seen,
    );
    expect([404, 409]).toContain(rotated.status);
    expect(JSON.stringify(rotated.body)).not.toContain('credential');
  });
});

async function nameOf(roomId: string): Promise<string> {
  return (await app.ctx.db.kysely.selectFrom('rooms').select('name').where('tenant_id', '=', tenantId).where('room_id', '=', roomId).executeTakeFirstOrThrow())
    .name;
}

/** Twenty requests at once, shared out among the servers. */
function twenty(request: (number: number, url: string) => Promise<Answer>): Promise<Answer[]> {
  return Promise.all(Array.from({ length: 20 }, (_, number) => request(number, urls[number % urls.length] ?? app.url)));
}

function count(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of answers) counts[String(status)] = (counts[String(status)] ?? 0) + 1;
  return counts;
}

describe('twenty at once', () => {
  it.each<[what: string, path: (at: Place) => string, body: (number: number) => object, shown: (answer: Answer['body']) => unknown]>([
    [
      'a room',
      ({ roomId }) => `/api/v1/rooms/${roomId}`,
      (number) => ({ description: `第 ${String(number)}` }),
      (body) => (body as { description: string }).description,
    ],
    [
      'a level',
      ({ levelId }) => `/api/v1/levels/${levelId}`,
      (number) => ({ custom_id: `c${String(number)}` }),
      (body) => (body as { custom_id: string }).custom_id,
    ],
    [
      'settings',
      ({ levelId }) => `/api/v1/settings/${levelId}`,
      (number) => ({ time: { ...time, days_in_advance: number + 1 } }),
      (body) => (body as { time: { own: { days_in_advance: number } } }).time.own.days_in_advance,
    ],
  ])('that change %s under the same If-Match: one does', async (_what, path, body, shown) => {
    const target = path(await place());
    const { etag } = await ask('GET', target);
    const answers = await twenty((number, url) => ask('PATCH', target, body(number), { 'if-match': etag ?? '' }, url));
    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    expect(answers.filter(({ status }) => status !== 200).map(({ code }) => code)).toEqual(
      Array.from({ length: 19 }, () => expect.stringMatching(/^(stale|conflict)$/) as string),
    );
    const left = await ask('GET', target);
    const [winner] = winners;
    expect([shown(left.body), left.etag]).toEqual([shown(winner?.body ?? {}), winner?.etag]);
    // Whom it was refused finds the new version, not the old one.
    for (const url of urls) expect((await ask('GET', target, undefined, {}, url)).etag).toBe(left.etag);
  });

  it('that disable a room under the same If-Match: its reservation is cancelled once', async () => {
    const { roomId, roomNo } = await place();
    const { etag } = await ask('GET', `/api/v1/rooms/${roomId}`);
    const answers = await twenty((number, url) =>
      ask('PATCH', `/api/v1/rooms/${roomId}`, { disabled: { reason: String(number) } }, { 'if-match': etag ?? '' }, url),
    );
    expect(count(answers)['200']).toBe(1);
    const { reservations, history } = await everything();
    const [row] = reservations.filter((candidate) => candidate.room_no === roomNo);
    expect(row).toMatchObject({ version: 2, cancel_note: String(answers.findIndex(({ status }) => status === 200)) });
    expect(history.filter(({ action, object_id }) => action === 'reservation.cancel' && object_id === String(row?.id))).toHaveLength(1);
  });

  it.each<[what: string, ask: (at: Place, url: string) => Promise<Answer>, stored: (at: Place) => Promise<number>, refused: [number, string | number]]>([
    [
      'rooms, by /api/v1',
      ({ levelId }, url) => ask('POST', '/api/v1/rooms', { name: '同名', capacity: 1, level_id: levelId }, {}, url),
      async ({ levelId }) => (await everything()).rooms.filter((room) => room.level_id === levelId && room.name === '同名').length,
      [409, 'conflict'],
    ],
    [
      'rooms, by the wire',
      ({ levelId }, url) => ask('POST', `${VC}/rooms`, { name: '同名', capacity: 1, room_level_id: levelId }, {}, url),
      async ({ levelId }) => (await everything()).rooms.filter((room) => room.level_id === levelId && room.name === '同名').length,
      [404, 121006],
    ],
    [
      'levels, by /api/v1',
      ({ levelId }, url) => ask('POST', '/api/v1/levels', { name: '同名', parent_id: levelId }, {}, url),
      async ({ levelId }) => (await everything()).levels.filter((level) => level.parent_id === levelId && level.name === '同名').length,
      [409, 'conflict'],
    ],
    [
      'levels, by the wire',
      ({ levelId }, url) => ask('POST', `${VC}/room_levels`, { name: '同名', parent_id: levelId }, {}, url),
      async ({ levelId }) => (await everything()).levels.filter((level) => level.parent_id === levelId && level.name === '同名').length,
      [404, 121006],
    ],
  ])('that make %s of one name in one level: one does', async (_what, create, stored, refused) => {
    const at = await place();
    const answers = await twenty((_number, url) => create(at, url));
    const failed = answers.filter(({ status }) => status > 201);
    expect(failed.map(({ status, code }) => [status, code])).toEqual(Array.from({ length: 19 }, () => refused));
    expect(await stored(at)).toBe(1);
  });

  it('that make rooms of different names: all do, and each gets a number of its own', async () => {
    const { levelId } = await place();
    const answers = await twenty((number, url) => ask('POST', '/api/v1/rooms', { name: `间 ${String(number)}`, capacity: 1, level_id: levelId }, {}, url));
    expect(count(answers)).toEqual({ 201: 20 });
    const made = (await everything()).rooms.filter((room) => room.level_id === levelId);
    expect(new Set(made.map(({ room_no }) => room_no)).size).toBe(21);
  });

  it.each([2, 3, 5, 20])('that move levels so that %i of them would make a ring: none comes to be', async (length) => {
    const { levelId: base } = await place();
    const ring: string[] = [];
    for (let i = 0; i < length; i++) ring.push(await createLevel(app.ctx, tester, { tenantId, parentId: base, name: `环 ${String(i)}` }));
    const answers = await twenty((number, url) => {
      const parent_id = ring[(number + 1) % length];
      return ask('PATCH', `/api/v1/levels/${ring[number % length] ?? ''}`, { parent_id }, {}, url);
    });
    const moved = answers.filter(({ status }) => status === 200);
    expect(moved.length).toBeGreaterThan(0);
    for (const { status, code } of answers)
      expect([
        [200, 0],
        [400, 'invalid'],
        [409, 'conflict'],
      ]).toContainEqual([status, code]);
    const parents = new Map((await everything()).levels.map((level) => [level.level_id, level.parent_id]));
    for (const start of ring) {
      let at: string | null = start;
      let steps = 0;
      while (at !== rootLevelId && at !== null && steps <= 10) {
        at = parents.get(at) ?? null;
        steps++;
      }
      expect([at, steps <= 10]).toEqual([rootLevelId, true]);
    }
    // Both servers see the same tree, with every level in it.
    for (const url of urls) {
      const { body } = await ask('GET', `/api/v1/tree?level=${base}&rooms=false`, undefined, {}, url);
      const nodes = (body as { nodes: { id: string }[] }).nodes.map(({ id }) => id);
      expect(nodes.sort()).toEqual([base, ...ring].sort());
    }
  });
});
