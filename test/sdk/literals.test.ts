import * as lark from '@larksuiteoapi/node-sdk';
import { afterAll, describe, expect, it } from 'vitest';
import { doDue } from '../../src/jobs/runner.ts';
import { checkInDevice, checkInStatus, reservationStatus } from '../../src/wire/literals.ts';
import type { RoomMeetingReservation } from '../../src/wire/vc/resource_reservation_list.ts';
import { NOON, tenantToken, testApp, testTenant, testUser, userToken } from '../support/app.ts';
import { addLevel, addRoom } from '../support/ledger.ts';
import { sdkClient } from '../support/sdk.ts';

/*
 * Every Chinese text of the ledger, reached as it is reached in life: booked by the official SDK, checked in by a device with
 * its own credential, released by people, jobs and sensors while the clock goes on; and read by the SDK with all 18 fields.
 */
const SCOPES = ['calendar:calendar', 'vc:room:readonly', 'yuding:admin', 'yuding:book'];
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app, { scopes: SCOPES });
const { tenantId, rootLevelId } = tenant;
const client = sdkClient(app, tenant);
const calendar = client.calendar;
const token = await tenantToken(app, tenant);
/** The room is in Kathmandu, the event in Berlin, the tenant in Shanghai, and the server wherever it is. */
const level = await addLevel(app, tenantId, rootLevelId, 'Asia/Kathmandu');
const department_id = app.ctx.ids.department();
await app.ctx.db.kysely.insertInto('departments').values({ tenant_id: tenantId, department_id, name: '研发部' }).execute();
const reserver = await testUser(app, tenantId);
await app.ctx.db.kysely.updateTable('users').set({ department_id }).where('user_id', '=', reserver).execute();
const guest = await testUser(app, tenantId);
const reserverToken = await userToken(app, tenant, reserver, SCOPES);
const asReserver = lark.withUserAccessToken(reserverToken);
const asGuest = lark.withUserAccessToken(await userToken(app, tenant, guest, SCOPES));

const MINUTE = 60;
const HOUR = 3600;
const START = NOON + 2 * HOUR;
const END = START + HOUR;
/** Of the check-in window by default. */
const OPENS = START - 15 * MINUTE;
const CLOSES = START + 15 * MINUTE;

type Row = RoomMeetingReservation;
type Kind = 'panel' | 'qr_code' | 'controller' | 'touch_panel' | 'sensor';

/** A time as the ledger has it; Nepal is 5 hours and 45 minutes ahead, all year. */
function shown(at: number): string {
  const [date = '', time = ''] = new Date((at + 345 * MINUTE) * 1000).toISOString().slice(0, 19).split('T');
  return `${date.replaceAll('-', '.')} ${time} (GMT+05:45)`;
}

/** A room of its own, with what can be done in it. */
class Place {
  readonly roomId: string;
  /** Id of the reservation under way. */
  id = '';

  constructor(roomId: string) {
    this.roomId = roomId;
  }

  /** Lets time pass up to an instant; what is due by then is done. */
  async until(at: number): Promise<void> {
    app.clock.seconds = at;
    await doDue(app.ctx, at);
  }

  /** @param settings parts as `/api/v1` has them */
  async says(settings: object): Promise<void> {
    await ask(token, 'PATCH', `/settings/${this.roomId}`, settings);
  }

  /** Binds a device. @returns its credential */
  async device(kind: Kind): Promise<string> {
    const { credential } = await ask<{ credential: string }>(token, 'POST', `/rooms/${this.roomId}/devices`, { kind, name: '门口' });
    return credential;
  }

