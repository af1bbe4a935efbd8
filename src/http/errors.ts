import type { FastifyError, FastifyRequest } from 'fastify';
import { DomainError } from '../domain/errors.ts';
import { RuleError } from '../domain/rules.ts';
import { DelayedError } from '../domain/sign-in.ts';
import { doorOf, doors, type DoorRules } from '../wire/doors.ts';
import type { Door, Endpoint } from '../wire/endpoint.ts';
import type { Extra } from '../wire/envelope.ts';
import { formatInstant } from '../wire/v1/instants.ts';
import { Refusal } from './refusal.ts';

/**
 * The one funnel: whatever was thrown becomes a refusal.
 *
 * @param endpoint the method under way; undefined where the request reached none
 * @param door the way in that the request took
 */
export function refusalOf(error: unknown, endpoint: Endpoint | undefined, door: DoorRules): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof DomainError) {
    const row = endpoint?.faults[error.reason];
    if (row) return new Refusal(row, detailOf(error, endpoint.door), error instanceof DelayedError ? { 'retry-after': String(error.seconds) } : {});
  }
  const { code, statusCode } = error as Partial<FastifyError>;
  if (code?.startsWith('FST_ERR_') && statusCode !== undefined && statusCode < 500) return malformed(statusCode, partOf(code), sentenceOf(code), door);
  // The client went away while it was sending its body: no fault of ours, though nobody is left to read the answer.
  if (code === 'ECONNRESET' && statusCode === 400) return malformed(400, 'body', 'was cut short', door);
  return new Refusal(endpoint?.faults.internal ?? door.internal);
}

/** What the doors call the things that a refusal of the domain can be about. */
const fieldNames: Readonly<Record<Door, Readonly<Record<string, string>>>> = {
  'open-apis': {
    level: 'room_level_id',
    parent: 'parent_id',
    end: 'end_time',
    disabledUntil: 'room_status.disable_end_time',
    contacts: 'room_status.contact_ids',
    dayEnd: 'time_config.end_time',
    approvers: 'approval_config.approvers',
    reservers: 'reserve_scope_config',
  },
  v1: {
    level: 'level_id',
    parent: 'parent_id',
    disabledUntil: 'disabled.until',
    contacts: 'disabled.contacts',
    dayEnd: 'time.day_end',
    approvers: 'approval.approvers',
    encryptKey: 'encrypt_key',
    password: 'new_password',
  },
  oauth: {},
};

/** The door that a request came by: its method's, or where its path would lead. */
export function doorOfRequest({ url, routeOptions }: FastifyRequest): Door {
  return routeOptions.config.endpoint?.door ?? doorOf(url);
}

function detailOf(error: DomainError, door: Door): Extra {
  const { message, subject } = error;
  if (error instanceof RuleError) {
    const { rule, clashes } = error;
    const fields = door === 'open-apis' ? { fields: [{ field: 'start_time', description: message }] } : {};
    return { detail: message, rule, ...fields, ...(clashes.length > 0 ? { clashes: clashes.map(formatInstant) } : {}) };
  }
  if (subject === undefined) return { detail: message };
  return { detail: message, fields: [{ field: fieldNames[door][subject] ?? subject, description: message }] };
}

/** A request that is no request: the generic row under the status that HTTP has for the case. */
export function malformed(http: number, field: string, description: string, door = doors['open-apis']): Refusal {
  return new Refusal({ ...door.gateway.malformedRequest, http }, { fields: [{ field, description }] });
}

const sentences: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: 'is not a valid URL',
  FST_ERR_MAX_PARAM_LENGTH: 'is too long',
  FST_ERR_CTP_BODY_TOO_LARGE: 'is too large',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'does not have the length that Content-Length announces',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'is not supported',
};

function partOf(code: string): string {
  if (code.includes('MEDIA_TYPE')) return 'Content-Type';
  return code.includes('URL') || code.includes('PARAM') ? 'URL' : 'body';
}

function sentenceOf(code: string): string {
  return sentences[code] ?? 'is malformed';
}
