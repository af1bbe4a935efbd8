import { Type, type Static } from 'typebox';
import { cursor, defineMethod, nextCursor, instant, orNull, pageLimit, strict, v1Scopes } from './endpoint.ts';
import { Reservation } from './reservations.ts';

const minutes = (description: string) => Type.Integer({ description: `${description}; minutes` });
const rate = (description: string) => orNull(Type.Number({ description: `${description}, of 1; null: of nothing` }));
const count = (description: string) => Type.Integer({ description });
const day = (description: string) =>
  Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: `${description}; a day of each room's own zone`, examples: ['2026-03-18'] });
const level = (description: string) => Type.Optional(Type.String({ maxLength: 100, pattern: '^[^\\u0000]*$', description }));

const figures = {
  booked: minutes('Reserved and accepted, until the end or the release, within the hours of use'),
  used: minutes('The same of those that somebody checked in to, or took on the spot'),
  bookable: minutes('Hours of use, less the time in which rooms were disabled'),
  reservations: count('Accepted ones that begin in it'),
  due: count('Of these, those whose check-in was required and is over: kept or missed'),
  no_shows: count('Of these, those that nobody checked in to'),
  given_back: minutes('Planned end less release, where a room was given back before the end'),
};

const Total = strict({
  ...figures,
  occupancy: rate('`booked` over `bookable`'),
  no_show_rate: rate('`no_shows` over `due`'),
  disabled: minutes('Hours of use in which rooms were disabled; not in `bookable`'),
  released: count('Reservations that were given back before their end'),
});

const UsedRoom = strict({
  room_id: Type.String(),
  name: Type.String(),
  level_id: Type.String(),
  capacity: Type.Integer(),
  ...figures,
  occupancy: rate('`booked` over `bookable`'),
  guests: orNull(Type.Number({ description: 'People invited to a reservation, on average' })),
  guests_accepted: orNull(Type.Number({ description: 'Of these, those who accepted, on average' })),
});

const week = (description: string) =>
  Type.Array(Type.Array(Type.Integer(), { minItems: 24, maxItems: 24 }), {
    minItems: 7,
    maxItems: 7,
    description: `${description}; minutes by day of the week, Monday first, and hour of the room's own clock`,
  });

const LevelUse = strict({
  level_id: Type.String(),
  name: Type.String(),
  rooms: count('Rooms below it'),
  total: Total,
  before: Type.Object(Total.properties, { additionalProperties: false, description: 'The same of as many days before' }),
  given_back: strict({ by_hand: minutes('By people'), no_show: minutes('Because nobody came'), by_sensor: minutes('Because a sensor saw nobody') }),
  days: Type.Array(strict({ day: Type.String({ examples: ['2026-03-18'] }), ...figures })),
  week: strict({ booked: week('Reserved'), bookable: week('That could be') }),
  busiest: Type.Array(UsedRoom, { description: 'At most 20, by occupancy' }),
  emptiest: Type.Array(UsedRoom, { description: 'At most 20, the emptiest first' }),
  left_out: Type.Object(
    {
      pending: count('Requests that wait for an approval'),
      rejected: count('Requests that were turned down'),
      cancelled: count('Reservations that were given up'),
      outside: minutes('Reserved outside of the hours of use'),
    },
    { additionalProperties: false, description: 'What begins in the period and counts for nothing' },
  ),
});
export type LevelUse = Static<typeof LevelUse>;

const scopes = [v1Scopes.read, v1Scopes.admin];

export const utilisationMethod = defineMethod({
  id: 'v1.utilisation.get',
  summary: 'How much of the time rooms were reserved and used, of any period and level, or of two levels side by side',
  method: 'GET',
  path: '/api/v1/utilisation',
  scopes,
  refusals: ['busy'],
  query: Type.Object({
    from: day('First day'),
    to: day('Last day, at most 1100 days in all'),
    level: level('Of the rooms below a level; absent or `0`: of the tenant'),
    compare: level('A second level beside it'),
  }),
  answer: strict({
    now: instant('Of when the figures are'),
    from: Type.String(),
    to: Type.String(),
    before: strict({ from: Type.String(), to: Type.String() }),
    levels: Type.Array(LevelUse, { minItems: 1, maxItems: 2 }),
  }),
});

export const utilisationRowsMethod = defineMethod({
  id: 'v1.utilisation.list',
  summary: 'The reservations behind an hour of the week: those that took time of it, in order of start',
  method: 'GET',
  path: '/api/v1/utilisation/reservations',
  scopes,
  refusals: ['busy'],
  query: Type.Object({
    from: day('First day'),
    to: day('Last day, at most 1100 days in all'),
    level: level('Of the rooms below a level; absent or `0`: of the tenant'),
    weekday: Type.Integer({ minimum: 1, maximum: 7, description: 'Monday is 1' }),
    hour: Type.Integer({ minimum: 0, maximum: 23, description: "Hour of the room's own clock" }),
    limit: pageLimit(50, 200),
    cursor: cursor(),
  }),
  answer: strict({
    total: count('Of all pages'),
    reservations: Type.Array(strict({ ...Reservation.properties, minutes: minutes('What it took of the hour') })),
    next_cursor: nextCursor(),
  }),
});
