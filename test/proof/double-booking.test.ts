import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { engine } from '../support/database.ts';
import { Child, ChildError } from '../support/proof/children.ts';
import { Promises } from '../support/proof/promises.ts';
import { below, randomFrom } from '../support/proof/random.ts';
import { PATIENCE, report, seed, size } from '../support/proof/scale.ts';
import { ask, codeOf, period, Servers, type Question } from '../support/proof/servers.ts';
import { newSite, overlaps, untold, type Site } from '../support/proof/site.ts';
import { walk, type Booker, type Note, type Shape, type Walk } from '../support/proof/walk.ts';

/*
 * No room is booked twice, and no booking that was acknowledged is lost, however many processes book at once and whenever one
 * of them is killed. On SQLite the processes share the file; on PostgreSQL they are servers, asked over HTTP.
 */

const ATTEMPTS = size(600, 20_000);
const KILLS = size(1, 12);
const shapes: Shape[] = ['frontier', 'hot', 'random'];
const DAY = 86_400;

/** The first slot lies ahead however long the run takes. */
const firstSlot = (): number => (Math.floor(Date.now() / 1000 / DAY) + 2) * DAY;

/** Calls `kill` so many times in the course of a run. */
async function killNowAndThen(progress: () => number, isOver: () => boolean, kill: (which: number) => Promise<void>): Promise<number> {
  const random = randomFrom(seed);
  let kills = 0;
  while (!isOver() && kills < KILLS) {
    await pause(10);
    if (progress() < ((kills + 1) / (KILLS + 1)) * ATTEMPTS) continue;
    kills++;
    await kill(below(random, 1000));
  }
  return kills;
}

async function expectNoneBroken(site: Site, promises: Promises): Promise<void> {
  expect(promises.failures).toEqual([]);
  expect(promises.twice).toEqual([]);
  expect(await overlaps(site)).toEqual([]);
  expect(await promises.broken(site)).toEqual([]);
  expect(await untold(site)).toEqual([]);
  // A run in which next to nothing was won, or nothing lost, shows nothing.
  expect(promises.attempts).toBeGreaterThanOrEqual(ATTEMPTS);
  expect(promises.counts.booked).toBeGreaterThan(ATTEMPTS / 20);
  expect(promises.counts.taken).toBeGreaterThan(ATTEMPTS / 20);
}

const RACERS = 4;

/** One of the processes: begins again behind its last note when it is killed. */
async function race(site: Site, order: Walk, path: string, children: (Child | undefined)[], which: number): Promise<void> {
  for (let from = order.from; from < order.to; from = nextAttempt(path, order.from)) {
    await using child = await Child.start({ ...site, now: null });
    children[which] = child;
    await child.ask('walk', site.person, path, { ...order, from }).catch((error: unknown) => {
      if (!(error instanceof ChildError && error.reason === 'died')) throw error;
    });
    children[which] = undefined;
  }
}

function notesIn(path: string): Note[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  // The last may be cut short by a kill.
  return lines.slice(0, -1).map((line) => JSON.parse(line) as Note);
}

function nextAttempt(path: string, from: number): number {
  const last = notesIn(path).findLast(({ what }) => what !== 'leaving' && what !== 'left');
  return last === undefined ? from : last.at + 1;
}

