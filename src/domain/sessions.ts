import type { Ctx } from '../context.ts';
import { addHistory, type Actor } from '../store/history.ts';
import { deleteExpiredSessions, deleteSession, findSession, insertSession } from '../store/sessions.ts';
import { BROWSER_SCOPES, type Principal } from './access.ts';
import { hashSecret } from './secrets.ts';

/** A session ends a week after it began, whatever happens. Seconds. */
export const SESSION_LIFE = 7 * 86_400;

/** What a browser carries: the person's tenant and 32 bytes. */
export interface SessionSecret {
  tenantId: number;
  secret: Buffer;
}

/** Begins a session of somebody who has just shown who they are. @param how what they showed, for the audit */
export async function beginSession(ctx: Ctx, actor: Actor, { tenantId, userId }: { tenantId: number; userId: string }, how: string): Promise<SessionSecret> {
  const secret = ctx.ids.tokenSecret();
  await ctx.db.transaction(async (tx) => {
    const at = seconds(ctx);
    await deleteExpiredSessions(tx, tenantId, userId, at);
    await insertSession(tx, { tenant_id: tenantId, session_hash: hashSecret(secret), user_id: userId, created_at: at, expires_at: at + SESSION_LIFE });
    await addHistory(tx, { tenantId, at, actor, action: 'session.begin', object: { kind: 'user', id: userId }, after: { with: how } });
  });
  return { tenantId, secret };
}

/** Whom a session stands for; undefined when it ended. */
export async function authenticateSession(ctx: Ctx, { tenantId, secret }: SessionSecret): Promise<Principal | undefined> {
  const hash = hashSecret(secret);
  const session = await findSession(ctx.db, tenantId, hash);
  if (!session || session.expires_at <= seconds(ctx)) return undefined;
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
