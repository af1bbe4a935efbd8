import type { Ctx } from '../context.ts';
import { addHistory } from '../store/history.ts';
import type { Queries } from '../store/open.ts';
import { keepLink } from '../store/one-time-links.ts';
import { claimSignInName, findSignInName, hasSignInName } from '../store/sign-in-names.ts';
import type { User } from '../store/tables.ts';
import { holdUser } from '../store/users.ts';
import type { Principal } from './access.ts';
import { DomainError } from './errors.ts';
import { hashSecret } from './secrets.ts';
import { addSession, endSession, type SessionSecret } from './sessions.ts';
import { actorOfPerson, type Visitor } from './sign-in.ts';
import { emailName } from './users.ts';

/** What an identity provider says of somebody. */
export interface ProvenIdentity {
  issuer: string;
  /** The provider's own id of the person, which never changes. */
  subject: string;
  /** The e-mail address, when the provider vouches for it. */
  verifiedEmail: string | undefined;
}

/** How long one may take at the provider. Seconds. */
export const SIGN_ON_LIFE = 600;

/**
 * Signs somebody in by the word of the provider: the person to whom that subject was bound before, else the one with that e-mail
 * address, to whom it is bound now. An address that the provider gave to somebody else since opens nothing: then the person
 * is bound to another subject. Nobody is made.
 *
 * @param state of the round trip to the provider, which counts once
 * @param former the session that the browser had so far, which ends
 * @throws DomainError notFound (nobody here is that person); noPermission (suspended); gone (the state was used before)
 */
export async function signInByProvider(ctx: Ctx, visitor: Visitor, state: string, identity: ProvenIdentity, former?: Principal): Promise<SessionSecret> {
  const { session, person } = await ctx.db.transaction(async (tx) => {
    const expiresAt = Math.floor(ctx.clock.realMs() / 1000) + SIGN_ON_LIFE;
    const fresh = await keepLink(tx, { tenant_id: 0, link_hash: hashSecret(state), purpose: 'sign_on', user_id: null, expires_at: expiresAt });
    if (!fresh) throw new DomainError('gone', 'this answer of the provider was used before');
    const user = await personOf(ctx, tx, visitor, identity);
    return { session: await addSession(ctx, tx, actorOfPerson(user, visitor), user, 'single sign-on'), person: user };
  });
  if (former) await endSession(ctx, actorOfPerson(person, visitor), former);
  return session;
}

async function personOf(ctx: Ctx, tx: Queries, visitor: Visitor, { issuer, subject, verifiedEmail }: ProvenIdentity): Promise<User> {
  const name = `oidc:${issuer} ${subject}`;
  const bound = await findSignInName(tx, name);
  const found = bound ?? (verifiedEmail === undefined ? undefined : await findSignInName(tx, emailName(verifiedEmail)));
  const user = found && (await holdUser(tx, found.tenantId, found.userId));
  if (!user) throw new DomainError('notFound', 'nobody here is that person');
  if (user.suspended_at !== null) throw new DomainError('noPermission', 'the person is suspended');
  if (bound) return user;
  if ((await hasSignInName(tx, found, `oidc:${issuer} `)) || !(await claimSignInName(tx, name, found))) {
    throw new DomainError('notFound', 'the person with that e-mail address is bound to somebody else at the provider');
  }
  const at = Math.floor(ctx.clock.realMs() / 1000);
  const change = { tenantId: found.tenantId, at, actor: actorOfPerson(user, visitor), action: 'user.bind_sign_on', object: { kind: 'user', id: user.user_id } };
  await addHistory(tx, { ...change, after: { issuer, subject } });
  return user;
}
