import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { inject } from 'vitest';
import { createApp, type App, type Overrides } from '../../src/app.ts';
import type { Config } from '../../src/config.ts';
import { createApp as registerApp } from '../../src/domain/apps.ts';
import { issueUserToken } from '../../src/domain/credentials.ts';
import { createTenant } from '../../src/domain/tenants.ts';
import { createUser } from '../../src/domain/users.ts';
import { beginSession } from '../../src/domain/sessions.ts';
import { sessionCookie } from '../../src/http/session.ts';
import type { Actor } from '../../src/store/history.ts';
import { formatToken } from '../../src/wire/identifiers.ts';
import { FakeClock } from './clock.ts';
import { testDatabase } from './database.ts';

/** Tests stand here unless they say otherwise: Wednesday 2026-03-18 12:00 in Shanghai. */
export const NOON = Date.UTC(2026, 2, 18, 4) / 1000;

export const tester: Actor = { id: 'tester', name: 'tester', source: 'cli' };

export interface TestApp extends App {
  clock: FakeClock;
  /** Lines that the server logged. */
  logged: string[];
  /** Address, once `start` was called. */
  url: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * The real server on a directory and a database of its own, with a clock that stands still. A test that brings a directory
 * brings the database too, where it wants another than the SQLite file in it.
 */
export async function testApp(config: Partial<Config> = {}, overrides: Overrides = {}): Promise<TestApp> {
  const ownDirectory = config.data === undefined;
  const data = config.data ?? temporaryDirectory();
  const database = 'databaseUrl' in config || !ownDirectory ? undefined : await testDatabase();
  const clock = (overrides.clock as FakeClock | undefined) ?? new FakeClock(NOON);
  const logged: string[] = [];
  const log = pino({ level: 'info', base: null }, { write: (line: string) => logged.push(line) });
  const app = await createApp(
    { data, port: 0, host: '127.0.0.1', databaseUrl: database?.databaseUrl, ...config },
    { log, shedOverload: false, jobs: false, ...overrides, clock },
  );
  let stopped = false;
  const stop = async () => {
    if (stopped) return;
    stopped = true;
    await app.stop();
    await database?.drop();
    if (ownDirectory) rmSync(data, { recursive: true });
  };
  const url = await app.start();
  return { ...app, url, stop, clock, logged, [Symbol.asyncDispose]: stop };
}

export function temporaryDirectory(): string {
  return mkdtempSync(join(inject('temporary'), 'data-'));
}

/** A tenant with an app that may read the ledger. */
export interface TestTenant {
  tenantId: number;
  tenantKey: string;
  rootLevelId: string;
  administratorId: string;
  appId: string;
  appSecret: string;
}

export async function testTenant(app: App, { scopes = ['vc:room:readonly'], timeZone = 'Asia/Shanghai' } = {}): Promise<TestTenant> {
  const tenant = await createTenant(app.ctx, tester, { name: '测试', timeZone, administrator: '管理员' });
  const { appId, secret } = await registerApp(app.ctx, tester, { tenantId: tenant.tenantId, name: 'tests', scopes });
  return { ...tenant, appId, appSecret: secret };
}

/** A person without any right, or with the one named. */
export function testUser(app: App, tenantId: number, managesMeetings = false): Promise<string> {
  return createUser(app.ctx, tester, { tenantId, name: '可涵', managesMeetings, isAdministrator: false });
}

/** A tenant token of the app, got as an app gets it. */
export async function tenantToken(app: TestApp, { appId, appSecret }: { appId: string; appSecret: string }): Promise<string> {
  const response = await fetch(`${app.url}/open-apis/auth/v3/tenant_access_token/internal`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ app_id: appId, app_secret: appSecret }),
  });
  const body = (await response.json()) as { tenant_access_token?: string };
  if (!body.tenant_access_token) throw new Error(JSON.stringify(body));
  return body.tenant_access_token;
}

/** The cookie of a person who has just signed in. */
export async function userSession(app: App, tenantId: number, userId: string): Promise<string> {
  const session = await beginSession(app.ctx, tester, { tenantId, userId }, 'test');
  return sessionCookie(app.ctx, session).split(';')[0] ?? '';
}

/** The headers that carry a credential, a token or a session's cookie, as its own page sends it. */
export function credentialHeaders(credential: string): Record<string, string> {
  return credential.startsWith('yuding=') ? { cookie: credential, 'sec-fetch-site': 'same-origin' } : { authorization: `Bearer ${credential}` };
}

export async function userToken(app: App, { tenantId, appId }: TestTenant, userId: string, scopes = ['vc:room:readonly'], life = 7200): Promise<string> {
  const { secret } = await issueUserToken(app.ctx, tester, { tenantId, appId, userId, scopes, life });
  return formatToken({ kind: 'user', tenantId, secret });
}
