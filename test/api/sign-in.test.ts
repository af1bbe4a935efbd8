import argon2 from '@node-rs/argon2';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { issuePasswordLink, usePasswordLink } from '../../src/domain/one-time-links.ts';
import { Passwords } from '../../src/domain/passwords.ts';
import { forgetSignIns, networkOf, TRIES } from '../../src/domain/sign-in.ts';
import { createUser } from '../../src/domain/users.ts';
import { countTry, uncountTry } from '../../src/store/sign-in-failures.ts';
import { setPassword } from '../../src/domain/passwords.ts';
import { passwordLink } from '../../src/wire/links.ts';
import { credentialHeaders, tenantToken, tester, testApp, testTenant, userSession, userToken, type TestApp } from '../support/app.ts';
import { getPage, OWN_PAGE, postForm, sessionIn, signIn, type PageAnswer } from '../support/pages.ts';

/* How somebody gets in with a password, and how nobody else does. */
const app = await testApp({ rateLimit: 0, trustedProxies: ['127.0.0.1', '::1'] });
afterAll(() => app.stop());
afterEach(() => {
  vi.restoreAllMocks();
});
const tenant = await testTenant(app, { scopes: ['vc:room:readonly', 'yuding:admin'] });
const { tenantId } = tenant;
const PASSWORD = 'correct horse battery';
/** One hash for all who have that password: to make one takes its time. */
const hash = await app.ctx.passwords.hash(PASSWORD);

let count = 0;
/** A person with an e-mail address and the password. */
async function person({ administrator = false } = {}): Promise<{ userId: string; email: string }> {
  const email = `person${String(++count)}@example.com`;
  const userId = await createUser(app.ctx, tester, { tenantId, name: `人 ${String(count)}`, email, managesMeetings: false, isAdministrator: administrator });
  await app.ctx.db.transaction((tx) => setPassword(tx, tester, { tenantId, userId, hash, at: 0 }));
  return { userId, email };
}

const administrator = await person({ administrator: true });

/** Headers of a visitor from elsewhere: each test has addresses of its own, so that none uses up another's tries. */
const from = (address: string) => ({ 'x-forwarded-for': address });
let network = 0;
const elsewhere = () => from(`10.${String(Math.floor(++network / 250))}.${String(network % 250)}.1`);

const tenantOf = (at: TestApp, cookie: string) => fetch(`${at.url}/api/v1/session`, { headers: credentialHeaders(cookie) });
const isSignedIn = async (cookie: string) => (await tenantOf(app, cookie)).status === 200;

/** What an answer shows, without what is of the moment. */
const shown = ({ status, text, location, cookies, headers }: PageAnswer, email: string) => ({
  status,
  text: text.replaceAll(email, 'EMAIL'),
  location,
  cookies,
  headers: [...headers].filter(([name]) => !['date', 'x-tt-logid', 'content-length'].includes(name)),
});

