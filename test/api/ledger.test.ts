import { afterAll, describe, expect, it } from 'vitest';
import type { Reservation } from '../../src/store/tables.ts';
import { NOON, tenantToken, testApp, testTenant } from '../support/app.ts';
import { addLevel, addReservations, addRoom, getLedger, reservation } from '../support/ledger.ts';

/* What a row says, field by field. It is 2026-03-18 12:00 in Shanghai. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app);
const { tenantId } = tenant;
const token = await tenantToken(app, tenant);
const TEN = NOON - 7200;
const ONE_PM = NOON + 3600;

type Facts = Partial<Omit<Reservation, 'id' | 'tenant_id' | 'room_no'>>;
type Row = Record<string, string>;

let rowsSoFar = 0;

/** The whole answer for a room of its own with this one reservation. */
async function answerFor(facts: Facts & { start_at: number }, levelId = tenant.rootLevelId, need_topic = true): Promise<{ body: unknown; roomId: string }> {
  const { roomNo, roomId } = await addRoom(app, tenantId, levelId, `松 ${String(++rowsSoFar)}`);
  await addReservations(app, [reservation({ tenant_id: tenantId, room_no: roomNo, ...facts })]);
  const from = Math.min(facts.start_at, app.clock.now());
  const { status, body } = await getLedger(app, token, { start_time: from, end_time: facts.start_at, room_ids: roomId, need_topic });
  expect(status).toBe(200);
  return { body, roomId };
}

async function rowFor(...args: Parameters<typeof answerFor>): Promise<Row> {
  const { body } = await answerFor(...args);
  return (body as { data: { room_reservation_list: [Row] } }).data.room_reservation_list[0];
}

/** An accepted reservation from ten to eleven, check-in asked for, nobody came and nothing was released. */
const plain: Row = {
  event_title: '周会',
  reserver: '可涵',
  reserver_user_id: 'ou_00000000000000000000000000000001',
  department_of_reserver: '研发部',
  guests_number: '5',
  accepted_number: '2',
  event_start_time: '2026.03.18 10:00:00 (GMT+08:00)',
  event_end_time: '2026.03.18 11:00:00 (GMT+08:00)',
  event_duration: '1:00:00',
  reservation_status: '预定成功',
  check_in_device: '',
  room_check_in_status: '超时未签到',
  check_in_time: '',
  is_release_early: '',
  releasing_person: '',
  releasing_time: '',
};
const atOnePm = { event_start_time: '2026.03.18 13:00:00 (GMT+08:00)', event_end_time: '2026.03.18 14:00:00 (GMT+08:00)' };
const checkedIn = { checked_in_at: TEN - 90, checked_in_with: 'panel' } as const;
const checkedInRow = { check_in_device: '签到板', room_check_in_status: '已签到', check_in_time: '2026.03.18 09:58:30 (GMT+08:00)' };
const noWindow = { check_in_opens_at: null, check_in_closes_at: null };

