import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openContext } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createApp as registerApp } from '../../src/domain/apps.ts';
import { deliver, setPushTarget } from '../../src/domain/push.ts';
import { findApp } from '../../src/store/apps.ts';
import { temporaryDirectory, tester, testApp, testTenant } from '../support/app.ts';
import { runCommand, runJson } from '../support/command.ts';
import { execute, PROGRAM, Running } from '../support/process.ts';
import { receiver } from '../support/receiver.ts';

/* Changing the keys, beside a server that runs and goes on. */
const to = await receiver();
afterAll(() => to.close());

const linesOf = (data: string) => readFileSync(join(data, 'yuding.key'), 'utf8').trim().split('\n');
const pushAllow = ['127.0.0.0/8'];

/** A data directory with an app whose push secrets are sealed. */
async function sealed(): Promise<{ data: string; tenantId: number; appId: string; secret: string }> {
  const data = temporaryDirectory();
  await using app = await testApp({ data, databaseUrl: undefined, pushAllow });
  const { tenantId } = await testTenant(app);
  const { appId, secret } = await registerApp(app.ctx, tester, { tenantId, name: 'sealed', scopes: [], kind: 'store' });
  await setPushTarget(app.ctx, tester, tenantId, appId, { url: to.url, verificationToken: 'canary-token' });
  return { data, tenantId, appId, secret };
}

/** What the database and the key file of now make of an app's secrets: the token that an event carries. */
async function tokenIn(data: string, tenantId: number, appId: string): Promise<unknown> {
  const ctx = await openContext({ ...readConfig({ data }), pushAllow, logLevel: 'silent' });
  try {
    const app = await findApp(ctx.db.kysely, tenantId, appId);
    if (!app) throw new Error('no app');
    const before = to.received.length;
    const delivery = await deliver(ctx, app, (token) => ({ token }));
    return delivery.delivered ? (JSON.parse(to.received[before]?.body ?? '') as { token: string }).token : delivery.reason;
  } finally {
    await ctx.db.close();
  }
}

async function sealOf(data: string, tenantId: number, appId: string): Promise<string> {
  const ctx = await openContext(readConfig({ data }));
  const app = await findApp(ctx.db.kysely, tenantId, appId);
  await ctx.db.close();
  return app?.push_token ?? '';
}

describe('yuding key', () => {
  it('rotate seals everything anew and keeps the older keys; forget takes them away', async () => {
    const { data, tenantId, appId } = await sealed();
    const [first] = linesOf(data);
    const before = await sealOf(data, tenantId, appId);
    expect(await runJson('key', 'rotate', '--data', data)).toEqual({ apps: 1, unreadable: [] });
    expect(linesOf(data)).toHaveLength(2);
    expect(linesOf(data)[1]).toBe(first);
    const after = await sealOf(data, tenantId, appId);
    expect(after.split('.')[0]).not.toBe(before.split('.')[0]);
    expect(await tokenIn(data, tenantId, appId)).toBe('canary-token');
    expect(await runJson('key', 'forget', '--data', data)).toEqual({ forgotten: 1 });
    expect(linesOf(data)).toHaveLength(1);
    expect(await tokenIn(data, tenantId, appId)).toBe('canary-token');
    expect(await runJson('key', 'forget', '--data', data)).toEqual({ forgotten: 0 });
    expect(statSync(join(data, 'yuding.key')).mode & 0o777).toBe(0o600);
    expect(readdirSync(data).filter((name) => name.startsWith('yuding.key'))).toEqual(['yuding.key']);
  });

  it('forget refuses while something is sealed under an older key, as after a rotation that was cut short', async () => {
    const { data, tenantId, appId } = await sealed();
    // Killed between the file and the database: the file has the new key, the database knows nothing of it.
    const ctx = await openContext(readConfig({ data }));
    ctx.keys.rotate();
    await ctx.db.close();
    expect(await tokenIn(data, tenantId, appId)).toBe('canary-token');
    const refused = await runCommand('key', 'forget', '--data', data);
    expect([refused.code, refused.stderr]).toEqual([1, `yuding: secrets of ${appId} are sealed under an older key: yuding key rotate seals them anew\n`]);
    expect(linesOf(data)).toHaveLength(2);
    expect(await runJson('key', 'rotate', '--data', data)).toEqual({ apps: 1, unreadable: [] });
    expect(await runJson('key', 'forget', '--data', data)).toEqual({ forgotten: 2 });
    expect(await tokenIn(data, tenantId, appId)).toBe('canary-token');
  });

  it('rotate says whose secrets no key opens, and leaves them as they are', async () => {
    const { data, tenantId, appId } = await sealed();
    writeFileSync(join(data, 'yuding.key'), `${'ab'.repeat(32)}\n`);
    const before = await sealOf(data, tenantId, appId);
    expect(await tokenIn(data, tenantId, appId)).toBe('key');
    const { code, stdout } = await runCommand('key', 'rotate', '--data', data);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`No key opens the push secrets of ${appId}`)]);
    expect(await sealOf(data, tenantId, appId)).toBe(before);
  });

  it('notices what was changed in the database', async () => {
    const { data, tenantId, appId } = await sealed();
    const ctx = await openContext(readConfig({ data }));
    const { push_token } = (await findApp(ctx.db.kysely, tenantId, appId)) ?? {};
    const other = `${push_token?.slice(0, -2) ?? ''}${push_token?.endsWith('AA') ? 'BB' : 'AA'}`;
    await ctx.db.kysely.updateTable('apps').set({ push_token: other }).where('app_id', '=', appId).execute();
    await ctx.db.close();
    expect(await tokenIn(data, tenantId, appId)).toBe('key');
  });
});

