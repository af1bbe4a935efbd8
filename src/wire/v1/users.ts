import { Type, type Static } from 'typebox';
import { name } from '../values.ts';
import { cursor, defineMethod, instant, nextCursor, orNull, pageLimit, pathId, strict, strictPartial, v1Scopes } from './endpoint.ts';

const ofAdministrators = { description: 'For administrators only' };

/** What everybody sees of a person is what one needs to invite them. */
export const User = strict({
  id: Type.String(),
  name: Type.String(),
  department_id: orNull(Type.String()),
  department: Type.String({ description: "The department's name, or empty" }),
  email: Type.Optional(orNull(Type.String(ofAdministrators))),
  employee_no: Type.Optional(Type.String(ofAdministrators)),
  administrator: Type.Optional(Type.Boolean(ofAdministrators)),
  meeting_management: Type.Optional(Type.Boolean(ofAdministrators)),
  suspended: Type.Optional(Type.Boolean(ofAdministrators)),
  anonymised: Type.Optional(Type.Boolean(ofAdministrators)),
  created_at: Type.Optional(instant('When; for administrators only')),
  version: Type.Optional(Type.Integer({ description: 'What ETag carries and If-Match names; for administrators only' })),
});
export type User = Static<typeof User>;

const fields = {
  name: name('Name'),
  email: Type.Optional(orNull(Type.String({ maxLength: 254, description: 'E-mail address; nobody else on the server may have it' }))),
  employee_no: Type.Optional(Type.String({ maxLength: 100, description: 'Staff number' })),
  department_id: Type.Optional(orNull(pathId('Department; null: none'))),
  administrator: Type.Optional(Type.Boolean({ description: 'Whether they administer the tenant' })),
  meeting_management: Type.Optional(Type.Boolean({ description: 'Whether they may read the ledger' })),
};
const params = strict({ user_id: pathId('Person') });

export const listUsersMethod = defineMethod({
  id: 'v1.user.list',
  summary: 'List people, by name',
  method: 'GET',
  path: '/api/v1/users',
  scopes: [v1Scopes.read, v1Scopes.admin],
  query: Type.Object({
    q: Type.Optional(Type.String({ maxLength: 100, pattern: '^[^\\u0000]*$', description: 'Part of a name or, for administrators, of an e-mail address' })),
    department: Type.Optional(Type.String({ maxLength: 100, description: 'Only its people; `0`: those who are in none' })),
    children: Type.Boolean({ default: false, description: 'Whether the departments below `department` count too' }),
    suspended: Type.Optional(Type.Boolean({ description: 'Only those who are, or are not; for administrators' })),
    role: Type.Optional(
      Type.Enum(['administrator', 'meeting_management', 'member'], { type: 'string', description: 'Only those of that role; for administrators' }),
    ),
    limit: pageLimit(50, 200),
    cursor: cursor(),
  }),
  refusals: ['unknownDepartment'],
  answer: strict({ users: Type.Array(User), next_cursor: nextCursor() }),
});

export const getUserMethod = defineMethod({
  id: 'v1.user.get',
  summary: 'Read a person',
  method: 'GET',
  path: '/api/v1/users/:user_id',
  scopes: [v1Scopes.read, v1Scopes.admin],
  params,
  answer: User,
});

export const createUserMethod = defineMethod({
  id: 'v1.user.create',
  summary: 'Add a person',
  method: 'POST',
  path: '/api/v1/users',
  scopes: [v1Scopes.admin],
  body: strict(fields),
  refusals: ['unknownDepartment'],
  answer: User,
  status: 201,
});

export const changeUserMethod = defineMethod({
  id: 'v1.user.change',
  summary: 'Change a person: name, address, department, roles',
  method: 'PATCH',
  path: '/api/v1/users/:user_id',
  scopes: [v1Scopes.admin],
  params,
  body: strictPartial(fields),
  refusals: ['unknownDepartment', 'lastAdministrator'],
  ifMatch: true,
  answer: User,
});

export const suspendUserMethod = defineMethod({
  id: 'v1.user.suspend',
  summary: 'Bar a person: sessions and tokens end at once, reservations stay',
  method: 'POST',
  path: '/api/v1/users/:user_id/suspend',
  scopes: [v1Scopes.admin],
  params,
  refusals: ['lastAdministrator'],
  ifMatch: true,
  answer: User,
});

export const resumeUserMethod = defineMethod({
  id: 'v1.user.resume',
  summary: 'Let a suspended person in again',
  method: 'POST',
  path: '/api/v1/users/:user_id/resume',
  scopes: [v1Scopes.admin],
  params,
  ifMatch: true,
  answer: User,
});
