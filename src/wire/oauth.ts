import type { Extra } from './envelope.ts';
import { oauth, type WireError, type gateway } from './errors.ts';

/*
 * How the OAuth token methods speak: as RFC 6749 has it, with the vendor's code beside the RFC's word. No envelope, no `msg`.
 */

export const OAUTH_TOKEN_PATH = '/open-apis/authen/v2/oauth/token';
/** Where the newest SDKs send the same. */
export const OAUTH_TOKEN_PATH_V3 = '/oauth/v3/token';
export const OAUTH_TOKEN_PATHS: readonly string[] = [OAUTH_TOKEN_PATH, OAUTH_TOKEN_PATH_V3];

const { malformed, overloaded } = oauth;

/** These methods take no bearer, so most of it has no cause. */
export const oauthGateway: Readonly<Record<keyof typeof gateway, WireError>> = {
  rateLimited: overloaded,
  overloaded,
  missingToken: malformed,
  invalidTenantToken: malformed,
  invalidAppToken: malformed,
  invalidUserToken: malformed,
  unknownTokenForm: malformed,
  appLacksScope: malformed,
  userTokenExpired: malformed,
  userLacksScope: malformed,
  malformedRequest: malformed,
};

/** The body of a failure at the OAuth door. The description names the bad fields; the RFC leaves it no quotes and nothing beyond ASCII. */
export function oauthFailure(row: WireError, _logId: string, { fields = [] }: Extra = {}): string {
  const named = fields.map(({ field, description }) => ` ${field}: ${description}.`).join('');
  const description = (row.msg + named).replace(/["\\]/g, "'").replace(/[^\x20-\x7e]/g, '?');
  return JSON.stringify({ code: row.code, error: row.error, error_description: description });
}
