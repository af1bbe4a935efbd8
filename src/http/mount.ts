import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Ctx } from '../context.ts';
import type { Principal } from '../domain/access.ts';
import type { AnswerOf, BodyOf, Endpoint, QueryOf } from '../wire/endpoint.ts';
import { JSON_TYPE, RATE_LIMIT_HEADER, RATE_RESET_HEADER, success } from '../wire/envelope.ts';
import { gateway } from '../wire/errors.ts';
import { answerChecker, bodyParser, queryParser, type Raw } from './parse.ts';
import type { RateLimiter } from './rate.ts';
import { Refusal } from './refusal.ts';
import { principalOf, requireScope } from './token.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The wire method behind a route; the error funnel asks it for the family's codes. */
    endpoint?: Endpoint;
  }
  interface FastifyRequest {
    /** Who called, once that is known; for the log line. */
    principal: Principal | null;
    /** The envelope's code, once there is an answer; for the log line and the metrics. */
    code: number | null;
  }
}

/** What a handler is given: who calls and the checked parameters. The caller is known exactly where the endpoint asks for a token. */
export interface Call<E extends Endpoint> {
  principal: E['tokens'] extends readonly [] ? null : Principal;
  query: QueryOf<E>;
  body: BodyOf<E>;
}

export type Handler<E extends Endpoint> = (ctx: Ctx, call: Call<E>) => Promise<AnswerOf<E>>;

/** A wire method with the function that answers it. */
export interface Mounted {
  endpoint: Endpoint;
  handler: Handler<Endpoint>;
}

/** Joins a method and its handler; the types of the two are checked here. */
export function answer<E extends Endpoint>(endpoint: E, handler: Handler<E>): Mounted {
  return { endpoint, handler: handler };
}

/**
 * Puts the fixed order around a handler: route, token, scope, rate, parameters, handler, and in development and tests the
 * check of the answer. The order can be seen from outside (which error comes first), so no handler has a say in it.
 */
export function mount(server: FastifyInstance, ctx: Ctx, rates: RateLimiter, { endpoint, handler }: Mounted): void {
  const parseQuery = endpoint.query ? queryParser(endpoint.query, endpoint.faults.param) : undefined;
  const parseBody = endpoint.body ? bodyParser(endpoint.body, endpoint.faults.param) : undefined;
  const checkAnswer = ctx.config.checkAnswers ? answerChecker(endpoint.answer) : undefined;
  const limit = endpoint.perMinute === null ? 0 : (ctx.config.rateLimit ?? endpoint.perMinute);

  server.route({
    method: endpoint.method,
    url: endpoint.path,
    config: { endpoint },
    handler: async (request, reply): Promise<FastifyReply> => {
      let principal: Principal | null = null;
      if (endpoint.tokens.length > 0) {
        request.principal = principal = await principalOf(ctx, endpoint, request.headers.authorization);
        requireScope(endpoint, principal);
        if (limit > 0) countCall(rates, endpoint, principal, limit);
      }
      const query = parseQuery?.(request.query as Raw);
      const body = parseBody?.(typeof request.body === 'string' ? request.body : '');
      const result = await handler(ctx, { principal: principal as never, query: query, body: body });
      checkAnswer?.(result);
      request.code = 0;
      return reply.header('content-type', JSON_TYPE).send(success(endpoint.answerAt, endpoint.msg, result));
    },
  });
}

function countCall(rates: RateLimiter, endpoint: Endpoint, principal: Principal, limit: number): void {
  const wait = rates.count(endpoint.id, `${String(principal.tenantId)} ${principal.appId}`, limit);
  if (wait > 0) throw new Refusal(gateway.rateLimited, {}, { [RATE_LIMIT_HEADER]: String(limit), [RATE_RESET_HEADER]: String(wait) });
}
