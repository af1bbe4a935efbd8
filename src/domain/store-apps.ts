import type { Ctx } from '../context.ts';
import type { Keys } from '../keys.ts';
import { hasTicket } from '../store/app-tickets.ts';
import { deleteExpiredAppTokens, findAppToken, insertAppToken, latestAppToken } from '../store/app-tokens.ts';
import { findApp, holdApp } from '../store/apps.ts';
import { isInstalled } from '../store/installations.ts';
import type { Queries } from '../store/open.ts';
import type { App } from '../store/tables.ts';
import { findTenant } from '../store/tenants.ts';
import { appOfSecret, TENANT_TOKEN_LIFE, TENANT_TOKEN_REUSE, tenantTokenOf, type IssuedToken } from './credentials.ts';
import { DomainError } from './errors.ts';
import { hashSecret } from './secrets.ts';

/** What a store app proves itself with: its credentials and, since it is the tenant's business too, a ticket that was pushed to it. */
export interface StoreAppProof {
  tenantId: number;
  appId: string;
  secret: string;
  ticket: string;
}

/** The store app that knows its secret. @throws DomainError notFound, noPermission (wrong secret), wrongState (a custom app) */
export async function storeAppOfSecret(ctx: Ctx, tenantId: number, appId: string, secret: string): Promise<App> {
  const app = await appOfSecret(ctx, tenantId, appId, secret);
  if (app.kind !== 'store') throw new DomainError('wrongState', `app ${appId} is a custom app`);
  return app;
}

/**
 * The token that a store app has for itself: as with tenant tokens the present one while half an hour of it is left, else a
 * new one beside it.
 *
 * @throws DomainError notFound, noPermission (wrong secret), wrongState (a custom app), badTicket
 */
export async function issueAppToken(ctx: Ctx, { tenantId, appId, secret, ticket }: StoreAppProof): Promise<IssuedToken> {
  const app = await storeAppOfSecret(ctx, tenantId, appId, secret);
  const now = seconds(ctx);
  if (!(await hasTicket(ctx.db.kysely, tenantId, appId, hashSecret(ticket), now))) throw new DomainError('badTicket', 'the app has no such ticket');
  return ctx.db.transaction(async (tx) => {
    await holdApp(tx, tenantId, appId);
    const present = await presentToken(tx, ctx.keys, app, now);
    if (present) return present;
    const token = appTokenSecret(ctx.keys, app, now);
    const row = { tenant_id: tenantId, app_id: appId, secret_version: app.secret_version, issued_at: now, expires_at: now + TENANT_TOKEN_LIFE };
    await deleteExpiredAppTokens(tx, tenantId, appId, now);
    await insertAppToken(tx, { ...row, token_hash: hashSecret(token) });
    return { secret: token, expiresIn: TENANT_TOKEN_LIFE };
  });
}

async function presentToken(db: Queries, keys: Keys, app: App, now: number): Promise<IssuedToken | undefined> {
  const latest = await latestAppToken(db, { tenantId: app.tenant_id, appId: app.app_id, secretVersion: app.secret_version, now });
  if (!latest) return undefined;
  const expiresIn = latest.issued_at + TENANT_TOKEN_LIFE - now;
  const secret = appTokenSecret(keys, app, latest.issued_at);
  return expiresIn >= TENANT_TOKEN_REUSE && hashSecret(secret) === latest.token_hash ? { secret, expiresIn } : undefined;
}

/** A MAC over what it stands for, as a tenant token is. */
function appTokenSecret(keys: Keys, { tenant_id, app_id, secret_version }: App, issuedAt: number): Buffer {
  return keys.hmac('app access token', JSON.stringify([tenant_id, app_id, secret_version, issuedAt]));
}

/** The store app that a token of its own stands for; undefined when the token is unknown or over. @param tenantId the one the token points to */
export async function appOfToken(ctx: Ctx, tenantId: number, secret: Buffer): Promise<App | undefined> {
  const token = await findAppToken(ctx.db.kysely, tenantId, hashSecret(secret));
  if (!token || token.expires_at <= seconds(ctx)) return undefined;
  return findApp(ctx.db.kysely, tenantId, token.app_id);
}

/**
 * The token of a store app for one of the tenants that it is in.
 *
 * @param app as its own token says
 * @throws DomainError notFound: there is no such tenant, or the app is not in it
 */
export async function issueTenantTokenOf(ctx: Ctx, app: App, { tenantId, tenantKey }: { tenantId: number; tenantKey: string }): Promise<IssuedToken> {
  const db = ctx.db.kysely;
  const tenant = await findTenant(db, tenantId);
  const isIn = tenant?.tenant_key === tenantKey && (await isInstalled(db, app.tenant_id, app.app_id, tenantId));
  const row = isIn ? await findApp(db, tenantId, app.app_id) : undefined;
  if (row?.revoked_at !== null) throw new DomainError('notFound', `app ${app.app_id} is not installed in ${tenantKey}`);
  return tenantTokenOf(ctx, row);
}

/** Credentials go by the real time, whatever the domain's clock says. */
function seconds(ctx: Ctx): number {
  return Math.floor(ctx.clock.realMs() / 1000);
}
