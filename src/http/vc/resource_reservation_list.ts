import type { Ctx } from '../../context.ts';
import type { Principal } from '../../domain/access.ts';
import type { AnswerOf, QueryOf } from '../../wire/endpoint.ts';
import { resourceReservationList } from '../../wire/vc/resource_reservation_list.ts';
import { ledgerFields, ledgerPageOf } from '../ledger-page.ts';
import { answer } from '../mount.ts';

export const resourceReservationListHandler = answer(resourceReservationList, (ctx, { principal, query }) => readLedger(ctx, principal, query));

/** A page of the ledger as the wire writes it. */
export async function readLedger(
  ctx: Ctx,
  principal: Principal,
  query: QueryOf<typeof resourceReservationList>,
): Promise<AnswerOf<typeof resourceReservationList>> {
  const { start_time, end_time, room_level_id, room_ids, is_exclude, need_topic, page_size, page_token } = query;
  const { entries, next } = await ledgerPageOf(ctx, principal, {
    from: start_time,
    to: end_time,
    window: 'api',
    levelId: room_level_id,
    roomIds: room_ids,
    exclude: is_exclude,
    limit: page_size,
    token: page_token,
    tokenField: 'page_token',
    fault: resourceReservationList.faults.param,
  });
  const room_reservation_list = entries.map((entry) => ledgerFields(entry, need_topic));
  return next === undefined ? { room_reservation_list, has_more: false } : { room_reservation_list, page_token: next, has_more: true };
}
