import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { keptDirectory } from '../support/directory.ts';
import { PROGRAM, Running, serve } from '../support/process.ts';

/** This machine's addresses on its networks; a machine without one has none. */
const outside = Object.values(networkInterfaces())
  .flat()
  .filter((found) => found?.family === 'IPv4' && !found.internal)
  .map((found) => found?.address ?? '');

function reaches(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

const portOf = (url: string) => Number(new URL(url).port);

describe('a server that was told nothing', () => {
  it('listens on the loopback address alone, and says nothing of TLS', async () => {
    await using server = await serve(keptDirectory());
    expect(new URL(server.url).hostname).toBe('127.0.0.1');
    for (const address of outside) expect(await reaches(address, portOf(server.url))).toBe(false);
    expect(server.stderr).not.toContain('warning');
  });

  it('has nobody in it, and no password', async () => {
    await using server = await serve(keptDirectory());
    expect(server.stdout).toContain('There is no tenant yet');
    expect(server.stdout).not.toMatch(/password|secret/i);
  });
});

describe('a server that was told to listen beyond this machine', () => {
  it('does, and warns that nothing protects the tokens on their way', async () => {
    await using server = new Running(process.execPath, [PROGRAM, 'serve', '--data', keptDirectory(), '--port', '0', '--host', '0.0.0.0']);
    const [, url = ''] = await server.match(/^ready on (http:\S+)$/m);
    for (const address of outside) expect(await reaches(address, portOf(url))).toBe(true);
    await server.kill('SIGTERM');
    expect(server.stderr).toMatch(/^warning: http:\/\/0\.0\.0\.0:\d+ can be reached from other machines, without TLS/m);
  });
});
