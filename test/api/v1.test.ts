import { createHash } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp as registerApp } from '../../src/domain/apps.ts';
import { v1Methods } from '../../src/wire/index.ts';
import { NOON, tenantToken, tester, testApp, testTenant, testUser, userToken } from '../support/app.ts';
import { addReservations, getLedger, reservation } from '../support/ledger.ts';

/* Every method of our own interface: what it answers, what it refuses. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app, { scopes: ['yuding:admin', 'vc:room:readonly'] });
const { tenantId, rootLevelId, administratorId } = tenant;
const token = await tenantToken(app, tenant);
beforeEach(() => {
  app.clock.seconds = NOON;
});

interface Failure {
  error: { code: string; message: string; log_id: string; scopes?: string[]; fields?: { field: string; description: string }[] };
}
interface Answer<Body> {
  status: number;
  headers: Headers;
  etag: string | null;
  body: Body;
}
interface Options {
  body?: object | string;
  bearer?: string | null;
  ifMatch?: string;
}

async function ask<Body = Failure>(method: string, path: string, { body, bearer = token, ifMatch }: Options = {}): Promise<Answer<Body>> {
  const response = await fetch(app.url + path, {
    method,
    headers: { ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }), ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }) },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  return { status: response.status, headers: response.headers, etag: response.headers.get('etag'), body: (await response.json()) as Body };
}

/** The body of a success. */
async function done<Body = Record<string, unknown>>(method: string, path: string, body?: object): Promise<Body> {
  const answer = await ask<Body>(method, `/api/v1${path}`, body ? { body } : {});
  expect([200, 201], JSON.stringify(answer.body)).toContain(answer.status);
  return answer.body;
}

/** Status, code and the bad fields of a refusal. */
async function refusal(method: string, path: string, options: Options = {}): Promise<{ status: number; code: string; fields?: string[] }> {
  const { status, body, headers } = await ask(method, `/api/v1${path}`, options);
  const { error, ...rest } = body;
  expect(rest).toEqual({});
  expect(error.message.length).toBeGreaterThan(5);
  expect(error.log_id).toBe(headers.get('x-tt-logid'));
  const { code, fields } = error;
  return fields ? { status, code, fields: [...new Set(fields.map(({ field }) => field))].sort() } : { status, code };
}

let namesSoFar = 0;
const unique = (kind: string) => `${kind} ${String(++namesSoFar)}`;

interface Level {
  id: string;
  name: string;
  version: number;
  path: string[];
}
interface Room {
  id: string;
  name: string;
  version: number;
  display_id: string;
  disabled: Record<string, unknown> | null;
}
const newLevel = (fields: object = {}) => done<Level>('POST', '/levels', { name: unique('层'), parent_id: '0', ...fields });
const newRoom = (level_id: string, fields: object = {}) => done<Room>('POST', '/rooms', { name: unique('松'), capacity: 6, level_id, ...fields });

const invalid = (...fields: string[]) => ({ status: 400, code: 'invalid', fields });
const notFound = { status: 404, code: 'not_found' };
const conflict = (...fields: string[]) => ({ status: 409, code: 'conflict', ...(fields.length > 0 ? { fields } : {}) });
const stale = { status: 412, code: 'stale' };

