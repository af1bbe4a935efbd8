import type { Ctx } from '../../context.ts';
import type { Principal } from '../../domain/access.ts';
import { DomainError } from '../../domain/errors.ts';
import { attendsOrOrganizes } from '../../domain/events.ts';
import { wholeEvent } from '../../domain/instances.ts';
import { isKnownOwner } from '../../domain/people.ts';
import { ownerOfCalendar, parseEventId } from '../../wire/identifiers.ts';

/** Whose calendar the caller's own is: the person's, or the app's. */
export function ownCalendar({ userId, appId }: Principal): string {
  return userId ?? appId;
}

/** The calendar that a path names must be the caller's own. @throws DomainError badCalendar, unknownCalendar, noCalendarAccess */
export async function requireCalendar(ctx: Ctx, principal: Principal, calendarId: string): Promise<string> {
  const own = ownCalendar(principal);
  if (calendarId === 'primary') return own;
  const owner = ownerOfCalendar(calendarId);
  if (owner === undefined) throw new DomainError('badCalendar', `${calendarId} is no calendar id`);
  if (owner === own) return own;
  if (!(await isKnownOwner(ctx, principal.tenantId, owner))) throw new DomainError('unknownCalendar', 'no such calendar');
  throw new DomainError('noCalendarAccess', 'the calendar is somebody else’s');
}

/** The event that a path names, as far as it stands in the caller's calendar. @throws DomainError badEvent, notFound, noPermission */
export async function eventOf(
  ctx: Ctx,
  principal: Principal,
  params: { calendar_id: string; event_id: string },
  { toChange = false }: { toChange?: boolean } = {},
): Promise<Awaited<ReturnType<typeof wholeEvent>> & { uid: string; originalAt: number }> {
  const owner = await requireCalendar(ctx, principal, params.calendar_id);
  const named = parseEventId(params.event_id);
  if (!named) throw new DomainError('badEvent', `${params.event_id} is no event id`);
  const found = await wholeEvent(ctx.db.kysely, principal.tenantId, named.uid, named.originalAt);
  if (!(await attendsOrOrganizes(ctx.db.kysely, found.event, owner))) throw new DomainError('notFound', 'no such event in the calendar');
  if (toChange && found.event.organizer_id !== owner) throw new DomainError('noPermission', 'only its organiser may change an event');
  return { ...found, ...named };
}
