import { sql, type Kysely } from 'kysely';
import { dialectOf, UNLISTED } from '../dialect.ts';

/** Calendar events, who comes to them, and what a reservation has to remember from its booking to its end. */
const events = (id: string) => `CREATE TABLE events (
    tenant_id bigint NOT NULL REFERENCES tenants (tenant_id),
    id ${id},
    uid text NOT NULL,
    organizer_id text NOT NULL,
    organizer_name text NOT NULL,
    organizer_department text NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    is_private integer NOT NULL,
    start_at bigint NOT NULL,
    end_at bigint NOT NULL,
    time_zone text NOT NULL,
    all_day integer NOT NULL,
    recurrence text,
    last_end_at bigint NOT NULL,
    details text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    cancelled_at bigint,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, uid),
    CHECK (end_at >= start_at)
  )`;

const statements = [
  'CREATE INDEX events_by_organizer ON events (tenant_id, organizer_id, start_at)',

  // What one instance of a series has otherwise than the series.
  `CREATE TABLE event_exceptions (
    tenant_id bigint NOT NULL,
    event_id bigint NOT NULL,
    original_at bigint NOT NULL,
    start_at bigint NOT NULL,
    end_at bigint NOT NULL,
    title text,
    description text,
    cancelled_at bigint,
    PRIMARY KEY (tenant_id, event_id, original_at),
    FOREIGN KEY (tenant_id, event_id) REFERENCES events (tenant_id, id)
  )`,

  `CREATE TABLE attendees (
    tenant_id bigint NOT NULL,
    event_id bigint NOT NULL,
    attendee_id text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('user', 'room', 'email')),
    user_id text,
    room_no bigint,
    email text,
    name text NOT NULL,
    is_optional integer NOT NULL DEFAULT 0,
    rsvp text NOT NULL DEFAULT 'needs_action' CHECK (rsvp IN ('needs_action', 'accept', 'tentative', 'decline')),
    contact_id text,
    approval_reason text,
    created_at bigint NOT NULL,
    PRIMARY KEY (tenant_id, event_id, attendee_id),
    FOREIGN KEY (tenant_id, event_id) REFERENCES events (tenant_id, id)
  )`,
  'CREATE INDEX attendees_by_user ON attendees (tenant_id, user_id, event_id) WHERE user_id IS NOT NULL',

  // An answer to one instance of a series.
  `CREATE TABLE instance_replies (
    tenant_id bigint NOT NULL,
    event_id bigint NOT NULL,
    original_at bigint NOT NULL,
    attendee_id text NOT NULL,
    rsvp text NOT NULL,
    PRIMARY KEY (tenant_id, event_id, original_at, attendee_id),
    FOREIGN KEY (tenant_id, event_id, attendee_id) REFERENCES attendees (tenant_id, event_id, attendee_id)
  )`,

  'ALTER TABLE reservations ADD COLUMN event_id bigint',
  'ALTER TABLE reservations ADD COLUMN original_at bigint NOT NULL DEFAULT 0',
  'ALTER TABLE reservations ADD COLUMN reject_cause text',
  'ALTER TABLE reservations ADD COLUMN reject_note text',
  'ALTER TABLE reservations ADD COLUMN approval_reason text',
  'ALTER TABLE reservations ADD COLUMN decided_by_name text',
  'ALTER TABLE reservations ADD COLUMN contact_id text',
  // 0: somebody still has to look at it when its check-in closes.
  'ALTER TABLE reservations ADD COLUMN check_in_settled integer NOT NULL DEFAULT 1',
  'ALTER TABLE reservations ADD COLUMN updated_at bigint NOT NULL DEFAULT 0',
  'CREATE INDEX history_by_object ON history (tenant_id, object_kind, object_id, id)',
  'CREATE INDEX reservations_by_event ON reservations (tenant_id, event_id, original_at) WHERE event_id IS NOT NULL',
  // Beside the index of what the ledger shows: the rest.
  `CREATE INDEX reservations_unlisted ON reservations (tenant_id, start_at, id) WHERE ${UNLISTED}`,
  'CREATE INDEX reservations_by_update ON reservations (tenant_id, updated_at, id)',
  'CREATE INDEX reservations_unsettled ON reservations (tenant_id, check_in_closes_at) WHERE check_in_settled = 0',
  'CREATE INDEX reservations_undecided ON reservations (tenant_id, start_at) WHERE accepted_at IS NULL AND rejected_at IS NULL AND cancelled_at IS NULL',

  // What a sensor said last. Null: nothing yet.
  'ALTER TABLE devices ADD COLUMN occupied integer',
  'ALTER TABLE devices ADD COLUMN occupied_since bigint',

  // Requests that are answered again the same when they are sent again.
  `CREATE TABLE idempotency_keys (
    tenant_id bigint NOT NULL REFERENCES tenants (tenant_id),
    scope text NOT NULL,
    key text NOT NULL,
    request_hash text NOT NULL,
    object_id text NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (tenant_id, scope, key)
  )`,

  // Which process does a job, and when it was done last. They belong to no tenant: tenant_id is 0.
  `CREATE TABLE jobs (
    tenant_id bigint NOT NULL,
    name text NOT NULL,
    held_by text NOT NULL,
    held_until bigint NOT NULL,
    ran_at bigint NOT NULL,
    PRIMARY KEY (tenant_id, name)
  )`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  const { rowId } = dialectOf(db);
  for (const statement of [events(rowId), ...statements]) await sql.raw(statement).execute(db);
}
