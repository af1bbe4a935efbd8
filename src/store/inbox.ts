import type { HistoryRow } from './history.ts';
import type { Queries } from './open.ts';

/** A page of what somebody is told, latest first. @param before the row of the history before which the page begins; undefined: the first page */
export function inboxPage(
  db: Queries,
  tenantId: number,
  userId: string,
  { before, limit }: { before: number | undefined; limit: number },
): Promise<HistoryRow[]> {
  let page = db.selectFrom('history').selectAll().where('tenant_id', '=', tenantId).where('inbox_of', '=', userId);
  if (before !== undefined) page = page.where('id', '<', before);
  return page.orderBy('id', 'desc').limit(limit).execute();
}

/** How much of it came after a row of the history, counted up to `most`. */
export async function countInbox(db: Queries, tenantId: number, userId: string, after: number, most: number): Promise<number> {
  const { count } = await db
    .selectFrom(
      db.selectFrom('history').select('id').where('tenant_id', '=', tenantId).where('inbox_of', '=', userId).where('id', '>', after).limit(most).as('unread'),
    )
    .select((eb) => eb.fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Whether a row of the history stands in somebody's inbox. */
export async function isInInbox(db: Queries, tenantId: number, userId: string, id: number): Promise<boolean> {
  const row = await db
    .selectFrom('history')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('inbox_of', '=', userId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Up to which row of the history somebody has read; 0: nothing. */
export async function inboxMark(db: Queries, tenantId: number, userId: string): Promise<number> {
  const mark = await db.selectFrom('inbox_marks').select('read_up_to').where('tenant_id', '=', tenantId).where('user_id', '=', userId).executeTakeFirst();
  return mark?.read_up_to ?? 0;
}

/** Moves the mark forward; back it never goes. */
export async function moveInboxMark(db: Queries, tenantId: number, userId: string, readUpTo: number): Promise<void> {
  await db
    .insertInto('inbox_marks')
    .values({ tenant_id: tenantId, user_id: userId, read_up_to: readUpTo })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id']).doUpdateSet({ read_up_to: readUpTo }).where('inbox_marks.read_up_to', '<', readUpTo))
    .execute();
}
