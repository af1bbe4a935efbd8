import type { TestApp } from './app.ts';

export const TENANT_TOKEN_PATH = '/open-apis/auth/v3/tenant_access_token/internal';
export const APP_TOKEN_PATH = '/open-apis/auth/v3/app_access_token/internal';

/** The body of an answer of a token endpoint, success or failure. */
export interface TokenBody {
  code: number;
  msg: string;
  expire?: number;
  tenant_access_token?: string;
  app_access_token?: string;
  error?: { log_id: string; field_violations?: { field: string; description: string }[] };
}

export interface TokenAnswer {
  status: number;
  headers: Headers;
  body: TokenBody;
}

/** Posts to a token endpoint. A body given as text is sent as it is. */
export async function postToken(app: TestApp, body: unknown, path = TENANT_TOKEN_PATH, contentType: string | null = 'application/json'): Promise<TokenAnswer> {
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  // Bytes, so that fetch adds no content type of its own.
  const init = text === undefined ? {} : { body: Buffer.from(text) };
  const response = await fetch(app.url + path, { method: 'POST', headers: contentType === null ? {} : { 'content-type': contentType }, ...init });
  return { status: response.status, headers: response.headers, body: (await response.json()) as TokenBody };
}

/** Asks for a tenant token with good credentials. */
export async function askToken(app: TestApp, { appId, appSecret }: { appId: string; appSecret: string }): Promise<{ token: string; expire: number }> {
  const { body } = await postToken(app, { app_id: appId, app_secret: appSecret });
  if (!body.tenant_access_token || body.expire === undefined) throw new Error(JSON.stringify(body));
  return { token: body.tenant_access_token, expire: body.expire };
}
