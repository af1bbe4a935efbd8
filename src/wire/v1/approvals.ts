import { Type } from 'typebox';
import { cursor, defineMethod, nextCursor, pageLimit, strict, v1Scopes } from './endpoint.ts';
import { Reservation } from './reservations.ts';

export const listApprovalsMethod = defineMethod({
  id: 'v1.approval.list',
  summary: 'List the requests that the caller may decide, those that begin first before others',
  method: 'GET',
  path: '/api/v1/approvals',
  scopes: [v1Scopes.read, v1Scopes.book, v1Scopes.admin],
  query: Type.Object({ limit: pageLimit(50, 200), cursor: cursor() }),
  answer: strict({
    approvals: Type.Array(
      strict({
        reservation: Reservation,
        competing: Type.Array(Type.String(), {
          description: 'Other requests for the room at that time, by id: they are turned down when this one is approved',
        }),
      }),
    ),
    count: Type.Integer({ description: 'How many wait in all; 100: that many or more' }),
    next_cursor: nextCursor(),
  }),
});
