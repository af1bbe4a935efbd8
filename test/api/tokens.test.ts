import { afterAll, describe, expect, it } from 'vitest';
import { openContext } from '../../src/app.ts';
import { issueTenantToken } from '../../src/domain/credentials.ts';
import { revokeApp, rotateSecret } from '../../src/domain/apps.ts';
import { formatToken } from '../../src/wire/identifiers.ts';
import { NOON, tester, testApp, testTenant } from '../support/app.ts';
import { FakeClock } from '../support/clock.ts';
import { getLedger } from '../support/ledger.ts';
import { keptPlace } from '../support/place.ts';
import { APP_TOKEN_PATH, askToken, postToken, TENANT_TOKEN_PATH } from '../support/tokens.ts';

/* Tokens of custom apps: how they are got, when the same one is given again, how long they last. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app);
const credentials = { app_id: tenant.appId, app_secret: tenant.appSecret };

/** The code that the ledger answers a token with: 0 when it is good. */
const codeFor = async (token: string, at = app) => (await getLedger(at, token, { start_time: 0, end_time: 0 })).body.code;
const good = 0;
const bad = 99991663;

describe('a token endpoint', () => {
  it('gives a tenant token', async () => {
    const { status, headers, body } = await postToken(app, credentials);
    expect({ status, type: headers.get('content-type'), body }).toEqual({
      status: 200,
      type: 'application/json; charset=utf-8',
      body: { code: 0, msg: 'ok', tenant_access_token: expect.stringMatching(/^t-[\w-]{48}$/) as string, expire: 7200 },
    });
    expect(await codeFor(body.tenant_access_token ?? '')).toBe(good);
  });

  it('gives the same one as the app token', async () => {
    const { token } = await askToken(app, tenant);
    const { status, body } = await postToken(app, credentials, APP_TOKEN_PATH);
    expect({ status, body }).toEqual({ status: 200, body: { code: 0, msg: 'ok', app_access_token: token, tenant_access_token: token, expire: 7200 } });
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', null])(
    'reads JSON under the content type %j',
    async (contentType) => {
      for (const path of [TENANT_TOKEN_PATH, APP_TOKEN_PATH]) {
        expect((await postToken(app, credentials, path, contentType)).body).toMatchObject({ code: 0, msg: 'ok' });
      }
    },
  );

  it.each([
    ['a slash behind the path', credentials, '/'],
    ['a query', credentials, '?app_id=x'],
    ['more fields', { ...credentials, app_ticket: 'x', constructor: 1 }, ''],
    ['spaces around', ` \n${JSON.stringify(credentials)}\t`, ''],
    ['escapes', JSON.stringify(credentials).replace('cli_', '\\u0063li_'), ''],
    ['a field given twice, the last one right', `{"app_id":"cli_0",${JSON.stringify(credentials).slice(1)}`, ''],
  ])('takes %s', async (_what, body, behind) => {
    for (const path of [TENANT_TOKEN_PATH, APP_TOKEN_PATH]) expect((await postToken(app, body, path + behind)).body).toMatchObject({ code: 0, msg: 'ok' });
  });

  const invalid = (...fields: string[]) => ({ code: 10003, msg: 'invalid param', fields });
  const unknownApp = { code: 10014, msg: 'app id not exists', fields: undefined };
  const wrongSecret = { code: 10014, msg: 'app secret invalid', fields: undefined };
  const { app_id, app_secret } = credentials;
  it.each<[string, unknown, { code: number; msg: string; fields: string[] | undefined }]>([
    ['no body', undefined, invalid('body')],
    ['an empty body', '', invalid('body')],
    ['no JSON', 'app_id=x&app_secret=y', invalid('body')],
    ['broken JSON', JSON.stringify(credentials).slice(0, -1), invalid('body')],
    ['JSON and something behind', `${JSON.stringify(credentials)}x`, invalid('body')],
    ['null', 'null', invalid('body')],
    ['a number', '5', invalid('body')],
    ['a string', JSON.stringify(app_id), invalid('body')],
    ['an array', [credentials], invalid('body')],
    ['an empty array', [], invalid('body')],
    ['an empty object', {}, invalid('app_id', 'app_secret')],
    ['credentials in the prototype', `{"__proto__":${JSON.stringify(credentials)}}`, invalid('app_id', 'app_secret')],
    ['no app id', { app_secret }, invalid('app_id')],
    ['no secret', { app_id }, invalid('app_secret')],
    ['an empty app id', { app_id: '', app_secret }, invalid('app_id')],
    ['an empty secret', { app_id, app_secret: '' }, invalid('app_secret')],
    ['app id null', { app_id: null, app_secret }, invalid('app_id')],
    ['secret null', { app_id, app_secret: null }, invalid('app_secret')],
    ['app id a number', { app_id: 5, app_secret }, invalid('app_id')],
    ['secret a number', { app_id, app_secret: 5 }, invalid('app_secret')],
    ['app id an array', { app_id: [app_id], app_secret }, invalid('app_id')],
    ['secret an object', { app_id, app_secret: {} }, invalid('app_secret')],
    ['an app id without the prefix', { app_id: 'x', app_secret }, invalid('app_id')],
    ['only the prefix', { app_id: 'cli_', app_secret }, invalid('app_id')],
    ['an app id with a line break', { app_id: `${app_id}\n`, app_secret }, invalid('app_id')],
    ['an app id in capitals', { app_id: app_id.toUpperCase(), app_secret }, invalid('app_id')],
    ['field names in other letters', { App_Id: app_id, APP_SECRET: app_secret }, invalid('app_id', 'app_secret')],
    ["an app id in the vendor's other forms", { app_id: 'cli_a1b2c3', app_secret }, unknownApp],
    ['an unknown app of this tenant', { app_id: `${app_id.slice(0, -8)}00000000`, app_secret }, unknownApp],
    ['an app of no tenant', { app_id: 'cli_0000000000000000', app_secret }, unknownApp],
    ['a wrong secret', { app_id, app_secret: 'wrong' }, wrongSecret],
    ['the secret and a space', { app_id, app_secret: `${app_secret} ` }, wrongSecret],
    ['the secret in other letters', { app_id, app_secret: app_secret.toLowerCase() }, wrongSecret],
    ['the secret, shorter', { app_id, app_secret: app_secret.slice(0, -1) }, wrongSecret],
  ])('answers %s with HTTP 200 and its code', async (_what, body, expected) => {
    for (const path of [TENANT_TOKEN_PATH, APP_TOKEN_PATH]) {
      const answer = await postToken(app, body, path);
      const { code, msg, error } = answer.body;
      const fields = error?.field_violations?.map(({ field }) => field).sort();
      expect({ status: answer.status, code, msg, fields }).toEqual({ status: 200, ...expected });
      expect(error?.log_id).toBe(answer.headers.get('x-tt-logid'));
      expect(Object.keys(answer.body).sort()).toEqual(['code', 'error', 'msg']);
    }
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH'])('is not there for %s', async (method) => {
    for (const path of [TENANT_TOKEN_PATH, APP_TOKEN_PATH]) {
      const response = await fetch(app.url + path, { method });
      expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([404, 'text/plain; charset=utf-8', '404 page not found']);
    }
  });
});

describe('a tenant token', () => {
  it('is given again while 30 minutes are left, then a new one beside it; each ends on its second', async () => {
    const { token: first } = await askToken(app, tenant);
    app.clock.advance(5399);
    expect(await askToken(app, tenant)).toEqual({ token: first, expire: 1801 });
    app.clock.advance(1);
    expect(await askToken(app, tenant)).toEqual({ token: first, expire: 1800 });
    app.clock.advance(1);
    const { token: second, expire } = await askToken(app, tenant);
    expect(second).not.toBe(first);
    expect(expire).toBe(7200);
    expect([await codeFor(first), await codeFor(second)]).toEqual([good, good]);
    app.clock.advance(1798);
    expect([await codeFor(first), await codeFor(second)]).toEqual([good, good]);
    app.clock.advance(1);
    expect([await codeFor(first), await codeFor(second)]).toEqual([bad, good]);
    expect(await askToken(app, tenant)).toEqual({ token: second, expire: 7200 - 1799 });
    app.clock.advance(7200 - 1800);
    expect(await codeFor(second)).toBe(good);
    app.clock.advance(1);
    expect(await codeFor(second)).toBe(bad);
  });

  it('is its own for each app and each tenant', async () => {
    const others = [await testTenant(app), await testTenant(app)];
    const tokens = await Promise.all([tenant, ...others].map((each) => askToken(app, each)));
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(3);
  });

  it('is one for fifty that ask at once', async () => {
    const fresh = await testTenant(app);
    const answers = await Promise.all(Array.from({ length: 50 }, () => askToken(app, fresh)));
    expect(new Set(answers.map(({ token }) => token)).size).toBe(1);
    const { count } = await app.ctx.db.kysely
      .selectFrom('access_tokens')
      .select((eb) => eb.fn.countAll().as('count'))
      .where('app_id', '=', fresh.appId)
      .executeTakeFirstOrThrow();
    expect(Number(count)).toBe(1);
  });

  it('is the same after a restart, and good', async () => {
    const place = await keptPlace();
    await using first = await testApp(place);
    const owner = await testTenant(first);
    const before = await askToken(first, owner);
    await first.stop();
    const clock = new FakeClock(NOON + 3000);
    await using again = await testApp(place, { clock });
    expect(await codeFor(before.token, again)).toBe(good);
    expect(await askToken(again, owner)).toEqual({ token: before.token, expire: 4200 });
  });

  it('is the same from another process on the same data', async () => {
    const owner = await testTenant(app);
    const other = await openContext(app.ctx.config, { clock: app.clock, log: app.ctx.log });
    const issue = async () => {
      const { secret } = await issueTenantToken(other, owner.tenantId, owner.appId, owner.appSecret);
      return formatToken({ kind: 'tenant', tenantId: owner.tenantId, secret });
    };
    const asked = await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? issue() : askToken(app, owner).then(({ token }) => token))));
    expect(new Set(asked).size).toBe(1);
    expect(await codeFor(asked[0] ?? '')).toBe(good);
    await other.db.close();
  });
});

