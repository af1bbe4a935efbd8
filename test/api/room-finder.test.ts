import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createLevel } from '../../src/domain/levels.ts';
import { createRoom, type Disabling } from '../../src/domain/rooms.ts';
import { createUser } from '../../src/domain/users.ts';
import { NOON, tester, testApp, testTenant, userToken } from '../support/app.ts';
import { addReservations, queryString, reservation } from '../support/ledger.ts';

/* Rooms that are free for so long, against a search that tries every minute. It is NOON, a Wednesday in Shanghai, unless a search is at another time. */
const app = await testApp();
afterAll(() => app.stop());
beforeEach(() => {
  app.clock.seconds = NOON;
});
const tenant = await testTenant(app, { scopes: ['yuding:read', 'yuding:book', 'yuding:admin'] });
const { tenantId, rootLevelId } = tenant;
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const iso = (at: number) => new Date(at * 1000).toISOString().replace('.000', '');
const adaId = await createUser(app.ctx, tester, { tenantId, name: 'Ada', managesMeetings: false, isAdministrator: false });
const ada = await userToken(app, tenant, adaId, ['yuding:read', 'yuding:book']);
const office = await userToken(app, tenant, tenant.administratorId, ['yuding:read', 'yuding:admin']);

async function ask(method: string, path: string, body?: object, token = office): Promise<{ status: number; body: never }> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${app.url}/api/v1${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  return { status: response.status, body: (await response.json()) as never };
}

/** A room as the search below knows it. */
interface Spec {
  id: string;
  levels: string[];
  zone: string;
  capacity: number;
  equipment: string[];
  disabled?: { from: number; until: number | null };
  closed?: boolean;
  rules?: { ahead: number; opens: number; from: number; until: number; hours: number };
  approvedFrom?: number;
  busy: { start: number; end: number }[];
}
const specs: Spec[] = [];
const levels: Record<string, { id: string; path: string[]; zone: string }> = {};

async function addLevel(name: string, above: string | null, zone: string, position: number): Promise<void> {
  const parent = above === null ? undefined : levels[above];
  const id = await createLevel(app.ctx, tester, { tenantId, parentId: parent?.id ?? rootLevelId, name, timeZone: zone, position });
  levels[name] = { id, path: [...(parent?.path ?? []), id], zone };
}

async function add(level: string, facts: Partial<Spec>, taken: [start: number, end: number][] = []): Promise<void> {
  const place = levels[level];
  if (!place) throw new Error(`no level ${level}`);
  const { capacity = 6, equipment = [], disabled, closed, rules, approvedFrom } = facts;
  const disabling: Disabling | undefined = disabled && { ...disabled, reason: '', contacts: [], disableNotice: false, resumeNotice: false };
  const position = specs.length;
  const { roomId, roomNo } = await createRoom(app.ctx, tester, {
    tenantId,
    levelId: place.id,
    name: String(position),
    capacity,
    equipment,
    position,
    disabling,
  });
  const clock = (seconds: number) =>
    new Date(seconds * 1000)
      .toISOString()
      .slice(11, 16)
      .replace('00:00', seconds === DAY ? '24:00' : '00:00');
  const settings = {
    ...(closed ? { reservers: { everybody: false, users: [tenant.administratorId], departments: [] } } : {}),
    ...(approvedFrom === undefined ? {} : { approval: { enabled: true, applies: 'longer', hours: approvedFrom, approvers: [adaId] } }),
    ...(rules
      ? {
          time: {
            enabled: true,
            days_in_advance: rules.ahead,
            opens_at: clock(rules.opens),
            day_start: clock(rules.from),
            day_end: clock(rules.until),
            max_hours: rules.hours,
          },
        }
      : {}),
  };
  if (Object.keys(settings).length > 0) {
    const { status, body } = await ask('PATCH', `/settings/${roomId}`, settings);
    expect(status, JSON.stringify(body)).toBe(200);
  }
  const rows = taken.map(([start, end]) => reservation({ tenant_id: tenantId, room_no: roomNo, start_at: start, end_at: end }));
  // Neither a request nor what was given back or cancelled takes the room.
  const others = [
    { accepted_at: null },
    { released_at: NOON, release_cause: 'by_hand' as const },
    { cancelled_at: NOON },
    { rejected_at: NOON, accepted_at: null },
  ];
  const idle = others.map((fact, i) => reservation({ tenant_id: tenantId, room_no: roomNo, start_at: NOON + i * 2 * HOUR, ...fact }));
  await addReservations(app, [...rows, ...idle]);
  specs.push({ ...facts, id: roomId, levels: place.path, zone: place.zone, capacity, equipment, busy: taken.map(([start, end]) => ({ start, end })) });
}

