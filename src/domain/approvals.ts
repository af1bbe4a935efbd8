import type { Ctx } from '../context.ts';
import { countWaiting, waitingBetween, waitingPage } from '../store/approvals.ts';
import type { Reservation } from '../store/tables.ts';
import { administers, type Principal } from './access.ts';
import type { Directory } from './directory.ts';
import { effectiveSetting } from './policy.ts';

/** Counted no further than this. */
const MOST = 100;

/** Whether a caller may decide requests of a room: its settings name them among the approvers, or they administer its reservations. */
export function mayDecide(directory: Directory, principal: Principal, room: { room_id: string }): boolean {
  if (administers(directory, principal, room)) return true;
  return principal.userId !== null && effectiveSetting(directory, room.room_id, 'approval').value.approvers.includes(principal.userId);
}

/** A request with the others that are turned down when it is approved. */
export interface WaitingRequest {
  row: Reservation;
  competing: Reservation[];
}

/** Requests that a caller may decide, those that begin first before others, and how many there are (up to 100). */
export async function waitingRequests(
  ctx: Ctx,
  principal: Principal,
  { after, limit }: { after: { at: number; id: number } | undefined; limit: number },
): Promise<{ requests: WaitingRequest[]; count: number; next: { at: number; id: number } | undefined }> {
  const { tenantId } = principal;
  const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
  const roomNos = roomsToDecide(directory, principal);
  if (roomNos?.length === 0) return { requests: [], count: 0, next: undefined };
  const db = ctx.db.kysely;
  const waiting = { tenantId, now: ctx.clock.now(), roomNos };
  const found = await waitingPage(db, waiting, { after, limit: limit + 1 });
  const rows = found.slice(0, limit);
  const count = await countWaiting(db, waiting, MOST);
  const last = found.length > limit ? rows.at(-1) : undefined;
  const ofTheirRooms = [...new Set(rows.map(({ room_no }) => room_no))];
  const period = { from: Math.min(...rows.map(({ start_at }) => start_at)), to: Math.max(...rows.map(({ end_at }) => end_at)) };
  const near = rows.length > 0 ? await waitingBetween(db, { ...waiting, roomNos: ofTheirRooms }, period) : [];
  const overlaps = (a: Reservation, b: Reservation) => a.id !== b.id && a.room_no === b.room_no && a.start_at < b.end_at && b.start_at < a.end_at;
  return {
    requests: rows.map((row) => ({ row, competing: near.filter((other) => overlaps(row, other)) })),
    count,
    next: last && { at: last.start_at, id: last.id },
  };
}

/** Numbers of the rooms whose requests a caller may decide; null: all. */
function roomsToDecide(directory: Directory, principal: Principal): number[] | null {
  const rooms = directory
    .liveRoomsUnder(directory.rootLevelId)
    .map((roomNo) => directory.roomOfNumber(roomNo))
    .filter((room) => room !== undefined);
  // Rooms that inherit both settings from the same levels are alike.
  const known = new Map<string, boolean>();
  const decides = rooms.filter((room) => {
    const key = `${directory.nearestSetting(room.room_id, 'approval')?.scopeId ?? ''} ${directory.nearestSetting(room.room_id, 'administrators')?.scopeId ?? ''}`;
    let may = known.get(key);
    if (may === undefined) known.set(key, (may = mayDecide(directory, principal, room)));
    return may;
  });
  return decides.length === rooms.length && rooms.length > 0 ? null : decides.map(({ room_no }) => room_no);
}
