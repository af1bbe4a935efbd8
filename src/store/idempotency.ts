import type { Insertable, Selectable } from 'kysely';
import type { Queries } from './open.ts';
import type { Tables } from './tables.ts';

export type IdempotencyKey = Selectable<Tables['idempotency_keys']>;

/** Claims a key. False when somebody has: of two that come together one waits for the other. */
export async function claimKey(db: Queries, key: Insertable<Tables['idempotency_keys']>): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('idempotency_keys')
    .values(key)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export function findKey(db: Queries, tenantId: number, scope: string, key: string): Promise<IdempotencyKey | undefined> {
  return db.selectFrom('idempotency_keys').selectAll().where('tenant_id', '=', tenantId).where('scope', '=', scope).where('key', '=', key).executeTakeFirst();
}

export async function deleteKeysBefore(db: Queries, tenantId: number, before: number): Promise<void> {
  await db.deleteFrom('idempotency_keys').where('tenant_id', '=', tenantId).where('created_at', '<', before).execute();
}
