import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { PROGRAM, Running } from '../support/process.ts';
import { programDirectory } from '../support/proof/children.ts';
import { PATIENCE, report, size } from '../support/proof/scale.ts';
import { ask, period } from '../support/proof/servers.ts';
import { newSite } from '../support/proof/site.ts';
import { readTrace, type Trace } from '../support/proof/trace.ts';

/*
 * A booking that was acknowledged survives a power cut: the server says so only when the disk has it. A killed process shows
 * nothing of that, because the system's cache outlives it; the order of the system calls does.
 */

const BOOKINGS = size(100, 2000);
const HALF_HOUR = 1800;

/** Books under strace, one after the other, and reads what the server did. */
async function traced(program: string, bookings: number): Promise<Trace> {
  const site = await newSite({ rooms: 1 });
  const trace = join(site.data, 'trace');
  const calls = 'trace=fsync,fdatasync,pwrite64,pwritev,write,writev,sendto,sendmsg';
  // As a grandchild, so that a signal reaches the server and not its observer.
  const words = ['-D', '-f', '-yy', '-s', '24', '-e', calls, '-e', 'signal=none', '-o', trace, process.execPath, program];
  await using server = new Running('strace', [...words, 'serve', '--data', site.data, '--port', '0'], { YUDING_LOG_LEVEL: 'error' });
  const [, url = ''] = await server.match(/^ready on (http:\S+)$/m);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const base = Math.floor(Date.now() / 1000 / HALF_HOUR) * HALF_HOUR + 86_400;
  for (let n = 0; n < bookings; n++) {
    const startAt = base + n * HALF_HOUR;
    const body = { room_id: site.rooms[0]?.roomId, ...period({ startAt, endAt: startAt + HALF_HOUR }) };
    const answer = await ask(agent, url, { method: 'POST', path: '/reservations', token: site.person.token, body });
    if (answer === 'lost' || answer.status !== 201) throw new Error(JSON.stringify(answer));
  }
  agent.destroy();
  await server.kill('SIGTERM');
  return readTrace(readFileSync(trace, 'utf8'));
}

/** The program as it is but for one setting, which nobody can set. */
function programWith(from: string, to: string): string {
  const directory = programDirectory();
  const dist = dirname(PROGRAM);
  cpSync(dist, join(directory, 'dist'), { recursive: true });
  let replaced = 0;
  for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((each) => each.endsWith('.js'))) {
    const path = join(directory, 'dist', name);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from)) continue;
    writeFileSync(path, text.replaceAll(from, to));
    replaced++;
  }
  expect(replaced).toBeGreaterThan(0);
  return join(directory, 'dist', 'yuding.js');
}

it(
  'no booking is acknowledged before the disk has it',
  async () => {
    const before = performance.now();
    const trace = await traced(PROGRAM, BOOKINGS);
    report('durability', { ...trace, seconds: Math.round((performance.now() - before) / 1000) });
    expect(trace).toMatchObject({ answers: BOOKINGS, early: 0, unfounded: 0 });
    expect(trace.syncs).toBeGreaterThanOrEqual(BOOKINGS);
  },
  PATIENCE,
);

it(
  'the same look at a server that does not wait for the disk sees it',
  async () => {
    const bookings = BOOKINGS / 2;
    const trace = await traced(programWith('synchronous = FULL', 'synchronous = NORMAL'), bookings);
    report('durability without waiting', { ...trace });
    expect(trace).toMatchObject({ answers: bookings, unfounded: 0 });
    // All but those just behind a checkpoint.
    expect(trace.early).toBeGreaterThan(bookings * 0.9);
  },
  PATIENCE,
);
