import type { Queries } from './open.ts';

/** Jobs belong to the server, not to a tenant. */
const SERVER = 0;

/** Takes a job for a while, unless another process has it. Elected by one statement: of two that ask together one gets it. */
export async function takeJob(db: Queries, name: string, { by, nowMs, forMs }: { by: string; nowMs: number; forMs: number }): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('jobs')
    .values({ tenant_id: SERVER, name, held_by: by, held_until: nowMs + forMs, ran_at: 0 })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'name'])
        .doUpdateSet({ held_by: by, held_until: nowMs + forMs })
        .where((eb) => eb.or([eb('jobs.held_until', '<=', nowMs), eb('jobs.held_by', '=', by)])),
    )
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Gives a job back, done at `ranAt`. */
export async function giveBackJob(db: Queries, name: string, by: string, ranAt: number): Promise<void> {
  await db
    .updateTable('jobs')
    .set({ held_until: 0, ran_at: ranAt })
    .where('tenant_id', '=', SERVER)
    .where('name', '=', name)
    .where('held_by', '=', by)
    .execute();
}

/** When each job was done last; one that was only taken so far is missing. */
export function jobRuns(db: Queries): Promise<{ name: string; ran_at: number }[]> {
  return db.selectFrom('jobs').select(['name', 'ran_at']).where('tenant_id', '=', SERVER).where('ran_at', '>', 0).execute();
}
