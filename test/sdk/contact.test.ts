import * as lark from '@larksuiteoapi/node-sdk';
import { afterAll, describe, expect, it } from 'vitest';
import { createApp as registerApp } from '../../src/domain/apps.ts';
import { createDepartment } from '../../src/domain/departments.ts';
import { createUser, suspendUser } from '../../src/domain/users.ts';
import { NOON, tester, testApp, testTenant, userToken } from '../support/app.ts';
import { rejection, sdkClient } from '../support/sdk.ts';

/* People and departments, as the official SDK sees them. */
const BASE = 'contact:contact.base:readonly';
const ALL = [BASE, 'contact:contact:readonly', 'contact:user.email:readonly', 'contact:user.employee_id:readonly'];
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app, { scopes: ALL });
const { tenantId, administratorId } = tenant;

/** The SDK as an app that holds these scopes. */
async function clientWith(scopes: readonly string[]) {
  const { appId, secret } = await registerApp(app.ctx, tester, { tenantId, name: 'tests', scopes });
  return sdkClient(app, { appId, appSecret: secret }).contact.v3;
}
const contact = sdkClient(app, tenant).contact.v3;
const { user: users, department: departments } = contact;

const make = async (name: string, parentId: string | null, customId?: string) =>
  (await createDepartment(app.ctx, tester, { tenantId, name, parentId, customId })).department_id;
const top = await make('研发部', null, 'D096');
const middle = await make('平台组', top);
const leaf = await make('一队', middle);
const add = (name: string, departmentId: string | null, more: object = {}) =>
  createUser(app.ctx, tester, { tenantId, name, departmentId, managesMeetings: false, isAdministrator: false, ...more });
const kehan = await add('可涵', middle, { email: 'kehan@example.com', employeeNo: 'E1' });
const suspended = await add('停', leaf);
await suspendUser(app.ctx, tester, { tenantId, userId: suspended });
const gone = await add('匿', middle);
await app.ctx.db.kysely.updateTable('users').set({ anonymised_at: NOON, suspended_at: NOON }).where('user_id', '=', gone).execute();

const digits = (openId: string) => openId.slice(3);
const active = { is_frozen: false, is_resigned: false, is_activated: true, is_exited: false, is_unjoin: false };

async function refusal(call: Promise<unknown>): Promise<{ status: number; code: number; msg: string; fields?: string[] }> {
  const { status, data } = await rejection(call);
  const { code, msg, error } = data;
  return { status, code, msg, ...(error.field_violations ? { fields: error.field_violations.map(({ field }) => field) } : {}) };
}
const param = (...fields: string[]) => ({ status: 400, code: 40001, msg: 'param error', fields });
const noDepartment = { status: 403, code: 40004, msg: 'no dept authority error', fields: ['department_id'] };
const noUser = { status: 400, code: 41012, msg: 'user id invalid error' };
const badToken = { status: 400, code: 40012, msg: 'page token is invalid error', fields: ['page_token'] };