describe('signing in', () => {
  it('with the right password begins a session that says who one is', async () => {
    const { userId, email } = await person({ administrator: true });
    const answer = await signIn(app, ` ${email.toUpperCase()} `, PASSWORD, elsewhere());
    expect(answer).toMatchObject({ status: 303, location: '/' });
    expect(answer.headers.get('set-cookie')).toMatch(/^yuding=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=604800$/);
    const now = new Date(app.clock.realMs()).toISOString().replace('.000', '');
    expect(await (await tenantOf(app, sessionIn(answer))).json()).toEqual({
      now,
      person: { id: userId, name: `人 ${String(count)}`, email, department_id: null },
      tenant: { key: tenant.tenantKey, name: '测试', time_zone: 'Asia/Shanghai' },
      roles: { administrator: true, meeting_management: true },
      scopes: ['yuding:read', 'yuding:book', 'yuding:admin'],
      session: { began: now, ends: new Date(app.clock.realMs() + 7 * 86_400_000).toISOString().replace('.000', '') },
    });
    expect((await getPage(app, '/account', { cookie: sessionIn(answer) })).text).toContain(email);
  });

  it('gives another session each time, and ends the one that the browser had', async () => {
    const { email } = await person();
    const visitor = elsewhere();
    const first = sessionIn(await signIn(app, email, PASSWORD, visitor));
    // A session that somebody else planted in the browser is not taken over, and is over.
    const second = sessionIn(await signIn(app, email, PASSWORD, { ...visitor, cookie: first }));
    expect(second).not.toBe('');
    expect(second.split('.')[0]).not.toBe(first.split('.')[0]);
    expect([await isSignedIn(first), await isSignedIn(second)]).toEqual([false, true]);
  });

  it('tells a user token whose it is, and an app nothing', async () => {
    const { userId } = await person();
    const ask = async (bearer: string) => {
      const response = await fetch(`${app.url}/api/v1/session`, { headers: credentialHeaders(bearer) });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    const asked = await ask(await userToken(app, tenant, userId, ['vc:room:readonly', 'yuding:read']));
    expect(asked).toMatchObject({ status: 200, body: { person: { id: userId }, scopes: ['vc:room:readonly'], session: null } });
    expect((await ask(await tenantToken(app, tenant))).status).toBe(401);
  });

  it.each(['/sign-out', '/api/v1/session'])('ends by %s, at once and in the database', async (path) => {
    const { userId, email } = await person();
    const cookie = sessionIn(await signIn(app, email, PASSWORD, elsewhere()));
    const headers = { cookie, ...OWN_PAGE };
    if (path === '/sign-out') expect(await postForm(app, path, {}, headers)).toMatchObject({ status: 303, location: '/sign-in', cookies: ['yuding='] });
    else expect((await fetch(app.url + path, { method: 'DELETE', headers })).status).toBe(200);
    expect(await isSignedIn(cookie)).toBe(false);
    const left = await app.ctx.db.kysely.selectFrom('sessions').select('user_id').where('user_id', '=', userId).execute();
    expect(left).toEqual([]);
  });
});

describe('whoever is not let in', () => {
  it('learns nothing of who is here, and waits as long', async () => {
    const known = await person();
    const suspended = await person();
    await app.ctx.db.kysely.updateTable('users').set({ suspended_at: 1 }).where('user_id', '=', suspended.userId).execute();
    const without = 'no-password@example.com';
    await createUser(app.ctx, tester, { tenantId, name: 'x', email: without, managesMeetings: false, isAdministrator: false });
    const verify = vi.spyOn(argon2, 'verify');
    const costs: unknown[] = [];
    const answers: unknown[] = [];
    const cases = [
      [known.email, 'not the password'],
      [suspended.email, PASSWORD],
      [without, PASSWORD],
      ['nobody@example.com', PASSWORD],
      ['no address', PASSWORD],
    ] as const;
    for (const [email, password] of cases) {
      verify.mockClear();
      answers.push(shown(await signIn(app, email, password, elsewhere()), email));
      // The cost is in the hash's own words: as many hashes, of the same cost.
      costs.push(verify.mock.calls.map(([text]) => String(text).split('$').slice(1, 4).join(' ')));
    }
    expect(costs).toEqual(cases.map(() => ['argon2id v=19 m=19456,t=2,p=1']));
    expect(answers).toEqual(cases.map(() => answers[0]));
    expect(answers[0]).toMatchObject({ status: 401, location: null, cookies: [] });
  });

  it('is told when to try again, with the right password too, and is let in then', async () => {
    const { email } = await person();
    const session = sessionIn(await signIn(app, email, PASSWORD, elsewhere()));
    for (let i = 0; i < 9; i++) expect((await signIn(app, email, 'wrong', elsewhere())).status).toBe(401);
    app.clock.advance(60);
    expect((await signIn(app, email, 'wrong', elsewhere())).status).toBe(401);
    const verify = vi.spyOn(argon2, 'verify');
    const refused = await signIn(app, email, PASSWORD, elsewhere());
    expect(refused).toMatchObject({ status: 429, cookies: [] });
    expect(refused.headers.get('retry-after')).toBe('900');
    expect(refused.text).toContain('15 minutes');
    expect((await signIn(app, email, PASSWORD, { ...elsewhere(), 'accept-language': 'zh-CN' })).text).toContain('15 分钟');
    expect(verify).not.toHaveBeenCalled();
    // Whoever is in stays in.
    expect(await isSignedIn(session)).toBe(true);
    app.clock.advance(899);
    expect((await signIn(app, email, PASSWORD, elsewhere())).headers.get('retry-after')).toBe('1');
    app.clock.advance(1);
    expect((await signIn(app, email, PASSWORD, elsewhere())).status).toBe(303);
  });

  it('starts afresh after the right password', async () => {
    const { email } = await person();
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 9; i++) expect((await signIn(app, email, 'wrong', elsewhere())).status).toBe(401);
      expect((await signIn(app, email, PASSWORD, elsewhere())).status).toBe(303);
    }
  });

  it('counts as one address by its network, of which IPv6 has big ones', async () => {
    const address = (i: number) => from(`2001:db8:7:7:${(i + 1).toString(16)}::1`);
    // Without the hashes, which are not what is counted here.
    vi.spyOn(argon2, 'verify').mockResolvedValue(false);
    for (let i = 0; i < TRIES.ofAddress; i++) expect((await signIn(app, `many${String(i)}@example.com`, 'x', address(i))).status).toBe(401);
    const refused = await signIn(app, 'another@example.com', 'x', address(999));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '900']);
    expect((await signIn(app, 'another@example.com', 'x', from('2001:db8:7:8::1'))).status).toBe(401);
    app.clock.advance(900);
    expect((await signIn(app, 'another@example.com', 'x', address(1))).status).toBe(401);
  });

  it('is the address that a proxy tells only where the proxy is trusted', async () => {
    await using plain = await testApp({ rateLimit: 0 });
    const addresses = async (at: TestApp) =>
      (await at.ctx.db.kysely.selectFrom('sign_in_failures').select('key').execute()).filter(({ key }) => key.startsWith('address'));
    await signIn(plain, 'one@example.com', 'x', from('203.0.113.1'));
    await signIn(plain, 'two@example.com', 'x', from('203.0.113.2'));
    expect(await addresses(plain)).toHaveLength(1);
    const before = (await addresses(app)).length;
    await signIn(app, 'one@example.com', 'x', from('203.0.113.1'));
    await signIn(app, 'two@example.com', 'x', from('203.0.113.2'));
    expect(await addresses(app)).toHaveLength(before + 2);
    // The nearest that is no proxy of ours: what stands before it, its sender may have made up.
    await signIn(app, 'three@example.com', 'x', from('198.51.100.9, 203.0.113.2'));
    expect(await addresses(app)).toHaveLength(before + 2);
    const { email } = await person();
    await signIn(app, email, PASSWORD, from('203.0.113.77'));
    const row = await app.ctx.db.kysely.selectFrom('history').select('address').where('action', '=', 'session.begin').orderBy('id', 'desc').executeTakeFirst();
    expect(row?.address).toBe('203.0.113.77');
  });
});

