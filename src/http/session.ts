import { timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import type { Ctx } from '../context.ts';
import type { Principal } from '../domain/access.ts';
import { authenticateSession, SESSION_LIFE, type SessionSecret } from '../domain/sessions.ts';
import { isLoopback } from '../loopback.ts';
import { packSecret, unpackSecret } from '../wire/identifiers.ts';

/*
 * The browser's session is a cookie: the session's secret, and when it was last used, signed. So a session that nobody uses ends,
 * while a request that only reads writes nothing to the database.
 */

/** A session that was not used for so long is over. Seconds. */
const IDLE = 12 * 3600;
/** How old the time in the cookie may get before it is written anew. Seconds. */
const FRESH = 600;

/** With TLS the browser itself keeps other sites and plain connections from setting it. */
export function cookieName({ publicUrl }: Config): string {
  return isSecure(publicUrl) ? '__Host-yuding' : 'yuding';
}

/** `Set-Cookie` for a session that is used now. */
export function sessionCookie({ config, keys, clock }: Ctx, { tenantId, secret }: SessionSecret): string {
  const stated = `${packSecret(tenantId, secret)}.${String(Math.floor(clock.realMs() / 1000))}`;
  return `${cookieName(config)}=${stated}.${mac(keys, stated)}; ${attributes(config)}; Max-Age=${String(SESSION_LIFE)}`;
}

/** `Set-Cookie` that takes it away. */
export function noSessionCookie({ config }: Ctx): string {
  return `${cookieName(config)}=; ${attributes(config)}; Max-Age=0`;
}

/** The person whose browser asks; undefined when nobody is signed in. Writes the cookie anew when its time is old. */
export async function sessionOf(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<Principal | undefined> {
  const cookie = cookieOf(ctx, request);
  const session = cookie === undefined ? undefined : openCookie(ctx, cookie);
  if (!session) return undefined;
  const principal = await authenticateSession(ctx, session);
  if (principal && session.age > FRESH) void reply.header('set-cookie', sessionCookie(ctx, session));
  return principal;
}

/** Whether a session's cookie comes with the request, good or not. */
export function bringsSession(ctx: Ctx, request: FastifyRequest): boolean {
  return cookieOf(ctx, request) !== undefined;
}

/** Whether the browser says that a page of this very server asks. A request that says nothing of where it comes from is not believed. */
export function isSameOrigin({ config }: Ctx, { headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const { origin, host } = headers;
  if (origin === undefined) return site !== undefined;
  if (config.publicUrl !== undefined) return origin === config.publicUrl;
  return host !== undefined && origin === `http://${host}` && isLocalHost(host);
}

/** Whether a session may be given to who asks here: over TLS, or on this very machine. */
export function mayCarrySession({ config }: Ctx, { headers }: FastifyRequest): boolean {
  return isSecure(config.publicUrl) || (headers.host !== undefined && isLocalHost(headers.host));
}

function isLocalHost(host: string): boolean {
  if (!URL.canParse(`http://${host}`)) return false;
  return isLoopback(new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, ''));
}

function isSecure(publicUrl: string | undefined): boolean {
  return publicUrl?.startsWith('https:') ?? false;
}

function attributes({ publicUrl }: Config): string {
  return `Path=/; HttpOnly; SameSite=Lax${isSecure(publicUrl) ? '; Secure' : ''}`;
}

function cookieOf({ config }: Ctx, { headers }: FastifyRequest): string | undefined {
  const name = `${cookieName(config)}=`;
  const found = headers.cookie
    ?.split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(name));
  return found?.slice(name.length) || undefined;
}

function openCookie({ keys, clock }: Ctx, cookie: string): (SessionSecret & { age: number }) | undefined {
  const [packed, seen, signature, more] = cookie.split('.');
  if (packed === undefined || seen === undefined || signature === undefined || more !== undefined || !/^\d{1,12}$/.test(seen)) return undefined;
  const expected = Buffer.from(mac(keys, `${packed}.${seen}`));
  const given = Buffer.from(signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
  const age = Math.floor(clock.realMs() / 1000) - Number(seen);
  const parts = unpackSecret(packed);
  return parts && age <= IDLE ? { ...parts, age } : undefined;
}

function mac(keys: Ctx['keys'], text: string): string {
  return keys.hmac('session cookie', text).toString('base64url');
}
