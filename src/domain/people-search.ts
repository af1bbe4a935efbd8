import type { Ctx } from '../context.ts';
import type { User } from '../store/tables.ts';
import { findUser, findUsers, membersOf, pageOfUsers, type UserFilter } from '../store/users.ts';
import type { DepartmentTree } from './department-tree.ts';
import { DomainError } from './errors.ts';

export interface PeopleSearch {
  tenantId: number;
  /** Part of a name; of an e-mail address too, for whoever sees those. */
  text?: string | undefined;
  /** Null: who is in none. */
  departmentId?: string | null | undefined;
  withChildren: boolean;
  suspended?: boolean | undefined;
  role?: UserFilter['role'];
  /** What an earlier page gave as `next`. */
  after?: string | undefined;
  limit: number;
  /** Whether the caller sees all there is: the suspended and the anonymised too, and e-mail addresses. */
  whole: boolean;
}

/** People by name. @throws DomainError unknownDepartment */
export async function pageOfPeople(ctx: Ctx, tree: DepartmentTree, search: PeopleSearch): Promise<{ users: User[]; next?: string }> {
  const { tenantId, text, departmentId, withChildren, suspended, role, after, limit, whole } = search;
  const departments = departmentId === undefined ? undefined : departmentsOf(tree, departmentId, withChildren);
  const filter = {
    text: text === undefined || text === '' ? undefined : text.toLowerCase(),
    byEmail: whole,
    departments,
    role,
    suspended: whole ? suspended : false,
    anonymised: whole ? undefined : false,
  };
  const users = await pageOfUsers(ctx.db.kysely, tenantId, filter, after === undefined ? undefined : positionIn(after), limit + 1);
  const last = users.length > limit ? users[limit - 1] : undefined;
  return last ? { users: users.slice(0, limit), next: `${last.user_id} ${last.name}` } : { users };
}

/** Undefined: everybody is in one of them, or in none. */
function departmentsOf(tree: DepartmentTree, departmentId: string | null, withChildren: boolean): (string | null)[] | undefined {
  if (departmentId === null) return withChildren ? undefined : [null];
  if (!tree.get(departmentId)) throw new DomainError('unknownDepartment', `no department ${departmentId}`, 'department');
  return withChildren ? [departmentId, ...tree.below(departmentId).map(({ department_id }) => department_id)] : [departmentId];
}

function positionIn(text: string): { userId: string; name: string } {
  const space = text.indexOf(' ');
  return { userId: text.slice(0, space), name: text.slice(space + 1) };
}

/** @param whole whether the caller sees the suspended and the anonymised too. @throws DomainError notFound */
export async function findPerson(ctx: Ctx, tenantId: number, userId: string, whole: boolean): Promise<User> {
  const user = await findUser(ctx.db.kysely, tenantId, userId);
  if (!user || (!whole && (user.suspended_at !== null || user.anonymised_at !== null))) throw new DomainError('notFound', `no user ${userId}`);
  return user;
}

/** People of those ids, in the order asked for, each once; ids that nobody has are left out. */
export async function findPeople(ctx: Ctx, tenantId: number, userIds: readonly string[]): Promise<User[]> {
  const found = new Map((await findUsers(ctx.db.kysely, tenantId, userIds)).map((user) => [user.user_id, user]));
  return [...new Set(userIds)].map((userId) => found.get(userId)).filter((user) => user !== undefined);
}

/** People directly in a department (null: in none), in order of id, behind id `after`. */
export async function pageOfMembers(
  ctx: Ctx,
  { tenantId, departmentId, after, limit }: { tenantId: number; departmentId: string | null; after: string; limit: number },
): Promise<{ users: User[]; next?: string }> {
  const users = await membersOf(ctx.db.kysely, tenantId, departmentId, after, limit + 1);
  const last = users.length > limit ? users[limit - 1] : undefined;
  return last ? { users: users.slice(0, limit), next: last.user_id } : { users };
}
