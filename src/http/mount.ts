import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Ctx } from '../context.ts';
import { actorOf, requireAdministrator, type Principal } from '../domain/access.ts';
import type { Idempotency } from '../domain/idempotency.ts';
import type { Actor } from '../store/history.ts';
import { doors } from '../wire/doors.ts';
import type { AnswerOf, BodyOf, Endpoint, ParamsOf, QueryOf } from '../wire/endpoint.ts';
import { JSON_TYPE, RATE_LIMIT_HEADER, RATE_RESET_HEADER } from '../wire/envelope.ts';
import { ifMatchVersion, formatTag } from './etag.ts';
import { OpenStreams, type EventStream } from './event-stream.ts';
import { noteIfDenied } from './denials.ts';
import { originOf, type Origin } from './origin.ts';
import { answerChecker, bodyParser, queryParser, type Raw } from './parse.ts';
import type { Limit, RateLimiter } from './rate.ts';
import { Refusal } from './refusal.ts';
import { callerOf, gatewayOf, requireScope } from './token.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The method behind a route; the error funnel asks it for its codes. */
    endpoint?: Endpoint;
    /** Of a route that is no method: who may call it. `open`: anybody; `local`: this machine or a configured token; `page`: as the page decides. */
    access?: 'open' | 'local' | 'page';
  }
  interface FastifyRequest {
    /** Who called, once that is known; for the log line. */
    principal: Principal | null;
    /** The code of the answer, once there is one; for the log line and the metrics. */
    code: number | string | null;
  }
}

/** What a handler is given: who calls and the checked parameters. The caller is known exactly where the endpoint asks for a token. */
export interface Call<E extends Endpoint> {
  principal: E['tokens'] extends readonly [] ? null : Principal;
  /** The caller as the history names it. */
  actor: E['tokens'] extends readonly [] ? null : Actor;
  /** From where the request came, for a caller whom only the handler learns. */
  origin: Origin;
  /** The `Authorization` header, to a method that takes no token. */
  authorization: string | undefined;
  params: ParamsOf<E>;
  query: QueryOf<E>;
  body: BodyOf<E>;
  /** The version that `If-Match` names; undefined: none. */
  expected: number | undefined;
  /** What makes the request one that is done once; undefined: its caller did not ask. */
  once: Idempotency | undefined;
  /** The id of the last event that the caller has; undefined: it says none. */
  lastEventId: string | undefined;
  /** Asks again who calls, as at first; for an answer that goes on. @throws Refusal when it is nobody any more, or somebody who may not */
  again: () => Promise<Principal>;
  /** Whether whoever asked has gone away meanwhile: long work can be left. */
  isGone: () => boolean;
}

export type Handler<E extends Endpoint> = (ctx: Ctx, call: Call<E>) => Promise<AnswerOf<E>>;

/** A method with the function that answers it. */
export interface Mounted {
  endpoint: Endpoint;
  handler: Handler<Endpoint>;
}

/** Joins a method and its handler; the types of the two are checked here. */
export function answer<E extends Endpoint>(endpoint: E, handler: Handler<E>): Mounted {
  return { endpoint, handler: handler };
}

/**
 * Puts the fixed order around a handler: route, token, scope, rate, parameters, role, handler, and in development and tests the
 * check of the answer. The order can be seen from outside (which error comes first), so no handler has a say in it.
 */
