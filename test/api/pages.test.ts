import { createHash } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { issuePasswordLink, issueSetUpLink } from '../../src/domain/one-time-links.ts';
import { setPassword } from '../../src/domain/passwords.ts';
import { createTenant } from '../../src/domain/tenants.ts';
import { createUser } from '../../src/domain/users.ts';
import { html } from '../../src/http/pages/page.ts';
import { ownPath } from '../../src/http/pages/own-path.ts';
import { packSecret } from '../../src/wire/identifiers.ts';
import { v1Methods } from '../../src/wire/index.ts';
import { tenantToken, tester, testApp, testTenant, userSession } from '../support/app.ts';
import { allRows, getPage, OWN_PAGE, postForm, sessionIn, signIn, type PageAnswer } from '../support/pages.ts';
import { exchange } from '../support/raw.ts';

/* The pages that the server makes itself, and what other sites can do with whoever is signed in: nothing. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app, { scopes: ['yuding:admin', 'yuding:read', 'yuding:book'] });
const { tenantId } = tenant;
const PASSWORD = 'correct horse battery';
/** A name that would be noticed, were it taken for HTML anywhere. */
const HOSTILE = `<script>alert(1)</script>"'\`><img src=x onerror=alert(2)>&amp;\u202e`;
const EMAIL = 'admin@example.com';
const admin = await createUser(app.ctx, tester, { tenantId, name: HOSTILE, email: EMAIL, managesMeetings: true, isAdministrator: true });
const hash = await app.ctx.passwords.hash(PASSWORD);
await app.ctx.db.transaction((tx) => setPassword(tx, tester, { tenantId, userId: admin, hash, at: 0 }));
const cookie = await userSession(app, tenantId, admin);
const link = await issuePasswordLink(app.ctx, tester, tenantId, admin);
const word = packSecret(link.tenantId, link.secret);

/** A page without what the server itself puts into it to be run or shown. */
const itsOwnAside = (text: string) => text.replace(/<style>[\s\S]*?<\/style>/, '').replace(/<script src="\/[\w-]+\.js"( defer)?><\/script>/g, '');

