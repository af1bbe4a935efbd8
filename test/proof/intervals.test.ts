import { expect, it } from 'vitest';
import { bookRoom, type Booking } from '../../src/domain/booking.ts';
import { DomainError } from '../../src/domain/errors.ts';
import { moveReservation, withdraw } from '../../src/domain/reservation-steps.ts';
import { book } from '../../src/domain/reserve.ts';
import { RuleError } from '../../src/domain/rules.ts';
import type { Queries } from '../../src/store/open.ts';
import { findReservation, insertReservation } from '../../src/store/reservations.ts';
import { holdRooms } from '../../src/store/rooms.ts';
import { NOON } from '../support/app.ts';
import { FakeClock } from '../support/clock.ts';
import { engine } from '../support/database.ts';
import { reservation } from '../support/ledger.ts';
import { below, oneOf, randomFrom, type Random } from '../support/proof/random.ts';
import { PATIENCE, report, seed, size } from '../support/proof/scale.ts';
import { newSite, overlaps, type Site } from '../support/proof/site.ts';

/*
 * Who may have a room: an interval holds its first second and not its last, two may touch, one of no length is none. Worked
 * out here by comparing each with each, and asked of the domain and of the database alone.
 */

const CASES = size(2500, 100_000);
/** Intervals that are tried side by side in one room. */
const SET = 50;
const ROOMS = 20;
/** Sets under way at one time: on SQLite one, because one at a time writes. */
const LANES = engine() === 'sqlite' ? 1 : 4;
/** What a set lies within; the next one begins far behind it. */
const SPAN = 60;
const DAY = 86_400;

interface Interval {
  from: number;
  to: number;
}

/** Those that have the room, by id. The law the long way. */
class Oracle {
  readonly held = new Map<number, Interval>();

  isFree({ from, to }: Interval, except?: number): boolean {
    if (to <= from) return false;
    return [...this.held].every(([id, other]) => id === except || to <= other.from || other.to <= from);
  }
}

function interval(random: Random, shortest: number): Interval {
  const from = below(random, SPAN);
  return { from, to: from + shortest + below(random, 9) };
}

interface SetOfCases {
  site: Site;
  roomNo: number;
  /** Where in time the set lies. */
  base: number;
  random: Random;
  oracle: Oracle;
}

const figures = () => ({ cases: 0, had: 0, refused: 0, moved: 0, given: 0, differences: 0 });
type Figures = ReturnType<typeof figures>;