it.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1:2:3:4%eth0', 'fe80:0:0:0::/64'],
  ['1::2:3:4:5:6', '1:0:0:2::/64'],
])('%s is of the network %s', (address, expected) => {
  expect(networkOf(address)).toBe(expected);
});

describe('the count of tries', () => {
  const now = () => Math.floor(app.clock.realMs() / 1000);
  const limit = (key: string, renews: boolean) => ({ key, tries: 10, seconds: 900, renews });
  const tried = async (key: string, at: number, renews = true) => (await countTry(app.ctx.db.kysely, limit(key, renews), at)) === undefined;

  it('lets no 15 minutes have more than ten, of 10,000 guesses', async () => {
    const allowed: number[] = [];
    for (let i = 0; i < 10_000; i++) if (await tried('a', i)) allowed.push(i);
    expect(allowed.length).toBeGreaterThan(100);
    for (const [i, at] of allowed.entries()) expect((allowed[i + 10] ?? Infinity) - at).toBeGreaterThanOrEqual(900);
  });

  it('lets no more than ten of many that come at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => tried('b', now())));
    expect(outcomes.filter(Boolean)).toHaveLength(10);
  });

  it('ends on time where it is of an address, however many go on trying', async () => {
    const allowed = [];
    for (let at = 0; at < 2700; at += 10) if (await tried('c', at, false)) allowed.push(at);
    expect(allowed).toEqual([0, 900, 1800].flatMap((start) => Array.from({ length: 10 }, (_, i) => start + i * 10)));
  });

  it('is not held for ever by a clock that was wrong', async () => {
    for (let i = 0; i < 10; i++) await tried('d', now() + 1_000_000);
    expect(await tried('d', now() + 1_000_000)).toBe(false);
    expect(await tried('d', now())).toBe(true);
  });

  it('does not fall below nothing', async () => {
    await tried('e', now());
    for (let i = 0; i < 5; i++) await uncountTry(app.ctx.db.kysely, 'e');
    for (let i = 0; i < 10; i++) expect(await tried('e', now())).toBe(true);
    expect(await tried('e', now())).toBe(false);
  });

  it('is forgotten when it is over, with links and sessions that are', async () => {
    const { userId } = await person();
    await userSession(app, tenantId, userId);
    await issuePasswordLink(app.ctx, tester, tenantId, userId);
    const kept = async () => {
      await forgetSignIns(app.ctx);
      const { kysely } = app.ctx.db;
      return [
        (await kysely.selectFrom('sign_in_failures').select('key').execute()).length,
        (await kysely.selectFrom('one_time_links').select('user_id').where('user_id', '=', userId).execute()).length,
        (await kysely.selectFrom('sessions').select('user_id').where('user_id', '=', userId).execute()).length,
      ];
    };
    await tried('f', now());
    expect((await kept())[0]).toBeGreaterThan(0);
    app.clock.advance(901);
    expect(await kept()).toEqual([0, 1, 1]);
    app.clock.advance(86_400);
    expect(await kept()).toEqual([0, 0, 1]);
    app.clock.advance(7 * 86_400);
    expect(await kept()).toEqual([0, 0, 0]);
  });
});

