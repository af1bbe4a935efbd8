import { dialectOf } from './dialect.ts';
import type { Queries } from './open.ts';
import type { Reservation } from './tables.ts';

export interface Waiting {
  tenantId: number;
  /** What begins later can still be decided. */
  now: number;
  /** Null: all. */
  roomNos: readonly number[] | null;
}

/** Requests that nobody has decided yet, those that begin first before others. @param after the one behind which the page begins */
export function waitingPage(
  db: Queries,
  waiting: Waiting,
  { after, limit }: { after: { at: number; id: number } | undefined; limit: number },
): Promise<Reservation[]> {
  let page = requests(db, waiting).selectAll();
  if (after) {
    const { at, id } = after;
    page = page.where((eb) => eb.and([eb('start_at', '>=', at), eb.or([eb('start_at', '>', at), eb('id', '>', id)])]));
  }
  return page.orderBy('start_at').orderBy('id').limit(limit).execute();
}

/** How many there are, counted up to `most`. */
export async function countWaiting(db: Queries, waiting: Waiting, most: number): Promise<number> {
  const { count } = await db
    .selectFrom(requests(db, waiting).select('id').limit(most).as('waiting'))
    .select((eb) => eb.fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Those of some rooms that overlap a time. */
export function waitingBetween(db: Queries, waiting: Waiting, { from, to }: { from: number; to: number }): Promise<Reservation[]> {
  return requests(db, waiting).selectAll().where('start_at', '<', to).where('end_at', '>', from).orderBy('id').execute();
}

function requests(db: Queries, { tenantId, now, roomNos }: Waiting) {
  const query = db
    .selectFrom('reservations')
    .where('tenant_id', '=', tenantId)
    .where('accepted_at', 'is', null)
    .where('rejected_at', 'is', null)
    .where('cancelled_at', 'is', null)
    .where('start_at', '>', now);
  return roomNos === null ? query : query.where(dialectOf(db).among('room_no', roomNos));
}
