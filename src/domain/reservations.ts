import type { Ctx } from '../context.ts';
import { attendeesOf, exceptionsOf, findEvent, findEventsById, putAttendee, putException, updateEvent } from '../store/events.ts';
import { addHistory, historyOf, type Actor } from '../store/history.ts';
import type { Queries } from '../store/open.ts';
import { findReservation, pendingBetween, reservationsOfEvent } from '../store/reservations.ts';
import { holdRooms } from '../store/rooms.ts';
import type { ReleaseCause, Reservation, Room } from '../store/tables.ts';
import { administers, type Principal } from './access.ts';
import { mayDecide } from './approvals.ts';
import { attendeeId } from './attendance.ts';
import { guarded } from './booking.ts';
import { requireExpected } from './change.ts';
import type { Directory } from './directory.ts';
import { DomainError } from './errors.ts';
import { effectiveSetting } from './policy.ts';
import { isActive, isHeld, moveReservation, release, requireFree, withdraw, writeStep } from './reservation-steps.ts';
import { requireRoomCode } from './room-codes.ts';
import { requireRoom } from './rooms.ts';
import { needsApproval, RuleError } from './rules.ts';

/** What came as the code of a door: taken apart, or of no such form. */
export type DoorCode = { tenantId: number; secret: Buffer } | 'unreadable';

/** What somebody does to a reservation, with what it stands on: held, and unchanged until the transaction ends. */
interface Step {
  ctx: Ctx;
  tx: Queries;
  principal: Principal;
  actor: Actor;
  row: Reservation;
  room: Room;
  directory: Directory;
  /** The caller reserved it. */
  isReserver: boolean;
  /** The caller administers the room's reservations. */
  isAdministrator: boolean;
}

/** Does a step with a reservation and returns it as it stands then. @param alsoHold numbers of other rooms that the step needs */
async function step(
  ctx: Ctx,
  principal: Principal,
  actor: Actor,
  id: number,
  work: (step: Step) => Promise<void>,
  alsoHold?: (tx: Queries, row: Reservation, directory: Directory) => Promise<number[]>,
): Promise<Reservation> {
  const { tenantId } = principal;
  const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
  return guarded(ctx, async (tx) => {
    const seen = requireReservation(await findReservation(tx, tenantId, id), id);
    if (principal.device && principal.device.roomNo !== seen.room_no) throw new DomainError('notFound', `no reservation ${String(id)}`);
    const others = (await alsoHold?.(tx, seen, directory)) ?? [];
    const rooms = await holdRooms(tx, tenantId, [...new Set([seen.room_no, ...others])]);
    // Read again: only now nobody else can change it.
    const row = requireReservation(await findReservation(tx, tenantId, id), id);
    const room = rooms.find(({ room_no }) => room_no === row.room_no);
    if (!room) throw new DomainError('conflict', 'it was moved meanwhile: read it again');
    const isReserver = row.reserver_id !== '' && row.reserver_id === (principal.userId ?? principal.appId);
    await work({
      ctx,
      tx,
      principal,
      actor,
      row,
      room,
      directory,
      isReserver,
      isAdministrator: administers(directory, principal, room),
    });
    return requireReservation(await findReservation(tx, tenantId, id), id);
  });
}

/**
 * Somebody is there: by a device at the door, or the reserver, a guest or an administrator. With the code that the door shows it is
 * anybody, as it is at the panel: who has it stands there.
 *
 * @param code what the room's QR code carried; null: none came along
 * @throws DomainError notFound, badCode, noPermission, wrongState
 */