export function mount(server: FastifyInstance, ctx: Ctx, rates: RateLimiter, { endpoint, handler }: Mounted): void {
  const { door, faults, status = 200 } = endpoint;
  const parseParams = endpoint.params ? queryParser(endpoint.params, faults.param) : undefined;
  const parseQuery = endpoint.query ? queryParser(endpoint.query, faults.param) : undefined;
  const parseBody = endpoint.body ? bodyParser(endpoint.body, faults.param, endpoint.form) : undefined;
  const checkAnswer = ctx.config.checkAnswers ? answerChecker(endpoint.answer) : undefined;
  const limits = limitsOf(endpoint, ctx.config.rateLimit);
  const streams = endpoint.stream ? new OpenStreams(server) : undefined;

  server.route({
    method: endpoint.method,
    url: endpoint.path,
    config: { endpoint },
    ...(endpoint.bodyLimit === undefined ? {} : { bodyLimit: endpoint.bodyLimit }),
    handler: async (request, reply): Promise<FastifyReply> => {
      try {
        return await serve(request, reply);
      } catch (error) {
        await noteIfDenied(ctx, endpoint, request, error);
        throw error;
      }
    },
  });

  async function serve(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    let principal: Principal | null = null;
    if (endpoint.tokens.length > 0) {
      request.principal = principal = await callerOf(ctx, endpoint, request, reply);
      requireScope(endpoint, principal);
      if (limits.length > 0) countCall(rates, endpoint, principal, limits);
    }
    const origin = originOf(door, request);
    const actor = principal && actorOf(principal, origin);
    const authorization = principal ? undefined : request.headers.authorization;
    const params = parseParams?.(request.params as Raw);
    const query = parseQuery?.(request.query as Raw);
    const text = bodyOf(request);
    const body = parseBody?.(text === '' && endpoint.bodyOptional ? '{}' : text, request.headers['content-type']);
    const expected = endpoint.ifMatch ? ifMatchVersion(endpoint, request.headers['if-match']) : undefined;
    const once = endpoint.idempotent && principal ? onceOf(endpoint, principal, request, [params, body]) : undefined;
    if (endpoint.role === 'administrator' && principal) requireAdministrator(principal);
    const caller = { principal: principal as never, actor: actor as never, origin, authorization };
    const again = async () => {
      const present = await callerOf(ctx, endpoint, request, null);
      requireScope(endpoint, present);
      return present;
    };
    const lastEventId = endpoint.stream ? [request.headers['last-event-id']].flat()[0] || undefined : undefined;
    const isGone = () => request.raw.socket.destroyed;
    const result = await handler(ctx, { ...caller, params, query, body, expected, once, lastEventId, again, isGone });
    if (streams) {
      request.code = 0;
      return streams.send(reply, result as EventStream);
    }
    checkAnswer?.(result);
    request.code = 0;
    const tag = formatTag(result);
    if (tag !== undefined) void reply.header('etag', tag);
    return reply
      .code(status)
      .headers({ 'content-type': JSON_TYPE, ...doors[door].headers })
      .send(doors[door].success(endpoint, result));
  }
}

/** What `Idempotency-Key` asks for: a key is its caller's own, and stands for one request. */
function onceOf({ id, faults }: Endpoint, principal: Principal, { headers }: FastifyRequest, request: unknown): Idempotency | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new Refusal(faults.param, { fields: [{ field: 'Idempotency-Key', description: 'must be 1 to 255 visible characters' }] });
  }
  return { scope: `${id} ${principal.appId} ${principal.userId ?? ''}`, key, request: JSON.stringify(request) };
}

function bodyOf({ body }: FastifyRequest): string {
  return typeof body === 'string' ? body : '';
}

/** The documented limits; one that the configuration names stands for them all, 0 for none. */
function limitsOf({ perMinute, perSecond }: Endpoint, configured: number | undefined): Limit[] {
  if (perMinute === null || configured === 0) return [];
  const limits: Limit[] = [{ calls: configured ?? perMinute, seconds: 60 }];
  if (perSecond !== undefined && configured === undefined) limits.push({ calls: perSecond, seconds: 1 });
  return limits;
}

function countCall(rates: RateLimiter, endpoint: Endpoint, principal: Principal, limits: readonly Limit[]): void {
  const refused = rates.count(endpoint.id, `${String(principal.tenantId)} ${principal.appId}`, limits);
  if (!refused) return;
  const headers = { [RATE_LIMIT_HEADER]: String(refused.limit.calls), [RATE_RESET_HEADER]: String(refused.wait) };
  throw new Refusal(gatewayOf(endpoint).rateLimited, {}, headers);
}
