import type { TokenKind } from '../../src/wire/endpoint.ts';

/*
 * Who may call what, written down by hand and not taken from the endpoints: where a definition there is loosened, the matrix of
 * callers and methods goes red. A new route has to be added here.
 */
export interface Who {
  tokens: readonly TokenKind[];
  /** One of these is enough; empty: none is asked. */
  scopes: readonly string[];
  /** `administrator` of the tenant; `manager`: has the meeting-management permission. */
  role?: 'administrator' | 'manager';
  /**
   * What is somebody's own is not others': a reservation is its reserver's, the room's administrators' and devices'; a calendar its
   * owner's; `door`: anybody may who may reserve, but of devices only the room's; `reserver`: as a reservation, but for no device;
   * `sensor`: devices that see; `app`: through an app, one that has all scopes of the app in question.
   */
  own?: 'reservation' | 'reserver' | 'calendar' | 'door' | 'sensor' | 'app';
}

const app = ['tenant'] as const;
const appOrUser = ['tenant', 'user'] as const;
const anyone = ['tenant', 'user', 'session'] as const;
const orDevice = ['tenant', 'user', 'session', 'device'] as const;

const room: Who = { tokens: app, scopes: ['vc:room'] };
const roomRead: Who = { tokens: app, scopes: ['vc:room', 'vc:room:readonly'] };
const instances: Who = { tokens: app, scopes: ['calendar:room:readonly'] };
const calendar = (...scopes: string[]): Who => ({ tokens: appOrUser, scopes: ['calendar:calendar', ...scopes] });
const eventRead: Who = { ...calendar('calendar:calendar.event:read', 'calendar:calendar:readonly'), own: 'calendar' };
const eventUpdate: Who = { ...calendar('calendar:calendar.event:update'), own: 'calendar' };
const freeBusy = calendar('calendar:calendar.free_busy:read', 'calendar:calendar:readonly');

const contactRead = ['contact:contact.base:readonly', 'contact:contact:access_as_app', 'contact:contact:readonly', 'contact:contact:readonly_as_app'];
const contact: Who = { tokens: appOrUser, scopes: contactRead };
const contactTree: Who = { tokens: appOrUser, scopes: [...contactRead, 'contact:department.organize:readonly'] };
const contactBatch: Who = { tokens: appOrUser, scopes: ['contact:contact.base:readonly'] };

const look: Who = { tokens: anyone, scopes: ['yuding:read', 'yuding:admin'] };
const administer: Who = { tokens: anyone, scopes: ['yuding:admin'], role: 'administrator' };
const book: Who = { tokens: anyone, scopes: ['yuding:book', 'yuding:admin'] };
const step: Who = { ...book, own: 'reservation' };
const stepOrDevice: Who = { ...step, tokens: orDevice };
const reservations = ['yuding:read', 'yuding:book', 'yuding:admin'];
const device: Who = { tokens: ['device'], scopes: [] };

/** Without any credential. `local`: from the server's machine only. */
export const open: Readonly<Record<string, 'anybody' | 'local'>> = {
  'POST /open-apis/auth/v3/tenant_access_token/internal': 'anybody',
  'POST /open-apis/auth/v3/app_access_token/internal': 'anybody',
  'POST /open-apis/auth/v3/app_access_token': 'anybody',
  'POST /open-apis/auth/v3/tenant_access_token': 'anybody',
  'POST /open-apis/auth/v3/app_ticket/resend': 'anybody',
  'POST /open-apis/authen/v2/oauth/token': 'anybody',
  'POST /oauth/v3/token': 'anybody',
  'GET /api/v1/openapi.json': 'anybody',
  // Who opens the QR code at a door is not signed in yet: the code is what they show.
  'POST /api/v1/rooms/:room_id/code': 'anybody',
  'GET /healthz': 'anybody',
  'GET /readyz': 'anybody',
  'GET /metrics': 'local',
  // The browser's files: its screens have nothing of anybody in them.
  ...Object.fromEntries(
    ['/', '/rooms', '/rooms/*', '/mine', '/ledger', '/use', '/admin', '/admin/*', '/assets/*', '/before-paint.js', '/forms.js', '/favicon.svg'].map((path) => [
      `GET ${path}`,
      'anybody' as const,
    ]),
  ),
};

/** Pages that the server makes itself: each decides what it shows to whom. */
export const pages: readonly string[] = [
  'GET /account',
  'POST /change-password',
  'GET /sign-in',
  'POST /sign-in',
  'POST /sign-out',
  'POST /sign-in/oidc',
  'GET /sign-in/oidc/callback',
  'GET /set-up',
  'POST /set-up',
  'GET /password',
  'POST /password',
  'GET /open-apis/authen/v1/authorize',
  'POST /open-apis/authen/v1/authorize',
];

