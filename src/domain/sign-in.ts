import type { Ctx } from '../context.ts';
import type { Actor } from '../store/history.ts';
import type { Queries } from '../store/open.ts';
import { deleteLinksBefore } from '../store/one-time-links.ts';
import { findPassword } from '../store/passwords.ts';
import { deleteSessionsBefore, deleteSessionsOf } from '../store/sessions.ts';
import { clearTries, countTry, deleteTriesOutside, uncountTry, type TryLimit } from '../store/sign-in-failures.ts';
import { findSignInName } from '../store/sign-in-names.ts';
import { listTenants } from '../store/tenants.ts';
import type { User } from '../store/tables.ts';
import { findUser, holdUser } from '../store/users.ts';
import type { Principal } from './access.ts';
import { DomainError } from './errors.ts';
import { requireGoodPassword, setPassword } from './passwords.ts';
import { addSession, endSession, type SessionSecret } from './sessions.ts';
import { emailName } from './users.ts';

/** Who asks, before anybody knows who it is. */
export interface Visitor {
  address: string;
  requestId: string;
}

/** Tries that may fail for one account, and from one address (of IPv6 one network), within a window of so many seconds. */
export const TRIES = { ofAccount: 10, ofAddress: 100, seconds: 15 * 60 } as const;

/** Too many tries failed: for so many seconds none is made, not with the right password either. */
export class DelayedError extends DomainError {
  override name = 'DelayedError';
  readonly seconds: number;

  constructor(seconds: number) {
    super('delayed', `too many tries failed: try again in ${String(Math.ceil(seconds / 60))} minutes`);
    this.seconds = seconds;
  }
}

/**
 * Signs somebody in with a password. That nobody has the address, that the person has no password, is suspended, or has
 * another one: all answer the same and cost the same.
 *
 * @param former the session that the browser had so far, which ends
 * @throws DomainError noPermission; DelayedError; BusyError
 */
export async function signIn(ctx: Ctx, visitor: Visitor, login: { email: string; password: string }, former?: Principal): Promise<SessionSecret> {
  const name = emailName(login.email.trim());
  const known = await findSignInName(ctx.db.kysely, name);
  const user = known && (await findUser(ctx.db.kysely, known.tenantId, known.userId));
  const tries = triesOf(ctx, visitor, user ? accountOf(user) : name);
  const hash = await checkPassword(ctx, user?.suspended_at === null ? user : undefined, login.password, tries);
  if (!user) throw wrong();
  const session = await ctx.db.transaction(async (tx) => {
    const person = await holdUser(tx, user.tenant_id, user.user_id);
    // Meanwhile the person may have been suspended, or the password changed, which ends sessions: it must not begin one.
    if (person?.suspended_at !== null || (await findPassword(tx, user.tenant_id, user.user_id)) !== hash) throw wrong();
    await forgive(tx, tries);
    return addSession(ctx, tx, actorOfPerson(person, visitor), person, 'password');
  });
  if (former) await endSession(ctx, actorOfPerson(user, visitor), former);
  return session;
}

/**
 * Changes the password of who is signed in. All other sessions of the person end.
 *
 * @throws DomainError noPermission (the old password is wrong); DelayedError; BusyError; PasswordError
 */
export async function changePassword(ctx: Ctx, actor: Actor, principal: Principal, { old, password }: { old: string; password: string }): Promise<void> {
  const { tenantId, userId, session } = principal;
  const user = userId === null ? undefined : await findUser(ctx.db.kysely, tenantId, userId);
  if (!user || session === null) throw wrong();
  requireGoodPassword(password, user);
  const tries = triesOf(ctx, { address: actor.address ?? '' }, accountOf(user));
  const known = await checkPassword(ctx, user, old, tries);
  const hash = await ctx.passwords.hash(password);
  await ctx.db.transaction(async (tx) => {
    await holdUser(tx, tenantId, user.user_id);
    if ((await findPassword(tx, tenantId, user.user_id)) !== known) throw wrong();
    await forgive(tx, tries);
    await setPassword(tx, actor, { tenantId, userId: user.user_id, hash, at: seconds(ctx) });
    await deleteSessionsOf(tx, tenantId, user.user_id, session);
  });
}