describe('a level', () => {
  it('is made, read, changed and deleted', async () => {
    const top = await newLevel({ time_zone: 'Europe/Berlin' });
    const made = await ask<Level>('POST', '/api/v1/levels', { body: { name: '二层', parent_id: top.id, custom_id: 'F2', position: 7 } });
    const { id } = made.body;
    expect(id).toMatch(/^omb_[0-9a-f]{32}$/);
    const level = {
      id,
      name: '二层',
      parent_id: top.id,
      path: [top.id],
      has_children: false,
      time_zone: null,
      effective_time_zone: 'Europe/Berlin',
      custom_id: 'F2',
      position: 7,
      version: 1,
    };
    expect([made.status, made.etag, made.body]).toEqual([201, '"1"', level]);
    const read = await ask('GET', `/api/v1/levels/${id}`);
    expect([read.status, read.etag, read.body]).toEqual([200, '"1"', level]);

    const changed = await ask('PATCH', `/api/v1/levels/${id}`, {
      body: { name: '三层', parent_id: '0', time_zone: 'Asia/Tokyo', custom_id: '', position: -1 },
    });
    const after = { ...level, name: '三层', parent_id: rootLevelId, path: [], time_zone: 'Asia/Tokyo', effective_time_zone: 'Asia/Tokyo' };
    expect([changed.status, changed.etag, changed.body]).toEqual([200, '"2"', { ...after, custom_id: '', position: -1, version: 2, touches: null }]);
    expect(await done('PATCH', `/levels/${id}`, { time_zone: null })).toMatchObject({
      time_zone: null,
      effective_time_zone: 'Asia/Shanghai',
      version: 3,
      name: '三层',
    });

    const deleted = await ask('DELETE', `/api/v1/levels/${id}`);
    expect([deleted.status, deleted.etag, deleted.body]).toEqual([200, null, { effects: { cancelled: [], check_in_closed: [], check_in_reopened: [] } }]);
    expect(await refusal('GET', `/levels/${id}`)).toEqual(notFound);
    expect(await refusal('DELETE', `/levels/${id}`)).toEqual(notFound);
  });

  it('of the tenant is `0`, and stays', async () => {
    const root = await done<Level>('GET', '/levels/0');
    expect(root).toMatchObject({ id: rootLevelId, parent_id: null, path: [], name: '测试', has_children: true, effective_time_zone: 'Asia/Shanghai' });
    expect(await done('GET', `/levels/${rootLevelId}`)).toEqual(root);
    expect(await refusal('DELETE', '/levels/0?delete_children=true')).toEqual({ status: 409, code: 'has_children' });
    const { id } = await newLevel();
    expect(await refusal('PATCH', '/levels/0', { body: { parent_id: id } })).toEqual(invalid('parent_id'));
  });

  it('goes with what is below it only when told to', async () => {
    const { id } = await newLevel();
    const room = await newRoom(id);
    expect(await refusal('DELETE', `/levels/${id}`)).toEqual({ status: 409, code: 'has_children' });
    expect(await refusal('DELETE', `/levels/${id}?delete_children=1`)).toEqual(invalid('delete_children'));
    await done('DELETE', `/levels/${id}?delete_children=true&dry_run=true`);
    expect((await done<Level>('GET', `/levels/${id}`)).version).toBe(1);
    await done('DELETE', `/levels/${id}?delete_children=true`);
    expect(await refusal('GET', `/rooms/${room.id}`)).toEqual(notFound);
  });

  it.each<[what: string, body: object | string, refused: object]>([
    ['an unknown field', { name: 'x', parent_id: '0', colour: 1 }, invalid('colour')],
    ['an unknown field beside a bad one', { name: '', parent_id: '0', colour: 1 }, invalid('colour', 'name')],
    ['nothing', {}, invalid('name', 'parent_id')],
    ['a blank name', { name: ' \t', parent_id: '0' }, invalid('name')],
    ['no JSON', 'name=x', invalid('body')],
    ['a list', '[]', invalid('body')],
    ['a name with U+0000', { name: 'a\0', parent_id: '0' }, invalid('name')],
    ['a position with a fraction', { name: 'x', parent_id: '0', position: 1.5 }, invalid('position')],
    ['a position as text', { name: 'x', parent_id: '0', position: '1' }, invalid('position')],
    ['an unknown parent', { name: 'x', parent_id: 'omb_none' }, notFound],
    ['an unknown zone', { name: 'x', parent_id: '0', time_zone: 'Asia/Nowhere' }, invalid('time_zone')],
    ['no zone', { name: 'x', parent_id: '0', time_zone: '' }, invalid('time_zone')],
    // Newer runtimes take an offset for a zone; older ones could not read it back.
    ['an offset for a zone', { name: 'x', parent_id: '0', time_zone: '+08:00' }, invalid('time_zone')],
  ])('is not made of %s', async (_what, body, refused) => {
    expect(await refusal('POST', '/levels', { body })).toEqual(refused);
  });

  it('bears the zone in which the ledger prints the times of its rooms', async () => {
    const top = await newLevel();
    const inner = await newLevel({ parent_id: top.id });
    const room = await newRoom(inner.id);
    const { room_no } = await app.ctx.db.kysely
      .selectFrom('rooms')
      .select('room_no')
      .where('tenant_id', '=', tenantId)
      .where('room_id', '=', room.id)
      .executeTakeFirstOrThrow();
    await addReservations(app, [reservation({ tenant_id: tenantId, room_no, start_at: NOON - 3600 })]);
    const printed = async () => {
      const { body } = await getLedger(app, token, { start_time: NOON - 3600, end_time: NOON, room_ids: room.id });
      return [body.data.room_reservation_list[0]?.event_start_time, (await done<{ time_zone: string }>('GET', `/rooms/${room.id}`)).time_zone];
    };
    expect(await printed()).toEqual(['2026.03.18 11:00:00 (GMT+08:00)', 'Asia/Shanghai']);
    await done('PATCH', `/levels/${top.id}`, { time_zone: 'America/New_York' });
    expect(await printed()).toEqual(['2026.03.17 23:00:00 (GMT-04:00)', 'America/New_York']);
    await done('PATCH', `/levels/${inner.id}`, { time_zone: 'Asia/Kolkata' });
    expect(await printed()).toEqual(['2026.03.18 08:30:00 (GMT+05:30)', 'Asia/Kolkata']);
    await done('PATCH', `/levels/${inner.id}`, { time_zone: null });
    await done('PATCH', `/levels/${top.id}`, { time_zone: null });
    expect(await printed()).toEqual(['2026.03.18 11:00:00 (GMT+08:00)', 'Asia/Shanghai']);
  });
});

