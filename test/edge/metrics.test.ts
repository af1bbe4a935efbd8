import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { NOON, tenantToken, testApp, testTenant, type TestApp } from '../support/app.ts';
import { getLedger } from '../support/ledger.ts';

const TOKEN = 'metrics-token-of-the-test';

async function scrape(app: TestApp, headers: Record<string, string> = {}, url = app.url): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}/metrics`, { headers });
  return { status: response.status, text: await response.text() };
}

describe('/metrics', () => {
  it('counts requests by route, status and code, and the refusals of the rate limit', async () => {
    await using app = await testApp({ rateLimit: 2 });
    const tenant = await testTenant(app);
    const token = await tenantToken(app, tenant);
    for (let i = 0; i < 5; i++) await getLedger(app, token, { start_time: NOON, end_time: NOON });
    await getLedger(app, undefined, {});
    await fetch(`${app.url}/open-apis/no/such/path`);
    await fetch(`${app.url}/open-apis/%zz`);
    const { status, text } = await scrape(app);
    expect(status).toBe(200);
    const route = 'route="/open-apis/vc/v1/resource_reservation_list"';
    expect(text).toContain(`yuding_http_requests_total{method="GET",${route},status="200",code="0"} 2\n`);
    expect(text).toContain(`yuding_http_requests_total{method="GET",${route},status="429",code="99991400"} 3\n`);
    expect(text).toContain(`yuding_http_requests_total{method="GET",${route},status="400",code="99991661"} 1\n`);
    expect(text).toContain('yuding_http_requests_total{method="GET",route="none",status="404",code=""} 1\n');
    expect(text).toContain('yuding_http_requests_total{method="GET",route="none",status="400",code="99992402"} 1\n');
    expect(text).toContain(`yuding_rate_refusals_total{${route}} 3\n`);
    expect(text).toContain(`yuding_http_request_seconds_count{${route}} 6\n`);
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
    for (const secret of [token, tenant.appSecret, tenant.appId]) expect(text).not.toContain(secret);
  });

  it('tells two servers of one process apart', async () => {
    await using first = await testApp();
    await using second = await testApp();
    await fetch(`${first.url}/healthz`);
    expect((await scrape(first)).text).toContain('route="/healthz"');
    expect((await scrape(second)).text).not.toContain('route="/healthz"');
  });

  it.each([
    ['through a proxy', { 'x-forwarded-for': '192.0.2.1' }, 404],
    ['through a proxy of the newer kind', { forwarded: 'for=192.0.2.1' }, 404],
    ['through a proxy with the token', { 'x-forwarded-for': '192.0.2.1', authorization: `Bearer ${TOKEN}` }, 200],
    ['through a proxy with another token', { 'x-forwarded-for': '192.0.2.1', authorization: `Bearer ${TOKEN}x` }, 404],
    ['from this machine', {}, 200],
  ])('answers %s', async (_whence, headers, expected) => {
    await using app = await testApp({ metricsToken: TOKEN });
    const { status, text } = await scrape(app, headers);
    expect(status).toBe(expected);
    if (expected === 404) expect(text).toBe('404 page not found');
  });

  it('is no path to a caller from another address', async () => {
    const address = Object.values(networkInterfaces())
      .flat()
      .find((found) => found?.family === 'IPv4' && !found.internal)?.address;
    // A machine without a network has no other address to call from.
    if (address === undefined) return;
    await using app = await testApp({ host: '0.0.0.0' });
    expect((await scrape(app, {}, app.url.replace('0.0.0.0', address))).status).toBe(404);
  });
});
