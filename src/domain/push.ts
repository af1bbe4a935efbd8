import type { Ctx } from '../context.ts';
import { send, type Failure, type Outcome } from '../push/send.ts';
import { parseTarget, TargetError } from '../push/target.ts';
import { findApp, updatePush, type PushColumns } from '../store/apps.ts';
import { addHistory, type Actor } from '../store/history.ts';
import type { App } from '../store/tables.ts';
import { requireOwnApp } from './apps.ts';
import { requireExpected } from './change.ts';
import { DomainError } from './errors.ts';

/** Where events of an app are to be pushed. Of token and key, what is undefined stays as it is. */
export interface NewPushTarget {
  url: string;
  /** Stands in every event, so that the receiver knows its sender. Where there is none, one is made up. */
  verificationToken?: string | undefined;
  /** Events are encrypted and signed with it; null: they are not. */
  encryptKey?: string | null | undefined;
  /** The app's version that the caller read. */
  expected?: number | undefined;
}

/** Where events of an app are pushed, without what they are signed with. */
export interface PushTarget {
  appId: string;
  /** Null: nowhere. */
  url: string | null;
  encrypted: boolean;
  /** Of a store app: when it is sent its next ticket, and how many in a row did not arrive. */
  nextTicketAt: number | null;
  ticketFailures: number;
  version: number;
}

/** What became of an event, as far as it is anybody's business: no word of the receiver's answer but its HTTP status. */
export type Delivery = { delivered: true } | { delivered: false; reason: Failure | 'challenge' | 'key'; sentence: string };

const sentences: Readonly<Record<Failure | 'challenge' | 'key', string>> = {
  forbidden: 'leads where nothing may be pushed',
  unknownHost: 'has a host of which no name server knows an address',
  unreachable: 'cannot be connected to, or its server hung up',
  tls: 'has a server without a valid certificate for it',
  timeout: 'did not answer within 3 seconds',
  status: 'did not answer with HTTP 200',
  challenge: 'did not send the challenge back',
  key: 'has secrets that the key file can no longer open: set them anew',
};

/**
 * Sets where events of an app are pushed, once the receiver has sent a challenge back. A store app is sent a ticket soon after.
 *
 * Vendor page: event-subscription-guide, "将事件发送至开发者服务器".
 *
 * @returns the verification token when it was made up: it is shown here and never again
 * @throws DomainError notFound, noPermission (an app of another tenant), stale, conflict; param about `url` that says what is wrong with it
 */
export async function setPushTarget(
  ctx: Ctx,
  actor: Actor,
  tenantId: number,
  appId: string,
  { url, verificationToken, encryptKey, expected }: NewPushTarget,
): Promise<{ target: PushTarget; madeUp: string | null }> {
  const app = requireOwnApp(await findApp(ctx.db.kysely, tenantId, appId), appId);
  requireExpected({ version: app.version, expected });
  requireTarget(url);
  const present = secretsOf(ctx, app);
  if (!present && encryptKey === undefined && app.push_key !== null) throw new DomainError('param', 'cannot be read any more: set it anew', 'encryptKey');
  const kept = verificationToken ?? (present?.token || undefined);
  const madeUp = kept === undefined ? ctx.ids.secret() : null;
  const token = kept ?? madeUp ?? '';
  const key = encryptKey === undefined ? (present?.key ?? null) : encryptKey;
  const delivery = await challenge(ctx, { url, token, key });
  if (!delivery.delivered) throw new DomainError('param', delivery.sentence, 'url');
  const nextTicketAt = app.kind === 'store' ? seconds(ctx) : null;
  const sealed = { push_token: ctx.keys.seal(TOKEN, token), push_key: key === null ? null : ctx.keys.seal(KEY, key) };
  const target = await write(ctx, actor, app, { push_url: url, ...sealed, next_ticket_at: nextTicketAt }, 'app.push.set');
  return { target, madeUp };
}

/** Pushes to an app no more, and forgets its token and key. @throws DomainError notFound, noPermission, stale, conflict */
export async function clearPushTarget(ctx: Ctx, actor: Actor, tenantId: number, appId: string, expected?: number): Promise<PushTarget> {
  const app = requireOwnApp(await findApp(ctx.db.kysely, tenantId, appId), appId);
  requireExpected({ version: app.version, expected });
  return write(ctx, actor, app, { push_url: null, push_token: null, push_key: null, next_ticket_at: null }, 'app.push.clear');
}

/** @throws DomainError notFound, noPermission */
export async function getPushTarget(ctx: Ctx, tenantId: number, appId: string): Promise<PushTarget> {
  return targetOf(requireOwnApp(await findApp(ctx.db.kysely, tenantId, appId), appId));
}

