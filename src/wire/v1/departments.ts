import { Type, type Static } from 'typebox';
import { name } from '../values.ts';
import { cursor, defineMethod, nextCursor, orNull, pageLimit, pathId, strict, strictPartial, v1Scopes } from './endpoint.ts';

export const Department = strict({
  id: Type.String(),
  name: Type.String(),
  parent_id: orNull(Type.String({ description: 'Null: directly under the tenant' })),
  path: Type.Array(Type.String(), { description: 'Departments above it, from the topmost down to its parent' }),
  has_children: Type.Boolean({ description: 'Whether there are departments below it' }),
  custom_id: Type.String({ description: "The tenant's own id of it, or empty" }),
  position: Type.Integer({ description: 'Order among its siblings; the name decides where it is equal' }),
  version: Type.Integer({ description: 'What ETag carries and If-Match names' }),
});
export type Department = Static<typeof Department>;

const fields = {
  name: name('Name; unique among its siblings, without a slash'),
  parent_id: Type.Optional(orNull(pathId('Department above it; null or `0`: the tenant itself'))),
  custom_id: Type.Optional(Type.String({ maxLength: 64, description: "The tenant's own id of it" })),
  position: Type.Optional(Type.Integer({ minimum: -1_000_000, maximum: 1_000_000, description: 'Order among its siblings' })),
};
const params = strict({ department_id: pathId('Department') });

export const listDepartmentsMethod = defineMethod({
  id: 'v1.department.list',
  summary: 'List the departments below one',
  method: 'GET',
  path: '/api/v1/departments',
  scopes: [v1Scopes.read, v1Scopes.admin],
  query: Type.Object({
    parent: Type.Optional(Type.String({ maxLength: 100, description: 'Department; absent or `0`: the tenant itself' })),
    children: Type.Boolean({ default: false, description: 'Whether to go all the way down; then in order of id' }),
    limit: pageLimit(100, 500),
    cursor: cursor(),
  }),
  answer: strict({ departments: Type.Array(Department), next_cursor: nextCursor() }),
});

export const getDepartmentMethod = defineMethod({
  id: 'v1.department.get',
  summary: 'Read a department',
  method: 'GET',
  path: '/api/v1/departments/:department_id',
  scopes: [v1Scopes.read, v1Scopes.admin],
  params,
  answer: Department,
});

export const createDepartmentMethod = defineMethod({
  id: 'v1.department.create',
  summary: 'Create a department',
  method: 'POST',
  path: '/api/v1/departments',
  scopes: [v1Scopes.admin],
  body: strict(fields),
  refusals: ['unknownDepartment'],
  answer: Department,
  status: 201,
});

export const changeDepartmentMethod = defineMethod({
  id: 'v1.department.change',
  summary: 'Rename, move or order a department',
  method: 'PATCH',
  path: '/api/v1/departments/:department_id',
  scopes: [v1Scopes.admin],
  params,
  body: strictPartial(fields),
  refusals: ['unknownDepartment'],
  ifMatch: true,
  answer: Department,
});

export const deleteDepartmentMethod = defineMethod({
  id: 'v1.department.delete',
  summary: 'Delete an empty department',
  method: 'DELETE',
  path: '/api/v1/departments/:department_id',
  scopes: [v1Scopes.admin],
  params,
  refusals: ['hasChildren'],
  ifMatch: true,
  answer: strict({}),
});