  /** An event of two guests, one of whom comes, that has the room. @returns what the room answered */
  async book(approval_reason?: string): Promise<string | undefined> {
    const time = (at: number) => ({ timestamp: String(at), timezone: 'Europe/Berlin' });
    const created = await calendar.calendarEvent.create(
      { path: { calendar_id: 'primary' }, data: { summary: '周会', start_time: time(START), end_time: time(END) } },
      asReserver,
    );
    const path = { calendar_id: 'primary', event_id: created.data?.event?.event_id ?? '' };
    const attendees = [
      { type: 'user' as const, user_id: reserver },
      { type: 'user' as const, user_id: guest },
      { type: 'resource' as const, room_id: this.roomId, ...(approval_reason ? { approval_reason } : {}) },
    ];
    const invited = await calendar.calendarEventAttendee.create({ path, params: { user_id_type: 'open_id' }, data: { attendees } }, asReserver);
    await calendar.calendarEvent.reply({ path, data: { rsvp_status: 'accept' } }, asGuest);
    const { reservations } = await ask<{ reservations: { id: string }[] }>(token, 'GET', `/reservations?room=${this.roomId}`);
    expect(reservations).toHaveLength(1);
    this.id = reservations[0]?.id ?? '';
    return invited.data?.attendees?.find(({ type }) => type === 'resource')?.rsvp_status;
  }

  /** Takes a step with the reservation, as `/api/v1` names it. */
  async step(bearer: string, name: string): Promise<void> {
    await ask(bearer, 'POST', `/reservations/${this.id}/${name}`);
  }
}

async function ask<Body>(bearer: string, method: string, path: string, body?: object): Promise<Body> {
  const init = body ? { body: JSON.stringify(body) } : {};
  const response = await fetch(`${app.url}/api/v1${path}`, { method, headers: { authorization: `Bearer ${bearer}` }, ...init });
  const answer = (await response.json()) as Body;
  expect(response.ok, JSON.stringify(answer)).toBe(true);
  return answer;
}

/** A life that a reservation may have, and how its row differs from that of `plain` in the end. */
interface Life {
  live: (place: Place) => Promise<void>;
  row: Pick<Row, 'reservation_status' | 'room_check_in_status'> & Partial<Row>;
}

const given = (text: string, by: string, at: number) => ({
  reservation_status: text,
  is_release_early: text,
  releasing_person: by,
  releasing_time: shown(at),
});
const came = (device: string, at: number) => ({ room_check_in_status: '已签到', check_in_device: device, check_in_time: shown(at) });

