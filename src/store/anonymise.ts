import { sql } from 'kysely';
import { chunks } from './chunks.ts';
import type { Queries } from './open.ts';
import type { User } from './tables.ts';

/** Whose name and address go, and what stands there afterwards. */
export interface Leaver {
  tenantId: number;
  userId: string;
  /** Null: has none. */
  email: string | null;
  name: string;
}

/** Numbers of the rows of a table: more than the first, up to the last. */
export interface Range {
  after: number;
  upTo: number;
}

/** The highest number that a row of the table has. */
export async function lastRow(db: Queries, table: 'reservations' | 'events' | 'history', tenantId: number): Promise<number> {
  const row = await db
    .selectFrom(table)
    .select((eb) => eb.fn.max('id').as('last'))
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst();
  return row?.last ?? 0;
}

export async function countReservationsOf(db: Queries, { tenantId, userId }: Leaver, { after, upTo }: Range): Promise<number> {
  const { count } = await db
    .selectFrom('reservations')
    .select((eb) => eb.fn.countAll().as('count'))
    .where('tenant_id', '=', tenantId)
    .where('id', '>', after)
    .where('id', '<=', upTo)
    .where('reserver_id', '=', userId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Takes the reserver's name out. They keep the id, so that what is counted by person stays. */
export async function anonymiseReservations(db: Queries, { tenantId, userId, name }: Leaver, { after, upTo }: Range): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('reservations')
    .set({ reserver_name: name })
    .where('tenant_id', '=', tenantId)
    .where('id', '>', after)
    .where('id', '<=', upTo)
    .where('reserver_id', '=', userId)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Takes a name out of what somebody released or decided. */
export async function anonymiseSteps(
  db: Queries,
  tenantId: number,
  column: 'released_by_name' | 'decided_by_name',
  ids: readonly number[],
  name: string,
): Promise<void> {
  for (const some of chunks(ids))
    await db
      .updateTable('reservations')
      .set({ [column]: name })
      .where('tenant_id', '=', tenantId)
      .where('id', 'in', some)
      .where(column, 'is not', null)
      .execute();
}

export async function countEventsOf(db: Queries, { tenantId, userId }: Leaver, { after, upTo }: Range): Promise<number> {
  const { count } = await db
    .selectFrom('events')
    .select((eb) => eb.fn.countAll().as('count'))
    .where('tenant_id', '=', tenantId)
    .where('id', '>', after)
    .where('id', '<=', upTo)
    .where('organizer_id', '=', userId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Takes the organiser's name out of events, and the person's out of the lists of who is invited: by name, or by the address. */
export async function anonymiseEvents(db: Queries, { tenantId, userId, email, name }: Leaver, { after, upTo }: Range): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('events')
    .set({ organizer_name: name })
    .where('tenant_id', '=', tenantId)
    .where('id', '>', after)
    .where('id', '<=', upTo)
    .where('organizer_id', '=', userId)
    .executeTakeFirst();
  const invited = db
    .updateTable('attendees')
    .set({ name, email: null })
    .where('tenant_id', '=', tenantId)
    .where('event_id', '>', after)
    .where('event_id', '<=', upTo);
  await invited.where('user_id', '=', userId).execute();
  if (email !== null)
    await invited
      .where('kind', '=', 'email')
      .where(sql<string>`lower(email)`, '=', email)
      .execute();
  return Number(numUpdatedRows);
}

/** Ends all with which a person could come back in, and with which apps act for them. */
export async function deleteCredentialsOf(db: Queries, tenantId: number, userId: string): Promise<void> {
  const tables = ['passwords', 'sessions', 'one_time_links', 'access_tokens', 'refresh_tokens', 'authorization_codes', 'grants'] as const;
  for (const table of tables) await db.deleteFrom(table).where('tenant_id', '=', tenantId).where('user_id', '=', userId).execute();
}

/** Failed tries to sign in under an address. */
export async function deleteFailuresOf(db: Queries, email: string): Promise<void> {
  await db
    .deleteFrom('sign_in_failures')
    .where('tenant_id', '=', 0)
    .where((eb) => eb(eb.fn<string>('replace', ['key', eb.val(email), eb.val('')]), '<>', eb.ref('key')))
    .execute();
}

/** Gives a person's row the name that stands for those who left. */
export async function renameLeaver(db: Queries, { tenantId, userId, name }: Leaver): Promise<void> {
  await db
    .updateTable('users')
    .set((eb) => ({ name, version: eb('version', '+', 1) }))
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .execute();
}

/** Takes the rest out of a person's row, for good. */
export async function closeLeaver(db: Queries, { tenantId, userId }: Leaver, at: number): Promise<void> {
  await db
    .updateTable('users')
    .set((eb) => ({ email: null, employee_no: '', anonymised_at: at, version: eb('version', '+', 1) }))
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .execute();
}

/** The person, held until the transaction ends. */
export async function holdUser(db: Queries, tenantId: number, userId: string): Promise<User | undefined> {
  await db
    .updateTable('users')
    .set((eb) => ({ version: eb.ref('version') }))
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .execute();
  return db.selectFrom('users').selectAll().where('tenant_id', '=', tenantId).where('user_id', '=', userId).executeTakeFirst();
}
