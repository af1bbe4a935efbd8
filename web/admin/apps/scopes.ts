import opens from 'virtual:scopes';
import { inBoth } from '../../lib/language.ts';

/** What scopes let an app do. One that opens no method shows more fields to one that does. */
export const scopeWords = inBoth({
  en: {
    'vc:room:readonly': 'Read the ledger of reservations, rooms, levels and their settings',
    'vc:room': 'Manage rooms, levels and their settings',
    'calendar:calendar': 'Read and change calendars and their events, with rooms in them',
    'calendar:calendar:read': 'Find the primary calendar',
    'calendar:calendar:readonly': 'Read calendars, their events and when people are busy',
    'calendar:calendar.event:create': 'Make events',
    'calendar:calendar.event:read': 'Read events',
    'calendar:calendar.event:update': 'Change events and who and what is invited',
    'calendar:calendar.event:delete': 'Delete events',
    'calendar:calendar.event:reply': 'Answer invitations',
    'calendar:calendar.event:writeonly': 'Answer invitations',
    'calendar:calendar.free_busy:read': 'See when people and rooms are busy',
    'calendar:room:readonly': 'See when rooms are busy, and answer for them',
    'contact:contact.base:readonly': 'Read people and departments: names',
    'contact:contact:access_as_app': 'Read people and departments',
    'contact:contact:readonly': 'Read people and departments',
    'contact:contact:readonly_as_app': 'Read people and departments',
    'contact:department.organize:readonly': 'Read how departments hang together',
    'contact:user.base:readonly': 'Sees of people: name',
    'contact:user.department:readonly': 'Sees of people: departments',
    'contact:user.email:readonly': 'Sees of people: e-mail address',
    'contact:user.employee:readonly': 'Sees of people: staff number, role and state',
    'contact:user.employee_number:read': 'Sees of people: staff number',
    'contact:user.employee_id:readonly': 'Sees of people: user id',
    offline_access: 'Act for people while they are away, until they take it back',
    'yuding:read': 'Read rooms, reservations and people by our own interface',
    'yuding:book': 'Reserve rooms and change reservations by our own interface',
    'yuding:admin': 'Administer, where whoever is behind it may',
  },
  zh: {
    'vc:room:readonly': '查看预定记录、会议室、层级及其设置',
    'vc:room': '管理会议室、层级及其设置',
    'calendar:calendar': '查看和修改日历、日程及其会议室',
    'calendar:calendar:read': '查询主日历',
    'calendar:calendar:readonly': '查看日历、日程和忙闲',
    'calendar:calendar.event:create': '创建日程',
    'calendar:calendar.event:read': '查看日程',
    'calendar:calendar.event:update': '修改日程及参与人、会议室',
    'calendar:calendar.event:delete': '删除日程',
    'calendar:calendar.event:reply': '回复日程邀请',
    'calendar:calendar.event:writeonly': '回复日程邀请',
    'calendar:calendar.free_busy:read': '查看人员和会议室忙闲',
    'calendar:room:readonly': '查看会议室忙闲并代为回复',
    'contact:contact.base:readonly': '查看成员和部门：名称',
    'contact:contact:access_as_app': '查看成员和部门',
    'contact:contact:readonly': '查看成员和部门',
    'contact:contact:readonly_as_app': '查看成员和部门',
    'contact:department.organize:readonly': '查看部门上下级关系',
    'contact:user.base:readonly': '可见成员信息：姓名',
    'contact:user.department:readonly': '可见成员信息：部门',
    'contact:user.email:readonly': '可见成员信息：邮箱',
    'contact:user.employee:readonly': '可见成员信息：工号、角色和状态',
    'contact:user.employee_number:read': '可见成员信息：工号',
    'contact:user.employee_id:readonly': '可见成员信息：用户 ID',
    offline_access: '在成员离开后继续代表其操作，直到成员撤回',
    'yuding:read': '通过本系统接口查看会议室、预定和成员',
    'yuding:book': '通过本系统接口预定会议室、变更预定',
    'yuding:admin': '在其背后成员的权限内进行管理',
  },
});

export type Scope = keyof typeof scopeWords.en;

/** All that there are, in the order of the table. */
export const scopes = Object.keys(scopeWords.en) as Scope[];

/** The methods that a scope opens. */
export function opensOf(scope: string): readonly string[] {
  return opens[scope] ?? [];
}
