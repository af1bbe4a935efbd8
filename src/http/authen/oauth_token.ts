import type { Ctx } from '../../context.ts';
import { appActor } from '../../domain/access.ts';
import { authenticateClient } from '../../domain/clients.ts';
import { DomainError } from '../../domain/errors.ts';
import { exchangeCode, refreshTokens, type Terms, type TokenPair } from '../../domain/user-tokens.ts';
import { oauthToken, oauthTokenV3 } from '../../wire/authen/oauth_token.ts';
import type { AnswerOf, BodyOf } from '../../wire/endpoint.ts';
import { oauth } from '../../wire/errors.ts';
import { formatRefreshToken, formatToken, parseRefreshToken, tenantOfAppId, unpackSecret } from '../../wire/identifiers.ts';
import { answer, type Call } from '../mount.ts';
import { Refusal } from '../refusal.ts';

/** Vendor page: seven days, for the scope `offline_access`. */
const TERMS: Terms = { refreshLife: 7 * 86_400, offlineOnly: true };

type Fields = BodyOf<typeof oauthToken>;

export const oauthTokenHandlers = [answer(oauthToken, buyToken), answer(oauthTokenV3, buyToken)];

async function buyToken(ctx: Ctx, { body, authorization, origin }: Call<typeof oauthToken>): Promise<AnswerOf<typeof oauthToken>> {
  const grantType = needed(body, 'grant_type');
  if (grantType !== 'authorization_code' && grantType !== 'refresh_token') throw new Refusal(oauth.unsupportedGrant);
  const { appId, secret } = credentialsOf(body, authorization);
  // Before the secret is looked at: what is missing is no secret.
  const offered = needed(body, grantType === 'refresh_token' ? 'refresh_token' : 'code');
  const ownTenant = tenantOfAppId(appId);
  if (ownTenant === undefined) throw new DomainError('notFound', 'an app id of no tenant');
  const client = { appId, tenantId: ownTenant };
  const actor = appActor(await authenticateClient(ctx, client, secret), origin);
  const narrowed = body.scope ? body.scope.split(' ').filter((scope) => scope !== '') : undefined;
  if (grantType === 'refresh_token') {
    const bearer = parseRefreshToken('oauth', offered);
    if (!bearer) throw new Refusal(oauth.invalidRefresh);
    return answerOf(bearer.tenantId, await refreshTokens(ctx, actor, client, { bearer, narrowed, terms: TERMS }));
  }
  const bearer = unpackSecret(offered);
  if (!bearer) throw new Refusal(oauth.unknownCode);
  const proof = { redirectUri: body.redirect_uri || undefined, verifier: body.code_verifier || undefined };
  return answerOf(bearer.tenantId, await exchangeCode(ctx, actor, client, { bearer, ...proof, narrowed, terms: TERMS }));
}

/** @throws Refusal when it is missing or empty */
function needed(body: Fields, field: keyof Fields): string {
  const value = body[field];
  if (!value) throw new Refusal(oauth.missingParam, { fields: [{ field, description: 'is required' }] });
  return value;
}

/** The client's id and secret, of the body or by Basic authentication (RFC 6749, 2.3.1). */
function credentialsOf(body: Fields, authorization: string | undefined): { appId: string; secret: string } {
  const basic = /^Basic +([\w+/=-]+) *$/i.exec(authorization ?? '')?.[1];
  if (basic === undefined) return { appId: needed(body, 'client_id'), secret: needed(body, 'client_secret') };
  if (body.client_secret) throw new Refusal(oauth.twoWays);
  const [, id = '', secret = ''] = /^([^:]*):?(.*)$/s.exec(Buffer.from(basic, 'base64').toString()) ?? [];
  const appId = decoded(id);
  if (body.client_id && body.client_id !== appId) throw new Refusal(oauth.twoWays);
  return { appId, secret: decoded(secret) };
}

/** The parts of Basic credentials are encoded as those of a form are. */
function decoded(text: string): string {
  return new URLSearchParams(`x=${text.replaceAll('&', '%26')}`).get('x') ?? '';
}

function answerOf(tenantId: number, { access, refresh, scopes }: TokenPair): AnswerOf<typeof oauthToken> {
  return {
    access_token: formatToken({ kind: 'user', tenantId, secret: access.secret }),
    token_type: 'Bearer',
    expires_in: access.expiresIn,
    ...(refresh ? { refresh_token: formatRefreshToken('oauth', tenantId, refresh.secret), refresh_token_expires_in: refresh.expiresIn } : {}),
    scope: scopes.join(' '),
  };
}
