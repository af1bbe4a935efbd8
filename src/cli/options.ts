import type { Command } from 'commander';
import { openContext } from '../app.ts';
import { readConfig } from '../config.ts';
import type { Ctx } from '../context.ts';
import { parseEmail } from '../domain/email.ts';
import { listTenants } from '../domain/tenants.ts';
import type { Actor } from '../store/history.ts';
import type { Tenant } from '../store/tables.ts';
import { tenantOfKey } from '../wire/identifiers.ts';

/** The command line says something that cannot be. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Options that every command on a data directory has. */
export interface CommonOptions {
  data?: string;
  databaseUrl?: string;
  json?: boolean;
}

/** Changes made at the command line are booked under this name. */
export const operator: Actor = { id: 'operator', name: 'operator', source: 'cli' };

export function withCommonOptions(command: Command): Command {
  return command
    .option('--data <directory>', 'data directory (YUDING_DATA; default: data)')
    .option('--database-url <url>', 'PostgreSQL database, postgres://… (YUDING_DATABASE_URL; default: SQLite in the data directory)')
    .option('--json', 'print one JSON object');
}

/** Opens the database that is there, does the work, closes it again. A server may be running on it. */
export async function withContext<Result>(
  options: CommonOptions,
  work: (ctx: Ctx) => Promise<Result>,
  // A mistyped directory is not made into an empty one, but by commands that begin something.
  { create = false } = {},
): Promise<Result> {
  const ctx = await openContext(readConfig(options), {}, { create });
  try {
    return await work(ctx);
  } finally {
    await ctx.db.close();
  }
}

/** Prints the result: one JSON object for machines, the given lines for people. */
export function print({ json }: CommonOptions, result: object, lines: readonly string[]): void {
  console.log(json ? JSON.stringify(result) : lines.join('\n'));
}

/** Rows in aligned columns, under their names. */
export function columns(names: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = names.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  return [names, ...rows].map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** The tenant meant: the one with that key, or the only one there is. */
export async function resolveTenant(ctx: Ctx, key: string | undefined): Promise<Tenant> {
  const tenants = await listTenants(ctx);
  if (key !== undefined) {
    const found = tenants.find(({ tenant_id, tenant_key }) => tenant_key === key && tenant_id === tenantOfKey(key));
    if (!found) throw new UsageError(`no tenant has the key "${key}" (yuding tenant list)`);
    return found;
  }
  const [only, another] = tenants;
  if (!only) throw new UsageError('there is no tenant yet: yuding tenant create --name NAME, or yuding demo');
  if (another) throw new UsageError(`there are ${String(tenants.length)} tenants: say which with --tenant KEY (yuding tenant list)`);
  return only;
}

/** For options that take commas and repetition: `--scopes a,b --scopes c`. */
export function collectScopes(value: string, before: readonly string[] = []): string[] {
  const scopes = value
    .split(',')
    .map((scope) => scope.trim())
    .filter((scope) => scope !== '');
  if (scopes.length === 0) throw new UsageError('--scopes names no scope; one looks like vc:room:readonly');
  const odd = scopes.find((scope) => !/^[a-z0-9_]+([.:-][a-z0-9_]+)*$/i.test(scope));
  if (odd !== undefined) throw new UsageError(`--scopes: "${odd}" is no scope; one looks like vc:room:readonly`);
  return [...new Set([...before, ...scopes])];
}

/** A whole number within bounds. */
export function wholeNumber(option: string, minimum: number, maximum: number): (value: string) => number {
  return (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
    if (!(number >= minimum && number <= maximum)) {
      throw new UsageError(`${option} must be a whole number from ${String(minimum)} to ${String(maximum)}, not "${value}"`);
    }
    return number;
  };
}

/** An instant: unix seconds, or ISO 8601 with its offset. Returns epoch seconds. */
export function instant(option: string): (value: string) => number {
  return (value) => {
    if (/^\d{1,11}$/.test(value)) return Number(value);
    const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(value) ? Date.parse(value) : NaN;
    if (Number.isNaN(ms)) throw new UsageError(`${option} must be unix seconds or a time like 2026-11-22T08:00:00+08:00, not "${value}"`);
    return Math.floor(ms / 1000);
  };
}

/** A name for people to read: not empty, no control characters. */
export function nameText(option: string): (value: string) => string {
  return (value) => {
    const name = value.trim();
    if (name === '' || name.length > 200 || /\p{Cc}/u.test(name)) throw new UsageError(`${option} must be 1 to 200 characters without control characters`);
    return name;
  };
}

/** An e-mail address, in lower case. */
export function emailText(option: string): (value: string) => string {
  return (value) => {
    const email = parseEmail(value);
    if (email === undefined) throw new UsageError(`${option}: "${value}" is no e-mail address`);
    return email;
  };
}
