import type { Ctx } from '../context.ts';
import { deleteCredentialsOf } from '../store/credentials.ts';
import { holdDepartment } from '../store/departments.ts';
import { addHistory, type Actor } from '../store/history.ts';
import type { Queries } from '../store/open.ts';
import { claimSignInName, releaseSignInNames } from '../store/sign-in-names.ts';
import { findTenant } from '../store/tenants.ts';
import type { User } from '../store/tables.ts';
import { findUser, holdAdministrators, insertUser, listUsers as storedUsers, updateUser } from '../store/users.ts';
import { requireExpected, requireUnchanged } from './change.ts';
import { parseEmail } from './email.ts';
import { DomainError } from './errors.ts';

export interface NewUser {
  tenantId: number;
  name: string;
  /** No two people on the server have the same, in whatever case it is written. */
  email?: string | null | undefined;
  employeeNo?: string | undefined;
  departmentId?: string | null | undefined;
  managesMeetings: boolean;
  isAdministrator: boolean;
}

/** @throws DomainError notFound (no such tenant); conflict or param, about `email`; unknownDepartment */
export async function createUser(ctx: Ctx, actor: Actor, fields: NewUser): Promise<string> {
  const { tenantId, name, employeeNo = '', departmentId = null, managesMeetings, isAdministrator } = fields;
  const email = fields.email == null ? null : normalEmail(fields.email);
  const userId = ctx.ids.user();
  const at = ctx.clock.now();
  const user = {
    tenant_id: tenantId,
    user_id: userId,
    name,
    email,
    employee_no: employeeNo,
    department_id: departmentId,
    is_administrator: isAdministrator ? 1 : 0,
    manages_meetings: managesMeetings ? 1 : 0,
    created_at: at,
  };
  await ctx.db.transaction(async (tx) => {
    if (!(await findTenant(tx, tenantId))) throw new DomainError('notFound', 'no such tenant');
    await requireDepartment(tx, tenantId, departmentId);
    await insertUser(tx, user);
    if (email !== null) await claimEmail(tx, { tenantId, userId }, email);
    await addHistory(tx, { tenantId, at, actor, action: 'user.create', object: { kind: 'user', id: userId }, after: user });
  });
  return userId;
}

/** Somebody who is to be changed. */
export interface UserSeen {
  tenantId: number;
  userId: string;
  /** The version that the caller asked for. */
  expected?: number | undefined;
}

/** What is undefined stays. */
export interface UserChange extends UserSeen {
  name?: string | undefined;
  email?: string | null | undefined;
  employeeNo?: string | undefined;
  departmentId?: string | null | undefined;
  managesMeetings?: boolean | undefined;
  isAdministrator?: boolean | undefined;
}

/**
 * Changes a person. What is reserved already keeps the name and department that it was reserved under.
 *
 * @throws DomainError notFound, stale, conflict (changed meanwhile, or about `email`), param, unknownDepartment, lastAdministrator, wrongState (anonymised)
 */
export async function changeUser(ctx: Ctx, actor: Actor, change: UserChange): Promise<User> {
  const { tenantId, userId, name, employeeNo, departmentId, managesMeetings, isAdministrator } = change;
  const email = change.email == null ? change.email : normalEmail(change.email);
  return ctx.db.transaction(async (tx) => {
    const administrators = isAdministrator === false ? await holdAdministrators(tx, tenantId) : [];
    const user = await requireUser(tx, change);
    const after = changesOf(user, {
      name,
      email,
      employee_no: employeeNo,
      department_id: departmentId,
      is_administrator: isAdministrator === undefined ? undefined : isAdministrator ? 1 : 0,
      manages_meetings: managesMeetings === undefined ? undefined : managesMeetings ? 1 : 0,
    });
    if (after.is_administrator === 0 && user.suspended_at === null) requireAnother(administrators, userId);
    if (after.department_id !== undefined) await requireDepartment(tx, tenantId, after.department_id);
    if (after.email !== undefined) {
      await releaseSignInNames(tx, { tenantId, userId }, EMAIL);
      if (after.email !== null) await claimEmail(tx, { tenantId, userId }, after.email);
    }
    return write(ctx, tx, actor, 'user.change', user, after);
  });
}

/**
 * Bars a person: what they are signed in with, and what apps hold in their name, ends at once. Their reservations stay.
 *
 * @throws DomainError notFound, stale, conflict, lastAdministrator, wrongState (anonymised)
 */
