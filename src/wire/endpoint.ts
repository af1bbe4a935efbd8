import type { Static, TSchema } from 'typebox';
import type { WireError, gateway } from './errors.ts';

/** Who may call: with a tenant token, a user token, a device's credential, the session of a browser, or without any. */
export type TokenKind = 'tenant' | 'user' | 'device' | 'session';

/**
 * The ways in: the vendor's wire, our own interface beside it, and the vendor's OAuth token methods, which speak as RFC 6749 does.
 * They differ in how answers and refusals are written.
 */
export type Door = 'open-apis' | 'v1' | 'oauth';

/**
 * What can go wrong inside an API, in the product's words. Each endpoint says which row of the error table each of these
 * becomes, because the vendor's families answer the same fault differently.
 */
export type Fault =
  | 'internal'
  | 'param'
  | 'notFound'
  /** What the request read was changed before it could write, or another object has the name. */
  | 'conflict'
  /** The caller named a version that is no longer the object's. */
  | 'stale'
  | 'noPermission'
  | 'startTime'
  | 'endTime'
  /** Rooms do not stand there. */
  | 'wrongLevel'
  /** A level that still has rooms or levels below it. */
  | 'hasChildren'
  /** The id of a settings' scope names no room, or no level. */
  | 'unknownScope'
  | 'tooManyMembers'
  | 'unknownUser'
  | 'unknownDepartment'
  /** Another reservation has the room. */
  | 'taken'
  /** A rule of the room stands against it. */
  | 'refused'
  /** It is not in the state for that: over, released, not begun. */
  | 'wrongState'
  /** It was deleted. */
  | 'gone'
  | 'unknownAttendee'
  | 'unknownRoom'
  | 'unknownCalendar'
  | 'noCalendarAccess'
  | 'badCalendar'
  | 'badEvent'
  | 'badAttendee'
  | 'originalTime'
  /** Nobody would be left who administers the tenant. */
  | 'lastAdministrator'
  /** An idempotency key that stands for another request. */
  | 'keyReused'
  /** What a store app was sent to prove who it is, and is not what it says. */
  | 'badTicket'
  /** Of codes and refresh tokens, and of whoever brings one. */
  | 'unknownCode'
  | 'usedCode'
  | 'expiredCode'
  | 'unknownRefresh'
  | 'usedRefresh'
  | 'revokedRefresh'
  | 'expiredRefresh'
  /** Another app got it. */
  | 'otherClient'
  /** What comes with the code does not fit what it was asked for with. */
  | 'wrongRedirect'
  | 'wrongVerifier'
  | 'duplicateScopes'
  | 'scopeNotGranted'
  /** The person can do nothing here at present. */
  | 'suspended'
  | 'notInstalled'
  | 'mayNotRefresh'
  /** Too many tries to sign in failed. */
  | 'delayed'
  /** Too many people sign in at once. */
  | 'busy'
  /** Somebody, or everybody together, listens to changes too many times. */
  | 'crowded'
  /** A person without an e-mail address, who cannot sign in. */
  | 'noEmail';

/** One method as data. Routes, checks, documentation and tests are made from it; the path is written nowhere else. */
export interface Endpoint<
  Query extends TSchema = TSchema,
  Body extends TSchema = TSchema,
  Answer extends TSchema = TSchema,
  Tokens extends readonly TokenKind[] = readonly TokenKind[],
  Params extends TSchema = TSchema,
> {
  readonly door: Door;
  /** Name of the method, the vendor's where it is the vendor's; also the rate limit's name of the API. */
  readonly id: string;
  readonly summary: string;
  /** The vendor's page; undefined for a method of our own. */
  readonly page?: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** With `:name` for each field of `params`. */
  readonly path: string;
  /** Token kinds that it takes; empty: it is called without a token. */
  readonly tokens: Tokens;
  /** Holding one of these is enough; empty: no scope is asked. */
  readonly scopes: readonly string[];
  /** What the user, or the app's creator, must be besides. */
  readonly role?: 'administrator';
  /** Calls per minute, per app and tenant; null: not limited. */
  readonly perMinute: number | null;
  /** Calls per second besides; either limit refuses. */
  readonly perSecond?: number;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Takes the body as a form too. */
  readonly form?: boolean;
  /** Takes `If-Match` with the version that an earlier answer carried as `ETag`. */
  readonly ifMatch?: boolean;
  /** Takes `Idempotency-Key`: the same request under the same key is done once. */
  readonly idempotent?: boolean;
  /** Bytes that a body may have, where that is not what most may have. */
  readonly bodyLimit?: number;
  /** What it may refuse for besides what every method may; for its description. */
  readonly refusals?: readonly Fault[];
  /** `data`: the answer stands under `data` of the envelope; `top`: its fields stand beside `code` and `msg`; `body`: it is the body. */
  readonly answerAt: 'data' | 'top' | 'body';
  readonly answer: Answer;
  /** The answer is a stream of server-sent events: a Node stream of text. */
  readonly stream?: true;
  /** HTTP status of a success; default 200. */
  readonly status?: number;
  readonly msg: string;
  readonly faults: Readonly<Partial<Record<Fault, WireError>> & Record<'internal' | 'param', WireError>>;
  /** Rows of its own for faults found before its own code runs. */
  readonly gateway?: Readonly<Partial<Record<keyof typeof gateway, WireError>>>;
}

type Definition<E extends Endpoint, Given extends keyof Endpoint> = Omit<E, Given>;

/** Keeps the types of a definition of the vendor's wire, so that a handler sees typed parameters. */
export function defineEndpoint<
  Query extends TSchema,
  Body extends TSchema,
  Answer extends TSchema,
  const Tokens extends readonly TokenKind[],
  Params extends TSchema = TSchema,
>(endpoint: Definition<Endpoint<Query, Body, Answer, Tokens, Params>, 'door'>): Endpoint<Query, Body, Answer, Tokens, Params> {
  return { door: 'open-apis', ...endpoint };
}

export type ParamsOf<E> = E extends Endpoint<infer _Query, infer _Body, infer _Answer, infer _Tokens, infer Params> ? Static<Params> : never;
export type QueryOf<E> = E extends Endpoint<infer Query, infer _Body, infer _Answer, infer _Tokens, infer _Params> ? Static<Query> : never;
export type BodyOf<E> = E extends Endpoint<infer _Query, infer Body, infer _Answer, infer _Tokens, infer _Params> ? Static<Body> : never;
export type AnswerOf<E> = E extends Endpoint<infer _Query, infer _Body, infer Answer, infer _Tokens, infer _Params> ? Static<Answer> : never;