describe('a person', () => {
  it('has every field for an app that may see them all, the same in get, batch and lists', async () => {
    const whole = {
      union_id: `on_${digits(kehan)}`,
      open_id: kehan,
      user_id: digits(kehan),
      name: '可涵',
      email: 'kehan@example.com',
      status: active,
      department_ids: [middle],
      orders: [{ department_id: middle, user_order: 0, department_order: 1, is_primary_dept: true }],
      is_tenant_manager: false,
      employee_no: 'E1',
    };
    expect(await users.get({ path: { user_id: kehan } })).toMatchObject({ code: 0, msg: 'success', data: { user: whole } });
    const params = { user_id_type: 'open_id', department_id_type: 'open_department_id' } as const;
    expect((await users.batch({ params: { user_ids: [kehan, 'ou_x', administratorId], ...params } })).data?.items?.map(({ open_id }) => open_id)).toEqual([
      kehan,
      administratorId,
    ]);
    expect((await users.batch({ params: { user_ids: [kehan] } })).data?.items).toEqual([whole]);
    expect((await users.findByDepartment({ params: { department_id: middle } })).data).toEqual({ items: [whole], has_more: false });
    expect((await users.list({ params: { department_id: middle } })).data).toEqual({ items: [whole], has_more: false });
    const theirs = await userToken(app, tenant, kehan, ALL);
    expect((await users.get({ path: { user_id: kehan } }, lark.withUserAccessToken(theirs))).data?.user).toEqual(whole);
  });

  it.each([
    [[BASE], ['union_id', 'open_id']],
    [
      [BASE, 'contact:user.base:readonly'],
      ['union_id', 'open_id', 'name'],
    ],
    [
      [BASE, 'contact:user.email:readonly'],
      ['union_id', 'open_id', 'email'],
    ],
    [
      [BASE, 'contact:user.employee_id:readonly'],
      ['union_id', 'open_id', 'user_id'],
    ],
    [
      [BASE, 'contact:user.department:readonly'],
      ['union_id', 'open_id', 'department_ids', 'orders'],
    ],
    [
      [BASE, 'contact:user.employee_number:read'],
      ['union_id', 'open_id', 'employee_no'],
    ],
    [
      [BASE, 'contact:user.employee:readonly'],
      ['union_id', 'open_id', 'status', 'is_tenant_manager', 'employee_no'],
    ],
    [['contact:contact:readonly_as_app'], ['union_id', 'open_id', 'name', 'status', 'department_ids', 'orders', 'is_tenant_manager', 'employee_no']],
  ])('has, for an app with %j, the fields %j', async (scopes, fields) => {
    const client = await clientWith(scopes);
    const { data } = await client.user.get({ path: { user_id: kehan } });
    expect(Object.keys(data?.user ?? {}).sort()).toEqual([...fields].sort());
    const page = await client.user.findByDepartment({ params: { department_id: middle } });
    expect(Object.keys(page.data?.items?.[0] ?? {}).sort()).toEqual([...fields].sort());
  });

  it('shows a user token no more than its user granted', async () => {
    const little = await userToken(app, tenant, kehan, [BASE]);
    const { data } = await users.get({ path: { user_id: kehan } }, lark.withUserAccessToken(little));
    expect(Object.keys(data?.user ?? {}).sort()).toEqual(['open_id', 'union_id']);
  });

  it('is found by each kind of id, and answers in open ids', async () => {
    for (const [user_id_type, user_id] of [
      ['open_id', kehan],
      ['union_id', `on_${digits(kehan)}`],
      ['user_id', digits(kehan)],
    ] as const) {
      expect((await users.get({ path: { user_id }, params: { user_id_type } })).data?.user?.open_id).toBe(kehan);
      expect((await users.batch({ params: { user_ids: [user_id], user_id_type } })).data?.items).toHaveLength(1);
    }
    expect(await refusal(users.get({ path: { user_id: kehan }, params: { user_id_type: 'union_id' } }))).toMatchObject(noUser);
    expect(await refusal(users.get({ path: { user_id: app.ctx.ids.user() } }))).toMatchObject(noUser);
    const client = await clientWith([BASE]);
    const params = { user_id_type: 'user_id' } as const;
    for (const call of [
      () => client.user.get({ path: { user_id: digits(kehan) }, params }),
      () => client.user.findByDepartment({ params: { department_id: top, ...params } }),
    ])
      expect(await refusal(call())).toMatchObject({ status: 400, code: 99991672 });
  });

  it('says whether they are suspended or gone', async () => {
    const status = async (user_id: string) => (await users.get({ path: { user_id } })).data?.user?.status;
    expect(await status(suspended)).toEqual({ ...active, is_frozen: true, is_activated: false });
    expect(await status(gone)).toEqual({ ...active, is_resigned: true, is_activated: false });
    expect((await users.get({ path: { user_id: administratorId } })).data?.user).toMatchObject({
      is_tenant_manager: true,
      email: '',
      employee_no: '',
      department_ids: ['0'],
    });
  });
});

