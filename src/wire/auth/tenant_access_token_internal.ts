import { Type } from 'typebox';
import { defineEndpoint } from '../endpoint.ts';
import { auth, vc } from '../errors.ts';

/** What an app proves itself with. The token endpoints take it. */
export const AppCredentials = Type.Object({
  app_id: Type.String({ pattern: '^cli_[0-9A-Za-z]{1,64}$', description: 'Id of the app' }),
  app_secret: Type.String({ minLength: 1, maxLength: 256, description: 'Its secret' }),
});

/** The tenant token of a custom app. The same token is given again while 30 minutes or more of its 2 hours are left. */
export const tenantAccessTokenInternal = defineEndpoint({
  id: 'auth.v3.tenant_access_token.internal',
  summary: 'Tenant token of a custom app',
  page: 'https://open.feishu.cn/document/server-docs/authentication-management/access-token/tenant_access_token_internal',
  method: 'POST',
  path: '/open-apis/auth/v3/tenant_access_token/internal',
  tokens: [],
  scopes: [],
  perMinute: null,
  body: AppCredentials,
  answerAt: 'top',
  answer: Type.Object({ tenant_access_token: Type.String(), expire: Type.Integer({ minimum: 1, maximum: 7200 }) }, { additionalProperties: false }),
  msg: 'ok',
  faults: { internal: vc.internal, param: auth.invalidParam, notFound: auth.appNotFound, noPermission: auth.wrongSecret, wrongState: auth.wrongKind },
});