const golden: [literal: string, facts: Facts, differs: Row][] = [
  ['审批中', { start_at: ONE_PM, accepted_at: null }, { ...atOnePm, reservation_status: '审批中', room_check_in_status: '无需签到' }],
  ['预定成功', {}, {}],
  [
    '已释放（手动释放）',
    { ...checkedIn, released_at: TEN + 600, release_cause: 'by_hand', released_by_name: '王可涵' },
    {
      ...checkedInRow,
      reservation_status: '已释放（手动释放）',
      is_release_early: '已释放（手动释放）',
      releasing_person: '王可涵',
      releasing_time: '2026.03.18 10:10:00 (GMT+08:00)',
    },
  ],
  [
    '已释放（会议结束后自动释放）',
    { ...checkedIn, released_at: TEN + 1805, release_cause: 'after_end', released_by_name: '可涵' },
    {
      ...checkedInRow,
      reservation_status: '已释放（会议结束后自动释放）',
      is_release_early: '已释放（会议结束后自动释放）',
      releasing_person: '可涵',
      releasing_time: '2026.03.18 10:30:05 (GMT+08:00)',
    },
  ],
  [
    '已释放（未签到被释放）',
    { released_at: TEN + 900, release_cause: 'no_show' },
    { reservation_status: '已释放（未签到被释放）', is_release_early: '已释放（未签到被释放）', releasing_time: '2026.03.18 10:15:00 (GMT+08:00)' },
  ],
  [
    '已释放（传感器自动释放）',
    { ...checkedIn, released_at: TEN + 2400, release_cause: 'by_sensor' },
    {
      ...checkedInRow,
      reservation_status: '已释放（传感器自动释放）',
      is_release_early: '已释放（传感器自动释放）',
      releasing_time: '2026.03.18 10:40:00 (GMT+08:00)',
    },
  ],
  ['无需签到（即时预定）', { check_in_rule: 'walk_up', ...noWindow }, { room_check_in_status: '无需签到（即时预定）' }],
  ['无需签到（未开启签到设置）', { check_in_rule: 'off', ...noWindow }, { room_check_in_status: '无需签到（未开启签到设置）' }],
  ['无需签到（未安装签到设备）', { check_in_rule: 'no_device', ...noWindow }, { room_check_in_status: '无需签到（未安装签到设备）' }],
  [
    '无需签到',
    { released_at: TEN - 3600, release_cause: 'by_hand', released_by_name: '可涵' },
    {
      reservation_status: '已释放（手动释放）',
      room_check_in_status: '无需签到',
      is_release_early: '已释放（手动释放）',
      releasing_person: '可涵',
      releasing_time: '2026.03.18 09:00:00 (GMT+08:00)',
    },
  ],
  ['待签到', { start_at: ONE_PM }, { ...atOnePm, room_check_in_status: '待签到' }],
  [
    '签到时间未结束',
    { start_at: NOON - 899 },
    {
      event_start_time: '2026.03.18 11:45:01 (GMT+08:00)',
      event_end_time: '2026.03.18 12:45:01 (GMT+08:00)',
      room_check_in_status: '签到时间未结束',
    },
  ],
  ['已签到', checkedIn, checkedInRow],
  ['超时未签到', {}, {}],
  ['不可签到（会议室被禁用）', { room_disabled_at: TEN - 7200 }, { room_check_in_status: '不可签到（会议室被禁用）' }],
  ['签到板', { ...checkedIn, checked_in_with: 'panel' }, checkedInRow],
  ['签到二维码', { ...checkedIn, checked_in_with: 'qr_code' }, { ...checkedInRow, check_in_device: '签到二维码' }],
  ['控制器', { ...checkedIn, checked_in_with: 'controller' }, { ...checkedInRow, check_in_device: '控制器' }],
  ['触屏版', { ...checkedIn, checked_in_with: 'touch_panel' }, { ...checkedInRow, check_in_device: '触屏版' }],
  [
    '设备离线，自动签到',
    { checked_in_at: TEN + 900, checked_in_with: 'offline_auto' },
    { check_in_device: '设备离线，自动签到', room_check_in_status: '已签到', check_in_time: '2026.03.18 10:15:00 (GMT+08:00)' },
  ],
  ['an administrator checked in', { ...checkedIn, checked_in_with: null }, { ...checkedInRow, check_in_device: '' }],
];

describe('a whole answer', () => {
  it.each(golden)('%s', async (literal, facts, differs) => {
    const { body, roomId } = await answerFor({ start_at: TEN, ...facts });
    const row = { room_id: roomId, room_name: `松 ${String(rowsSoFar)}`, ...plain, ...differs };
    expect(body).toEqual({ code: 0, msg: 'success', data: { room_reservation_list: [row], has_more: false } });
    if (!literal.startsWith('an ')) expect(Object.values(row)).toContain(literal);
  });

  it('has its fields in the order of the vendor', async () => {
    expect(Object.keys(await rowFor({ start_at: TEN }))).toEqual(['room_id', 'room_name', ...Object.keys(plain)]);
  });

  it('has no rows and no page token when there is nothing', async () => {
    const { body } = await getLedger(app, token, { start_time: 0, end_time: 1 });
    expect(body).toEqual({ code: 0, msg: 'success', data: { room_reservation_list: [], has_more: false } });
  });
});

