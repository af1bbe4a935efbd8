/**
 * Identifiers and token strings: their prefixes and forms.
 *
 * An app id and every token carry the number of their tenant, so that the tenant is known before the database is asked and
 * no look-up has to cross tenants. It is a routing hint, not a proof: the proof is the secret part.
 */

/** Prefixes as the vendor writes them. */
export const prefixes = { user: 'ou_', department: 'od-', level: 'omb_', room: 'omm_', app: 'cli_' } as const;

/** Level ids begin with this; anything else means the tenant's root (vendor page: "如传递非omb前缀的异常ID时，会默认使用租户层级进行兜底"). */
export const LEVEL_ID_MARK = 'omb';

const APP_ID = /^cli_([0-9a-f]{8})[0-9a-f]{8}$/;

/** `cli_` + 8 hex digits of the tenant + 8 of the app. */
export function formatAppId(tenantId: number, appNumber: number): string {
  return prefixes.app + hex8(tenantId) + hex8(appNumber);
}

/** The tenant that an app id points to, or undefined when it is no app id. */
export function tenantOfAppId(appId: string): number | undefined {
  const hex = APP_ID.exec(appId)?.[1];
  return hex === undefined ? undefined : parseInt(hex, 16);
}

/** `tenant_key`: 16 hex digits, the first 8 of which are the tenant's number. */
export function formatTenantKey(tenantId: number, check: number): string {
  return hex8(tenantId) + hex8(check);
}

/** The tenant that a key points to, or undefined when it is no tenant key. */
export function tenantOfKey(key: string): number | undefined {
  return /^[0-9a-f]{16}$/.test(key) ? parseInt(key.slice(0, 8), 16) : undefined;
}

/** A token taken apart: `kind` from its prefix, the tenant it points to, its secret part. */
export interface TokenParts {
  kind: 'tenant' | 'user' | 'app' | 'device';
  tenantId: number;
  secret: Buffer;
}

const SECRET_BYTES = 32;
const PACKED_BYTES = 4 + SECRET_BYTES;
const PACKED_CHARS = Math.ceil((PACKED_BYTES * 4) / 3);

/** A secret and the tenant that it belongs to, as one word: 48 characters of base64url. */
export function packSecret(tenantId: number, secret: Buffer): string {
  const bytes = Buffer.alloc(PACKED_BYTES);
  bytes.writeUInt32BE(tenantId, 0);
  secret.copy(bytes, 4);
  return bytes.toString('base64url');
}

