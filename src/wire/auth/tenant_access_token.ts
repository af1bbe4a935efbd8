import { Type } from 'typebox';
import { defineEndpoint } from '../endpoint.ts';
import { auth, vc } from '../errors.ts';

/** The token of a store app for one of the tenants that it is in. The same one while half an hour of its 2 hours is left. */
export const tenantAccessToken = defineEndpoint({
  id: 'auth.v3.tenant_access_token.create',
  summary: 'Tenant token of a store app',
  page: 'https://open.feishu.cn/document/server-docs/authentication-management/access-token/tenant_access_token',
  method: 'POST',
  path: '/open-apis/auth/v3/tenant_access_token',
  tokens: [],
  scopes: [],
  perMinute: null,
  body: Type.Object({
    app_access_token: Type.String({ minLength: 1, maxLength: 256, description: 'Token that the app has for itself (`a-`)' }),
    tenant_key: Type.String({ minLength: 1, maxLength: 64, description: 'The tenant' }),
  }),
  answerAt: 'top',
  answer: Type.Object({ tenant_access_token: Type.String(), expire: Type.Integer({ minimum: 1, maximum: 7200 }) }, { additionalProperties: false }),
  msg: 'success',
  faults: { internal: vc.internal, param: auth.invalidParam, noPermission: auth.invalidAppToken, notFound: auth.notInstalled },
});
