import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, expect, it } from 'vitest';
import { loadDemo } from '../../src/domain/demo/load.ts';
import { NOON, testApp, tester, userSession } from '../support/app.ts';
import { visit } from '../support/browser.ts';
import { settled, SLACK, weightOf, worked } from '../support/costs.ts';

/* What the screens may weigh, packed, and how long they may keep the browser's main thread when they open; the timeline has a file of its own. */
const KB = 1024;
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const { tenantId, administratorId } = await loadDemo(app.ctx, tester, { seed: 3, at: NOON, rooms: 40, days: 40, reservations: 7000 });

const loadedBy = (page: Page) => {
  const paths = new Set<string>();
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (/\.(?:js|css)$/.test(pathname)) paths.add(pathname);
  });
  return paths;
};
const scripts = (paths: Iterable<string>) => [...paths].filter((path) => path.endsWith('.js'));

it('the sign-in page', async () => {
  await using visitor = await visit(app, '/favicon.svg');
  const { page, context } = visitor;
  const cdp = await context.newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const paths = loadedBy(page);
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await settled(page);
  expect(weightOf(scripts(paths))).toBeLessThanOrEqual(85 * KB);
  expect(await worked(cdp)).toBeLessThanOrEqual(120 * SLACK);
});

it('each further screen, beside what all have', async () => {
  await using visitor = await visit(app, '/mine', await userSession(app, tenantId, administratorId));
  const { page, context } = visitor;
  const cdp = await context.newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const paths = loadedBy(page);
  await page.locator('.mine-what').first().waitFor();
  const spent: Record<string, string> = {};
  // The use of the rooms comes on top of the ledger's calendars, and its drawings are loaded apart.
  for (const [name, ready, weight, milliseconds] of [
    ['Ledger', '.ledger-open', 135, 500],
    ['Use', 'svg.use-bar', 12 + 35, 500],
    ['Administration', '[role=treegrid] [role=row]', 135, 500],
  ] as const) {
    paths.clear();
    const before = await worked(cdp);
    await page.getByRole('link', { name, exact: true }).click();
    await page.locator(ready).first().waitFor();
    await settled(page);
    const [bytes, time] = [weightOf(scripts(paths)), (await worked(cdp)) - before];
    spent[name] = `${String(bytes)} B, ${time.toFixed(0)} ms`;
    expect(bytes, name).toBeGreaterThan(0);
    expect(bytes, name).toBeLessThanOrEqual(weight * KB);
    expect(time, name).toBeLessThanOrEqual(milliseconds * SLACK);
  }
  console.info(spent);
});

it('all style sheets together', () => {
  const sheets = readdirSync(fileURLToPath(new URL('../../dist/web/assets/', import.meta.url))).filter((name) => name.endsWith('.css'));
  expect(sheets.length).toBeGreaterThan(3);
  expect(weightOf(sheets.map((name) => `/assets/${name}`))).toBeLessThanOrEqual(15 * KB);
});
