import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { vc } from '../../src/wire/errors.ts';
import { NOON, tenantToken, testApp, testTenant, type TestApp } from '../support/app.ts';
import { addLevel, addReservations, addRoom, getLedger, reservation, verdict, type Query } from '../support/ledger.ts';
import { keptPlace } from '../support/place.ts';

/* One level with two rooms and 45 rows: three pages. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const START = NOON - 36_000;
const world = await furnish(app);
const whole = { start_time: START, end_time: START + 80_000 };
const walk = { ...whole, room_level_id: world.levelId, room_ids: world.roomIds };
const { page_token: second = '' } = (await getLedger(app, world.token, walk)).body.data;
const refusal = { status: vc.param.http, code: vc.param.code, msg: vc.param.msg, fields: ['page_token'] };

async function furnish(at: TestApp): Promise<{ token: string; rootLevelId: string; levelId: string; roomIds: string[]; titles: string[] }> {
  const tenant = await testTenant(at);
  const { tenantId, rootLevelId } = tenant;
  const levelId = await addLevel(at, tenantId, rootLevelId);
  const rooms = [await addRoom(at, tenantId, levelId), await addRoom(at, tenantId, levelId)];
  const titles = Array.from({ length: 45 }, (_, i) => `title ${String(i)}`);
  const rows = titles.map((title, i) =>
    reservation({ tenant_id: tenantId, room_no: rooms[i % 2]?.roomNo ?? 0, start_at: START + (i >> 1) * 900, end_at: START + (i >> 1) * 900 + 900, title }),
  );
  await addReservations(at, rows);
  return { token: await tenantToken(at, tenant), rootLevelId, levelId, roomIds: rooms.map(({ roomId }) => roomId), titles };
}

const next = (query: Query, token = world.token) => getLedger(app, token, { ...walk, page_token: second, ...query });

describe('a page token', () => {
  it('is short and safe in a URL', () => {
    expect(second).toMatch(/^[\w-]{1,64}$/);
  });

  const [a = '', b = ''] = world.roomIds;
  it.each<[string, Query, number]>([
    ['unchanged', {}, 20],
    ['a larger page', { page_size: 100 }, 25],
    ['a page between', { page_size: 23 }, 23],
    ['the rooms in another order', { room_ids: [b, a] }, 20],
    ['a room named twice', { room_ids: [a, b, a] }, 20],
    ['numbers written otherwise', { start_time: `00${String(START)}` }, 20],
    ['booleans written otherwise', { is_exclude: 'False' }, 20],
    ['an unknown parameter more', { foo: 'bar' }, 20],
  ])('goes on with %s', async (_what, query, rows) => {
    const { status, body } = await next({ need_topic: true, ...query });
    expect(status).toBe(200);
    expect(body.data.room_reservation_list.map((row) => row.event_title)).toEqual(world.titles.slice(20, 20 + rows));
  });

  it('may be used again, and with titles or without', async () => {
    const [plain, titled, again] = [await next({}), await next({ need_topic: true }), await next({})];
    expect(again.body).toEqual(plain.body);
    const withoutTitles = titled.body.data.room_reservation_list.map((row) => ({ ...row, event_title: '' }));
    expect(withoutTitles).toEqual(plain.body.data.room_reservation_list);
  });

  it('means the first page when it is empty', async () => {
    expect((await next({ page_token: '' })).body).toEqual((await next({ page_token: undefined })).body);
  });

  it.each<[string, Query]>([
    ['another start', { start_time: START - 1 }],
    ['another end', { end_time: START + 80_001 }],
    ['another level', { room_level_id: world.rootLevelId }],
    ['no level', { room_level_id: undefined }],
    ['fewer rooms', { room_ids: [a] }],
    ['more rooms', { room_ids: [a, b, 'omm_1'] }],
    ['no rooms', { room_ids: undefined }],
    ['the rooms excluded', { is_exclude: true }],
    ['the rooms moved into each other', { room_ids: [`${a},${b}`] }],
  ])('belongs to its query: not with %s', async (_what, query) => {
    expect(verdict(await next(query))).toEqual(refusal);
  });

  it('belongs to its tenant', async () => {
    const { token } = await furnish(app);
    const query = { room_level_id: undefined, room_ids: undefined, page_token: undefined };
    const ours = (await next(query)).body.data.page_token;
    expect(verdict(await next({ ...query, page_token: ours }))).toMatchObject({ code: 0 });
    expect(verdict(await next({ ...query, page_token: ours }, token))).toEqual(refusal);
  });

  it('belongs to its server', async () => {
    await using other = await testApp();
    const there = await furnish(other);
    const answer = await getLedger(other, there.token, { ...whole, page_token: second });
    expect(verdict(answer)).toEqual(refusal);
  });

  it('still works after a restart', async () => {
    const place = await keptPlace();
    await using first = await testApp(place);
    const { token } = await furnish(first);
    const { page_token } = (await getLedger(first, token, whole)).body.data;
    const expected = await getLedger(first, token, { ...whole, page_token });
    expect(verdict(expected).code).toBe(0);
    await first.stop();
    await using again = await testApp(place);
    expect((await getLedger(again, token, { ...whole, page_token })).body).toEqual(expected.body);
  });

  it.each([
    ['an offset', '20'],
    ['a letter', 'x'],
    ['a space', ' '],
    ['cut', second.slice(0, -1)],
    ['cut to its position', second.slice(0, 22)],
    ['longer', `${second}A`],
    ['padded', `${second}=`],
    ['twice', second + second],
    ['in upper case', second.toUpperCase()],
    ['very long', 'A'.repeat(8000)],
    ['zeros', 'A'.repeat(second.length)],
    ['a zero byte behind', `${second}\0`],
    ['not ASCII', '页'],
  ])('is not %s', async (_what, page_token) => {
    expect(verdict(await next({ page_token }))).toEqual(refusal);
  });

  it('is not another one by a single character', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const change = fc.tuple(fc.nat(second.length - 1), fc.constantFrom(...Array.from(alphabet)));
    await fc.assert(
      fc.asyncProperty(change, async ([at, character]) => {
        fc.pre(second[at] !== character);
        expect(verdict(await next({ page_token: second.slice(0, at) + character + second.slice(at + 1) }))).toEqual(refusal);
      }),
      { numRuns: 100 },
    );
  });
});
