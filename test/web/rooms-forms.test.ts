import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { createUser } from '../../src/domain/users.ts';
import { NOON, tester, testApp, userSession } from '../support/app.ts';
import { accessibilityFaults, type Look } from '../support/browser.ts';
import { hostileTexts } from '../support/hostile.ts';
import { openTimeline, spot, tabTo, timelineWorld } from '../support/timeline.ts';

/* What one does in the timeline's windows: series, guests, checking in, a session that ends; and what is said meanwhile. */

const app = await testApp({ rateLimit: 0 });
const world = () => timelineWorld(app);
const open = (path: string, session: string, look: Look = {}) => openTimeline(app, path, session, look);

async function openForm(page: Page, room: string, hour: number) {
  const { x, y } = await spot(page, room, hour + 0.05);
  await page.mouse.click(x, y);
  const dialog = page.getByRole('dialog', { name: `Book ${room}` });
  await dialog.waitFor();
  return dialog;
}

interface Row {
  title: string;
  start: string;
  guests: number;
  check_in: { status: string; at: string | null; device: string | null };
}

async function rowsOf(ask: (method: string, path: string) => Promise<Record<string, unknown>>): Promise<Row[]> {
  return (await ask('GET', '/reservations')).reservations as Row[];
}

describe('a series', () => {
  const starts = async (ask: Parameters<typeof rowsOf>[0]) => (await rowsOf(ask)).map(({ start }) => start.slice(0, 10)).sort();

  it.each([
    ['weekly', '3', ['2026-03-18', '2026-03-25', '2026-04-01']],
    ['daily', '2', ['2026-03-18', '2026-03-19']],
    ['monthly', '2', ['2026-03-18', '2026-04-18']],
  ])('ends after so many dates: %s, %s', async (kind, count, dates) => {
    const { session, ask } = await world();
    await using visitor = await open('/rooms', session);
    const dialog = await openForm(visitor.page, 'A101', 14);
    await dialog.getByLabel('Repeat').selectOption(kind);
    await dialog.getByLabel('Dates').fill(count);
    await dialog.getByRole('button', { name: 'Book', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await starts(ask)).toEqual(dates);
  });

  it('ends with a day, which counts to its end; another day is typed', async () => {
    const { session, ask } = await world();
    await using visitor = await open('/rooms', session);
    const { page } = visitor;
    const book = async (room: string, day?: string) => {
      const dialog = await openForm(page, room, 14);
      await dialog.getByLabel('Repeat').selectOption('weekly');
      await dialog.getByLabel('Ends', { exact: true }).selectOption('until');
      const part = dialog.getByRole('spinbutton', { name: /^day, Last day/ });
      await expect.poll(() => part.textContent()).toBe('15');
      if (day !== undefined) {
        await part.focus();
        await page.keyboard.type(day);
        await expect.poll(() => part.textContent()).toBe(day);
      }
      await dialog.getByRole('button', { name: 'Book', exact: true }).click();
      await dialog.waitFor({ state: 'detached' });
    };
    await book('A101');
    const all = ['2026-03-18', '2026-03-25', '2026-04-01', '2026-04-08', '2026-04-15'];
    expect(await starts(ask)).toEqual(all);
    await book('A102', '14');
    expect(await starts(ask)).toEqual([...all, ...all.slice(0, 4)].sort());
  });
});

it('by the keyboard alone guests are found, taken and left out; the details count them', async () => {
  const { tenantId, session, ask } = await world();
  for (const name of ['王芳', '王磊', 'Lena']) await createUser(app.ctx, tester, { tenantId, name, managesMeetings: false, isAdministrator: false });
  await using visitor = await open('/rooms', session);
  const { page, complaints } = visitor;
  await tabTo(page, page.getByRole('treegrid'));
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Book A101' });
  await dialog.getByLabel('Title', { exact: true }).waitFor();
  await page.keyboard.type('Planning');
  const guests = dialog.getByRole('combobox', { name: 'Guests' });
  const invite = async (text: string, found: number) => {
    await tabTo(page, guests);
    await page.keyboard.type(text);
    await expect.poll(() => dialog.getByRole('listbox', { name: 'Guests' }).getByRole('option').count()).toBe(found);
    await page.keyboard.press('Enter');
    await expect.poll(() => guests.inputValue()).toBe('');
  };
  await invite('王', 2);
  await invite('王', 1);
  await invite('Len', 1);
  await expect.poll(() => dialog.locator('.chip > span').allTextContents()).toEqual(['王磊', '王芳', 'Lena']);
  await page.keyboard.press('Backspace');
  await expect.poll(() => dialog.locator('.chip').count()).toBe(2);
  expect(await accessibilityFaults(page)).toEqual([]);
  await tabTo(page, dialog.getByRole('button', { name: 'Book', exact: true }));
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  expect((await rowsOf(ask)).map(({ title, guests: count }) => [title, count])).toEqual([['Planning', 2]]);
  await page.getByRole('button', { name: /^Planning/ }).click();
  await page.getByRole('dialog', { name: 'Planning' }).getByText('2 invited, 0 accepted').waitFor();
  expect(complaints).toEqual([]);
});

it('one checks in from the details: the ledger knows when, and that it was without a device', async () => {
  const { userId, session, ask, take } = await world();
  const due = { check_in_rule: 'required', check_in_settled: 0, check_in_opens_at: NOON - 600, check_in_closes_at: NOON + 900 };
  await take(0, 12, 13, { ...due, reserver_id: userId, title: 'Due' });
  await using visitor = await open('/rooms', session);
  const { page } = visitor;
  expect((await rowsOf(ask))[0]?.check_in).toMatchObject({ status: 'open', at: null });
  await page.getByRole('button', { name: /^Due/ }).click();
  await page.getByRole('dialog', { name: 'Due' }).getByRole('button', { name: 'Check in' }).click();
  await page.getByRole('button', { name: /^Due · .*Checked in/ }).waitFor();
  await page.locator('.toasts').getByText('Checked in').waitFor();
  expect((await rowsOf(ask))[0]?.check_in).toMatchObject({ status: 'checked_in', at: '2026-03-18T04:00:00Z', device: null });
});

it('a session that ends while one writes is said over the form, and nothing typed is lost', async () => {
  const { tenantId, userId, session, reservations } = await world();
  await using visitor = await open('/rooms', session);
  const { page, context } = visitor;
  const dialog = await openForm(page, 'A101', 14);
  await dialog.getByLabel('Title', { exact: true }).fill('Half written');
  const [cookie] = await context.cookies();
  await context.clearCookies();
  await dialog.getByRole('button', { name: 'Book', exact: true }).click();
  const over = page.getByRole('dialog', { name: 'Your session has ended' });
  await over.waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  // Signed in again, in another window.
  const again = (await userSession(app, tenantId, userId)).split('=');
  if (cookie) await context.addCookies([{ ...cookie, value: again[1] ?? '' }]);
  await over.getByRole('button', { name: 'Go on' }).click();
  await over.waitFor({ state: 'detached' });
  expect(await dialog.getByLabel('Title', { exact: true }).inputValue()).toBe('Half written');
  expect(await dialog.getByRole('alert').textContent()).toBe('You are signed out. Sign in again, then try once more.');
  await dialog.getByRole('button', { name: 'Book', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await reservations()).toEqual(['A101 06:00 07:00 accepted Half written']);
});

it('hostile titles in what is refused and said run nothing', async () => {
  const texts = hostileTexts.filter((_text, index) => index % 4 === 0).slice(0, 12);
  const { userId, session, take } = await world();
  for (const [index, title] of texts.entries()) await take(0, 12 + index / 2, 12.5 + index / 2, { title, reserver_id: userId });
  await using visitor = await open('/rooms', session);
  const { page, complaints } = visitor;
  await tabTo(page, page.getByRole('treegrid'));
  for (const title of texts) {
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.toast').last().textContent()).toContain(title);
    expect(await page.locator('#rooms-spoken').textContent()).toContain(title);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
  }
  expect(await page.evaluate('[globalThis.ran, document.querySelectorAll("[data-alive]").length]')).toEqual([undefined, 0]);
  expect(complaints).toEqual([]);
});

it('what is said while a window is open is said in it, and can be acted on', async () => {
  const { session, office, userId, building, take } = await world();
  await take(1, 11.5, 13, { reserver_id: userId, title: 'Runs' });
  await using other = await open(`/rooms?level=${building}`, office);
  await using visitor = await open('/rooms', session);
  const { page } = other;
  const dialog = await openForm(page, 'A101', 14);
  await visitor.page.getByRole('button', { name: /^Runs/ }).click();
  await visitor.page.getByRole('button', { name: 'End now' }).click();
  const said = dialog.getByRole('status').filter({ hasText: 'A102 was released 60 min early' });
  await said.waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.toasts').getByText('A102 was released').waitFor();
  expect(await page.getByText('A102 was released').count()).toBe(1);
});

it('the level chosen last is there again; an address goes before it, and what was deleted is forgotten', async () => {
  const { session, rootLevelId, building, ask } = await world();
  const annex = String((await ask('POST', '/levels', { parent_id: rootLevelId, name: 'Annex' })).id);
  await ask('POST', '/rooms', { name: 'X1', capacity: 4, level_id: annex });
  await using visitor = await open('/rooms', session);
  const { page, complaints } = visitor;
  const names = () => page.locator('.rooms-room').allTextContents();
  await page.getByRole('button', { name: /^Level/ }).click();
  await page.getByRole('dialog').getByText('Annex', { exact: true }).click();
  await expect.poll(names).toEqual(['X1']);
  await page.goto('/rooms');
  await expect.poll(names).toEqual(['X1']);
  expect(new URL(page.url()).searchParams.get('level')).toBe(annex);
  await page.goto(`/rooms?level=${building}`);
  await expect.poll(names).toEqual(['A101', 'A102', 'A103']);
  await page.goto('/mine');
  const rooms = (await ask('GET', `/rooms?level=${annex}`)).rooms as { id: string }[];
  for (const { id } of rooms) await ask('DELETE', `/rooms/${id}`);
  await ask('DELETE', `/levels/${annex}`);
  await page.goto('/rooms');
  await expect.poll(names).toEqual(['A101', 'A102', 'A103']);
  expect(new URL(page.url()).searchParams.get('level')).toBe(null);
  expect(complaints.filter((one) => !one.includes('404'))).toEqual([]);
});

it('the legend names each state, by the keyboard too', async () => {
  const { session } = await world();
  await using visitor = await open('/rooms', session);
  const { page } = visitor;
  await tabTo(page, page.locator('summary', { hasText: 'Legend' }));
  await page.keyboard.press('Enter');
  const legend = page.getByRole('group', { name: 'Legend' });
  await expect
    .poll(() => legend.getByRole('listitem').allTextContents())
    .toEqual(['●Free', 'Reserved', '★Mine', '◷Waiting for approval', '✓Checked in', '✕Nobody came', '↩Released']);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  expect(await legend.isVisible()).toBe(false);
});

it('a hand at the edge draws the rest of the day into sight', async () => {
  const { session } = await world();
  await using visitor = await open('/rooms', session, { width: 900 });
  const { page } = visitor;
  const frame = await page.locator('.rooms-frame').boundingBox();
  const from = await spot(page, 'A101', 15);
  const right = (frame?.x ?? 0) + (frame?.width ?? 0);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(right - 5, from.y, { steps: 4 });
  await expect.poll(() => page.locator('.rooms-ghost').textContent()).toContain('15:00–00:00');
  await page.mouse.up();
  expect(await page.getByRole('dialog', { name: 'Book A101' }).getByLabel('Start').locator('option:checked').textContent()).toContain('15:00');
});

it('what lasts over midnight says its days, and given back by another on the second day it is gone from there, as after a reload', async () => {
  const { userId, session, take } = await world();
  await take(0, -2, 20, { reserver_id: userId, title: 'Long' });
  await using other = await open('/rooms', session);
  await using visitor = await open('/rooms', session);
  const { page } = visitor;
  await page.getByRole('button', { name: /^Long · .*, Tue,? 17 Mar 22:00 – Wed,? 18 Mar 20:00, Mine/ }).click();
  await page
    .getByRole('dialog', { name: 'Long' })
    .getByText(/17 Mar 22:00 – Wed,? 18 Mar 20:00 · 22 h/)
    .waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'End now' }).click();
  const bars = (one: Page) => one.locator('.rooms-bar[data-id]');
  for (const one of [page, other.page]) await bars(one).waitFor({ state: 'detached' });
  await page.goto('/rooms?day=2026-03-17');
  await page.getByRole('button', { name: /^Long · .*Released/ }).waitFor();
  await page.goto('/rooms');
  await page.locator('.rooms-row').first().waitFor();
  expect(await bars(page).count()).toBe(0);
});