describe('a room', () => {
  it('is made, read, changed and deleted', async () => {
    const [top, floor] = [await newLevel({ time_zone: 'Europe/Berlin' }), await newLevel()];
    const fields = { name: '竹', capacity: 0, description: '靠窗', custom_id: 'R1', equipment: ['白板', '电视'], position: 3 };
    const made = await ask<Room>('POST', '/api/v1/rooms', { body: { ...fields, level_id: top.id } });
    const { id, display_id } = made.body;
    expect([id, display_id]).toEqual([expect.stringMatching(/^omm_[0-9a-f]{32}$/), expect.stringMatching(/^LM\d{9}$/)]);
    const room = { id, display_id, ...fields, level_id: top.id, path: [top.id], time_zone: 'Europe/Berlin', enabled: true, disabled: null, version: 1 };
    expect([made.status, made.etag, made.body]).toEqual([201, '"1"', room]);
    const read = await ask('GET', `/api/v1/rooms/${id}`);
    expect([read.status, read.etag, read.body]).toEqual([200, '"1"', room]);

    const after = { name: '梅', capacity: 12, description: '', custom_id: '', equipment: [], position: 0, level_id: floor.id };
    const changed = await ask('PATCH', `/api/v1/rooms/${id}`, { body: after });
    const none = { cancelled: [], check_in_closed: [], check_in_reopened: [] };
    expect([changed.status, changed.etag, changed.body]).toEqual([
      200,
      '"2"',
      { ...room, ...after, path: [floor.id], time_zone: 'Asia/Shanghai', version: 2, effects: none, touches: null },
    ]);
    const dry = await ask('PATCH', `/api/v1/rooms/${id}?dry_run=true`, { body: { name: '兰' } });
    expect([dry.etag, dry.body]).toEqual(['"2"', changed.body]);

    expect(await done('DELETE', `/rooms/${id}?dry_run=true`)).toEqual({ effects: none });
    expect((await done<Room>('GET', `/rooms/${id}`)).version).toBe(2);
    const deleted = await ask('DELETE', `/api/v1/rooms/${id}`);
    expect([deleted.status, deleted.body]).toEqual([200, { effects: none }]);
    for (const method of ['GET', 'DELETE']) expect(await refusal(method, `/rooms/${id}`)).toEqual(notFound);
    expect(await refusal('PATCH', `/rooms/${id}`, { body: {} })).toEqual(notFound);
  });

  it('is disabled for a period, which is over by itself', async () => {
    const { id } = await newLevel();
    const disabled = {
      from: '2026-03-18T06:00:00Z',
      until: '2026-03-18T07:00:00Z',
      reason: '装修',
      contacts: [administratorId],
      disable_notice: true,
      resume_notice: true,
    };
    const room = await newRoom(id, { disabled });
    const shown = async () => done<Room & { enabled: boolean }>('GET', `/rooms/${room.id}`);
    expect(await shown()).toMatchObject({ enabled: true, disabled });
    app.clock.seconds = NOON + 7200;
    expect(await shown()).toMatchObject({ enabled: false, disabled });
    app.clock.seconds = NOON + 3 * 3600;
    expect(await shown()).toMatchObject({ enabled: true, disabled: null });
    // What is not said: now, for ever, for no reason, nobody told.
    const plain = { from: '2026-03-18T07:00:00Z', until: null, reason: '', contacts: [], disable_notice: false, resume_notice: false };
    expect(await done('PATCH', `/rooms/${room.id}`, { disabled: {} })).toMatchObject({ enabled: false, disabled: plain });
    expect(await done('PATCH', `/rooms/${room.id}`, { disabled: null })).toMatchObject({ enabled: true, disabled: null });
  });

  it.each([
    ['2026-03-19T00:00:00Z', '2026-03-19T00:00:00Z'],
    ['2026-03-19T08:00:00+08:00', '2026-03-19T00:00:00Z'],
    ['2026-03-18T18:30:00-05:30', '2026-03-19T00:00:00Z'],
    ['2026-03-19t00:00:00z', '2026-03-19T00:00:00Z'],
    ['2026-03-19T00:00Z', '2026-03-19T00:00:00Z'],
    ['2026-03-19T00:00:00.999999999Z', '2026-03-19T00:00:00Z'],
    ['2028-02-29T12:00:00Z', '2028-02-29T12:00:00Z'],
    ['2026-12-31T23:59:59-00:00', '2026-12-31T23:59:59Z'],
  ])('takes the instant %s', async (from, shown) => {
    const room = await newRoom((await newLevel()).id, { disabled: { from } });
    expect(room.disabled?.from).toBe(shown);
  });

  it.each([
    '2026-02-30T00:00:00Z',
    '2027-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-03-00T00:00:00Z',
    '2026-03-19T25:00:00Z',
    '2026-03-19T24:00:00Z',
    '2026-03-19T00:60:00Z',
    '2026-03-19T00:00:60Z',
    '2026-03-19T00:00:00',
    '2026-03-19T00:00:00+24:00',
    '2026-03-19 00:00:00Z',
    '2026-03-19',
    '1773806400',
    '',
    // In UTC these are of a year that has no four digits, so nobody could be told of them.
    '9999-12-31T23:59:59-01:00',
    '0000-01-01T00:00:00+01:00',
  ])('refuses the instant "%s"', async (from) => {
    // Elsewhere, so that what should not come to be is on nobody else's list.
    const bearer = await tenantToken(app, await testTenant(app, { scopes: ['yuding:admin'] }));
    const level = await ask<Level>('POST', '/api/v1/levels', { bearer, body: { name: 'x', parent_id: '0' } });
    const { status, body } = await ask('POST', '/api/v1/rooms', { bearer, body: { name: 'x', capacity: 1, level_id: level.body.id, disabled: { from } } });
    expect(status, JSON.stringify(body)).toBe(400);
    expect(body.error.code).toBe('invalid');
    expect(body.error.fields?.map(({ field }) => field)).toContain('disabled.from');
    expect((await ask('GET', '/api/v1/rooms', { bearer })).body).toEqual({ rooms: [], next_cursor: null });
  });

  it.each<[what: string, fields: object, refused: object]>([
    ['an unknown field', { seats: 3 }, invalid('seats')],
    ['an unknown field inside', { disabled: { till: null } }, { status: 400, code: 'invalid', fields: expect.arrayContaining(['disabled.till']) as string[] }],
    ['no name', { name: undefined }, invalid('name')],
    ['a capacity below nothing', { capacity: -1 }, invalid('capacity')],
    ['a capacity of text', { capacity: '6' }, invalid('capacity')],
    ['null for a name', { name: null }, invalid('name')],
    ['a blank piece of equipment', { equipment: ['tv', ' '] }, invalid('equipment.1')],
    ['an unknown level', { level_id: 'omb_none' }, notFound],
    ["the tenant's own level", { level_id: '0' }, { status: 409, code: 'wrong_level', fields: ['level_id'] }],
    ['an end before the start', { disabled: { from: '2026-03-20T00:00:00Z', until: '2026-03-19T00:00:00Z' } }, invalid('disabled.until')],
    ['an end at the start', { disabled: { from: '2026-03-20T00:00:00Z', until: '2026-03-20T00:00:00Z' } }, invalid('disabled.until')],
    ['an unknown contact', { disabled: { contacts: ['ou_none'] } }, invalid('disabled.contacts')],
  ])('is not made with %s', async (_what, fields, refused) => {
    const { id } = await newLevel();
    expect(await refusal('POST', '/rooms', { body: { name: 'x', capacity: 1, level_id: id, ...fields } })).toEqual(refused);
  });

  it('has a name that no other of its level has', async () => {
    const [one, two] = [await newLevel(), await newLevel()];
    await newRoom(one.id, { name: '同名' });
    const other = await newRoom(two.id, { name: '同名' });
    expect(await refusal('POST', '/rooms', { body: { name: '同名', capacity: 1, level_id: one.id } })).toEqual(conflict('name'));
    expect(await refusal('PATCH', `/rooms/${other.id}`, { body: { level_id: one.id } })).toEqual(conflict('name'));
    expect(await refusal('PATCH', `/rooms/${other.id}?dry_run=true`, { body: { level_id: one.id } })).toEqual(conflict('name'));
    expect(await refusal('PATCH', `/levels/${one.id}`, { body: { name: two.name } })).toEqual(conflict('name'));
    // Its own name is no other's.
    await done('PATCH', `/rooms/${other.id}`, { name: '同名' });
  });

  it('is on a list of its level, page by page', async () => {
    const top = await newLevel();
    const inner = await newLevel({ parent_id: top.id });
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push((await newRoom(i % 2 ? top.id : inner.id)).id);
    interface Page {
      rooms: Room[];
      next_cursor: string | null;
    }
    const path = `/rooms?level=${top.id}&limit=2`;
    const first = await done<Page>('GET', path);
    const second = await done<Page>('GET', `${path}&cursor=${first.next_cursor ?? ''}`);
    const third = await done<Page>('GET', `${path}&cursor=${second.next_cursor ?? ''}`);
    const pages = [first, second, third];
    expect(pages.map(({ rooms }) => rooms.map(({ id }) => id))).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
    expect(pages.map(({ next_cursor }) => next_cursor === null)).toEqual([false, false, true]);
    expect(first.rooms[0]).toEqual(await done('GET', `/rooms/${ids[0] ?? ''}`));
    expect((await done<Page>('GET', `/rooms?level=${inner.id}`)).rooms.map(({ id }) => id)).toEqual([ids[0], ids[2], ids[4]]);
    expect((await done<Page>('GET', '/rooms?level=0&limit=200')).rooms.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));

    expect(await refusal('GET', '/rooms?level=omb_none')).toEqual(notFound);
    for (const limit of ['0', '201', 'x', '1.0']) expect(await refusal('GET', `/rooms?limit=${limit}`)).toEqual(invalid('limit'));
    expect(await refusal('GET', `/rooms?level=${inner.id}&cursor=${first.next_cursor ?? ''}`)).toEqual(invalid('cursor'));
    expect(await refusal('GET', '/rooms?cursor=xxxx')).toEqual(invalid('cursor'));
    expect(await refusal('GET', '/rooms?cursor=a&cursor=b')).toEqual(invalid('cursor'));
  });
});

