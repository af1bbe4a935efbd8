import type { DepartmentTree } from '../../domain/department-tree.ts';
import { formatDepartmentId, openDepartmentId, TENANT_DEPARTMENT, type DepartmentIdType } from '../../wire/identifiers.ts';

/** Translates between the department ids that a caller speaks and open ids, which the domain speaks. Null is the tenant itself. */
export interface DepartmentIds {
  write(openId: string | null): string;
  /** Undefined: nobody's. */
  read(departmentId: string): string | null | undefined;
}

export function departmentIdsOf(departments: DepartmentTree, type: DepartmentIdType): DepartmentIds {
  return {
    write: (openId) => (openId === null ? TENANT_DEPARTMENT : formatDepartmentId(type, openId, departments.get(openId)?.custom_department_id ?? '')),
    read: (departmentId) => {
      if (departmentId === TENANT_DEPARTMENT) return null;
      if (type === 'open_department_id') return departments.get(departmentId)?.department_id;
      const own = departments.byCustomId(departmentId);
      if (own) return own.department_id;
      const unnamed = departments.get(openDepartmentId(departmentId));
      return unnamed?.custom_department_id === '' ? unnamed.department_id : undefined;
    },
  };
}
