import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createLevel } from '../../src/domain/levels.ts';
import { createRoom } from '../../src/domain/rooms.ts';
import { createUser } from '../../src/domain/users.ts';
import { NOON, tester, testApp, testTenant, userToken } from '../support/app.ts';
import { addReservations, reservation } from '../support/ledger.ts';

/* What a screen draws of a period. It is NOON, a Wednesday in Shanghai. */
const statements: string[] = [];
const app = await testApp({}, { onStatement: (text) => statements.push(text) });
afterAll(() => app.stop());
const SCOPES = ['yuding:read', 'yuding:book', 'yuding:admin'];
const tenant = await testTenant(app, { scopes: SCOPES });
const { tenantId, rootLevelId } = tenant;
const person = async (name: string) => {
  const id = await createUser(app.ctx, tester, { tenantId, name, managesMeetings: false, isAdministrator: false });
  return { id, token: await userToken(app, tenant, id, ['yuding:read', 'yuding:book']) };
};
const ada = await person('Ada');
const HOUR = 3600;
const DAY = 86_400;
const iso = (at: number) => new Date(at * 1000).toISOString().replace('.000', '');
beforeEach(() => {
  app.clock.seconds = NOON;
});

const tower = await createLevel(app.ctx, tester, { tenantId, parentId: rootLevelId, name: 'Tower' });
const upper = await createLevel(app.ctx, tester, { tenantId, parentId: tower, name: '2', position: 2 });
const lower = await createLevel(app.ctx, tester, { tenantId, parentId: tower, name: '1', position: 1 });
const newRoom = (levelId: string, name: string, capacity = 6) =>
  createRoom(app.ctx, tester, { tenantId, levelId, name, capacity, equipment: name === 'pine' ? ['TV'] : [] });
const pine = await newRoom(upper, 'pine', 4);
const oak = await newRoom(lower, 'oak', 8);

interface Timeline {
  now: string;
  version: number;
  live: string;
  levels: { id: string; parent_id: string | null; name: string; depth: number; time_zone: string }[];
  rooms: { id: string; bookable: boolean; needs_approval: boolean; disabled: object | null; hours: object | null; equipment: string[] }[];
  reservations: { id: string; room_id: string; start: string; end: string; state: string; mine: boolean; title: string | null; check_in: object | null }[];
}
async function ask(path: string, { token } = ada): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${app.url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: await response.json() };
}
const timeline = async (from: number, to: number, rest = '', who = ada) => {
  const { status, body } = await ask(`/timeline?from=${iso(from)}&to=${iso(to)}${rest}`, who);
  expect(status, JSON.stringify(body)).toBe(200);
  return body as Timeline;
};