describe('If-Match', () => {
  interface Target {
    path: string;
    body: object;
    etag: string;
  }
  const targets: Record<string, () => Promise<Target>> = {
    'a level': async () => ({ path: `/levels/${(await newLevel()).id}`, body: { position: 1 }, etag: '"1"' }),
    'a room': async () => ({ path: `/rooms/${(await newRoom((await newLevel()).id)).id}`, body: { position: 1 }, etag: '"1"' }),
    settings: async () => ({ path: `/settings/${(await newLevel()).id}`, body: { administrators: { users: [], departments: [] } }, etag: '"0"' }),
  };
  const names = Object.keys(targets);

  it.each(names)('lets the right version of %s through, once', async (name) => {
    const { path, body, etag } = (await targets[name]?.()) ?? { path: '', body: {}, etag: '' };
    expect((await ask('GET', `/api/v1${path}`)).etag).toBe(etag);
    const changed = await ask('PATCH', `/api/v1${path}`, { body, ifMatch: etag });
    expect([changed.status, changed.etag === etag]).toEqual([200, false]);
    expect(await refusal('PATCH', path, { body, ifMatch: etag })).toEqual(stale);
    expect((await ask('GET', `/api/v1${path}`)).etag).toBe(changed.etag);
    expect((await ask('PATCH', `/api/v1${path}`, { body, ifMatch: ` ${changed.etag ?? ''} ` })).status).toBe(200);
    expect((await ask('PATCH', `/api/v1${path}`, { body, ifMatch: '*' })).status).toBe(200);
    expect((await ask('PATCH', `/api/v1${path}`, { body })).status).toBe(200);
  });

  it.each(names.flatMap((name) => ['"999"', '1', '', 'W/"1"', '"1", "2"', '"x"', '"-1"', '""', '"1"x'].map((ifMatch) => [ifMatch, name] as const)))(
    'refuses %s for %s, and changes nothing',
    async (ifMatch, name) => {
      const { path, body, etag } = (await targets[name]?.()) ?? { path: '', body: {}, etag: '' };
      expect(await refusal('PATCH', path, { body, ifMatch })).toMatchObject(stale);
      if (name !== 'settings') expect(await refusal('DELETE', path, { ifMatch })).toMatchObject(stale);
      if (name === 'a room') expect(await refusal('PATCH', `${path}?dry_run=true`, { body, ifMatch })).toMatchObject(stale);
      if (name !== 'settings') expect(await refusal('DELETE', `${path}?dry_run=true`, { ifMatch })).toMatchObject(stale);
      expect((await ask('GET', `/api/v1${path}`)).etag).toBe(etag);
    },
  );

  it.each(['a level', 'a room'])('is heeded when %s is deleted', async (name) => {
    const { path, etag } = (await targets[name]?.()) ?? { path: '', etag: '' };
    expect((await ask('DELETE', `/api/v1${path}?dry_run=true`, { ifMatch: etag })).status).toBe(200);
    expect((await ask('DELETE', `/api/v1${path}`, { ifMatch: etag })).status).toBe(200);
    expect(await refusal('GET', path)).toEqual(notFound);
  });
});

describe('the tree', () => {
  interface Node {
    kind: string;
    id: string;
    name: string;
    depth: number;
  }
  interface Page {
    version: number;
    nodes: Node[];
    next_cursor: string | null;
  }
  const namesOf = ({ nodes }: Page) => nodes.map(({ name, depth }) => `${String(depth)} ${name}`);
  const town = async () => {
    const { id } = await newLevel({ name: unique('城'), time_zone: 'Asia/Tokyo' });
    const make = (name: string, position: number, parent_id = id) => newLevel({ name, position, parent_id });
    const levels = { z: await make('z', -1), b: await make('b', 0), a: await make('a', 0), B: await make('B', 0), y: await make('y', 1) };
    const inner = await make('inner', 0, levels.a.id);
    for (const [name, position] of [
      ['r2', 0],
      ['r1', 0],
      ['r0', 1],
    ] as const)
      await newRoom(inner.id, { name, position });
    const disabled = await newRoom(id, { name: 'hall', disabled: {}, capacity: 9 });
    return { id, levels, inner, disabled };
  };

  it('is drawn in order of position, then name; rooms before levels', async () => {
    const { id, inner, disabled } = await town();
    const page = await ask<Page>('GET', `/api/v1/tree?level=${id}`);
    expect([page.status, page.etag]).toEqual([200, `"${String(page.body.version)}"`]);
    const [top, ...rest] = namesOf(page.body);
    expect(top).toMatch(/^0 城/);
    expect(rest).toEqual(['1 hall', '1 z', '1 B', '1 a', '2 inner', '3 r1', '3 r2', '3 r0', '1 b', '1 y']);
    expect(page.body.next_cursor).toBeNull();
    const [first, hall] = page.body.nodes;
    expect(first).toEqual({
      kind: 'level',
      id,
      parent_id: rootLevelId,
      name: first?.name,
      depth: 0,
      position: 0,
      version: 1,
      has_children: true,
      room_count: 4,
      time_zone: 'Asia/Tokyo',
    });
    const { display_id } = disabled;
    expect(hall).toEqual({
      kind: 'room',
      id: disabled.id,
      parent_id: id,
      name: 'hall',
      depth: 1,
      position: 0,
      version: 1,
      display_id,
      capacity: 9,
      enabled: false,
    });
    expect(page.body.nodes.find((node) => node.id === inner.id)).toMatchObject({ room_count: 3, has_children: true });
    // Also as the siblings stand after they were moved about.
    await done('PATCH', `/levels/${inner.id}`, { position: 5, parent_id: id });
    expect(namesOf(await done<Page>('GET', `/tree?level=${id}`)).slice(1)).toEqual([
      '1 hall',
      '1 z',
      '1 B',
      '1 a',
      '1 b',
      '1 y',
      '1 inner',
      '2 r1',
      '2 r2',
      '2 r0',
    ]);
  });

  it.each<[query: string, shown: string[]]>([
    ['depth=0', []],
    ['depth=1', ['1 hall', '1 z', '1 B', '1 a', '1 b', '1 y']],
    ['depth=2', ['1 hall', '1 z', '1 B', '1 a', '2 inner', '1 b', '1 y']],
    ['rooms=false', ['1 z', '1 B', '1 a', '2 inner', '1 b', '1 y']],
    ['rooms=false&depth=1', ['1 z', '1 B', '1 a', '1 b', '1 y']],
  ])('is as deep as asked for: %s', async (query, shown) => {
    const { id } = await town();
    expect(namesOf(await done<Page>('GET', `/tree?level=${id}&${query}`)).slice(1)).toEqual(shown);
    for (const limit of [1, 2, 3]) {
      const lines: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: Page = await done<Page>('GET', `/tree?level=${id}&${query}&limit=${String(limit)}&cursor=${cursor}`);
        expect(page.nodes.length).toBeGreaterThan(0);
        lines.push(...namesOf(page));
        cursor = page.next_cursor;
      }
      expect(lines.slice(1)).toEqual(shown);
    }
  });

  it('that changed is not gone on with', async () => {
    const { id, levels } = await town();
    const page = () => done<Page>('GET', `/tree?level=${id}&limit=3`);
    for (const change of [
      () => done('PATCH', `/levels/${levels.a.id}`, { name: 'a2' }),
      () => newRoom(levels.b.id),
      () => done('DELETE', `/levels/${levels.y.id}`),
    ]) {
      const { next_cursor } = await page();
      await change();
      expect(await refusal('GET', `/tree?level=${id}&limit=3&cursor=${next_cursor ?? ''}`)).toEqual(conflict('cursor'));
    }
  });

  it('refuses what it cannot do', async () => {
    const { id } = await town();
    const { next_cursor } = await done<Page>('GET', `/tree?level=${id}&limit=3`);
    for (const query of [`level=0&limit=3`, `level=${id}&depth=2`, `level=${id}&rooms=false`])
      expect(await refusal('GET', `/tree?${query}&cursor=${next_cursor ?? ''}`)).toEqual(invalid('cursor'));
    expect(await refusal('GET', '/tree?depth=12')).toEqual(invalid('depth'));
    expect(await refusal('GET', '/tree?depth=-1&limit=2001&rooms=1')).toEqual(invalid('depth', 'limit', 'rooms'));
    expect(await refusal('GET', '/tree?level=omb_none')).toEqual(notFound);
  });
});