/** The night in which Berlin's clocks go forward, and that in which they go back. */
const SPRING = Date.parse('2026-03-29T01:00:00Z') / 1000;
const AUTUMN = Date.parse('2026-10-25T01:00:00Z') / 1000;
await addLevel('Shanghai', null, 'Asia/Shanghai', 1);
await addLevel('1', 'Shanghai', 'Asia/Shanghai', 1);
await addLevel('2', 'Shanghai', 'Asia/Shanghai', 2);
await addLevel('Berlin', null, 'Europe/Berlin', 2);
const at = (hours: number) => NOON + hours * HOUR;
const work = { ahead: 365, opens: 0, from: 8 * HOUR, until: 20 * HOUR, hours: 8 };
await add('1', { capacity: 4, equipment: ['TV'] }, [[at(-1), at(1)], [at(1), at(2)], [at(2.25), at(30)]]); // prettier-ignore
await add('1', { capacity: 10, equipment: ['TV', 'Phone'], rules: work }, [[at(0.5), at(8)], [at(20), at(26)]]); // prettier-ignore
await add('1', { capacity: 4, rules: { ...work, ahead: 1, opens: 13 * HOUR, hours: 1 } }, [[at(-3), at(12)]]);
await add('2', { capacity: 20, closed: true });
await add('2', { capacity: 8, disabled: { from: at(3), until: at(29) }, approvedFrom: 1 }, [[at(1), at(2)], [at(29), at(31)]]); // prettier-ignore
await add('2', { capacity: 8, disabled: { from: at(4), until: null } }, [[at(-30), at(3.5)]]);
await add('2', { capacity: 4, rules: { ...work, from: 0, until: 4.25 * HOUR } });
const night = { ...work, from: 1.5 * HOUR, until: 3.5 * HOUR };
const nights: [number, number][] = [SPRING, AUTUMN].flatMap((change) => [[change - HOUR, change - 0.5 * HOUR], [change + 0.25 * HOUR, change + 0.5 * HOUR]]); // prettier-ignore
await add('Berlin', { capacity: 4, rules: night }, nights);
await add('Berlin', { capacity: 6, rules: { ...night, from: 2.5 * HOUR, until: 6 * HOUR } }, nights);
await add('Berlin', { capacity: 6, rules: { ...night, from: 0, until: 2.5 * HOUR } });

const formats = new Map<string, Intl.DateTimeFormat>();
const walls = new Map<string, { day: number; second: number }>();
/** What the clocks of a zone show, by the calendar's own word. */
function wall(zone: string, moment: number): { day: number; second: number } {
  const key = `${zone} ${String(moment)}`;
  let known = walls.get(key);
  if (known) return known;
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    formats.set(zone, format);
  }
  const shown = Date.parse(`${format.format(moment * 1000).replace(' ', 'T')}Z`) / 1000;
  walls.set(key, (known = { day: Math.floor(shown / DAY), second: shown % DAY }));
  return known;
}

interface Search {
  now: number;
  from: number;
  to: number;
  minutes: number;
  people: number;
  equipment: string[];
  near: string | undefined;
  level: string | undefined;
  limit: number;
}

function isFree(room: Spec, start: number, { now, minutes }: Search): boolean {
  const end = start + minutes * MINUTE;
  if (start < now || room.closed) return false;
  if (room.disabled && start < (room.disabled.until ?? Infinity) && end > room.disabled.from) return false;
  if (room.busy.some((busy) => start < busy.end && end > busy.start)) return false;
  if (!room.rules) return true;
  const { ahead, opens, from, until, hours } = room.rules;
  if (minutes > hours * 60) return false;
  const [today, first, last] = [wall(room.zone, now), wall(room.zone, start), wall(room.zone, end)];
  const days = first.day - today.day;
  if (days > ahead || (days === ahead && today.second < opens)) return false;
  return first.second >= from && last.second + (last.day - first.day) * DAY <= until;
}

