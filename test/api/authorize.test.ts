import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { revokeApp } from '../../src/domain/apps.ts';
import { historyOf } from '../../src/store/history.ts';
import { AUTHORIZE_PATH } from '../../src/wire/authen/authorize.ts';
import { NOON, tester, testApp, testTenant, testUser, userSession } from '../support/app.ts';
import { getLedger } from '../support/ledger.ts';
import {
  asking,
  CALLBACK,
  CHALLENGE,
  codeOf,
  consent,
  oauthClient,
  offering,
  openPage,
  postOAuth,
  requestIn,
  sendDecision,
  tokensOf,
  type Query,
} from '../support/oauth.ts';

/* The page on which people let an app act for them: whom it asks, what it asks, and where it leads. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app);
const { tenantId } = tenant;
const client = await oauthClient(app, tenant);
const elsewhere = await testTenant(app);
const person = await testUser(app, tenantId, true);
const cookie = await userSession(app, tenantId, person);
const db = app.ctx.db.kysely;

const pageOf = async (query: Query | string, by: string | undefined = cookie) => {
  const response = await openPage(app, query, by);
  return { status: response.status, location: response.headers.get('location'), headers: response.headers, text: await response.text() };
};
/** Somebody of whom no app was let anything yet. */
const newcomer = async () => {
  const userId = await testUser(app, tenantId, true);
  return { userId, cookie: await userSession(app, tenantId, userId) };
};
const codesOf = async (userId: string) => (await db.selectFrom('authorization_codes').select('code_hash').where('user_id', '=', userId).execute()).length;
const grantOf = (userId: string) => db.selectFrom('grants').select('scopes').where('user_id', '=', userId).executeTakeFirst();