describe('a flood of passwords', () => {
  it('is hashed two at a time, while the rest of the server answers', async () => {
    let running = 0;
    let most = 0;
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const { verify } = argon2;
    vi.spyOn(argon2, 'verify').mockImplementation(async (...words) => {
      most = Math.max(most, ++running);
      await held;
      return verify(...words).finally(() => running--);
    });
    const flood = Promise.all(Array.from({ length: 12 }, (_, i) => signIn(app, `flood${String(i)}@example.com`, 'x', elsewhere())));
    const begun = () => {
      expect(running).toBeGreaterThanOrEqual(2);
    };
    await vi.waitFor(begun, 30_000);
    expect((await fetch(`${app.url}/healthz`)).status).toBe(200);
    release();
    expect((await flood).map(({ status }) => status)).toEqual(Array(12).fill(401));
    expect(most).toBe(2);
  });

  it('is turned away beyond a few seconds of it', async () => {
    // Nobody's turn ends here.
    vi.spyOn(argon2, 'verify').mockReturnValue(new Promise(() => undefined));
    const passwords = new Passwords();
    for (let i = 0; i < 202; i++) void passwords.matches(undefined, 'x');
    await expect(passwords.matches(undefined, 'x')).rejects.toThrow('too many people sign in at once');
  });

  it('that could not be hashed gives its turn on', async () => {
    const passwords = new Passwords();
    for (let i = 0; i < 5; i++) await expect(passwords.matches('not a hash', 'x')).rejects.toThrow();
    expect(await passwords.matches(undefined, 'x')).toBe(false);
  });
});

