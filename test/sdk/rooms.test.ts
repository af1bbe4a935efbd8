import * as lark from '@larksuiteoapi/node-sdk';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createApp as registerApp } from '../../src/domain/apps.ts';
import { NOON, tenantToken, tester, testApp, testTenant, testUser, userToken, type TestApp, type TestTenant } from '../support/app.ts';
import { addLevel, addReservations, addRoom, deleteRoom, reservation } from '../support/ledger.ts';
import { rejection, sdkClient } from '../support/sdk.ts';

/* Rooms, as the official SDK sees them. The server of most tests stands at NOON; those that let time pass have one of their own. */
const USER_ID_SCOPE = 'contact:user.employee_id:readonly';
const SCOPES = ['vc:room', USER_ID_SCOPE];
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app, { scopes: SCOPES });
const { tenantId, rootLevelId } = tenant;
const rooms = clientOf(app, tenant);
const building = await addLevel(app, tenantId, rootLevelId);
const floor = await addLevel(app, tenantId, building);
const asAdministrator = lark.withUserAccessToken(await userToken(app, tenant, tenant.administratorId, SCOPES));

type RoomMethods = ReturnType<typeof clientOf>;
type Status = NonNullable<NonNullable<NonNullable<Parameters<RoomMethods['create']>[0]>['data']['room_status']>>;

function clientOf(at: TestApp, of: { appId: string; appSecret: string }) {
  return sdkClient(at, of).vc.v1.room;
}

/** What a refusal amounts to. */
async function refusal(call: Promise<unknown>): Promise<{ status: number; code: number; msg: string; fields?: string[] }> {
  const { status, data } = await rejection(call);
  const { code, msg, error } = data;
  return { status, code, msg, ...(error.field_violations ? { fields: [...new Set(error.field_violations.map(({ field }) => field))].sort() } : {}) };
}

const param = (...fields: string[]) => ({ status: 400, code: 121003, msg: 'param error', fields: fields.sort() });
const notFound = { status: 404, code: 121004, msg: 'data not exist' };
const wrongLevel = { status: 404, code: 125001, msg: 'cannot create/update room at this level', fields: ['room_level_id'] };
const conflict = { status: 404, code: 121006, msg: 'data conflict', fields: ['name'] };

let names = 0;
const freshName = () => `Room ${String(++names)}`;

/** A room, by what a test cares about. @returns its id */
async function newRoom(fields: Partial<NonNullable<Parameters<RoomMethods['create']>[0]>['data']> = {}, methods = rooms): Promise<string> {
  const { data } = await methods.create({ data: { name: freshName(), capacity: 6, room_level_id: floor, ...fields } });
  return data?.room?.room_id ?? '';
}

async function read(room_id: string, methods = rooms) {
  return (await methods.get({ path: { room_id } })).data?.room;
}

/** In use, and nothing planned. */
const inUse = {
  status: true,
  schedule_status: true,
  disable_start_time: '',
  disable_end_time: '',
  disable_reason: '',
  contact_ids: [],
  disable_notice: false,
  resume_notice: false,
};

describe('a room', () => {
  it('has what it was given, and defaults for the rest', async () => {
    const name = freshName();
    const { code, msg, data } = await rooms.create({ data: { name, capacity: 0, room_level_id: building } });
    expect({ code, msg }).toEqual({ code: 0, msg: 'success' });
    expect(data).toEqual({
      room: {
        room_id: expect.stringMatching(/^omm_[0-9a-f]{32}$/) as string,
        name,
        capacity: 0,
        description: '',
        display_id: expect.stringMatching(/^LM\d{9}$/) as string,
        custom_room_id: '',
        room_level_id: building,
        path: [building],
        room_status: inUse,
        device: [],
      },
    });
  });

  it('has every field, the same in create, get, list, search and mget', async () => {
    const place = await addLevel(app, tenantId, floor);
    const given = {
      name: '  多功能厅 🙂 ',
      capacity: 1_000_000,
      description: 'd'.repeat(5000),
      custom_room_id: freshName(),
      room_level_id: place,
      device: [{ name: '投影仪' }, { name: 'Whiteboard' }, { name: '投影仪' }],
    };
    const room_status = { ...inUse, schedule_status: false, disable_start_time: String(NOON + 60), disable_end_time: String(NOON + 120) };
    const { data } = await rooms.create({ data: { ...given, room_status } });
    const room = data?.room;
    expect(room).toEqual({ ...given, room_status, room_id: room?.room_id, display_id: room?.display_id, path: [building, floor, place] });
    const room_id = room?.room_id ?? '';
    expect((await rooms.get({ path: { room_id } })).data).toEqual({ room });
    expect((await rooms.list({ params: { room_level_id: place } })).data).toEqual({ rooms: [room], has_more: false });
    expect((await rooms.search({ data: { room_level_id: place } }, asAdministrator)).data).toEqual({ rooms: [room], has_more: false });
    expect((await rooms.mget({ data: { room_ids: [room_id] } })).data).toEqual({ items: [room] });
  });

  it('changes only what a change names', async () => {
    const room_id = await newRoom({ description: 'before', custom_room_id: 'own', device: [{ name: 'TV' }] });
    const before = await read(room_id);
    const steps: NonNullable<Parameters<RoomMethods['patch']>[0]>['data'][] = [
      {},
      { name: freshName() },
      { capacity: 1 },
      { description: '' },
      { custom_room_id: '' },
      { device: [] },
      { device: [{ name: 'TV 2' }] },
      { name: freshName(), capacity: 9, description: 'after', custom_room_id: 'mine', device: [{ name: 'a' }, { name: 'b' }] },
    ];
    let expected = before;
    for (const data of steps) {
      expect(await rooms.patch({ path: { room_id }, ...(data ? { data } : {}) })).toEqual({ code: 0, msg: 'success', data: {} });
      expected = { ...expected, ...data };
      expect(await read(room_id)).toEqual(expected);
    }
  });

  it('moves to another level, and may keep its name', async () => {
    const room_id = await newRoom();
    const before = await read(room_id);
    await rooms.patch({ path: { room_id }, data: { room_level_id: building } });
    expect(await read(room_id)).toEqual({ ...before, room_level_id: building, path: [building] });
    await rooms.patch({ path: { room_id }, data: { room_level_id: floor, name: before?.name ?? '' } });
    expect(await read(room_id)).toEqual(before);
  });

  it('is gone when it was deleted, and its name is free', async () => {
    const name = freshName();
    const room_id = await newRoom({ name, custom_room_id: name });
    expect(await rooms.delete({ path: { room_id } })).toEqual({ code: 0, msg: 'success', data: {} });
    expect(await refusal(rooms.get({ path: { room_id } }))).toEqual(notFound);
    expect(await refusal(rooms.patch({ path: { room_id }, data: { capacity: 1 } }))).toEqual(notFound);
    expect(await refusal(rooms.delete({ path: { room_id } }))).toEqual(notFound);
    expect((await rooms.mget({ data: { room_ids: [room_id] } })).data).toEqual({ items: [] });
    expect((await rooms.search({ data: { custom_room_ids: [name] } }, asAdministrator)).data).toEqual({ rooms: [], has_more: false });
    const again = await newRoom({ name });
    expect(again).not.toBe(room_id);
  });

  it('has a display id of its own', async () => {
    const ids = await Promise.all(Array.from({ length: 40 }, () => newRoom()));
    const { data } = await rooms.mget({ data: { room_ids: ids } });
    const display = data?.items?.map(({ display_id = '' }) => display_id) ?? [];
    expect(display.filter((id) => /^LM\d{9}$/.test(id))).toHaveLength(40);
    expect(new Set(display).size).toBe(40);
  });

  it('that several change at once loses none of the changes that were confirmed', async () => {
    const room_id = await newRoom();
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        rooms.patch({ path: { room_id }, data: { capacity: 100 + i } }).then(
          () => undefined,
          (error: unknown) => refusal(Promise.reject(error as Error)),
        ),
      ),
    );
    const confirmed = results.filter((result) => result === undefined);
    expect(confirmed.length).toBeGreaterThan(0);
    for (const result of results) if (result) expect(result).toEqual({ status: 404, code: 121006, msg: 'data conflict' });
    const { version } = await app.ctx.db.kysely.selectFrom('rooms').select('version').where('room_id', '=', room_id).executeTakeFirstOrThrow();
    expect(version).toBe(1 + confirmed.length);
  });
});

