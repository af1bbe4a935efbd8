import type { Ctx } from '../context.ts';
import { findApp, holdApp, revokeApp } from '../store/apps.ts';
import { addHistory, type Actor } from '../store/history.ts';
import {
  deleteAccessOfApp,
  deleteInstallation,
  insertInstallation,
  listInstallations as storedInstallations,
  putInstalledApp,
} from '../store/installations.ts';
import { findTenant } from '../store/tenants.ts';
import { findUser, firstAdministrator } from '../store/users.ts';
import { requireOwnApp } from './apps.ts';
import { DomainError } from './errors.ts';
import { words } from './words.ts';

/** A store app, named by its own tenant, and the tenant that it is to be in. */
export interface Installing {
  tenantId: number;
  appId: string;
  inTenant: number;
}

/** What the tenant lets the app do. */
export interface InstallTerms {
  /** Default: all that the app asks for. In its own tenant an app has what it asks for. */
  scopes?: readonly string[] | undefined;
  /** Person of the tenant whose permissions the app has there. Default: its first administrator. */
  creatorId?: string | undefined;
}

/** One of the tenants that a store app is in. */
export interface Installation {
  tenantKey: string;
  name: string;
  installedAt: number;
}

/**
 * Installs a store app in a tenant, its own or another. There it gets a row of its own, without a secret: what it may do, and in
 * whose name. From then on it can get that tenant's token, and with it sees that tenant alone.
 *
 * @returns the scopes that it has there
 * @throws DomainError notFound (app, tenant, person), wrongState (a custom app, or installed already), param about `scopes`
 */
export async function installApp(ctx: Ctx, actor: Actor, { tenantId, appId, inTenant }: Installing, terms: InstallTerms = {}): Promise<string[]> {
  return ctx.db.transaction(async (tx) => {
    // Held, so that a new secret does not pass the installation by.
    await holdApp(tx, tenantId, appId);
    const app = requireOwnApp(await findApp(tx, tenantId, appId), appId);
    if (app.kind !== 'store') throw new DomainError('wrongState', `app ${appId} is a custom app: only store apps are installed`);
    const tenant = await findTenant(tx, inTenant);
    if (!tenant) throw new DomainError('notFound', 'no such tenant');
    const asked = words(app.scopes);
    const scopes = terms.scopes ?? asked;
    const more = scopes.filter((scope) => !asked.includes(scope));
    if (more.length > 0) throw new DomainError('param', `app ${appId} does not ask for ${more.join(', ')}`, 'scopes');
    if (inTenant === tenantId && scopes.length < asked.length) throw new DomainError('param', 'in its own tenant an app has all its scopes', 'scopes');
    const creator = terms.creatorId === undefined ? await firstAdministrator(tx, inTenant) : await findUser(tx, inTenant, terms.creatorId);
    if (!creator) throw new DomainError('notFound', terms.creatorId === undefined ? 'the tenant has no administrator' : `no user ${terms.creatorId} there`);
    const at = seconds(ctx);
    if (!(await insertInstallation(tx, { tenant_id: tenantId, app_id: appId, in_tenant: inTenant, installed_at: at })))
      throw new DomainError('wrongState', `app ${appId} is installed there already`);
    const object = { kind: 'app', id: appId };
    await addHistory(tx, { tenantId, at, actor, action: 'app.install', object, after: { in_tenant: tenant.tenant_key } });
    if (inTenant === tenantId) return [...scopes];
    const row = { tenant_id: inTenant, app_id: appId, name: app.name, scopes: scopes.join(' '), creator_id: creator.user_id, created_at: at };
    // Nothing of an earlier installation comes back to life.
    await deleteAccessOfApp(tx, inTenant, appId);
    await putInstalledApp(tx, { ...row, secret_version: app.secret_version });
    await addHistory(tx, { tenantId: inTenant, at, actor, action: 'app.install', object, after: row });
    return [...scopes];
  });
}

/** Takes a store app out of a tenant: all that it has got there stops working at once. @throws DomainError notFound */
export async function uninstallApp(ctx: Ctx, actor: Actor, { tenantId, appId, inTenant }: Installing): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const tenant = await findTenant(tx, inTenant);
    await holdApp(tx, tenantId, appId);
    if (!tenant || !(await deleteInstallation(tx, tenantId, appId, inTenant))) throw new DomainError('notFound', `app ${appId} is not installed there`);
    const at = seconds(ctx);
    if (inTenant !== tenantId) await revokeApp(tx, inTenant, appId, at);
    await deleteAccessOfApp(tx, inTenant, appId);
    const object = { kind: 'app', id: appId };
    await addHistory(tx, { tenantId, at, actor, action: 'app.uninstall', object, before: { in_tenant: tenant.tenant_key } });
    if (inTenant !== tenantId) await addHistory(tx, { tenantId: inTenant, at, actor, action: 'app.uninstall', object, after: { revoked_at: at } });
  });
}

/** The tenants that an app is in. @throws DomainError notFound */
export async function listInstallations(ctx: Ctx, tenantId: number, appId: string): Promise<Installation[]> {
  requireOwnApp(await findApp(ctx.db.kysely, tenantId, appId), appId);
  const rows = await storedInstallations(ctx.db.kysely, tenantId, appId);
  return rows.map((row) => ({ tenantKey: row.tenant_key, name: row.name, installedAt: row.installed_at }));
}

/** Credentials go by the real time, whatever the domain's clock says. */
function seconds(ctx: Ctx): number {
  return Math.floor(ctx.clock.realMs() / 1000);
}
