import { Type, type Static } from 'typebox';
import { defineMethod, instant, orNull, strict, v1Scopes } from './endpoint.ts';
import { Disabled } from './rooms.ts';

const TimelineLevel = strict({
  id: Type.String(),
  parent_id: orNull(Type.String()),
  name: Type.String(),
  depth: Type.Integer({ description: '0 for the level asked for' }),
  time_zone: Type.String({ description: 'IANA zone in force' }),
});

const TimelineRoom = strict({
  id: Type.String(),
  display_id: Type.String(),
  level_id: Type.String(),
  name: Type.String(),
  capacity: Type.Integer(),
  equipment: Type.Array(Type.String()),
  disabled: orNull(Disabled),
  needs_approval: Type.Boolean({ description: 'Whether some reservation of it waits for an approval' }),
  bookable: Type.Boolean({ description: 'Whether the caller is among those who may reserve it' }),
  hours: orNull(strict({ from: Type.String({ description: '`08:00`' }), until: Type.String({ description: '`20:00`' }) })),
});

export type TimelineRoom = Static<typeof TimelineRoom>;

/** What a screen shows of a reservation that takes time of a room. */
export const TimelineRow = strict({
  id: Type.String(),
  room_id: Type.String(),
  start: instant('Planned start'),
  end: instant('Until when it holds the room: the planned end, or when it was given back'),
  state: Type.Enum(['pending', 'accepted', 'checked_in', 'no_show', 'released'], {
    type: 'string',
    description:
      '`no_show`: the time to check in is over, and nobody has. `released`: given back, and holds the room no more; shown where it began in the period',
  }),
  mine: Type.Boolean({ description: 'Whether the caller reserved it' }),
  title: orNull(Type.String({ description: 'Null: private, and not for the caller to see' })),
  reserver: Type.String({ description: 'Name' }),
  check_in: orNull(strict({ opens: instant('When one can check in from'), closes: instant('And until when') })),
  series: Type.Boolean({ description: 'Whether it is one date of several' }),
  version: Type.Integer(),
});
export type TimelineRow = Static<typeof TimelineRow>;

export const timelineMethod = defineMethod({
  id: 'v1.timeline.get',
  summary: 'All that a screen draws of a period of at most 32 days: levels and rooms in drawing order, and what takes their time',
  method: 'GET',
  path: '/api/v1/timeline',
  tokens: ['tenant', 'user', 'session'],
  scopes: [v1Scopes.read, v1Scopes.book, v1Scopes.admin],
  query: Type.Object({
    from: instant('What ends later'),
    to: instant('What starts before'),
    level: Type.Optional(Type.String({ maxLength: 100, description: 'Of the rooms below a level; absent or `0`: of the tenant' })),
    room: Type.Optional(Type.String({ maxLength: 100, description: 'Of one room' })),
  }),
  answer: strict({
    now: instant('By the clock of the server'),
    version: Type.Integer({ description: 'Of the tree' }),
    live: Type.String({ description: 'Where the live updates of this picture begin' }),
    levels: Type.Array(TimelineLevel),
    rooms: Type.Array(TimelineRoom),
    reservations: Type.Array(TimelineRow),
  }),
});

export const findRoomsMethod = defineMethod({
  id: 'v1.timeline.find_room',
  summary: 'Find rooms that are free for so long: soonest first, of those the nearest in the tree, of those the smallest',
  method: 'GET',
  path: '/api/v1/rooms/available',
  scopes: [v1Scopes.read, v1Scopes.book, v1Scopes.admin],
  query: Type.Object({
    from: instant('Begin to look'),
    to: instant('No later end; within 32 days of `from`'),
    minutes: Type.Integer({ minimum: 1, maximum: 1440, description: 'For how long' }),
    people: Type.Integer({ minimum: 0, default: 0, maximum: 1_000_000, description: 'How many have to fit' }),
    equipment: Type.Optional(
      Type.Array(Type.String({ maxLength: 100, pattern: '^[^\\u0000]*$' }), {
        maxItems: 20,
        description: 'What must be there, the parameter repeated for each',
      }),
    ),
    near: Type.Optional(Type.String({ maxLength: 100, description: 'Level or room from which distance counts' })),
    level: Type.Optional(Type.String({ maxLength: 100, description: 'Only below this level' })),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 10, description: 'How many to name' }),
  }),
  answer: strict({
    rooms: Type.Array(
      strict({
        room_id: Type.String(),
        start: instant('First moment from which it is free for so long'),
        end: instant('`start` and the minutes asked for'),
        free_until: instant('When it is taken next, or out of use; `to` at the latest'),
        distance: Type.Integer({ description: 'Steps in the tree from `near`, or its level; 0: the same level, or no `near`' }),
        needs_approval: Type.Boolean(),
      }),
    ),
  }),
});
