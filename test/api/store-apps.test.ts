import { afterAll, describe, expect, it } from 'vitest';
import { revokeApp, rotateSecret } from '../../src/domain/apps.ts';
import { issueUserToken } from '../../src/domain/credentials.ts';
import { installApp, listInstallations, uninstallApp } from '../../src/domain/installations.ts';
import { historyOf } from '../../src/store/history.ts';
import { formatToken } from '../../src/wire/identifiers.ts';
import { NOON, tester, testApp, testTenant, testUser, type TestTenant } from '../support/app.ts';
import { addLevel, addReservations, addRoom, getLedger, reservation } from '../support/ledger.ts';
import { receiver } from '../support/receiver.ts';
import {
  askAppToken,
  askTicket,
  askTokenOf,
  RESEND_PATH,
  STORE_APP_TOKEN_PATH,
  STORE_TENANT_TOKEN_PATH,
  testStoreApp,
  type TestStoreApp,
} from '../support/store-app.ts';
import { APP_TOKEN_PATH, postToken, TENANT_TOKEN_PATH } from '../support/tokens.ts';

/* Apps of several tenants: what they prove themselves with, and that each token shows one tenant. */
const app = await testApp({ rateLimit: 0, pushAllow: ['127.0.0.0/8'] });
const to = await receiver();
afterAll(async () => {
  await app.stop();
  await to.close();
});
const home = await testTenant(app);
const store = await testStoreApp(app, home.tenantId, to);
const custom = home;

const codeFor = async (token: string | undefined) => (await getLedger(app, token, { start_time: 0, end_time: 0 })).body.code;
const bad = 99991663;
const appToken = async (of: TestStoreApp = store) => (await askAppToken(app, of, await askTicket(app, to, of))).app_access_token ?? '';
const tokenIn = async ({ tenantKey }: TestTenant, of = store) => (await askTokenOf(app, await appToken(of), tenantKey)).tenant_access_token ?? '';
const install = (tenant: TestTenant, of = store, terms = {}) =>
  installApp(app.ctx, tester, { tenantId: of.tenantId, appId: of.appId, inTenant: tenant.tenantId }, terms);
const uninstall = (tenant: TestTenant, of = store) => uninstallApp(app.ctx, tester, { tenantId: of.tenantId, appId: of.appId, inTenant: tenant.tenantId });

