import type { Queries } from './open.ts';
import type { Tables } from './tables.ts';

/** Stands where an app has its hashed secret: an installation has none, and nothing has this hash. */
const NO_SECRET = '0'.repeat(64);

/** Whether a row of `apps` stands for an app of another tenant. */
export function isInstallation({ secret_hash }: { secret_hash: string }): boolean {
  return secret_hash === NO_SECRET;
}

/** Whether a store app is in a tenant. @param tenantId the app's own */
export async function isInstalled(db: Queries, tenantId: number, appId: string, inTenant: number): Promise<boolean> {
  const row = await db
    .selectFrom('installations')
    .select('in_tenant')
    .where('tenant_id', '=', tenantId)
    .where('app_id', '=', appId)
    .where('in_tenant', '=', inTenant)
    .executeTakeFirst();
  return row !== undefined;
}

/** The tenants that a store app is in, with their keys. */
export function listInstallations(
  db: Queries,
  tenantId: number,
  appId: string,
): Promise<{ in_tenant: number; installed_at: number; tenant_key: string; name: string }[]> {
  return db
    .selectFrom('installations')
    .innerJoin('tenants', 'tenants.tenant_id', 'installations.in_tenant')
    .select(['in_tenant', 'installed_at', 'tenant_key', 'name'])
    .where('installations.tenant_id', '=', tenantId)
    .where('app_id', '=', appId)
    .orderBy('installed_at')
    .orderBy('in_tenant')
    .execute();
}

/** @returns false when it is there already */
export async function insertInstallation(db: Queries, installation: Tables['installations']): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('installations')
    .values(installation)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** @returns false when there is none */
export async function deleteInstallation(db: Queries, tenantId: number, appId: string, inTenant: number): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('installations')
    .where('tenant_id', '=', tenantId)
    .where('app_id', '=', appId)
    .where('in_tenant', '=', inTenant)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** What an installation is in the tenant that installs. */
export interface InstalledApp {
  tenant_id: number;
  app_id: string;
  name: string;
  scopes: string;
  creator_id: string;
  secret_version: number;
  created_at: number;
}

/** Writes an app's row in a tenant that installs it: a new one, or the one that stayed behind when it was uninstalled. */
export async function putInstalledApp(db: Queries, app: InstalledApp): Promise<void> {
  const { name, scopes, creator_id, secret_version } = app;
  await db
    .insertInto('apps')
    .values({ ...app, kind: 'store', secret_hash: NO_SECRET, revoked_at: null })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'app_id']).doUpdateSet({ name, scopes, creator_id, secret_version, revoked_at: null }))
    .execute();
}

/** Takes away all that an app has got in a tenant: its tokens and what people there have let it do. */
export async function deleteAccessOfApp(db: Queries, tenantId: number, appId: string): Promise<void> {
  for (const table of ['access_tokens', 'refresh_tokens', 'authorization_codes', 'grants'] as const) {
    await db.deleteFrom(table).where('tenant_id', '=', tenantId).where('app_id', '=', appId).execute();
  }
}

/** Brings to the tenants that an app is in what its own tenant changed of it: a new secret and a revocation end its tokens there too. */
export async function carryToInstallations(
  db: Queries,
  tenantId: number,
  appId: string,
  change: Partial<Pick<Tables['apps'], 'revoked_at'>> & { secret_version?: number },
): Promise<void> {
  for (const { in_tenant } of await listInstallations(db, tenantId, appId)) {
    if (in_tenant !== tenantId) await db.updateTable('apps').set(change).where('tenant_id', '=', in_tenant).where('app_id', '=', appId).execute();
  }
}
