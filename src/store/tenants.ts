import type { Insertable } from 'kysely';
import { dialectOf } from './dialect.ts';
import type { Queries } from './open.ts';
import type { Tables, Tenant } from './tables.ts';

export async function insertTenant(db: Queries, tenant: Insertable<Tables['tenants']>): Promise<void> {
  await db.insertInto('tenants').values(tenant).execute();
}

/** All tenants of this server. For the operator's commands; no request calls it. */
export function listTenants(db: Queries): Promise<Tenant[]> {
  return db.selectFrom('tenants').selectAll().orderBy('created_at').orderBy('tenant_id').execute();
}

export function findTenant(db: Queries, tenantId: number): Promise<Tenant | undefined> {
  return db.selectFrom('tenants').selectAll().where('tenant_id', '=', tenantId).executeTakeFirst();
}

/** Holds a tenant until the transaction ends; whoever else wants to hold it waits. */
export async function holdTenant(db: Queries, tenantId: number): Promise<void> {
  const tenant = db.selectFrom('tenants').select('tenant_id').where('tenant_id', '=', tenantId);
  await (dialectOf(db).locksRows ? tenant.forUpdate() : tenant).execute();
}
