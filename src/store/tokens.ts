import type { Insertable } from 'kysely';
import type { Db, Queries } from './open.ts';
import type { Tables } from './tables.ts';

/** What a token stands for, with all that a request asks of its app, its tenant and the person behind it. */
export interface TokenRow {
  kind: 'tenant' | 'user';
  user_id: string | null;
  scopes: string;
  expires_at: number;
  app_id: string;
  app_name: string;
  app_scopes: string;
  tenant_id: number;
  directory_version: number;
  /** These are of the token's user, or else of the app's creator. */
  user_name: string;
  department_id: string | null;
  department_name: string | null;
  is_administrator: number;
  manages_meetings: number;
  /** Of an app's creator: then the app has none of the creator's rights. A suspended person's own tokens are not found at all. */
  suspended_at: number | null;
}

/** The token of that hash; undefined when there is none, its app is revoked, its secret was replaced, or its person suspended. */
export async function findToken(db: Db, tenantId: number, hash: string): Promise<TokenRow | undefined> {
  const rows = await db.read<TokenRow>(TOKEN_BY_HASH, [tenantId, hash]);
  return rows[0];
}

/** What a tenant token of an app would stand for now; undefined when there is no such app, or it is revoked. */
export async function findAppAsCaller(db: Db, tenantId: number, appId: string): Promise<TokenRow | undefined> {
  const rows = await db.read<TokenRow>(APP_AS_CALLER, [tenantId, appId]);
  return rows[0];
}

/** When apps were last given a token, as far as tokens are still known. */
export async function latestTokens(db: Queries, tenantId: number, appIds: readonly string[]): Promise<Map<string, number>> {
  if (appIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('access_tokens')
    .select(['app_id', (eb) => eb.fn.max('issued_at').as('latest')])
    .where('tenant_id', '=', tenantId)
    .where('app_id', 'in', appIds)
    .groupBy('app_id')
    .execute();
  return new Map(rows.map(({ app_id, latest }) => [app_id, latest]));
}

const FACTS = `a.name AS app_name, a.scopes AS app_scopes, n.directory_version,
    u.name AS user_name, u.department_id, d.name AS department_name, u.is_administrator, u.manages_meetings, u.suspended_at`;

const APP_AS_CALLER = `
  SELECT 'tenant' AS kind, NULL AS user_id, '' AS scopes, 0 AS expires_at, a.app_id, a.tenant_id, ${FACTS}
  FROM apps a
  JOIN tenants n ON n.tenant_id = a.tenant_id
  JOIN users u ON u.tenant_id = a.tenant_id AND u.user_id = a.creator_id
  LEFT JOIN departments d ON d.tenant_id = a.tenant_id AND d.department_id = u.department_id
  WHERE a.tenant_id = ?1 AND a.app_id = ?2 AND a.revoked_at IS NULL`;

const TOKEN_BY_HASH = `
  SELECT t.kind, t.user_id, t.scopes, t.expires_at, t.app_id, t.tenant_id, ${FACTS}
  FROM access_tokens t
  JOIN apps a ON a.tenant_id = t.tenant_id AND a.app_id = t.app_id AND a.revoked_at IS NULL
  JOIN tenants n ON n.tenant_id = t.tenant_id
  JOIN users u ON u.tenant_id = t.tenant_id AND u.user_id = coalesce(t.user_id, a.creator_id)
  LEFT JOIN departments d ON d.tenant_id = t.tenant_id AND d.department_id = u.department_id
  WHERE t.tenant_id = ?1 AND t.token_hash = ?2 AND (t.kind = 'tenant' OR u.suspended_at IS NULL)
    AND (t.kind = 'user' OR t.secret_version = a.secret_version)`;

export async function insertToken(db: Queries, token: Insertable<Tables['access_tokens']>): Promise<void> {
  await db.insertInto('access_tokens').values(token).execute();
}

/** The latest tenant token that an app got with its present secret and that was issued at or before `now`. */
export function latestTenantToken(
  db: Queries,
  { tenantId, appId, secretVersion, now }: { tenantId: number; appId: string; secretVersion: number; now: number },
): Promise<{ issued_at: number; token_hash: string } | undefined> {
  return db
    .selectFrom('access_tokens')
    .select(['issued_at', 'token_hash'])
    .where('tenant_id', '=', tenantId)
    .where('app_id', '=', appId)
    .where('kind', '=', 'tenant')
    .where('secret_version', '=', secretVersion)
    .where('issued_at', '<=', now)
    .orderBy('issued_at', 'desc')
    .executeTakeFirst();
}

/** Forgets an app's tokens that ended before `before`. Until then an expired token can still be told from an unknown one. */
export async function deleteExpiredTokens(db: Queries, tenantId: number, appId: string, before: number): Promise<void> {
  await db.deleteFrom('access_tokens').where('tenant_id', '=', tenantId).where('app_id', '=', appId).where('expires_at', '<', before).execute();
}

/** Ends the access tokens that came of one consent. @returns how many there were */
export async function deleteTokensOfFamily(db: Queries, tenantId: number, family: string): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom('access_tokens').where('tenant_id', '=', tenantId).where('family', '=', family).executeTakeFirst();
  return Number(numDeletedRows);
}

/** Ends the user tokens of a person, for one app or for all. */
export async function deleteUserTokens(db: Queries, tenantId: number, userId: string, appId?: string): Promise<void> {
  let query = db.deleteFrom('access_tokens').where('tenant_id', '=', tenantId).where('user_id', '=', userId);
  if (appId !== undefined) query = query.where('app_id', '=', appId);
  await query.execute();
}