describe('mget', () => {
  it('answers in the order asked for, each once, without the unknown', async () => {
    const [a, b] = [await newRoom(), await newRoom()];
    const { data } = await rooms.mget({ data: { room_ids: [b, 'omm_none', a, b, ''] } });
    expect(data?.items?.map(({ room_id }) => room_id)).toEqual([b, a]);
  });

  it.each([
    ['none', { room_ids: [] }],
    ['more than a hundred', { room_ids: Array.from({ length: 101 }, (_, i) => `omm_${String(i)}`) }],
    ['no list', { room_ids: 'omm_x' }],
    ['nothing', {}],
  ])('refuses %s', async (_what, data) => {
    expect(await refusal(rooms.mget({ data: data as never }))).toEqual(param('room_ids'));
  });

  it('names the entry that is too long', async () => {
    expect(await refusal(rooms.mget({ data: { room_ids: ['omm_x', 'o'.repeat(101)] } }))).toEqual(param('room_ids.1'));
  });
});

/** Bad fields of create and patch, and the names under which they are refused. */
const badFields: [string, Record<string, unknown>, string[]][] = [
  ['an empty name', { name: '' }, ['name']],
  ['a blank name', { name: ' \t' }, ['name']],
  ['a name too long', { name: 'n'.repeat(256) }, ['name']],
  ['a name that is a number', { name: 1 }, ['name']],
  ['a name with NUL', { name: 'a\0b' }, ['name']],
  ['a negative capacity', { capacity: -1 }, ['capacity']],
  ['half a seat', { capacity: 1.5 }, ['capacity']],
  ['too many seats', { capacity: 1_000_001 }, ['capacity']],
  ['seats in words', { capacity: '6' }, ['capacity']],
  ['a description too long', { description: 'd'.repeat(5001) }, ['description']],
  ['an own id too long', { custom_room_id: 'c'.repeat(256) }, ['custom_room_id']],
  ['an empty level', { room_level_id: '' }, ['room_level_id']],
  ['a level too long', { room_level_id: 'o'.repeat(101) }, ['room_level_id']],
  ['a status without a status', { room_status: {} }, ['room_status.status']],
  ['a status that is null', { room_status: null }, ['room_status']],
  ['a status in words', { room_status: { status: 'true' } }, ['room_status.status']],
  ['a planned status in words', { room_status: { status: true, schedule_status: 'no' } }, ['room_status.schedule_status']],
  ['a start that is none', { room_status: { status: false, disable_start_time: 'soon' } }, ['room_status.disable_start_time']],
  ['a start that is a number', { room_status: { status: false, disable_start_time: NOON } }, ['room_status.disable_start_time']],
  ['an end before 1970', { room_status: { status: false, disable_end_time: '-1' } }, ['room_status.disable_end_time']],
  ['an end at the start', { room_status: { status: false, disable_start_time: '9', disable_end_time: '9' } }, ['room_status.disable_end_time']],
  ['an end in the past', { room_status: { status: false, disable_end_time: String(NOON) } }, ['room_status.disable_end_time']],
  ['a reason too long', { room_status: { status: false, disable_reason: 'r'.repeat(1001) } }, ['room_status.disable_reason']],
  ['contacts that are no list', { room_status: { status: false, contact_ids: 'ou_x' } }, ['room_status.contact_ids']],
  ['too many contacts', { room_status: { status: false, contact_ids: Array<string>(101).fill('ou_x') } }, ['room_status.contact_ids']],
  ['an unknown contact', { room_status: { status: false, contact_ids: ['ou_x'] } }, ['room_status.contact_ids']],
  ['notices in numbers', { room_status: { status: false, disable_notice: 1, resume_notice: 0 } }, ['room_status.disable_notice', 'room_status.resume_notice']],
  ['devices that are no list', { device: { name: 'TV' } }, ['device']],
  ['too many devices', { device: Array<object>(101).fill({ name: 'TV' }) }, ['device']],
  ['a device without a name', { device: [{ name: 'TV' }, {}] }, ['device.1.name']],
  ['a device with an empty name', { device: [{ name: '' }] }, ['device.0.name']],
  ['several', { name: '', capacity: -1, device: 1 }, ['name', 'capacity', 'device']],
];

