import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createApp } from '../../src/app.ts';
import { LockedError } from '../../src/store/lock.ts';
import { tenantAccessTokenInternal } from '../../src/wire/auth/tenant_access_token_internal.ts';
import { tenantToken, testApp, testTenant } from '../support/app.ts';
import { keptDirectory } from '../support/directory.ts';
import { execute, PROGRAM, Running, serve, type Serving } from '../support/process.ts';
import { askRaw, exchange } from '../support/raw.ts';

const CREDENTIALS = '{"app_id":"cli_0000000000000000","app_secret":"x"}';
const TOKEN_HEAD = `POST ${tenantAccessTokenInternal.path} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: ${String(CREDENTIALS.length)}\r\n\r\n`;

/** Whether anybody still takes connections there. */
function listens(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

async function closedDoor(url: string): Promise<void> {
  await vi.waitUntil(async () => !(await listens(url)), { timeout: 5000 });
}

/** Begins a request, calls `meanwhile` when the server waits for its body, and only then sends that. */
async function slowRequest({ url }: { url: string }, meanwhile: () => Promise<void>) {
  const later = async () => {
    await meanwhile();
    return CREDENTIALS;
  };
  return exchange(url, TOKEN_HEAD, { later });
}

async function readiness({ url }: Serving): Promise<number> {
  return (await fetch(`${url}/readyz`)).status;
}

describe('a start', () => {
  it('prints one line with the address, once it answers there', async () => {
    await using server = await serve(keptDirectory());
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await readiness(server)).toBe(200);
    const { code, stdout, stderr } = await server.kill('SIGTERM');
    expect(code).toBe(0);
    expect(stdout.match(/ready on /g)).toHaveLength(1);
    expect(stdout.endsWith(`ready on ${server.url}\n`)).toBe(true);
    const lines = stderr.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { route: string }).route)).toEqual(['/readyz']);
  });

  it('with --json prints one object and nothing else', async () => {
    await using server = new Running(process.execPath, [PROGRAM, 'serve', '--data', keptDirectory(), '--port', '0', '--json']);
    await server.match(/\n$/);
    const { stdout } = await server.kill('SIGTERM');
    const { url, ...others } = JSON.parse(stdout) as { url: string };
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    // How to set it up: there is no tenant yet.
    expect(Object.keys(others)).toEqual(['set_up']);
  });

  it('takes its address from the environment, and a flag over that', async () => {
    await using server = new Running(process.execPath, [PROGRAM, 'serve', '--port', '0'], {
      YUDING_DATA: join(keptDirectory(), 'deeper', 'still'),
      YUDING_HOST: '127.0.0.2',
      YUDING_PORT: '1',
    });
    await server.match(/^ready on http:\/\/127\.0\.0\.2:\d+$/m);
  });
});

describe('a stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('by %s lets the request under way finish and nobody else in', async (signal) => {
    await using server = await serve(keptDirectory());
    const [answer] = await slowRequest(server, async () => {
      server.child.kill(signal);
      await closedDoor(server.url);
    });
    expect(answer?.status).toBe(200);
    expect((JSON.parse(answer?.body ?? '') as { code: number }).code).toBe(10014);
    expect(await server.ended).toMatchObject({ code: 0, signal: null });
  });

  it('does not wait for a connection that is only kept open', async () => {
    await using server = await serve(keptDirectory());
    const closed = exchange(server.url, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n', {
      count: 2,
      later: () => {
        server.child.kill('SIGTERM');
        return '';
      },
    });
    expect((await closed).map(({ status }) => status)).toEqual([200]);
    expect((await server.ended).code).toBe(0);
  });

  it('does not wait for connections over which nothing was ever asked', async () => {
    await using server = await serve(keptDirectory());
    const { port, hostname } = new URL(server.url);
    const sockets = [connect(Number(port), hostname), connect(Number(port), hostname)];
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    // The server has taken them when it answers somebody who came later.
    await (await fetch(`${server.url}/healthz`)).text();
    server.child.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
    for (const socket of sockets) socket.destroy();
  });

  it('is at once on a second signal', async () => {
    await using server = await serve(keptDirectory());
    const answers = slowRequest(server, async () => {
      server.child.kill('SIGTERM');
      await closedDoor(server.url);
      await server.kill('SIGTERM');
    });
    await expect(answers.catch(() => [])).resolves.toEqual([]);
    expect(await server.ended).toMatchObject({ code: 1, signal: null });
  });

  it('by kill -9 leaves a directory on which the next start works at once, with all that was there', async () => {
    const data = keptDirectory();
    const { stdout } = await execute(['tenant', 'create', '--name', '测试', '--data', data, '--json']);
    const app = JSON.parse((await execute(['app', 'create', '--name', 'a', '--data', data, '--json'])).stdout) as { app_id: string; app_secret: string };
    const login = async ({ url }: Serving) => {
      const body = JSON.stringify({ app_id: app.app_id, app_secret: app.app_secret });
      const response = await fetch(url + tenantAccessTokenInternal.path, { method: 'POST', body });
      return ((await response.json()) as { tenant_access_token: string }).tenant_access_token;
    };
    await using first = await serve(data);
    const token = await login(first);
    expect((await first.kill('SIGKILL')).signal).toBe('SIGKILL');
    await using second = await serve(data);
    expect(await login(second)).toBe(token);
    const list = JSON.parse((await execute(['tenant', 'list', '--data', data, '--json'])).stdout) as { tenants: object[] };
    expect(list.tenants).toMatchObject([{ tenant_key: (JSON.parse(stdout) as { tenant_key: string }).tenant_key }]);
  });
});

