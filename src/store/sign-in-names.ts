import type { Queries } from './open.ts';

/** Names under which people sign in belong to the server, not to a tenant. */
const SERVER = 0;

/** Whose name it is; undefined: nobody's. */
export async function findSignInName(db: Queries, name: string): Promise<{ tenantId: number; userId: string } | undefined> {
  const row = await db.selectFrom('sign_in_names').select(['of_tenant', 'user_id']).where('tenant_id', '=', SERVER).where('name', '=', name).executeTakeFirst();
  return row && { tenantId: row.of_tenant, userId: row.user_id };
}

/** Gives a name to a person. @returns false when somebody has it */
export async function claimSignInName(db: Queries, name: string, { tenantId, userId }: { tenantId: number; userId: string }): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('sign_in_names')
    .values({ tenant_id: SERVER, name, of_tenant: tenantId, user_id: userId })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Whether a person has a name that begins so. */
export async function hasSignInName(db: Queries, { tenantId, userId }: { tenantId: number; userId: string }, prefix: string): Promise<boolean> {
  const rows = await db
    .selectFrom('sign_in_names')
    .select('name')
    .where('tenant_id', '=', SERVER)
    .where('of_tenant', '=', tenantId)
    .where('user_id', '=', userId)
    .execute();
  return rows.some(({ name }) => name.startsWith(prefix));
}

/** Takes names away from a person. @param prefix only those that begin so: `email:`, or all of them */
export async function releaseSignInNames(db: Queries, { tenantId, userId }: { tenantId: number; userId: string }, prefix = ''): Promise<void> {
  await db
    .deleteFrom('sign_in_names')
    .where('tenant_id', '=', SERVER)
    .where('of_tenant', '=', tenantId)
    .where('user_id', '=', userId)
    .where((eb) => eb(eb.fn<string>('substr', ['name', eb.val(1), eb.val(prefix.length)]), '=', prefix))
    .execute();
}
