import type { Ctx } from '../context.ts';
import { addHistory, type Actor } from '../store/history.ts';
import type { Queries } from '../store/open.ts';
import { claimSignInName } from '../store/sign-in-names.ts';
import { findTenant } from '../store/tenants.ts';
import type { User } from '../store/tables.ts';
import { insertUser, listUsers as storedUsers } from '../store/users.ts';
import { DomainError } from './errors.ts';

export interface NewUser {
  tenantId: number;
  name: string;
  /** In lower case; no two people on the server have the same. */
  email?: string | null;
  managesMeetings: boolean;
  isAdministrator: boolean;
}

/** @throws DomainError notFound (no such tenant); conflict, about `email` */
export async function createUser(ctx: Ctx, actor: Actor, { tenantId, name, email = null, managesMeetings, isAdministrator }: NewUser): Promise<string> {
  const userId = ctx.ids.user();
  const at = ctx.clock.now();
  const user = {
    tenant_id: tenantId,
    user_id: userId,
    name,
    email,
    department_id: null,
    is_administrator: isAdministrator ? 1 : 0,
    manages_meetings: managesMeetings ? 1 : 0,
    created_at: at,
  };
  await ctx.db.transaction(async (tx) => {
    if (!(await findTenant(tx, tenantId))) throw new DomainError('notFound', 'no such tenant');
    await insertUser(tx, user);
    if (email !== null) await claimEmail(tx, { tenantId, userId }, email);
    await addHistory(tx, { tenantId, at, actor, action: 'user.create', object: { kind: 'user', id: userId }, after: user });
  });
  return userId;
}

export function listUsers(ctx: Ctx, tenantId: number): Promise<User[]> {
  return storedUsers(ctx.db.kysely, tenantId);
}

/** What an e-mail address is called among the names under which people sign in. */
export function emailName(email: string): string {
  return `email:${email.toLowerCase()}`;
}

/** Keeps an address for a person. @throws DomainError conflict when somebody on the server has it */
export async function claimEmail(db: Queries, person: { tenantId: number; userId: string }, email: string): Promise<void> {
  if (!(await claimSignInName(db, emailName(email), person))) throw new DomainError('conflict', `the e-mail address ${email} is taken`, 'email');
}
