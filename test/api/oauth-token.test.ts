import { afterAll, describe, expect, it } from 'vitest';
import { revokeApp } from '../../src/domain/apps.ts';
import { historyOf } from '../../src/store/history.ts';
import { authen, oauth } from '../../src/wire/errors.ts';
import { formatRefreshToken, packSecret } from '../../src/wire/identifiers.ts';
import { OAUTH_TOKEN_PATH, OAUTH_TOKEN_PATH_V3 } from '../../src/wire/oauth.ts';
import { tenantToken, tester, testApp, testTenant, testUser } from '../support/app.ts';
import { getLedger } from '../support/ledger.ts';
import { CALLBACK, CHALLENGE, codeOf, oauthClient, offering, postOAuth, postOidc, tokensOf, VERIFIER, type OAuthBody, type Query } from '../support/oauth.ts';

/* Codes and refresh tokens: what they buy, when they are refused and with which code, and what ends when one of them is used twice. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app);
const { tenantId } = tenant;
const client = await oauthClient(app, tenant);
const other = await oauthClient(app, tenant);
const stranger = await oauthClient(app, await testTenant(app));
const person = await testUser(app, tenantId, true);
const bearer = () => tenantToken(app, client);
const DAY = 86_400;
const db = app.ctx.db.kysely;

/** The code that the ledger answers a token with. */
const codeFor = async (token: string) => (await getLedger(app, token, { start_time: 0, end_time: 0 })).body.code;
const GOOD = 0;
const DEAD = 99991668;
const EXPIRED = 99991677;

/** Lets time pass for credentials alone, while `work` is done. */
async function later<Result>(seconds: number, work: () => Promise<Result>): Promise<Result> {
  const now = app.clock.realMs() / 1000;
  app.clock.setReal(now + seconds);
  try {
    return await work();
  } finally {
    app.clock.setReal(now);
  }
}

async function whileUser<Result>(userId: string, change: { suspended_at?: number; anonymised_at?: number }, work: () => Promise<Result>): Promise<Result> {
  await db.updateTable('users').set(change).where('user_id', '=', userId).execute();
  try {
    return await work();
  } finally {
    await db.updateTable('users').set({ suspended_at: null, anonymised_at: null }).where('user_id', '=', userId).execute();
  }
}

async function whileScopes<Result>(scopes: string, work: () => Promise<Result>): Promise<Result> {
  const set = (to: string) => db.updateTable('apps').set({ scopes: to }).where('app_id', '=', client.appId).execute();
  const { scopes: before } = await db.selectFrom('apps').select('scopes').where('app_id', '=', client.appId).executeTakeFirstOrThrow();
  await set(scopes);
  try {
    return await work();
  } finally {
    await set(before);
  }
}

