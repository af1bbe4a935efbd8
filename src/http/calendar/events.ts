import { DomainError } from '../../domain/errors.ts';
import { reply } from '../../domain/attendance.ts';
import { changeEvent, createEvent as addEvent, deleteEvent as dropEvent, listEvents as pageOfEvents, type EventFields } from '../../domain/events.ts';
import { instancesOf, wholeEvent, type Instance } from '../../domain/instances.ts';
import { reserverOf } from '../../domain/people.ts';
import { isTimeZone } from '../../domain/zones.ts';
import type { CalendarEvent } from '../../store/tables.ts';
import {
  createEvent,
  deleteEvent,
  getEvent,
  keptFields,
  listEvents,
  listInstances,
  patchEvent,
  replyEvent,
  type Event,
  type EventInput,
  type TimeInfo,
} from '../../wire/calendar/events.ts';
import { formatDate, parseDate } from '../../wire/format.ts';
import { formatCalendarId, formatEventId } from '../../wire/identifiers.ts';
import { answer } from '../mount.ts';
import { positionOf, sealPosition } from '../page-token.ts';
import { userIdsOf, type UserIds } from '../vc/user-ids.ts';
import { eventOf, requireCalendar } from './access.ts';

const DAY = 86_400;
const DEFAULT_ZONE = 'Asia/Shanghai';
const TWO_YEARS = 2 * 366 * DAY;

export const eventHandlers = [
  answer(createEvent, async (ctx, { principal, actor, params, query, body }) => {
    const userIds = userIdsOf(principal, query.user_id_type);
    const owner = await requireCalendar(ctx, principal, params.calendar_id);
    const { tenantId } = principal;
    const fields = { ...noFields, ...fieldsOf(body), ...timesOf(body) };
    const key = query.idempotency_key;
    const once = key === undefined ? undefined : { scope: `${createEvent.id} ${principal.appId} ${owner}`, key, request: JSON.stringify(body) };
    const organizer = reserverOf(principal);
    const event = await addEvent(ctx, actor, tenantId, organizer, fields, once);
    return { event: wireEvent(event, null, userIds) };
  }),

  answer(getEvent, async (ctx, { principal, params, query }) => {
    const { event, instance, originalAt } = await eventOf(ctx, principal, params);
    return { event: wireEvent(event, originalAt === 0 ? null : instance, userIdsOf(principal, query.user_id_type)) };
  }),

  answer(patchEvent, async (ctx, { principal, actor, params, query, body }) => {
    const userIds = userIdsOf(principal, query.user_id_type);
    const { event, uid, originalAt } = await eventOf(ctx, principal, params, { toChange: true });
    const { tenantId } = principal;
    // The vendor's: one time without the other has no effect.
    const times = body.start_time && body.end_time ? timesOf({ start_time: body.start_time, end_time: body.end_time }) : {};
    const { details, ...fields } = fieldsOf(body);
    const kept = { ...(JSON.parse(event.details) as object), ...details };
    await changeEvent(ctx, actor, {
      tenantId,
      uid,
      originalAt,
      fields: { ...fields, ...times, ...(Object.keys(details).length > 0 ? { details: kept } : {}) },
    });
    const changed = await wholeEvent(ctx.db.kysely, tenantId, uid, originalAt);
    return { event: wireEvent(changed.event, originalAt === 0 ? null : changed.instance, userIds) };
  }),

  answer(deleteEvent, async (ctx, { principal, actor, params }) => {
    const { uid, originalAt } = await eventOf(ctx, principal, params, { toChange: true });
    await dropEvent(ctx, actor, principal.tenantId, uid, originalAt);
    return {};
  }),

  answer(listEvents, async (ctx, { principal, params, query }) => {
    const owner = await requireCalendar(ctx, principal, params.calendar_id);
    const { anchor_time, start_time, end_time, page_size, page_token } = query;
    if ((start_time === undefined) !== (end_time === undefined))
      throw new DomainError('param', 'is required with the other', start_time === undefined ? 'start_time' : 'end_time');
    if (anchor_time !== undefined && start_time !== undefined) throw new DomainError('param', 'cannot be used with start_time and end_time', 'anchor_time');
    const from = anchor_time ?? start_time;
    const walk = JSON.stringify([listEvents.id, principal.tenantId, owner, from, end_time]);
    const position = positionOf(ctx.keys, walk, page_token, listEvents.faults.param)?.split(' ').map(Number);
    const page = await pageOfEvents(ctx, {
      tenantId: principal.tenantId,
      ownerId: owner,
      from: from === undefined ? null : Number(from),
      to: end_time === undefined ? null : Number(end_time),
      after: position && { startAt: position[0] ?? 0, id: position[1] ?? 0 },
      limit: page_size,
    });
    const items = page.events.map((event) => wireEvent(event, null, userIdsOf(principal, query.user_id_type)));
    const { next } = page;
    if (next) return { items, has_more: true, page_token: sealPosition(ctx.keys, walk, `${String(next.startAt)} ${String(next.id)}`) };
    return { items, has_more: false, sync_token: sealPosition(ctx.keys, walk, String(ctx.clock.now())) };
  }),

  answer(listInstances, async (ctx, { principal, params, query }) => {
    const whole = await eventOf(ctx, principal, params);
    const { start_time, end_time, page_size, page_token } = query;
    const [from, to] = [Number(start_time), Number(end_time)];
    if (to < from || to - from > TWO_YEARS) throw new DomainError('param', 'must lie after start_time, at most two years', 'end_time');
    const walk = JSON.stringify([listInstances.id, principal.tenantId, params.event_id, from, to]);
    const after = Number(positionOf(ctx.keys, walk, page_token, listInstances.faults.param) ?? -1);
    const within = instancesOf(whole).filter(({ originalAt, startAt, endAt }) => originalAt > after && startAt < to && endAt > from);
    const page = within.slice(0, page_size);
    const items = page.map((instance) => {
      const {
        event_id,
        summary,
        description,
        start_time: start,
        end_time: end,
        status,
        is_exception,
        app_link,
        location,
      } = wireEvent(whole.event, instance, null);
      const place = location ? { location } : {};
      return { event_id, summary, description, start_time: start, end_time: end, status, is_exception, app_link, ...place };
    });
    const last = page.at(-1);
    if (last && within.length > page.length) return { items, has_more: true, page_token: sealPosition(ctx.keys, walk, String(last.originalAt)) };
    return { items, has_more: false };
  }),

  answer(replyEvent, async (ctx, { principal, actor, params, body }) => {
    const { uid, originalAt } = await eventOf(ctx, principal, params);
    if (principal.userId === null) throw new DomainError('unknownAttendee', 'an app is not invited');
    const rsvp = body.rsvp_status;
    await reply(ctx, actor, { tenantId: principal.tenantId, uid, originalAt, userId: principal.userId, rsvp });
    return {};
  }),
];

