import type { DepartmentRow } from '../store/directory.ts';
import { compareSiblings } from './sorted.ts';

export type { DepartmentRow };

/** A tenant's departments in memory, a part of its directory. Deleted ones are no longer in it. */
export class DepartmentTree {
  readonly #rows = new Map<string, DepartmentRow>();
  /** Who stands directly below whom; `""`: directly under the tenant. */
  readonly #below = new Map<string, Map<string, DepartmentRow>>();
  readonly #ids = new Map<string, string>();

  /** Takes in a department as it is now. */
  put(row: DepartmentRow): void {
    const before = this.#rows.get(row.department_id);
    if (before) {
      // Of two that change places, the first has what the second had by now.
      if (this.named(before.parent_id, before.name) === before) this.#below.get(before.parent_id ?? '')?.delete(before.name);
      if (this.#ids.get(before.custom_department_id) === row.department_id) this.#ids.delete(before.custom_department_id);
      this.#rows.delete(row.department_id);
    }
    if (row.deleted_at !== null) return;
    this.#rows.set(row.department_id, row);
    if (row.custom_department_id !== '') this.#ids.set(row.custom_department_id, row.department_id);
    let siblings = this.#below.get(row.parent_id ?? '');
    if (!siblings) this.#below.set(row.parent_id ?? '', (siblings = new Map<string, DepartmentRow>()));
    siblings.set(row.name, row);
  }

  /** Another one, to try changes on. */
  copy(): DepartmentTree {
    const copy = new DepartmentTree();
    for (const row of this.#rows.values()) copy.put(row);
    return copy;
  }

  all(): DepartmentRow[] {
    return [...this.#rows.values()];
  }

  get(departmentId: string): DepartmentRow | undefined {
    return this.#rows.get(departmentId);
  }

  /** The department with one of the tenant's own ids. */
  byCustomId(customId: string): DepartmentRow | undefined {
    return this.#rows.get(this.#ids.get(customId) ?? '');
  }

  /** Departments directly below one, in order; null: directly under the tenant. */
  children(parentId: string | null): DepartmentRow[] {
    return [...(this.#below.get(parentId ?? '')?.values() ?? [])].sort(compareSiblings);
  }

  hasChildren(departmentId: string): boolean {
    return (this.#below.get(departmentId)?.size ?? 0) > 0;
  }

  /** The one of that name directly below another. */
  named(parentId: string | null, name: string): DepartmentRow | undefined {
    return this.#below.get(parentId ?? '')?.get(name);
  }

  /**
   * Ids of a department and of those above it, from itself up: somebody who is in it is in all of them. One that is not known
   * stands alone.
   */
  line(departmentId: string | null): string[] {
    const line: string[] = [];
    for (let id = departmentId; id !== null; id = this.#rows.get(id)?.parent_id ?? null) line.push(id);
    return line;
  }

  /** Departments below one, all the way down, itself not; null: all that there are. */
  below(departmentId: string | null): DepartmentRow[] {
    const found: DepartmentRow[] = [];
    const open = this.children(departmentId).reverse();
    for (let next = open.pop(); next; next = open.pop()) {
      found.push(next);
      open.push(...this.children(next.department_id).reverse());
    }
    return found;
  }

  /** Levels that the tree below a department is deep: 1 for one with none below it. */
  height(departmentId: string): number {
    return this.children(departmentId).reduce((height, child) => Math.max(height, 1 + this.height(child.department_id)), 1);
  }
}
