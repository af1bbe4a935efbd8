import { Type } from 'typebox';
import { defineMethod, instant, orNull, strict } from './endpoint.ts';

export const getSessionMethod = defineMethod({
  id: 'v1.session.get',
  summary: 'Who is calling: a person, by the browser or by an app',
  method: 'GET',
  path: '/api/v1/session',
  tokens: ['user', 'session'],
  scopes: [],
  answer: strict({
    now: instant('By the clock of the server'),
    person: strict({ id: Type.String({ description: 'Open id' }), name: Type.String(), email: orNull(Type.String()), department_id: orNull(Type.String()) }),
    tenant: strict({ key: Type.String(), name: Type.String(), time_zone: Type.String() }),
    roles: strict({ administrator: Type.Boolean(), meeting_management: Type.Boolean() }),
    scopes: Type.Array(Type.String(), { description: 'What the caller may use of the scopes of this interface' }),
    session: orNull(strict({ began: instant('When it began'), ends: instant('When it ends at the latest') })),
  }),
});

export const endSessionMethod = defineMethod({
  id: 'v1.session.end',
  summary: 'Sign out: the session ends at once',
  method: 'DELETE',
  path: '/api/v1/session',
  tokens: ['session'],
  scopes: [],
  answer: strict({}),
});

export const changePasswordMethod = defineMethod({
  id: 'v1.session.change_password',
  summary: "Change one's own password; all other sessions end",
  method: 'POST',
  path: '/api/v1/session/password',
  tokens: ['session'],
  scopes: [],
  body: strict({
    old_password: Type.String({ maxLength: 1000, description: 'The present one' }),
    new_password: Type.String({ maxLength: 1000, description: '10 to 200 characters' }),
  }),
  refusals: ['delayed', 'busy'],
  answer: strict({}),
});
