import type { Queries } from './open.ts';

/** The hash of a person's password; undefined: the person has none. */
export async function findPassword(db: Queries, tenantId: number, userId: string): Promise<string | undefined> {
  const row = await db.selectFrom('passwords').select('hash').where('tenant_id', '=', tenantId).where('user_id', '=', userId).executeTakeFirst();
  return row?.hash;
}

/** Gives a person a password, in place of the one there was. @param hash argon2id, in PHC form */
export async function putPassword(db: Queries, { tenantId, userId, hash, at }: { tenantId: number; userId: string; hash: string; at: number }): Promise<void> {
  await db
    .insertInto('passwords')
    .values({ tenant_id: tenantId, user_id: userId, hash, changed_at: at })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id']).doUpdateSet({ hash, changed_at: at }))
    .execute();
}
