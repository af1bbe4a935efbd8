import * as lark from '@larksuiteoapi/node-sdk';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createApp as registerApp } from '../../src/domain/apps.ts';
import { NOON, tester, testApp, testTenant, userToken } from '../support/app.ts';
import { addLevel, addReservations, addRoom, deleteLevel, reservation } from '../support/ledger.ts';
import { rejection, sdkClient } from '../support/sdk.ts';

/* Room levels, as the official SDK sees them. */
const SCOPES = ['vc:room', 'vc:room:readonly'];
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app, { scopes: SCOPES });
const { tenantId, rootLevelId } = tenant;
const client = sdkClient(app, tenant).vc.v1;
const levels = client.roomLevel;
type LevelMethods = typeof levels;

/** What a refusal amounts to. */
async function refusal(call: Promise<unknown>): Promise<{ status: number; code: number; msg: string; fields?: string[] }> {
  const { status, data } = await rejection(call);
  const { code, msg, error } = data;
  return { status, code, msg, ...(error.field_violations ? { fields: [...new Set(error.field_violations.map(({ field }) => field))].sort() } : {}) };
}

const param = (...fields: string[]) => ({ status: 400, code: 121003, msg: 'param error', fields: fields.sort() });
const notFound = { status: 404, code: 121004, msg: 'data not exist' };
const conflict = { status: 404, code: 121006, msg: 'data conflict', fields: ['name'] };
const hasChildren = { status: 404, code: 125001, msg: 'cannot delete child at this level' };
const done = { code: 0, msg: 'success', data: {} };

let names = 0;
const freshName = () => `Level ${String(++names)}`;

async function newLevel(parent_id = '0', name = freshName(), methods = levels): Promise<string> {
  return (await methods.create({ data: { name, parent_id } })).data?.room_level?.room_level_id ?? '';
}

/** Levels one below the other. @returns their ids, from the top */
async function chain(length: number, top = '0'): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < length; i++) ids.push(await newLevel(ids.at(-1) ?? top));
  return ids;
}

const read = async (room_level_id: string) => (await levels.get({ path: { room_level_id } })).data?.room_level;
const move = async (room_level_id: string, parent_id: string) => {
  const level = await read(room_level_id);
  return levels.patch({ path: { room_level_id }, data: { name: level?.name ?? '', parent_id } });
};

