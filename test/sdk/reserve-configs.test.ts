import * as lark from '@larksuiteoapi/node-sdk';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp as registerApp } from '../../src/domain/apps.ts';
import { tester, testApp, testTenant, testUser, userToken, type TestTenant } from '../support/app.ts';
import { addLevel, addRoom } from '../support/ledger.ts';
import { rejection, sdkClient } from '../support/sdk.ts';

/* Who may reserve, when and how long, and who approves and administers, as the official SDK sees it. */
const USER_ID_SCOPE = 'contact:user.employee_id:readonly';
const SCOPES = ['vc:room', USER_ID_SCOPE];
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());

type Client = ReturnType<typeof sdkClient>['vc']['v1'];
type Config = Omit<NonNullable<Parameters<Client['reserveConfig']['patch']>[0]>['data'], 'scope_type'>;
type Admin = NonNullable<Parameters<Client['reserveConfigAdmin']['patch']>[0]>['data']['reserve_admin_config'];
type UserIdType = 'open_id' | 'union_id' | 'user_id';

/** A tenant with a level, a level in it, and a room in that. */
interface World {
  of: TestTenant;
  client: Client;
  /** From the tenant's own level down to the room. */
  scopes: [tenant: string, outer: string, inner: string, room: string];
  room: string;
}

async function newWorld(): Promise<World> {
  const of = await testTenant(app, { scopes: SCOPES });
  const outer = await addLevel(app, of.tenantId, of.rootLevelId);
  const inner = await addLevel(app, of.tenantId, outer);
  const room = (await addRoom(app, of.tenantId, inner)).roomId;
  return { of, client: sdkClient(app, of).vc.v1, scopes: [of.rootLevelId, outer, inner, room], room };
}

/* Each test has a room that nothing was said of yet. */
const world = await newWorld();
const { of: tenant, client } = world;
const { tenantId } = tenant;
const [, , level] = world.scopes;
let room = world.room;
beforeEach(async () => {
  room = (await addRoom(app, tenantId, level)).roomId;
});
const people = [await testUser(app, tenantId), await testUser(app, tenantId)] as const;
const departments = [await newDepartment(tenantId), await newDepartment(tenantId)] as const;

async function newDepartment(of: number): Promise<string> {
  const department_id = app.ctx.ids.department();
  await app.ctx.db.kysely.insertInto('departments').values({ tenant_id: of, department_id, name: department_id }).execute();
  return department_id;
}

const kindOf = (id: string) => (id.startsWith('omm_') ? 2 : 1);
const users = (...ids: string[]) => ids.map((user_id) => ({ user_id }));
const depts = (...ids: string[]) => ids.map((department_id) => ({ department_id }));

function patch(id: string, config: Config, user_id_type: UserIdType = 'open_id', of = client) {
  return of.reserveConfig.patch({ path: { reserve_config_id: id }, params: { user_id_type }, data: { scope_type: String(kindOf(id)), ...config } });
}
async function read(id: string, user_id_type: UserIdType = 'open_id', of = client) {
  return (await of.reserveConfig.reserveScope({ params: { scope_id: id, scope_type: String(kindOf(id)), user_id_type } })).data;
}
function patchAdmin(id: string, reserve_admin_config: Admin, user_id_type: UserIdType = 'open_id', of = client) {
  return of.reserveConfigAdmin.patch({ path: { reserve_config_id: id }, params: { user_id_type }, data: { scope_type: kindOf(id), reserve_admin_config } });
}
async function readAdmin(id: string, user_id_type: UserIdType = 'open_id', of = client) {
  return (await of.reserveConfigAdmin.get({ path: { reserve_config_id: id }, params: { scope_type: kindOf(id), user_id_type } })).data;
}

/** What a refusal amounts to. */
async function refusal(call: Promise<unknown>): Promise<{ status: number; code: number; msg: string; fields?: string[] }> {
  const { status, data } = await rejection(call);
  const { code, msg, error } = data;
  return { status, code, msg, ...(error.field_violations ? { fields: [...new Set(error.field_violations.map(({ field }) => field))].sort() } : {}) };
}

const done = { code: 0, msg: 'success', data: {} };
const param = (...fields: string[]) => ({ status: 400, code: 121003, msg: 'param error', fields: fields.sort() });
const unknownScope = { status: 400, code: 126001, msg: 'invalid room or level id, check itself or whether the scope_type corresponds to it' };
const tooMany = { status: 400, code: 126012, msg: 'updated sum of userIDs and deptIDs exceed 500' };
const unknownUser = { status: 400, code: 126013, msg: 'some userIDs you put is invalid' };
const unknownDepartment = { status: 400, code: 126014, msg: 'some deptIDs you put is invalid' };

const defaults = {
  approve_config: { approval_switch: 0, approval_condition: 0, meeting_duration: 99, approvers: [] },
  time_config: {
    if_cover_child_scope: false,
    time_switch: 0,
    days_in_advance: 365,
    opening_hour: '28800',
    start_time: '0',
    end_time: '86400',
    max_duration: 2,
  },
  reserve_scope_config: { if_cover_child_scope: false, allow_all_users: 1, allow_users: [], allow_depts: [] },
};

