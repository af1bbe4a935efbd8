import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { below, oneOf, randomFrom, type Random } from '../support/proof/random.ts';
import { PATIENCE, report, seed, size } from '../support/proof/scale.ts';
import { ask, codeOf, period, Servers, type Answer, type Question } from '../support/proof/servers.ts';
import { newSite, overlaps, untold, type Site } from '../support/proof/site.ts';

/*
 * A server that is killed in the middle of its work comes back at once, with all that it acknowledged, whole, and with a
 * history that tells all of it.
 */

const ROUNDS = size(3, 100);
const LONGEST_ROUND = 2000;
const CLIENTS = 8;
const SOONEST_BACK = 5000;
const HALF_HOUR = 1800;

interface Known {
  roomNo: number;
  startAt: number;
  endAt: number;
  state: 'active' | 'cancelled';
}

/** What was acknowledged of each reservation; and those of which nobody knows how the last step went. */
class Memory {
  readonly known = new Map<number, Known>();
  readonly unsure = new Set<number>();
  acknowledged = 0;
  lost = 0;
}

/** One client, until it loses its server. */
async function work(site: Site, servers: Servers, url: string, memory: Memory, random: Random, base: number): Promise<void> {
  const own: number[] = [];
  const tell = async (question: Omit<Question, 'token'>): Promise<Answer> => {
    const answer = await ask(servers.agent, url, { ...question, token: site.person.token });
    if (answer === 'lost') memory.lost++;
    return answer;
  };
  for (;;) {
    const room = oneOf(random, site.rooms);
    const startAt = base + below(random, 48 * 20) * HALF_HOUR;
    const slot = { startAt, endAt: startAt + HALF_HOUR };
    const id = own.length > 0 && random() < 0.4 ? oneOf(random, own) : undefined;
    const was = id === undefined ? undefined : memory.known.get(id);
    if (id === undefined || was === undefined) {
      const answer = await tell({ method: 'POST', path: '/reservations', body: { room_id: room.roomId, ...period(slot) } });
      if (answer === 'lost') return;
      if (answer.status === 409 && codeOf(answer) === 'taken') continue;
      expect(answer.status, answer.text).toBe(201);
      const made = Number((answer.body.reservations as { id: string }[])[0]?.id);
      memory.known.set(made, { roomNo: room.roomNo, ...slot, state: 'active' });
      memory.acknowledged++;
      own.push(made);
      continue;
    }
    memory.unsure.add(id);
    const path = `/reservations/${String(id)}`;
    const isMove = was.state === 'active' && random() < 0.5;
    const step = was.state === 'active' ? 'cancel' : 'undo';
    const answer = await tell(
      isMove ? { method: 'PATCH', path, body: { ...period(slot), room_id: room.roomId } } : { method: 'POST', path: `${path}/${step}` },
    );
    if (answer === 'lost') return;
    memory.unsure.delete(id);
    if (answer.status === 409 && codeOf(answer) === 'taken') continue;
    expect(answer.status, answer.text).toBe(200);
    memory.acknowledged++;
    if (isMove) memory.known.set(id, { roomNo: room.roomNo, ...slot, state: 'active' });
    else memory.known.set(id, { ...was, state: was.state === 'active' ? 'cancelled' : 'active' });
  }
}

async function expectWhole(site: Site, memory: Memory): Promise<void> {
  const file = new DatabaseSync(join(site.data, 'yuding.db'), { readOnly: true });
  expect(file.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  expect(file.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
  file.close();

  const { rows } = await sql<{ id: number; room_no: number; start_at: number; end_at: number; cancelled_at: number | null }>`
    SELECT id, room_no, start_at, end_at, cancelled_at FROM reservations WHERE tenant_id = ${site.tenantId}`.execute(site.ctx.db.kysely);
  const stored = new Map(
    rows.map(({ id, room_no, start_at, end_at, cancelled_at }): [number, Known] => [
      id,
      { roomNo: room_no, startAt: start_at, endAt: end_at, state: cancelled_at === null ? 'active' : 'cancelled' },
    ]),
  );
  const missing = [...memory.known].filter(([id, known]) => {
    const found = stored.get(id);
    if (!found) return true;
    if (memory.unsure.has(id)) return false;
    return found.roomNo !== known.roomNo || found.startAt !== known.startAt || found.endAt !== known.endAt || found.state !== known.state;
  });
  expect(missing).toEqual([]);
  expect(await overlaps(site)).toEqual([]);
  expect(await untold(site)).toEqual([]);
}

it(
  `a server that is killed ${String(ROUNDS)} times under load loses nothing that it acknowledged`,
  async () => {
    const before = performance.now();
    const random = randomFrom(seed);
    const site = await newSite({ rooms: 10 });
    await using servers = await Servers.start(site, 1);
    const memory = new Memory();
    const tomorrow = Math.floor(Date.now() / 1000 / HALF_HOUR) * HALF_HOUR + 86_400;
    for (let round = 0; round < ROUNDS; round++) {
      const [url = ''] = servers.urls;
      const base = tomorrow + round * 20 * 86_400;
      const clients = Array.from({ length: CLIENTS }, (_, n) => work(site, servers, url, memory, randomFrom(seed + round * 100 + n), base));
      await pause(below(random, LONGEST_ROUND));
      await servers.kill(0);
      await Promise.all(clients);
      await servers.restart(0);
      await expectWhole(site, memory);
    }
    const figures = { rounds: ROUNDS, acknowledged: memory.acknowledged, lost: memory.lost, reservations: memory.known.size, unsure: memory.unsure.size };
    const slowest = Math.round(servers.slowestStart);
    report('crashes', { ...figures, 'slowest start (ms)': slowest, seconds: Math.round((performance.now() - before) / 1000) });
    expect(servers.complaints).toBe('');
    expect(slowest).toBeLessThan(SOONEST_BACK);
    expect(memory.acknowledged).toBeGreaterThan(ROUNDS * CLIENTS);
  },
  PATIENCE,
);
