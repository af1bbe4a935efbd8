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
  /** The word that RFC 6749 has for it, at the OAuth door. */
  readonly error?: string;
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
  invalidAppToken: {
    code: 99991664,
    http: 400,
    msg: 'invalid app token',
    when: 'An `a-` token, which no API takes as its bearer',
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
    when: 'The body is no JSON object, or a field of it is missing, empty or malformed',
  },
  appNotFound: { code: 10014, http: 200, msg: 'app id not exists', when: 'A well-formed `app_id` that nobody has' },
  wrongSecret: { code: 10014, http: 200, msg: 'app secret invalid', when: 'The secret is not the one of this app' },
  wrongKind: {
    code: 10005,
    http: 200,
    msg: 'app id unauthorized',
    when: 'A store app at a method of custom apps (`/internal`), or a custom app at one of store apps',
  },
  invalidTicket: {
    code: 10012,
    http: 200,
    msg: 'get app access token fail',
    when: 'An `app_ticket` that the app was not sent, or that is over: ask for another by `app_ticket/resend`',
  },
  invalidAppToken: {
    code: 99991664,
    http: 200,
    msg: 'invalid app token',
    when: 'An `app_access_token` that is unknown or expired, or whose app got a new secret or was revoked',
  },
  notInstalled: { code: 20009, http: 200, msg: 'tenant app not installed', when: 'A tenant that did not install the app, or that does not exist' },
  resendFailed: { code: 10016, http: 200, msg: 'app resend fail', when: 'A custom app, or a store app to which nothing can be pushed' },
});

/** The OAuth token methods; `msg` is their `error_description`. Texts as the vendor's pages have them. */
export const oauth = table({
  missingParam: {
    code: 20001,
    http: 400,
    error: 'invalid_request',
    msg: 'The request is missing a required parameter.',
    when: 'A parameter is missing or empty; `error_description` names it',
  },
  wrongSecret: { code: 20002, http: 400, error: 'invalid_client', msg: 'The client secret is invalid.', when: 'The secret is not the one of this app' },
  unknownCode: {
    code: 20003,
    http: 400,
    error: 'invalid_grant',
    msg: 'The authorization code is not found. Please note that an authorization code can only be used once.',
    when: 'No code, one that nobody has, or one whose grant was withdrawn',
  },
  expiredCode: { code: 20004, http: 400, error: 'invalid_grant', msg: 'The authorization code has expired.', when: 'A code that is five minutes old' },
  unknownUser: { code: 20008, http: 400, error: 'invalid_grant', msg: 'The user does not exist.', when: 'The person was anonymised since' },
  notInstalled: {
    code: 20009,
    http: 400,
    error: 'unauthorized_client',
    msg: 'The specified app is not installed.',
    when: "An app of several tenants that is no longer in the person's",
  },
  otherClient: {
    code: 20024,
    http: 400,
    error: 'invalid_grant',
    msg: 'The provided authorization code or refresh token does not match the provided client ID.',
    when: 'The code or refresh token was given to another app',
  },
  invalidRefresh: {
    code: 20026,
    http: 400,
    error: 'invalid_grant',
    msg: 'The refresh token passed is invalid. Please check the value.',
    when: 'No refresh token, one that nobody has, or one of the older methods',
  },
  unsupportedGrant: {
    code: 20036,
    http: 400,
    error: 'unsupported_grant_type',
    msg: 'The specified grant_type is not supported.',
    when: '`grant_type` is neither `authorization_code` nor `refresh_token`',
  },
  expiredRefresh: {
    code: 20037,
    http: 400,
    error: 'invalid_grant',
    msg: 'The refresh token passed has expired. Please generate a new one.',
    when: 'A refresh token past its end, or 365 days after the consent',
  },
  unknownApp: { code: 20048, http: 400, error: 'invalid_client', msg: 'The specified app does not exist.', when: 'A `client_id` that nobody has' },
  wrongVerifier: {
    code: 20049,
    http: 400,
    error: 'invalid_grant',
    msg: 'PKCE code challenge failed.',
    when: '`code_verifier` does not fit the challenge, is missing, or comes where there was none',
  },
  internal: {
    code: 20050,
    http: 500,
    error: 'server_error',
    msg: 'An unexpected server error occurred. Please retry your request.',
    when: 'A fault of this server',
  },
  malformed: {
    code: 20063,
    http: 400,
    error: 'invalid_request',
    msg: 'The request is malformed. Please check your request.',
    when: 'The body is neither a JSON object nor a form, or a field of it is no text or comes twice; other statuses as for requests that reach no API, and 405 for another method than POST',
  },
  revokedRefresh: {
    code: 20064,
    http: 400,
    error: 'invalid_grant',
    msg: 'The refresh token has been revoked. Please note that a refresh token can only be used once.',
    when: 'Another token or code of the same consent was used twice',
  },
  usedCode: {
    code: 20065,
    http: 400,
    error: 'invalid_grant',
    msg: 'The authorization code has been used. Please note that an authorization code can only be used once.',
    when: 'A code that comes a second time; all tokens that came of it end',
  },
  suspended: { code: 20066, http: 400, error: 'invalid_grant', msg: 'The user status is invalid.', when: 'The person is suspended' },
  duplicateScopes: {
    code: 20067,
    http: 400,
    error: 'invalid_scope',
    msg: 'The provided scope list contains duplicate scopes. Please ensure all scopes are unique.',
    when: '`scope` names one twice',
  },
  scopeNotGranted: {
    code: 20068,
    http: 400,
    error: 'invalid_scope',
    msg: 'The provided scope list contains scopes that are not permitted. Please ensure all scopes are allowed.',
    when: '`scope` names one that the person did not grant',
  },
  appRevoked: { code: 20069, http: 400, error: 'unauthorized_client', msg: 'The specified app is not enabled.', when: 'The app is revoked' },
  twoWays: {
    code: 20070,
    http: 400,
    error: 'invalid_request',
    msg: 'Multiple authentication methods were provided. Please only use one to proceed.',
    when: '`Authorization: Basic` together with `client_secret`',
  },
  wrongRedirect: {
    code: 20071,
    http: 400,
    error: 'invalid_grant',
    msg: 'The provided redirect URI does not match the one used during authorization.',
    when: '`redirect_uri` is not the one that the code was sent to',
  },
  overloaded: {
    code: 20072,
    http: 503,
    error: 'temporarily_unavailable',
    msg: 'The server is temporarily unavailable. Please retry your request.',
    when: 'The server has more work than it can do; `Retry-After` says how many seconds to wait',
  },
  usedRefresh: {
    code: 20073,
    http: 400,
    error: 'invalid_grant',
    msg: 'The refresh token has been used. Please note that a refresh token can only be used once.',
    when: 'A refresh token that comes a second time; all tokens of the same consent end',
  },
  mayNotRefresh: {
    code: 20074,
    http: 400,
    error: 'unauthorized_client',
    msg: 'The specified app is not allowed to refresh token.',
    when: 'The app no longer holds `offline_access`',
  },
});

