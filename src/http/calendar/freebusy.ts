import { DomainError } from '../../domain/errors.ts';
import { busyPerson, busyRooms, type Busy } from '../../domain/freebusy.ts';
import { isKnownOwner } from '../../domain/people.ts';
import { batchFreeBusy, listFreeBusy } from '../../wire/calendar/freebusy.ts';
import { formatInstant, parseInstant } from '../../wire/v1/instants.ts';
import { answer } from '../mount.ts';
import { userIdsOf } from '../vc/user-ids.ts';

const DAY = 86_400;

export const freeBusyHandlers = [
  answer(listFreeBusy, async (ctx, { principal, query, body }) => {
    const { tenantId } = principal;
    const userIds = userIdsOf(principal, query.user_id_type);
    const { from, to } = periodOf(body, 90);
    const { user_id, room_id, only_busy: onlyBusy = true, need_rsvp_status = false } = body;
    if (user_id) {
      const ownerId = userIds.read(user_id);
      if (!(await isKnownOwner(ctx, tenantId, ownerId))) throw new DomainError('unknownUser', `no user ${user_id}`);
      const busy = await busyPerson(ctx, { tenantId, ownerId, from, to, onlyBusy });
      return { freebusy_list: busy.map((time) => wireBusy(time, need_rsvp_status)) };
    }
    if (!room_id) throw new DomainError('param', 'user_id or room_id is required', 'room_id');
    const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
    const room = directory.room(room_id);
    if (!room) throw new DomainError('param', `no room ${room_id}`, 'room_id');
    const rows = await busyRooms(ctx, tenantId, [room.room_no], from, to);
    return { freebusy_list: rows.map(({ start_at, end_at }) => ({ start_time: formatInstant(start_at), end_time: formatInstant(end_at) })) };
  }),

  answer(batchFreeBusy, async (ctx, { principal, query, body }) => {
    const { tenantId } = principal;
    const userIds = userIdsOf(principal, query.user_id_type);
    const { from, to } = periodOf(body, 14);
    const { only_busy: onlyBusy = true, need_rsvp_status = false } = body;
    const freebusy_lists = [];
    for (const user_id of new Set(body.user_ids)) {
      const ownerId = userIds.read(user_id);
      if (!(await isKnownOwner(ctx, tenantId, ownerId))) throw new DomainError('unknownUser', `no user ${user_id}`);
      const busy = await busyPerson(ctx, { tenantId, ownerId, from, to, onlyBusy });
      freebusy_lists.push({ user_id, freebusy_items: busy.map((time) => wireBusy(time, need_rsvp_status)) });
    }
    return { freebusy_lists };
  }),
];

/** @throws DomainError param for a period that ends before it begins, or is longer than `days` */
export function periodOf({ time_min, time_max }: { time_min: string; time_max: string }, days: number): { from: number; to: number } {
  const [from, to] = [parseInstant(time_min), parseInstant(time_max)];
  if (to < from || to - from > days * DAY) throw new DomainError('param', `must lie after time_min, at most ${String(days)} days`, 'time_max');
  return { from, to };
}

function wireBusy({ startAt, endAt, answer: rsvp_status }: Busy, withAnswer: boolean) {
  return { start_time: formatInstant(startAt), end_time: formatInstant(endAt), ...(withAnswer ? { rsvp_status } : {}) };
}
