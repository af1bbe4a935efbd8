import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { StoreConfig } from '../store/open.ts';
import { DomainError } from './errors.ts';
import type { Job, Outcome } from './utilisation-job.ts';

/** Where the build puts the other thread's program: beside the bundled program, or in `dist` when that runs from its sources. */
const candidates = ['./utilisation-worker.js', '../../dist/utilisation-worker.js'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** Jobs that may wait. Each takes up to seconds; who comes later had better try again. */
const MOST_WAITING = 16;

interface Waiting {
  resolve: (result: never) => void;
  reject: (error: Error) => void;
}

/** The thread that adds up utilisation, so that nobody's request waits for it. It begins when it is first needed. */
export class UtilisationThread {
  readonly #store: StoreConfig;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #count = 0;

  constructor({ data, databaseUrl }: StoreConfig) {
    this.#store = { data, databaseUrl };
  }

  /** @throws DomainError busy when too many jobs wait already */
  async run<J extends Job>(job: J): Promise<Outcome<J>> {
    if (this.#waiting.size >= MOST_WAITING) throw new DomainError('busy', 'too many ask for utilisation at once');
    const worker = (this.#worker ??= this.#begin());
    const number = ++this.#count;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      worker.postMessage({ number, job });
    });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #begin(): Worker {
    const program = candidates.find((path) => existsSync(path));
    if (program === undefined) throw new Error(`the program is not built: there is no ${candidates.join(' and no ')}`);
    const worker = new Worker(program, { workerData: this.#store, execArgv: [] });
    // It alone keeps no process alive.
    worker.unref();
    worker.on('message', ({ number, result, error }: { number: number; result?: never; error?: string }) => {
      const waiting = this.#waiting.get(number);
      this.#waiting.delete(number);
      if (error !== undefined) waiting?.reject(new Error(error));
      else waiting?.resolve(result as never);
    });
    worker.on('error', (error: Error) => {
      this.#end(worker, error);
    });
    worker.on('exit', () => {
      this.#end(worker, new Error('the thread that adds up has ended'));
    });
    return worker;
  }

  /** Nobody waits for a thread that is gone; the next job begins another. */
  #end(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