describe('where nobody said anything', () => {
  it('the defaults hold', async () => {
    const fresh = await newWorld();
    for (const id of fresh.scopes) {
      expect(await read(id, 'open_id', fresh.client)).toEqual(defaults);
      expect(await readAdmin(id, 'open_id', fresh.client)).toEqual({ reserve_admin_config: { users: [], depts: [] } });
    }
  });
});

describe('what was said', () => {
  it('is answered, all of it, and survives the next change of another part', async () => {
    const [a, b] = people;
    const [d, e] = departments;
    const approval_config = { approval_switch: 1, approval_condition: 1, meeting_duration: 1.5, approvers: users(b, a) };
    const time_config = {
      if_cover_child_scope: true,
      time_switch: 1,
      days_in_advance: 730,
      opening_hour: '3600',
      start_time: '7200',
      end_time: '79200',
      max_duration: 99,
    };
    const reserve_scope_config = { if_cover_child_scope: true, allow_all_users: 0, allow_users: users(a, b), allow_depts: depts(e, d) };
    expect(await patch(room, { approval_config, time_config, reserve_scope_config })).toEqual(done);
    expect(await read(room)).toEqual({ approve_config: approval_config, time_config, reserve_scope_config });
    const next = { time_switch: 0 };
    expect(await patch(room, { time_config: next })).toEqual(done);
    expect(await read(room)).toEqual({ approve_config: approval_config, time_config: defaults.time_config, reserve_scope_config });
    expect(await patch(room, { reserve_scope_config: { allow_all_users: 1 } })).toEqual(done);
    expect(await read(room)).toEqual({ ...defaults, approve_config: approval_config });
    expect(await patchAdmin(room, { users: users(a), depts: depts(d) })).toEqual(done);
    expect(await readAdmin(room)).toEqual({ reserve_admin_config: { users: users(a), depts: depts(d) } });
    expect(await patchAdmin(room, { users: users(b) })).toEqual(done);
    expect(await readAdmin(room)).toEqual({ reserve_admin_config: { users: users(b), depts: [] } });
    expect(await patchAdmin(room, {})).toEqual(done);
    expect(await readAdmin(room)).toEqual({ reserve_admin_config: { users: [], depts: [] } });
  });

  it('comes under approve_config and goes under approval_config', async () => {
    const approve_config = { approval_switch: 1, approval_condition: 0, approvers: users(people[0]) };
    expect(await refusal(patch(room, { approve_config } as never))).toEqual(param('body'));
    await patch(room, { approval_config: approve_config });
    expect((await read(room))?.approve_config).toEqual({ ...approve_config, meeting_duration: 99 });
  });

  it('names each member once, and takes no notice of names', async () => {
    const [a, b] = people;
    const [d] = departments;
    const twice = users(a, b, a).map((user) => ({ ...user, user_name: 'whoever' }));
    const allow_depts = depts(d, d).map((department) => ({ ...department, department_name: 'whatever' }));
    await patch(room, { reserve_scope_config: { allow_all_users: 0, allow_users: twice, allow_depts } });
    expect((await read(room))?.reserve_scope_config).toMatchObject({ allow_users: users(a, b), allow_depts: depts(d) });
  });

  it('keeps those listed while everybody may reserve', async () => {
    await patch(room, { reserve_scope_config: { allow_all_users: 1, allow_users: users(people[0]), allow_depts: depts(departments[0]) } });
    expect((await read(room))?.reserve_scope_config).toEqual({
      if_cover_child_scope: false,
      allow_all_users: 1,
      allow_users: users(people[0]),
      allow_depts: depts(departments[0]),
    });
  });
});