describe('what is shown', () => {
  it('is escaped wherever it comes from', async () => {
    const { host } = new URL(app.url);
    const shows: [string, PageAnswer][] = [
      ['/account', await getPage(app, '/account', { cookie })],
      ['/change-password', await postForm(app, '/change-password', { old_password: HOSTILE, new_password: 'x' }, { ...OWN_PAGE, cookie })],
      ['/password', await getPage(app, `/password?link=${word}`)],
      ['/sign-in', await getPage(app, `/sign-in?next=${encodeURIComponent(`/"><script>alert(3)</script>`)}`)],
      ['POST /sign-in', await postForm(app, '/sign-in', { email: HOSTILE, password: HOSTILE, next: `/"><script>` })],
      ['another site', await postForm(app, '/sign-in', { email: HOSTILE }, { origin: `http://${host}"><script>` })],
    ];
    expect(shows.filter(([, { text }]) => text.includes('&#60;script&#62;alert(1)')).map(([what]) => what)).toEqual([
      '/account',
      '/change-password',
      '/password',
      'POST /sign-in',
    ]);
    for (const [what, { text }] of shows) {
      expect(itsOwnAside(text), what).not.toMatch(/<(script|img|style)|onerror=(?!alert\(2\)&#62;)|javascript:/i);
      expect(text, what).not.toContain(HOSTILE);
    }
  });

  it('of a set-up with faults in it too', async () => {
    await using empty = await testApp();
    const issued = await issueSetUpLink(empty.ctx);
    const fields = {
      link: issued ? packSecret(0, issued.secret) : '',
      name: HOSTILE,
      time_zone: HOSTILE,
      administrator: HOSTILE,
      email: HOSTILE,
      password: 'x',
    };
    const { status, text } = await postForm(empty, '/set-up', fields);
    expect(status).toBe(400);
    expect(text.split('&#60;script&#62;alert(1)')).toHaveLength(5);
    expect(text).not.toContain(HOSTILE);
  });

  it('is nothing that `html` was not given as text', () => {
    const pieces = [html`<i>1</i>`, html`<i>${'<'}</i>`];
    expect(html`<p>${'<b>'}${html`<b>${1}</b>`}${false}${undefined}${pieces}</p>`.text).toBe('<p>&#60;b&#62;<b>1</b><i>1</i><i>&#60;</i></p>');
  });

  it.each([
    [undefined, 'en'],
    ['zh', 'zh-CN'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN'],
    ['de,en;q=0.7,zh;q=0.9', 'zh-CN'],
    ['en-GB,zh;q=0.9', 'en'],
    ['fr', 'en'],
    ['zh;q=0', 'en'],
    [';;q=,*', 'en'],
  ])('is in the language that the browser asks for: %s', async (asked, expected) => {
    const { text } = await getPage(app, '/sign-in', asked === undefined ? {} : { 'accept-language': asked });
    expect(text).toContain(`<html lang="${expected}">`);
    expect(text.includes('电子邮箱')).toBe(expected !== 'en');
  });
});

it('every page, of every status, says what the browser may do with it', async () => {
  const pages: [number, PageAnswer][] = [
    [200, await getPage(app, '/account', { cookie })],
    [200, await getPage(app, '/sign-in')],
    [401, await postForm(app, '/sign-in', { email: 'nobody@example.com', password: 'x' })],
    [403, await postForm(app, '/sign-in', {}, {})],
    [404, await getPage(app, '/set-up')],
    [404, await getPage(app, '/password')],
    [413, await postForm(app, '/sign-in', { email: 'x'.repeat(1 << 21) })],
    [415, await answerTo('/sign-in', { ...OWN_PAGE, 'content-type': 'text/plain' }, 'email=x')],
  ];
  for (const [status, page] of pages) {
    expect(page.status).toBe(status);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'self'; img-src 'self'; style-src 'sha256-[\w+/=]{44}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
    );
    const style = /<style>([\s\S]*?)<\/style>/.exec(page.text)?.[1] ?? '';
    expect(policy).toContain(createHash('sha256').update(style).digest('base64'));
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('referrer-policy')).toBe('same-origin');
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(itsOwnAside(page.text)).not.toMatch(/<script|<[^>]+ (on\w+|style)=/i);
  }
});

/** Posts a body as it is. */
async function answerTo(path: string, headers: Record<string, string>, body: string, method = 'POST'): Promise<PageAnswer> {
  const response = await fetch(app.url + path, { method, headers, body: Buffer.from(body), redirect: 'manual' });
  return { status: response.status, headers: response.headers, text: await response.text(), location: null, cookies: [] };
}

describe('over plain http from another machine', () => {
  it.each(['/account', '/sign-in', '/set-up', '/password'])('%s says why it does nothing', async (path) => {
    const [answer] = await exchange(app.url, `GET ${path} HTTP/1.1\r\nHost: rooms.example.com\r\n\r\n`, { count: 1 });
    expect(answer?.status).toBe(403);
    expect(answer?.body).toContain('YUDING_PUBLIC_URL');
  });

  it('nobody is signed in, with the right password either', async () => {
    const body = new URLSearchParams({ email: EMAIL, password: PASSWORD }).toString();
    const head = `Host: rooms.example.com\r\nOrigin: http://rooms.example.com\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded`;
    const before = await allRows(app);
    const [answer] = await exchange(app.url, `POST /sign-in HTTP/1.1\r\n${head}\r\nContent-Length: ${String(body.length)}\r\n\r\n${body}`, { count: 1 });
    expect(answer?.status).toBe(403);
    expect(await allRows(app)).toEqual(before);
  });
});

/* ---- other sites ---- */

/** How a request looks that no page of this server sent, or that is not as its pages send it. */
const forged: readonly [string, Record<string, string>][] = [
  ['that says nothing of where it comes from', {}],
  ['from another origin', { origin: 'https://evil.example' }],
  ['from another port', { origin: `http://127.0.0.1:1` }],
  ['from nowhere', { origin: 'null' }],
  ['from this origin, by another site', { origin: app.url, 'sec-fetch-site': 'cross-site' }],
  ['from another site', { 'sec-fetch-site': 'cross-site' }],
  ['from a neighbour', { 'sec-fetch-site': 'same-site' }],
  ['from another origin that lies about its site', { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }],
];

describe('a request', () => {
  const form = 'application/x-www-form-urlencoded';
  const pages: [string, Record<string, string>][] = [
    ['/sign-in', { email: EMAIL, password: PASSWORD }],
    ['/sign-out', {}],
    ['/change-password', { old_password: PASSWORD, new_password: 'another fine password' }],
    ['/password', { link: word, password: 'another fine password' }],
    ['/set-up', { link: word }],
  ];

  it.each(forged)('%s changes nothing by any page', async (_what, headers) => {
    const before = await allRows(app);
    for (const [path, fields] of pages) {
      const { status, cookies } = await postForm(app, path, fields, { ...headers, cookie });
      expect([path, status, cookies]).toEqual([path, 403, []]);
    }
    expect(await allRows(app)).toEqual(before);
  });

  it('with another kind of body changes nothing by any page', async () => {
    const before = await allRows(app);
    for (const [path, fields] of pages) {
      for (const type of ['text/plain', 'application/json', 'multipart/form-data; boundary=x']) {
        const answer = await answerTo(path, { ...OWN_PAGE, cookie, 'content-type': type }, new URLSearchParams(fields).toString());
        expect([path, type, answer.status]).toEqual([path, type, 415]);
      }
    }
    expect(await allRows(app)).toEqual(before);
  });

  const methods = v1Methods.filter(({ method, tokens }) => method !== 'GET' && tokens.includes('session'));
  const pathOf = (path: string) => path.replace(/:(\w+)/g, (_text, name: string) => (name === 'user_id' ? admin : 'x'));

  it.each([
    ...forged,
    ['with a body that a form can send', { ...OWN_PAGE, 'content-type': 'text/plain' }],
    ['with a form', { ...OWN_PAGE, 'content-type': form }],
  ] as const)('%s changes nothing by any method of our own', async (_what, headers) => {
    expect(methods.length).toBeGreaterThan(10);
    const before = await allRows(app);
    for (const { method, path } of methods) {
      const answer = await answerTo(pathOf(path), { 'content-type': 'application/json', ...headers, cookie }, '{}', method);
      expect([path, answer.status]).toEqual([
        path,
        'sec-fetch-site' in headers && headers['sec-fetch-site'] === 'same-origin' && !('origin' in headers) ? 415 : 403,
      ]);
    }
    expect(await allRows(app)).toEqual(before);
  });

  it('with a token is asked nothing of the kind', async () => {
    const authorization = `Bearer ${await tenantToken(app, tenant)}`;
    for (const headers of [{}, { origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      const answer = await answerTo(
        '/api/v1/levels',
        { ...headers, authorization, 'content-type': 'text/plain' },
        JSON.stringify({ name: `L${String(Math.random())}`, parent_id: '0' }),
      );
      expect(answer.status).toBe(201);
    }
  });

  it.each(['x-http-method-override', 'x-http-method', 'x-method-override'])('cannot be another than it is by %s', async (name) => {
    const before = await allRows(app);
    for (const path of ['/api/v1/session', '/account', '/sign-in']) await getPage(app, path, { ...OWN_PAGE, cookie, [name]: 'DELETE' });
    await getPage(app, '/api/v1/session?_method=DELETE', { ...OWN_PAGE, cookie });
    expect(await allRows(app)).toEqual(before);
  });
});

it('looking changes nothing: GET, HEAD and OPTIONS of every path, with the cookie of an administrator', async () => {
  const paths = v1Methods.map(({ path }) => path.replace(/:user_id/g, admin).replace(/:\w+/g, 'x'));
  const pages = [
    '/',
    '/account',
    '/sign-in',
    '/sign-in?next=/x',
    '/sign-out',
    '/change-password',
    '/set-up',
    `/set-up?link=${word}`,
    `/password?link=${word}`,
    '/sign-in/oidc',
  ];
  const before = await allRows(app);
  for (const path of new Set([...paths, ...pages, '/healthz', '/readyz', '/metrics'])) {
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      const response = await fetch(app.url + path, { method, headers: { cookie }, redirect: 'manual' });
      await response.arrayBuffer();
      expect(response.status, path).toBeLessThan(500);
    }
  }
  expect(await allRows(app)).toEqual(before);
});

/* ---- where one is sent on to ---- */

const OWN = [
  '/',
  '/x',
  '/rooms?level=1&x=%2F%2Fe',
  '/a/b#c',
  '/open-apis/authen/v1/authorize?client_id=cli_x&redirect_uri=https%3A%2F%2Fapp.example%2Fback&state=1',
];
const OTHERS = [
  ...[
    '//e.example',
    '///e.example',
    '////e.example',
    '/\\e.example',
    '\\\\e.example',
    '\\/e.example',
    '/\\/e.example',
    '\\e.example',
    '/\t/e.example',
    '/\n/e.example',
  ],
  ...[
    '/\r/e.example',
    '\t//e.example',
    ' //e.example',
    '\n//e.example',
    '\u0000//e.example',
    '/ /e.example',
    '/\u00a0/e.example',
    '/\u2028/e.example',
    '/\u3000/e',
  ],
  ...[
    'https:e.example',
    'https:/e.example',
    'https://e.example',
    'http://e.example',
    'HTTPS://e.example',
    'ftp://e.example',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
  ],
  ...[
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'mailto:a@e.example',
    'e.example',
    'e.example/path',
    '@e.example',
    ':80',
    '?next=/x',
    '#x',
    '',
    'x',
    '..',
  ],
  ...[
    '../..//e.example',
    '/.//e.example',
    '/..//e.example',
    '/./..//e.example',
    '/x/..//e.example',
    '/%2e//e.example',
    '/%2e%2e//e.example',
    '/x/%2e%2e//e.example',
  ],
  ...[
    '%2f%2fe.example',
    '%2F%2Fe.example',
    '%5c%5ce.example',
    'http:\\\\e.example',
    'https:\\e.example',
    '/x\\..\\\\e.example',
    '/é',
    '/x y',
    `/${'x'.repeat(9000)}`,
  ],
  ...['/x\r\nSet-Cookie: yuding=x', '/x\nLocation: https://e.example', 'http://127.0.0.1@e.example/', '//127.0.0.1@e.example', '//e.example/%2f..'],
];

describe('a page to go on to', () => {
  it('is followed when it is of this server', () => {
    expect(OWN.map(ownPath)).toEqual(OWN);
    // Encoded slashes and signs are part of a path, whoever's it looks like.
    for (const path of ['/%2f%2fe.example', '/@e.example', '/%5ce.example', '/x//e.example']) {
      expect(ownPath(path)).toBe(path);
      expect(new URL(path, app.url).origin).toBe(app.url);
    }
  });

  it('is followed nowhere else', async () => {
    expect(OTHERS.length).toBeGreaterThanOrEqual(60);
    for (const next of OTHERS) {
      expect([next, ownPath(next)]).toEqual([next, '/']);
      const answer = await getPage(app, `/sign-in?next=${encodeURIComponent(next.slice(0, 4000))}`, { cookie });
      if (next.length < 4000) expect([next, answer.location, answer.headers.getSetCookie()]).toEqual([next, '/', []]);
    }
    const [first = ''] = OTHERS;
    for (const headers of [{ 'x-forwarded-host': 'e.example' }, { 'x-forwarded-proto': 'https' }, { forwarded: 'host=e.example' }]) {
      expect((await signIn(app, EMAIL, PASSWORD, headers)).location).toBe('/');
      expect((await postForm(app, '/sign-in', { email: EMAIL, password: PASSWORD, next: first }, { ...OWN_PAGE, ...headers })).location).toBe('/');
    }
    expect((await postForm(app, '/sign-in', { email: EMAIL, password: PASSWORD, next: '/rooms?x=1' })).location).toBe('/rooms?x=1');
    // Of several the first counts, as in the form that comes after.
    expect((await getPage(app, '/sign-in?next=/a&next=//e.example', { cookie })).location).toBe('/a');
  });
});

describe('an empty server', () => {
  const wish = { name: '云杉', time_zone: 'Asia/Shanghai', administrator: '小王', email: ' Wang@Example.com ', password: 'one fine password' };

  it('is set up once, by one of all who come with the link', async () => {
    await using empty = await testApp();
    expect((await getPage(empty, '/sign-in')).text).toContain('Nobody has set this server up yet');
    const issued = await issueSetUpLink(empty.ctx);
    const fields = { ...wish, link: issued ? packSecret(0, issued.secret) : '' };
    const answers = await Promise.all([1, 2, 3].map((i) => postForm(empty, '/set-up', { ...fields, email: `w${String(i)}@example.com` })));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 404, 404]);
    const winner = answers.find(({ status }) => status === 303);
    expect((await getPage(empty, '/account', { cookie: winner ? sessionIn(winner) : '' })).text).toContain('小王');
    const { kysely } = empty.ctx.db;
    for (const table of ['tenants', 'users', 'passwords', 'sessions'] as const) expect(await kysely.selectFrom(table).selectAll().execute()).toHaveLength(1);
    expect(await kysely.selectFrom('one_time_links').selectAll().execute()).toEqual([]);
    expect(await issueSetUpLink(empty.ctx)).toBeUndefined();
    expect((await getPage(empty, `/set-up?link=${fields.link}`)).text).toContain('set up already');
  });

  it('has one link, for half an hour', async () => {
    await using empty = await testApp();
    const [old, present] = [await issueSetUpLink(empty.ctx), await issueSetUpLink(empty.ctx)];
    if (!old || !present) throw new Error('no link');
    expect(await empty.ctx.db.kysely.selectFrom('one_time_links').selectAll().execute()).toHaveLength(1);
    const fields = { ...wish, link: packSecret(0, present.secret) };
    expect((await postForm(empty, '/set-up', { ...wish, link: packSecret(0, old.secret) })).status).toBe(404);
    for (const fault of [
      { name: '' },
      { time_zone: 'Asia/Nowhere' },
      { administrator: ' ' },
      { email: 'x' },
      { password: 'short' },
      { password: 'wang@example.com' },
    ])
      expect((await postForm(empty, '/set-up', { ...fields, ...fault })).status).toBe(400);
    empty.clock.advance(1799);
    expect((await getPage(empty, `/set-up?link=${fields.link}`)).status).toBe(200);
    empty.clock.advance(1);
    expect((await postForm(empty, '/set-up', fields)).status).toBe(404);
    expect(await empty.ctx.db.kysely.selectFrom('tenants').selectAll().execute()).toEqual([]);
  });

  it('that somebody set up by other means is not set up again', async () => {
    await using empty = await testApp();
    const issued = await issueSetUpLink(empty.ctx);
    await createTenant(empty.ctx, tester, { name: 'x', timeZone: 'UTC', administrator: 'x' });
    expect((await postForm(empty, '/set-up', { ...wish, link: issued ? packSecret(0, issued.secret) : '' })).status).toBe(404);
    expect(await empty.ctx.db.kysely.selectFrom('tenants').selectAll().execute()).toHaveLength(1);
  });
});

it('no secret of a link or a form comes into the log, whatever becomes of the request', async () => {
  const secret = packSecret(tenantId, Buffer.alloc(32, 7));
  for (const path of ['/password', '/set-up', '/nothing', '/sign-in', '/api/v1/nothing', '/healthz']) {
    await getPage(app, `${path}?link=${secret}`);
    await getPage(app, `${path}/${secret}?x=%zz`);
    await postForm(app, `${path}?link=${secret}`, { link: secret, password: secret, email: secret });
    await postForm(app, path, { link: secret, password: secret }, { origin: `https://${secret}` });
  }
  expect(app.logged.length).toBeGreaterThan(20);
  expect(app.logged.join('')).not.toContain(secret);
});
