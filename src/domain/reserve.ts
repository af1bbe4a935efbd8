import { randomUUID } from 'node:crypto';
import type { Ctx } from '../context.ts';
import { exceptionsOf, findEvent, putAttendee, putException } from '../store/events.ts';
import type { Actor } from '../store/history.ts';
import type { Queries } from '../store/open.ts';
import { reservationsOfEvent } from '../store/reservations.ts';
import { holdRooms } from '../store/rooms.ts';
import type { Reservation, Room } from '../store/tables.ts';
import { administers, type Principal } from './access.ts';
import { attendeeId } from './attendance.ts';
import { bookRoom, guarded, type Booking, type Slot } from './booking.ts';
import { DomainError } from './errors.ts';
import { addEvent } from './events.ts';
import { claim, type Idempotency } from './idempotency.ts';
import { requireEvent } from './instances.ts';
import { personAsReserver, reserverOf } from './people.ts';
import { expandRule } from './recurrence.ts';
import { requireRoom } from './rooms.ts';
import { RuleError } from './rules.ts';

export interface BookInput {
  roomId: string;
  startAt: number;
  endAt: number;
  title: string;
  isPrivate: boolean;
  /** User ids of those invited. */
  guests: readonly string[];
  approvalReason: string | null;
  /** RFC 5545 rule; null: once. */
  recurrence: string | null;
  timeZone: string | null;
  onClash: 'refuse' | 'skip';
  /** For whom a reservation administrator reserves; null: for the caller. */
  onBehalfOf: string | null;
}

export interface Booked {
  status: 'accepted' | 'pending';
  reservations: Reservation[];
  /** Starts of the dates that were not to be had. */
  clashes: number[];
}

/**
 * Reserves a room: once, or for each date of a series.
 *
 * @throws DomainError notFound, param, unknownUser, noPermission; RuleError
 */
export async function book(ctx: Ctx, principal: Principal, actor: Actor, input: BookInput, once?: Idempotency): Promise<Booked> {
  const { tenantId } = principal;
  const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
  return guarded(ctx, async (tx) => {
    const uid = randomUUID();
    if (once) {
      const before = await claim(ctx, tx, tenantId, once, uid);
      if (before !== undefined) return bookedBefore(tx, tenantId, before);
    }
    const [room] = await holdRooms(tx, tenantId, [requireRoom(directory, input.roomId).room_no]);
    if (room?.deleted_at !== null) throw new DomainError('notFound', `no room ${input.roomId}`);
    const asAdministrator = administers(directory, principal, room);
    if (input.onBehalfOf !== null && !asAdministrator) throw new DomainError('noPermission', 'only a reservation administrator may reserve for somebody else');
    const reserver = input.onBehalfOf === null ? reserverOf(principal) : await personAsReserver(tx, tenantId, input.onBehalfOf);
    const timeZone = input.timeZone ?? directory.zoneOf(room.level_id);
    const slots = slotsOf(input, timeZone, ctx.clock.now());
    const fields = { title: input.title, description: '', isPrivate: input.isPrivate, startAt: input.startAt, endAt: input.endAt, timeZone, allDay: false };
    const eventId = await addEvent(tx, {
      tenantId,
      uid,
      organizer: reserver,
      fields: { ...fields, recurrence: input.recurrence, details: {} },
      lastEndAt: slots.at(-1)?.endAt ?? input.endAt,
      now: ctx.clock.now(),
    });
    await inviteGuests(ctx, tx, { tenantId, eventId, room, input });
    const booking: Booking = {
      tenantId,
      room,
      slots,
      reserver,
      eventId,
      title: input.title,
      isPrivate: input.isPrivate,
      guests: new Set(input.guests).size,
      guestsAccepted: 0,
      approvalReason: input.approvalReason,
      contactId: null,
      asAdministrator,
      walkUp: false,
      onClash: input.onClash,
    };
    const { status, refusal, made, clashes } = await bookRoom(ctx, tx, directory, actor, booking);
    if (status === 'refused') throw new RuleError(refusal ?? { rule: 'taken', sentence: 'the room is taken then' }, clashes);
    await dropClashes(tx, booking, clashes, ctx.clock.now());
    return { status, reservations: made, clashes };
  });
}

/** Dates of a series that were not to be had are no instances of it. */
async function dropClashes(tx: Queries, { tenantId, eventId, slots }: Booking, clashes: readonly number[], now: number): Promise<void> {
  for (const { originalAt, startAt, endAt } of slots) {
    if (!clashes.includes(startAt) || originalAt === 0) continue;
    const times = { start_at: startAt, end_at: endAt };
    await putException(tx, { tenant_id: tenantId, event_id: eventId, original_at: originalAt, ...times, title: null, description: null, cancelled_at: now });
  }
}