describe('a store app', () => {
  it('gets a ticket, its own token for it, and with that the token of a tenant', async () => {
    const tenant = await testTenant(app);
    await install(tenant);
    const ticket = await askTicket(app, to, store);
    const own = await postToken(app, { app_id: store.appId, app_secret: store.appSecret, app_ticket: ticket }, STORE_APP_TOKEN_PATH);
    expect(own).toMatchObject({
      status: 200,
      body: { code: 0, msg: 'success', app_access_token: expect.stringMatching(/^a-[\w-]{48}$/) as string, expire: 7200 },
    });
    const { status, body } = await postToken(app, { app_access_token: own.body.app_access_token, tenant_key: tenant.tenantKey }, STORE_TENANT_TOKEN_PATH);
    expect({ status, body }).toEqual({
      status: 200,
      body: { code: 0, msg: 'success', tenant_access_token: expect.stringMatching(/^t-[\w-]{48}$/) as string, expire: 7200 },
    });
    expect(await codeFor(body.tenant_access_token)).toBe(0);
  });

  it('is given the same tokens while half an hour is left, then new ones beside them', async () => {
    const tenant = await testTenant(app);
    const of = await testStoreApp(app, tenant.tenantId, to);
    await install(tenant, of);
    const first = await appToken(of);
    const token = await askTokenOf(app, first, tenant.tenantKey);
    app.clock.advance(5400);
    const again = await askAppToken(app, of, await askTicket(app, to, of));
    expect(again).toMatchObject({ app_access_token: first, expire: 1800 });
    expect(await askTokenOf(app, first, tenant.tenantKey)).toEqual({ ...token, expire: 1800 });
    app.clock.advance(1);
    const second = await appToken(of);
    expect(second).not.toBe(first);
    const next = await askTokenOf(app, first, tenant.tenantKey);
    expect(next).toMatchObject({ code: 0, expire: 7200 });
    expect(next.tenant_access_token).not.toBe(token.tenant_access_token);
    expect([await codeFor(token.tenant_access_token), await codeFor(next.tenant_access_token)]).toEqual([0, 0]);
    app.clock.advance(1798);
    expect((await askTokenOf(app, first, tenant.tenantKey)).code).toBe(0);
    app.clock.advance(1);
    expect([(await askTokenOf(app, first, tenant.tenantKey)).code, (await askTokenOf(app, second, tenant.tenantKey)).code]).toEqual([99991664, 0]);
    expect(await codeFor(token.tenant_access_token)).toBe(bad);
  });

  it('sees of each tenant what is in it, and nothing with the token of another', async () => {
    const [first, second] = [await testTenant(app), await testTenant(app)];
    const rows: Record<string, string> = {};
    for (const { tenantId, tenantKey, rootLevelId } of [first, second]) {
      await install({ tenantId } as TestTenant);
      const { roomNo } = await addRoom(app, tenantId, await addLevel(app, tenantId, rootLevelId));
      rows[tenantKey] = `canary of ${tenantKey}`;
      await addReservations(app, [reservation({ tenant_id: tenantId, room_no: roomNo, start_at: NOON - 3600, title: rows[tenantKey] })]);
    }
    const window = { start_time: NOON - 7200, end_time: NOON, need_topic: true };
    for (const tenant of [first, second]) {
      const { body } = await getLedger(app, await tokenIn(tenant), window);
      expect(body.data.room_reservation_list.map((row) => row.event_title)).toEqual([rows[tenant.tenantKey]]);
    }
    const { body } = await getLedger(app, await tokenIn(first), { ...window, room_level_id: second.rootLevelId });
    expect(body.code).toBe(121004);
  });

  it('may do in a tenant what that one lets it, with the rights of a person there', async () => {
    const wide = await testStoreApp(app, home.tenantId, to, ['vc:room:readonly', 'yuding:read']);
    const [narrow, humble] = [await testTenant(app), await testTenant(app)];
    await install(narrow, wide, { scopes: ['yuding:read'] });
    expect(await codeFor(await tokenIn(narrow, wide))).toBe(99991672);
    await install(humble, wide, { creatorId: await testUser(app, humble.tenantId) });
    expect(await codeFor(await tokenIn(humble, wide))).toBe(121005);
  });

  it.each<[string, (tenant: TestTenant) => Promise<unknown>, string]>([
    ['a tenant that has it', async (tenant) => (await install(tenant), install(tenant)), 'is installed there already'],
    ['more than it asks for', (tenant) => install(tenant, store, { scopes: ['vc:room'] }), 'does not ask for vc:room'],
    ['a person of another tenant', (tenant) => install(tenant, store, { creatorId: home.administratorId }), 'no user'],
    ['a custom app', (tenant) => install(tenant, { ...store, appId: custom.appId }), 'is a custom app'],
    ['no tenant', () => install({ ...home, tenantId: 1 }), 'no such tenant'],
    ['no app', (tenant) => install(tenant, { ...store, appId: 'cli_0' }), 'no app cli_0'],
    [
      'another tenant, from an installation',
      async (tenant) => (await install(tenant), install(home, { ...store, tenantId: tenant.tenantId })),
      'belongs to another tenant',
    ],
    ['less than all in its own', () => install(home, store, { scopes: [] }), 'in its own tenant'],
  ])('is not installed: %s', async (_what, attempt, sentence) => {
    await expect(attempt(await testTenant(app))).rejects.toThrow(sentence);
  });

  it('is where it was installed, its own tenant too, until it is taken out', async () => {
    const tenant = await testTenant(app);
    const of = await testStoreApp(app, tenant.tenantId, to);
    const other = await testTenant(app);
    expect(await askTokenOf(app, await appToken(of), tenant.tenantKey)).toMatchObject({ code: 20009 });
    for (const one of [tenant, other]) {
      await install(one, of);
      expect(await codeFor(await tokenIn(one, of))).toBe(0);
    }
    const keys = async () => (await listInstallations(app.ctx, of.tenantId, of.appId)).map(({ tenantKey }) => tenantKey).sort();
    expect(await keys()).toEqual([tenant.tenantKey, other.tenantKey].sort());
    for (const one of [tenant, other]) {
      const token = await tokenIn(one, of);
      await uninstall(one, of);
      expect(await codeFor(token)).toBe(bad);
      expect(await askTokenOf(app, await appToken(of), one.tenantKey)).toMatchObject({ code: 20009 });
      await expect(uninstall(one, of)).rejects.toThrow('is not installed there');
      await install(one, of);
      expect([await codeFor(token), await codeFor(await tokenIn(one, of))]).toEqual([bad, 0]);
    }
  });

  it('leaves nothing of its users behind: their tokens end with the installation and stay so', async () => {
    const tenant = await testTenant(app);
    await install(tenant);
    const { tenantId, administratorId: userId } = tenant;
    const grant = { tenantId, appId: store.appId, userId, scopes: ['vc:room:readonly'], life: 7200 };
    const { secret } = await issueUserToken(app.ctx, tester, grant);
    const token = formatToken({ kind: 'user', tenantId, secret });
    expect(await codeFor(token)).toBe(0);
    await uninstall(tenant);
    await install(tenant);
    expect(await codeFor(token)).toBe(99991668);
  });

  it('that gets a new secret loses its tokens in every tenant', async () => {
    const of = await testStoreApp(app, home.tenantId, to);
    const tenants = [home, await testTenant(app), await testTenant(app)];
    for (const tenant of tenants) await install(tenant, of);
    const own = await appToken(of);
    const tokens = await Promise.all(tenants.map(async ({ tenantKey }) => (await askTokenOf(app, own, tenantKey)).tenant_access_token));
    expect(await Promise.all(tokens.map(codeFor))).toEqual([0, 0, 0]);
    const appSecret = await rotateSecret(app.ctx, tester, of.tenantId, of.appId);
    expect(await Promise.all(tokens.map(codeFor))).toEqual([bad, bad, bad]);
    expect(await askTokenOf(app, own, home.tenantKey)).toMatchObject({ code: 99991664 });
    for (const tenant of tenants) expect(await codeFor(await tokenIn(tenant, { ...of, appSecret }))).toBe(0);
  });

  it('that is revoked is so in every tenant', async () => {
    const of = await testStoreApp(app, home.tenantId, to);
    const tenant = await testTenant(app);
    await install(tenant, of);
    const [own, token] = [await appToken(of), await tokenIn(tenant, of)];
    const other = await testTenant(app);
    await revokeApp(app.ctx, tester, of.tenantId, of.appId);
    expect(await codeFor(token)).toBe(bad);
    expect(await askTokenOf(app, own, tenant.tenantKey)).toMatchObject({ code: 99991664 });
    expect(await askAppToken(app, of, 'x')).toMatchObject({ code: 10014, msg: 'app id not exists' });
    await expect(install(other, of)).rejects.toThrow('is revoked');
  });

  it('belongs to the tenant that made it: an installation has no secret to change and cannot be revoked', async () => {
    const tenant = await testTenant(app);
    await install(tenant);
    await expect(rotateSecret(app.ctx, tester, tenant.tenantId, store.appId)).rejects.toThrow('belongs to another tenant');
    await expect(revokeApp(app.ctx, tester, tenant.tenantId, store.appId)).rejects.toThrow('belongs to another tenant');
    expect(await codeFor(await tokenIn(tenant))).toBe(0);
  });

  it('is written into the history of both tenants, without a secret', async () => {
    const tenant = await testTenant(app);
    await install(tenant);
    await uninstall(tenant);
    const rows = await historyOf(app.ctx.db.kysely, tenant.tenantId, { kind: 'app', id: store.appId });
    expect(rows.map(({ action, source }) => [action, source])).toEqual([
      ['app.install', 'cli'],
      ['app.uninstall', 'cli'],
    ]);
    const own = await historyOf(app.ctx.db.kysely, home.tenantId, { kind: 'app', id: store.appId });
    expect(
      own.filter(({ state_after, state_before }) => `${String(state_after)}${String(state_before)}`.includes(tenant.tenantKey)).map(({ action }) => action),
    ).toEqual(['app.install', 'app.uninstall']);
    expect(JSON.stringify([rows, own])).not.toContain('secret_hash');
  });

  it('gets one token when twenty ask at once', async () => {
    const of = await testStoreApp(app, home.tenantId, to);
    const ticket = await askTicket(app, to, of);
    const own = await Promise.all(Array.from({ length: 20 }, () => askAppToken(app, of, ticket)));
    expect(new Set(own.map(({ app_access_token }) => app_access_token)).size).toBe(1);
  });
});

