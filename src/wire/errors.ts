/**
 * The error table of the wire: every code that this server can answer, with its HTTP status and its text.
 *
 * Sources: the endpoint's own page and the vendor's generic error table; HTTP statuses of the gateway codes as seen on the
 * live platform. `docs/wire.md` prints this table and a test keeps the two equal.
 */

/** One row: what stands in the envelope (`code`, `msg`), the HTTP status around it, and when it is given. */
export interface WireError {
  /** A number on the vendor's wire, a word on ours. */
  readonly code: number | string;
  readonly http: number;
  readonly msg: string;
  readonly when: string;
}

/** A row of the vendor's. */
export interface VendorError extends WireError {
  readonly code: number;
}

const table = <const Name extends string>(rows: Record<Name, VendorError>): Readonly<Record<Name, VendorError>> => rows;

/** Faults found before an API's own code runs: tokens, scopes, the rate limit, requests that are no requests. */
export const gateway = table({
  rateLimited: {
    code: 99991400,
    http: 429,
    msg: 'request trigger frequency limit',
    when: 'More calls of this API by this app in this tenant than its limit allows; `x-ogw-ratelimit-reset` says how many seconds to wait',
  },
  missingToken: {
    code: 99991661,
    http: 400,
    msg: 'Missing access token for authorization. Please make a request with token attached.',
    when: 'No `Authorization` header, or one that is not `Bearer TOKEN`',
  },
  invalidTenantToken: {
    code: 99991663,
    http: 400,
    msg: 'Invalid access token for authorization. Please make a request with token attached.',
    when: 'A `t-` token that is unknown, expired or revoked, or that this API does not take',
  },
  invalidUserToken: {
    code: 99991668,
    http: 400,
    msg: 'Invalid access token for authorization. Please make a request with token attached.',
    when: 'A `u-` (or `eyJ`) token that is unknown or revoked, or that this API does not take',
  },
  unknownTokenForm: {
    code: 99991671,
    http: 400,
    msg: 'Invalid token: must start with t-/u-',
    when: 'A bearer of no known form',
  },
  appLacksScope: {
    code: 99991672,
    http: 400,
    msg: 'Access denied. One of the following scopes is required: [SCOPES]',
    when: 'The app holds none of the scopes of this API; `error.permission_violations` lists them',
  },
  userTokenExpired: {
    code: 99991677,
    http: 400,
    msg: 'token expire',
    when: 'A `u-` token past its end',
  },
  userLacksScope: {
    code: 99991679,
    http: 400,
    msg: 'Unauthorized. You do not have permission to perform the requested operation on the resource. Please request user re-authorization and try again. required one of these privileges: [SCOPES]',
    when: 'The app holds the scope, the user did not grant it to the app; `error.permission_violations` lists them',
  },
  overloaded: {
    code: 99991400,
    http: 503,
    msg: 'server overloaded, try again later',
    when: "The server has more work than it can do; `Retry-After` says how many seconds to wait. The code is the rate limit's, because clients know to wait on it",
  },
  malformedRequest: {
    code: 99992402,
    http: 400,
    msg: 'field validation failed',
    when: 'A request that reaches no API: broken URL (400), URL too long (414), headers too large (431), body too large (413), time-out (408), unusable `Content-Type` (415) or `Expect` (417); `error.field_violations` names the part',
  },
});

/** The token endpoints. Credential faults are answered with HTTP 200, as the live platform does. */
export const auth = table({
  invalidParam: {
    code: 10003,
    http: 200,
    msg: 'invalid param',
    when: 'The body is no JSON object, or `app_id` or `app_secret` is missing, empty or malformed',
  },
  appNotFound: { code: 10014, http: 200, msg: 'app id not exists', when: 'A well-formed `app_id` that nobody has' },
  wrongSecret: { code: 10014, http: 200, msg: 'app secret invalid', when: 'The secret is not the one of this app' },
});

/** The video-conferencing family, as `resource_reservation_list` documents it. */
export const vc = table({
  internal: { code: 121001, http: 500, msg: 'internal error', when: 'A fault of this server; its log has the cause under the same log id' },
  notSupported: { code: 121002, http: 400, msg: 'not support', when: "Stands in the vendor's table; nothing on this endpoint causes it" },
  param: {
    code: 121003,
    http: 400,
    msg: 'param error',
    when: 'A parameter is missing, malformed, out of range or repeated, or a page token is forged or belongs to another query; `error.field_violations` names each',
  },
  notFound: { code: 121004, http: 404, msg: 'data not exist', when: 'An unknown room level, or a list of rooms none of which exists' },
  noPermission: {
    code: 121005,
    http: 403,
    msg: 'no permission',
    when: "The app's creator (tenant token) or the user (user token) lacks the meeting-management permission",
  },
  startTime: {
    code: 126005,
    http: 400,
    msg: 'start time error (cannot larger than now or smaller than 0)',
    when: '`start_time` lies in the future or before 1970',
  },
  endTime: {
    code: 126006,
    http: 400,
    msg: 'end time cannot exceed start time for one day or smaller than start time',
    when: '`end_time` lies before `start_time` or more than 86400 s after it',
  },
});

/** Rooms and room levels. In this family a missing permission is a 404. */
export const vcRooms = table({
  internal: vc.internal,
  notSupported: vc.notSupported,
  param: vc.param,
  notFound: { code: 121004, http: 404, msg: 'data not exist', when: 'An unknown room or room level' },
  noPermission: { code: 121005, http: 404, msg: 'no permission', when: 'The caller may not do this' },
  conflict: {
    code: 121006,
    http: 404,
    msg: 'data conflict',
    when: 'The object was changed between the moment the request read it and the moment it wrote; or another of that name stands in the same place',
  },
  wrongLevel: {
    code: 125001,
    http: 404,
    msg: 'cannot create/update room at this level',
    when: "A room cannot stand directly under the tenant's own level",
  },
  hasChildren: {
    code: 125001,
    http: 404,
    msg: 'cannot delete child at this level',
    when: "A level that still has rooms or levels below it goes only with `delete_child`; the tenant's own level never goes",
  },
});