describe('approvals', () => {
  type Approval = NonNullable<Config['approval_config']>;
  const [a, b] = people;
  const on: Approval = { approval_switch: 1, approval_condition: 1, meeting_duration: 3, approvers: users(a) };

  it.each<[string, before: Approval | null, change: Approval, after: object]>([
    [
      'a condition of 0 has 99 hours',
      null,
      { approval_switch: 1, approval_condition: 0, approvers: users(a) },
      { ...on, approval_condition: 0, meeting_duration: 99 },
    ],
    ['a condition of 0 may name hours', null, { ...on, approval_condition: 0 }, { ...on, approval_condition: 0 }],
    [
      'a condition of 0 forgets the hours',
      on,
      { approval_switch: 1, approval_condition: 0, approvers: users(a) },
      { ...on, approval_condition: 0, meeting_duration: 99 },
    ],
    ['hours have two decimals', null, { ...on, meeting_duration: 1.239 }, { ...on, meeting_duration: 1.24 }],
    ['hours are rounded down too', null, { ...on, meeting_duration: 0.334 }, { ...on, meeting_duration: 0.33 }],
    ['the fewest hours', null, { ...on, meeting_duration: 0.1 }, { ...on, meeting_duration: 0.1 }],
    ['the most hours', null, { ...on, meeting_duration: 99 }, { ...on, meeting_duration: 99 }],
    [
      'an absent switch stays off',
      null,
      { approval_condition: 1, meeting_duration: 2 },
      { approval_switch: 0, approval_condition: 1, meeting_duration: 2, approvers: [] },
    ],
    ['an absent switch stays on', on, { approval_condition: 1, meeting_duration: 2, approvers: users(b) }, { ...on, meeting_duration: 2, approvers: users(b) }],
    ['approvers that are not named stay', on, { approval_condition: 0 }, { ...on, approval_condition: 0, meeting_duration: 99 }],
    ['switched off keeps the rest', on, { approval_switch: 0 }, { ...on, approval_switch: 0 }],
    ['switched off may drop the approvers', on, { approval_switch: 0, approvers: [] }, { ...on, approval_switch: 0, approvers: [] }],
    [
      'switched on again with the approvers of before',
      { ...on, approval_switch: 0 },
      { approval_switch: 1, approval_condition: 0 },
      { ...on, approval_condition: 0, meeting_duration: 99 },
    ],
  ])('%s', async (_what, before, change, after) => {
    if (before) await patch(room, { approval_config: before });
    expect(await patch(room, { approval_config: change })).toEqual(done);
    expect((await read(room))?.approve_config).toEqual(after);
  });

  it('fill what they leave out from what held, be it the word of the level above', async () => {
    const above = await addLevel(app, tenantId, level);
    const { roomId } = await addRoom(app, tenantId, above);
    await patch(above, { approval_config: on });
    await patch(roomId, { approval_config: { approval_switch: 0 } });
    expect((await read(roomId))?.approve_config).toEqual({ ...on, approval_switch: 0 });
    await patch(above, { approval_config: { ...on, meeting_duration: 7 } });
    expect((await read(roomId))?.approve_config).toEqual({ ...on, approval_switch: 0 });
  });

  it.each<[string, before: Approval | null, Record<string, unknown>, string]>([
    ['on without a condition', null, { approval_switch: 1, approvers: users(a) }, 'approval_config.approval_condition'],
    ['an absent switch without a condition', null, { approvers: users(a) }, 'approval_config.approval_condition'],
    ['an absent switch, now on, without a condition', on, { approvers: users(b) }, 'approval_config.approval_condition'],
    ['a condition of 1 without hours', null, { approval_switch: 1, approval_condition: 1, approvers: users(a) }, 'approval_config.meeting_duration'],
    ['a condition of 1 without hours, while hours are known', on, { approval_condition: 1 }, 'approval_config.meeting_duration'],
    ['off with a condition of 1 without hours', null, { approval_switch: 0, approval_condition: 1 }, 'approval_config.meeting_duration'],
    ['on without approvers', null, { approval_switch: 1, approval_condition: 0 }, 'approval_config.approvers'],
    ['on with no approver', on, { approval_switch: 1, approval_condition: 0, approvers: [] }, 'approval_config.approvers'],
    ['an absent switch, now on, with no approver', on, { approval_condition: 0, approvers: [] }, 'approval_config.approvers'],
    ['a switch that is none', null, { ...on, approval_switch: 2 }, 'approval_config.approval_switch'],
    ['a switch in words', null, { ...on, approval_switch: '1' }, 'approval_config.approval_switch'],
    ['a condition that is none', null, { ...on, approval_condition: -1 }, 'approval_config.approval_condition'],
    ['too few hours', null, { ...on, meeting_duration: 0.09 }, 'approval_config.meeting_duration'],
    ['too many hours', null, { ...on, meeting_duration: 99.01 }, 'approval_config.meeting_duration'],
    ['hours in words', null, { ...on, meeting_duration: '2' }, 'approval_config.meeting_duration'],
    ['approvers that are no list', null, { ...on, approvers: a }, 'approval_config.approvers'],
    ['an approver in words', null, { ...on, approvers: [a] }, 'approval_config.approvers.0'],
    ['an approver without an id', null, { ...on, approvers: [{ user_id: a }, {}] }, 'approval_config.approvers.1.user_id'],
    ['an approver with an empty id', null, { ...on, approvers: [{ user_id: '' }] }, 'approval_config.approvers.0.user_id'],
  ])('refuses %s', async (_what, before, approval_config, field) => {
    if (before) await patch(room, { approval_config: before });
    const held = await read(room);
    expect(await refusal(patch(room, { approval_config }))).toEqual(param(field));
    expect(await read(room)).toEqual(held);
  });
});

