import { Type, type Static } from 'typebox';
import { defineEndpoint } from '../endpoint.ts';
import { calendarFaults } from '../errors.ts';
import { id, pageSize, pageToken, unixSeconds, userIdType } from '../values.ts';

/*
 * Calendar events, single and recurring. Pages: https://open.feishu.cn/document/server-docs/calendar-v4/calendar-event/
 */
const page = (method: string) => `https://open.feishu.cn/document/server-docs/calendar-v4/calendar-event/${method}`;
const COMMON = { tokens: ['tenant', 'user'], perMinute: 1000, perSecond: 50, answerAt: 'data', msg: 'success', faults: calendarFaults } as const;
const READ = ['calendar:calendar', 'calendar:calendar.event:read', 'calendar:calendar:readonly'] as const;
const PATH = '/open-apis/calendar/v4/calendars/:calendar_id/events';

const TimeInfo = Type.Object(
  {
    date: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'All-day events only' })),
    timestamp: Type.Optional(unixSeconds('Unix seconds')),
    timezone: Type.Optional(Type.String({ maxLength: 100, description: 'IANA zone; default Asia/Shanghai' })),
  },
  { description: 'Either `date` or `timestamp`' },
);
export type TimeInfo = Static<typeof TimeInfo>;

/** What the product keeps for its clients and has no use for itself. */
const kept = {
  vchat: Type.Optional(
    Type.Object({
      vc_type: Type.Optional(Type.Enum(['vc', 'third_party', 'no_meeting', 'lark_live', 'unknown', 'third_party_meeting'], { type: 'string' })),
      icon_type: Type.Optional(Type.Enum(['vc', 'live', 'default'], { type: 'string' })),
      description: Type.Optional(Type.String({ maxLength: 500 })),
      meeting_url: Type.Optional(Type.String({ maxLength: 2000 })),
    }),
  ),
  attendee_ability: Type.Optional(Type.Enum(['none', 'can_see_others', 'can_invite_others', 'can_modify_event'], { type: 'string' })),
  free_busy_status: Type.Optional(Type.Enum(['busy', 'free'], { type: 'string' })),
  location: Type.Optional(
    Type.Object({
      name: Type.Optional(Type.String({ maxLength: 512 })),
      address: Type.Optional(Type.String({ maxLength: 255 })),
      latitude: Type.Optional(Type.Number()),
      longitude: Type.Optional(Type.Number()),
    }),
  ),
  color: Type.Optional(Type.Integer({ minimum: -2_147_483_648, maximum: 2_147_483_647 })),
  reminders: Type.Optional(Type.Array(Type.Object({ minutes: Type.Optional(Type.Integer({ minimum: -20160, maximum: 20160 })) }), { maxItems: 100 })),
  schemas: Type.Optional(
    Type.Array(
      Type.Object({
        ui_name: Type.Optional(Type.String({ maxLength: 100 })),
        ui_status: Type.Optional(Type.Enum(['hide', 'readonly', 'editable', 'unknown'], { type: 'string' })),
        app_link: Type.Optional(Type.String({ maxLength: 2000 })),
      }),
      { maxItems: 100 },
    ),
  ),
};
/** Their names. */
export const keptFields = Object.keys(kept) as (keyof typeof kept)[];
const visibility = Type.Enum(['default', 'public', 'private'], { type: 'string', description: '`private`: the title is shown to nobody else' });

export const Event = Type.Object(
  {
    event_id: Type.String(),
    organizer_calendar_id: Type.String(),
    summary: Type.String(),
    description: Type.String(),
    start_time: TimeInfo,
    end_time: TimeInfo,
    ...kept,
    visibility,
    recurrence: Type.String(),
    status: Type.Enum(['tentative', 'confirmed', 'cancelled'], { type: 'string' }),
    is_exception: Type.Boolean(),
    recurring_event_id: Type.Optional(Type.String()),
    create_time: Type.String(),
    event_organizer: Type.Object({ user_id: Type.String(), display_name: Type.String() }),
    app_link: Type.String(),
  },
  { additionalProperties: false },
);
export type Event = Static<typeof Event>;

const fields = {
  summary: Type.Optional(Type.String({ maxLength: 1000, description: 'Title' })),
  description: Type.Optional(Type.String({ maxLength: 40960, description: 'Description' })),
  need_notification: Type.Optional(Type.Boolean({ description: 'Taken, without effect' })),
  ...kept,
  visibility: Type.Optional(visibility),
  recurrence: Type.Optional(Type.String({ maxLength: 2000, description: 'RFC 5545 rule; empty: a single event' })),
};
export type EventInput = Static<ReturnType<typeof eventInput>>;
const eventInput = () => Type.Object({ ...fields, start_time: Type.Optional(TimeInfo), end_time: Type.Optional(TimeInfo) });

const inCalendar = Type.Object({ calendar_id: Type.String({ minLength: 1, maxLength: 200, description: 'Calendar; `primary`: the caller’s own' }) });
const ofEvent = Type.Object({ ...inCalendar.properties, event_id: id('Event, or one instance of a series') });
const userIds = Type.Object({ user_id_type: userIdType() });
const one = Type.Object({ event: Event }, { additionalProperties: false });
const nothing = Type.Object({}, { additionalProperties: false });

