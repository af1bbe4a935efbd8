import type { Queries } from './open.ts';
import type { App, Tables } from './tables.ts';

/** Whether an app was sent a ticket of that hash that is good at `now`. */
export async function hasTicket(db: Queries, tenantId: number, appId: string, hash: string, now: number): Promise<boolean> {
  const row = await db
    .selectFrom('app_tickets')
    .select('app_id')
    .where('tenant_id', '=', tenantId)
    .where('ticket_hash', '=', hash)
    .where('app_id', '=', appId)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row !== undefined;
}

/** Adds a ticket and forgets those that are over, and of the others all but the `keep` that last longest. */
export async function addTicket(db: Queries, ticket: Tables['app_tickets'], now: number, keep: number): Promise<void> {
  const { tenant_id, app_id, ticket_hash } = ticket;
  const tickets = await db
    .selectFrom('app_tickets')
    .select(['ticket_hash', 'expires_at'])
    .where('tenant_id', '=', tenant_id)
    .where('app_id', '=', app_id)
    .orderBy('expires_at', 'desc')
    .execute();
  const gone = tickets.filter(({ expires_at }, i) => expires_at <= now || i >= keep - 1).map((one) => one.ticket_hash);
  if (gone.length > 0) await db.deleteFrom('app_tickets').where('tenant_id', '=', tenant_id).where('ticket_hash', 'in', gone).execute();
  await db
    .insertInto('app_tickets')
    .values({ ...ticket, ticket_hash })
    .execute();
}

/** Store apps of a tenant whose next ticket is due. One that is due later than `latest` was put off by a clock that was wrong: it is due too. */
export function dueForTicket(db: Queries, tenantId: number, now: number, latest: number, limit: number): Promise<{ app_id: string }[]> {
  return db
    .selectFrom('apps')
    .select('app_id')
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', 'store')
    .where('revoked_at', 'is', null)
    .where('push_url', 'is not', null)
    .where((eb) => eb.or([eb('next_ticket_at', '<=', now), eb('next_ticket_at', '>', latest)]))
    .orderBy('next_ticket_at')
    .limit(limit)
    .execute();
}

/** Puts the next ticket of an app off to `until`, if it is due: of several that ask, one is given the app. */
export function claimTicket(db: Queries, tenantId: number, appId: string, now: number, latest: number, until: number): Promise<App | undefined> {
  return db
    .updateTable('apps')
    .set({ next_ticket_at: until })
    .where('tenant_id', '=', tenantId)
    .where('app_id', '=', appId)
    .where('revoked_at', 'is', null)
    .where('push_url', 'is not', null)
    .where((eb) => eb.or([eb('next_ticket_at', '<=', now), eb('next_ticket_at', '>', latest)]))
    .returningAll()
    .executeTakeFirst();
}

/** Says when the next ticket of an app is due, and how many did not arrive. Nothing when its target is another meanwhile. */
export async function scheduleTicket(db: Queries, { tenant_id, app_id, push_url }: App, at: number, failures: number): Promise<void> {
  await db
    .updateTable('apps')
    .set({ next_ticket_at: at, ticket_failures: failures })
    .where('tenant_id', '=', tenant_id)
    .where('app_id', '=', app_id)
    .where('push_url', '=', push_url)
    .execute();
}
