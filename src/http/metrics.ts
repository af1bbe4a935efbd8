import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Ctx } from '../context.ts';
import { hashSecret } from '../domain/secrets.ts';
import { gateway } from '../wire/errors.ts';

/** What a server tells Prometheus about itself. One for each app, since two may live in one process. */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests = new Counter({
    name: 'yuding_http_requests_total',
    help: 'Requests by route, HTTP status and code of the envelope',
    labelNames: ['method', 'route', 'status', 'code'],
    registers: [this.registry],
  });
  readonly #seconds = new Histogram({
    name: 'yuding_http_request_seconds',
    help: 'Time from the first byte of a request to the last of its answer',
    labelNames: ['route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });
  readonly #refusals = new Counter({
    name: 'yuding_rate_refusals_total',
    help: 'Calls refused by the rate limit, by route',
    labelNames: ['route'],
    registers: [this.registry],
  });

  constructor({ db, changes }: Ctx) {
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'yuding_database_connections',
      help: 'Connections to the database server by state; waiting counts queries that wait for one',
      labelNames: ['state'],
      registers: [this.registry],
      collect() {
        for (const [state, count] of Object.entries(db.pool() ?? {})) this.set({ state }, count);
      },
    });
    new Gauge({
      name: 'yuding_live_connections',
      help: 'Connections that listen to changes',
      registers: [this.registry],
      collect() {
        this.set(changes.listeners);
      },
    });
  }

  observe(request: FastifyRequest, reply: FastifyReply): void {
    // Unknown paths share one label: what a stranger types must not become a time series.
    const route = request.routeOptions.url ?? 'none';
    this.#requests.inc({ method: request.method, route, status: reply.statusCode, code: request.code ?? '' });
    // A connection that listens takes as long as it is listened to.
    if (!request.routeOptions.config.endpoint?.stream) this.#seconds.observe({ route }, reply.elapsedTime / 1000);
    if (reply.statusCode === gateway.rateLimited.http) this.#refusals.inc({ route });
  }
}

/** `GET /metrics` for this machine, and for whoever brings the configured token. To anybody else there is no such path. */
export function mountMetrics(server: FastifyInstance, { config }: Ctx, { registry }: Metrics): void {
  server.get('/metrics', { config: { access: 'local' } }, async (request, reply) => {
    if (!isLocal(request) && !hasToken(request, config.metricsToken)) {
      reply.callNotFound();
      return reply;
    }
    return reply.header('content-type', registry.contentType).send(await registry.metrics());
  });
}

/** Asked from this machine itself. A proxy on it says that it asks for somebody else. */
function isLocal({ socket, headers }: FastifyRequest): boolean {
  const address = socket.remoteAddress ?? '';
  const loopback = address === '::1' || /^(::ffff:)?127\./.test(address);
  return loopback && headers['x-forwarded-for'] === undefined && headers.forwarded === undefined;
}

function hasToken({ headers }: FastifyRequest, token: string | undefined): boolean {
  if (token === undefined) return false;
  // Hashes have one length, whatever was sent.
  return timingSafeEqual(Buffer.from(hashSecret(headers.authorization ?? '')), Buffer.from(hashSecret(`Bearer ${token}`)));
}
