import { sql, type Kysely } from 'kysely';

/** What others did to somebody's reservations, how far they have read of it, and what they reserved themselves. */
const statements = [
  // Whom a row of the history is told besides the audit; written with it, so that reading costs the page and not the history.
  'ALTER TABLE history ADD COLUMN inbox_of text',
  'CREATE INDEX history_inbox ON history (tenant_id, inbox_of, id) WHERE inbox_of IS NOT NULL',
  `CREATE TABLE inbox_marks (
    tenant_id bigint NOT NULL,
    user_id text NOT NULL,
    read_up_to bigint NOT NULL,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, user_id)
  )`,
  // In the order in which requests are decided, so that neither they nor their number are looked for among all that is reserved.
  'DROP INDEX reservations_undecided',
  'CREATE INDEX reservations_undecided ON reservations (tenant_id, start_at, id, room_no) WHERE accepted_at IS NULL AND rejected_at IS NULL AND cancelled_at IS NULL',
  'CREATE INDEX reservations_by_reserver ON reservations (tenant_id, reserver_id, start_at, id)',
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