describe('settings', () => {
  const time = { enabled: true, days_in_advance: 7, opens_at: '07:30', day_start: '00:00', day_end: '24:00', max_hours: 4 };
  const checkIn = { enabled: false, minutes_before: 0, minutes_after: 5, release_on_no_show: false, sensor_minutes: 0 };
  const approval = { enabled: true, applies: 'longer', hours: 2.5, approvers: [administratorId] };
  const reservers = { everybody: false, users: [administratorId], departments: [] };
  const defaults = {
    approval: { enabled: false, applies: 'always', hours: 99, approvers: [] },
    time: { enabled: false, days_in_advance: 365, opens_at: '08:00', day_start: '00:00', day_end: '24:00', max_hours: 2 },
    reservers: { everybody: true, users: [], departments: [] },
    administrators: { users: [], departments: [] },
    check_in: { enabled: true, minutes_before: 15, minutes_after: 15, release_on_no_show: true, sensor_minutes: 15 },
  };
  type Part = keyof typeof defaults;
  type Settings = Record<Part, { own: object | null; effective: object; from: string | null }> & { version: number; scope_kind: string; scope_id: string };
  const read = (scope: string) => done<Settings>('GET', `/settings/${scope}`);
  const write = (scope: string, body: object) => done<Settings>('PATCH', `/settings/${scope}`, body);
  const house = async () => {
    const top = (await newLevel()).id;
    const inner = (await newLevel({ parent_id: top })).id;
    return { top, inner, room: (await newRoom(inner)).id };
  };

  it('are the defaults where nobody said anything', async () => {
    const { inner, room } = await house();
    const parts = Object.fromEntries(Object.entries(defaults).map(([part, effective]) => [part, { own: null, effective, from: null }]));
    const answer = await ask('GET', `/api/v1/settings/${room}`);
    expect([answer.status, answer.etag, answer.body]).toEqual([200, '"0"', { scope_id: room, scope_kind: 'room', ...parts, version: 0 }]);
    expect(await read(inner)).toEqual({ scope_id: inner, scope_kind: 'level', ...parts, version: 0 });
    expect((await read('0')).scope_id).toBe(rootLevelId);
  });

  it('hold for what is below, part by part, until it says otherwise', async () => {
    const { top, inner, room } = await house();
    const [above, below] = [
      { ...time, max_hours: 8 },
      { ...time, max_hours: 1 },
    ];
    expect((await write(top, { time: above, check_in: checkIn, approval, reservers })).time).toEqual({ own: above, effective: above, from: top });
    expect((await read(room)).time).toEqual({ own: null, effective: above, from: top });
    await write(room, { time: below });
    expect((await read(room)).time).toEqual({ own: below, effective: below, from: room });
    expect((await read(room)).check_in).toEqual({ own: null, effective: checkIn, from: top });
    expect((await read(room)).approval).toEqual({ own: null, effective: approval, from: top });
    await write(inner, { time });
    expect((await read(inner)).time).toEqual({ own: time, effective: time, from: inner });
    expect((await read(room)).time.from).toBe(room);
    // Null takes a part back: the level above speaks again, and others stay.
    expect((await write(room, { time: null })).time).toEqual({ own: null, effective: time, from: inner });
    await write(inner, { time: null });
    expect((await read(room)).time).toEqual({ own: null, effective: above, from: top });
    expect((await write(top, { time: null, check_in: null })).time).toEqual({ own: null, effective: defaults.time, from: null });
    const last = await read(room);
    expect([last.check_in.from, last.reservers]).toEqual([null, { own: null, effective: reservers, from: top }]);
  });

  it('go with a room that is moved', async () => {
    const { top, room } = await house();
    await write(top, { time });
    await write(room, { check_in: checkIn });
    await done('PATCH', `/rooms/${room}`, { level_id: (await newLevel()).id });
    const { time: after, check_in } = await read(room);
    expect([after, check_in.own]).toEqual([{ own: null, effective: defaults.time, from: null }, checkIn]);
  });

  it('cover what is below where told to: only the parts that are named, and only below', async () => {
    const { top, inner, room } = await house();
    const { inner: other } = await house();
    for (const scope of [inner, room, other]) await write(scope, { time, check_in: checkIn });
    const [before, beforeTop] = [await read(room), await read(top)];
    const above = { ...time, max_hours: 9 };
    const covering = await write(top, { time: above, check_in: { ...checkIn, minutes_after: 9 }, cover: ['time'] });
    for (const scope of [inner, room]) {
      const after = await read(scope);
      expect([after.time, after.check_in.own]).toEqual([{ own: null, effective: above, from: top }, checkIn]);
      // Whoever held the old version is told.
      expect(after.version).toBeGreaterThan(before.version);
    }
    expect(covering.version).toBeGreaterThan(beforeTop.version);
    expect((await read(other)).time.own).toEqual(time);
    // Taken back here and below.
    await write(inner, { check_in: null, cover: ['check_in'] });
    expect((await read(room)).check_in.from).toBe(top);
  });

  it.each<[what: string, body: object, refused: object]>([
    ['an unknown field of a part', { time: { ...time, x: 1 } }, { status: 400, code: 'invalid', fields: expect.arrayContaining(['time.x']) as string[] }],
    [
      'a part that lacks a field',
      { time: { ...time, max_hours: undefined } },
      { status: 400, code: 'invalid', fields: expect.arrayContaining(['time.max_hours']) as string[] },
    ],
    [
      'an hour that is none',
      { time: { ...time, day_end: '24:01' } },
      { status: 400, code: 'invalid', fields: expect.arrayContaining(['time.day_end']) as string[] },
    ],
    ['a day that ends before it begins', { time: { ...time, day_start: '12:00', day_end: '12:00' } }, invalid('time.day_end')],
    ['approval without approvers', { approval: { ...approval, approvers: [] } }, invalid('approval.approvers')],
    ['nobody who may reserve', { reservers: { everybody: false, users: [], departments: [] } }, invalid('reservers')],
    [
      'a user twice',
      { administrators: { users: [administratorId, administratorId], departments: [] } },
      { status: 400, code: 'invalid', fields: expect.arrayContaining(['administrators.users']) as string[] },
    ],
    ['cover of an unchanged part', { time, cover: ['check_in'] }, invalid('cover')],
    ['cover of an unknown part', { time, cover: ['colour'] }, invalid('cover.0')],
    ['an unknown user', { administrators: { users: ['ou_none'], departments: [] } }, { status: 400, code: 'unknown_user' }],
    ['an unknown department', { administrators: { users: [], departments: ['od-none'] } }, { status: 400, code: 'unknown_department' }],
    [
      'too many members',
      { administrators: { users: Array.from({ length: 501 }, (_, i) => `ou_${String(i)}`), departments: [] } },
      { status: 400, code: 'too_many_members' },
    ],
  ])('are not changed to %s', async (_what, body, refused) => {
    const { room } = await house();
    const before = await read(room);
    expect(await refusal('PATCH', `/settings/${room}`, { body })).toEqual(refused);
    expect(await read(room)).toEqual(before);
  });

  it('belong to a level or room that is there', async () => {
    for (const scope of ['omb_none', 'omm_none', 'x']) {
      expect(await refusal('GET', `/settings/${scope}`)).toEqual(notFound);
      expect(await refusal('PATCH', `/settings/${scope}`, { body: { time } })).toEqual(notFound);
    }
    const { room } = await house();
    await done('DELETE', `/rooms/${room}`);
    expect(await refusal('GET', `/settings/${room}`)).toEqual(notFound);
  });
});

