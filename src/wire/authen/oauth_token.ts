import { Type } from 'typebox';
import type { Endpoint } from '../endpoint.ts';
import { oauth } from '../errors.ts';
import { OAUTH_TOKEN_PATH, OAUTH_TOKEN_PATH_V3 } from '../oauth.ts';

const text = (description: string) => Type.Optional(Type.String({ maxLength: 4096, description }));

/** Which of them are needed depends on `grant_type`. */
const OAuthTokenRequest = Type.Object({
  grant_type: text('`authorization_code` or `refresh_token`'),
  client_id: text('Id of the app'),
  client_secret: text('Its secret'),
  code: text('Code that the app was sent; with `authorization_code`'),
  redirect_uri: text('Where the code was sent to; checked when it is there'),
  code_verifier: text('What answers the challenge that the code was asked for with, 43 to 128 characters'),
  refresh_token: text('With `refresh_token`'),
  scope: text('What of the granted scopes the token is to have, separated by spaces; absent: all'),
});

const OAuthTokenAnswer = Type.Object(
  {
    access_token: Type.String(),
    token_type: Type.Literal('Bearer'),
    expires_in: Type.Integer({ minimum: 1, maximum: 7200 }),
    refresh_token: Type.Optional(Type.String()),
    refresh_token_expires_in: Type.Optional(Type.Integer({ minimum: 1, maximum: 604_800 })),
    scope: Type.String(),
  },
  { additionalProperties: false },
);

const common = {
  door: 'oauth',
  method: 'POST',
  tokens: [],
  scopes: [],
  perMinute: null,
  body: OAuthTokenRequest,
  form: true,
  answerAt: 'top',
  answer: OAuthTokenAnswer,
  msg: '',
  faults: {
    ...oauth,
    param: oauth.malformed,
    notFound: oauth.unknownApp,
    noPermission: oauth.wrongSecret,
    gone: oauth.appRevoked,
    unknownRefresh: oauth.invalidRefresh,
  },
} as const;

type OAuthTokenMethod = Endpoint<Endpoint['query'] & object, typeof OAuthTokenRequest, typeof OAuthTokenAnswer, readonly []>;

export const oauthToken: OAuthTokenMethod = {
  ...common,
  id: 'authen.v2.oauth_token.create',
  summary: 'Buy a user token with a code or a refresh token',
  page: 'https://open.feishu.cn/document/authentication-management/access-token/get-user-access-token',
  path: OAUTH_TOKEN_PATH,
};

export const oauthTokenV3: OAuthTokenMethod = {
  ...common,
  id: 'authen.v3.oauth_token.create',
  summary: 'The same, where the newest SDKs look for it',
  page: 'https://open.feishu.cn/document/authentication-management/access-token/get-user-access-token',
  path: OAUTH_TOKEN_PATH_V3,
};