describe('the timeline', () => {
  it('has levels and rooms in drawing order', async () => {
    const { now, levels, rooms } = await timeline(NOON, NOON + DAY);
    expect(now).toBe(iso(NOON));
    expect(levels.map(({ id, depth }) => [id, depth])).toEqual([
      [rootLevelId, 0],
      [tower, 1],
      [lower, 2],
      [upper, 2],
    ]);
    expect(rooms.map(({ id }) => id)).toEqual([oak.roomId, pine.roomId]);
    expect(rooms[1]).toMatchObject({ level_id: upper, name: 'pine', capacity: 4, equipment: ['TV'], disabled: null, needs_approval: false, bookable: true });
  });

  it('is of one level or room', async () => {
    const ofLevel = await timeline(NOON, NOON + DAY, `&level=${upper}`);
    expect([ofLevel.levels.map(({ id, depth }) => [id, depth]), ofLevel.rooms.map(({ id }) => id)]).toEqual([[[upper, 0]], [pine.roomId]]);
    const ofRoom = await timeline(NOON, NOON + DAY, `&room=${oak.roomId}`);
    expect([ofRoom.levels.map(({ id, depth }) => [id, depth]), ofRoom.rooms.map(({ id }) => id)]).toEqual([[[lower, 0]], [oak.roomId]]);
    for (const query of ['level=omb_none', 'room=omm_none', `level=${upper}&room=${oak.roomId}`]) {
      expect((await ask(`/timeline?from=${iso(NOON)}&to=${iso(NOON + DAY)}&${query}`)).status).toBe(404);
    }
  });

  it('refuses a period that is none, or too long', async () => {
    for (const to of [NOON, NOON - 1, NOON + 32 * DAY + 1]) {
      const { status, body } = await ask(`/timeline?from=${iso(NOON)}&to=${iso(to)}`);
      const { error } = body as { error: { fields: { field: string }[] } };
      expect([status, error.fields.map(({ field }) => field)]).toEqual([400, ['to']]);
    }
  });

  it('has what overlaps the period, as it stands now', async () => {
    const room = await newRoom(lower, 'ash');
    const add = (start_at: number, facts: object) => reservation({ tenant_id: tenantId, room_no: room.roomNo, start_at, ...facts });
    const at = (hours: number) => NOON + hours * HOUR;
    const required = (start_at: number) => ({
      check_in_rule: 'required' as const,
      check_in_opens_at: start_at - 900,
      check_in_closes_at: start_at + 900,
      check_in_settled: 0,
    });
    await addReservations(app, [
      add(at(-6), { title: 'over before' }),
      add(at(-3), { title: 'ends as it begins', end_at: at(-2) }),
      add(at(-2.5), { title: 'reaches in, given back', end_at: at(-1), released_at: at(-1.5), release_cause: 'by_hand' }),
      add(at(-2) - 1, { title: 'ends a second in', accepted_at: null, rejected_at: at(-9), reject_cause: 'taken' }),
      add(at(-2), { title: 'checked in', ...required(at(-2)), checked_in_at: at(-2), checked_in_with: null }),
      add(at(-1), { title: 'nobody came', ...required(at(-1)), end_at: at(1) }),
      add(at(-1), { title: 'ended early', released_at: at(-0.5), release_cause: 'after_end' }),
      add(at(1), { title: 'given back before', released_at: at(0.9), release_cause: 'by_hand' }),
      add(at(1), { title: 'cancelled', cancelled_at: NOON, cancel_cause: 'by_hand' }),
      add(at(1), { title: 'waits', accepted_at: null }),
      add(at(-0.5), { title: 'undecided', accepted_at: null }),
      add(at(2), { title: 'hidden', is_private: 1, ...required(at(2)) }),
      add(at(3), {
        title: 'mine',
        is_private: 1,
        reserver_id: ada.id,
        original_at: at(3),
        check_in_rule: 'off',
        check_in_opens_at: null,
        check_in_closes_at: null,
      }),
      add(at(4), { title: 'begins as it ends' }),
    ]);
    const { reservations } = await timeline(at(-2), at(4), `&room=${room.roomId}`);
    expect(reservations.map(({ title, state, start, end, mine }) => [title, state, start, end, mine])).toEqual(
      [
        ['checked in', 'checked_in', -2, -1, false],
        ['nobody came', 'no_show', -1, 1, false],
        ['ended early', 'released', -1, -0.5, false],
        ['waits', 'pending', 1, 2, false],
        [null, 'accepted', 2, 3, false],
        ['mine', 'accepted', 3, 4, true],
      ].map(([title, state, start, end, mine]) => [title, state, iso(at(Number(start))), iso(at(Number(end))), mine]),
    );
    expect(reservations[4]?.check_in).toEqual({ opens: iso(at(1.75)), closes: iso(at(2.25)) });
    expect(reservations[5]).toMatchObject({ series: true, check_in: null });
    const later = await timeline(at(0), at(0.25), `&room=${room.roomId}`);
    expect(later.reservations.map(({ title }) => title)).toEqual(['nobody came']);
    const request = await timeline(at(1.5), at(1.75), `&room=${room.roomId}`);
    expect(request.reservations.map(({ title }) => title)).toEqual(['waits']);
    expect((await timeline(at(-2), at(4), `&level=${upper}`)).reservations).toEqual([]);
    expect((await timeline(at(-2), at(4), `&level=${tower}`)).reservations).toHaveLength(6);
  });

  it('takes as many statements for one room as for all', async () => {
    const count = async (rest: string) => {
      statements.length = 0;
      await timeline(NOON, NOON + DAY, rest);
      return statements.length;
    };
    await count('');
    const counts = [await count(`&room=${oak.roomId}`), await count(`&level=${lower}`), await count('')];
    expect(new Set(counts).size).toBe(1);
  });
});
