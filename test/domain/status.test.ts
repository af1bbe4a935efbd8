import { describe, expect, it } from 'vitest';
import { statusOf, type Facts } from '../../src/domain/status.ts';
import { checkInDevice, checkInStatus, reservationStatus } from '../../src/wire/literals.ts';

const START = 1_800_000_000;
const OPENS = START - 900;
const CLOSES = START + 900;
const END = START + 3600;

const accepted: Facts = {
  accepted_at: START - 86_400,
  released_at: null,
  release_cause: null,
  check_in_rule: 'required',
  check_in_opens_at: OPENS,
  check_in_closes_at: CLOSES,
  checked_in_at: null,
  checked_in_with: null,
  room_disabled_at: null,
};
const checkedIn: Partial<Facts> = { checked_in_at: START, checked_in_with: 'panel' };
const release = (release_cause: Facts['release_cause'], released_at: number): Partial<Facts> => ({ release_cause, released_at });
const rule = (check_in_rule: 'walk_up' | 'off' | 'no_device'): Partial<Facts> => ({ check_in_rule, check_in_opens_at: null, check_in_closes_at: null });

/** What happened, when it is looked at, and the three texts that the ledger prints then. */
const table: [happened: string, facts: Partial<Facts>, now: number, status: string, checkIn: string, device: string][] = [
  ['a request waits for approval', { accepted_at: null }, START - 1, '审批中', '无需签到', ''],
  ['accepted, long before', {}, OPENS - 1, '预定成功', '待签到', ''],
  ['the check-in window opens', {}, OPENS, '预定成功', '签到时间未结束', ''],
  ['a second before it closes', {}, CLOSES - 1, '预定成功', '签到时间未结束', ''],
  ['it closes, nobody came', {}, CLOSES, '预定成功', '超时未签到', ''],
  ['long after, nobody came and nothing releases', {}, END + 86_400, '预定成功', '超时未签到', ''],
  ['checked in at the panel', checkedIn, START, '预定成功', '已签到', '签到板'],
  ['checked in with the QR code', { ...checkedIn, checked_in_with: 'qr_code' }, START, '预定成功', '已签到', '签到二维码'],
  ['checked in at the controller', { ...checkedIn, checked_in_with: 'controller' }, START, '预定成功', '已签到', '控制器'],
  ['checked in at the touch panel', { ...checkedIn, checked_in_with: 'touch_panel' }, START, '预定成功', '已签到', '触屏版'],
  ['all devices were silent', { ...checkedIn, checked_in_with: 'offline_auto' }, START, '预定成功', '已签到', '设备离线，自动签到'],
  ['an administrator checked in', { ...checkedIn, checked_in_with: null }, START, '预定成功', '已签到', ''],
  ['a normal end', checkedIn, END, '预定成功', '已签到', '签到板'],
  ['given back before the window', release('by_hand', OPENS - 1), END, '已释放（手动释放）', '无需签到', ''],
  ['given back inside the window', release('by_hand', OPENS), END, '已释放（手动释放）', '签到时间未结束', ''],
  ['given back after nobody came', release('by_hand', CLOSES), END, '已释放（手动释放）', '超时未签到', ''],
  ['given back by an administrator while in use', { ...checkedIn, ...release('by_hand', START + 600) }, END, '已释放（手动释放）', '已签到', '签到板'],
  ['ended early', { ...checkedIn, ...release('after_end', START + 1800) }, END, '已释放（会议结束后自动释放）', '已签到', '签到板'],
  ['released, because nobody came', release('no_show', CLOSES), END, '已释放（未签到被释放）', '超时未签到', ''],
  ['released as a no-show by API, before the window closed', release('no_show', START), END, '已释放（未签到被释放）', '超时未签到', ''],
  ['a sensor saw an empty room', { ...checkedIn, ...release('by_sensor', START + 1800) }, END, '已释放（传感器自动释放）', '已签到', '签到板'],
  [
    'a sensor, where no check-in is asked',
    { ...rule('off'), ...release('by_sensor', START + 1800) },
    END,
    '已释放（传感器自动释放）',
    '无需签到（未开启签到设置）',
    '',
  ],
  ['booked on the spot', rule('walk_up'), START, '预定成功', '无需签到（即时预定）', ''],
  ['booked on the spot and given back', { ...rule('walk_up'), ...release('by_hand', START + 60) }, END, '已释放（手动释放）', '无需签到（即时预定）', ''],
  ['check-in is off', rule('off'), START, '预定成功', '无需签到（未开启签到设置）', ''],
  ['no device is bound', rule('no_device'), START, '预定成功', '无需签到（未安装签到设备）', ''],
  ['the room was disabled', { room_disabled_at: OPENS - 60 }, START, '预定成功', '不可签到（会议室被禁用）', ''],
  ['the room was disabled, long after', { room_disabled_at: START }, END, '预定成功', '不可签到（会议室被禁用）', ''],
  ['the room was disabled after the check-in', { ...checkedIn, room_disabled_at: START + 60 }, END, '预定成功', '已签到', '签到板'],
  ['the room was disabled after nobody came', { room_disabled_at: CLOSES }, END, '预定成功', '超时未签到', ''],
];

describe('what facts amount to', () => {
  it.each(table)('%s', (_happened, facts, now, status, checkIn, device) => {
    const found = statusOf({ ...accepted, ...facts }, now);
    expect({
      status: reservationStatus[found.reservation],
      checkIn: checkInStatus[found.checkIn],
      device: found.device === null ? '' : checkInDevice[found.device],
    }).toEqual({ status, checkIn, device });
  });

  it('repeats the status as the release, exactly when there was one', () => {
    for (const [, facts, now] of table) {
      const { reservation, release } = statusOf({ ...accepted, ...facts }, now);
      expect(release).toBe(facts.release_cause ? reservation : null);
    }
  });

  it('reaches every literal', () => {
    const reached = new Set(table.flatMap(([, , , ...literals]) => literals));
    for (const literals of [reservationStatus, checkInStatus, checkInDevice]) for (const literal of Object.values(literals)) expect(reached).toContain(literal);
  });
});
