import { sql } from 'kysely';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { releaseEmptyRooms, settleCheckIns, rejectUndecided } from '../../src/domain/deadlines.ts';
import { anonymise } from '../../src/domain/anonymise.ts';
import { suspendUser } from '../../src/domain/users.ts';
import { heartbeatMethod, sensorReportMethod } from '../../src/wire/v1/devices.ts';
import { markInboxMethod, readInboxMethod, type InboxItem } from '../../src/wire/v1/inbox.ts';
import {
  approveMethod,
  bookMethod,
  cancelReservationMethod,
  checkInMethod,
  extendReservationMethod,
  moveReservationMethod,
  rejectMethod,
  releaseReservationMethod,
  undoMethod,
} from '../../src/wire/v1/reservations.ts';
import { changeRoomMethod, deleteRoomMethod } from '../../src/wire/v1/rooms.ts';
import type { AnswerOf } from '../../src/wire/endpoint.ts';
import { NOON, tester, testApp } from '../support/app.ts';
import { engine } from '../support/database.ts';
import { approvedBy, openOffice, type Member } from '../support/office.ts';
import { iso } from '../support/worlds.ts';

/* What people are told of what others, or the clock, did to their reservations. */
const statements: string[] = [];
const app = await testApp({ rateLimit: 0 }, { onStatement: (text) => statements.push(text) });
afterAll(() => app.stop());
beforeEach(() => {
  app.clock.seconds = NOON;
});
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const reason = { approval_reason: '客户来访' };
type Office = Awaited<ReturnType<typeof openOffice>>;
const on = (id: string, body?: object) => ({ params: { reservation_id: id }, ...(body ? { body } : {}) });
const inbox = async (office: Office, who: Member) => (await office.done(who, readInboxMethod)).items;

/** What is done to Ada's reservation, and what she is told. */
type Case = [name: string, told: Partial<InboxItem> | null, run: (office: Office, ada: Member, bob: Member) => Promise<unknown>];
const cases: Case[] = [
  [
    'approved',
    { kind: 'approved', cause: null, by: 'Bob' },
    async (office, ada, bob) => {
      const room = await office.room('松');
      await office.settings(room.roomId, approvedBy(bob));
      await office.done(bob, approveMethod, on((await office.book(ada, room, DAY, HOUR, reason)).id));
    },
  ],
  [
    'declined with words',
    { kind: 'declined', cause: 'by_approver', note: '换一天', by: 'Bob' },
    async (office, ada, bob) => {
      const room = await office.room('松');
      await office.settings(room.roomId, approvedBy(bob));
      await office.done(bob, rejectMethod, on((await office.book(ada, room, DAY, HOUR, reason)).id, { note: '换一天' }));
    },
  ],
  [
    'outbid',
    { kind: 'declined', cause: 'outbid', note: null, by: 'Bob' },
    async (office, ada, bob) => {
      const room = await office.room('松');
      await office.settings(room.roomId, approvedBy(bob));
      await office.book(ada, room, DAY, HOUR, reason);
      await office.done(bob, approveMethod, on((await office.book(bob, room, DAY, HOUR, reason)).id));
    },
  ],
  [
    'undecided',
    { kind: 'declined', cause: 'undecided', by: null },
    async (office, ada, bob) => {
      const room = await office.room('松');
      await office.settings(room.roomId, approvedBy(bob));
      await office.book(ada, room, HOUR, HOUR, reason);
      app.clock.seconds = NOON + HOUR;
      await rejectUndecided(app.ctx);
    },
  ],
  [
    'cancelled, the room being disabled',
    { kind: 'cancelled', cause: 'room_disabled', note: '漏水', by: '管理员' },
    async (office, ada) => {
      const room = await office.room('松');
      await office.book(ada, room, DAY, HOUR);
      await office.done(office.chief, changeRoomMethod, { params: { room_id: room.roomId }, body: { disabled: { reason: '漏水' } } });
    },
  ],
  [
    'cancelled, the room being deleted',
    { kind: 'cancelled', cause: 'room_deleted', by: '管理员' },
    async (office, ada) => {
      const room = await office.room('松');
      await office.book(ada, room, DAY, HOUR);
      await office.done(office.chief, deleteRoomMethod, { params: { room_id: room.roomId } });
    },
  ],
  [
    'cancelled by an administrator',
    { kind: 'cancelled', cause: 'by_hand', by: '管理员' },
    async (office, ada) => {
      const room = await office.room('松');
      await office.done(office.chief, cancelReservationMethod, on((await office.book(ada, room, DAY, HOUR)).id));
    },
  ],
  [
    'moved by an administrator',
    { kind: 'moved', by: '管理员' },
    async (office, ada) => {
      const room = await office.room('松');
      const { id } = await office.book(ada, room, DAY, HOUR);
      await office.done(office.chief, moveReservationMethod, on(id, { start: iso(NOON + 2 * DAY), end: iso(NOON + 2 * DAY + HOUR) }));
    },
  ],
  [
    'released as a no-show',
    { kind: 'released', cause: 'no_show', by: null },
    async (office, ada) => {
      const room = await office.room('松');
      const panel = await office.device(room, 'panel');
      await office.book(ada, room, 5 * MINUTE, HOUR);
      app.clock.seconds = NOON + 20 * MINUTE - 1;
      await office.done(panel, heartbeatMethod);
      app.clock.seconds = NOON + 20 * MINUTE;
      await settleCheckIns(app.ctx);
    },
  ],
  [
    'released by a sensor',
    { kind: 'released', cause: 'by_sensor', by: null },
    async (office, ada) => {
      const room = await office.room('松');
      const sensor = await office.device(room, 'sensor');
      await office.book(ada, room, 5 * MINUTE, HOUR);
      app.clock.seconds = NOON + 10 * MINUTE;
      await office.done(sensor, sensorReportMethod, { body: { occupied: false } });
      app.clock.seconds = NOON + 26 * MINUTE;
      await office.done(sensor, sensorReportMethod, { body: { occupied: false } });
      await releaseEmptyRooms(app.ctx);
    },
  ],
  [
    'released at the door',
    { kind: 'released', cause: 'by_hand', by: 'panel' },
    async (office, ada) => {
      const room = await office.room('松');
      const panel = await office.device(room, 'panel');
      await office.done(panel, releaseReservationMethod, on((await office.book(ada, room, 5 * MINUTE, HOUR)).id));
    },
  ],
  [
    'booked by somebody else',
    { kind: 'booked', by: '管理员' },
    async (office, ada) => {
      const room = await office.room('松');
      await office.book(office.chief, room, DAY, HOUR, { on_behalf_of: ada.id });
    },
  ],
  [
    'what she did herself',
    null,
    async (office, ada) => {
      const room = await office.room('松');
      const [one, two] = [await office.book(ada, room, DAY, HOUR), await office.book(ada, room, 5 * MINUTE, HOUR)];
      await office.done(ada, moveReservationMethod, on(one.id, { start: iso(NOON + 2 * DAY), end: iso(NOON + 2 * DAY + HOUR) }));
      await office.done(ada, cancelReservationMethod, on(one.id));
      await office.done(ada, undoMethod, on(one.id));
      await office.done(ada, releaseReservationMethod, on(two.id));
    },
  ],
  [
    'what is done at the door in her favour',
    null,
    async (office, ada) => {
      const room = await office.room('松');
      const panel = await office.device(room, 'panel');
      const { id } = await office.book(ada, room, 5 * MINUTE, HOUR);
      await office.done(panel, checkInMethod, on(id));
      await office.done(panel, extendReservationMethod, on(id, { end: iso(NOON + 2 * HOUR) }));
    },
  ],
];