export function checkIn(ctx: Ctx, principal: Principal, actor: Actor, id: number, code: DoorCode | null = null): Promise<Reservation> {
  return step(ctx, principal, actor, id, async (s) => {
    const { row, tx } = s;
    const now = ctx.clock.now();
    if (code) requireRoomCode(ctx, row.tenant_id, s.room.room_id, code === 'unreadable' ? undefined : code);
    else if (!(principal.device && principal.device.kind !== 'sensor') && !s.isReserver && !s.isAdministrator && !(await isGuest(tx, row, principal))) {
      throw new DomainError('noPermission', 'only those who come, and devices of the room, may check in');
    }
    if (row.checked_in_at !== null) return;
    if (!isActive(row)) throw new DomainError('wrongState', 'the reservation does not hold the room');
    if (row.check_in_rule !== 'required') throw new DomainError('wrongState', 'nobody has to check in to this reservation');
    if (now < (row.check_in_opens_at ?? 0)) throw new DomainError('wrongState', 'the check-in is not open yet');
    if (now >= (row.check_in_closes_at ?? 0)) throw new DomainError('wrongState', 'the check-in is closed');
    if (row.room_disabled_at !== null && row.room_disabled_at <= now) throw new DomainError('wrongState', 'the room is disabled');
    const kind = principal.device?.kind ?? (code ? 'qr_code' : undefined);
    const checked_in_with = kind === undefined || kind === 'sensor' ? null : kind;
    await writeStep(ctx, tx, actor, row, 'check_in', { checked_in_at: now, checked_in_with, check_in_settled: 1 });
  });
}

/** Gives the room back. Before check-in, or by an administrator, that is a release; after check-in its reserver ends it. @throws DomainError notFound, noPermission, wrongState */
export function releaseReservation(ctx: Ctx, principal: Principal, actor: Actor, id: number): Promise<Reservation> {
  return step(ctx, principal, actor, id, async (s) => {
    requireHand(s);
    await release(ctx, s.tx, actor, s.row, causeOf(s));
  });
}

/** Ends a reservation that runs. @throws DomainError notFound, noPermission, wrongState */
export function endReservation(ctx: Ctx, principal: Principal, actor: Actor, id: number): Promise<Reservation> {
  return step(ctx, principal, actor, id, async (s) => {
    requireHand(s);
    if (s.row.start_at > ctx.clock.now()) throw new DomainError('wrongState', 'the reservation has not begun');
    await release(ctx, s.tx, actor, s.row, s.row.checked_in_at === null && s.row.check_in_rule !== 'walk_up' ? 'by_hand' : 'after_end');
  });
}

/** Gives a reservation up: cancelled while it leaves no trace, else given back. @throws DomainError notFound, noPermission, wrongState */
export function cancelReservation(ctx: Ctx, principal: Principal, actor: Actor, id: number): Promise<Reservation> {
  return step(ctx, principal, actor, id, async (s) => {
    if (!s.isReserver && !s.isAdministrator) throw new DomainError('noPermission', 'only its reserver or an administrator may cancel it');
    if (!isHeld(s.row)) throw new DomainError('wrongState', 'the reservation does not hold the room');
    if (s.row.end_at <= ctx.clock.now()) throw new DomainError('wrongState', 'the reservation is over');
    await withdraw(ctx, s.tx, actor, s.row);
  });
}

/** Decides a request. Who is accepted has the slot; what else asked for it is turned down. @throws DomainError notFound, noPermission, wrongState; RuleError */
export function decide(
  ctx: Ctx,
  principal: Principal,
  actor: Actor,
  id: number,
  { approve, note }: { approve: boolean; note: string | null },
): Promise<Reservation> {
  return step(ctx, principal, actor, id, async (s) => {
    if (!mayDecide(s.directory, principal, s.room)) throw new DomainError('noPermission', 'only an approver of the room may decide');
    await decideStep(s, approve, note);
  });
}

async function decideStep({ ctx, tx, actor, row, room, directory }: Step, approve: boolean, note: string | null): Promise<void> {
  const now = ctx.clock.now();
  if (row.accepted_at !== null || !isHeld(row)) throw new DomainError('wrongState', 'the request is decided');
  if (row.start_at <= now) throw new DomainError('wrongState', 'nobody decided in time');
  if (!approve) {
    await writeStep(ctx, tx, actor, row, 'reject', {
      rejected_at: now,
      reject_cause: 'by_approver',
      reject_note: note,
      decided_by_name: actor.name,
      check_in_settled: 1,
    });
    return;
  }
  await requireFree(ctx, tx, directory, row, { room, startAt: row.start_at, endAt: row.end_at, asAdministrator: true });
  await writeStep(ctx, tx, actor, row, 'approve', { accepted_at: now, decided_by_name: actor.name });
  const others = await pendingBetween(tx, { tenantId: row.tenant_id, roomNo: row.room_no, from: row.start_at, to: row.end_at });
  for (const other of others) {
    if (other.id !== row.id)
      await writeStep(ctx, tx, actor, other, 'reject', { rejected_at: now, reject_cause: 'outbid', decided_by_name: actor.name, check_in_settled: 1 });
  }
}