const noFields: Omit<EventFields, 'startAt' | 'endAt' | 'timeZone' | 'allDay'> = {
  title: '',
  description: '',
  isPrivate: false,
  recurrence: null,
  details: {},
};

/** What a body says of an event besides its time; what it does not say is left out. */
function fieldsOf(body: EventInput) {
  const { summary, description, visibility, recurrence } = body;
  const kept = Object.fromEntries(keptFields.filter((name) => body[name] !== undefined).map((name) => [name, body[name]]));
  return {
    ...(summary === undefined ? {} : { title: summary }),
    ...(description === undefined ? {} : { description }),
    ...(visibility === undefined ? {} : { isPrivate: visibility === 'private' }),
    ...(recurrence === undefined ? {} : { recurrence: recurrence === '' ? null : recurrence }),
    details: { ...kept, ...(visibility === undefined ? {} : { visibility }) },
  };
}

/** The time of an event. An all-day one runs from midnight to midnight of UTC, its last day included. @throws DomainError param */
function timesOf({ start_time, end_time }: { start_time: TimeInfo; end_time: TimeInfo }) {
  const timeZone = start_time.timezone ?? DEFAULT_ZONE;
  for (const [name, zone] of [['start_time', start_time.timezone] as const, ['end_time', end_time.timezone] as const]) {
    if (zone !== undefined && !isTimeZone(zone)) throw new DomainError('param', `"${zone}" is no IANA time zone`, `${name}.timezone`);
  }
  const [startAt, endAt] = [instantOf(start_time, 'start_time'), instantOf(end_time, 'end_time')];
  const allDay = start_time.date !== undefined;
  if (allDay !== (end_time.date !== undefined)) throw new DomainError('param', 'must be a date exactly when start_time is one', 'end_time');
  return allDay ? { startAt, endAt: endAt + DAY, timeZone: 'UTC', allDay } : { startAt, endAt, timeZone, allDay };
}

function instantOf({ date, timestamp }: TimeInfo, name: string): number {
  if ((date === undefined) === (timestamp === undefined)) throw new DomainError('param', 'must have either date or timestamp', name);
  if (timestamp !== undefined) return Number(timestamp);
  const day = parseDate(date ?? '');
  if (day === undefined) throw new DomainError('param', `there is no ${date ?? ''}`, `${name}.date`);
  return day * DAY;
}

/** @param instance null: the event as a whole @param userIds null: nobody is named */
function wireEvent(event: CalendarEvent, instance: Instance | null, userIds: UserIds | null): Event {
  const { visibility = 'default', ...details } = JSON.parse(event.details) as Partial<Event>;
  const { organizer_id: organizer } = event;
  const shown = instance ?? { title: event.title, description: event.description, startAt: event.start_at, endAt: event.end_at, isException: false };
  const isCancelled = instance?.isCancelled ?? event.cancelled_at !== null;
  const id = formatEventId(event.uid, instance?.originalAt ?? 0);
  return {
    event_id: id,
    organizer_calendar_id: formatCalendarId(organizer),
    summary: shown.title,
    description: shown.description,
    start_time: wireTime(event, shown.startAt),
    end_time: wireTime(event, event.all_day === 1 ? shown.endAt - DAY : shown.endAt),
    ...details,
    visibility,
    recurrence: instance ? '' : (event.recurrence ?? ''),
    status: isCancelled ? 'cancelled' : 'confirmed',
    is_exception: shown.isException,
    ...(instance && instance.originalAt !== 0 ? { recurring_event_id: formatEventId(event.uid, 0) } : {}),
    create_time: String(event.created_at),
    event_organizer: { user_id: organizer.startsWith('ou_') && userIds ? userIds.write(organizer) : organizer, display_name: event.organizer_name },
    app_link: `/events/${id}`,
  };
}

function wireTime({ all_day, time_zone }: CalendarEvent, at: number): TimeInfo {
  return all_day === 1 ? { date: formatDate(at / DAY) } : { timestamp: String(at), timezone: time_zone };
}