describe('a device', () => {
  interface Device {
    id: string;
    credential?: string;
  }
  const storedHash = async (id: string) =>
    (await app.ctx.db.kysely.selectFrom('devices').selectAll().where('tenant_id', '=', tenantId).where('device_id', '=', id).executeTakeFirst())
      ?.credential_hash;
  /** SHA-256 of the secret behind the tenant's four bytes. */
  const hashOf = (credential = '') =>
    createHash('sha256')
      .update(Buffer.from(credential.slice(2), 'base64url').subarray(4))
      .digest('hex');
  const listed = async (room: string) => (await done<{ devices: Device[] }>('GET', `/rooms/${room}/devices`)).devices;

  it('is bound, listed, given a new credential and taken away', async () => {
    const { id: room } = await newRoom((await newLevel()).id);
    expect(await listed(room)).toEqual([]);
    const bound = await ask<Device>('POST', `/api/v1/rooms/${room}/devices`, { body: { kind: 'panel', name: '门口' } });
    expect(bound.status).toBe(201);
    const { credential, ...device } = bound.body;
    const created = '2026-03-18T04:00:00Z';
    expect(device).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      room_id: room,
      kind: 'panel',
      name: '门口',
      has_credential: true,
      last_seen: null,
      created,
    });
    expect(credential).toMatch(/^d-[\w-]{48}$/);
    expect(await listed(room)).toEqual([device]);
    expect(await storedHash(device.id)).toBe(hashOf(credential));

    const rotated = await done<Device>('POST', `/devices/${device.id}/rotate`);
    expect({ ...rotated, credential: undefined }).toEqual({ ...device, credential: undefined });
    expect(rotated.credential).toMatch(/^d-[\w-]{48}$/);
    expect(rotated.credential).not.toBe(credential);
    expect(await storedHash(device.id)).toBe(hashOf(rotated.credential));
    expect(await listed(room)).toEqual([device]);

    expect(await done('DELETE', `/devices/${device.id}`)).toEqual({});
    expect(await listed(room)).toEqual([]);
    for (const [method, path] of [
      ['DELETE', `/devices/${device.id}`],
      ['POST', `/devices/${device.id}/rotate`],
    ] as const)
      expect(await refusal(method, path)).toEqual(notFound);

    // Neither the credentials nor their hashes are anywhere else.
    const history = JSON.stringify(await app.ctx.db.kysely.selectFrom('history').selectAll().where('tenant_id', '=', tenantId).execute());
    for (const secret of [credential, rotated.credential, hashOf(credential), hashOf(rotated.credential)]) {
      expect(history).not.toContain(secret);
      expect(app.logged.join('')).not.toContain(secret);
    }
  });

  it('goes with its room', async () => {
    const { id: room } = await newRoom((await newLevel()).id);
    const { id } = await done<Device>('POST', `/rooms/${room}/devices`, { kind: 'sensor', name: '桌下' });
    await done('DELETE', `/rooms/${room}`);
    expect(await storedHash(id)).toBeUndefined();
    expect(await refusal('POST', `/devices/${id}/rotate`)).toEqual(notFound);
    expect(await refusal('GET', `/rooms/${room}/devices`)).toEqual(notFound);
  });

  it('brings no credential of its own', async () => {
    const { id: room } = await newRoom((await newLevel()).id);
    expect(await refusal('POST', `/rooms/${room}/devices`, { body: { kind: 'panel', name: 'x', credential: 'y' } })).toEqual(invalid('credential'));
    expect(await listed(room)).toEqual([]);
  });

  it('is not bound badly, nor taken for a person', async () => {
    const { id: room } = await newRoom((await newLevel()).id);
    const path = `/rooms/${room}/devices`;
    expect(await refusal('POST', path, { body: { kind: 'toaster', name: 'x' } })).toEqual(invalid('kind'));
    expect(await refusal('POST', path, { body: { kind: 'panel' } })).toEqual(invalid('name'));
    expect(await refusal('POST', '/rooms/omm_none/devices', { body: { kind: 'panel', name: 'x' } })).toEqual(notFound);
    const { credential = '' } = await done<Device>('POST', path, { kind: 'panel', name: 'x' });
    expect(await refusal('GET', path, { bearer: credential })).toEqual({ status: 401, code: 'invalid_token' });
  });
});

