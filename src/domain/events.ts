import { randomUUID } from 'node:crypto';
import type { Ctx } from '../context.ts';
import { attendeesOf, deleteExceptions, eventsOf, findEvent, insertEvent, putException, updateEvent } from '../store/events.ts';
import { addHistory, type Actor } from '../store/history.ts';
import type { Queries } from '../store/open.ts';
import { reservationsOfEvent, updateReservation } from '../store/reservations.ts';
import { holdRooms } from '../store/rooms.ts';
import type { Attendee, CalendarEvent, Reservation } from '../store/tables.ts';
import { bookRoom, guarded, type Booking, type Slot } from './booking.ts';
import { requireUnchanged } from './change.ts';
import type { Directory } from './directory.ts';
import { DomainError } from './errors.ts';
import { claim, type Idempotency } from './idempotency.ts';
import { instancesOf, nameOf, requireEvent, requireLive, wholeEvent, type Instance } from './instances.ts';
import { reserverAgain, type Reserver } from './people.ts';
import { expandRule } from './recurrence.ts';
import { isHeld, moveReservation, withdraw } from './reservation-steps.ts';
import { RuleError } from './rules.ts';

export interface EventFields {
  title: string;
  description: string;
  isPrivate: boolean;
  startAt: number;
  endAt: number;
  timeZone: string;
  allDay: boolean;
  recurrence: string | null;
  /** What the wire carries and the product has no use for. */
  details: Record<string, unknown>;
}

/**
 * Puts an event into a calendar. It holds no room yet.
 *
 * @throws DomainError param; conflict when the key was used for another request
 */
export async function createEvent(
  ctx: Ctx,
  actor: Actor,
  tenantId: number,
  organizer: Reserver,
  fields: EventFields,
  once?: Idempotency,
): Promise<CalendarEvent> {
  requireTimes(fields);
  const lastEndAt = lastEnd(fields);
  return ctx.db.transaction(async (tx) => {
    const now = ctx.clock.now();
    const uid = randomUUID();
    if (once) {
      const before = await claim(ctx, tx, tenantId, once, uid);
      if (before !== undefined) return requireEvent(await findEvent(tx, tenantId, before));
    }
    await addEvent(tx, { tenantId, uid, organizer, fields, lastEndAt, now });
    await addHistory(tx, { tenantId, at: now, actor, action: 'event.create', object: { kind: 'event', id: uid }, after: fields });
    return requireEvent(await findEvent(tx, tenantId, uid));
  });
}

export async function addEvent(
  tx: Queries,
  {
    tenantId,
    uid,
    organizer,
    fields,
    lastEndAt,
    now,
  }: { tenantId: number; uid: string; organizer: Reserver; fields: EventFields; lastEndAt: number; now: number },
): Promise<number> {
  return insertEvent(tx, {
    tenant_id: tenantId,
    uid,
    organizer_id: organizer.id,
    organizer_name: organizer.name,
    organizer_department: organizer.department,
    ...columnsOf(fields),
    last_end_at: lastEndAt,
    created_at: now,
    updated_at: now,
    cancelled_at: null,
  });
}

/** Whether an event stands in somebody's calendar. @param ownerId `ou_` or `cli_` */
export async function attendsOrOrganizes(db: Queries, event: CalendarEvent, ownerId: string): Promise<boolean> {
  if (event.organizer_id === ownerId) return true;
  return (await attendeesOf(db, event.tenant_id, event.id)).some(({ user_id }) => user_id === ownerId);
}

/** Events in somebody's calendar that end after `from` and start before `to`, in order of start; a series is one. */
export async function listEvents(
  ctx: Ctx,
  query: Parameters<typeof eventsOf>[1],
): Promise<{ events: CalendarEvent[]; next?: { startAt: number; id: number } }> {
  const events = await eventsOf(ctx.db.kysely, { ...query, limit: query.limit + 1 });
  const page = events.slice(0, query.limit);
  const last = events.length > query.limit ? page.at(-1) : undefined;
  return last ? { events: page, next: { startAt: last.start_at, id: last.id } } : { events: page };
}

export interface EventChange {
  tenantId: number;
  uid: string;
  /** 0: the whole event; else one instance of the series. */
  originalAt: number;
  /** What changes; the rest stays. */
  fields: Partial<EventFields>;
}

/**
 * Changes an event or one instance of a series. When its time changes, so do its reservations: all of them or, when a room
 * is not to be had, nothing.
 *
 * @throws DomainError notFound, gone, param, RuleError
 */
