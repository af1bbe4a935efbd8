import { Type } from 'typebox';
import { defineMethod, instant, pathId, strict, v1Scopes } from './endpoint.ts';

export const createPasswordLinkMethod = defineMethod({
  id: 'v1.password_link.create',
  summary: 'A link with which a person sets a password, once and within 24 hours; an older one stops working',
  method: 'POST',
  path: '/api/v1/users/:user_id/password_link',
  scopes: [v1Scopes.admin],
  params: strict({ user_id: pathId('Person') }),
  refusals: ['noEmail'],
  answer: strict({ url: Type.String({ description: 'For the person alone; shown this once' }), expires: instant('Until when it works') }),
  status: 201,
});