describe('the page', () => {
  it('sends who is not signed in to the sign-in page, and that back here', async () => {
    const query = `${new URLSearchParams(asking(client, { state: 'a b&c=d/é' })).toString()}&x=%2F%2Fe`;
    for (const by of [undefined, 'yuding=nonsense', `${cookie}x`]) {
      const response = await openPage(app, query, by);
      expect(response.status).toBe(302);
      expect(response.headers.get('location')).toBe(`/sign-in?next=${encodeURIComponent(`${AUTHORIZE_PATH}?${query}`)}`);
    }
  });

  it('names the app, the tenant, the person and what is asked for, and lets no text of theirs be more than text', async () => {
    const { status, headers, text } = await pageOf(asking(client));
    expect(status).toBe(200);
    for (const shown of ['排期 &#60;b&#62;助手&#60;/b&#62;', '测试', '可涵', 'vc:room:readonly', 'offline_access', 'app.example'])
      expect(text).toContain(shown);
    expect(text).not.toContain('<b>');
    expect(text.match(/<script[^>]*>/g)).toEqual(['<script src="/before-paint.js">', '<script src="/forms.js" defer>']);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("form-action 'self' https: http:;");
    expect(policy).toContain("frame-ancestors 'none'");
    expect([headers.get('cache-control'), headers.get('referrer-policy')]).toEqual(['no-store', 'same-origin']);
  });

  it('speaks the language of the browser', async () => {
    const [english, chinese] = await Promise.all(
      ['en', 'zh-CN,zh;q=0.9'].map((language) => openPage(app, asking(client), cookie, { 'accept-language': language })),
    );
    expect(await english?.text()).toContain('See rooms and who reserved them');
    expect(await chinese?.text()).toContain('查看会议室及其预定记录');
  });

  it('sends a code to the app of who says yes, and the state as it came', async () => {
    const { userId, cookie: theirs } = await newcomer();
    for (const state of ['RANDOMSTRING', ' +&=#?%/\\"<é🙂', 'a'.repeat(2000)]) {
      const location = await consent(app, theirs, asking(client, { state }));
      expect(location.href.startsWith(`${CALLBACK}&code=`)).toBe(true);
      expect([...location.searchParams.keys()]).toEqual(['from', 'code', 'state']);
      expect(location.searchParams.get('state')).toBe(state);
      expect(location.searchParams.get('code')).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    }
    expect(await codesOf(userId)).toBe(3);
    expect((await consent(app, theirs, asking(client))).searchParams.has('state')).toBe(false);
  });

  it('sends any state back as it came', async () => {
    const { cookie: theirs } = await newcomer();
    await consent(app, theirs, asking(client));
    const texts = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => Buffer.from(text).toString());
    await fc.assert(
      fc.asyncProperty(texts, async (state) => {
        const { location } = await pageOf(asking(client, { state }), theirs);
        expect(location).toMatch(/^[\x21-\x7e]+$/);
        expect(new URL(location ?? '').searchParams.get('state')).toBe(state);
      }),
      { numRuns: 60 },
    );
  });

  it.each(['%ED%A0%80', '%ff', '%', '%zz', '%F0%9F', '%00', '%0d%0a'])('lets no state that is badly written, %s, do any harm', async (state) => {
    const { cookie: theirs } = await newcomer();
    await consent(app, theirs, asking(client));
    const { status, location } = await pageOf(`client_id=${client.appId}&redirect_uri=${encodeURIComponent(CALLBACK)}&state=${state}`, theirs);
    expect([status, location]).toEqual([302, expect.stringMatching(/^https:\/\/app\.example\/callback\?from=yuding&code=[\w-]+&state=[\x21-\x7e]+$/)]);
  });

  it('sends word of a refusal, and keeps nothing', async () => {
    const { userId, cookie: theirs } = await newcomer();
    const { text } = await pageOf(asking(client, { state: 's 1' }), theirs);
    for (const decision of ['refuse', '', 'ALLOW']) {
      const response = await sendDecision(app, theirs, { request: requestIn(text), decision });
      expect([response.status, response.headers.get('location')]).toEqual([303, `${CALLBACK}&error=access_denied&state=s%201`]);
    }
    expect([await codesOf(userId), await grantOf(userId)]).toEqual([0, undefined]);
  });

  it('moves what an address has behind # to the end', async () => {
    const uri = 'https://app.example/callback/#/login';
    const owner = await oauthClient(app, tenant, ['vc:room:readonly'], [uri, 'http://localhost:8080/cb']);
    const location = await consent(app, cookie, { ...asking(owner, { state: 'x', scope: '' }), redirect_uri: uri });
    expect(location.href).toMatch(/^https:\/\/app\.example\/callback\/\?code=[\w-]+&state=x#\/login$/);
    expect((await consent(app, cookie, { client_id: owner.appId, redirect_uri: 'http://localhost:8080/cb' })).href).toMatch(
      /^http:\/\/localhost:8080\/cb\?code=[\w-]+$/,
    );
  });
});

describe('what was granted', () => {
  it('is not asked for again, unless the app wants it to be', async () => {
    const { cookie: theirs } = await newcomer();
    expect((await pageOf(asking(client, { scope: '' }), theirs)).status).toBe(200);
    await consent(app, theirs, asking(client));
    for (const scope of ['vc:room:readonly offline_access', 'offline_access', '', 'offline_access offline_access'])
      expect((await pageOf(asking(client, { scope }), theirs)).status).toBe(302);
    expect((await pageOf(asking(client, { prompt: 'consent' }), theirs)).status).toBe(200);
    expect((await pageOf(asking(client, { scope: 'contact:user.email:readonly' }), theirs)).status).toBe(200);
    expect((await pageOf(asking(await oauthClient(app, tenant)), theirs)).status).toBe(200);
  });

  it('adds up: the next token has all of it, and the page says so', async () => {
    const { userId, cookie: theirs } = await newcomer();
    await consent(app, theirs, asking(client, { scope: 'vc:room:readonly' }));
    const { text } = await pageOf(asking(client, { scope: 'contact:user.email:readonly' }), theirs);
    expect(text).toMatch(/contact:user\.email:readonly[^]*before[^]*vc:room:readonly/);
    const code = await codeOf(app, client, userId, { scope: 'contact:user.email:readonly' });
    expect((await postOAuth(app, offering(client, { code }))).body.scope).toBe('vc:room:readonly contact:user.email:readonly');
    const rows = await historyOf(db, tenantId, { kind: 'user', id: userId });
    const grants = rows.filter(({ action }) => action.startsWith('grant.')).map((row) => [row.action, row.actor_id, row.source, row.state_after]);
    const after = (scopes: string) => JSON.stringify({ app_id: client.appId, scopes });
    expect(grants).toEqual([
      ['grant.create', userId, 'page', after('vc:room:readonly')],
      ['grant.change', userId, 'page', after('vc:room:readonly contact:user.email:readonly')],
    ]);
  });

  it('is one, when it is said twice at once', async () => {
    const { userId, cookie: theirs } = await newcomer();
    const scopes = ['vc:room:readonly', 'offline_access', 'contact:user.email:readonly', 'vc:room:readonly'];
    await Promise.all(scopes.map((scope) => consent(app, theirs, asking(client, { scope }))));
    expect((await grantOf(userId))?.scopes.split(' ').sort()).toEqual(['contact:user.email:readonly', 'offline_access', 'vc:room:readonly']);
  });
});

