import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { releaseReservation } from '../../src/domain/reservations.ts';
import { book } from '../../src/domain/reserve.ts';
import { changeSettings } from '../../src/domain/settings.ts';
import { settingsVersion } from '../../src/domain/policy.ts';
import { ACTIVE } from '../../src/store/dialect.ts';
import { findReservation } from '../../src/store/reservations.ts';
import type { Reservation } from '../../src/store/tables.ts';
import { formatInstant } from '../../src/wire/v1/instants.ts';
import { NOON, tester } from '../support/app.ts';
import { FakeClock } from '../support/clock.ts';
import { engine } from '../support/database.ts';
import { Child, ChildError, soon } from '../support/proof/children.ts';
import { isFull, PATIENCE, report, size } from '../support/proof/scale.ts';
import { ask, codeOf, period, Servers, type Question } from '../support/proof/servers.ts';
import { newSite, overlaps, type Person, type Room, type Site, type Unfurnished } from '../support/proof/site.ts';

/*
 * All that can win a slot races all else that can, itself too: one of two wins, and who loses keeps what it had, to the last
 * column. Over HTTP, through servers that share a database; and through two processes with contexts of their own.
 */

const ROUNDS = size(4, 100);
/** Rounds under way at one time, each in rooms of its own. */
const LANES = 8;
const MINUTE = 60;
const HOUR = 3600;

const kinds = ['create', 'move', 'extend', 'approve', 'undo', 'series', 'on behalf', 'walk-up'] as const;
type Kind = (typeof kinds)[number];
const pairs = kinds.flatMap((one, i) => kinds.slice(i).map((other) => [one, other] as const));

interface Lane {
  /** Where the slot is. */
  room: Room;
  /** Where a reservation comes from that is moved from another room. */
  other: Room;
}

interface Slot {
  startAt: number;
  endAt: number;
}

/** One of two who want the slot. */
interface Wish {
  who: Person;
  question: Omit<Question, 'token'>;
  byChild(child: Child, at: number): Promise<unknown>;
  /** The reservation that it already has; null: it makes one. */
  own: Reservation | null;
}

/** Makes sure that a kind of wish can come true, and says how it is made. @param nth 0 or 1: two of a kind need reservations of their own */
async function wishFor(kind: Kind, site: Site, { room, other }: Lane, slot: Slot, round: number, nth: number): Promise<Wish> {
  const { person, administrator } = site;
  const { roomId } = room;
  const input = {
    title: '',
    isPrivate: false,
    guests: [],
    approvalReason: null,
    recurrence: null,
    timeZone: null,
    onClash: 'refuse',
    onBehalfOf: null,
  } as const;
  const making = (who: Person, more: Partial<Record<'recurrence' | 'onBehalfOf', string>>, body: object): Wish => ({
    who,
    own: null,
    question: { method: 'POST', path: '/reservations', body: { room_id: roomId, ...period(slot), ...body } },
    byChild: (child, at) => child.askAt(at, 'book', plain(who), { ...input, roomId, ...slot, ...more }),
  });
  const made = async (where: Room, times: Slot, approvalReason: string | null = null): Promise<Reservation> => {
    const { reservations } = await book(site.ctx, person.principal, person.actor, { ...input, roomId: where.roomId, ...times, approvalReason });
    const [reservation] = reservations;
    if (!reservation) throw new Error('nothing was booked');
    return reservation;
  };
  const path = ({ id }: Reservation, step = '') => `/reservations/${String(id)}${step}`;

  switch (kind) {
    case 'create':
      return making(person, {}, {});
    case 'series':
      return making(person, { recurrence: 'FREQ=DAILY;COUNT=3' }, { recurrence: 'FREQ=DAILY;COUNT=3' });
    case 'on behalf':
      return making(administrator, { onBehalfOf: person.userId }, { on_behalf_of: person.userId });
    case 'walk-up':
      return {
        who: person,
        own: null,
        question: { method: 'POST', path: `/rooms/${roomId}/walk-up`, body: { end: formatInstant(slot.endAt) } },
        byChild: (child, at) => child.askAt(at, 'walkUp', plain(person), { roomId, endAt: slot.endAt, title: '' }),
      };
    case 'move': {
      const later = (6 + 6 * nth) * HOUR;
      const own = await made(round % 2 === 0 ? room : other, { startAt: slot.startAt + later, endAt: slot.endAt + later });
      return {
        who: person,
        own,
        question: { method: 'PATCH', path: path(own), body: { ...period(slot), room_id: roomId } },
        byChild: (child, at) => child.askAt(at, 'move', plain(person), own.id, { ...slot, roomId }),
      };
    }
    case 'extend': {
      const before = { startAt: slot.startAt - 5 * MINUTE, endAt: slot.startAt };
      // Two cannot both end where the slot begins: two of them extend one.
      const [same] = nth === 0 ? [] : await activeIn(site, room.roomNo, before);
      const own = same ?? (await made(room, before));
      return {
        who: person,
        own,
        question: { method: 'POST', path: path(own, '/extend'), body: { end: formatInstant(slot.endAt) } },
        byChild: (child, at) => child.askAt(at, 'extend', plain(person), own.id, slot.endAt),
      };
    }
    case 'approve': {
      // Longer than the hour from which on the room asks for an approval.
      const own = await made(room, { startAt: slot.startAt, endAt: slot.startAt + 2 * HOUR }, 'because');
      return {
        who: administrator,
        own,
        question: { method: 'POST', path: path(own, '/approve'), body: {} },
        byChild: (child, at) => child.askAt(at, 'approve', plain(administrator), own.id),
      };
    }
    case 'undo': {
      const { id } = await made(room, slot);
      const own = await releaseReservation(site.ctx, person.principal, person.actor, id);
      return {
        who: person,
        own,
        question: { method: 'POST', path: path(own, '/undo') },
        byChild: (child, at) => child.askAt(at, 'undo', plain(person), own.id),
      };
    }
  }
}

