import type { Ctx } from '../context.ts';
import { findApp, insertApp, listApps as storedApps, revokeApp as storeRevoked, updateSecret } from '../store/apps.ts';
import { addHistory, type Actor } from '../store/history.ts';
import { carryToInstallations, isInstallation } from '../store/installations.ts';
import type { App } from '../store/tables.ts';
import { findUser, firstAdministrator } from '../store/users.ts';
import { DomainError } from './errors.ts';
import { hashSecret } from './secrets.ts';

export interface NewApp {
  tenantId: number;
  name: string;
  scopes: readonly string[];
  /** `store`: of several tenants, where it is installed. Default: custom, of this one alone. */
  kind?: App['kind'];
  /** Where the authorize page may send people back to, each exactly. */
  redirectUris?: readonly string[];
  /** Default: the tenant's first administrator. */
  creatorId?: string | undefined;
  /** Default: made up. The demo brings its own. */
  appId?: string;
  secret?: string;
}

/** Registers an app. Its secret is shown here and never again. */
export async function createApp(ctx: Ctx, actor: Actor, app: NewApp): Promise<{ appId: string; secret: string; creatorId: string }> {
  const { tenantId, name, scopes, kind = 'custom', redirectUris = [] } = app;
  const { appId = ctx.ids.app(tenantId), secret = ctx.ids.secret() } = app;
  return ctx.db.transaction(async (tx) => {
    const creator = app.creatorId === undefined ? await firstAdministrator(tx, tenantId) : await findUser(tx, tenantId, app.creatorId);
    if (!creator) throw new DomainError('notFound', app.creatorId === undefined ? 'the tenant has no administrator' : `no user ${app.creatorId} in the tenant`);
    const at = seconds(ctx);
    const row = {
      tenant_id: tenantId,
      app_id: appId,
      name,
      scopes: scopes.join(' '),
      creator_id: creator.user_id,
      kind,
      created_at: at,
      redirect_uris: JSON.stringify(redirectUris),
    };
    await insertApp(tx, { ...row, secret_hash: hashSecret(secret), revoked_at: null });
    await addHistory(tx, { tenantId, at, actor, action: 'app.create', object: { kind: 'app', id: appId }, after: row });
    return { appId, secret, creatorId: creator.user_id };
  });
}

export function listApps(ctx: Ctx, tenantId: number): Promise<App[]> {
  return storedApps(ctx.db.kysely, tenantId);
}

/**
 * Gives an app a new secret. The old one, and the tenant tokens that it got, stop working at once: those of a store app in all
 * tenants that it is in.
 *
 * @param secret default: made up
 * @throws DomainError notFound; noPermission, for an app of another tenant
 */
export async function rotateSecret(ctx: Ctx, actor: Actor, tenantId: number, appId: string, secret = ctx.ids.secret()): Promise<string> {
  await ctx.db.transaction(async (tx) => {
    requireOwnApp(await findApp(tx, tenantId, appId), appId);
    const version = await updateSecret(tx, tenantId, appId, hashSecret(secret));
    await carryToInstallations(tx, tenantId, appId, { secret_version: version });
    const change = { tenantId, at: seconds(ctx), actor, action: 'app.rotate', object: { kind: 'app', id: appId } };
    await addHistory(tx, { ...change, before: { secret_version: version - 1 }, after: { secret_version: version } });
  });
  return secret;
}

/**
 * Closes an app for good: its secret and all its tokens, its users' too, stop working at once, in all tenants that it is in.
 *
 * @throws DomainError notFound; noPermission, for an app of another tenant
 */
export async function revokeApp(ctx: Ctx, actor: Actor, tenantId: number, appId: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    requireOwnApp(await findApp(tx, tenantId, appId), appId);
    const at = seconds(ctx);
    await storeRevoked(tx, tenantId, appId, at);
    await carryToInstallations(tx, tenantId, appId, { revoked_at: at });
    await addHistory(tx, { tenantId, at, actor, action: 'app.revoke', object: { kind: 'app', id: appId }, after: { revoked_at: at } });
  });
}

/** @throws DomainError notFound, when it is revoked too */
export function requireApp(app: App | undefined, appId: string): App {
  if (!app) throw new DomainError('notFound', `no app ${appId}`);
  if (app.revoked_at !== null) throw new DomainError('notFound', `app ${appId} is revoked`);
  return app;
}

/** An app that the tenant itself made. @throws DomainError notFound; noPermission, when it is installed here only */
export function requireOwnApp(app: App | undefined, appId: string): App {
  const found = requireApp(app, appId);
  if (isInstallation(found)) throw new DomainError('noPermission', `app ${appId} belongs to another tenant; here it can only be uninstalled`);
  return found;
}

/** Credentials go by the real time, whatever the domain's clock says. */
function seconds(ctx: Ctx): number {
  return Math.floor(ctx.clock.realMs() / 1000);
}