describe('an app that is not one of the tenant', () => {
  it.each<[what: string, query: () => Query | Promise<Query>]>([
    ['an id of no form', () => asking({ appId: 'x' })],
    ['nobody’s id', () => asking({ appId: `${client.appId.slice(0, -8)}00000000` })],
    ['no id', () => asking({ appId: '' })],
    ["another tenant's", async () => asking(await oauthClient(app, elsewhere))],
    [
      'a revoked one',
      async () => {
        const revoked = await oauthClient(app, tenant);
        await revokeApp(app.ctx, tester, tenantId, revoked.appId);
        return asking(revoked);
      },
    ],
  ])('%s: a page that leads nowhere, the same for all', async (_what, query) => {
    const unknown = await pageOf(asking({ appId: 'cli_0000000100000000' }));
    const { status, location, text } = await pageOf({ ...(await query()), state: 'x' });
    expect([status, location]).toEqual([400, null]);
    expect(text).toBe(unknown.text);
    expect(text).not.toContain('app.example');
  });

  it('an app of several tenants asks the people of those where it is', async () => {
    const store = await oauthClient(app, elsewhere);
    const own = await db.selectFrom('apps').selectAll().where('app_id', '=', store.appId).executeTakeFirstOrThrow();
    const installed = { ...own, tenant_id: tenantId, kind: 'store' as const, creator_id: tenant.administratorId, redirect_uris: '[]' };
    await db.insertInto('apps').values(installed).execute();
    const { body } = await postOAuth(app, offering(store, { code: await codeOf(app, { ...store, tenantId }, person) }));
    expect((await getLedger(app, body.access_token, { start_time: NOON, end_time: NOON })).body.code).toBe(0);
  });
});

