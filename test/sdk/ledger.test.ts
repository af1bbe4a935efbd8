import * as lark from '@larksuiteoapi/node-sdk';
import { afterAll, describe, expect, it } from 'vitest';
import { NOON, tenantToken, testTenant, testUser, userToken } from '../support/app.ts';
import { demoApp } from '../support/demo.ts';
import { instantOf } from '../support/ledger.ts';
import { sdkClient } from '../support/sdk.ts';

/* The official SDK reads a day of the demo. */
const { app, demo } = await demoApp(1);
afterAll(() => app.stop());
const ledger = sdkClient(app, demo).vc.v1.resourceReservationList;
const FROM = NOON - 86_400;
const day = { room_level_id: demo.rootLevelId, start_time: String(FROM), end_time: String(NOON - 1), room_ids: [] as string[] };

interface Row {
  room_id?: string | undefined;
  event_start_time?: string | undefined;
}
const keyOf = (row: Row) => `${row.room_id ?? ''} ${String(instantOf(row.event_start_time ?? ''))}`;

/** The rows of the day, straight from the table. */
const stored = await app.ctx.db.kysely
  .selectFrom('reservations')
  .innerJoin('rooms', (join) => join.onRef('rooms.tenant_id', '=', 'reservations.tenant_id').onRef('rooms.room_no', '=', 'reservations.room_no'))
  .select(['room_id', 'level_id', 'start_at', 'title', 'is_private'])
  .where('start_at', '>=', FROM)
  .where('start_at', '<', NOON)
  .where('accepted_at', 'is not', null)
  .where('cancelled_at', 'is', null)
  .where('rejected_at', 'is', null)
  .execute();
const keys = (rows: typeof stored) => rows.map((row) => `${row.room_id} ${String(row.start_at)}`).sort();

/** All rows that the SDK's iterator yields. */
async function iterate(params: typeof day & { page_size?: number; is_exclude?: boolean; need_topic?: boolean }, options?: Parameters<typeof ledger.get>[1]) {
  const rows = [];
  for await (const page of await ledger.getWithIterator({ params }, options)) rows.push(...(page?.room_reservation_list ?? []));
  return rows;
}

describe('the iterator of the SDK', () => {
  it.each([undefined, 20, 37, 100])('meets every row of the day exactly once, in pages of %s', async (page_size) => {
    const rows = await iterate({ ...day, ...(page_size === undefined ? {} : { page_size }) });
    expect(rows.length).toBeGreaterThan(200);
    expect(rows.map(keyOf).sort()).toEqual(keys(stored));
  });

  it('leaves out the rooms excluded', async () => {
    const room_ids = [...new Set(stored.map((row) => row.room_id))].slice(0, 5);
    const rows = await iterate({ ...day, room_ids, is_exclude: true });
    const expected = stored.filter((row) => !room_ids.includes(row.room_id));
    expect(expected.length).toBeLessThan(stored.length);
    expect(rows.map(keyOf).sort()).toEqual(keys(expected));
  });

  it('drops is_exclude when it is false, and means the same', async () => {
    const room_ids = [...new Set(stored.map((row) => row.room_id))].slice(0, 5);
    const rows = await iterate({ ...day, room_ids, is_exclude: false, need_topic: false });
    expect(rows.map(keyOf).sort()).toEqual(keys(stored.filter((row) => room_ids.includes(row.room_id))));
    expect(new Set(rows.map((row) => row.event_title))).toEqual(new Set(['']));
  });

  it('shows titles when asked, those of private events excepted', async () => {
    const rows = await iterate({ ...day, need_topic: true });
    const titles = new Map(rows.map((row) => [keyOf(row), row.event_title]));
    expect(titles).toEqual(new Map(stored.map((row) => [`${row.room_id} ${String(row.start_at)}`, row.is_private === 1 ? '' : row.title])));
  });

  it('swallows a refusal as one empty page, and ends', async () => {
    const pages = [];
    for await (const page of await ledger.getWithIterator({ params: { ...day, start_time: String(NOON + 1) } })) pages.push(page);
    expect(pages).toEqual([{}]);
  });
});

describe('get of the SDK', () => {
  it('gives a page and the token of the next one', async () => {
    const met: string[] = [];
    let page_token: string | undefined;
    do {
      const { code, msg, data } = await ledger.get({ params: { ...day, page_size: 100, ...(page_token ? { page_token } : {}) } });
      expect({ code, msg }).toEqual({ code: 0, msg: 'success' });
      met.push(...(data?.room_reservation_list ?? []).map(keyOf));
      page_token = data?.page_token;
      expect(page_token !== undefined).toBe(data?.has_more);
    } while (page_token);
    expect(met.sort()).toEqual(keys(stored));
  });

  it('with no rooms at all means all rooms, excluded or not', async () => {
    const [plain, excluding] = [await ledger.get({ params: day }), await ledger.get({ params: { ...day, is_exclude: true } })];
    expect(plain.data?.room_reservation_list).toHaveLength(20);
    expect(excluding.data?.room_reservation_list).toEqual(plain.data?.room_reservation_list);
  });

  it('with one room', async () => {
    const room = stored[0]?.room_id ?? '';
    const { data } = await ledger.get({ params: { ...day, room_ids: [room], page_size: 100 } });
    expect(data?.room_reservation_list?.map(keyOf).sort()).toEqual(keys(stored.filter((row) => row.room_id === room)));
  });
});

describe('a user token handed to the SDK', () => {
  it('reads the ledger as that user', async () => {
    const token = await userToken(app, demo, demo.administratorId);
    const rows = await iterate(day, lark.withUserAccessToken(token));
    expect(rows.map(keyOf).sort()).toEqual(keys(stored));
  });

  it('of a user without the permission does not', async () => {
    const token = await userToken(app, demo, await testUser(app, demo.tenantId));
    const call = ledger.get({ params: day }, lark.withUserAccessToken(token));
    await expect(call).rejects.toMatchObject({ response: { status: 403, data: { code: 121005, msg: 'no permission' } } });
  });
});

it('a tenant token handed to the SDK reads the ledger of its own tenant', async () => {
  const other = await testTenant(app);
  const { vc } = sdkClient(app, demo, { ownTokens: false });
  const { data } = await vc.v1.resourceReservationList.get({ params: { ...day, room_level_id: '' } }, lark.withTenantToken(await tenantToken(app, other)));
  expect(data).toEqual({ room_reservation_list: [], has_more: false });
});
