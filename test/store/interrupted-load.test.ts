import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { openStore, type Db } from '../../src/store/open.ts';
import { testDatabase } from '../support/database.ts';
import { keptDirectory } from '../support/directory.ts';
import { execute, PROGRAM, Running } from '../support/process.ts';

const TABLES = ['tenants', 'departments', 'users', 'levels', 'rooms', 'devices', 'apps', 'reservations', 'history'] as const;

async function rowsIn(db: Db): Promise<number> {
  let rows = 0;
  for (const table of TABLES) rows += (await sql<{ n: number }>`SELECT count(*) AS n FROM ${sql.table(table)}`.execute(db.kysely)).rows[0]?.n ?? NaN;
  return rows;
}

/** Whether a load has come so far that some of it was written. */
async function isUnderWay(db: Db, data: string): Promise<boolean> {
  if (db.dialect.engine === 'sqlite') return (statSync(join(data, 'yuding.db-wal'), { throwIfNoEntry: false })?.size ?? 0) > 1 << 20;
  const { rows } = await sql<{ n: number }>`SELECT tuples_processed AS n FROM pg_stat_progress_copy WHERE relid = 'reservations'::regclass`.execute(db.kysely);
  return (rows[0]?.n ?? 0) > 10_000;
}

it('a demo load that is killed leaves nothing behind, and can be begun anew', async () => {
  const data = keptDirectory();
  const database = await testDatabase();
  const place = ['--data', data, ...(database.databaseUrl ? ['--database-url', database.databaseUrl] : [])];
  const db = await openStore({ data, databaseUrl: database.databaseUrl });

  await using load = new Running(process.execPath, [PROGRAM, 'demo', '--rooms', '300', '--days', '400', '--reservations', '600000', ...place]);
  while (!(await isUnderWay(db, data))) {
    expect(load.child.exitCode).toBeNull();
    await pause(20);
  }
  await load.kill('SIGKILL');

  expect(await rowsIn(db)).toBe(0);
  if (db.dialect.engine === 'sqlite') {
    expect((await sql<{ integrity_check: string }>`PRAGMA integrity_check`.execute(db.kysely)).rows.map((row) => row.integrity_check)).toEqual(['ok']);
  }
  const again = await execute(['demo', '--rooms', '10', '--days', '10', '--reservations', '500', ...place]);
  expect({ code: again.code, stderr: again.stderr }).toEqual({ code: 0, stderr: '' });
  expect((await sql<{ n: number }>`SELECT count(*) AS n FROM reservations`.execute(db.kysely)).rows[0]?.n).toBe(500);
  await db.close();
  await database.drop();
});
