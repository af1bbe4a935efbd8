import { sql, type ExpressionBuilder, type ExpressionWrapper, type SqlBool } from 'kysely';
import { dialectOf, LISTED, UNLISTED } from './dialect.ts';
import type { Queries } from './open.ts';
import type { Reservation, Tables } from './tables.ts';

export type StoredStatus = 'pending' | 'accepted' | 'rejected' | 'cancelled' | 'released';

export interface ReservationQuery {
  tenantId: number;
  now: number;
  /** Starts in `from <= start < to`; null: unbounded. */
  from: number | null;
  to: number | null;
  /** Null: all. */
  roomNos: readonly number[] | null;
  statuses: readonly StoredStatus[] | null;
  reserverId: string | null;
  /** Null: in order of start; else what changed then or later, in order of change. */
  updatedSince: number | null;
  /** Position behind which the page begins: start or change, and id. */
  after: { at: number; id: number } | undefined;
  limit: number;
}

/**
 * A page of reservations of any state. What the ledger shows and what it does not have an index each, so a page in order of start
 * is made of two; changes have one index for all.
 */
export async function reservationPage(db: Queries, query: ReservationQuery): Promise<Reservation[]> {
  if (query.updatedSince !== null) return part(db, query, null);
  const wanted = query.statuses ?? [];
  const wants = (statuses: readonly StoredStatus[]) => query.statuses === null || wanted.some((status) => statuses.includes(status));
  const listed = wants(['pending', 'accepted', 'released', 'rejected']) ? await part(db, query, LISTED) : [];
  const unlisted = wants(['rejected', 'cancelled']) ? await part(db, query, UNLISTED) : [];
  return [...listed, ...unlisted].sort((a, b) => a.start_at - b.start_at || a.id - b.id).slice(0, query.limit);
}

/** @param condition which of the rows; null: all */
function part(db: Queries, query: ReservationQuery, condition: string | null): Promise<Reservation[]> {
  const { tenantId, from, to, roomNos, statuses, reserverId, updatedSince, after, now } = query;
  const order = updatedSince === null ? 'start_at' : 'updated_at';
  let page = db.selectFrom('reservations').selectAll().where('tenant_id', '=', tenantId);
  if (condition !== null) page = page.where(sql.raw<boolean>(condition));
  if (from !== null) page = page.where('start_at', '>=', from);
  if (to !== null) page = page.where('start_at', '<', to);
  if (updatedSince !== null) page = page.where('updated_at', '>=', updatedSince);
  if (reserverId !== null) page = page.where('reserver_id', '=', reserverId);
  if (roomNos !== null) page = page.where(dialectOf(db).among('room_no', roomNos));
  if (statuses !== null) page = page.where((eb) => eb.or(statuses.map((status) => conditions[status](eb, now))));
  if (after) page = page.where(sql<boolean>`(${sql.ref(order)}, id) > (${after.at}, ${after.id})`);
  return page.orderBy(order).orderBy('id').limit(query.limit).execute();
}

type Condition = (eb: ExpressionBuilder<Tables, 'reservations'>, now: number) => ExpressionWrapper<Tables, 'reservations', SqlBool>;

const open: Condition = (eb) => eb.and([eb('accepted_at', 'is', null), eb('rejected_at', 'is', null), eb('cancelled_at', 'is', null)]);

const conditions: Readonly<Record<StoredStatus, Condition>> = {
  pending: (eb, now) => eb.and([open(eb, now), eb('start_at', '>', now)]),
  accepted: (eb) => eb.and([eb('accepted_at', 'is not', null), eb('cancelled_at', 'is', null), eb('released_at', 'is', null)]),
  // A request that nobody decided before its start is turned down, also while nobody wrote that down yet.
  rejected: (eb, now) => eb.or([eb('rejected_at', 'is not', null), eb.and([open(eb, now), eb('start_at', '<=', now)])]),
  cancelled: (eb) => eb('cancelled_at', 'is not', null),
  released: (eb) => eb('released_at', 'is not', null),
};
