import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Ctx } from '../context.ts';
import { doorOf, doors } from '../wire/doors.ts';
import { JSON_TYPE, LOG_ID_HEADER, logId } from '../wire/envelope.ts';
import { pathNotFound } from '../wire/errors.ts';
import { v1Faults } from '../wire/v1/errors.ts';
import { answerBrokenRequest, answerUnexpected, HEADER_LIMIT } from './broken-requests.ts';
import { doorOfRequest, malformed, refusalOf } from './errors.ts';
import { handlers } from './handlers.ts';
import { mountHealth } from './health.ts';
import { Metrics, mountMetrics } from './metrics.ts';
import { mount, type Mounted } from './mount.ts';
import { shedOverload } from './overload.ts';
import { mountPages } from './pages/index.ts';
import { showProblem } from './pages/visit.ts';
import { RateLimiter } from './rate.ts';
import { endSilentConnections } from './silent-connections.ts';
import { mountWeb } from './web.ts';

const BODY_LIMIT = 1 << 20;
/** Sockets beyond this are closed at once: slow clients must not use up what the operating system grants. */
const MAX_CONNECTIONS = 5000;

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route that there is, `GET /healthz`. */
    readonly routes: readonly string[];
  }
}

/**
 * Builds the HTTP server: the methods, the health checks, and an answer in the contract's form to everything else.
 *
 * @param more methods that not every server has
 */
export function buildServer(ctx: Ctx, { shed = true, more = [] }: { shed?: boolean; more?: readonly Mounted[] } = {}): FastifyInstance {
  const nextLogId = logIds(ctx);
  const metrics = new Metrics(ctx);
  const server = Fastify({
    logger: false,
    genReqId: nextLogId,
    exposeHeadRoutes: false,
    bodyLimit: BODY_LIMIT,
    // Fastify switches Node's own off; without it a slow sender holds its connection for ever.
    requestTimeout: 15_000,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: HEADER_LIMIT },
    // `request.ip`: the client's address, which only these may tell us.
    trustProxy: ctx.config.trustedProxies.length > 0 ? [...ctx.config.trustedProxies] : false,
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 2_000, maxHeaderSize: HEADER_LIMIT, requireHostHeader: false },
    // Broken URLs come here, past all hooks.
    frameworkErrors: (error, request, reply) => {
      reply.raw.setHeader(LOG_ID_HEADER, request.id);
      void refuse(ctx, request, reply, error);
      metrics.observe(request, reply);
      logRequest(ctx, request, reply);
    },
    clientErrorHandler: (error: NodeJS.ErrnoException, socket: Socket) => {
      answerBrokenRequest(ctx, nextLogId(), error, socket);
    },
  });

  server.server.maxConnections = MAX_CONNECTIONS;
  endSilentConnections(server);
  // Deny by default: a route that does not say who may call it stops the start.
  const routes: string[] = [];
  server.decorate('routes', routes);
  server.addHook('onRoute', ({ method, url, config }) => {
    if (!config?.endpoint && !config?.access) throw new Error(`${String(method)} ${url} does not say who may call it`);
    for (const one of [method].flat()) routes.push(`${one} ${url}`);
  });
  server.decorateRequest('principal', null);
  server.decorateRequest('code', null);
  // Bodies are parsed by the endpoints' own rules. The vendor does not insist on a content type either.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
  server.addHook('onRequest', (request, reply, done) => {
    // Past Fastify, which would write the name in lower case.
    reply.raw.setHeader(LOG_ID_HEADER, request.id);
    if (request.raw.httpVersion === '1.1' && request.headers.host === undefined) done(malformed(400, 'Host', 'is required'));
    // The path comes first: what is sent to none is not even read.
    else if (request.is404) answerUnknownPath(request, reply);
    else done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    metrics.observe(request, reply);
    logRequest(ctx, request, reply);
    done();
  });
  if (shed) shedOverload(server);
  server.setErrorHandler((error, request, reply) => refuse(ctx, request, reply, error));
  server.setNotFoundHandler((request, reply) => answerUnknownPath(request, reply));
  server.server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    answerUnexpected(ctx, nextLogId(), response);
  });

  mountHealth(server, ctx);
  mountMetrics(server, ctx, metrics);
  mountPages(server, ctx);
  mountWeb(server);
  const rates = new RateLimiter(ctx.clock);
  for (const mounted of [...handlers, ...more]) mount(server, ctx, rates, mounted);
  return server;
}

function answerUnknownPath(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const door = doorOf(request.url);
  if (door === 'oauth') {
    const { row, extra } = malformed(405, 'method', 'must be POST', doors.oauth);
    request.code = row.code;
    return reply
      .code(row.http)
      .headers({ 'content-type': JSON_TYPE, allow: 'POST', ...doors.oauth.headers })
      .send(doors.oauth.failure(row, request.id, extra));
  }
  if (door === 'v1') {
    request.code = v1Faults.notFound.code;
    const body = doors.v1.failure(v1Faults.notFound, request.id, { detail: 'there is no such path, or not with this method' });
    return reply.code(v1Faults.notFound.http).header('content-type', JSON_TYPE).send(body);
  }
  return reply.code(pathNotFound.http).header('content-type', pathNotFound.contentType).send(pathNotFound.body);
}

/** Log ids: unique, because a random half is chosen at the start and the rest counts. */
function logIds(ctx: Ctx): () => string {
  const own = randomBytes(6).toString('hex');
  let count = 0;
  return () => logId(ctx.clock.realMs(), own + (count = (count + 1) >>> 0).toString(16).padStart(8, '0'));
}

function refuse(ctx: Ctx, request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const door = doors[doorOfRequest(request)];
  const refusal = refusalOf(error, request.routeOptions.config.endpoint, door);
  if (refusal.row.http >= 500) ctx.log.error({ log_id: request.id, err: error }, 'request failed');
  if (request.routeOptions.config.access === 'page') return showProblem(ctx, request, reply.headers(refusal.headers), refusal.row.http);
  request.code = refusal.row.code;
  return reply
    .code(refusal.row.http)
    .headers({ 'content-type': JSON_TYPE, ...door.headers, ...refusal.headers })
    .send(door.failure(refusal.row, request.id, refusal.extra));
}

/** One line for each request. An allow-list: never the raw URL, a header or a body, where secrets could stand. */
function logRequest(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): void {
  ctx.log.info(
    {
      log_id: request.id,
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      code: request.code ?? undefined,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      tenant: request.principal?.tenantId,
      app: request.principal?.appId,
      user: request.principal?.userId ?? undefined,
    },
    'request',
  );
}
