import type { Ctx } from '../context.ts';
import { historyPage, type HistoryQuery, type HistoryRow } from '../store/history.ts';

/** Where a walk through the audit stands. */
export interface AuditPosition {
  at: number;
  id: number;
}

/** A page of the audit, latest first; rows that are written meanwhile stand before it and do not shift it. */
export async function auditPage(
  ctx: Ctx,
  query: HistoryQuery,
  { after, limit }: { after: AuditPosition | undefined; limit: number },
): Promise<{ rows: HistoryRow[]; next: AuditPosition | undefined }> {
  const found = await historyPage(ctx.db.kysely, query, { after, limit: limit + 1, order: 'desc' });
  const rows = found.slice(0, limit);
  const last = found.length > limit ? rows.at(-1) : undefined;
  return { rows, next: last && { at: last.at, id: last.id } };
}

const PIECE = 1000;

/** The whole audit of a period, oldest first, piece by piece: memory does not grow with it. */
export async function* auditRows(ctx: Ctx, query: HistoryQuery): AsyncGenerator<HistoryRow> {
  for (let after: AuditPosition | undefined; ;) {
    const rows = await historyPage(ctx.db.kysely, query, { after, limit: PIECE, order: 'asc' });
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < PIECE) return;
    after = { at: last.at, id: last.id };
  }
}
