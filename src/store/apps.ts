import type { Insertable } from 'kysely';
import type { Queries } from './open.ts';
import type { App, Tables } from './tables.ts';

export async function insertApp(db: Queries, app: Insertable<Tables['apps']>): Promise<void> {
  await db.insertInto('apps').values(app).execute();
}

export function findApp(db: Queries, tenantId: number, appId: string): Promise<App | undefined> {
  return db.selectFrom('apps').selectAll().where('tenant_id', '=', tenantId).where('app_id', '=', appId).executeTakeFirst();
}

export function listApps(db: Queries, tenantId: number): Promise<App[]> {
  return db.selectFrom('apps').selectAll().where('tenant_id', '=', tenantId).orderBy('created_at').orderBy('app_id').execute();
}

/** Sets a new secret and returns the app's new secret version. */
export async function updateSecret(db: Queries, tenantId: number, appId: string, secretHash: string): Promise<number> {
  const row = await db
    .updateTable('apps')
    .set((eb) => ({ secret_hash: secretHash, secret_version: eb('secret_version', '+', 1) }))
    .where('tenant_id', '=', tenantId)
    .where('app_id', '=', appId)
    .returning('secret_version')
    .executeTakeFirstOrThrow();
  return row.secret_version;
}

/** Closes an app. False when it was closed already. */
export async function revokeApp(db: Queries, tenantId: number, appId: string, at: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('apps')
    .set({ revoked_at: at })
    .where('tenant_id', '=', tenantId)
    .where('app_id', '=', appId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Holds an app until the transaction ends; whoever else holds it waits. An update of nothing, for which both engines lock the row. */
export async function holdApp(db: Queries, tenantId: number, appId: string): Promise<void> {
  await db
    .updateTable('apps')
    .set((eb) => ({ secret_version: eb.ref('secret_version') }))
    .where('tenant_id', '=', tenantId)
    .where('app_id', '=', appId)
    .execute();
}
