import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { Migrator, sql, type Migration } from 'kysely';
import { migrations as all } from './migrations/index.ts';
import type { Db } from './open.ts';

/** The database was written by a newer version of the program. */
export class NewerSchemaError extends Error {
  override name = 'NewerSchemaError';
}

/**
 * Brings the schema up to date in one transaction and returns the names of the migrations that ran.
 * Two processes may do it at once: the second finds nothing left to do.
 *
 * @param backup where a copy goes before a database with tables in it is changed (SQLite; on PostgreSQL this is the operator's)
 */
export async function migrate(db: Db, backup: string, migrations: Readonly<Record<string, Migration>> = all): Promise<string[]> {
  const applied = await appliedMigrations(db);
  const unknown = applied.filter((name) => !(name in migrations));
  if (unknown.length > 0) throw new NewerSchemaError(`the database is newer than this program (it has ${unknown.join(', ')}): use the newer program`);
  const missing = Object.keys(migrations).filter((name) => !applied.includes(name));
  if (missing.length === 0) return [];
  if (applied.length > 0 && db.dialect.engine === 'sqlite') await copyTo(db, backup);
  const migrator = new Migrator({
    db: db.kysely,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    migrationTableName: 'schema_migrations',
    migrationLockTableName: 'schema_migrations_lock',
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) throw error as Error;
  return (results ?? []).map((result) => result.migrationName);
}

async function appliedMigrations(db: Db): Promise<string[]> {
  const tables = await db.kysely.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === 'schema_migrations')) return [];
  const { rows } = await sql<{ name: string }>`SELECT name FROM schema_migrations ORDER BY name`.execute(db.kysely);
  return rows.map((row) => row.name);
}

async function copyTo(db: Db, path: string): Promise<void> {
  if (existsSync(path)) rmSync(path);
  closeSync(openSync(path, 'wx', 0o600));
  await sql`VACUUM INTO ${path}`.execute(db.kysely);
}