describe('times', () => {
  type Time = NonNullable<Config['time_config']>;

  it.each<[string, Partial<Time>, object]>([
    ['defaults fill what is left out', {}, {}],
    ['the least of all', { days_in_advance: 1, opening_hour: '0', start_time: '0', end_time: '60', max_duration: 1 }, {}],
    ['the most of all', { days_in_advance: 730, opening_hour: '86400', start_time: '86340', end_time: '86400', max_duration: 99 }, {}],
    ['29 seconds are none', { opening_hour: '28829', start_time: '29', end_time: '3629' }, { opening_hour: '28800', start_time: '0', end_time: '3600' }],
    ['30 seconds are a minute', { opening_hour: '28830', start_time: '30', end_time: '3630' }, { opening_hour: '28860', start_time: '60', end_time: '3660' }],
    ['the end may be the last second', { end_time: '86399' }, { end_time: '86400' }],
    ['a day of 30 seconds', { start_time: '0', end_time: '30' }, { start_time: '0', end_time: '60' }],
  ])('%s', async (_what, change, shown) => {
    const time_config = { time_switch: 1, ...change };
    expect(await patch(room, { time_config })).toEqual(done);
    expect((await read(room))?.time_config).toEqual({ ...defaults.time_config, ...time_config, ...shown });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no switch', { time_switch: undefined }, 'time_config.time_switch'],
    ['a switch that is none', { time_switch: 2 }, 'time_config.time_switch'],
    ['a flag in numbers', { if_cover_child_scope: 1 }, 'time_config.if_cover_child_scope'],
    ['no day ahead', { days_in_advance: 0 }, 'time_config.days_in_advance'],
    ['too many days ahead', { days_in_advance: 731 }, 'time_config.days_in_advance'],
    ['half a day ahead', { days_in_advance: 1.5 }, 'time_config.days_in_advance'],
    ['an hour in numbers', { opening_hour: 28800 }, 'time_config.opening_hour'],
    ['an hour past the day', { opening_hour: '86401' }, 'time_config.opening_hour'],
    ['an hour before the day', { opening_hour: '-1' }, 'time_config.opening_hour'],
    ['a start past the day', { start_time: '99999' }, 'time_config.start_time'],
    ['an end that is empty', { end_time: '' }, 'time_config.end_time'],
    ['an end past the day', { end_time: '86401' }, 'time_config.end_time'],
    ['an end before the start', { start_time: '7200', end_time: '3600' }, 'time_config.end_time'],
    ['an end at the start', { start_time: '7200', end_time: '7200' }, 'time_config.end_time'],
    ['a day of 29 seconds', { start_time: '7200', end_time: '7229' }, 'time_config.end_time'],
    ['a start behind the end that is not named', { start_time: '86400' }, 'time_config.end_time'],
    ['no hour', { max_duration: 0 }, 'time_config.max_duration'],
    ['too many hours', { max_duration: 100 }, 'time_config.max_duration'],
  ])('refuses %s', async (_what, change, field) => {
    const held = await read(room);
    expect(await refusal(patch(room, { time_config: { time_switch: 1, ...change } }))).toEqual(param(field));
    expect(await read(room)).toEqual(held);
  });
});

describe('reservers', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['nobody', { allow_all_users: 0 }, 'reserve_scope_config'],
    ['nobody, in words', { allow_all_users: 0, allow_users: [], allow_depts: [] }, 'reserve_scope_config'],
    ['no word on everybody', { allow_users: users(people[0]) }, 'reserve_scope_config.allow_all_users'],
    ['a word that is none', { allow_all_users: 2 }, 'reserve_scope_config.allow_all_users'],
    ['a flag in words', { allow_all_users: 1, if_cover_child_scope: 'true' }, 'reserve_scope_config.if_cover_child_scope'],
    ['users that are no list', { allow_all_users: 1, allow_users: people[0] }, 'reserve_scope_config.allow_users'],
    ['a department without an id', { allow_all_users: 1, allow_depts: [{}] }, 'reserve_scope_config.allow_depts.0.department_id'],
  ])('refuses %s', async (_what, reserve_scope_config, field) => {
    expect(await refusal(patch(room, { reserve_scope_config }))).toEqual(param(field));
    expect(await read(room)).toEqual(defaults);
  });

  it.each<[string, object]>([
    ['a user', { allow_users: users(people[0]) }],
    ['a department', { allow_depts: depts(departments[0]) }],
  ])('may be %s alone', async (_what, members) => {
    expect(await patch(room, { reserve_scope_config: { allow_all_users: 0, ...members } })).toEqual(done);
    expect((await read(room))?.reserve_scope_config).toEqual({ ...defaults.reserve_scope_config, allow_all_users: 0, ...members });
  });
});