const lives: Record<string, Life> = {
  'waits for an approval': {
    live: async (place) => {
      await place.device('panel');
      await place.says({ approval: { enabled: true, applies: 'always', hours: 99, approvers: [guest] } });
      expect(await place.book('季度评审')).toBe('needs_action');
    },
    row: { reservation_status: '审批中', room_check_in_status: '无需签到' },
  },
  'waits, in a room without devices': {
    live: async (place) => {
      await place.says({ approval: { enabled: true, applies: 'always', hours: 99, approvers: [guest] } });
      expect(await place.book('季度评审')).toBe('needs_action');
    },
    row: { reservation_status: '审批中', room_check_in_status: '无需签到（未安装签到设备）' },
  },
  'is approved': {
    live: async (place) => {
      await place.device('panel');
      await place.says({ approval: { enabled: true, applies: 'always', hours: 99, approvers: [guest] } });
      expect(await place.book('季度评审')).toBe('needs_action');
      await ask(await userToken(app, tenant, guest, SCOPES), 'POST', `/reservations/${place.id}/approve`, {});
    },
    row: { reservation_status: '预定成功', room_check_in_status: '待签到' },
  },
  'lies ahead': {
    live: async (place) => {
      await place.device('panel');
      expect(await place.book()).toBe('accept');
      await place.until(OPENS - 1);
    },
    row: { reservation_status: '预定成功', room_check_in_status: '待签到' },
  },
  'can be checked in to from the first second of the window': {
    live: async (place) => {
      await place.device('panel');
      expect(await place.book()).toBe('accept');
      await place.until(OPENS);
    },
    row: { reservation_status: '预定成功', room_check_in_status: '签到时间未结束' },
  },
  'can be checked in to until the last second of the window': {
    live: async (place) => {
      await place.device('panel');
      expect(await place.book()).toBe('accept');
      await place.until(CLOSES - 1);
    },
    row: { reservation_status: '预定成功', room_check_in_status: '签到时间未结束' },
  },
  'is missed in a room that keeps no-shows': {
    live: async (place) => {
      const panel = await place.device('panel');
      await place.says({ check_in: { enabled: true, minutes_before: 15, minutes_after: 15, release_on_no_show: false, sensor_minutes: 0 } });
      expect(await place.book()).toBe('accept');
      await place.until(CLOSES - 1);
      await ask(panel, 'POST', '/device/heartbeat');
      await place.until(CLOSES);
    },
    row: { reservation_status: '预定成功', room_check_in_status: '超时未签到' },
  },
  'is released because nobody came': {
    live: async (place) => {
      const panel = await place.device('panel');
      expect(await place.book()).toBe('accept');
      await place.until(CLOSES - 5 * MINUTE + 1);
      await ask(panel, 'POST', '/device/heartbeat');
      await place.until(CLOSES);
    },
    row: { ...given('已释放（未签到被释放）', '', CLOSES), room_check_in_status: '超时未签到' },
  },
  'is checked in by the system, its devices being silent': {
    live: async (place) => {
      const panel = await place.device('panel');
      await place.device('touch_panel');
      expect(await place.book()).toBe('accept');
      await place.until(CLOSES - 5 * MINUTE);
      await ask(panel, 'POST', '/device/heartbeat');
      await place.until(CLOSES);
    },
    row: { reservation_status: '预定成功', ...came('设备离线，自动签到', CLOSES) },
  },
  'is released before its check-in opens': {
    live: async (place) => {
      await place.device('panel');
      expect(await place.book()).toBe('accept');
      await place.until(OPENS - 1);
      await place.step(reserverToken, 'release');
    },
    row: { ...given('已释放（手动释放）', '可涵', OPENS - 1), room_check_in_status: '无需签到' },
  },
  'is released by its reserver while its check-in is open': {
    live: async (place) => {
      await place.device('panel');
      expect(await place.book()).toBe('accept');
      await place.until(START);
      await place.step(reserverToken, 'release');
      await place.until(END);
    },
    row: { ...given('已释放（手动释放）', '可涵', START), room_check_in_status: '签到时间未结束' },
  },
  'is released at the door': {
    live: async (place) => {
      const panel = await place.device('panel');
      expect(await place.book()).toBe('accept');
      await place.until(START + MINUTE);
      await place.step(panel, 'release');
    },
    row: { ...given('已释放（手动释放）', '门口', START + MINUTE), room_check_in_status: '签到时间未结束' },
  },
  'is released by an administrator after its check-in': {
    live: async (place) => {
      const panel = await place.device('panel');
      expect(await place.book()).toBe('accept');
      await place.until(START);
      await place.step(panel, 'check-in');
      await place.until(START + 30 * MINUTE);
      await place.step(await userToken(app, tenant, tenant.administratorId, SCOPES), 'release');
    },
    row: { ...given('已释放（手动释放）', '管理员', START + 30 * MINUTE), ...came('签到板', START) },
  },
  'is ended early by its reserver': {
    live: async (place) => {
      const panel = await place.device('panel');
      expect(await place.book()).toBe('accept');
      await place.until(OPENS);
      await place.step(panel, 'check-in');
      await place.until(START + 40 * MINUTE);
      await place.step(reserverToken, 'end');
    },
    row: { ...given('已释放（会议结束后自动释放）', '可涵', START + 40 * MINUTE), ...came('签到板', OPENS) },
  },
  'is checked in by a QR code': {
    live: async (place) => {
      const code = await place.device('qr_code');
      expect(await place.book()).toBe('accept');
      await place.until(CLOSES - 1);
      await place.step(code, 'check-in');
    },
    row: { reservation_status: '预定成功', ...came('签到二维码', CLOSES - 1) },
  },
  'is checked in by a controller': {
    live: async (place) => {
      const controller = await place.device('controller');
      expect(await place.book()).toBe('accept');
      await place.until(START);
      await place.step(controller, 'check-in');
      await place.until(END + HOUR);
    },
    row: { reservation_status: '预定成功', ...came('控制器', START) },
  },
  'is checked in by a touch panel': {
    live: async (place) => {
      const touch = await place.device('touch_panel');
      expect(await place.book()).toBe('accept');
      await place.until(START);
      await place.step(touch, 'check-in');
    },
    row: { reservation_status: '预定成功', ...came('触屏版', START) },
  },
  'is checked in by hand': {
    live: async (place) => {
      await place.device('panel');
      expect(await place.book()).toBe('accept');
      await place.until(START);
      await place.step(reserverToken, 'check-in');
    },
    row: { reservation_status: '预定成功', ...came('', START) },
  },
  'is released by a sensor': {
    live: async (place) => {
      const controller = await place.device('controller');
      const sensor = await place.device('sensor');
      expect(await place.book()).toBe('accept');
      await place.until(START);
      await place.step(controller, 'check-in');
      await ask(sensor, 'POST', '/device/sensor-report', { occupied: true });
      await place.until(START + 20 * MINUTE);
      for (const minute of [20, 24, 28, 32]) {
        await place.until(START + minute * MINUTE);
        await ask(sensor, 'POST', '/device/sensor-report', { occupied: false });
      }
      await place.until(START + 35 * MINUTE);
    },
    row: { ...given('已释放（传感器自动释放）', '', START + 35 * MINUTE), ...came('控制器', START) },
  },
  'is taken on the spot': {
    live: async (place) => {
      const panel = await place.device('panel');
      await place.until(START);
      const end = new Date(END * 1000).toISOString();
      place.id = (await ask<{ id: string }>(panel, 'POST', `/rooms/${place.roomId}/walk-up`, { end, title: '周会' })).id;
    },
    row: {
      reservation_status: '预定成功',
      room_check_in_status: '无需签到（即时预定）',
      reserver: '门口',
      reserver_user_id: '',
      department_of_reserver: '',
      guests_number: '0',
      accepted_number: '0',
    },
  },
  'needs no check-in, which is off': {
    live: async (place) => {
      await place.device('panel');
      await place.says({ check_in: { enabled: false, minutes_before: 15, minutes_after: 15, release_on_no_show: true, sensor_minutes: 0 } });
      expect(await place.book()).toBe('accept');
      await place.until(END);
    },
    row: { reservation_status: '预定成功', room_check_in_status: '无需签到（未开启签到设置）' },
  },
  'needs no check-in, there being no device': {
    live: async (place) => {
      await place.device('sensor');
      expect(await place.book()).toBe('accept');
      await place.until(END);
    },
    row: { reservation_status: '预定成功', room_check_in_status: '无需签到（未安装签到设备）' },
  },
  'cannot be checked in to, the room being disabled': {
    live: async (place) => {
      await place.device('panel');
      expect(await place.book()).toBe('accept');
      await place.until(START);
      await ask(token, 'PATCH', `/rooms/${place.roomId}`, { disabled: { reason: '维修' } });
      await place.until(END);
    },
    row: { reservation_status: '预定成功', room_check_in_status: '不可签到（会议室被禁用）' },
  },
};

