import { Type, type Static } from 'typebox';
import { defineEndpoint } from '../endpoint.ts';
import { vc } from '../errors.ts';
import { flag, integer, pageSize, pageToken } from '../values.ts';

const text = (description: string) => Type.String({ description });

/** One row of the ledger. All 18 fields are always there and always strings; what does not apply is `""`. */
export const RoomMeetingReservation = Type.Object(
  {
    room_id: text('room (`omm_`)'),
    room_name: text('name of the room'),
    event_title: text('title of the event; empty without `need_topic`, and for a private event'),
    reserver: text('name of who reserved'),
    reserver_user_id: text('`ou_` of a person, `cli_` of an app'),
    department_of_reserver: text('department of the reserver at the time'),
    guests_number: text('people invited; rooms do not count'),
    accepted_number: text('people who accepted'),
    event_start_time: text('planned start'),
    event_end_time: text('planned end'),
    event_duration: text('planned duration'),
    reservation_status: text('status of the reservation'),
    check_in_device: text('what checked in'),
    room_check_in_status: text('status of the check-in'),
    check_in_time: text('when it was checked in'),
    is_release_early: text('the release, in the words of the status; empty when there was none'),
    releasing_person: text('who released'),
    releasing_time: text('when it was released'),
  },
  { additionalProperties: false },
);
export type RoomMeetingReservation = Static<typeof RoomMeetingReservation>;

/**
 * The ledger: who reserved which room, whether anyone turned up, who gave it back.
 *
 * A reservation belongs to the window in which it starts: `start_time <= event start <= end_time`.
 */
export const resourceReservationList = defineEndpoint({
  id: 'vc.v1.resource_reservation_list.get',
  summary: 'Query the reservations of meeting rooms',
  page: 'https://open.feishu.cn/document/server-docs/vc-v1/meeting-room-data/get-resource_reservation_list',
  method: 'GET',
  path: '/open-apis/vc/v1/resource_reservation_list',
  tokens: ['tenant', 'user'],
  scopes: ['vc:room:readonly'],
  perMinute: 100,
  query: Type.Object({
    room_level_id: Type.Optional(
      Type.String({ description: 'Level whose rooms are meant, its whole subtree; absent, empty or without the prefix `omb`: the tenant' }),
    ),
    need_topic: flag('Whether to show titles'),
    start_time: integer('Start of the window, unix seconds; not later than now'),
    end_time: integer('End of the window, unix seconds, inclusive; at most 86400 after the start'),
    room_ids: Type.Optional(Type.Array(Type.String(), { description: 'Rooms, the parameter repeated for each; absent: no room filter' })),
    is_exclude: flag('false: exactly the rooms of `room_ids`; true: the rooms of the level without them'),
    page_size: pageSize(20, 100, 20),
    page_token: pageToken(),
  }),
  answerAt: 'data',
  answer: Type.Object(
    {
      room_reservation_list: Type.Array(RoomMeetingReservation),
      page_token: Type.Optional(Type.String({ minLength: 1 })),
      has_more: Type.Boolean(),
    },
    { additionalProperties: false },
  ),
  msg: 'success',
  faults: vc,
});
