import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Ctx } from '../context.ts';
import { failure, JSON_TYPE, LOG_ID_HEADER, logId } from '../wire/envelope.ts';
import { pathNotFound } from '../wire/errors.ts';
import { malformed, refusalOf } from './errors.ts';
import { handlers } from './handlers.ts';
import { mountHealth } from './health.ts';
import { mount } from './mount.ts';
import { RateLimiter } from './rate.ts';
import type { Refusal } from './refusal.ts';

const BODY_LIMIT = 1 << 20;
const HEADER_LIMIT = 16 << 10;

/** Builds the HTTP server: the wire methods, the health checks, and an answer in the contract's form to everything else. */
export function buildServer(ctx: Ctx): FastifyInstance {
  const nextLogId = logIds(ctx);
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
    routerOptions: { ignoreTrailingSlash: true },
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 2_000, maxHeaderSize: HEADER_LIMIT, requireHostHeader: false },
    // Broken URLs come here, past all hooks.
    frameworkErrors: (error, request, reply) => {
      reply.raw.setHeader(LOG_ID_HEADER, request.id);
      void refuse(ctx, request, reply, error);
      logRequest(ctx, request, reply);
    },
    clientErrorHandler: (error: NodeJS.ErrnoException, socket: Socket) => {
      answerBrokenRequest(ctx, nextLogId(), error, socket);
    },
  });

  server.decorateRequest('principal', null);
  // Bodies are parsed by the endpoints' own rules. The vendor does not insist on a content type either.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
  server.addHook('onRequest', (request, reply, done) => {
    // Past Fastify, which would write the name in lower case.
    reply.raw.setHeader(LOG_ID_HEADER, request.id);
    if (request.raw.httpVersion === '1.1' && request.headers.host === undefined) done(malformed(400, 'Host', 'is required'));
    else done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    logRequest(ctx, request, reply);
    done();
  });
  server.setErrorHandler((error, request, reply) => refuse(ctx, request, reply, error));
  server.setNotFoundHandler((_request, reply) => reply.code(pathNotFound.http).header('content-type', pathNotFound.contentType).send(pathNotFound.body));
  server.server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    answerUnexpected(ctx, nextLogId(), response);
  });

  mountHealth(server, ctx);
  const rates = new RateLimiter(ctx.clock);
  for (const mounted of handlers) mount(server, ctx, rates, mounted);
  return server;
}

/** Log ids: unique, because a random half is chosen at the start and the rest counts. */
function logIds(ctx: Ctx): () => string {
  const own = randomBytes(6).toString('hex');
  let count = 0;
  return () => logId(ctx.clock.realMs(), own + (count = (count + 1) >>> 0).toString(16).padStart(8, '0'));
}

function refuse(ctx: Ctx, request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const refusal = refusalOf(error, request.routeOptions.config.endpoint);
  if (refusal.row.http >= 500) ctx.log.error({ log_id: request.id, err: error }, 'request failed');
  return reply
    .code(refusal.row.http)
    .headers(refusal.headers)
    .header('content-type', JSON_TYPE)
    .send(failure(refusal.row, request.id, refusal.extra));
}

/** One line for each request. An allow-list: never the raw URL, a header or a body, where secrets could stand. */
function logRequest(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): void {
  ctx.log.info(
    {
      log_id: request.id,
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      tenant: request.principal?.tenantId,
      app: request.principal?.appId,
      user: request.principal?.userId ?? undefined,
    },
    'request',
  );
}

/** What Node's parser could not make a request of. */
function answerBrokenRequest(ctx: Ctx, id: string, error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal = brokenRequest(error.code);
  const body = failure(refusal.row, id, refusal.extra);
  const head = [
    `HTTP/1.1 ${String(refusal.row.http)} ${STATUS_TEXT[refusal.row.http] ?? 'Bad Request'}`,
    `${LOG_ID_HEADER}: ${id}`,
    `Content-Type: ${JSON_TYPE}`,
    `Content-Length: ${String(Buffer.byteLength(body))}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  ctx.log.info({ log_id: id, status: refusal.row.http, cause: error.code }, 'broken request');
}

const STATUS_TEXT: Readonly<Record<number, string>> = { 400: 'Bad Request', 408: 'Request Timeout', 431: 'Request Header Fields Too Large' };

function brokenRequest(code: string | undefined): Refusal {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return malformed(408, 'request', 'took too long to arrive');
  if (code === 'HPE_HEADER_OVERFLOW') return malformed(431, 'headers', `must not exceed ${String(HEADER_LIMIT)} bytes, the URL included`);
  return malformed(400, 'request', 'is not valid HTTP');
}

/** An `Expect` header that asks for more than `100-continue`. */
function answerUnexpected(ctx: Ctx, id: string, response: ServerResponse): void {
  const refusal = malformed(417, 'Expect', 'is not supported');
  const body = failure(refusal.row, id, refusal.extra);
  response.setHeader(LOG_ID_HEADER, id);
  response.writeHead(refusal.row.http, { 'Content-Type': JSON_TYPE, 'Content-Length': Buffer.byteLength(body), Connection: 'close' });
  response.end(body);
  ctx.log.info({ log_id: id, status: refusal.row.http, cause: 'Expect' }, 'broken request');
}
