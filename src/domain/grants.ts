import type { Ctx } from '../context.ts';
import { deleteCodesOf } from '../store/authorization-codes.ts';
import { deleteGrantsOf, findGrant, holdGrant, insertGrant, listGrants as storedGrants, updateGrant, type Grant } from '../store/grants.ts';
import { addHistory, type Actor } from '../store/history.ts';
import type { Queries } from '../store/open.ts';
import { deleteRefreshTokensOf } from '../store/refresh-tokens.ts';
import { deleteUserTokens } from '../store/tokens.ts';
import { DomainError } from './errors.ts';
import { words } from './words.ts';

/** A person and an app: between them is the grant. */
export interface Parties {
  tenantId: number;
  userId: string;
  appId: string;
}

/** What a person has let an app do; undefined: nothing, not even know who the person is. */
export async function grantedScopes(ctx: Ctx, { tenantId, userId, appId }: Parties): Promise<string[] | undefined> {
  const grant = await findGrant(ctx.db.kysely, tenantId, userId, appId);
  return grant && words(grant.scopes);
}

/**
 * Adds to what an app may do for a person. Grants add up: the vendor's newest token has all that was ever granted.
 * Holds the grant until the transaction ends.
 *
 * @returns all that is granted now
 */
export async function addGrant(tx: Queries, actor: Actor, { tenantId, userId, appId }: Parties, scopes: readonly string[], at: number): Promise<string[]> {
  const grant = { tenant_id: tenantId, app_id: appId, user_id: userId, scopes: scopes.join(' '), granted_at: at };
  const change = { tenantId, at, actor, object: { kind: 'user', id: userId } };
  if (await insertGrant(tx, grant)) {
    await addHistory(tx, { ...change, action: 'grant.create', after: { app_id: appId, scopes: grant.scopes } });
    return [...scopes];
  }
  // Taken back at this very moment: then it is made anew.
  if (!(await holdGrant(tx, tenantId, userId, appId))) return addGrant(tx, actor, { tenantId, userId, appId }, scopes, at);
  const before = await findGrant(tx, tenantId, userId, appId);
  const granted = words(before?.scopes ?? '');
  const all = [...granted, ...scopes.filter((scope) => !granted.includes(scope))];
  if (all.length > granted.length) {
    await updateGrant(tx, { ...grant, scopes: all.join(' ') });
    const states = { before: { app_id: appId, scopes: granted.join(' ') }, after: { app_id: appId, scopes: all.join(' ') } };
    await addHistory(tx, { ...change, action: 'grant.change', ...states });
  }
  return all;
}

/** What a person has let apps do. */
export function listGrants(ctx: Ctx, tenantId: number, userId: string): Promise<(Grant & { app_name: string })[]> {
  return storedGrants(ctx.db.kysely, tenantId, userId);
}

/** A person takes back what an app was granted: its codes and tokens for the person end at once. @throws DomainError notFound */
export async function withdrawGrant(ctx: Ctx, actor: Actor, { tenantId, userId, appId }: Parties): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    // Held first: an exchange that is under way is done before its tokens are looked for, or finds no grant.
    if (!(await holdGrant(tx, tenantId, userId, appId))) throw new DomainError('notFound', `nothing is granted to ${appId}`);
    const before = await findGrant(tx, tenantId, userId, appId);
    await endGrants(tx, tenantId, userId, appId);
    const at = Math.floor(ctx.clock.realMs() / 1000);
    const states = { before: { app_id: appId, scopes: before?.scopes } };
    await addHistory(tx, { tenantId, at, actor, action: 'grant.withdraw', object: { kind: 'user', id: userId }, ...states });
  });
}

/** Ends what a person granted, to one app or to all of them, with every code and token that came of it. */
export async function endGrants(tx: Queries, tenantId: number, userId: string, appId?: string): Promise<void> {
  await deleteGrantsOf(tx, tenantId, userId, appId);
  await deleteCodesOf(tx, tenantId, userId, appId);
  await deleteRefreshTokensOf(tx, tenantId, userId, appId);
  await deleteUserTokens(tx, tenantId, userId, appId);
}
