import type { Ctx } from '../../context.ts';
import { findApp } from '../../store/apps.ts';
import { addHistory, type Actor } from '../../store/history.ts';
import { findPassword, putPassword } from '../../store/passwords.ts';
import { loadReservations } from '../../store/reservations.ts';
import { findTenant, insertTenant, listTenants } from '../../store/tenants.ts';
import { rotateSecret } from '../apps.ts';
import { hashSecret } from '../secrets.ts';
import { claimEmail } from '../users.ts';
import { DomainError } from '../errors.ts';
import { defaults } from '../policy.ts';
import { setPassword } from '../passwords.ts';
import { addNews } from './news.ts';
import { planReservations, tooMany, type DemoSize } from './plan.ts';
import { buildWorld, identityOf, TENANT_NAME, TENANT_ZONE, APP_NAME, type DemoIdentity, type DemoWorld } from './world.ts';

/** How the generator is called. The same call makes the same rows. */
export interface DemoCall extends DemoSize {
  seed: number;
  /** The instant that the demo is up to date with, epoch seconds. */
  at: number;
}

export const defaultSize: DemoSize = { rooms: 60, days: 56, reservations: 16_800 };

/** What it takes to talk to a demo tenant. */
export interface DemoAccess extends DemoIdentity {
  appSecret: string;
  /** With what the administrator signs in. */
  email: string;
  password: string;
}

type Value = string | number | null;

/** What the demo's app may do. */
const SCOPES = ['vc:room:readonly', 'vc:room', 'vc:export'];

/**
 * Makes a demo tenant: levels in two time zones, rooms, people, devices, an app and the reservations, in one transaction.
 *
 * @param onProgress called now and then with the number of reservations written so far
 * @throws DomainError conflict when the tenant of that seed is there already, when the size cannot be
 */
export async function loadDemo(ctx: Ctx, actor: Actor, call: DemoCall, onProgress?: (rows: number) => void): Promise<DemoAccess> {
  const { seed, at, ...size } = call;
  const crowded = tooMany(size);
  if (crowded) throw new DomainError('conflict', crowded);
  const ids = ctx.ids.seeded(`demo ${String(seed)}`);
  const identity = identityOf(ids);
  const world = buildWorld(identity, ids, size.rooms);
  const access = accessOf(ctx, seed, identity);
  const hash = await ctx.passwords.hash(access.password);
  const { tenantId, tenantKey, rootLevelId, administratorId, memberId } = identity;

  await ctx.db.transaction(async (tx) => {
    const tenant = { tenant_id: tenantId, tenant_key: tenantKey, name: TENANT_NAME, time_zone: TENANT_ZONE, root_level_id: rootLevelId };
    if (await findTenant(tx, tenantId)) throw new DomainError('conflict', `the demo tenant of seed ${String(seed)} is already there`);
    await insertTenant(tx, { ...tenant, created_at: at, demo: JSON.stringify(call) });
    for (const [table, columns, rows] of placesAndPeople(access, world, at)) await ctx.db.insertMany(tx, table, columns, rows);
    await claimEmail(tx, { tenantId, userId: administratorId }, access.email);
    await putPassword(tx, { tenantId, userId: administratorId, hash, at });
    const plan = planReservations(world, size, seed, { people: world.people, appId: identity.appId, at });
    await loadReservations(ctx.db, tx, tenantId, counted(plan, onProgress));
    for (const userId of [administratorId, memberId]) await addNews(tx, { tenantId, userId, at });
    await addHistory(tx, { tenantId, at, actor, action: 'demo.load', object: { kind: 'tenant', id: tenantKey }, after: call });
  });
  await ctx.db.dialect.afterLoad('reservations')?.execute(ctx.db.kysely);
  return access;
}

/** The demo tenant of this server that was made first, and how to talk to it; undefined when there is none. */
export async function findDemo(ctx: Ctx): Promise<{ call: DemoCall; access: DemoAccess } | undefined> {
  const tenant = (await listTenants(ctx.db.kysely)).find(({ demo }) => demo !== null);
  if (!tenant?.demo) return undefined;
  const call = JSON.parse(tenant.demo) as DemoCall;
  const identity = identityOf(ctx.ids.seeded(`demo ${String(call.seed)}`));
  return { call, access: accessOf(ctx, call.seed, identity) };
}