describe('a level', () => {
  it('has what it was given, the same in create, get, list and mget', async () => {
    const above = await chain(2);
    const [top = '', parent_id = ''] = above;
    const given = { name: ' 三层 🙂 ', parent_id, custom_group_id: 'own' };
    const { code, msg, data } = await levels.create({ data: given });
    expect({ code, msg }).toEqual({ code: 0, msg: 'success' });
    const room_level = data?.room_level;
    const room_level_id = room_level?.room_level_id ?? '';
    expect(room_level_id).toMatch(/^omb_[0-9a-f]{32}$/);
    expect(data).toEqual({ room_level: { ...given, room_level_id, path: [top, parent_id], has_child: false } });
    expect((await levels.get({ path: { room_level_id } })).data).toEqual({ room_level });
    expect((await levels.list({ params: { room_level_id: parent_id } })).data).toEqual({ items: [room_level], has_more: false });
    expect((await levels.mget({ data: { level_ids: [room_level_id] } })).data).toEqual({ items: [room_level] });
    expect((await read(parent_id))?.has_child).toBe(true);
  });

  it('directly below the tenant has an empty path, and its parent by its true id', async () => {
    const { data } = await levels.create({ data: { name: freshName(), parent_id: '0' } });
    expect(data?.room_level).toMatchObject({ parent_id: rootLevelId, path: [], has_child: false, custom_group_id: '' });
  });

  it.each(['0', rootLevelId])('of the tenant is there under id %s', async (room_level_id) => {
    await newLevel();
    const root = { room_level_id: rootLevelId, name: '测试', parent_id: '', path: [], has_child: true, custom_group_id: '' };
    expect((await levels.get({ path: { room_level_id } })).data).toEqual({ room_level: root });
    expect((await levels.mget({ data: { level_ids: [room_level_id] } })).data).toEqual({ items: [root] });
  });

  it('is renamed, moved, and keeps its own id when that is not named', async () => {
    const [from, to] = [await newLevel(), await newLevel()];
    const { data } = await levels.create({ data: { name: freshName(), parent_id: from, custom_group_id: 'kept' } });
    const room_level_id = data?.room_level?.room_level_id ?? '';
    const patch = (change: Parameters<LevelMethods['patch']>[0]) => levels.patch(change);
    const path = { room_level_id };
    expect(await patch({ path, data: { name: 'renamed', parent_id: from } })).toEqual(done);
    expect(await read(room_level_id)).toEqual({ room_level_id, name: 'renamed', parent_id: from, path: [from], has_child: false, custom_group_id: 'kept' });
    expect(await patch({ path, data: { name: 'renamed', parent_id: to, custom_group_id: 'new' } })).toEqual(done);
    expect(await read(room_level_id)).toEqual({ room_level_id, name: 'renamed', parent_id: to, path: [to], has_child: false, custom_group_id: 'new' });
    expect(await patch({ path, data: { name: freshName(), parent_id: '0', custom_group_id: '' } })).toEqual(done);
    expect(await read(room_level_id)).toMatchObject({ parent_id: rootLevelId, path: [], custom_group_id: '' });
    expect([(await read(from))?.has_child, (await read(to))?.has_child]).toEqual([false, false]);
  });

  it('that several change at once loses none of the changes that were confirmed', async () => {
    const room_level_id = await newLevel();
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => levels.patch({ path: { room_level_id }, data: { name: freshName(), parent_id: '0' } })),
    );
    const confirmed = results.filter(({ status }) => status === 'fulfilled');
    expect(confirmed.length).toBeGreaterThan(0);
    for (const result of results) {
      if (result.status === 'rejected')
        expect(await refusal(Promise.reject(result.reason as Error))).toEqual({ status: 404, code: 121006, msg: 'data conflict' });
    }
    const { version } = await app.ctx.db.kysely.selectFrom('levels').select('version').where('level_id', '=', room_level_id).executeTakeFirstOrThrow();
    expect(version).toBe(1 + confirmed.length);
  });
});

/** Bad fields of create and patch, and the names under which they are refused. */
const badFields: [string, Record<string, unknown>, string[]][] = [
  ['no name', { name: undefined }, ['name']],
  ['an empty name', { name: '' }, ['name']],
  ['a blank name', { name: '\u3000' }, ['name']],
  ['a name too long', { name: 'n'.repeat(256) }, ['name']],
  ['a name that is null', { name: null }, ['name']],
  ['a name with NUL', { name: 'a\0' }, ['name']],
  ['no parent', { parent_id: undefined }, ['parent_id']],
  ['an empty parent', { parent_id: '' }, ['parent_id']],
  ['a parent in numbers', { parent_id: 0 }, ['parent_id']],
  ['a parent too long', { parent_id: 'o'.repeat(101) }, ['parent_id']],
  ['an own id too long', { custom_group_id: 'c'.repeat(256) }, ['custom_group_id']],
  ['several', { name: '', parent_id: '', custom_group_id: 1 }, ['name', 'parent_id', 'custom_group_id']],
];

describe('create', () => {
  it.each(badFields)('refuses %s', async (_what, bad, fields) => {
    expect(await refusal(levels.create({ data: { name: freshName(), parent_id: '0', ...bad } }))).toEqual(param(...fields));
  });

  it('refuses a parent that is not there, and a name that a sibling has', async () => {
    const name = freshName();
    const [top, other] = [await newLevel(), await newLevel()];
    await newLevel(top, name);
    expect(await refusal(levels.create({ data: { name, parent_id: 'omb_none' } }))).toEqual(notFound);
    expect(await refusal(levels.create({ data: { name, parent_id: top } }))).toEqual(conflict);
    expect((await levels.create({ data: { name, parent_id: other } })).code).toBe(0);
  });

  it('takes one of several of one name that come at once', async () => {
    const data = { name: freshName(), parent_id: '0' };
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => levels.create({ data })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) if (result.status === 'rejected') expect(await refusal(Promise.reject(result.reason as Error))).toEqual(conflict);
  });
});

