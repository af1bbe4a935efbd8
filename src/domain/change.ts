import type { Ctx } from '../context.ts';
import { beginDirectoryChange } from '../store/directory.ts';
import type { Queries } from '../store/open.ts';
import type { Directory } from './directory.ts';
import { DomainError } from './errors.ts';

/** Begins a change of a tenant's levels, rooms or settings: from here on nobody else changes them until the transaction ends. */
export async function beginChange(ctx: Ctx, tx: Queries, tenantId: number): Promise<{ directory: Directory; version: number }> {
  const version = await beginDirectoryChange(tx, tenantId);
  return { directory: await ctx.directories.before(tx, tenantId, version), version };
}

/** What a caller takes the present state to be. */
export interface Seen {
  /** The version that the request read; what it writes rests on it. */
  version: number;
  /** The version that the caller named, when it named one. */
  expected?: number | undefined;
}

/** @throws DomainError stale when the caller named another version than the request found */
export function requireExpected({ version, expected }: Seen): void {
  if (expected !== undefined && expected !== version) throw new DomainError('stale', `it is at version ${String(version)} now`);
}

/** @throws DomainError conflict */
export function requireUnchanged(updated: boolean): void {
  if (!updated) throw new DomainError('conflict', 'it was changed meanwhile: read it again');
}
