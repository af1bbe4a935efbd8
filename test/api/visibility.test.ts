import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Reservation } from '../../src/store/tables.ts';
import { NOON, tenantToken, testApp, testTenant } from '../support/app.ts';
import { addLevel, addReservations, addRoom, deleteLevel, deleteRoom, getLedger, reservation, verdict, walkLedger } from '../support/ledger.ts';

/* Which rows there are: by what became of them, by room and level, by tenant. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
beforeEach(() => {
  app.clock.seconds = NOON;
});
const DAY = 86_400;
const START = NOON + 600;

async function newTenant() {
  const tenant = await testTenant(app);
  return { ...tenant, token: await tenantToken(app, tenant) };
}

const titles = (token: string, query = {}) =>
  walkLedger(app, token, { start_time: NOON - 3600, end_time: NOON - 3601 + DAY, need_topic: true, ...query }).then((rows) =>
    rows.map((row) => row.event_title),
  );

type Facts = Partial<Omit<Reservation, 'id'>>;
const pending: Facts = { accepted_at: null };
const rejected: Facts = { accepted_at: null, rejected_at: NOON - 60 };
const cancelled: Facts = { cancelled_at: NOON - 60 };
const released: Facts = { released_at: NOON + 900, release_cause: 'by_hand' };

describe('a reservation', () => {
  it.each<[string, Facts, now: number, shown: boolean]>([
    ['accepted, ahead', {}, START - 1, true],
    ['accepted, at its start', {}, START, true],
    ['accepted, long past', {}, START + 400 * DAY, true],
    ['released', released, START + 900, true],
    ['undecided, a second before its start', pending, START - 1, true],
    ['undecided, at its start', pending, START, false],
    ['undecided, long past', pending, START + DAY, false],
    ['rejected, ahead', rejected, START - 1, false],
    ['rejected, past', rejected, START + DAY, false],
    ['cancelled, ahead', cancelled, START - 1, false],
    ['cancelled, past', cancelled, START + DAY, false],
    ['cancelled while undecided', { ...pending, ...cancelled }, START - 1, false],
    ['cancelled after a release', { ...released, ...cancelled }, START + DAY, false],
  ])('%s: shown or not', async (_what, facts, now, shown) => {
    const { tenantId, rootLevelId, token } = await newTenant();
    const { roomNo, roomId } = await addRoom(app, tenantId, rootLevelId);
    await addReservations(app, [reservation({ tenant_id: tenantId, room_no: roomNo, start_at: START, title: 'it', ...facts })]);
    app.clock.seconds = now;
    const expected = shown ? ['it'] : [];
    expect(await titles(token)).toEqual(expected);
    expect(await titles(token, { room_ids: roomId })).toEqual(expected);
    expect(await titles(token, { room_ids: 'omm_other', is_exclude: true })).toEqual(expected);
  });

  it('appears, changes and disappears from one call to the next', async () => {
    const { tenantId, rootLevelId, token } = await newTenant();
    const { roomNo } = await addRoom(app, tenantId, rootLevelId);
    expect(await titles(token)).toEqual([]);
    await addReservations(app, [reservation({ tenant_id: tenantId, room_no: roomNo, start_at: START, title: 'before' })]);
    expect(await titles(token)).toEqual(['before']);
    const change = (facts: Facts) => app.ctx.db.kysely.updateTable('reservations').set(facts).where('tenant_id', '=', tenantId).execute();
    await change({ title: 'after' });
    expect(await titles(token)).toEqual(['after']);
    await change(cancelled);
    expect(await titles(token)).toEqual([]);
  });
});

describe('rooms and levels', () => {
  it('keep their past rows, under the last name, when they are deleted', async () => {
    const { tenantId, rootLevelId, token } = await newTenant();
    const level = await addLevel(app, tenantId, rootLevelId, 'Europe/Berlin');
    const kept = await addRoom(app, tenantId, level, 'kept');
    const gone = await addRoom(app, tenantId, level, 'gone');
    const rowOf = (room_no: number) => reservation({ tenant_id: tenantId, room_no, start_at: NOON, title: 'it' });
    await addReservations(app, [rowOf(kept.roomNo), rowOf(gone.roomNo)]);
    const rows = async (query = {}) => {
      const found = await walkLedger(app, token, { start_time: NOON, end_time: NOON, ...query });
      return found.map((row) => [row.room_name, row.event_start_time]);
    };
    const both = [
      ['kept', '2026.03.18 05:00:00 (GMT+01:00)'],
      ['gone', '2026.03.18 05:00:00 (GMT+01:00)'],
    ];

    await deleteRoom(app, tenantId, gone.roomNo);
    expect(await rows()).toEqual(both);
    expect(await rows({ room_level_id: level })).toEqual(both);
    expect(await rows({ room_ids: gone.roomId })).toEqual(both.slice(1));
    expect(await rows({ room_ids: gone.roomId, is_exclude: true })).toEqual(both.slice(0, 1));

    await deleteLevel(app, tenantId, level);
    expect(await rows()).toEqual(both);
    expect(await rows({ room_ids: kept.roomId })).toEqual(both.slice(0, 1));
    expect(verdict(await getLedger(app, token, { start_time: NOON, end_time: NOON, room_level_id: level }))).toMatchObject({ status: 404, code: 121004 });
  });

  it('are known as soon as they are there', async () => {
    const { tenantId, rootLevelId, token } = await newTenant();
    expect(await titles(token)).toEqual([]);
    const level = await addLevel(app, tenantId, rootLevelId);
    expect(await titles(token, { room_level_id: level })).toEqual([]);
    const { roomNo, roomId } = await addRoom(app, tenantId, level);
    await addReservations(app, [reservation({ tenant_id: tenantId, room_no: roomNo, start_at: START, title: 'it' })]);
    expect(await titles(token, { room_level_id: level })).toEqual(['it']);
    expect(await titles(token, { room_ids: roomId })).toEqual(['it']);
  });

  it('are found ten levels deep', async () => {
    const { tenantId, rootLevelId, token } = await newTenant();
    const levels = [rootLevelId];
    for (let i = 1; i <= 10; i++) levels.push(await addLevel(app, tenantId, levels[i - 1] ?? ''));
    for (const [i, level] of levels.entries()) {
      const { roomNo } = await addRoom(app, tenantId, level);
      await addReservations(app, [reservation({ tenant_id: tenantId, room_no: roomNo, start_at: START + i, title: String(i) })]);
    }
    for (const [i, level] of levels.entries()) {
      const expected = levels.map((_level, j) => String(j)).slice(i);
      expect(await titles(token, { room_level_id: level })).toEqual(expected);
    }
  });
});

describe('two tenants', () => {
  it('never see each other, though their rooms and rows have the same numbers', async () => {
    const [one, two] = [await newTenant(), await newTenant()];
    const rooms = [];
    for (const { tenantId, rootLevelId } of [one, two]) {
      const { roomNo, roomId } = await addRoom(app, tenantId, rootLevelId, `of ${String(tenantId)}`);
      expect(roomNo).toBe(1);
      const row = (i: number) => reservation({ tenant_id: tenantId, room_no: 1, start_at: START + i * 3600, title: `${String(i)} of ${String(tenantId)}` });
      await addReservations(app, [row(0), row(1)]);
      rooms.push(roomId);
    }
    for (const [i, { tenantId, token }] of [one, two].entries()) {
      const own = [`0 of ${String(tenantId)}`, `1 of ${String(tenantId)}`];
      const [ownRoom = '', otherRoom = ''] = [rooms[i], rooms[1 - i]];
      expect(await titles(token)).toEqual(own);
      expect(await titles(token, { room_ids: [ownRoom, otherRoom] })).toEqual(own);
      expect(await titles(token, { room_ids: otherRoom, is_exclude: true })).toEqual(own);
      expect(await titles(token, { room_ids: ownRoom, is_exclude: true })).toEqual([]);
    }
  });
});