describe('members', async () => {
  const foreign = await testTenant(app);
  const foreignDepartment = await newDepartment(foreign.tenantId);
  const many = (count: number) => users(...Array.from({ length: count }, () => app.ctx.ids.user()));
  const manyDepts = (count: number) => depts(...Array.from({ length: count }, () => app.ctx.ids.department()));
  interface Members {
    users?: { user_id: string }[];
    depts?: { department_id: string }[];
  }

  const lists: [string, (members: Members) => Promise<unknown>][] = [
    ['reservers', ({ users, depts }) => patch(room, { reserve_scope_config: { allow_all_users: 0, allow_users: users ?? [], allow_depts: depts ?? [] } })],
    ['administrators', (members) => patchAdmin(room, members)],
  ];
  const approve: (typeof lists)[number] = [
    'approvers',
    ({ users }) => patch(room, { approval_config: { approval_switch: 1, approval_condition: 0, approvers: users ?? [] } }),
  ];

  it.each([...lists, approve])('must be users of the tenant: %s', async (_what, call) => {
    for (const id of [app.ctx.ids.user(), foreign.administratorId, 'x', departments[0], people[0].toUpperCase()]) {
      expect(await refusal(call({ users: users(people[0], id) }))).toEqual(unknownUser);
    }
    expect(await call({ users: users(people[0]) })).toEqual(done);
  });

  it.each(lists)('must be departments of the tenant: %s', async (_what, call) => {
    for (const id of [app.ctx.ids.department(), foreignDepartment, 'x', people[0]]) {
      expect(await refusal(call({ depts: depts(departments[0], id) }))).toEqual(unknownDepartment);
    }
    expect(await call({ depts: depts(departments[0]) })).toEqual(done);
  });

  it.each([...lists, approve])('are 500 at most: %s', async (_what, call) => {
    expect(await refusal(call({ users: many(501) }))).toEqual(tooMany);
    // So many may be looked up.
    expect(await refusal(call({ users: many(500) }))).toEqual(unknownUser);
    // One that is named twice counts once.
    expect(await call({ users: Array<{ user_id: string }>(600).fill({ user_id: people[0] }) })).toEqual(done);
  });

  it.each(lists)('are 500 at most, users and departments together: %s', async (_what, call) => {
    expect(await refusal(call({ users: many(250), depts: manyDepts(251) }))).toEqual(tooMany);
    expect(await refusal(call({ depts: manyDepts(501) }))).toEqual(tooMany);
    expect(await refusal(call({ users: many(250), depts: manyDepts(250) }))).toEqual(unknownUser);
    expect(await refusal(call({ depts: manyDepts(500) }))).toEqual(unknownDepartment);
  });

  it('may be 500, and all come back', async () => {
    const ids = Array.from({ length: 499 }, () => app.ctx.ids.user());
    const rows = ids.map((user_id) => ({
      tenant_id: tenantId,
      user_id,
      name: 'x',
      department_id: null,
      is_administrator: 0,
      manages_meetings: 0,
      created_at: 0,
    }));
    await app.ctx.db.kysely.insertInto('users').values(rows).execute();
    expect(await patchAdmin(room, { users: users(...ids), depts: depts(departments[0]) })).toEqual(done);
    expect(await readAdmin(room)).toEqual({ reserve_admin_config: { users: users(...ids), depts: depts(departments[0]) } });
  });
});

