import type { Queries } from './open.ts';
import type { Tables } from './tables.ts';

/** The app of a token that it has for itself, with the token's end; undefined when there is none, or it ended with its secret or its app. */
export function findAppToken(db: Queries, tenantId: number, hash: string): Promise<{ app_id: string; expires_at: number } | undefined> {
  return db
    .selectFrom('app_tokens')
    .innerJoin('apps', (join) =>
      join
        .onRef('apps.tenant_id', '=', 'app_tokens.tenant_id')
        .onRef('apps.app_id', '=', 'app_tokens.app_id')
        .onRef('apps.secret_version', '=', 'app_tokens.secret_version')
        .on('apps.revoked_at', 'is', null),
    )
    .select(['app_tokens.app_id', 'app_tokens.expires_at'])
    .where('app_tokens.tenant_id', '=', tenantId)
    .where('token_hash', '=', hash)
    .executeTakeFirst();
}

/** The latest token that an app got with its present secret, issued at or before `now`. */
export function latestAppToken(
  db: Queries,
  { tenantId, appId, secretVersion, now }: { tenantId: number; appId: string; secretVersion: number; now: number },
): Promise<{ issued_at: number; token_hash: string } | undefined> {
  return db
    .selectFrom('app_tokens')
    .select(['issued_at', 'token_hash'])
    .where('tenant_id', '=', tenantId)
    .where('app_id', '=', appId)
    .where('secret_version', '=', secretVersion)
    .where('issued_at', '<=', now)
    .orderBy('issued_at', 'desc')
    .executeTakeFirst();
}

export async function insertAppToken(db: Queries, token: Tables['app_tokens']): Promise<void> {
  await db.insertInto('app_tokens').values(token).execute();
}

/** Forgets an app's tokens that ended before `before`. */
export async function deleteExpiredAppTokens(db: Queries, tenantId: number, appId: string, before: number): Promise<void> {
  await db.deleteFrom('app_tokens').where('tenant_id', '=', tenantId).where('app_id', '=', appId).where('expires_at', '<', before).execute();
}
