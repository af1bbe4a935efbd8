import { expect, it } from 'vitest';
import { bindDevice } from '../../src/domain/devices.ts';
import { insertReservation } from '../../src/store/reservations.ts';
import { NOON, tester } from '../support/app.ts';
import { FakeClock } from '../support/clock.ts';
import { reservation } from '../support/ledger.ts';
import { Child, soon } from '../support/proof/children.ts';
import { PATIENCE, report, size } from '../support/proof/scale.ts';
import { newSite, type Site } from '../support/proof/site.ts';

/*
 * A check-in that closes is decided once: somebody checked in, or the room is given back. Several processes do the job while
 * people check in at the last second, by clocks that are a second apart.
 */

const ROOMS = size(40, 200);
const BATCHES = size(3, 10);
const HOUR = 3600;
/** Milliseconds by which people are ahead of the job in some of the batches: who has the lock keeps others from it for a while. */
const HEAD_START = 20;

/** Rooms with a panel that spoke a moment before each deadline, so that nobody is checked in for the sake of dead devices. */
async function siteWithPanels(clock: FakeClock): Promise<Site> {
  return newSite({
    rooms: ROOMS,
    clock,
    furnish: async ({ ctx, tenantId, rooms }) => {
      for (const { roomId } of rooms) await bindDevice(ctx, tester, { tenantId, roomId, kind: 'panel', name: 'P' });
      await ctx.db.kysely
        .updateTable('devices')
        .set({ last_seen_at: NOON + 10 * 365 * 86_400 })
        .where('tenant_id', '=', tenantId)
        .execute();
    },
  });
}

/** One reservation in each room, whose check-in closes then. */
function reserveAll({ ctx, tenantId, rooms, person }: Site, closesAt: number): Promise<number[]> {
  return ctx.db.transaction(async (tx) => {
    const ids: number[] = [];
    for (const { roomNo } of rooms) {
      const row = reservation({ tenant_id: tenantId, room_no: roomNo, start_at: closesAt - 900, reserver_id: person.userId, check_in_settled: 0 });
      ids.push((await insertReservation(tx, row)).id);
    }
    return ids;
  });
}

/** How each reservation stands, and what its history has: how often it was given back, checked in to, and closed with neither. */
async function outcomes({ ctx, tenantId }: Site): Promise<Map<number, object>> {
  const rows = await ctx.db.kysely.selectFrom('reservations').selectAll().where('tenant_id', '=', tenantId).execute();
  const history = await ctx.db.kysely
    .selectFrom('history')
    .select(['object_id', 'action'])
    .where('tenant_id', '=', tenantId)
    .where('object_kind', '=', 'reservation')
    .execute();
  const times = new Map<string, number>();
  for (const { object_id, action } of history) times.set(`${object_id} ${action}`, (times.get(`${object_id} ${action}`) ?? 0) + 1);
  const count = (id: number, action: string) => times.get(`${String(id)} reservation.${action}`) ?? 0;
  return new Map(
    rows.map(({ id, checked_in_at, release_cause, check_in_settled, version }) => {
      const stands = { isIn: checked_in_at !== null, cause: release_cause, settled: check_in_settled, changes: version - 1 };
      return [id, { ...stands, released: count(id, 'release'), checkedIn: count(id, 'check_in'), closed: count(id, 'close_check_in') }];
    }),
  );
}

const IN = { isIn: true, cause: null, settled: 1, changes: 1, released: 0, checkedIn: 1, closed: 0 };
const GIVEN_BACK = { isIn: false, cause: 'no_show', settled: 1, changes: 1, released: 1, checkedIn: 0, closed: 0 };

