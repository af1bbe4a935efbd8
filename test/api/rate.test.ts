import { describe, expect, it } from 'vitest';
import { createApp as registerApp } from '../../src/domain/apps.ts';
import { NOON, tenantToken, tester, testApp, testTenant, testUser, userToken, type TestApp } from '../support/app.ts';
import { getLedger, verdict, type Query } from '../support/ledger.ts';
import { askToken } from '../support/tokens.ts';

/* The rate limit: per API, app and tenant; a window of 60 s begins with its first counted call. Each test has a server of its own. */
const fine: Query = { start_time: NOON, end_time: NOON };
const LIMIT = 100;

/** Statuses of so many calls, one after the other, and how often each came. */
async function calls(app: TestApp, token: string, count: number, query = fine): Promise<Record<number, number>> {
  const statuses: Record<number, number> = {};
  for (let i = 0; i < count; i++) {
    const { status } = await getLedger(app, token, query);
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
  return statuses;
}

/** Seconds until the window ends, as the refusal says; null when the call passes. */
async function reset(app: TestApp, token: string): Promise<number | null> {
  const { status, headers } = await getLedger(app, token, fine);
  return status === 429 ? Number(headers.get('x-ogw-ratelimit-reset')) : null;
}

describe('the limit', () => {
  it('lets a hundred calls pass and refuses the next in the words of the vendor', async () => {
    await using app = await testApp();
    const token = await tenantToken(app, await testTenant(app));
    for (let i = 0; i < LIMIT; i++) {
      const { status, headers } = await getLedger(app, token, fine);
      expect([status, headers.get('x-ogw-ratelimit-limit'), headers.get('x-ogw-ratelimit-reset')]).toEqual([200, null, null]);
    }
    const answer = await getLedger(app, token, fine);
    expect(verdict(answer)).toEqual({ status: 429, code: 99991400, msg: 'request trigger frequency limit' });
    expect([answer.headers.get('x-ogw-ratelimit-limit'), answer.headers.get('x-ogw-ratelimit-reset')]).toEqual(['100', '60']);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.body.error.log_id).toBe(answer.headers.get('x-tt-logid'));
  });

  it('is exact when 300 calls come at once', async () => {
    await using app = await testApp();
    const token = await tenantToken(app, await testTenant(app));
    for (let minute = 0; minute < 2; minute++) {
      const answers = await Promise.all(Array.from({ length: 300 }, () => getLedger(app, token, fine)));
      const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
      expect(statuses).toEqual([...Array<number>(LIMIT).fill(200), ...Array<number>(200).fill(429)]);
      app.clock.advance(60);
    }
  });

  it('begins with the first call and ends 60 s later, whatever was refused meanwhile', async () => {
    await using app = await testApp();
    const token = await tenantToken(app, await testTenant(app));
    app.clock.advance(1234.5);
    expect(await calls(app, token, 1)).toEqual({ 200: 1 });
    app.clock.advance(45);
    expect(await calls(app, token, 149)).toEqual({ 200: 99, 429: 50 });
    expect(await reset(app, token)).toBe(15);
    app.clock.advance(14);
    expect(await reset(app, token)).toBe(1);
    app.clock.advance(0.999);
    expect(await reset(app, token)).toBe(1);
    app.clock.advance(0.001);
    expect(await calls(app, token, 101)).toEqual({ 200: 100, 429: 1 });
    expect(await reset(app, token)).toBe(60);
  });

  it('begins anew with the first call after a pause, not on a beat', async () => {
    await using app = await testApp({ rateLimit: 1 });
    const token = await tenantToken(app, await testTenant(app));
    expect(await reset(app, token)).toBe(null);
    app.clock.advance(90);
    expect(await reset(app, token)).toBe(null);
    app.clock.advance(30);
    expect(await reset(app, token)).toBe(30);
  });

  it.each([
    ['back by a day', -86_400],
    ['back by a second', -1],
    ['forward by a minute', 60],
    ['forward by an hour', 3600],
  ])('does not notice the real clock being set %s', async (_what, seconds) => {
    await using app = await testApp();
    const token = await tenantToken(app, await testTenant(app));
    expect(await calls(app, token, LIMIT)).toEqual({ 200: LIMIT });
    app.clock.advance(20);
    app.clock.setReal(app.clock.realMs() / 1000 + seconds);
    expect(await reset(app, token)).toBe(40);
    app.clock.advance(40);
    expect(await calls(app, token, LIMIT + 1)).toEqual({ 200: LIMIT, 429: 1 });
  });

  it('does not notice the clock of the domain either', async () => {
    await using app = await testApp({ rateLimit: 1 });
    const token = await tenantToken(app, await testTenant(app));
    expect(await reset(app, token)).toBe(null);
    app.clock.seconds += 86_400;
    expect(await reset(app, token)).toBe(60);
  });
});

