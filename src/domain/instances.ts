import { exceptionsOf, findEvent } from '../store/events.ts';
import type { Queries } from '../store/open.ts';
import type { CalendarEvent, EventException } from '../store/tables.ts';
import type { Slot } from './booking.ts';
import { DomainError } from './errors.ts';
import { expandRule } from './recurrence.ts';

/** One instance of an event; a single event has one, whose `originalAt` is 0. */
export interface Instance extends Slot {
  title: string;
  description: string;
  isException: boolean;
  isCancelled: boolean;
}

/** An event with all that hangs on it. */
export interface WholeEvent {
  event: CalendarEvent;
  exceptions: EventException[];
}

/** The instances of an event, in order of their original start; cancelled ones too. */
export function instancesOf({ event, exceptions }: WholeEvent): Instance[] {
  const whole = { title: event.title, description: event.description, isException: false, isCancelled: event.cancelled_at !== null };
  if (event.recurrence === null) return [{ ...whole, originalAt: 0, startAt: event.start_at, endAt: event.end_at }];
  const byOriginal = new Map(exceptions.map((exception) => [exception.original_at, exception]));
  return expandRule(event.recurrence, event.start_at, event.time_zone).map((originalAt) => {
    const exception = byOriginal.get(originalAt);
    if (!exception) return { ...whole, originalAt, startAt: originalAt, endAt: originalAt + event.end_at - event.start_at };
    return {
      originalAt,
      startAt: exception.start_at,
      endAt: exception.end_at,
      title: exception.title ?? event.title,
      description: exception.description ?? event.description,
      isException: true,
      isCancelled: whole.isCancelled || exception.cancelled_at !== null,
    };
  });
}

/** @throws DomainError notFound, also when the instance is none of the event's */
export async function wholeEvent(db: Queries, tenantId: number, uid: string, originalAt = 0): Promise<WholeEvent & { instance: Instance | null }> {
  const event = requireEvent(await findEvent(db, tenantId, uid));
  const exceptions = event.recurrence === null ? [] : await exceptionsOf(db, tenantId, event.id);
  if (originalAt === 0) return { event, exceptions, instance: event.recurrence === null ? (instancesOf({ event, exceptions })[0] ?? null) : null };
  const instance = event.recurrence === null ? undefined : instancesOf({ event, exceptions }).find((candidate) => candidate.originalAt === originalAt);
  if (!instance) throw new DomainError('notFound', `no instance ${String(originalAt)} of ${uid}`);
  return { event, exceptions, instance };
}

export function requireEvent(event: CalendarEvent | undefined): CalendarEvent {
  if (!event) throw new DomainError('notFound', 'no such event');
  return event;
}

export function requireLive(event: CalendarEvent, instance: Instance | null): void {
  if (event.cancelled_at !== null || instance?.isCancelled) throw new DomainError('gone', 'the event is deleted');
}

/** `<uid>_<original time>`: how the history names an event or an instance. */
export function nameOf(uid: string, originalAt: number): string {
  return `${uid}_${String(originalAt)}`;
}