export async function changeEvent(ctx: Ctx, actor: Actor, { tenantId, uid, originalAt, fields }: EventChange): Promise<void> {
  const directory = await ctx.directories.read(tenantId);
  await guarded(ctx, async (tx) => {
    const { event, exceptions, instance } = await wholeEvent(tx, tenantId, uid, originalAt);
    requireLive(event, instance);
    const now = ctx.clock.now();
    const before = shownFields(event);
    if (originalAt !== 0 && instance) {
      if (fields.recurrence) throw new DomainError('param', 'belongs to the series, not to one instance', 'recurrence');
      const moved = { ...instance, startAt: fields.startAt ?? instance.startAt, endAt: fields.endAt ?? instance.endAt };
      requireTimes(moved);
      const { title = instance.title, description = instance.description } = fields;
      await putException(tx, {
        tenant_id: tenantId,
        event_id: event.id,
        original_at: originalAt,
        start_at: moved.startAt,
        end_at: moved.endAt,
        title,
        description,
        cancelled_at: null,
      });
      await updateEvent(tx, { tenantId, id: event.id, version: event.version }, { updated_at: now, last_end_at: Math.max(event.last_end_at, moved.endAt) });
      await followEvent(ctx, tx, directory, actor, event, [{ ...moved, title }], event.is_private);
    } else {
      const whole = { ...fieldsOf(event), ...fields };
      requireTimes(whole);
      const keepsRule = whole.recurrence === event.recurrence && whole.startAt === event.start_at && whole.timeZone === event.time_zone;
      // A series whose dates change begins anew: what single instances had otherwise belongs to dates that are no more.
      if (!keepsRule) await deleteExceptions(tx, tenantId, event.id);
      const after = { ...event, ...columnsOf(whole), last_end_at: lastEnd(whole) };
      requireUnchanged(
        await updateEvent(tx, { tenantId, id: event.id, version: event.version }, { ...columnsOf(whole), last_end_at: after.last_end_at, updated_at: now }),
      );
      const instances = instancesOf({ event: after, exceptions: keepsRule ? exceptions : [] });
      if (keepsRule) await followEvent(ctx, tx, directory, actor, event, instances, after.is_private);
      else await rebook(ctx, tx, directory, actor, after, instances);
    }
    await addHistory(tx, { tenantId, at: now, actor, action: 'event.change', object: { kind: 'event', id: nameOf(uid, originalAt) }, before, after: fields });
  });
}

/** Brings the reservations of some instances to the instances' time and title. */
async function followEvent(
  ctx: Ctx,
  tx: Queries,
  directory: Directory,
  actor: Actor,
  event: CalendarEvent,
  instances: readonly (Slot & { title: string })[],
  isPrivate: number,
): Promise<void> {
  const { tenant_id: tenantId } = event;
  const rows = (await reservationsOfEvent(tx, tenantId, event.id)).filter(isHeld);
  const rooms = new Map((await holdAll(tx, tenantId, rows)).map((room) => [room.room_no, room]));
  const byOriginal = new Map(instances.map((instance) => [instance.originalAt, instance]));
  for (const row of rows) {
    const instance = byOriginal.get(row.original_at);
    const room = rooms.get(row.room_no);
    if (!instance || !room) continue;
    const { startAt, endAt, title } = instance;
    // Of a series, what has begun stays as it was.
    if (event.recurrence !== null && (startAt !== row.start_at || endAt !== row.end_at) && row.start_at <= ctx.clock.now()) continue;
    if (startAt !== row.start_at || endAt !== row.end_at)
      await moveReservation(ctx, tx, directory, actor, row, { room, startAt, endAt, title, isPrivate, asAdministrator: false });
    else if (title !== row.title || isPrivate !== row.is_private) {
      const version = row.version;
      requireUnchanged(await updateReservation(tx, { tenantId, id: row.id, version }, { title, is_private: isPrivate, updated_at: ctx.clock.now() }));
    }
  }
}

/** A series got other dates: its rooms are given up and reserved for the new ones, or nothing changes. */
async function rebook(ctx: Ctx, tx: Queries, directory: Directory, actor: Actor, event: CalendarEvent, instances: readonly Instance[]): Promise<void> {
  const { tenant_id: tenantId } = event;
  const held = (await reservationsOfEvent(tx, tenantId, event.id)).filter(isHeld);
  const rows = held.filter((row) => row.start_at > ctx.clock.now());
  if (rows.length === 0) return;
  // One instance to one: a single event, or a series that became none, moves and keeps its reservation.
  const [only] = instances;
  if (instances.length === 1 && only && rows.every((row) => row.original_at === 0)) {
    await followEvent(ctx, tx, directory, actor, event, [only], event.is_private);
    return;
  }
  const attendees = await attendeesOf(tx, tenantId, event.id);
  const rooms = await holdAll(tx, tenantId, rows);
  for (const row of rows) await withdraw(ctx, tx, actor, row);
  for (const room of rooms) {
    const sample = rows.find((row) => row.room_no === room.room_no);
    const attendee = attendees.find((candidate) => candidate.room_no === room.room_no);
    if (!sample) continue;
    // A date that runs keeps what it has.
    const running = new Set(held.filter((row) => row.room_no === room.room_no && !rows.includes(row)).map((row) => row.original_at));
    const free = instances.filter(({ originalAt }) => !running.has(originalAt));
    if (free.length === 0) continue;
    const booking = await bookingOf(ctx, tx, {
      event,
      instances: free,
      attendees,
      room,
      contactId: attendee?.contact_id ?? null,
      approvalReason: sample.approval_reason,
    });
    const { refusal, clashes } = await bookRoom(ctx, tx, directory, actor, booking);
    if (refusal) throw new RuleError(refusal, clashes);
  }
}

