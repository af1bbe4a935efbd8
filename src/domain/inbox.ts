import type { Ctx } from '../context.ts';
import type { Actor, HistoryRow } from '../store/history.ts';
import { countInbox, inboxMark, inboxPage, isInInbox, moveInboxMark } from '../store/inbox.ts';
import { findReservations } from '../store/reservations.ts';
import type { CancelCause, RejectCause, ReleaseCause, Reservation } from '../store/tables.ts';
import type { Principal } from './access.ts';
import { DomainError } from './errors.ts';
import { personOf } from './people.ts';

/*
 * An inbox is a part of the history: what others, or the clock, did to what a person reserved. Whose inbox a row stands in is
 * written with the row, so that nothing has to be kept in step with it: what is anonymised or forgotten there is so here.
 */

/** What a person is told, by what was done. What somebody at the door does in their favour (check-in, more time) is no news. */
const KINDS = {
  book: 'booked',
  request: 'booked',
  approve: 'approved',
  reject: 'declined',
  decline: 'declined',
  cancel: 'cancelled',
  move: 'moved',
  release: 'released',
  undo: 'restored',
} as const;
export type InboxKind = (typeof KINDS)[keyof typeof KINDS];

/** Counted no further than this. */
const MOST = 100;

/**
 * In whose inbox the row of a step belongs; null: in nobody's, for they took it themselves, or it is not told. What a rule turned down
 * is told also to who asked: a calendar does not hear of it at once.
 */
export function inboxOf(actor: Actor, action: string, reserverId: string): string | null {
  if (!(action in KINDS) || !reserverId.startsWith('ou_')) return null;
  return actor.id !== reserverId || action === 'decline' ? reserverId : null;
}

/** Where and when a reservation was, of one that was moved. */
export interface Place {
  roomNo: number;
  startAt: number;
  endAt: number;
}

export interface InboxItem {
  id: number;
  at: number;
  kind: InboxKind;
  cause: RejectCause | CancelCause | ReleaseCause | null;
  /** Words of whoever did it. */
  note: string | null;
  /** Name; null: nobody did, but the clock or a sensor. */
  by: string | null;
  moved: { from: Place; to: Place } | null;
  unread: boolean;
  /** As it is now. */
  row: Reservation;
}

/** A page of a person's inbox, latest first, and how much of it is unread (up to 100). @throws DomainError noPermission for who is no person */
export async function readInbox(
  ctx: Ctx,
  principal: Principal,
  { before, limit }: { before: number | undefined; limit: number },
): Promise<{ items: InboxItem[]; unread: number; next: number | undefined }> {
  const { tenantId } = principal;
  const { userId } = personOf(principal);
  const db = ctx.db.kysely;
  const mark = await inboxMark(db, tenantId, userId);
  const unread = await countInbox(db, tenantId, userId, mark, MOST);
  const found = await inboxPage(db, tenantId, userId, { before, limit: limit + 1 });
  const rows = found.slice(0, limit);
  const ids = [...new Set(rows.map(({ object_id }) => Number(object_id)))];
  const reservations = new Map((ids.length > 0 ? await findReservations(db, tenantId, ids) : []).map((row) => [row.id, row]));
  const items = rows.flatMap((row) => {
    const reservation = reservations.get(Number(row.object_id));
    return reservation ? [{ ...itemOf(row, reservation), unread: row.id > mark }] : [];
  });
  return { items, unread, next: found.length > limit ? rows.at(-1)?.id : undefined };
}

/**
 * A person has read their inbox up to an item. It leaves no row of history: it changes nothing that anybody else sees.
 *
 * @returns what is unread still, up to 100
 * @throws DomainError noPermission for who is no person, notFound when it is no item of theirs
 */
export async function markInboxRead(ctx: Ctx, principal: Principal, upTo: number): Promise<number> {
  const { tenantId } = principal;
  const { userId } = personOf(principal);
  return ctx.db.transaction(async (tx) => {
    if (!(await isInInbox(tx, tenantId, userId, upTo))) throw new DomainError('notFound', `no item ${String(upTo)} in the inbox`);
    await moveInboxMark(tx, tenantId, userId, upTo);
    return countInbox(tx, tenantId, userId, await inboxMark(tx, tenantId, userId), MOST);
  });
}

type Facts = Partial<Pick<Reservation, 'reject_cause' | 'reject_note' | 'cancel_cause' | 'cancel_note' | 'release_cause' | 'room_no' | 'start_at' | 'end_at'>>;

function itemOf({ id, at, action, actor_name, state_before, state_after }: HistoryRow, row: Reservation): Omit<InboxItem, 'unread'> {
  const kind = KINDS[action.slice(action.indexOf('.') + 1) as keyof typeof KINDS];
  const [before, after] = [state_before, state_after].map((state) => (state === null ? {} : (JSON.parse(state) as Facts)));
  const { reject_cause, reject_note, cancel_cause, cancel_note, release_cause } = after ?? {};
  const causes = { declined: reject_cause, cancelled: cancel_cause, released: release_cause } as const;
  // A rule's own sentence is for programs: screens have words for each rule.
  const notes = { declined: reject_cause === 'by_approver' ? reject_note : null, cancelled: cancel_note } as const;
  return {
    id,
    at,
    kind,
    cause: causes[kind as keyof typeof causes] ?? null,
    note: notes[kind as keyof typeof notes] ?? null,
    by: actor_name || null,
    moved: kind === 'moved' ? { from: placeOf(before ?? {}, row), to: placeOf(after ?? {}, row) } : null,
    row,
  };
}

function placeOf({ room_no, start_at, end_at }: Facts, row: Reservation): Place {
  return { roomNo: room_no ?? row.room_no, startAt: start_at ?? row.start_at, endAt: end_at ?? row.end_at };
}