async function tryAll(site: Site, counts: Figures, tryOne: (set: SetOfCases) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (counts.cases < CASES) {
      const n = next++;
      const set = {
        site,
        roomNo: site.rooms[n % ROOMS]?.roomNo ?? 0,
        base: NOON + (1 + Math.floor(n / ROOMS)) * DAY,
        random: randomFrom(seed + n),
        oracle: new Oracle(),
      };
      await tryOne(set);
      await expectStored(set);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  expect(await overlaps(site)).toEqual([]);
}

/** Compares all that the set has left in the database with what it ought to have. */
async function expectStored({ site, roomNo, base, oracle }: SetOfCases): Promise<void> {
  const rows = await site.ctx.db.kysely
    .selectFrom('reservations')
    .select(['id', 'start_at', 'end_at'])
    .where('tenant_id', '=', site.tenantId)
    .where('room_no', '=', roomNo)
    .where('start_at', '>=', base)
    .where('start_at', '<', base + DAY)
    .where('cancelled_at', 'is', null)
    .execute();
  expect(new Map(rows.map(({ id, start_at, end_at }) => [id, { from: start_at - base, to: end_at - base }]))).toEqual(oracle.held);
}

/** One answer against the oracle's. */
function compare(counts: Figures, what: string, was: boolean, ought: boolean): void {
  counts.cases++;
  counts[was ? 'had' : 'refused']++;
  if (was === ought) return;
  counts.differences++;
  expect(was, `${what}, seed ${String(seed)}`).toBe(ought);
}

it(
  'the domain lets in, moves and refuses as a comparison with every other interval does',
  async () => {
    const before = performance.now();
    const site = await newSite({ rooms: ROOMS, clock: new FakeClock(NOON) });
    const { ctx, tenantId, person } = site;
    const { principal, actor } = person;
    const directory = await ctx.directories.read(tenantId);
    const counts = figures();

    const bookingOf = (booking: Pick<Booking, 'room' | 'slots' | 'onClash'>): Booking => ({
      tenantId,
      reserver: { id: person.userId, name: '', department: '', person: { userId: person.userId, departmentId: null } },
      eventId: 0,
      title: '',
      isPrivate: false,
      guests: 0,
      guestsAccepted: 0,
      approvalReason: null,
      contactId: null,
      asAdministrator: false,
      walkUp: false,
      ...booking,
    });

    /** Some dates that do not meet, as those of a series: all, or those that are free. */
    const trySeries = async (tx: Queries, { roomNo, base, random, oracle }: SetOfCases) => {
      const [room] = await holdRooms(tx, tenantId, [roomNo]);
      if (!room) throw new Error('no room');
      const length = 1 + below(random, 8);
      const first = below(random, 20);
      const every = length + below(random, 6);
      const dates = Array.from({ length: 1 + below(random, 4) }, (_, i) => ({ from: first + i * every, to: first + i * every + length }));
      const onClash = oneOf(random, ['refuse', 'skip'] as const);
      const slots = dates.map(({ from, to }) => ({ originalAt: dates.length > 1 ? base + from : 0, startAt: base + from, endAt: base + to }));
      const { made, clashes, status } = await bookRoom(ctx, tx, directory, actor, bookingOf({ room, slots, onClash }));
      const free = dates.filter((date) => oracle.isFree(date));
      const all = onClash === 'skip' ? free.length > 0 : free.length === dates.length;
      for (const date of dates)
        compare(counts, `${JSON.stringify(date)} among ${JSON.stringify([...oracle.held.values()])}`, !clashes.includes(base + date.from), oracle.isFree(date));
      expect(status).toBe(all ? 'accepted' : 'refused');
      expect(made).toHaveLength(all ? free.length : 0);
      for (const [i, { id }] of made.entries()) oracle.held.set(id, free[i] as Interval);
    };

    const tryMove = async (tx: Queries, { roomNo, base, random, oracle }: SetOfCases) => {
      const [room] = await holdRooms(tx, tenantId, [roomNo]);
      const id = oneOf(random, [...oracle.held.keys()]);
      const row = await findReservation(tx, tenantId, id);
      if (!room || !row) throw new Error('no room or reservation');
      const to = interval(random, 1);
      const move = { room, startAt: base + to.from, endAt: base + to.to, title: '', isPrivate: 0, asAdministrator: false };
      const moved = await moveReservation(ctx, tx, directory, actor, row, move).then(
        () => true,
        (error: unknown) => {
          if (error instanceof RuleError && error.rule === 'taken') return false;
          throw error;
        },
      );
      compare(counts, `a move to ${JSON.stringify(to)} among ${JSON.stringify([...oracle.held])}`, moved, oracle.isFree(to, id));
      counts.moved++;
      if (moved) oracle.held.set(id, to);
    };

    const giveUp = async (tx: Queries, { random, oracle }: SetOfCases) => {
      const id = oneOf(random, [...oracle.held.keys()]);
      const row = await findReservation(tx, tenantId, id);
      if (!row) throw new Error('no reservation');
      await withdraw(ctx, tx, actor, row);
      oracle.held.delete(id);
      counts.given++;
    };

    /** No length, or less than none: refused before anything is asked of the database. */
    const tryNothing = async ({ site: { rooms }, base, random }: SetOfCases) => {
      const startAt = base + below(random, SPAN);
      const endAt = startAt - below(random, 3);
      const rest = {
        title: '',
        isPrivate: false,
        guests: [],
        approvalReason: null,
        recurrence: null,
        timeZone: null,
        onClash: 'refuse',
        onBehalfOf: null,
      } as const;
      const error = await book(ctx, principal, actor, { roomId: rooms[0]?.roomId ?? '', startAt, endAt, ...rest }).catch((thrown: unknown) => thrown);
      compare(counts, 'an interval of no length', !(error instanceof DomainError && error.reason === 'param'), false);
    };

    const tryOne = async (set: SetOfCases) => {
      await ctx.db.transaction(async (tx) => {
        for (const end = counts.cases + SET; counts.cases < end;) {
          const dice = set.random();
          if (set.oracle.held.size === 0 || dice < 0.6) await trySeries(tx, set);
          else if (dice < 0.9) await tryMove(tx, set);
          else await giveUp(tx, set);
        }
      });
      await tryNothing(set);
    };
    await tryAll(site, counts, tryOne);
    report('intervals, domain', { ...counts, seconds: Math.round((performance.now() - before) / 1000) });
  },
  PATIENCE,
);

it(
  'the database alone lets in, moves and refuses as a comparison with every other interval does',
  async () => {
    const before = performance.now();
    const site = await newSite({ rooms: ROOMS, clock: new FakeClock(NOON) });
    const { ctx, tenantId } = site;
    const counts = figures();

    /** Whether a statement was taken; refused are an overlap and a length that is none, and nothing else. */
    const isTaken = async (statement: Promise<unknown>, { from, to }: Interval): Promise<boolean> => {
      try {
        await statement;
        return true;
      } catch (error) {
        if (to > from && !ctx.db.dialect.isOverlap(error)) throw error;
        return false;
      }
    };
    const tryStatement = async (db: Queries, { roomNo, base, random, oracle }: SetOfCases) => {
      const to = interval(random, -1);
      const times = { start_at: base + to.from, end_at: base + to.to };
      const dice = random();
      if (oracle.held.size === 0 || dice < 0.6) {
        let id = 0;
        const row = { ...reservation({ tenant_id: tenantId, room_no: roomNo, start_at: times.start_at }), ...times };
        const taken = await isTaken(
          insertReservation(db, row).then((made) => (id = made.id)),
          to,
        );
        compare(counts, `${JSON.stringify(to)} among ${JSON.stringify([...oracle.held.values()])}`, taken, oracle.isFree(to));
        if (taken) oracle.held.set(id, to);
        return;
      }
      const id = oneOf(random, [...oracle.held.keys()]);
      const update = db.updateTable('reservations').where('tenant_id', '=', tenantId).where('id', '=', id);
      if (dice > 0.9) {
        await update.set({ cancelled_at: NOON }).execute();
        oracle.held.delete(id);
        counts.given++;
        return;
      }
      const moved = await isTaken(update.set(times).execute(), to);
      compare(counts, `a move to ${JSON.stringify(to)} among ${JSON.stringify([...oracle.held])}`, moved, oracle.isFree(to, id));
      counts.moved++;
      if (moved) oracle.held.set(id, to);
    };
    const trySome = async (db: Queries, set: SetOfCases) => {
      for (let n = 0; n < SET; n++) await tryStatement(db, set);
    };
    // A statement that is refused ends a transaction on PostgreSQL; on SQLite it does not, and one commit does for all.
    const tryOne = (set: SetOfCases) => (engine() === 'sqlite' ? ctx.db.transaction((tx) => trySome(tx, set)) : trySome(ctx.db.kysely, set));
    await tryAll(site, counts, tryOne);
    report('intervals, database', { ...counts, seconds: Math.round((performance.now() - before) / 1000) });
  },
  PATIENCE,
);
