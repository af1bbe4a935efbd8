import type { Insertable } from 'kysely';
import type { Db, Queries } from './open.ts';
import type { Tables } from './tables.ts';

/** A session with all that a request asks of its person and tenant. */
export interface SessionRow {
  user_id: string;
  created_at: number;
  expires_at: number;
  user_name: string;
  department_id: string | null;
  department_name: string | null;
  is_administrator: number;
  manages_meetings: number;
  directory_version: number;
}

/** The session of that hash; undefined when there is none, or its person is suspended. */
export async function findSession(db: Db, tenantId: number, hash: string): Promise<SessionRow | undefined> {
  const rows = await db.read<SessionRow>(SESSION_BY_HASH, [tenantId, hash]);
  return rows[0];
}

const SESSION_BY_HASH = `
  SELECT s.user_id, s.created_at, s.expires_at, u.name AS user_name, u.department_id, d.name AS department_name, u.is_administrator, u.manages_meetings, n.directory_version
  FROM sessions s
  JOIN tenants n ON n.tenant_id = s.tenant_id
  JOIN users u ON u.tenant_id = s.tenant_id AND u.user_id = s.user_id AND u.suspended_at IS NULL
  LEFT JOIN departments d ON d.tenant_id = s.tenant_id AND d.department_id = u.department_id
  WHERE s.tenant_id = ?1 AND s.session_hash = ?2`;

export async function insertSession(db: Queries, session: Insertable<Tables['sessions']>): Promise<void> {
  await db.insertInto('sessions').values(session).execute();
}

/** Ends one session. */
export async function deleteSession(db: Queries, tenantId: number, hash: string): Promise<void> {
  await db.deleteFrom('sessions').where('tenant_id', '=', tenantId).where('session_hash', '=', hash).execute();
}

/** Ends all sessions of a person, or all but one. */
export async function deleteSessionsOf(db: Queries, tenantId: number, userId: string, exceptHash?: string): Promise<void> {
  let query = db.deleteFrom('sessions').where('tenant_id', '=', tenantId).where('user_id', '=', userId);
  if (exceptHash !== undefined) query = query.where('session_hash', '<>', exceptHash);
  await query.execute();
}

/** Forgets a tenant's sessions that ended before `before`. */
export async function deleteSessionsBefore(db: Queries, tenantId: number, before: number): Promise<void> {
  await db.deleteFrom('sessions').where('tenant_id', '=', tenantId).where('expires_at', '<', before).execute();
}