describe('create', () => {
  it.each(badFields)('refuses %s', async (_what, bad, fields) => {
    const data = { name: freshName(), capacity: 6, room_level_id: floor, ...bad };
    expect(await refusal(rooms.create({ data }))).toEqual(param(...fields));
  });

  it.each(['name', 'capacity', 'room_level_id'])('asks for %s', async (field) => {
    const data = { name: freshName(), capacity: 6, room_level_id: floor, [field]: undefined };
    expect(await refusal(rooms.create({ data }))).toEqual(param(field));
  });

  it('refuses a level that is not there, the level of the tenant, and a name that is taken', async () => {
    const data = { name: freshName(), capacity: 6, room_level_id: floor };
    await rooms.create({ data });
    expect(await refusal(rooms.create({ data: { ...data, room_level_id: 'omb_none' } }))).toEqual(notFound);
    expect(await refusal(rooms.create({ data: { ...data, room_level_id: '0' } }))).toEqual(wrongLevel);
    expect(await refusal(rooms.create({ data: { ...data, room_level_id: rootLevelId } }))).toEqual(wrongLevel);
    expect(await refusal(rooms.create({ data }))).toEqual(conflict);
    expect((await rooms.create({ data: { ...data, room_level_id: building } })).code).toBe(0);
  });

  it('takes one of several of one name that come at once', async () => {
    const data = { name: freshName(), capacity: 6, room_level_id: floor };
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => rooms.create({ data })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) if (result.status === 'rejected') expect(await refusal(Promise.reject(result.reason as Error))).toEqual(conflict);
  });
});

describe('patch', () => {
  it.each(badFields)('refuses %s, and changes nothing', async (_what, bad, fields) => {
    const room_id = await newRoom();
    const before = await read(room_id);
    expect(await refusal(rooms.patch({ path: { room_id }, data: bad }))).toEqual(param(...fields));
    expect(await read(room_id)).toEqual(before);
  });

  it('refuses a level that is not there, the level of the tenant, and a name that is taken', async () => {
    const name = freshName();
    const [room_id] = [await newRoom(), await newRoom({ name }), await newRoom({ name, room_level_id: building })];
    const before = await read(room_id);
    const patch = (data: object) => refusal(rooms.patch({ path: { room_id }, data }));
    expect(await patch({ room_level_id: 'omb_none' })).toEqual(notFound);
    expect(await patch({ room_level_id: '0' })).toEqual(wrongLevel);
    expect(await patch({ room_level_id: rootLevelId })).toEqual(wrongLevel);
    expect(await patch({ name })).toEqual(conflict);
    expect(await patch({ name, room_level_id: building })).toEqual(conflict);
    expect(await read(room_id)).toEqual(before);
  });

  it('refuses to move a room to where its name is taken', async () => {
    const name = freshName();
    const [room_id] = [await newRoom({ name }), await newRoom({ name, room_level_id: building })];
    expect(await refusal(rooms.patch({ path: { room_id }, data: { room_level_id: building } }))).toEqual(conflict);
  });
});

describe('an id in the path', () => {
  const methods: [string, (room_id: string) => Promise<unknown>][] = [
    ['get', (room_id) => rooms.get({ path: { room_id } })],
    ['patch', (room_id) => rooms.patch({ path: { room_id }, data: { capacity: 1 } })],
    ['delete', (room_id) => rooms.delete({ path: { room_id } })],
  ];
  it.each(methods)('must be of a room: %s', async (_what, call) => {
    for (const id of ['omm_none', 'x', floor, `omm_${'0'.repeat(32)}`]) expect(await refusal(call(id))).toEqual(notFound);
    expect(await refusal(call('o'.repeat(101)))).toEqual(param('room_id'));
  });
});

/* Who may call. */

/** Every method, as it would succeed. */
type Call = (methods: RoomMethods, options?: Parameters<RoomMethods['get']>[1]) => Promise<{ code?: number | undefined }>;
const spare = await newRoom();
const readers: [string, Call][] = [
  ['get', (methods, options) => methods.get({ path: { room_id: spare } }, options)],
  ['list', (methods, options) => methods.list({}, options)],
  ['mget', (methods, options) => methods.mget({ data: { room_ids: [spare] } }, options)],
];
const search: [string, Call] = ['search', (methods, options) => methods.search({ data: {} }, options)];
const writers: [string, Call][] = [
  ['create', (methods, options) => methods.create({ data: { name: freshName(), capacity: 6, room_level_id: floor } }, options)],
  ['patch', (methods, options) => methods.patch({ path: { room_id: spare }, data: { capacity: 7 } }, options)],
  ['delete', async (methods, options) => methods.delete({ path: { room_id: await newRoom() } }, options)],
];

describe('tokens', () => {
  const invalid = { status: 400, msg: 'Invalid access token for authorization. Please make a request with token attached.' };
  it.each([...readers, ...writers])('%s takes those of a tenant only', async (_what, call) => {
    expect((await call(rooms)).code).toBe(0);
    expect(await refusal(call(rooms, asAdministrator))).toEqual({ ...invalid, code: 99991668 });
  });

  it.each([search])('%s takes those of a user only', async (_what, call) => {
    expect((await call(rooms, asAdministrator)).code).toBe(0);
    expect(await refusal(call(rooms))).toEqual({ ...invalid, code: 99991663 });
  });
});