describe('a reservation that', () => {
  it.each(Object.entries(lives))('%s', async (name, { live, row }) => {
    app.clock.seconds = NOON;
    const { roomId } = await addRoom(app, tenantId, level, `金字塔 ${name}`);
    await live(new Place(roomId));
    const now = app.clock.now();
    // A start that lies ahead is in a window that begins now.
    const start_time = String(Math.min(START, now));
    const params = { start_time, end_time: String(START), room_ids: [roomId], room_level_id: '', need_topic: true };
    const { code, data } = await client.vc.v1.resourceReservationList.get({ params });
    expect(code).toBe(0);
    expect(data?.has_more).toBe(false);
    const plain: Omit<Row, 'reservation_status' | 'room_check_in_status'> = {
      room_id: roomId,
      room_name: `金字塔 ${name}`,
      event_title: '周会',
      reserver: '可涵',
      reserver_user_id: reserver,
      department_of_reserver: '研发部',
      guests_number: '2',
      accepted_number: '1',
      event_start_time: shown(START),
      event_end_time: shown(END),
      event_duration: '1:00:00',
      check_in_device: '',
      check_in_time: '',
      is_release_early: '',
      releasing_person: '',
      releasing_time: '',
    };
    expect(data?.room_reservation_list).toEqual([{ ...plain, ...row }]);
  });
});

it('no text of the ledger is left out', () => {
  const met = (field: keyof Row) => new Set(Object.values(lives).flatMap(({ row }) => (row[field] ? [row[field]] : [])));
  expect(met('reservation_status')).toEqual(new Set(Object.values(reservationStatus)));
  expect(met('room_check_in_status')).toEqual(new Set(Object.values(checkInStatus)));
  expect(met('check_in_device')).toEqual(new Set(Object.values(checkInDevice)));
});
