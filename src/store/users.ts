import type { Insertable } from 'kysely';
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
