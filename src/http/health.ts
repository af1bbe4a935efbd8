import type { FastifyInstance } from 'fastify';
import type { Ctx } from '../context.ts';

/** `GET /healthz`: the process answers. `GET /readyz`: its database does too. Both without a token, neither tells more than that. */
export function mountHealth(server: FastifyInstance, ctx: Ctx): void {
  server.get('/healthz', () => ({ status: 'ok' }));
  server.get('/readyz', async (request, reply) => {
    try {
      await ctx.db.read('SELECT 1', []);
      return { status: 'ready', database: 'ok' };
    } catch (error) {
      ctx.log.error({ log_id: request.id, err: error }, 'the database does not answer');
      return reply.code(503).send({ status: 'not ready', database: 'failed' });
    }
  });
}