/** Every method, on something that is there as far as anybody who may ask could tell. */
const asked = v1Methods.filter(({ tokens }) => tokens.length > 0);
const pathOf = (path: string) => path.replace('/api/v1', '').replace(':reservation_id', '999999999999999').replace(/:\w+/g, 'x');
const bodyFor = (method: string) => (method === 'POST' || method === 'PATCH' ? { body: {} } : {});

describe('who may call', () => {
  const scoped = async (scopes: string[], creatorId?: string) => {
    const { appId, secret } = await registerApp(app.ctx, tester, { tenantId, name: 'other', scopes, creatorId });
    return tenantToken(app, { appId, appSecret: secret });
  };
  const isRead = (scopes: readonly string[]) => scopes.includes('yuding:read');
  let device: Promise<{ credential: string }> | undefined;
  const aDevice = () =>
    (device ??= newLevel()
      .then(({ id }) => newRoom(id))
      .then(({ id }) => done<{ credential: string }>('POST', `/rooms/${id}/devices`, { kind: 'panel', name: 'x' })));

  it.each(asked)('$method $path: nobody without a token that is good', async ({ method, path }) => {
    const at = pathOf(path);
    const missing = { status: 401, code: 'missing_token' };
    const bad = { status: 401, code: 'invalid_token' };
    expect(await refusal(method, at, { bearer: null })).toEqual(missing);
    for (const bearer of ['x', 't-x', 'u-x', 'd-x', `t-${'A'.repeat(48)}`, `u-${'A'.repeat(48)}`]) expect(await refusal(method, at, { bearer })).toEqual(bad);
  });

  it('nobody with a user token that is over', async () => {
    const bearer = await userToken(app, tenant, administratorId, ['yuding:admin'], 60);
    app.clock.advance(61);
    expect(await refusal('GET', '/tree', { bearer })).toEqual({ status: 401, code: 'token_expired' });
    app.clock.advance(-61);
    expect((await ask('GET', '/api/v1/tree', { bearer })).status).toBe(200);
  });

  it.each(asked.filter(({ scopes, tokens }) => scopes.length > 0 && tokens.includes('tenant')))(
    '$method $path: only with the scope',
    async ({ method, path, scopes }) => {
      const none = await scoped(['vc:room', ...(scopes.includes('yuding:book') ? [] : ['yuding:book'])]);
      const { status, body } = await ask(method, `/api/v1${pathOf(path)}`, { bearer: none, ...bodyFor(method) });
      expect([status, body.error.code, body.error.scopes]).toEqual([403, 'missing_scope', scopes]);
      expect(body.error.message).toContain(scopes.join(', '));
      // The scope to read reads, and no more.
      const reader = await scoped(['yuding:read']);
      if (isRead(scopes)) {
        const response = await fetch(`${app.url}/api/v1${pathOf(path)}`, { headers: { authorization: `Bearer ${reader}` } });
        // One answer never ends.
        await response.body?.cancel();
        expect([200, 400, 404]).toContain(response.status);
      } else expect(await refusal(method, pathOf(path), { bearer: reader, ...bodyFor(method) })).toEqual({ status: 403, code: 'missing_scope' });
      // What the user did not grant, the app does not have from him.
      const ungranted = await ask(method, `/api/v1${pathOf(path)}`, { bearer: await userToken(app, tenant, administratorId, []), ...bodyFor(method) });
      expect([ungranted.status, ungranted.body.error.code, ungranted.body.error.scopes]).toEqual([403, 'scope_not_granted', ['yuding:admin']]);
    },
  );

  it('only an administrator administers, whoever the app belongs to', async () => {
    const clerk = await testUser(app, tenantId, true);
    const level = await newLevel();
    const room = await newRoom(level.id);
    const calls: [method: string, path: string, body?: object][] = [
      ['POST', '/levels', { name: 'x', parent_id: '0' }],
      ['PATCH', `/levels/${level.id}`, { name: 'x' }],
      ['DELETE', `/levels/${level.id}`],
      ['POST', '/rooms', { name: 'x', capacity: 1, level_id: level.id }],
      ['PATCH', `/rooms/${room.id}`, { name: 'x' }],
      ['DELETE', `/rooms/${room.id}`],
      ['PATCH', `/settings/${room.id}`, { time: null }],
      ['GET', `/rooms/${room.id}/devices`],
      ['POST', `/rooms/${room.id}/devices`, { kind: 'panel', name: 'x' }],
      ['POST', '/devices/x/rotate'],
      ['DELETE', '/devices/x'],
      ['GET', '/devices'],
    ];
    // Of places; the matrix of callers and methods has the rest.
    const ofPlaces = asked.filter(({ id, role }) => role === 'administrator' && /^v1\.(level|room|settings|device)\./.test(id));
    expect(calls).toHaveLength(ofPlaces.length);
    const bearers = [await userToken(app, tenant, clerk, ['yuding:admin']), await scoped(['yuding:admin'], clerk)];
    for (const bearer of bearers) {
      for (const [method, path, body] of calls)
        expect(await refusal(method, path, { bearer, ...(body ? { body } : {}) }), path).toEqual({ status: 403, code: 'no_permission' });
      for (const path of ['/tree', '/rooms', `/rooms/${room.id}`, `/levels/${level.id}`, `/settings/${room.id}`])
        expect((await ask('GET', `/api/v1${path}`, { bearer })).status, path).toBe(200);
    }
    expect([(await done<Room>('GET', `/rooms/${room.id}`)).version, (await done<Level>('GET', `/levels/${level.id}`)).version]).toEqual([1, 1]);
    const administrator = await userToken(app, tenant, administratorId, ['yuding:admin']);
    expect((await ask('PATCH', `/api/v1/rooms/${room.id}`, { bearer: administrator, body: {} })).status).toBe(200);
  });

  it('nobody of another tenant finds anything here', async () => {
    const bearer = await tenantToken(app, await testTenant(app, { scopes: ['yuding:admin'] }));
    const level = await newLevel();
    const room = await newRoom(level.id);
    const device = await done<{ id: string }>('POST', `/rooms/${room.id}/devices`, { kind: 'panel', name: 'x' });
    for (const [method, path, body] of [
      ['GET', `/levels/${level.id}`],
      ['PATCH', `/levels/${level.id}`, {}],
      ['DELETE', `/levels/${level.id}`],
      ['GET', `/tree?level=${level.id}`],
      ['GET', `/rooms?level=${level.id}`],
      ['GET', `/rooms/${room.id}`],
      ['PATCH', `/rooms/${room.id}`, {}],
      ['DELETE', `/rooms/${room.id}`],
      ['GET', `/settings/${room.id}`],
      ['PATCH', `/settings/${level.id}`, {}],
      ['GET', `/rooms/${room.id}/devices`],
      ['POST', `/devices/${device.id}/rotate`],
      ['DELETE', `/devices/${device.id}`],
      ['POST', '/levels', { name: 'x', parent_id: level.id }],
    ] as const)
      expect(await refusal(method, path, { bearer, ...(body ? { body } : {}) }), path).toEqual(notFound);
    expect((await done<{ rooms: Room[] }>('GET', `/rooms?level=${level.id}`)).rooms).toHaveLength(1);
  });

  it.each(asked.filter(({ tokens }) => !tokens.includes('tenant') && !tokens.includes('user')))(
    '$method $path: only a device with its own credential, or a browser',
    async ({ method, path, scopes }) => {
      expect(scopes).toEqual([]);
      for (const bearer of [token, await userToken(app, tenant, administratorId, ['yuding:admin'])])
        expect(await refusal(method, pathOf(path), { bearer, ...(method === 'GET' ? {} : { body: {} }) })).toEqual({ status: 401, code: 'invalid_token' });
    },
  );

  it.each(asked.filter(({ tokens }) => !tokens.includes('device')))('$method $path: no device', async ({ method, path }) => {
    const { credential } = await aDevice();
    expect(await refusal(method, pathOf(path), { bearer: credential })).toEqual({ status: 401, code: 'invalid_token' });
  });

  it('anybody reads the description', async () => {
    const { status, body } = await ask<{ openapi: string }>('GET', '/api/v1/openapi.json', { bearer: null });
    expect([status, body.openapi]).toEqual([200, '3.1.0']);
  });
});

