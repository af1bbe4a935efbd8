import { resolve } from 'node:path';

/** What the program was told. Read once, from flags and environment; nothing else reads the environment. */
export interface Config {
  /** Address to listen on. */
  host: string;
  /** 0 picks a free port. */
  port: number;
  /** Directory of the database and the key file. */
  data: string;
  /** Calls per minute that replace every documented limit; 0: no limit; undefined: the documented ones. */
  rateLimit: number | undefined;
  logLevel: string;
  /** Check every answer against its schema: in development and tests. */
  checkAnswers: boolean;
}

/** A flag wins over its variable, a variable over the default. */
export type ConfigFlags = Partial<Record<'host' | 'port' | 'data', string | undefined>>;

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
  const problems: string[] = [];
  const setting = (flag: keyof ConfigFlags, byDefault: string): [string, string] => {
    const variable = `YUDING_${flag.toUpperCase()}`;
    if (flags[flag] !== undefined) return [flags[flag], `--${flag}`];
    return env[variable] ? [env[variable], variable] : [byDefault, variable];
  };
  const whole = ([value, name]: [string, string], maximum: number): number => {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN;
    if (!(number <= maximum)) problems.push(`${name} must be a whole number from 0 to ${String(maximum)}, not "${value}"`);
    return number;
  };

  const port = whole(setting('port', '7070'), 65_535);
  const rateLimit = env.YUDING_RATE_LIMIT ? whole([env.YUDING_RATE_LIMIT, 'YUDING_RATE_LIMIT'], 1_000_000) : undefined;
  const logLevel = env.YUDING_LOG_LEVEL ?? 'info';
  if (!LOG_LEVELS.includes(logLevel)) problems.push(`YUDING_LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}, not "${logLevel}"`);
  const known = new Set(['YUDING_HOST', 'YUDING_PORT', 'YUDING_DATA', 'YUDING_RATE_LIMIT', 'YUDING_LOG_LEVEL']);
  for (const name of Object.keys(env)) {
    if (name.startsWith('YUDING_') && !known.has(name)) problems.push(`${name} is no setting of this program`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    host: setting('host', '127.0.0.1')[0],
    port,
    data: resolve(setting('data', 'data')[0]),
    rateLimit,
    logLevel,
    checkAnswers: env.NODE_ENV === 'test' || env.NODE_ENV === 'development',
  };
}