describe('scopes', async () => {
  const readonly = await appWith('vc:room:readonly');
  const none = await appWith('vc:export');
  const missing = (scopes: string[]) => ({
    status: 400,
    data: {
      code: 99991672,
      msg: `Access denied. One of the following scopes is required: [${scopes.join(', ')}]`,
      error: { permission_violations: scopes.map((subject) => ({ type: 'action_scope_required', subject })) },
    },
  });

  it.each(readers)('%s asks for vc:room or vc:room:readonly', async (_what, call) => {
    expect((await call(rooms)).code).toBe(0);
    expect((await call(readonly.rooms)).code).toBe(0);
    expect(await rejection(call(none.rooms))).toMatchObject(missing(['vc:room', 'vc:room:readonly']));
  });

  it.each(writers)('%s asks for vc:room', async (_what, call) => {
    expect((await call(rooms)).code).toBe(0);
    expect(await rejection(call(readonly.rooms))).toMatchObject(missing(['vc:room']));
    expect(await rejection(call(none.rooms))).toMatchObject(missing(['vc:room']));
  });

  it.each([search])('%s asks for vc:room or vc:room:readonly, granted by the user', async (_what, call) => {
    const as = async ({ of }: typeof none, granted: string[]) => lark.withUserAccessToken(await userToken(app, of, tenant.administratorId, granted));
    expect((await call(rooms, await as(readonly, ['vc:room:readonly']))).code).toBe(0);
    expect(await rejection(call(rooms, await as(none, ['vc:room'])))).toMatchObject(missing(['vc:room', 'vc:room:readonly']));
    const { status, data } = await rejection(call(rooms, await as(readonly, ['vc:room'])));
    expect({ status, code: data.code, violations: data.error.permission_violations }).toEqual({
      status: 400,
      code: 99991679,
      violations: [{ type: 'action_privilege_required', subject: 'vc:room:readonly' }],
    });
  });
});

/** Another app of the tenant, with other scopes. */
async function appWith(...scopes: string[]): Promise<{ of: TestTenant; rooms: RoomMethods }> {
  const of = { ...tenant, ...(await anotherApp(app, tenantId, scopes)) };
  return { of, rooms: clientOf(app, of) };
}

describe('user_id_type', async () => {
  const contact = await testUser(app, tenantId);
  const digits = contact.slice('ou_'.length);
  const spellings = { open_id: `ou_${digits}`, union_id: `on_${digits}`, user_id: digits } as const;
  const types = ['open_id', 'union_id', 'user_id'] as const;
  const disabled = (contact_ids: string[]): Status => ({ status: false, contact_ids });
  const unscoped = await appWith('vc:room');
  const asUnscoped = lark.withUserAccessToken(await userToken(app, unscoped.of, tenant.administratorId, ['vc:room']));

  it.each(types)('%s is spoken by create, and by every method that reads', async (user_id_type) => {
    const place = await addLevel(app, tenantId, floor);
    const room_status = disabled([spellings[user_id_type]]);
    const { data } = await rooms.create({ params: { user_id_type }, data: { name: freshName(), capacity: 1, room_level_id: place, room_status } });
    expect(data?.room?.room_status?.contact_ids).toEqual([spellings[user_id_type]]);
    const room_id = data?.room?.room_id ?? '';
    for (const type of types) {
      const params = { user_id_type: type };
      const seen = [
        (await rooms.get({ params, path: { room_id } })).data?.room,
        ...((await rooms.mget({ params, data: { room_ids: [room_id] } })).data?.items ?? []),
        ...((await rooms.list({ params: { ...params, room_level_id: place } })).data?.rooms ?? []),
        ...((await rooms.search({ params, data: { room_level_id: place } }, asAdministrator)).data?.rooms ?? []),
      ];
      expect(seen.map((room) => room?.room_status?.contact_ids)).toEqual(Array(4).fill([spellings[type]]));
    }
    expect((await read(room_id))?.room_status?.contact_ids).toEqual([contact]);
  });

  it.each(types)('%s is spoken by patch, and no other', async (user_id_type) => {
    const room_id = await newRoom();
    const patch = (id: string) => rooms.patch({ params: { user_id_type }, path: { room_id }, data: { room_status: disabled([id]) } });
    await patch(spellings[user_id_type]);
    expect((await read(room_id))?.room_status?.contact_ids).toEqual([contact]);
    for (const other of types.filter((type) => type !== user_id_type)) {
      expect(await refusal(patch(spellings[other]))).toEqual(param('room_status.contact_ids'));
    }
  });

  type UserIdCall = (
    methods: RoomMethods,
    params: { user_id_type: 'user_id' | 'union_id' },
    options: typeof asUnscoped,
  ) => Promise<{ code?: number | undefined }>;
  it.each<[string, UserIdCall]>([
    ['create', (methods, params) => methods.create({ params, data: { name: freshName(), capacity: 6, room_level_id: floor } })],
    ['patch', (methods, params) => methods.patch({ params, path: { room_id: spare }, data: {} })],
    ['get', (methods, params) => methods.get({ params, path: { room_id: spare } })],
    ['list', (methods, params) => methods.list({ params })],
    ['mget', (methods, params) => methods.mget({ params, data: { room_ids: [spare] } })],
    ['search', (methods, params, options) => methods.search({ params, data: {} }, options)],
  ])('user_id asks for a scope of its own: %s', async (_what, call) => {
    expect((await call(unscoped.rooms, { user_id_type: 'union_id' }, asUnscoped)).code).toBe(0);
    expect(await rejection(call(unscoped.rooms, { user_id_type: 'user_id' }, asUnscoped))).toMatchObject({
      status: 400,
      data: {
        code: 99991672,
        msg: `Access denied. One of the following scopes is required: [${USER_ID_SCOPE}]`,
        error: { permission_violations: [{ type: 'field_scope_required', subject: USER_ID_SCOPE }] },
      },
    });
    expect((await call(rooms, { user_id_type: 'user_id' }, asAdministrator)).code).toBe(0);
    expect(await refusal(call(rooms, { user_id_type: 'nickname' as never }, asAdministrator))).toEqual(param('user_id_type'));
  });
});

