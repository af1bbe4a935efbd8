import { afterAll, beforeEach, expect, it } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { getReservationMethod, listReservationsMethod } from '../../src/wire/v1/reservations.ts';
import { readInboxMethod } from '../../src/wire/v1/inbox.ts';
import { NOON, testApp } from '../support/app.ts';
import { accessibilityFaults, LOOKS, nameOf, photograph, visit } from '../support/browser.ts';
import { busyOffice } from '../support/busy-office.ts';
import { openOffice } from '../support/office.ts';

/* What somebody booked, what waits for them, what they are told: in the browser. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
beforeEach(() => {
  app.clock.seconds = NOON;
});
const HOUR = 3600;
const statusOf = async ({ office }: Awaited<ReturnType<typeof busyOffice>>, reservation_id: string) =>
  office.done(office.chief, getReservationMethod, { params: { reservation_id } });
const toast = (page: Page, text: string | RegExp) => page.locator('.toasts').getByText(text).waitFor();

const shown = await busyOffice(app);
it.each((['booked', 'approvals', 'inbox'] as const).flatMap((tab) => LOOKS.map((look) => ({ tab, ...look }))))(
  '$tab has no fault: $theme, $language, $width wide',
  async ({ tab, ...look }) => {
    await using visitor = await visit(app, `/mine?tab=${tab}`, shown.ada.credential, look);
    const { page, complaints } = visitor;
    await page.locator('.mine-what').first().waitFor();
    await photograph(page, `mine-${tab}-${nameOf(look)}`);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
  },
);

it('shows what comes, says why what was taken away is gone, and nothing of others', async () => {
  await using visitor = await visit(app, '/mine', shown.ada.credential);
  const { page } = visitor;
  await page.getByRole('heading', { name: 'Today · Wed' }).waitFor();
  const item = (name: string) => page.getByRole('listitem', { name });
  expect(await item('产品周会').innerText()).toMatch(/12:05\s+13:05[\s\S]*松 301[\s\S]*Check in now[\s\S]*Check in\s+until 12:20/);
  expect(await item('午餐会').innerText()).toMatch(/Cancelled[\s\S]*the room is not in use · 空调维修/);
  expect(await item('部门团建').innerText()).toMatch(/Declined[\s\S]*王芳 said no · “当天已有安排，请换一天”/);
  expect(await item('全员大会').innerText()).toMatch(/Waits for approval[\s\S]*客户来访/);
  expect(await item('Design review <b>v2</b>').count()).toBe(3);
  expect(await page.getByText('架构评审').count()).toBe(0);
  expect(await item('一对一').getByRole('link', { name: 'Move' }).getAttribute('href')).toMatch(/^\/rooms\?day=2026-03-18&reservation=\d+$/);
  expect(await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Mine 8 waiting' }).count()).toBe(1);
});

it('checks in, extends, ends and takes it back; cancels and takes it back', async () => {
  const world = await busyOffice(app);
  await using visitor = await visit(app, '/mine', world.ada.credential);
  const { page, complaints } = visitor;
  const item = (name: string) => page.getByRole('listitem', { name });
  await item('产品周会').getByRole('button', { name: 'Check in' }).click();
  await toast(page, 'You are checked in.');
  expect((await statusOf(world, world.open.id)).check_in).toMatchObject({ status: 'checked_in', device: null });

  await item('一对一').getByRole('button', { name: 'Cancel it' }).click();
  await toast(page, 'Cancelled.');
  await item('一对一').waitFor({ state: 'detached' });
  await page.locator('.toast', { hasText: 'Cancelled.' }).getByRole('button', { name: 'Undo' }).click();
  await toast(page, 'It is yours again.');
  await item('一对一').waitFor();

  app.clock.seconds = NOON + 600;
  await page.clock.setSystemTime((NOON + 600) * 1000);
  await page.reload();
  await item('产品周会').getByRole('button', { name: '+30 min for 产品周会' }).click();
  await toast(page, 'The room is yours until 13:35.');
  // The next one begins at 14:00.
  await item('产品周会').getByText('13:35').waitFor();
  await item('产品周会').getByRole('button', { name: '+30 min for 产品周会' }).click();
  await toast(page, 'That did not work. the room is taken then');
  await item('产品周会').getByRole('button', { name: 'End now' }).click();
  await toast(page, 'The room is given back.');
  expect((await statusOf(world, world.open.id)).release).toMatchObject({ cause: 'after_end' });
  expect(complaints.filter((text) => !text.includes('409'))).toEqual([]);
});

it('decides by keyboard alone: approves one, by which the other is declined, and declines one with a note', async () => {
  const world = await busyOffice(app);
  const { office, ada, wang, li } = world;
  await using visitor = await visit(app, '/mine', ada.credential);
  const { page, complaints } = visitor;
  await page.getByRole('link', { name: 'To approve 4 waiting' }).waitFor();
  /** Tabs on until the focus is there. */
  const tabTo = async (target: Locator) => {
    for (let i = 0; i < 60; i++) {
      if ((await target.and(page.locator(':focus')).count()) > 0) return;
      await page.keyboard.press('Tab');
    }
    throw new Error('the focus does not get there');
  };
  await tabTo(page.getByRole('link', { name: 'To approve' }));
  await page.keyboard.press('Enter');
  const request = (name: string) => page.getByRole('listitem', { name });
  await request('客户培训').waitFor();
  expect(await request('客户培训').innerText()).toContain('Approving this declines 1 other');
  await tabTo(request('客户培训').getByRole('button', { name: 'Approve' }));
  await page.keyboard.press('Enter');
  await toast(page, 'Approved: 客户培训. 1 other was declined.');
  await request('校园招聘').waitFor({ state: 'detached' });
  expect((await statusOf(world, world.asked.id)).status).toBe('accepted');

  // The focus stays in the list, at its beginning.
  await tabTo(request('Private').getByRole('button', { name: 'Decline' }));
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Decline the request' });
  await dialog.waitFor();
  await tabTo(dialog.getByRole('textbox'));
  await page.keyboard.type('那天装修');
  await tabTo(dialog.getByRole('button', { name: 'Decline' }));
  await page.keyboard.press('Enter');
  await toast(page, 'Declined: Private.');
  const [told] = (await office.done(li, readInboxMethod)).items;
  expect(told).toMatchObject({ kind: 'declined', cause: 'by_approver', note: '那天装修', by: ada.name });
  expect((await office.done(wang, readInboxMethod)).items[0]).toMatchObject({ kind: 'approved', by: ada.name });
  expect(complaints).toEqual([]);
});

