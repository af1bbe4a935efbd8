import type { Queries } from './open.ts';

/** Whose tries are counted, and how many there may be. */
export interface TryLimit {
  key: string;
  tries: number;
  /** Length of the window, seconds. */
  seconds: number;
  /** Whether each counted try begins the window anew: then no stretch of that length has more tries than `tries`. */
  renews: boolean;
}

/** Failed tries are counted for the whole server. */
const SERVER = 0;

/**
 * Counts a try, before it is known how it ends, so that many at once are no more than one after the other: one statement looks
 * and counts. A try that is refused does not count, so that the window ends. A window from the future, which a clock that was
 * set back leaves, is over.
 *
 * @returns undefined when the try may be made, else when the window began
 */
export async function countTry(db: Queries, { key, tries, seconds, renews }: TryLimit, now: number): Promise<number | undefined> {
  const counted = await db
    .insertInto('sign_in_failures')
    .values({ tenant_id: SERVER, key, failures: 1, began_at: now })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'key'])
        .doUpdateSet((eb) => {
          const over = eb.or([eb('sign_in_failures.began_at', '<=', now - seconds), eb('sign_in_failures.began_at', '>', now)]);
          return {
            failures: eb
              .case()
              .when(over)
              .then(1)
              .else(eb('sign_in_failures.failures', '+', 1))
              .end(),
            began_at: renews ? now : eb.case().when(over).then(now).else(eb.ref('sign_in_failures.began_at')).end(),
          };
        })
        .where((eb) =>
          eb.or([eb('sign_in_failures.began_at', '<=', now - seconds), eb('sign_in_failures.began_at', '>', now), eb('sign_in_failures.failures', '<', tries)]),
        ),
    )
    .returning('failures')
    .executeTakeFirst();
  if (counted) return undefined;
  const row = await db.selectFrom('sign_in_failures').select('began_at').where('tenant_id', '=', SERVER).where('key', '=', key).executeTakeFirst();
  return row?.began_at ?? now;
}

/** Takes a counted try back: it did not fail. */
export async function uncountTry(db: Queries, key: string): Promise<void> {
  await db
    .updateTable('sign_in_failures')
    .set((eb) => ({ failures: eb('failures', '-', 1) }))
    .where('tenant_id', '=', SERVER)
    .where('key', '=', key)
    .where('failures', '>', 0)
    .execute();
}

/** Forgets the tries counted under a key. */
export async function clearTries(db: Queries, key: string): Promise<void> {
  await db.deleteFrom('sign_in_failures').where('tenant_id', '=', SERVER).where('key', '=', key).execute();
}

/** Forgets windows that are over: that began before `from`, or after `to`, which is now. */
export async function deleteTriesOutside(db: Queries, from: number, to: number): Promise<void> {
  await db
    .deleteFrom('sign_in_failures')
    .where('tenant_id', '=', SERVER)
    .where((eb) => eb.or([eb('began_at', '<', from), eb('began_at', '>', to)]))
    .execute();
}
