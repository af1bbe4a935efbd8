import type { Ctx } from '../context.ts';
import { findEventsById } from '../store/events.ts';
import { reservationPage, type ReservationQuery, type StoredStatus } from '../store/reservation-pages.ts';
import type { Reservation } from '../store/tables.ts';
import type { Principal } from './access.ts';
import { requireLevel } from './levels.ts';

export type { StoredStatus };

export interface ReservationFilter extends Pick<ReservationQuery, 'from' | 'to' | 'statuses' | 'updatedSince' | 'after' | 'limit'> {
  levelId: string;
  /** Ids; those that no room ever had are passed over. Null: all below the level. */
  roomIds: readonly string[] | null;
  reserverId: string | null;
}

/** Reservations of any period and state. @throws DomainError notFound for an unknown level */
export async function listReservations(
  ctx: Ctx,
  principal: Principal,
  { levelId, roomIds, ...filter }: ReservationFilter,
): Promise<{ rows: Reservation[]; next?: { at: number; id: number } }> {
  const { tenantId } = principal;
  const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
  requireLevel(directory, levelId);
  const below = levelId === directory.rootLevelId ? null : directory.roomsUnder(levelId);
  const named = roomIds === null ? null : new Set(roomIds.map((id) => directory.roomEver(id)?.room_no).filter((roomNo) => roomNo !== undefined));
  const roomNos = named === null ? below : below === null ? [...named] : below.filter((roomNo) => named.has(roomNo));
  const rows = await reservationPage(ctx.db.kysely, { ...filter, tenantId, now: ctx.clock.now(), roomNos, limit: filter.limit + 1 });
  const page = rows.slice(0, filter.limit);
  const last = rows.length > filter.limit ? page.at(-1) : undefined;
  return last ? { rows: page, next: { at: filter.updatedSince === null ? last.start_at : last.updated_at, id: last.id } } : { rows: page };
}

/** Whether it waits, has the room, or what became of it. */
export function storedStatus({ accepted_at, rejected_at, cancelled_at, released_at, start_at }: Reservation, now: number): StoredStatus {
  if (cancelled_at !== null) return 'cancelled';
  if (released_at !== null) return 'released';
  if (rejected_at !== null) return 'rejected';
  if (accepted_at !== null) return 'accepted';
  return start_at > now ? 'pending' : 'rejected';
}

/** Uids of the events behind some reservations, by the events' numbers. */
export async function eventUids(ctx: Ctx, tenantId: number, rows: readonly Reservation[]): Promise<Map<number, string>> {
  const ids = [...new Set(rows.map(({ event_id }) => event_id))].filter((id) => id !== null);
  return new Map((await findEventsById(ctx.db.kysely, tenantId, ids)).map(({ id, uid }) => [id, uid]));
}
