import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Kysely, Transaction } from 'kysely';
import type { Dialect } from './dialect.ts';
import { migrate } from './migrate.ts';
import { openSqlite } from './sqlite.ts';
import type { Tables } from './tables.ts';

/** Sees each statement before it runs: tests count and read them. */
export type OnStatement = (text: string, values: readonly unknown[]) => void;

/** What store functions take: the database, or a transaction on it. */
export type Queries = Kysely<Tables>;

/** An open database. */
export interface Db {
  readonly dialect: Dialect;
  readonly kysely: Queries;
  /** Runs `work` in one transaction: all of it or, when it throws, nothing. */
  transaction<Result>(work: (tx: Transaction<Tables>) => Promise<Result>): Promise<Result>;
  /** Runs a hand-written statement, prepared once and kept. Placeholders are `?`. It sees what is committed. */
  read<Row>(text: string, values: readonly (string | number | null)[]): Promise<Row[]>;
  /** Inserts rows faster than single statements do. To be called inside `transaction`, with that transaction. */
  insertMany(tx: Transaction<Tables>, table: keyof Tables, columns: readonly string[], rows: Iterable<readonly (string | number | null)[]>): Promise<void>;
  close(): Promise<void>;
}

/** Opens the database of a data directory and brings its schema up to date. */
export async function openStore(dataDirectory: string, onStatement?: OnStatement): Promise<Db> {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const path = join(dataDirectory, 'yuding.db');
  const db = openSqlite(path, onStatement);
  try {
    await migrate(db, `${path}.before-migration`);
    return db;
  } catch (error) {
    await db.close();
    throw error;
  }
}
