import { expect, it } from 'vitest';
import { testApp, testTenant, userSession } from '../support/app.ts';
import { accessibilityFaults, visit } from '../support/browser.ts';

const app = await testApp();
const { tenantId, administratorId } = await testTenant(app);
const session = await userSession(app, tenantId, administratorId);

it('who is not signed in is sent to the sign-in page, and comes back to where they wanted', async () => {
  await using visitor = await visit(app, '/mine?tab=inbox');
  await visitor.page.waitForURL('**/sign-in?next=**');
  expect(new URL(visitor.page.url()).searchParams.get('next')).toBe('/mine?tab=inbox');
});

it.each([
  ['light', 'en', 1440],
  ['dark', 'zh', 390],
] as const)('the frame of all screens has no fault: %s, %s, %i', async (theme, language, width) => {
  await using visitor = await visit(app, '/rooms/a/b', session, { theme, language, width });
  const { page, complaints } = visitor;
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(complaints).toEqual([]);
});