/** Deletes an event or one instance of a series: what has not begun is cancelled, what runs is given back. @throws DomainError notFound, gone */
export async function deleteEvent(ctx: Ctx, actor: Actor, tenantId: number, uid: string, originalAt: number): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const { event, instance } = await wholeEvent(tx, tenantId, uid, originalAt);
    requireLive(event, instance);
    const now = ctx.clock.now();
    const rows = (await reservationsOfEvent(tx, tenantId, event.id)).filter((row) => isHeld(row) && (originalAt === 0 || row.original_at === originalAt));
    await holdAll(tx, tenantId, rows);
    for (const row of rows) await withdraw(ctx, tx, actor, row);
    if (originalAt !== 0 && instance) {
      const { startAt: start_at, endAt: end_at } = instance;
      await putException(tx, {
        tenant_id: tenantId,
        event_id: event.id,
        original_at: originalAt,
        start_at,
        end_at,
        title: null,
        description: null,
        cancelled_at: now,
      });
    } else requireUnchanged(await updateEvent(tx, { tenantId, id: event.id, version: event.version }, { cancelled_at: now, updated_at: now }));
    await addHistory(tx, {
      tenantId,
      at: now,
      actor,
      action: 'event.delete',
      object: { kind: 'event', id: nameOf(uid, originalAt) },
      before: shownFields(event),
    });
  });
}

/** People invited to an event, and those of them who accepted; rooms do not count. */
export function countsOf(attendees: readonly Attendee[]): { guests: number; accepted: number } {
  const people = attendees.filter(({ kind }) => kind !== 'room');
  return { guests: people.length, accepted: people.filter(({ rsvp }) => rsvp === 'accept').length };
}

/** What it takes to reserve a room for some instances of an event. */
export async function bookingOf(
  ctx: Ctx,
  tx: Queries,
  input: {
    event: CalendarEvent;
    instances: readonly Instance[];
    attendees: readonly Attendee[];
    room: Booking['room'];
    contactId: string | null;
    approvalReason: string | null;
  },
): Promise<Booking> {
  const { event, instances, attendees, room, contactId, approvalReason } = input;
  const { guests, accepted } = countsOf(attendees);
  const now = ctx.clock.now();
  // Of a series, what is over is not reserved any more.
  const ahead = event.recurrence === null ? instances : instances.filter(({ endAt }) => endAt > now);
  const reserver = await reserverAgain(tx, event.tenant_id, {
    reserver_id: event.organizer_id,
    reserver_name: event.organizer_name,
    reserver_department: event.organizer_department,
  });
  return {
    tenantId: event.tenant_id,
    room,
    slots: ahead.length > 0 ? ahead : instances.slice(0, 1),
    reserver,
    eventId: event.id,
    title: event.title,
    isPrivate: event.is_private === 1,
    guests,
    guestsAccepted: accepted,
    approvalReason,
    contactId,
    asAdministrator: false,
    walkUp: false,
    onClash: 'refuse',
  };
}

export function holdAll(tx: Queries, tenantId: number, rows: readonly Reservation[]): ReturnType<typeof holdRooms> {
  const roomNos = [...new Set(rows.map(({ room_no }) => room_no))];
  return roomNos.length === 0 ? Promise.resolve([]) : holdRooms(tx, tenantId, roomNos);
}

function requireTimes({ startAt, endAt }: Pick<EventFields, 'startAt' | 'endAt'>): void {
  if (endAt <= startAt) throw new DomainError('param', 'must lie after the start', 'end');
}

function lastEnd({ recurrence, startAt, endAt, timeZone }: Pick<EventFields, 'recurrence' | 'startAt' | 'endAt' | 'timeZone'>): number {
  if (recurrence === null) return endAt;
  return (expandRule(recurrence, startAt, timeZone).at(-1) ?? startAt) + endAt - startAt;
}

function columnsOf(fields: EventFields) {
  return {
    title: fields.title,
    description: fields.description,
    is_private: fields.isPrivate ? 1 : 0,
    start_at: fields.startAt,
    end_at: fields.endAt,
    time_zone: fields.timeZone,
    all_day: fields.allDay ? 1 : 0,
    recurrence: fields.recurrence,
    details: JSON.stringify(fields.details),
  };
}

function fieldsOf(event: CalendarEvent): EventFields {
  return {
    title: event.title,
    description: event.description,
    isPrivate: event.is_private === 1,
    startAt: event.start_at,
    endAt: event.end_at,
    timeZone: event.time_zone,
    allDay: event.all_day === 1,
    recurrence: event.recurrence,
    details: JSON.parse(event.details) as Record<string, unknown>,
  };
}

function shownFields({ title, start_at, end_at, recurrence, is_private }: CalendarEvent) {
  return { title, start_at, end_at, recurrence, is_private };
}