describe('the scope', async () => {
  const foreign = await newWorld();
  const reads = (scope_id: string, scope_type: number) => [
    () => client.reserveConfig.reserveScope({ params: { scope_id, scope_type: String(scope_type) } }),
    () => client.reserveConfigAdmin.get({ path: { reserve_config_id: scope_id }, params: { scope_type } }),
  ];
  const all = (scope_id: string, scope_type: number) => [
    ...reads(scope_id, scope_type),
    () => client.reserveConfig.patch({ path: { reserve_config_id: scope_id }, data: { scope_type: String(scope_type), time_config: { time_switch: 0 } } }),
    () => client.reserveConfigAdmin.patch({ path: { reserve_config_id: scope_id }, data: { scope_type, reserve_admin_config: {} } }),
  ];

  it.each<[string, () => string, number]>([
    ['an unknown level', () => 'omb_none', 1],
    ['an unknown room', () => 'omm_none', 2],
    ['a room as a level', () => room, 1],
    ['a level as a room', () => level, 2],
    ["the tenant's own level as a room", () => '0', 2],
    ["another tenant's level", () => foreign.scopes[1], 1],
    ["another tenant's own level", () => foreign.scopes[0], 1],
    ["another tenant's room", () => foreign.room, 2],
  ])('cannot be %s', async (_what, id, type) => {
    for (const call of all(id(), type)) expect(await refusal(call())).toEqual(unknownScope);
  });

  it('cannot be what was deleted', async () => {
    const gone = await addLevel(app, tenantId, level);
    const { roomId } = await addRoom(app, tenantId, gone);
    for (const call of [...all(gone, 1), ...all(roomId, 2)]) expect(await call()).toMatchObject({ code: 0 });
    await client.roomLevel.del({ data: { room_level_id: gone, delete_child: true } });
    for (const call of [...all(gone, 1), ...all(roomId, 2)]) expect(await refusal(call())).toEqual(unknownScope);
  });

  it("is the tenant's own level under 0 as well", async () => {
    const own = await newWorld();
    await patch('0', { time_config: { time_switch: 1, max_duration: 5 } }, 'open_id', own.client);
    await patchAdmin('0', { users: users(own.of.administratorId) }, 'open_id', own.client);
    for (const id of ['0', own.of.rootLevelId]) {
      expect((await read(id, 'open_id', own.client))?.time_config).toMatchObject({ max_duration: 5 });
      expect(await readAdmin(id, 'open_id', own.client)).toEqual({ reserve_admin_config: { users: users(own.of.administratorId), depts: [] } });
    }
  });

  const { reserveConfig, reserveConfigAdmin } = client;
  const path = { reserve_config_id: 'omm_none' };
  const time_config = { time_switch: 0 };
  it.each<[string, string[], () => Promise<unknown>]>([
    ['reserve_scope without anything', ['scope_id', 'scope_type'], () => reserveConfig.reserveScope({ params: {} as never })],
    ['reserve_scope of an empty id', ['scope_id'], () => reserveConfig.reserveScope({ params: { scope_id: '', scope_type: '1' } })],
    ['reserve_scope of an id too long', ['scope_id'], () => reserveConfig.reserveScope({ params: { scope_id: 'o'.repeat(101), scope_type: '1' } })],
    ['reserve_scope of another type', ['scope_type'], () => reserveConfig.reserveScope({ params: { scope_id: '0', scope_type: '3' } })],
    ['patch without anything', ['scope_type'], () => reserveConfig.patch({ path, data: {} as never })],
    ['patch with a type in numbers', ['scope_type'], () => reserveConfig.patch({ path, data: { scope_type: 1 as never, time_config } })],
    ['patch with another type', ['scope_type'], () => reserveConfig.patch({ path, data: { scope_type: '0', time_config } })],
    ['patch of an id too long', ['reserve_config_id'], () => patch('o'.repeat(101), { time_config })],
    ['patch of nothing', ['body'], () => patch(world.room, {})],
    ['patch with parts that are null', ['time_config'], () => patch(world.room, { time_config: null as never })],
    ['admin get without a type', ['scope_type'], () => reserveConfigAdmin.get({ path, params: {} as never })],
    ['admin get with another type', ['scope_type'], () => reserveConfigAdmin.get({ path, params: { scope_type: 3 } })],
    ['admin patch without anything', ['reserve_admin_config', 'scope_type'], () => reserveConfigAdmin.patch({ path, data: {} as never })],
    [
      'admin patch with a type in words',
      ['scope_type'],
      () => reserveConfigAdmin.patch({ path, data: { scope_type: '1' as never, reserve_admin_config: {} } }),
    ],
    ['admin patch with users that are no list', ['reserve_admin_config.users'], () => patchAdmin(world.room, { users: people[0] as never })],
    ['admin patch with a user without id', ['reserve_admin_config.users.0.user_id'], () => patchAdmin(world.room, { users: [{}] as never })],
  ])('is asked for in good form: %s', async (_what, fields, call) => {
    expect(await refusal(call())).toEqual(param(...fields));
  });
});

describe('user_id_type', async () => {
  const types = ['open_id', 'union_id', 'user_id'] as const;
  const spelling = (openId: string) => {
    const digits = openId.slice('ou_'.length);
    return { open_id: openId, union_id: `on_${digits}`, user_id: digits };
  };
  const [a, b] = people.map(spelling);
  const { appId, secret } = await registerApp(app.ctx, tester, { tenantId, name: 'unscoped', scopes: ['vc:room'] });
  const unscoped = sdkClient(app, { appId, appSecret: secret }).vc.v1;

  it.each(types)('%s is spoken on all lists', async (type) => {
    const listed = users(a?.[type] ?? '', b?.[type] ?? '');
    const approval_config = { approval_switch: 1, approval_condition: 0, approvers: listed };
    await patch(room, { approval_config, reserve_scope_config: { allow_all_users: 0, allow_users: listed } }, type);
    await patchAdmin(room, { users: listed }, type);
    for (const asked of types) {
      const shown = users(a?.[asked] ?? '', b?.[asked] ?? '');
      const config = await read(room, asked);
      expect([config?.approve_config?.approvers, config?.reserve_scope_config?.allow_users]).toEqual([shown, shown]);
      expect((await readAdmin(room, asked))?.reserve_admin_config.users).toEqual(shown);
    }
  });

  it.each(types)('%s is not mixed up with others', async (type) => {
    for (const other of types.filter((candidate) => candidate !== type)) {
      const listed = users(a?.[other] ?? '');
      expect(await refusal(patch(room, { approval_config: { approval_switch: 0, approvers: listed } }, type))).toEqual(unknownUser);
      expect(await refusal(patch(room, { reserve_scope_config: { allow_all_users: 0, allow_users: listed } }, type))).toEqual(unknownUser);
      expect(await refusal(patchAdmin(room, { users: listed }, type))).toEqual(unknownUser);
    }
  });

  it.each<[string, (type: UserIdType, of: Client) => Promise<unknown>]>([
    ['reserve_scope', (type, of) => of.reserveConfig.reserveScope({ params: { scope_id: '0', scope_type: '1', user_id_type: type } })],
    ['patch', (type, of) => patch(room, { time_config: { time_switch: 0 } }, type, of)],
    ['admin get', (type, of) => of.reserveConfigAdmin.get({ path: { reserve_config_id: '0' }, params: { scope_type: 1, user_id_type: type } })],
    ['admin patch', (type, of) => patchAdmin(room, {}, type, of)],
  ])('user_id asks for a scope of its own: %s', async (_what, call) => {
    expect(await call('union_id', unscoped)).toMatchObject({ code: 0 });
    expect(await rejection(call('user_id', unscoped))).toMatchObject({
      status: 400,
      data: { code: 99991672, error: { permission_violations: [{ type: 'field_scope_required', subject: USER_ID_SCOPE }] } },
    });
    expect(await call('user_id', client)).toMatchObject({ code: 0 });
    expect(await refusal(call('nickname' as never, client))).toEqual(param('user_id_type'));
  });
});

