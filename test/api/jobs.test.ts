import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openContext } from '../../src/app.ts';
import type { Ctx } from '../../src/context.ts';
import { bindDevice } from '../../src/domain/devices.ts';
import { lastTurns } from '../../src/domain/turns.ts';
import { jobs } from '../../src/jobs/index.ts';
import { doDue, runJob } from '../../src/jobs/runner.ts';
import { claimKey } from '../../src/store/idempotency.ts';
import { touchDevice } from '../../src/store/devices.ts';
import type { DeviceKind, Reservation } from '../../src/store/tables.ts';
import { formatToken } from '../../src/wire/identifiers.ts';
import { NOON, tenantToken, tester, testApp, testTenant } from '../support/app.ts';
import { engine } from '../support/database.ts';
import { addLevel, addReservations, addRoom, getLedger, reservation } from '../support/ledger.ts';
import { keptPlace } from '../support/place.ts';

/* What happens by itself when its time has come: each thing once, at its time, whoever else is at it. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app, { scopes: ['yuding:admin', 'vc:room:readonly'] });
const { tenantId } = tenant;
const token = await tenantToken(app, tenant);
const levelId = await addLevel(app, tenantId, tenant.rootLevelId);
beforeEach(() => {
  app.clock.seconds = NOON;
});

const MINUTE = 60;
const HOUR = 3600;
/** When the check-in of what begins at NOON closes. */
const CLOSES = NOON + 15 * MINUTE;

interface Room {
  roomNo: number;
  roomId: string;
}
/** A device, and when it spoke last; null: never. */
type Door = readonly [kind: DeviceKind, lastSeen: number | null];

async function newRoom(...doors: Door[]): Promise<Room> {
  const room = await addRoom(app, tenantId, levelId);
  for (const [kind, lastSeen] of doors) {
    const { device } = await bindDevice(app.ctx, tester, { tenantId, roomId: room.roomId, kind, name: kind });
    if (lastSeen !== null) await touchDevice(app.ctx.db.kysely, device, lastSeen);
  }
  return room;
}

type Facts = Partial<Omit<Reservation, 'id' | 'tenant_id' | 'room_no'>>;

/** A reservation of an hour from NOON on that nobody has looked at yet. @returns its number */
async function reserve({ roomNo }: Room, facts: Facts = {}): Promise<number> {
  await addReservations(app, [reservation({ tenant_id: tenantId, room_no: roomNo, start_at: NOON, check_in_settled: 0, ...facts })]);
  const { id } = await app.ctx.db.kysely
    .selectFrom('reservations')
    .select((eb) => eb.fn.max('id').as('id'))
    .where('tenant_id', '=', tenantId)
    .where('room_no', '=', roomNo)
    .executeTakeFirstOrThrow();
  return id;
}

async function rowOf(id: number): Promise<Reservation> {
  return app.ctx.db.kysely.selectFrom('reservations').selectAll().where('tenant_id', '=', tenantId).where('id', '=', id).executeTakeFirstOrThrow();
}

/** What the jobs wrote down of a reservation. */
async function deedsOf(id: number, { kysely }: Ctx['db'] = app.ctx.db): Promise<string[]> {
  const rows = await kysely
    .selectFrom('history')
    .select(['action', 'source', 'actor_id'])
    .where('tenant_id', '=', tenantId)
    .where('object_kind', '=', 'reservation')
    .where('object_id', '=', String(id))
    .orderBy('id')
    .execute();
  return rows.map(({ action, source, actor_id }) => `${action} ${source} ${actor_id}`);
}

/** Does what is due at a moment, twice: the second time there is nothing left to do. */
async function dueAt(at: number): Promise<void> {
  app.clock.seconds = at;
  await doDue(app.ctx, at);
  await doDue(app.ctx, at);
}

