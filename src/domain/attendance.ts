import { createHash } from 'node:crypto';
import type { Ctx } from '../context.ts';
import { attendeesOf, deleteAttendee, instanceReplies, putAttendee, putInstanceReply, updateReply } from '../store/events.ts';
import { addHistory, type Actor } from '../store/history.ts';
import type { Queries } from '../store/open.ts';
import { reservationsOfEvent, updateGuests } from '../store/reservations.ts';
import { holdRooms } from '../store/rooms.ts';
import type { Attendee, CalendarEvent, Reservation, Rsvp } from '../store/tables.ts';
import { findUsers } from '../store/users.ts';
import { bookRoom, guarded, keepRefusal } from './booking.ts';
import { DomainError } from './errors.ts';
import { bookingOf, countsOf, holdAll } from './events.ts';
import { instancesOf, nameOf, requireLive, wholeEvent } from './instances.ts';
import { isHeld, withdraw } from './reservation-steps.ts';

/** Somebody or something to be invited. */
export type Invitation =
  | { kind: 'user'; userId: string; isOptional: boolean }
  | { kind: 'email'; email: string; isOptional: boolean }
  | { kind: 'room'; roomId: string; contactId: string | null; approvalReason: string | null };

export interface Invite {
  tenantId: number;
  uid: string;
  /** 0: to all of the event; else rooms for one instance of the series. */
  originalAt: number;
  invitations: readonly Invitation[];
  /** Whether the person to turn to about a room is invited too. */
  inviteContacts: boolean;
  asAdministrator: boolean;
}

/**
 * Invites people and reserves rooms. A room that is not to be had is kept as declined, with the reason; the others stand.
 *
 * @throws DomainError notFound, gone, unknownUser, unknownRoom
 */
export async function invite(ctx: Ctx, actor: Actor, { tenantId, uid, originalAt, invitations, inviteContacts, asAdministrator }: Invite): Promise<void> {
  const directory = await ctx.directories.read(tenantId);
  await guarded(ctx, async (tx) => {
    const { event, exceptions, instance } = await wholeEvent(tx, tenantId, uid, originalAt);
    requireLive(event, instance);
    const now = ctx.clock.now();
    await invitePeople(tx, event, invitations, inviteContacts && !asAdministrator, now);
    const attendees = await attendeesOf(tx, tenantId, event.id);
    const wanted = invitations.filter((invitation) => invitation.kind === 'room');
    const instances = (originalAt !== 0 && instance ? [instance] : instancesOf({ event, exceptions })).filter(({ isCancelled }) => !isCancelled);
    const roomNos = wanted.map(({ roomId }) => {
      const room = directory.room(roomId);
      if (!room) throw new DomainError('unknownRoom', `no room ${roomId}`);
      return room.room_no;
    });
    const rooms = new Map((roomNos.length === 0 ? [] : await holdRooms(tx, tenantId, roomNos)).map((room) => [room.room_id, room]));
    const rows = (await reservationsOfEvent(tx, tenantId, event.id)).filter(isHeld);
    const done = new Set<number>();
    for (const { roomId, contactId, approvalReason } of wanted) {
      const room = rooms.get(roomId);
      if (!room || done.has(room.room_no)) continue;
      done.add(room.room_no);
      // What the room has of the event already, it keeps.
      const held = new Set(rows.filter((row) => row.room_no === room.room_no).map((row) => row.original_at));
      const open = instances.filter((slot) => !held.has(slot.originalAt));
      if (open.length === 0) continue;
      await putAttendee(tx, {
        tenant_id: tenantId,
        event_id: event.id,
        attendee_id: attendeeId('room', roomId),
        kind: 'room',
        user_id: null,
        room_no: room.room_no,
        email: null,
        name: room.name,
        contact_id: contactId,
        approval_reason: approvalReason,
        created_at: now,
      });
      const booking = { ...(await bookingOf(ctx, tx, { event, instances: open, attendees, room, contactId, approvalReason })), asAdministrator };
      const { refusal } = await bookRoom(ctx, tx, directory, actor, booking);
      if (refusal) await keepRefusal(ctx, tx, actor, booking, refusal);
    }
    await recount(tx, event, now);
    const after = { attendees: invitations.map(attendeeOf) };
    await addHistory(tx, { tenantId, at: now, actor, action: 'event.invite', object: { kind: 'event', id: nameOf(uid, originalAt) }, after });
  });
}