const withCode = async (more: Query = {}, asked: Query = {}) => offering(client, { code: await codeOf(app, client, person, asked), ...more });
const withRefresh = async (more: Query = {}) => offering(client, { refresh_token: (await tokensOf(app, client, person)).refresh_token, ...more });
const without = (fields: Query, name: string): Query => Object.fromEntries(Object.entries(fields).filter(([other]) => other !== name));
const basic = (id: string, secret: string) => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` });

describe.each([OAUTH_TOKEN_PATH, OAUTH_TOKEN_PATH_V3, `${OAUTH_TOKEN_PATH_V3}/`])('%s', (path) => {
  const post = (body: unknown, headers: Query = {}) => postOAuth(app, body, { path, headers });

  it('gives a token for a code, and a refresh token to an app that may act for somebody who is away', async () => {
    const { status, headers, body } = await post(await withCode({ redirect_uri: CALLBACK }));
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        code: 0,
        access_token: expect.stringMatching(/^u-[\w-]{48}$/) as string,
        token_type: 'Bearer',
        expires_in: 7200,
        refresh_token: expect.stringMatching(/^urv2-[\w-]{48}$/) as string,
        refresh_token_expires_in: 604_800,
        scope: expect.stringContaining('vc:room:readonly') as string,
      },
    });
    expect([headers.get('cache-control'), headers.get('content-type')]).toEqual(['no-store', 'application/json; charset=utf-8']);
    expect(await codeFor(body.access_token)).toBe(GOOD);
    const online = await oauthClient(app, tenant);
    const { body: little } = await post(offering(online, { code: await codeOf(app, online, person, { scope: 'vc:room:readonly' }) }));
    expect(Object.keys(little).sort()).toEqual(['access_token', 'code', 'expires_in', 'scope', 'token_type']);
  });

  it('takes a form, and the credentials in the header', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' };
    expect((await post(new URLSearchParams(await withCode({ code_verifier: '' })).toString(), form)).body.code).toBe(0);
    const fields = without(without(await withCode(), 'client_secret'), 'client_id');
    expect((await post(new URLSearchParams(fields).toString(), { ...form, ...basic(client.appId, client.appSecret) })).body.code).toBe(0);
  });

  it.each<[what: string, body: string | Query, headers: Query, status: number, named: string]>([
    ['no JSON', 'x', {}, 400, 'body: must be JSON or a form'],
    ['an empty body', '', {}, 400, 'body: must be JSON or a form'],
    ['a list', '[]', {}, 400, 'body: must be an object'],
    ['JSON that says it is a form', '{"grant_type":"x"}', { 'content-type': 'application/x-www-form-urlencoded' }, 400, 'grant_type: is required'],
    ['a field that comes twice', 'grant_type=a&grant_type=b', { 'content-type': 'application/x-www-form-urlencoded' }, 400, 'grant_type: must be given once'],
    ['a field that is no text', '{"grant_type":5}', {}, 400, 'grant_type: must be string'],
    ['a field with quotes in its name', 'x"\\é=1&x"\\é=2', { 'content-type': 'application/x-www-form-urlencoded' }, 400, "x''?: must be given once"],
    ['a content type that is none', '{}', { 'content-type': ';;;' }, 415, 'Content-Type: is not supported'],
    ['too much', 'x'.repeat((1 << 20) + 1), {}, 413, 'body: is too large'],
  ])('answers %s in its own manner', async (_what, body, headers, status, named) => {
    const answer = await post(body, headers);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([status, 'no-store']);
    expect(Object.keys(answer.body)).toEqual(['code', 'error', 'error_description']);
    expect([answer.body.error, answer.body.error_description]).toEqual(['invalid_request', expect.stringContaining(named)]);
    expect(answer.headers.get('x-tt-logid')).toMatch(/^\d{14}/);
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('answers %s in its own manner', async (method) => {
    const response = await fetch(app.url + path, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await response.json()).toEqual({ code: 20063, error: 'invalid_request', error_description: expect.stringContaining('must be POST') as string });
  });
});

/** Every code that the OAuth methods have, by what causes it. */
const refusals: [row: keyof typeof oauth, what: string, post: () => Promise<{ status: number; body: OAuthBody }>][] = [
  ...['grant_type', 'client_id', 'client_secret', 'code'].flatMap((name): typeof refusals => [
    ['missingParam', `no ${name}`, async () => postOAuth(app, without(await withCode(), name))],
    ['missingParam', `${name} empty`, async () => postOAuth(app, await withCode({ [name]: '' }))],
  ]),
  ['missingParam', 'no refresh_token', () => postOAuth(app, offering(client, { refresh_token: '' }))],
  ['missingParam', 'a code where a refresh token is asked for', async () => postOAuth(app, await withCode({ grant_type: 'refresh_token' }))],
  ['wrongSecret', 'a wrong secret', async () => postOAuth(app, await withCode({ client_secret: 'wrong' }))],
  ['wrongSecret', 'the secret of another app', async () => postOAuth(app, await withCode({ client_secret: other.appSecret }))],
  [
    'wrongSecret',
    'a wrong secret in the header',
    async () => postOAuth(app, without(await withCode(), 'client_secret'), { headers: basic(client.appId, 'x') }),
  ],
  ['unknownCode', 'no code', () => postOAuth(app, offering(client, { code: 'x' }))],
  ['unknownCode', 'a code that nobody has', () => postOAuth(app, offering(client, { code: packSecret(tenantId, Buffer.alloc(32)) }))],
  ['unknownCode', 'a code and more', async () => postOAuth(app, await withCode({ code: `${await codeOf(app, client, person)}A` }))],
  ['unknownCode', "another tenant's code", async () => postOAuth(app, offering(stranger, { code: await codeOf(app, client, person) }))],
  ['unknownCode', 'an access token', async () => postOAuth(app, offering(client, { code: (await tokensOf(app, client, person)).access_token }))],
  ['expiredCode', 'a code of five minutes', async () => withCode().then((body) => later(300, () => postOAuth(app, body)))],
  [
    'unknownUser',
    'the code of somebody who was anonymised',
    async () => withCode().then((body) => whileUser(person, { anonymised_at: 1 }, () => postOAuth(app, body))),
  ],
  ['unknownUser', 'the refresh token of one', async () => withRefresh().then((body) => whileUser(person, { anonymised_at: 1 }, () => postOAuth(app, body)))],
  ['notInstalled', 'an app that is no longer in the tenant', () => postAfterRemoval()],
  ['otherClient', "another app's code", async () => postOAuth(app, offering(other, { code: await codeOf(app, client, person) }))],
  [
    'otherClient',
    "another app's refresh token",
    async () => postOAuth(app, offering(other, { refresh_token: (await tokensOf(app, client, person)).refresh_token })),
  ],
  ['invalidRefresh', 'no refresh token', () => postOAuth(app, offering(client, { refresh_token: 'x' }))],
  ['invalidRefresh', 'one that nobody has', () => postOAuth(app, offering(client, { refresh_token: formatRefreshToken('oauth', tenantId, Buffer.alloc(32)) }))],
  ['invalidRefresh', 'one of the older methods', async () => postOAuth(app, offering(client, { refresh_token: await oidcRefresh() }))],
  [
    'invalidRefresh',
    "another tenant's",
    async () => postOAuth(app, offering(stranger, { refresh_token: (await tokensOf(app, client, person)).refresh_token })),
  ],
  ['unsupportedGrant', 'another grant', async () => postOAuth(app, await withCode({ grant_type: 'password' }))],
  ['expiredRefresh', 'a refresh token of seven days', async () => withRefresh().then((body) => later(7 * DAY, () => postOAuth(app, body)))],
  ['unknownApp', 'an app that nobody has', async () => postOAuth(app, await withCode({ client_id: 'cli_0000000000000000' }))],
  ['unknownApp', 'an app id of no form', async () => postOAuth(app, await withCode({ client_id: 'x' }))],
  ['wrongVerifier', 'no verifier', async () => postOAuth(app, await withCode({}, { code_challenge: CHALLENGE, code_challenge_method: 'S256' }))],
  [
    'wrongVerifier',
    'the challenge itself',
    async () => postOAuth(app, await withCode({ code_verifier: CHALLENGE }, { code_challenge: CHALLENGE, code_challenge_method: 'S256' })),
  ],
  [
    'wrongVerifier',
    'a verifier with a character changed',
    async () => postOAuth(app, await withCode({ code_verifier: `${VERIFIER.slice(0, -1)}p` }, { code_challenge: VERIFIER })),
  ],
  ['wrongVerifier', 'one where there was no challenge', async () => postOAuth(app, await withCode({ code_verifier: VERIFIER }))],
  ['malformed', 'no JSON', () => postOAuth(app, '{')],
  ['revokedRefresh', 'the refresh token after one that was used twice', () => postRevoked()],
  ['usedCode', 'a code a second time', async () => withCode().then((body) => postOAuth(app, body).then(() => postOAuth(app, body)))],
  [
    'suspended',
    'the code of somebody who is suspended',
    async () => withCode().then((body) => whileUser(person, { suspended_at: 1 }, () => postOAuth(app, body))),
  ],
  ['suspended', 'the refresh token of one', async () => withRefresh().then((body) => whileUser(person, { suspended_at: 1 }, () => postOAuth(app, body)))],
  ['duplicateScopes', 'a scope twice', async () => postOAuth(app, await withCode({ scope: 'vc:room:readonly vc:room:readonly' }))],
  ['duplicateScopes', 'a scope twice, refreshing', async () => postOAuth(app, await withRefresh({ scope: 'vc:room:readonly vc:room:readonly' }))],
  ['scopeNotGranted', 'a scope of the app that was not granted', async () => postOAuth(app, await withCode({ scope: 'contact:user.email:readonly' }))],
  ['scopeNotGranted', 'the same, refreshing', async () => postOAuth(app, await withRefresh({ scope: 'vc:room:readonly contact:user.email:readonly' }))],
  ['appRevoked', 'an app that is revoked', () => postRevokedApp()],
  ['twoWays', 'the secret in the header and in the body', async () => postOAuth(app, await withCode(), { headers: basic(client.appId, client.appSecret) })],
  ['wrongRedirect', 'another address', async () => postOAuth(app, await withCode({ redirect_uri: `${CALLBACK}/` }))],
  ['usedRefresh', 'a refresh token a second time', async () => withRefresh().then((body) => postOAuth(app, body).then(() => postOAuth(app, body)))],
  [
    'mayNotRefresh',
    'an app that may no longer act for somebody who is away',
    async () => withRefresh().then((body) => whileScopes('vc:room:readonly', () => postOAuth(app, body))),
  ],
];

async function oidcRefresh(): Promise<string> {
  const { data } = await postOidc(app, await bearer(), 'access_token', { grant_type: 'authorization_code', code: await codeOf(app, client, person) });
  return data?.refresh_token ?? '';
}

/** A code's refresh token, once the code came a second time. */
async function postRevoked() {
  const body = await withCode();
  const { body: tokens } = await postOAuth(app, body);
  await postOAuth(app, body);
  return postOAuth(app, offering(client, { refresh_token: tokens.refresh_token }));
}

async function postRevokedApp() {
  const closed = await oauthClient(app, tenant);
  const code = await codeOf(app, closed, person);
  await revokeApp(app.ctx, tester, tenantId, closed.appId);
  return postOAuth(app, offering(closed, { code }));
}

/** An app of several tenants, which is taken out of one between the code and the token. */
async function postAfterRemoval() {
  const maker = await testTenant(app);
  const store = await oauthClient(app, maker);
  const own = await db.selectFrom('apps').selectAll().where('app_id', '=', store.appId).executeTakeFirstOrThrow();
  await db
    .insertInto('apps')
    .values({ ...own, tenant_id: tenantId, kind: 'store', creator_id: tenant.administratorId, redirect_uris: '[]', secret_hash: '' })
    .execute();
  const installed = { ...store, tenantId };
  const tokens = await tokensOf(app, installed, person);
  expect(await codeFor(tokens.access_token)).toBe(GOOD);
  const code = await codeOf(app, installed, person);
  await db.updateTable('apps').set({ revoked_at: 1 }).where('tenant_id', '=', tenantId).where('app_id', '=', store.appId).execute();
  return postOAuth(app, offering(installed, { code }));
}

describe('each code has its cause', () => {
  it.each(refusals)('%s: %s', async (name, _what, post) => {
    const { code, error, http, msg } = oauth[name];
    const { status, body } = await post();
    expect({ status, body }).toEqual({ status: http, body: { code, error, error_description: expect.stringContaining(msg) as string } });
  });

  it('internal: a database that fails', async () => {
    await using failing = await testApp();
    const own = await oauthClient(failing, await testTenant(failing));
    await failing.ctx.db.close();
    failing.ctx.db.close = () => Promise.resolve();
    const { status, body } = await postOAuth(failing, offering(own, { code: 'x' }));
    const { code, error, http, msg } = oauth.internal;
    expect({ status, body }).toEqual({ status: http, body: { code, error, error_description: msg } });
  });

  it('but for a server that has too much to do, which has a test of its own', () => {
    const caused = new Set<string>([...refusals.map(([name]) => name), 'internal']);
    expect(Object.keys(oauth).filter((name) => !caused.has(name))).toEqual(['overloaded']);
  });
});

describe('a code', () => {
  it('is still good after it was brought wrongly, until it is used', async () => {
    const body = await withCode({}, { code_challenge: CHALLENGE, code_challenge_method: 'S256' });
    for (const wrong of [{}, { code_verifier: VERIFIER, redirect_uri: 'https://app.example/' }, { code_verifier: VERIFIER, scope: 'x' }]) {
      expect((await postOAuth(app, { ...body, ...wrong })).body.code).not.toBe(0);
    }
    expect((await postOAuth(app, offering(other, { code: body.code ?? '' }))).body.code).toBe(oauth.otherClient.code);
    expect((await postOAuth(app, { ...body, code_verifier: VERIFIER })).body.code).toBe(0);
  });

  it('is good in its last second', async () => {
    const body = await withCode();
    expect((await later(299, () => postOAuth(app, body))).body.code).toBe(0);
  });

  it('that comes twice ends all that came of it, and nothing else', async () => {
    const bystander = await tokensOf(app, client, person);
    const body = await withCode();
    const { body: first } = await postOAuth(app, body);
    const { body: second } = await postOAuth(app, offering(client, { refresh_token: first.refresh_token }));
    expect([await codeFor(first.access_token), await codeFor(second.access_token)]).toEqual([GOOD, GOOD]);
    const before = await reuses();
    for (let i = 0; i < 3; i++) expect((await postOAuth(app, body)).body.code).toBe(oauth.usedCode.code);
    expect([await codeFor(first.access_token), await codeFor(second.access_token)]).toEqual([DEAD, DEAD]);
    expect((await postOAuth(app, offering(client, { refresh_token: second.refresh_token }))).body.code).toBe(oauth.revokedRefresh.code);
    expect(await codeFor(bystander.access_token)).toBe(GOOD);
    expect((await reuses()).slice(before.length)).toEqual([{ actor: client.appId, app_id: client.appId, reused: 'code' }]);
  });

  it('brought ten times at once is used once, and no token is left', async () => {
    const body = await withCode();
    const answers = await Promise.all(Array.from({ length: 10 }, () => postOAuth(app, body)));
    const codes = answers.map((answer) => answer.body.code).sort((a, b) => a - b);
    expect(codes).toEqual([0, ...Array.from({ length: 9 }, () => oauth.usedCode.code)]);
    const won = answers.find((answer) => answer.body.code === 0)?.body;
    expect(await codeFor(won?.access_token ?? '')).toBe(DEAD);
    expect((await postOAuth(app, offering(client, { refresh_token: won?.refresh_token ?? '' }))).body.code).toBe(oauth.revokedRefresh.code);
  });
});

/** What the history has of reuse, of the person. */
async function reuses(): Promise<{ actor: string; app_id: string; reused: string }[]> {
  const rows = (await historyOf(db, tenantId, { kind: 'user', id: person })).filter(({ action }) => action === 'token.reuse');
  return rows.map(({ actor_id, state_after }) => ({ actor: actor_id, ...(JSON.parse(state_after ?? '{}') as { app_id: string; reused: string }) }));
}

describe('a refresh token', () => {
  it('gives way to the next; tokens that were bought before stay', async () => {
    const first = await tokensOf(app, client, person);
    const { body: second } = await postOAuth(app, offering(client, { refresh_token: first.refresh_token }));
    const { body: third } = await postOAuth(app, offering(client, { refresh_token: second.refresh_token }));
    expect(new Set([first, second, third].flatMap((pair) => [pair.access_token, pair.refresh_token])).size).toBe(6);
    for (const { access_token } of [first, second, third]) expect(await codeFor(access_token)).toBe(GOOD);
  });

  it('that comes twice ends all of the same consent, in any order', async () => {
    const first = await tokensOf(app, client, person);
    const { body: second } = await postOAuth(app, offering(client, { refresh_token: first.refresh_token }));
    const before = await reuses();
    expect((await postOAuth(app, offering(client, { refresh_token: first.refresh_token }))).body.code).toBe(oauth.usedRefresh.code);
    expect((await postOAuth(app, offering(client, { refresh_token: second.refresh_token }))).body.code).toBe(oauth.revokedRefresh.code);
    expect([await codeFor(first.access_token), await codeFor(second.access_token)]).toEqual([DEAD, DEAD]);
    expect((await reuses()).slice(before.length)).toEqual([{ actor: client.appId, app_id: client.appId, reused: 'refresh_token' }]);
  });

  it('brought ten times at once is used once, and no token is left', async () => {
    const body = await withRefresh();
    const answers = await Promise.all(Array.from({ length: 10 }, () => postOAuth(app, body)));
    const won = answers.filter((answer) => answer.body.code === 0);
    expect(won).toHaveLength(1);
    for (const { body: lost } of answers.filter((answer) => answer !== won[0])) expect(lost.code).toBe(oauth.usedRefresh.code);
    expect(await codeFor(won[0]?.body.access_token ?? '')).toBe(DEAD);
  });

  it('narrows for one token only', async () => {
    const first = await tokensOf(app, client, person, { scope: 'vc:room:readonly offline_access contact:user.email:readonly' });
    const { body: little } = await postOAuth(app, offering(client, { refresh_token: first.refresh_token, scope: 'contact:user.email:readonly' }));
    expect(little.scope).toBe('contact:user.email:readonly');
    expect(await codeFor(little.access_token)).toBe(99991679);
    const { body: whole } = await postOAuth(app, offering(client, { refresh_token: little.refresh_token }));
    expect(whole.scope?.split(' ').sort()).toEqual(first.scope?.split(' ').sort());
  });

  it('gives no scope that the app lost meanwhile', async () => {
    const body = await withRefresh();
    const { body: tokens } = await whileScopes('offline_access', () => postOAuth(app, body));
    expect(tokens.scope).toBe('offline_access');
  });

  it('lasts no longer than a year after the consent, however often it is renewed', async () => {
    const began = app.clock.realMs() / 1000;
    let { refresh_token } = await tokensOf(app, client, person);
    let left = 0;
    for (let day = 6; day < 365; day += 6) {
      const { body } = await later(day * DAY, () => postOAuth(app, offering(client, { refresh_token })));
      expect(body.code).toBe(0);
      ({ refresh_token, refresh_token_expires_in: left = 0 } = body);
    }
    expect(left).toBe(5 * DAY);
    expect(app.clock.realMs() / 1000).toBe(began);
    expect((await later(365 * DAY, () => postOAuth(app, offering(client, { refresh_token })))).body.code).toBe(oauth.expiredRefresh.code);
    expect((await later(365 * DAY - 1, () => postOAuth(app, offering(client, { refresh_token })))).body).toMatchObject({
      code: 0,
      refresh_token_expires_in: 1,
    });
  });
});

describe('when the clock is set', () => {
  it('forward, what was given out ends', async () => {
    const body = await withCode();
    const { access_token, refresh_token } = await tokensOf(app, client, person);
    await later(366 * DAY, async () => {
      expect((await postOAuth(app, body)).body.code).toBe(oauth.expiredCode.code);
      expect((await postOAuth(app, offering(client, { refresh_token }))).body.code).toBe(oauth.expiredRefresh.code);
      expect(await codeFor(access_token)).toBe(EXPIRED);
    });
  });

  it('back, what was used stays used', async () => {
    const body = await withCode();
    const { body: tokens } = await postOAuth(app, body);
    await postOAuth(app, offering(client, { refresh_token: tokens.refresh_token }));
    await later(-DAY, async () => {
      expect((await postOAuth(app, body)).body.code).toBe(oauth.usedCode.code);
      expect((await postOAuth(app, offering(client, { refresh_token: tokens.refresh_token }))).body.code).toBe(oauth.usedRefresh.code);
      expect(await codeFor(tokens.access_token)).toBe(DEAD);
    });
  });
});

it('what ended long ago is forgotten as new ones are given out', async () => {
  const own = await oauthClient(app, tenant);
  const somebody = await testUser(app, tenantId);
  await tokensOf(app, own, somebody);
  const count = async (table: 'authorization_codes' | 'refresh_tokens' | 'access_tokens') =>
    (await db.selectFrom(table).select('tenant_id').where('user_id', '=', somebody).execute()).length;
  expect([await count('authorization_codes'), await count('refresh_tokens'), await count('access_tokens')]).toEqual([1, 1, 1]);
  await later(9 * DAY, () => tokensOf(app, own, somebody));
  expect([await count('authorization_codes'), await count('refresh_tokens'), await count('access_tokens')]).toEqual([1, 1, 1]);
});

describe('the older methods', () => {
  const buy = async (code: string, more: object = {}) => postOidc(app, await bearer(), 'access_token', { grant_type: 'authorization_code', code, ...more });
  const refresh = async (refresh_token: string, more: object = {}) =>
    postOidc(app, await bearer(), 'refresh_access_token', { grant_type: 'refresh_token', refresh_token, ...more });

  it('give a refresh token with every token, for thirty days', async () => {
    const { status, code, msg, data } = await buy(await codeOf(app, client, person, { scope: 'vc:room:readonly' }));
    expect({ status, code, msg }).toEqual({ status: 200, code: 0, msg: 'success' });
    expect(data).toEqual({
      access_token: expect.stringMatching(/^u-/) as string,
      refresh_token: expect.stringMatching(/^ur-[\w-]{48}$/) as string,
      token_type: 'Bearer',
      expires_in: 7200,
      refresh_expires_in: 2_592_000,
      scope: expect.stringContaining('vc:room:readonly') as string,
    });
    expect(await codeFor(data?.access_token ?? '')).toBe(GOOD);
    const again = await refresh(data?.refresh_token ?? '');
    expect(again).toMatchObject({ code: 0, data: { refresh_expires_in: 2_592_000 } });
  });

  const bought = async () => (await buy(await codeOf(app, client, person))).data?.refresh_token ?? '';
  it.each<[row: keyof typeof authen, what: string, ask: () => Promise<{ status: number; code: number; msg: string }>]>([
    ['param', 'no code', () => buy('')],
    ['param', 'a code that is no text', () => buy('x', { code: 5 })],
    ['param', 'no refresh token', () => refresh('')],
    ['unknownCode', 'no code of ours', () => buy('x')],
    ['unknownCode', 'a code that nobody has', () => buy(packSecret(tenantId, Buffer.alloc(32)))],
    ['unknownCode', 'a code a second time', async () => codeOf(app, client, person).then((code) => buy(code).then(() => buy(code)))],
    [
      'unknownCode',
      'a code with a challenge, which cannot be answered here',
      async () => buy(await codeOf(app, client, person, { code_challenge: CHALLENGE, code_challenge_method: 'S256' })),
    ],
    ['unknownCode', "another tenant's", async () => buy(await codeOf(app, stranger, await testUser(app, stranger.tenantId)))],
    ['expiredCode', 'a code of five minutes', async () => codeOf(app, client, person).then((code) => later(300, () => buy(code)))],
    [
      'unknownUser',
      'the code of somebody who was anonymised',
      async () => codeOf(app, client, person).then((code) => whileUser(person, { anonymised_at: 1 }, () => buy(code))),
    ],
    [
      'suspended',
      'the code of somebody who is suspended',
      async () => codeOf(app, client, person).then((code) => whileUser(person, { suspended_at: 1 }, () => buy(code))),
    ],
    ['suspended', 'the refresh token of one', async () => bought().then((token) => whileUser(person, { suspended_at: 1 }, () => refresh(token)))],
    ['otherClient', "another app's code", async () => buy(await codeOf(app, other, person))],
    ['invalidRefresh', 'no refresh token of ours', () => refresh('x')],
    ['invalidRefresh', 'one of the newer methods', async () => refresh((await tokensOf(app, client, person)).refresh_token)],
    ['unknownRefresh', 'one that nobody has', () => refresh(formatRefreshToken('oidc', tenantId, Buffer.alloc(32)))],
    ['unknownRefresh', 'one a second time', async () => bought().then((token) => refresh(token).then(() => refresh(token)))],
    ['expiredRefresh', 'one of thirty days', async () => bought().then((token) => later(30 * DAY, () => refresh(token)))],
    ['unsupportedGrant', 'another grant', () => buy('x', { grant_type: 'refresh_token' })],
    ['unsupportedGrant', 'another grant, refreshing', () => refresh('x', { grant_type: 'authorization_code' })],
    ['invalidAppToken', 'a tenant token that nobody has', () => postOidc(app, `t-${'A'.repeat(48)}`, 'access_token', {})],
    ['invalidAppToken', 'a user token', async () => postOidc(app, (await tokensOf(app, client, person)).access_token, 'refresh_access_token', {})],
    ['invalidAppToken', 'nonsense', () => postOidc(app, 'nonsense', 'access_token', {})],
  ])('%s: %s', async (name, _what, ask) => {
    const { status, code, msg } = await ask();
    expect({ status, code, msg }).toEqual({ status: 200, code: authen[name].code, msg: authen[name].msg });
  });

  it('end everything of a consent that was used twice, too', async () => {
    const code = await codeOf(app, client, person);
    const { data } = await buy(code);
    await buy(code);
    expect(await codeFor(data?.access_token ?? '')).toBe(DEAD);
    expect((await refresh(data?.refresh_token ?? '')).code).toBe(authen.invalidRefresh.code);
  });
});
