import { Agent, request } from 'node:http';
import { tenantAccessTokenInternal } from '../src/wire/auth/tenant_access_token_internal.ts';
import { resourceReservationList } from '../src/wire/vc/resource_reservation_list.ts';
import type { Dataset } from './datasets.ts';
import type { Server } from './servers.ts';

export type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

/** Calls a server over connections that stay open. */
export class Client {
  readonly server: Server;
  readonly #agent: Agent;
  readonly #headers: Record<string, string>;

  constructor(server: Server, token = '', connections = 1) {
    this.server = server;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.#headers = { authorization: `Bearer ${token}` };
  }

  get(path: string): Promise<string> {
    return this.#call('GET', path);
  }

  post(path: string, body: string): Promise<string> {
    return this.#call('POST', path, body);
  }

  #call(method: string, path: string, body?: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const call = request(this.server.url + path, { agent: this.#agent, method, headers: this.#headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString();
          if (response.statusCode === 200) resolve(answer);
          else reject(new Error(answer));
        });
      });
      call.on('error', reject);
      call.end(body);
    });
  }

  /** Milliseconds of a call, one after the other: the median of each path, and of these the mean, so that a slow path is not lost among quick ones. */
  latency(paths: readonly string[], calls: number): Promise<number> {
    return latencyOf(
      paths.map((path) => () => this.get(path)),
      calls,
    );
  }

  /** Microseconds of the server's processor time for a call, several at once. */
  async cpu(paths: readonly string[], calls: number): Promise<number> {
    const before = this.server.cpuMicros();
    let next = 0;
    const worker = async () => {
      while (next < calls) await this.get(paths[next++ % paths.length] ?? '');
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    return (this.server.cpuMicros() - before) / calls;
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** As `Client.latency`, of any calls. */
export async function latencyOf(works: readonly (() => Promise<unknown>)[], calls: number): Promise<number> {
  const times = works.map((): number[] => []);
  for (let i = 0; i < calls; i++) {
    const before = performance.now();
    await works[i % works.length]?.();
    times[i % works.length]?.push(performance.now() - before);
  }
  return times.reduce((sum, ofOne) => sum + median(ofOne), 0) / works.length;
}

/** A client with a tenant token of the dataset's app. */
export async function signIn(server: Server, { appId, appSecret }: Dataset, connections = 1): Promise<Client> {
  const response = await fetch(server.url + tenantAccessTokenInternal.path, { method: 'POST', body: JSON.stringify({ app_id: appId, app_secret: appSecret }) });
  const { tenant_access_token } = (await response.json()) as { tenant_access_token: string };
  return new Client(server, tenant_access_token, connections);
}

/** The ledger call with these parameters. */
export function ledgerPath(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) if (item !== undefined) parameters.append(name, String(item));
  }
  return `${resourceReservationList.path}?${parameters.toString()}`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}
