import { Type } from 'typebox';
import { defineEndpoint } from '../endpoint.ts';
import { authen } from '../errors.ts';

const UserInfo = Type.Object(
  {
    name: Type.String({ description: 'Name' }),
    en_name: Type.String({ description: 'The same: people have one name here' }),
    avatar_url: Type.String({ description: 'Empty: there are no pictures here' }),
    avatar_thumb: Type.String({ description: 'Empty' }),
    avatar_middle: Type.String({ description: 'Empty' }),
    avatar_big: Type.String({ description: 'Empty' }),
    open_id: Type.String({ description: '`ou_…`' }),
    union_id: Type.String({ description: '`on_…`' }),
    email: Type.Optional(Type.String({ description: 'With the scope `contact:user.email:readonly`, for a person who has one' })),
    user_id: Type.Optional(Type.String({ description: 'With the scope `contact:user.employee_id:readonly`' })),
    tenant_key: Type.String({ description: 'The tenant' }),
    employee_no: Type.Optional(Type.String({ description: 'With one of the scopes of employment, for a person who has one' })),
  },
  { additionalProperties: false },
);

/** Scopes that show a field: the app holds one of them, and the person granted it. */
export const userInfoScopes = {
  email: ['contact:user.email:readonly'],
  user_id: ['contact:user.employee_id:readonly'],
  employee_no: ['contact:user.employee:readonly', 'contact:contact:access_as_app', 'contact:contact:readonly', 'contact:contact:readonly_as_app'],
} as const;

export const getUserInfo = defineEndpoint({
  id: 'authen.v1.user_info.get',
  summary: 'Who a user token stands for',
  page: 'https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/reference/authen-v1/user_info/get',
  method: 'GET',
  path: '/open-apis/authen/v1/user_info',
  tokens: ['user'],
  scopes: [],
  perMinute: null,
  answerAt: 'data',
  answer: UserInfo,
  msg: 'success',
  faults: { ...authen, notFound: authen.unknownUser },
  gateway: {
    invalidTenantToken: authen.invalidUserToken,
    invalidUserToken: authen.invalidUserToken,
    userTokenExpired: authen.invalidUserToken,
    unknownTokenForm: authen.invalidUserToken,
  },
});