/** What crosses over to another process. */
function plain({ principal, actor }: Person): Pick<Person, 'principal' | 'actor'> {
  return { principal, actor };
}

async function activeIn({ ctx, tenantId }: Site, roomNo: number, { startAt, endAt }: Slot): Promise<Reservation[]> {
  const { rows } = await sql<Reservation>`SELECT * FROM reservations WHERE tenant_id = ${tenantId} AND room_no = ${roomNo}
    AND start_at < ${endAt} AND end_at > ${startAt} AND ${sql.raw(ACTIVE)}`.execute(ctx.db.kysely);
  return rows;
}

async function clear({ ctx, tenantId }: Site, { room, other }: Lane): Promise<void> {
  await ctx.db.kysely
    .updateTable('reservations')
    .set({ cancelled_at: 0 })
    .where('tenant_id', '=', tenantId)
    .where('room_no', 'in', [room.roomNo, other.roomNo])
    .where('cancelled_at', 'is', null)
    .execute();
}

/** Why a wish may be refused: the room is taken; and where it was, for two that rest on the same thing. */
function mayBe(reason: string, one: Kind, other: Kind): boolean {
  if (reason === 'taken') return true;
  if (one === 'approve' && other === 'approve') return reason === 'wrongState';
  if (one === 'extend' && other === 'extend') return reason === 'param';
  return one === 'extend' && other === 'walk-up' && reason === 'wrongState';
}

/** Reasons of the domain, by the words of `/api/v1`. */
const reasonsByCode: Readonly<Record<string, string>> = { wrong_state: 'wrongState', invalid: 'param' };

type Result = 'won' | { reason: string };
/** Makes two wishes at one moment. */
type Race = (one: Wish, other: Wish, at: number) => Promise<[Result, Result]>;

function overHttp(servers: Servers): Race {
  const wish = async ({ question, who }: Wish, url: string): Promise<Result> => {
    for (;;) {
      const answer = await ask(servers.agent, url, { ...question, token: who.token });
      if (answer === 'lost') return { reason: 'lost' };
      if (answer.status < 300) return 'won';
      if (answer.status !== 503) return { reason: reasonsByCode[codeOf(answer)] ?? codeOf(answer) };
      await pause(1000);
    }
  };
  return async (one, other, at) => {
    const [first = '', second = first] = servers.urls;
    await pause(at - wallMs());
    return Promise.all([wish(one, first), wish(other, second)]);
  };
}

function byChildren(first: Child, second: Child): Race {
  const result = (wish: Promise<unknown>): Promise<Result> =>
    wish.then(
      () => 'won' as const,
      (error: unknown) => ({ reason: error instanceof ChildError ? error.reason : String(error) }),
    );
  return (one, other, at) => Promise.all([result(one.byChild(first, at)), result(other.byChild(second, at))]);
}

function wallMs(): number {
  return performance.timeOrigin + performance.now();
}

function swapped([one, other]: [Result, Result]): [Result, Result] {
  return [other, one];
}

interface Stage {
  site: Site;
  lanes: Lane[];
  race: Race;
  /** The second for which an extension is in time and a walk-up too, and the moment to race for it. */
  turnOfSecond: () => { second: number; at: number };
}

