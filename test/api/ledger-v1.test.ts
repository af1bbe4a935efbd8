import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createApp as registerApp } from '../../src/domain/apps.ts';
import { credentialHeaders, NOON, tenantToken, tester, testTenant, testUser, userSession } from '../support/app.ts';
import { demoApp } from '../support/demo.ts';
import { addReservations, addRoom, getLedger, queryString, reservation, verdict, type Query } from '../support/ledger.ts';
import { sdkClient } from '../support/sdk.ts';

/*
 * The ledger of /api/v1 beside the vendor's method: in its window the two answer with the same rows, text for text; without it any
 * period is what its days are together.
 */
const { app, demo } = await demoApp(11);
afterAll(() => app.stop());
const { tenantId } = demo;
const DAY = 86_400;
const iso = (at: number) => new Date(at * 1000).toISOString();

interface Page {
  rows: { id: string; fields: Record<string, string> }[];
  fell_back: boolean;
  next_cursor: string | null;
  error?: { code: string; fields?: { field: string }[] };
}

const session = await userSession(app, tenantId, demo.administratorId);
const token = await tenantToken(app, demo);
const sdk = sdkClient(app, demo).vc.v1.resourceReservationList;

async function ask(query: Query, credential = session): Promise<{ status: number; body: Page; text: string }> {
  const response = await fetch(`${app.url}/api/v1/ledger?${queryString(query)}`, { headers: credentialHeaders(credential) });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text) as Page, text };
}

async function walk(query: Query, credential = session): Promise<Page['rows']> {
  const rows: Page['rows'] = [];
  for (let cursor: string | undefined; ;) {
    const { status, body, text } = await ask({ limit: 100, ...query, cursor }, credential);
    expect(status, text).toBe(200);
    rows.push(...body.rows);
    if (body.next_cursor === null) return rows;
    cursor = body.next_cursor;
  }
}

const directory = await app.ctx.directories.read(tenantId);
const roomIds = directory.roomsUnder(demo.rootLevelId).map((roomNo) => directory.roomOfNumber(roomNo)?.room_id ?? '');
const levels = (await app.ctx.db.kysely.selectFrom('levels').select('level_id').where('tenant_id', '=', tenantId).execute()).map(({ level_id }) => level_id);

/** A choice as somebody makes it on the screen, good and bad ones. */
const choices = fc.record({
  start: fc.integer({ min: NOON - 20 * DAY, max: NOON + DAY }),
  length: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: -10, max: DAY }) }, { weight: 1, arbitrary: fc.integer({ min: DAY, max: 3 * DAY }) }),
  level: fc.option(fc.oneof(fc.constantFrom(...levels), fc.constantFrom('', '0', 'nonsense', 'omb_00000000000000000000000000000000')), { nil: undefined }),
  rooms: fc.option(fc.uniqueArray(fc.constantFrom(...roomIds, 'omm_nobody'), { minLength: 1, maxLength: 8 }), { nil: undefined }),
  exclude: fc.boolean(),
  topics: fc.boolean(),
  limit: fc.integer({ min: 20, max: 100 }),
});

