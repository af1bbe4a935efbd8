import type { Selectable } from 'kysely';
import { compiled } from './compiled.ts';
import { dialectOf } from './dialect.ts';
import type { Queries } from './open.ts';
import type { Tables } from './tables.ts';

/** Who changes something, and through which door. */
export interface Actor {
  id: string;
  name: string;
  source: 'cli' | 'demo' | 'open-apis' | 'v1' | 'job';
}

export interface Change {
  tenantId: number;
  at: number;
  actor: Actor;
  action: string;
  object: { kind: string; id: string };
  before?: object;
  after?: object;
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

const COLUMNS = ['tenant_id', 'at', 'actor_id', 'actor_name', 'source', 'action', 'object_kind', 'object_id', 'state_before', 'state_after'] as const;
const insert = compiled<Omit<Selectable<Tables['history']>, 'id'>, unknown>(COLUMNS, (db, row) =>
  db.insertInto('history').values({ ...row, id: dialectOf(db).newRowId('history', row.tenant_id) }),
);

/** Writes the row of a change. To be called in the transaction that makes the change. */
export async function addHistory(db: Queries, { tenantId, at, actor, action, object, before, after }: Change): Promise<void> {
  await insert(db, {
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
  });
}
