import type { Insertable, Selectable } from 'kysely';
import type { Queries } from './open.ts';
import type { Tables } from './tables.ts';

export type AuthorizationCode = Selectable<Tables['authorization_codes']>;

export async function insertCode(db: Queries, code: Insertable<Tables['authorization_codes']>): Promise<void> {
  await db.insertInto('authorization_codes').values(code).execute();
}

export function findCode(db: Queries, tenantId: number, codeHash: string): Promise<AuthorizationCode | undefined> {
  return db.selectFrom('authorization_codes').selectAll().where('tenant_id', '=', tenantId).where('code_hash', '=', codeHash).executeTakeFirst();
}

export async function markCodeUsed(db: Queries, tenantId: number, codeHash: string, at: number): Promise<void> {
  await db.updateTable('authorization_codes').set({ used_at: at }).where('tenant_id', '=', tenantId).where('code_hash', '=', codeHash).execute();
}

/** Forgets the codes that ended before `before`. Until then one that comes again can still be told from one that nobody has. */
export async function deleteExpiredCodes(db: Queries, tenantId: number, before: number): Promise<void> {
  await db.deleteFrom('authorization_codes').where('tenant_id', '=', tenantId).where('expires_at', '<', before).execute();
}

/** Forgets the codes of a person, for one app or for all. */
export async function deleteCodesOf(db: Queries, tenantId: number, userId: string, appId?: string): Promise<void> {
  let query = db.deleteFrom('authorization_codes').where('tenant_id', '=', tenantId).where('user_id', '=', userId);
  if (appId !== undefined) query = query.where('app_id', '=', appId);
  await query.execute();
}