/** The same search, minute by minute. */
function tryAll(search: Search): object[] {
  const { from, to, minutes, people, equipment, near, level, limit, now } = search;
  const nearPath = near === undefined ? undefined : (specs.find(({ id }) => id === near)?.levels ?? Object.values(levels).find(({ id }) => id === near)?.path);
  const found = specs.flatMap((room, place) => {
    if (room.capacity < people || !equipment.every((thing) => room.equipment.includes(thing))) return [];
    if (level !== undefined && !room.levels.includes(level)) return [];
    for (let start = from; start + minutes * MINUTE <= to; start += MINUTE) {
      if (!isFree(room, start, search)) continue;
      const shared = nearPath?.filter((id) => room.levels.includes(id)).length ?? 0;
      const distance = nearPath ? nearPath.length + room.levels.length - 2 * shared : 0;
      const end = start + minutes * MINUTE;
      const over = room.disabled?.until != null && room.disabled.until <= now;
      const next = [...room.busy.map((busy) => busy.start), ...(room.disabled && !over ? [room.disabled.from] : [])].filter((moment) => moment >= end);
      return [{ room, place, start, end, distance, freeUntil: Math.min(to, ...next) }];
    }
    return [];
  });
  found.sort((a, b) => a.start - b.start || a.distance - b.distance || a.room.capacity - b.room.capacity || a.place - b.place);
  return found.slice(0, limit).map(({ room, start, end, distance, freeUntil }) => ({
    room_id: room.id,
    start: iso(start),
    end: iso(end),
    free_until: iso(freeUntil),
    distance,
    needs_approval: room.approvedFrom !== undefined && minutes > room.approvedFrom * 60,
  }));
}

async function find({ now, from, to, ...rest }: Search): Promise<{ status: number; body: { rooms: object[] } }> {
  app.clock.seconds = now;
  return ask('GET', `/rooms/available?${queryString({ ...rest, from: iso(from), to: iso(to) })}`, undefined, ada);
}

const places = () => [...specs.map(({ id }) => id), ...Object.values(levels).map(({ id }) => id)];
const searches = fc
  .record({
    base: fc.constantFrom(NOON, NOON, NOON, SPRING, AUTUMN),
    begin: fc.integer({ min: -360, max: 720 }),
    ahead: fc.integer({ min: -120, max: 240 }),
    length: fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 600, max: 4 * 1440 })),
    minutes: fc.oneof(fc.constantFrom(15, 30, 60), fc.integer({ min: 1, max: 300 })),
    people: fc.constantFrom(0, 0, 5, 9, 50),
    equipment: fc.constantFrom<string[][]>([], [], ['TV'], ['Phone', 'TV'], ['Stage']),
    near: fc.option(fc.constantFrom(...places()), { nil: undefined }),
    level: fc.option(fc.constantFrom(...Object.values(levels).map(({ id }) => id)), { nil: undefined, freq: 4 }),
    limit: fc.constantFrom(1, 2, 10),
  })
  .map(({ base, begin, ahead, length, ...rest }): Search => {
    const from = base + begin * MINUTE;
    return { now: from - ahead * MINUTE, from, to: from + length * MINUTE, ...rest };
  });

describe('rooms that are free for so long', () => {
  it('are those that a search of every minute finds', async () => {
    await fc.assert(
      fc.asyncProperty(searches, async (search) => {
        const { status, body } = await find(search);
        expect(status, JSON.stringify(body)).toBe(200);
        expect(body.rooms).toEqual(tryAll(search));
      }),
      { numRuns: 250 },
    );
  });

  it('are searched for to the second', async () => {
    const { body } = await find({
      now: NOON + 7,
      from: NOON,
      to: NOON + HOUR,
      minutes: 15,
      people: 0,
      equipment: [],
      near: undefined,
      level: levels['2']?.id,
      limit: 1,
    });
    expect(body.rooms).toMatchObject([{ start: iso(NOON + 7), end: iso(NOON + 7 + 15 * MINUTE) }]);
  });

  it('can really be reserved from that moment, and not from one earlier', async () => {
    const search = { now: NOON, from: NOON, to: NOON + 2 * DAY, minutes: 45, people: 0, equipment: [], near: undefined, level: undefined, limit: 100 };
    const { body } = await find(search);
    const found = body.rooms as { room_id: string; start: string; end: string }[];
    expect(found.length).toBeGreaterThan(4);
    for (const { room_id, start, end } of found) {
      const minute = (text: string) => iso(Date.parse(text) / 1000 - MINUTE);
      const earlier = await ask('POST', '/reservations', { room_id, start: minute(start), end: minute(end) }, ada);
      // At once is as early as it gets.
      if (start !== iso(NOON)) expect(earlier.status, start).toBe(409);
      else continue;
      const { status, body: answer } = await ask('POST', '/reservations', { room_id, start, end, approval_reason: 'x' }, ada);
      expect(status, JSON.stringify(answer)).toBe(201);
    }
  });
});
