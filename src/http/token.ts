import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Ctx } from '../context.ts';
import { authenticate, authenticateDevice, type IssuedToken } from '../domain/credentials.ts';
import type { Principal } from '../domain/access.ts';
import { doors, type DoorRules } from '../wire/doors.ts';
import type { Endpoint } from '../wire/endpoint.ts';
import { withScopes } from '../wire/envelope.ts';
import { formatToken, parseToken } from '../wire/identifiers.ts';
import { crossSite, sessionOver } from '../wire/v1/errors.ts';
import { malformed } from './errors.ts';
import { Refusal } from './refusal.ts';
import { bringsSession, isSameOrigin, openSessionOf, sessionOf } from './session.ts';

const invalid = { tenant: 'invalidTenantToken', user: 'invalidUserToken', app: 'invalidAppToken', device: 'unknownTokenForm' } as const;
const expired = { tenant: 'invalidTenantToken', user: 'userTokenExpired' } as const;

/** The rows of a method for the faults that are found before its own code runs. */
export function gatewayOf({ door, gateway }: Endpoint): DoorRules['gateway'] {
  return gateway ? { ...doors[door].gateway, ...gateway } : doors[door].gateway;
}

/**
 * Who calls: by the `Authorization` header or, where the method takes it, by the browser's session.
 *
 * @param reply null: a request that was taken before is asked about again
 * @throws Refusal
 */
export async function callerOf(ctx: Ctx, endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply | null): Promise<Principal> {
  const { authorization } = request.headers;
  if (!endpoint.tokens.includes('session') || !bringsSession(ctx, request)) return principalOf(ctx, endpoint, authorization);
  // Which of the two would count? A request has one caller.
  if (authorization !== undefined) throw malformed(400, 'Authorization', 'must not come with a session', doors[endpoint.door]);
  if (endpoint.method !== 'GET') requireOwnSite(ctx, request);
  const principal = reply ? await sessionOf(ctx, request, endpoint.stream ? null : reply) : await openSessionOf(ctx, request);
  if (!principal) throw new Refusal(sessionOver);
  return principal;
}

/** What changes something must come from a page of this server: as JSON, which a form of another site cannot send. @throws Refusal */
function requireOwnSite(ctx: Ctx, request: FastifyRequest): void {
  if (!isSameOrigin(ctx, request)) throw new Refusal(crossSite);
  const type = request.headers['content-type'];
  if (type !== undefined && !/^application\/json *(;|$)/i.test(type)) throw malformed(415, 'Content-Type', 'must be application/json', doors.v1);
}

/** Whom the `Authorization` header stands for. @throws Refusal with the gateway's code */
async function principalOf(ctx: Ctx, endpoint: Endpoint, authorization: string | undefined): Promise<Principal> {
  const gateway = gatewayOf(endpoint);
  const bearer = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  if (bearer === undefined) throw new Refusal(gateway.missingToken);
  const token = parseToken(bearer);
  if (token === 'unknown') throw new Refusal(gateway.unknownTokenForm);
  if ('malformed' in token) throw new Refusal(gateway[invalid[token.malformed]]);
  if (token.kind === 'app' || !endpoint.tokens.includes(token.kind)) throw new Refusal(gateway[invalid[token.kind]]);
  const { kind, tenantId, secret } = token;
  const principal = kind === 'device' ? await authenticateDevice(ctx, tenantId, secret) : await authenticate(ctx, kind, tenantId, secret);
  if (principal === 'unknown') throw new Refusal(gateway[invalid[token.kind]]);
  if (principal === 'expired') throw new Refusal(gateway[expired[token.kind === 'user' ? 'user' : 'tenant']]);
  return principal;
}

/** One of the endpoint's scopes must be the app's and, with a user token, granted by the user too. @throws Refusal */
export function requireScope(endpoint: Endpoint, principal: Principal): void {
  const gateway = gatewayOf(endpoint);
  const { scopes } = endpoint;
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
export function tokenString(kind: 'tenant' | 'user' | 'app', tenantId: number, { secret }: IssuedToken): string {
  return formatToken({ kind, tenantId, secret });
}
