import type { Ctx } from '../context.ts';
import { addHistory, type Actor } from '../store/history.ts';
import type { Queries } from '../store/open.ts';
import { findLink, replaceLink, takeLink, type OneTimeLink } from '../store/one-time-links.ts';
import { deleteSessionsOf } from '../store/sessions.ts';
import { listTenants } from '../store/tenants.ts';
import { findUser, holdUser } from '../store/users.ts';
import { parseEmail } from './email.ts';
import { DomainError } from './errors.ts';
import { requireGoodPassword, setPassword } from './passwords.ts';
import { hashSecret } from './secrets.ts';
import { addSession, type SessionSecret } from './sessions.ts';
import { addTenant } from './tenants.ts';
import { isTimeZone } from './zones.ts';

/*
 * A link that does one thing once: set a server up, or set a person's password. Its secret stands in its address, and nowhere
 * else; showing the page of a link does not use it up, only sending its form does.
 */

const SET_UP_LIFE = 30 * 60;
const PASSWORD_LIFE = 86_400;
/** The set-up link belongs to no tenant: there is none yet. */
const SERVER = 0;

/** What a link carries: the tenant, 0 for the server, and 32 bytes. */
export interface LinkSecret {
  tenantId: number;
  secret: Buffer;
}

export interface IssuedLink extends LinkSecret {
  /** Epoch seconds. */
  expiresAt: number;
}

/** The link with which a server without a tenant is set up; older ones stop working. @returns undefined when there is a tenant */
export async function issueSetUpLink(ctx: Ctx): Promise<IssuedLink | undefined> {
  return ctx.db.transaction(async (tx) => {
    if ((await listTenants(tx)).length > 0) return undefined;
    return issue(ctx, tx, { tenantId: SERVER, purpose: 'set_up', userId: null, life: SET_UP_LIFE });
  });
}

/** A link with which a person sets a password; an older one stops working. @throws DomainError notFound; noEmail */
export async function issuePasswordLink(ctx: Ctx, actor: Actor, tenantId: number, userId: string): Promise<IssuedLink> {
  return ctx.db.transaction(async (tx) => {
    const user = await holdUser(tx, tenantId, userId);
    if (!user) throw new DomainError('notFound', `no user ${userId}`);
    if (user.email === null) throw new DomainError('noEmail', 'the person has no e-mail address, and could not sign in');
    const link = await issue(ctx, tx, { tenantId, purpose: 'password', userId, life: PASSWORD_LIFE });
    const change = { tenantId, at: seconds(ctx), actor, action: 'password_link.issue', object: { kind: 'user', id: userId } };
    await addHistory(tx, { ...change, after: { expires_at: link.expiresAt } });
    return link;
  });
}

async function issue(
  ctx: Ctx,
  tx: Queries,
  { tenantId, purpose, userId, life }: { tenantId: number; purpose: OneTimeLink['purpose']; userId: string | null; life: number },
): Promise<IssuedLink> {
  const secret = ctx.ids.tokenSecret();
  const expiresAt = seconds(ctx) + life;
  await replaceLink(tx, { tenant_id: tenantId, link_hash: hashSecret(secret), purpose, user_id: userId, expires_at: expiresAt });
  return { tenantId, secret, expiresAt };
}

/** Whether a link can still set the server up. */
export async function canSetUp(ctx: Ctx, link: LinkSecret): Promise<boolean> {
  return (await openLink(ctx, ctx.db.kysely, link, 'set_up')) !== undefined && !(await isSetUp(ctx));
}

/** Whether there is a tenant on this server. */
export async function isSetUp(ctx: Ctx): Promise<boolean> {
  return (await listTenants(ctx.db.kysely)).length > 0;
}

export interface SetUp {
  name: string;
  timeZone: string;
  administrator: string;
  email: string;
  password: string;
}

/**
 * Makes the first tenant and its administrator, who is signed in at once.
 *
 * @throws DomainError gone (the link is over, or was used); param, about a field of `SetUp`; PasswordError; BusyError
 */
