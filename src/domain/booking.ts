import type { Ctx } from '../context.ts';
import { addHistory, type Actor } from '../store/history.ts';
import type { Queries } from '../store/open.ts';
import { activeBetween, insertReservation } from '../store/reservations.ts';
import type { RejectCause, Reservation, Room } from '../store/tables.ts';
import { termsFor, termsOfRoom, walkUpTerms } from './check-in.ts';
import type { Directory } from './directory.ts';
import { inboxOf } from './inbox.ts';
import type { Reserver } from './people.ts';
import { needsApproval, RuleError, violation, type Violation } from './rules.ts';

/** One time for which a room is wanted. `originalAt`: its instance in a series; 0 for a single event. */
export interface Slot {
  originalAt: number;
  startAt: number;
  endAt: number;
}

export interface Booking {
  tenantId: number;
  /** Held by the transaction. */
  room: Room;
  slots: readonly Slot[];
  reserver: Reserver;
  eventId: number;
  title: string;
  isPrivate: boolean;
  guests: number;
  guestsAccepted: number;
  /** What is said to the approvers; null: nothing. */
  approvalReason: string | null;
  contactId: string | null;
  asAdministrator: boolean;
  /** Taken on the spot at the door: nobody has to check in, nobody has to approve. */
  walkUp: boolean;
  /** What of a series is done when some of its dates are taken: nothing, or the free ones. */
  onClash: 'refuse' | 'skip';
}

/** What became of a booking: the reservations that were made, and the dates that were not to be had. */
export interface Outcome {
  status: 'accepted' | 'pending' | 'refused';
  /** Of the slots that were booked, in their order. */
  made: Reservation[];
  refusal: Violation | null;
  /** Starts of the slots that are taken. */
  clashes: number[];
}

/**
 * Reserves a room. To be called in a transaction that holds the room: what is found free here is free until it ends; the
 * database refuses an overlap besides.
 */
export async function bookRoom(ctx: Ctx, tx: Queries, directory: Directory, actor: Actor, booking: Booking): Promise<Outcome> {
  const { tenantId, room, slots, reserver, walkUp } = booking;
  const now = ctx.clock.now();
  const refusal = refusalOf(directory, booking, now);
  if (refusal) return { status: 'refused', made: [], refusal, clashes: [] };

  const taken = await takenSlots(tx, tenantId, room.room_no, slots);
  const free = slots.filter((slot) => !taken.has(slot));
  const clashes = slots.filter((slot) => taken.has(slot)).map(({ startAt }) => startAt);
  if (clashes.length > 0 && (booking.onClash === 'refuse' || free.length === 0)) return { status: 'refused', made: [], refusal: TAKEN, clashes };

  const pending = !walkUp && free.some(({ startAt, endAt }) => needsApproval(directory, room, endAt - startAt));
  const terms = walkUp ? undefined : await termsOfRoom(tx, directory, tenantId, room.room_no);
  const made: Reservation[] = [];
  for (const slot of free) {
    const reservation = {
      ...rowOf(booking, slot, now),
      accepted_at: pending ? null : now,
      ...(terms ? termsFor(terms, slot.startAt, slot.endAt) : walkUpTerms),
    };
    const row = await insertReservation(tx, reservation);
    const action = walkUp ? 'walk_up' : pending ? 'request' : 'book';
    await addHistory(tx, {
      tenantId,
      at: now,
      actor,
      action: `reservation.${action}`,
      object: { kind: 'reservation', id: String(row.id) },
      after: shown(reservation, room, reserver),
      inboxOf: inboxOf(actor, action, reserver.id),
    });
    made.push(row);
  }
  return { status: pending ? 'pending' : 'accepted', made, refusal: null, clashes };
}

/** Runs a transaction in which the database may refuse an overlap, and says so in the domain's words. */
export async function guarded<Result>(ctx: Ctx, work: (tx: Queries) => Promise<Result>): Promise<Result> {
  try {
    return await ctx.db.transaction(work);
  } catch (error) {
    if (ctx.db.dialect.isOverlap(error)) throw new RuleError(TAKEN);
    throw error;
  }
}