/** Addresses that are not the app's, however they look. */
const foreignAddresses = [
  ...['https://evil.example/', 'https://evil.example/callback?from=yuding', '//evil.example', '/\\evil.example', '\\\\evil.example', 'https:evil.example'],
  ...[
    'https:/evil.example',
    'http://app.example/callback?from=yuding',
    'HTTPS://APP.EXAMPLE/callback?from=yuding',
    'https://app.example./callback?from=yuding',
  ],
  ...['https://app.example:443/callback?from=yuding', 'https://app.example:8443/callback?from=yuding', 'https://app.example@evil.example/callback?from=yuding'],
  ...['https://app.example%40evil.example/', 'https://app.example%2eevil.example/', 'https://app.example.evil.example/callback?from=yuding'],
  ...['https://evil.example#https://app.example/callback?from=yuding', 'https://evil.example?https://app.example/callback?from=yuding'],
  ...['https://evil.example/https://app.example/callback?from=yuding', 'https://app.example\\.evil.example/callback', 'https://app.example\t.evil.example/'],
  ...['https://app.example\n.evil.example/', `${CALLBACK}\r\nLocation: https://evil.example`, `${CALLBACK}\n`, `${CALLBACK} `, ` ${CALLBACK}`, `\t${CALLBACK}`],
  ...[`${CALLBACK}\0`, `${CALLBACK}#`, `${CALLBACK}#x`, `${CALLBACK}&x=1`, `${CALLBACK}/`, `${CALLBACK}/../..`, `${CALLBACK}%2f..`, `${CALLBACK}%00`],
  ...[
    'https://app.example/',
    'https://app.example',
    'https://app.example/callback',
    'https://app.example/callback?',
    'https://app.example/Callback?from=yuding',
  ],
  ...['https://app.example//callback?from=yuding', 'https://app.example/./callback?from=yuding', 'https://app.example/x/../callback?from=yuding'],
  ...['https://app.example/callback?FROM=yuding', 'https://app.example/callback?from=yuding%20', 'https://app.example/%63allback?from=yuding'],
  ...['https://user@app.example/callback?from=yuding', 'https://user:pass@app.example/callback?from=yuding', 'javascript:alert(1)', 'JaVaScRiPt:alert(1)'],
  ...[
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'ftp://app.example/callback?from=yuding',
    'app.example/callback?from=yuding',
  ],
  ...['', ' ', '/', 'callback', '?', '#', '%2f%2fevil.example', '/%2fevil.example', 'https://%65vil.example', 'https://ａpp.example/callback?from=yuding'],
  ...[
    'https://аpp.example/callback?from=yuding',
    'https://app。example/callback?from=yuding',
    'https://[::1]/callback',
    '["https://app.example/callback?from=yuding"]',
  ],
  ...[CALLBACK.slice(0, -1), encodeURIComponent(CALLBACK), 'x'.repeat(5000)],
];

describe('an address that is not exactly one of the app', () => {
  it.each(foreignAddresses)('%j: a page that leads nowhere', async (redirect_uri) => {
    for (const more of [{}, { response_type: 'token' }, { scope: 'unknown' }, { prompt: 'consent' }]) {
      const { status, location, text } = await pageOf(asking(client, { redirect_uri, ...more }));
      expect([status, location]).toEqual([400, null]);
      expect(text).not.toContain('evil.example');
    }
  });

  it('nor one that a header cannot hold, or hides where it leads, though it is registered', async () => {
    const odd = [
      'https://app.example/é',
      'https://app.example/\r\nx: y',
      'javascript:alert(1)',
      'https://good.example@evil.example/',
      'https://app.example\\@evil.example/',
    ];
    const owner = await oauthClient(app, tenant, []);
    // Such ones are not registered any more; who knows what an older row has.
    await app.ctx.db.kysely
      .updateTable('apps')
      .set({ redirect_uris: JSON.stringify(odd) })
      .where('app_id', '=', owner.appId)
      .execute();
    for (const redirect_uri of odd) expect(await pageOf(asking(owner, { redirect_uri, scope: '' }))).toMatchObject({ status: 400, location: null });
  });

  it.each([
    '//evil.example',
    'https://evil.example',
    '\r\nLocation: https://evil.example',
    '#https://evil.example',
    '&redirect_uri=https://evil.example',
    '?x',
    '%0d%0a',
    '\u2028',
  ])('state %j changes nothing of it', async (state) => {
    const location = await consent(app, cookie, asking(client, { state }));
    expect(location.href.startsWith(`${CALLBACK}&code=`)).toBe(true);
    expect([location.searchParams.get('state'), location.hash]).toEqual([state, '']);
  });

  it.each(['X-Forwarded-Host', 'X-Forwarded-Proto', 'Forwarded', 'X-Original-URL', 'Referer'])(
    'the header %s changes nothing of the way to the sign-in page',
    async (name) => {
      const response = await openPage(app, asking(client), undefined, { [name]: 'https://evil.example' });
      expect(response.headers.get('location')).toMatch(/^\/sign-in\?next=%2Fopen-apis%2Fauthen%2Fv1%2Fauthorize%3F/);
    },
  );
});

