import { afterAll, describe, expect, it } from 'vitest';
import { defaultSize } from '../../src/domain/demo/load.ts';
import { Random } from '../../src/domain/demo/random.ts';
import { NOON, tenantToken, testTenant } from '../support/app.ts';
import { demoApp } from '../support/demo.ts';
import { addLevel, addReservations, addRoom, getLedger, instantOf, reservation, walkLedger, type Query } from '../support/ledger.ts';

/* A reservation belongs to the window it starts in: windows of a day less a second, laid end to end, show each exactly once. */
const { app, demo } = await demoApp(7);
afterAll(() => app.stop());
const DAY = 86_400;

/** What names a row of the demo, where no two of a room start together. */
const key = (room: string, start: number) => `${room} ${String(start)}`;

describe('the days of the demo', async () => {
  const token = await tenantToken(app, demo);
  const { tenantId } = demo;
  const firstDay = Math.floor(NOON / DAY) * DAY - defaultSize.days * DAY;
  const days = Array.from({ length: 2 * defaultSize.days }, (_, i) => firstDay + i * DAY);

  /** Straight from the table: what must be met by a walk at the instant `now`. */
  async function stored(now: number): Promise<string[]> {
    const rows = await app.ctx.db.kysely
      .selectFrom('reservations')
      .innerJoin('rooms', (join) => join.onRef('rooms.tenant_id', '=', 'reservations.tenant_id').onRef('rooms.room_no', '=', 'reservations.room_no'))
      .select(['room_id', 'start_at', 'accepted_at'])
      .where('reservations.tenant_id', '=', tenantId)
      .where('cancelled_at', 'is', null)
      .where('rejected_at', 'is', null)
      .execute();
    return rows.filter(({ accepted_at, start_at }) => accepted_at !== null || start_at > now).map(({ room_id, start_at }) => key(room_id, start_at));
  }

  /** Walks one window after the other; `between` runs before each page. */
  async function walk(query: (day: number) => Query, between: (day: number) => Promise<void> = () => Promise.resolve()): Promise<string[]> {
    const met: string[] = [];
    for (const day of days.filter((start) => start <= app.clock.now())) {
      for (let page_token: string | undefined; ;) {
        await between(day);
        const { body } = await getLedger(app, token, { start_time: day, end_time: day + DAY - 1, page_token, ...query(day) });
        expect(body.code).toBe(0);
        met.push(...body.data.room_reservation_list.map((row) => key(row.room_id ?? '', instantOf(row.event_start_time ?? ''))));
        page_token = body.data.page_token;
        if (!body.data.has_more) break;
      }
    }
    return met;
  }

  it('show what had begun by now and the rest of this day', async () => {
    app.clock.seconds = NOON;
    const today = Math.floor(NOON / DAY) * DAY;
    const expected = (await stored(NOON)).filter((row) => Number(row.split(' ')[1]) < today + DAY);
    const met = await walk(() => ({ page_size: 100 }));
    expect(met.sort()).toEqual(expected.sort());
    expect(met.length).toBeGreaterThan(10_000);
  });

  it('cannot be asked for ahead', async () => {
    const { body } = await getLedger(app, token, { start_time: NOON + 1, end_time: NOON + 2 });
    expect(body.code).toBe(126005);
  });

  it('show each reservation exactly once, in pages of any size', async () => {
    app.clock.seconds = NOON + 400 * DAY;
    const met = await walk((day) => ({ page_size: 20 + ((day / DAY) % 81) }));
    expect(met.sort()).toEqual((await stored(app.clock.now())).sort());
  });

  it('show each that was there throughout exactly once, and none twice, while rows are written between the pages', async () => {
    app.clock.seconds = NOON + 400 * DAY;
    const random = new Random(1);
    const room = await addRoom(app, tenantId, demo.rootLevelId, 'new');
    const written = new Set<string>();
    const before = new Set(await stored(app.clock.now()));
    const met = await walk(
      () => ({ page_size: 50 }),
      async (day) => {
        const starts = Array.from({ length: 3 }, () => day + random.whole(0, DAY - 1)).filter((start) => !written.has(key(room.roomId, start)));
        for (const start of new Set(starts)) {
          written.add(key(room.roomId, start));
          // Released ones hold no room, so that they may overlap.
          const facts = { released_at: start - 60, release_cause: 'by_hand' } as const;
          await addReservations(app, [reservation({ tenant_id: tenantId, room_no: room.roomNo, start_at: start, end_at: start + 60, ...facts })]);
        }
      },
    );
    expect(new Set(met).size).toBe(met.length);
    expect(met.filter((row) => before.has(row))).toHaveLength(before.size);
    const late = met.filter((row) => !before.has(row));
    for (const row of late) expect(written).toContain(row);
    expect(late.length).toBeGreaterThan(0);
    expect(late.length).toBeLessThan(written.size);
  });
});

