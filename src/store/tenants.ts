import type { Insertable } from 'kysely';
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
