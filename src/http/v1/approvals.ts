import { waitingRequests } from '../../domain/approvals.ts';
import { listApprovalsMethod } from '../../wire/v1/approvals.ts';
import { answer } from '../mount.ts';
import { positionOf, sealPosition } from '../page-token.ts';
import { shownAll } from './reservations.ts';

export const approvalHandlers = [
  answer(listApprovalsMethod, async (ctx, { principal, query }) => {
    const walk = JSON.stringify([listApprovalsMethod.id, principal.tenantId, principal.userId ?? principal.appId]);
    const position = positionOf(ctx.keys, walk, query.cursor, listApprovalsMethod.faults.param, 'cursor')?.split(' ').map(Number);
    const after = position && { at: position[0] ?? 0, id: position[1] ?? 0 };
    const { requests, count, next } = await waitingRequests(ctx, principal, { after, limit: query.limit });
    const reservations = await shownAll(
      ctx,
      principal,
      requests.map(({ row }) => row),
    );
    return {
      approvals: reservations.map((reservation, i) => ({ reservation, competing: (requests[i]?.competing ?? []).map(({ id }) => String(id)) })),
      count,
      next_cursor: next ? sealPosition(ctx.keys, walk, `${String(next.at)} ${String(next.id)}`) : null,
    };
  }),
];
