import { Type, type Static } from 'typebox';
import { cursor, defineMethod, instant, nextCursor, orNull, pageLimit, strict, v1Scopes } from './endpoint.ts';
import { Reservation } from './reservations.ts';

const Place = strict({ room_id: Type.String(), room_name: Type.String(), start: instant('Start'), end: instant('End') });

export const InboxItem = strict({
  id: Type.String(),
  at: instant('When'),
  kind: Type.Enum(['booked', 'approved', 'declined', 'cancelled', 'moved', 'released', 'restored'], {
    type: 'string',
    description: '`booked`: somebody else did, for the caller. `released`: the room was given back. `restored`: that was undone',
  }),
  cause: orNull(Type.String({ description: 'The rule that declined it, or the cause of the cancellation or release, as the reservation has it' })),
  note: orNull(Type.String({ description: 'Words of whoever did it' })),
  by: orNull(Type.String({ description: 'Name of whoever did it; null: nobody, but the clock or a sensor' })),
  moved: orNull(strict({ from: Place, to: Place })),
  unread: Type.Boolean(),
  reservation: Reservation,
});
export type InboxItem = Static<typeof InboxItem>;

const scopes = [v1Scopes.read, v1Scopes.book, v1Scopes.admin];

export const readInboxMethod = defineMethod({
  id: 'v1.inbox.list',
  summary: "What others, or the clock, did to the caller's reservations, latest first",
  method: 'GET',
  path: '/api/v1/inbox',
  tokens: ['user', 'session'],
  scopes,
  query: Type.Object({ limit: pageLimit(50, 200), cursor: cursor() }),
  answer: strict({
    items: Type.Array(InboxItem),
    unread: Type.Integer({ description: 'How many are unread in all; 100: that many or more' }),
    next_cursor: nextCursor(),
  }),
});

export const markInboxMethod = defineMethod({
  id: 'v1.inbox.mark_read',
  summary: 'Mark the inbox read up to an item; what is newer stays unread',
  method: 'POST',
  path: '/api/v1/inbox/read',
  tokens: ['user', 'session'],
  scopes,
  body: strict({ up_to: Type.String({ pattern: '^\\d{1,15}$', description: 'Id of an item' }) }),
  answer: strict({ unread: Type.Integer({ description: 'How many are unread still' }) }),
});
