import { Type } from 'typebox';
import { defineMethod, instant, pathId, strict, v1Scopes } from './endpoint.ts';

const params = strict({ room_id: pathId('Room') });

export const getRoomCodeMethod = defineMethod({
  id: 'v1.room_code.get',
  summary: "What the QR code at a room's door is to carry now",
  method: 'GET',
  path: '/api/v1/rooms/:room_id/code',
  tokens: ['tenant', 'user', 'session', 'device'],
  scopes: [v1Scopes.book, v1Scopes.admin],
  params,
  answer: strict({
    url: Type.String({ description: "The room's page, with the code" }),
    expires: instant('Until when it is good, by the real time; there is a new one every minute'),
  }),
});

export const exchangeRoomCodeMethod = defineMethod({
  id: 'v1.room_code.exchange',
  summary: 'Change what a QR code carried for a code that is good for ten minutes, signed in or not',
  method: 'POST',
  path: '/api/v1/rooms/:room_id/code',
  tokens: [],
  scopes: [],
  params,
  body: strict({ code: Type.String({ maxLength: 100, description: 'From the address that the QR code leads to' }) }),
  refusals: ['badCode'],
  answer: strict({ code: Type.String({ description: 'To check in with' }), expires: instant('Until when it is good, by the real time') }),
});
