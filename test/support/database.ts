import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';

/** Where a test's database is. `drop` takes it away again. */
export interface TestDatabase {
  databaseUrl: string | undefined;
  drop(): Promise<void>;
}

/** A new database on the engine of this run: for SQLite the data directory's own, for PostgreSQL one on the shared server. */
export async function testDatabase({ empty = false } = {}): Promise<TestDatabase> {
  const postgres = inject('postgres');
  if (!postgres) return { databaseUrl: undefined, drop: () => Promise.resolve() };
  const name = `t_${randomBytes(6).toString('hex')}`;
  const administer = async (statement: string) => {
    const admin = new Client({ connectionString: postgres.adminUrl });
    await admin.connect();
    await admin.query(statement);
    await admin.end();
  };
  await administer(`CREATE DATABASE ${name} ${empty ? '' : `TEMPLATE ${postgres.template}`}`);
  return { databaseUrl: postgres.urlOf.replace('DATABASE', name), drop: () => administer(`DROP DATABASE ${name} WITH (FORCE)`) };
}

/** The engine of this run. */
export function engine(): 'sqlite' | 'postgres' {
  return inject('postgres') ? 'postgres' : 'sqlite';
}
