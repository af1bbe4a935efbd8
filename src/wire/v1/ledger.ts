import { Type, type Static } from 'typebox';
import { pageSize } from '../values.ts';
import { RoomMeetingReservation } from '../vc/resource_reservation_list.ts';
import { cursor, defineMethod, instant, nextCursor, strict, v1Scopes } from './endpoint.ts';

/** A row of the ledger: what the vendor's method shows of a reservation, text for text, and the reservation's id beside it. */
export const LedgerRow = strict({ id: Type.String({ description: 'Reservation' }), fields: RoomMeetingReservation });
export type LedgerRow = Static<typeof LedgerRow>;

export const ledgerMethod = defineMethod({
  id: 'v1.ledger.list',
  summary: "Read the ledger of any period in the columns and words of the vendor's method",
  method: 'GET',
  path: '/api/v1/ledger',
  scopes: [v1Scopes.read, v1Scopes.admin],
  refusals: ['startTime', 'endTime'],
  query: Type.Object({
    from: instant('Those that start then or later'),
    to: instant('Those that start then or earlier'),
    window: Type.Enum(['any', 'api'], {
      type: 'string',
      default: 'any',
      description: "`api`: with the rules of the vendor's method: `from` not later than now, `to` at most 86400 s after it",
    }),
    level: Type.Optional(
      Type.String({
        maxLength: 100,
        description: 'Level whose rooms are meant, its whole subtree; absent, empty, `0` or without the prefix `omb`: the tenant',
      }),
    ),
    room: Type.Optional(
      Type.Array(Type.String({ maxLength: 100 }), { maxItems: 500, description: 'Rooms, the parameter repeated for each; absent: no room filter' }),
    ),
    exclude: Type.Boolean({ default: false, description: 'false: exactly the rooms of `room`; true: the rooms of the level without them' }),
    topics: Type.Boolean({ default: false, description: 'Whether to show titles' }),
    limit: pageSize(20, 100, 20),
    cursor: cursor(),
  }),
  answer: strict({
    rows: Type.Array(LedgerRow),
    fell_back: Type.Boolean({ description: '`level` is no id of a level, and the whole tenant was meant instead' }),
    next_cursor: nextCursor(),
  }),
});