function attendeeOf(invitation: Invitation): string {
  if (invitation.kind === 'room') return attendeeId('room', invitation.roomId);
  return invitation.kind === 'user' ? attendeeId('user', invitation.userId) : attendeeId('email', invitation.email);
}

async function invitePeople(tx: Queries, event: CalendarEvent, invitations: readonly Invitation[], inviteContacts: boolean, now: number): Promise<void> {
  const { tenant_id, id: event_id } = event;
  const contacts = invitations.flatMap((invitation) => (invitation.kind === 'room' && invitation.contactId !== null ? [invitation.contactId] : []));
  const people = invitations.flatMap((invitation) => (invitation.kind === 'user' ? [{ userId: invitation.userId, isOptional: invitation.isOptional }] : []));
  const users = new Map((await findUsers(tx, tenant_id, [...contacts, ...people.map(({ userId }) => userId)])).map((user) => [user.user_id, user]));
  const known = (userId: string) => {
    const user = users.get(userId);
    if (!user) throw new DomainError('unknownUser', `no user ${userId}`);
    return user;
  };
  for (const userId of contacts) known(userId);
  const common = { tenant_id, event_id, room_no: null, contact_id: null, approval_reason: null, created_at: now };
  for (const { userId, isOptional } of [...people, ...(inviteContacts ? contacts : []).map((userId) => ({ userId, isOptional: false }))]) {
    const { name } = known(userId);
    const is_optional = isOptional ? 1 : 0;
    await putAttendee(tx, { ...common, attendee_id: attendeeId('user', userId), kind: 'user', user_id: userId, email: null, name, is_optional });
  }
  for (const invitation of invitations) {
    if (invitation.kind !== 'email') continue;
    const { email, isOptional } = invitation;
    await putAttendee(tx, {
      ...common,
      attendee_id: attendeeId('email', email),
      kind: 'email',
      user_id: null,
      email,
      name: email,
      is_optional: isOptional ? 1 : 0,
    });
  }
}

/** Takes people and rooms off an event; `originalAt` not 0: rooms off one instance. @throws DomainError notFound, gone */
export async function uninvite(
  ctx: Ctx,
  actor: Actor,
  { tenantId, uid, originalAt, attendeeIds }: { tenantId: number; uid: string; originalAt: number; attendeeIds: readonly string[] },
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const { event, instance } = await wholeEvent(tx, tenantId, uid, originalAt);
    requireLive(event, instance);
    const now = ctx.clock.now();
    const attendees = await attendeesOf(tx, tenantId, event.id);
    const gone = attendeeIds.map((id) => {
      const attendee = attendees.find(({ attendee_id }) => attendee_id === id);
      if (!attendee) throw new DomainError('unknownAttendee', `no attendee ${id}`);
      return attendee;
    });
    const roomNos = new Set(gone.map(({ room_no }) => room_no));
    const rows = (await reservationsOfEvent(tx, tenantId, event.id)).filter(
      (row) => isHeld(row) && roomNos.has(row.room_no) && (originalAt === 0 || row.original_at === originalAt),
    );
    await holdAll(tx, tenantId, rows);
    for (const row of rows) await withdraw(ctx, tx, actor, row);
    if (originalAt === 0) for (const { attendee_id } of gone) await deleteAttendee(tx, tenantId, event.id, attendee_id);
    await recount(tx, event, now);
    const before = { attendees: gone.map(({ attendee_id }) => attendee_id) };
    await addHistory(tx, { tenantId, at: now, actor, action: 'event.uninvite', object: { kind: 'event', id: nameOf(uid, originalAt) }, before });
  });
}