describe('patch', () => {
  it.each(badFields)('refuses %s, and changes nothing', async (_what, bad, fields) => {
    const room_level_id = await newLevel();
    const before = await read(room_level_id);
    expect(await refusal(levels.patch({ path: { room_level_id }, data: { name: freshName(), parent_id: '0', ...bad } }))).toEqual(param(...fields));
    expect(await read(room_level_id)).toEqual(before);
  });

  it('refuses what is not there, and a name that a sibling has, here or where it goes', async () => {
    const [name, free] = [freshName(), freshName()];
    const [top, other] = [await newLevel(), await newLevel()];
    const [taken, room_level_id] = [await newLevel(top, name), await newLevel(top)];
    const there = await newLevel(other, name);
    const patch = (id: string, data: { name: string; parent_id: string }) => refusal(levels.patch({ path: { room_level_id: id }, data }));
    expect(await patch('omb_none', { name: free, parent_id: top })).toEqual(notFound);
    expect(await patch(room_level_id, { name: free, parent_id: 'omb_none' })).toEqual(notFound);
    expect(await patch(room_level_id, { name, parent_id: top })).toEqual(conflict);
    expect(await patch(room_level_id, { name, parent_id: other })).toEqual(conflict);
    expect(await patch(taken, { name, parent_id: other })).toEqual(conflict);
    await levels.del({ data: { room_level_id: there } });
    expect(await levels.patch({ path: { room_level_id: taken }, data: { name, parent_id: other } })).toEqual(done);
    expect(await levels.patch({ path: { room_level_id }, data: { name, parent_id: top } })).toEqual(done);
  });

  it('refuses to move a level below itself, and changes nothing', async () => {
    const ids = await chain(3);
    const [top = '', middle = '', bottom = ''] = ids;
    const before = await Promise.all(ids.map(read));
    for (const [id, parent] of [
      [top, top],
      [top, middle],
      [top, bottom],
      [middle, bottom],
    ] as const) {
      expect(await refusal(move(id, parent))).toEqual(param('parent_id'));
    }
    expect(await Promise.all(ids.map(read))).toEqual(before);
  });

  it.each(['0', rootLevelId])("refuses to move the tenant's own level (%s)", async (room_level_id) => {
    const parent_id = await newLevel();
    for (const parent of [parent_id, '0', rootLevelId]) {
      expect(await refusal(levels.patch({ path: { room_level_id }, data: { name: '测试', parent_id: parent } }))).toEqual(param('parent_id'));
    }
  });
});

describe('the tree', () => {
  it('may be ten levels deep, and no deeper', async () => {
    const ids = await chain(10);
    const tenth = ids.at(-1) ?? '';
    expect((await read(tenth))?.path).toEqual(ids.slice(0, -1));
    expect(await refusal(levels.create({ data: { name: freshName(), parent_id: tenth } }))).toEqual(param('parent_id'));
    expect((await read(tenth))?.has_child).toBe(false);
  });

  it('may be ten levels deep after a move, and no deeper', async () => {
    const [deep, moved] = [await chain(8), await chain(3)];
    const [top = ''] = moved;
    expect(await refusal(move(top, deep[7] ?? ''))).toEqual(param('parent_id'));
    expect((await read(top))?.path).toEqual([]);
    expect(await move(top, deep[6] ?? '')).toEqual(done);
    expect((await read(moved[2] ?? ''))?.path).toEqual([...deep.slice(0, 7), ...moved.slice(0, 2)]);
  });

  it('takes branches that were deleted out of the count', async () => {
    const [deep, moved] = [await chain(8), await chain(3)];
    await levels.del({ data: { room_level_id: moved[2] ?? '' } });
    expect(await move(moved[0] ?? '', deep[7] ?? '')).toEqual(done);
  });
});

