import { createHash } from 'node:crypto';
import { createApp as registerApp } from '../../src/domain/apps.ts';
import { AUTHORIZE_PATH } from '../../src/wire/authen/authorize.ts';
import { OAUTH_TOKEN_PATH } from '../../src/wire/oauth.ts';
import { tester, userSession, type TestApp, type TestTenant } from './app.ts';

/* What an app and a browser do to get a person's token. */

export const CALLBACK = 'https://app.example/callback?from=yuding';

/** An app that asks people, and somebody whom it asks. */
export interface OAuthClient {
  tenantId: number;
  appId: string;
  appSecret: string;
}

export async function oauthClient(
  app: TestApp,
  { tenantId }: Pick<TestTenant, 'tenantId'>,
  scopes: readonly string[] = ['offline_access', 'vc:room:readonly', 'contact:user.email:readonly'],
  redirectUris: readonly string[] = [CALLBACK],
): Promise<OAuthClient> {
  const { appId, secret } = await registerApp(app.ctx, tester, { tenantId, name: '排期 <b>助手</b>', scopes, redirectUris });
  return { tenantId, appId, appSecret: secret };
}

export type Query = Readonly<Record<string, string>>;

/** The good parameters of the page, with others in their place. */
export function asking({ appId }: Pick<OAuthClient, 'appId'>, more: Query = {}): Query {
  return { client_id: appId, response_type: 'code', redirect_uri: CALLBACK, scope: 'vc:room:readonly offline_access', ...more };
}

export function openPage(app: TestApp, query: Query | string, cookie?: string, headers: Query = {}): Promise<Response> {
  const search = typeof query === 'string' ? query : new URLSearchParams(query).toString();
  return fetch(`${app.url}${AUTHORIZE_PATH}?${search}`, { redirect: 'manual', headers: { ...(cookie === undefined ? {} : { cookie }), ...headers } });
}

/** What the page's form carries. */
export function requestIn(page: string): string {
  return /name="request" value="([^"]+)"/.exec(page)?.[1] ?? '';
}

/** Sends the page's form as a browser does. */
export function sendDecision(app: TestApp, cookie: string | undefined, fields: Query, headers: Query = { 'sec-fetch-site': 'same-origin' }): Promise<Response> {
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  return fetch(app.url + AUTHORIZE_PATH, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...type, ...(cookie === undefined ? {} : { cookie }), ...headers },
    body: new URLSearchParams(fields).toString(),
  });
}

/** Opens the page and says yes, unless it does not ask. @returns where the browser is sent */
export async function consent(app: TestApp, cookie: string, query: Query): Promise<URL> {
  let response = await openPage(app, query, cookie);
  if (response.status === 200) response = await sendDecision(app, cookie, { request: requestIn(await response.text()), decision: 'allow' });
  const location = response.headers.get('location');
  if (location === null) throw new Error(`${String(response.status)} ${await response.text()}`);
  return new URL(location);
}

/** A code of a person who said yes. */
export async function codeOf(app: TestApp, client: OAuthClient, userId: string, more: Query = {}): Promise<string> {
  const location = await consent(app, await userSession(app, client.tenantId, userId), asking(client, more));
  const code = location.searchParams.get('code');
  if (code === null) throw new Error(location.href);
  return code;
}

/** An answer of the OAuth token methods. */
export interface OAuthBody {
  code: number;
  error?: string;
  error_description?: string;
  access_token: string;
  refresh_token: string;
  expires_in?: number;
  refresh_token_expires_in?: number;
  scope?: string;
  token_type?: string;
}

/** Posts to an OAuth token method. A body given as text is sent as it is. */
export async function postOAuth(
  app: TestApp,
  body: unknown,
  { path = OAUTH_TOKEN_PATH, headers = {} }: { path?: string; headers?: Query } = {},
): Promise<{ status: number; headers: Headers; body: OAuthBody }> {
  const response = await fetch(app.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as OAuthBody };
}

/** The fields with which a client brings a code or a refresh token. */
export function offering({ appId, appSecret }: OAuthClient, offer: Query): Query {
  const grant_type = 'refresh_token' in offer ? 'refresh_token' : 'authorization_code';
  return { grant_type, client_id: appId, client_secret: appSecret, ...offer };
}

/** The tokens of a person who said yes. */
export async function tokensOf(app: TestApp, client: OAuthClient, userId: string, more: Query = {}): Promise<OAuthBody> {
  const { body } = await postOAuth(app, offering(client, { code: await codeOf(app, client, userId, more) }));
  if (body.code !== 0) throw new Error(JSON.stringify(body));
  return body;
}

/** Answers of the older methods. */
export interface OidcBody {
  code: number;
  msg: string;
  data?: { access_token: string; refresh_token: string; token_type: string; expires_in: number; refresh_expires_in: number; scope: string };
}

export async function postOidc(
  app: TestApp,
  bearer: string,
  which: 'access_token' | 'refresh_access_token',
  body: unknown,
): Promise<OidcBody & { status: number }> {
  const response = await fetch(`${app.url}/open-apis/authen/v1/oidc/${which}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, ...((await response.json()) as OidcBody) };
}

export const VERIFIER = 'TxYmzM4PHLBlqm5NtnCmwxMH8mFlRWl_ipie3O0aVzo';
export const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
