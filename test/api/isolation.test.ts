import { afterAll, describe, expect, it } from 'vitest';
import { bindDevice } from '../../src/domain/devices.ts';
import type { Tables } from '../../src/store/tables.ts';
import type { Endpoint } from '../../src/wire/endpoint.ts';
import { endpoints } from '../../src/wire/index.ts';
import { NOON, tenantToken, tester, testApp, testTenant, testUser, userToken, type TestTenant } from '../support/app.ts';
import { addLevel, addReservations, addRoom, queryString, reservation, type Query } from '../support/ledger.ts';

/*
 * Tenants do not see each other. Whoever names what another tenant has gets the answer of what does not exist, to the byte,
 * and the other tenant stays as it is. Every method that takes a token has to have its lines here.
 */
const SCOPES = ['vc:room', 'vc:room:readonly', 'yuding:read', 'yuding:book', 'yuding:admin'];
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());

/** Everything of a tenant that a request can name. */
interface Ids {
  /** The tenant's own level, one below it that has rooms, and one without. */
  root: string;
  level: string;
  empty: string;
  room: string;
  user: string;
  department: string;
  device: string;
  /** The tenant's own ids. */
  customRoom: string;
  customLevel: string;
  /** Page tokens of walks through `level` and through the whole tenant. */
  tokens: Readonly<Record<string, string>>;
}

interface World {
  tenant: TestTenant;
  bearers: Readonly<Record<'tenant' | 'user', string>>;
  ids: Ids;
}

interface Request {
  params?: Readonly<Record<string, string>>;
  query?: Query;
  body?: object;
}

/** A tenant with something of everything. */
async function furnish(): Promise<World> {
  const tenant = await testTenant(app, { scopes: SCOPES });
  const { tenantId, rootLevelId, administratorId } = tenant;
  const level = await addLevel(app, tenantId, rootLevelId);
  const empty = await addLevel(app, tenantId, rootLevelId);
  const [room] = [await addRoom(app, tenantId, level), await addRoom(app, tenantId, level), await addRoom(app, tenantId, level)];
  const { ids } = app.ctx;
  const [department, customRoom, customLevel] = [ids.department(), ids.device(), ids.device()];
  const db = app.ctx.db.kysely;
  await db.insertInto('departments').values({ tenant_id: tenantId, department_id: department, name: '研发部' }).execute();
  await db.updateTable('rooms').set({ custom_room_id: customRoom }).where('tenant_id', '=', tenantId).where('room_id', '=', room.roomId).execute();
  await db.updateTable('levels').set({ custom_group_id: customLevel }).where('tenant_id', '=', tenantId).where('level_id', '=', level).execute();
  const user = await testUser(app, tenantId);
  const setting = { tenant_id: tenantId, part: 'administrators' as const, value: JSON.stringify({ users: [user], departments: [department] }) };
  const { directory_version } = await db.selectFrom('tenants').select('directory_version').where('tenant_id', '=', tenantId).executeTakeFirstOrThrow();
  for (const scope_id of [level, room.roomId])
    await db
      .insertInto('settings')
      .values({ ...setting, scope_id, changed_in: directory_version })
      .execute();
  const starts = Array.from({ length: 25 }, (_, i) => NOON - 80_000 + i * 3600);
  await addReservations(
    app,
    starts.map((start_at) => reservation({ tenant_id: tenantId, room_no: room.roomNo, start_at })),
  );
  const { device } = await bindDevice(app.ctx, tester, { tenantId, roomId: room.roomId, kind: 'panel', name: 'panel' });
  const bearers = { tenant: await tenantToken(app, tenant), user: await userToken(app, tenant, administratorId, SCOPES) };
  const things = { root: rootLevelId, level, empty, room: room.roomId, user, department, device: device.device_id, customRoom, customLevel };
  return { tenant, bearers, ids: { ...things, tokens: await pageTokens(bearers, level) } };
}

