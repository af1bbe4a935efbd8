import { sql, type Insertable } from 'kysely';
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

/** A page of a tenant's apps, revoked ones too, in the order in which they came. @param after the app behind which the page begins */
export function pageOfApps(db: Queries, tenantId: number, after: { createdAt: number; appId: string } | undefined, limit: number): Promise<App[]> {
  let page = db.selectFrom('apps').selectAll().where('tenant_id', '=', tenantId);
  if (after) page = page.where(sql<boolean>`(created_at, app_id) > (${after.createdAt}, ${after.appId})`);
  return page.orderBy('created_at').orderBy('app_id').limit(limit).execute();
}

/** Changes an app that is still at `version`; false when it is not. */
export async function updateApp(
  db: Queries,
  { tenantId, appId, version }: { tenantId: number; appId: string; version: number },
  changes: { name?: string; scopes?: string; redirect_uris?: string },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('apps')
    .set({ ...changes, version: version + 1 })
    .where('tenant_id', '=', tenantId)
    .where('app_id', '=', appId)
    .where('version', '=', version)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Sets a new secret and returns the app's new secret version. */
export async function updateSecret(db: Queries, tenantId: number, appId: string, secretHash: string): Promise<number> {
  const row = await db
    .updateTable('apps')
    .set((eb) => ({ secret_hash: secretHash, secret_version: eb('secret_version', '+', 1), version: eb('version', '+', 1) }))
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
    .set((eb) => ({ revoked_at: at, version: eb('version', '+', 1) }))
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

/** Where events of an app are pushed; all null: nowhere. The token and the key are sealed. */
export type PushColumns = Pick<App, 'push_url' | 'push_token' | 'push_key' | 'next_ticket_at'>;

/** Sets where events are pushed. @returns the app's new version; undefined when it is no longer at `expected` */
export async function updatePush(db: Queries, tenantId: number, appId: string, push: PushColumns, expected: number): Promise<number | undefined> {
  const row = await db
    .updateTable('apps')
    .set((eb) => ({ ...push, ticket_failures: 0, version: eb('version', '+', 1) }))
    .where('tenant_id', '=', tenantId)
    .where('app_id', '=', appId)
    .where('version', '=', expected)
    .returning('version')
    .executeTakeFirst();
  return row?.version;
}

/** Apps of a tenant that have something sealed. */
export function appsWithSeals(db: Queries, tenantId: number): Promise<Pick<App, 'app_id' | 'push_token' | 'push_key'>[]> {
  return db
    .selectFrom('apps')
    .select(['app_id', 'push_token', 'push_key'])
    .where('tenant_id', '=', tenantId)
    .where((eb) => eb.or([eb('push_token', 'is not', null), eb('push_key', 'is not', null)]))
    .orderBy('app_id')
    .execute();
}

/** Writes what was sealed anew. To be called while the app is held. */
export async function updateSeals(db: Queries, tenantId: number, { app_id, ...seals }: Pick<App, 'app_id' | 'push_token' | 'push_key'>): Promise<void> {
  await db.updateTable('apps').set(seals).where('tenant_id', '=', tenantId).where('app_id', '=', app_id).execute();
}
