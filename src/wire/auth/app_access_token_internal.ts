import { Type } from 'typebox';
import { defineEndpoint } from '../endpoint.ts';
import { AppCredentials, tenantAccessTokenInternal } from './tenant_access_token_internal.ts';

/** The app token of a custom app, which is its tenant token under a second name (as in the vendor's example). */
export const appAccessTokenInternal = defineEndpoint({
  id: 'auth.v3.app_access_token.internal',
  summary: 'App token of a custom app',
  page: 'https://open.feishu.cn/document/server-docs/authentication-management/access-token/app_access_token_internal',
  method: 'POST',
  path: '/open-apis/auth/v3/app_access_token/internal',
  tokens: [],
  scopes: [],
  perMinute: null,
  body: AppCredentials,
  answerAt: 'top',
  answer: Type.Object(
    { app_access_token: Type.String(), tenant_access_token: Type.String(), expire: Type.Integer({ minimum: 1, maximum: 7200 }) },
    { additionalProperties: false },
  ),
  msg: 'ok',
  faults: tenantAccessTokenInternal.faults,
});