describe('other faults', () => {
  const held = 'vc:room:readonly';
  it.each<[what: string, more: string, error: string]>([
    ['another response type', 'response_type=token', 'unsupported_response_type'],
    ['an empty response type', 'response_type=', 'unsupported_response_type'],
    ['a method without a challenge', 'code_challenge_method=S256', 'invalid_request'],
    ['a short challenge', `code_challenge=${CHALLENGE.slice(1)}`, 'invalid_request'],
    ['a challenge of other characters', `code_challenge=${CHALLENGE}%20`, 'invalid_request'],
    ['another method', `code_challenge=${CHALLENGE}&code_challenge_method=s256`, 'invalid_request'],
    ['51 scopes', `scope=${Array.from({ length: 51 }, (_, i) => `s${String(i)}`).join('+')}`, 'invalid_scope'],
    ['a scope parameter twice', `scope=${held}&scope=${held}`, 'invalid_request'],
    ['a prompt twice', 'prompt=consent&prompt=consent', 'invalid_request'],
  ])('%s: back to the app with an error and the state', async (_what, more, error) => {
    const { status, location } = await pageOf(`client_id=${client.appId}&redirect_uri=${encodeURIComponent(CALLBACK)}&state=s+1&${more}`);
    expect(status).toBe(302);
    expect(location).toMatch(new RegExp(`^${CALLBACK.replace('?', '\\?')}&error=${error}&error_description=[^&]+&state=s%201$`));
  });

  it('a state that comes twice is no state', async () => {
    const { location } = await pageOf(`client_id=${client.appId}&redirect_uri=${encodeURIComponent(CALLBACK)}&state=a&state=b`);
    expect(location).toMatch(/&error=invalid_request&error_description=[^&]+$/);
  });

  it.each(['client_id', 'redirect_uri'])('%s twice, or not at all: a page that leads nowhere', async (name) => {
    const query = new URLSearchParams(asking(client));
    for (const more of [`&${name}=${encodeURIComponent(query.get(name) ?? '')}`, '']) {
      if (more === '') query.delete(name);
      expect(await pageOf(query.toString() + more)).toMatchObject({ status: 400, location: null });
    }
  });

  it.each(['vc:room', 'unknown:scope', 'vc:room:readonly yuding:admin', 'VC:ROOM:READONLY'])(
    'the scope %j, which the app does not hold: error 20027 on the page',
    async (scope) => {
      const { status, location, text } = await pageOf(asking(client, { scope }));
      expect([status, location]).toEqual([400, null]);
      expect(text).toContain('20027');
      expect(text).toContain(scope.split(' ').at(-1));
    },
  );

  it('fifty scopes can be asked for', async () => {
    const scopes = Array.from({ length: 50 }, (_, i) => `s${String(i)}`);
    const owner = await oauthClient(app, tenant, scopes);
    expect((await pageOf(asking(owner, { scope: scopes.join(' ') }))).status).toBe(200);
  });
});

