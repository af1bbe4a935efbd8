import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Connections over which nothing has come yet, as browsers open them ahead of need. They are none that Node calls idle, so the end of the
 * server would wait until they count as too slow.
 */
export function endSilentConnections(server: FastifyInstance): void {
  const fresh = new Set<Socket>();
  server.server.on('connection', (socket) => {
    fresh.add(socket);
    socket.once('close', () => fresh.delete(socket));
  });
  server.server.on('request', ({ socket }) => fresh.delete(socket));
  server.addHook('preClose', (done) => {
    for (const socket of fresh) if (socket.bytesRead === 0) socket.destroy();
    done();
  });
}
