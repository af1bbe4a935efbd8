import { Type } from 'typebox';
import { defineEndpoint } from '../endpoint.ts';
import { authen } from '../errors.ts';

const text = (description: string) => Type.String({ minLength: 1, maxLength: 4096, description });

const TokenInfo = Type.Object(
  {
    access_token: Type.String(),
    refresh_token: Type.String(),
    token_type: Type.Literal('Bearer'),
    expires_in: Type.Integer({ minimum: 1, maximum: 7200 }),
    refresh_expires_in: Type.Integer({ minimum: 1, maximum: 2_592_000 }),
    scope: Type.String(),
  },
  { additionalProperties: false },
);

const common = {
  method: 'POST',
  tokens: ['tenant'],
  scopes: [],
  perMinute: 1000,
  perSecond: 50,
  answerAt: 'data',
  answer: TokenInfo,
  msg: 'success',
  gateway: { invalidTenantToken: authen.invalidAppToken, invalidUserToken: authen.invalidAppToken, unknownTokenForm: authen.invalidAppToken },
} as const;

/** As the official Node SDK's `userAccessToken` asks for a token. */
export const oidcAccessToken = defineEndpoint({
  ...common,
  id: 'authen.v1.oidc_access_token.create',
  summary: 'Buy a user token with a code: the older method',
  page: 'https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/reference/authen-v1/oidc-access_token/create',
  path: '/open-apis/authen/v1/oidc/access_token',
  body: Type.Object({ grant_type: text('`authorization_code`'), code: text('Code that the app was sent') }),
  faults: { ...authen, usedCode: authen.unknownCode, wrongVerifier: authen.unknownCode, notInstalled: authen.invalidAppToken },
});

export const oidcRefreshAccessToken = defineEndpoint({
  ...common,
  id: 'authen.v1.oidc_refresh_access_token.create',
  summary: 'Buy a user token with a refresh token: the older method',
  page: 'https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/reference/authen-v1/oidc-refresh_access_token/create',
  path: '/open-apis/authen/v1/oidc/refresh_access_token',
  body: Type.Object({ grant_type: text('`refresh_token`'), refresh_token: text('The latest of its line') }),
  faults: { ...authen, usedRefresh: authen.unknownRefresh, revokedRefresh: authen.invalidRefresh, notInstalled: authen.invalidAppToken },
});
