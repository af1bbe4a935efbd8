import { sql, type Insertable, type Updateable } from 'kysely';
import { compiled } from './compiled.ts';
import { dialectOf } from './dialect.ts';
import type { Queries } from './open.ts';
import type { Attendee, CalendarEvent, EventException, Rsvp, Tables } from './tables.ts';

type NewEvent = Omit<CalendarEvent, 'id' | 'version'>;
const EVENT_COLUMNS = [
  'tenant_id',
  'uid',
  'organizer_id',
  'organizer_name',
  'organizer_department',
  'title',
  'description',
  'is_private',
  'start_at',
  'end_at',
  'time_zone',
  'all_day',
  'recurrence',
  'last_end_at',
  'details',
  'created_at',
  'updated_at',
  'cancelled_at',
] as const satisfies (keyof NewEvent)[];
const insert = compiled<NewEvent, { id: number }>(EVENT_COLUMNS, (db, event) =>
  db
    .insertInto('events')
    .values({ ...event, id: dialectOf(db).newRowId('events', event.tenant_id) })
    .returning('id'),
);

/** Inserts an event and returns its number. */
export async function insertEvent(db: Queries, event: NewEvent): Promise<number> {
  const [row] = await insert(db, event);
  if (!row) throw new Error('an event was inserted and has no number');
  return row.id;
}

export function findEvent(db: Queries, tenantId: number, uid: string): Promise<CalendarEvent | undefined> {
  return db.selectFrom('events').selectAll().where('tenant_id', '=', tenantId).where('uid', '=', uid).executeTakeFirst();
}

export function findEventsById(db: Queries, tenantId: number, ids: readonly number[]): Promise<CalendarEvent[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return db.selectFrom('events').selectAll().where('tenant_id', '=', tenantId).where('id', 'in', ids).execute();
}

/** Events of a person that organises them or comes to them, behind a position in order of start, then id. */
export function eventsOf(
  db: Queries,
  query: { tenantId: number; ownerId: string; from: number | null; to: number | null; after: { startAt: number; id: number } | undefined; limit: number },
): Promise<CalendarEvent[]> {
  const { tenantId, ownerId, from, to, after, limit } = query;
  let events = db
    .selectFrom('events')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('cancelled_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('organizer_id', '=', ownerId),
        eb('id', 'in', eb.selectFrom('attendees').select('event_id').where('tenant_id', '=', tenantId).where('user_id', '=', ownerId)),
      ]),
    );
  if (from !== null) events = events.where('last_end_at', '>=', from);
  if (to !== null) events = events.where('start_at', '<', to);
  if (after) events = events.where(sql<boolean>`(start_at, id) > (${after.startAt}, ${after.id})`);
  return events.orderBy('start_at').orderBy('id').limit(limit).execute();
}

/** Changes an event that is still at `version`; false when it is not. */
export async function updateEvent(
  db: Queries,
  { tenantId, id, version }: { tenantId: number; id: number; version: number },
  changes: Omit<Updateable<Tables['events']>, 'tenant_id' | 'id' | 'uid' | 'version'>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('events')
    .set({ ...changes, version: version + 1 })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('version', '=', version)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export function exceptionsOf(db: Queries, tenantId: number, eventId: number): Promise<EventException[]> {
  return db.selectFrom('event_exceptions').selectAll().where('tenant_id', '=', tenantId).where('event_id', '=', eventId).orderBy('original_at').execute();
}

export async function putException(db: Queries, exception: Insertable<Tables['event_exceptions']>): Promise<void> {
  const { tenant_id: _tenant, event_id: _event, original_at: _original, ...rest } = exception;
  await db
    .insertInto('event_exceptions')
    .values(exception)
    .onConflict((conflict) => conflict.columns(['tenant_id', 'event_id', 'original_at']).doUpdateSet(rest))
    .execute();
}

export async function deleteExceptions(db: Queries, tenantId: number, eventId: number): Promise<void> {
  await db.deleteFrom('event_exceptions').where('tenant_id', '=', tenantId).where('event_id', '=', eventId).execute();
}

export function attendeesOf(db: Queries, tenantId: number, eventId: number): Promise<Attendee[]> {
  return db
    .selectFrom('attendees')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('event_id', '=', eventId)
    .orderBy('created_at')
    .orderBy('attendee_id')
    .execute();
}

type NewAttendee = Omit<Attendee, 'rsvp'>;
const ATTENDEE_COLUMNS = [
  'tenant_id',
  'event_id',
  'attendee_id',
  'kind',
  'user_id',
  'room_no',
  'email',
  'name',
  'is_optional',
  'contact_id',
  'approval_reason',
  'created_at',
] as const satisfies (keyof NewAttendee)[];
const put = compiled<NewAttendee, unknown>(ATTENDEE_COLUMNS, (db, attendee) => {
  const { is_optional, contact_id, approval_reason } = attendee;
  return db
    .insertInto('attendees')
    .values(attendee)
    .onConflict((conflict) => conflict.columns(['tenant_id', 'event_id', 'attendee_id']).doUpdateSet({ is_optional, contact_id, approval_reason }));
});

/** Adds an attendee, or brings one that is there up to date. */
export async function putAttendee(db: Queries, attendee: Omit<NewAttendee, 'is_optional'> & { is_optional?: number }): Promise<void> {
  await put(db, { is_optional: 0, ...attendee });
}

export async function deleteAttendee(db: Queries, tenantId: number, eventId: number, attendeeId: string): Promise<void> {
  await db.deleteFrom('instance_replies').where('tenant_id', '=', tenantId).where('event_id', '=', eventId).where('attendee_id', '=', attendeeId).execute();
  await db.deleteFrom('attendees').where('tenant_id', '=', tenantId).where('event_id', '=', eventId).where('attendee_id', '=', attendeeId).execute();
}

/** An answer to a whole event. It replaces those to single instances. */
export async function updateReply(db: Queries, tenantId: number, eventId: number, attendeeId: string, rsvp: Rsvp): Promise<void> {
  await db.deleteFrom('instance_replies').where('tenant_id', '=', tenantId).where('event_id', '=', eventId).where('attendee_id', '=', attendeeId).execute();
  await db
    .updateTable('attendees')
    .set({ rsvp })
    .where('tenant_id', '=', tenantId)
    .where('event_id', '=', eventId)
    .where('attendee_id', '=', attendeeId)
    .execute();
}

/** An answer to one instance. */
export async function putInstanceReply(db: Queries, reply: Insertable<Tables['instance_replies']>): Promise<void> {
  await db
    .insertInto('instance_replies')
    .values(reply)
    .onConflict((conflict) => conflict.columns(['tenant_id', 'event_id', 'original_at', 'attendee_id']).doUpdateSet({ rsvp: reply.rsvp }))
    .execute();
}

/** The answers to single instances, by instance. */
export function instanceReplies(db: Queries, tenantId: number, eventId: number): Promise<{ original_at: number; attendee_id: string; rsvp: Rsvp }[]> {
  return db
    .selectFrom('instance_replies')
    .select(['original_at', 'attendee_id', 'rsvp'])
    .where('tenant_id', '=', tenantId)
    .where('event_id', '=', eventId)
    .execute();
}
