import { Type } from 'typebox';

/** Any one of these opens a method, and with it most fields. */
export const BROAD_SCOPES = ['contact:contact:access_as_app', 'contact:contact:readonly', 'contact:contact:readonly_as_app'] as const;
export const BASE_SCOPE = 'contact:contact.base:readonly';
export const ORGANIZE_SCOPE = 'contact:department.organize:readonly';

/** Limits that most methods of this family have, and who may call them. */
export const CONTACT = { tokens: ['tenant', 'user'], perMinute: 1000, perSecond: 50, answerAt: 'data', msg: 'success' } as const;

/** Which of a department's ids the caller speaks. */
export const departmentIdType = () =>
  Type.Enum(['department_id', 'open_department_id'], {
    type: 'string',
    default: 'open_department_id',
    description: 'What the department ids of request and answer are',
  });

/** Fields of a page of a list. */
export const page = { page_token: Type.Optional(Type.String({ minLength: 1 })), has_more: Type.Boolean() };
