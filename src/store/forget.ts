import { sql } from 'kysely';
import { chunks } from './chunks.ts';
import { LISTED, UNLISTED } from './dialect.ts';
import type { Queries } from './open.ts';

/** An event that goes on after `before`: the series does, or an instance was moved there. */
const goesOn = (before: number) => sql<boolean>`EXISTS (SELECT 1 FROM events e WHERE e.tenant_id = reservations.tenant_id AND e.id = reservations.event_id
  AND (e.last_end_at >= ${before} OR EXISTS (SELECT 1 FROM event_exceptions x WHERE x.tenant_id = e.tenant_id AND x.event_id = e.id AND x.end_at >= ${before})))`;

/** Reservations that ended before `before` and whose event does not go on. */
export async function endedReservations(db: Queries, tenantId: number, before: number, limit: number): Promise<number[]> {
  const ended = async (part: string, most: number) => {
    const rows = await db
      .selectFrom('reservations')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where(sql.raw<boolean>(part))
      // Nothing ends before it starts: this is what the index can use.
      .where('start_at', '<', before)
      .where('end_at', '<', before)
      .where((eb) => eb.or([eb('event_id', 'is', null), eb.not(goesOn(before))]))
      .orderBy('start_at')
      .limit(most)
      .execute();
    return rows.map(({ id }) => id);
  };
  const listed = await ended(LISTED, limit);
  return listed.length < limit ? [...listed, ...(await ended(UNLISTED, limit - listed.length))] : listed;
}

export async function deleteReservations(db: Queries, tenantId: number, ids: readonly number[]): Promise<void> {
  for (const some of chunks(ids)) await db.deleteFrom('reservations').where('tenant_id', '=', tenantId).where('id', 'in', some).execute();
}

/** Events that ended before `before`, no instance of which was moved beyond, and of which no reservation is left. */
export function endedEvents(db: Queries, tenantId: number, before: number, limit: number): Promise<{ id: number; uid: string }[]> {
  return db
    .selectFrom('events')
    .select(['id', 'uid'])
    .where('tenant_id', '=', tenantId)
    .where('last_end_at', '<', before)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('reservations')
            .select('reservations.id')
            .whereRef('reservations.tenant_id', '=', 'events.tenant_id')
            .whereRef('reservations.event_id', '=', 'events.id'),
        ),
      ),
    )
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('event_exceptions')
            .select('original_at')
            .whereRef('event_exceptions.tenant_id', '=', 'events.tenant_id')
            .whereRef('event_exceptions.event_id', '=', 'events.id')
            .where('event_exceptions.end_at', '>=', before),
        ),
      ),
    )
    .orderBy('last_end_at')
    .limit(limit)
    .execute();
}

/** When the instances of an event that have something of their own would start by the rule. */
export async function namedInstances(db: Queries, tenantId: number, eventIds: readonly number[]): Promise<{ event_id: number; original_at: number }[]> {
  if (eventIds.length === 0) return [];
  const of = (table: 'event_exceptions' | 'instance_replies') =>
    db.selectFrom(table).select(['event_id', 'original_at']).where('tenant_id', '=', tenantId).where('event_id', 'in', eventIds).execute();
  return [...(await of('event_exceptions')), ...(await of('instance_replies'))];
}

/** Deletes events with all that hangs on them but reservations. */
export async function deleteEvents(db: Queries, tenantId: number, ids: readonly number[]): Promise<void> {
  for (const some of chunks(ids)) {
    for (const table of ['instance_replies', 'attendees', 'event_exceptions'] as const)
      await db.deleteFrom(table).where('tenant_id', '=', tenantId).where('event_id', 'in', some).execute();
    await db.deleteFrom('events').where('tenant_id', '=', tenantId).where('id', 'in', some).execute();
  }
}
