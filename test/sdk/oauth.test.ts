import * as lark from '@larksuiteoapi/node-sdk';
import { afterAll, describe, expect, it } from 'vitest';
import { NOON, tenantToken, testApp, testTenant, testUser } from '../support/app.ts';
import { CALLBACK, CHALLENGE, codeOf, oauthClient, tokensOf, VERIFIER } from '../support/oauth.ts';
import { rejection, sdkClient } from '../support/sdk.ts';

/* The official SDK gets, refreshes and uses the tokens of people. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app);
const { tenantId } = tenant;
const manager = await testUser(app, tenantId, true);
const whole = await testUser(app, tenantId);
await app.ctx.db.kysely.updateTable('users').set({ email: 'kehan@example.com', employee_no: '007' }).where('user_id', '=', whole).execute();
const SCOPES = ['offline_access', 'vc:room:readonly', 'contact:user.email:readonly', 'contact:user.employee_id:readonly', 'contact:user.employee:readonly'];

const ledgerOf = async (client: lark.Client, token: string) =>
  client.vc.v1.resourceReservationList.get(
    { params: { room_level_id: tenant.rootLevelId, start_time: String(NOON - 60), end_time: String(NOON), room_ids: ['x'], is_exclude: true } },
    lark.withUserAccessToken(token),
  );

describe('client.userAccessToken', () => {
  it('trades a code, gives the token again, and refreshes it when it is old', async () => {
    const owner = await oauthClient(app, tenant, SCOPES);
    const client = sdkClient(app, owner);
    const made = await client.userAccessToken.initWithCode({ me: await codeOf(app, owner, manager) });
    expect(made.me).toMatchObject({ token: expect.stringMatching(/^u-/) as string, refreshToken: expect.stringMatching(/^ur-/) as string });
    const current = async () => (await client.userAccessToken.get('me')) as string;
    const first = await current();
    expect(first).toBe(made.me?.token);
    expect(await ledgerOf(client, first)).toMatchObject({ code: 0 });

    await client.userAccessToken.update({ me: { expiredTime: 1 } });
    const second = await current();
    expect(second).toMatch(/^u-/);
    expect(second).not.toBe(first);
    // The refresh token was used up, and the new one is in its place.
    await client.userAccessToken.update({ me: { expiredTime: 1 } });
    const third = await current();
    expect(new Set([first, second, third]).size).toBe(3);
    for (const token of [first, second, third]) expect(await ledgerOf(client, token)).toMatchObject({ code: 0 });
    expect(await client.userAccessToken.initWithCode({ other: 'no code' })).toEqual({});
  });
});

describe('client.accessToken', () => {
  it.each([
    ['no challenge', {}, undefined],
    ['a challenge, hashed', { code_challenge: CHALLENGE, code_challenge_method: 'S256' }, VERIFIER],
    ['a challenge, plain', { code_challenge: VERIFIER, code_challenge_method: 'plain' }, VERIFIER],
    ['a challenge without a method, which is plain', { code_challenge: VERIFIER }, VERIFIER],
  ])('trades a code and refreshes: %s', async (_what, challenge, codeVerifier) => {
    const owner = await oauthClient(app, tenant, SCOPES);
    const client = sdkClient(app, owner);
    const code = await codeOf(app, owner, manager, challenge);
    const first = await client.accessToken.retrieveByAuthorizationCode({ code, redirectUri: CALLBACK, ...(codeVerifier ? { codeVerifier } : {}) });
    expect(first).toEqual({
      accessToken: expect.stringMatching(/^u-[\w-]{48}$/) as string,
      tokenType: 'Bearer',
      expiresIn: 7200,
      refreshToken: expect.stringMatching(/^urv2-[\w-]{48}$/) as string,
      refreshTokenExpiresIn: 604_800,
      scope: 'vc:room:readonly offline_access',
    });
    const second = await client.accessToken.refresh({ refreshToken: first.refreshToken ?? '', scope: 'vc:room:readonly' });
    expect(second).toMatchObject({ scope: 'vc:room:readonly', refreshTokenExpiresIn: 604_800 });
    for (const { accessToken } of [first, second]) expect(await ledgerOf(client, accessToken)).toMatchObject({ code: 0 });
  });

  it('is told of what went wrong in words that it knows', async () => {
    const owner = await oauthClient(app, tenant, SCOPES);
    const client = sdkClient(app, owner);
    const failed = await client.accessToken.retrieveByAuthorizationCode({ code: 'x' }).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      name: 'AccessTokenError',
      statusCode: 400,
      code: 20003,
      error: 'invalid_grant',
      errorDescription: 'The authorization code is not found. Please note that an authorization code can only be used once.',
    });
    const { refreshToken = '' } = await client.accessToken.retrieveByAuthorizationCode({ code: await codeOf(app, owner, manager) });
    await client.accessToken.refresh({ refreshToken });
    await expect(client.accessToken.refresh({ refreshToken })).rejects.toMatchObject({ statusCode: 400, code: 20073 });
  });
});

describe('lark.withUserAccessToken', () => {
  it('reads the ledger for a person who manages meetings, and for nobody else', async () => {
    const owner = await oauthClient(app, tenant, SCOPES);
    const client = sdkClient(app, owner);
    const { access_token } = await tokensOf(app, owner, manager);
    expect(await ledgerOf(client, access_token)).toMatchObject({ code: 0 });
    const other = await tokensOf(app, owner, await testUser(app, tenantId));
    expect(await rejection(ledgerOf(client, other.access_token))).toMatchObject({ status: 403, data: { code: 121005 } });
  });

  it('is refused for a scope that the person did not grant, or that the app lost', async () => {
    const owner = await oauthClient(app, tenant, SCOPES);
    const client = sdkClient(app, owner);
    const little = await tokensOf(app, owner, manager, { scope: 'offline_access' });
    expect(await rejection(ledgerOf(client, little.access_token))).toMatchObject({ status: 400, data: { code: 99991679 } });
    const whole = await tokensOf(app, owner, manager);
    expect(await ledgerOf(client, whole.access_token)).toMatchObject({ code: 0 });
    await app.ctx.db.kysely.updateTable('apps').set({ scopes: 'offline_access' }).where('app_id', '=', owner.appId).execute();
    expect(await rejection(ledgerOf(client, whole.access_token))).toMatchObject({ status: 400, data: { code: 99991672 } });
  });

  it('ends with its two hours, and at once for a person who is suspended', async () => {
    const owner = await oauthClient(app, tenant, SCOPES);
    const client = sdkClient(app, owner);
    const suspended = await testUser(app, tenantId, true);
    const theirs = await tokensOf(app, owner, suspended);
    await app.ctx.db.kysely.updateTable('users').set({ suspended_at: NOON }).where('user_id', '=', suspended).execute();
    expect(await rejection(ledgerOf(client, theirs.access_token))).toMatchObject({ data: { code: 99991668 } });
    const { access_token } = await tokensOf(app, owner, manager);
    app.clock.advance(7199);
    expect(await ledgerOf(client, access_token)).toMatchObject({ code: 0 });
    app.clock.advance(1);
    expect(await rejection(ledgerOf(client, access_token))).toMatchObject({ data: { code: 99991677 } });
  });
});

describe('client.authen.userInfo', () => {
  const always = {
    name: '可涵',
    en_name: '可涵',
    avatar_url: '',
    avatar_thumb: '',
    avatar_middle: '',
    avatar_big: '',
    open_id: whole,
    union_id: `on_${whole.slice(3)}`,
    tenant_key: tenant.tenantKey,
  };

  it.each([
    ['nothing', '', {}],
    ['the address', 'contact:user.email:readonly', { email: 'kehan@example.com' }],
    ['the user id', 'contact:user.employee_id:readonly', { user_id: whole.slice(3) }],
    ['the employment', 'contact:user.employee:readonly', { employee_no: '007' }],
    ['all of it', SCOPES.join(' '), { email: 'kehan@example.com', user_id: whole.slice(3), employee_no: '007' }],
  ])('tells who it is, and besides what was granted: %s', async (_what, scope, more) => {
    const owner = await oauthClient(app, tenant, SCOPES);
    const { access_token } = await tokensOf(app, owner, whole, { scope });
    expect(await sdkClient(app, owner).authen.v1.userInfo.get({}, lark.withUserAccessToken(access_token))).toEqual({
      code: 0,
      msg: 'success',
      data: { ...always, ...more },
    });
  });

  it('leaves out what is granted and not there, or no longer held by the app', async () => {
    const owner = await oauthClient(app, tenant, SCOPES);
    const client = sdkClient(app, owner);
    const bare = await tokensOf(app, owner, await testUser(app, tenantId), { scope: SCOPES.join(' ') });
    const { data } = await client.authen.v1.userInfo.get({}, lark.withUserAccessToken(bare.access_token));
    expect(Object.keys(data ?? {}).sort()).toEqual([...Object.keys(always), 'user_id'].sort());
    const { access_token } = await tokensOf(app, owner, whole, { scope: SCOPES.join(' ') });
    await app.ctx.db.kysely.updateTable('apps').set({ scopes: '' }).where('app_id', '=', owner.appId).execute();
    expect((await client.authen.v1.userInfo.get({}, lark.withUserAccessToken(access_token))).data).toEqual(always);
  });

  it.each([
    ['a tenant token', () => tenantToken(app, tenant)],
    ['one that nobody has', () => Promise.resolve(`u-${'A'.repeat(48)}`)],
    ['no token', () => Promise.resolve('nonsense')],
  ])('is refused with its own code for %s', async (_what, token) => {
    const answered = await sdkClient(app, tenant).authen.v1.userInfo.get({}, lark.withUserAccessToken(await token()));
    expect(answered).toMatchObject({ code: 20005, msg: 'The user access token passed is invalid. Please check the value' });
  });
});