/** Routes whose call ends the credential that made it: each caller gets a new one for it. */
export const endsTheCaller: readonly string[] = ['DELETE /api/v1/session'];

export const whoMay: Readonly<Record<string, Who>> = {
  'GET /open-apis/vc/v1/resource_reservation_list': { tokens: appOrUser, scopes: ['vc:room:readonly'], role: 'manager' },
  'POST /open-apis/vc/v1/rooms': room,
  'PATCH /open-apis/vc/v1/rooms/:room_id': room,
  'GET /open-apis/vc/v1/rooms/:room_id': roomRead,
  'GET /open-apis/vc/v1/rooms': roomRead,
  'POST /open-apis/vc/v1/rooms/mget': roomRead,
  'POST /open-apis/vc/v1/rooms/search': { ...roomRead, tokens: ['user'] },
  'DELETE /open-apis/vc/v1/rooms/:room_id': room,
  'POST /open-apis/vc/v1/room_levels': room,
  'PATCH /open-apis/vc/v1/room_levels/:room_level_id': room,
  'GET /open-apis/vc/v1/room_levels/:room_level_id': roomRead,
  'GET /open-apis/vc/v1/room_levels': roomRead,
  'POST /open-apis/vc/v1/room_levels/mget': roomRead,
  'GET /open-apis/vc/v1/room_levels/search': roomRead,
  'POST /open-apis/vc/v1/room_levels/del': room,
  'GET /open-apis/vc/v1/reserve_configs/reserve_scope': roomRead,
  'PATCH /open-apis/vc/v1/reserve_configs/:reserve_config_id': room,
  'GET /open-apis/vc/v1/reserve_configs/:reserve_config_id/admin': roomRead,
  'PATCH /open-apis/vc/v1/reserve_configs/:reserve_config_id/admin': room,

  'GET /open-apis/contact/v3/users/:user_id': contact,
  'GET /open-apis/contact/v3/users': contact,
  'GET /open-apis/contact/v3/users/find_by_department': contactTree,
  'GET /open-apis/contact/v3/users/batch': contactBatch,
  'GET /open-apis/contact/v3/departments/:department_id': contact,
  'GET /open-apis/contact/v3/departments': contact,
  'GET /open-apis/contact/v3/departments/:department_id/children': contactTree,
  'GET /open-apis/contact/v3/departments/parent': contactTree,
  'GET /open-apis/contact/v3/departments/batch': contactBatch,

  'POST /open-apis/authen/v1/oidc/access_token': { tokens: app, scopes: [] },
  'POST /open-apis/authen/v1/oidc/refresh_access_token': { tokens: app, scopes: [] },
  'GET /open-apis/authen/v1/user_info': { tokens: ['user'], scopes: [] },

  'POST /open-apis/calendar/v4/calendars/primary': calendar('calendar:calendar:read', 'calendar:calendar:readonly'),
  'POST /open-apis/calendar/v4/calendars/:calendar_id/events': { ...calendar('calendar:calendar.event:create'), own: 'calendar' },
  'GET /open-apis/calendar/v4/calendars/:calendar_id/events/:event_id': eventRead,
  'PATCH /open-apis/calendar/v4/calendars/:calendar_id/events/:event_id': eventUpdate,
  'DELETE /open-apis/calendar/v4/calendars/:calendar_id/events/:event_id': { ...calendar('calendar:calendar.event:delete'), own: 'calendar' },
  'GET /open-apis/calendar/v4/calendars/:calendar_id/events': eventRead,
  'GET /open-apis/calendar/v4/calendars/:calendar_id/events/:event_id/instances': eventRead,
  'POST /open-apis/calendar/v4/calendars/:calendar_id/events/:event_id/reply': {
    ...calendar('calendar:calendar.event:reply', 'calendar:calendar.event:writeonly'),
    own: 'calendar',
  },
  'POST /open-apis/calendar/v4/calendars/:calendar_id/events/:event_id/attendees': eventUpdate,
  'GET /open-apis/calendar/v4/calendars/:calendar_id/events/:event_id/attendees': eventRead,
  'POST /open-apis/calendar/v4/calendars/:calendar_id/events/:event_id/attendees/batch_delete': eventUpdate,
  'POST /open-apis/calendar/v4/freebusy/list': freeBusy,
  'POST /open-apis/calendar/v4/freebusy/batch': freeBusy,
  'GET /open-apis/meeting_room/freebusy/batch_get': instances,
  'POST /open-apis/meeting_room/instance/reply': instances,

  'GET /api/v1/tree': look,
  'POST /api/v1/levels': administer,
  'GET /api/v1/levels/:level_id': look,
  'PATCH /api/v1/levels/:level_id': administer,
  'DELETE /api/v1/levels/:level_id': administer,
  'POST /api/v1/rooms': administer,
  'GET /api/v1/rooms': look,
  'GET /api/v1/rooms/:room_id': look,
  'PATCH /api/v1/rooms/:room_id': administer,
  'DELETE /api/v1/rooms/:room_id': administer,
  'GET /api/v1/settings/:scope_id': look,
  'PATCH /api/v1/settings/:scope_id': administer,
  'GET /api/v1/devices': administer,
  'GET /api/v1/rooms/:room_id/devices': administer,
  'POST /api/v1/rooms/:room_id/devices': administer,
  'POST /api/v1/devices/:device_id/rotate': administer,
  'DELETE /api/v1/devices/:device_id': administer,

  'POST /api/v1/reservations': book,
  'GET /api/v1/reservations': { tokens: anyone, scopes: reservations },
  'GET /api/v1/reservations/:reservation_id': { tokens: orDevice, scopes: reservations, own: 'door' },
  'PATCH /api/v1/reservations/:reservation_id': step,
  'POST /api/v1/reservations/:reservation_id/extend': stepOrDevice,
  'POST /api/v1/reservations/:reservation_id/cancel': { ...stepOrDevice, own: 'reserver' },
  'POST /api/v1/reservations/:reservation_id/approve': step,
  'POST /api/v1/reservations/:reservation_id/reject': step,
  'POST /api/v1/reservations/:reservation_id/check-in': stepOrDevice,
  'POST /api/v1/reservations/:reservation_id/release': stepOrDevice,
  'POST /api/v1/reservations/:reservation_id/end': stepOrDevice,
  'POST /api/v1/reservations/:reservation_id/undo': stepOrDevice,
  'GET /api/v1/ledger': { tokens: anyone, scopes: ['yuding:read', 'yuding:admin'], role: 'manager' },
  'POST /api/v1/rooms/:room_id/walk-up': { ...book, tokens: orDevice, own: 'door' },
  'GET /api/v1/approvals': { tokens: anyone, scopes: reservations },
  'GET /api/v1/inbox': { tokens: ['user', 'session'], scopes: reservations },
  'POST /api/v1/inbox/read': { tokens: ['user', 'session'], scopes: reservations },
  'GET /api/v1/rooms/:room_id/code': { ...book, tokens: orDevice, own: 'reservation' },
  'GET /api/v1/timeline': { tokens: anyone, scopes: reservations },
  'GET /api/v1/rooms/available': { tokens: anyone, scopes: reservations },
  'GET /api/v1/live': { tokens: anyone, scopes: reservations },
  'GET /api/v1/utilisation': { ...look, role: 'manager' },
  'GET /api/v1/utilisation/reservations': { ...look, role: 'manager' },
  'POST /api/v1/device/heartbeat': device,
  'POST /api/v1/device/sensor-report': { ...device, own: 'sensor' },

  'GET /api/v1/apps': administer,
  'POST /api/v1/apps': administer,
  'GET /api/v1/apps/:app_id': administer,
  'PATCH /api/v1/apps/:app_id': { ...administer, own: 'app' },
  'POST /api/v1/apps/:app_id/rotate': { ...administer, own: 'app' },
  'POST /api/v1/apps/:app_id/revoke': administer,
  'POST /api/v1/apps/:app_id/test': { tokens: ['session'], scopes: [], role: 'administrator' },
  'GET /api/v1/apps/:app_id/push': administer,
  'PUT /api/v1/apps/:app_id/push': administer,
  'DELETE /api/v1/apps/:app_id/push': administer,
  'POST /api/v1/apps/:app_id/push/test': administer,
  'GET /api/v1/users': look,
  'GET /api/v1/users/:user_id': look,
  'POST /api/v1/users': administer,
  'PATCH /api/v1/users/:user_id': administer,
  'POST /api/v1/users/:user_id/suspend': administer,
  'POST /api/v1/users/:user_id/resume': administer,
  'GET /api/v1/departments': look,
  'GET /api/v1/departments/:department_id': look,
  'POST /api/v1/departments': administer,
  'PATCH /api/v1/departments/:department_id': administer,
  'DELETE /api/v1/departments/:department_id': administer,
  'POST /api/v1/imports': administer,
  'GET /api/v1/session': { tokens: ['user', 'session'], scopes: [] },
  'DELETE /api/v1/session': { tokens: ['session'], scopes: [] },
  'POST /api/v1/session/password': { tokens: ['session'], scopes: [] },
  'POST /api/v1/users/:user_id/password_link': administer,
  'GET /api/v1/grants': { tokens: ['session'], scopes: [] },
  'DELETE /api/v1/grants/:app_id': { tokens: ['session'], scopes: [] },
  'GET /api/v1/audit': administer,
  'POST /api/v1/users/:user_id/anonymise': administer,

  'GET /api/v1/test-clock': administer,
  'PUT /api/v1/test-clock': administer,
};
