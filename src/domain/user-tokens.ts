import { createHash, timingSafeEqual } from 'node:crypto';
import type { Ctx } from '../context.ts';
import { findCode, markCodeUsed, type AuthorizationCode } from '../store/authorization-codes.ts';
import { holdGrant } from '../store/grants.ts';
import { addHistory, type Actor } from '../store/history.ts';
import type { Queries } from '../store/open.ts';
import { deleteExpiredRefreshTokens, findRefreshToken, insertRefreshToken, markRefreshTokenUsed, revokeRefreshTokens } from '../store/refresh-tokens.ts';
import type { App } from '../store/tables.ts';
import { deleteExpiredTokens, deleteTokensOfFamily, insertToken } from '../store/tokens.ts';
import { findUser } from '../store/users.ts';
import { appInTenant, type Client } from './clients.ts';
import { EXPIRED_KEPT, type IssuedToken } from './credentials.ts';
import { DomainError, type Reason } from './errors.ts';
import { hashSecret } from './secrets.ts';
import { words } from './words.ts';

/** Life of a user token, and how long after a consent tokens can come of it at all. Seconds; vendor pages. */
const ACCESS_LIFE = 7200;
const CONSENT_LIFE = 365 * 86_400;

/** The scope with which a person lets an app act while away. */
const OFFLINE = 'offline_access';

/** How a way to tokens deals out refresh tokens. */
export interface Terms {
  /** Seconds. */
  refreshLife: number;
  /** Whether only to apps that the person let act while away. */
  offlineOnly: boolean;
}

/** A user token, with what the app may do by it and, where there is one, the token that buys the next. */
export interface TokenPair {
  access: IssuedToken;
  refresh: IssuedToken | null;
  scopes: readonly string[];
}

/** A code or a refresh token: the tenant that it points to, and its 32 bytes. */
export interface Bearer {
  tenantId: number;
  secret: Buffer;
}

/** What somebody brings to get tokens for it. */
export interface Offer {
  bearer: Bearer;
  /** What of the granted scopes the token is to have; undefined: all. */
  narrowed?: readonly string[] | undefined;
  terms: Terms;
}

/** What comes with a code to show that it is in the right hands; undefined: nothing. */
export interface Proof {
  redirectUri?: string | undefined;
  verifier?: string | undefined;
}

/**
 * What a person's code buys. A code is good once: when it comes again, all tokens that came of it end, since one of the two who
 * had it should not have.
 *
 * @throws DomainError unknownCode, usedCode, expiredCode, otherClient, wrongRedirect, wrongVerifier, and as `issuePair`
 */
export async function exchangeCode(ctx: Ctx, actor: Actor, client: Client, offer: Offer & Proof): Promise<TokenPair> {
  const { bearer, redirectUri, verifier } = offer;
  const { tenantId } = bearer;
  const hash = hashSecret(bearer.secret);
  const at = seconds(ctx);
  return unlessReused(
    await ctx.db.transaction(async (tx) => {
      const found = requireOwn(await findCode(tx, tenantId, hash), client, 'unknownCode');
      const code = (await holdGrant(tx, tenantId, found.user_id, found.app_id)) ? await findCode(tx, tenantId, hash) : undefined;
      // The grant was withdrawn, and the code with it.
      if (!code) throw new DomainError('unknownCode', 'nobody has this code');
      if (code.used_at !== null) return endFamily(tx, actor, code, 'usedCode', at);
      if (code.expires_at <= at) throw new DomainError('expiredCode', 'the code is too old');
      if (redirectUri !== undefined && redirectUri !== code.redirect_uri) throw new DomainError('wrongRedirect', 'it was sent elsewhere');
      if (!isMet(code, verifier)) throw new DomainError('wrongVerifier', 'the challenge is not met');
      const pair = await issuePair(ctx, tx, actor, { ...code, began_at: at }, offer);
      await markCodeUsed(tx, tenantId, hash, at);
      return pair;
    }),
  );
}

/**
 * What a refresh token buys: a new pair, of which the new refresh token takes the place of this one. It is good once, like a code.
 *
 * @throws DomainError unknownRefresh, usedRefresh, revokedRefresh, expiredRefresh, otherClient, mayNotRefresh, and as `issuePair`
 */
export async function refreshTokens(ctx: Ctx, actor: Actor, client: Client, offer: Offer): Promise<TokenPair> {
  const { tenantId } = offer.bearer;
  const hash = hashSecret(offer.bearer.secret);
  const at = seconds(ctx);
  return unlessReused(
    await ctx.db.transaction(async (tx) => {
      const found = requireOwn(await findRefreshToken(tx, tenantId, hash), client, 'unknownRefresh');
      const token = (await holdGrant(tx, tenantId, found.user_id, found.app_id)) ? await findRefreshToken(tx, tenantId, hash) : undefined;
      if (!token) throw new DomainError('unknownRefresh', 'nobody has this refresh token');
      if (token.used_at !== null) return endFamily(tx, actor, token, 'usedRefresh', at);
      if (token.revoked_at !== null) throw new DomainError('revokedRefresh', 'it was revoked');
      if (token.expires_at <= at) throw new DomainError('expiredRefresh', 'it is too old');
      const pair = await issuePair(ctx, tx, actor, token, offer);
      if (!pair.refresh) throw new DomainError('mayNotRefresh', `the app no longer holds ${OFFLINE}`);
      await markRefreshTokenUsed(tx, tenantId, hash, at);
      return pair;
    }),
  );
}

