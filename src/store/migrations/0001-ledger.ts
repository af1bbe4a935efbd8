import { sql, type Kysely } from 'kysely';
import { dialectOf } from '../dialect.ts';

/*
 * Times are epoch seconds. `bigint` on both engines: four bytes end in 2038. Yes and no are 0 and 1, so that one statement
 * serves both engines. Every key leads with tenant_id, so that the tables can be sharded by tenant.
 */
const tables = [
  `CREATE TABLE tenants (
    tenant_id bigint NOT NULL,
    tenant_key text NOT NULL,
    name text NOT NULL,
    time_zone text NOT NULL,
    root_level_id text NOT NULL,
    directory_version bigint NOT NULL DEFAULT 1,
    demo text,
    created_at bigint NOT NULL,
    PRIMARY KEY (tenant_id)
  )`,
  `CREATE TABLE departments (
    tenant_id bigint NOT NULL REFERENCES tenants (tenant_id),
    department_id text NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (tenant_id, department_id)
  )`,
  `CREATE TABLE users (
    tenant_id bigint NOT NULL REFERENCES tenants (tenant_id),
    user_id text NOT NULL,
    name text NOT NULL,
    department_id text,
    is_administrator integer NOT NULL DEFAULT 0,
    manages_meetings integer NOT NULL DEFAULT 0,
    created_at bigint NOT NULL,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, department_id) REFERENCES departments (tenant_id, department_id)
  )`,
  `CREATE TABLE levels (
    tenant_id bigint NOT NULL REFERENCES tenants (tenant_id),
    level_id text NOT NULL,
    parent_id text,
    name text NOT NULL,
    time_zone text,
    position bigint NOT NULL DEFAULT 0,
    deleted_at bigint,
    PRIMARY KEY (tenant_id, level_id),
    FOREIGN KEY (tenant_id, parent_id) REFERENCES levels (tenant_id, level_id)
  )`,
  // The wire's room id is 36 characters; the ledger's four indexes carry this number instead.
  `CREATE TABLE rooms (
    tenant_id bigint NOT NULL,
    room_no bigint NOT NULL,
    room_id text NOT NULL,
    level_id text NOT NULL,
    name text NOT NULL,
    capacity bigint NOT NULL DEFAULT 0,
    position bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL,
    deleted_at bigint,
    PRIMARY KEY (tenant_id, room_no),
    UNIQUE (tenant_id, room_id),
    FOREIGN KEY (tenant_id, level_id) REFERENCES levels (tenant_id, level_id)
  )`,
  `CREATE TABLE devices (
    tenant_id bigint NOT NULL,
    device_id text NOT NULL,
    room_no bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('panel', 'qr_code', 'controller', 'touch_panel', 'sensor')),
    name text NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (tenant_id, device_id),
    FOREIGN KEY (tenant_id, room_no) REFERENCES rooms (tenant_id, room_no)
  )`,
  `CREATE TABLE apps (
    tenant_id bigint NOT NULL REFERENCES tenants (tenant_id),
    app_id text NOT NULL,
    name text NOT NULL,
    scopes text NOT NULL,
    creator_id text NOT NULL,
    secret_hash text NOT NULL,
    secret_version bigint NOT NULL DEFAULT 1,
    created_at bigint NOT NULL,
    revoked_at bigint,
    PRIMARY KEY (tenant_id, app_id),
    FOREIGN KEY (tenant_id, creator_id) REFERENCES users (tenant_id, user_id)
  )`,
  `CREATE TABLE access_tokens (
    tenant_id bigint NOT NULL,
    token_hash text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('tenant', 'user')),
    app_id text NOT NULL,
    user_id text,
    scopes text NOT NULL,
    secret_version bigint NOT NULL,
    issued_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    PRIMARY KEY (tenant_id, token_hash),
    FOREIGN KEY (tenant_id, app_id) REFERENCES apps (tenant_id, app_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, user_id)
  )`,
  `CREATE INDEX access_tokens_by_app ON access_tokens (tenant_id, app_id, kind, issued_at)`,
];

const reservations = (id: string) => `CREATE TABLE reservations (
    tenant_id bigint NOT NULL,
    id ${id},
    room_no bigint NOT NULL,
    start_at bigint NOT NULL,
    end_at bigint NOT NULL,
    title text NOT NULL,
    is_private integer NOT NULL DEFAULT 0,
    reserver_id text NOT NULL,
    reserver_name text NOT NULL,
    reserver_department text NOT NULL,
    guests bigint NOT NULL DEFAULT 0,
    guests_accepted bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL,
    accepted_at bigint,
    rejected_at bigint,
    cancelled_at bigint,
    released_at bigint,
    release_cause text CHECK (release_cause IN ('by_hand', 'after_end', 'no_show', 'by_sensor')),
    released_by_name text,
    check_in_rule text NOT NULL CHECK (check_in_rule IN ('required', 'walk_up', 'off', 'no_device')),
    check_in_opens_at bigint,
    check_in_closes_at bigint,
    release_on_no_show integer NOT NULL DEFAULT 0,
    checked_in_at bigint,
    checked_in_with text CHECK (checked_in_with IN ('panel', 'qr_code', 'controller', 'touch_panel', 'offline_auto')),
    room_disabled_at bigint,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, room_no) REFERENCES rooms (tenant_id, room_no),
    CHECK (end_at > start_at),
    CHECK ((released_at IS NULL) = (release_cause IS NULL)),
    CHECK (check_in_rule <> 'required' OR (check_in_opens_at IS NOT NULL AND check_in_closes_at > check_in_opens_at)),
    CHECK (checked_in_at IS NOT NULL OR checked_in_with IS NULL)
  )`;

const history = (id: string) => `CREATE TABLE history (
    tenant_id bigint NOT NULL REFERENCES tenants (tenant_id),
    id ${id},
    at bigint NOT NULL,
    actor_id text NOT NULL,
    actor_name text NOT NULL,
    source text NOT NULL,
    action text NOT NULL,
    object_kind text NOT NULL,
    object_id text NOT NULL,
    state_before text,
    state_after text,
    PRIMARY KEY (tenant_id, id)
  )`;

export async function up(db: Kysely<unknown>): Promise<void> {
  const dialect = dialectOf(db);
  const statements = [...tables, reservations(dialect.rowId), history(dialect.rowId), ...dialect.reservationIndexes, ...dialect.noOverlap];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
