import type { Ctx } from '../context.ts';
import type { Principal } from '../domain/access.ts';
import { pageOfLedger, type LedgerEntry, type LedgerInput } from '../domain/ledger.ts';
import { offsetAt } from '../domain/zones.ts';
import type { WireError } from '../wire/errors.ts';
import { formatDateTime, formatDuration } from '../wire/format.ts';
import { LEVEL_ID_MARK } from '../wire/identifiers.ts';
import { checkInDevice, checkInStatus, reservationStatus } from '../wire/literals.ts';
import type { RoomMeetingReservation } from '../wire/vc/resource_reservation_list.ts';
import { positionOf, sealPosition } from './page-token.ts';

/*
 * The ledger has two methods, the vendor's and ours. Both ask here, so that for one period and one choice of rooms they answer with
 * the same rows in the same pages: a page token of one is a cursor of the other.
 */

/** What a request asks for, in the words that both methods have for it. */
export interface LedgerRequest extends Pick<LedgerInput, 'from' | 'to' | 'window' | 'exclude' | 'limit'> {
  levelId: string | undefined;
  roomIds: readonly string[] | undefined;
  /** Of the page before, and what the method calls it. */
  token: string | undefined;
  tokenField: string;
  fault: WireError;
}

/** A page of the ledger, and the token of the next one. */
export async function ledgerPageOf(ctx: Ctx, principal: Principal, request: LedgerRequest): Promise<{ entries: LedgerEntry[]; next?: string }> {
  const { from, to, window, exclude, limit, token, tokenField, fault } = request;
  // What is no id of a level means the tenant, as the vendor has it.
  const levelId = request.levelId?.startsWith(LEVEL_ID_MARK) ? request.levelId : null;
  const roomIds = request.roomIds ? [...new Set(request.roomIds)].sort() : null;
  const walk = JSON.stringify([principal.tenantId, from, to, levelId, roomIds, exclude]);
  const after = parsePosition(positionOf(ctx.keys, walk, token, fault, tokenField));
  const { entries, next } = await pageOfLedger(ctx, principal, { from, to, window, levelId, roomIds, exclude, after, limit });
  return next ? { entries, next: sealPosition(ctx.keys, walk, `${String(next.startAt)} ${String(next.id)}`) } : { entries };
}

function parsePosition(text: string | undefined): { startAt: number; id: number } | undefined {
  if (text === undefined) return undefined;
  const [startAt, id] = text.split(' ').map(Number);
  return { startAt: startAt ?? 0, id: id ?? 0 };
}

/** A ledger entry as the wire writes it: 18 strings. */
export function ledgerFields({ row, room, timeZone, status }: LedgerEntry, needTopic: boolean): RoomMeetingReservation {
  const time = (at: number | null) => (at === null ? '' : formatDateTime(at, offsetAt(timeZone, at)));
  return {
    room_id: room.room_id,
    room_name: room.name,
    event_title: needTopic && row.is_private === 0 ? row.title : '',
    reserver: row.reserver_name,
    reserver_user_id: row.reserver_id,
    department_of_reserver: row.reserver_department,
    guests_number: String(row.guests),
    accepted_number: String(row.guests_accepted),
    event_start_time: time(row.start_at),
    event_end_time: time(row.end_at),
    event_duration: formatDuration(row.end_at - row.start_at),
    reservation_status: reservationStatus[status.reservation],
    check_in_device: status.device === null ? '' : checkInDevice[status.device],
    room_check_in_status: checkInStatus[status.checkIn],
    check_in_time: time(row.checked_in_at),
    is_release_early: status.release === null ? '' : reservationStatus[status.release],
    releasing_person: row.released_by_name ?? '',
    releasing_time: time(row.released_at),
  };
}
