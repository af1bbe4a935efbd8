import type { WireError } from './errors.ts';

/** `error` of a failed answer. Shapes as the official SDKs read them; absent parts are left out. */
export interface ErrorDetail {
  log_id: string;
  troubleshooter: string;
  message?: string;
  field_violations?: readonly FieldViolation[];
  permission_violations?: readonly { type: string; subject: string }[];
}

/** One bad field: its name on the wire, what was sent (shortened) and what is wrong with it. */
export interface FieldViolation {
  field: string;
  value?: string;
  description: string;
}

/** What a particular failure adds to its row of the table. */
export interface Extra {
  /** Replaces the row's text, where the vendor writes the particulars into it. */
  msg?: string;
  /** The particulars in a sentence, where there is room for one. */
  detail?: string;
  fields?: readonly FieldViolation[];
  /** The rule that refused a reservation, and the dates of a series that are taken. */
  rule?: string;
  clashes?: readonly string[];
  permissions?: { type: string; scopes: readonly string[] };
}

/** Header that carries the log id on every answer. The case is part of the contract: an official SDK looks it up in a plain dictionary. */
export const LOG_ID_HEADER = 'X-Tt-Logid';
export const JSON_TYPE = 'application/json; charset=utf-8';
export const EVENTS_TYPE = 'text/event-stream; charset=utf-8';
export const RATE_LIMIT_HEADER = 'x-ogw-ratelimit-limit';
export const RATE_RESET_HEADER = 'x-ogw-ratelimit-reset';

/** The body of a success. `answerAt` decides whether the fields stand under `data` or beside `code`. */
export function success(answerAt: 'data' | 'top', msg: string, answer: unknown): string {
  return JSON.stringify(answerAt === 'data' ? { code: 0, msg, data: answer } : { code: 0, msg, ...(answer as object) });
}

/** The body of a failure. */
export function failure(row: WireError, logId: string, extra: Extra = {}): string {
  const detail: ErrorDetail = { log_id: logId, troubleshooter: `Look for log_id=${logId} in the log of the server` };
  if (extra.fields) detail.field_violations = extra.fields;
  if (extra.permissions) {
    const { type, scopes } = extra.permissions;
    detail.permission_violations = scopes.map((subject) => ({ type, subject }));
  }
  return JSON.stringify({ code: row.code, msg: extra.msg ?? row.msg, error: detail });
}

/** A row whose text has the place `[SCOPES]`, with the scopes in it. */
export function withScopes(row: WireError, scopes: readonly string[]): string {
  return row.msg.replace('SCOPES', scopes.join(', '));
}

/** A log id in the vendor's form: 14 digits of local time (+08:00), then 20 upper-case hex digits. */
export function logId(nowMs: number, randomHex20: string): string {
  const local = new Date(nowMs + 8 * 3_600_000).toISOString();
  return local.slice(0, 19).replace(/[-T:]/g, '') + randomHex20.toUpperCase();
}
