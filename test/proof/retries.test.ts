import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { engine } from '../support/database.ts';
import { CuttingProxy } from '../support/proof/cutting-proxy.ts';
import { below, randomFrom } from '../support/proof/random.ts';
import { PATIENCE, report, seed, size } from '../support/proof/scale.ts';
import { ask, codeOf, period, Servers, type Answer } from '../support/proof/servers.ts';
import { newSite, overlaps, untold } from '../support/proof/site.ts';

/*
 * A client that hears nothing sends the request again under the same key, and again, and perhaps twice at once: it has booked
 * once, and is told the same each time.
 */

const KEYS = size(120, 2000);
const KILLS = size(2, 15);
/** Keys that are under way at one time. */
const CLIENTS = 16;
const CUT = 0.3;
/** Of keys, those that want what the key before them wants. */
const RIVALS = 0.2;
const HALF_HOUR = 1800;

interface Keyed {
  key: string;
  body: Record<string, unknown>;
  times: number;
}

it(
  'a request is done once for each key, however often it is sent, whatever becomes of its answers and of the servers',
  async () => {
    const before = performance.now();
    const random = randomFrom(seed);
    const site = await newSite({ rooms: 4 });
    await using servers = await Servers.start(site, engine() === 'sqlite' ? 1 : 2);
    await using proxy = new CuttingProxy(() => servers.url, CUT, random);
    const proxied = await proxy.start();
    const figures = { sent: 0, lost: 0 };

    /** Sends until there is an answer. */
    const insist = async (url: string, { key, body }: Omit<Keyed, 'times'>): Promise<Exclude<Answer, 'lost'>> => {
      for (;;) {
        figures.sent++;
        const answer = await ask(false, url, { method: 'POST', path: '/reservations', token: site.person.token, body, headers: { 'idempotency-key': key } });
        if (answer !== 'lost' && answer.status !== 503) return answer;
        figures.lost++;
        // Nobody there for a moment: a server is on its way back.
        await pause(20);
      }
    };

    const base = Math.floor(Date.now() / 1000 / HALF_HOUR) * HALF_HOUR + 86_400;
    const keyed: Keyed[] = [];
    for (let n = 0, slot = 0; n < KEYS; n++) {
      if (n === 0 || random() >= RIVALS) slot++;
      const startAt = base + Math.floor(slot / 4) * HALF_HOUR;
      const body = { room_id: site.rooms[slot % 4]?.roomId, ...period({ startAt, endAt: startAt + HALF_HOUR }), title: `n${String(n)}` };
      keyed.push({ key: `key-${String(n)}`, body, times: 1 + below(random, 5) });
    }

    const answers = new Map<Keyed, Exclude<Answer, 'lost'>[]>();
    const left = [...keyed];
    const client = async () => {
      for (let one = left.shift(); one; one = left.shift()) {
        const request = one;
        answers.set(request, await Promise.all(Array.from({ length: request.times }, () => insist(proxied, request))));
      }
    };
    const killer = async () => {
      for (let kills = 0; kills < KILLS;) {
        await pause(20);
        if (answers.size < ((kills + 1) / (KILLS + 2)) * KEYS) continue;
        kills++;
        await servers.restart(below(random, servers.count));
      }
    };
    await Promise.all([killer(), ...Array.from({ length: CLIENTS }, client)]);

    // All servers end and come back: the keys are in the database.
    await Promise.all(servers.urls.map((_, which) => servers.restart(which)));

    let booked = 0;
    let taken = 0;
    const ids = new Map<number, string>();
    const check = async (request: Keyed) => {
      const all = answers.get(request) ?? [];
      const good = all.filter(({ status }) => status === 201);
      const [first] = good;
      for (const answer of all) if (answer.status !== 201) expect([answer.status, codeOf(answer)], request.key).toEqual([409, 'taken']);
      if (!first) {
        taken++;
        return;
      }
      // Who is refused first may be let in when the rival never was; but who was let in once is let in again.
      expect(good.length, `${request.key}: ${JSON.stringify(all.map(({ status }) => status))}`).toBe(all.length);
      booked++;
      for (const { body } of good) expect(body, request.key).toEqual(first.body);
      expect((await insist(servers.url, request)).body, request.key).toEqual(first.body);
      const other = await insist(servers.url, { ...request, body: { ...request.body, title: 'something else' } });
      expect([other.status, codeOf(other)], request.key).toEqual([409, 'conflict']);
      const id = Number((first.body.reservations as { id: string }[])[0]?.id);
      expect(ids.has(id), `${request.key} and ${ids.get(id) ?? ''} made the same`).toBe(false);
      ids.set(id, request.key);
    };
    const toCheck = [...keyed];
    const checker = async () => {
      for (let one = toCheck.shift(); one; one = toCheck.shift()) await check(one);
    };
    await Promise.all(Array.from({ length: CLIENTS }, checker));

    // What is in the database is what was acknowledged, and nothing else.
    const stored = await site.ctx.db.kysely.selectFrom('reservations').select('id').where('tenant_id', '=', site.tenantId).execute();
    expect(new Set(stored.map(({ id }) => id))).toEqual(new Set(ids.keys()));
    const kept = await site.ctx.db.kysely.selectFrom('idempotency_keys').select('key').where('tenant_id', '=', site.tenantId).execute();
    expect(new Set(kept.map(({ key }) => key))).toEqual(new Set(ids.values()));
    const events = await site.ctx.db.kysely.selectFrom('events').select('id').where('tenant_id', '=', site.tenantId).execute();
    expect(events).toHaveLength(booked);
    expect(await overlaps(site)).toEqual([]);
    expect(await untold(site)).toEqual([]);
    expect(servers.complaints).toBe('');
    const seconds = Math.round((performance.now() - before) / 1000);
    report('retries', { keys: KEYS, ...figures, cut: proxy.cut, booked, taken, kills: servers.kills, seconds });
    expect(proxy.cut).toBeGreaterThan(KEYS / 4);
  },
  PATIENCE,
);
