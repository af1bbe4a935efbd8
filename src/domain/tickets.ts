import type { Ctx } from '../context.ts';
import { addTicket, claimTicket, dueForTicket, scheduleTicket } from '../store/app-tickets.ts';
import { listTenants } from '../store/tenants.ts';
import type { App } from '../store/tables.ts';
import { DomainError } from './errors.ts';
import { deliver } from './push.ts';
import { hashSecret } from './secrets.ts';
import { storeAppOfSecret } from './store-apps.ts';

/*
 * Tickets: every hour each store app is pushed one, with which it proves that it is where events of it arrive.
 * Vendor page: application-v6/event/app_ticket-events.
 */

/** Seconds between two tickets of an app. */
const EVERY = 3600;
/** How long a ticket is good: there are always two, also when one comes late. */
const LIFE = 2 * EVERY + 600;
/** Tickets of an app that are kept, whoever asks for more. */
const KEPT = 20;
/** After so many seconds a ticket that did not arrive is followed by another: after the first, the second, and every further one. */
const GAPS = [15, 300, EVERY];
/** How long a process may be busy with the ticket of one app before another takes it for dead. */
const CLAIM = 60;
const BATCH = 100;
/** Tickets that are under way at once: a receiver that hangs holds up one of so many. */
const AT_ONCE = 8;

/** Pushes the tickets that are due, to each app one. @returns whether more may be waiting */
export async function pushTickets(ctx: Ctx): Promise<boolean> {
  const db = ctx.db.kysely;
  const due: { tenantId: number; appId: string }[] = [];
  for (const { tenant_id: tenantId } of await listTenants(db)) {
    const now = seconds(ctx);
    for (const { app_id } of await dueForTicket(db, tenantId, now, now + EVERY, BATCH)) due.push({ tenantId, appId: app_id });
  }
  const batch = due.slice(0, BATCH);
  const waiting = batch.values();
  const work = async (): Promise<void> => {
    for (const { tenantId, appId } of waiting) {
      const now = seconds(ctx);
      const app = await claimTicket(db, tenantId, appId, now, now + EVERY, now + CLAIM);
      if (app) await pushTicket(ctx, app);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return due.length > batch.length;
}

/**
 * Pushes a ticket to a store app that asks for one. Whether it arrives is not its answer; one that does not is followed by another.
 *
 * @throws DomainError notFound, noPermission (wrong secret), wrongState: a custom app, or one that has no push target
 */
export async function resendTicket(ctx: Ctx, tenantId: number, appId: string, secret: string): Promise<void> {
  const app = await storeAppOfSecret(ctx, tenantId, appId, secret);
  if (app.push_url === null) throw new DomainError('wrongState', `nothing is pushed to app ${appId}: set its push URL first`);
  await pushTicket(ctx, app);
}

async function pushTicket(ctx: Ctx, app: App): Promise<void> {
  const { tenant_id, app_id } = app;
  const ticket = ctx.ids.secret();
  const now = seconds(ctx);
  // Kept before it is sent: the receiver may use it before it has answered.
  await ctx.db.transaction((tx) => addTicket(tx, { tenant_id, app_id, ticket_hash: hashSecret(ticket), expires_at: now + LIFE }, now, KEPT));
  const delivery = await deliver(ctx, app, (token) => ({
    uuid: ctx.ids.event(),
    event: { app_id, app_ticket: ticket, type: 'app_ticket' },
    token,
    ts: (ctx.clock.realMs() / 1000).toFixed(7),
    type: 'event_callback',
  }));
  const failures = delivery.delivered ? 0 : app.ticket_failures + 1;
  const wait = delivery.delivered ? EVERY : (GAPS[failures - 1] ?? EVERY);
  await scheduleTicket(ctx.db.kysely, app, seconds(ctx) + wait, failures);
  if (!delivery.delivered) ctx.log.warn({ app: app_id, reason: delivery.reason, failures, again_in: wait }, 'a ticket was not delivered');
}

/** Credentials go by the real time, whatever the domain's clock says. */
function seconds(ctx: Ctx): number {
  return Math.floor(ctx.clock.realMs() / 1000);
}