describe('a server that runs', () => {
  const post = async (url: string, path: string, body: object) =>
    (await (await fetch(url + path, { method: 'POST', body: JSON.stringify(body) })).json()) as Record<string, unknown>;

  it('goes on when the key is changed beside it: tokens, pushes and the demo', async () => {
    const { data, appId, secret } = await sealed();
    await execute(['demo', '--data', data, '--rooms', '5', '--days', '2', '--reservations', '10']);
    const demo = JSON.parse((await execute(['demo', '--data', data, '--json'])).stdout) as Record<string, string>;
    const store = JSON.parse(
      (await execute(['app', 'push', appId, '--url', to.url, '--data', data, '--json'], { YUDING_PUSH_ALLOW: '127.0.0.0/8' })).stdout,
    ) as object;
    expect(store).toMatchObject({ app_id: appId, verification_token: null });
    await using server = new Running(process.execPath, [PROGRAM, 'serve', '--data', data, '--port', '0'], { YUDING_PUSH_ALLOW: '127.0.0.0/8' });
    const [, url = ''] = await server.match(/^ready on (http:\S+)$/m);
    /** The token in the ticket that the server is asked for. */
    const pushed = async () => {
      const before = to.received.length;
      await post(url, '/open-apis/auth/v3/app_ticket/resend', { app_id: appId, app_secret: secret });
      return (JSON.parse(to.received.slice(before).at(-1)?.body ?? '{}') as { token?: string }).token;
    };
    const token = (credentials: Record<string, string>) =>
      post(url, '/open-apis/auth/v3/tenant_access_token/internal', { app_id: credentials.app_id, app_secret: credentials.app_secret });
    const own = JSON.parse((await execute(['app', 'create', '--name', 'own', '--tenant', String(demo.tenant_key), '--data', data, '--json'])).stdout) as Record<
      string,
      string
    >;
    const first = await token(own);
    expect(first.code).toBe(0);
    expect(await pushed()).toBe('canary-token');
    expect((await execute(['key', 'rotate', '--data', data])).code).toBe(0);
    expect(await pushed()).toBe('canary-token');
    // A token of before is good; sooner or later another is given out beside it.
    const codeOf = async (bearer: unknown) => {
      const response = await fetch(`${url}/open-apis/calendar/v4/calendars/primary`, {
        method: 'POST',
        headers: { authorization: `Bearer ${String(bearer)}` },
      });
      return ((await response.json()) as { code: number }).code;
    };
    expect(await codeOf(first.tenant_access_token)).toBe(99991672);
    expect((await execute(['key', 'forget', '--data', data])).code).toBe(0);
    expect(await codeOf(first.tenant_access_token)).toBe(99991672);
    expect((await token(own)).code).toBe(0);
    expect(await pushed()).toBe('canary-token');
    // The demo shows its secret again, and it is the one that works.
    expect((await token(demo)).code).toBe(10014);
    const again = JSON.parse((await execute(['demo', '--data', data, '--json'])).stdout) as Record<string, string>;
    expect((await token(again)).code).toBe(0);
  });

  it('looks at the key file: what older keys signed is worth nothing once it has noticed', async () => {
    const { data } = await sealed();
    await using app = await testApp({ data, databaseUrl: undefined });
    const signed = app.ctx.keys.hmac('test', 'text').toString('hex');
    await runJson('key', 'rotate', '--data', data);
    expect(app.ctx.keys.hmac('test', 'text').toString('hex')).toBe(signed);
    app.ctx.keys.refresh();
    expect(app.ctx.keys.hmac('test', 'text').toString('hex')).not.toBe(signed);
  });
});