/** Something was used twice: the family has ended, which stays so while the caller is refused. */
interface Reused {
  reused: Reason;
}

function unlessReused(outcome: TokenPair | Reused): TokenPair {
  if ('reused' in outcome) throw new DomainError(outcome.reused, 'it was used before');
  return outcome;
}

/** Ends all tokens that came of one consent. */
async function endFamily(
  tx: Queries,
  actor: Actor,
  { tenant_id: tenantId, family, app_id, user_id }: Pick<AuthorizationCode, 'tenant_id' | 'family' | 'app_id' | 'user_id'>,
  reused: Reason,
  at: number,
): Promise<Reused> {
  const ended = (await revokeRefreshTokens(tx, tenantId, family, at)) + (await deleteTokensOfFamily(tx, tenantId, family));
  // Said once: what was over already does not end again.
  if (ended === 0) return { reused };
  const change = { tenantId, at, actor, action: 'token.reuse', object: { kind: 'user', id: user_id } };
  await addHistory(tx, { ...change, after: { app_id, reused: reused === 'usedCode' ? 'code' : 'refresh_token' } });
  return { reused };
}

/** Of another tenant nobody learns even that it is there. */
function requireOwn<Found extends { tenant_id: number; app_id: string }>(found: Found | undefined, client: Client, unknown: Reason): Found {
  if (found?.app_id === client.appId) return found;
  throw new DomainError(found?.tenant_id === client.tenantId ? 'otherClient' : unknown, 'it is not the app’s');
}

/** Whether the verifier answers the challenge (RFC 7636). One that answers none means that somebody took the challenge off on the way. */
function isMet({ challenge, challenge_method }: AuthorizationCode, verifier: string | undefined): boolean {
  if (challenge === null || verifier === undefined) return challenge === null && verifier === undefined;
  if (!/^[\w.~-]{43,128}$/.test(verifier)) return false;
  const answer = Buffer.from(challenge_method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier);
  const wanted = Buffer.from(challenge);
  return answer.length === wanted.length && timingSafeEqual(answer, wanted);
}

interface Consent {
  tenant_id: number;
  app_id: string;
  user_id: string;
  family: string;
  scopes: string;
  began_at: number;
}

/** Issues what a consent is good for. @throws DomainError notInstalled, unknownUser, suspended, duplicateScopes, scopeNotGranted */
async function issuePair(ctx: Ctx, tx: Queries, actor: Actor, consent: Consent, { narrowed, terms }: Offer): Promise<TokenPair> {
  const { tenant_id, app_id, user_id, family, began_at } = consent;
  const app = await appInTenant(tx, app_id, tenant_id);
  await requirePresent(tx, tenant_id, user_id);
  const scopes = narrowedTo(consent, app, narrowed);
  const at = seconds(ctx);
  const row = { tenant_id, app_id, user_id, family };
  await deleteExpiredTokens(tx, tenant_id, app_id, at - EXPIRED_KEPT);
  const access = { secret: ctx.ids.tokenSecret(), expiresIn: ACCESS_LIFE };
  await insertToken(tx, {
    ...row,
    token_hash: hashSecret(access.secret),
    kind: 'user',
    scopes: scopes.join(' '),
    secret_version: app.secret_version,
    issued_at: at,
    expires_at: at + ACCESS_LIFE,
  });
  const issued = { app_id, scopes: scopes.join(' '), issued_at: at, expires_at: at + ACCESS_LIFE };
  await addHistory(tx, { tenantId: tenant_id, at, actor, action: 'token.issue', object: { kind: 'user', id: user_id }, after: issued });
  if (terms.offlineOnly && !(words(consent.scopes).includes(OFFLINE) && words(app.scopes).includes(OFFLINE))) return { access, refresh: null, scopes };
  await deleteExpiredRefreshTokens(tx, tenant_id, user_id, at - EXPIRED_KEPT);
  const expires_at = Math.min(at + terms.refreshLife, began_at + CONSENT_LIFE);
  const refresh = { secret: ctx.ids.tokenSecret(), expiresIn: expires_at - at };
  await insertRefreshToken(tx, {
    ...row,
    token_hash: hashSecret(refresh.secret),
    scopes: consent.scopes,
    began_at,
    expires_at,
    used_at: null,
    revoked_at: null,
  });
  return { access, refresh, scopes };
}

async function requirePresent(tx: Queries, tenantId: number, userId: string): Promise<void> {
  const user = await findUser(tx, tenantId, userId);
  if (user?.anonymised_at !== null) throw new DomainError('unknownUser', 'the person is no longer here');
  if (user.suspended_at !== null) throw new DomainError('suspended', 'the person is suspended');
}

/** What of the granted scopes a token gets: what is asked for, as far as the app still holds it. */
function narrowedTo(consent: Consent, app: App, narrowed: readonly string[] | undefined): string[] {
  const granted = words(consent.scopes);
  const held = words(app.scopes);
  if (narrowed && new Set(narrowed).size < narrowed.length) throw new DomainError('duplicateScopes', 'a scope is named twice');
  if (narrowed?.some((scope) => !granted.includes(scope))) throw new DomainError('scopeNotGranted', 'a scope was not granted');
  return (narrowed ?? granted).filter((scope) => held.includes(scope));
}

/** Credentials go by the real time, whatever the domain's clock says. */
function seconds(ctx: Ctx): number {
  return Math.floor(ctx.clock.realMs() / 1000);
}
