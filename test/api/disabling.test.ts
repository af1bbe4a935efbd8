import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createLevel } from '../../src/domain/levels.ts';
import { createRoom } from '../../src/domain/rooms.ts';
import type { Reservation } from '../../src/store/tables.ts';
import { NOON, tenantToken, tester, testApp, testTenant } from '../support/app.ts';
import { addReservations, getLedger, reservation } from '../support/ledger.ts';

/* What becomes of reservations when their room is disabled, enabled or deleted, by either door. It is NOON. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app, { scopes: ['vc:room', 'vc:room:readonly', 'yuding:admin'] });
const { tenantId } = tenant;
const token = await tenantToken(app, tenant);
const levelId = await createLevel(app.ctx, tester, { tenantId, parentId: tenant.rootLevelId, name: '一层' });
beforeEach(() => {
  app.clock.seconds = NOON;
});

type Facts = Partial<Omit<Reservation, 'id' | 'tenant_id' | 'room_no'>> & { start_at: number };
interface Room {
  roomNo: number;
  roomId: string;
}
interface Period {
  from: number;
  until: number | null;
}
interface Touched {
  id: string;
  room_id: string;
  at?: string;
}
interface Effects {
  cancelled: Touched[];
  check_in_closed: Touched[];
  check_in_reopened: Touched[];
}

const MINUTE = 60;
const HOUR = 3600;
const DISABLED = '不可签到（会议室被禁用）';
const untouched: Effects = { cancelled: [], check_in_closed: [], check_in_reopened: [] };

/** States by name. All check-in windows are a quarter of an hour before and after the start. */
const states = {
  upcoming: { start_at: NOON + 2 * HOUR },
  'inside its check-in window': { start_at: NOON + 10 * MINUTE },
  'inside its check-in window, checked in': { start_at: NOON + 10 * MINUTE, checked_in_at: NOON - MINUTE, checked_in_with: 'panel' },
  'about to begin, no check-in asked': { start_at: NOON + 10 * MINUTE, check_in_rule: 'off', check_in_opens_at: null, check_in_closes_at: null },
  'running, unchecked': { start_at: NOON - 10 * MINUTE },
  'running, checked in': { start_at: NOON - 10 * MINUTE, checked_in_at: NOON - MINUTE, checked_in_with: 'panel' },
  'running, check-in missed': { start_at: NOON - 30 * MINUTE },
  'pending approval': { start_at: NOON + 2 * HOUR, accepted_at: null },
  'pending approval, about to begin': { start_at: NOON + 10 * MINUTE, accepted_at: null },
  released: { start_at: NOON + 2 * HOUR, released_at: NOON - MINUTE, release_cause: 'by_hand', released_by_name: '可涵' },
  cancelled: { start_at: NOON + 2 * HOUR, cancelled_at: NOON - MINUTE, cancel_cause: 'by_hand', cancel_note: '改期' },
} as const satisfies Record<string, Facts>;
type State = keyof typeof states;

const periods = {
  'now, for ever': { from: NOON, until: null },
  'now, for four hours': { from: NOON, until: NOON + 4 * HOUR },
  'in an hour, for three': { from: NOON + HOUR, until: NOON + 4 * HOUR },
  'from the start on': { from: NOON + 2 * HOUR, until: NOON + 4 * HOUR },
  'from the second after the start on': { from: NOON + 2 * HOUR + 1, until: NOON + 4 * HOUR },
  'now, until the start': { from: NOON, until: NOON + 2 * HOUR },
  'now, until the check-in window': { from: NOON, until: NOON + 105 * MINUTE },
  'within the check-in window, over before the start': { from: NOON + 110 * MINUTE, until: NOON + 115 * MINUTE },
  'now, for five minutes': { from: NOON, until: NOON + 5 * MINUTE },
  'begun an hour ago, for ever': { from: NOON - HOUR, until: null },
  'over a minute ago': { from: NOON - HOUR, until: NOON - MINUTE },
} as const satisfies Record<string, Period>;
type PeriodName = keyof typeof periods;