describe('a bucket', () => {
  it('is of one app in one tenant, whichever token it comes with', async () => {
    await using app = await testApp({ rateLimit: 3 });
    const tenant = await testTenant(app);
    const neighbour = await registerApp(app.ctx, tester, { tenantId: tenant.tenantId, name: 'another', scopes: ['vc:room:readonly'] });
    const stranger = await testTenant(app);
    const manager = await testUser(app, tenant.tenantId, true);
    const tokens = [
      await tenantToken(app, tenant),
      await userToken(app, tenant, manager),
      await userToken(app, tenant, tenant.administratorId),
      await tenantToken(app, { appId: neighbour.appId, appSecret: neighbour.secret }),
      await tenantToken(app, stranger),
    ];
    const [own = '', users = '', administrators = '', neighbours = '', strangers = ''] = tokens;
    for (const token of [own, users, administrators]) expect(await reset(app, token)).toBe(null);
    for (const token of [own, users, administrators]) expect(await reset(app, token)).toBe(60);
    expect(await calls(app, neighbours, 4)).toEqual({ 200: 3, 429: 1 });
    expect(await calls(app, strangers, 4)).toEqual({ 200: 3, 429: 1 });
  });

  it('is of one API: tokens are not limited, nor do they count', async () => {
    await using app = await testApp({ rateLimit: 1 });
    const tenant = await testTenant(app);
    for (let i = 0; i < 5; i++) await askToken(app, tenant);
    const token = await tenantToken(app, tenant);
    expect(await calls(app, token, 3)).toEqual({ 200: 1, 429: 2 });
    for (let i = 0; i < 5; i++) expect((await askToken(app, tenant)).token).toBe(token);
  });

  it('counts every call that has a token and the scope, and only those', async () => {
    await using app = await testApp({ rateLimit: 5 });
    const tenant = await testTenant(app);
    const token = await tenantToken(app, tenant);
    const ungranted = await userToken(app, tenant, tenant.administratorId, []);
    const clerk = await userToken(app, tenant, await testUser(app, tenant.tenantId));
    for (const bad of [undefined, 'x', `t-${'A'.repeat(48)}`, ungranted]) {
      for (let i = 0; i < 3; i++) expect((await getLedger(app, bad, fine)).status).toBe(400);
    }
    const counted: [string, Query][] = [
      [token, {}],
      [token, { ...fine, page_size: 1 }],
      [token, { start_time: NOON + 1, end_time: NOON + 1 }],
      [token, { ...fine, room_level_id: 'omb_none' }],
      [clerk, fine],
    ];
    for (const [bearer, query] of counted) expect([400, 403, 404]).toContain((await getLedger(app, bearer, query)).status);
    for (const [bearer, query] of counted) expect((await getLedger(app, bearer, query)).body.code).toBe(99991400);
    // Scopes come before the count: these are not told about it.
    expect((await getLedger(app, ungranted, fine)).body.code).toBe(99991679);
  });
});

describe('the configuration', () => {
  it.each([1, 7, 150])('replaces the limit by %i', async (rateLimit) => {
    await using app = await testApp({ rateLimit });
    const token = await tenantToken(app, await testTenant(app));
    expect(await calls(app, token, rateLimit + 2)).toEqual({ 200: rateLimit, 429: 2 });
    const { headers } = await getLedger(app, token, fine);
    expect(headers.get('x-ogw-ratelimit-limit')).toBe(String(rateLimit));
  });

  it('takes the limit away with 0', async () => {
    await using app = await testApp({ rateLimit: 0 });
    const token = await tenantToken(app, await testTenant(app));
    expect(await calls(app, token, 2 * LIMIT)).toEqual({ 200: 2 * LIMIT });
  });
});
