import type { Ctx } from '../../context.ts';
import { administersRooms, type Principal } from '../../domain/access.ts';
import { attendance, attendeeId, invite, uninvite, type Answered, type Invitation } from '../../domain/attendance.ts';
import type { Directory } from '../../domain/directory.ts';
import { DomainError } from '../../domain/errors.ts';
import type { CalendarEvent } from '../../store/tables.ts';
import { createAttendees, deleteAttendees, listAttendees, type Attendee, type AttendeeInput } from '../../wire/calendar/attendees.ts';
import { answer } from '../mount.ts';
import { positionOf, sealPosition } from '../page-token.ts';
import { userIdsOf, type UserIds } from '../vc/user-ids.ts';
import { eventOf } from './access.ts';

/** Rooms that one request may ask for. */
const MOST_ROOMS = 100;

export const attendeeHandlers = [
  answer(createAttendees, async (ctx, { principal, actor, params, query, body }) => {
    const userIds = userIdsOf(principal, query.user_id_type);
    const { is_enable_admin: asAdministrator = false, add_operator_to_attendee: inviteContacts = true, attendees = [] } = body;
    const { event, uid, originalAt } = await eventOf(ctx, principal, params, { toChange: !asAdministrator });
    const instance = instanceOf(body, originalAt);
    const invitations = attendees
      .map((attendee) => invitationFrom(attendee, userIds, principal))
      .filter(({ kind }) => kind === 'room' || !(asAdministrator || instance !== 0));
    const roomIds = invitations.flatMap((invitation) => (invitation.kind === 'room' ? [invitation.roomId] : []));
    if (roomIds.length > MOST_ROOMS) throw new DomainError('param', `must not name more than ${String(MOST_ROOMS)} rooms`, 'attendees');
    if (asAdministrator) await requireAdministration(ctx, principal, roomIds);
    await invite(ctx, actor, { tenantId: principal.tenantId, uid, originalAt: instance, invitations, inviteContacts, asAdministrator });
    return { attendees: await wireAttendees(ctx, principal, event, instance, userIds) };
  }),

  answer(listAttendees, async (ctx, { principal, params, query }) => {
    const userIds = userIdsOf(principal, query.user_id_type);
    const { event, originalAt } = await eventOf(ctx, principal, params);
    const walk = JSON.stringify([listAttendees.id, principal.tenantId, params.event_id]);
    const after = positionOf(ctx.keys, walk, query.page_token, listAttendees.faults.param);
    const all = await wireAttendees(ctx, principal, event, originalAt, userIds);
    // Behind the one that the page before ended with, also when that one is gone meanwhile.
    const rest = all.sort((a, b) => (a.attendee_id < b.attendee_id ? -1 : 1)).filter(({ attendee_id }) => after === undefined || attendee_id > after);
    const items = rest.slice(0, query.page_size);
    const last = items.at(-1);
    if (last && rest.length > items.length) return { items, has_more: true, page_token: sealPosition(ctx.keys, walk, last.attendee_id) };
    return { items, has_more: false };
  }),

  answer(deleteAttendees, async (ctx, { principal, actor, params, query, body }) => {
    const userIds = userIdsOf(principal, query.user_id_type);
    const { is_enable_admin: asAdministrator = false, attendee_ids = [], delete_ids = [] } = body;
    const { event, uid, originalAt } = await eventOf(ctx, principal, params, { toChange: !asAdministrator });
    const named = delete_ids.map((attendee) => {
      const invitation = invitationFrom(attendee, userIds, principal);
      if (invitation.kind === 'room') return attendeeId('room', invitation.roomId);
      return invitation.kind === 'user' ? attendeeId('user', invitation.userId) : attendeeId('email', invitation.email);
    });
    const attendeeIds = [...new Set([...attendee_ids, ...named])];
    if (attendeeIds.length === 0) throw new DomainError('param', 'attendee_ids or delete_ids must name somebody', 'attendee_ids');
    const instance = instanceOf(body, originalAt);
    if (asAdministrator) {
      const present = await wireAttendees(ctx, principal, event, instance, userIds);
      const rooms = present.filter(({ attendee_id }) => attendeeIds.includes(attendee_id)).map(({ room_id }) => room_id ?? '');
      await requireAdministration(ctx, principal, rooms);
    }
    await uninvite(ctx, actor, { tenantId: principal.tenantId, uid, originalAt: instance, attendeeIds });
    return {};
  }),
];

function instanceOf(
  { is_enable_admin, instance_start_time_admin }: { is_enable_admin?: boolean; instance_start_time_admin?: string },
  originalAt: number,
): number {
  return is_enable_admin && instance_start_time_admin !== undefined ? Number(instance_start_time_admin) : originalAt;
}

/** @throws DomainError noPermission unless the caller administers the reservations of all the rooms */
async function requireAdministration(ctx: Ctx, principal: Principal, roomIds: readonly string[]): Promise<void> {
  if (!(await administersRooms(ctx, principal, roomIds))) throw new DomainError('noPermission', 'only a reservation administrator of the rooms may act as one');
}

/** What one attendee of a request stands for. @throws DomainError badAttendee */
function invitationFrom(attendee: AttendeeInput, userIds: UserIds, { kind }: Principal): Invitation {
  const { type, user_id, room_id, third_party_email, operate_id, approval_reason, is_optional: isOptional = false } = attendee;
  if (type === 'user' && user_id) return { kind: 'user', userId: userIds.read(user_id), isOptional };
  if (type === 'third_party' && third_party_email && /^[^\s@]+@[^\s@]+$/.test(third_party_email))
    return { kind: 'email', email: third_party_email, isOptional };
  if (type === 'resource' && room_id) {
    // An approval is asked for by a person: an app's reason does not count.
    const approvalReason = kind === 'user' && approval_reason ? approval_reason : null;
    return { kind: 'room', roomId: room_id, contactId: operate_id ? userIds.read(operate_id) : null, approvalReason };
  }
  throw new DomainError('badAttendee', 'an attendee is a user with user_id, a resource with room_id or a third_party with third_party_email');
}

async function wireAttendees(ctx: Ctx, principal: Principal, event: CalendarEvent, originalAt: number, userIds: UserIds): Promise<Attendee[]> {
  const directory = await ctx.directories.get(principal.tenantId, principal.directoryVersion);
  return (await attendance(ctx, event, originalAt)).map((answered) => wireAttendee(directory, event, answered, userIds));
}

function wireAttendee(directory: Directory, event: CalendarEvent, { attendee, answer }: Answered, userIds: UserIds): Attendee {
  const { kind, attendee_id, user_id, room_no, email, contact_id, approval_reason } = attendee;
  const common = {
    attendee_id,
    rsvp_status: answer,
    is_optional: attendee.is_optional === 1,
    is_organizer: user_id !== null && user_id === event.organizer_id,
    is_external: kind === 'email',
    display_name: attendee.name,
  };
  if (kind === 'user') return { type: 'user', ...common, user_id: userIds.write(user_id ?? '') };
  if (kind === 'email') return { type: 'third_party', ...common, third_party_email: email ?? '' };
  return {
    type: 'resource',
    ...common,
    room_id: directory.roomOfNumber(room_no ?? 0)?.room_id ?? '',
    ...(contact_id === null ? {} : { operate_id: userIds.write(contact_id) }),
    ...(approval_reason === null ? {} : { approval_reason }),
  };
}
