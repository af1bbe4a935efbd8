import { Type } from 'typebox';
import { defineEndpoint } from '../endpoint.ts';
import { meetingRoomFaults } from '../errors.ts';
import { id } from '../values.ts';
import { instant } from '../v1/endpoint.ts';

/*
 * The older room calls, which have no successor: when rooms are busy, and what the hardware at the door or an approval system
 * of somebody else's says of a reservation. Pages: calendar-v4/meeting-room-event/uIDOyUjLygjM14iM4ITN and uYzN4UjL2cDO14iN3gTN.
 */
const COMMON = { tokens: ['tenant'], scopes: ['calendar:room:readonly'], perMinute: 1000, perSecond: 50, msg: 'success', faults: meetingRoomFaults } as const;

export const roomFreeBusy = defineEndpoint({
  id: 'meeting_room.instance.freebusy_batch_get',
  summary: 'When some rooms are busy',
  page: 'https://open.feishu.cn/document/ukTMukTMukTM/uIDOyUjLygjM14iM4ITN',
  method: 'GET',
  path: '/open-apis/meeting_room/freebusy/batch_get',
  ...COMMON,
  query: Type.Object({
    room_ids: Type.Array(Type.String({ maxLength: 100 }), { minItems: 1, maxItems: 20, description: 'Rooms, the parameter repeated for each' }),
    time_min: instant('Start of the period'),
    time_max: instant('End of the period'),
  }),
  answerAt: 'data',
  answer: Type.Object(
    {
      time_min: Type.String(),
      time_max: Type.String(),
      free_busy: Type.Record(
        Type.String(),
        Type.Array(
          Type.Object(
            {
              start_time: Type.String(),
              end_time: Type.String(),
              uid: Type.String(),
              original_time: Type.Integer(),
              organizer_info: Type.Optional(Type.Object({ name: Type.Optional(Type.String()), open_id: Type.String() }, { additionalProperties: false })),
            },
            { additionalProperties: false },
          ),
        ),
      ),
      error_room_ids: Type.Array(Type.String()),
    },
    { additionalProperties: false },
  ),
});

export const replyInstance = defineEndpoint({
  id: 'meeting_room.instance.reply',
  summary: 'What another system says of a reservation: nobody came, ended early, approved, declined',
  page: 'https://open.feishu.cn/document/ukTMukTMukTM/uYzN4UjL2cDO14iN3gTN',
  method: 'POST',
  path: '/open-apis/meeting_room/instance/reply',
  ...COMMON,
  body: Type.Object({
    room_id: id('Room'),
    uid: id('Event'),
    original_time: Type.Integer({ minimum: 0, maximum: 253_402_300_799, description: 'Instance of a series; 0 for a single event' }),
    status: Type.Enum(['NOT_CHECK_IN', 'ENDED_BEFORE_DUE', 'ACCEPTED_BY_ADMIN', 'DECLINED_BY_ADMIN'], { type: 'string', description: 'What is said' }),
  }),
  answerAt: 'top',
  answer: Type.Object({}, { additionalProperties: false }),
});
