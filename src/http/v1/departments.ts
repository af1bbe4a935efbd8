import type { DepartmentRow, DepartmentTree } from '../../domain/department-tree.ts';
import { changeDepartment, createDepartment, deleteDepartment, listDepartments, requireDepartment } from '../../domain/departments.ts';
import { TENANT_DEPARTMENT } from '../../wire/identifiers.ts';
import {
  changeDepartmentMethod,
  createDepartmentMethod,
  deleteDepartmentMethod,
  getDepartmentMethod,
  listDepartmentsMethod,
  type Department,
} from '../../wire/v1/departments.ts';
import { answer } from '../mount.ts';
import { positionOf, sealPosition } from '../page-token.ts';

export const departmentHandlers = [
  answer(listDepartmentsMethod, async (ctx, { principal, query }) => {
    const { tenantId } = principal;
    const { departments } = await ctx.directories.get(tenantId, principal.directoryVersion);
    const parentId = query.parent === undefined || query.parent === '' ? null : parentFrom(query.parent);
    if (parentId !== null) requireDepartment(departments, parentId);
    const walk = JSON.stringify([listDepartmentsMethod.id, tenantId, parentId, query.children]);
    const after = positionOf(ctx.keys, walk, query.cursor, listDepartmentsMethod.faults.param, 'cursor');
    const { page, next } = listDepartments(departments, { parentId, all: query.children, after, limit: query.limit });
    return {
      departments: page.map((row) => departmentOf(departments, row)),
      next_cursor: next === undefined ? null : sealPosition(ctx.keys, walk, next),
    };
  }),

  answer(getDepartmentMethod, async (ctx, { principal, params }) => {
    const { departments } = await ctx.directories.get(principal.tenantId, principal.directoryVersion);
    return departmentOf(departments, requireDepartment(departments, params.department_id));
  }),

  answer(createDepartmentMethod, async (ctx, { principal, actor, body }) => {
    const { tenantId } = principal;
    const { name, custom_id: customId, position } = body;
    const row = await createDepartment(ctx, actor, { tenantId, name, parentId: parentFrom(body.parent_id ?? null), customId, position });
    return departmentOf((await ctx.directories.read(tenantId)).departments, row);
  }),

  answer(changeDepartmentMethod, async (ctx, { principal, actor, params, body, expected }) => {
    const { tenantId } = principal;
    const { name, custom_id: customId, position } = body;
    const parentId = body.parent_id === undefined ? undefined : parentFrom(body.parent_id);
    const row = await changeDepartment(ctx, actor, { tenantId, departmentId: params.department_id, expected, name, parentId, customId, position });
    return departmentOf((await ctx.directories.read(tenantId)).departments, row);
  }),

  answer(deleteDepartmentMethod, async (ctx, { principal, actor, params, expected }) => {
    await deleteDepartment(ctx, actor, { tenantId: principal.tenantId, departmentId: params.department_id, expected });
    return {};
  }),
];

function parentFrom(parentId: string | null): string | null {
  return parentId === TENANT_DEPARTMENT ? null : parentId;
}

function departmentOf(departments: DepartmentTree, row: DepartmentRow): Department {
  return {
    id: row.department_id,
    name: row.name,
    parent_id: row.parent_id,
    path: departments.line(row.parent_id).reverse(),
    has_children: departments.hasChildren(row.department_id),
    custom_id: row.custom_department_id,
    position: row.position,
    version: row.version,
  };
}
