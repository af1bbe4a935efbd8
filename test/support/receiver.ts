import { createServer as createHttpServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';

export interface Received {
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** An HTTP server to which events are pushed. */
export interface Receiver {
  url: string;
  port: number;
  received: Received[];
  close(): Promise<void>;
}

/** Echoes a challenge that is not encrypted, as a receiver must, and answers anything else with `{}`. */
export function echo({ body }: Received, response: ServerResponse): void {
  const { challenge } = JSON.parse(body) as { challenge?: string };
  response.end(JSON.stringify(challenge === undefined ? {} : { challenge }));
}

/** Starts a receiver on 127.0.0.1. */
export async function receiver(answer: (received: Received, response: ServerResponse, request: IncomingMessage) => void = echo): Promise<Receiver> {
  const received: Received[] = [];
  const server = createHttpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = { url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() };
      received.push(one);
      answer(one, response, request);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${String(port)}/events`, port, received, close };
}

/** Listens on an address that nobody may be led to, and counts who comes. */
export async function canary(host: string, port = 0): Promise<{ port: number; connections: () => number; server: Server }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  server.listen(port, host);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, connections: () => connections, server };
}