/* Whose word holds. */

/** The four parts, as a number from 1 to 99 that somebody said. */
const parts: Record<
  string,
  { say: (id: string, word: number, of: World, cover?: boolean) => Promise<unknown>; hear: (id: string, of: World) => Promise<unknown>; nobody: unknown }
> = {
  approval: {
    say: (id, word, of) => patch(id, { approval_config: { approval_switch: 0, approval_condition: 1, meeting_duration: word } }, 'open_id', of.client),
    hear: async (id, of) => (await read(id, 'open_id', of.client))?.approve_config?.meeting_duration,
    nobody: 99,
  },
  time: {
    say: (id, word, of, cover) => patch(id, { time_config: { ...covering(cover), time_switch: 1, max_duration: word } }, 'open_id', of.client),
    hear: async (id, of) => (await read(id, 'open_id', of.client))?.time_config?.max_duration,
    nobody: 2,
  },
  reservers: {
    say: async (id, word, of, cover) => {
      const allow_depts = depts(await wordDepartment(word, of));
      return patch(id, { reserve_scope_config: { ...covering(cover), allow_all_users: 0, allow_depts } }, 'open_id', of.client);
    },
    hear: async (id, of) => wordOf((await read(id, 'open_id', of.client))?.reserve_scope_config?.allow_depts),
    nobody: null,
  },
  administrators: {
    say: async (id, word, of) => patchAdmin(id, { depts: depts(await wordDepartment(word, of)) }, 'open_id', of.client),
    hear: async (id, of) => wordOf((await readAdmin(id, 'open_id', of.client))?.reserve_admin_config.depts),
    nobody: null,
  },
};

const covering = (cover: boolean | undefined) => (cover === undefined ? {} : { if_cover_child_scope: cover });
const wordOf = (listed: { department_id: string }[] | undefined) => (listed?.[0] ? Number(listed[0].department_id.slice(3)) : null);
async function wordDepartment(word: number, { of }: World): Promise<string> {
  const department_id = `od-${String(word)}`;
  const row = { tenant_id: of.tenantId, department_id, name: department_id };
  await app.ctx.db.kysely
    .insertInto('departments')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return department_id;
}

const names = Object.keys(parts);
const say = (part: string, id: string, word: number, of: World, cover?: boolean) => parts[part]?.say(id, word, of, cover);
const hear = async (part: string, id: string, of: World) => parts[part]?.hear(id, of);
const hearAll = (part: string, of: World) => Promise.all(of.scopes.map((id) => hear(part, id, of)));

describe('the word that holds', () => {
  // Each part meets each subset of tenant, outer level, inner level and room once; no two parts the same ones in the same case.
  const cases = Array.from({ length: 16 }, (_, i) => [i, names.map((_name, part) => (i * (2 * part + 1) + 3 * part) % 16)] as const);
  it.each(cases)('is the nearest one upwards, for each part by itself: case %i, said by %j', async (_i, subsets) => {
    const here = await newWorld();
    for (const [p, part] of names.entries()) {
      for (const [s, id] of here.scopes.entries()) if (((subsets[p] ?? 0) >> s) & 1) await say(part, id, 10 * (p + 1) + s, here);
    }
    for (const [p, part] of names.entries()) {
      const expected = here.scopes.map((_id, s) => {
        const nearest = [3, 2, 1, 0].find((above) => above <= s && ((subsets[p] ?? 0) >> above) & 1);
        return nearest === undefined ? parts[part]?.nobody : 10 * (p + 1) + nearest;
      });
      expect([part, await hearAll(part, here)]).toEqual([part, expected]);
    }
  });

  it('goes with the place: a room that moves hears its new level', async () => {
    const here = await newWorld();
    const elsewhere = await addLevel(app, here.of.tenantId, here.of.rootLevelId);
    const [, , inner] = here.scopes;
    for (const part of names) {
      await say(part, inner, 11, here);
      await say(part, elsewhere, 12, here);
    }
    await here.client.room.patch({ path: { room_id: here.room }, data: { room_level_id: elsewhere } });
    for (const part of names) expect(await hear(part, here.room, here)).toBe(12);
  });
});