/** A person as the history names one who came with a browser. */
export function actorOfPerson({ user_id, name }: Pick<User, 'user_id' | 'name'>, { address, requestId }: Visitor): Actor {
  return { id: user_id, name, source: 'page', via: 'browser', address, requestId };
}

/** Failed tries, links and sessions whose time is over. */
export async function forgetSignIns(ctx: Ctx): Promise<boolean> {
  const now = seconds(ctx);
  await deleteTriesOutside(ctx.db.kysely, now - TRIES.seconds, now);
  await deleteLinksBefore(ctx.db.kysely, 0, now);
  for (const { tenant_id } of await listTenants(ctx.db.kysely)) {
    await deleteLinksBefore(ctx.db.kysely, tenant_id, now);
    await deleteSessionsBefore(ctx.db.kysely, tenant_id, now);
  }
  return false;
}

/** Compares a password, when there may be another try. @returns the hash that it matched @throws DomainError noPermission; DelayedError; BusyError */
async function checkPassword(ctx: Ctx, user: User | undefined, password: string, tries: Tries): Promise<string> {
  const wait = await countTries(ctx, tries);
  if (wait !== undefined) throw new DelayedError(wait);
  const hash = user && (await findPassword(ctx.db.kysely, user.tenant_id, user.user_id));
  if (!(await ctx.passwords.matches(hash, password)) || hash === undefined) throw wrong();
  return hash;
}

interface Tries {
  ofAddress: TryLimit;
  ofAccount: TryLimit;
}

/** Under which keys a try counts. They do not tell what was typed: people type passwords into the wrong field. */
function triesOf({ keys }: Ctx, { address }: Pick<Visitor, 'address'>, account: string): Tries {
  const key = (kind: string, text: string) => `${kind}:${keys.hmac('sign-in failures', `${kind} ${text}`).toString('base64url')}`;
  return {
    // Many people can have one address, and some of them mistype: its window ends on time.
    ofAddress: { key: key('address', networkOf(address)), tries: TRIES.ofAddress, seconds: TRIES.seconds, renews: false },
    ofAccount: { key: key('account', account), tries: TRIES.ofAccount, seconds: TRIES.seconds, renews: true },
  };
}

/** @returns undefined when the try may be made, else for how many seconds none may */
function countTries(ctx: Ctx, { ofAddress, ofAccount }: Tries): Promise<number | undefined> {
  const now = seconds(ctx);
  return ctx.db.transaction(async (tx) => {
    for (const limit of [ofAddress, ofAccount]) {
      const beganAt = await countTry(tx, limit, now);
      if (beganAt !== undefined) return Math.max(1, beganAt + limit.seconds - now);
    }
    return undefined;
  });
}

/** The try was a good one. In the order in which tries are counted, so that two never wait for each other. */
async function forgive(tx: Queries, { ofAddress, ofAccount }: Tries): Promise<void> {
  await uncountTry(tx, ofAddress.key);
  await clearTries(tx, ofAccount.key);
}

function accountOf({ tenant_id, user_id }: User): string {
  return `${String(tenant_id)} ${user_id}`;
}

/** What counts as one address: of IPv6 the first 64 bits, which one customer has for himself. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  const groups = [...before, ...zeros, ...after].slice(0, 4).map((group) => parseInt(group, 16).toString(16));
  return `${groups.join(':')}::/64`;
}

function wrong(): DomainError {
  return new DomainError('noPermission', 'the e-mail address or the password is wrong');
}

/** Credentials go by the real time, whatever the domain's clock says. */
function seconds(ctx: Ctx): number {
  return Math.floor(ctx.clock.realMs() / 1000);
}
