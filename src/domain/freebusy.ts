import type { Ctx } from '../context.ts';
import { attendeesOf, eventsOf, exceptionsOf, instanceReplies } from '../store/events.ts';
import { activeBetween } from '../store/reservations.ts';
import type { CalendarEvent, Reservation, Rsvp } from '../store/tables.ts';
import { instancesOf } from './instances.ts';

/** More events than anybody has in the period that can be asked for. */
const MOST_EVENTS = 5000;

/** A time in which somebody is busy. */
export interface Busy {
  startAt: number;
  endAt: number;
  /** What the person answered; organisers count as having accepted. */
  answer: Rsvp;
}

/** When rooms are reserved between two times: what they have, in order of room and start. */
export function busyRooms(ctx: Ctx, tenantId: number, roomNos: readonly number[], from: number, to: number): Promise<Reservation[]> {
  if (roomNos.length === 0) return Promise.resolve([]);
  return activeBetween(ctx.db.kysely, { tenantId, roomNos, from, to });
}

/** When somebody is busy between two times. @param onlyBusy leave out events that are marked as free */
export async function busyPerson(
  ctx: Ctx,
  { tenantId, ownerId, from, to, onlyBusy }: { tenantId: number; ownerId: string; from: number; to: number; onlyBusy: boolean },
): Promise<Busy[]> {
  const events = await eventsOf(ctx.db.kysely, { tenantId, ownerId, from, to, after: undefined, limit: MOST_EVENTS });
  const busy: Busy[] = [];
  for (const event of events) {
    if (onlyBusy && (JSON.parse(event.details) as { free_busy_status?: string }).free_busy_status === 'free') continue;
    busy.push(...(await busyWith(ctx, event, ownerId, from, to)));
  }
  return busy.sort((a, b) => a.startAt - b.startAt || a.endAt - b.endAt);
}

async function busyWith(ctx: Ctx, event: CalendarEvent, ownerId: string, from: number, to: number): Promise<Busy[]> {
  const { kysely } = ctx.db;
  const { tenant_id: tenantId, id } = event;
  const exceptions = event.recurrence === null ? [] : await exceptionsOf(kysely, tenantId, id);
  const attendee = (await attendeesOf(kysely, tenantId, id)).find(({ user_id }) => user_id === ownerId);
  const replies = attendee && event.recurrence !== null ? await instanceReplies(kysely, tenantId, id) : [];
  const busy: Busy[] = [];
  for (const { originalAt, startAt, endAt, isCancelled } of instancesOf({ event, exceptions })) {
    if (isCancelled || startAt >= to || endAt <= from) continue;
    const reply = replies.find(({ original_at, attendee_id }) => original_at === originalAt && attendee_id === attendee?.attendee_id)?.rsvp;
    const answer = event.organizer_id === ownerId && !attendee ? 'accept' : (reply ?? attendee?.rsvp ?? 'needs_action');
    if (answer !== 'decline') busy.push({ startAt, endAt, answer });
  }
  return busy;
}
