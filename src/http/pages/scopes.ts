import type { Text } from './page.ts';

/** What scopes let an app do, in words that people know. Others are shown by their names alone. */
export const scopeTexts: Readonly<Record<string, Text>> = {
  offline_access: { en: 'Act for you while you are away, until you take it back', zh: '在你离开后继续代表你操作，直到你撤回授权' },
  'vc:room': { en: 'Manage rooms and their settings', zh: '管理会议室及其设置' },
  'vc:room:readonly': { en: 'See rooms and who reserved them', zh: '查看会议室及其预定记录' },
  'calendar:calendar': { en: 'See and change your calendar', zh: '查看和修改你的日历' },
  'calendar:calendar:read': { en: 'See your calendar', zh: '查看你的日历' },
  'calendar:calendar:readonly': { en: 'See your calendar', zh: '查看你的日历' },
  'calendar:calendar.event:create': { en: 'Make events in your calendar', zh: '在你的日历中创建日程' },
  'calendar:calendar.event:read': { en: 'See the events of your calendar', zh: '查看你的日程' },
  'calendar:calendar.event:update': { en: 'Change the events of your calendar', zh: '修改你的日程' },
  'calendar:calendar.event:delete': { en: 'Delete events of your calendar', zh: '删除你的日程' },
  'calendar:calendar.event:reply': { en: 'Answer invitations for you', zh: '代你回复日程邀请' },
  'calendar:calendar.free_busy:read': { en: 'See when people are busy', zh: '查看人员忙闲' },
  'contact:user.email:readonly': { en: 'See your e-mail address', zh: '查看你的邮箱' },
  'contact:user.employee_id:readonly': { en: 'See your user id', zh: '查看你的用户 ID' },
  'contact:user.employee:readonly': { en: 'See your employee number', zh: '查看你的工号' },
  'yuding:read': { en: 'See rooms and reservations', zh: '查看会议室和预定' },
  'yuding:book': { en: 'Reserve rooms for you', zh: '代你预定会议室' },
  'yuding:admin': { en: 'Administer, where you may', zh: '在你有权限的范围内进行管理' },
};
