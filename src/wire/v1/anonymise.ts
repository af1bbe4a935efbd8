import { Type } from 'typebox';
import { defineMethod, pathId, strict, v1Scopes } from './endpoint.ts';

const rows = (of: string) => Type.Integer({ description: `${of} in which the name stood` });

export const anonymiseMethod = defineMethod({
  id: 'v1.user.anonymise',
  summary: 'Take the name, addresses and credentials of a suspended person out of everything, for good',
  method: 'POST',
  path: '/api/v1/users/:user_id/anonymise',
  scopes: [v1Scopes.admin],
  params: strict({ user_id: pathId('Person') }),
  query: Type.Object({ dry_run: Type.Boolean({ default: false, description: 'Only say what would happen' }) }),
  refusals: ['wrongState'],
  answer: strict({ user_id: Type.String(), reservations: rows('Reservations'), events: rows('Events'), history: rows('Rows of the audit') }),
});