/** What a check-in or approval system of somebody else's says of a reservation. */
export type OutsideReply = 'NOT_CHECK_IN' | 'ENDED_BEFORE_DUE' | 'ACCEPTED_BY_ADMIN' | 'DECLINED_BY_ADMIN';

/**
 * Takes the word of a system of somebody else's, such as the check-in hardware of a room, for a reservation.
 *
 * @throws DomainError notFound (no such event or room in it), originalTime (no such instance), wrongState; RuleError
 */
export async function replyFromOutside(
  ctx: Ctx,
  principal: Principal,
  actor: Actor,
  { roomId, uid, originalAt, reply }: { roomId: string; uid: string; originalAt: number; reply: OutsideReply },
): Promise<void> {
  const { tenantId } = principal;
  const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
  const { room_no } = requireRoom(directory, roomId);
  const event = await findEvent(ctx.db.kysely, tenantId, uid);
  const rows = event ? (await reservationsOfEvent(ctx.db.kysely, tenantId, event.id)).filter((row) => row.room_no === room_no) : [];
  if (rows.length === 0) throw new DomainError('notFound', `event ${uid} has no reservation of room ${roomId}`);
  const ofInstance = rows.filter((row) => row.original_at === originalAt);
  const row = ofInstance.find(isHeld) ?? ofInstance.at(-1);
  if (!row) throw new DomainError('originalTime', `event ${uid} has no instance ${String(originalAt)}`);
  await step(ctx, principal, actor, row.id, async (s) => {
    if (reply === 'NOT_CHECK_IN') {
      if (s.row.checked_in_at !== null) throw new DomainError('wrongState', 'somebody has checked in');
      await release(ctx, s.tx, actor, s.row, 'no_show', null);
    } else if (reply === 'ENDED_BEFORE_DUE') {
      if (s.row.start_at > ctx.clock.now()) throw new DomainError('wrongState', 'the reservation has not begun');
      await release(ctx, s.tx, actor, s.row, 'after_end', null);
    } else await decideStep(s, reply === 'ACCEPTED_BY_ADMIN', null);
  });
}

export interface MoveInput {
  startAt?: number | undefined;
  endAt?: number | undefined;
  roomId?: string | undefined;
}

/**
 * Moves a reservation; its event's instance goes along, with the other rooms that it has. It keeps what it has unless the new
 * slot is won.
 *
 * @param expected the version that the caller takes it to be at
 * @throws DomainError notFound, stale, noPermission, wrongState, param; RuleError
 */
export function move(ctx: Ctx, principal: Principal, actor: Actor, id: number, { startAt, endAt, roomId }: MoveInput, expected?: number): Promise<Reservation> {
  const work = async (s: Step): Promise<void> => {
    const { tx, row, directory } = s;
    requireExpected({ version: row.version, expected });
    if (!s.isReserver && !s.isAdministrator) throw new DomainError('noPermission', 'only its reserver or an administrator may move it');
    const start = startAt ?? row.start_at;
    const end = endAt ?? start + row.end_at - row.start_at;
    if (end <= start) throw new DomainError('param', 'must lie after the start', 'end');
    const target = roomId === undefined ? row.room_no : requireRoom(directory, roomId).room_no;
    const siblings = start === row.start_at && end === row.end_at ? [] : await siblingsOf(tx, row);
    for (const reservation of [row, ...siblings]) {
      const roomNo = reservation === row ? target : reservation.room_no;
      const [room] = await holdRooms(tx, row.tenant_id, [roomNo]);
      if (room?.deleted_at !== null) throw new DomainError('notFound', 'no such room');
      const { title, is_private: isPrivate } = reservation;
      await moveReservation(ctx, tx, directory, actor, reservation, { room, startAt: start, endAt: end, title, isPrivate, asAdministrator: s.isAdministrator });
      if (reservation === row) await followMove(ctx, s, { room, startAt: start, endAt: end });
    }
  };
  return step(ctx, principal, actor, id, work, async (tx, row, directory) => [
    ...(roomId === undefined ? [] : [requireRoom(directory, roomId).room_no]),
    ...(await siblingsOf(tx, row)).map(({ room_no }) => room_no),
  ]);
}

