import { afterAll, describe, expect, it } from 'vitest';
import { NOON, tenantToken, testApp, testTenant } from '../support/app.ts';
import { addLevel, addRoom, instantOf, walkLedger } from '../support/ledger.ts';

/*
 * Reservations that were booked, cancelled and released as people do, seen through windows laid end to end over the days on which
 * clocks change: each is in the window in which it starts, once, whatever the zone of its room.
 */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app, { scopes: ['vc:room:readonly', 'yuding:admin', 'yuding:book'], timeZone: 'Asia/Shanghai' });
const token = await tenantToken(app, tenant);

const HOUR = 3600;
const DAY = 86_400;
const iso = (at: number) => new Date(at * 1000).toISOString();

interface Booked {
  reservations: { id: string; start: string }[];
}
async function ask<Body>(method: string, path: string, body?: object): Promise<Body> {
  const init = body ? { body: JSON.stringify(body) } : {};
  const response = await fetch(`${app.url}/api/v1${path}`, { method, headers: { authorization: `Bearer ${token}` }, ...init });
  const answer = (await response.json()) as Body;
  expect(response.ok, JSON.stringify(answer)).toBe(true);
  return answer;
}

/** The hours around a change of the clocks, UTC, and the offsets that the ledger shows before and after. */
const changes: [zone: string, change: string, before: string, after: string][] = [
  ['Europe/Berlin', '2026-03-29T01:00Z', '+01:00', '+02:00'],
  ['Europe/Berlin', '2026-10-25T01:00Z', '+02:00', '+01:00'],
  ['America/New_York', '2027-03-14T07:00Z', '-05:00', '-04:00'],
  ['America/New_York', '2026-11-01T06:00Z', '-04:00', '-05:00'],
  ['Australia/Lord_Howe', '2026-04-04T15:00Z', '+11:00', '+10:30'],
  ['Australia/Lord_Howe', '2026-10-03T15:30Z', '+10:30', '+11:00'],
  ['America/Santiago', '2026-09-06T04:00Z', '-04:00', '-03:00'],
  ['Asia/Kathmandu', '2026-10-24T18:15Z', '+05:45', '+05:45'],
];

describe('windows of a day over a change of the clocks', () => {
  it.each(changes)('in %s at %s have each reservation once, in the offset of its start', async (zone, change, before, after) => {
    const at = Date.parse(change) / 1000;
    app.clock.seconds = at - 10 * DAY;
    const level = await addLevel(app, tenant.tenantId, tenant.rootLevelId, zone);
    const { roomId } = await addRoom(app, tenant.tenantId, level);
    // Half an hour each, from the day before to the day after; one reservation starts at the very change.
    const starts = Array.from({ length: 36 }, (_, i) => at + (i - 18) * 2 * HOUR);
    const ids: string[] = [];
    for (const start of starts) {
      const { reservations } = await ask<Booked>('POST', '/reservations', { room_id: roomId, start: iso(start), end: iso(start + HOUR / 2) });
      ids.push(reservations[0]?.id ?? '');
    }
    // Every fifth is given back, which stays in the ledger; every seventh is cancelled, which does not.
    for (const [i, id] of ids.entries()) {
      if (i % 7 === 0) await ask('POST', `/reservations/${id}/cancel`);
      else if (i % 5 === 0) await ask('POST', `/reservations/${id}/release`);
    }
    const expected = starts.filter((_, i) => i % 7 !== 0);
    app.clock.seconds = at + 5 * DAY;
    for (const phase of [0, 5 * HOUR + 1800, 23 * HOUR]) {
      const met: number[] = [];
      for (let from = at - 3 * DAY + phase; from < at + 3 * DAY; from += DAY) {
        const rows = await walkLedger(app, token, { room_ids: roomId, start_time: from, end_time: from + DAY - 1 });
        for (const { event_start_time = '' } of rows) {
          const start = instantOf(event_start_time);
          expect(start >= from && start < from + DAY).toBe(true);
          expect(/GMT(.{6})/.exec(event_start_time)?.[1]).toBe(start < at ? before : after);
          met.push(start);
        }
      }
      expect(met).toEqual(expected);
    }
  });

  it('have none that nobody was given', async () => {
    app.clock.seconds = NOON;
    const { roomId } = await addRoom(app, tenant.tenantId, tenant.rootLevelId);
    const { reservations } = await ask<Booked>('POST', '/reservations', { room_id: roomId, start: iso(NOON + HOUR), end: iso(NOON + 2 * HOUR) });
    await ask('POST', `/reservations/${reservations[0]?.id ?? ''}/cancel`);
    app.clock.seconds = NOON + DAY;
    expect(await walkLedger(app, token, { room_ids: roomId, start_time: NOON, end_time: NOON + DAY })).toEqual([]);
  });
});