/** The first page token of every walk that there is. */
async function pageTokens(bearers: World['bearers'], level: string): Promise<Record<string, string>> {
  const walks: [string, bearer: string, Request][] = [
    ['vc.v1.room.list', bearers.tenant, { query: { page_size: 1 } }],
    ['vc.v1.room.list level', bearers.tenant, { query: { page_size: 1, room_level_id: level } }],
    ['vc.v1.room.search', bearers.user, { body: { page_size: 1 } }],
    ['vc.v1.room_level.list', bearers.tenant, { query: { page_size: 1 } }],
    ['vc.v1.resource_reservation_list.get', bearers.tenant, { query: { start_time: NOON - 80_000, end_time: NOON, page_size: 20 } }],
    ['v1.room.list', bearers.tenant, { query: { limit: 1 } }],
    ['v1.tree.get', bearers.tenant, { query: { limit: 1 } }],
  ];
  const tokens: Record<string, string> = {};
  for (const [name, bearer, request] of walks) {
    const { body } = await send(endpointOf(name.split(' ')[0] ?? ''), bearer, request);
    const token = /"(?:page_token|next_cursor)":"([^"]+)"/.exec(body)?.[1];
    if (token === undefined) throw new Error(`no second page of ${name}: ${body}`);
    tokens[name] = token;
  }
  return tokens;
}

/** Ids of the same forms that nobody has. */
function nobodys({ tokens }: Ids): Ids {
  const { ids } = app.ctx;
  return {
    root: ids.level(),
    level: ids.level(),
    empty: ids.level(),
    room: ids.room(),
    user: ids.user(),
    department: ids.department(),
    device: ids.device(),
    customRoom: ids.device(),
    customLevel: ids.device(),
    tokens: Object.fromEntries(Object.entries(tokens).map(([name, token]) => [name, 'x'.repeat(token.length)])),
  };
}

const disabledBy = (contact: string) => ({ room_status: { status: false, contact_ids: [contact] } });
const disabledByV1 = (contact: string) => ({ disabled: { contacts: [contact] } });
/** On one page: the token of a second one is a signature over the query, and so over the ids in it. */
const day = { start_time: NOON - 80_000, end_time: NOON, page_size: 100 };

/**
 * What each method can be told of another tenant.
 *
 * @param own what the caller's tenant has, for a request that is otherwise in order
 */