describe('a new password', () => {
  const change = async (cookie: string, body: object, visitor = elsewhere()) => {
    const headers = { ...credentialHeaders(cookie), 'content-type': 'application/json', ...visitor };
    const response = await fetch(`${app.url}/api/v1/session/password`, { method: 'POST', headers, body: JSON.stringify(body) });
    return {
      status: response.status,
      retry: response.headers.get('retry-after'),
      body: (await response.json()) as { error?: { code: string; fields?: object[] } },
    };
  };
  const NEXT = 'another fine password';

  it('by its owner ends all other sessions at once, and links too', async () => {
    const { userId, email } = await person();
    const [here, there] = [sessionIn(await signIn(app, email, PASSWORD, elsewhere())), sessionIn(await signIn(app, email, PASSWORD, elsewhere()))];
    const link = await issuePasswordLink(app.ctx, tester, tenantId, userId);
    expect((await change(here, { old_password: PASSWORD, new_password: NEXT })).status).toBe(200);
    expect([await isSignedIn(here), await isSignedIn(there)]).toEqual([true, false]);
    expect((await signIn(app, email, PASSWORD, elsewhere())).status).toBe(401);
    expect((await signIn(app, email, NEXT, elsewhere())).status).toBe(303);
    await expect(usePasswordLink(app.ctx, { source: 'page' }, link, 'a third good password')).rejects.toThrow('link');
  });

  it('asks for the old one, as often as a sign-in would', async () => {
    const { userId } = await person();
    const cookie = await userSession(app, tenantId, userId);
    vi.spyOn(argon2, 'verify').mockResolvedValue(false);
    for (let i = 0; i < 10; i++) expect(await change(cookie, { old_password: 'x', new_password: NEXT })).toMatchObject({ status: 403 });
    expect(await change(cookie, { old_password: PASSWORD, new_password: NEXT })).toMatchObject({ status: 429, retry: '900' });
    expect(await isSignedIn(cookie)).toBe(true);
  });

  it('of which an app may say nothing', async () => {
    const { userId } = await person();
    expect(await change(await userToken(app, tenant, userId, ['yuding:admin']), { old_password: PASSWORD, new_password: NEXT })).toMatchObject({ status: 401 });
  });

  it.each([
    ['nine characters', 'a b c d e', 400],
    ['ten', 'a b c d e f'.slice(0, 10), 200],
    ['ten that take two units each', '😀'.repeat(10), 200],
    ['five that take two units each', '😀'.repeat(5), 400],
    ['two hundred', 'ab'.repeat(100), 200],
    ['two hundred and one', `${'ab'.repeat(100)}c`, 400],
    ['one of the commonest', 'Password123', 400],
    ['the same in wide letters', 'ｐａｓｓｗｏｒｄ123', 400],
    ['the e-mail address', 'EMAIL', 400],
    ['the name before the @ sign', 'LOCAL', 400],
    ['spaces and Chinese', '这是 一个 很长 的 密码', 200],
  ])('%s', async (_what, text, status) => {
    const email = `somebody-${String(++count)}@example.com`;
    const userId = await createUser(app.ctx, tester, { tenantId, name: '某某', email, managesMeetings: false, isAdministrator: false });
    await app.ctx.db.transaction((tx) => setPassword(tx, tester, { tenantId, userId, hash, at: 0 }));
    const wanted = text.replace('EMAIL', email.toUpperCase()).replace('LOCAL', email.split('@')[0] ?? '');
    const answer = await change(await userSession(app, tenantId, userId), { old_password: PASSWORD, new_password: wanted });
    expect(answer.status).toBe(status);
    if (status === 400) expect(JSON.stringify(answer.body)).toContain('"field":"new_password"');
  });

  it('typed with another keyboard is the same', async () => {
    expect(await app.ctx.passwords.matches(await app.ctx.passwords.hash('Ａｂｃｄｅ ｆｇｈ é'), 'Abcde fgh e\u0301')).toBe(true);
  });
});

