import { sql, type Kysely } from 'kysely';

/** People who sign in, apps that act for them, apps of several tenants, and what the audit tells of a change. */
const statements = [
  'ALTER TABLE departments ADD COLUMN parent_id text',
  `ALTER TABLE departments ADD COLUMN custom_department_id text NOT NULL DEFAULT ''`,
  'ALTER TABLE departments ADD COLUMN position bigint NOT NULL DEFAULT 0',
  'ALTER TABLE departments ADD COLUMN version bigint NOT NULL DEFAULT 1',
  'ALTER TABLE departments ADD COLUMN deleted_at bigint',
  'ALTER TABLE departments ADD COLUMN changed_in bigint NOT NULL DEFAULT 0',
  'CREATE INDEX departments_by_change ON departments (tenant_id, changed_in)',

  'ALTER TABLE users ADD COLUMN email text',
  `ALTER TABLE users ADD COLUMN employee_no text NOT NULL DEFAULT ''`,
  'ALTER TABLE users ADD COLUMN suspended_at bigint',
  'ALTER TABLE users ADD COLUMN anonymised_at bigint',
  'ALTER TABLE users ADD COLUMN version bigint NOT NULL DEFAULT 1',
  'CREATE INDEX users_by_department ON users (tenant_id, department_id, user_id)',
  'CREATE INDEX users_by_name ON users (tenant_id, name, user_id)',

  // Names under which one signs in are unique on the whole server: they belong to no tenant, tenant_id is 0.
  `CREATE TABLE sign_in_names (
    tenant_id bigint NOT NULL,
    name text NOT NULL,
    of_tenant bigint NOT NULL,
    user_id text NOT NULL,
    PRIMARY KEY (tenant_id, name)
  )`,
  'CREATE INDEX sign_in_names_of_user ON sign_in_names (tenant_id, of_tenant, user_id)',

  `CREATE TABLE passwords (
    tenant_id bigint NOT NULL,
    user_id text NOT NULL,
    hash text NOT NULL,
    changed_at bigint NOT NULL,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, user_id)
  )`,

  `CREATE TABLE sessions (
    tenant_id bigint NOT NULL,
    session_hash text NOT NULL,
    user_id text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    PRIMARY KEY (tenant_id, session_hash),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, user_id)
  )`,
  'CREATE INDEX sessions_of_user ON sessions (tenant_id, user_id)',

  // tenant_id 0: the link with which a server without a tenant is set up, and round trips to the identity provider that were used.
  `CREATE TABLE one_time_links (
    tenant_id bigint NOT NULL,
    link_hash text NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('set_up', 'password', 'sign_on')),
    user_id text,
    expires_at bigint NOT NULL,
    PRIMARY KEY (tenant_id, link_hash)
  )`,

  // Tries that failed, by account and by address: of the whole server, tenant_id is 0.
  `CREATE TABLE sign_in_failures (
    tenant_id bigint NOT NULL,
    key text NOT NULL,
    failures bigint NOT NULL,
    began_at bigint NOT NULL,
    PRIMARY KEY (tenant_id, key)
  )`,

  // An app of several tenants has a row in each: its own in the tenant that made it, elsewhere one for the installation.
  `ALTER TABLE apps ADD COLUMN kind text NOT NULL DEFAULT 'custom' CHECK (kind IN ('custom', 'store'))`,
  `ALTER TABLE apps ADD COLUMN redirect_uris text NOT NULL DEFAULT '[]'`,
  'ALTER TABLE apps ADD COLUMN push_url text',
  'ALTER TABLE apps ADD COLUMN push_token text',
  'ALTER TABLE apps ADD COLUMN push_key text',
  'ALTER TABLE apps ADD COLUMN next_ticket_at bigint',
  'ALTER TABLE apps ADD COLUMN ticket_failures bigint NOT NULL DEFAULT 0',
  'ALTER TABLE apps ADD COLUMN version bigint NOT NULL DEFAULT 1',
  `CREATE TABLE installations (
    tenant_id bigint NOT NULL,
    app_id text NOT NULL,
    in_tenant bigint NOT NULL,
    installed_at bigint NOT NULL,
    PRIMARY KEY (tenant_id, app_id, in_tenant),
    FOREIGN KEY (tenant_id, app_id) REFERENCES apps (tenant_id, app_id)
  )`,
  `CREATE TABLE app_tickets (
    tenant_id bigint NOT NULL,
    ticket_hash text NOT NULL,
    app_id text NOT NULL,
    expires_at bigint NOT NULL,
    PRIMARY KEY (tenant_id, ticket_hash),
    FOREIGN KEY (tenant_id, app_id) REFERENCES apps (tenant_id, app_id)
  )`,
  `CREATE TABLE app_tokens (
    tenant_id bigint NOT NULL,
    token_hash text NOT NULL,
    app_id text NOT NULL,
    secret_version bigint NOT NULL,
    issued_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    PRIMARY KEY (tenant_id, token_hash),
    FOREIGN KEY (tenant_id, app_id) REFERENCES apps (tenant_id, app_id)
  )`,

  // Tokens that came of one consent are of one family: when one of them is used twice, none is good any more.
  'ALTER TABLE access_tokens ADD COLUMN family text',
  'CREATE INDEX access_tokens_of_user ON access_tokens (tenant_id, user_id) WHERE user_id IS NOT NULL',
  `CREATE TABLE authorization_codes (
    tenant_id bigint NOT NULL,
    code_hash text NOT NULL,
    app_id text NOT NULL,
    user_id text NOT NULL,
    scopes text NOT NULL,
    redirect_uri text NOT NULL,
    challenge text,
    challenge_method text,
    family text NOT NULL,
    expires_at bigint NOT NULL,
    used_at bigint,
    PRIMARY KEY (tenant_id, code_hash),
    FOREIGN KEY (tenant_id, app_id) REFERENCES apps (tenant_id, app_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, user_id)
  )`,
  `CREATE TABLE refresh_tokens (
    tenant_id bigint NOT NULL,
    token_hash text NOT NULL,
    app_id text NOT NULL,
    user_id text NOT NULL,
    scopes text NOT NULL,
    family text NOT NULL,
    began_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    used_at bigint,
    revoked_at bigint,
    PRIMARY KEY (tenant_id, token_hash),
    FOREIGN KEY (tenant_id, app_id) REFERENCES apps (tenant_id, app_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, user_id)
  )`,
  'CREATE INDEX refresh_tokens_by_family ON refresh_tokens (tenant_id, family)',
  'CREATE INDEX refresh_tokens_of_user ON refresh_tokens (tenant_id, user_id)',
  'CREATE INDEX access_tokens_by_family ON access_tokens (tenant_id, family) WHERE family IS NOT NULL',
  `CREATE TABLE grants (
    tenant_id bigint NOT NULL,
    app_id text NOT NULL,
    user_id text NOT NULL,
    scopes text NOT NULL,
    granted_at bigint NOT NULL,
    PRIMARY KEY (tenant_id, app_id, user_id),
    FOREIGN KEY (tenant_id, app_id) REFERENCES apps (tenant_id, app_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, user_id)
  )`,

  // From where a change came: the caller's address, the app or session that brought it, the id of its request.
  'ALTER TABLE history ADD COLUMN address text',
  'ALTER TABLE history ADD COLUMN via text',
  'ALTER TABLE history ADD COLUMN request_id text',
  // 1: it was tried and refused.
  'ALTER TABLE history ADD COLUMN denied integer NOT NULL DEFAULT 0',
  'CREATE INDEX history_denied ON history (tenant_id, actor_id, at) WHERE denied = 1',
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