const requests: Readonly<Record<string, (foreign: Ids, own: Ids) => Request[]>> = {
  'vc.v1.resource_reservation_list.get': ({ root, level, room, tokens }) => [
    { query: { ...day, room_level_id: root } },
    { query: { ...day, room_level_id: level } },
    { query: { ...day, room_ids: [room] } },
    { query: { ...day, room_ids: [room], is_exclude: true } },
    { query: { ...day, room_level_id: level, room_ids: [room] } },
    { query: { ...day, page_token: tokens['vc.v1.resource_reservation_list.get'] } },
  ],

  'vc.v1.room.create': ({ root, level, user }, own) => [
    { body: { name: 'new', capacity: 1, room_level_id: level } },
    { body: { name: 'new', capacity: 1, room_level_id: root } },
    { body: { name: 'Room 1', capacity: 1, room_level_id: level } },
    { body: { name: 'new', capacity: 1, room_level_id: own.level, ...disabledBy(user) } },
  ],
  'vc.v1.room.patch': ({ root, level, room, user }, own) => [
    { params: { room_id: room }, body: { capacity: 99 } },
    { params: { room_id: room }, body: { room_level_id: own.level } },
    { params: { room_id: own.room }, body: { room_level_id: level } },
    { params: { room_id: own.room }, body: { room_level_id: root } },
    { params: { room_id: own.room }, body: disabledBy(user) },
  ],
  'vc.v1.room.get': ({ room }) => [{ params: { room_id: room } }],
  'vc.v1.room.list': ({ root, level, tokens }) => [
    { query: { room_level_id: root } },
    { query: { room_level_id: level } },
    { query: { page_token: tokens['vc.v1.room.list'] } },
    { query: { room_level_id: level, page_token: tokens['vc.v1.room.list level'] } },
  ],
  'vc.v1.room.mget': ({ room }, own) => [{ body: { room_ids: [room] } }, { body: { room_ids: [own.room, room] } }],
  'vc.v1.room.search': ({ root, level, customRoom, tokens }) => [
    { body: { room_level_id: root } },
    { body: { room_level_id: level } },
    { body: { room_level_id: level, keyword: 'room', search_level_name: true } },
    { body: { keyword: level, search_level_name: true } },
    { body: { custom_room_ids: [customRoom] } },
    { body: { page_token: tokens['vc.v1.room.search'] } },
  ],
  'vc.v1.room.delete': ({ room }) => [{ params: { room_id: room } }],

  'vc.v1.room_level.create': ({ root, level }) => [{ body: { name: 'new', parent_id: level } }, { body: { name: 'new', parent_id: root } }],
  'vc.v1.room_level.patch': ({ root, level, empty }, own) => [
    { params: { room_level_id: level }, body: { name: 'new', parent_id: own.empty } },
    { params: { room_level_id: level }, body: { name: 'new', parent_id: empty } },
    { params: { room_level_id: root }, body: { name: 'new', parent_id: '0' } },
    { params: { room_level_id: own.empty }, body: { name: 'new', parent_id: level } },
    { params: { room_level_id: own.empty }, body: { name: 'new', parent_id: root } },
  ],
  'vc.v1.room_level.get': ({ root, level }) => [{ params: { room_level_id: level } }, { params: { room_level_id: root } }],
  'vc.v1.room_level.list': ({ root, level, tokens }) => [
    { query: { room_level_id: level } },
    { query: { room_level_id: root } },
    { query: { page_token: tokens['vc.v1.room_level.list'] } },
  ],
  'vc.v1.room_level.mget': ({ root, level }, own) => [{ body: { level_ids: [level, root] } }, { body: { level_ids: [own.level, level] } }],
  'vc.v1.room_level.search': ({ customLevel }, own) => [
    { query: { custom_level_ids: customLevel } },
    { query: { custom_level_ids: `${own.customLevel},${customLevel}` } },
  ],
  'vc.v1.room_level.del': ({ root, level, empty }) => [
    { body: { room_level_id: empty } },
    { body: { room_level_id: level } },
    { body: { room_level_id: level, delete_child: true } },
    { body: { room_level_id: root, delete_child: true } },
  ],

  'vc.v1.reserve_config.reserve_scope': ({ root, level, room }) => [
    { query: { scope_id: level, scope_type: '1' } },
    { query: { scope_id: root, scope_type: '1' } },
    { query: { scope_id: room, scope_type: '2' } },
  ],
  'vc.v1.reserve_config.patch': ({ root, level, room, user, department }, own) => [
    ...[level, root].map((id) => ({
      params: { reserve_config_id: id },
      body: { scope_type: '1', time_config: { time_switch: 1, if_cover_child_scope: true } },
    })),
    { params: { reserve_config_id: room }, body: { scope_type: '2', time_config: { time_switch: 1 } } },
    ...[
      { approval_config: { approval_switch: 1, approval_condition: 0, approvers: [{ user_id: user }] } },
      { reserve_scope_config: { allow_all_users: 0, allow_users: [{ user_id: user }] } },
      { reserve_scope_config: { allow_all_users: 0, allow_depts: [{ department_id: department }] } },
    ].map((config) => ({ params: { reserve_config_id: own.room }, body: { scope_type: '2', ...config } })),
  ],
  'vc.v1.reserve_config_admin.get': ({ root, level, room }) => [
    { params: { reserve_config_id: level }, query: { scope_type: 1 } },
    { params: { reserve_config_id: root }, query: { scope_type: 1 } },
    { params: { reserve_config_id: room }, query: { scope_type: 2 } },
  ],
  'vc.v1.reserve_config_admin.patch': ({ root, level, room, user, department }, own) => [
    { params: { reserve_config_id: level }, body: { scope_type: 1, reserve_admin_config: {} } },
    { params: { reserve_config_id: root }, body: { scope_type: 1, reserve_admin_config: {} } },
    { params: { reserve_config_id: room }, body: { scope_type: 2, reserve_admin_config: {} } },
    { params: { reserve_config_id: own.room }, body: { scope_type: 2, reserve_admin_config: { users: [{ user_id: user }] } } },
    { params: { reserve_config_id: own.room }, body: { scope_type: 2, reserve_admin_config: { depts: [{ department_id: department }] } } },
  ],

  'v1.tree.get': ({ root, level, tokens }) => [{ query: { level } }, { query: { level: root } }, { query: { limit: 1, cursor: tokens['v1.tree.get'] } }],
  'v1.level.create': ({ root, level }) => [{ body: { name: 'new', parent_id: level } }, { body: { name: 'new', parent_id: root } }],
  'v1.level.get': ({ root, level }) => [{ params: { level_id: level } }, { params: { level_id: root } }],
  'v1.level.change': ({ root, level, empty }, own) => [
    { params: { level_id: level }, body: { name: 'new' } },
    { params: { level_id: root }, body: { name: 'new' } },
    { params: { level_id: level }, body: { parent_id: own.empty } },
    { params: { level_id: level }, body: { parent_id: empty } },
    { params: { level_id: own.empty }, body: { parent_id: level } },
    { params: { level_id: own.empty }, body: { parent_id: root, time_zone: 'Asia/Tokyo' } },
  ],
  'v1.level.delete': ({ root, level, empty }) => [
    { params: { level_id: level }, query: { delete_children: true, dry_run: true } },
    { params: { level_id: root }, query: { delete_children: true } },
    { params: { level_id: empty } },
    { params: { level_id: level } },
    { params: { level_id: level }, query: { delete_children: true } },
  ],
  'v1.room.create': ({ root, level, user }, own) => [
    { body: { name: 'new', capacity: 1, level_id: level } },
    { body: { name: 'new', capacity: 1, level_id: root } },
    { body: { name: 'new', capacity: 1, level_id: own.level, ...disabledByV1(user) } },
  ],
  'v1.room.list': ({ root, level, tokens }) => [{ query: { level } }, { query: { level: root } }, { query: { limit: 1, cursor: tokens['v1.room.list'] } }],
  'v1.room.get': ({ room }) => [{ params: { room_id: room } }],
  'v1.room.change': ({ root, level, room, user }, own) => [
    { params: { room_id: room }, query: { dry_run: true }, body: { disabled: {} } },
    { params: { room_id: room }, body: { capacity: 99 } },
    { params: { room_id: room }, body: { level_id: own.level } },
    { params: { room_id: own.room }, body: { level_id: level, name: 'new' } },
    { params: { room_id: own.room }, body: { level_id: root } },
    { params: { room_id: own.room }, body: disabledByV1(user) },
    { params: { room_id: own.room }, query: { dry_run: true }, body: disabledByV1(user) },
  ],
  'v1.room.delete': ({ room }) => [{ params: { room_id: room }, query: { dry_run: true } }, { params: { room_id: room } }],
  'v1.settings.get': ({ root, level, room }) => [{ params: { scope_id: level } }, { params: { scope_id: root } }, { params: { scope_id: room } }],
  'v1.settings.change': ({ root, level, room, user, department }, own) => [
    ...[level, root].map((scope_id) => ({ params: { scope_id }, body: { administrators: null, cover: ['administrators'] } })),
    { params: { scope_id: room }, body: { administrators: null } },
    ...[
      { approval: { enabled: true, applies: 'always', hours: 1, approvers: [user] } },
      { reservers: { everybody: false, users: [user], departments: [] } },
      { reservers: { everybody: false, users: [], departments: [department] } },
      { administrators: { users: [user], departments: [] } },
      { administrators: { users: [], departments: [department] } },
    ].map((body) => ({ params: { scope_id: own.room }, body })),
  ],
  'v1.device.list': ({ room }) => [{ params: { room_id: room } }],
  'v1.device.bind': ({ room }) => [{ params: { room_id: room }, body: { kind: 'panel', name: 'new' } }],
  'v1.device.rotate': ({ device }) => [{ params: { device_id: device } }],
  'v1.device.unbind': ({ device }) => [{ params: { device_id: device } }],
};