describe('a link to set a password', () => {
  const ask = async (userId: string) => {
    const headers = credentialHeaders(await userSession(app, tenantId, administrator.userId));
    const response = await fetch(`${app.url}/api/v1/users/${userId}/password_link`, { method: 'POST', headers });
    return { status: response.status, body: (await response.json()) as { url: string; expires: string } };
  };
  const pathOf = (url: string) => url.slice(app.url.length);
  const use = (url: string, password = 'one fine password') => postForm(app, '/password', { link: new URL(url).searchParams.get('link') ?? '', password });

  it('sets it once, ends all sessions, and leaves no trace of itself', async () => {
    const { userId, email } = await person();
    const cookie = sessionIn(await signIn(app, email, PASSWORD, elsewhere()));
    const { status, body } = await ask(userId);
    expect(status).toBe(201);
    expect(body.url).toMatch(new RegExp(`^${app.url}/password\\?link=[\\w-]{48}$`));
    // To look at it uses nothing up.
    for (let i = 0; i < 2; i++) expect(await getPage(app, pathOf(body.url))).toMatchObject({ status: 200, text: expect.stringContaining(email) as string });
    expect(await use(body.url, 'short')).toMatchObject({ status: 400, text: expect.stringContaining('10 characters') as string });
    expect(await use(body.url)).toMatchObject({ status: 200, cookies: [] });
    expect(await isSignedIn(cookie)).toBe(false);
    expect((await signIn(app, email, 'one fine password', elsewhere())).status).toBe(303);
    expect(await use(body.url)).toMatchObject({ status: 404 });
    expect(await getPage(app, pathOf(body.url))).toMatchObject({ status: 404 });
    const secret = new URL(body.url).searchParams.get('link') ?? '?';
    const rows = await app.ctx.db.kysely.selectFrom('history').selectAll().where('object_id', '=', userId).execute();
    expect(rows.map(({ action }) => action)).toContain('password_link.issue');
    for (const text of [JSON.stringify(rows), app.logged.join('')]) expect(text).not.toContain(secret);
  });

  it('is replaced by a new one, is over after a day, and opens nothing for who is suspended', async () => {
    const { userId } = await person();
    const [first, second] = [await ask(userId), await ask(userId)];
    expect((await use(first.body.url)).status).toBe(404);
    app.clock.advance(86_399);
    expect((await getPage(app, pathOf(second.body.url))).status).toBe(200);
    await app.ctx.db.kysely.updateTable('users').set({ suspended_at: 1 }).where('user_id', '=', userId).execute();
    expect((await use(second.body.url)).status).toBe(404);
    await app.ctx.db.kysely.updateTable('users').set({ suspended_at: null }).where('user_id', '=', userId).execute();
    app.clock.advance(1);
    expect((await use(second.body.url)).status).toBe(404);
  });

  it('of two who use it together lets one', async () => {
    const { userId } = await person();
    const { url } = (await ask(userId)).body;
    const outcomes = await Promise.all([use(url, 'the first password'), use(url, 'the second password')]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual([200, 404]);
  });

  it.each(['', 'x', 'A'.repeat(48), 'A'.repeat(5000), '%00'])('that is none is none: %s', async (word) => {
    expect((await postForm(app, '/password', { link: word, password: 'one fine password' })).status).toBe(404);
    expect((await postForm(app, '/set-up', { link: word, password: 'one fine password' })).status).toBe(404);
    expect((await getPage(app, `/password?link=${word}`)).status).toBe(404);
    expect((await getPage(app, `/password?link=${word}&link=y`)).status).toBe(404);
  });

  it('of one purpose does not serve the other', async () => {
    const { userId } = await person();
    const { url } = (await ask(userId)).body;
    const link = new URL(url).searchParams.get('link') ?? '';
    const fields = { link, name: 'x', time_zone: 'UTC', administrator: 'x', email: 'x@example.com', password: 'one fine password' };
    expect((await postForm(app, '/set-up', fields)).status).toBe(404);
    expect((await use(url)).status).toBe(200);
  });

  it('is refused for who could not sign in with it, and is for an administrator to give', async () => {
    const nameless = await createUser(app.ctx, tester, { tenantId, name: 'x', managesMeetings: false, isAdministrator: false });
    expect(await ask(nameless)).toMatchObject({ status: 409, body: { error: { code: 'no_email' } } });
    expect(await ask('ou_nobody')).toMatchObject({ status: 404 });
    const other = await person();
    const response = await fetch(`${app.url}/api/v1/users/${other.userId}/password_link`, {
      method: 'POST',
      headers: credentialHeaders(await userSession(app, tenantId, other.userId)),
    });
    expect(response.status).toBe(403);
  });

  it('begins with the configured address, whatever a request says of its host', async () => {
    await using other = await testApp({ publicUrl: 'https://rooms.example.com' });
    const { tenantId: id, administratorId } = await testTenant(other);
    await other.ctx.db.kysely.updateTable('users').set({ email: 'a@example.com' }).where('user_id', '=', administratorId).execute();
    const cookie = (await userSession(other, id, administratorId)).replace(/^yuding/, '__Host-yuding');
    const response = await fetch(`${other.url}/api/v1/users/${administratorId}/password_link`, {
      method: 'POST',
      headers: { cookie: cookie.replace('__Host-__Host-', '__Host-'), 'sec-fetch-site': 'same-origin', 'x-forwarded-host': 'evil.example' },
    });
    const body = (await response.json()) as { url: string };
    expect(body.url).toMatch(/^https:\/\/rooms\.example\.com\/password\?link=/);
    expect(passwordLink('https://x', { tenantId: 1, secret: Buffer.alloc(32) })).toMatch(/^https:\/\/x\/password\?link=AAAAAQ/);
  });
});

describe('a session', () => {
  const HOUR = 3600;
  /** The session's cookie as the browser has it after a call. */
  async function used(cookie: string): Promise<string | undefined> {
    const response = await tenantOf(app, cookie);
    if (response.status !== 200) return undefined;
    return response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie;
  }
  const begun = async () => userSession(app, tenantId, (await person()).userId);
  const now = () => Math.floor(app.clock.realMs() / 1000);

  it('lives while it is used, for a week at most', async () => {
    let cookie: string | undefined = await begun();
    let hours = 0;
    for (; cookie !== undefined && hours < 400; hours += 12) {
      app.clock.advance(12 * HOUR);
      cookie = await used(cookie);
    }
    expect(hours).toBe(7 * 24);
  });

  it('that nobody used for more than twelve hours is over, and stays so when the clock is set back', async () => {
    const cookie = await begun();
    app.clock.advance(12 * HOUR + 1);
    expect(await used(cookie)).toBeUndefined();
    app.clock.setReal(now() - 6 * HOUR);
    expect(await used(cookie)).toBeUndefined();
  });

  it('that is a week old is over, and stays so when the clock is set back', async () => {
    let cookie = await begun();
    for (let i = 0; i < 13; i++) {
      app.clock.advance(12 * HOUR);
      cookie = (await used(cookie)) ?? '';
    }
    app.clock.advance(12 * HOUR);
    expect(await used(cookie)).toBeUndefined();
    app.clock.setReal(now() - HOUR);
    expect(await used(cookie)).toBeUndefined();
  });

  it('from the future is none, but for what clocks differ', async () => {
    const cookie = await begun();
    app.clock.setReal(now() - 60);
    expect(await used(cookie)).toBe(cookie);
    app.clock.setReal(now() - 1);
    expect(await used(cookie)).toBeUndefined();
    // It was the clock that was wrong.
    app.clock.setReal(now() + 61);
    expect(await used(cookie)).toBe(cookie);
  });

  it('whose use lies in the future is none, though it began before', async () => {
    let cookie = await begun();
    app.clock.advance(6 * HOUR);
    cookie = (await used(cookie)) ?? '';
    app.clock.setReal(now() - 5 * HOUR);
    expect(await used(cookie)).toBeUndefined();
  });

  it('goes by the real time, not by that of the domain', async () => {
    const cookie = await begun();
    app.clock.seconds += 30 * 86_400;
    expect(await used(cookie)).toBe(cookie);
    app.clock.seconds -= 30 * 86_400;
  });

  it('is not given to who is suspended', async () => {
    const { userId } = await person();
    await app.ctx.db.kysely.updateTable('users').set({ suspended_at: 1 }).where('user_id', '=', userId).execute();
    await expect(userSession(app, tenantId, userId)).rejects.toThrow('suspended');
  });
});