/** A number: the instant from which nobody can check in. */
type Outcome = 'cancel' | 'stays' | number;

/** What is not here stays as it is. */
const outcomes: Record<PeriodName, Partial<Record<State, Exclude<Outcome, 'stays'>>>> = {
  'now, for ever': {
    upcoming: 'cancel',
    'inside its check-in window': NOON,
    'about to begin, no check-in asked': 'cancel',
    'running, unchecked': NOON,
    'pending approval': 'cancel',
    'pending approval, about to begin': 'cancel',
  },
  'now, for four hours': {
    upcoming: 'cancel',
    'inside its check-in window': NOON,
    'about to begin, no check-in asked': 'cancel',
    'running, unchecked': NOON,
    'pending approval': 'cancel',
    'pending approval, about to begin': 'cancel',
  },
  'in an hour, for three': { upcoming: 'cancel', 'pending approval': 'cancel' },
  'from the start on': { upcoming: 'cancel', 'pending approval': 'cancel' },
  'from the second after the start on': { upcoming: NOON + 2 * HOUR + 1 },
  'now, until the start': {
    upcoming: NOON,
    'inside its check-in window': NOON,
    'about to begin, no check-in asked': 'cancel',
    'running, unchecked': NOON,
    'pending approval, about to begin': 'cancel',
  },
  'now, until the check-in window': {
    'inside its check-in window': NOON,
    'about to begin, no check-in asked': 'cancel',
    'running, unchecked': NOON,
    'pending approval, about to begin': 'cancel',
  },
  'within the check-in window, over before the start': { upcoming: NOON + 110 * MINUTE },
  'now, for five minutes': { 'inside its check-in window': NOON, 'running, unchecked': NOON },
  'begun an hour ago, for ever': {
    upcoming: 'cancel',
    'inside its check-in window': NOON,
    'about to begin, no check-in asked': 'cancel',
    'running, unchecked': NOON,
    'pending approval': 'cancel',
    'pending approval, about to begin': 'cancel',
  },
  'over a minute ago': {},
};

const cases = (Object.keys(states) as State[]).flatMap((state) =>
  (Object.keys(periods) as PeriodName[]).map((period): { state: State; period: PeriodName; outcome: Outcome } => ({
    state,
    period,
    outcome: outcomes[period][state] ?? 'stays',
  })),
);

let roomsSoFar = 0;

/** A room of its own with these reservations, and their ids. */
async function furnish(...facts: Facts[]): Promise<Room & { ids: number[] }> {
  const room = await createRoom(app.ctx, tester, { tenantId, levelId, name: `松 ${String(++roomsSoFar)}`, capacity: 6 });
  await addReservations(
    app,
    facts.map((each) => reservation({ tenant_id: tenantId, room_no: room.roomNo, ...each })),
  );
  return { ...room, ids: (await rowsOf(room)).map(({ id }) => id) };
}

async function rowsOf({ roomNo }: Room): Promise<Reservation[]> {
  return app.ctx.db.kysely.selectFrom('reservations').selectAll().where('tenant_id', '=', tenantId).where('room_no', '=', roomNo).orderBy('id').execute();
}

async function onlyRow(room: Room): Promise<Reservation> {
  const [row, another] = await rowsOf(room);
  if (!row || another) throw new Error('not one reservation');
  return row;
}

/** Actions in the history of a reservation, with the door and who came through it. */
async function historyOf(id: number): Promise<string[]> {
  const rows = await app.ctx.db.kysely
    .selectFrom('history')
    .select(['action', 'source', 'actor_id'])
    .where('tenant_id', '=', tenantId)
    .where('object_kind', '=', 'reservation')
    .where('object_id', '=', String(id))
    .orderBy('id')
    .execute();
  return rows.map(({ action, source, actor_id }) => `${action} ${source} ${actor_id}`);
}

