import type { Page } from 'playwright-core';
import { afterAll, expect, it } from 'vitest';
import { createApp } from '../../src/domain/apps.ts';
import { createDepartment } from '../../src/domain/departments.ts';
import { bindDevice } from '../../src/domain/devices.ts';
import { createLevel } from '../../src/domain/levels.ts';
import { createRoom } from '../../src/domain/rooms.ts';
import { createUser } from '../../src/domain/users.ts';
import { NOON, tester, testApp, testTenant, userSession } from '../support/app.ts';
import { visit, type Visitor } from '../support/browser.ts';
import { hostileTexts } from '../support/hostile.ts';
import { addReservations, reservation } from '../support/ledger.ts';

/* Hostile texts in the place of every name and word that people can write: nothing of them comes to life on any screen. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const { ctx } = app;
const { tenantId, rootLevelId } = await testTenant(app);
const [worst = ''] = hostileTexts;
const administrator = { tenantId, name: worst, email: 'admin@example.com', managesMeetings: true, isAdministrator: true };
const session = await userSession(app, tenantId, await createUser(ctx, tester, administrator));
const rooms: string[] = [];

for (const [i, text] of hostileTexts.entries()) {
  const name = text.slice(0, 200);
  const department = await createDepartment(ctx, tester, { tenantId, name: name.replaceAll('/', '|'), parentId: null });
  const person = { tenantId, name, departmentId: department.department_id, managesMeetings: false, isAdministrator: false };
  const userId = await createUser(ctx, tester, person);
  const levelId = await createLevel(ctx, tester, { tenantId, parentId: rootLevelId, name });
  const disabling = { from: NOON + 7200, until: null, reason: text, contacts: [userId], disableNotice: false, resumeNotice: false };
  const more = i % 3 === 0 ? { disabling } : {};
  const { roomNo, roomId } = await createRoom(ctx, tester, {
    tenantId,
    levelId,
    name,
    capacity: 6,
    description: text,
    customId: name,
    equipment: [name],
    ...more,
  });
  rooms.push(roomId);
  await bindDevice(ctx, tester, { tenantId, roomId, kind: 'panel', name });
  await createApp(ctx, tester, { tenantId, name, scopes: ['vc:room:readonly'] });
  const common = { tenant_id: tenantId, room_no: roomNo, title: text, reserver_id: userId, reserver_name: name, reserver_department: name };
  await addReservations(app, [
    reservation({ ...common, start_at: NOON - 7200 }),
    reservation({ ...common, start_at: NOON - 1800 }),
    reservation({ ...common, start_at: NOON + 3600, accepted_at: null }),
  ]);
}

const query = new URLSearchParams({ q: worst, text: worst, level: worst, room: worst, day: worst, from: worst, to: worst, tab: worst }).toString();
const SCREENS = [
  '/rooms',
  ...rooms.slice(0, 3).map((id) => `/rooms/${id}`),
  '/mine',
  '/mine?tab=approvals',
  '/mine?tab=inbox',
  '/ledger',
  '/use',
  ...['rooms', 'rules', 'people', 'departments', 'apps', 'devices', 'audit'].map((name) => `/admin/${name}`),
  '/account',
  ...['/rooms', '/mine', '/ledger', '/use', '/admin', '/sign-in', '/rooms/a/b'].map((path) => `${path}?${query}`),
];

/** Looks at all of a screen: whatever scrolls is scrolled through, so that what is drawn only in sight is drawn too. */
async function lookThrough({ page }: Visitor): Promise<void> {
  // The live connection stays open: there is no end of the network's work to wait for.
  await page.locator('h1').first().waitFor({ state: 'attached' });
  await page.waitForTimeout(300);
  for (let y = 0; y < 8; y++) {
    await page.evaluate('for (const one of document.querySelectorAll("*")) if (one.scrollHeight > one.clientHeight + 4) one.scrollTop += 700');
    await page.waitForTimeout(50);
  }
}

async function expectNothingAlive(page: Page): Promise<void> {
  expect(await page.evaluate('[globalThis.ran, document.querySelectorAll("[data-alive]").length]')).toEqual([undefined, 0]);
}

it.each(SCREENS)('nothing comes to life on %s', async (path) => {
  await using visitor = await visit(app, path, session);
  const { page, complaints } = visitor;
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await lookThrough(visitor);
  expect(dialogs).toEqual([]);
  expect(complaints.filter((text) => !/status of 40[04]/.test(text))).toEqual([]);
  await expectNothingAlive(page);
  // The texts themselves are there, as texts.
  if (path === '/rooms') expect(await page.locator('body').innerText()).toContain('<script');
});