describe('if_cover_child_scope', () => {
  it.each([
    ['time', 'reservers'],
    ['reservers', 'time'],
  ])('replaces what is said below, of the part that it stands in: %s', async (part, other) => {
    const here = await newWorld();
    const [, outer, inner, below] = here.scopes;
    const aside = await addLevel(app, here.of.tenantId, here.of.rootLevelId);
    for (const name of names) {
      for (const [i, id] of here.scopes.entries()) await say(name, id, 20 + i, here);
      await say(name, aside, 30, here);
    }
    for (const cover of [undefined, false]) {
      await say(part, outer, 40, here, cover);
      expect(await hearAll(part, here)).toEqual([20, 40, 22, 23]);
    }
    await say(part, outer, 41, here, true);
    expect(await hearAll(part, here)).toEqual([20, 41, 41, 41]);
    expect(await hear(part, aside, here)).toBe(30);
    for (const name of names.filter((name) => name !== part)) expect(await hearAll(name, here)).toEqual([20, 21, 22, 23]);
    // It is done once: whoever speaks afterwards is heard, and what was taken back does not return.
    await say(part, below, 50, here);
    expect(await hearAll(part, here)).toEqual([20, 41, 41, 50]);
    await say(part, outer, 42, here, false);
    expect(await hearAll(part, here)).toEqual([20, 42, 42, 50]);
    await say(part, inner, 43, here, true);
    expect(await hearAll(part, here)).toEqual([20, 42, 43, 43]);
    expect(await hearAll(other, here)).toEqual([20, 21, 22, 23]);
  });

  it.each([true, false])('is of its own part where two are changed at once (time: %s)', async (time) => {
    const here = await newWorld();
    const [, outer] = here.scopes;
    for (const part of ['time', 'reservers']) await say(part, here.room, 7, here);
    const reserve_scope_config = { if_cover_child_scope: !time, allow_all_users: 0, allow_depts: depts(await wordDepartment(8, here)) };
    const time_config = { if_cover_child_scope: time, time_switch: 1, max_duration: 8 };
    await patch(outer, { time_config, reserve_scope_config }, 'open_id', here.client);
    expect([await hear('time', here.room, here), await hear('reservers', here.room, here)]).toEqual(time ? [8, 7] : [7, 8]);
  });

  it('is answered by whoever said it', async () => {
    const here = await newWorld();
    const [, outer] = here.scopes;
    await say('time', outer, 5, here, true);
    await say('reservers', outer, 5, here, false);
    const { time_config, reserve_scope_config } = (await read(here.room, 'open_id', here.client)) ?? {};
    expect([time_config?.if_cover_child_scope, reserve_scope_config?.if_cover_child_scope]).toEqual([true, false]);
  });

  it('does nothing beside a room', async () => {
    const here = await newWorld();
    await say('time', here.room, 5, here, true);
    expect(await hearAll('time', here)).toEqual([2, 2, 2, 5]);
  });
});

/* Who may call. */
describe('tokens and scopes', async () => {
  const clientWith = async (...scopes: string[]) => {
    const { appId, secret } = await registerApp(app.ctx, tester, { tenantId, name: 'another', scopes });
    return sdkClient(app, { appId, appSecret: secret }).vc.v1;
  };
  const [readonly, none] = [await clientWith('vc:room:readonly'), await clientWith('vc:export')];
  const asUser = lark.withUserAccessToken(await userToken(app, tenant, tenant.administratorId, SCOPES));
  type Call = (of: Client, options?: typeof asUser) => Promise<{ code?: number | undefined }>;
  const path = { reserve_config_id: '0' };
  const readers: [string, Call][] = [
    ['reserve_scope', (of, options) => of.reserveConfig.reserveScope({ params: { scope_id: '0', scope_type: '1' } }, options)],
    ['admin get', (of, options) => of.reserveConfigAdmin.get({ path, params: { scope_type: 1 } }, options)],
  ];
  const writers: [string, Call][] = [
    ['patch', (of, options) => of.reserveConfig.patch({ path, data: { scope_type: '1', time_config: { time_switch: 0 } } }, options)],
    ['admin patch', (of, options) => of.reserveConfigAdmin.patch({ path, data: { scope_type: 1, reserve_admin_config: {} } }, options)],
  ];
  const missing = (scopes: string[]) => ({
    status: 400,
    data: { code: 99991672, error: { permission_violations: scopes.map((subject) => ({ type: 'action_scope_required', subject })) } },
  });

  it.each(readers)('%s asks for vc:room or vc:room:readonly', async (_what, call) => {
    expect([(await call(client)).code, (await call(readonly)).code]).toEqual([0, 0]);
    expect(await rejection(call(none))).toMatchObject(missing(['vc:room', 'vc:room:readonly']));
  });

  it.each(writers)('%s asks for vc:room', async (_what, call) => {
    expect((await call(client)).code).toBe(0);
    for (const of of [readonly, none]) expect(await rejection(call(of))).toMatchObject(missing(['vc:room']));
  });

  it.each([...readers, ...writers])('%s takes tokens of a tenant only', async (_what, call) => {
    const { status, code } = await refusal(call(client, asUser));
    expect({ status, code }).toEqual({ status: 400, code: 99991668 });
  });
});
