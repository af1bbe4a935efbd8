import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { TSchema } from 'typebox';
import type { FieldViolation } from '../wire/envelope.ts';
import type { WireError } from '../wire/errors.ts';
import { isInstant } from '../wire/v1/instants.ts';
import { Refusal } from './refusal.ts';

/*
 * Parameters, checked. Ajv's own coercion is not used: it takes `1e1` and `0x10` for integers, and turns null into "" or 0.
 */
const ajv = new Ajv({ allErrors: true, useDefaults: true, strict: false, ownProperties: true, formats: { 'date-time': isInstant } });

export type Raw = Readonly<Record<string, string | readonly string[] | undefined>>;

/** @returns a function that turns a raw query into what the schema says, or refuses it with every bad field named */
export function queryParser(schema: TSchema, fault: WireError): (raw: Raw) => unknown {
  const validate = ajv.compile(schema);
  const properties = Object.entries(propertiesOf(schema));
  return (raw) => {
    const query: Record<string, unknown> = {};
    const repeated: FieldViolation[] = [];
    for (const [name, { type, writeOnly }] of properties) {
      const sent = Object.hasOwn(raw, name) ? raw[name] : undefined;
      if (sent === undefined) continue;
      if (type === 'array') query[name] = typeof sent === 'string' ? [sent] : sent;
      else if (typeof sent === 'string') query[name] = convert(type, sent);
      else repeated.push({ field: name, ...(writeOnly ? {} : { value: shortened(sent.join('&')) }), description: 'must be given once' });
    }
    const faults = check(validate, query, raw).filter((violation) => !repeated.some(({ field }) => field === violation.field));
    if (repeated.length + faults.length > 0) throw new Refusal(fault, { fields: [...repeated, ...faults] });
    return query;
  };
}

/**
 * @param form whether the body may be a form too
 * @returns a function that checks a JSON body, taking values as they are
 */
export function bodyParser(schema: TSchema, fault: WireError, form = false): (text: string, contentType?: string) => unknown {
  const validate = ajv.compile(schema);
  return (text, contentType = '') => {
    let body: unknown;
    if (form && /^application\/x-www-form-urlencoded *(;|$)/i.test(contentType)) body = formFields(text, fault);
    else {
      try {
        body = JSON.parse(text);
      } catch {
        throw new Refusal(fault, { fields: [{ field: 'body', description: form ? 'must be JSON or a form' : 'must be JSON' }] });
      }
    }
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      throw new Refusal(fault, { fields: [{ field: 'body', description: 'must be an object' }] });
    const faults = [...check(validate, body), ...nulFields(body).map((field) => ({ field, description: NUL }))];
    if (faults.length > 0) throw new Refusal(fault, { fields: faults });
    return body;
  };
}

/** The fields of a form. One without a value counts as left out (RFC 6749, 3.2). */
function formFields(text: string, fault: WireError): Record<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (fields.has(name)) throw new Refusal(fault, { fields: [{ field: shortened(name), description: 'must be given once' }] });
    fields.set(name, value);
  }
  return Object.fromEntries([...fields].filter(([, value]) => value !== ''));
}

/** @returns a function that throws when an answer of ours is not what its schema says */
export function answerChecker(schema: TSchema): (answer: unknown) => void {
  const validate = ajv.compile(schema);
  return (answer) => {
    if (!validate(answer)) throw new Error(`answer breaks its schema: ${ajv.errorsText(validate.errors)}`);
  };
}

function convert(type: string | undefined, text: string): unknown {
  if (type === 'integer' && /^-?\d+$/.test(text)) return Math.min(Math.max(Number(text), -Number.MAX_VALUE), Number.MAX_VALUE);
  if (type === 'boolean' && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return text;
}

function propertiesOf(schema: TSchema): Record<string, { type?: string; writeOnly?: boolean }> {
  return (schema as { properties?: Record<string, { type?: string; writeOnly?: boolean }> }).properties ?? {};
}

function check(validate: ValidateFunction, value: object, raw: Raw = {}): FieldViolation[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => violation(error, raw));
}

function violation(error: ErrorObject, raw: Raw): FieldViolation {
  const path = error.instancePath.split('/').slice(1);
  if (error.keyword === 'required') return { field: [...path, String(error.params.missingProperty)].join('.'), description: 'is required' };
  if (error.keyword === 'additionalProperties') return { field: [...path, String(error.params.additionalProperty)].join('.'), description: 'is not known' };
  const field = path.join('.') || 'body';
  const sent = raw[field];
  const description = error.message ?? 'is not valid';
  return typeof sent === 'string' ? { field, value: shortened(sent), description } : { field, description };
}

const NUL = 'must not contain the character U+0000';

/** Fields with a character that not every database can keep. Without recursion: a body may be nested as deep as it is long. */
function nulFields(value: object): string[] {
  return Object.entries(value)
    .filter(([, part]) => {
      const open: unknown[] = [part];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        if (typeof next === 'string' && next.includes('\0')) return true;
        if (typeof next === 'object' && next !== null) for (const [name, inner] of Object.entries(next)) open.push(name, inner);
      }
      return false;
    })
    .map(([name]) => name);
}

function shortened(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 100)}…`;
}
