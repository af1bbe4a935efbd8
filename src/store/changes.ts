import type { Db } from './open.ts';
import type { HistoryRow } from './history.ts';

/** A change, as those hear of it who listen. */
export type ChangeRow = Pick<HistoryRow, 'tenant_id' | 'id' | 'action' | 'object_kind' | 'object_id' | 'denied'>;

/** From where on a tenant's changes are asked for. */
export interface Mark {
  tenantId: number;
  afterId: number;
}

/**
 * Which transactions a statement could see. Where several write at a time, a row can appear after one with a higher id: until
 * every transaction below `next` is over, which is so once another statement's `oldest` has come that far.
 */
export interface Sight {
  oldest: number;
  next: number;
}

/** The changes behind the marks, by tenant and in order of id; at most `limit`. One statement for all tenants, a seek for each. */
export async function changesAfter(db: Db, marks: readonly Mark[], limit: number): Promise<Sight & { rows: ChangeRow[] }> {
  const { sight, marked, list } = db.dialect;
  const columns = ['tenant_id', 'id', 'action', 'object_kind', 'object_id', 'denied'];
  const found = await db.read<Sight & ChangeRow>(
    `SELECT oldest, next, ${columns.join(', ')} FROM ${sight} LEFT JOIN (
       SELECT ${columns.map((column) => `history.${column}`).join(', ')} FROM ${marked('?1', '?2')} CROSS JOIN history
       WHERE history.tenant_id = mark.tenant_id AND history.id > mark.after_id ORDER BY history.tenant_id, history.id LIMIT ?3
     ) AS change ON true ORDER BY tenant_id, id`,
    [list(marks.map(({ tenantId }) => tenantId)), list(marks.map(({ afterId }) => afterId)), limit],
  );
  const [{ oldest, next } = { oldest: 0, next: 0 }] = found;
  return { oldest, next, rows: found.filter(({ id }) => (id as number | null) !== null) };
}

/** The ids of a tenant's last changes, latest first. */
export async function lastChanges(db: Db, tenantId: number, limit: number): Promise<Sight & { ids: number[] }> {
  const found = await db.read<Sight & { id: number | null }>(
    `SELECT oldest, next, id FROM ${db.dialect.sight} LEFT JOIN (SELECT id FROM history WHERE tenant_id = ?1 ORDER BY id DESC LIMIT ?2) AS change ON true
     ORDER BY id DESC`,
    [tenantId, limit],
  );
  const [{ oldest, next } = { oldest: 0, next: 0 }] = found;
  return { oldest, next, ids: found.flatMap(({ id }) => (id === null ? [] : [id])) };
}
