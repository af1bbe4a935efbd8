import type { AddressInfo } from 'node:net';
import { pino, type Logger } from 'pino';
import { systemClock, type Clock } from './clock.ts';
import { readConfig, type Config } from './config.ts';
import type { Ctx } from './context.ts';
import { Directories } from './domain/directory.ts';
import { buildServer } from './http/server.ts';
import { createIds, type Ids } from './ids.ts';
import { openKeys } from './keys.ts';
import { lockDataDirectory } from './store/lock.ts';
import { openStore, requireStore, type OnStatement } from './store/open.ts';

/** What a test may bring instead of the real thing. */
export interface Overrides {
  clock?: Clock;
  ids?: Ids;
  log?: Logger;
  onStatement?: OnStatement;
  /** False: take every request, however far behind the process is. */
  shedOverload?: boolean;
}

/** A server that can be started and stopped; several may live in one process, each on a data directory of its own. */
export interface App {
  readonly ctx: Ctx;
  /** Starts to answer. @returns the address, `http://HOST:PORT` */
  start(): Promise<string>;
  /** Takes no more requests, lets those under way finish, closes the database. To be asked again does no harm. */
  stop(): Promise<void>;
}

/** Connections that the operating system keeps waiting. Node's 511 lose some of a crowd that comes at once, which then wait seconds for their next try. */
const BACKLOG = 4096;

/** Opens the data directory: database, keys and all that lives beside them, without a server. The operator's commands work on it. */
export async function openContext(config: Config, overrides: Overrides = {}, { create = true } = {}): Promise<Ctx> {
  if (!create) requireStore(config);
  // Before the database: nothing is to be closed when the key file is none.
  const keys = openKeys(config.data);
  const db = await openStore(config, overrides.onStatement);
  return {
    config,
    db,
    clock: overrides.clock ?? systemClock,
    ids: overrides.ids ?? createIds(),
    keys,
    log: overrides.log ?? createLog(config),
    directories: new Directories(db),
  };
}

/**
 * Makes a server on `config.data`. Nothing listens before `start`.
 *
 * @throws LockedError when another server has the data directory; NewerSchemaError when a newer program wrote it
 */
export async function createApp(config: Partial<Config> = {}, overrides: Overrides = {}): Promise<App> {
  const whole = { ...readConfig(), ...config };
  const ctx = await openContext(whole, overrides);
  let unlock: (() => void) | undefined;
  try {
    // PostgreSQL serves any number of servers; an SQLite file has one.
    unlock = ctx.db.dialect.engine === 'sqlite' ? lockDataDirectory(whole.data) : () => undefined;
    const server = buildServer(ctx, { shed: overrides.shedOverload ?? true });
    const release = unlock;
    const shutDown = async () => {
      try {
        await server.close();
        await ctx.db.close();
      } finally {
        release();
      }
    };
    let stopped: Promise<void> | undefined;
    return {
      ctx,
      async start() {
        await server.listen({ host: whole.host, port: whole.port, backlog: BACKLOG });
        const { address, family, port } = server.server.address() as AddressInfo;
        return `http://${family === 'IPv6' ? `[${address}]` : address}:${String(port)}`;
      },
      stop: () => (stopped ??= shutDown()),
    };
  } catch (error) {
    unlock?.();
    await ctx.db.close();
    throw error;
  }
}

/** JSON lines on standard error; standard output belongs to the commands. */
function createLog(config: Config): Logger {
  return pino({ level: config.logLevel, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` }, pino.destination({ dest: 2, sync: false }));
}
