import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Kysely, PostgresAdapter, PostgresDialect, type PostgresPool, type Transaction } from 'kysely';
import { Pool, types, type PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { postgresDialect, setDialect } from './dialect.ts';
import { requireFitServer, UnfitError } from './guard.ts';
import type { Db, Reader } from './open.ts';
import { loggedTo, type OnStatement } from './statements.ts';
import type { Tables } from './tables.ts';

/** The database server cannot be reached, or does not let us in. The message has no password in it. */
export class UnreachableError extends Error {
  override name = 'UnreachableError';
}

/**
 * Opens a PostgreSQL database. Connections are made as they are needed; the first one shows whether it can be used.
 *
 * @throws UnreachableError, UnfitError
 */
export async function openPostgres(url: string, onStatement?: OnStatement): Promise<Db> {
  const pool = openPool(url);
  try {
    const { rows } = await pool.query<{ version: number }>("SELECT current_setting('server_version_num')::int AS version");
    requireFitServer(rows[0]?.version ?? 0);
  } catch (error) {
    await pool.end();
    throw error instanceof UnfitError ? error : new UnreachableError(`cannot use the PostgreSQL database: ${reasonOf(error)}`);
  }

  const adapter = new PostgresAdapter();
  setDialect(adapter, postgresDialect);
  const kyselyOn = (connections: PostgresPool) => new Kysely<Tables>({ dialect: new DialectWith(adapter, connections), ...loggedTo(onStatement) });
  const kysely = kyselyOn(pool);
  const clients = new WeakMap<Transaction<Tables>, PoolClient>();

  const once = async <Result>(work: (tx: Transaction<Tables>) => Promise<Result>): Promise<Result> => {
    const client = await pool.connect();
    let broken = false;
    const onError = () => (broken = true);
    client.on('error', onError);
    try {
      return await kyselyOn(poolOf(client))
        .transaction()
        .execute((tx) => {
          clients.set(tx, client);
          return work(tx);
        });
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  };

  return {
    dialect: postgresDialect,
    kysely,
    // On a client of its own, which bulk inserts inside the transaction need to know. One that the server ended for the sake of
    // another is done again: nothing of it happened.
    async transaction(work) {
      for (let left = RETRIES; ; left--) {
        try {
          return await once(work);
        } catch (error) {
          if (left === 0 || !RETRIED.has((error as { code?: string }).code ?? '')) throw error;
        }
      }
    },
    read: readerOf(pool, onStatement),
    async insertMany(tx, table, columns, rows) {
      const client = clients.get(tx);
      if (!client) throw new Error('insertMany outside of a transaction');
      await pipeline(Readable.from(copyLines(rows)), client.query(copyFrom(`COPY ${table} (${columns.join(', ')}) FROM STDIN`)));
    },
    pool: () => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  };
}

/** A connection that only reads, made when it is first used. */
export function openPostgresReader(url: string): Reader {
  const pool = openPool(url, 1);
  return { dialect: postgresDialect, read: readerOf(pool), close: () => pool.end() };
}

/** @param most connections at one time */
function openPool(url: string, most = 10): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: 'yuding',
    connectionTimeoutMillis: 5000,
    keepAlive: true,
    max: most,
    // Times and ids are far below 2^53.
    types: { getTypeParser: (oid, format) => (oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format)) as never },
  });
  // An idle connection that the server closes is no reason to end the process: the pool makes another.
  pool.on('error', () => undefined);
  return pool;
}

function readerOf(pool: Pool, onStatement?: OnStatement): Reader['read'] {
  const prepared = new Map<string, { name: string; text: string }>();
  return async <Row>(text: string, values: readonly unknown[]) => {
    onStatement?.(text, values);
    let statement = prepared.get(text);
    if (!statement) prepared.set(text, (statement = { name: `read_${String(prepared.size)}`, text: placeholders(text) }));
    const { rows } = await pool.query({ ...statement, values: values as unknown[] });
    return rows as Row[];
  };
}

/** SQLSTATEs of a transaction that the server ended for the sake of another: a deadlock, a serialisation failure. */
const RETRIED: ReadonlySet<string> = new Set(['40P01', '40001']);
const RETRIES = 5;

/** Several addresses of one host fail together, in an error without a message of its own. */
function reasonOf(error: unknown): string {
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  return first instanceof Error ? first.message : String(first);
}

/** Kysely makes an adapter of its own for each instance; ours is known to belong to this engine. */
class DialectWith extends PostgresDialect {
  readonly #adapter: PostgresAdapter;

  constructor(adapter: PostgresAdapter, pool: PostgresPool) {
    super({ pool });
    this.#adapter = adapter;
  }

  override createAdapter(): PostgresAdapter {
    return this.#adapter;
  }
}

/** A pool of one client that somebody else gives back. */
function poolOf(client: PoolClient): PostgresPool {
  const borrowed = { query: client.query.bind(client), release: () => undefined };
  return { connect: () => Promise.resolve(borrowed as never), end: () => Promise.resolve() };
}

/** `?1` is `$1` here. */
function placeholders(text: string): string {
  return text.replace(/\?(\d)/g, '$$$1');
}

const CHUNK = 1 << 16;

/** Rows in COPY's text format, in pieces of about 64 KiB. */
function* copyLines(rows: Iterable<readonly (string | number | null)[]>): Generator<string> {
  let chunk = '';
  for (const row of rows) {
    chunk += `${row.map(copyField).join('\t')}\n`;
    if (chunk.length >= CHUNK) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk !== '') yield chunk;
}

const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function copyField(value: string | number | null): string {
  if (value === null) return '\\N';
  return typeof value === 'number' ? String(value) : value.replace(/[\\\t\n\r]/g, (character) => ESCAPED[character] ?? character);
}