it('says what others did, marks it read, and counts it in the frame of all screens', async () => {
  const world = await busyOffice(app);
  await using visitor = await visit(app, '/mine?tab=inbox', world.ada.credential, { language: 'zh' });
  const { page, complaints } = visitor;
  await page.locator('.mine-sentence').first().waitFor();
  expect(await page.locator('.mine-sentence').allTextContents()).toEqual([
    '未读: “午餐会”已取消：会议室在该时段被禁用',
    '未读: 管理员 取消了“代码走查”',
    '未读: 王芳 拒绝了“部门团建”',
    '未读: 王芳 批准了“供应商会谈”',
  ]);
  await page.getByRole('button', { name: '全部标为已读' }).click();
  await toast(page, '已全部标为已读。');
  await page.getByRole('link', { name: /^我的 4/ }).waitFor();
  expect(await page.locator('.mine-news[data-unread]').count()).toBe(0);
  expect((await world.office.done(world.ada, readInboxMethod)).unread).toBe(0);
  expect(complaints).toEqual([]);
});

it('tells of what happens while one looks', async () => {
  const { office, ada, wang, rooms } = await busyOffice(app);
  await using visitor = await visit(app, '/mine?tab=inbox', ada.credential);
  const { page } = visitor;
  await page.getByRole('link', { name: 'Mine 8 waiting' }).waitFor();
  await office.book(office.chief, rooms.bamboo, 5 * HOUR, HOUR, { title: '临时安排', on_behalf_of: ada.id });
  await page.getByText('管理员 booked a room for you: “临时安排”').waitFor();
  await office.book(wang, rooms.hall, 5 * HOUR, HOUR, { title: '新申请', approval_reason: '培训' });
  await page.getByRole('link', { name: 'Mine 10 waiting' }).waitFor();
});

it('an empty tenant has words for each of the three, and a failed call another try', async () => {
  const office = await openOffice(app);
  await using visitor = await visit(app, '/mine', office.chief.credential);
  const { page } = visitor;
  await page.getByRole('heading', { name: 'Nothing is booked' }).waitFor();
  await page.goto('/mine?tab=approvals');
  await page.getByRole('heading', { name: 'Nothing waits for you' }).waitFor();
  await page.goto('/mine?tab=inbox');
  await page.getByRole('heading', { name: 'No news' }).waitFor();
  await page.route(`**${listReservationsMethod.path}?*`, (route) =>
    route.fulfill({ status: 500, body: '{"error":{"code":"internal","message":"the server failed"}}' }),
  );
  await page.goto('/mine');
  await page.getByRole('alert').getByText('the server failed').waitFor();
  await page.unroute(`**${listReservationsMethod.path}?*`);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'Nothing is booked' }).waitFor();
});

it('shows what was, when asked, with what became of it', async () => {
  const office = await openOffice(app);
  const ada = await office.person('Ada');
  await office.book(ada, await office.room('松'), HOUR, HOUR, { title: '昨天的会' });
  app.clock.seconds = NOON + 24 * HOUR;
  app.clock.setReal(NOON);
  await using visitor = await visit(app, '/mine', ada.credential);
  const { page } = visitor;
  await page.getByRole('heading', { name: 'Nothing is booked' }).waitFor();
  expect(await page.getByText('昨天的会').count()).toBe(0);
  await page.getByRole('button', { name: 'Show earlier ones' }).click();
  await page.getByRole('heading', { name: 'Yesterday' }).waitFor();
  await page.getByText('昨天的会').waitFor();
});
