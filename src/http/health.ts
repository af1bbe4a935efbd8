import type { FastifyInstance } from 'fastify';
import type { Ctx } from '../context.ts';
import { lastTurns } from '../domain/turns.ts';

/** `GET /healthz`: the process answers. `GET /readyz`: its database does too, and how many seconds ago each job was done. Both without a token, neither tells more than that. */
export function mountHealth(server: FastifyInstance, ctx: Ctx): void {
  server.get('/healthz', { config: { access: 'open' } }, () => ({ status: 'ok' }));
  server.get('/readyz', { config: { access: 'open' } }, async (request, reply) => {
    try {
      const turns = await lastTurns(ctx);
      const jobs = Object.fromEntries([...turns].map(([name, at]) => [name, Math.max(0, ctx.clock.now() - at)]));
      return { status: 'ready', database: 'ok', jobs };
    } catch (error) {
      ctx.log.error({ log_id: request.id, err: error }, 'the database does not answer');
      return reply.code(503).send({ status: 'not ready', database: 'failed' });
    }
  });
}
