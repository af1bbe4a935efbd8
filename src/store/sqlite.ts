import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import {
  CompiledQuery,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect as KyselyDialect,
  type Driver,
  type QueryResult,
  type Transaction,
} from 'kysely';
import { setDialect, sqliteDialect } from './dialect.ts';
import { requireFitGround } from './guard.ts';
import type { Db, Reader } from './open.ts';
import { createPrivateFile } from './private-file.ts';
import { loggedTo, type OnStatement } from './statements.ts';
import type { Tables } from './tables.ts';

/** Milliseconds that a statement waits for another process's short transaction. */
const BUSY_TIMEOUT = 5000;

type SqliteValue = string | number | null | Uint8Array;

/** Where the database of a data directory is. */
export function databasePath(dataDirectory: string): string {
  return join(dataDirectory, 'yuding.db');
}

/**
 * Opens the database file, which is created for its owner's eyes only.
 *
 * One connection writes and runs ordinary queries, a transaction at a time; a second, read-only one serves `read`, so that
 * the hot path never waits for a transaction of this process.
 */
export function openSqlite(path: string, onStatement?: OnStatement): Db {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  createPrivateFile(path);
  requireFitGround(path, sqliteVersion());
  const writer = new DatabaseSync(path, { timeout: BUSY_TIMEOUT });
  // WAL: readers and the writer do not wait for each other. FULL: an acknowledged booking survives a power cut.
  // mmap_size 0: a fault of the disk is an error, not a signal. secure_delete: what is deleted or written over is not left lying in the file.
  writer.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA mmap_size = 0; PRAGMA cache_size = -65536; PRAGMA secure_delete = ON',
  );
  const reader = openSqliteReader(path, onStatement);

  const adapter = new OneWriterAdapter();
  setDialect(adapter, sqliteDialect);
  const kysely = new Kysely<Tables>({ dialect: kyselyDialect(writer, adapter), ...loggedTo(onStatement) });
  const commits = new GroupCommit(kysely);

  return {
    dialect: sqliteDialect,
    kysely,
    transaction: (work) => commits.run(work),
    read: reader.read,
    insertMany(_transaction, table, columns, rows) {
      const places = columns.map(() => '?').join(', ');
      const statement = writer.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`);
      for (const row of rows) statement.run(...row);
      return Promise.resolve();
    },
    pool: () => null,
    async close() {
      await reader.close();
      await kysely.destroy();
    },
  };
}

/** A connection that only reads; it sees what is committed. */
export function openSqliteReader(path: string, onStatement?: OnStatement): Reader {
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT, readOnly: true });
  const prepared = new Map<string, StatementSyncInstance>();
  const prepare = (text: string): StatementSyncInstance => {
    let statement = prepared.get(text);
    if (!statement) prepared.set(text, (statement = db.prepare(text)));
    return statement;
  };
  return {
    dialect: sqliteDialect,
    read: <Row>(text: string, values: readonly unknown[]) =>
      new Promise<Row[]>((resolve) => {
        onStatement?.(text, values);
        resolve(prepare(text).all(...(values as SqliteValue[])) as Row[]);
      }),
    close() {
      prepared.clear();
      db.close();
      return Promise.resolve();
    },
  };
}

/** Version of the SQLite in use. */
export function sqliteVersion(): string {
  const db = new DatabaseSync(':memory:');
  const row = db.prepare('SELECT sqlite_version() AS version').get() as { version: string };
  db.close();
  return row.version;
}

interface Waiting {
  work: (tx: Transaction<Tables>) => Promise<unknown>;
  resolve: (result: never) => void;
  reject: (error: unknown) => void;
}

const SAVEPOINT = CompiledQuery.raw('SAVEPOINT one');
const RELEASE = CompiledQuery.raw('RELEASE one');
const ROLLBACK_TO = CompiledQuery.raw('ROLLBACK TO one');

/** Transactions that share one wait for the disk, at most. */
const MOST_TOGETHER = 64;

/**
 * Transactions that come while another runs are committed together with it, so that many wait for the disk once. Each is all or
 * nothing by itself, by a savepoint; none is answered before what it did is on the disk.
 */
class GroupCommit {
  readonly #kysely: Kysely<Tables>;
  readonly #queue: Waiting[] = [];
  #busy = false;

  constructor(kysely: Kysely<Tables>) {
    this.#kysely = kysely;
  }

  run<Result>(work: (tx: Transaction<Tables>) => Promise<Result>): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#queue.push({ work, resolve, reject });
      if (!this.#busy) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    while (this.#queue.length > 0) await this.#together();
    this.#busy = false;
  }

  async #together(): Promise<void> {
    const answers: (() => void)[] = [];
    let failed: { waiting: Waiting; error: unknown } | undefined;
    const taken: Waiting[] = [];
    try {
      await this.#kysely.transaction().execute(async (tx) => {
        for (let next = this.#queue.shift(); next; next = taken.length < MOST_TOGETHER ? this.#queue.shift() : undefined) {
          const waiting = next;
          taken.push(waiting);
          await tx.executeQuery(SAVEPOINT);
          try {
            const result = (await waiting.work(tx)) as never;
            await tx.executeQuery(RELEASE);
            answers.push(() => {
              waiting.resolve(result);
            });
          } catch (error) {
            failed = { waiting, error };
            await tx.executeQuery(ROLLBACK_TO);
            await tx.executeQuery(RELEASE);
            failed = undefined;
            answers.push(() => {
              waiting.reject(error);
            });
          }
        }
      });
    } catch (error) {
      // Nothing of it happened. What broke the transaction says why to its own caller; the others hear of the commit.
      for (const waiting of taken) waiting.reject(waiting === failed?.waiting ? failed.error : error);
      return;
    }
    for (const answer of answers) answer();
  }
}

class OneWriterAdapter extends SqliteAdapter {
  // Kysely leaves it off for SQLite in general; with BEGIN IMMEDIATE a migration is one transaction here.
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

function kyselyDialect(db: DatabaseSyncInstance, adapter: SqliteAdapter): KyselyDialect {
  return {
    createAdapter: () => adapter,
    createDriver: () => new OneConnectionDriver(db),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** One connection, lent to one borrower at a time, in the order in which they asked. */
class OneConnectionDriver implements Driver {
  readonly #db: DatabaseSyncInstance;
  readonly #connection: DatabaseConnection;
  #free: Promise<void> = Promise.resolve();
  #release: () => void = () => undefined;

  constructor(db: DatabaseSyncInstance) {
    this.#db = db;
    this.#connection = new Connection(db);
  }

  init = () => Promise.resolve();

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#free;
    let done: () => void = () => undefined;
    this.#free = new Promise((resolve) => (done = resolve));
    await before;
    this.#release = done;
    return this.#connection;
  }

  // The write lock is taken at once: a transaction that reads first and writes later could not be let through otherwise.
  beginTransaction = (connection: DatabaseConnection) => run(connection, 'BEGIN IMMEDIATE');
  commitTransaction = (connection: DatabaseConnection) => run(connection, 'COMMIT');
  rollbackTransaction = (connection: DatabaseConnection) => run(connection, 'ROLLBACK');

  releaseConnection(): Promise<void> {
    this.#release();
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    this.#db.close();
    return Promise.resolve();
  }
}

async function run(connection: DatabaseConnection, statement: string): Promise<void> {
  await connection.executeQuery(CompiledQuery.raw(statement));
}

interface Prepared {
  statement: StatementSyncInstance;
  /** Whether it gives rows. */
  answers: boolean;
}

const STATEMENTS_KEPT = 300;

class Connection implements DatabaseConnection {
  readonly #db: DatabaseSyncInstance;
  readonly #prepared = new Map<string, Prepared>();

  constructor(db: DatabaseSyncInstance) {
    this.#db = db;
  }

  executeQuery = <Row>(query: CompiledQuery) =>
    new Promise<QueryResult<Row>>((resolve) => {
      const values = query.parameters as SqliteValue[];
      const { statement, answers } = this.#prepare(query.sql);
      if (answers) {
        resolve({ rows: statement.all(...values) as Row[] });
      } else {
        const { changes } = statement.run(...values);
        resolve({ rows: [], numAffectedRows: BigInt(changes) });
      }
    });

  /** Statements are kept: to prepare one takes longer than to run it. Those with lists in them come in many lengths, so the oldest go. */
  #prepare(text: string): Prepared {
    let prepared = this.#prepared.get(text);
    if (prepared) return prepared;
    const statement = this.#db.prepare(text);
    prepared = { statement, answers: statement.columns().length > 0 };
    for (const oldest of this.#prepared.keys()) {
      if (this.#prepared.size < STATEMENTS_KEPT) break;
      this.#prepared.delete(oldest);
    }
    this.#prepared.set(text, prepared);
    return prepared;
  }

  streamQuery = (): never => {
    throw new Error('streaming is not offered here');
  };
}
