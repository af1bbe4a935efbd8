import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { isLoopback } from './loopback.ts';

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
  /** Where people reach the server, `https://rooms.example.com`, without a path; undefined: where it listens. */
  publicUrl: string | undefined;
  /** Addresses (CIDR) of proxies whose `X-Forwarded-For` is believed. */
  trustedProxies: readonly string[];
  /** Addresses (CIDR) inside the network to which events may be pushed, besides those of the internet. */
  pushAllow: readonly string[];
  /** Reservations that ended more than so many days ago are forgotten; undefined: none is. */
  keepDays: number | undefined;
  /** Single sign-on; undefined: with passwords only. */
  oidc: OidcConfig | undefined;
  /** A clock that testers move; never for a server that others can reach. */
  testClock: boolean;
  /** Check every answer against its schema: in development and tests. */
  checkAnswers: boolean;
}

/** The OpenID provider at which people sign in. */
export interface OidcConfig {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** What the sign-in page calls it. */
  name: string;
}

const variables = {
  host: 'YUDING_HOST',
  port: 'YUDING_PORT',
  data: 'YUDING_DATA',
  databaseUrl: 'YUDING_DATABASE_URL',
  rateLimit: 'YUDING_RATE_LIMIT',
  metricsToken: 'YUDING_METRICS_TOKEN',
  logLevel: 'YUDING_LOG_LEVEL',
  publicUrl: 'YUDING_PUBLIC_URL',
  trustedProxies: 'YUDING_TRUSTED_PROXIES',
  pushAllow: 'YUDING_PUSH_ALLOW',
  keepDays: 'YUDING_KEEP_DAYS',
  oidcIssuer: 'YUDING_OIDC_ISSUER',
  oidcClientId: 'YUDING_OIDC_CLIENT_ID',
  oidcClientSecret: 'YUDING_OIDC_CLIENT_SECRET',
  oidcName: 'YUDING_OIDC_NAME',
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
  const whole = (setting: 'port' | 'rateLimit' | 'keepDays', minimum: number, maximum: number): number | undefined => {
    const [value, name] = said(setting);
    if (value === undefined) return undefined;
    if (/^\d{1,9}$/.test(value) && Number(value) >= minimum && Number(value) <= maximum) return Number(value);
    problems.push(`${name} must be a whole number from ${String(minimum)} to ${String(maximum)}, not "${value}"`);
    return undefined;
  };
  const ranges = (setting: 'trustedProxies' | 'pushAllow'): string[] => {
    const [value = '', name] = said(setting);
    const list = value.split(/[\s,]+/).filter((range) => range !== '');
    for (const range of list) if (!isRange(range)) problems.push(`${name}: "${range}" is no address range; one looks like 10.0.0.0/8 or fd00::/8`);
    return list;
  };

  const port = whole('port', 0, 65_535) ?? 7070;
  const rateLimit = whole('rateLimit', 0, 1_000_000);
  const [logLevel = 'info'] = said('logLevel');
  if (!LOG_LEVELS.includes(logLevel)) problems.push(`${variables.logLevel} must be one of ${LOG_LEVELS.join(', ')}, not "${logLevel}"`);
  const [databaseUrl, databaseUrlName] = said('databaseUrl');
  // The address may hold a password: a complaint does not repeat it.
  if (databaseUrl !== undefined && !/^postgres(ql)?:\/\//.test(databaseUrl)) problems.push(`${databaseUrlName} must begin with postgres://`);
  const [metricsToken, metricsTokenName] = said('metricsToken');
  if (metricsToken !== undefined && metricsToken.length < 16) problems.push(`${metricsTokenName} must have 16 characters or more`);
  const keepDays = whole('keepDays', 1, 36_500);
  const [publicUrl, publicUrlName] = said('publicUrl');
  if (publicUrl !== undefined && !isOrigin(publicUrl))
    problems.push(`${publicUrlName} must be https:// and a host, without a path (http:// on this machine only), not "${publicUrl}"`);
  const trustedProxies = ranges('trustedProxies');
  const pushAllow = ranges('pushAllow');
  const oidc = readOidc((setting) => said(setting)[0], problems);
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
    publicUrl: publicUrl?.replace(/\/$/, ''),
    trustedProxies,
    pushAllow,
    keepDays,
    oidc,
    testClock,
    checkAnswers: env.NODE_ENV === 'test' || env.NODE_ENV === 'development',
  };
}

/** All of it, or none: half a provider is a mistake. */
function readOidc(said: (setting: Setting) => string | undefined, problems: string[]): OidcConfig | undefined {
  const [issuer, clientId, clientSecret, name] = [said('oidcIssuer'), said('oidcClientId'), said('oidcClientSecret'), said('oidcName')];
  if ([issuer, clientId, clientSecret, name].every((value) => value === undefined)) return undefined;
  const needed = { oidcIssuer: issuer, oidcClientId: clientId, oidcClientSecret: clientSecret };
  for (const [setting, value] of Object.entries(needed)) {
    if (value === undefined) problems.push(`${variables[setting as Setting]} is needed for single sign-on`);
  }
  if (issuer !== undefined && !isSecureUrl(issuer)) problems.push(`${variables.oidcIssuer} must be an https:// address (http:// on this machine only)`);
  return { issuer: issuer ?? '', clientId: clientId ?? '', clientSecret: clientSecret ?? '', name: name ?? 'single sign-on' };
}

function isOrigin(text: string): boolean {
  return isSecureUrl(text) && [new URL(text).origin, `${new URL(text).origin}/`].includes(text);
}

function isSecureUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname.replace(/^\[|\]$/g, '')));
}

/** An address, or a range of them in CIDR form. */
function isRange(text: string): boolean {
  const [address = '', bits, more] = text.split('/');
  const family = isIP(address);
  return family !== 0 && more === undefined && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)));
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
