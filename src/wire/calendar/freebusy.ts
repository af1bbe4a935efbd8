import { Type } from 'typebox';
import { defineEndpoint } from '../endpoint.ts';
import { calendarFaults } from '../errors.ts';
import { userIdType } from '../values.ts';
import { instant } from '../v1/endpoint.ts';

/*
 * When people and rooms are busy. Pages: https://open.feishu.cn/document/server-docs/calendar-v4/calendar/
 */
const COMMON = {
  tokens: ['tenant', 'user'],
  scopes: ['calendar:calendar', 'calendar:calendar.free_busy:read', 'calendar:calendar:readonly'],
  perMinute: 1000,
  perSecond: 50,
  answerAt: 'data',
  msg: 'success',
  faults: calendarFaults,
} as const;

const Busy = Type.Object({ start_time: Type.String(), end_time: Type.String(), rsvp_status: Type.Optional(Type.String()) }, { additionalProperties: false });
const options = {
  time_min: instant('Start of the period'),
  time_max: instant('End of the period'),
  include_external_calendar: Type.Optional(Type.Boolean({ description: 'Taken, without effect' })),
  only_busy: Type.Optional(Type.Boolean({ description: 'Whether events marked as free are left out; default true' })),
  need_rsvp_status: Type.Optional(Type.Boolean({ description: 'Whether to say what a person answered' })),
};

export const listFreeBusy = defineEndpoint({
  id: 'calendar.v4.freebusy.list',
  summary: 'When a person or a room is busy',
  page: 'https://open.feishu.cn/document/server-docs/calendar-v4/calendar/list-2',
  method: 'POST',
  path: '/open-apis/calendar/v4/freebusy/list',
  ...COMMON,
  query: Type.Object({ user_id_type: userIdType() }),
  body: Type.Object({
    ...options,
    user_id: Type.Optional(Type.String({ maxLength: 100, description: 'Person; wins over room_id' })),
    room_id: Type.Optional(Type.String({ maxLength: 100, description: 'Room' })),
  }),
  answer: Type.Object({ freebusy_list: Type.Array(Busy) }, { additionalProperties: false }),
});

export const batchFreeBusy = defineEndpoint({
  id: 'calendar.v4.freebusy.batch',
  summary: 'When several people are busy',
  page: 'https://open.feishu.cn/document/server-docs/calendar-v4/calendar/batch',
  method: 'POST',
  path: '/open-apis/calendar/v4/freebusy/batch',
  ...COMMON,
  query: Type.Object({ user_id_type: userIdType() }),
  body: Type.Object({ ...options, user_ids: Type.Array(Type.String({ maxLength: 100 }), { minItems: 1, maxItems: 10, description: 'People' }) }),
  answer: Type.Object(
    { freebusy_lists: Type.Array(Type.Object({ user_id: Type.String(), freebusy_items: Type.Array(Busy) }, { additionalProperties: false })) },
    { additionalProperties: false },
  ),
});
