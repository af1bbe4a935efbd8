import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import type { Random } from './random.ts';

/** A proxy that keeps some of the answers to itself: the server has done its work, and its client never hears of it. */
export class CuttingProxy {
  readonly #server: Server;
  cut = 0;

  /** @param target address to pass on to, asked for each connection @param share of connections that are cut */
  constructor(target: () => string, share: number, random: Random) {
    this.#server = createServer((client) => {
      const { hostname, port } = new URL(target());
      const upstream = connect(Number(port), hostname);
      const isCut = random() < share;
      const end = () => {
        client.destroy();
        upstream.destroy();
      };
      client.pipe(upstream);
      upstream.on('data', (chunk) => {
        if (!isCut) client.write(chunk);
        else {
          this.cut++;
          end();
        }
      });
      upstream.on('end', () => client.end());
      upstream.on('error', end);
      client.on('error', end);
    });
  }

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
