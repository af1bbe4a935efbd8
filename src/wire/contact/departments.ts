import { Type, type Static } from 'typebox';
import { defineEndpoint } from '../endpoint.ts';
import { contact } from '../errors.ts';
import { flag, id, pageSize, pageToken, userIdType } from '../values.ts';
import { BASE_SCOPE, BROAD_SCOPES, CONTACT, departmentIdType, ORGANIZE_SCOPE, page } from './values.ts';

/*
 * Departments. Fields beyond the id stand in an answer only for an app that holds a scope for them.
 * Pages: https://open.feishu.cn/document/server-docs/contact-v3/department/
 */
const pageOf = (method: string) => `https://open.feishu.cn/document/server-docs/contact-v3/department/${method}`;
const idTypes = { user_id_type: userIdType(), department_id_type: departmentIdType() };
const strict = { additionalProperties: false };

const BASE_FIELDS = ['contact:department.base:readonly', ...BROAD_SCOPES] as const;
const ORGANIZE_FIELDS = [ORGANIZE_SCOPE, ...BROAD_SCOPES] as const;

/** The scopes of which a field asks one. */
export const departmentFieldScopes = {
  name: BASE_FIELDS,
  department_id: BASE_FIELDS,
  status: BASE_FIELDS,
  parent_department_id: ORGANIZE_FIELDS,
  order: ORGANIZE_FIELDS,
  member_count: ORGANIZE_FIELDS,
  primary_member_count: ORGANIZE_FIELDS,
} as const;

const field = (name: keyof typeof departmentFieldScopes, text: string) => ({
  description: `${text}. Scope: ${departmentFieldScopes[name].map((scope) => `\`${scope}\``).join(', ')}`,
});

export const ContactDepartment = Type.Object(
  {
    open_department_id: Type.String({ description: '`0`: the tenant itself' }),
    name: Type.Optional(Type.String(field('name', 'Name'))),
    department_id: Type.Optional(Type.String(field('department_id', "The tenant's own id; where there is none, the digits of the other one"))),
    status: Type.Optional(Type.Object({ is_deleted: Type.Boolean() }, { ...strict, ...field('status', 'State') })),
    parent_department_id: Type.Optional(Type.String(field('parent_department_id', '`0`: directly under the tenant; empty for the tenant itself'))),
    order: Type.Optional(Type.String(field('order', 'Place among its siblings, smallest first'))),
    member_count: Type.Optional(Type.Integer(field('member_count', 'People in it and below it'))),
    primary_member_count: Type.Optional(Type.Integer(field('primary_member_count', 'The same: everybody has one department'))),
  },
  strict,
);
export type ContactDepartment = Static<typeof ContactDepartment>;

const params = Type.Object({ department_id: id('Department; `0`: the tenant itself') });
const listAnswer = Type.Object({ items: Type.Array(ContactDepartment), ...page }, strict);
const listFaults = { internal: contact.internal, param: contact.param, notFound: contact.noDepartment };

export const getContactDepartment = defineEndpoint({
  id: 'contact.v3.department.get',
  summary: 'Read a department',
  page: pageOf('get'),
  method: 'GET',
  path: '/open-apis/contact/v3/departments/:department_id',
  ...CONTACT,
  scopes: [BASE_SCOPE, ...BROAD_SCOPES],
  params,
  query: Type.Object(idTypes),
  answer: Type.Object({ department: ContactDepartment }, strict),
  faults: { internal: contact.internal, param: contact.param, notFound: contact.departmentNotFound },
});

export const listContactDepartments = defineEndpoint({
  id: 'contact.v3.department.list',
  summary: 'List the departments below one; the older form of children',
  page: pageOf('list'),
  method: 'GET',
  path: '/open-apis/contact/v3/departments',
  ...CONTACT,
  scopes: [BASE_SCOPE, ...BROAD_SCOPES],
  query: Type.Object({
    ...idTypes,
    parent_department_id: Type.Optional(
      Type.String({ maxLength: 100, description: 'Department; `0`: the tenant; absent or empty: only the tenant itself is listed' }),
    ),
    fetch_child: flag('Whether to go all the way down'),
    page_size: pageSize(1, 50, 10),
    page_token: pageToken(),
  }),
  answer: listAnswer,
  faults: listFaults,
});

export const childrenOfDepartment = defineEndpoint({
  id: 'contact.v3.department.children',
  summary: 'List the departments below one',
  page: pageOf('children'),
  method: 'GET',
  path: '/open-apis/contact/v3/departments/:department_id/children',
  ...CONTACT,
  scopes: [BASE_SCOPE, ORGANIZE_SCOPE, ...BROAD_SCOPES],
  params,
  query: Type.Object({ ...idTypes, fetch_child: flag('Whether to go all the way down'), page_size: pageSize(1, 50, 10), page_token: pageToken() }),
  answer: listAnswer,
  faults: listFaults,
});

export const parentsOfDepartment = defineEndpoint({
  id: 'contact.v3.department.parent',
  summary: 'List the departments above one, from its parent up, without the tenant itself',
  page: pageOf('parent'),
  method: 'GET',
  path: '/open-apis/contact/v3/departments/parent',
  ...CONTACT,
  scopes: [BASE_SCOPE, ORGANIZE_SCOPE, ...BROAD_SCOPES],
  query: Type.Object({ ...idTypes, department_id: id('Department'), page_size: pageSize(1, 50, 20), page_token: pageToken() }),
  answer: listAnswer,
  faults: { ...listFaults, wrongState: contact.rootDepartment },
});

export const batchContactDepartments = defineEndpoint({
  id: 'contact.v3.department.batch',
  summary: 'Read several departments; unknown ids are left out',
  page: pageOf('batch'),
  method: 'GET',
  path: '/open-apis/contact/v3/departments/batch',
  ...CONTACT,
  scopes: [BASE_SCOPE],
  query: Type.Object({
    ...idTypes,
    department_ids: Type.Array(Type.String({ maxLength: 100, pattern: '^[^\\u0000]*$' }), { minItems: 1, maxItems: 50, description: 'Departments' }),
  }),
  answer: Type.Object({ items: Type.Array(ContactDepartment) }, strict),
  faults: { internal: contact.internal, param: contact.param },
});