/** Sends the receiver of an app a challenge. @throws DomainError notFound, noPermission; wrongState when nothing is pushed to it */
export async function testPushTarget(ctx: Ctx, tenantId: number, appId: string): Promise<Delivery> {
  const app = requireOwnApp(await findApp(ctx.db.kysely, tenantId, appId), appId);
  if (app.push_url === null) throw new DomainError('wrongState', `nothing is pushed to app ${appId}`);
  const secrets = secretsOf(ctx, app);
  return secrets ? challenge(ctx, { url: app.push_url, ...secrets }) : failed('key');
}

/**
 * Pushes an event to an app that has a target.
 *
 * @param event given the app's verification token, which stands in every event
 */
export async function deliver(ctx: Ctx, app: App, event: (token: string) => object): Promise<Delivery> {
  const secrets = secretsOf(ctx, app);
  if (app.push_url === null || !secrets) return failed('key');
  return deliveryOf(await sendTo(ctx, { url: app.push_url, key: secrets.key }, event(secrets.token)));
}

interface Receiver {
  url: string;
  token: string;
  key: string | null;
}

async function challenge(ctx: Ctx, { url, token, key }: Receiver): Promise<Delivery> {
  const word = ctx.ids.secret();
  const outcome = await sendTo(ctx, { url, key }, { challenge: word, token, type: 'url_verification' });
  return outcome.delivered && !echoes(outcome.body, word) ? failed('challenge') : deliveryOf(outcome);
}

function sendTo(ctx: Ctx, { url, key }: Pick<Receiver, 'url' | 'key'>, event: object): Promise<Outcome> {
  return send({ url, encryptKey: key }, event, { atMs: ctx.clock.realMs(), allow: ctx.config.pushAllow });
}

function echoes(body: string, word: string): boolean {
  try {
    return (JSON.parse(body) as { challenge?: unknown } | null)?.challenge === word;
  } catch {
    return false;
  }
}

function deliveryOf(outcome: Outcome): Delivery {
  if (outcome.delivered) return { delivered: true };
  const { reason, status, detail } = outcome;
  return failed(reason, detail ?? (status === undefined ? undefined : `${sentences.status} but with ${String(status)}`));
}

function failed(reason: keyof typeof sentences, sentence = sentences[reason]): Delivery {
  return { delivered: false, reason, sentence };
}

/** What an app's events are signed with; undefined when the key file cannot open it any more. */
function secretsOf(ctx: Ctx, app: App): Pick<Receiver, 'token' | 'key'> | undefined {
  try {
    return { token: openSeal(ctx, TOKEN, app.push_token) ?? '', key: openSeal(ctx, KEY, app.push_key) };
  } catch (error) {
    ctx.log.error({ app: app.app_id, err: error }, 'the push secrets of an app cannot be opened');
    return undefined;
  }
}

/** Purposes of what is sealed. */
export const TOKEN = 'push token';
export const KEY = 'push encrypt key';

function openSeal(ctx: Ctx, purpose: string, sealed: string | null): string | null {
  return sealed === null ? null : ctx.keys.open(purpose, sealed);
}

function requireTarget(url: string): void {
  try {
    parseTarget(url);
  } catch (error) {
    if (error instanceof TargetError) throw new DomainError('param', error.message, 'url');
    throw error;
  }
}

async function write(ctx: Ctx, actor: Actor, app: App, push: PushColumns, action: string): Promise<PushTarget> {
  const { tenant_id: tenantId, app_id: appId } = app;
  return ctx.db.transaction(async (tx) => {
    const version = await updatePush(tx, tenantId, appId, push, app.version);
    if (version === undefined) throw new DomainError('conflict', 'the app was changed meanwhile');
    const change = { tenantId, at: seconds(ctx), actor, action, object: { kind: 'app', id: appId } };
    const shown = ({ push_url, push_key }: Pick<App, 'push_url' | 'push_key'>) => ({ push_url, encrypted: push_key !== null });
    await addHistory(tx, { ...change, before: shown(app), after: shown(push) });
    return targetOf({ ...app, ...push, ticket_failures: 0, version });
  });
}

function targetOf(app: App): PushTarget {
  return {
    appId: app.app_id,
    url: app.push_url,
    encrypted: app.push_key !== null,
    nextTicketAt: app.next_ticket_at,
    ticketFailures: app.ticket_failures,
    version: app.version,
  };
}

/** Credentials go by the real time, whatever the domain's clock says. */
function seconds(ctx: Ctx): number {
  return Math.floor(ctx.clock.realMs() / 1000);
}