const protectedEndpoints = endpoints.filter(({ tokens }) => tokens.length > 0);

function endpointOf(id: string): Endpoint {
  const endpoint = endpoints.find((candidate) => candidate.id === id);
  if (!endpoint) throw new Error(`no method ${id}`);
  return endpoint;
}

interface Answer {
  status: number;
  headers: [string, string][];
  body: string;
}

async function send({ method, path }: Endpoint, bearer: string, { params = {}, query = {}, body }: Request): Promise<Answer> {
  const url = `${app.url}${path.replace(/:(\w+)/g, (_text, name: string) => encodeURIComponent(params[name] ?? ''))}?${queryString(query)}`;
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
  const response = await fetch(url, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  // Of the moment and of the call, not of what was asked.
  const passing = ['date', 'x-tt-logid'];
  const logId = response.headers.get('x-tt-logid') ?? '';
  return {
    status: response.status,
    headers: [...response.headers].filter(([name]) => !passing.includes(name)),
    body: (await response.text()).replaceAll(logId, '<log id>'),
  };
}

/** An answer in which the ids that the caller named stand under their kind, whatever they are. */
function anonymous(answer: Answer, { tokens, ...ids }: Ids): Answer {
  let { body } = answer;
  for (const [kind, id] of [...Object.entries(ids as Record<string, string>), ...Object.entries(tokens)]) body = body.replaceAll(id, `<${kind}>`);
  return { ...answer, body };
}

const tables: Record<keyof Tables, true> = {
  tenants: true,
  departments: true,
  users: true,
  levels: true,
  rooms: true,
  settings: true,
  devices: true,
  apps: true,
  access_tokens: true,
  reservations: true,
  history: true,
};

/** Every row of a tenant, table by table, but for its tokens, which come by themselves. */
async function contentsOf(tenantId: number): Promise<Record<string, string[]>> {
  const contents: Record<string, string[]> = {};
  for (const table of Object.keys(tables) as (keyof Tables)[]) {
    if (table === 'access_tokens') continue;
    const rows = await app.ctx.db.kysely.selectFrom(table).selectAll().where('tenant_id', '=', tenantId).execute();
    contents[table] = rows.map((row) => JSON.stringify(row)).sort();
  }
  return contents;
}

const victim = await furnish();
const caller = await furnish();

describe('the table of this test', () => {
  it('has every method that takes a token, and no other', () => {
    expect(Object.keys(requests).sort()).toEqual(protectedEndpoints.map(({ id }) => id).sort());
  });

  it('names every parameter of a path', () => {
    for (const { id, params } of protectedEndpoints) {
      const named = Object.keys((params as { properties?: object } | undefined)?.properties ?? {});
      for (const request of requests[id]?.(victim.ids, caller.ids) ?? []) expect(Object.keys(request.params ?? {})).toEqual(named);
    }
  });

  it('looks at every table', async () => {
    const contents = await contentsOf(victim.tenant.tenantId);
    expect(Object.entries(contents).filter(([, rows]) => rows.length === 0)).toEqual([]);
  });
});

describe("another tenant's things", () => {
  const cases = protectedEndpoints.flatMap((endpoint) => endpoint.tokens.map((kind) => [endpoint.id, kind, endpoint] as const));

  it.each(cases)('are not there for %s with the token of a %s', async (id, kind, endpoint) => {
    const ghosts = nobodys(victim.ids);
    const asked = requests[id]?.(victim.ids, caller.ids) ?? [];
    const askedOfNobody = requests[id]?.(ghosts, caller.ids) ?? [];
    expect(asked.length).toBeGreaterThan(0);
    const before = [await contentsOf(victim.tenant.tenantId), await contentsOf(caller.tenant.tenantId)];
    for (const [i, request] of asked.entries()) {
      const unknown = anonymous(await send(endpoint, caller.bearers[kind], askedOfNobody[i] ?? {}), ghosts);
      const foreign = anonymous(await send(endpoint, caller.bearers[kind], request), victim.ids);
      expect([request, foreign]).toEqual([request, unknown]);
      // A token that is refused, say, would look the same whatever was asked.
      expect([request, refusedBefore(foreign)]).toEqual([request, null]);
    }
    expect([await contentsOf(victim.tenant.tenantId), await contentsOf(caller.tenant.tenantId)]).toEqual(before);
  });

  // Were the requests wrong in themselves, the test above would see nothing.
  it.each(cases)('are there for their own tenant: %s with the token of a %s', async (id, kind, endpoint) => {
    const count = requests[id]?.(victim.ids, caller.ids).length ?? 0;
    for (let i = 0; i < count; i++) {
      const world = await own(endpoint);
      const ghosts = nobodys(world.ids);
      const askedOfNobody = requests[id]?.(ghosts, world.ids)[i] ?? {};
      const unknown = anonymous(await send(endpoint, world.bearers[kind], askedOfNobody), ghosts);
      const asked = requests[id]?.(world.ids, world.ids)[i] ?? {};
      const known = anonymous(await send(endpoint, world.bearers[kind], asked), world.ids);
      expect([asked, known]).not.toEqual([asked, unknown]);
    }
  });
});

/** A tenant to try a method on: a new one where the method changes something. */
let shared: World | undefined;
async function own({ method }: Endpoint): Promise<World> {
  return method === 'GET' ? (shared ??= await furnish()) : furnish();
}

/** The code of a refusal that came before the method's own code ran; null for any other answer. */
function refusedBefore({ body }: Answer): string | null {
  return /"code":(9999\d+|"(?:invalid_token|missing_token|missing_scope|scope_not_granted|no_permission|malformed_request)")/.exec(body)?.[1] ?? null;
}