export const createEvent = defineEndpoint({
  id: 'calendar.v4.event.create',
  summary: 'Create an event',
  page: page('create'),
  method: 'POST',
  path: PATH,
  ...COMMON,
  scopes: ['calendar:calendar', 'calendar:calendar.event:create'],
  params: inCalendar,
  query: Type.Object({
    idempotency_key: Type.Optional(
      Type.String({ minLength: 32, maxLength: 128, pattern: '^[^\\u0000]*$', description: 'The same request under the same key is done once' }),
    ),
    user_id_type: userIdType(),
  }),
  body: Type.Object({ ...fields, start_time: TimeInfo, end_time: TimeInfo }),
  answer: one,
});

export const getEvent = defineEndpoint({
  id: 'calendar.v4.event.get',
  summary: 'Read an event or one instance of a series',
  page: page('get'),
  method: 'GET',
  path: `${PATH}/:event_id`,
  ...COMMON,
  scopes: READ,
  params: ofEvent,
  query: userIds,
  answer: one,
});

export const patchEvent = defineEndpoint({
  id: 'calendar.v4.event.patch',
  summary: 'Change an event or one instance of a series; its rooms go along, or nothing changes',
  page: page('patch'),
  method: 'PATCH',
  path: `${PATH}/:event_id`,
  ...COMMON,
  scopes: ['calendar:calendar', 'calendar:calendar.event:update'],
  params: ofEvent,
  query: userIds,
  body: eventInput(),
  answer: one,
});

export const deleteEvent = defineEndpoint({
  id: 'calendar.v4.event.delete',
  summary: 'Delete an event or one instance of a series; its rooms are given up',
  page: page('delete'),
  method: 'DELETE',
  path: `${PATH}/:event_id`,
  ...COMMON,
  scopes: ['calendar:calendar', 'calendar:calendar.event:delete'],
  params: ofEvent,
  query: Type.Object({ need_notification: Type.Optional(Type.String({ maxLength: 10, description: '`true` or `false`; taken, without effect' })) }),
  answer: nothing,
});

export const listEvents = defineEndpoint({
  id: 'calendar.v4.event.list',
  summary: 'List the events of a calendar; a series is one',
  page: page('list'),
  method: 'GET',
  path: PATH,
  ...COMMON,
  scopes: READ,
  params: inCalendar,
  query: Type.Object({
    page_size: pageSize(50, 1000, 500),
    anchor_time: Type.Optional(unixSeconds('Those that end then or later')),
    page_token: pageToken(),
    sync_token: Type.Optional(Type.String({ maxLength: 500, description: 'Of an earlier answer; everything is listed again' })),
    start_time: Type.Optional(unixSeconds('Those that end then or later, with end_time')),
    end_time: Type.Optional(unixSeconds('Those that start before, with start_time')),
    user_id_type: userIdType(),
  }),
  answer: Type.Object(
    {
      has_more: Type.Boolean(),
      page_token: Type.Optional(Type.String({ minLength: 1 })),
      sync_token: Type.Optional(Type.String({ minLength: 1 })),
      items: Type.Array(Event),
    },
    { additionalProperties: false },
  ),
});

export const listInstances = defineEndpoint({
  id: 'calendar.v4.event.instances',
  summary: 'List the instances of a series in a period',
  page: page('instances'),
  method: 'GET',
  path: `${PATH}/:event_id/instances`,
  ...COMMON,
  scopes: READ,
  params: ofEvent,
  query: Type.Object({
    start_time: unixSeconds('Start of the period'),
    end_time: unixSeconds('End of the period, at most two years later'),
    page_size: pageSize(10, 500, 50),
    page_token: pageToken(),
  }),
  answer: Type.Object(
    {
      items: Type.Array(
        Type.Object(
          {
            event_id: Type.String(),
            summary: Type.String(),
            description: Type.String(),
            start_time: TimeInfo,
            end_time: TimeInfo,
            status: Type.Enum(['tentative', 'confirmed', 'cancelled'], { type: 'string' }),
            is_exception: Type.Boolean(),
            app_link: Type.String(),
            location: kept.location,
          },
          { additionalProperties: false },
        ),
      ),
      page_token: Type.Optional(Type.String({ minLength: 1 })),
      has_more: Type.Boolean(),
    },
    { additionalProperties: false },
  ),
});

export const replyEvent = defineEndpoint({
  id: 'calendar.v4.event.reply',
  summary: 'Answer an invitation',
  page: page('reply'),
  method: 'POST',
  path: `${PATH}/:event_id/reply`,
  ...COMMON,
  scopes: ['calendar:calendar', 'calendar:calendar.event:reply', 'calendar:calendar.event:writeonly'],
  params: ofEvent,
  body: Type.Object({ rsvp_status: Type.Enum(['accept', 'decline', 'tentative'], { type: 'string', description: 'The answer' }) }),
  answer: nothing,
});