it(
  'each of the reservations whose check-in is raced with its deadline is checked in to or given back, once',
  async () => {
    const before = performance.now();
    const site = await siteWithPanels(new FakeClock(NOON));
    const { data, databaseUrl, person } = site;
    const start = () => Child.start({ data, databaseUrl, now: NOON });
    await using runner = await start();
    await using otherRunner = await start();
    await using inTime = await start();
    await using late = await start();
    const caller = { principal: person.principal, actor: person.actor };
    const figures = { checkedIn: 0, atTheLastSecond: 0, givenBack: 0, tooLate: 0 };
    const acknowledged = new Set<number>();
    const all: number[] = [];

    for (let batch = 0; batch < BATCHES; batch++) {
      const closesAt = NOON + (batch + 1) * 2 * HOUR;
      const ids = await reserveAll(site, closesAt);
      all.push(...ids);
      await Promise.all([runner, otherRunner, late].map((child) => child.ask('setNow', closesAt)));
      await inTime.ask('setNow', closesAt - 1);
      // Some come in good time, some not before it is too late, and most in the same moment as the job.
      const early = ids.slice(0, ids.length / 10);
      const absent = ids.slice(-ids.length / 10);
      const punctual = ids.slice(early.length, -absent.length);
      const inGoodTime = await inTime.ask('checkIn', caller, early);
      expect(inGoodTime.refused).toEqual([]);
      expect(new Set(inGoodTime.acknowledged)).toEqual(new Set(early));
      expect(await late.ask('checkIn', caller, absent)).toEqual({ acknowledged: [], refused: absent.map(() => 'wrongState') });
      const at = soon();
      const job = at + (batch % 3) * HEAD_START;
      // The job goes through them from the first on, those who come from the last: they meet in the middle.
      const [, , came, tooLate] = await Promise.all([
        runner.askAt(job, 'settle'),
        otherRunner.askAt(job, 'settle'),
        inTime.askAt(at, 'checkIn', caller, [...punctual].reverse()),
        late.askAt(at, 'checkIn', caller, punctual),
      ]);
      for (const id of [...early, ...came.acknowledged]) acknowledged.add(id);
      figures.atTheLastSecond += came.acknowledged.length;
      figures.tooLate += absent.length + tooLate.refused.length;
      expect([...came.refused, ...tooLate.refused].filter((reason) => reason !== 'wrongState')).toEqual([]);
      // Who comes late is let in only where somebody has checked in already: that says so again, and changes nothing.
      expect(tooLate.acknowledged.filter((id) => !came.acknowledged.includes(id))).toEqual([]);
    }

    const found = await outcomes(site);
    for (const id of all) {
      const expected = acknowledged.has(id) ? IN : GIVEN_BACK;
      expect(found.get(id), `reservation ${String(id)}`).toEqual(expected);
      figures[acknowledged.has(id) ? 'checkedIn' : 'givenBack']++;
    }
    report('deadlines', { reservations: all.length, runners: 2, ...figures, seconds: Math.round((performance.now() - before) / 1000) });
  },
  PATIENCE,
);

it(
  'after a time in which no server ran, all that is overdue is done, once, by whichever of two',
  async () => {
    const site = await siteWithPanels(new FakeClock(NOON));
    const { data, databaseUrl } = site;
    const all: number[] = [];
    for (let batch = 0; batch < BATCHES; batch++) all.push(...(await reserveAll(site, NOON + batch * HOUR)));
    const back = NOON + BATCHES * HOUR + 600;
    await using one = await Child.start({ data, databaseUrl, now: back });
    await using other = await Child.start({ data, databaseUrl, now: back });
    const at = soon();
    await Promise.all([one.askAt(at, 'settle'), other.askAt(at, 'settle')]);
    const found = await outcomes(site);
    for (const id of all) expect(found.get(id), `reservation ${String(id)}`).toEqual(GIVEN_BACK);

    // In turns, as servers do it, there is nothing left to do.
    expect(await one.ask('settleInTurn')).toBe(true);
    expect(await outcomes(site)).toEqual(found);
    report('overdue', { reservations: all.length, runners: 2 });
  },
  PATIENCE,
);

it(
  'two processes are never at one job together',
  async () => {
    const { data, databaseUrl } = await newSite({ rooms: 0, clock: new FakeClock(NOON) });
    await using one = await Child.start({ data, databaseUrl, now: NOON });
    await using other = await Child.start({ data, databaseUrl, now: NOON });
    const turns: { from: number; to: number }[] = [];
    let refused = 0;
    for (let n = 0; n < size(20, 200); n++) {
      const at = soon();
      // The second of a process comes when the first of the other may just have ended.
      const asked = [one.askAt(at, 'turn', 5), other.askAt(at, 'turn', 5), one.askAt(at + 6, 'turn', 5), other.askAt(at + 6, 'turn', 5)];
      for (const turn of await Promise.all(asked)) {
        if (turn) turns.push(turn);
        else refused++;
      }
    }
    turns.sort((a, b) => a.from - b.from);
    for (const [i, { from }] of turns.entries()) expect(from).toBeGreaterThanOrEqual(turns[i - 1]?.to ?? 0);
    report('turns', { turns: turns.length, refused });
    expect(refused).toBeGreaterThan(0);
  },
  PATIENCE,
);