/** What any change of these rooms would leave a trace in. */
async function tracesOf(...rooms: Room[]) {
  const db = app.ctx.db.kysely;
  const numbers = rooms.map(({ roomNo }) => roomNo);
  return {
    tenant: await db.selectFrom('tenants').selectAll().where('tenant_id', '=', tenantId).execute(),
    history: await db
      .selectFrom('history')
      .select((eb) => eb.fn.countAll().as('rows'))
      .where('tenant_id', '=', tenantId)
      .execute(),
    rooms: await db.selectFrom('rooms').selectAll().where('tenant_id', '=', tenantId).where('room_no', 'in', numbers).orderBy('room_no').execute(),
    reservations: await Promise.all(rooms.map(rowsOf)),
  };
}

/** The room's rows in the ledger at a moment: status of the reservation and of its check-in. */
async function ledgerAt(at: number, { roomId }: Room): Promise<string[]> {
  app.clock.seconds = at;
  const { status, body } = await getLedger(app, token, { start_time: NOON - HOUR, end_time: NOON + 20 * HOUR, room_ids: roomId });
  app.clock.seconds = NOON;
  expect(status).toBe(200);
  return body.data.room_reservation_list.map((row) => `${row.reservation_status ?? ''} ${row.room_check_in_status ?? ''}`);
}

