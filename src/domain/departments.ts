import type { Ctx } from '../context.ts';
import { insertDepartments, updateDepartment } from '../store/departments.ts';
import { addHistory, type Actor } from '../store/history.ts';
import { countMembers, hasMembers } from '../store/users.ts';
import { beginChange, requireExpected, requireUnchanged } from './change.ts';
import type { DepartmentRow, DepartmentTree } from './department-tree.ts';
import { DomainError } from './errors.ts';
import { compareSiblings, firstBehind } from './sorted.ts';

/** Departments that a tree may be deep. Source: the vendor's page on creating one. */
export const MAX_DEPARTMENT_DEPTH = 25;

export interface NewDepartment {
  tenantId: number;
  name: string;
  /** Null: directly under the tenant. */
  parentId: string | null;
  customId?: string | undefined;
  position?: number | undefined;
}

/**
 * Makes a department.
 *
 * @throws DomainError unknownDepartment (no such parent), param (a slash in the name, an own id that cannot be, too deep), conflict (a sibling has the
 *   name, or another has the own id)
 */
export async function createDepartment(ctx: Ctx, actor: Actor, fields: NewDepartment): Promise<DepartmentRow> {
  const { tenantId, name, parentId, customId = '', position = 0 } = fields;
  return ctx.db.transaction(async (tx) => {
    const { directory, version } = await beginChange(ctx, tx, tenantId);
    const department = { department_id: ctx.ids.department(), name, parent_id: parentId, custom_department_id: customId, position };
    requirePlace(directory.departments, department, 1);
    requireCustomId(directory.departments, department);
    const row = { ...department, version: 1, deleted_at: null };
    await insertDepartments(tx, [{ ...row, tenant_id: tenantId, changed_in: version }]);
    const object = { kind: 'department', id: department.department_id };
    await addHistory(tx, { tenantId, at: ctx.clock.now(), actor, action: 'department.create', object, after: department });
    return row;
  });
}

export interface DepartmentSeen {
  tenantId: number;
  departmentId: string;
  /** The version that the caller asked for. */
  expected?: number | undefined;
}

/** What is undefined stays. */
export interface DepartmentChange extends DepartmentSeen {
  name?: string | undefined;
  parentId?: string | null | undefined;
  customId?: string | undefined;
  position?: number | undefined;
}

/** Renames a department, moves it with all below it, or changes what else it has. @throws DomainError notFound, stale; as createDepartment */
export async function changeDepartment(ctx: Ctx, actor: Actor, change: DepartmentChange): Promise<DepartmentRow> {
  const { tenantId, departmentId, expected, name, parentId, customId, position } = change;
  return ctx.db.transaction(async (tx) => {
    const { directory, version } = await beginChange(ctx, tx, tenantId);
    const { departments } = directory;
    const row = requireDepartment(departments, departmentId);
    requireExpected({ version: row.version, expected });
    const after = {
      name: name ?? row.name,
      parent_id: parentId === undefined ? row.parent_id : parentId,
      custom_department_id: customId ?? row.custom_department_id,
      position: position ?? row.position,
    };
    if (departments.line(after.parent_id).includes(departmentId)) throw new DomainError('param', 'a department cannot lie below itself', 'parent');
    requirePlace(departments, { ...after, department_id: departmentId }, after.parent_id === row.parent_id ? 1 : departments.height(departmentId));
    if (after.custom_department_id !== row.custom_department_id) requireCustomId(departments, { ...after, department_id: departmentId });
    requireUnchanged(await updateDepartment(tx, { tenantId, departmentId, version: row.version }, { ...after, changed_in: version }));
    const { department_id: _id, version: _version, deleted_at: _deleted, ...before } = row;
    await addHistory(tx, {
      tenantId,
      at: ctx.clock.now(),
      actor,
      action: 'department.change',
      object: { kind: 'department', id: departmentId },
      before,
      after,
    });
    return { ...row, ...after, version: row.version + 1 };
  });
}

/** Deletes a department that nobody is in and none lies below. @throws DomainError notFound, stale, hasChildren */
export async function deleteDepartment(ctx: Ctx, actor: Actor, { tenantId, departmentId, expected }: DepartmentSeen): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const { directory, version } = await beginChange(ctx, tx, tenantId);
    const row = requireDepartment(directory.departments, departmentId);
    requireExpected({ version: row.version, expected });
    if (directory.departments.hasChildren(departmentId)) throw new DomainError('hasChildren', 'there are departments below it');
    const at = ctx.clock.now();
    // Deleted first, asked for its people then: whoever was about to be put into it has been, or finds it gone.
    requireUnchanged(await updateDepartment(tx, { tenantId, departmentId, version: row.version }, { deleted_at: at, changed_in: version }));
    if (await hasMembers(tx, tenantId, departmentId)) throw new DomainError('hasChildren', 'there are people in it');
    const before = { name: row.name, parent_id: row.parent_id };
    await addHistory(tx, { tenantId, at, actor, action: 'department.delete', object: { kind: 'department', id: departmentId }, before });
  });
}

