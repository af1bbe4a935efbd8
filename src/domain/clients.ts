import { timingSafeEqual } from 'node:crypto';
import type { Ctx } from '../context.ts';
import { findApp } from '../store/apps.ts';
import type { Queries } from '../store/open.ts';
import type { App } from '../store/tables.ts';
import { DomainError } from './errors.ts';
import { hashSecret } from './secrets.ts';

/** An app as it asks for tokens of people: which one, and the tenant that its id points to. */
export interface Client {
  appId: string;
  tenantId: number;
}

/** An app that shows its secret. @throws DomainError notFound (no such app), noPermission (wrong secret), gone (it is revoked) */
export async function authenticateClient(ctx: Ctx, { appId, tenantId }: Client, secret: string): Promise<App> {
  const app = await findApp(ctx.db.kysely, tenantId, appId);
  if (!app) throw new DomainError('notFound', `no app ${appId}`);
  if (!timingSafeEqual(Buffer.from(app.secret_hash), Buffer.from(hashSecret(secret)))) throw new DomainError('noPermission', 'wrong secret');
  if (app.revoked_at !== null) throw new DomainError('gone', 'the app is revoked');
  return app;
}

/** The app as a tenant has it: an app of several tenants has a row in each. @throws DomainError notInstalled */
export async function appInTenant(db: Queries, appId: string, tenantId: number): Promise<App> {
  const app = await findApp(db, tenantId, appId);
  if (app?.revoked_at !== null) throw new DomainError('notInstalled', `${appId} is not in the tenant`);
  return app;
}
