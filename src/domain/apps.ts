import type { Ctx } from '../context.ts';
import { findApp, holdApp, insertApp, listApps as storedApps, pageOfApps, revokeApp as storeRevoked, updateApp, updateSecret } from '../store/apps.ts';
import { addHistory, type Actor } from '../store/history.ts';
import { carryToInstallations, isInstallation } from '../store/installations.ts';
import type { App } from '../store/tables.ts';
import { latestTokens } from '../store/tokens.ts';
import { findUser, firstAdministrator } from '../store/users.ts';
import type { Principal } from './access.ts';
import { requireExpected, requireUnchanged } from './change.ts';
import { DomainError } from './errors.ts';
import { requireRedirectUris } from './redirect-uris.ts';
import { hashSecret } from './secrets.ts';
import { words } from './words.ts';

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

/** Registers an app. Its secret is shown here and never again. @throws DomainError notFound (the creator); param, about `redirect_uris` */
export async function createApp(ctx: Ctx, actor: Actor, app: NewApp): Promise<{ appId: string; secret: string; creatorId: string }> {
  const { tenantId, name, scopes, kind = 'custom', redirectUris = [] } = app;
  const { appId = ctx.ids.app(tenantId), secret = ctx.ids.secret() } = app;
  requireRedirectUris(redirectUris);
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

/** Apps in the order in which they came, revoked ones too. */
export async function appPage(
  ctx: Ctx,
  { tenantId, after, limit }: { tenantId: number; after: { createdAt: number; appId: string } | undefined; limit: number },
): Promise<{ apps: App[]; more: boolean }> {
  const apps = await pageOfApps(ctx.db.kysely, tenantId, after, limit + 1);
  return { apps: apps.slice(0, limit), more: apps.length > limit };
}

/** An app, revoked ones too. @throws DomainError notFound */
export async function readApp(ctx: Ctx, tenantId: number, appId: string): Promise<App> {
  const app = await findApp(ctx.db.kysely, tenantId, appId);
  if (!app) throw new DomainError('notFound', `no app ${appId}`);
  return app;
}

/** When apps were last given a token, as far as that is known. */
export function lastTokens(ctx: Ctx, tenantId: number, apps: readonly App[]): Promise<Map<string, number>> {
  return latestTokens(
    ctx.db.kysely,
    tenantId,
    apps.map(({ app_id }) => app_id),
  );
}

export interface AppChange {
  tenantId: number;
  appId: string;
  name?: string | undefined;
  scopes?: readonly string[] | undefined;
  redirectUris?: readonly string[] | undefined;
  /** The version that the caller takes it to be at. */
  expected?: number | undefined;
}

/**
 * Changes an app. Scopes count at once, for tokens already given out too.
 *
 * @param by whoever asks, where its own scopes bound what it may give; undefined: the operator
 * @throws DomainError notFound, stale, conflict, noPermission; param, about `redirect_uris`
 */
export async function changeApp(ctx: Ctx, actor: Actor, { tenantId, appId, name, scopes, redirectUris, expected }: AppChange, by?: Principal): Promise<App> {
  if (redirectUris) requireRedirectUris(redirectUris);
  return ctx.db.transaction(async (tx) => {
    const app = requireOwnApp(await findApp(tx, tenantId, appId), appId);
    requireExpected({ version: app.version, expected });
    if (by) requireHeld(by, [...words(app.scopes), ...(scopes ?? [])]);
    const changes = {
      ...(name === undefined ? {} : { name }),
      ...(scopes === undefined ? {} : { scopes: scopes.join(' ') }),
      ...(redirectUris === undefined ? {} : { redirect_uris: JSON.stringify(redirectUris) }),
    };
    requireUnchanged(await updateApp(tx, { tenantId, appId, version: app.version }, changes));
    const before = Object.fromEntries(Object.keys(changes).map((column) => [column, app[column as keyof App]]));
    await addHistory(tx, { tenantId, at: seconds(ctx), actor, action: 'app.change', object: { kind: 'app', id: appId }, before, after: changes });
    return { ...app, ...changes, version: app.version + 1 };
  });
}

/**
 * Gives an app a new secret. The old one, and the tenant tokens that it got, stop working at once: those of a store app in all
 * tenants that it is in.
 *
 * @param by as with `changeApp`: whoever has the secret has the scopes
 * @param secret default: made up
 * @throws DomainError notFound; wrongState, for an app of another tenant
 */
export async function rotateSecret(
  ctx: Ctx,
  actor: Actor,
  tenantId: number,
  appId: string,
  { by, secret = ctx.ids.secret() }: { by?: Principal; secret?: string } = {},
): Promise<string> {
  await ctx.db.transaction(async (tx) => {
    await holdApp(tx, tenantId, appId);
    const app = requireOwnApp(await findApp(tx, tenantId, appId), appId);
    if (by) requireHeld(by, words(app.scopes));
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
 * @throws DomainError notFound; wrongState, for an app of another tenant
 */
export async function revokeApp(ctx: Ctx, actor: Actor, tenantId: number, appId: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    requireOwnApp(await findApp(tx, tenantId, appId), appId);
    const at = seconds(ctx);
    // Somebody else may have been faster.
    if (!(await storeRevoked(tx, tenantId, appId, at))) throw new DomainError('notFound', `app ${appId} is revoked`);
    await carryToInstallations(tx, tenantId, appId, { revoked_at: at });
    await addHistory(tx, { tenantId, at, actor, action: 'app.revoke', object: { kind: 'app', id: appId }, after: { revoked_at: at } });
  });
}

/**
 * Through an app nobody gets at scopes that this app lacks: else one that may administer could make itself one that may do
 * everything. An administrator who comes by the browser acts without an app, and has no such bound.
 *
 * @throws DomainError noPermission
 */
export function requireHeld({ session, appScopes }: Principal, scopes: readonly string[]): void {
  if (session !== null) return;
  const lacking = [...new Set(scopes.filter((scope) => !appScopes.includes(scope)))];
  if (lacking.length > 0) throw new DomainError('noPermission', `the calling app itself lacks ${lacking.join(', ')}`, 'scopes');
}

/** @throws DomainError notFound, when it is revoked too */
export function requireApp(app: App | undefined, appId: string): App {
  if (!app) throw new DomainError('notFound', `no app ${appId}`);
  if (app.revoked_at !== null) throw new DomainError('notFound', `app ${appId} is revoked`);
  return app;
}

/** An app that the tenant itself made. @throws DomainError notFound; wrongState, when it is installed here only */
export function requireOwnApp(app: App | undefined, appId: string): App {
  const found = requireApp(app, appId);
  if (isInstallation(found)) throw new DomainError('wrongState', `app ${appId} belongs to another tenant; here it can only be uninstalled`);
  return found;
}

/** Credentials go by the real time, whatever the domain's clock says. */
function seconds(ctx: Ctx): number {
  return Math.floor(ctx.clock.realMs() / 1000);
}
