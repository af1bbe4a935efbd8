import { timingSafeEqual } from 'node:crypto';
import type { Ctx } from '../context.ts';
import { findApp, holdApp } from '../store/apps.ts';
import { findDeviceByCredential } from '../store/devices.ts';
import { addHistory, type Actor } from '../store/history.ts';
import type { Keys } from '../keys.ts';
import type { Queries } from '../store/open.ts';
import type { App } from '../store/tables.ts';
import { deleteExpiredTokens, findAppAsCaller, findToken, insertToken, latestTenantToken, type TokenRow } from '../store/tokens.ts';
import { findUser } from '../store/users.ts';
import type { Principal } from './access.ts';
import { requireApp } from './apps.ts';
import { DomainError } from './errors.ts';
import { hashSecret } from './secrets.ts';
import { words } from './words.ts';

/** Life of a tenant token, and what must be left of it for the same one to be given again. Seconds; vendor page. */
export const TENANT_TOKEN_LIFE = 7200;
export const TENANT_TOKEN_REUSE = 1800;
/** How long an expired token can still be told from an unknown one. */
export const EXPIRED_KEPT = 86_400;

export interface IssuedToken {
  /** 32 bytes; the wire's token string is made of them. */
  secret: Buffer;
  /** Seconds from now. */
  expiresIn: number;
}

/**
 * The tenant token of a custom app, for its credentials.
 *
 * @throws DomainError notFound (no such app), noPermission (wrong secret), wrongState (a store app)
 */
export async function issueTenantToken(ctx: Ctx, tenantId: number, appId: string, secret: string): Promise<IssuedToken> {
  const app = await appOfSecret(ctx, tenantId, appId, secret);
  if (app.kind !== 'custom') throw new DomainError('wrongState', 'a store app gets its tokens by its ticket');
  return tenantTokenOf(ctx, app);
}

/** The app that knows its secret. @throws DomainError notFound (no such app), noPermission (wrong secret) */
export async function appOfSecret(ctx: Ctx, tenantId: number, appId: string, secret: string): Promise<App> {
  const app = await findApp(ctx.db.kysely, tenantId, appId);
  if (app?.revoked_at !== null) throw new DomainError('notFound', `no app ${appId}`);
  if (!timingSafeEqual(Buffer.from(app.secret_hash), Buffer.from(hashSecret(secret)))) throw new DomainError('noPermission', 'wrong secret');
  return app;
}

/**
 * The tenant token of an app: the present one while at least 30 minutes of its 2 hours are left, else a new one, beside which
 * the old one stays valid. It is a MAC over what it stands for, so that any process on the same key file can say it again
 * while only its hash is stored.
 */
export async function tenantTokenOf(ctx: Ctx, app: App): Promise<IssuedToken> {
  const { tenant_id: tenantId, app_id: appId } = app;
  const now = seconds(ctx);
  const key = { tenantId, appId, secretVersion: app.secret_version };
  const present = await presentToken(ctx.db.kysely, ctx.keys, key, now);
  if (present) return present;
  return ctx.db.transaction(async (tx) => {
    // Asked again while the app is held: of two that come together one issues and the other gets the same.
    await holdApp(tx, tenantId, appId);
    const other = await presentToken(tx, ctx.keys, key, now);
    if (other) return other;
    const token = tenantTokenSecret(ctx.keys, key, now);
    await deleteExpiredTokens(tx, tenantId, appId, now - EXPIRED_KEPT);
    await insertToken(tx, {
      tenant_id: tenantId,
      token_hash: hashSecret(token),
      kind: 'tenant',
      app_id: appId,
      user_id: null,
      scopes: '',
      secret_version: app.secret_version,
      issued_at: now,
      expires_at: now + TENANT_TOKEN_LIFE,
    });
    return { secret: token, expiresIn: TENANT_TOKEN_LIFE };
  });
}

interface TokenKey {
  tenantId: number;
  appId: string;
  secretVersion: number;
}

