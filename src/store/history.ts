import type { Selectable } from 'kysely';
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
}

/** What happened to one object, oldest first. */
export function historyOf(db: Queries, tenantId: number, object: { kind: string; id: string }): Promise<Selectable<Tables['history']>[]> {
  return db
    .selectFrom('history')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('object_kind', '=', object.kind)
    .where('object_id', '=', object.id)
    .orderBy('id')
    .execute();
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

function rowOf({ tenantId, at, actor, action, object, before, after, denied = false }: Change): Row {
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
  };
}
