import { Type } from 'typebox';
import { defineEndpoint } from '../endpoint.ts';
import { auth, vc } from '../errors.ts';
import { AppCredentials } from './tenant_access_token_internal.ts';

/** Asks for another ticket, which is pushed to the app. */
export const appTicketResend = defineEndpoint({
  id: 'auth.v3.app_ticket.resend',
  summary: 'Push the ticket of a store app again',
  page: 'https://open.feishu.cn/document/server-docs/authentication-management/access-token/app_ticket_resend',
  method: 'POST',
  path: '/open-apis/auth/v3/app_ticket/resend',
  tokens: [],
  scopes: [],
  perMinute: null,
  body: AppCredentials,
  answerAt: 'top',
  answer: Type.Object({}, { additionalProperties: false }),
  msg: 'success',
  faults: {
    internal: vc.internal,
    param: auth.invalidParam,
    notFound: auth.appNotFound,
    noPermission: auth.wrongSecret,
    wrongState: auth.resendFailed,
  },
});
