import { describe, expect, it } from 'vitest';
import { createApp as registerApp } from '../../src/domain/apps.ts';
import { temporaryDirectory, tester, testApp, testTenant } from '../support/app.ts';
import { runCommand, runJson } from '../support/command.ts';

/* Store apps at the command line. */
const data = temporaryDirectory();
const place = ['--data', data];
await using app = await testApp({ data, databaseUrl: undefined });
const [home, tenant] = [await testTenant(app), await testTenant(app)];
const scopes = ['vc:room:readonly', 'yuding:read'];
const { appId } = await registerApp(app.ctx, tester, { tenantId: home.tenantId, name: 'store', scopes, kind: 'store' });
await app.stop();

describe('yuding app', () => {
  it('installs a store app, lists where it is, and takes it out', async () => {
    const install = ['app', 'install', appId, '--tenant', tenant.tenantKey, ...place];
    expect(await runJson(...install, '--scopes', 'yuding:read')).toEqual({ app_id: appId, tenant_key: tenant.tenantKey, scopes: ['yuding:read'] });
    const { tenants } = await runJson<{ tenants: object[] }>('app', 'tenants', appId, ...place);
    expect(tenants).toEqual([{ tenant_key: tenant.tenantKey, name: '测试', installed: expect.stringContaining('T') as string }]);
    const again = await runCommand(...install);
    expect([again.code, again.stderr]).toEqual([1, `yuding: app ${appId} is installed there already\n`]);
    const { apps } = await runJson<{ apps: { app_id: string; scopes: string[] }[] }>('app', 'list', '--tenant', tenant.tenantKey, ...place);
    expect(apps.find(({ app_id }) => app_id === appId)?.scopes).toEqual(['yuding:read']);
    const { stdout } = await runCommand('app', 'uninstall', appId, '--tenant', tenant.tenantKey, ...place);
    expect(stdout).toBe(`${appId} is no longer in ${tenant.tenantKey}.\n`);
    expect(await runJson('app', 'tenants', appId, ...place)).toEqual({ tenants: [] });
  });

  it.each<[string, string[], number, string]>([
    ['no app id', ['install', 'x', '--tenant', tenant.tenantKey], 2, '"x" is no app id'],
    ['no tenant', ['install', appId], 2, "required option '--tenant <key>'"],
    ['an unknown tenant', ['install', appId, '--tenant', 'x'], 2, 'no tenant has the key "x"'],
    ['a custom app', ['install', home.appId, '--tenant', tenant.tenantKey], 1, 'is a custom app'],
    ['no installation', ['uninstall', appId, '--tenant', tenant.tenantKey], 1, 'is not installed there'],
    ['neither URL nor --clear', ['push', appId], 2, 'either --url URL or --clear'],
    ['both', ['push', appId, '--url', 'https://a.example/', '--clear'], 2, 'either --url URL or --clear'],
    ['a URL inside the network', ['push', appId, '--url', 'https://10.0.0.1/'], 1, 'leads to an address'],
    ['a key with a space', ['push', appId, '--url', 'https://a.example/', '--encrypt-key', 'a b'], 2, '--encrypt-key must be'],
  ])('refuses %s in one line', async (_what, words, code, sentence) => {
    const outcome = await runCommand('app', ...words, ...place);
    expect([outcome.code, outcome.stderr.split('\n')]).toEqual([code, [expect.stringContaining(sentence), '']]);
  });
});
