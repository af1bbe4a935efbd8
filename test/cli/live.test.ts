import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { tenantToken, testApp, type TestApp } from '../support/app.ts';
import { runCommand, runJson } from '../support/command.ts';
import { keptDirectory } from '../support/directory.ts';
import { getLedger } from '../support/ledger.ts';
import { execute, serve } from '../support/process.ts';

const WINDOW = { start_time: 0, end_time: 0 };

/** A running server on the machine's own clock, which commands go by, and the words that point a command at its data. */
async function office() {
  const data = keptDirectory();
  const server = await testApp({ data }, { clock: systemClock });
  const at = ['--data', data] as const;
  const { administrator } = await runJson<{ administrator: string }>('tenant', 'create', '--name', 'Live', ...at);
  return { server, at, administrator, [Symbol.asyncDispose]: server[Symbol.asyncDispose] };
}

async function newApp(at: readonly string[], ...words: string[]) {
  const { app_id, app_secret } = await runJson<{ app_id: string; app_secret: string }>('app', 'create', '--name', 'x', ...words, ...at);
  return { appId: app_id, appSecret: app_secret };
}

async function codeOf(server: TestApp, token: string): Promise<number> {
  return (await getLedger(server, token, WINDOW)).body.code;
}

describe('a command takes effect at once in the server that runs on the same data', () => {
  it('a new app', async () => {
    await using live = await office();
    const app = await newApp(live.at, '--scopes', 'vc:room:readonly');
    expect(await codeOf(live.server, await tenantToken(live.server, app))).toBe(0);
  });

  it('an app without the scope, and one whose creator has no right to the ledger', async () => {
    await using live = await office();
    expect(await codeOf(live.server, await tenantToken(live.server, await newApp(live.at)))).toBe(99991672);
    const { user_id } = await runJson<{ user_id: string }>('user', 'create', '--name', 'Ada', ...live.at);
    const hers = await newApp(live.at, '--scopes', 'vc:room:readonly', '--creator', user_id);
    expect(await codeOf(live.server, await tenantToken(live.server, hers))).toBe(121005);
  });

  it('a new secret: the old one and the tokens it got are refused', async () => {
    await using live = await office();
    const app = await newApp(live.at, '--scopes', 'vc:room:readonly');
    const before = await tenantToken(live.server, app);
    expect(await codeOf(live.server, before)).toBe(0);
    const { app_secret: appSecret } = await runJson<{ app_secret: string }>('app', 'rotate', app.appId, ...live.at);
    expect(await codeOf(live.server, before)).toBe(99991663);
    await expect(tenantToken(live.server, app)).rejects.toThrow('10014');
    const after = await tenantToken(live.server, { appId: app.appId, appSecret });
    expect(after).not.toBe(before);
    expect(await codeOf(live.server, after)).toBe(0);
  });

  it('a revoked app: its secret, its tokens and those of its users are refused', async () => {
    await using live = await office();
    const app = await newApp(live.at, '--scopes', 'vc:room:readonly');
    const other = await newApp(live.at, '--scopes', 'vc:room:readonly');
    const ofTenant = await tenantToken(live.server, app);
    const grant = ['--app', app.appId, '--user', live.administrator, '--scopes', 'vc:room:readonly'];
    const { access_token: ofUser } = await runJson<{ access_token: string }>(
      'token',
      'user',
      ...grant,
      '--expires',
      String(10 * 365 * 86_400 - 9 * 365 * 86_400),
      ...live.at,
    );
    expect(await Promise.all([ofTenant, ofUser].map((token) => codeOf(live.server, token)))).toEqual([0, 0]);
    expect((await runCommand('app', 'revoke', app.appId, ...live.at)).code).toBe(0);
    expect(await Promise.all([ofTenant, ofUser].map((token) => codeOf(live.server, token)))).toEqual([99991663, 99991668]);
    await expect(tenantToken(live.server, app)).rejects.toThrow('10014');
    expect(await codeOf(live.server, await tenantToken(live.server, other))).toBe(0);
  });

  it('through the built program, each in a process of its own', async () => {
    const data = keptDirectory();
    await using server = await serve(data);
    const command = async (...words: string[]) => JSON.parse((await execute([...words, '--data', data, '--json'])).stdout) as Record<string, string>;
    await command('tenant', 'create', '--name', 'Live');
    const { app_id, app_secret } = await command('app', 'create', '--name', 'x', '--scopes', 'vc:room:readonly');
    const remote = { ...server, url: server.url } as unknown as TestApp;
    const token = await tenantToken(remote, { appId: app_id ?? '', appSecret: app_secret ?? '' });
    expect(await codeOf(remote, token)).toBe(0);
    await command('app', 'revoke', app_id ?? '');
    expect(await codeOf(remote, token)).toBe(99991663);
  });
});