describe("in the vendor's window", () => {
  it("answers page by page with what the vendor's SDK gets, text for text, and refuses what that is refused", async () => {
    const seen = { rows: 0, pages: 0, refused: new Set<string>() };
    await fc.assert(
      fc.asyncProperty(choices, async ({ start, length, level, rooms, exclude, topics, limit }) => {
        const end = start + length;
        const ours: Query = { from: iso(start), to: iso(end), window: 'api', level, room: rooms, exclude, topics, limit };
        const theirs = { start_time: start, end_time: end, room_level_id: level, room_ids: rooms, is_exclude: exclude, need_topic: topics, page_size: limit };
        const wire = verdict(await getLedger(app, token, theirs));
        const first = await ask(ours);
        expect(first.status).toBe(wire.status);
        if (wire.code !== 0) {
          const names: Record<number, string> = { 126005: 'start_time', 126006: 'end_time', 121004: 'not_found' };
          expect(first.body.error?.code).toBe(names[wire.code]);
          seen.refused.add(String(first.body.error?.code));
          return;
        }
        let cursor: string | null = null;
        let page_token: string | undefined;
        do {
          const { body } = await ask({ ...ours, ...(cursor === null ? {} : { cursor }) });
          const { data } = await sdk.get({
            params: {
              room_level_id: level ?? '',
              need_topic: topics,
              start_time: String(start),
              end_time: String(end),
              // What the SDK wants of a caller, the method does not: see the tests of the wire.
              ...(rooms ? { room_ids: rooms } : ({} as { room_ids: string[] })),
              is_exclude: exclude,
              page_size: limit,
              ...(page_token === undefined ? {} : { page_token }),
            },
          });
          expect(body.rows.map(({ fields }) => fields)).toEqual(data?.room_reservation_list);
          expect(body.next_cursor).toBe(data?.page_token ?? null);
          cursor = body.next_cursor;
          page_token = data?.page_token;
          seen.rows += body.rows.length;
          seen.pages += 1;
        } while (cursor !== null);
      }),
      { numRuns: 100 },
    );
    expect(seen.rows).toBeGreaterThan(1000);
    expect(seen.pages).toBeGreaterThan(60);
    expect([...seen.refused].sort()).toEqual(['end_time', 'not_found', 'start_time']);
  });

  it('has the fields in the order of the wire, and ids that the reservation can be read by', async () => {
    const { body } = await ask({ from: iso(NOON - DAY), to: iso(NOON), window: 'api', topics: true });
    const wire = await getLedger(app, token, { start_time: NOON - DAY, end_time: NOON, need_topic: true });
    expect(JSON.stringify(body.rows.map(({ fields }) => fields))).toBe(JSON.stringify(wire.body.data.room_reservation_list));
    expect(Object.keys(body.rows[0]?.fields ?? {})).toHaveLength(18);
    for (const { id, fields } of body.rows.slice(0, 5)) {
      const response = await fetch(`${app.url}/api/v1/reservations/${id}`, { headers: credentialHeaders(session) });
      expect(await response.json()).toMatchObject({ id, room_id: fields.room_id, title: fields.event_title === '' ? null : fields.event_title });
    }
  });
});

describe('any period', () => {
  it('is what its days have, in their order, past and future', async () => {
    await fc.assert(
      fc.asyncProperty(choices, fc.integer({ min: 1, max: 9 }), async ({ start, rooms, exclude, limit }, days) => {
        const common: Query = { room: rooms, exclude, topics: true };
        const whole = await ask({ ...common, from: iso(start), to: iso(start + days * DAY - 1) });
        if (whole.status === 404) return;
        const rows = await walk({ ...common, from: iso(start), to: iso(start + days * DAY - 1), limit });
        const byDay: Page['rows'] = [];
        for (let day = start; day < start + days * DAY; day += DAY) byDay.push(...(await walk({ ...common, from: iso(day), to: iso(day + DAY - 1) })));
        expect(rows).toEqual(byDay);
        expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
      }),
      { numRuns: 25 },
    );
  });

  it('reaches from the first reservation to the last', async () => {
    const { count } = await app.ctx.db.kysely
      .selectFrom('reservations')
      .select((eb) => eb.fn.countAll<number | string>().as('count'))
      .where('tenant_id', '=', tenantId)
      .where('cancelled_at', 'is', null)
      .where('rejected_at', 'is', null)
      .where((eb) => eb.or([eb('accepted_at', 'is not', null), eb('start_at', '>', NOON)]))
      .executeTakeFirstOrThrow();
    const rows = await walk({ from: '0001-01-01T00:00:00Z', to: '9999-12-31T23:59:59Z' });
    expect(rows).toHaveLength(Number(count));
    expect(rows.length).toBeGreaterThan(10_000);
  });

  it('cannot end before it begins', async () => {
    const { status, body } = await ask({ from: iso(NOON), to: iso(NOON - 1) });
    expect([status, body.error?.code]).toEqual([400, 'end_time']);
  });

  it('shows a request that nobody decided until its start, and no longer', async () => {
    const tenant = await testTenant(app);
    const { roomNo } = await addRoom(app, tenant.tenantId, tenant.rootLevelId);
    await addReservations(app, [reservation({ tenant_id: tenant.tenantId, room_no: roomNo, start_at: NOON + 3600, accepted_at: null })]);
    const own = await userSession(app, tenant.tenantId, tenant.administratorId);
    const query = { from: iso(NOON - DAY), to: iso(NOON + DAY) };
    expect((await walk(query, own)).map(({ fields }) => fields.reservation_status)).toEqual(['审批中']);
    app.clock.seconds = NOON + 3600;
    expect(await walk(query, await userSession(app, tenant.tenantId, tenant.administratorId))).toEqual([]);
    app.clock.seconds = NOON;
  });
});

