import { busyRooms } from '../../domain/freebusy.ts';
import { eventUids } from '../../domain/reservation-list.ts';
import { replyFromOutside } from '../../domain/reservations.ts';
import type { Reservation } from '../../store/tables.ts';
import { replyInstance, roomFreeBusy } from '../../wire/meeting_room/instances.ts';
import { formatInstant } from '../../wire/v1/instants.ts';
import { periodOf } from '../calendar/freebusy.ts';
import { answer } from '../mount.ts';

export const instanceHandlers = [
  answer(roomFreeBusy, async (ctx, { principal, query }) => {
    const { tenantId } = principal;
    const { from, to } = periodOf(query, 366);
    const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
    const rooms = [...new Set(query.room_ids)].map((roomId) => ({ roomId, room: directory.room(roomId) }));
    const known = rooms.flatMap(({ room }) => (room ? [room] : []));
    const rows = await busyRooms(
      ctx,
      tenantId,
      known.map(({ room_no }) => room_no),
      from,
      to,
    );
    const uids = await eventUids(ctx, tenantId, rows);
    const busy = (roomNo: number) => rows.filter(({ room_no }) => room_no === roomNo).map((row) => wireInstance(row, uids));
    return {
      time_min: query.time_min,
      time_max: query.time_max,
      free_busy: Object.fromEntries(known.map(({ room_id, room_no }) => [room_id, busy(room_no)])),
      error_room_ids: rooms.filter(({ room }) => !room).map(({ roomId }) => roomId),
    };
  }),

  answer(replyInstance, async (ctx, { principal, actor, body }) => {
    const { room_id: roomId, uid, original_time: originalAt } = body;
    await replyFromOutside(ctx, principal, actor, { roomId, uid, originalAt, reply: body.status });
    return {};
  }),
];

/** The organiser of a private event is not told; the name of an app is not either. */
function wireInstance({ start_at, end_at, event_id, original_at, is_private, reserver_id, reserver_name }: Reservation, uids: ReadonlyMap<number, string>) {
  const name = reserver_id.startsWith('ou_') ? { name: reserver_name } : {};
  return {
    start_time: formatInstant(start_at),
    end_time: formatInstant(end_at),
    uid: uids.get(event_id ?? 0) ?? '',
    original_time: original_at,
    ...(is_private === 1 ? {} : { organizer_info: { ...name, open_id: reserver_id } }),
  };
}
