import type { Insertable, Selectable } from 'kysely';
import type { Queries } from './open.ts';
import type { Tables } from './tables.ts';

export type OneTimeLink = Selectable<Tables['one_time_links']>;
type Purpose = OneTimeLink['purpose'];

/** Keeps a link in place of those of the same purpose and person; without a person, of the same purpose in the tenant. */
export async function replaceLink(db: Queries, link: Insertable<Tables['one_time_links']>): Promise<void> {
  await deleteLinks(db, link.tenant_id, link.purpose, link.user_id ?? null);
  await db.insertInto('one_time_links').values(link).execute();
}

/** Keeps what counts once. @returns false when it is there already */
export async function keepLink(db: Queries, link: Insertable<Tables['one_time_links']>): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('one_time_links')
    .values(link)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Takes away the links of a purpose, of one person or of nobody. */
export async function deleteLinks(db: Queries, tenantId: number, purpose: Purpose, userId: string | null): Promise<void> {
  const links = db.deleteFrom('one_time_links').where('tenant_id', '=', tenantId).where('purpose', '=', purpose);
  await (userId === null ? links.where('user_id', 'is', null) : links.where('user_id', '=', userId)).execute();
}

export function findLink(db: Queries, tenantId: number, hash: string): Promise<OneTimeLink | undefined> {
  return db.selectFrom('one_time_links').selectAll().where('tenant_id', '=', tenantId).where('link_hash', '=', hash).executeTakeFirst();
}

/** Uses a link up. @returns it; undefined when somebody did before */
export function takeLink(db: Queries, tenantId: number, hash: string): Promise<OneTimeLink | undefined> {
  return db.deleteFrom('one_time_links').where('tenant_id', '=', tenantId).where('link_hash', '=', hash).returningAll().executeTakeFirst();
}

/** Forgets a tenant's links that ended before `before`; with 0, the server's. */
export async function deleteLinksBefore(db: Queries, tenantId: number, before: number): Promise<void> {
  await db.deleteFrom('one_time_links').where('tenant_id', '=', tenantId).where('expires_at', '<', before).execute();
}