describe('pages', () => {
  it('may change in size and topics on the way, and have each reservation once', async () => {
    const query = { from: iso(NOON - 3 * DAY), to: iso(NOON + 3 * DAY) };
    const met: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; ; page++) {
      const { body } = await ask({ ...query, limit: 20 + ((page * 37) % 81), topics: page % 2 === 0, cursor });
      met.push(...body.rows.map(({ id }) => id));
      if (body.next_cursor === null) break;
      cursor = body.next_cursor;
    }
    expect(met).toEqual((await walk(query)).map(({ id }) => id));
  });

  it.each<[string, Query]>([
    ['another period', { to: iso(NOON + 1) }],
    ['another level', { level: levels.find((level) => level !== demo.rootLevelId) ?? '' }],
    ['other rooms', { room: roomIds[0] ?? '' }],
    ['another sense of the rooms', { exclude: true }],
  ])('of %s are refused, and the field is named', async (_what, other) => {
    const query = { from: iso(NOON - 3 * DAY), to: iso(NOON) };
    const { next_cursor } = (await ask(query)).body;
    const { status, body } = await ask({ ...query, ...other, cursor: next_cursor ?? '' });
    expect([status, body.error?.code, body.error?.fields?.map(({ field }) => field)]).toEqual([400, 'invalid', ['cursor']]);
  });

  it.each([19, 101])('have 20 to 100 rows, not %i', async (limit) => {
    const { status, body } = await ask({ from: iso(NOON), to: iso(NOON), limit });
    expect([status, body.error?.fields?.map(({ field }) => field)]).toEqual([400, ['limit']]);
  });
});

it.each<[string | undefined, boolean]>([
  [undefined, false],
  ['', false],
  ['0', false],
  [demo.rootLevelId, false],
  ['nonsense', true],
  ['od-1', true],
])('of the level %s it says whether it fell back to the tenant: %s', async (level, fellBack) => {
  const query = { from: iso(NOON - DAY), to: iso(NOON) };
  const { body } = await ask({ ...query, level });
  expect(body.fell_back).toBe(fellBack);
  expect(body.rows).toEqual((await ask(query)).body.rows);
});

describe('who does not manage meetings', () => {
  it('reads none of it', async () => {
    const plain = await userSession(app, tenantId, await testUser(app, tenantId));
    const { status, body } = await ask({ from: iso(NOON - DAY), to: iso(NOON) }, plain);
    expect([status, body.error?.code]).toEqual([403, 'no_permission']);
  });

  it('learns nothing of which levels there are', async () => {
    const plain = await userSession(app, tenantId, await testUser(app, tenantId));
    for (const level of [demo.rootLevelId, 'omb_00000000000000000000000000000000'])
      expect((await ask({ from: iso(NOON - DAY), to: iso(NOON), level }, plain)).status).toBe(403);
  });

  it('reads it as a manager who is no administrator, and by an app of one', async () => {
    const manager = await testUser(app, tenantId, true);
    expect((await ask({ from: iso(NOON - DAY), to: iso(NOON) }, await userSession(app, tenantId, manager))).status).toBe(200);
    const { appId, secret } = await registerApp(app.ctx, tester, { tenantId, name: 'reads', scopes: ['yuding:read'] });
    const { status } = await ask({ from: iso(NOON - DAY), to: iso(NOON) }, await tenantToken(app, { appId, appSecret: secret }));
    expect(status).toBe(200);
  });
});

it('another tenant has no rows of it, and what it cannot see is not there for it', async () => {
  const other = await testTenant(app);
  const credential = await userSession(app, other.tenantId, other.administratorId);
  const period = { from: iso(NOON - 30 * DAY), to: iso(NOON + 30 * DAY) };
  expect(await walk(period, credential)).toEqual([]);
  const told = async (query: { level?: string; room?: string }) => {
    const { status, text } = await ask({ ...period, ...query }, credential);
    return `${String(status)} ${text.replace(/"log_id":"\w+"/, '').replaceAll(query.level ?? query.room ?? '', 'ID')}`;
  };
  expect(await told({ level: demo.rootLevelId })).toBe(await told({ level: 'omb_00000000000000000000000000000000' }));
  expect(await told({ room: roomIds[0] ?? '' })).toBe(await told({ room: 'omm_00000000000000000000000000000000' }));
});

it('hides the titles of private events from everybody, with topics too', async () => {
  const tenant = await testTenant(app);
  const { roomNo } = await addRoom(app, tenant.tenantId, tenant.rootLevelId);
  await addReservations(app, [
    reservation({ tenant_id: tenant.tenantId, room_no: roomNo, start_at: NOON, title: 'secret', is_private: 1, reserver_id: tenant.administratorId }),
  ]);
  const { text } = await ask({ from: iso(NOON), to: iso(NOON), topics: true }, await userSession(app, tenant.tenantId, tenant.administratorId));
  expect(text).toContain('"event_title":""');
  expect(text).not.toContain('secret');
});
