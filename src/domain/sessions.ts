import type { Ctx } from '../context.ts';
import { addHistory, type Actor } from '../store/history.ts';
import type { Queries } from '../store/open.ts';
import { deleteSession, findSession, insertSession } from '../store/sessions.ts';
import type { Tenant, User } from '../store/tables.ts';
import { findTenant } from '../store/tenants.ts';
import { findUser, holdUser } from '../store/users.ts';
import { BROWSER_SCOPES, type Principal } from './access.ts';
import { DomainError } from './errors.ts';
import { hashSecret } from './secrets.ts';

/** A session ends a week after it began, whatever happens. Seconds. */
export const SESSION_LIFE = 7 * 86_400;
/** A session that was not used for so long is over. Seconds. */
const IDLE = 12 * 3600;
/** How far ahead the clock of another of our processes may be. Seconds. */
const SKEW = 60;

/** What a browser carries: the person's tenant and 32 bytes. */
export interface SessionSecret {
  tenantId: number;
  secret: Buffer;
}

/**
 * Begins a session of somebody who has just shown who they are.
 *
 * @param how what they showed, for the audit
 * @throws DomainError noPermission when the person is suspended
 */
export function beginSession(ctx: Ctx, actor: Actor, { tenantId, userId }: { tenantId: number; userId: string }, how: string): Promise<SessionSecret> {
  return ctx.db.transaction(async (tx) => {
    const person = await holdUser(tx, tenantId, userId);
    if (person?.suspended_at !== null) throw new DomainError('noPermission', 'the person is suspended');
    return addSession(ctx, tx, actor, person, how);
  });
}

/** The same, of a person whom the transaction holds. */
export async function addSession(ctx: Ctx, tx: Queries, actor: Actor, person: Pick<User, 'tenant_id' | 'user_id'>, how: string): Promise<SessionSecret> {
  const { tenant_id: tenantId, user_id: userId } = person;
  const secret = ctx.ids.tokenSecret();
  const at = seconds(ctx);
  await insertSession(tx, { tenant_id: tenantId, session_hash: hashSecret(secret), user_id: userId, created_at: at, expires_at: at + SESSION_LIFE });
  await addHistory(tx, { tenantId, at, actor, action: 'session.begin', object: { kind: 'user', id: userId }, after: { with: how } });
  return { tenantId, secret };
}

/**
 * Whom a session stands for; undefined when it ended, or is none.
 *
 * @param seen when it was last used, epoch seconds; one that nobody used for too long is over
 */
export async function authenticateSession(ctx: Ctx, { tenantId, secret }: SessionSecret, seen: number): Promise<Principal | undefined> {
  const now = seconds(ctx);
  const hash = hashSecret(secret);
  const session = await findSession(ctx.db, tenantId, hash);
  // From the future: a clock was wrong then, or is now.
  if (!session || Math.max(seen, session.created_at) > now + SKEW) return undefined;
  if (session.expires_at <= now || now - seen > IDLE) {
    // Once over it stays over, even if the clock is set back.
    await ctx.db.transaction((tx) => deleteSession(tx, tenantId, hash));
    return undefined;
  }
  return {
    kind: 'user',
    tenantId,
    appId: 'browser',
    userId: session.user_id,
    name: session.user_name,
    departmentId: session.department_id,
    department: session.department_name ?? '',
    appScopes: BROWSER_SCOPES,
    grantedScopes: BROWSER_SCOPES,
    managesMeetings: session.is_administrator === 1 || session.manages_meetings === 1,
    isAdministrator: session.is_administrator === 1,
    device: null,
    session: hash,
    directoryVersion: session.directory_version,
  };
}

/** A caller with what a person wants to know of himself. `session`: of a browser's. */
export interface Whoever {
  user: User;
  tenant: Tenant;
  session: { created_at: number; expires_at: number } | null;
}

/** @throws DomainError noPermission for who is no person */
export async function whoIs(ctx: Ctx, { tenantId, userId, session }: Principal): Promise<Whoever> {
  const user = userId === null ? undefined : await findUser(ctx.db.kysely, tenantId, userId);
  const tenant = await findTenant(ctx.db.kysely, tenantId);
  if (!user || !tenant) throw new DomainError('noPermission', 'only a person has a session');
  const row = session === null ? undefined : await findSession(ctx.db, tenantId, session);
  return { user, tenant, session: row ? { created_at: row.created_at, expires_at: row.expires_at } : null };
}

/** Ends the session with which somebody calls; with anything else there is none to end. */
export async function endSession(ctx: Ctx, actor: Actor, { tenantId, userId, session }: Principal): Promise<void> {
  if (session === null || userId === null) return;
  await ctx.db.transaction(async (tx) => {
    await deleteSession(tx, tenantId, session);
    await addHistory(tx, { tenantId, at: seconds(ctx), actor, action: 'session.end', object: { kind: 'user', id: userId } });
  });
}

/** Sessions go by the real time, whatever the domain's clock says. */
function seconds(ctx: Ctx): number {
  return Math.floor(ctx.clock.realMs() / 1000);
}