describe('a change that names an unknown field', () => {
  it.each(['levels', 'rooms', 'settings'])('is refused, and changes nothing: %s', async (family) => {
    const level = await newLevel();
    const path = `/${family}/${family === 'rooms' ? (await newRoom(level.id)).id : level.id}`;
    const { etag } = await ask('GET', `/api/v1${path}`);
    const known = family === 'settings' ? { time: null } : { position: 4 };
    const { status, body } = await ask('PATCH', `/api/v1${path}`, { body: { ...known, colour: 1 } });
    expect(status, JSON.stringify(body)).toBe(400);
    expect([body.error.code, body.error.fields?.map(({ field }) => field)]).toEqual(['invalid', ['colour']]);
    expect((await ask('GET', `/api/v1${path}`)).etag).toBe(etag);
  });
});

describe('a path that is none', () => {
  it.each([
    ['GET', '/api/v1'],
    ['GET', '/api/v1/'],
    ['GET', '/api/v1/nothing'],
    ['GET', '/api/v1/levels'],
    ['PUT', '/api/v1/rooms'],
    ['POST', '/api/v1/openapi.json'],
    ['GET', '/api/v1/levels/a/b'],
  ])('is answered with 404 and JSON: %s %s', async (method, path) => {
    const { status, body } = await ask(method, path, { bearer: null });
    expect([status, body.error.code, Object.keys(body)]).toEqual([404, 'not_found', ['error']]);
    expect(Object.keys(body.error).sort()).toEqual(['code', 'log_id', 'message']);
  });
});

describe('a change', () => {
  it('has its row of history, with who made it through which door', async () => {
    const level = await newLevel();
    const room = await newRoom(level.id);
    const device = await done<{ id: string }>('POST', `/rooms/${room.id}/devices`, { kind: 'panel', name: 'x' });
    await done('PATCH', `/rooms/${room.id}`, { name: '新' });
    await done('PATCH', `/settings/${room.id}`, { check_in: null });
    await done('POST', `/devices/${device.id}/rotate`);
    await done('DELETE', `/devices/${device.id}`);
    await done('DELETE', `/rooms/${room.id}`);
    const bearer = await userToken(app, tenant, administratorId, ['yuding:admin']);
    await ask('PATCH', `/api/v1/levels/${level.id}`, { bearer, body: { name: unique('改') } });
    await ask('DELETE', `/api/v1/levels/${level.id}`, { bearer });
    const rows = await app.ctx.db.kysely
      .selectFrom('history')
      .select(['action', 'object_id', 'actor_id', 'source', 'at'])
      .where('tenant_id', '=', tenantId)
      .where('object_id', 'in', [level.id, room.id, device.id])
      .orderBy('id')
      .execute();
    const row = (action: string, object_id: string, actor_id = tenant.appId) => ({ action, object_id, actor_id, source: 'v1', at: NOON });
    expect(rows).toEqual([
      row('level.create', level.id),
      row('room.create', room.id),
      row('device.bind', device.id),
      row('room.change', room.id),
      row('settings.change', room.id),
      row('device.rotate', device.id),
      row('device.unbind', device.id),
      row('room.delete', room.id),
      row('level.change', level.id, administratorId),
      row('level.delete', level.id, administratorId),
    ]);
  });
});
