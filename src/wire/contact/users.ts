import { Type, type Static } from 'typebox';
import { defineEndpoint } from '../endpoint.ts';
import { contact } from '../errors.ts';
import { id, pageSize, pageToken, USER_ID_SCOPE, userIdType } from '../values.ts';
import { BASE_SCOPE, BROAD_SCOPES, CONTACT, departmentIdType, ORGANIZE_SCOPE, page } from './values.ts';

/*
 * People, as far as they are known here. Fields beyond the ids stand in an answer only for an app that holds a scope for them.
 * Pages: https://open.feishu.cn/document/server-docs/contact-v3/user/
 */
const pageOf = (method: string) => `https://open.feishu.cn/document/server-docs/contact-v3/user/${method}`;
const idTypes = { user_id_type: userIdType(), department_id_type: departmentIdType() };
const strict = { additionalProperties: false };

/** The scopes of which a field asks one. */
export const userFieldScopes = {
  user_id: [USER_ID_SCOPE],
  name: ['contact:user.base:readonly', ...BROAD_SCOPES],
  email: ['contact:user.email:readonly'],
  status: ['contact:user.employee:readonly', ...BROAD_SCOPES],
  department_ids: ['contact:user.department:readonly', ...BROAD_SCOPES],
  is_tenant_manager: ['contact:user.employee:readonly', ...BROAD_SCOPES],
  employee_no: ['contact:user.employee_number:read', 'contact:user.employee:readonly', ...BROAD_SCOPES],
  orders: ['contact:user.department:readonly', ...BROAD_SCOPES],
} as const;

const field = (name: keyof typeof userFieldScopes, text: string) => ({
  description: `${text}. Scope: ${userFieldScopes[name].map((scope) => `\`${scope}\``).join(', ')}`,
});

export const ContactUser = Type.Object(
  {
    union_id: Type.String(),
    open_id: Type.String(),
    user_id: Type.Optional(Type.String(field('user_id', 'The id within the tenant'))),
    name: Type.Optional(Type.String(field('name', 'Name'))),
    email: Type.Optional(Type.String(field('email', 'E-mail address, or empty'))),
    status: Type.Optional(
      Type.Object(
        {
          is_frozen: Type.Boolean({ description: 'Suspended' }),
          is_resigned: Type.Boolean({ description: 'Anonymised' }),
          is_activated: Type.Boolean({ description: 'Neither' }),
          is_exited: Type.Boolean(),
          is_unjoin: Type.Boolean(),
        },
        { ...strict, ...field('status', 'State') },
      ),
    ),
    department_ids: Type.Optional(Type.Array(Type.String(), field('department_ids', 'The department; `0`: in none'))),
    orders: Type.Optional(
      Type.Array(
        Type.Object({ department_id: Type.String(), user_order: Type.Integer(), department_order: Type.Integer(), is_primary_dept: Type.Boolean() }, strict),
        field('orders', 'The department again, as the primary one'),
      ),
    ),
    is_tenant_manager: Type.Optional(Type.Boolean(field('is_tenant_manager', 'Whether the person administers the tenant'))),
    employee_no: Type.Optional(Type.String(field('employee_no', 'Staff number, or empty'))),
  },
  strict,
);
export type ContactUser = Static<typeof ContactUser>;

export const getContactUser = defineEndpoint({
  id: 'contact.v3.user.get',
  summary: 'Read a person',
  page: pageOf('get'),
  method: 'GET',
  path: '/open-apis/contact/v3/users/:user_id',
  ...CONTACT,
  scopes: [BASE_SCOPE, ...BROAD_SCOPES],
  params: Type.Object({ user_id: id('Person') }),
  query: Type.Object(idTypes),
  answer: Type.Object({ user: ContactUser }, strict),
  faults: { internal: contact.internal, param: contact.param, notFound: contact.userNotFound },
});

const listFaults = { internal: contact.internal, param: contact.param, notFound: contact.noDepartment };
const listAnswer = Type.Object({ items: Type.Array(ContactUser), ...page }, strict);

export const listContactUsers = defineEndpoint({
  id: 'contact.v3.user.list',
  summary: 'List the people of a department; the older form of find_by_department',
  page: pageOf('list'),
  method: 'GET',
  path: '/open-apis/contact/v3/users',
  ...CONTACT,
  scopes: [BASE_SCOPE, ...BROAD_SCOPES],
  query: Type.Object({
    ...idTypes,
    department_id: Type.Optional(Type.String({ maxLength: 100, description: 'Department; absent, empty or `0`: those in none' })),
    page_size: pageSize(1, 50, 10),
    page_token: pageToken(),
  }),
  answer: listAnswer,
  faults: listFaults,
});

export const findUsersByDepartment = defineEndpoint({
  id: 'contact.v3.user.find_by_department',
  summary: 'List the people directly in a department',
  page: pageOf('find_by_department'),
  method: 'GET',
  path: '/open-apis/contact/v3/users/find_by_department',
  ...CONTACT,
  scopes: [BASE_SCOPE, ORGANIZE_SCOPE, ...BROAD_SCOPES],
  query: Type.Object({ ...idTypes, department_id: id('Department; `0`: those in none'), page_size: pageSize(1, 50, 10), page_token: pageToken() }),
  answer: listAnswer,
  faults: listFaults,
});

export const batchContactUsers = defineEndpoint({
  id: 'contact.v3.user.batch',
  summary: 'Read several people; unknown ids are left out',
  page: pageOf('batch'),
  method: 'GET',
  path: '/open-apis/contact/v3/users/batch',
  ...CONTACT,
  scopes: [BASE_SCOPE],
  query: Type.Object({
    ...idTypes,
    user_ids: Type.Array(Type.String({ maxLength: 100, pattern: '^[^\\u0000]*$' }), { minItems: 1, maxItems: 50, description: 'People' }),
  }),
  answer: Type.Object({ items: Type.Array(ContactUser) }, strict),
  faults: { internal: contact.internal, param: contact.param },
});