describe('a person', () => {
  it.each(cases)('is told, or not: %s', async (_name, told, run) => {
    const office = await openOffice(app);
    const [ada, bob] = [await office.person('Ada'), await office.person('Bob')];
    await run(office, ada, bob);
    const items = await inbox(office, ada);
    expect(items.map((item) => ({ ...item }))).toEqual(told === null ? [] : [expect.objectContaining({ unread: true, ...told })]);
    if (told) expect(items[0]?.reservation).toMatchObject({ title: '周会', room_name: '松', reserver: { id: ada.id } });
    // Nobody else reads of it.
    for (const other of [bob, office.chief]) expect((await inbox(office, other)).filter(({ reservation }) => reservation.reserver.id === ada.id)).toEqual([]);
  });

  it('reads where a reservation was and where it went', async () => {
    const office = await openOffice(app);
    const ada = await office.person('Ada');
    const [here, there] = [await office.room('松'), await office.room('竹')];
    const { id } = await office.book(ada, here, DAY, HOUR);
    await office.done(office.chief, moveReservationMethod, on(id, { start: iso(NOON + 2 * DAY), end: iso(NOON + 2 * DAY + 2 * HOUR), room_id: there.roomId }));
    const at = (seconds: number) => iso(NOON + seconds).replace('.000', '');
    expect((await inbox(office, ada))[0]?.moved).toEqual({
      from: { room_id: here.roomId, room_name: '松', start: at(DAY), end: at(DAY + HOUR) },
      to: { room_id: there.roomId, room_name: '竹', start: at(2 * DAY), end: at(2 * DAY + 2 * HOUR) },
    });
  });

  it('reads page by page, latest first, and marks read up to an item; what comes after is unread', async () => {
    const office = await openOffice(app);
    const [ada, bob] = [await office.person('Ada'), await office.person('Bob')];
    const room = await office.room('松');
    const bookFor = (i: number) => office.book(office.chief, room, DAY + i * HOUR, HOUR, { on_behalf_of: ada.id });
    const made: string[] = [];
    for (let i = 0; i < 5; i++) made.unshift((await bookFor(i)).id);
    const seen: string[] = [];
    const ids: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: AnswerOf<typeof readInboxMethod> = await office.done(ada, readInboxMethod, { query: { limit: 2, cursor } });
      expect(page.unread).toBe(5);
      seen.push(...page.items.map(({ reservation }) => reservation.id));
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.next_cursor;
      // What comes in meanwhile shifts nothing.
      if (seen.length === 2) await office.book(office.chief, room, 2 * DAY, HOUR, { on_behalf_of: bob.id });
    }
    expect(seen).toEqual(made);
    const mark = (who: Member, up_to: string) => office.ask(who, markInboxMethod, { body: { up_to } });
    expect((await mark(ada, ids[2] ?? '')).body).toEqual({ unread: 2 });
    // Back it never goes.
    expect((await mark(ada, ids[4] ?? '')).body).toEqual({ unread: 2 });
    expect((await inbox(office, ada)).map(({ unread }) => unread)).toEqual([true, true, false, false, false]);
    expect((await mark(ada, ids[0] ?? '')).body).toEqual({ unread: 0 });
    await bookFor(6);
    expect((await office.done(ada, readInboxMethod)).unread).toBe(1);
    // Of others' items nobody learns, and nobody's mark is moved by them.
    const notFound = { status: 404, body: { error: { code: 'not_found' } } };
    expect(await mark(bob, ids[0] ?? '')).toMatchObject(notFound);
    expect(await mark(bob, '999999999999')).toMatchObject(notFound);
    expect((await mark(ada, 'x')).status).toBe(400);
    expect((await office.done(bob, readInboxMethod)).unread).toBe(1);
  });

  it('who has left is named nowhere in it', async () => {
    const office = await openOffice(app);
    const [ada, bob] = [await office.person('Ada'), await office.person('Robert-Leaver')];
    const room = await office.room('松');
    await office.settings(room.roomId, approvedBy(bob));
    await office.done(bob, approveMethod, on((await office.book(ada, room, DAY, HOUR, reason)).id));
    expect((await inbox(office, ada))[0]?.by).toBe('Robert-Leaver');
    await suspendUser(app.ctx, tester, { tenantId: office.tenantId, userId: bob.id, expected: undefined });
    await anonymise(app.ctx, tester, office.tenantId, bob.id);
    expect(JSON.stringify(await inbox(office, ada))).not.toContain('Robert-Leaver');
    expect((await office.ask(bob, readInboxMethod)).status).toBe(401);
  });

  it('pays for the page and not for the history', async () => {
    const office = await openOffice(app);
    const ada = await office.person('Ada');
    const room = await office.room('松');
    const cost = async () => {
      await inbox(office, ada);
      statements.length = 0;
      await inbox(office, ada);
      return statements.length;
    };
    await office.book(office.chief, room, DAY, HOUR, { on_behalf_of: ada.id });
    const one = await cost();
    for (let i = 1; i < 10; i++) await office.book(office.chief, room, DAY + i * HOUR, HOUR, { on_behalf_of: ada.id });
    expect(await cost()).toBe(one);
    expect(one).toBeLessThan(9);
    const ofHistory = statements.filter((text) => /from .?history/i.test(text));
    expect(ofHistory.length).toBe(2);
    if (engine() === 'sqlite') {
      for (const text of ofHistory) {
        const { rows } = await sql<{ detail: string }>`${sql.raw(`EXPLAIN QUERY PLAN ${text.replace(/\?\d*/g, '1')}`)}`.execute(app.ctx.db.kysely);
        const plan = rows.map(({ detail }) => detail).join('\n');
        expect(plan).toMatch(/history_inbox \(tenant_id=\? AND inbox_of=\?/);
        expect(plan).not.toMatch(/TEMP B-TREE/);
      }
    }
  });

  it('finds what they reserved by an index of their own', async () => {
    if (engine() !== 'sqlite') return;
    const query = sql.raw(`EXPLAIN QUERY PLAN SELECT * FROM reservations WHERE tenant_id = 1 AND rejected_at IS NULL AND cancelled_at IS NULL
      AND start_at >= 1 AND reserver_id = 'ou_1' ORDER BY start_at, id LIMIT 5`);
    const { rows } = await sql<{ detail: string }>`${query}`.execute(app.ctx.db.kysely);
    expect(rows.map(({ detail }) => detail).join('\n')).toMatch(/reservations_by_reserver/);
  });
});

it('an app has no inbox', async () => {
  const office = await openOffice(app);
  expect((await office.ask(await office.device(await office.room('松'), 'panel'), readInboxMethod)).status).toBe(401);
  expect(bookMethod.path).toBe('/api/v1/reservations');
});
