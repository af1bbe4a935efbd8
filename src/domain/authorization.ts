import type { Ctx } from '../context.ts';
import { findApp } from '../store/apps.ts';
import { deleteExpiredCodes, insertCode } from '../store/authorization-codes.ts';
import type { Actor } from '../store/history.ts';
import type { App } from '../store/tables.ts';
import type { Client } from './clients.ts';
import { addGrant } from './grants.ts';
import { hashSecret } from './secrets.ts';
import { words } from './words.ts';

/** Life of a code, and how long one that ended can still be told from one that nobody has. Seconds; the life is the vendor's. */
const CODE_LIFE = 300;
const CODE_KEPT = 86_400;

/** What whoever brings the code must be able to answer (RFC 7636). */
export interface Challenge {
  method: 'S256' | 'plain';
  text: string;
}

/** What an app asks a person for. */
export interface Asked {
  client: Client;
  /** Where the answer goes: one of the app's, exactly. */
  redirectUri: string;
  scopes: readonly string[];
  challenge: Challenge | null;
}

/** The app that sends somebody here, as the person's tenant has it; or why there is none that it may be answered for. */
export async function askingApp(
  ctx: Ctx,
  tenantId: number,
  { client, redirectUri }: Pick<Asked, 'client' | 'redirectUri'>,
): Promise<App | 'unknownApp' | 'wrongRedirect'> {
  const { appId } = client;
  const app = await findApp(ctx.db.kysely, tenantId, appId);
  // What is set of an app of several tenants is set in its own.
  const own = client.tenantId === tenantId ? app : await findApp(ctx.db.kysely, client.tenantId, appId);
  if (app?.revoked_at !== null || own?.revoked_at !== null) return 'unknownApp';
  const registered = JSON.parse(own.redirect_uris) as string[];
  return isRedirectUri(redirectUri) && registered.includes(redirectUri) ? app : 'wrongRedirect';
}

/** Whether an address is one that an answer can be sent to: a web address without anything that a header cannot hold, or that hides where it leads. */
export function isRedirectUri(text: string): boolean {
  if (text.length > 1024 || !/^https?:\/\/[\x21-\x7e]+$/i.test(text) || text.includes('\\') || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

/** Those of the scopes that the app does not hold: nobody can grant them to it. */
export function scopesNotHeld({ scopes }: App, asked: readonly string[]): string[] {
  const held = words(scopes);
  return asked.filter((scope) => !held.includes(scope));
}

/** A person lets an app do what it asks for. @returns the secret of the code with which the app fetches its token */
export async function authorize(ctx: Ctx, actor: Actor, person: { tenantId: number; userId: string }, asked: Asked): Promise<Buffer> {
  const { tenantId, userId } = person;
  const { client, redirectUri, scopes, challenge } = asked;
  const secret = ctx.ids.tokenSecret();
  const hash = hashSecret(secret);
  await ctx.db.transaction(async (tx) => {
    const at = Math.floor(ctx.clock.realMs() / 1000);
    const granted = await addGrant(tx, actor, { tenantId, userId, appId: client.appId }, scopes, at);
    // With the grant in hand: whoever takes one back holds it before its codes, too.
    await deleteExpiredCodes(tx, tenantId, at - CODE_KEPT);
    await insertCode(tx, {
      tenant_id: tenantId,
      code_hash: hash,
      app_id: client.appId,
      user_id: userId,
      scopes: granted.join(' '),
      redirect_uri: redirectUri,
      challenge: challenge?.text ?? null,
      challenge_method: challenge?.method ?? null,
      // The code is the first of its family.
      family: hash,
      expires_at: at + CODE_LIFE,
      used_at: null,
    });
  });
  return secret;
}
