import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openContext, type App } from '../../src/app.ts';
import type { Queries } from '../../src/store/open.ts';
import type { Reservation } from '../../src/store/tables.ts';
import { NOON, testApp, testTenant, type TestApp, type TestTenant } from '../support/app.ts';
import { addRoom, reservation } from '../support/ledger.ts';

let app: TestApp;
let tenant: TestTenant;
let other: TestTenant;
beforeAll(async () => {
  app = await testApp();
  tenant = await testTenant(app);
  other = await testTenant(app);
});
afterAll(() => app.stop());

type Facts = Partial<Omit<Reservation, 'id' | 'tenant_id'>>;
const HOUR = 3600;
const accepted: Facts = { accepted_at: NOON - 86_400 };
const inactive: readonly [what: string, facts: Facts][] = [
  ['pending', { accepted_at: null }],
  ['rejected', { accepted_at: null, rejected_at: NOON }],
  ['cancelled', { ...accepted, cancelled_at: NOON }],
  ['released', { ...accepted, released_at: NOON, release_cause: 'by_hand' }],
];

/** A new room of a tenant: rows in it meet nobody else's. */
async function newRoom(of = tenant): Promise<number> {
  return (await addRoom(app, of.tenantId, of.rootLevelId)).roomNo;
}

/** A statement of its own, past all rules of the program. */
async function insert(
  room_no: number,
  start_at: number,
  end_at: number,
  facts: Facts = accepted,
  tenant_id = tenant.tenantId,
  { ctx }: Pick<App, 'ctx'> = app,
) {
  const row = { ...reservation({ tenant_id, room_no, start_at }), end_at, ...facts };
  const { id } = await ctx.db.kysely
    .insertInto('reservations')
    .values({ ...row, id: ctx.db.dialect.newRowId('reservations', tenant_id) })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

async function update(id: number, facts: Facts, db: Queries = app.ctx.db.kysely): Promise<void> {
  await db.updateTable('reservations').set(facts).where('tenant_id', '=', tenant.tenantId).where('id', '=', id).execute();
}

async function rowsOf(room_no: number, tenant_id = tenant.tenantId): Promise<object[]> {
  return app.ctx.db.kysely.selectFrom('reservations').selectAll().where('tenant_id', '=', tenant_id).where('room_no', '=', room_no).orderBy('id').execute();
}

/** Expects the database itself to refuse, and nothing to have changed. */
async function refused(work: () => Promise<unknown>, room: number): Promise<void> {
  const before = await rowsOf(room);
  const error = await work().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(app.ctx.db.dialect.isOverlap(error), String(error)).toBe(true);
  expect(await rowsOf(room)).toEqual(before);
}

/** Intervals by what they do to the hour from NOON on; both ends relative to NOON. */
const overlapping: readonly [how: string, from: number, to: number][] = [
  ['the same', 0, HOUR],
  ['inside', 600, 1200],
  ['around', -600, HOUR + 600],
  ['over its start', -600, 600],
  ['over its end', 3000, HOUR + 600],
  ['from its start on, shorter', 0, 60],
  ['from its start on, longer', 0, 7200],
  ['to its end, shorter', 3540, HOUR],
  ['to its end, longer', -7200, HOUR],
  ['over its first second', -600, 1],
  ['over its last second', HOUR - 1, HOUR + 600],
];

describe('a raw INSERT', () => {
  it.each(overlapping)('into an overlap is refused: %s', async (_how, from, to) => {
    const room = await newRoom();
    await insert(room, NOON - 5 * HOUR, NOON - 4 * HOUR);
    await insert(room, NOON, NOON + HOUR);
    await insert(room, NOON + 5 * HOUR, NOON + 6 * HOUR);
    await refused(() => insert(room, NOON + from, NOON + to), room);
  });

  it('back to back is taken, on both sides and in between', async () => {
    const room = await newRoom();
    await insert(room, NOON, NOON + HOUR);
    await insert(room, NOON + 2 * HOUR, NOON + 3 * HOUR);
    await insert(room, NOON + HOUR, NOON + 2 * HOUR);
    await insert(room, NOON - HOUR, NOON);
    await insert(room, NOON + 3 * HOUR, NOON + 3 * HOUR + 1);
    expect(await rowsOf(room)).toHaveLength(5);
  });

  it('at the same time is taken in another room, and in the room of the same number of another tenant', async () => {
    const room = await newRoom();
    await insert(room, NOON, NOON + HOUR);
    await insert(await newRoom(), NOON, NOON + HOUR);
    let elsewhere = await newRoom(other);
    while (elsewhere < room) elsewhere = await newRoom(other);
    expect(elsewhere).toBe(room);
    await insert(elsewhere, NOON, NOON + HOUR, accepted, other.tenantId);
    expect([await rowsOf(room), await rowsOf(room, other.tenantId)].map((rows) => rows.length)).toEqual([1, 1]);
  });

  it.each(inactive)('of a row that is %s is taken, and stands in nobody’s way', async (_what, facts) => {
    const room = await newRoom();
    await insert(room, NOON, NOON + HOUR, facts);
    await insert(room, NOON, NOON + HOUR);
    await insert(room, NOON, NOON + HOUR, facts);
    expect(await rowsOf(room)).toHaveLength(3);
    await refused(() => insert(room, NOON, NOON + HOUR), room);
  });

  it.each([0, -1, -HOUR])('of a length of %d seconds is refused', async (length) => {
    const room = await newRoom();
    await expect(insert(room, NOON, NOON + length)).rejects.toThrow();
    expect(await rowsOf(room)).toEqual([]);
  });

  it('by several at once: one gets the slot', async () => {
    const second = await openContext({ ...app.ctx.config, logLevel: 'silent' });
    const room = await newRoom();
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, i) => insert(room, NOON + i, NOON + HOUR, accepted, tenant.tenantId, i % 2 ? app : { ctx: second })),
    );
    await second.db.close();
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await rowsOf(room)).toHaveLength(1);
  });
});