describe('a title', () => {
  it.each([
    ['is shown when asked for', {}, true, '周会'],
    ['is not shown otherwise', {}, false, ''],
    ['of a private event is not shown', { is_private: 1 }, true, ''],
    ['of a private event is not shown otherwise either', { is_private: 1 }, false, ''],
    ['comes as it was written', { title: '"<b>\\ 会议\n\u2028🏢 =1+1' }, true, '"<b>\\ 会议\n\u2028🏢 =1+1'],
    ['may be empty', { title: '' }, true, ''],
  ])('%s', async (_what, facts, needTopic, title) => {
    expect((await rowFor({ start_at: TEN, ...facts }, tenant.rootLevelId, needTopic)).event_title).toBe(title);
  });
});

it('an app as the reserver has its own id and no department', async () => {
  const facts = { reserver_id: tenant.appId, reserver_name: '会议助手', reserver_department: '', guests: 0, guests_accepted: 0 };
  expect(await rowFor({ start_at: TEN, ...facts })).toMatchObject({
    reserver: '会议助手',
    reserver_user_id: expect.stringMatching(/^cli_[0-9a-f]{16}$/) as string,
    department_of_reserver: '',
    guests_number: '0',
    accepted_number: '0',
  });
});

describe('a duration', () => {
  it.each([
    [1, '0:00:01'],
    [3599, '0:59:59'],
    [9 * 3600 + 5 * 60 + 7, '9:05:07'],
    [86_400, '24:00:00'],
    [25 * 3600, '25:00:00'],
    [100 * 3600 + 1, '100:00:01'],
    [366 * 86_400, '8784:00:00'],
  ])('of %i s is %s', async (seconds, text) => {
    expect((await rowFor({ start_at: TEN, end_at: TEN + seconds })).event_duration).toBe(text);
  });
});