/** Who may reserve, when and how long. */
export const vcConfigs = table({
  internal: vc.internal,
  notSupported: vc.notSupported,
  param: vc.param,
  notFound: { code: 121004, http: 404, msg: 'data not exist', when: "Stands in the vendor's table; an unknown room or level is 126001" },
  noPermission: { code: 121005, http: 403, msg: 'no permission', when: 'The caller may not do this' },
  conflict: vcRooms.conflict,
  unknownScope: {
    code: 126001,
    http: 400,
    msg: 'invalid room or level id, check itself or whether the scope_type corresponds to it',
    when: 'The id names no room (`scope_type` 2) or no level (`scope_type` 1)',
  },
  tooManyMembers: { code: 126012, http: 400, msg: 'updated sum of userIDs and deptIDs exceed 500', when: 'More than 500 users and departments together' },
  unknownUser: { code: 126013, http: 400, msg: 'some userIDs you put is invalid', when: 'A user id that nobody has, or that is of another `user_id_type`' },
  unknownDepartment: { code: 126014, http: 400, msg: 'some deptIDs you put is invalid', when: 'A department id that no department has' },
});

/** Calendars, events and their attendees. */
export const calendar = table({
  param: {
    code: 190002,
    http: 400,
    msg: 'invalid parameters in request',
    when: 'A parameter is missing, malformed or out of range; a room is not to be had at the new time of an event; an idempotency key was used for another request',
  },
  internal: { code: 190003, http: 500, msg: 'internal service error', when: 'A fault of this server' },
  conflict: { code: 190010, http: 429, msg: 'current operation rate limited', when: 'The event was changed at the same moment: read it and try again' },
  unknownCalendar: { code: 191000, http: 404, msg: 'calendar not found', when: 'A calendar of nobody in the tenant' },
  badCalendar: { code: 191001, http: 400, msg: 'invalid calendar_id', when: 'No calendar id' },
  noCalendarAccess: { code: 191002, http: 403, msg: 'no calendar access_role', when: 'The calendar of somebody else' },
  badEvent: { code: 193000, http: 400, msg: 'invalid event_id', when: 'No event id' },
  notFound: { code: 193001, http: 404, msg: 'event not found', when: 'No such event in the calendar, or no such instance of it' },
  noPermission: {
    code: 193002,
    http: 403,
    msg: 'no permission to operate event',
    when: 'Only its organiser may change an event; only a reservation administrator may act as one',
  },
  gone: { code: 193003, http: 403, msg: 'event is deleted', when: 'A deleted event, or a deleted instance' },
  unknownAttendee: { code: 194000, http: 404, msg: 'attendee not found', when: 'Nobody of that id is invited; a room that does not exist' },
  badAttendee: { code: 194004, http: 400, msg: 'invalid attendee type', when: 'A type other than `user`, `resource` and `third_party`, or one without its id' },
  unknownUser: { code: 195100, http: 404, msg: 'user is dismiss or not exist in the tenant', when: 'A user that nobody is' },
});

/** What the calendar calls answer to the product's own faults: a room that is not to be had is a parameter that cannot be. */
export const calendarFaults = {
  ...calendar,
  keyReused: calendar.param,
  taken: calendar.param,
  refused: calendar.param,
  wrongState: calendar.param,
  unknownRoom: calendar.unknownAttendee,
};

/** The older room calls. */
export const meetingRoom = table({
  internal: { code: 105001, http: 500, msg: 'internal error', when: 'A fault of this server' },
  param: { code: 105002, http: 400, msg: 'invalid request', when: 'A field is missing or malformed; the reservation is not in the state for that' },
  originalTime: { code: 105003, http: 400, msg: 'illegal original_time', when: 'The event has no such instance' },
  notFound: { code: 100005, http: 400, msg: 'room id invalid', when: 'An unknown room, or one that the event does not have' },
});

export const meetingRoomFaults = { ...meetingRoom, taken: meetingRoom.param, refused: meetingRoom.param, wrongState: meetingRoom.param };

/** People and departments. */
export const contact = table({
  param: { code: 40001, http: 400, msg: 'param error', when: 'A parameter is missing, malformed or out of range' },
  rootDepartment: { code: 40002, http: 400, msg: 'process root dept error', when: 'The tenant itself, asked for what lies above it' },
  internal: { code: 40003, http: 500, msg: 'internal error', when: 'A fault of this server' },
  noDepartment: { code: 40004, http: 403, msg: 'no dept authority error', when: 'A list of a department that is not there' },
  pageToken: { code: 40012, http: 400, msg: 'page token is invalid error', when: 'A page token that is forged or belongs to another query' },
  departmentNotFound: { code: 40015, http: 400, msg: 'department not exist', when: 'A department that is not there, asked for by itself' },
  userNotFound: { code: 41012, http: 400, msg: 'user id invalid error', when: 'A user id that nobody has, or that is of another `user_id_type`' },
});

/** The whole table by family, in the order in which `docs/wire.md` prints it. */
export const errorTable: Readonly<Record<string, Readonly<Record<string, VendorError>>>> = {
  gateway,
  auth,
  vc,
  vcRooms,
  vcConfigs,
  calendar,
  meetingRoom,
  contact,
};

/** Answer to a path or method that does not exist: plain text, not the envelope, as the live platform does. */
export const pathNotFound = { http: 404, contentType: 'text/plain; charset=utf-8', body: '404 page not found' } as const;