/** What else is reserved for the same instance of the same event. */
async function siblingsOf(db: Queries, { tenant_id, event_id, original_at, id }: Reservation): Promise<Reservation[]> {
  if (event_id === null) return [];
  return (await reservationsOfEvent(db, tenant_id, event_id)).filter((other) => other.original_at === original_at && other.id !== id && isHeld(other));
}

/** Gives a reservation more time, also while it runs. @throws DomainError notFound, noPermission, wrongState, param; RuleError */
export function extend(ctx: Ctx, principal: Principal, actor: Actor, id: number, endAt: number): Promise<Reservation> {
  return step(ctx, principal, actor, id, async (s) => {
    const { tx, row, room, directory } = s;
    requireHand(s);
    if (!isActive(row) || row.end_at <= ctx.clock.now()) throw new DomainError('wrongState', 'the reservation does not hold the room any more');
    if (endAt <= row.end_at) throw new DomainError('param', 'must lie after the present end', 'end');
    if (needsApproval(directory, room, endAt - row.start_at))
      throw new RuleError({ rule: 'no_reason', sentence: 'so long a reservation of the room needs an approval' });
    // What has begun in time is not too late to go on.
    const from = Math.max(row.start_at, ctx.clock.now());
    await requireFree(ctx, tx, directory, row, { room, startAt: from, endAt, asAdministrator: true });
    const whole = { room, startAt: row.start_at, endAt };
    await requireWithinRules(s, whole);
    await writeStep(ctx, tx, actor, row, 'extend', { end_at: endAt });
    // Other rooms of the event keep their end, and so does the event.
    if ((await siblingsOf(tx, row)).length === 0) await followMove(ctx, s, whole);
  });
}

/** Takes a release or a cancellation back while the slot is still free. @throws DomainError notFound, noPermission, wrongState; RuleError */
export function undo(ctx: Ctx, principal: Principal, actor: Actor, id: number): Promise<Reservation> {
  return step(ctx, principal, actor, id, async (s) => {
    const { tx, row, room, directory } = s;
    requireHand(s);
    const now = ctx.clock.now();
    if (row.end_at <= now) throw new DomainError('wrongState', 'the reservation is over');
    const byHand = row.cancelled_at !== null && row.cancel_cause === 'by_hand' && row.accepted_at !== null;
    if (row.released_at === null && !byHand) throw new DomainError('wrongState', 'there is nothing to undo');
    if (byHand && (await isDeleted(tx, row))) throw new DomainError('gone', 'the event is deleted');
    await requireFree(ctx, tx, directory, row, { room, startAt: Math.max(row.start_at, now), endAt: row.end_at, asAdministrator: true });
    const opened = row.check_in_rule === 'required' && row.checked_in_at === null && (row.check_in_closes_at ?? 0) > now;
    await writeStep(ctx, tx, actor, row, 'undo', {
      released_at: null,
      release_cause: null,
      released_by_name: null,
      cancelled_at: null,
      cancel_cause: null,
      cancel_note: null,
      // A no-show that is taken back is not found again.
      check_in_settled: opened ? 0 : 1,
    });
  });
}

/** Whether the event behind a reservation, or the instance, was deleted. */
async function isDeleted(db: Queries, { tenant_id, event_id, original_at }: Reservation): Promise<boolean> {
  const [event] = event_id === null ? [] : await findEventsById(db, tenant_id, [event_id]);
  if (!event) return false;
  if (event.cancelled_at !== null) return true;
  return (await exceptionsOf(db, tenant_id, event.id)).some((exception) => exception.original_at === original_at && exception.cancelled_at !== null);
}

