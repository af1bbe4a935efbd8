import { chunks } from './chunks.ts';
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

/** Those of the names that somebody has, with whose they are. */
export async function findSignInNames(db: Queries, names: readonly string[]): Promise<Map<string, { tenantId: number; userId: string }>> {
  const found = new Map<string, { tenantId: number; userId: string }>();
  for (const some of chunks(names)) {
    const rows = await db.selectFrom('sign_in_names').selectAll().where('tenant_id', '=', SERVER).where('name', 'in', some).execute();
    for (const row of rows) found.set(row.name, { tenantId: row.of_tenant, userId: row.user_id });
  }
  return found;
}

/** Gives many names to people of a tenant. @returns false when somebody has one of them */
export async function claimSignInNames(db: Queries, tenantId: number, claims: readonly { name: string; userId: string }[]): Promise<boolean> {
  for (const some of chunks(claims, 500)) {
    const { numInsertedOrUpdatedRows } = await db
      .insertInto('sign_in_names')
      .values(some.map(({ name, userId }) => ({ tenant_id: SERVER, name, of_tenant: tenantId, user_id: userId })))
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows !== BigInt(some.length)) return false;
  }
  return true;
}

/** Gives names back that people of a tenant have. */
export async function freeSignInNames(db: Queries, tenantId: number, names: readonly string[]): Promise<void> {
  for (const some of chunks(names))
    await db.deleteFrom('sign_in_names').where('tenant_id', '=', SERVER).where('of_tenant', '=', tenantId).where('name', 'in', some).execute();
}
