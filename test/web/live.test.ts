import { expect, it } from 'vitest';
import { deleteSession } from '../../src/store/sessions.ts';
import { testApp, testTenant, userSession } from '../support/app.ts';
import { accessibilityFaults, visit } from '../support/browser.ts';
import { keptPlace } from '../support/place.ts';

const LOST = 'No connection to the server';

it.each([
  ['light', 1440],
  ['dark', 390],
] as const)('a page says that its server is gone, and stops to say so when it is back: %s, %i', async (theme, width) => {
  const place = await keptPlace();
  const app = await testApp(place);
  const { tenantId, administratorId } = await testTenant(app);
  await using visitor = await visit(app, '/rooms', await userSession(app, tenantId, administratorId), { theme, width });
  const { page } = visitor;
  const connected = page.waitForResponse((response) => response.url().includes('/api/v1/live') && response.ok());
  await connected;
  const banner = page.getByText(LOST);
  expect(await banner.count()).toBe(0);
  await app.stop();
  await banner.waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await using again = await testApp({ ...place, port: Number(new URL(app.url).port) });
  expect(again.url).toBe(app.url);
  await banner.waitFor({ state: 'detached' });
});

it('a session that ends under a page opens the way back in, without a click', async () => {
  await using app = await testApp();
  const { tenantId, administratorId } = await testTenant(app);
  await using visitor = await visit(app, '/rooms', await userSession(app, tenantId, administratorId));
  const { page } = visitor;
  await page.waitForResponse((response) => response.url().includes('/api/v1/live') && response.ok());
  const { db } = app.ctx;
  const { session_hash } = await db.kysely.selectFrom('sessions').select('session_hash').where('user_id', '=', administratorId).executeTakeFirstOrThrow();
  await db.transaction((tx) => deleteSession(tx, tenantId, session_hash));
  await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
});

it('a page that is older than its server offers to be loaded anew', async () => {
  await using app = await testApp();
  const { tenantId, administratorId } = await testTenant(app);
  await using visitor = await visit(app, '/account', await userSession(app, tenantId, administratorId), { language: 'zh' });
  const { page, complaints } = visitor;
  let builds = 0;
  await page.route('**/api/v1/live?*', (route) =>
    route.fulfill({
      contentType: 'text/event-stream',
      body: `retry: 50\nevent: hello\nid: 1\ndata: {"build":"${builds++ === 0 ? 'old' : 'new'}","now":"2026-03-18T04:00:00Z"}\n\n`,
    }),
  );
  await page.goto('/rooms');
  await page.getByText('服务器已更新').waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.unroute('**/api/v1/live?*');
  await page.getByRole('button', { name: '重新加载' }).click();
  await page.getByText('服务器已更新').waitFor({ state: 'detached' });
  expect(complaints).toEqual([]);
});
