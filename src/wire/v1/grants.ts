import { Type, type Static } from 'typebox';
import { defineMethod, instant, pathId, strict } from './endpoint.ts';

export const Grant = strict({
  app_id: Type.String(),
  name: Type.String({ description: 'Of the app' }),
  scopes: Type.Array(Type.String(), { description: 'What it may do for the person, as far as it holds the scope itself' }),
  granted: instant('When something was granted last'),
});
export type Grant = Static<typeof Grant>;

export const listGrantsMethod = defineMethod({
  id: 'v1.grant.list',
  summary: 'What the caller has let apps do',
  method: 'GET',
  path: '/api/v1/grants',
  tokens: ['session'],
  scopes: [],
  answer: strict({ grants: Type.Array(Grant) }),
});

export const withdrawGrantMethod = defineMethod({
  id: 'v1.grant.withdraw',
  summary: 'Take back what an app was granted; its tokens for the caller stop working at once',
  method: 'DELETE',
  path: '/api/v1/grants/:app_id',
  tokens: ['session'],
  scopes: [],
  params: strict({ app_id: pathId('App') }),
  answer: strict({}),
});