/** What the first request under a key made. */
async function bookedBefore(tx: Queries, tenantId: number, uid: string): Promise<Booked> {
  const event = requireEvent(await findEvent(tx, tenantId, uid));
  const reservations = await reservationsOfEvent(tx, tenantId, event.id);
  // Dates that were taken were struck out as the event was made.
  const struckOut = (await exceptionsOf(tx, tenantId, event.id)).filter(({ cancelled_at }) => cancelled_at === event.created_at);
  const booked = new Set(reservations.map(({ original_at }) => original_at));
  const clashes = struckOut.filter(({ original_at }) => !booked.has(original_at)).map(({ start_at }) => start_at);
  return { status: reservations.some(({ accepted_at }) => accepted_at === null) ? 'pending' : 'accepted', reservations, clashes };
}

async function inviteGuests(
  ctx: Ctx,
  tx: Queries,
  { tenantId, eventId, room, input }: { tenantId: number; eventId: number; room: Room; input: BookInput },
): Promise<void> {
  const common = { tenant_id: tenantId, event_id: eventId, email: null, contact_id: null, created_at: ctx.clock.now() };
  for (const userId of new Set(input.guests)) {
    const { name } = await personAsReserver(tx, tenantId, userId);
    await putAttendee(tx, { ...common, attendee_id: attendeeId('user', userId), kind: 'user', user_id: userId, room_no: null, name, approval_reason: null });
  }
  const reason = { approval_reason: input.approvalReason };
  await putAttendee(tx, {
    ...common,
    ...reason,
    attendee_id: attendeeId('room', room.room_id),
    kind: 'room',
    user_id: null,
    room_no: room.room_no,
    name: room.name,
  });
}

function slotsOf({ startAt, endAt, recurrence }: BookInput, timeZone: string, now: number): Slot[] {
  if (endAt <= startAt) throw new DomainError('param', 'must lie after the start', 'end');
  if (recurrence === null) return [{ originalAt: 0, startAt, endAt }];
  const all = expandRule(recurrence, startAt, timeZone).map((start) => ({ originalAt: start, startAt: start, endAt: start + endAt - startAt }));
  const ahead = all.filter((slot) => slot.endAt > now);
  return ahead.length > 0 ? ahead : all.slice(0, 1);
}

export interface WalkUpInput {
  roomId: string;
  endAt: number;
  title: string;
}

/** Takes a room on the spot: from now on. A device takes only its own. @throws DomainError notFound, noPermission, param; RuleError */
export async function walkUp(ctx: Ctx, principal: Principal, actor: Actor, { roomId, endAt, title }: WalkUpInput, once?: Idempotency): Promise<Reservation> {
  const { tenantId } = principal;
  const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
  return guarded(ctx, async (tx) => {
    const { room_no } = requireRoom(directory, roomId);
    requireOwnRoom(principal, room_no);
    const uid = randomUUID();
    if (once) {
      const before = await claim(ctx, tx, tenantId, once, uid);
      const [same] = before === undefined ? [] : (await bookedBefore(tx, tenantId, before)).reservations;
      if (same) return same;
    }
    const [room] = await holdRooms(tx, tenantId, [room_no]);
    if (room?.deleted_at !== null) throw new DomainError('notFound', `no room ${roomId}`);
    const now = ctx.clock.now();
    if (endAt <= now) throw new DomainError('param', 'must lie ahead', 'end');
    const reserver = reserverOf(principal);
    const fields = { title, description: '', isPrivate: false, startAt: now, endAt, timeZone: directory.zoneOf(room.level_id), allDay: false };
    const eventId = await addEvent(tx, { tenantId, uid, organizer: reserver, fields: { ...fields, recurrence: null, details: {} }, lastEndAt: endAt, now });
    const booking = {
      tenantId,
      room,
      slots: [{ originalAt: 0, startAt: now, endAt }],
      reserver,
      eventId,
      title,
      isPrivate: false,
      guests: 0,
      guestsAccepted: 0,
    };
    const terms = { approvalReason: null, contactId: null, asAdministrator: false, walkUp: true, onClash: 'refuse' as const };
    const { refusal, made } = await bookRoom(ctx, tx, directory, actor, { ...booking, ...terms });
    if (refusal) throw new RuleError(refusal);
    const [row] = made;
    if (!row) throw new Error('a walk-up was booked and is not there');
    return row;
  });
}

function requireOwnRoom({ device }: Principal, roomNo: number): void {
  if (device && (device.roomNo !== roomNo || device.kind === 'sensor')) throw new DomainError('noPermission', 'a device takes only its own room');
}