describe('what the page sends', () => {
  const made = async () => {
    const { userId, cookie: theirs } = await newcomer();
    const { text } = await pageOf(asking(client), theirs);
    return { userId, cookie: theirs, request: requestIn(text) };
  };
  const allow = (request: string) => ({ request, decision: 'allow' });
  type Made = Awaited<ReturnType<typeof made>>;

  it.each<[what: string, status: number, send: (page: Made) => Promise<Response>]>([
    ['from another site', 403, ({ cookie: by, request }) => sendDecision(app, by, allow(request), { 'sec-fetch-site': 'cross-site' })],
    ['from a site next door', 403, ({ cookie: by, request }) => sendDecision(app, by, allow(request), { 'sec-fetch-site': 'same-site' })],
    ['with the origin of another', 403, ({ cookie: by, request }) => sendDecision(app, by, allow(request), { origin: 'https://evil.example' })],
    ['with no origin to tell', 403, ({ cookie: by, request }) => sendDecision(app, by, allow(request), { origin: 'null' })],
    ['without a word of where it comes from', 403, ({ cookie: by, request }) => sendDecision(app, by, allow(request), {})],
    ['without a session', 401, ({ request }) => sendDecision(app, undefined, allow(request))],
    ['with the session of somebody else', 400, ({ request }) => sendDecision(app, cookie, allow(request))],
    [
      'with another session of the same person',
      400,
      async ({ userId, request }) => sendDecision(app, await userSession(app, tenantId, userId), allow(request)),
    ],
    ['made for somebody else', 400, async ({ cookie: by }) => sendDecision(app, by, allow((await made()).request))],
    ['with nothing in it', 400, ({ cookie: by }) => sendDecision(app, by, {})],
    ['without the signature', 400, ({ cookie: by, request }) => sendDecision(app, by, allow(request.split('.')[0] ?? ''))],
    [
      'with more scopes',
      400,
      ({ cookie: by, request }) => sendDecision(app, by, allow(changed(request, (p) => ({ ...p, scope: 'contact:user.email:readonly' })))),
    ],
    [
      'with another address',
      400,
      ({ cookie: by, request }) => sendDecision(app, by, allow(changed(request, (p) => ({ ...p, redirect_uri: 'https://evil.example' })))),
    ],
    ['with another state', 400, ({ cookie: by, request }) => sendDecision(app, by, allow(changed(request, (p) => ({ ...p, state: 'x' }))))],
    [
      'as JSON',
      400,
      ({ cookie: by, request }) => sendDecision(app, by, allow(request), { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }),
    ],
  ])('%s lets nobody do anything', async (_what, status, send) => {
    const page = await made();
    const response = await send(page);
    expect([response.status, response.headers.get('location'), response.headers.get('content-type')]).toEqual([status, null, 'text/html; charset=utf-8']);
    expect([await codesOf(page.userId), await grantOf(page.userId)]).toEqual([0, undefined]);
    expect((await sendDecision(app, page.cookie, allow(page.request))).status).toBe(303);
    expect(await codesOf(page.userId)).toBe(1);
  });

  it('is worth nothing after ten minutes, after signing out, and once the app is gone or changed', async () => {
    const late = await made();
    const now = app.clock.realMs() / 1000;
    for (const [seconds, status] of [
      [601, 400],
      [-1, 400],
      [600, 303],
    ] as const) {
      app.clock.setReal(now + seconds);
      expect((await sendDecision(app, late.cookie, allow(late.request))).status).toBe(status);
      app.clock.setReal(now);
    }
    const gone = await made();
    await db.deleteFrom('sessions').where('user_id', '=', gone.userId).execute();
    expect((await sendDecision(app, gone.cookie, allow(gone.request))).status).toBe(401);

    const owner = await oauthClient(app, tenant);
    const { cookie: theirs } = await newcomer();
    const request = requestIn((await pageOf(asking(owner), theirs)).text);
    for (const change of [{ redirect_uris: '[]' }, { redirect_uris: JSON.stringify([CALLBACK]), scopes: '' }, { revoked_at: 1 }]) {
      await db.updateTable('apps').set(change).where('app_id', '=', owner.appId).execute();
      const response = await sendDecision(app, theirs, allow(request));
      expect([response.status, response.headers.get('location')]).toEqual([400, null]);
    }
  });

  it('is believed from the origin that is configured, and from no other', async () => {
    await using behind = await testApp({ publicUrl: 'https://rooms.example' });
    const place = await testTenant(behind);
    const owner = await oauthClient(behind, place);
    const theirs = await userSession(behind, place.tenantId, place.administratorId);
    const request = requestIn(await (await openPage(behind, asking(owner), theirs)).text());
    const host = new URL(behind.url).host;
    for (const [origin, status] of [
      [`http://${host}`, 403],
      ['https://rooms.example.evil.example', 403],
      ['https://rooms.example', 303],
    ] as const)
      expect((await sendDecision(behind, theirs, allow(request), { origin })).status).toBe(status);
  });
});

/** A page's request with its parameters changed, under the old signature. */
function changed(request: string, change: (parameters: Query) => Query): string {
  const [stated = '', signature = ''] = request.split('.');
  const [at, parameters] = JSON.parse(Buffer.from(stated, 'base64url').toString()) as [number, Query];
  return `${Buffer.from(JSON.stringify([at, change(parameters)])).toString('base64url')}.${signature}`;
}