/** A person answers an invitation, to the whole event or to one instance. @throws DomainError notFound, gone, unknownAttendee */
export async function reply(
  ctx: Ctx,
  actor: Actor,
  { tenantId, uid, originalAt, userId, rsvp }: { tenantId: number; uid: string; originalAt: number; userId: string; rsvp: Rsvp },
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const { event, instance } = await wholeEvent(tx, tenantId, uid, originalAt);
    requireLive(event, instance);
    const now = ctx.clock.now();
    const attendee = (await attendeesOf(tx, tenantId, event.id)).find((candidate) => candidate.user_id === userId);
    if (!attendee) throw new DomainError('unknownAttendee', 'the caller is not invited');
    const { attendee_id } = attendee;
    if (originalAt === 0) await updateReply(tx, tenantId, event.id, attendee_id, rsvp);
    else await putInstanceReply(tx, { tenant_id: tenantId, event_id: event.id, original_at: originalAt, attendee_id, rsvp });
    await recount(tx, event, now);
    const change = { tenantId, at: now, actor, action: 'event.reply', object: { kind: 'event', id: nameOf(uid, originalAt) } };
    await addHistory(tx, { ...change, before: { rsvp: attendee.rsvp }, after: { rsvp } });
  });
}

/** Brings the counts of invited and accepted in the event's reservations up to date. */
async function recount(tx: Queries, event: CalendarEvent, now: number): Promise<void> {
  const { tenant_id: tenantId, id: eventId } = event;
  const attendees = await attendeesOf(tx, tenantId, eventId);
  const counts = countsOf(attendees);
  const replies = event.recurrence === null ? [] : await instanceReplies(tx, tenantId, eventId);
  const instances = new Set(replies.map(({ original_at }) => original_at));
  for (const originalAt of instances) {
    const answers = new Map(replies.filter((answer) => answer.original_at === originalAt).map(({ attendee_id, rsvp }) => [attendee_id, rsvp]));
    const accepted = attendees.filter(({ kind, attendee_id, rsvp }) => kind !== 'room' && (answers.get(attendee_id) ?? rsvp) === 'accept').length;
    await updateGuests(tx, { tenantId, eventId, originalAt, now }, { guests: counts.guests, accepted });
  }
  await updateGuests(tx, { tenantId, eventId, originalAt: null, now, except: [...instances] }, counts);
}

/** What a room answered to an event, or to one instance: as its reservations stand. */
export function answerOfRoom(rows: readonly Reservation[], now: number): 'needs_action' | 'accept' | 'decline' | 'removed' {
  if (rows.some((row) => row.accepted_at === null && row.rejected_at === null && row.cancelled_at === null && row.start_at > now)) return 'needs_action';
  if (rows.some((row) => row.accepted_at !== null && row.cancelled_at === null && row.released_at === null)) return 'accept';
  if (rows.some((row) => row.cancelled_at !== null || row.released_at !== null)) return 'removed';
  return 'decline';
}

/** Somebody or a room that is invited, with the answer to the event or to one instance of it. */
export interface Answered {
  attendee: Attendee;
  answer: Rsvp | 'removed';
}

/** Who and what is invited to an event, with their answers; `originalAt` not 0: to one instance. */
export async function attendance(ctx: Ctx, event: CalendarEvent, originalAt: number): Promise<Answered[]> {
  const { kysely } = ctx.db;
  const { tenant_id: tenantId, id } = event;
  const attendees = await attendeesOf(kysely, tenantId, id);
  const rows = (await reservationsOfEvent(kysely, tenantId, id)).filter((row) => originalAt === 0 || row.original_at === originalAt);
  const replies = originalAt === 0 ? [] : (await instanceReplies(kysely, tenantId, id)).filter((reply) => reply.original_at === originalAt);
  const now = ctx.clock.now();
  return attendees.flatMap((attendee): Answered[] => {
    if (attendee.kind !== 'room') return [{ attendee, answer: replies.find((reply) => reply.attendee_id === attendee.attendee_id)?.rsvp ?? attendee.rsvp }];
    const own = rows.filter((row) => row.room_no === attendee.room_no);
    // A room that was asked for other dates only is not invited to this one.
    return own.length === 0 ? [] : [{ attendee, answer: answerOfRoom(own, now) }];
  });
}

/** Names an attendee within an event. */
export function attendeeId(kind: Attendee['kind'], id: string): string {
  if (kind === 'room') return `resource_${id.replace(/^omm_/, '')}`;
  if (kind === 'user') return `user_${id.replace(/^ou_/, '')}`;
  return `third_party_${createHash('sha256').update(id.toLowerCase()).digest('hex').slice(0, 32)}`;
}
