import type { Static, TSchema } from 'typebox';
import type { WireError } from './errors.ts';

/** Who may call: with a tenant token, a user token, or without any. */
export type TokenKind = 'tenant' | 'user';

/**
 * What can go wrong inside an API, in the product's words. Each endpoint says which row of the error table each of these
 * becomes, because the vendor's families answer the same fault differently.
 */
export type Fault = 'internal' | 'param' | 'notFound' | 'conflict' | 'noPermission' | 'startTime' | 'endTime';

/** One wire method as data. Routes, checks, documentation and tests are made from it; the path is written nowhere else. */
export interface Endpoint<
  Query extends TSchema = TSchema,
  Body extends TSchema = TSchema,
  Answer extends TSchema = TSchema,
  Tokens extends readonly TokenKind[] = readonly TokenKind[],
> {
  /** The vendor's name of the method, which is also the rate limit's name of the API and the handler's file name. */
  readonly id: string;
  readonly summary: string;
  /** The vendor's page. */
  readonly page: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Token kinds that it takes; empty: it is called without a token. */
  readonly tokens: Tokens;
  /** Holding one of these is enough; empty: no scope is asked. */
  readonly scopes: readonly string[];
  /** Calls per minute, per app and tenant; null: not limited. */
  readonly perMinute: number | null;
  readonly query?: Query;
  readonly body?: Body;
  /** `data`: the answer stands under `data` of the envelope; `top`: its fields stand beside `code` and `msg`. */
  readonly answerAt: 'data' | 'top';
  readonly answer: Answer;
  readonly msg: string;
  readonly faults: Readonly<Partial<Record<Fault, WireError>> & Record<'internal' | 'param', WireError>>;
}

/** Keeps the types of a definition, so that a handler sees typed parameters. */
export function defineEndpoint<Query extends TSchema, Body extends TSchema, Answer extends TSchema, const Tokens extends readonly TokenKind[]>(
  endpoint: Endpoint<Query, Body, Answer, Tokens>,
): Endpoint<Query, Body, Answer, Tokens> {
  return endpoint;
}

export type QueryOf<E> = E extends Endpoint<infer Query, infer _Body, infer _Answer, infer _Tokens> ? Static<Query> : never;
export type BodyOf<E> = E extends Endpoint<infer _Query, infer Body, infer _Answer, infer _Tokens> ? Static<Body> : never;
export type AnswerOf<E> = E extends Endpoint<infer _Query, infer _Body, infer Answer, infer _Tokens> ? Static<Answer> : never;
