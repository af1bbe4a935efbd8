import type { Ctx } from '../context.ts';
import { giveBackJob, jobRuns, takeJob } from '../store/jobs.ts';

/** How long a process may be busy with a job before another takes it for dead. */
const LEASE_MS = 60_000;

/** Does a job unless another process is doing it: of several that ask at once one does. @returns whether it was this one */
export async function inTurn(ctx: Ctx, name: string, by: string, work: () => Promise<void>): Promise<boolean> {
  const nowMs = ctx.clock.realMs();
  if (!(await takeJob(ctx.db.kysely, name, { by, nowMs, forMs: LEASE_MS }))) return false;
  try {
    await work();
  } finally {
    await giveBackJob(ctx.db.kysely, name, by, ctx.clock.now());
  }
  return true;
}

/** When each job was done last, by the domain's clock; jobs that never came to their end are missing. */
export async function lastTurns(ctx: Ctx): Promise<Map<string, number>> {
  return new Map((await jobRuns(ctx.db.kysely)).map(({ name, ran_at }) => [name, ran_at]));
}
