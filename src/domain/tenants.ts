import type { Ctx } from '../context.ts';
import { addHistory, type Actor } from '../store/history.ts';
import { insertLevel } from '../store/levels.ts';
import type { Queries } from '../store/open.ts';
import { findTenant, insertTenant, listTenants as storedTenants } from '../store/tenants.ts';
import type { Tenant } from '../store/tables.ts';
import { insertUser } from '../store/users.ts';
import { DomainError } from './errors.ts';
import { claimEmail } from './users.ts';

/**
 * Makes a tenant: its root level and its first administrator with it.
 *
 * @param email the administrator's, in lower case
 * @throws DomainError conflict, about `email`, when somebody on the server has it
 */
export function createTenant(ctx: Ctx, actor: Actor, tenant: NewTenant): Promise<MadeTenant> {
  return ctx.db.transaction((tx) => addTenant(ctx, tx, actor, tenant));
}

export interface NewTenant {
  name: string;
  timeZone: string;
  /** Name of the first administrator. */
  administrator: string;
  email?: string | null;
}

export interface MadeTenant {
  tenantId: number;
  tenantKey: string;
  rootLevelId: string;
  administratorId: string;
}

/** The same, in a transaction that does more. */
export async function addTenant(ctx: Ctx, tx: Queries, actor: Actor, { name, timeZone, administrator, email = null }: NewTenant): Promise<MadeTenant> {
  const tenantId = ctx.ids.tenant();
  const tenantKey = ctx.ids.tenantKey(tenantId);
  const rootLevelId = ctx.ids.level();
  const administratorId = ctx.ids.user();
  const at = ctx.clock.now();
  const tenant = { tenant_id: tenantId, tenant_key: tenantKey, name, time_zone: timeZone, root_level_id: rootLevelId, created_at: at };
  await insertTenant(tx, { ...tenant, demo: null });
  await insertLevel(tx, { tenant_id: tenantId, level_id: rootLevelId, parent_id: null, name, time_zone: null, deleted_at: null });
  await insertUser(tx, {
    tenant_id: tenantId,
    user_id: administratorId,
    name: administrator,
    email,
    department_id: null,
    is_administrator: 1,
    manages_meetings: 1,
    created_at: at,
  });
  if (email !== null) await claimEmail(tx, { tenantId, userId: administratorId }, email);
  const change = { tenantId, at, actor, action: 'tenant.create', object: { kind: 'tenant', id: tenantKey } };
  await addHistory(tx, { ...change, after: { ...tenant, administrator: administratorId } });
  return { tenantId, tenantKey, rootLevelId, administratorId };
}

/** @throws DomainError notFound */
export async function tenantOf(ctx: Ctx, tenantId: number): Promise<Tenant> {
  const tenant = await findTenant(ctx.db.kysely, tenantId);
  if (!tenant) throw new DomainError('notFound', 'no such tenant');
  return tenant;
}

export function listTenants(ctx: Ctx): Promise<Tenant[]> {
  return storedTenants(ctx.db.kysely);
}

/** @throws DomainError notFound */
export async function requireTenant(ctx: Ctx, tenantId: number): Promise<Tenant> {
  const tenant = await findTenant(ctx.db.kysely, tenantId);
  if (!tenant) throw new DomainError('notFound', 'no such tenant');
  return tenant;
}
