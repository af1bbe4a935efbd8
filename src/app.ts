import type { AddressInfo } from 'node:net';
import { pino, type Logger } from 'pino';
import { systemClock, type Clock } from './clock.ts';
import { readConfig, type Config } from './config.ts';
import type { Ctx } from './context.ts';
import { Changes } from './domain/changes.ts';
import { Directories } from './domain/directory.ts';
import { Passwords } from './domain/passwords.ts';
import { buildServer } from './http/server.ts';
import { testClockHandlers } from './http/v1/test-clock.ts';
import { createIds, type Ids } from './ids.ts';
import { doDue, Runner } from './jobs/runner.ts';
import { openKeys } from './keys.ts';
import { lockDataDirectory } from './store/lock.ts';
import { openStore, requireStore, type OnStatement } from './store/open.ts';
import { TestClock } from './test-clock.ts';

/** What a test may bring instead of the real thing. */
export interface Overrides {
  clock?: Clock;
  ids?: Ids;
  log?: Logger;
  onStatement?: OnStatement;
  /** False: do no jobs; a test does them when it wants to. */
  jobs?: boolean;
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
  const log = overrides.log ?? createLog(config);
  const directories = new Directories(db);
  return {
    config,
    db,
    clock: overrides.clock ?? systemClock,
    ids: overrides.ids ?? createIds(),
    keys,
    log,
    directories,
    passwords: new Passwords(),
    changes: new Changes({ db, directories, log }),
    origin: config.publicUrl ?? originOf(config.host, config.port),
  };
}

/**
 * Makes a server on `config.data`. Nothing listens before `start`.
 *
 * @throws LockedError when another server has the data directory; NewerSchemaError when a newer program wrote it
 */
export async function createApp(config: Partial<Config> = {}, overrides: Overrides = {}): Promise<App> {
  const whole = { ...readConfig(), ...config };
  // PostgreSQL serves any number of servers; an SQLite file has one. Before the database is opened, which may change its
  // schema: a server that is refused must not do so under the one that runs.
  const unlock = whole.databaseUrl === undefined ? lockDataDirectory(whole.data) : () => undefined;
  let ctx: Ctx | undefined;
  try {
    const testClock = whole.testClock ? new TestClock() : undefined;
    ctx = await openContext(whole, testClock ? { clock: testClock, ...overrides } : overrides);
    const more = testClock ? testClockHandlers(testClock, doDue) : [];
    const server = buildServer(ctx, { shed: overrides.shedOverload ?? true, more });
    return serverOn(ctx, server, overrides.jobs === false ? undefined : new Runner(ctx), unlock);
  } catch (error) {
    await ctx?.db.close();
    unlock();
    throw error;
  }
}

function serverOn(ctx: Ctx, server: ReturnType<typeof buildServer>, runner: Runner | undefined, unlock: () => void): App {
  let keyWatch: NodeJS.Timeout | undefined;
  const shutDown = async () => {
    try {
      clearInterval(keyWatch);
      await server.close();
      await runner?.stop();
      await ctx.changes.idle();
      await ctx.db.close();
    } finally {
      unlock();
    }
  };
  let stopped: Promise<void> | undefined;
  return {
    ctx,
    async start() {
      const { host, port } = ctx.config;
      await server.listen({ host, port, backlog: BACKLOG });
      keyWatch = watchKeys(ctx);
      runner?.start();
      const bound = server.server.address() as AddressInfo;
      if (ctx.config.publicUrl === undefined) ctx.origin = originOf(bound.address, bound.port);
      return `http://${bracketed(bound.address)}:${String(bound.port)}`;
    },
    stop: () => (stopped ??= shutDown()),
  };
}

/** How soon a server notices a key that `yuding key` has changed. */
const KEY_LOOK_MS = 2000;

function watchKeys({ keys, log }: Ctx): NodeJS.Timeout {
  return setInterval(() => {
    try {
      keys.refresh();
    } catch (error) {
      // The keys that it has stay good.
      log.error({ err: error }, 'the key file cannot be read');
    }
  }, KEY_LOOK_MS).unref();
}

/** How a browser on this machine reaches a server that listens there. */
function originOf(host: string, port: number): string {
  if (host === '0.0.0.0') return originOf('127.0.0.1', port);
  return host === '::' ? originOf('::1', port) : `http://${bracketed(host)}:${String(port)}`;
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** JSON lines on standard error; standard output belongs to the commands. */
function createLog(config: Config): Logger {
  return pino({ level: config.logLevel, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` }, pino.destination({ dest: 2, sync: false }));
}
