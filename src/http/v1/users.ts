import { actsAsAdministrator, type Principal } from '../../domain/access.ts';
import type { DepartmentTree } from '../../domain/department-tree.ts';
import { DomainError } from '../../domain/errors.ts';
import { findPerson, pageOfPeople } from '../../domain/people-search.ts';
import { changeUser, createUser, resumeUser, suspendUser } from '../../domain/users.ts';
import type { Ctx } from '../../context.ts';
import type { User as StoredUser } from '../../store/tables.ts';
import { TENANT_DEPARTMENT } from '../../wire/identifiers.ts';
import { formatInstant } from '../../wire/v1/instants.ts';
import { changeUserMethod, createUserMethod, getUserMethod, listUsersMethod, resumeUserMethod, suspendUserMethod, type User } from '../../wire/v1/users.ts';
import { answer } from '../mount.ts';
import { positionOf, sealPosition } from '../page-token.ts';

export const userHandlers = [
  answer(listUsersMethod, async (ctx, { principal, query }) => {
    const { tenantId } = principal;
    const { q, department, children, suspended, role, limit } = query;
    const whole = actsAsAdministrator(principal);
    if (!whole && (suspended !== undefined || role !== undefined)) throw new DomainError('noPermission', 'only administrators ask for roles and suspensions');
    const { departments } = await ctx.directories.get(tenantId, principal.directoryVersion);
    const walk = JSON.stringify([listUsersMethod.id, tenantId, whole, q, department, children, suspended, role]);
    const after = positionOf(ctx.keys, walk, query.cursor, listUsersMethod.faults.param, 'cursor');
    const departmentId = department === undefined || department === '' ? undefined : department === TENANT_DEPARTMENT ? null : department;
    const search = { tenantId, text: q, departmentId, withChildren: children, suspended, role, after, limit, whole };
    const { users, next } = await pageOfPeople(ctx, departments, search);
    return {
      users: users.map((user) => userOf(departments, user, whole)),
      next_cursor: next === undefined ? null : sealPosition(ctx.keys, walk, next),
    };
  }),

  answer(getUserMethod, async (ctx, { principal, params }) => {
    const whole = actsAsAdministrator(principal);
    const { departments } = await ctx.directories.get(principal.tenantId, principal.directoryVersion);
    return userOf(departments, await findPerson(ctx, principal.tenantId, params.user_id, whole), whole);
  }),

  answer(createUserMethod, async (ctx, { principal, actor, body }) => {
    const { tenantId } = principal;
    const { name, administrator = false, meeting_management: managesMeetings = false } = body;
    const userId = await createUser(ctx, actor, { tenantId, name, ...fieldsOf(body), isAdministrator: administrator, managesMeetings });
    return whole(ctx, principal, await findPerson(ctx, tenantId, userId, true));
  }),

  answer(changeUserMethod, async (ctx, { principal, actor, params, body, expected }) => {
    const roles = { isAdministrator: body.administrator, managesMeetings: body.meeting_management };
    const seen = { tenantId: principal.tenantId, userId: params.user_id, expected };
    return whole(ctx, principal, await changeUser(ctx, actor, { ...seen, name: body.name, ...fieldsOf(body), ...roles }));
  }),

  answer(suspendUserMethod, async (ctx, { principal, actor, params, expected }) =>
    whole(ctx, principal, await suspendUser(ctx, actor, { tenantId: principal.tenantId, userId: params.user_id, expected })),
  ),

  answer(resumeUserMethod, async (ctx, { principal, actor, params, expected }) =>
    whole(ctx, principal, await resumeUser(ctx, actor, { tenantId: principal.tenantId, userId: params.user_id, expected })),
  ),
];

function fieldsOf({ email, employee_no: employeeNo, department_id }: { email?: string | null; employee_no?: string; department_id?: string | null }) {
  return { email, employeeNo, departmentId: department_id };
}

/** A person as administrators see one, with the departments as they are now. */
async function whole(ctx: Ctx, { tenantId, directoryVersion }: Principal, user: StoredUser): Promise<User> {
  return userOf((await ctx.directories.get(tenantId, directoryVersion)).departments, user, true);
}

function userOf(departments: DepartmentTree, user: StoredUser, whole: boolean): User {
  const everybodys = {
    id: user.user_id,
    name: user.name,
    department_id: user.department_id,
    department: user.department_id === null ? '' : (departments.get(user.department_id)?.name ?? ''),
  };
  if (!whole) return everybodys;
  return {
    ...everybodys,
    email: user.email,
    employee_no: user.employee_no,
    administrator: user.is_administrator === 1,
    meeting_management: user.is_administrator === 1 || user.manages_meetings === 1,
    suspended: user.suspended_at !== null,
    anonymised: user.anonymised_at !== null,
    created_at: formatInstant(user.created_at),
    version: user.version,
  };
}