describe('a period in which a room is not in use', () => {
  /** A server whose clock may move, with one room. */
  async function world() {
    const at = await testApp({ rateLimit: 0 });
    const of = await testTenant(at, { scopes: SCOPES });
    const methods = clientOf(at, of);
    const level = await addLevel(at, of.tenantId, of.rootLevelId);
    const room_id = await newRoom({ room_level_id: level }, methods);
    const setStatus = (room_status: Status) => methods.patch({ path: { room_id }, data: { room_status } });
    const status = async () => (await read(room_id, methods))?.room_status;
    return { at, of, methods, level, room_id, setStatus, status, [Symbol.asyncDispose]: () => at.stop() };
  }
  const at = (seconds: number) => String(NOON + seconds);

  it.each([true, false])('is planned, runs and ends (asked for with status %s)', async (asked) => {
    await using here = await world();
    const said = {
      disable_start_time: at(600),
      disable_end_time: at(1200),
      disable_reason: '装修',
      contact_ids: [here.of.administratorId],
      disable_notice: true,
      resume_notice: true,
    };
    await here.setStatus({ ...said, status: asked });
    // By second: it is half-open.
    const course: [seconds: number, object][] = [
      [0, { ...said, status: true, schedule_status: false }],
      [599, { ...said, status: true, schedule_status: false }],
      [600, { ...said, status: false, schedule_status: true }],
      [1199, { ...said, status: false, schedule_status: true }],
      [1200, inUse],
      [3600, inUse],
    ];
    for (const [seconds, expected] of course) {
      here.at.clock.seconds = NOON + seconds;
      expect(await here.status()).toEqual(expected);
    }
  });

  it.each<[string, Status, object]>([
    ['for ever', { status: false }, { status: false, schedule_status: false, disable_start_time: at(0), disable_end_time: '0' }],
    [
      'for ever, in words',
      { status: false, disable_start_time: '', disable_end_time: '0' },
      { status: false, schedule_status: false, disable_start_time: at(0), disable_end_time: '0' },
    ],
    ['with an end', { status: false, disable_end_time: at(60) }, { status: false, schedule_status: true, disable_start_time: at(0), disable_end_time: at(60) }],
    [
      'since earlier',
      { status: false, disable_start_time: at(-60) },
      { status: false, schedule_status: false, disable_start_time: at(-60), disable_end_time: '0' },
    ],
    [
      'whatever is planned by the caller',
      { status: false, schedule_status: true },
      { status: false, schedule_status: false, disable_start_time: at(0), disable_end_time: '0' },
    ],
    [
      'from later on, for ever',
      { status: false, disable_start_time: at(60) },
      { status: true, schedule_status: false, disable_start_time: at(60), disable_end_time: '0' },
    ],
    ['not at all', { status: true }, inUse],
    ['not any more', { status: true, disable_start_time: at(-60), disable_end_time: at(60), disable_reason: 'over' }, inUse],
  ])('may be %s', async (_what, room_status, expected) => {
    const answer = { ...inUse, ...expected };
    const { data } = await rooms.create({ data: { name: freshName(), capacity: 6, room_level_id: floor, room_status } });
    expect(data?.room?.room_status).toEqual(answer);
    const room_id = await newRoom();
    await rooms.patch({ path: { room_id }, data: { room_status } });
    expect((await read(room_id))?.room_status).toEqual(answer);
  });

  it('that is for ever stays when it began', async () => {
    await using here = await world();
    await here.setStatus({ status: false, disable_start_time: at(60), disable_reason: 'sold' });
    here.at.clock.seconds = NOON + 30 * 365 * 86_400;
    // The SDK's token has ended, and it keeps it by real time.
    const again = clientOf(here.at, await anotherApp(here.at, here.of.tenantId, SCOPES));
    expect((await read(here.room_id, again))?.room_status).toEqual({
      ...inUse,
      status: false,
      schedule_status: false,
      disable_start_time: at(60),
      disable_end_time: '0',
      disable_reason: 'sold',
    });
  });

  it('is cleared by enabling, before it begins and while it runs', async () => {
    await using here = await world();
    const period = { status: false, disable_start_time: at(60), disable_end_time: at(120), disable_reason: 'why', contact_ids: [here.of.administratorId] };
    for (const seconds of [0, 60]) {
      await here.setStatus(period);
      here.at.clock.seconds = NOON + seconds;
      expect(await here.status()).toMatchObject({ status: seconds === 0, disable_reason: 'why' });
      await here.setStatus({ status: true });
      expect(await here.status()).toEqual(inUse);
    }
  });

  it('stays as it is when what was read is written back', async () => {
    await using here = await world();
    const statuses: Status[] = [{ status: true }, { status: false }, { status: false, disable_end_time: at(60), disable_reason: 'a', resume_notice: true }];
    statuses.push({ status: false, disable_start_time: at(30), disable_end_time: at(60), disable_notice: true, contact_ids: [here.of.administratorId] });
    for (const asked of statuses) {
      await here.setStatus(asked);
      const shown = await here.status();
      await here.setStatus(shown as Status);
      expect(await here.status()).toEqual(shown);
    }
  });

  it('is untouched by changes of other things', async () => {
    await using here = await world();
    await here.setStatus({ status: false, disable_end_time: at(60), disable_reason: 'why' });
    const before = await here.status();
    await here.methods.patch({ path: { room_id: here.room_id }, data: { name: 'another', capacity: 2 } });
    expect(await here.status()).toEqual(before);
  });

  it('takes the reservations that start in it out of the ledger', async () => {
    await using here = await world();
    const { roomNo, roomId: room_id } = await addRoom(here.at, here.of.tenantId, here.level);
    const starts = [0, 600, 1200, 1800];
    // Walk-ups have no check-in window that could be open.
    const rows = starts.map((seconds) => ({ tenant_id: here.of.tenantId, room_no: roomNo, start_at: NOON + seconds, end_at: NOON + seconds + 600 }));
    await addReservations(
      here.at,
      rows.map((row) => reservation({ ...row, check_in_rule: 'walk_up', check_in_opens_at: null, check_in_closes_at: null })),
    );
    const room_status = { status: false, disable_start_time: at(600), disable_end_time: at(1800), disable_reason: 'paint' };
    await here.methods.patch({ path: { room_id }, data: { room_status } });
    const stored = await here.at.ctx.db.kysely
      .selectFrom('reservations')
      .select(['start_at', 'cancelled_at', 'cancel_cause', 'cancel_note'])
      .orderBy('start_at')
      .execute();
    const cancelled = { cancelled_at: NOON, cancel_cause: 'room_disabled', cancel_note: 'paint' };
    const untouched = { cancelled_at: null, cancel_cause: null, cancel_note: null };
    expect(stored).toEqual(starts.map((seconds) => ({ start_at: NOON + seconds, ...(seconds >= 600 && seconds < 1800 ? cancelled : untouched) })));
  });
});