describe('/api/v1/grants', () => {
  const ask = async (by: string, method = 'GET', path = '', headers: Query = { 'sec-fetch-site': 'same-origin' }) => {
    const response = await fetch(`${app.url}/api/v1/grants${path}`, { method, headers: { cookie: by, ...headers } });
    return { status: response.status, body: (await response.json()) as { grants?: unknown; error?: { code: string } } };
  };

  it('lists what the caller let apps do', async () => {
    const { userId, cookie: theirs } = await newcomer();
    expect((await ask(theirs)).body).toEqual({ grants: [] });
    const [first, second] = [await oauthClient(app, tenant), await oauthClient(app, tenant)];
    await codeOf(app, first, userId, { scope: 'vc:room:readonly' });
    app.clock.advance(1);
    await codeOf(app, second, userId, { scope: '' });
    const name = '排期 <b>助手</b>';
    const at = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000', '');
    const now = app.clock.realMs() / 1000;
    expect((await ask(theirs)).body).toEqual({
      grants: [
        { app_id: first.appId, name, scopes: ['vc:room:readonly'], granted: at(now - 1) },
        { app_id: second.appId, name, scopes: [], granted: at(now) },
      ],
    });
    await revokeApp(app.ctx, tester, tenantId, first.appId);
    expect((await ask(theirs)).body).toMatchObject({ grants: [{ app_id: second.appId }] });
  });

  it('takes them back, with every code and token that came of them', async () => {
    const { userId, cookie: theirs } = await newcomer();
    const second = await oauthClient(app, tenant);
    const kept = await tokensOf(app, second, userId);
    const { access_token, refresh_token } = await tokensOf(app, client, userId);
    const code = await codeOf(app, client, userId);
    expect(await ask(theirs, 'DELETE', `/${client.appId}`)).toEqual({ status: 200, body: {} });
    const codeFor = async (token: string) => (await getLedger(app, token, { start_time: 0, end_time: 0 })).body.code;
    expect([await codeFor(access_token), await codeFor(kept.access_token)]).toEqual([99991668, 0]);
    expect((await postOAuth(app, offering(client, { refresh_token }))).body.code).toBe(20026);
    expect((await postOAuth(app, offering(client, { code }))).body.code).toBe(20003);
    expect((await postOAuth(app, offering(second, { refresh_token: kept.refresh_token }))).body.code).toBe(0);
    expect((await pageOf(asking(client), theirs)).status).toBe(200);
    const last = (await historyOf(db, tenantId, { kind: 'user', id: userId })).findLast(({ action }) => action !== 'token.issue');
    expect([last?.action, last?.actor_id, last?.source]).toEqual(['grant.withdraw', userId, 'v1']);
    expect(await ask(theirs, 'DELETE', `/${client.appId}`)).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
  });

  it('are the caller’s own, and change from its own site only', async () => {
    const { userId } = await newcomer();
    await tokensOf(app, client, userId);
    expect((await ask(cookie, 'DELETE', `/${(await oauthClient(app, tenant)).appId}`)).status).toBe(404);
    const stranger = await newcomer();
    expect((await ask(stranger.cookie, 'DELETE', `/${client.appId}`)).status).toBe(404);
    expect((await ask(await userSession(app, tenantId, userId), 'DELETE', `/${client.appId}`, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect(await grantOf(userId)).toBeDefined();
  });

  it('withdrawn while tokens are being bought: none is left', async () => {
    for (let round = 0; round < 5; round++) {
      const { userId, cookie: theirs } = await newcomer();
      const { refresh_token } = await tokensOf(app, client, userId);
      const code = await codeOf(app, client, userId);
      await Promise.all([
        postOAuth(app, offering(client, { refresh_token })),
        ask(theirs, 'DELETE', `/${client.appId}`),
        postOAuth(app, offering(client, { code })),
      ]);
      for (const table of ['access_tokens', 'refresh_tokens', 'authorization_codes', 'grants'] as const)
        expect(await db.selectFrom(table).select('tenant_id').where('user_id', '=', userId).execute(), table).toEqual([]);
    }
  });
});
