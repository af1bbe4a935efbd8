import { Type, type Static } from 'typebox';
import { defineEndpoint } from '../endpoint.ts';
import { calendarFaults } from '../errors.ts';
import { id, pageSize, pageToken, unixSeconds, userIdType } from '../values.ts';

/*
 * Who comes to an event, and which rooms it has. A room is reserved by inviting it; it answers at once.
 * Pages: https://open.feishu.cn/document/server-docs/calendar-v4/calendar-event-attendee/
 */
const page = (method: string) => `https://open.feishu.cn/document/server-docs/calendar-v4/calendar-event-attendee/${method}`;
const COMMON = { tokens: ['tenant', 'user'], perMinute: 1000, perSecond: 50, answerAt: 'data', msg: 'success', faults: calendarFaults } as const;
const PATH = '/open-apis/calendar/v4/calendars/:calendar_id/events/:event_id/attendees';

const text = (maxLength: number, description: string) => Type.Optional(Type.String({ maxLength, description }));
const type = Type.String({ maxLength: 20, description: '`user`, `resource` (a room) or `third_party` (an e-mail address)' });
const customization = Type.Array(
  Type.Object({
    index_key: Type.String({ maxLength: 100 }),
    input_content: text(5000, 'Text'),
    options: Type.Optional(Type.Array(Type.Object({ option_key: text(100, 'Key'), others_content: text(5000, 'Text') }), { maxItems: 100 })),
  }),
  { maxItems: 100, description: 'Taken, without effect' },
);
const AttendeeInput = Type.Object({
  type: Type.Optional(type),
  is_optional: Type.Optional(Type.Boolean({ description: 'Whether they may stay away' })),
  user_id: text(100, 'User, by `user_id_type`'),
  chat_id: text(100, 'Not taken'),
  room_id: text(100, 'Room'),
  third_party_email: text(320, 'E-mail address'),
  operate_id: text(100, 'Whom to ask about the room, where an app reserves it'),
  resource_customization: Type.Optional(customization),
  approval_reason: text(200, 'What it is for, where the room needs an approval'),
});
export type AttendeeInput = Static<typeof AttendeeInput>;

const Attendee = Type.Object(
  {
    type,
    attendee_id: Type.String(),
    rsvp_status: Type.Enum(['needs_action', 'accept', 'tentative', 'decline', 'removed'], { type: 'string' }),
    is_optional: Type.Boolean(),
    is_organizer: Type.Boolean(),
    is_external: Type.Boolean(),
    display_name: Type.String(),
    user_id: Type.Optional(Type.String()),
    room_id: Type.Optional(Type.String()),
    third_party_email: Type.Optional(Type.String()),
    operate_id: Type.Optional(Type.String()),
    approval_reason: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
export type Attendee = Static<typeof Attendee>;

const params = Type.Object({
  calendar_id: Type.String({ minLength: 1, maxLength: 200, description: 'Calendar; `primary`: the caller’s own' }),
  event_id: id('Event, or one instance of a series'),
});
const asAdministrator = {
  need_notification: Type.Optional(Type.Boolean({ description: 'Taken, without effect' })),
  instance_start_time_admin: Type.Optional(unixSeconds('Instance of a series that is meant, with is_enable_admin')),
  is_enable_admin: Type.Optional(Type.Boolean({ description: 'Act as a reservation administrator: rooms only, and not bound by who may reserve them' })),
};

export const createAttendees = defineEndpoint({
  id: 'calendar.v4.attendee.create',
  summary: 'Invite people and reserve rooms',
  page: page('create'),
  method: 'POST',
  path: PATH,
  ...COMMON,
  scopes: ['calendar:calendar', 'calendar:calendar.event:update'],
  params,
  query: Type.Object({ user_id_type: userIdType() }),
  body: Type.Object({
    attendees: Type.Optional(Type.Array(AttendeeInput, { maxItems: 1000, description: 'Whom and what' })),
    ...asAdministrator,
    add_operator_to_attendee: Type.Optional(Type.Boolean({ description: 'Whether those to ask about rooms are invited too; default true' })),
  }),
  answer: Type.Object({ attendees: Type.Array(Attendee) }, { additionalProperties: false }),
});

export const listAttendees = defineEndpoint({
  id: 'calendar.v4.attendee.list',
  summary: 'List who and what is invited, with their answers',
  page: page('list'),
  method: 'GET',
  path: PATH,
  ...COMMON,
  scopes: ['calendar:calendar', 'calendar:calendar.event:read', 'calendar:calendar:readonly'],
  params,
  query: Type.Object({
    user_id_type: userIdType(),
    need_resource_customization: Type.Optional(Type.Boolean({ description: 'Taken, without effect' })),
    page_size: pageSize(10, 100, 20),
    page_token: pageToken(),
  }),
  answer: Type.Object(
    { items: Type.Array(Attendee), has_more: Type.Boolean(), page_token: Type.Optional(Type.String({ minLength: 1 })) },
    { additionalProperties: false },
  ),
});

export const deleteAttendees = defineEndpoint({
  id: 'calendar.v4.attendee.batch_delete',
  summary: 'Take people and rooms off an event',
  page: page('batch_delete'),
  method: 'POST',
  path: `${PATH}/batch_delete`,
  ...COMMON,
  scopes: ['calendar:calendar', 'calendar:calendar.event:update'],
  params,
  query: Type.Object({ user_id_type: userIdType() }),
  body: Type.Object({
    attendee_ids: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 500, description: 'By attendee id' })),
    delete_ids: Type.Optional(Type.Array(AttendeeInput, { maxItems: 500, description: 'Or by what they are' })),
    ...asAdministrator,
  }),
  answer: Type.Object({}, { additionalProperties: false }),
});