export async function setUp(
  ctx: Ctx,
  actor: Actor,
  link: LinkSecret,
  { name, timeZone, administrator, email: typed, password }: SetUp,
): Promise<SessionSecret> {
  if (!(await canSetUp(ctx, link))) throw over();
  requireName(name, 'name');
  if (!isTimeZone(timeZone)) throw new DomainError('param', 'is no IANA time zone; one looks like Asia/Shanghai', 'timeZone');
  requireName(administrator, 'administrator');
  const email = parseEmail(typed);
  if (email === undefined) throw new DomainError('param', 'is no e-mail address', 'email');
  requireGoodPassword(password, { name: administrator, email });
  const hash = await ctx.passwords.hash(password);
  return ctx.db.transaction(async (tx) => {
    // Asked again where nobody comes between: of two who come together one sets the server up.
    if (!(await useUp(ctx, tx, link, 'set_up')) || (await listTenants(tx)).length > 0) throw over();
    const { tenantId, administratorId: userId } = await addTenant(ctx, tx, actor, { name, timeZone, administrator, email });
    await setPassword(tx, actor, { tenantId, userId, hash, at: seconds(ctx) });
    return addSession(ctx, tx, { ...actor, id: userId }, { tenant_id: tenantId, user_id: userId }, 'set-up link');
  });
}

/** Whose password a link can still set; undefined: nobody's. */
export async function personOfLink(ctx: Ctx, link: LinkSecret): Promise<{ name: string; email: string | null } | undefined> {
  const found = await openLink(ctx, ctx.db.kysely, link, 'password');
  const user = found?.user_id == null ? undefined : await findUser(ctx.db.kysely, link.tenantId, found.user_id);
  return user?.suspended_at === null ? { name: user.name, email: user.email } : undefined;
}

/**
 * Sets a person's password by a link; all sessions of the person end.
 *
 * @param from what the history is to tell of the request
 * @throws DomainError gone (the link is over, was used, or its person is suspended); PasswordError; BusyError
 */
export async function usePasswordLink(ctx: Ctx, from: Omit<Actor, 'id' | 'name'>, link: LinkSecret, password: string): Promise<void> {
  const person = await personOfLink(ctx, link);
  if (!person) throw over();
  requireGoodPassword(password, person);
  const hash = await ctx.passwords.hash(password);
  const { tenantId } = link;
  await ctx.db.transaction(async (tx) => {
    const userId = (await useUp(ctx, tx, link, 'password'))?.user_id;
    const user = userId == null ? undefined : await holdUser(tx, tenantId, userId);
    if (user?.suspended_at !== null) throw over();
    const actor = { id: user.user_id, name: user.name, ...from };
    await setPassword(tx, actor, { tenantId, userId: user.user_id, hash, at: seconds(ctx) });
    await deleteSessionsOf(tx, tenantId, user.user_id);
  });
}

/** A link that is not over, as it stands. */
async function openLink(ctx: Ctx, db: Queries, { tenantId, secret }: LinkSecret, purpose: OneTimeLink['purpose']): Promise<OneTimeLink | undefined> {
  const link = await findLink(db, tenantId, hashSecret(secret));
  return link?.purpose === purpose && link.expires_at > seconds(ctx) ? link : undefined;
}

async function useUp(ctx: Ctx, tx: Queries, { tenantId, secret }: LinkSecret, purpose: OneTimeLink['purpose']): Promise<OneTimeLink | undefined> {
  const link = await takeLink(tx, tenantId, hashSecret(secret));
  return link?.purpose === purpose && link.expires_at > seconds(ctx) ? link : undefined;
}

function requireName(text: string, subject: string): void {
  if (text === '' || text.length > 200 || /\p{Cc}/u.test(text))
    throw new DomainError('param', 'must be 1 to 200 characters without control characters', subject);
}

function over(): DomainError {
  return new DomainError('gone', 'the link was used, or its time is over');
}

/** Credentials go by the real time, whatever the domain's clock says. */
function seconds(ctx: Ctx): number {
  return Math.floor(ctx.clock.realMs() / 1000);
}
