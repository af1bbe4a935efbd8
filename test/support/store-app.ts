import { createApp as registerApp } from '../../src/domain/apps.ts';
import { setPushTarget } from '../../src/domain/push.ts';
import type { TestApp } from './app.ts';
import { tester } from './app.ts';
import type { Receiver } from './receiver.ts';
import { postToken, type TokenBody } from './tokens.ts';

export const RESEND_PATH = '/open-apis/auth/v3/app_ticket/resend';
export const STORE_APP_TOKEN_PATH = '/open-apis/auth/v3/app_access_token';
export const STORE_TENANT_TOKEN_PATH = '/open-apis/auth/v3/tenant_access_token';

export interface TestStoreApp {
  tenantId: number;
  appId: string;
  appSecret: string;
}

/** A store app of a tenant, whose events go to a receiver. */
export async function testStoreApp(app: TestApp, tenantId: number, to?: Receiver, scopes = ['vc:room:readonly']): Promise<TestStoreApp> {
  const { appId, secret: appSecret } = await registerApp(app.ctx, tester, { tenantId, name: 'store', scopes, kind: 'store' });
  if (to) await setPushTarget(app.ctx, tester, tenantId, appId, { url: to.url, verificationToken: 'verify' });
  return { tenantId, appId, appSecret };
}

/** Tickets that came to a receiver in the clear, for one app or all, oldest first. */
export function ticketsOf({ received }: Receiver, appId?: string): string[] {
  const events = received.map(({ body }) => JSON.parse(body) as { event?: { app_id: string; app_ticket: string } });
  return events.flatMap(({ event }) => (event && (appId === undefined || event.app_id === appId) ? [event.app_ticket] : []));
}

/** Asks for another ticket. @returns it */
export async function askTicket(app: TestApp, to: Receiver, { appId, appSecret }: TestStoreApp): Promise<string> {
  const { body } = await postToken(app, { app_id: appId, app_secret: appSecret }, RESEND_PATH);
  if (body.code !== 0) throw new Error(JSON.stringify(body));
  return ticketsOf(to, appId).at(-1) ?? '';
}

/** Asks for an app's own token. */
export async function askAppToken(app: TestApp, { appId, appSecret }: TestStoreApp, ticket: string): Promise<TokenBody> {
  return (await postToken(app, { app_id: appId, app_secret: appSecret, app_ticket: ticket }, STORE_APP_TOKEN_PATH)).body;
}

/** Asks for an app's token of a tenant. */
export async function askTokenOf(app: TestApp, appToken: string | undefined, tenantKey: string): Promise<TokenBody> {
  return (await postToken(app, { app_access_token: appToken, tenant_key: tenantKey }, STORE_TENANT_TOKEN_PATH)).body;
}