describe('a window', async () => {
  const tenant = await testTenant(app);
  const token = await tenantToken(app, tenant);
  const berlin = await addLevel(app, tenant.tenantId, tenant.rootLevelId, 'Europe/Berlin');

  /** A room of its own with reservations that last from one instant to another, named by the first. */
  async function book(levelId: string, ...times: [start: string, end: string][]): Promise<string> {
    const { roomNo, roomId } = await addRoom(app, tenant.tenantId, levelId);
    const at = (iso: string) => Date.parse(iso) / 1000;
    const rows = times.map(([start, end]) => reservation({ tenant_id: tenant.tenantId, room_no: roomNo, start_at: at(start), end_at: at(end) }));
    await addReservations(app, rows);
    return roomId;
  }

  async function starts(room_ids: string, from: string, seconds: number): Promise<string[]> {
    const start_time = Date.parse(from) / 1000;
    const rows = await walkLedger(app, token, { room_ids, start_time, end_time: start_time + seconds });
    return rows.map((row) => row.event_start_time?.slice(11) ?? '');
  }

  it('has what runs across midnight on the day it starts', async () => {
    app.clock.seconds = NOON;
    const room = await book(tenant.rootLevelId, ['2026-03-16T23:30+08:00', '2026-03-17T00:30+08:00']);
    expect(await starts(room, '2026-03-16T00:00+08:00', DAY - 1)).toEqual(['23:30:00 (GMT+08:00)']);
    expect(await starts(room, '2026-03-17T00:00+08:00', DAY - 1)).toEqual([]);
  });

  it('includes both its ends: windows of 86400 s share a second', async () => {
    app.clock.seconds = NOON;
    const room = await book(tenant.rootLevelId, ['2026-03-16T00:00+08:00', '2026-03-16T01:00+08:00'], ['2026-03-17T00:00+08:00', '2026-03-17T01:00+08:00']);
    const midnight = '00:00:00 (GMT+08:00)';
    expect(await starts(room, '2026-03-16T00:00+08:00', DAY)).toEqual([midnight, midnight]);
    expect(await starts(room, '2026-03-16T00:00+08:00', DAY - 1)).toEqual([midnight]);
    expect(await starts(room, '2026-03-17T00:00+08:00', DAY)).toEqual([midnight]);
    expect(await starts(room, '2026-03-17T00:00+08:00', 0)).toEqual([midnight]);
    expect(await starts(room, '2026-03-17T00:00:01+08:00', DAY - 1)).toEqual([]);
  });

  it('of a day ends before the day of 25 hours does; the next one has the rest', async () => {
    app.clock.seconds = NOON;
    const room = await book(
      berlin,
      ['2025-10-26T00:00+02:00', '2025-10-26T00:30+02:00'],
      ['2025-10-26T02:30+02:00', '2025-10-26T02:45+02:00'],
      ['2025-10-26T02:30+01:00', '2025-10-26T02:45+01:00'],
      ['2025-10-26T22:59:59+01:00', '2025-10-26T23:00+01:00'],
      ['2025-10-26T23:15+01:00', '2025-10-26T23:45+01:00'],
      ['2025-10-27T00:00+01:00', '2025-10-27T00:30+01:00'],
    );
    const day = ['00:00:00 (GMT+02:00)', '02:30:00 (GMT+02:00)', '02:30:00 (GMT+01:00)', '22:59:59 (GMT+01:00)'];
    expect(await starts(room, '2025-10-26T00:00+02:00', DAY - 1)).toEqual(day);
    expect(await starts(room, '2025-10-26T23:00+01:00', 3599)).toEqual(['23:15:00 (GMT+01:00)']);
    expect(await starts(room, '2025-10-27T00:00+01:00', DAY - 1)).toEqual(['00:00:00 (GMT+01:00)']);
  });

  it('of a day reaches into the next one on the day of 23 hours', async () => {
    app.clock.seconds = NOON + 30 * DAY;
    const room = await book(berlin, ['2026-03-29T23:30+02:00', '2026-03-30T00:30+02:00'], ['2026-03-30T00:30+02:00', '2026-03-30T01:00+02:00']);
    expect(await starts(room, '2026-03-29T00:00+01:00', DAY - 1)).toEqual(['23:30:00 (GMT+02:00)', '00:30:00 (GMT+02:00)']);
    expect(await starts(room, '2026-03-29T00:00+01:00', 23 * 3600 - 1)).toEqual(['23:30:00 (GMT+02:00)']);
  });
});
