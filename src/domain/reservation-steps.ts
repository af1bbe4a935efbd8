import type { Ctx } from '../context.ts';
import { addHistory, type Actor } from '../store/history.ts';
import type { Queries } from '../store/open.ts';
import { activeBetween, updateReservation } from '../store/reservations.ts';
import type { CancelCause, ReleaseCause, Reservation, Room } from '../store/tables.ts';
import { TAKEN } from './booking.ts';
import { requireUnchanged } from './change.ts';
import { termsFor, termsOfRoom } from './check-in.ts';
import type { Directory } from './directory.ts';
import { DomainError } from './errors.ts';
import { inboxOf } from './inbox.ts';
import { reserverAgain } from './people.ts';
import { needsApproval, RuleError, violation } from './rules.ts';

/*
 * The steps in the life of a reservation that several ways lead to. Each is taken in a transaction that holds the room, so
 * that what was read of the reservation still holds when it is written; the version is checked besides.
 */

/** Accepted or waiting for an approval, and neither cancelled nor given back. */
export function isHeld({ rejected_at, cancelled_at, released_at }: Reservation): boolean {
  return rejected_at === null && cancelled_at === null && released_at === null;
}

/** Accepted, and neither cancelled nor given back: it has the room. */
export function isActive(row: Reservation): boolean {
  return isHeld(row) && row.accepted_at !== null;
}

/** Writes what changed in a reservation, with its row of history. */
export async function writeStep(ctx: Ctx, tx: Queries, actor: Actor, row: Reservation, action: string, changes: Partial<Reservation>): Promise<void> {
  const { tenant_id: tenantId, id, version } = row;
  const at = ctx.clock.now();
  requireUnchanged(await updateReservation(tx, { tenantId, id, version }, { ...changes, updated_at: at }));
  const before = Object.fromEntries(Object.keys(changes).map((column) => [column, row[column as keyof Reservation]]));
  await addHistory(tx, {
    tenantId,
    at,
    actor,
    action: `reservation.${action}`,
    object: { kind: 'reservation', id: String(id) },
    before,
    after: changes,
    inboxOf: inboxOf(actor, action, row.reserver_id),
  });
}

/** When giving a reservation up stops to leave no trace: as its check-in window opens, or else as it begins. */
function noReturn({ start_at, accepted_at, check_in_rule, check_in_opens_at }: Reservation): number {
  return accepted_at !== null && check_in_rule === 'required' && check_in_opens_at !== null ? Math.min(check_in_opens_at, start_at) : start_at;
}

/**
 * Gives a reservation up, because its event is deleted or moved away, or on its reserver's word. Before the check-in window opens (before the start,
 * where there is none) it is cancelled; from then on it is released; what is over stays as it was.
 */
export async function withdraw(
  ctx: Ctx,
  tx: Queries,
  actor: Actor,
  row: Reservation,
  cause: CancelCause = 'by_hand',
  note: string | null = null,
): Promise<void> {
  const now = ctx.clock.now();
  if (now < noReturn(row) || row.accepted_at === null) {
    await writeStep(ctx, tx, actor, row, 'cancel', { cancelled_at: now, cancel_cause: cause, cancel_note: note, check_in_settled: 1 });
  } else if (now < row.end_at) {
    await release(ctx, tx, actor, row, row.checked_in_at === null ? 'by_hand' : 'after_end');
  }
}

/** Gives the room back: from acceptance to the end. @param byName null: nobody did, a rule or a sensor */
export async function release(ctx: Ctx, tx: Queries, actor: Actor, row: Reservation, cause: ReleaseCause, byName: string | null = actor.name): Promise<void> {
  const now = ctx.clock.now();
  if (!isActive(row)) throw new DomainError('wrongState', 'the reservation does not hold the room');
  if (now >= row.end_at) throw new DomainError('wrongState', 'the reservation is over');
  await writeStep(ctx, tx, actor, row, 'release', { released_at: now, release_cause: cause, released_by_name: byName, check_in_settled: 1 });
}

export interface Move {
  /** Held by the transaction; the reservation's own or another. */
  room: Room;
  startAt: number;
  endAt: number;
  title: string;
  isPrivate: number;
  asAdministrator: boolean;
}

/**
 * Moves a reservation to another time or room. It keeps what it has unless the new slot is won. In a room that needs an
 * approval it waits for one again.
 *
 * @throws RuleError; DomainError wrongState when it has begun or somebody checked in
 */
export async function moveReservation(ctx: Ctx, tx: Queries, directory: Directory, actor: Actor, row: Reservation, move: Move): Promise<void> {
  const { room, startAt, endAt, title, isPrivate } = move;
  const now = ctx.clock.now();
  if (!isHeld(row)) throw new DomainError('wrongState', 'the reservation does not hold the room');
  if (row.start_at <= now) throw new DomainError('wrongState', 'the reservation has begun');
  if (row.checked_in_at !== null) throw new DomainError('wrongState', 'somebody has checked in');
  await requireFree(ctx, tx, directory, row, move);
  const pending = needsApproval(directory, room, endAt - startAt);
  if (pending && (row.approval_reason ?? '') === '') throw new RuleError({ rule: 'no_reason', sentence: 'the room needs an approval: say what it is for' });
  const terms = termsFor(await termsOfRoom(tx, directory, row.tenant_id, room.room_no), startAt, endAt);
  await writeStep(ctx, tx, actor, row, 'move', {
    room_no: room.room_no,
    start_at: startAt,
    end_at: endAt,
    title,
    is_private: isPrivate,
    accepted_at: pending ? null : (row.accepted_at ?? now),
    room_disabled_at: null,
    ...terms,
  });
}

/** @throws RuleError when a rule of the room or another reservation stands against a time for a reservation that is there */
export async function requireFree(
  ctx: Ctx,
  tx: Queries,
  directory: Directory,
  row: Reservation,
  { room, startAt, endAt, asAdministrator }: Pick<Move, 'room' | 'startAt' | 'endAt' | 'asAdministrator'>,
): Promise<void> {
  const { tenant_id: tenantId } = row;
  const { person } = await reserverAgain(tx, tenantId, row);
  // Who was let in stays in, unless the room is another.
  const mayStay = asAdministrator || (room.room_no === row.room_no && row.accepted_at !== null);
  const found = violation(directory, { room, startAt, endAt, now: ctx.clock.now(), person, asAdministrator: mayStay });
  if (found) throw new RuleError(found);
  const others = await activeBetween(tx, { tenantId, roomNos: [room.room_no], from: startAt, to: endAt });
  if (others.some(({ id }) => id !== row.id)) throw new RuleError(TAKEN);
}