/** The word taken apart; undefined when it is none. */
export function unpackSecret(text: string): { tenantId: number; secret: Buffer } | undefined {
  if (text.length !== PACKED_CHARS || !/^[\w-]+$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return { tenantId: bytes.readUInt32BE(0), secret: bytes.subarray(4) };
}

const tokenPrefixes = { tenant: 't-', user: 'u-', app: 'a-', device: 'd-' } as const;

/** `t-`, `u-`, `a-` or `d-` and a packed secret. */
export function formatToken({ kind, tenantId, secret }: TokenParts): string {
  return tokenPrefixes[kind] + packSecret(tenantId, secret);
}

/**
 * Takes a bearer apart. `malformed`: right prefix, but not a token of ours (`eyJ…`, the vendor's newer user tokens, count as
 * user tokens); `unknown`: a prefix that no token has.
 */
export function parseToken(bearer: string): TokenParts | { malformed: TokenParts['kind'] } | 'unknown' {
  const kind = kindOf(bearer);
  if (!kind) return 'unknown';
  const packed = unpackSecret(bearer.slice(2));
  return packed ? { kind, ...packed } : { malformed: kind };
}

function kindOf(bearer: string): TokenParts['kind'] | undefined {
  if (bearer.startsWith('t-')) return 'tenant';
  if (bearer.startsWith('u-') || bearer.startsWith('eyJ')) return 'user';
  if (bearer.startsWith('a-')) return 'app';
  return bearer.startsWith('d-') ? 'device' : undefined;
}

/** Who deals a refresh token out: the OAuth methods, or those before them. Neither takes the other's. */
export type RefreshTokenKind = 'oauth' | 'oidc';

const refreshPrefixes: Readonly<Record<RefreshTokenKind, string>> = { oauth: 'urv2-', oidc: 'ur-' };

/** `urv2-` or `ur-` and a packed secret. */
export function formatRefreshToken(kind: RefreshTokenKind, tenantId: number, secret: Buffer): string {
  return refreshPrefixes[kind] + packSecret(tenantId, secret);
}

/** A refresh token taken apart; undefined when it is none of that kind. */
export function parseRefreshToken(kind: RefreshTokenKind, token: string): { tenantId: number; secret: Buffer } | undefined {
  const prefix = refreshPrefixes[kind];
  return token.startsWith(prefix) ? unpackSecret(token.slice(prefix.length)) : undefined;
}

function hex8(value: number): string {
  return value.toString(16).padStart(8, '0');
}

/** What a client calls people by. The three names of a person carry the same 32 hex digits, so that none has to be looked up. */
export type UserIdType = 'open_id' | 'union_id' | 'user_id';

const userPrefixes: Readonly<Record<UserIdType, string>> = { open_id: prefixes.user, union_id: 'on_', user_id: '' };

/** @param openId `ou_` and 32 hex digits, as the store has it */
export function formatUserId(type: UserIdType, openId: string): string {
  return userPrefixes[type] + openId.slice(prefixes.user.length);
}

/** The open id behind a user id of that type; undefined when it is of no such form. */
export function parseUserId(type: UserIdType, text: string): string | undefined {
  const prefix = userPrefixes[type];
  const digits = text.slice(prefix.length);
  return text.startsWith(prefix) && /^[0-9a-f]{32}$/.test(digits) ? prefixes.user + digits : undefined;
}

/** `0` stands for the tenant's own level wherever a level is named. */
export const TENANT_LEVEL = '0';

/** `0` stands for the tenant itself wherever a department is named. */
export const TENANT_DEPARTMENT = '0';

/** Which of a department's two ids a client speaks: the one made here, or the tenant's own. */
export type DepartmentIdType = 'department_id' | 'open_department_id';

/** Where the tenant has no id of its own, the digits of the other one stand for it. @param openId `od-…` */
export function formatDepartmentId(type: DepartmentIdType, openId: string, customId: string): string {
  return type === 'open_department_id' ? openId : customId || openId.slice(prefixes.department.length);
}

/** The `od-…` behind an id that has the form of one of ours without a prefix. */
export function openDepartmentId(departmentId: string): string {
  return prefixes.department + departmentId;
}

/** `LM` and nine digits: the number of a room, scattered so that neighbours do not look alike. One to one below 10^9. */
export function formatDisplayId(roomNo: number): string {
  return `LM${String((BigInt(roomNo) * SCATTER + OFFSET) % 1_000_000_000n).padStart(9, '0')}`;
}

/** Shares no factor with 10^9. */
const SCATTER = 387_420_489n;
const OFFSET = 134_742_334n;

/** The calendar of a person or an app. @param ownerId `ou_…` or `cli_…` */
export function formatCalendarId(ownerId: string): string {
  return `feishu.cn_${ownerId}@group.calendar.feishu.cn`;
}

/** Whose calendar it is; undefined when it is no calendar id. */
export function ownerOfCalendar(calendarId: string): string | undefined {
  return /^feishu\.cn_((?:ou_[0-9a-f]{32})|(?:cli_[0-9a-f]{16}))@group\.calendar\.feishu\.cn$/.exec(calendarId)?.[1];
}

/** `<uid>_<original time>`: an event, or (original time not 0) one instance of a series. */
export function formatEventId(uid: string, originalAt: number): string {
  return `${uid}_${String(originalAt)}`;
}

/** An event id taken apart; undefined when it is none. */
export function parseEventId(eventId: string): { uid: string; originalAt: number } | undefined {
  const [, uid, original] = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})_(\d{1,12})$/.exec(eventId) ?? [];
  return uid === undefined ? undefined : { uid, originalAt: Number(original) };
}