/** @throws DomainError notFound */
export function requireDepartment(departments: DepartmentTree, departmentId: string): DepartmentRow {
  const row = departments.get(departmentId);
  if (!row) throw new DomainError('notFound', `no department ${departmentId}`);
  return row;
}

/** The department of an id, or at a path of names such as `研发部/平台组`. */
export function findDepartment(departments: DepartmentTree, named: string): DepartmentRow | undefined {
  const byId = departments.get(named);
  if (byId) return byId;
  let found: DepartmentRow | undefined;
  for (const name of named.split('/')) {
    found = departments.named(found?.department_id ?? null, name.trim());
    if (!found) return undefined;
  }
  return found;
}

/** Names from the topmost department down to one, with slashes between them; empty for none. */
export function pathOf(departments: DepartmentTree, departmentId: string | null): string {
  const names = departments.line(departmentId).map((id) => departments.get(id)?.name ?? id);
  return names.reverse().join('/');
}

/**
 * Whether a department may stand where it says, under its name.
 *
 * @param height how deep the tree is that comes with it
 * @throws DomainError unknownDepartment, param, conflict
 */
export function requirePlace(
  departments: DepartmentTree,
  { department_id, name, parent_id }: Pick<DepartmentRow, 'department_id' | 'name' | 'parent_id'>,
  height: number,
): void {
  // A path of departments is written with slashes between them.
  if (name.includes('/')) throw new DomainError('param', 'must not contain a slash', 'name');
  if (parent_id !== null && !departments.get(parent_id)) throw new DomainError('unknownDepartment', `no department ${parent_id}`, 'parent');
  if (departments.line(parent_id).length + height > MAX_DEPARTMENT_DEPTH)
    throw new DomainError('param', `departments may lie ${String(MAX_DEPARTMENT_DEPTH)} deep`, 'parent');
  const holder = departments.named(parent_id, name);
  if (holder && holder.department_id !== department_id) throw new DomainError('conflict', `another department in the same place is called "${name}"`, 'name');
}

/** The vendor's rule for own ids; one that looks like what stands in for a missing one would be taken for it. @throws DomainError param, conflict */
function requireCustomId(
  departments: DepartmentTree,
  { department_id, custom_department_id: id }: Pick<DepartmentRow, 'department_id' | 'custom_department_id'>,
) {
  if (id === '') return;
  if (!/^[a-z0-9][a-z0-9_\-@.]{0,63}$/i.test(id) || /^(od-.*|0|1|[0-9a-f]{32})$/.test(id)) {
    const form = 'must be 1 to 64 letters, digits, _, -, @ or dots, begin with a letter or digit, and be neither 0, 1, 32 hex digits nor begin with od-';
    throw new DomainError('param', form, 'custom_id');
  }
  const holder = departments.byCustomId(id);
  if (holder && holder.department_id !== department_id) throw new DomainError('conflict', `another department has the own id "${id}"`, 'custom_id');
}

/**
 * Departments below one, page by page: those directly below it in their order or, with `all`, those all the way down in order of id.
 *
 * @param after what an earlier page gave as `next`
 */
export function listDepartments(
  departments: DepartmentTree,
  { parentId, all, after, limit }: { parentId: string | null; all: boolean; after: string | undefined; limit: number },
): { page: DepartmentRow[]; next?: string } {
  const rows = all ? departments.below(parentId).sort((a, b) => compareIds(a, b.department_id)) : departments.children(parentId);
  const first = after === undefined ? 0 : firstBehind(rows, (row) => (all ? compareIds(row, after) : compareSiblings(row, positionIn(after))));
  const page = rows.slice(first, first + limit);
  const last = page.at(-1);
  return last && first + limit < rows.length ? { page, next: all ? last.department_id : `${String(last.position)} ${last.name}` } : { page };
}

/** How many people are in a department and below it; null: in the tenant. */
export async function memberCounts(ctx: Ctx, tenantId: number, departments: DepartmentTree): Promise<(departmentId: string | null) => number> {
  const totals = new Map<string | null, number>();
  for (const [departmentId, people] of await countMembers(ctx.db.kysely, tenantId))
    for (const id of [...departments.line(departmentId), null]) totals.set(id, (totals.get(id) ?? 0) + people);
  return (departmentId) => totals.get(departmentId) ?? 0;
}

function compareIds({ department_id }: DepartmentRow, id: string): number {
  return department_id < id ? -1 : department_id > id ? 1 : 0;
}

function positionIn(text: string): { position: number; name: string } {
  const space = text.indexOf(' ');
  return { position: Number(text.slice(0, space)), name: text.slice(space + 1) };
}
