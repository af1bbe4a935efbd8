import type { Insertable, Selectable } from 'kysely';
import type { Queries } from './open.ts';
import type { Tables } from './tables.ts';

export type RefreshToken = Selectable<Tables['refresh_tokens']>;

export async function insertRefreshToken(db: Queries, token: Insertable<Tables['refresh_tokens']>): Promise<void> {
  await db.insertInto('refresh_tokens').values(token).execute();
}

export function findRefreshToken(db: Queries, tenantId: number, tokenHash: string): Promise<RefreshToken | undefined> {
  return db.selectFrom('refresh_tokens').selectAll().where('tenant_id', '=', tenantId).where('token_hash', '=', tokenHash).executeTakeFirst();
}

export async function markRefreshTokenUsed(db: Queries, tenantId: number, tokenHash: string, at: number): Promise<void> {
  await db.updateTable('refresh_tokens').set({ used_at: at }).where('tenant_id', '=', tenantId).where('token_hash', '=', tokenHash).execute();
}

/** Ends the refresh tokens that came of one consent. @returns how many were still good */
export async function revokeRefreshTokens(db: Queries, tenantId: number, family: string, at: number): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('refresh_tokens')
    .set({ revoked_at: at })
    .where('tenant_id', '=', tenantId)
    .where('family', '=', family)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Forgets a person's refresh tokens that ended before `before`. Until then one that comes again can still be told from one that nobody has. */
export async function deleteExpiredRefreshTokens(db: Queries, tenantId: number, userId: string, before: number): Promise<void> {
  await db.deleteFrom('refresh_tokens').where('tenant_id', '=', tenantId).where('user_id', '=', userId).where('expires_at', '<', before).execute();
}

/** Forgets the refresh tokens of a person, for one app or for all. */
export async function deleteRefreshTokensOf(db: Queries, tenantId: number, userId: string, appId?: string): Promise<void> {
  let query = db.deleteFrom('refresh_tokens').where('tenant_id', '=', tenantId).where('user_id', '=', userId);
  if (appId !== undefined) query = query.where('app_id', '=', appId);
  await query.execute();
}