describe('the methods of store apps', () => {
  const { appId: app_id, appSecret: app_secret } = store;
  const ticket = { app_ticket: 'x' };
  it.each<[string, string, unknown, number, string, string[] | undefined]>([
    ['no body', RESEND_PATH, '', 10003, 'invalid param', ['body']],
    ['no fields', RESEND_PATH, {}, 10003, 'invalid param', ['app_id', 'app_secret']],
    ['an unknown app', RESEND_PATH, { app_id: `${app_id.slice(0, -8)}00000000`, app_secret }, 10014, 'app id not exists', undefined],
    ['an app of no tenant', RESEND_PATH, { app_id: 'cli_a1b2', app_secret }, 10014, 'app id not exists', undefined],
    ['a wrong secret', RESEND_PATH, { app_id, app_secret: 'wrong' }, 10014, 'app secret invalid', undefined],
    ['a custom app', RESEND_PATH, { app_id: custom.appId, app_secret: custom.appSecret }, 10016, 'app resend fail', undefined],
    ['no fields', STORE_APP_TOKEN_PATH, {}, 10003, 'invalid param', ['app_id', 'app_secret', 'app_ticket']],
    ['an empty ticket', STORE_APP_TOKEN_PATH, { app_id, app_secret, app_ticket: '' }, 10003, 'invalid param', ['app_ticket']],
    ['an unknown app', STORE_APP_TOKEN_PATH, { app_id: `${app_id.slice(0, -8)}00000000`, app_secret, ...ticket }, 10014, 'app id not exists', undefined],
    ['a wrong secret', STORE_APP_TOKEN_PATH, { app_id, app_secret: 'wrong', ...ticket }, 10014, 'app secret invalid', undefined],
    ['a custom app', STORE_APP_TOKEN_PATH, { app_id: custom.appId, app_secret: custom.appSecret, ...ticket }, 10005, 'app id unauthorized', undefined],
    ['a made-up ticket', STORE_APP_TOKEN_PATH, { app_id, app_secret, ...ticket }, 10012, 'get app access token fail', undefined],
    ['no fields', STORE_TENANT_TOKEN_PATH, {}, 10003, 'invalid param', ['app_access_token', 'tenant_key']],
    ['no token', STORE_TENANT_TOKEN_PATH, { app_access_token: app_id, tenant_key: home.tenantKey }, 99991664, 'invalid app token', undefined],
    [
      'a made-up token',
      STORE_TENANT_TOKEN_PATH,
      { app_access_token: `a-${'A'.repeat(48)}`, tenant_key: home.tenantKey },
      99991664,
      'invalid app token',
      undefined,
    ],
    ['a store app', TENANT_TOKEN_PATH, { app_id, app_secret }, 10005, 'app id unauthorized', undefined],
    ['a store app', APP_TOKEN_PATH, { app_id, app_secret }, 10005, 'app id unauthorized', undefined],
  ])('answer %s at %s with HTTP 200 and its code', async (_what, path, body, code, msg, fields) => {
    const answer = await postToken(app, body, path);
    expect({ status: answer.status, code: answer.body.code, msg: answer.body.msg }).toEqual({ status: 200, code, msg });
    expect(answer.body.error?.field_violations?.map(({ field }) => field).sort()).toEqual(fields);
    expect(answer.body.error?.log_id).toBe(answer.headers.get('x-tt-logid'));
  });

  it('take no other token for an app’s own', async () => {
    const tenant = await testTenant(app);
    await install(tenant);
    const own = await appToken();
    const token = await tokenIn(tenant);
    for (const other of [token, `a-${token.slice(2)}`, `t-${own.slice(2)}`, own.slice(0, -1), `${own}A`, own.slice(2)])
      expect(await askTokenOf(app, other, tenant.tenantKey)).toMatchObject({ code: 99991664 });
    // As a bearer it opens nothing, in whichever form.
    expect([await codeFor(own), await codeFor(`t-${own.slice(2)}`)]).toEqual([99991664, bad]);
    const v1 = await fetch(`${app.url}/api/v1/tree`, { headers: { authorization: `Bearer ${own}` } });
    expect([v1.status, await v1.text()]).toEqual([401, expect.stringContaining('invalid_token')]);
  });

  it('say the same of a tenant without the app and of none', async () => {
    const own = await appToken();
    const { tenantKey } = await testTenant(app);
    const answers = [];
    for (const key of [tenantKey, `${tenantKey.slice(0, 8)}00000000`, '0000000100000001', 'x', 'ffffffffffffffff']) {
      const { status, body } = await postToken(app, { app_access_token: own, tenant_key: key }, STORE_TENANT_TOKEN_PATH);
      const { error, ...rest } = body;
      answers.push(JSON.stringify([status, rest, Object.keys(error ?? {})]));
    }
    expect(new Set(answers)).toEqual(new Set(['[200,{"code":20009,"msg":"tenant app not installed"},["log_id","troubleshooter"]]']));
  });

  it('give the ticket of one app to no other', async () => {
    const other = await testStoreApp(app, home.tenantId, to);
    const ticketOfOther = await askTicket(app, to, other);
    expect(await askAppToken(app, store, ticketOfOther)).toMatchObject({ code: 10012 });
    expect(await askAppToken(app, other, ticketOfOther)).toMatchObject({ code: 0 });
  });
});
