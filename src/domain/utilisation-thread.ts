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
  number: number;
  job: Job;
  isGone: () => boolean;
  resolve: (result: never) => void;
  reject: (error: Error) => void;
}

/** The thread that adds up utilisation, so that nobody's request waits for it. It begins when it is first needed. */
export class UtilisationThread {
  readonly #store: StoreConfig;
  /** Those in line; the first is being worked on. */
  #waiting: Waiting[] = [];
  #worker: Worker | undefined;
  #count = 0;

  constructor({ data, databaseUrl }: StoreConfig) {
    this.#store = { data, databaseUrl };
  }

  /**
   * One after the other. What nobody waits for any more when its turn comes is left undone.
   *
   * @param isGone whether nobody waits for it any more
   * @throws DomainError busy when too many wait already
   */
  async run<J extends Job>(job: J, isGone: () => boolean): Promise<Outcome<J>> {
    if (this.#waiting.length >= MOST_WAITING) this.#leaveOut();
    if (this.#waiting.length >= MOST_WAITING) throw new DomainError('busy', 'too many ask for utilisation at once');
    return new Promise((resolve, reject) => {
      this.#waiting.push({ number: ++this.#count, job, isGone, resolve, reject });
      if (this.#waiting.length === 1) this.#next();
    });
  }

  /** Takes those out of line who have gone away; what is being worked on is not called back. */
  #leaveOut(): void {
    const [first, ...others] = this.#waiting;
    if (!first) return;
    for (const one of others) if (one.isGone()) one.reject(new DomainError('busy', 'nobody waits for it any more'));
    this.#waiting = [first, ...others.filter(({ isGone }) => !isGone())];
  }

  #next(): void {
    const [first] = this.#waiting;
    if (first) (this.#worker ??= this.#begin()).postMessage({ number: first.number, job: first.job });
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
      const [first] = this.#waiting;
      if (first?.number !== number) return;
      if (error !== undefined) first.reject(new Error(error));
      else first.resolve(result as never);
      this.#leaveOut();
      this.#waiting.shift();
      this.#next();
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
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
