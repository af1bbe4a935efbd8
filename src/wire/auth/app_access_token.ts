import { Type } from 'typebox';
import { defineEndpoint } from '../endpoint.ts';
import { auth, vc } from '../errors.ts';
import { AppCredentials } from './tenant_access_token_internal.ts';

/** The token that a store app has for itself, with which it gets those of its tenants. The same one while half an hour of its 2 hours is left. */
export const appAccessToken = defineEndpoint({
  id: 'auth.v3.app_access_token.create',
  summary: 'App token of a store app',
  page: 'https://open.feishu.cn/document/server-docs/authentication-management/access-token/app_access_token',
  method: 'POST',
  path: '/open-apis/auth/v3/app_access_token',
  tokens: [],
  scopes: [],
  perMinute: null,
  body: Type.Object({
    ...AppCredentials.properties,
    app_ticket: Type.String({ minLength: 1, maxLength: 256, description: 'A ticket that was pushed to the app' }),
  }),
  answerAt: 'top',
  answer: Type.Object({ app_access_token: Type.String(), expire: Type.Integer({ minimum: 1, maximum: 7200 }) }, { additionalProperties: false }),
  msg: 'success',
  faults: {
    internal: vc.internal,
    param: auth.invalidParam,
    notFound: auth.appNotFound,
    noPermission: auth.wrongSecret,
    wrongState: auth.wrongKind,
    badTicket: auth.invalidTicket,
  },
});