describe('a raw UPDATE', () => {
  it.each(overlapping)('that moves a row into an overlap is refused: %s', async (_how, from, to) => {
    const room = await newRoom();
    await insert(room, NOON, NOON + HOUR);
    const id = await insert(room, NOON + 5 * HOUR, NOON + 6 * HOUR);
    await refused(() => update(id, { start_at: NOON + from, end_at: NOON + to }), room);
  });

  it.each<[how: string, from: number, to: number, facts: Facts]>([
    ['a later end', -HOUR, 0, { end_at: NOON + 1 }],
    ['an earlier start', HOUR, 2 * HOUR, { start_at: NOON + HOUR - 1 }],
  ])('that stretches a row into an overlap is refused: %s', async (_how, from, to, facts) => {
    const room = await newRoom();
    await insert(room, NOON, NOON + HOUR);
    const id = await insert(room, NOON + from, NOON + to);
    await refused(() => update(id, facts), room);
  });

  it('that moves a row to a room that is taken is refused', async () => {
    const room = await newRoom();
    const from = await newRoom();
    await insert(room, NOON, NOON + HOUR);
    const id = await insert(from, NOON + 60, NOON + 120);
    await refused(() => update(id, { room_no: room }), room);
    expect(await rowsOf(from)).toHaveLength(1);
  });

  it.each<[what: string, before: Facts, after: Facts]>([
    ['accepts a pending row', { accepted_at: null }, accepted],
    ['takes a cancellation back', { ...accepted, cancelled_at: NOON }, { cancelled_at: null }],
    ['takes a release back', { ...accepted, released_at: NOON, release_cause: 'by_hand' }, { released_at: null, release_cause: null }],
  ])('that %s is refused while the slot is taken, and taken when it is free', async (_what, before, after) => {
    const room = await newRoom();
    const id = await insert(room, NOON, NOON + HOUR, before);
    const holder = await insert(room, NOON + HOUR - 1, NOON + 2 * HOUR);
    await refused(() => update(id, after), room);
    await update(holder, { cancelled_at: NOON });
    await update(id, after);
    await refused(() => update(holder, { cancelled_at: null }), room);
  });

  it('of a row that meets only itself is taken', async () => {
    const room = await newRoom();
    const id = await insert(room, NOON, NOON + HOUR);
    await update(id, { title: 'x' });
    await update(id, { start_at: NOON + 600, end_at: NOON + HOUR + 600 });
    await update(id, { start_at: NOON, end_at: NOON + 2 * HOUR });
    expect(await rowsOf(room)).toMatchObject([{ start_at: NOON, end_at: NOON + 2 * HOUR, title: 'x' }]);
  });

  it('of many rows at once is refused when two of them would meet, and changes none', async () => {
    const room = await newRoom();
    await insert(room, NOON, NOON + HOUR);
    await insert(room, NOON + HOUR, NOON + 2 * HOUR);
    const stretch = sql`UPDATE reservations SET end_at = end_at + 1 WHERE tenant_id = ${tenant.tenantId} AND room_no = ${room}`;
    await refused(() => stretch.execute(app.ctx.db.kysely), room);
  });

  it('to a length of nothing is refused', async () => {
    const room = await newRoom();
    const id = await insert(room, NOON, NOON + HOUR);
    await expect(update(id, { end_at: NOON })).rejects.toThrow();
    expect(await rowsOf(room)).toMatchObject([{ end_at: NOON + HOUR }]);
  });
});

