import { exchangeCode, refreshTokens, type Terms, type TokenPair } from '../../domain/user-tokens.ts';
import { oidcAccessToken, oidcRefreshAccessToken } from '../../wire/authen/oidc.ts';
import type { AnswerOf } from '../../wire/endpoint.ts';
import { authen } from '../../wire/errors.ts';
import { formatRefreshToken, formatToken, parseRefreshToken, unpackSecret } from '../../wire/identifiers.ts';
import { answer } from '../mount.ts';
import { Refusal } from '../refusal.ts';

/** Vendor page: thirty days, and with every token. */
const TERMS: Terms = { refreshLife: 30 * 86_400, offlineOnly: false };

export const oidcHandlers = [
  answer(oidcAccessToken, async (ctx, { principal: { appId, tenantId }, actor, body }) => {
    if (body.grant_type !== 'authorization_code') throw new Refusal(authen.unsupportedGrant);
    const bearer = unpackSecret(body.code);
    if (!bearer) throw new Refusal(authen.unknownCode);
    return tokenInfo(bearer.tenantId, await exchangeCode(ctx, actor, { appId, tenantId }, { bearer, terms: TERMS }));
  }),

  answer(oidcRefreshAccessToken, async (ctx, { principal: { appId, tenantId }, actor, body }) => {
    if (body.grant_type !== 'refresh_token') throw new Refusal(authen.unsupportedGrant);
    const bearer = parseRefreshToken('oidc', body.refresh_token);
    if (!bearer) throw new Refusal(authen.invalidRefresh);
    return tokenInfo(bearer.tenantId, await refreshTokens(ctx, actor, { appId, tenantId }, { bearer, terms: TERMS }));
  }),
];

function tokenInfo(tenantId: number, { access, refresh, scopes }: TokenPair): AnswerOf<typeof oidcAccessToken> {
  return {
    access_token: formatToken({ kind: 'user', tenantId, secret: access.secret }),
    refresh_token: refresh ? formatRefreshToken('oidc', tenantId, refresh.secret) : '',
    token_type: 'Bearer',
    expires_in: access.expiresIn,
    refresh_expires_in: refresh?.expiresIn ?? 0,
    scope: scopes.join(' '),
  };
}