async function anotherApp(at: TestApp, of: number, scopes: readonly string[]): Promise<{ appId: string; appSecret: string }> {
  const { appId, secret } = await registerApp(at.ctx, tester, { tenantId: of, name: 'another', scopes });
  return { appId, appSecret: secret };
}

/* Search. */

describe('search', async () => {
  const of = await testTenant(app, { scopes: SCOPES });
  const client = sdkClient(app, of).vc.v1;
  const level = async (name: string, parent_id: string) => (await client.roomLevel.create({ data: { name, parent_id } })).data?.room_level?.room_level_id ?? '';
  const tower = await level('Tower', '0');
  const first = await level('First ÄST', tower);
  const second = await level('Second', tower);
  const annex = await level('Annex', '0');
  const named: Record<string, string> = {};
  for (const [name, room_level_id, custom_room_id] of [
    ['Aspen', first, 'a-1'],
    ['birch TOWER', first, 'b-1'],
    ['Äpfel', second, 'a-1'],
    ['aspen two', second, ''],
    ['Cedar', annex, 'c-1'],
    ['50% _ off', annex, ''],
  ] as const) {
    named[name] = await newRoom({ name, room_level_id, custom_room_id }, client.room);
  }
  const all = Object.keys(named);
  const person = await testUser(app, of.tenantId);
  const departmentId = app.ctx.ids.department();
  await app.ctx.db.kysely.insertInto('departments').values({ tenant_id: of.tenantId, department_id: departmentId, name: '研发部' }).execute();
  const colleague = await testUser(app, of.tenantId);
  await app.ctx.db.kysely
    .updateTable('users')
    .set({ department_id: departmentId })
    .where('tenant_id', '=', of.tenantId)
    .where('user_id', '=', colleague)
    .execute();
  const as = async (userId: string) => lark.withUserAccessToken(await userToken(app, of, userId, SCOPES));
  const [asPerson, asColleague] = [await as(person), await as(colleague)];
  type Body = NonNullable<NonNullable<Parameters<RoomMethods['search']>[0]>['data']>;
  const found = async (data: Body, who = asPerson) =>
    ((await client.room.search({ data: { page_size: 100, ...data } }, who)).data?.rooms ?? []).map(({ name }) => name);

  it.each<[string, Body, string[]]>([
    ['nothing: all', {}, all],
    ['an empty keyword', { keyword: '' }, all],
    ['a keyword in any case', { keyword: 'aSPEn' }, ['Aspen', 'aspen two']],
    ['a keyword in any case, beyond ASCII', { keyword: 'äPF' }, ['Äpfel']],
    ['a keyword with wildcards of SQL', { keyword: '% _' }, ['50% _ off']],
    ['a wildcard alone', { keyword: '%' }, ['50% _ off']],
    ['a keyword that nothing has', { keyword: 'oak' }, []],
    ['a level, with all below it', { room_level_id: tower }, ['Aspen', 'birch TOWER', 'Äpfel', 'aspen two']],
    ['a level without rooms of its own below', { room_level_id: first }, ['Aspen', 'birch TOWER']],
    ['level 0: all', { room_level_id: '0' }, all],
    ['an empty level: all', { room_level_id: '' }, all],
    ['the level of the tenant: all', { room_level_id: of.rootLevelId }, all],
    ['a level and a keyword', { room_level_id: second, keyword: 'aspen' }, ['aspen two']],
    ['a keyword, not among levels', { keyword: 'tower' }, ['birch TOWER']],
    ['a keyword, not among levels, in words', { keyword: 'tower', search_level_name: false }, ['birch TOWER']],
    ['a keyword, among levels', { keyword: 'tower', search_level_name: true }, ['Aspen', 'birch TOWER', 'Äpfel', 'aspen two']],
    ['a keyword, among levels in any case', { keyword: 'äst', search_level_name: true }, ['Aspen', 'birch TOWER']],
    ['a keyword among levels, within a level', { keyword: 'tower', search_level_name: true, room_level_id: second }, ['Äpfel', 'aspen two']],
    ['own ids', { custom_room_ids: ['c-1', 'b-1'] }, ['birch TOWER', 'Cedar']],
    ['an own id that two have', { custom_room_ids: ['a-1'] }, ['Aspen', 'Äpfel']],
    ['own ids in another case', { custom_room_ids: ['A-1'] }, []],
    ['own ids, over all the rest', { custom_room_ids: ['c-1', 'none'], keyword: 'aspen', room_level_id: 'omb_none', search_level_name: true }, ['Cedar']],
    ['the empty own id, which no room has', { custom_room_ids: [''] }, []],
    ['no own ids', { custom_room_ids: [], keyword: 'cedar' }, ['Cedar']],
  ])('by %s', async (_what, data, expected) => {
    expect(await found(data)).toEqual(expected);
  });

  it('refuses a level that is not there', async () => {
    expect(await refusal(client.room.search({ data: { room_level_id: 'omb_none' } }, asPerson))).toEqual(notFound);
  });

  it.each<[string, object, string]>([
    ['a page of none', { page_size: 0 }, 'page_size'],
    ['a page too large', { page_size: 101 }, 'page_size'],
    ['a page in words', { page_size: '10' }, 'page_size'],
    ['a keyword too long', { keyword: 'k'.repeat(256) }, 'keyword'],
    ['own ids that are no list', { custom_room_ids: 'a' }, 'custom_room_ids'],
    ['too many own ids', { custom_room_ids: Array<string>(101).fill('a') }, 'custom_room_ids'],
    ['a flag in words', { search_level_name: 'true' }, 'search_level_name'],
    ['a level too long', { room_level_id: 'o'.repeat(101) }, 'room_level_id'],
    ['a forged page token', { page_token: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAA' }, 'page_token'],
  ])('refuses %s', async (_what, data, field) => {
    expect(await refusal(client.room.search({ data }, asPerson))).toEqual(param(field));
  });

  it.each([1, 2, 4, 5, 6, 100])('gives each room once in pages of %i', async (page_size) => {
    const met: (string | undefined)[] = [];
    for (let page_token: string | undefined; ;) {
      const { data } = await client.room.search({ data: { page_size, ...(page_token ? { page_token } : {}) } }, asPerson);
      met.push(...(data?.rooms ?? []).map(({ name }) => name));
      expect(data?.page_token !== undefined).toBe(data?.has_more);
      if (!data?.has_more) break;
      expect(data.rooms).toHaveLength(page_size);
      page_token = data.page_token;
    }
    expect(met).toEqual(all);
  });

  it('goes on only with the search that a page token is of', async () => {
    const { data } = await client.room.search({ data: { page_size: 1, keyword: 'a' } }, asPerson);
    const page_token = data?.page_token ?? '';
    const next = (more: Body, who = asPerson) => client.room.search({ data: { page_size: 1, keyword: 'a', page_token, ...more } }, who);
    expect((await next({ page_size: 100, room_level_id: '0' })).code).toBe(0);
    for (const other of [{ keyword: 'A' }, { room_level_id: tower }, { search_level_name: true }, { custom_room_ids: ['a-1'] }]) {
      expect(await refusal(next(other))).toEqual(param('page_token'));
    }
    expect(await refusal(next({}, asColleague))).toEqual(param('page_token'));
  });

  describe('only finds what the user may reserve:', () => {
    const restrict = async (id: string, allow: { users?: string[]; depts?: string[] } | null, cover = false) =>
      client.reserveConfig.patch({
        path: { reserve_config_id: id },
        data: {
          scope_type: id.startsWith('omm_') ? '2' : '1',
          reserve_scope_config: {
            if_cover_child_scope: cover,
            allow_all_users: allow ? 0 : 1,
            allow_users: (allow?.users ?? []).map((user_id) => ({ user_id })),
            allow_depts: (allow?.depts ?? []).map((department_id) => ({ department_id })),
          },
        },
      });
    const both = () => Promise.all([found({}), found({}, asColleague)]);
    const without = (...missing: string[]) => all.filter((name) => !missing.includes(name));

    it('by room, by level, by person and by department', async () => {
      const aspen = named.Aspen ?? '';
      await restrict(aspen, { users: [person] });
      expect(await both()).toEqual([all, without('Aspen')]);
      await restrict(aspen, { depts: [departmentId] });
      expect(await both()).toEqual([without('Aspen'), all]);
      // The room's own word stands before its level's.
      await restrict(tower, { users: [person] });
      expect(await both()).toEqual([without('Aspen'), without('birch TOWER', 'Äpfel', 'aspen two')]);
      // A page is full of what is found, not of what was looked at.
      expect((await client.room.search({ data: { page_size: 2 } }, asColleague)).data?.rooms?.map(({ name }) => name)).toEqual(['Aspen', 'Cedar']);
      expect(await found({ custom_room_ids: ['a-1', 'b-1'] }, asColleague)).toEqual(['Aspen']);
      await restrict('0', { users: [of.administratorId] });
      expect(await both()).toEqual([['birch TOWER', 'Äpfel', 'aspen two'], ['Aspen']]);
      await restrict('0', { users: [person], depts: [departmentId] }, true);
      expect(await both()).toEqual([all, all]);
      await restrict('0', { depts: [departmentId] });
      expect(await both()).toEqual([[], all]);
      await restrict('0', null);
      expect(await both()).toEqual([all, all]);
    });
  });
});

/* List. */

describe('list', () => {
  it('shows the whole subtree of a level; without one, of the tenant', async () => {
    const of = await testTenant(app, { scopes: SCOPES });
    const methods = clientOf(app, of);
    const outer = await addLevel(app, of.tenantId, of.rootLevelId);
    const inner = await addLevel(app, of.tenantId, outer);
    const other = await addLevel(app, of.tenantId, of.rootLevelId);
    const [a, b, c] = [
      await newRoom({ room_level_id: inner }, methods),
      await newRoom({ room_level_id: outer }, methods),
      await newRoom({ room_level_id: other }, methods),
    ];
    const ids = async (room_level_id?: string) =>
      ((await methods.list({ params: room_level_id === undefined ? {} : { room_level_id } })).data?.rooms ?? []).map(({ room_id }) => room_id);
    for (const everything of [undefined, '', '0', of.rootLevelId]) expect(await ids(everything)).toEqual([a, b, c]);
    expect([await ids(outer), await ids(inner), await ids(other)]).toEqual([[a, b], [a], [c]]);
    expect(await refusal(methods.list({ params: { room_level_id: 'omb_none' } }))).toEqual(notFound);
    expect(await refusal(methods.list({ params: { room_level_id: a } }))).toEqual(notFound);
  });

  it.each([0, 101, -1, 1.5, 'ten'])('refuses a page of %s', async (page_size) => {
    expect(await refusal(rooms.list({ params: { page_size: page_size as number } }))).toEqual(param('page_size'));
  });

  it('gives ten rooms when it is not told how many', async () => {
    const place = await addLevel(app, tenantId, floor);
    for (let i = 0; i < 11; i++) await addRoom(app, tenantId, place);
    const { data } = await rooms.list({ params: { room_level_id: place } });
    expect([data?.rooms?.length, data?.has_more]).toEqual([10, true]);
    const rest = (await rooms.list({ params: { room_level_id: place, page_token: data?.page_token ?? '' } })).data;
    expect([rest?.rooms?.length, rest?.has_more, rest?.page_token]).toEqual([1, false, undefined]);
    // A last page that is full says that it is the last.
    for (const whole of [
      (await rooms.list({ params: { room_level_id: place, page_size: 11 } })).data,
      (await rooms.search({ data: { room_level_id: place, page_size: 11 } }, asAdministrator)).data,
    ]) {
      expect([whole?.rooms?.length, whole?.has_more, whole?.page_token]).toEqual([11, false, undefined]);
    }
  });

  it('is walked by the iterator of the SDK', async () => {
    const place = await addLevel(app, tenantId, floor);
    const ids: string[] = [];
    for (let i = 0; i < 7; i++) ids.push((await addRoom(app, tenantId, place)).roomId);
    const pages = [];
    for await (const page of await rooms.listWithIterator({ params: { room_level_id: place, page_size: 3 } }))
      pages.push(page?.rooms?.map(({ room_id }) => room_id));
    expect(pages).toEqual([ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
  });

  it('gives each room once, whatever page size, and whatever comes and goes meanwhile', async () => {
    const step = fc.record({ create: fc.nat(3), drop: fc.array(fc.nat(30), { maxLength: 3 }) });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 100 }), fc.nat(14), fc.array(step, { minLength: 1, maxLength: 4 }), async (pageSize, count, steps) => {
        const place = await addLevel(app, tenantId, building);
        const present = new Map<string, number>();
        const add = async () => {
          const { roomId, roomNo } = await addRoom(app, tenantId, place);
          present.set(roomId, roomNo);
        };
        for (let i = 0; i < count; i++) await add();
        const throughout = new Set(present.keys());
        const everPresent = new Set(throughout);
        const met: string[] = [];
        // Small pages, so that several changes fall between them; the last one is of any size.
        for (let i = 0, page_token: string | undefined; ; i++) {
          const change = steps[i];
          const page_size = change ? Math.min(pageSize, 3) : pageSize;
          const { data } = await rooms.list({ params: { room_level_id: place, page_size, ...(page_token ? { page_token } : {}) } });
          met.push(...(data?.rooms ?? []).map(({ room_id = '' }) => room_id));
          if (!data?.has_more) break;
          expect(data.rooms).toHaveLength(page_size);
          page_token = data.page_token;
          for (let n = 0; n < (change?.create ?? 0); n++) await add();
          for (const id of present.keys()) everPresent.add(id);
          for (const n of change?.drop ?? []) {
            const [id, roomNo] = [...present][n % present.size] ?? [];
            if (id === undefined || roomNo === undefined) continue;
            await deleteRoom(app, tenantId, roomNo);
            present.delete(id);
            throughout.delete(id);
          }
        }
        expect(new Set(met).size).toBe(met.length);
        expect([...throughout].filter((id) => !met.includes(id))).toEqual([]);
        expect(met.filter((id) => !everPresent.has(id))).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it('goes on only with the list that a page token is of', async () => {
    const place = await addLevel(app, tenantId, floor);
    for (let i = 0; i < 3; i++) await addRoom(app, tenantId, place);
    const { data } = await rooms.list({ params: { room_level_id: place, page_size: 1 } });
    const page_token = data?.page_token ?? '';
    const searched = (await rooms.search({ data: { room_level_id: place, page_size: 1 } }, asAdministrator)).data?.page_token ?? '';
    const foreign = clientOf(app, await testTenant(app, { scopes: SCOPES }));
    const flipped = `${page_token.startsWith('A') ? 'B' : 'A'}${page_token.slice(1)}`;
    for (const call of [
      () => rooms.list({ params: { room_level_id: floor, page_token } }),
      () => rooms.list({ params: { page_token } }),
      () => rooms.list({ params: { room_level_id: place, page_token: searched } }),
      () => rooms.list({ params: { room_level_id: place, page_token: flipped } }),
      () => rooms.list({ params: { room_level_id: place, page_token: `${page_token}A` } }),
      () => rooms.list({ params: { room_level_id: place, page_token: page_token.slice(0, -1) } }),
      () => rooms.list({ params: { room_level_id: place, page_token: '2' } }),
      () => foreign.list({ params: { page_token } }),
      () => rooms.search({ data: { room_level_id: place, page_token } }, asAdministrator),
    ]) {
      expect(await refusal(call())).toEqual(param('page_token'));
    }
    const rest = (await rooms.list({ params: { room_level_id: place, page_token, page_size: 100 } })).data;
    expect([rest?.rooms?.length, rest?.has_more]).toEqual([2, false]);
  });
});

describe('rate limits', () => {
  it('are those that the vendor documents: 20 a minute to create, 50 a second and 1000 a minute to get', async () => {
    await using at = await testApp();
    const of = await testTenant(at, { scopes: SCOPES });
    const methods = clientOf(at, of);
    const place = await addLevel(at, of.tenantId, of.rootLevelId);
    const create = () => newRoom({ room_level_id: place }, methods);
    for (let i = 0; i < 20; i++) await create();
    const limited = async (call: Promise<unknown>) => {
      const { status, data, headers } = await rejection(call);
      return [status, data.code, headers['x-ogw-ratelimit-limit'], headers['x-ogw-ratelimit-reset']];
    };
    expect(await limited(create())).toEqual([429, 99991400, '20', '60']);
    at.clock.advance(60);
    const room_id = await create();

    // Over plain HTTP: a thousand calls of the SDK take longer.
    const token = await tenantToken(at, of);
    const get = async () => (await fetch(`${at.url}/open-apis/vc/v1/rooms/${room_id}`, { headers: { authorization: `Bearer ${token}` } })).status;
    for (let second = 0; second < 20; second++) {
      const statuses = await Promise.all(Array.from({ length: 50 }, get));
      expect(new Set(statuses)).toEqual(new Set([200]));
      if (second === 0) expect(await limited(methods.get({ path: { room_id } }))).toEqual([429, 99991400, '50', '1']);
      at.clock.advance(1);
    }
    expect(await limited(methods.get({ path: { room_id } }))).toEqual([429, 99991400, '1000', '40']);
    at.clock.advance(40);
    expect((await methods.get({ path: { room_id } })).code).toBe(0);
  });
});
