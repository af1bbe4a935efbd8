import type { Insertable, Selectable } from 'kysely';
import type { Queries } from './open.ts';
import type { Tables } from './tables.ts';

export type Grant = Selectable<Tables['grants']>;

/** What a person has let an app do; undefined: nothing. */
export function findGrant(db: Queries, tenantId: number, userId: string, appId: string): Promise<Grant | undefined> {
  return db.selectFrom('grants').selectAll().where('tenant_id', '=', tenantId).where('app_id', '=', appId).where('user_id', '=', userId).executeTakeFirst();
}

/** What a person has let apps do, apps that are revoked left out; oldest first. */
export function listGrants(db: Queries, tenantId: number, userId: string): Promise<(Grant & { app_name: string })[]> {
  return db
    .selectFrom('grants')
    .innerJoin('apps', (join) => join.onRef('apps.tenant_id', '=', 'grants.tenant_id').onRef('apps.app_id', '=', 'grants.app_id'))
    .selectAll('grants')
    .select('apps.name as app_name')
    .where('grants.tenant_id', '=', tenantId)
    .where('grants.user_id', '=', userId)
    .where('apps.revoked_at', 'is', null)
    .orderBy('grants.granted_at')
    .orderBy('grants.app_id')
    .execute();
}

/** Makes a grant. False when there is one: of two that come together one waits for the other. */
export async function insertGrant(db: Queries, grant: Insertable<Tables['grants']>): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('grants')
    .values(grant)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function updateGrant(db: Queries, { tenant_id, app_id, user_id, scopes, granted_at }: Grant): Promise<void> {
  await db
    .updateTable('grants')
    .set({ scopes, granted_at })
    .where('tenant_id', '=', tenant_id)
    .where('app_id', '=', app_id)
    .where('user_id', '=', user_id)
    .execute();
}

/**
 * Holds a grant until the transaction ends; whoever else holds it, or takes it away, waits or is waited for. An update of nothing, for
 * which both engines lock the row.
 *
 * @returns false when there is none
 */
export async function holdGrant(db: Queries, tenantId: number, userId: string, appId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('grants')
    .set((eb) => ({ granted_at: eb.ref('granted_at') }))
    .where('tenant_id', '=', tenantId)
    .where('app_id', '=', appId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Takes the grants of a person away, for one app or for all. */
export async function deleteGrantsOf(db: Queries, tenantId: number, userId: string, appId?: string): Promise<void> {
  let query = db.deleteFrom('grants').where('tenant_id', '=', tenantId).where('user_id', '=', userId);
  if (appId !== undefined) query = query.where('app_id', '=', appId);
  await query.execute();
}
