import type { Insertable, Updateable } from 'kysely';
import { chunks } from './chunks.ts';
import type { Queries } from './open.ts';
import type { Tables } from './tables.ts';

export async function insertLevel(db: Queries, level: Insertable<Tables['levels']>): Promise<void> {
  await db.insertInto('levels').values(level).execute();
}

export async function insertLevels(db: Queries, levels: readonly Insertable<Tables['levels']>[]): Promise<void> {
  for (const some of chunks(levels, 500))
    await db
      .insertInto('levels')
      .values([...some])
      .execute();
}

/** Changes a level that is still at `version`; false when it is not. */
export async function updateLevel(
  db: Queries,
  { tenantId, levelId, version }: { tenantId: number; levelId: string; version: number },
  changes: Pick<Updateable<Tables['levels']>, 'name' | 'parent_id' | 'time_zone' | 'custom_group_id' | 'position' | 'changed_in'>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('levels')
    .set({ ...changes, version: version + 1 })
    .where('tenant_id', '=', tenantId)
    .where('level_id', '=', levelId)
    .where('version', '=', version)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function deleteLevels(db: Queries, tenantId: number, levelIds: readonly string[], at: number, changedIn: number): Promise<void> {
  for (const ids of chunks(levelIds)) {
    await db
      .updateTable('levels')
      .set((eb) => ({ deleted_at: at, changed_in: changedIn, version: eb('version', '+', 1) }))
      .where('tenant_id', '=', tenantId)
      .where('level_id', 'in', ids)
      .execute();
  }
}
