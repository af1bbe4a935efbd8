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

/** How old the time in the cookie may get before it is written anew. Seconds. */
const FRESH = 600;

/** With TLS the browser itself keeps other sites and plain connections from setting it. @param use what it is for, besides the session */
export function cookieName({ publicUrl }: Config, use = ''): string {
  return `${isSecure(publicUrl) ? '__Host-yuding' : 'yuding'}${use}`;
}

/** `Set-Cookie` for a cookie that scripts cannot read. @param life seconds; 0 takes it away */
export function cookieHeader({ publicUrl }: Config, name: string, value: string, life: number): string {
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax${isSecure(publicUrl) ? '; Secure' : ''}; Max-Age=${String(life)}`;
}

/** The value of a cookie that came with a request; undefined: none, or an empty one. */
export function cookieOf({ headers }: FastifyRequest, name: string): string | undefined {
  const found = headers.cookie
    ?.split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`));
  return found?.slice(name.length + 1) || undefined;
}

/** `Set-Cookie` for a session that is used now. */
export function sessionCookie({ config, keys, clock }: Ctx, { tenantId, secret }: SessionSecret): string {
  const stated = `${packSecret(tenantId, secret)}.${String(Math.floor(clock.realMs() / 1000))}`;
  return cookieHeader(config, cookieName(config), `${stated}.${mac(keys, stated)}`, SESSION_LIFE);
}

/** `Set-Cookie` that takes it away. */
export function noSessionCookie({ config }: Ctx): string {
  return cookieHeader(config, cookieName(config), '', 0);
}

/**
 * The person whose browser asks; undefined when nobody is signed in. Writes the cookie anew when its time is old.
 *
 * @param reply null: the cookie stays as it is, because a page that only listens does not use its session
 */
export async function sessionOf(ctx: Ctx, request: FastifyRequest, reply: FastifyReply | null): Promise<Principal | undefined> {
  const cookie = cookieOf(request, cookieName(ctx.config));
  const session = cookie === undefined ? undefined : openCookie(ctx, cookie);
  if (!session) return undefined;
  const principal = await authenticateSession(ctx, session, session.seen);
  if (principal && reply && Math.floor(ctx.clock.realMs() / 1000) - session.seen > FRESH) void reply.header('set-cookie', sessionCookie(ctx, session));
  return principal;
}

/** The same of a request that began in time and is still being answered: the session's end counts, not how long ago the cookie was written. */
export async function openSessionOf(ctx: Ctx, request: FastifyRequest): Promise<Principal | undefined> {
  const cookie = cookieOf(request, cookieName(ctx.config));
  const session = cookie === undefined ? undefined : openCookie(ctx, cookie);
  return session && authenticateSession(ctx, session, Math.floor(ctx.clock.realMs() / 1000));
}

/** Whether a session's cookie comes with the request, good or not. */
export function bringsSession(ctx: Ctx, request: FastifyRequest): boolean {
  return cookieOf(request, cookieName(ctx.config)) !== undefined;
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

function openCookie({ keys }: Ctx, cookie: string): (SessionSecret & { seen: number }) | undefined {
  const [packed, seen, signature, more] = cookie.split('.');
  if (packed === undefined || seen === undefined || signature === undefined || more !== undefined || !/^\d{1,12}$/.test(seen)) return undefined;
  const expected = Buffer.from(mac(keys, `${packed}.${seen}`));
  const given = Buffer.from(signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
  const parts = unpackSecret(packed);
  return parts && { ...parts, seen: Number(seen) };
}

function mac(keys: Ctx['keys'], text: string): string {
  return keys.hmac('session cookie', text).toString('base64url');
}