describe('a start that cannot be', () => {
  const oneLine = ({ code, stdout, stderr }: { code: number | null; stdout: string; stderr: string }, pattern: RegExp) => {
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(pattern);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  };

  it('a second server on the data directory', async () => {
    const data = keptDirectory();
    await using first = await serve(data);
    oneLine(await execute(['serve', '--data', data, '--port', '0']), /^yuding: another server is running on \//);
    expect(await readiness(first)).toBe(200);
  });

  it('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await vi.waitUntil(() => other.listening);
    const port = String((other.address() as AddressInfo).port);
    oneLine(await execute(['serve', '--data', keptDirectory(), '--port', port]), new RegExp(`^yuding: .*in use.*:${port}`));
    other.close();
  });

  it('an address that is not of this machine', async () => {
    oneLine(await execute(['serve', '--data', keptDirectory(), '--port', '0', '--host', '203.0.113.1']), /^yuding: .*203\.0\.113\.1/);
  });

  it('a data directory that is a file', async () => {
    const file = join(keptDirectory(), 'file');
    writeFileSync(file, '');
    oneLine(await execute(['serve', '--data', file, '--port', '0']), /^yuding: .*file/);
  });

  it('a setting that is none, before anything is made', async () => {
    const data = join(keptDirectory(), 'data');
    const { code, stdout, stderr } = await execute(['serve', '--data', data], { YUDING_PORT: 'x', YUDING_HOTS: '::', YUDING_RATE_LIMIT: '-1' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const lines = stderr.trimEnd().split('\n').sort();
    expect(lines.map((line) => /^yuding: (\w+)/.exec(line)?.[1])).toEqual(['YUDING_HOTS', 'YUDING_PORT', 'YUDING_RATE_LIMIT']);
    expect(existsSync(data)).toBe(false);
  });
});

describe('servers in one process', () => {
  it('live side by side on two directories, strangers to each other', async () => {
    await using one = await testApp();
    await using two = await testApp();
    const tenant = await testTenant(one);
    await tenantToken(one, tenant);
    await expect(tenantToken(two, tenant)).rejects.toThrow('10014');
    await one.stop();
    expect((await askRaw(two.url, 'GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n')).status).toBe(200);
  });

  it('start and stop one after the other on one directory, with the same data and keys', async () => {
    const data = keptDirectory();
    const first = await testApp({ data });
    const tenant = await testTenant(first);
    const token = await tenantToken(first, tenant);
    await first.stop();
    await using second = await testApp({ data });
    expect(await tenantToken(second, tenant)).toBe(token);
  });

  it('do not share a directory', async () => {
    const data = keptDirectory();
    await using first = await testApp({ data });
    await expect(createApp({ data, logLevel: 'silent' })).rejects.toThrow(LockedError);
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
  });

  it('give the directory back when they cannot listen', async () => {
    const data = keptDirectory();
    await using other = await testApp();
    const app = await createApp({ data, port: Number(new URL(other.url).port), logLevel: 'silent' });
    await expect(app.start()).rejects.toThrow('EADDRINUSE');
    await app.stop();
    await using next = await testApp({ data });
    expect((await fetch(`${next.url}/readyz`)).status).toBe(200);
  });
});
