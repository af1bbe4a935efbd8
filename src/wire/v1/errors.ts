import type { WireError, gateway } from '../errors.ts';

/** The error table of `/api/v1`: a word each, and the statuses that HTTP has for the case. */
const table = <const Name extends string>(rows: Record<Name, WireError>): Readonly<Record<Name, WireError>> => rows;

/** Faults found before a method's own code runs. */
export const v1Gateway: Readonly<Record<keyof typeof gateway, WireError>> = {
  rateLimited: { code: 'rate_limited', http: 429, msg: 'too many calls', when: 'More calls than the limit allows' },
  missingToken: { code: 'missing_token', http: 401, msg: 'an access token is needed', when: 'No `Authorization: Bearer TOKEN`' },
  invalidTenantToken: { code: 'invalid_token', http: 401, msg: 'the access token is not valid', when: 'A token that is unknown, expired or revoked' },
  invalidUserToken: { code: 'invalid_token', http: 401, msg: 'the access token is not valid', when: 'A token that is unknown, expired or revoked' },
  invalidAppToken: { code: 'invalid_token', http: 401, msg: 'the access token is not valid', when: 'A token that is unknown, expired or revoked' },
  unknownTokenForm: { code: 'invalid_token', http: 401, msg: 'the access token is not valid', when: 'A bearer of no known form' },
  appLacksScope: { code: 'missing_scope', http: 403, msg: 'the app needs one of the scopes [SCOPES]', when: 'The app holds none of the scopes of the method' },
  userTokenExpired: { code: 'token_expired', http: 401, msg: 'the access token has expired', when: 'A user token past its end' },
  userLacksScope: {
    code: 'scope_not_granted',
    http: 403,
    msg: 'the user has granted the app none of the scopes [SCOPES]',
    when: 'The app holds the scope, the user did not grant it',
  },
  overloaded: { code: 'overloaded', http: 503, msg: 'the server is overloaded, try again later', when: 'The server has more work than it can do' },
  malformedRequest: { code: 'malformed_request', http: 400, msg: 'the request is malformed', when: 'A request that reaches no method' },
};

/** A browser's session that another site makes use of. */
export const crossSite: WireError = {
  code: 'cross_site',
  http: 403,
  msg: 'a session may change things from its own site only',
  when: 'A session with neither `Sec-Fetch-Site: same-origin` nor an `Origin` of this server, for a method that changes something',
};

export const sessionOver: WireError = { code: 'session_over', http: 401, msg: 'sign in again', when: 'A session that ended, or is none' };

/** What every method of `/api/v1` may answer besides. */
export const v1Faults = table({
  internal: { code: 'internal', http: 500, msg: 'the server failed; its log has the cause under the same log_id', when: 'A fault of this server' },
  param: { code: 'invalid', http: 400, msg: 'the request is not valid', when: '`fields` names each bad field' },
  notFound: { code: 'not_found', http: 404, msg: 'there is no such object', when: 'Nothing of that id, or not in this tenant' },
  conflict: {
    code: 'conflict',
    http: 409,
    msg: 'the object was changed meanwhile, or its name is taken',
    when: 'Changed between reading and writing; a name that a sibling has; a list that changed under its cursor',
  },
  stale: {
    code: 'stale',
    http: 412,
    msg: 'the object is no longer at the version that If-Match names',
    when: '`If-Match` names another version than the present one',
  },
  noPermission: { code: 'no_permission', http: 403, msg: 'the caller may not do this', when: "The user, or the app's creator, lacks the role" },
  wrongLevel: {
    code: 'wrong_level',
    http: 409,
    msg: "rooms cannot stand directly under the tenant's own level",
    when: "A room directly under the tenant's level",
  },
  hasChildren: {
    code: 'has_children',
    http: 409,
    msg: 'the object still has others below it',
    when: "Deleting such a level without `delete_children`, or the tenant's level; deleting a department with departments or people in it",
  },
  unknownScope: { code: 'not_found', http: 404, msg: 'there is no such object', when: 'A level or room that was deleted meanwhile' },
  tooManyMembers: { code: 'too_many_members', http: 400, msg: 'there may be 500 users and departments at most', when: 'A list of members that is too long' },
  taken: {
    code: 'taken',
    http: 409,
    msg: 'the room is taken then',
    when: 'Another reservation has the room; `clashes` lists the dates of a series that are taken',
  },
  refused: { code: 'refused', http: 409, msg: 'a rule of the room stands against it', when: '`rule` names the rule' },
  keyReused: {
    code: 'conflict',
    http: 409,
    msg: 'the idempotency key was used for another request',
    when: 'An `Idempotency-Key` that came with another request before',
  },
  wrongState: { code: 'wrong_state', http: 409, msg: 'the reservation is not in the state for that', when: 'It is over, released, not begun, decided already' },
  gone: { code: 'gone', http: 409, msg: 'the event is deleted', when: 'The event behind a reservation was deleted' },
  lastAdministrator: {
    code: 'last_administrator',
    http: 409,
    msg: 'the tenant would have no administrator left',
    when: 'Suspending the last administrator who can act, or taking the role away',
  },
  unknownUser: { code: 'unknown_user', http: 400, msg: 'there is no such user', when: 'A user id that nobody has' },
  delayed: { code: 'rate_limited', http: 429, msg: 'too many tries failed', when: 'Too many wrong passwords; `Retry-After` says for how many seconds' },
  busy: { code: 'overloaded', http: 503, msg: 'too many people sign in at once', when: 'More passwords to be checked than the server can' },
  crowded: {
    code: 'rate_limited',
    http: 429,
    msg: 'too many connections listen to changes',
    when: 'More live connections than one caller, or all together, may have',
  },
  noEmail: {
    code: 'no_email',
    http: 409,
    msg: 'the person has no e-mail address',
    when: 'A password link for a person who could not sign in with the password',
  },
  unknownDepartment: { code: 'unknown_department', http: 400, msg: 'there is no such department', when: 'A department id that no department has' },
});

/** The table as `docs/api.md` prints it. */
export const v1Errors: Readonly<Record<string, Readonly<Record<string, WireError>>>> = { gateway: { ...v1Gateway, sessionOver, crossSite }, faults: v1Faults };
