import type { Insertable, Updateable } from 'kysely';
import { chunks } from './chunks.ts';
import { dialectOf } from './dialect.ts';
import type { Queries } from './open.ts';
import type { Tables } from './tables.ts';

export async function insertDepartments(db: Queries, departments: readonly Insertable<Tables['departments']>[]): Promise<void> {
  for (const some of chunks(departments, 500))
    await db
      .insertInto('departments')
      .values([...some])
      .execute();
}

/** Changes a department that is still at `version`; false when it is not. */
export async function updateDepartment(
  db: Queries,
  { tenantId, departmentId, version }: { tenantId: number; departmentId: string; version: number },
  changes: Pick<Updateable<Tables['departments']>, 'name' | 'parent_id' | 'custom_department_id' | 'position' | 'changed_in' | 'deleted_at'>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('departments')
    .set({ ...changes, version: version + 1 })
    .where('tenant_id', '=', tenantId)
    .where('department_id', '=', departmentId)
    .where('version', '=', version)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Holds a department until the transaction ends, so that nobody deletes it. False when it is not there. */
export async function holdDepartment(db: Queries, tenantId: number, departmentId: string): Promise<boolean> {
  const query = db
    .selectFrom('departments')
    .select('department_id')
    .where('tenant_id', '=', tenantId)
    .where('department_id', '=', departmentId)
    .where('deleted_at', 'is', null);
  return (await (dialectOf(db).locksRows ? query.forUpdate() : query).executeTakeFirst()) !== undefined;
}

/** Those of the ids that no department of the tenant has. */
export async function unknownDepartments(db: Queries, tenantId: number, departmentIds: readonly string[]): Promise<string[]> {
  if (departmentIds.length === 0) return [];
  const rows = await db
    .selectFrom('departments')
    .select('department_id')
    .where('tenant_id', '=', tenantId)
    .where('department_id', 'in', departmentIds)
    .where('deleted_at', 'is', null)
    .execute();
  const known = new Set(rows.map(({ department_id }) => department_id));
  return departmentIds.filter((departmentId) => !known.has(departmentId));
}

/** Name of a department; empty when there is none. */
export async function departmentName(db: Queries, tenantId: number, departmentId: string): Promise<string> {
  const row = await db.selectFrom('departments').select('name').where('tenant_id', '=', tenantId).where('department_id', '=', departmentId).executeTakeFirst();
  return row?.name ?? '';
}
