import { sql, type Kysely } from 'kysely';

/** What managing rooms needs: their descriptions, the periods in which they are not in use, settings, devices that sign in. */
const statements = [
  `ALTER TABLE levels ADD COLUMN custom_group_id text NOT NULL DEFAULT ''`,
  'ALTER TABLE levels ADD COLUMN version bigint NOT NULL DEFAULT 1',
  'ALTER TABLE levels ADD COLUMN changed_in bigint NOT NULL DEFAULT 0',
  'CREATE INDEX levels_by_change ON levels (tenant_id, changed_in)',
  'CREATE UNIQUE INDEX levels_siblings ON levels (tenant_id, parent_id, name) WHERE deleted_at IS NULL',

  `ALTER TABLE rooms ADD COLUMN description text NOT NULL DEFAULT ''`,
  `ALTER TABLE rooms ADD COLUMN custom_room_id text NOT NULL DEFAULT ''`,
  `ALTER TABLE rooms ADD COLUMN equipment text NOT NULL DEFAULT '[]'`,
  'ALTER TABLE rooms ADD COLUMN disabled_from bigint',
  'ALTER TABLE rooms ADD COLUMN disabled_until bigint',
  `ALTER TABLE rooms ADD COLUMN disabled_reason text NOT NULL DEFAULT ''`,
  `ALTER TABLE rooms ADD COLUMN disabled_contacts text NOT NULL DEFAULT '[]'`,
  'ALTER TABLE rooms ADD COLUMN disable_notice integer NOT NULL DEFAULT 0',
  'ALTER TABLE rooms ADD COLUMN resume_notice integer NOT NULL DEFAULT 0',
  'ALTER TABLE rooms ADD COLUMN version bigint NOT NULL DEFAULT 1',
  'ALTER TABLE rooms ADD COLUMN changed_in bigint NOT NULL DEFAULT 0',
  'CREATE INDEX rooms_by_change ON rooms (tenant_id, changed_in)',
  'CREATE UNIQUE INDEX rooms_of_level ON rooms (tenant_id, level_id, name) WHERE deleted_at IS NULL',
  `CREATE INDEX rooms_by_custom_id ON rooms (tenant_id, custom_room_id) WHERE custom_room_id <> ''`,

  `CREATE TABLE settings (
    tenant_id bigint NOT NULL REFERENCES tenants (tenant_id),
    scope_id text NOT NULL,
    part text NOT NULL CHECK (part IN ('approval', 'time', 'reservers', 'administrators', 'check_in')),
    value text,
    changed_in bigint NOT NULL,
    PRIMARY KEY (tenant_id, scope_id, part)
  )`,
  'CREATE INDEX settings_by_change ON settings (tenant_id, changed_in)',

  'ALTER TABLE devices ADD COLUMN credential_hash text',
  'ALTER TABLE devices ADD COLUMN last_seen_at bigint',
  'CREATE INDEX devices_by_room ON devices (tenant_id, room_no)',
  'CREATE UNIQUE INDEX devices_by_credential ON devices (tenant_id, credential_hash) WHERE credential_hash IS NOT NULL',

  `ALTER TABLE reservations ADD COLUMN cancel_cause text CHECK (cancel_cause IN ('by_hand', 'room_disabled', 'room_deleted'))`,
  'ALTER TABLE reservations ADD COLUMN cancel_note text',
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
