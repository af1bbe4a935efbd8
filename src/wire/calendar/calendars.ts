import { Type } from 'typebox';
import { defineEndpoint } from '../endpoint.ts';
import { calendarFaults } from '../errors.ts';
import { userIdType } from '../values.ts';

/** Everybody has one calendar, people and apps alike. */
export const primaryCalendar = defineEndpoint({
  id: 'calendar.v4.calendar.primary',
  summary: "The caller's own calendar",
  page: 'https://open.feishu.cn/document/server-docs/calendar-v4/calendar/primary',
  method: 'POST',
  path: '/open-apis/calendar/v4/calendars/primary',
  tokens: ['tenant', 'user'],
  scopes: ['calendar:calendar:read', 'calendar:calendar:readonly', 'calendar:calendar'],
  perMinute: 1000,
  perSecond: 50,
  query: Type.Object({ user_id_type: userIdType() }),
  answerAt: 'data',
  answer: Type.Object(
    {
      calendars: Type.Array(
        Type.Object(
          {
            calendar: Type.Object(
              {
                calendar_id: Type.String(),
                summary: Type.String(),
                description: Type.String(),
                permissions: Type.String(),
                color: Type.Integer(),
                type: Type.String(),
                summary_alias: Type.String(),
                is_deleted: Type.Boolean(),
                is_third_party: Type.Boolean(),
                role: Type.String(),
              },
              { additionalProperties: false },
            ),
            user_id: Type.String(),
          },
          { additionalProperties: false },
        ),
      ),
    },
    { additionalProperties: false },
  ),
  msg: 'success',
  faults: calendarFaults,
});