/** The older token methods, and who a user token stands for. Answered with HTTP 200, as their pages have it. */
export const authen = table({
  param: {
    code: 20001,
    http: 200,
    msg: 'Invalid request. Please check request param',
    when: 'The body is no JSON object, or a field is missing, empty or no text; `error.field_violations` names it',
  },
  unknownCode: {
    code: 20003,
    http: 200,
    msg: 'The code passed is invalid. Please note that the code could only be used once',
    when: 'A code that nobody has, that was used, or that asks for a `code_verifier`, which these methods do not take',
  },
  expiredCode: { code: 20004, http: 200, msg: 'The code passed has expired. Please generate a new one', when: 'A code that is five minutes old' },
  invalidUserToken: {
    code: 20005,
    http: 200,
    msg: 'The user access token passed is invalid. Please check the value',
    when: 'Asked who a user token stands for: one that is unknown, expired or revoked, or no user token',
  },
  unknownUser: { code: 20008, http: 200, msg: 'User not exist', when: 'The person was anonymised since' },
  invalidAppToken: {
    code: 20014,
    http: 200,
    msg: 'The app access token passed is invalid. Please check the value',
    when: 'The bearer is not the token of an app, or that token is unknown, expired or revoked',
  },
  suspended: { code: 20022, http: 200, msg: 'User frozen', when: 'The person is suspended' },
  otherClient: {
    code: 20024,
    http: 200,
    msg: 'App id in user_access_token or refresh_token diff with app id in app_access_token or tenant_access_token. Please keep the app id consistent',
    when: 'The code or refresh token was given to another app',
  },
  invalidRefresh: {
    code: 20026,
    http: 200,
    msg: 'The refresh token passed is invalid. Please check the value',
    when: 'No refresh token of these methods, or one that was revoked',
  },
  unsupportedGrant: { code: 20036, http: 200, msg: 'The grant_type passed is not supported', when: '`grant_type` is another than the method takes' },
  expiredRefresh: {
    code: 20037,
    http: 200,
    msg: 'The refresh token passed has expired. Please generate a new one',
    when: 'A refresh token past its end, or 365 days after the consent',
  },
  unknownRefresh: {
    code: 20038,
    http: 200,
    msg: 'The refresh token passed is not found. Please check the value',
    when: 'A refresh token that nobody has, or that was used',
  },
  internal: { code: 20050, http: 500, msg: 'System error', when: 'A fault of this server' },
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
  oauth,
  authen,
  vc,
  vcRooms,
  vcConfigs,
  calendar,
  meetingRoom,
  contact,
};

/** Answer to a path or method that does not exist: plain text, not the envelope, as the live platform does. */
export const pathNotFound = { http: 404, contentType: 'text/plain; charset=utf-8', body: '404 page not found' } as const;
