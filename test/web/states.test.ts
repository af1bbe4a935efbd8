import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { createTenant } from '../../src/domain/tenants.ts';
import { tester, testApp, userSession, type TestApp } from '../support/app.ts';
import { accessibilityFaults, visit } from '../support/browser.ts';
import { keptPlace } from '../support/place.ts';

/* What each screen shows where there is nothing yet, when it is not answered, when the session is over and when the server is gone. */

/** What it reads, and what it says where a tenant is new: that there is nothing, or the little that there is. */
interface Screen {
  path: string;
  method: string;
  en: string;
  zh: string;
}

const SCREENS: readonly Screen[] = [
  { path: '/rooms', method: '/timeline?', en: 'There are no rooms yet', zh: '还没有会议室' },
  { path: '/ledger', method: '/ledger?', en: 'There are no rooms yet', zh: '还没有会议室' },
  { path: '/use', method: '/utilisation?', en: 'There are no rooms here yet', zh: '这里还没有会议室' },
  { path: '/mine', method: '/reservations?', en: 'Nothing is booked', zh: '暂无预定' },
  { path: '/mine?tab=approvals', method: '/approvals?', en: 'Nothing waits for you', zh: '没有待审批的申请' },
  { path: '/mine?tab=inbox', method: '/inbox?', en: 'No news', zh: '暂无通知' },
  { path: '/admin/rooms', method: '/tree', en: 'No rooms yet', zh: '还没有会议室' },
  { path: '/admin/rules', method: '/settings/', en: 'Check-in', zh: '签到' },
  { path: '/admin/people', method: '/users?', en: '陈可涵', zh: '陈可涵' },
  { path: '/admin/departments', method: '/departments', en: 'No departments yet', zh: '还没有部门' },
  { path: '/admin/apps', method: '/apps', en: 'No apps yet', zh: '还没有应用' },
  { path: '/admin/devices', method: '/devices', en: 'No devices here', zh: '这里没有设备' },
  { path: '/admin/audit', method: '/audit?', en: 'tester', zh: 'tester' },
];

const newTenant = (app: TestApp) => createTenant(app.ctx, tester, { name: '云杉', timeZone: 'Asia/Shanghai', administrator: '陈可涵' });

describe('a screen of a new tenant', () => {
  let server: Promise<TestApp> | undefined;
  afterAll(async () => (await server)?.stop());

  it.each(SCREENS.map((screen, i) => ({ ...screen, language: i % 2 === 0 ? ('en' as const) : ('zh' as const) })))(
    '$path has words for that, for no answer and for a session that is over: $language',
    async ({ path, method, language, ...words }) => {
      const app = await (server ??= testApp({ rateLimit: 0 }));
      const { tenantId, administratorId } = await newTenant(app);
      const session = await userSession(app, tenantId, administratorId);
      await using visitor = await visit(app, '/account', session, { language });
      const { page, context } = visitor;
      const ready = () => page.getByRole('main').getByText(words[language]).first().waitFor();
      const [again, goOn] = language === 'zh' ? ['重试', '继续'] : ['Try again', 'Go on'];
      const calls = (url: URL) => `${url.pathname}${url.search}`.startsWith(`/api/v1${method}`) || (method === '/apps' && url.pathname === '/api/v1/apps');

      // The server fails, then nothing answers, then all is well.
      const body = '{"error":{"code":"internal","message":"the server failed","log_id":"0123456789"}}';
      let answers = true;
      await page.route(calls, (route) => (answers ? route.fulfill({ status: 500, body }) : route.abort()));
      await page.goto(path);
      const alert = page.getByRole('main').getByRole('alert').first();
      await alert.getByText('the server failed').waitFor();
      expect(await alert.innerText()).toContain('0123456789');
      expect(await accessibilityFaults(page)).toEqual([]);
      answers = false;
      await alert.getByRole('button', { name: again }).click();
      await alert.getByText(language === 'zh' ? '服务器没有响应' : 'The server does not answer').waitFor();
      await page.unroute(calls);
      await alert.getByRole('button', { name: again }).click();
      await ready();
      expect(await accessibilityFaults(page)).toEqual([]);

      // Somebody signs out in another window; signed in again there, one goes on here.
      const signOut = await fetch(`${app.url}/api/v1/session`, { method: 'DELETE', headers: { cookie: session, 'sec-fetch-site': 'same-origin' } });
      expect(signOut.status).toBe(200);
      const dialog = page.getByRole('dialog', { name: language === 'zh' ? '登录已过期' : 'Your session has ended' });
      await dialog.waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      const [name = '', value = ''] = (await userSession(app, tenantId, administratorId)).split('=');
      await context.addCookies([{ name, value, url: app.url, httpOnly: true, sameSite: 'Lax' }]);
      await dialog.getByRole('button', { name: goOn }).click();
      await dialog.waitFor({ state: 'detached' });
      await ready();
      expect(new URL(page.url()).pathname).toBe(path.split('?')[0]);
    },
  );
});

it('every screen says that its server is gone, and is up to date when it is back', async () => {
  const place = await keptPlace();
  const app = await testApp({ ...place, rateLimit: 0 });
  const { tenantId, administratorId } = await newTenant(app);
  const session = await userSession(app, tenantId, administratorId);
  const pages: Page[] = [];
  for (const { path, zh } of SCREENS) {
    // A browser each: it has six connections to a server.
    const { page, context } = await visit(app, '/account', session, { language: 'zh' });
    onTestFinished(() => context.close());
    const connected = page.waitForResponse((response) => response.url().includes('/api/v1/live') && response.ok());
    await page.goto(path);
    await connected;
    await page.getByRole('main').getByText(zh).first().waitFor();
    pages.push(page);
  }
  const banner = (page: Page) => page.getByText('与服务器的连接已断开');
  await app.stop();
  for (const page of pages) await banner(page).waitFor();
  await using again = await testApp({ ...place, rateLimit: 0, port: Number(new URL(app.url).port) });
  expect(again.url).toBe(app.url);
  for (const [i, page] of pages.entries()) {
    await banner(page).waitFor({ state: 'detached' });
    await page
      .getByRole('main')
      .getByText(SCREENS[i]?.zh ?? '')
      .first()
      .waitFor();
  }
});
