import { sql, type ExpressionBuilder, type Insertable, type Updateable } from 'kysely';
import { chunks } from './chunks.ts';
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

export function findUsers(db: Queries, tenantId: number, userIds: readonly string[]): Promise<User[]> {
  if (userIds.length === 0) return Promise.resolve([]);
  return db.selectFrom('users').selectAll().where('tenant_id', '=', tenantId).where('user_id', 'in', userIds).execute();
}

/** Which people a list shows. What is undefined does not matter. */
export interface UserFilter {
  /** Part of a name, or of an e-mail address where `byEmail` says so. In lower case. */
  text?: string | undefined;
  byEmail: boolean;
  /** Ids of departments; null among them: who is in none. */
  departments?: readonly (string | null)[] | undefined;
  suspended?: boolean | undefined;
  role?: 'administrator' | 'meeting_management' | 'member' | undefined;
  anonymised?: boolean | undefined;
}

/** People in order of name, behind a position. */
export async function pageOfUsers(
  db: Queries,
  tenantId: number,
  { text, byEmail, departments, suspended, role, anonymised }: UserFilter,
  after: { name: string; userId: string } | undefined,
  limit: number,
): Promise<User[]> {
  let query = db.selectFrom('users').selectAll().where('tenant_id', '=', tenantId);
  if (after) query = query.where((eb) => eb(eb.refTuple('name', 'user_id'), '>', eb.tuple(after.name, after.userId)));
  if (text !== undefined) {
    const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
    query = query.where((eb) =>
      eb.or([sql<boolean>`lower(name) LIKE ${pattern} ESCAPE '\\'`, ...(byEmail ? [sql<boolean>`email LIKE ${pattern} ESCAPE '\\'`] : [])]),
    );
  }
  if (departments) query = query.where((eb) => inDepartments(eb, departments));
  if (suspended !== undefined) query = query.where('suspended_at', suspended ? 'is not' : 'is', null);
  if (anonymised !== undefined) query = query.where('anonymised_at', anonymised ? 'is not' : 'is', null);
  if (role !== undefined) {
    query = query.where('is_administrator', '=', role === 'administrator' ? 1 : 0);
    if (role !== 'administrator') query = query.where('manages_meetings', '=', role === 'meeting_management' ? 1 : 0);
  }
  return query.orderBy('name').orderBy('user_id').limit(limit).execute();
}

function inDepartments(eb: ExpressionBuilder<Tables, 'users'>, departments: readonly (string | null)[]) {
  const ids = departments.filter((id) => id !== null);
  const none = departments.includes(null) ? [eb('department_id', 'is', null)] : [];
  return eb.or([...none, ...(ids.length > 0 ? [eb('department_id', 'in', ids)] : [])]);
}

/** People of one department who are there (not anonymised), in order of id; null: of none. */
export function membersOf(db: Queries, tenantId: number, departmentId: string | null, after: string, limit: number): Promise<User[]> {
  const query = db.selectFrom('users').selectAll().where('tenant_id', '=', tenantId).where('anonymised_at', 'is', null).where('user_id', '>', after);
  return (departmentId === null ? query.where('department_id', 'is', null) : query.where('department_id', '=', departmentId))
    .orderBy('user_id')
    .limit(limit)
    .execute();
}

/** How many people (not anonymised) are in each department that has any; under null those in none. */
export async function countMembers(db: Queries, tenantId: number): Promise<Map<string | null, number>> {
  const rows = await db
    .selectFrom('users')
    .select((eb) => ['department_id' as const, eb.fn.countAll<number | string>().as('people')])
    .where('tenant_id', '=', tenantId)
    .where('anonymised_at', 'is', null)
    .groupBy('department_id')
    .execute();
  return new Map(rows.map(({ department_id, people }) => [department_id, Number(people)]));
}

/** Whether anybody is in a department. */
export async function hasMembers(db: Queries, tenantId: number, departmentId: string): Promise<boolean> {
  const row = await db.selectFrom('users').select('user_id').where('tenant_id', '=', tenantId).where('department_id', '=', departmentId).executeTakeFirst();
  return row !== undefined;
}

/** Holds the administrators who can act until the transaction ends, and returns their ids: nobody else makes or unmakes one meanwhile. */
export async function holdAdministrators(db: Queries, tenantId: number): Promise<string[]> {
  const query = db
    .selectFrom('users')
    .select('user_id')
    .where('tenant_id', '=', tenantId)
    .where('is_administrator', '=', 1)
    .where('suspended_at', 'is', null)
    .orderBy('user_id');
  return (await (dialectOf(db).locksRows ? query.forUpdate() : query).execute()).map(({ user_id }) => user_id);
}

/** People by e-mail address or by staff number, held until the transaction ends where `hold` says so. Anonymised ones are not among them. */
export async function findUsersBy(db: Queries, tenantId: number, column: 'email' | 'employee_no', values: readonly string[], hold: boolean): Promise<User[]> {
  const found: User[] = [];
  for (const some of chunks(values)) {
    const query = db.selectFrom('users').selectAll().where('tenant_id', '=', tenantId).where(column, 'in', some).where('anonymised_at', 'is', null);
    const ordered = query.orderBy('user_id');
    found.push(...(await (hold && dialectOf(db).locksRows ? ordered.forUpdate() : ordered).execute()));
  }
  return found;
}

/** Changes a person who is still at `version`; false when they are not. */
export async function updateUser(
  db: Queries,
  { tenantId, userId, version }: { tenantId: number; userId: string; version: number },
  changes: Pick<Updateable<Tables['users']>, 'name' | 'email' | 'employee_no' | 'department_id' | 'is_administrator' | 'manages_meetings' | 'suspended_at'>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('users')
    .set({ ...changes, version: version + 1 })
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('version', '=', version)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Writes many people as they are now: new ones, and ones that the transaction holds. */
export async function putUsers(db: Queries, users: readonly User[]): Promise<void> {
  for (const some of chunks(users, 500)) {
    await db
      .insertInto('users')
      .values([...some])
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'user_id']).doUpdateSet((eb) => ({
          name: eb.ref('excluded.name'),
          email: eb.ref('excluded.email'),
          employee_no: eb.ref('excluded.employee_no'),
          department_id: eb.ref('excluded.department_id'),
          is_administrator: eb.ref('excluded.is_administrator'),
          manages_meetings: eb.ref('excluded.manages_meetings'),
          version: eb.ref('excluded.version'),
        })),
      )
      .execute();
  }
}

/** Holds a person until the transaction ends, and returns the row as it stands; whoever else holds or changes it waits. */
export function holdUser(db: Queries, tenantId: number, userId: string): Promise<User | undefined> {
  const user = db.selectFrom('users').selectAll().where('tenant_id', '=', tenantId).where('user_id', '=', userId);
  return (dialectOf(db).locksRows ? user.forUpdate() : user).executeTakeFirst();
}
