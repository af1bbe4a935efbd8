import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import { afterAll, describe, expect, it } from 'vitest';
import { signInByProvider } from '../../src/domain/single-sign-on.ts';
import { createUser } from '../../src/domain/users.ts';
import { credentialHeaders, tester, testApp, testTenant, type TestApp } from '../support/app.ts';
import { getPage, OWN_PAGE, postForm, sessionIn, type PageAnswer } from '../support/pages.ts';

/* Single sign-on, against a real OpenID provider on this machine. */

/** Whom the provider says that somebody is. */
interface Account {
  email?: string;
  email_verified?: unknown;
}
const accounts = new Map<string, Account>();

/** Listens before it is known what is to answer: the provider's own address is part of its configuration. */
async function listen(): Promise<{ server: Server; url: string }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` };
}

const { server, url: issuer } = await listen();
const oidc = { issuer, clientId: 'yuding', clientSecret: 'a-secret-of-the-client', name: 'Example ID' };
const app = await testApp({ rateLimit: 0, oidc });
const provider = new Provider(issuer, {
  clients: [{ client_id: oidc.clientId, client_secret: oidc.clientSecret, redirect_uris: [`${app.url}/sign-in/oidc/callback`] }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  cookies: { keys: ['of the test'] },
  ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts.get(id) }) }),
});
const answerRequest = provider.callback();
server.on('request', (request, response) => void answerRequest(request, response));
afterAll(async () => {
  await app.stop();
  server.close();
});

const { tenantId } = await testTenant(app);
let count = 0;
/** A person here, and an account there of the same address. */
async function person(claims: Account = {}): Promise<{ userId: string; email: string; subject: string }> {
  const email = `sso${String(++count)}@example.com`;
  const userId = await createUser(app.ctx, tester, { tenantId, name: email, email, managesMeetings: false, isAdministrator: false });
  const subject = `subject-${String(count)}`;
  accounts.set(subject, { email, email_verified: true, ...claims });
  return { userId, email, subject };
}

/** A browser's cookies, for both servers. */
class Jar {
  readonly cookies = new Map<string, string>();

  header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  keep(set: readonly string[]): void {
    for (const cookie of set) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}

/** Begins to sign in. @returns the browser, and where it is to go */
async function begin(at: TestApp = app, next = '/'): Promise<{ jar: Jar; to: string }> {
  const answer = await postForm(at, '/sign-in/oidc', { next });
  const jar = new Jar();
  jar.keep(answer.cookies);
  const to = /^0; url=(.+)$/.exec(answer.headers.get('refresh') ?? '')?.[1] ?? '';
  expect(answer.status, answer.text).toBe(200);
  return { jar, to };
}

/** Goes through the provider's own pages as that account. @returns the path with which the browser comes back */
async function through(jar: Jar, to: string, subject: string, decline = false): Promise<string> {
  const there = new Jar();
  let next = to;
  for (let step = 0; step < 20; step++) {
    if (next.startsWith(`${app.url}/`)) return next.slice(app.url.length);
    const isForm = next.includes('/interaction/');
    const prompt = isForm ? await (await fetch(next, { headers: { cookie: there.header() } })).text() : '';
    const fields = prompt.includes('name="login"') ? { prompt: 'login', login: subject, password: 'x' } : { prompt: 'consent' };
    const form = isForm && !decline ? { method: 'POST', body: new URLSearchParams(fields) } : {};
    const target = isForm && decline ? `${next}/abort` : next;
    const response = await fetch(target, { redirect: 'manual', headers: { cookie: there.header() }, ...form });
    there.keep(response.headers.getSetCookie());
    const location = response.headers.get('location');
    if (location === null) throw new Error(`${target}: ${String(response.status)} ${await response.text()}`);
    next = new URL(location, target).href;
  }
  throw new Error(`the provider leads nowhere: ${jar.header()}`);
}

async function callback(jar: Jar, path: string, at: TestApp = app): Promise<PageAnswer> {
  const answer = await getPage(at, path, { cookie: jar.header() });
  jar.keep(answer.cookies);
  return answer;
}

async function signOn(subject: string, next = '/'): Promise<PageAnswer> {
  const { jar, to } = await begin(app, next);
  return callback(jar, await through(jar, to, subject));
}

async function personOf(answer: PageAnswer): Promise<unknown> {
  const response = await fetch(`${app.url}/api/v1/session`, { headers: credentialHeaders(sessionIn(answer)) });
  return ((await response.json()) as { person?: { id: string } }).person?.id;
}

const sessions = async () => (await app.ctx.db.kysely.selectFrom('sessions').selectAll().execute()).length;

describe('single sign-on', () => {
  it('is offered where it is configured, by its name', async () => {
    expect((await getPage(app, '/sign-in')).text).toContain('Sign in with Example ID');
    await using plain = await testApp();
    expect((await getPage(plain, '/sign-in')).text).not.toContain('oidc');
    expect((await postForm(plain, '/sign-in/oidc', {})).status).toBe(404);
  });

  it('asks with state, nonce and PKCE, and keeps its side of them sealed', async () => {
    const answer = await postForm(app, '/sign-in/oidc', { next: '/' });
    const { jar, to } = await begin();
    const { searchParams } = new URL(to);
    expect(to.startsWith(`${issuer}/`)).toBe(true);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      redirect_uri: `${app.url}/sign-in/oidc/callback`,
    });
    expect(searchParams.get('state')?.length).toBeGreaterThan(40);
    expect(searchParams.get('nonce')?.length).toBeGreaterThan(40);
    for (const secret of [searchParams.get('state'), searchParams.get('nonce')]) expect(jar.header()).not.toContain(secret);
    expect(answer.headers.get('set-cookie')).toMatch(/^yuding-oidc=\S+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/);
  });

  it('lets in who has the address that the provider vouches for, and sends on', async () => {
    const { userId, subject } = await person();
    const answer = await signOn(subject, '/rooms?x=1');
    expect(answer).toMatchObject({ status: 303, location: '/rooms?x=1' });
    expect(await personOf(answer)).toBe(userId);
    expect((await signOn(subject, '//e.example')).location).toBe('/');
    const rows = await app.ctx.db.kysely.selectFrom('history').selectAll().where('object_id', '=', userId).execute();
    expect(rows.map(({ action, actor_id }) => [action, actor_id])).toEqual([
      ['user.create', 'tester'],
      ['user.bind_sign_on', userId],
      ['session.begin', userId],
      ['session.begin', userId],
    ]);
  });

  it('knows somebody again by the subject, whatever became of the address', async () => {
    const { userId, email, subject } = await person();
    await signOn(subject);
    accounts.set(subject, { email: 'renamed@example.com', email_verified: false });
    expect(await personOf(await signOn(subject))).toBe(userId);
    // Whoever has the old address at the provider now is somebody else.
    accounts.set('newcomer', { email, email_verified: true });
    const answer = await signOn('newcomer');
    expect([answer.status, sessionIn(answer)]).toEqual([403, '']);
    expect(await personOf(await signOn(subject))).toBe(userId);
  });

  it.each<[string, Account]>([
    ['does not vouch for', { email_verified: false }],
    ['says nothing about', { email_verified: undefined }],
    ['vouches for in words', { email_verified: 'true' }],
    ['does not tell', { email: undefined as never, email_verified: true }],
    ['vouches for, and nobody here has', { email: 'stranger@example.com' }],
  ])('lets nobody in with an address that the provider %s, and makes nobody', async (_what, claims) => {
    const { subject } = await person(claims);
    const people = async () => (await app.ctx.db.kysely.selectFrom('users').select('user_id').execute()).length;
    const before = [await people(), await sessions()];
    const answer = await signOn(subject);
    expect(answer).toMatchObject({ status: 403, text: expect.stringContaining('Nobody here has the e-mail address') as string });
    expect(sessionIn(answer)).toBe('');
    expect([await people(), await sessions()]).toEqual(before);
  });

  it('does not let in who is suspended, bound or not', async () => {
    for (const before of [true, false]) {
      const { userId, subject } = await person();
      if (before) await signOn(subject);
      await app.ctx.db.kysely.updateTable('users').set({ suspended_at: 1 }).where('user_id', '=', userId).execute();
      expect(await signOn(subject)).toMatchObject({ status: 403, text: expect.stringContaining('suspended') as string });
    }
  });

  it('of who declines at the provider says so', async () => {
    const { subject } = await person();
    const { jar, to } = await begin();
    const path = await through(jar, to, subject, true);
    expect(path).toContain('error=access_denied');
    expect(await callback(jar, path)).toMatchObject({ status: 403, text: expect.stringContaining('Example ID did not let you in') as string });
  });

  it('that the provider does not answer can be tried again', async () => {
    const dead = await listen();
    dead.server.close();
    await using other = await testApp({ oidc: { ...oidc, issuer: dead.url } });
    for (let i = 0; i < 2; i++)
      expect(await postForm(other, '/sign-in/oidc', {})).toMatchObject({ status: 502, text: expect.stringContaining('does not answer') as string });
  });
});

describe('an answer of the provider', () => {
  it('counts once, also for who kept the cookies', async () => {
    const { subject } = await person();
    const { jar, to } = await begin();
    const path = await through(jar, to, subject);
    const kept = new Jar();
    for (const [name, value] of jar.cookies) kept.cookies.set(name, value);
    expect((await callback(jar, path)).status).toBe(303);
    const before = await sessions();
    expect(await callback(jar, path)).toMatchObject({ status: 400, text: expect.stringContaining('was not begun in this browser') as string });
    expect((await callback(kept, path)).status).toBe(400);
    expect(await sessions()).toBe(before);
  });

  it('counts once, were the provider to give the same word twice', async () => {
    const { email } = await person();
    const sign = () => signInByProvider(app.ctx, { address: '', requestId: '' }, 'a state', { issuer, subject: email, verifiedEmail: email });
    const outcomes = await Promise.allSettled([sign(), sign(), sign()]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it.each<[string, (path: string) => string]>([
    ['with another state', (path) => path.replace(/state=[^&]+/, 'state=another')],
    ['without a state', (path) => path.replace(/&state=[^&]+/, '')],
    ['with another code', (path) => path.replace(/code=[^&]+/, 'code=another')],
    ['without a code', (path) => path.replace(/code=[^&]+&/, '')],
    ['of another provider', (path) => path.replace(/iss=[^&]+/, 'iss=https%3A%2F%2Fevil.example')],
    ['that is an error', () => '/sign-in/oidc/callback?error=server_error&error_description=%3Cscript%3E'],
    ['that is nothing', () => '/sign-in/oidc/callback'],
  ])('%s is none', async (_what, changed) => {
    const { subject } = await person();
    const { jar, to } = await begin();
    const before = await sessions();
    const answer = await callback(jar, changed(await through(jar, to, subject)));
    expect([answer.status, sessionIn(answer)]).toEqual([400, '']);
    expect(answer.text).not.toContain('<script>');
    expect(await sessions()).toBe(before);
    // It was the only try.
    expect(jar.cookies.has('yuding-oidc')).toBe(false);
  });

  it('to a question that another browser asked is none', async () => {
    const { subject } = await person();
    const [mine, theirs] = [await begin(), await begin()];
    const path = await through(theirs.jar, theirs.to, subject);
    expect((await callback(mine.jar, path)).status).toBe(400);
    expect((await callback(new Jar(), path)).status).toBe(400);
    const forged = new Jar();
    forged.keep([`yuding-oidc=${(theirs.jar.cookies.get('yuding-oidc') ?? '').slice(0, -3)}AAA`]);
    expect((await callback(forged, path)).status).toBe(400);
  });

  it('comes within ten minutes', async () => {
    const { subject } = await person();
    for (const [seconds, status] of [
      [599, 303],
      [600, 400],
      [-3600, 400],
    ] as const) {
      const { jar, to } = await begin();
      const path = await through(jar, to, subject);
      app.clock.advance(seconds);
      expect([seconds, (await callback(jar, path)).status]).toEqual([seconds, status]);
    }
  });

  it('leaves no secret in the log', async () => {
    const { subject } = await person();
    const { jar, to } = await begin();
    const path = await through(jar, to, subject);
    const code = new URL(path, app.url).searchParams.get('code') ?? '?';
    await callback(jar, path.replace(/state=[^&]+/, 'state=another'));
    const log = app.logged.join('');
    expect(log).toContain('single sign-on failed');
    for (const secret of [code, oidc.clientSecret, new URL(to).searchParams.get('state') ?? '?']) expect(log).not.toContain(secret);
  });

  it('is asked for by a page of this server alone', async () => {
    for (const headers of [{}, { 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }]) {
      const answer = await postForm(app, '/sign-in/oidc', {}, headers);
      expect([answer.status, answer.cookies]).toEqual([403, []]);
    }
    expect((await postForm(app, '/sign-in/oidc', {}, { ...OWN_PAGE, 'x-forwarded-host': 'evil.example' })).headers.get('refresh')).toContain(
      encodeURIComponent(app.url),
    );
  });
});
