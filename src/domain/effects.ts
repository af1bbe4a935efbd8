import { addHistory, type Actor } from '../store/history.ts';
import type { Queries } from '../store/open.ts';
import { updateReservation } from '../store/reservations.ts';
import type { CancelCause, Reservation } from '../store/tables.ts';
import { requireUnchanged } from './change.ts';
import { inboxOf } from './inbox.ts';

/** What a change of rooms does to their reservations. */
export interface Effects {
  /** They are cancelled. */
  cancelled: Reservation[];
  /** They stay, and nobody can check in to them. `at`: from when. */
  closed: { reservation: Reservation; at: number }[];
  /** They were going to be closed by a period that is given up: they can be checked in to after all. */
  reopened: Reservation[];
}

/** A period in which a room is not in use; half-open, `until` null: for ever. */
export interface Period {
  from: number;
  until: number | null;
}

/**
 * A room is disabled for a period, or (null) enabled. Reservations that start in the period are cancelled, but not one that is
 * running or whose check-in window is open: it stays, and its check-in is closed.
 *
 * @param reservations the room's that are not over
 */
export function effectsOfDisabling(reservations: readonly Reservation[], period: Period | null, now: number): Effects {
  const effects: Effects = { cancelled: [], closed: [], reopened: [] };
  for (const reservation of reservations) {
    const { start_at, room_disabled_at } = reservation;
    if (period && start_at >= period.from && isBefore(start_at, period.until) && !hasBegun(reservation, now)) {
      effects.cancelled.push(reservation);
      continue;
    }
    const closesAt = period ? checkInCloses(reservation, period, now) : null;
    if (closesAt !== null && closesAt !== room_disabled_at) effects.closed.push({ reservation, at: closesAt });
    else if (closesAt === null && room_disabled_at !== null && room_disabled_at > now) effects.reopened.push(reservation);
  }
  return effects;
}

/** Rooms are deleted: what has not begun is cancelled. */
export function effectsOfDeletion(reservations: readonly Reservation[], now: number): Effects {
  return { cancelled: reservations.filter(({ start_at }) => start_at > now), closed: [], reopened: [] };
}

/** Running, or in its check-in window. */
function hasBegun({ start_at, accepted_at, check_in_rule, check_in_opens_at }: Reservation, now: number): boolean {
  if (start_at <= now) return true;
  return accepted_at !== null && check_in_rule === 'required' && check_in_opens_at !== null && check_in_opens_at <= now;
}

/** When the period ends the reservation's check-in before its time; null when it does not. */
function checkInCloses(reservation: Reservation, { from, until }: Period, now: number): number | null {
  const { accepted_at, check_in_rule, checked_in_at, check_in_opens_at, check_in_closes_at, room_disabled_at } = reservation;
  if (accepted_at === null || check_in_rule !== 'required' || checked_in_at !== null) return null;
  const at = room_disabled_at !== null && room_disabled_at <= now ? room_disabled_at : Math.max(from, now);
  return at < (check_in_closes_at ?? 0) && isBefore(Math.max(at, check_in_opens_at ?? 0), until) ? at : null;
}

function isBefore(at: number, end: number | null): boolean {
  return end === null || at < end;
}

/** Writes the effects, each with its row of history. @throws DomainError conflict when one of the reservations was changed meanwhile */
export async function applyEffects(
  tx: Queries,
  actor: Actor,
  { tenantId, at, cause, note }: { tenantId: number; at: number; cause: CancelCause; note: string | null },
  { cancelled, closed, reopened }: Effects,
): Promise<void> {
  const update = async (reservation: Reservation, action: string, after: Parameters<typeof updateReservation>[2]) => {
    const { id, version, reserver_id } = reservation;
    requireUnchanged(await updateReservation(tx, { tenantId, id, version }, { ...after, updated_at: at }));
    const told = inboxOf(actor, action, reserver_id);
    await addHistory(tx, { tenantId, at, actor, action: `reservation.${action}`, object: { kind: 'reservation', id: String(id) }, after, inboxOf: told });
  };
  for (const reservation of cancelled) await update(reservation, 'cancel', { cancelled_at: at, cancel_cause: cause, cancel_note: note, check_in_settled: 1 });
  for (const { reservation, at: closesAt } of closed) await update(reservation, 'close_check_in', { room_disabled_at: closesAt });
  for (const reservation of reopened) await update(reservation, 'reopen_check_in', { room_disabled_at: null });
}