describe('as a check-in closes', () => {
  type Outcome = 'released' | 'checked in' | 'left alone' | 'untouched';
  const awake: Door = ['panel', CLOSES - 299];
  const cases: [what: string, doors: Door[], facts: Facts, outcome: Outcome][] = [
    ['a panel that spoke 299 seconds ago', [awake], {}, 'released'],
    ['a panel that was silent for 300 seconds', [['panel', CLOSES - 300]], {}, 'checked in'],
    ['a panel that never spoke', [['panel', null]], {}, 'checked in'],
    [
      'a controller and a touch panel that were silent',
      [
        ['controller', NOON - HOUR],
        ['touch_panel', null],
      ],
      {},
      'checked in',
    ],
    [
      'one panel of two awake',
      [
        ['panel', null],
        ['touch_panel', CLOSES - 10],
      ],
      {},
      'released',
    ],
    ['a printed code, which never is silent', [['qr_code', null]], {}, 'released'],
    [
      'a printed code beside a dead panel',
      [
        ['panel', null],
        ['qr_code', null],
      ],
      {},
      'released',
    ],
    [
      'a dead panel beside a sensor that speaks',
      [
        ['panel', null],
        ['sensor', CLOSES],
      ],
      {},
      'checked in',
    ],
    ['a panel that is awake beside a dead sensor', [awake, ['sensor', null]], {}, 'released'],
    ['a room that does not release', [awake], { release_on_no_show: 0 }, 'left alone'],
    ['a dead panel in a room that does not release', [['panel', null]], { release_on_no_show: 0 }, 'checked in'],
    ['a room that was disabled before', [awake], { room_disabled_at: CLOSES - 1 }, 'left alone'],
    ['a dead panel in a room that was disabled before', [['panel', null]], { room_disabled_at: NOON }, 'left alone'],
    ['a room that is disabled just then', [awake], { room_disabled_at: CLOSES }, 'released'],
    ['somebody who checked in', [awake], { checked_in_at: NOON, checked_in_with: 'panel', check_in_settled: 1 }, 'untouched'],
    ['a reservation that was cancelled', [awake], { cancelled_at: NOON - HOUR, cancel_cause: 'by_hand' }, 'left alone'],
    ['a reservation that was given back', [awake], { released_at: NOON, release_cause: 'by_hand' }, 'left alone'],
    ['a reservation to which nobody checks in', [awake], { check_in_rule: 'off', check_in_settled: 1 }, 'untouched'],
    ['a no-show that was taken back', [awake], { check_in_settled: 1 }, 'untouched'],
  ];

  it.each(cases)('%s', async (_what, doors, facts, outcome) => {
    const room = await newRoom(...doors);
    const id = await reserve(room, facts);
    const before = await rowOf(id);
    // A second before nothing is due.
    await dueAt(CLOSES - 1);
    expect(await rowOf(id)).toEqual(before);
    await dueAt(CLOSES);
    const changes: Record<Outcome, Facts> = {
      released: { released_at: CLOSES, release_cause: 'no_show', released_by_name: null },
      'checked in': { checked_in_at: CLOSES, checked_in_with: 'offline_auto' },
      'left alone': {},
      untouched: {},
    };
    const touched = { check_in_settled: 1, updated_at: CLOSES, version: before.version + 1 };
    expect(await rowOf(id)).toEqual({ ...before, ...changes[outcome], ...(outcome === 'untouched' ? {} : touched) });
    const deeds = { released: ['release'], 'checked in': ['check_in'], 'left alone': ['close_check_in'], untouched: [] }[outcome];
    expect(await deedsOf(id)).toEqual(deeds.map((action) => `reservation.${action} job clockwork`));
  });

  it('the ledger says so', async () => {
    const [kept, lost] = [await newRoom(['panel', null]), await newRoom(awake)];
    for (const room of [kept, lost]) await reserve(room);
    await dueAt(CLOSES);
    const { body } = await getLedger(app, token, { start_time: NOON, end_time: NOON, room_ids: [kept.roomId, lost.roomId] });
    const rows = new Map(body.data.room_reservation_list.map((row) => [row.room_id, row]));
    expect(rows.get(kept.roomId)).toMatchObject({ reservation_status: '预定成功', check_in_device: '设备离线，自动签到' });
    expect(rows.get(lost.roomId)?.reservation_status).toMatch(/^已释放/);
  });

  it('and nobody looked for a while: it is done when somebody does', async () => {
    const id = await reserve(await newRoom(['panel', CLOSES]));
    await dueAt(CLOSES + 20 * MINUTE);
    expect(await rowOf(id)).toMatchObject({ released_at: CLOSES + 20 * MINUTE, release_cause: 'no_show' });
  });

  it('of more reservations than one batch has', async () => {
    const ids: number[] = [];
    const room = await newRoom(awake);
    for (let i = 0; i < 205; i++) {
      const start_at = NOON - (i + 2) * HOUR;
      ids.push(await reserve(room, { start_at, check_in_closes_at: start_at + 15 * MINUTE }));
    }
    await dueAt(NOON);
    const { n } = await app.ctx.db.kysely
      .selectFrom('reservations')
      .select((eb) => eb.fn.countAll().as('n'))
      .where('tenant_id', '=', tenantId)
      .where('room_no', '=', room.roomNo)
      .where('check_in_settled', '=', 1)
      .executeTakeFirstOrThrow();
    expect(Number(n)).toBe(ids.length);
  });
});

