import type { Ctx } from '../../context.ts';
import { holdsScope, type Principal } from '../../domain/access.ts';
import { DomainError } from '../../domain/errors.ts';
import { findPeople, findPerson, pageOfMembers } from '../../domain/people-search.ts';
import type { User } from '../../store/tables.ts';
import { batchContactUsers, findUsersByDepartment, getContactUser, listContactUsers, userFieldScopes, type ContactUser } from '../../wire/contact/users.ts';
import { contact } from '../../wire/errors.ts';
import { formatUserId, TENANT_DEPARTMENT, type DepartmentIdType, type UserIdType } from '../../wire/identifiers.ts';
import { answer } from '../mount.ts';
import { positionOf, sealPosition } from '../page-token.ts';
import { userIdsOf } from '../vc/user-ids.ts';
import { departmentIdsOf } from './department-ids.ts';

interface IdTypes {
  user_id_type: UserIdType;
  department_id_type: DepartmentIdType;
}

export const contactUserHandlers = [
  answer(getContactUser, async (ctx, { principal, params, query }) => {
    const openId = userIdsOf(principal, query.user_id_type).read(params.user_id);
    const write = await writerOf(ctx, principal, query);
    return { user: write(await findPerson(ctx, principal.tenantId, openId, true)) };
  }),

  answer(batchContactUsers, async (ctx, { principal, query }) => {
    const ids = userIdsOf(principal, query.user_id_type);
    const write = await writerOf(ctx, principal, query);
    return {
      items: (
        await findPeople(
          ctx,
          principal.tenantId,
          query.user_ids.map((id) => ids.read(id)),
        )
      ).map(write),
    };
  }),

  answer(findUsersByDepartment, (ctx, { principal, query }) => membersPage(ctx, principal, findUsersByDepartment.id, query)),

  answer(listContactUsers, (ctx, { principal, query }) =>
    membersPage(ctx, principal, listContactUsers.id, { ...query, department_id: query.department_id || TENANT_DEPARTMENT }),
  ),
];

/** A page of the people directly in a department. */
async function membersPage(
  ctx: Ctx,
  principal: Principal,
  method: string,
  query: IdTypes & { department_id: string; page_size: number; page_token?: string },
): Promise<{ items: ContactUser[]; page_token?: string; has_more: boolean }> {
  const { tenantId } = principal;
  // Refused before anything is looked up, when the caller may not see ids of that type.
  userIdsOf(principal, query.user_id_type);
  const { departments } = await ctx.directories.get(tenantId, principal.directoryVersion);
  const departmentId = departmentIdsOf(departments, query.department_id_type).read(query.department_id);
  if (departmentId === undefined) throw new DomainError('notFound', `no department ${query.department_id}`, 'department_id');
  const walk = JSON.stringify([method, tenantId, departmentId]);
  const after = positionOf(ctx.keys, walk, query.page_token, contact.pageToken) ?? '';
  const { users, next } = await pageOfMembers(ctx, { tenantId, departmentId, after, limit: query.page_size });
  const items = users.map(await writerOf(ctx, principal, query));
  return next === undefined ? { items, has_more: false } : { items, page_token: sealPosition(ctx.keys, walk, next), has_more: true };
}

/** How the caller sees a person: with the fields that it holds a scope for. @throws Refusal when it may not see ids of that type */
async function writerOf(ctx: Ctx, principal: Principal, query: IdTypes): Promise<(user: User) => ContactUser> {
  const { departments } = await ctx.directories.get(principal.tenantId, principal.directoryVersion);
  const departmentIds = departmentIdsOf(departments, query.department_id_type);
  const sees = (field: keyof typeof userFieldScopes) => userFieldScopes[field].some((scope) => holdsScope(principal, scope));
  return (user) => {
    const { user_id: openId, suspended_at, anonymised_at } = user;
    const department_id = departmentIds.write(user.department_id);
    const all: Required<ContactUser> = {
      union_id: formatUserId('union_id', openId),
      open_id: openId,
      user_id: formatUserId('user_id', openId),
      name: user.name,
      email: user.email ?? '',
      status: {
        is_frozen: suspended_at !== null && anonymised_at === null,
        is_resigned: anonymised_at !== null,
        is_activated: suspended_at === null && anonymised_at === null,
        is_exited: false,
        is_unjoin: false,
      },
      department_ids: [department_id],
      orders: [{ department_id, user_order: 0, department_order: 1, is_primary_dept: true }],
      is_tenant_manager: user.is_administrator === 1,
      employee_no: user.employee_no,
    };
    return Object.fromEntries(Object.entries(all).filter(([name]) => !(name in userFieldScopes) || sees(name as keyof typeof userFieldScopes))) as ContactUser;
  };
}
