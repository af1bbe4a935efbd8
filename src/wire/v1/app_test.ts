import { Type } from 'typebox';
import { defineMethod, orNull, pathId, strict } from './endpoint.ts';

export const testAppMethod = defineMethod({
  id: 'v1.app.test',
  summary: "Try the ledger's method as the app would call it: the same checks, what it would be answered, and no row of it",
  method: 'POST',
  path: '/api/v1/apps/:app_id/test',
  // An app that could try another's rights would have them.
  tokens: ['session'],
  scopes: [],
  role: 'administrator',
  params: strict({ app_id: pathId('App') }),
  body: strict({
    start_time: Type.Optional(Type.String({ maxLength: 100, description: 'As a client writes it: unix seconds' })),
    end_time: Type.Optional(Type.String({ maxLength: 100, description: 'The same' })),
    room_level_id: Type.Optional(Type.String({ maxLength: 100 })),
  }),
  answer: strict({
    answered: strict({
      log_id: Type.String({ description: 'Under which the log has the try' }),
      status: Type.Integer({ description: 'Of HTTP' }),
      code: Type.Integer({ description: '0: it would be let in' }),
      msg: Type.String(),
      rows: orNull(Type.Integer({ description: 'Rows of the first page; null where it is refused' })),
      has_more: Type.Boolean({ description: 'Whether there is another page' }),
      fields: Type.Array(strict({ field: Type.String(), description: Type.String() }), { description: 'What is wrong with the parameters' }),
      lacking: Type.Array(Type.String(), { description: 'Scopes, one of which it needs' }),
    }),
  }),
});