/** The token that an app has and that lasts long enough to be given again. */
async function presentToken(db: Queries, keys: Keys, key: TokenKey, now: number): Promise<IssuedToken | undefined> {
  const latest = await latestTenantToken(db, { ...key, now });
  if (!latest) return undefined;
  const expiresIn = latest.issued_at + TENANT_TOKEN_LIFE - now;
  const secret = tenantTokenSecret(keys, key, latest.issued_at);
  // The hashes differ when the key file was replaced since.
  return expiresIn >= TENANT_TOKEN_REUSE && hashSecret(secret) === latest.token_hash ? { secret, expiresIn } : undefined;
}

function tenantTokenSecret(keys: Keys, { tenantId, appId, secretVersion }: TokenKey, issuedAt: number): Buffer {
  return keys.hmac('tenant access token', JSON.stringify([tenantId, appId, secretVersion, issuedAt]));
}

/** Issues a token with which an app acts for a person, who granted it `scopes`. */
export async function issueUserToken(
  ctx: Ctx,
  actor: Actor,
  { tenantId, appId, userId, scopes, life }: { tenantId: number; appId: string; userId: string; scopes: readonly string[]; life: number },
): Promise<IssuedToken> {
  const secret = ctx.ids.tokenSecret();
  await ctx.db.transaction(async (tx) => {
    const app = requireApp(await findApp(tx, tenantId, appId), appId);
    if (!(await findUser(tx, tenantId, userId))) throw new DomainError('notFound', `no user ${userId} in the tenant of ${appId}`);
    const at = seconds(ctx);
    const row = { tenant_id: tenantId, kind: 'user' as const, app_id: appId, user_id: userId, scopes: scopes.join(' '), issued_at: at, expires_at: at + life };
    await deleteExpiredTokens(tx, tenantId, appId, at - EXPIRED_KEPT);
    await insertToken(tx, { ...row, token_hash: hashSecret(secret), secret_version: app.secret_version });
    await addHistory(tx, { tenantId, at, actor, action: 'token.issue', object: { kind: 'user', id: userId }, after: row });
  });
  return { secret, expiresIn: life };
}

/** Whom a token stands for, or why it stands for nobody. */
export async function authenticate(ctx: Ctx, kind: 'tenant' | 'user', tenantId: number, secret: Buffer): Promise<Principal | 'unknown' | 'expired'> {
  const token = await findToken(ctx.db, tenantId, hashSecret(secret));
  if (token?.kind !== kind) return 'unknown';
  if (token.expires_at <= seconds(ctx)) return 'expired';
  return callerOf(token);
}

/** Whom a tenant token of an app would stand for, had it one; no token is made. */
export async function appAsCaller(ctx: Ctx, tenantId: number, appId: string): Promise<Principal | 'unknown'> {
  const app = await findAppAsCaller(ctx.db, tenantId, appId);
  return app ? callerOf(app) : 'unknown';
}

function callerOf(token: TokenRow): Principal {
  return {
    kind: token.kind,
    tenantId: token.tenant_id,
    appId: token.app_id,
    userId: token.user_id,
    name: token.user_id === null ? token.app_name : token.user_name,
    departmentId: token.user_id === null ? null : token.department_id,
    department: token.user_id === null ? '' : (token.department_name ?? ''),
    appScopes: words(token.app_scopes),
    grantedScopes: words(token.scopes),
    managesMeetings: token.suspended_at === null && (token.is_administrator === 1 || token.manages_meetings === 1),
    isAdministrator: token.suspended_at === null && token.is_administrator === 1,
    device: null,
    session: null,
    directoryVersion: token.directory_version,
  };
}

/** The device that a credential belongs to. */
export async function authenticateDevice(ctx: Ctx, tenantId: number, secret: Buffer): Promise<Principal | 'unknown'> {
  const device = await findDeviceByCredential(ctx.db, tenantId, hashSecret(secret));
  if (!device) return 'unknown';
  return {
    kind: 'device',
    tenantId,
    appId: device.device_id,
    userId: null,
    name: device.name,
    departmentId: null,
    department: '',
    appScopes: [],
    grantedScopes: [],
    managesMeetings: false,
    isAdministrator: false,
    device: { id: device.device_id, kind: device.kind, roomNo: device.room_no },
    session: null,
    directoryVersion: device.directory_version,
  };
}

/** Credentials go by the real time, whatever the domain's clock says. */
function seconds(ctx: Ctx): number {
  return Math.floor(ctx.clock.realMs() / 1000);
}