interface Slot {
  start: number;
  end: number;
  active: boolean;
}

type Step = { kind: 'insert'; slot: Slot } | { kind: 'move'; which: number; start: number; length: number } | { kind: 'turn'; which: number };

const place = { start: fc.integer({ min: 0, max: 60 }), length: fc.integer({ min: -1, max: 9 }) };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({ ...place, active: fc.boolean() })
      .map(({ start, length, active }) => ({ kind: 'insert' as const, slot: { start, end: start + length, active } })),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('move' as const), which: fc.nat(), ...place }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('turn' as const), which: fc.nat() }) },
);

/** What the guard must allow, looked up the long way. Half-open: one may end when the next begins. */
function mayStand(slot: Slot, others: readonly Slot[]): boolean {
  if (slot.end <= slot.start) return false;
  return !slot.active || others.every((other) => !other.active || slot.end <= other.start || other.end <= slot.start);
}

describe('any run of inserts, moves, cancellations and their undoing', () => {
  it('is taken and refused as a comparison with every other row says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        const room = await newRoom();
        const model = new Map<number, Slot>();
        for (const each of steps) {
          const ids = [...model.keys()];
          const id = each.kind === 'insert' ? undefined : ids[each.which % ids.length];
          const before = id === undefined ? undefined : model.get(id);
          let slot: Slot;
          if (each.kind === 'insert') slot = each.slot;
          else if (before) slot = changed(before, each);
          else continue;
          const others = [...model].filter(([key]) => key !== id).map(([, value]) => value);
          const facts = { start_at: NOON + slot.start, end_at: NOON + slot.end, cancelled_at: slot.active ? null : NOON };
          const attempt = id === undefined ? insert(room, facts.start_at, facts.end_at, { ...accepted, ...facts }) : update(id, facts).then(() => id);
          const written = await attempt.catch(() => undefined);
          expect(written !== undefined).toBe(mayStand(slot, others));
          if (written !== undefined) model.set(written, slot);
        }
        const rows = (await rowsOf(room)) as Reservation[];
        const stored = rows.map((row) => [row.id, { start: row.start_at - NOON, end: row.end_at - NOON, active: row.cancelled_at === null }]);
        expect(new Map(stored as [number, Slot][])).toEqual(model);
      }),
      { numRuns: 60 },
    );
  });
});

function changed(before: Slot, step: Exclude<Step, { kind: 'insert' }>): Slot {
  return step.kind === 'turn' ? { ...before, active: !before.active } : { ...before, start: step.start, end: step.start + step.length };
}
