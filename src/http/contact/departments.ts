import type { Ctx } from '../../context.ts';
import { holdsScope, type Principal } from '../../domain/access.ts';
import type { DepartmentRow, DepartmentTree } from '../../domain/department-tree.ts';
import { listDepartments, memberCounts } from '../../domain/departments.ts';
import { DomainError } from '../../domain/errors.ts';
import { requireTenant } from '../../domain/tenants.ts';
import {
  batchContactDepartments,
  childrenOfDepartment,
  departmentFieldScopes,
  getContactDepartment,
  listContactDepartments,
  parentsOfDepartment,
  type ContactDepartment,
} from '../../wire/contact/departments.ts';
import { contact } from '../../wire/errors.ts';
import { formatDepartmentId, TENANT_DEPARTMENT, type DepartmentIdType, type UserIdType } from '../../wire/identifiers.ts';
import { answer } from '../mount.ts';
import { positionOf, sealPosition } from '../page-token.ts';
import { userIdsOf } from '../vc/user-ids.ts';
import { departmentIdsOf } from './department-ids.ts';

interface IdTypes {
  user_id_type: UserIdType;
  department_id_type: DepartmentIdType;
}

interface Page {
  items: ContactDepartment[];
  page_token?: string;
  has_more: boolean;
}

export const contactDepartmentHandlers = [
  answer(getContactDepartment, async (ctx, { principal, params, query }) => {
    const { departments, write } = await seenBy(ctx, principal, query);
    return { department: await write(requireDepartmentId(departments, query.department_id_type, params.department_id)) };
  }),

  answer(batchContactDepartments, async (ctx, { principal, query }) => {
    const { departments, write } = await seenBy(ctx, principal, query);
    const ids = departmentIdsOf(departments, query.department_id_type);
    const known = [...new Set(query.department_ids.map((id) => ids.read(id)))].filter((id) => id !== undefined);
    return { items: await Promise.all(known.map(write)) };
  }),

  answer(childrenOfDepartment, (ctx, { principal, params, query }) => childrenPage(ctx, principal, childrenOfDepartment.id, params.department_id, query)),

  answer(listContactDepartments, async (ctx, { principal, query }) => {
    if (query.parent_department_id) return childrenPage(ctx, principal, listContactDepartments.id, query.parent_department_id, query);
    const { write } = await seenBy(ctx, principal, query);
    positionOf(ctx.keys, 'none', query.page_token, contact.pageToken);
    return { items: [await write(null)], has_more: false };
  }),

  answer(parentsOfDepartment, async (ctx, { principal, query }) => {
    const { departments, write } = await seenBy(ctx, principal, query);
    const departmentId = requireDepartmentId(departments, query.department_id_type, query.department_id);
    if (departmentId === null) throw new DomainError('wrongState', 'nothing lies above the tenant itself', 'department_id');
    const walk = JSON.stringify([parentsOfDepartment.id, principal.tenantId, departmentId]);
    const first = Number(positionOf(ctx.keys, walk, query.page_token, contact.pageToken) ?? 1);
    const line = departments.line(departmentId);
    const items = await Promise.all(line.slice(first, first + query.page_size).map(write));
    const next = first + query.page_size;
    return next < line.length ? { items, page_token: sealPosition(ctx.keys, walk, String(next)), has_more: true } : { items, has_more: false };
  }),
];

/** A page of the departments below one. */
async function childrenPage(
  ctx: Ctx,
  principal: Principal,
  method: string,
  departmentId: string,
  query: IdTypes & { fetch_child: boolean; page_size: number; page_token?: string },
): Promise<Page> {
  const { departments, write } = await seenBy(ctx, principal, query);
  const parentId = requireDepartmentId(departments, query.department_id_type, departmentId);
  const walk = JSON.stringify([method, principal.tenantId, parentId, query.fetch_child]);
  const after = positionOf(ctx.keys, walk, query.page_token, contact.pageToken);
  const { page, next } = listDepartments(departments, { parentId, all: query.fetch_child, after, limit: query.page_size });
  const items = await Promise.all(page.map((row) => write(row.department_id)));
  return next === undefined ? { items, has_more: false } : { items, page_token: sealPosition(ctx.keys, walk, next), has_more: true };
}

/** @throws DomainError notFound */
function requireDepartmentId(departments: DepartmentTree, type: DepartmentIdType, id: string): string | null {
  const departmentId = departmentIdsOf(departments, type).read(id);
  if (departmentId === undefined) throw new DomainError('notFound', `no department ${id}`, 'department_id');
  return departmentId;
}

/** The departments, and how the caller sees one: with the fields that it holds a scope for. @throws Refusal when it may not see ids of that type */
async function seenBy(ctx: Ctx, principal: Principal, query: IdTypes) {
  userIdsOf(principal, query.user_id_type);
  const { tenantId } = principal;
  const { departments } = await ctx.directories.get(tenantId, principal.directoryVersion);
  const ids = departmentIdsOf(departments, query.department_id_type);
  const sees = (field: keyof typeof departmentFieldScopes) => departmentFieldScopes[field].some((scope) => holdsScope(principal, scope));
  // One query for all that the answer shows, and none where it shows no numbers.
  let counts: Promise<(departmentId: string | null) => number> | undefined;
  const count = async (departmentId: string | null) => (sees('member_count') ? (await (counts ??= memberCounts(ctx, tenantId, departments)))(departmentId) : 0);

  const write = async (departmentId: string | null): Promise<ContactDepartment> => {
    const row: DepartmentRow | undefined = departmentId === null ? undefined : departments.get(departmentId);
    const members = await count(departmentId);
    const all: Required<ContactDepartment> = {
      open_department_id: departmentId ?? TENANT_DEPARTMENT,
      name: row?.name ?? (sees('name') ? (await requireTenant(ctx, tenantId)).name : ''),
      department_id: row ? formatDepartmentId('department_id', row.department_id, row.custom_department_id) : TENANT_DEPARTMENT,
      status: { is_deleted: false },
      parent_department_id: row ? ids.write(row.parent_id) : '',
      order: String(row?.position ?? 0),
      member_count: members,
      primary_member_count: members,
    };
    const shown = Object.entries(all).filter(([name]) => !(name in departmentFieldScopes) || sees(name as keyof typeof departmentFieldScopes));
    return Object.fromEntries(shown) as ContactDepartment;
  };
  return { departments, write };
}