describe('times', () => {
  const at = (iso: string) => Date.parse(iso) / 1000;

  it.each<[zone: string, start: string, end: string, text: [string, string]]>([
    ['Europe/Berlin', '2026-01-15T08:00Z', '2026-01-15T09:00Z', ['2026.01.15 09:00:00 (GMT+01:00)', '2026.01.15 10:00:00 (GMT+01:00)']],
    ['Europe/Berlin', '2025-07-15T22:30Z', '2025-07-15T23:00Z', ['2025.07.16 00:30:00 (GMT+02:00)', '2025.07.16 01:00:00 (GMT+02:00)']],
    ['Europe/Berlin', '2025-10-26T00:30Z', '2025-10-26T01:30Z', ['2025.10.26 02:30:00 (GMT+02:00)', '2025.10.26 02:30:00 (GMT+01:00)']],
    ['Europe/Berlin', '2025-03-30T00:59:59Z', '2025-03-30T01:00Z', ['2025.03.30 01:59:59 (GMT+01:00)', '2025.03.30 03:00:00 (GMT+02:00)']],
    ['America/New_York', '2026-01-01T04:00Z', '2026-01-01T05:00Z', ['2025.12.31 23:00:00 (GMT-05:00)', '2026.01.01 00:00:00 (GMT-05:00)']],
    ['America/New_York', '2025-07-01T13:00Z', '2025-07-01T14:00Z', ['2025.07.01 09:00:00 (GMT-04:00)', '2025.07.01 10:00:00 (GMT-04:00)']],
    ['Australia/Lord_Howe', '2025-04-05T14:45Z', '2025-04-05T15:15Z', ['2025.04.06 01:45:00 (GMT+11:00)', '2025.04.06 01:45:00 (GMT+10:30)']],
    ['Australia/Adelaide', '2025-04-05T16:15Z', '2025-04-05T16:45Z', ['2025.04.06 02:45:00 (GMT+10:30)', '2025.04.06 02:15:00 (GMT+09:30)']],
    ['America/St_Johns', '2026-01-15T12:00Z', '2026-01-15T12:30Z', ['2026.01.15 08:30:00 (GMT-03:30)', '2026.01.15 09:00:00 (GMT-03:30)']],
    ['Asia/Kathmandu', '2026-01-15T12:00Z', '2026-01-15T12:30Z', ['2026.01.15 17:45:00 (GMT+05:45)', '2026.01.15 18:15:00 (GMT+05:45)']],
    ['Pacific/Kiritimati', '2026-01-15T12:00Z', '2026-01-15T12:30Z', ['2026.01.16 02:00:00 (GMT+14:00)', '2026.01.16 02:30:00 (GMT+14:00)']],
    ['UTC', '2024-02-29T00:00Z', '2024-03-01T00:00Z', ['2024.02.29 00:00:00 (GMT+00:00)', '2024.03.01 00:00:00 (GMT+00:00)']],
    ['Asia/Shanghai', '1990-07-01T00:00Z', '1990-07-01T01:00Z', ['1990.07.01 09:00:00 (GMT+09:00)', '1990.07.01 10:00:00 (GMT+09:00)']],
  ])('in %s, %s to %s', async (zone, start, end, [startText, endText]) => {
    const level = await addLevel(app, tenantId, tenant.rootLevelId, zone);
    const row = await rowFor({ start_at: at(start), end_at: at(end) }, level);
    expect([row.event_start_time, row.event_end_time]).toEqual([startText, endText]);
  });

  it('past 2038', async () => {
    app.clock.seconds = at('2041-06-01T00:00Z');
    const row = await rowFor({ start_at: at('2041-05-31T16:00Z') });
    app.clock.seconds = NOON;
    expect(row.event_start_time).toBe('2041.06.01 00:00:00 (GMT+08:00)');
  });

  it('have the zone of the nearest level that names one, and each its own offset', async () => {
    const berlin = await addLevel(app, tenantId, tenant.rootLevelId, 'Europe/Berlin');
    const house = await addLevel(app, tenantId, berlin);
    const floor = await addLevel(app, tenantId, house, 'America/New_York');
    const corner = await addLevel(app, tenantId, floor);
    const start_at = at('2025-10-25T23:30Z');
    const facts: Facts & { start_at: number } = {
      start_at,
      end_at: start_at + 7200,
      checked_in_at: start_at,
      released_at: start_at + 5400,
      release_cause: 'after_end',
    };
    const times = async (level: string) => {
      const row = await rowFor(facts, level);
      return [row.event_start_time, row.check_in_time, row.releasing_time, row.event_end_time].map((text) => text?.slice(11));
    };
    const inBerlin = ['01:30:00 (GMT+02:00)', '01:30:00 (GMT+02:00)', '02:00:00 (GMT+01:00)', '02:30:00 (GMT+01:00)'];
    const inNewYork = ['19:30:00 (GMT-04:00)', '19:30:00 (GMT-04:00)', '21:00:00 (GMT-04:00)', '21:30:00 (GMT-04:00)'];
    const inShanghai = ['07:30:00 (GMT+08:00)', '07:30:00 (GMT+08:00)', '09:00:00 (GMT+08:00)', '09:30:00 (GMT+08:00)'];
    expect(await times(berlin)).toEqual(inBerlin);
    expect(await times(house)).toEqual(inBerlin);
    expect(await times(floor)).toEqual(inNewYork);
    expect(await times(corner)).toEqual(inNewYork);
    expect(await times(tenant.rootLevelId)).toEqual(inShanghai);
  });
});