const onOneFile = (): void => {
  it.each(shapes)(
    `${String(RACERS)} processes on one file, of which one is killed now and then, book no room twice and lose no booking: %s`,
    async (shape) => {
      const site = await newSite({ rooms: shape === 'frontier' ? 1 : 10 });
      const rooms = site.rooms.map(({ roomId }) => roomId);
      const paths = Array.from({ length: RACERS }, (_, which) => join(site.data, `notes-${String(which)}`));
      const children: (Child | undefined)[] = [];
      const before = performance.now();
      let isOver = false;
      const each = ATTEMPTS / RACERS;
      const racing = Promise.all(
        paths.map((path, which) => race(site, { shape, rooms, base: firstSlot(), seed: seed + which * 1e6, from: 0, to: each }, path, children, which)),
      ).finally(() => (isOver = true));
      const progress = () => paths.reduce((sum, path) => sum + nextAttempt(path, 0), 0);
      const [kills] = await Promise.all([
        killNowAndThen(
          progress,
          () => isOver,
          (which) => children[which % RACERS]?.kill() ?? Promise.resolve(),
        ),
        racing,
      ]);
      const promises = new Promises();
      for (const path of paths) for (const note of notesIn(path)) promises.note(note);
      report(`double booking, ${shape}`, { processes: RACERS, ...promises.counts, cancelled: promises.left.size, kills, seconds: seconds(before) });
      await expectNoneBroken(site, promises);
      expect(kills).toBe(KILLS);
    },
    PATIENCE,
  );
};

const CLIENTS = 64;
/** Clients that walk one row of slots together. */
const TOGETHER = 8;

/** A client that asks any server that is up. Who is told that a server is overloaded comes back, as it says. */
function clientOf({ person }: Site, servers: Servers, turnedAway: () => void): Booker {
  const tell = async (question: Omit<Question, 'token'>) => {
    for (;;) {
      const answer = await ask(servers.agent, servers.url, { ...question, token: person.token });
      if (answer === 'lost' || answer.status !== 503 || codeOf(answer) !== 'overloaded') return answer;
      turnedAway();
      await pause(1000);
    }
  };
  return {
    async book(slot) {
      const answer = await tell({ method: 'POST', path: '/reservations', body: { room_id: slot.roomId, ...period(slot) } });
      if (answer === 'lost') return 'lost';
      if (answer.status === 201) return Number((answer.body.reservations as { id: string }[])[0]?.id);
      if (answer.status === 409 && codeOf(answer) === 'taken') return 'taken';
      throw new Error(`${String(answer.status)} ${answer.text}`);
    },
    async cancel(id) {
      const answer = await tell({ method: 'POST', path: `/reservations/${String(id)}/cancel` });
      if (answer === 'lost') return 'lost';
      if (answer.status === 200) return 'left';
      throw new Error(`${String(answer.status)} ${answer.text}`);
    },
  };
}

const onServers = (): void => {
  it.each(shapes)(
    `2 servers with ${String(CLIENTS)} clients, of which one is killed now and then, book no room twice and lose no booking: %s`,
    async (shape) => {
      const site = await newSite({ rooms: shape === 'frontier' ? CLIENTS / TOGETHER : 10 });
      await using servers = await Servers.start(site, 2);
      const rooms = site.rooms.map(({ roomId }) => roomId);
      const promises = new Promises();
      const before = performance.now();
      let isOver = false;
      let turnedAway = 0;
      const client = clientOf(site, servers, () => turnedAway++);
      const each = Math.ceil(ATTEMPTS / CLIENTS);
      const base = firstSlot();
      const racing = Promise.all(
        Array.from({ length: CLIENTS }, (_, which) => {
          const own = shape === 'frontier' ? [rooms[Math.floor(which / TOGETHER)] ?? ''] : rooms;
          return walk(client, { shape, rooms: own, base, seed: seed + which * 1e6, from: 0, to: each }, promises.note);
        }),
      ).finally(() => (isOver = true));
      const [kills] = await Promise.all([
        killNowAndThen(
          () => promises.attempts,
          () => isOver,
          (which) => servers.restart(which % 2),
        ),
        racing,
      ]);
      const figures = { servers: 2, clients: CLIENTS, ...promises.counts, cancelled: promises.left.size, kills, overloaded: turnedAway };
      report(`double booking, ${shape}`, { ...figures, seconds: seconds(before) });
      await expectNoneBroken(site, promises);
      expect(servers.complaints).toBe('');
    },
    PATIENCE,
  );
};

if (engine() === 'sqlite') onOneFile();
else onServers();

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 100) / 10;
}