export async function suspendUser(ctx: Ctx, actor: Actor, seen: UserSeen): Promise<User> {
  const { tenantId, userId } = seen;
  return ctx.db.transaction(async (tx) => {
    const administrators = await holdAdministrators(tx, tenantId);
    const user = await requireUser(tx, seen);
    if (user.suspended_at !== null) return user;
    if (user.is_administrator === 1) requireAnother(administrators, userId);
    // First the bar, then what stands behind it: nothing is issued to them in between.
    const suspended = await write(ctx, tx, actor, 'user.suspend', user, { suspended_at: ctx.clock.now() });
    await deleteCredentialsOf(tx, tenantId, userId);
    return suspended;
  });
}

/** Lets a person in again. What ended with the suspension stays ended. @throws DomainError notFound, stale, conflict, wrongState (anonymised) */
export async function resumeUser(ctx: Ctx, actor: Actor, seen: UserSeen): Promise<User> {
  return ctx.db.transaction(async (tx) => {
    const user = await requireUser(tx, seen);
    return user.suspended_at === null ? user : write(ctx, tx, actor, 'user.resume', user, { suspended_at: null });
  });
}

type Columns = Partial<Pick<User, 'name' | 'email' | 'employee_no' | 'department_id' | 'is_administrator' | 'manages_meetings' | 'suspended_at'>>;

/** Those of the columns that would be others than they are. */
export function changesOf(user: User, columns: { [Column in keyof Columns]: Columns[Column] | undefined }): Columns {
  const changed = Object.entries(columns).filter(([column, value]) => value !== undefined && value !== user[column as keyof Columns]);
  return Object.fromEntries(changed);
}

async function write(ctx: Ctx, tx: Queries, actor: Actor, action: string, user: User, after: Columns): Promise<User> {
  const { tenant_id: tenantId, user_id: userId, version } = user;
  if (Object.keys(after).length === 0) return user;
  requireUnchanged(await updateUser(tx, { tenantId, userId, version }, after));
  const before = Object.fromEntries(Object.keys(after).map((column) => [column, user[column as keyof Columns]]));
  await addHistory(tx, { tenantId, at: ctx.clock.now(), actor, action, object: { kind: 'user', id: userId }, before, after });
  return { ...user, ...after, version: version + 1 };
}

/** @throws DomainError notFound, stale, wrongState (anonymised) */
async function requireUser(tx: Queries, { tenantId, userId, expected }: UserSeen): Promise<User> {
  const user = await findUser(tx, tenantId, userId);
  if (!user) throw new DomainError('notFound', `no user ${userId}`);
  if (user.anonymised_at !== null) throw new DomainError('wrongState', 'the person was anonymised');
  requireExpected({ version: user.version, expected });
  return user;
}

/** @param administrators who can act, held. @throws DomainError lastAdministrator */
export function requireAnother(administrators: readonly string[], userId: string): void {
  if (!administrators.some((id) => id !== userId)) throw new DomainError('lastAdministrator', 'the tenant would have no administrator left');
}

async function requireDepartment(tx: Queries, tenantId: number, departmentId: string | null): Promise<void> {
  if (departmentId !== null && !(await holdDepartment(tx, tenantId, departmentId)))
    throw new DomainError('unknownDepartment', `no department ${departmentId}`, 'department_id');
}

/** The people of a tenant, those who came first first. */
export function listUsers(ctx: Ctx, tenantId: number): Promise<User[]> {
  return storedUsers(ctx.db.kysely, tenantId);
}

/** What names of e-mail addresses begin with. */
const EMAIL = 'email:';

/** What an e-mail address is called among the names under which people sign in. */
export function emailName(email: string): string {
  return `${EMAIL}${email.toLowerCase()}`;
}

/** An e-mail address as it is stored: in lower case. @throws DomainError param, about `email` */
export function normalEmail(text: string): string {
  const email = parseEmail(text);
  if (email === undefined) throw new DomainError('param', 'must be an e-mail address of 254 characters at most', 'email');
  return email;
}

/** Keeps an address for a person. @throws DomainError conflict when somebody on the server has it */
export async function claimEmail(db: Queries, person: { tenantId: number; userId: string }, email: string): Promise<void> {
  if (!(await claimSignInName(db, emailName(email), person))) throw new DomainError('conflict', `the e-mail address ${email} is taken`, 'email');
}