async function stage(clock?: FakeClock): Promise<{ site: Site; lanes: Lane[] }> {
  const furnish = async ({ ctx, tenantId, rooms, administratorId }: Unfurnished) => {
    const approval = { enabled: true, applies: 'longer' as const, hours: 1, approvers: [administratorId] };
    for (const { roomId } of rooms) {
      const version = settingsVersion(await ctx.directories.read(tenantId), roomId);
      await changeSettings(ctx, tester, { tenantId, scopeId: roomId, version, change: () => ({ approval }), cover: [] });
    }
  };
  const site = await newSite({ rooms: 2 * LANES, furnish, ...(clock ? { clock } : {}) });
  const lanes = site.rooms.flatMap((room, i, all) => {
    const other = all[i + 1];
    return i % 2 === 0 && other ? [{ room, other }] : [];
  });
  return { site, lanes };
}

async function raceAll({ site, lanes, race, turnOfSecond }: Stage, way: string): Promise<void> {
  const before = performance.now();
  const wins = { first: 0, second: 0, nobody: 0 };
  const round = async (lane: Lane, one: Kind, other: Kind, n: number): Promise<void> => {
    const { ctx, tenantId } = site;
    const atTheTurn = one === 'extend' && other === 'walk-up';
    let slot = { startAt: ctx.clock.now() + 10 * MINUTE, endAt: ctx.clock.now() + 40 * MINUTE };
    let moment: { second: number; at: number } | undefined;
    if (atTheTurn) {
      moment = turnOfSecond();
      slot = { startAt: moment.second, endAt: moment.second + 30 * MINUTE };
    }
    const first = await wishFor(one, site, lane, slot, n, 0);
    const second = await wishFor(other, site, lane, slot, n, 1);
    // By turns the one and the other is asked first.
    const at = moment?.at ?? soon();
    const results = n % 2 === 0 ? await race(first, second, at) : swapped(await race(second, first, at));

    const holders = await activeIn(site, lane.room.roomNo, slot);
    const what = `${one} and ${other}, round ${String(n)}: ${JSON.stringify(results)}`;
    const winners = results.filter((result) => result === 'won').length;
    // At the turn of the second the one may come too early and the other too late.
    if (!atTheTurn) expect(winners, what).toBe(1);
    expect(holders, what).toHaveLength(winners);
    const sides = [
      { name: 'first' as const, wish: first, against: second, result: results[0] },
      { name: 'second' as const, wish: second, against: first, result: results[1] },
    ];
    for (const { name, wish, against, result } of sides) {
      const { own } = wish;
      if (result === 'won') {
        wins[name]++;
        if (own) expect(holders[0]?.id, what).toBe(own.id);
        continue;
      }
      expect(mayBe(result.reason, one, other), what).toBe(true);
      if (!own) continue;
      const row = await findReservation(ctx.db.kysely, tenantId, own.id);
      if (one === 'approve' && other === 'approve') expect(row, what).toMatchObject({ accepted_at: null, reject_cause: 'outbid' });
      else if (against.own?.id !== own.id) expect(row, what).toEqual(own);
    }
    if (winners === 0) wins.nobody++;
    await clear(site, lane);
  };

  const left = pairs.flatMap(([one, other]) => Array.from({ length: ROUNDS }, (_, n) => ({ one, other, n })));
  const total = left.length;
  await Promise.all(
    lanes.map(async (lane) => {
      for (let next = left.shift(); next; next = left.shift()) await round(lane, next.one, next.other, next.n);
    }),
  );
  expect(await overlaps(site)).toEqual([]);
  report(`one winner, ${way}`, { pairs: pairs.length, rounds: total, ...wins, seconds: Math.round((performance.now() - before) / 1000) });
  // Who is named first does not always win: they do race.
  expect(Math.min(wins.first, wins.second)).toBeGreaterThan(total / 20);
}

describe(`each of ${String(pairs.length)} pairs, ${isFull ? 'many times' : 'some times'}`, () => {
  const servers = engine() === 'sqlite' ? 1 : 2;

  it(
    `has one winner through ${servers === 1 ? 'a server' : 'two servers'}`,
    async () => {
      const { site, lanes } = await stage();
      await using running = await Servers.start(site, servers);
      const turnOfSecond = () => {
        const second = Math.ceil((wallMs() + 150) / 1000);
        return { second, at: second * 1000 - 2 };
      };
      await raceAll({ site, lanes, race: overHttp(running), turnOfSecond }, `${String(servers)} server(s)`);
    },
    PATIENCE,
  );

  it(
    'has one winner through two processes on one database, whose clocks are a second apart',
    async () => {
      const clock = new FakeClock(NOON);
      const { site, lanes } = await stage(clock);
      const { data, databaseUrl } = site;
      await using first = await Child.start({ data, databaseUrl, now: NOON });
      await using second = await Child.start({ data, databaseUrl, now: NOON + 1 });
      await raceAll({ site, lanes, race: byChildren(first, second), turnOfSecond: () => ({ second: NOON + 1, at: soon() }) }, '2 processes');
    },
    PATIENCE,
  );
});
