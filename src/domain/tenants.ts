import type { Ctx } from '../context.ts';
import { addHistory, type Actor } from '../store/history.ts';
import { insertLevel } from '../store/levels.ts';
import { insertTenant, findTenant, listTenants as storedTenants } from '../store/tenants.ts';
import type { Tenant, User } from '../store/tables.ts';
import { insertUser, listUsers as storedUsers } from '../store/users.ts';
import { DomainError } from './errors.ts';

/** Makes a tenant: its root level and its first administrator with it. */
export async function createTenant(
  ctx: Ctx,
  actor: Actor,
  { name, timeZone, administrator }: { name: string; timeZone: string; administrator: string },
): Promise<{ tenantId: number; tenantKey: string; rootLevelId: string; administratorId: string }> {
  const tenantId = ctx.ids.tenant();
  const tenantKey = ctx.ids.tenantKey(tenantId);
  const rootLevelId = ctx.ids.level();
  const administratorId = ctx.ids.user();
  const at = ctx.clock.now();
  const tenant = { tenant_id: tenantId, tenant_key: tenantKey, name, time_zone: timeZone, root_level_id: rootLevelId, created_at: at };
  await ctx.db.transaction(async (tx) => {
    await insertTenant(tx, { ...tenant, demo: null });
    await insertLevel(tx, { tenant_id: tenantId, level_id: rootLevelId, parent_id: null, name, time_zone: null, deleted_at: null });
    await insertUser(tx, {
      tenant_id: tenantId,
      user_id: administratorId,
      name: administrator,
      department_id: null,
      is_administrator: 1,
      manages_meetings: 1,
      created_at: at,
    });
    const change = { tenantId, at, actor, action: 'tenant.create', object: { kind: 'tenant', id: tenantKey } };
    await addHistory(tx, { ...change, after: { ...tenant, administrator: administratorId } });
  });
  return { tenantId, tenantKey, rootLevelId, administratorId };
}

export function listTenants(ctx: Ctx): Promise<Tenant[]> {
  return storedTenants(ctx.db.kysely);
}

export async function createUser(
  ctx: Ctx,
  actor: Actor,
  { tenantId, name, managesMeetings, isAdministrator }: { tenantId: number; name: string; managesMeetings: boolean; isAdministrator: boolean },
): Promise<string> {
  const userId = ctx.ids.user();
  const at = ctx.clock.now();
  const user = {
    tenant_id: tenantId,
    user_id: userId,
    name,
    department_id: null,
    is_administrator: isAdministrator ? 1 : 0,
    manages_meetings: managesMeetings ? 1 : 0,
    created_at: at,
  };
  await ctx.db.transaction(async (tx) => {
    if (!(await findTenant(tx, tenantId))) throw new DomainError('notFound', 'no such tenant');
    await insertUser(tx, user);
    await addHistory(tx, { tenantId, at, actor, action: 'user.create', object: { kind: 'user', id: userId }, after: user });
  });
  return userId;
}

export function listUsers(ctx: Ctx, tenantId: number): Promise<User[]> {
  return storedUsers(ctx.db.kysely, tenantId);
}