describe('an empty room', () => {
  /** What a sensor last said, when that began, and when it last spoke. */
  interface Seen {
    occupied: number | null;
    since: number | null;
    spoke: number | null;
  }
  const empty = (since: number, spoke = NOON + 20 * MINUTE): Seen => ({ occupied: 0, since, spoke });

  async function sensorRoom(...sensors: Seen[]): Promise<Room> {
    const room = await newRoom(['panel', NOON]);
    for (const { occupied, since, spoke } of sensors) {
      const { device } = await bindDevice(app.ctx, tester, { tenantId, roomId: room.roomId, kind: 'sensor', name: 'sensor' });
      await app.ctx.db.kysely
        .updateTable('devices')
        .set({ occupied, occupied_since: since, last_seen_at: spoke })
        .where('tenant_id', '=', tenantId)
        .where('device_id', '=', device.device_id)
        .execute();
    }
    return room;
  }

  const checkedIn: Facts = { checked_in_at: NOON, checked_in_with: 'panel', check_in_settled: 1 };
  const at = NOON + 20 * MINUTE;
  it.each<[what: string, sensors: Seen[], facts: Facts, released: boolean]>([
    ['for a quarter of an hour', [empty(NOON + 5 * MINUTE)], {}, true],
    ['for a second less', [empty(NOON + 5 * MINUTE + 1)], {}, false],
    ['since before the start: it counts from the start on', [empty(NOON - HOUR)], {}, true],
    ['since before a start that was fourteen minutes ago', [empty(NOON - HOUR)], { start_at: NOON + 6 * MINUTE }, false],
    ['by one of two sensors', [empty(NOON), { occupied: 1, since: NOON, spoke: at }], {}, false],
    ['by both of two sensors', [empty(NOON), empty(NOON + MINUTE)], {}, true],
    ['by one of two for too short', [empty(NOON), empty(NOON + 6 * MINUTE)], {}, false],
    ['by a sensor that spoke 299 seconds ago', [empty(NOON, at - 299)], {}, true],
    ['by a sensor that has been silent for 300', [empty(NOON, at - 300)], {}, false],
    ['by one sensor while another is silent', [empty(NOON), empty(NOON, at - 300)], {}, false],
    ['by a sensor that never said anything', [{ occupied: null, since: null, spoke: at }], {}, false],
    ['without a sensor', [], {}, false],
    ['that nobody has any more', [empty(NOON)], { released_at: NOON, release_cause: 'by_hand' }, false],
    ['that is only asked for', [empty(NOON)], { accepted_at: null, rejected_at: NOON }, false],
  ])('%s', async (_what, sensors, facts, released) => {
    const room = await sensorRoom(...sensors);
    const id = await reserve(room, { ...checkedIn, ...facts });
    const before = await rowOf(id);
    await dueAt(at);
    const change = { released_at: at, release_cause: 'by_sensor', released_by_name: null, updated_at: at, version: before.version + 1 };
    expect(await rowOf(id)).toEqual(released ? { ...before, ...change } : before);
    expect(await deedsOf(id)).toEqual(released ? ['reservation.release job clockwork'] : []);
  });

  it.each([
    [0, 59, false],
    [30, 29, false],
    [30, 30, true],
  ])('is given back after as many minutes as its settings say: %s, after %s: %s', async (sensor_minutes, minutes, released) => {
    const room = await sensorRoom(empty(NOON, NOON + minutes * MINUTE));
    const check_in = { enabled: true, minutes_before: 15, minutes_after: 15, release_on_no_show: true, sensor_minutes };
    const changed = await fetch(`${app.url}/api/v1/settings/${room.roomId}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ check_in }),
    });
    expect(changed.status).toBe(200);
    const id = await reserve(room, checkedIn);
    await dueAt(NOON + minutes * MINUTE);
    expect((await rowOf(id)).released_at).toBe(released ? NOON + minutes * MINUTE : null);
  });

  it('as its sensor reports it, with people in between', async () => {
    const room = await newRoom(['panel', NOON]);
    const { secret } = await bindDevice(app.ctx, tester, { tenantId, roomId: room.roomId, kind: 'sensor', name: 'sensor' });
    const bearer = formatToken({ kind: 'device', tenantId, secret });
    const id = await reserve(room, { ...checkedIn, end_at: NOON + 2 * HOUR });
    const released: (number | null)[] = [];
    for (let minute = 0; minute <= 36; minute += 2) {
      app.clock.seconds = NOON + minute * MINUTE;
      const report = { method: 'POST', headers: { authorization: `Bearer ${bearer}` }, body: JSON.stringify({ occupied: minute === 10 }) };
      expect((await fetch(`${app.url}/api/v1/device/sensor-report`, report)).status).toBe(200);
      await doDue(app.ctx, app.clock.now());
      released.push((await rowOf(id)).released_at);
    }
    // Empty from 0, somebody at 10, empty again from 12: a quarter of an hour later lies between 26 and 28.
    expect(released.findIndex((time) => time !== null)).toBe(14);
    expect(released.at(-1)).toBe(NOON + 28 * MINUTE);
  });
});

describe('a request that nobody decided', () => {
  it('is turned down as it would begin', async () => {
    const room = await newRoom();
    const id = await reserve(room, { accepted_at: null, check_in_settled: 1 });
    await dueAt(NOON - 1);
    expect((await rowOf(id)).rejected_at).toBeNull();
    await dueAt(NOON);
    expect(await rowOf(id)).toMatchObject({ rejected_at: NOON, reject_cause: 'undecided', decided_by_name: null, version: 2 });
    expect(await deedsOf(id)).toEqual(['reservation.reject job clockwork']);
  });

  it.each<[what: string, facts: Facts]>([
    ['was turned down before', { accepted_at: null, rejected_at: NOON - HOUR, reject_cause: 'by_approver' }],
    ['was taken back', { accepted_at: null, cancelled_at: NOON - HOUR, cancel_cause: 'by_hand' }],
    ['was accepted', { check_in_rule: 'off' }],
  ])('unless it %s', async (_what, facts) => {
    const id = await reserve(await newRoom(), { check_in_settled: 1, ...facts });
    const before = await rowOf(id);
    await dueAt(NOON + MINUTE);
    expect(await rowOf(id)).toEqual(before);
  });
});

it('keys of requests are forgotten after a week, by the real time', async () => {
  const keys = async () => {
    const rows = await app.ctx.db.kysely.selectFrom('idempotency_keys').select('key').where('tenant_id', '=', tenantId).execute();
    return rows.map(({ key }) => key).sort();
  };
  const WEEK = 7 * 86_400;
  for (const [key, age] of Object.entries({ young: WEEK, old: WEEK + 1 })) {
    await claimKey(app.ctx.db.kysely, { tenant_id: tenantId, scope: 'x', key, request_hash: '', object_id: '', created_at: NOON - age });
  }
  await dueAt(NOON + 100 * 86_400);
  expect(await keys()).toEqual(['young']);
});

describe('the next thing to be done', () => {
  it('is told when it comes in time, else there is none', async () => {
    await using other = await testApp();
    const { tenantId: id, rootLevelId } = await testTenant(other);
    const { roomNo } = await addRoom(other, id, await addLevel(other, id, rootLevelId));
    const start = NOON + HOUR;
    expect(await doDue(other.ctx, NOON + 10 * HOUR)).toBeNull();
    await addReservations(other, [
      reservation({ tenant_id: id, room_no: roomNo, start_at: start, check_in_closes_at: start + 900, check_in_settled: 0 }),
      reservation({ tenant_id: id, room_no: roomNo, start_at: start + 2 * HOUR, accepted_at: null }),
    ]);
    expect(await doDue(other.ctx, start + 899)).toBeNull();
    expect(await doDue(other.ctx, start + 900)).toBe(start + 900);
    other.clock.seconds = start + 900;
    expect(await doDue(other.ctx, start + 10 * HOUR)).toBe(start + 2 * HOUR);
    other.clock.seconds = start + 2 * HOUR;
    expect(await doDue(other.ctx, start + 10 * HOUR)).toBeNull();
  });
});

describe('of two processes', () => {
  it('each thing is done by one', async () => {
    const other = await openContext({ ...app.ctx.config }, { clock: app.clock, log: app.ctx.log });
    try {
      const ids: number[] = [];
      for (let i = 0; i < 12; i++) {
        ids.push(await reserve(await newRoom(['panel', i % 2 === 0 ? null : CLOSES])));
        ids.push(await reserve(await newRoom(), { accepted_at: null, check_in_settled: 1 }));
      }
      app.clock.seconds = CLOSES;
      // SQLite lets one connection wait for another without yielding: both in one thread would wait for ever. Its processes stand in test/cli.
      const atOnce = engine() === 'postgres' ? [app.ctx, other, app.ctx, other] : [app.ctx, app.ctx];
      await Promise.all(atOnce.map((ctx) => doDue(ctx, CLOSES)));
      await doDue(other, CLOSES);
      for (const id of ids) expect(await deedsOf(id)).toHaveLength(1);
    } finally {
      await other.db.close();
    }
  });

  it('one has a job, and another takes it over when the first is dead', async () => {
    const job = { name: 'probe', summary: '', every: 1, work: () => Promise.resolve(false) };
    let begin: () => void = () => undefined;
    let end: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const ended = new Promise<boolean>((resolve) => {
      end = () => {
        resolve(false);
      };
    });
    const work = () => {
      begin();
      return ended;
    };
    const first = runJob(app.ctx, { ...job, work }, 'one');
    await begun;
    expect(await runJob(app.ctx, job, 'two')).toBe(false);
    expect([...(await lastTurns(app.ctx)).keys()]).not.toContain('probe');
    app.clock.advance(59);
    expect(await runJob(app.ctx, job, 'two')).toBe(false);
    app.clock.advance(1);
    const held = runJob(app.ctx, { ...job, work: () => ended }, 'two');
    // The one that was taken for dead comes back: what it gives back is not its own any more.
    end();
    expect([await first, await held]).toEqual([true, true]);
    expect((await lastTurns(app.ctx)).get('probe')).toBe(NOON + 60);
    expect(await runJob(app.ctx, job, 'three')).toBe(true);
  });
});

describe('a server that runs', () => {
  it('does its jobs by itself, and says how long ago', async () => {
    const place = await keptPlace();
    {
      await using quiet = await testApp(place);
      const { tenantId: its, rootLevelId } = await testTenant(quiet);
      const { roomNo, roomId } = await addRoom(quiet, its, await addLevel(quiet, its, rootLevelId));
      await bindDevice(quiet.ctx, tester, { tenantId: its, roomId, kind: 'qr_code', name: 'code' });
      await addReservations(quiet, [reservation({ tenant_id: its, room_no: roomNo, start_at: NOON - HOUR / 2, check_in_settled: 0 })]);
      expect(await (await fetch(`${quiet.url}/readyz`)).json()).toEqual({ status: 'ready', database: 'ok', jobs: {} });
    }
    await using server = await testApp(place, { jobs: true });
    const rows = () => server.ctx.db.kysely.selectFrom('reservations').selectAll().execute();
    await vi.waitUntil(async () => (await rows()).some(({ released_at }) => released_at === NOON), { timeout: 10_000, interval: 20 });
    const ages = async () => ((await (await fetch(`${server.url}/readyz`)).json()) as { jobs: Record<string, number> }).jobs;
    await vi.waitUntil(async () => Object.keys(await ages()).length === jobs.length, { timeout: 10_000, interval: 20 });
    expect(await ages()).toEqual(Object.fromEntries(jobs.map(({ name }) => [name, 0])));
    server.clock.advance(42);
    const later = await ages();
    // What is done every few seconds may have been done once more meanwhile.
    for (const { name, every } of jobs) expect(every < 60 ? [0, 42] : [42], name).toContain(later[name]);
    await server.stop();
  });
});