describe('a department', () => {
  const ofTop = { open_department_id: top, department_id: 'D096', name: '研发部', status: { is_deleted: false }, parent_department_id: '0', order: '0' };
  const whole = { ...ofTop, member_count: 2, primary_member_count: 2 };

  it('has every field for an app that may see them all', async () => {
    expect((await departments.get({ path: { department_id: top } })).data?.department).toEqual(whole);
    expect((await departments.batch({ params: { department_ids: [top, 'od-x'] } })).data?.items).toEqual([whole]);
    const root = { open_department_id: '0', department_id: '0', name: '测试', parent_department_id: '', member_count: 3 };
    expect((await departments.get({ path: { department_id: '0' } })).data?.department).toMatchObject(root);
  });

  it.each([
    [[BASE], ['open_department_id']],
    [
      [BASE, 'contact:department.base:readonly'],
      ['open_department_id', 'name', 'department_id', 'status'],
    ],
    [
      [BASE, 'contact:department.organize:readonly'],
      ['open_department_id', 'parent_department_id', 'order', 'member_count', 'primary_member_count'],
    ],
  ])('has, for an app with %j, the fields %j', async (scopes, fields) => {
    const client = await clientWith(scopes);
    expect(Object.keys((await client.department.get({ path: { department_id: top } })).data?.department ?? {}).sort()).toEqual([...fields].sort());
    expect(Object.keys((await client.department.get({ path: { department_id: '0' } })).data?.department ?? {}).sort()).toEqual([...fields].sort());
  });

  it("is called by the tenant's own id, or by the digits of the other", async () => {
    const params = { department_id_type: 'department_id' } as const;
    for (const department_id of ['D096', top.slice(3)]) {
      const call = departments.get({ path: { department_id }, params });
      if (department_id === 'D096') expect((await call).data?.department?.open_department_id).toBe(top);
      else expect(await refusal(call)).toMatchObject({ code: 40015 });
    }
    const ofMiddle = (await departments.get({ path: { department_id: middle.slice(3) }, params })).data?.department;
    expect(ofMiddle).toMatchObject({ open_department_id: middle, department_id: middle.slice(3), parent_department_id: 'D096' });
    expect((await users.get({ path: { user_id: kehan }, params })).data?.user?.department_ids).toEqual([middle.slice(3)]);
  });

  it('lists those below it, one step or all the way, and those above it', async () => {
    const ids = (data: { items?: { open_department_id?: string | undefined }[] | undefined } | undefined) =>
      data?.items?.map(({ open_department_id }) => open_department_id);
    expect(ids((await departments.children({ path: { department_id: '0' } })).data)).toEqual([top]);
    expect(ids((await departments.children({ path: { department_id: top }, params: { fetch_child: true } })).data)?.sort()).toEqual([middle, leaf].sort());
    expect(ids((await departments.list({ params: { parent_department_id: top } })).data)).toEqual([middle]);
    expect(ids((await departments.list()).data)).toEqual(['0']);
    expect(ids((await departments.parent({ params: { department_id: leaf } })).data)).toEqual([middle, top]);
    const first = (await departments.parent({ params: { department_id: leaf, page_size: 1 } })).data;
    expect([ids(first), first?.has_more]).toEqual([[middle], true]);
    const second = (await departments.parent({ params: { department_id: leaf, page_size: 1, page_token: first?.page_token ?? '' } })).data;
    expect([ids(second), second?.has_more, second?.page_token]).toEqual([[top], false, undefined]);
    const walked: (string | undefined)[] = [];
    for await (const page of await departments.childrenWithIterator({ path: { department_id: '0' }, params: { fetch_child: true, page_size: 1 } }))
      walked.push(...(ids(page ?? undefined) ?? []));
    expect(walked.sort()).toEqual([top, middle, leaf].sort());
  });
});

describe('the people of a department', () => {
  it('are walked through once', async () => {
    const department_id = await make('多人', null);
    const people: string[] = [];
    for (let i = 0; i < 7; i++) people.push(await add(`人 ${String(i)}`, department_id));
    for (const page_size of [1, 3, 7, 50]) {
      const walked: (string | undefined)[] = [];
      const pages = await users.findByDepartmentWithIterator({ params: { department_id, page_size } });
      for await (const page of pages) walked.push(...(page?.items ?? []).map(({ open_id }) => open_id));
      expect(walked).toEqual([...people].sort());
    }
    expect((await users.list()).data?.items?.map(({ open_id }) => open_id)).toEqual([administratorId]);
  });

  it('are refused where the request is wrong', async () => {
    const page = (await users.findByDepartment({ params: { department_id: '0', page_size: 1 } })).data;
    expect(page?.has_more).toBe(false);
    const many = (await departments.children({ path: { department_id: '0' }, params: { page_size: 1 } })).data?.page_token ?? '';
    expect(many).not.toBe('');
    expect(await refusal(users.findByDepartment({ params: { department_id: top, page_token: many } }))).toEqual(badToken);
    expect(await refusal(departments.children({ path: { department_id: top }, params: { page_token: many } }))).toEqual(badToken);
    expect(await refusal(departments.list({ params: { page_token: many } }))).toEqual(badToken);
    for (const page_size of [-1, 51]) expect(await refusal(users.findByDepartment({ params: { department_id: top, page_size } }))).toEqual(param('page_size'));
    expect(await refusal(users.findByDepartment({ params: { department_id: 'od-none' } }))).toEqual(noDepartment);
    expect(await refusal(departments.children({ path: { department_id: 'od-none' } }))).toMatchObject({ status: 403, code: 40004 });
    expect(await refusal(departments.get({ path: { department_id: 'od-none' } }))).toMatchObject({ status: 400, code: 40015, msg: 'department not exist' });
    expect(await refusal(departments.parent({ params: { department_id: '0' } }))).toMatchObject({ status: 400, code: 40002, msg: 'process root dept error' });
    expect(await refusal(users.batch({ params: { user_ids: Array.from({ length: 51 }, () => kehan) } }))).toEqual(param('user_ids'));
  });
});