describe('mget', () => {
  it('answers in the order asked for, each once, without the unknown', async () => {
    const [a, b] = [await newLevel(), await newLevel()];
    const { data } = await levels.mget({ data: { level_ids: [b, 'omb_none', a, '0', b] } });
    expect(data?.items?.map(({ room_level_id }) => room_level_id)).toEqual([b, a, rootLevelId]);
  });

  it("shows the tenant's own level once, whatever it is called", async () => {
    const { data } = await levels.mget({ data: { level_ids: ['0', rootLevelId] } });
    expect(data?.items?.map(({ room_level_id }) => room_level_id)).toEqual([rootLevelId]);
  });

  it.each([
    ['none', { level_ids: [] }],
    ['more than a hundred', { level_ids: Array.from({ length: 101 }, (_, i) => `omb_${String(i)}`) }],
    ['no list', { level_ids: '0' }],
    ['nothing', {}],
  ])('refuses %s', async (_what, data) => {
    expect(await refusal(levels.mget({ data: data as never }))).toEqual(param('level_ids'));
  });
});

describe('search', () => {
  it("finds levels by the tenant's own ids, separated by commas, in the order asked for", async () => {
    const of = await testTenant(app, { scopes: SCOPES });
    const methods = sdkClient(app, of).vc.v1.roomLevel;
    const made = async (custom_group_id: string, parent_id = '0') =>
      (await methods.create({ data: { name: freshName(), parent_id, custom_group_id } })).data?.room_level?.room_level_id ?? '';
    const a = await made('a');
    const b = await made('b', a);
    const [twin, space, none] = [await made('a', b), await made('two words'), await made('')];
    const ids = async (custom_level_ids: string) => (await methods.search({ params: { custom_level_ids } })).data?.level_ids;
    expect(await ids('b')).toEqual([b]);
    expect(await ids('two words, b')).toEqual([space, b]);
    expect(await ids('b,none,,A')).toEqual([b]);
    expect((await ids('a'))?.sort()).toEqual([a, twin].sort());
    expect(await ids('none')).toEqual([]);
    expect(await ids(',')).not.toContain(none);
    expect((await methods.search({ params: { custom_level_ids: 'b' } })).data).toEqual({ level_ids: [b] });
    await methods.del({ data: { room_level_id: twin } });
    expect(await ids('a')).toEqual([a]);
    expect((await levels.search({ params: { custom_level_ids: 'a,b' } })).data).toEqual({ level_ids: [] });
  });

  it.each([
    ['nothing', {}],
    ['an empty list', { custom_level_ids: '' }],
    ['a list too long', { custom_level_ids: 'c'.repeat(8001) }],
    ['two lists', { custom_level_ids: ['a', 'b'] }],
  ])('refuses %s', async (_what, params) => {
    expect(await refusal(levels.search({ params: params as never }))).toEqual(param('custom_level_ids'));
  });
});

