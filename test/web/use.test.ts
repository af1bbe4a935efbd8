import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDemo, type DemoAccess } from '../../src/domain/demo/load.ts';
import { NOON, testApp, tester, userSession } from '../support/app.ts';
import { visit } from '../support/browser.ts';

const app = await testApp();
afterAll(() => app.stop());
let demo: DemoAccess;
let session: string;
beforeAll(async () => {
  demo = await loadDemo(app.ctx, tester, { seed: 1, at: NOON, rooms: 40, days: 80, reservations: 14_000 });
  session = await userSession(app, demo.tenantId, demo.administratorId);
});

describe('look', () => {
  it.each([
    ['light', 'en', 1440],
    ['dark', 'zh', 1440],
    ['light', 'zh', 390],
    ['dark', 'en', 390],
  ] as const)('%s %s %i', async (theme, language, width) => {
    await using visitor = await visit(app, '/use', session, { theme, language, width });
    const { page, complaints } = visitor;
    await page.locator('.use-heat').waitFor();
    await page.locator('.use-line').first().waitFor();
    await page.screenshot({ path: `/tmp/d-${theme}-${language}-${String(width)}.png`, fullPage: true });
    expect(complaints).toEqual([]);
  });
});
