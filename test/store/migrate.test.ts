import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { sql, type Migration } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { migrate, NewerSchemaError } from '../../src/store/migrate.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { openStore, type Db } from '../../src/store/open.ts';
import { openPostgres } from '../../src/store/postgres.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { engine, testDatabase } from '../support/database.ts';
import { keptDirectory } from '../support/directory.ts';
import { execute } from '../support/process.ts';

/** Where a database is, with nothing in it yet. */
async function emptyPlace() {
  const data = keptDirectory();
  const database = await testDatabase({ empty: true });
  const { databaseUrl } = database;
  onTestFinished(() => database.drop());
  const path = join(data, 'yuding.db');
  return {
    data,
    databaseUrl,
    backup: `${path}.before-migration`,
    /** Opens it without a look at its schema. */
    open: async (): Promise<Db> => (databaseUrl === undefined ? openSqlite(path) : openPostgres(databaseUrl)),
  };
}

async function tables({ kysely }: Db): Promise<string[]> {
  return (await kysely.introspection.getTables({ withInternalKyselyTables: true })).map(({ name }) => name).sort();
}

/** A tenant, so that there is something to lose. */
async function addTenant({ kysely }: Db): Promise<void> {
  const tenant = { tenant_id: 1, tenant_key: 'k', name: '云杉', time_zone: 'Asia/Shanghai', root_level_id: 'omb_1', demo: null, created_at: 0 };
  await kysely.insertInto('tenants').values(tenant).execute();
}

async function tenantNames({ kysely }: Db): Promise<string[]> {
  return (await kysely.selectFrom('tenants').select('name').execute()).map(({ name }) => name);
}

/** A migration of the future. */
const colour: Migration = {
  async up(db) {
    await sql`CREATE TABLE colours (name text NOT NULL)`.execute(db);
    await sql`UPDATE tenants SET name = 'changed'`.execute(db);
  },
};
const broken: Migration = {
  async up(db) {
    await sql`CREATE TABLE broken (name text NOT NULL)`.execute(db);
    await sql`UPDATE tenants SET name = 'broken'`.execute(db);
    await sql`INSERT INTO nowhere VALUES (1)`.execute(db);
  },
};

describe('a database', () => {
  it('that is empty gets the whole schema once, and no copy of nothing is made', async () => {
    const place = await emptyPlace();
    const db = await place.open();
    expect(await migrate(db, place.backup)).toEqual(Object.keys(migrations));
    const made = await tables(db);
    expect(made).toEqual(expect.arrayContaining(['access_tokens', 'apps', 'history', 'levels', 'reservations', 'rooms', 'tenants', 'users']));
    expect(await migrate(db, place.backup)).toEqual([]);
    expect(await tables(db)).toEqual(made);
    expect(existsSync(place.backup)).toBe(false);
    await db.close();
  });

  it('gets what it lacks, and keeps what it has', async () => {
    const place = await emptyPlace();
    const db = await openStore(place);
    await addTenant(db);
    expect(await migrate(db, place.backup, { ...migrations, '9000-colour': colour })).toEqual(['9000-colour']);
    expect(await tables(db)).toContain('colours');
    expect(await tenantNames(db)).toEqual(['changed']);
    expect(await migrate(db, place.backup, { ...migrations, '9000-colour': colour })).toEqual([]);
    await db.close();
  });

  it('is as it was when a migration fails, also where another went before it in the same run', async () => {
    const place = await emptyPlace();
    const db = await openStore(place);
    await addTenant(db);
    const before = await tables(db);
    const failing = migrate(db, place.backup, { ...migrations, '9000-colour': colour, '9001-broken': broken });
    await expect(failing).rejects.toThrow('nowhere');
    expect(await tables(db)).toEqual(before);
    expect(await tenantNames(db)).toEqual(['云杉']);
    // Nothing is left behind that would keep the mended program from it.
    expect(await migrate(db, place.backup, { ...migrations, '9000-colour': colour })).toEqual(['9000-colour']);
    await db.close();
  });

  it('that a newer program wrote is refused in one line that names what is new', async () => {
    const place = await emptyPlace();
    const db = await openStore(place);
    await addTenant(db);
    await migrate(db, place.backup, { ...migrations, '9000-colour': colour });
    const before = await tables(db);
    const refusal = await openStore(place).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(NewerSchemaError);
    expect((refusal as Error).message).toMatch(/^the database is newer than this program .*9000-colour[^\n]*$/);
    expect(await tables(db)).toEqual(before);
    await db.close();
    if (engine() === 'postgres') return;
    const { code, stdout, stderr } = await execute(['tenant', 'list', '--data', place.data]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^yuding: the database is newer than this program [^\n]+\n$/);
  });

  it('is migrated once by several that start together', async () => {
    const place = await emptyPlace();
    // SQLite lets one process wait for another; PostgreSQL one connection for another.
    if (engine() === 'sqlite') {
      const outcomes = await Promise.all(Array.from({ length: 4 }, () => execute(['migrate', '--data', place.data])));
      expect(outcomes.map(({ code, stderr }) => ({ code, stderr }))).toEqual(outcomes.map(() => ({ code: 0, stderr: '' })));
    } else {
      const dbs = await Promise.all(Array.from({ length: 4 }, place.open));
      const ran = await Promise.all(dbs.map((db) => migrate(db, place.backup)));
      expect(ran.flat()).toEqual(Object.keys(migrations));
      for (const db of dbs) await db.close();
    }
    const db = await place.open();
    expect(await migrate(db, place.backup)).toEqual([]);
    await db.close();
  });
});

describe('the copy before a migration', () => {
  it('has everything as it was, on the engine whose database is a file', async () => {
    const place = await emptyPlace();
    const db = await openStore(place);
    await addTenant(db);
    await migrate(db, place.backup, { ...migrations, '9000-colour': colour });
    await db.close();
    expect(existsSync(place.backup)).toBe(engine() === 'sqlite');
    if (engine() === 'postgres') return;
    const copy = new DatabaseSync(place.backup, { readOnly: true });
    expect(copy.prepare('SELECT name FROM tenants').all()).toEqual([{ name: '云杉' }]);
    expect(copy.prepare("SELECT name FROM sqlite_master WHERE name = 'colours'").all()).toEqual([]);
    expect(copy.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    copy.close();
    expect((statSync(place.backup).mode & 0o777).toString(8)).toBe('600');
  });

  it('is made anew by the next migration, and by no start that changes nothing', async () => {
    const place = await emptyPlace();
    if (engine() === 'postgres') return;
    const db = await openStore(place);
    await addTenant(db);
    const next = { ...migrations, '9000-colour': colour };
    await migrate(db, place.backup, next);
    const first = readFileSync(place.backup);
    await migrate(db, place.backup, next);
    expect(readFileSync(place.backup).equals(first)).toBe(true);
    await migrate(db, place.backup, { ...next, '9001-again': { up: () => Promise.resolve() } });
    expect(readFileSync(place.backup).equals(first)).toBe(false);
    await db.close();
  });
});
