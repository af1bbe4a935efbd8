import { sql, type Kysely } from 'kysely';

/** The audit is read in order of time, and events that are to be forgotten are found by their end. */
const statements = ['CREATE INDEX history_by_time ON history (tenant_id, at, id)', 'CREATE INDEX events_by_end ON events (tenant_id, last_end_at, id)'];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
