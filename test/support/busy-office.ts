import { approveMethod, cancelReservationMethod, rejectMethod } from '../../src/wire/v1/reservations.ts';
import { changeRoomMethod } from '../../src/wire/v1/rooms.ts';
import type { TestApp } from './app.ts';
import { approvedBy, openOffice } from './office.ts';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** An office at noon in which each screen has something of everything: Ada books, asks and approves. */
export async function busyOffice(app: TestApp) {
  const office = await openOffice(app);
  const [ada, wang, li] = [await office.person('陈可涵'), await office.person('王芳'), await office.person('李明')];
  const rooms = {
    pine: await office.room('松 301', { equipment: ['电视', '白板', '视频会议'], description: '靠窗，可容纳八人。' }),
    bamboo: await office.room('竹 302', { equipment: ['投影仪'] }),
    plum: await office.room('梅 303'),
    hall: await office.room('报告厅', { equipment: ['音响', '投影仪'] }),
  };
  const panel = await office.device(rooms.pine, 'panel');
  await office.device(rooms.bamboo, 'panel');
  await office.settings(rooms.hall.roomId, approvedBy(ada, wang));
  await office.settings(rooms.plum.roomId, approvedBy(wang));
  const reason = { approval_reason: '客户来访，需要投影与音响' };
  const on = (id: string) => ({ params: { reservation_id: id } });

  const open = await office.book(ada, rooms.pine, 5 * MINUTE, HOUR, { title: '产品周会', guests: [wang.id] });
  await office.book(wang, rooms.pine, 2 * HOUR, HOUR, { title: '招聘面试', private: true });
  await office.book(li, rooms.pine, 4 * HOUR, 2 * HOUR, { title: '架构评审' });
  await office.book(ada, rooms.bamboo, 3 * HOUR, HOUR, { title: '一对一', private: true });
  await office.book(ada, rooms.pine, DAY, HOUR, { title: 'Design review <b>v2</b>', recurrence: 'FREQ=DAILY;COUNT=3' });
  await office.book(ada, rooms.hall, DAY + 2 * HOUR, HOUR, { title: '全员大会', ...reason });
  const asked = await office.book(wang, rooms.hall, 2 * DAY, 2 * HOUR, { title: '客户培训', ...reason });
  await office.book(li, rooms.hall, 2 * DAY + HOUR, 2 * HOUR, { title: '校园招聘', approval_reason: 'Forty candidates' });
  await office.book(li, rooms.hall, 3 * DAY, HOUR, { title: '董事会', private: true, approval_reason: '季度汇报' });

  // News for Ada.
  const plum = (days: number, title: string) => office.book(ada, rooms.plum, days * DAY, HOUR, { title, ...reason });
  await office.done(wang, approveMethod, on((await plum(2, '供应商会谈')).id));
  await office.done(wang, rejectMethod, { ...on((await plum(3, '部门团建')).id), body: { note: '当天已有安排，请换一天' } });
  await office.done(office.chief, cancelReservationMethod, on((await office.book(ada, rooms.bamboo, 2 * DAY, HOUR, { title: '代码走查' })).id));
  const spare = await office.room('兰 304');
  await office.book(ada, spare, DAY, HOUR, { title: '午餐会' });
  await office.done(office.chief, changeRoomMethod, {
    params: { room_id: spare.roomId },
    body: { disabled: { reason: '空调维修', contacts: [wang.id] } },
  });
  return { office, ada, wang, li, rooms: { ...rooms, spare }, panel, open, asked };
}