/** A reservation with all that happened to it. @throws DomainError notFound */
export async function readReservation(
  ctx: Ctx,
  principal: Principal,
  id: number,
): Promise<{ row: Reservation; history: Awaited<ReturnType<typeof historyOf>> }> {
  const { tenantId } = principal;
  const row = requireReservation(await findReservation(ctx.db.kysely, tenantId, id), id);
  if (principal.device && principal.device.roomNo !== row.room_no) requireReservation(undefined, id);
  return { row, history: await historyOf(ctx.db.kysely, tenantId, { kind: 'reservation', id: String(id) }) };
}

/** The event's instance goes where its reservation went. */
async function followMove(ctx: Ctx, { tx, row, actor }: Step, { room, startAt, endAt }: { room: Room; startAt: number; endAt: number }): Promise<void> {
  const { tenant_id, event_id, original_at } = row;
  if (event_id === null) return;
  const [event] = await findEventsById(tx, tenant_id, [event_id]);
  if (!event) return;
  const times = { start_at: startAt, end_at: endAt };
  if (original_at === 0) {
    const { id, version } = event;
    await updateEvent(tx, { tenantId: tenant_id, id, version }, { ...times, last_end_at: endAt, updated_at: ctx.clock.now() });
  } else await putException(tx, { tenant_id, event_id, original_at, ...times, title: null, description: null, cancelled_at: null });
  if (room.room_no !== row.room_no) {
    const attendee = (await attendeesOf(tx, tenant_id, event_id)).find(({ room_no }) => room_no === row.room_no);
    const common = { tenant_id, event_id, kind: 'room' as const, user_id: null, email: null, created_at: ctx.clock.now() };
    const terms = { contact_id: attendee?.contact_id ?? null, approval_reason: attendee?.approval_reason ?? null };
    await putAttendee(tx, { ...common, ...terms, attendee_id: attendeeId('room', room.room_id), room_no: room.room_no, name: room.name });
  }
  await addHistory(tx, {
    tenantId: tenant_id,
    at: ctx.clock.now(),
    actor,
    action: 'event.follow',
    object: { kind: 'event', id: `${event.uid}_${String(original_at)}` },
    after: times,
  });
}

async function requireWithinRules({ ctx, tx, row, directory }: Step, { room, startAt, endAt }: { room: Room; startAt: number; endAt: number }): Promise<void> {
  if (startAt > ctx.clock.now()) await requireFree(ctx, tx, directory, row, { room, startAt, endAt, asAdministrator: true });
  const { value } = effectiveSetting(directory, room.room_id, 'time');
  if (value.enabled && endAt - startAt > value.maxHours * 3600)
    throw new RuleError({ rule: 'too_long', sentence: `the room can be reserved for ${String(value.maxHours)} hours at most` });
}

/** @throws DomainError noPermission unless the caller reserved it, administers the room, or is a device at its door */
function requireHand({ isReserver, isAdministrator, principal }: Step): void {
  if (!isReserver && !isAdministrator && (!principal.device || principal.device.kind === 'sensor')) {
    throw new DomainError('noPermission', 'only its reserver, an administrator or a device of the room may do this');
  }
}

function causeOf({ row, isReserver, isAdministrator, principal }: Step): ReleaseCause {
  if (isAdministrator && !isReserver && !principal.device) return 'by_hand';
  return row.checked_in_at === null ? 'by_hand' : 'after_end';
}

async function isGuest(db: Queries, { tenant_id, event_id }: Reservation, { userId }: Principal): Promise<boolean> {
  if (userId === null || event_id === null) return false;
  return (await attendeesOf(db, tenant_id, event_id)).some((attendee) => attendee.user_id === userId);
}

function requireReservation(row: Reservation | undefined, id: number): Reservation {
  if (!row) throw new DomainError('notFound', `no reservation ${String(id)}`);
  return row;
}