/** Keeps a request that was turned down, so that it can be seen why. */
export async function keepRefusal(ctx: Ctx, tx: Queries, actor: Actor, booking: Booking, { rule, sentence }: Violation): Promise<void> {
  const { tenantId, room, slots, reserver } = booking;
  const slot = slots[0];
  if (!slot || slot.endAt <= slot.startAt) return;
  const now = ctx.clock.now();
  const rejection = { accepted_at: null, rejected_at: now, reject_cause: rule, reject_note: sentence };
  const reservation = { ...rowOf(booking, slot, now), ...rejection, check_in_rule: 'off' as const, check_in_opens_at: null, check_in_closes_at: null };
  const { id } = await insertReservation(tx, { ...reservation, release_on_no_show: 0, check_in_settled: 1 });
  const after = { ...shown(reservation, room, reserver), reject_cause: rule, reject_note: sentence };
  const object = { kind: 'reservation', id: String(id) };
  await addHistory(tx, { tenantId, at: now, actor, action: 'reservation.decline', object, after, inboxOf: inboxOf(actor, 'decline', reserver.id) });
}

export const TAKEN: Violation = { rule: 'taken', sentence: 'the room is taken then' };

function refusalOf(directory: Directory, { room, slots, reserver, approvalReason, asAdministrator, walkUp }: Booking, now: number): Violation | undefined {
  for (const { startAt, endAt } of slots) {
    const found = violation(directory, { room, startAt, endAt, now, person: reserver.person, asAdministrator: asAdministrator || walkUp });
    // Of a series, dates that are over are simply not reserved; see the caller.
    if (found) return found;
    if (!walkUp && needsApproval(directory, room, endAt - startAt)) {
      const stands = approvalViolation(slots.length, reserver, approvalReason);
      if (stands) return stands;
    }
  }
  return undefined;
}

/** What the vendor asks of a request for an approval. Source: calendar-event-attendee/create, help centre on approvals. */
function approvalViolation(slots: number, { person }: Reserver, approvalReason: string | null): Violation | undefined {
  if (slots > 1) return { rule: 'no_recurring', sentence: 'the room needs an approval, which a series cannot get' };
  if (person === null) return { rule: 'needs_person', sentence: 'the room needs an approval, which only a person can ask for' };
  if (!approvalReason) return { rule: 'no_reason', sentence: 'the room needs an approval: say what it is for' };
  return undefined;
}

/** Those of the slots during which the room has another reservation. */
async function takenSlots(db: Queries, tenantId: number, roomNo: number, slots: readonly Slot[]): Promise<Set<Slot>> {
  const from = Math.min(...slots.map(({ startAt }) => startAt));
  const to = Math.max(...slots.map(({ endAt }) => endAt));
  const active = await activeBetween(db, { tenantId, roomNos: [roomNo], from, to });
  const taken = new Set<Slot>();
  let first = 0;
  for (const slot of [...slots].sort((a, b) => a.startAt - b.startAt)) {
    while ((active[first]?.end_at ?? Infinity) <= slot.startAt) first++;
    const next = active[first];
    if (next && next.start_at < slot.endAt) taken.add(slot);
  }
  return taken;
}

function rowOf(booking: Booking, { originalAt, startAt, endAt }: Slot, now: number) {
  const { tenantId, room, reserver, eventId, title, isPrivate, guests, guestsAccepted, approvalReason, contactId } = booking;
  return {
    tenant_id: tenantId,
    room_no: room.room_no,
    start_at: startAt,
    end_at: endAt,
    title,
    is_private: isPrivate ? 1 : 0,
    reserver_id: reserver.id,
    reserver_name: reserver.name,
    reserver_department: reserver.department,
    guests,
    guests_accepted: guestsAccepted,
    created_at: now,
    updated_at: now,
    event_id: eventId,
    original_at: originalAt,
    approval_reason: approvalReason,
    contact_id: contactId,
    rejected_at: null,
    reject_cause: null as RejectCause | null,
    reject_note: null as string | null,
    cancelled_at: null,
    released_at: null,
    release_cause: null,
    released_by_name: null,
    checked_in_at: null,
    checked_in_with: null,
    room_disabled_at: null,
  };
}

function shown({ start_at, end_at, title, accepted_at }: Pick<Reservation, 'start_at' | 'end_at' | 'title' | 'accepted_at'>, room: Room, reserver: Reserver) {
  return { room_id: room.room_id, start_at, end_at, title, accepted_at, reserver_id: reserver.id };
}
