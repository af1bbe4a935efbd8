import type { Insertable } from 'kysely';
import { dialectOf } from './dialect.ts';
import type { Queries } from './open.ts';
import type { Tables, User } from './tables.ts';

export async function insertUser(db: Queries, user: Insertable<Tables['users']>): Promise<void> {
  await db.insertInto('users').values(user).execute();
}

export function findUser(db: Queries, tenantId: number, userId: string): Promise<User | undefined> {
  return db.selectFrom('users').selectAll().where('tenant_id', '=', tenantId).where('user_id', '=', userId).executeTakeFirst();
}

/** The administrator who was there first. */
export function firstAdministrator(db: Queries, tenantId: number): Promise<User | undefined> {
  return db
    .selectFrom('users')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('is_administrator', '=', 1)
    .orderBy('created_at')
    .orderBy('user_id')
    .executeTakeFirst();
}

export function listUsers(db: Queries, tenantId: number): Promise<User[]> {
  return db.selectFrom('users').selectAll().where('tenant_id', '=', tenantId).orderBy('created_at').orderBy('user_id').execute();
}

/** Those of the ids that nobody in the tenant has. */
export async function unknownUsers(db: Queries, tenantId: number, userIds: readonly string[]): Promise<string[]> {
  if (userIds.length === 0) return [];
  const rows = await db.selectFrom('users').select('user_id').where('tenant_id', '=', tenantId).where('user_id', 'in', userIds).execute();
  const known = new Set(rows.map(({ user_id }) => user_id));
  return userIds.filter((userId) => !known.has(userId));
}

/** Those of the ids that no department of the tenant has. */
export async function unknownDepartments(db: Queries, tenantId: number, departmentIds: readonly string[]): Promise<string[]> {
  if (departmentIds.length === 0) return [];
  const rows = await db
    .selectFrom('departments')
    .select('department_id')
    .where('tenant_id', '=', tenantId)
    .where('department_id', 'in', departmentIds)
    .execute();
  const known = new Set(rows.map(({ department_id }) => department_id));
  return departmentIds.filter((departmentId) => !known.has(departmentId));
}

/** Name of a department; empty when there is none. */
export async function departmentName(db: Queries, tenantId: number, departmentId: string): Promise<string> {
  const row = await db.selectFrom('departments').select('name').where('tenant_id', '=', tenantId).where('department_id', '=', departmentId).executeTakeFirst();
  return row?.name ?? '';
}

export function findUsers(db: Queries, tenantId: number, userIds: readonly string[]): Promise<User[]> {
  if (userIds.length === 0) return Promise.resolve([]);
  return db.selectFrom('users').selectAll().where('tenant_id', '=', tenantId).where('user_id', 'in', userIds).execute();
}

/** Holds a person until the transaction ends, and returns the row as it stands; whoever else holds or changes it waits. */
export function holdUser(db: Queries, tenantId: number, userId: string): Promise<User | undefined> {
  const user = db.selectFrom('users').selectAll().where('tenant_id', '=', tenantId).where('user_id', '=', userId);
  return (dialectOf(db).locksRows ? user.forUpdate() : user).executeTakeFirst();
}