/** Gives the apps of demo tenants the secrets, and their administrators the passwords, that the present key makes: with another one the old ones could not be shown again. */
export async function renewDemoSecrets(ctx: Ctx, actor: Actor): Promise<void> {
  for (const { tenant_id: tenantId, demo } of await listTenants(ctx.db.kysely)) {
    if (demo === null) continue;
    const { seed } = JSON.parse(demo) as DemoCall;
    const { appId, administratorId: userId, appSecret, password } = accessOf(ctx, seed, identityOf(ctx.ids.seeded(`demo ${String(seed)}`)));
    const app = await findApp(ctx.db.kysely, tenantId, appId);
    if (app?.revoked_at === null) await rotateSecret(ctx, actor, tenantId, appId, { secret: appSecret });
    const hash = await ctx.passwords.hash(password);
    await ctx.db.transaction(async (tx) => {
      if (await findPassword(tx, tenantId, userId)) await setPassword(tx, actor, { tenantId, userId, hash, at: ctx.clock.now() });
    });
  }
}

/** Secrets are worked out from the key file, so that they can be shown again while only their hashes are stored. */
function accessOf({ ids, keys }: Ctx, seed: number, identity: DemoIdentity): DemoAccess {
  return {
    ...identity,
    appSecret: ids.secret(keys.hmac('demo app secret', identity.appId)),
    email: `admin@demo${seed === 1 ? '' : `-${String(seed)}`}.example`,
    // As many characters as one can be asked to type: 90 bits.
    password: ids.secret(keys.hmac('demo password', identity.administratorId)).slice(0, 16),
  };
}

type Load = [table: 'departments' | 'users' | 'levels' | 'rooms' | 'settings' | 'devices' | 'apps', columns: string[], rows: Value[][]];

function placesAndPeople({ tenantId, appId, appSecret, administratorId, email }: DemoAccess, world: DemoWorld, at: number): Load[] {
  const devices = world.rooms.flatMap((room) => room.devices.map((kind) => [tenantId, `${room.roomId.slice(4)}-${kind}`, room.roomNo, kind, room.name, at]));
  return [
    ['departments', ['tenant_id', 'department_id', 'name'], world.departments.map((d) => [tenantId, d.departmentId, d.name])],
    [
      'users',
      ['tenant_id', 'user_id', 'name', 'email', 'department_id', 'is_administrator', 'manages_meetings', 'created_at'],
      world.people.map((p) => [
        tenantId,
        p.userId,
        p.name,
        p.userId === administratorId ? email : null,
        p.departmentId,
        p.isAdministrator ? 1 : 0,
        p.managesMeetings ? 1 : 0,
        at,
      ]),
    ],
    [
      'levels',
      ['tenant_id', 'level_id', 'parent_id', 'name', 'time_zone', 'position'],
      world.levels.map((level, i) => [tenantId, level.levelId, level.parentId, level.name, level.timeZone, i]),
    ],
    [
      'rooms',
      ['tenant_id', 'room_no', 'room_id', 'level_id', 'name', 'capacity', 'equipment', 'position', 'created_at'],
      world.rooms.map((room) => [tenantId, room.roomNo, room.roomId, room.levelId, room.name, room.capacity, JSON.stringify(room.equipment), room.roomNo, at]),
    ],
    ['settings', ['tenant_id', 'scope_id', 'part', 'value', 'changed_in'], settingsOf(tenantId, administratorId, world)],
    ['devices', ['tenant_id', 'device_id', 'room_no', 'kind', 'name', 'created_at'], devices],
    [
      'apps',
      ['tenant_id', 'app_id', 'name', 'scopes', 'creator_id', 'secret_hash', 'created_at'],
      [[tenantId, appId, APP_NAME, SCOPES.join(' '), administratorId, hashSecret(appSecret), at]],
    ],
  ];
}

/** What the rooms have otherwise than by default, so that what is reserved from now on goes as the reservations before. */
function settingsOf(tenantId: number, administratorId: string, world: DemoWorld): Value[][] {
  return world.rooms.flatMap(({ roomId, checkIn, releaseOnNoShow, needsApproval }) => {
    const settings: Value[][] = [];
    const checkInRules = { ...defaults.check_in, enabled: checkIn !== 'off', releaseOnNoShow };
    if (checkIn === 'off' || !releaseOnNoShow) settings.push([tenantId, roomId, 'check_in', JSON.stringify(checkInRules), 1]);
    const approval = { ...defaults.approval, enabled: true, approvers: [administratorId] };
    if (needsApproval) settings.push([tenantId, roomId, 'approval', JSON.stringify(approval), 1]);
    return settings;
  });
}

const ROWS_PER_REPORT = 1000;

function* counted(plan: ReturnType<typeof planReservations>, onProgress?: (rows: number) => void): ReturnType<typeof planReservations> {
  let rows = 0;
  for (const reservation of plan) {
    yield reservation;
    if (++rows % ROWS_PER_REPORT === 0) onProgress?.(rows);
  }
}
