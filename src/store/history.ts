import { sql, type Selectable } from 'kysely';
import { chunks } from './chunks.ts';
import { compiled } from './compiled.ts';
import { dialectOf } from './dialect.ts';
import type { Queries } from './open.ts';
import type { Tables } from './tables.ts';

/** Who changes something, and through which door. */
export interface Actor {
  id: string;
  name: string;
  source: 'cli' | 'demo' | 'open-apis' | 'v1' | 'page' | 'job';
  /** Of the request that asks for the change: where it came from, the app or session that brought it, its log id. */
  address?: string;
  via?: string;
  requestId?: string;
}

/** What is done because its time has come, by nobody. */
export const clockwork: Actor = { id: 'clockwork', name: '', source: 'job' };

export interface Change {
  tenantId: number;
  at: number;
  actor: Actor;
  action: string;
  object: { kind: string; id: string };
  before?: object;
  after?: object;
  /** It was tried and refused. */
  denied?: boolean;
  /** Whom it is told besides: a user. Null or absent: nobody. */
  inboxOf?: string | null;
}

/** What happened to one object, oldest first. */
export function historyOf(db: Queries, tenantId: number, object: { kind: string; id: string }): Promise<HistoryRow[]> {
  return db
    .selectFrom('history')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('object_kind', '=', object.kind)
    .where('object_id', '=', object.id)
    .orderBy('id')
    .execute();
}

export type HistoryRow = Selectable<Tables['history']>;

/** Which rows of the history; what is undefined is not asked for. */
export interface HistoryQuery {
  tenantId: number;
  /** Epoch seconds, `from <= at < to`. */
  from?: number | undefined;
  to?: number | undefined;
  actorId?: string | undefined;
  action?: string | undefined;
  objectKind?: string | undefined;
  objectId?: string | undefined;
  denied?: boolean | undefined;
}

/** A page of a tenant's history, latest first, or oldest first. @param after the row behind which the page begins */
export function historyPage(
  db: Queries,
  { tenantId, from, to, actorId, action, objectKind, objectId, denied }: HistoryQuery,
  { after, limit, order }: { after: { at: number; id: number } | undefined; limit: number; order: 'asc' | 'desc' },
): Promise<HistoryRow[]> {
  let page = db.selectFrom('history').selectAll().where('tenant_id', '=', tenantId);
  if (from !== undefined) page = page.where('at', '>=', from);
  if (to !== undefined) page = page.where('at', '<', to);
  if (actorId !== undefined) page = page.where('actor_id', '=', actorId);
  if (action !== undefined) page = page.where('action', '=', action);
  if (objectKind !== undefined) page = page.where('object_kind', '=', objectKind);
  if (objectId !== undefined) page = page.where('object_id', '=', objectId);
  if (denied !== undefined) page = page.where('denied', '=', denied ? 1 : 0);
  if (after) page = page.where(order === 'asc' ? sql<boolean>`(at, id) > (${after.at}, ${after.id})` : sql<boolean>`(at, id) < (${after.at}, ${after.id})`);
  return page.orderBy('at', order).orderBy('id', order).limit(limit).execute();
}

/** How many refused tries of somebody stand in the history since `from`, `to` included. */
export async function countDenied(db: Queries, tenantId: number, actorId: string, from: number, to: number): Promise<number> {
  const { count } = await db
    .selectFrom('history')
    .select((eb) => eb.fn.countAll().as('count'))
    .where('tenant_id', '=', tenantId)
    .where('actor_id', '=', actorId)
    .where('denied', '=', 1)
    .where('at', '>', from)
    .where('at', '<=', to)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/*
 * Two ways lead to a row that is there: names are taken out of it when a person is anonymised, and it goes with what it tells
 * of when that is forgotten. There is no other, here or elsewhere.
 */

/** Rows of the tenant after `afterId`, in order of id: for a walk through all of them. */
export function historyFrom(db: Queries, tenantId: number, afterId: number, limit: number): Promise<HistoryRow[]> {
  return db.selectFrom('history').selectAll().where('tenant_id', '=', tenantId).where('id', '>', afterId).orderBy('id').limit(limit).execute();
}

/** Writes a row without the names that it had. */
export async function anonymiseHistory(
  db: Queries,
  {
    tenant_id,
    id,
    actor_name,
    state_before,
    state_after,
    address,
  }: Pick<HistoryRow, 'tenant_id' | 'id' | 'actor_name' | 'state_before' | 'state_after' | 'address'>,
): Promise<void> {
  await db.updateTable('history').set({ actor_name, state_before, state_after, address }).where('tenant_id', '=', tenant_id).where('id', '=', id).execute();
}

/** Forgets what happened to objects that are forgotten themselves. */
export async function deleteHistoryOf(db: Queries, tenantId: number, kind: 'reservation' | 'event', objectIds: readonly string[]): Promise<void> {
  for (const ids of chunks(objectIds)) {
    await db.deleteFrom('history').where('tenant_id', '=', tenantId).where('object_kind', '=', kind).where('object_id', 'in', ids).execute();
  }
}

type Row = Omit<Selectable<Tables['history']>, 'id'>;
const columns: Record<keyof Row, true> = {
  tenant_id: true,
  at: true,
  actor_id: true,
  actor_name: true,
  source: true,
  action: true,
  object_kind: true,
  object_id: true,
  state_before: true,
  state_after: true,
  address: true,
  via: true,
  request_id: true,
  denied: true,
  inbox_of: true,
};
const insert = compiled<Row, unknown>(Object.keys(columns) as (keyof Row)[], (db, row) =>
  db.insertInto('history').values({ ...row, id: dialectOf(db).newRowId('history', row.tenant_id) }),
);

/** Writes the row of a change. To be called in the transaction that makes the change. */
export async function addHistory(db: Queries, change: Change): Promise<void> {
  await insert(db, rowOf(change));
}

/** The same of many changes in one tenant, which no other transaction adds to meanwhile. */
export async function addHistories(db: Queries, changes: readonly Change[]): Promise<void> {
  const [first] = changes;
  if (!first) return;
  const dialect = dialectOf(db);
  // Where the database counts by what is there, it would give all rows of one statement the same number.
  let next = dialect.loadsCarryIds ? await highestId(db, first.tenantId) : 0;
  for (const some of chunks(changes, 500)) {
    const rows = some.map((change) => ({ ...rowOf(change), id: dialect.loadsCarryIds ? (next += 1) : dialect.newRowId('history', change.tenantId) }));
    await db.insertInto('history').values(rows).execute();
  }
}

async function highestId(db: Queries, tenantId: number): Promise<number> {
  const { highest } = await db
    .selectFrom('history')
    .select((eb) => eb.fn.coalesce(eb.fn.max('id'), eb.val(0)).as('highest'))
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow();
  return highest;
}

function rowOf({ tenantId, at, actor, action, object, before, after, denied = false, inboxOf = null }: Change): Row {
  return {
    tenant_id: tenantId,
    at,
    actor_id: actor.id,
    actor_name: actor.name,
    source: actor.source,
    action,
    object_kind: object.kind,
    object_id: object.id,
    state_before: before ? JSON.stringify(before) : null,
    state_after: after ? JSON.stringify(after) : null,
    address: actor.address ?? null,
    via: actor.via ?? null,
    request_id: actor.requestId ?? null,
    denied: denied ? 1 : 0,
    inbox_of: inboxOf,
  };
}
