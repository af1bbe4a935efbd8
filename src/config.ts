import { resolve } from 'node:path';

/** What the program was told. Read once, from flags and environment; nothing else reads the environment. */
export interface Config {
  /** Address to listen on. */
  host: string;
  /** 0 picks a free port. */
  port: number;
  /** Directory of the database and the key file. */
  data: string;
  /** PostgreSQL server and database, `postgres://…`; undefined: SQLite in the data directory. */
  databaseUrl: string | undefined;
  /** Calls per minute that replace every documented limit; 0: no limit; undefined: the documented ones. */
  rateLimit: number | undefined;
  /** Bearer with which `/metrics` answers from elsewhere; undefined: to this machine only. */
  metricsToken: string | undefined;
  logLevel: string;
  /** A clock that testers move; never for a server that others can reach. */
  testClock: boolean;
  /** Check every answer against its schema: in development and tests. */
  checkAnswers: boolean;
}

const variables = {
  host: 'YUDING_HOST',
  port: 'YUDING_PORT',
  data: 'YUDING_DATA',
  databaseUrl: 'YUDING_DATABASE_URL',
  rateLimit: 'YUDING_RATE_LIMIT',
  metricsToken: 'YUDING_METRICS_TOKEN',
  logLevel: 'YUDING_LOG_LEVEL',
} as const;
type Setting = keyof typeof variables;

/** What was said on the command line, by setting. A flag wins over its variable, a variable over the default. */
export type ConfigFlags = Partial<Record<Setting, string | undefined>> & { testClock?: boolean | undefined };

/** The configuration is unusable. `problems` has a line for each fault. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** @throws ConfigError that lists every problem, not the first only */
export function readConfig(flags: ConfigFlags = {}, env: NodeJS.ProcessEnv = process.env): Config {
  const known: readonly string[] = Object.values(variables);
  const problems = Object.keys(env)
    .filter((name) => name.startsWith('YUDING_') && !known.includes(name))
    .map((name) => `${name} is no setting of this program; there are ${known.join(', ')}`);

  /** What was said about a setting, and how a complaint calls it. An empty variable says nothing. */
  const said = (setting: Setting): [value: string | undefined, name: string] => {
    const flag = flags[setting];
    return flag === undefined ? [env[variables[setting]] || undefined, variables[setting]] : [flag, `--${kebab(setting)}`];
  };
  // An empty flag is a script's variable that was not set: the working directory, say, is not what it meant.
  for (const setting of ['host', 'data'] as const) if (flags[setting] === '') problems.push(`--${setting} must not be empty`);
  const whole = (setting: 'port' | 'rateLimit', maximum: number): number | undefined => {
    const [value, name] = said(setting);
    if (value === undefined) return undefined;
    if (/^\d{1,9}$/.test(value) && Number(value) <= maximum) return Number(value);
    problems.push(`${name} must be a whole number from 0 to ${String(maximum)}, not "${value}"`);
    return undefined;
  };

  const port = whole('port', 65_535) ?? 7070;
  const rateLimit = whole('rateLimit', 1_000_000);
  const [logLevel = 'info'] = said('logLevel');
  if (!LOG_LEVELS.includes(logLevel)) problems.push(`${variables.logLevel} must be one of ${LOG_LEVELS.join(', ')}, not "${logLevel}"`);
  const [databaseUrl, databaseUrlName] = said('databaseUrl');
  // The address may hold a password: a complaint does not repeat it.
  if (databaseUrl !== undefined && !/^postgres(ql)?:\/\//.test(databaseUrl)) problems.push(`${databaseUrlName} must begin with postgres://`);
  const [metricsToken, metricsTokenName] = said('metricsToken');
  if (metricsToken !== undefined && metricsToken.length < 16) problems.push(`${metricsTokenName} must have 16 characters or more`);
  const host = said('host')[0] ?? '127.0.0.1';
  const testClock = flags.testClock ?? false;
  if (testClock && !isLoopback(host)) problems.push(`--test-clock lets callers move the time: only on 127.0.0.1, ::1 or localhost, not on ${host}`);
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    host,
    port,
    data: resolve(said('data')[0] ?? 'data'),
    databaseUrl,
    rateLimit,
    metricsToken,
    logLevel,
    testClock,
    checkAnswers: env.NODE_ENV === 'test' || env.NODE_ENV === 'development',
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
