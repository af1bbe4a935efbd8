import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryDirectory } from './support/app.ts';

/*
 * A newcomer pastes the README's examples into a second terminal. So does this test: the blocks run as they are printed,
 * but for the port, since the documented one may be taken on a developer's machine.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const DOCUMENTED = 'http://127.0.0.1:7070';
const blocks = [...readFileSync(`${root}README.md`, 'utf8').matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block ?? '');

/** The one block that has all of these. */
function block(...marks: string[]): string {
  const found = blocks.filter((text) => marks.every((mark) => text.includes(mark)));
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`README.md has ${String(found.length)} blocks with ${marks.join(' and ')}`);
  return only;
}

const credentials = block('eval "$(node dist/yuding.js demo --env)"');
const data = temporaryDirectory();
let server: ChildProcess;
let url: string;

beforeAll(async () => {
  server = spawn(process.execPath, ['dist/yuding.js', 'serve', '--demo', '--port', '0', '--data', data], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  url = await new Promise<string>((resolve, reject) => {
    let printed = '';
    server.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      const ready = /^ready on (\S+)$/m.exec(printed)?.[1];
      if (ready !== undefined) resolve(ready);
    });
    server.on('exit', (status) => {
      reject(new Error(`the server ended with ${String(status)}: ${printed}`));
    });
  });
});

afterAll(async () => {
  const exited = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await exited;
  rmSync(data, { recursive: true });
});

/** Runs what a reader pastes, and returns what the terminal shows. */
function paste(...scripts: string[]): string {
  const script = ['set -e', ...scripts.map((text) => text.replaceAll(DOCUMENTED, url))].join('\n');
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: root, env: { ...process.env, YUDING_DATA: data }, encoding: 'utf8' });
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

describe("README.md's examples, as pasted", () => {
  it('curl shows rows of the ledger', () => {
    const body = JSON.parse(paste(credentials, block('curl', 'resource_reservation_list'))) as {
      code: number;
      data: { room_reservation_list: Record<string, string>[] };
    };
    expect(body.code).toBe(0);
    expect(body.data.room_reservation_list.length).toBeGreaterThan(0);
    expect(Object.keys(body.data.room_reservation_list[0] ?? {})).toHaveLength(18);
  });

  it('the official SDK prints rows of the ledger', () => {
    const lines = paste(credentials, block('@larksuiteoapi/node-sdk', 'resourceReservationList')).trim().split('\n');
    expect(lines.filter((line) => /^\d{4}\.\d\d\.\d\d \d\d:\d\d:\d\d \(GMT[+-]\d\d:\d\d\) /.test(line)).length).toBeGreaterThan(20);
  });

  it('the official SDK books a room', () => {
    // The SDK says something besides.
    const lines = paste(block('@larksuiteoapi/node-sdk', 'calendarEventAttendee')).trim().split('\n');
    const answers = lines.filter((line) => / (accept|decline)$/.test(line));
    expect(answers).toHaveLength(3);
    expect(answers.some((line) => line.endsWith(' accept'))).toBe(true);
  });

  it('a tenant of one’s own gets a token', () => {
    const own = temporaryDirectory();
    try {
      const script = block('yuding tenant create', 'yuding app create')
        .replaceAll(/^yuding /gm, 'node dist/yuding.js ')
        .replaceAll('/var/lib/yuding', own);
      expect(paste(script)).toMatch(/app_id +cli_[0-9a-f]{16}/);
    } finally {
      rmSync(own, { recursive: true });
    }
  });
});