describe('an app', () => {
  it('that got a new secret: the old one and its tokens end at once', async () => {
    const owner = await testTenant(app);
    const { token: old } = await askToken(app, owner);
    const appSecret = await rotateSecret(app.ctx, tester, owner.tenantId, owner.appId);
    expect(await codeFor(old)).toBe(bad);
    const withOld = await postToken(app, { app_id: owner.appId, app_secret: owner.appSecret });
    expect(withOld.body).toMatchObject({ code: 10014, msg: 'app secret invalid' });
    const { token } = await askToken(app, { ...owner, appSecret });
    expect(token).not.toBe(old);
    expect([await codeFor(token), await codeFor(old)]).toEqual([good, bad]);
  });

  it('that is revoked: its secret and its tokens end at once', async () => {
    const owner = await testTenant(app);
    const { token } = await askToken(app, owner);
    await revokeApp(app.ctx, tester, owner.tenantId, owner.appId);
    expect(await codeFor(token)).toBe(bad);
    const again = await postToken(app, { app_id: owner.appId, app_secret: owner.appSecret });
    expect(again.body).toMatchObject({ code: 10014, msg: 'app id not exists' });
  });
});

describe('when the clock is set', () => {
  it('back by a day, tokens stay good and new ones can be got', async () => {
    const owner = await testTenant(app);
    const { token: before } = await askToken(app, owner);
    const real = app.clock.realMs() / 1000;
    app.clock.setReal(real - 86_400);
    const { token: during, expire } = await askToken(app, owner);
    expect(expire).toBe(7200);
    expect([await codeFor(before), await codeFor(during)]).toEqual([good, good]);
    expect(await askToken(app, owner)).toEqual({ token: during, expire });
    app.clock.setReal(real);
    expect([await codeFor(before), await codeFor(during)]).toEqual([good, bad]);
    expect(await askToken(app, owner)).toEqual({ token: before, expire: 7200 });
  });

  it.each([
    ['two hours', 7200],
    ['a year', 366 * 86_400],
  ])('forward by %s, tokens are past their end and new ones can be got', async (_what, seconds) => {
    const owner = await testTenant(app);
    const { token: before } = await askToken(app, owner);
    app.clock.setReal(app.clock.realMs() / 1000 + seconds);
    expect(await codeFor(before)).toBe(bad);
    const { token, expire } = await askToken(app, owner);
    expect(token).not.toBe(before);
    expect(expire).toBe(7200);
    expect([await codeFor(before), await codeFor(token)]).toEqual([bad, good]);
  });
});
