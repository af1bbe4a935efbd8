import { randomUUID } from 'node:crypto';
import type { Ctx } from '../context.ts';
import { nextDeadline } from '../domain/deadlines.ts';
import { inTurn } from '../domain/turns.ts';
import { jobs, type Job } from './index.ts';

/** Batches in one turn: a bound for a job that never comes to an end. */
const MOST_BATCHES = 10_000;

/** Does a job now, all of it. @returns false when another process is at it */
export function runJob(ctx: Ctx, job: Job, by: string = randomUUID()): Promise<boolean> {
  return inTurn(ctx, job.name, by, async () => {
    for (let batch = 0; batch < MOST_BATCHES && (await job.work(ctx)); batch++);
  });
}

/** Does all that is due by the domain's clock, whoever else is at it. @returns when the next thing will be, not later than `until`; null: nothing */
export async function doDue(ctx: Ctx, until: number): Promise<number | null> {
  for (const { work } of jobs) while (await work(ctx));
  return nextDeadline(ctx, until);
}

/** Does the jobs again and again until it is stopped. A job never overlaps with itself. */
export class Runner {
  readonly #ctx: Ctx;
  readonly #id = randomUUID();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  #stopped = false;

  constructor(ctx: Ctx) {
    this.#ctx = ctx;
  }

  start(): void {
    for (const job of jobs) this.#after(0, job);
  }

  /** Starts no more; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#running);
  }

  #after(seconds: number, job: Job): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      const turn = this.#turn(job).finally(() => {
        this.#running.delete(turn);
        if (!this.#stopped) this.#after(job.every, job);
      });
      this.#running.add(turn);
    }, seconds * 1000);
    this.#timers.add(timer);
  }

  async #turn(job: Job): Promise<void> {
    try {
      await runJob(this.#ctx, job, this.#id);
    } catch (error) {
      // It is tried again at its next turn.
      this.#ctx.log.error({ job: job.name, err: error }, 'job failed');
    }
  }
}
