import type { Ctx } from '../../context.ts';
import type { Principal } from '../../domain/access.ts';
import { pageOfLedger, type LedgerEntry } from '../../domain/ledger.ts';
import { offsetAt } from '../../domain/zones.ts';
import type { AnswerOf, QueryOf } from '../../wire/endpoint.ts';
import { formatDateTime, formatDuration } from '../../wire/format.ts';
import { LEVEL_ID_MARK } from '../../wire/identifiers.ts';
import { checkInDevice, checkInStatus, reservationStatus } from '../../wire/literals.ts';
import { resourceReservationList, type RoomMeetingReservation } from '../../wire/vc/resource_reservation_list.ts';
import { answer } from '../mount.ts';
import { positionOf, sealPosition } from '../page-token.ts';

type Query = QueryOf<typeof resourceReservationList>;

export const resourceReservationListHandler = answer(resourceReservationList, (ctx, { principal, query }) => readLedger(ctx, principal, query));

/** A page of the ledger as the wire writes it. */
export async function readLedger(ctx: Ctx, principal: Principal, query: Query): Promise<AnswerOf<typeof resourceReservationList>> {
  const { start_time, end_time, room_ids, is_exclude, need_topic, page_size, page_token } = query;
  const levelId = query.room_level_id?.startsWith(LEVEL_ID_MARK) ? query.room_level_id : null;
  const roomIds = room_ids ? [...new Set(room_ids)].sort() : null;
  const walk = JSON.stringify([principal.tenantId, start_time, end_time, levelId, roomIds, is_exclude]);
  const after = parsePosition(positionOf(ctx.keys, walk, page_token, resourceReservationList.faults.param));

  const input = { from: start_time, to: end_time, levelId, roomIds, exclude: is_exclude, after, limit: page_size };
  const { entries, next } = await pageOfLedger(ctx, principal, input);
  const room_reservation_list = entries.map((entry) => wireRow(entry, need_topic));
  return next
    ? { room_reservation_list, page_token: sealPosition(ctx.keys, walk, `${String(next.startAt)} ${String(next.id)}`), has_more: true }
    : { room_reservation_list, has_more: false };
}

function parsePosition(text: string | undefined): { startAt: number; id: number } | undefined {
  if (text === undefined) return undefined;
  const [startAt, id] = text.split(' ').map(Number);
  return { startAt: startAt ?? 0, id: id ?? 0 };
}

/** A ledger entry as the wire writes it: 18 strings. */
function wireRow({ row, room, timeZone, status }: LedgerEntry, needTopic: boolean): RoomMeetingReservation {
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