async function ask<Body>(method: string, path: string, body?: object): Promise<Body> {
  const response = await fetch(app.url + path, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Body;
  expect(response.status, JSON.stringify(answer)).toBe(200);
  return answer;
}

const iso = (at: number) => new Date(at * 1000).toISOString().replace('.000', '');
const viaV1 = (roomId: string, period: Period | null, query = '', reason = '装修') =>
  ask<{ effects: Effects; version: number; enabled: boolean }>('PATCH', `/api/v1/rooms/${roomId}${query}`, {
    disabled: period && { from: iso(period.from), until: period.until === null ? null : iso(period.until), reason },
  });
const viaWire = (roomId: string, period: Period | null, reason = '装修') =>
  ask<{ code: number }>('PATCH', `/open-apis/vc/v1/rooms/${roomId}`, {
    room_status: period
      ? {
          // A future period leaves the room enabled until then.
          status: period.from > NOON,
          disable_start_time: String(period.from),
          ...(period.until === null ? {} : { disable_end_time: String(period.until) }),
          disable_reason: reason,
        }
      : { status: true },
  });

/** Expects the one reservation of a room to have become what the table says. */
async function expectOutcome(room: Room, before: Reservation, outcome: Outcome, door: string): Promise<void> {
  const after = await onlyRow(room);
  const written = (action: string) => [`${action} ${door} ${tenant.appId}`];
  if (outcome === 'stays') {
    expect(after).toEqual(before);
    expect(await historyOf(before.id)).toEqual([]);
  } else if (outcome === 'cancel') {
    expect(after).toEqual({ ...before, cancelled_at: NOON, cancel_cause: 'room_disabled', cancel_note: '装修', updated_at: NOON, version: before.version + 1 });
    expect(await historyOf(before.id)).toEqual(written('reservation.cancel'));
    expect(await ledgerAt(NOON, room)).toEqual([]);
  } else {
    expect(after).toEqual({ ...before, room_disabled_at: outcome, updated_at: NOON, version: before.version + 1 });
    expect(await historyOf(before.id)).toEqual(written('reservation.close_check_in'));
    if (outcome > NOON) expect(await ledgerAt(outcome - 1, room)).toEqual([expect.not.stringContaining(DISABLED)]);
    expect(await ledgerAt(outcome, room)).toEqual([`预定成功 ${DISABLED}`]);
    expect(await ledgerAt(outcome + 12 * HOUR, room)).toEqual([`预定成功 ${DISABLED}`]);
  }
}

describe('a room is disabled', () => {
  it.each(cases)('by /api/v1, $period; $state: $outcome', async ({ state, period, outcome }) => {
    const room = await furnish(states[state]);
    const before = await onlyRow(room);
    const shownBefore = await ledgerAt(NOON, room);

    const untilDryRun = await tracesOf(room);
    const told = await viaV1(room.roomId, periods[period], '?dry_run=true');
    expect(await tracesOf(room)).toEqual(untilDryRun);

    const done = await viaV1(room.roomId, periods[period]);
    expect(done.effects).toEqual(told.effects);
    expect(done.version).toBe(told.version + 1);
    const touched = { id: String(before.id), room_id: room.roomId };
    const expected: Effects =
      outcome === 'cancel'
        ? { ...untouched, cancelled: [expect.objectContaining(touched) as Touched] }
        : outcome === 'stays'
          ? untouched
          : { ...untouched, check_in_closed: [expect.objectContaining({ ...touched, at: iso(outcome) }) as Touched] };
    expect(done.effects).toEqual(expected);
    await expectOutcome(room, before, outcome, 'v1');
    if (outcome === 'stays') expect(await ledgerAt(NOON, room)).toEqual(shownBefore);
  });

  it.each(cases)('by the wire, $period; $state: $outcome', async ({ state, period, outcome }) => {
    const room = await furnish(states[state]);
    const before = await onlyRow(room);
    await viaWire(room.roomId, periods[period]);
    await expectOutcome(room, before, outcome, 'open-apis');
  });

  it('without a reason: none is noted', async () => {
    const rooms = [await furnish(states.upcoming), await furnish(states.upcoming)] as const;
    await viaV1(rooms[0].roomId, periods['now, for ever'], '', '');
    await viaWire(rooms[1].roomId, periods['now, for ever'], '');
    for (const room of rooms) expect(await onlyRow(room)).toMatchObject({ cancel_cause: 'room_disabled', cancel_note: null });
  });

  it('and tells whose reservations it touches, without the titles of private ones', async () => {
    const later = { start_at: NOON + 4 * HOUR, is_private: 1, title: '面谈' };
    const room = await furnish({ start_at: NOON - 10 * MINUTE, end_at: NOON + HOUR }, { start_at: NOON + 2 * HOUR, title: '评审' }, later);
    const { effects } = await viaV1(room.roomId, periods['now, for ever'], '?dry_run=true');
    const said = (index: number, start: number, title: string) => ({
      id: String(room.ids[index]),
      room_id: room.roomId,
      start: iso(start),
      end: iso(start + HOUR),
      title,
      reserver_id: 'ou_00000000000000000000000000000001',
      reserver_name: '可涵',
    });
    expect(effects).toEqual({
      cancelled: [said(1, NOON + 2 * HOUR, '评审'), said(2, NOON + 4 * HOUR, '')],
      check_in_closed: [{ ...said(0, NOON - 10 * MINUTE, '周会'), end: iso(NOON + HOUR), at: iso(NOON) }],
      check_in_reopened: [],
    });
  });

  it('and its neighbours are left alone', async () => {
    const [room, neighbour] = [await furnish(states.upcoming), await furnish(states.upcoming)];
    await viaV1(room.roomId, periods['now, for ever']);
    expect((await onlyRow(neighbour)).cancelled_at).toBeNull();
  });

  it('a second time: what is closed already stays closed from when it was', async () => {
    const room = await furnish(states['running, unchecked']);
    await viaV1(room.roomId, periods['now, for ever']);
    app.clock.seconds = NOON + MINUTE;
    expect((await viaV1(room.roomId, { from: NOON + MINUTE, until: null })).effects).toEqual(untouched);
    expect((await onlyRow(room)).room_disabled_at).toBe(NOON);
  });
});

/** Closed by a period that lies ahead; the reservation starts before it, and its check-in window reaches into it. */
const planned: Period = { from: NOON + 2 * HOUR + 5 * MINUTE, until: NOON + 6 * HOUR };

describe('a planned period', () => {
  it('shows in the ledger when it begins, not before', async () => {
    const room = await furnish(states.upcoming);
    await viaV1(room.roomId, planned);
    expect(await ledgerAt(NOON, room)).toEqual(['预定成功 待签到']);
    expect(await ledgerAt(planned.from - 1, room)).toEqual(['预定成功 签到时间未结束']);
    expect(await ledgerAt(planned.from, room)).toEqual([`预定成功 ${DISABLED}`]);
  });

  it.each([
    ['/api/v1', 'v1', viaV1],
    ['the wire', 'open-apis', viaWire],
  ] as const)('that is given up by %s opens the check-in again', async (_door, source, via) => {
    const room = await furnish(states.upcoming);
    await via(room.roomId, planned);
    expect((await onlyRow(room)).room_disabled_at).toBe(planned.from);
    if (via === viaV1) {
      const untilDryRun = await tracesOf(room);
      const { effects } = await viaV1(room.roomId, null, '?dry_run=true');
      expect(effects).toEqual({ ...untouched, check_in_reopened: [expect.objectContaining({ id: String(room.ids[0]) })] });
      expect(await tracesOf(room)).toEqual(untilDryRun);
      expect((await viaV1(room.roomId, null)).effects).toEqual(effects);
    } else await via(room.roomId, null);
    expect((await onlyRow(room)).room_disabled_at).toBeNull();
    expect(await ledgerAt(planned.from, room)).toEqual(['预定成功 签到时间未结束']);
    expect(await historyOf(room.ids[0] ?? 0)).toEqual(
      ['reservation.close_check_in', 'reservation.reopen_check_in'].map((action) => `${action} ${source} ${tenant.appId}`),
    );
  });

  it('that is moved closes from its new start', async () => {
    const room = await furnish(states.upcoming);
    await viaV1(room.roomId, planned);
    const { effects } = await viaV1(room.roomId, { ...planned, from: planned.from + MINUTE });
    expect(effects).toEqual({ ...untouched, check_in_closed: [expect.objectContaining({ at: iso(planned.from + MINUTE) })] });
    expect((await onlyRow(room)).room_disabled_at).toBe(planned.from + MINUTE);
  });

  it('that is moved away from a reservation opens its check-in again', async () => {
    const room = await furnish(states.upcoming);
    await viaV1(room.roomId, planned);
    const { effects } = await viaV1(room.roomId, { from: NOON + 5 * HOUR, until: null });
    expect(effects).toEqual({ ...untouched, check_in_reopened: [expect.objectContaining({ id: String(room.ids[0]) })] });
  });

  it('that has begun leaves closed what it closed', async () => {
    const room = await furnish(states.upcoming);
    await viaV1(room.roomId, planned);
    app.clock.seconds = planned.from + MINUTE;
    const { effects, enabled } = await viaV1(room.roomId, null);
    expect([effects, enabled]).toEqual([untouched, true]);
    expect((await onlyRow(room)).room_disabled_at).toBe(planned.from);
  });

  it('does not bring back what it cancelled', async () => {
    const room = await furnish(states.upcoming);
    await viaV1(room.roomId, periods['in an hour, for three']);
    expect((await viaV1(room.roomId, null)).effects).toEqual(untouched);
    expect((await onlyRow(room)).cancelled_at).toBe(NOON);
  });

  it('is not touched by a change of something else', async () => {
    const room = await furnish(states.upcoming);
    await viaV1(room.roomId, planned);
    const renamed = await ask<{ effects: Effects; disabled: object }>('PATCH', `/api/v1/rooms/${room.roomId}`, { description: '靠窗' });
    expect(renamed).toMatchObject({ effects: untouched, disabled: { from: iso(planned.from), until: iso(planned.until ?? 0), reason: '装修' } });
    expect((await onlyRow(room)).room_disabled_at).toBe(planned.from);
  });
});

/** Deletion cancels what has not begun, whatever its check-in window. */
const deleted: Record<State, boolean> = {
  upcoming: true,
  'inside its check-in window': true,
  'inside its check-in window, checked in': true,
  'about to begin, no check-in asked': true,
  'running, unchecked': false,
  'running, checked in': false,
  'running, check-in missed': false,
  'pending approval': true,
  'pending approval, about to begin': true,
  released: false,
  cancelled: false,
};
const deletions = {
  'by /api/v1': { source: 'v1', remove: ({ roomId }: Room) => ask('DELETE', `/api/v1/rooms/${roomId}`) },
  'by the wire': { source: 'open-apis', remove: ({ roomId }: Room) => ask('DELETE', `/open-apis/vc/v1/rooms/${roomId}`) },
};

describe('a room is deleted', () => {
  it.each(
    (Object.keys(states) as State[]).flatMap((state) =>
      (Object.keys(deletions) as (keyof typeof deletions)[]).map((door) => ({ state, door, outcome: deleted[state] ? 'cancelled' : 'stays' })),
    ),
  )('$door; $state: $outcome', async ({ state, door, outcome }) => {
    const room = await furnish(states[state]);
    const before = await onlyRow(room);
    const shown = await ledgerAt(NOON, room);
    const { source, remove } = deletions[door];
    let told: Effects | undefined;
    if (source === 'v1') {
      const untilDryRun = await tracesOf(room);
      ({ effects: told } = await ask<{ effects: Effects }>('DELETE', `/api/v1/rooms/${room.roomId}?dry_run=true`));
      expect(await tracesOf(room)).toEqual(untilDryRun);
      expect(told).toEqual(outcome === 'cancelled' ? { ...untouched, cancelled: [expect.objectContaining({ id: String(before.id) })] } : untouched);
    }
    const done = await remove(room);
    if (told) expect(done).toEqual({ effects: told });
    const after = await onlyRow(room);
    if (outcome === 'stays') {
      expect([after, await historyOf(before.id)]).toEqual([before, []]);
      expect(await ledgerAt(NOON, room)).toEqual(shown);
    } else {
      expect(after).toEqual({ ...before, cancelled_at: NOON, cancel_cause: 'room_deleted', cancel_note: null, updated_at: NOON, version: before.version + 1 });
      expect(await historyOf(before.id)).toEqual([`reservation.cancel ${source} ${tenant.appId}`]);
      expect(await ledgerAt(NOON, room)).toEqual([]);
    }
  });

  it('with its level: the same for every room below', async () => {
    const floor = await createLevel(app.ctx, tester, { tenantId, parentId: levelId, name: '连走' });
    const inner = await createLevel(app.ctx, tester, { tenantId, parentId: floor, name: '里间' });
    const rooms: Room[] = [];
    for (const place of [floor, inner]) {
      const room = await createRoom(app.ctx, tester, { tenantId, levelId: place, name: 'r', capacity: 1 });
      await addReservations(
        app,
        [states.upcoming, states['running, unchecked']].map((facts) => reservation({ tenant_id: tenantId, room_no: room.roomNo, ...facts })),
      );
      rooms.push(room);
    }
    const path = `/api/v1/levels/${floor}?delete_children=true`;
    const untilDryRun = await tracesOf(...rooms);
    const { effects } = await ask<{ effects: Effects }>('DELETE', `${path}&dry_run=true`);
    expect(await tracesOf(...rooms)).toEqual(untilDryRun);
    expect(await ask<{ effects: Effects }>('DELETE', path)).toEqual({ effects });
    expect(effects.cancelled.map(({ room_id }) => room_id).sort()).toEqual(rooms.map(({ roomId }) => roomId).sort());
    for (const room of rooms) {
      const [upcoming, running] = await rowsOf(room);
      expect([upcoming?.cancel_cause, running?.cancelled_at]).toEqual(['room_deleted', null]);
      expect(await historyOf(upcoming?.id ?? 0)).toEqual([`reservation.cancel v1 ${tenant.appId}`]);
      expect(await historyOf(running?.id ?? 0)).toEqual([]);
      // What stays is still in the ledger, under the room that is no more.
      expect(await ledgerAt(NOON, room)).toEqual(['预定成功 签到时间未结束']);
    }
  });
});
