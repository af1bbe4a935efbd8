import { existsSync } from 'node:fs';
import type { Kysely, Transaction } from 'kysely';
import type { Dialect, Value } from './dialect.ts';
import { migrate } from './migrate.ts';
import { openPostgres, openPostgresReader } from './postgres.ts';
import { databasePath, openSqlite, openSqliteReader } from './sqlite.ts';
import type { OnStatement } from './statements.ts';
import type { Tables } from './tables.ts';

export type { OnStatement };

/** What store functions take: the database, or a transaction on it. */
export type Queries = Kysely<Tables>;

/** Who reads hand-written statements and does nothing else. */
export interface Reader {
  readonly dialect: Dialect;
  /** Runs a hand-written statement, prepared once and kept. Placeholders are `?1`, `?2` and so on. It sees what is committed. */
  readonly read: <Row>(text: string, values: readonly Value[]) => Promise<Row[]>;
  close(): Promise<void>;
}

/** An open database. */
export interface Db extends Reader {
  readonly kysely: Queries;
  /** Runs `work` in one transaction: all of it or, when it throws, nothing. */
  transaction<Result>(work: (tx: Transaction<Tables>) => Promise<Result>): Promise<Result>;
  /** Inserts any number of rows, in bounded memory and faster than single statements do. Inside `transaction`, with what it gave. */
  insertMany(tx: Transaction<Tables>, table: keyof Tables, columns: readonly string[], rows: Iterable<readonly (string | number | null)[]>): Promise<void>;
  /** Connections to the database server; null where there is none. */
  readonly pool: () => { open: number; idle: number; waiting: number } | null;
}

/** Where the database is: a server's address, or else a file in the data directory. */
export interface StoreConfig {
  data: string;
  databaseUrl: string | undefined;
}

/** There is no database where one was expected. */
export class NoDatabaseError extends Error {
  override name = 'NoDatabaseError';
}

/** @throws NoDatabaseError where opening would make a new file; a server's database is taken to be there */
export function requireStore({ data, databaseUrl }: StoreConfig): void {
  if (databaseUrl === undefined && !existsSync(databasePath(data))) {
    throw new NoDatabaseError(`there is no database in ${data}: yuding tenant create makes one, or yuding demo`);
  }
}

/** Opens the database, which is made where there is none, and brings its schema up to date. */
export async function openStore({ data, databaseUrl }: StoreConfig, onStatement?: OnStatement): Promise<Db> {
  const path = databasePath(data);
  const db = databaseUrl === undefined ? openSqlite(path, onStatement) : await openPostgres(databaseUrl, onStatement);
  try {
    await migrate(db, `${path}.before-migration`);
    return db;
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** Opens a connection that only reads, for a thread of its own. The database is there, and its schema is that of this program. */
export function openReader({ data, databaseUrl }: StoreConfig): Reader {
  return databaseUrl === undefined ? openSqliteReader(databasePath(data)) : openPostgresReader(databaseUrl);
}