describe('list', () => {
  it('shows what is directly below a level, by name', async () => {
    const of = await testTenant(app, { scopes: SCOPES });
    const methods = sdkClient(app, of).vc.v1.roomLevel;
    const [b, a] = [await newLevel('0', 'b', methods), await newLevel('0', 'a', methods)];
    const below = await newLevel(b, 'below', methods);
    const ids = async (params: NonNullable<Parameters<LevelMethods['list']>[0]>['params']) =>
      (await methods.list(params ? { params } : {})).data?.items?.map(({ room_level_id }) => room_level_id);
    for (const params of [undefined, {}, { room_level_id: '' }, { room_level_id: '0' }, { room_level_id: of.rootLevelId }]) {
      expect(await ids(params)).toEqual([a, b]);
    }
    expect(await ids({ room_level_id: b })).toEqual([below]);
    expect(await ids({ room_level_id: below })).toEqual([]);
    expect(await refusal(methods.list({ params: { room_level_id: 'omb_none' } }))).toEqual(notFound);
  });

  it.each([0, 101, -1, 1.5, 'ten'])('refuses a page of %s', async (page_size) => {
    expect(await refusal(levels.list({ params: { page_size: page_size as number } }))).toEqual(param('page_size'));
  });

  it('gives ten levels when it is not told how many, and the rest to the iterator of the SDK', async () => {
    const top = await newLevel();
    const ids: string[] = [];
    for (let i = 10; i < 21; i++) ids.push(await newLevel(top, String(i)));
    const first = (await levels.list({ params: { room_level_id: top } })).data;
    expect([first?.items?.map(({ room_level_id }) => room_level_id), first?.has_more]).toEqual([ids.slice(0, 10), true]);
    // A last page that is full says that it is the last.
    const whole = (await levels.list({ params: { room_level_id: top, page_size: 11 } })).data;
    expect([whole?.items?.length, whole?.has_more, whole?.page_token]).toEqual([11, false, undefined]);
    const pages = [];
    for await (const page of await levels.listWithIterator({ params: { room_level_id: top, page_size: 4 } })) pages.push(...(page?.items ?? []));
    expect(pages.map(({ room_level_id }) => room_level_id)).toEqual(ids);
  });

  it('gives each level once, whatever page size, and whatever comes and goes meanwhile', async () => {
    const step = fc.record({ create: fc.nat(3), drop: fc.array(fc.nat(30), { maxLength: 3 }) });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 100 }), fc.nat(12), fc.array(step, { minLength: 1, maxLength: 4 }), async (pageSize, count, steps) => {
        const top = await addLevel(app, tenantId, rootLevelId);
        const present = new Set<string>();
        // Their names are random, so they come in between.
        const add = async () => present.add(await addLevel(app, tenantId, top));
        for (let i = 0; i < count; i++) await add();
        const throughout = new Set(present);
        const met: string[] = [];
        for (let i = 0, page_token: string | undefined; ; i++) {
          const change = steps[i];
          const page_size = change ? Math.min(pageSize, 3) : pageSize;
          const { data } = await levels.list({ params: { room_level_id: top, page_size, ...(page_token ? { page_token } : {}) } });
          met.push(...(data?.items ?? []).map(({ room_level_id = '' }) => room_level_id));
          expect(data?.page_token !== undefined).toBe(data?.has_more);
          if (!data?.has_more) break;
          expect(data.items).toHaveLength(page_size);
          page_token = data.page_token;
          for (let n = 0; n < (change?.create ?? 0); n++) await add();
          for (const n of change?.drop ?? []) {
            const id = [...present][n % present.size];
            if (id === undefined) continue;
            await deleteLevel(app, tenantId, id);
            present.delete(id);
            throughout.delete(id);
          }
        }
        expect(new Set(met).size).toBe(met.length);
        expect([...throughout].filter((id) => !met.includes(id))).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('goes on only with the list that a page token is of', async () => {
    const top = await newLevel();
    for (let i = 0; i < 3; i++) await newLevel(top);
    const page_token = (await levels.list({ params: { room_level_id: top, page_size: 1 } })).data?.page_token ?? '';
    const foreign = sdkClient(app, await testTenant(app, { scopes: SCOPES })).vc.v1.roomLevel;
    const flipped = `${page_token.startsWith('A') ? 'B' : 'A'}${page_token.slice(1)}`;
    for (const call of [
      () => levels.list({ params: { page_token } }),
      () => levels.list({ params: { room_level_id: top, page_token: flipped } }),
      () => levels.list({ params: { room_level_id: top, page_token: `${page_token}A` } }),
      () => levels.list({ params: { room_level_id: top, page_token: 'x' } }),
      () => client.room.list({ params: { room_level_id: top, page_token } }),
      () => foreign.list({ params: { page_token } }),
    ]) {
      expect(await refusal(call())).toEqual(param('page_token'));
    }
    expect((await levels.list({ params: { room_level_id: top, page_token, page_size: 100 } })).data?.items).toHaveLength(2);
  });
});

describe('del', () => {
  it('takes an empty level, whose name is free then', async () => {
    const name = freshName();
    const [top] = [await newLevel()];
    const room_level_id = await newLevel(top, name);
    expect(await levels.del({ data: { room_level_id } })).toEqual(done);
    expect(await refusal(levels.get({ path: { room_level_id } }))).toEqual(notFound);
    expect(await refusal(levels.patch({ path: { room_level_id }, data: { name, parent_id: '0' } }))).toEqual(notFound);
    expect(await refusal(levels.list({ params: { room_level_id } }))).toEqual(notFound);
    expect(await refusal(levels.del({ data: { room_level_id } }))).toEqual(notFound);
    expect((await levels.mget({ data: { level_ids: [room_level_id] } })).data).toEqual({ items: [] });
    expect(await newLevel(top, name)).not.toBe(room_level_id);
  });

  it.each(['level', 'room'])('takes a level with a %s below it only with delete_child', async (kind) => {
    const top = await newLevel();
    const room_level_id = await newLevel(top);
    const below = kind === 'level' ? await newLevel(room_level_id) : (await addRoom(app, tenantId, room_level_id)).roomId;
    const readBelow = () => (kind === 'level' ? levels.get({ path: { room_level_id: below } }) : client.room.get({ path: { room_id: below } }));
    for (const delete_child of [undefined, false]) {
      expect(await refusal(levels.del({ data: { room_level_id, ...(delete_child === undefined ? {} : { delete_child }) } }))).toEqual(hasChildren);
    }
    expect((await readBelow()).code).toBe(0);
    expect(await levels.del({ data: { room_level_id, delete_child: true } })).toEqual(done);
    expect(await refusal(readBelow())).toEqual(notFound);
    expect((await read(top))?.has_child).toBe(false);
    expect((await client.room.list({ params: { room_level_id: top } })).data).toEqual({ rooms: [], has_more: false });
  });

  it.each(['0', rootLevelId])("never takes the tenant's own level (%s)", async (room_level_id) => {
    for (const delete_child of [false, true]) expect(await refusal(levels.del({ data: { room_level_id, delete_child } }))).toEqual(hasChildren);
    const empty = await testTenant(app, { scopes: SCOPES });
    const { roomLevel } = sdkClient(app, empty).vc.v1;
    expect(await refusal(roomLevel.del({ data: { room_level_id: '0', delete_child: true } }))).toEqual(hasChildren);
  });

  it.each<[string, object, string]>([
    ['nothing', {}, 'room_level_id'],
    ['an empty level', { room_level_id: '' }, 'room_level_id'],
    ['a level too long', { room_level_id: 'o'.repeat(101) }, 'room_level_id'],
    ['a flag in words', { room_level_id: 'omb_x', delete_child: 'true' }, 'delete_child'],
  ])('refuses %s', async (_what, data, field) => {
    expect(await refusal(levels.del({ data: data as never }))).toEqual(param(field));
  });

  it('refuses a level that is not there', async () => {
    expect(await refusal(levels.del({ data: { room_level_id: 'omb_none', delete_child: true } }))).toEqual(notFound);
  });
});

it('an id in the path is of a level', async () => {
  const { roomId } = await addRoom(app, tenantId, await newLevel());
  for (const room_level_id of ['omb_none', 'x', roomId]) {
    expect(await refusal(levels.get({ path: { room_level_id } }))).toEqual(notFound);
    expect(await refusal(levels.patch({ path: { room_level_id }, data: { name: 'x', parent_id: '0' } }))).toEqual(notFound);
  }
  expect(await refusal(levels.get({ path: { room_level_id: 'o'.repeat(101) } }))).toEqual(param('room_level_id'));
});

/* Who may call. */
describe('tokens and scopes', async () => {
  const clientWith = async (...scopes: string[]) => {
    const { appId, secret } = await registerApp(app.ctx, tester, { tenantId, name: 'another', scopes });
    return sdkClient(app, { appId, appSecret: secret }).vc.v1.roomLevel;
  };
  const [readonly, none] = [await clientWith('vc:room:readonly'), await clientWith('vc:export')];
  const asUser = lark.withUserAccessToken(await userToken(app, tenant, tenant.administratorId, SCOPES));
  const missing = (scopes: string[]) => ({
    status: 400,
    data: {
      code: 99991672,
      msg: `Access denied. One of the following scopes is required: [${scopes.join(', ')}]`,
      error: { permission_violations: scopes.map((subject) => ({ type: 'action_scope_required', subject })) },
    },
  });

  type Call = (methods: LevelMethods, options?: Parameters<LevelMethods['get']>[1]) => Promise<{ code?: number | undefined }>;
  const spare = await newLevel();
  const readers: [string, Call][] = [
    ['get', (methods, options) => methods.get({ path: { room_level_id: '0' } }, options)],
    ['list', (methods, options) => methods.list({}, options)],
    ['mget', (methods, options) => methods.mget({ data: { level_ids: ['0'] } }, options)],
    ['search', (methods, options) => methods.search({ params: { custom_level_ids: 'x' } }, options)],
  ];
  const writers: [string, Call][] = [
    ['create', (methods, options) => methods.create({ data: { name: freshName(), parent_id: '0' } }, options)],
    ['patch', (methods, options) => methods.patch({ path: { room_level_id: spare }, data: { name: freshName(), parent_id: '0' } }, options)],
    ['del', async (methods, options) => methods.del({ data: { room_level_id: await newLevel() } }, options)],
  ];

  it.each(readers)('%s asks for vc:room or vc:room:readonly', async (_what, call) => {
    expect([(await call(levels)).code, (await call(readonly)).code]).toEqual([0, 0]);
    expect(await rejection(call(none))).toMatchObject(missing(['vc:room', 'vc:room:readonly']));
  });

  it.each(writers)('%s asks for vc:room', async (_what, call) => {
    expect((await call(levels)).code).toBe(0);
    for (const methods of [readonly, none]) expect(await rejection(call(methods))).toMatchObject(missing(['vc:room']));
  });

  it.each([...readers, ...writers])('%s takes tokens of a tenant only', async (_what, call) => {
    const { status, code } = await refusal(call(levels, asUser));
    expect({ status, code }).toEqual({ status: 400, code: 99991668 });
  });
});

describe('the ledger', () => {
  const HOUR = 3600;
  const titlesOf = (of: typeof client) => async (room_level_id: string, from: number) => {
    const params = { room_level_id, start_time: String(from), end_time: String(from + 86_400), room_ids: [], need_topic: true, page_size: 100 };
    return (await of.resourceReservationList.get({ params })).data?.room_reservation_list?.map(
      ({ event_title, room_name }) => `${event_title ?? ''} in ${room_name ?? ''}`,
    );
  };

  it('of every room goes with the subtree that is moved', async () => {
    const [source, target] = [await newLevel(), await newLevel()];
    const top = await newLevel(source);
    const deep = await newLevel(top);
    const stays = await addRoom(app, tenantId, source, 'stays');
    const moved = [await addRoom(app, tenantId, top, 'high'), await addRoom(app, tenantId, deep, 'low')];
    const at = NOON - 10 * HOUR;
    await addReservations(
      app,
      [stays, ...moved].flatMap(({ roomNo }, i) =>
        [0, 1].map((n) => reservation({ tenant_id: tenantId, room_no: roomNo, start_at: at + (i + 3 * n) * HOUR, title: String(i + 3 * n) })),
      ),
    );
    const titles = titlesOf(client);
    const seen = () => Promise.all([source, target, top, deep].map((id) => titles(id, at)));
    const below = ['1 in high', '2 in low', '4 in high', '5 in low'];
    const low = ['2 in low', '5 in low'];
    const here = ['0 in stays', '3 in stays'];
    const whole = ['0 in stays', '1 in high', '2 in low', '3 in stays', '4 in high', '5 in low'];
    expect(await seen()).toEqual([whole, [], below, low]);
    await move(top, target);
    expect(await seen()).toEqual([here, below, below, low]);
    await move(deep, source);
    expect(await seen()).toEqual([
      whole.filter((row) => !row.endsWith('high')),
      below.filter((row) => row.endsWith('high')),
      below.filter((row) => row.endsWith('high')),
      low,
    ]);
    // A room that was deleted before goes with its level all the same.
    await client.room.delete({ path: { room_id: moved[1]?.roomId ?? '' } });
    await move(deep, target);
    expect(await titles(target, at)).toEqual(below);
  });

  it('keeps the past of a level that is deleted, under the last names, and loses what had not begun', async () => {
    await using later = await testApp({ rateLimit: 0 });
    const of = await testTenant(later, { scopes: SCOPES });
    const own = sdkClient(later, of).vc.v1;
    const above = await newLevel('0', 'above', own.roomLevel);
    const top = await newLevel(above, 'top', own.roomLevel);
    const deep = await newLevel(top, 'deep', own.roomLevel);
    const rooms = [
      await addRoom(later, of.tenantId, top, 'high'),
      await addRoom(later, of.tenantId, deep, 'low'),
      await addRoom(later, of.tenantId, above, 'stays'),
    ];
    await addReservations(
      later,
      rooms.flatMap(({ roomNo }, i) => [
        reservation({ tenant_id: of.tenantId, room_no: roomNo, start_at: NOON - 2 * HOUR, title: `past ${String(i)}` }),
        reservation({ tenant_id: of.tenantId, room_no: roomNo, start_at: NOON, title: `running ${String(i)}` }),
        reservation({ tenant_id: of.tenantId, room_no: roomNo, start_at: NOON + HOUR, title: `future ${String(i)}` }),
        reservation({ tenant_id: of.tenantId, room_no: roomNo, start_at: NOON + 2 * HOUR, title: `pending ${String(i)}`, accepted_at: null }),
      ]),
    );
    await own.room.patch({ path: { room_id: rooms[1]?.roomId ?? '' }, data: { name: 'last name' } });
    await own.roomLevel.del({ data: { room_level_id: top, delete_child: true } });
    // Before their time comes the ledger shows nothing of the future, nor afterwards.
    later.clock.advance(3 * HOUR);
    const { appId, secret } = await registerApp(later.ctx, tester, { tenantId: of.tenantId, name: 'later', scopes: SCOPES });
    const again = sdkClient(later, { appId, appSecret: secret }).vc.v1;
    const titles = titlesOf(again);
    const ofDeleted = ['past 0 in high', 'past 1 in last name', 'running 0 in high', 'running 1 in last name'];
    for (const id of ['', above]) {
      const shown = await titles(id, NOON - 3 * HOUR);
      expect(shown?.sort()).toEqual([...ofDeleted, 'past 2 in stays', 'running 2 in stays', 'future 2 in stays'].sort());
    }
    for (const room_level_id of [top, deep]) expect(await refusal(again.roomLevel.get({ path: { room_level_id } }))).toEqual(notFound);
    const causes = await later.ctx.db.kysely
      .selectFrom('reservations')
      .select(['title', 'cancel_cause', 'cancelled_at'])
      .where('cancelled_at', 'is not', null)
      .execute();
    expect(causes.map(({ title }) => title).sort()).toEqual(['future 0', 'future 1', 'pending 0', 'pending 1']);
    for (const row of causes) expect(row).toMatchObject({ cancel_cause: 'room_deleted', cancelled_at: NOON });
  });
});
