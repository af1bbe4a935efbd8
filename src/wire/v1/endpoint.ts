import { Type, type TSchema } from 'typebox';
import type { Endpoint, TokenKind } from '../endpoint.ts';
import { id } from '../values.ts';
import { v1Faults } from './errors.ts';

/** What an app or a user must hold: to look, to book, to administer. */
export const v1Scopes = { read: 'yuding:read', book: 'yuding:book', admin: 'yuding:admin' } as const;

/**
 * A method of `/api/v1`: its answer is the body, and refusals come from one table. One that asks for the scope to administer
 * and nothing less asks for the administrator's role too.
 */
export function defineMethod<
  Query extends TSchema,
  Body extends TSchema,
  Answer extends TSchema,
  Params extends TSchema,
  const Tokens extends readonly TokenKind[] = readonly ['tenant', 'user', 'session'],
>(
  method: Pick<
    Endpoint<Query, Body, Answer, Tokens, Params>,
    | 'id'
    | 'summary'
    | 'method'
    | 'path'
    | 'scopes'
    | 'role'
    | 'params'
    | 'query'
    | 'body'
    | 'bodyOptional'
    | 'ifMatch'
    | 'idempotent'
    | 'bodyLimit'
    | 'refusals'
    | 'answer'
    | 'status'
    | 'stream'
  > & { tokens?: Tokens },
): Endpoint<Query, Body, Answer, Tokens, Params> {
  const { tokens = ['tenant', 'user', 'session'] as const, ...rest } = method;
  const administers = rest.scopes.length > 0 && rest.scopes.every((scope) => scope === v1Scopes.admin);
  const common = { door: 'v1', perMinute: null, answerAt: 'body', msg: '', faults: v1Faults } as const;
  return { ...common, tokens: tokens as Tokens, ...(administers ? { role: 'administrator' } : {}), ...rest };
}

/** An id in a path. */
export const pathId = id;

/** An object whose answer says nothing that is not in its schema. */
export const strict = <const Properties extends Record<string, TSchema>>(properties: Properties) => Type.Object(properties, { additionalProperties: false });

/** The same with every field left to the caller. */
export const strictPartial = <const Properties extends Record<string, TSchema>>(properties: Properties) =>
  Type.Partial(strict(properties), { additionalProperties: false });

/** A moment, as RFC 3339 writes it; answers are in UTC. */
export const instant = (description: string) =>
  Type.String({
    format: 'date-time',
    pattern: '^\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?([Zz]|[+-]\\d{2}:\\d{2})$',
    maxLength: 40,
    description: `${description}; RFC 3339`,
    examples: ['2026-03-18T04:00:00Z'],
  });

export const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

export const pageLimit = (byDefault: number, maximum: number) => Type.Integer({ minimum: 1, maximum, default: byDefault, description: 'Rows per page' });
export const cursor = () => Type.Optional(Type.String({ writeOnly: true, description: '`next_cursor` of the page before; absent or empty: the first page' }));
export const nextCursor = () => orNull(Type.String({ description: 'Where the next page begins; null: there is none' }));
