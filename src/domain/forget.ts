import type { Ctx } from '../context.ts';
import { deleteEvents, deleteReservations, endedEvents, endedReservations, namedInstances } from '../store/forget.ts';
import { addHistory, clockwork, deleteHistoryOf } from '../store/history.ts';
import { listTenants } from '../store/tenants.ts';
import { nameOf } from './instances.ts';

/** So many reservations, and so many events, go in one transaction: bookings wait for no more. */
const BATCH = 200;
const DAY = 86_400;

/**
 * Forgets, a batch for each tenant, what ended longer ago than the configured days: reservations with what happened to them, and events
 * of which nothing is left. Nothing goes of a series, or of an event, that goes on. Without a configured number everything is kept.
 *
 * @returns whether more may be waiting
 */
export async function forgetOld(ctx: Ctx): Promise<boolean> {
  const { keepDays } = ctx.config;
  if (keepDays === undefined) return false;
  let more = false;
  for (const { tenant_id, tenant_key } of await listTenants(ctx.db.kysely)) {
    more = (await forgetOf(ctx, { tenantId: tenant_id, tenantKey: tenant_key }, ctx.clock.now() - keepDays * DAY)) || more;
  }
  if (!more) await ctx.db.dialect.afterErasure?.execute(ctx.db.kysely);
  return more;
}

async function forgetOf(ctx: Ctx, { tenantId, tenantKey }: { tenantId: number; tenantKey: string }, before: number): Promise<boolean> {
  return ctx.db.transaction(async (tx) => {
    const reservations = await endedReservations(tx, tenantId, before, BATCH);
    await deleteHistoryOf(tx, tenantId, 'reservation', reservations.map(String));
    await deleteReservations(tx, tenantId, reservations);

    const events = await endedEvents(tx, tenantId, before, BATCH);
    const uids = new Map(events.map(({ id, uid }) => [id, uid]));
    const instances = (await namedInstances(tx, tenantId, [...uids.keys()])).map(({ event_id, original_at }) => nameOf(uids.get(event_id) ?? '', original_at));
    // A row of an event is called by its uid, or by the instance that it is about.
    await deleteHistoryOf(tx, tenantId, 'event', [...new Set([...uids.values()].flatMap((uid) => [uid, nameOf(uid, 0)]).concat(instances))]);
    await deleteEvents(tx, tenantId, [...uids.keys()]);

    if (reservations.length + events.length > 0) {
      const after = { ended_before: before, reservations: reservations.length, events: events.length };
      const change = { tenantId, at: ctx.clock.now(), actor: clockwork, action: 'reservation.forget', object: { kind: 'tenant', id: tenantKey } };
      await addHistory(tx, { ...change, after });
    }
    return reservations.length === BATCH || events.length === BATCH;
  });
}
