import { Agent, request } from 'node:http';
import { formatInstant } from '../../../src/wire/v1/instants.ts';
import { PROGRAM, Running } from '../process.ts';
import type { Site } from './site.ts';

/** What a server said, or that the connection was lost before it had. */
export type Answer = { status: number; body: Record<string, unknown>; text: string } | 'lost';

export interface Question {
  method: 'GET' | 'POST' | 'PATCH';
  path: string;
  token: string;
  body?: object;
  headers?: Record<string, string>;
}

/** Longer than a server may take for anything. */
const HUNG = 30_000;

/** Asks once. Only a connection that breaks is `lost`; one that stays silent is an error. */
export function ask(agent: Agent | false, url: string, { method, path, token, body, headers }: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const lost = () => {
      resolve('lost');
    };
    const sent = request(`${url}/api/v1${path}`, { agent, method, headers: { authorization: `Bearer ${token}`, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', lost);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, text, body: JSON.parse(text) as Record<string, unknown> });
      });
    });
    sent.setTimeout(HUNG, () => {
      reject(new Error(`${method} ${path} has no answer`));
      sent.destroy();
    });
    sent.on('error', lost);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** The word for a refusal. */
export function codeOf(answer: Exclude<Answer, 'lost'>): string {
  return (answer.body.error as { code: string } | undefined)?.code ?? '';
}

export function period({ startAt, endAt }: { startAt: number; endAt: number }): { start: string; end: string } {
  return { start: formatInstant(startAt), end: formatInstant(endAt) };
}

/** Servers of the built program on one database. They are killed and come back. */
export class Servers {
  readonly agent = new Agent({ keepAlive: true });
  readonly #site: Pick<Site, 'data' | 'databaseUrl'>;
  readonly #urls: (string | undefined)[] = [];
  readonly #running: (Running | undefined)[] = [];
  /** What they printed to standard error: their failures. */
  complaints = '';
  kills = 0;
  slowestStart = 0;

  private constructor(site: Pick<Site, 'data' | 'databaseUrl'>) {
    this.#site = site;
  }

  static async start(site: Pick<Site, 'data' | 'databaseUrl'>, count: number): Promise<Servers> {
    const servers = new Servers(site);
    await Promise.all(Array.from({ length: count }, (_, which) => servers.#start(which)));
    return servers;
  }

  /** One that answers, as far as is known. */
  get url(): string {
    const urls = this.urls;
    return urls[Math.floor(Math.random() * urls.length)] ?? 'http://127.0.0.1:1';
  }

  get urls(): string[] {
    return this.#urls.filter((url) => url !== undefined);
  }

  get count(): number {
    return this.#running.length;
  }

  async #start(which: number): Promise<void> {
    const { data, databaseUrl } = this.#site;
    const words = ['serve', '--data', data, '--port', '0', ...(databaseUrl ? ['--database-url', databaseUrl] : [])];
    const before = performance.now();
    const running = new Running(process.execPath, [PROGRAM, ...words], { YUDING_LOG_LEVEL: 'error' });
    const [, url] = await running.match(/^ready on (http:\S+)$/m);
    this.slowestStart = Math.max(this.slowestStart, performance.now() - before);
    this.#running[which] = running;
    this.#urls[which] = url;
  }

  /** Without a word, as a power cut ends a process. */
  async kill(which: number): Promise<void> {
    this.#urls[which] = undefined;
    this.kills++;
    const ended = await this.#running[which]?.kill('SIGKILL');
    this.complaints += ended?.stderr ?? '';
  }

  async restart(which: number): Promise<void> {
    await this.kill(which);
    await this.#start(which);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running.map((_, which) => this.kill(which)));
    this.agent.destroy();
  }
}
