import type { Ctx } from '../context.ts';
import { authenticate, authenticateDevice, type IssuedToken } from '../domain/credentials.ts';
import type { Principal } from '../domain/access.ts';
import { doors } from '../wire/doors.ts';
import type { Endpoint } from '../wire/endpoint.ts';
import { withScopes } from '../wire/envelope.ts';
import { formatToken, parseToken } from '../wire/identifiers.ts';
import { Refusal } from './refusal.ts';

const invalid = { tenant: 'invalidTenantToken', user: 'invalidUserToken', device: 'unknownTokenForm' } as const;
const expired = { tenant: 'invalidTenantToken', user: 'userTokenExpired' } as const;

/** Whom the `Authorization` header stands for. @throws Refusal with the gateway's code */
export async function principalOf(ctx: Ctx, endpoint: Endpoint, authorization: string | undefined): Promise<Principal> {
  const { gateway } = doors[endpoint.door];
  const bearer = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  if (bearer === undefined) throw new Refusal(gateway.missingToken);
  const token = parseToken(bearer);
  if (token === 'unknown') throw new Refusal(gateway.unknownTokenForm);
  if ('malformed' in token) throw new Refusal(gateway[invalid[token.malformed]]);
  if (!endpoint.tokens.includes(token.kind)) throw new Refusal(gateway[invalid[token.kind]]);
  const { kind, tenantId, secret } = token;
  const principal = kind === 'device' ? await authenticateDevice(ctx, tenantId, secret) : await authenticate(ctx, kind, tenantId, secret);
  if (principal === 'unknown') throw new Refusal(gateway[invalid[token.kind]]);
  if (principal === 'expired') throw new Refusal(gateway[expired[token.kind === 'user' ? 'user' : 'tenant']]);
  return principal;
}

/** One of the endpoint's scopes must be the app's and, with a user token, granted by the user too. @throws Refusal */
export function requireScope({ door, scopes }: Endpoint, principal: Principal): void {
  const { gateway } = doors[door];
  // A device may do what its methods let it do in its room.
  if (scopes.length === 0 || principal.kind === 'device') return;
  const ofApp = scopes.filter((scope) => principal.appScopes.includes(scope));
  if (ofApp.length === 0) {
    throw new Refusal(gateway.appLacksScope, { msg: withScopes(gateway.appLacksScope, scopes), permissions: { type: 'action_scope_required', scopes } });
  }
  if (principal.kind === 'user' && !ofApp.some((scope) => principal.grantedScopes.includes(scope))) {
    throw new Refusal(gateway.userLacksScope, {
      msg: withScopes(gateway.userLacksScope, ofApp),
      permissions: { type: 'action_privilege_required', scopes: ofApp },
    });
  }
}

/** The string that a client carries. */
export function tokenString(kind: 'tenant' | 'user', tenantId: number, { secret }: IssuedToken): string {
  return formatToken({ kind, tenantId, secret });
}
