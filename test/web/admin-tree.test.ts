import { beforeAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { bindDevice } from '../../src/domain/devices.ts';
import { createLevel } from '../../src/domain/levels.ts';
import { defaults } from '../../src/domain/policy.ts';
import { createRoom } from '../../src/domain/rooms.ts';
import { changeSettings } from '../../src/domain/settings.ts';
import { NOON, testApp, testTenant, tester, userSession } from '../support/app.ts';
import { accessibilityFaults, visit } from '../support/browser.ts';
import { addReservations, reservation } from '../support/ledger.ts';

/* Several rooms at once, seats in their place, and what a move touches: by keyboard alone. */
const app = await testApp();
const { tenantId, rootLevelId, administratorId } = await testTenant(app);
const session = await userSession(app, tenantId, administratorId);
const HOSTILE = '<img src=x onerror="globalThis.ran=1" data-alive>';
const levels: Record<string, string> = {};

beforeAll(async () => {
  for (const name of ['East', 'West']) levels[name] = await createLevel(app.ctx, tester, { tenantId, parentId: rootLevelId, name });
  const numbers: number[] = [];
  for (const name of ['K1', 'K2', HOSTILE]) {
    const { roomId, roomNo } = await createRoom(app.ctx, tester, { tenantId, levelId: levels.East ?? '', name, capacity: 6 });
    numbers.push(roomNo);
    if (name === 'K1') await bindDevice(app.ctx, tester, { tenantId, roomId, kind: 'panel', name: 'door' });
  }
  await createRoom(app.ctx, tester, { tenantId, levelId: levels.West ?? '', name: 'Corner', capacity: 2 });
  const at = (room_no: number, hours: number, title: string) => reservation({ tenant_id: tenantId, room_no, start_at: NOON + hours * 3600, title });
  const [first = 0, second = 0, third = 0] = numbers;
  await addReservations(app, [at(first, 1, 'planning'), at(second, 2, 'review'), at(third, 3, HOSTILE)]);
  const change = () => ({ check_in: { ...defaults.check_in, minutesBefore: 5 } });
  await changeSettings(app.ctx, tester, { tenantId, scopeId: levels.West ?? '', version: 0, change, cover: [] });
});

const row = (page: Page, name: string) => page.getByRole('row').filter({ has: page.locator('.admin-tree-text').getByText(name, { exact: true }) });
/** What the server has of the rooms, by name. */
const rooms = async () => {
  const all = await app.ctx.db.kysely.selectFrom('rooms').selectAll().where('tenant_id', '=', tenantId).orderBy('room_no').execute();
  return Object.fromEntries(all.map((one) => [one.name, one]));
};
const cancelled = async () =>
  (await app.ctx.db.kysely.selectFrom('reservations').select('title').where('cancelled_at', 'is not', null).execute()).map(({ title }) => title);

it('a move says what it touches before it is done, and can be taken back', async () => {
  await using visitor = await visit(app, '/admin/rooms', session);
  const { page, complaints } = visitor;
  const dialog = page.getByRole('dialog');
  // A level goes into another: its rooms' reservations and devices go along, and their check-in follows other rules.
  await row(page, 'West').focus();
  await page.keyboard.press('Alt+ArrowUp');
  await expect.poll(async () => (await row(page, 'East').getAttribute('aria-posinset')) ?? '').toBe('2');
  await row(page, 'East').focus();
  await page.keyboard.press('Alt+ArrowRight');
  await dialog.getByRole('heading', { name: 'Move East to West?' }).waitFor();
  expect(await dialog.getByRole('listitem').allTextContents()).toEqual(['3 reservations move along', '1 device moves along']);
  expect(await dialog.getByRole('row').allTextContents()).toEqual([expect.any(String), 'Check-in and releaseby defaultWest']);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  const level = () => app.ctx.db.kysely.selectFrom('levels').select('parent_id').where('name', '=', 'East').executeTakeFirstOrThrow();
  expect((await level()).parent_id).toBe(rootLevelId);
  await row(page, 'East').focus();
  await page.keyboard.press('Alt+ArrowRight');
  await dialog.getByRole('button', { name: 'Move', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await level()).parent_id).toBe(levels.West);
  await page.getByRole('button', { name: 'Undo' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await level()).parent_id).toBe(rootLevelId);
  expect(complaints).toEqual([]);
});

it('several rooms are chosen and get seats, a place and an end together, each shown first', async () => {
  await using visitor = await visit(app, '/admin/rooms', session);
  const { page, complaints } = visitor;
  const dialog = page.getByRole('dialog');
  const bar = page.getByRole('group', { name: 'Several rooms' });
  const press = async (name: string) => {
    await bar.getByRole('button', { name }).focus();
    await page.keyboard.press('Enter');
  };
  // Shift with arrows takes the neighbours in, Space one, Escape lets go of all.
  await row(page, HOSTILE).focus();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await bar.getByText('3 rooms chosen').waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => bar.count()).toBe(0);
  await row(page, 'K1').focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await bar.getByText('2 rooms chosen').waitFor();
  expect(await page.locator('[role=row][aria-selected=true]').count()).toBe(2);
  await row(page, HOSTILE).click({ modifiers: ['Control'] });
  await row(page, 'K2').click({ modifiers: ['Control'] });
  await bar.getByText('2 rooms chosen').waitFor();

  await press('Set seats…');
  await dialog.getByLabel('Seats').fill('14');
  await page.keyboard.press('Enter');
  await expect.poll(async () => Object.values(await rooms()).map(({ capacity }) => capacity)).toEqual([14, 6, 14, 2]);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(async () => Object.values(await rooms()).map(({ capacity }) => capacity)).toEqual([6, 6, 6, 2]);

  await press('Move to…');
  await dialog.getByRole('row', { name: /West/ }).click();
  await dialog.getByRole('heading', { name: 'Move 2 rooms to West?' }).waitFor();
  expect(await dialog.getByRole('listitem').allTextContents()).toEqual(['2 reservations move along', '1 device moves along']);
  await dialog.getByRole('button', { name: 'Move', exact: true }).click();
  await expect.poll(async () => [(await rooms()).K1?.level_id, (await rooms())[HOSTILE]?.level_id]).toEqual([levels.West, levels.West]);
  expect((await rooms()).K2?.level_id).toBe(levels.East);

  // Disabling lists what it cancels, each a way to the reservation; nothing is done before that is confirmed.
  await press('Disable…');
  await dialog.getByLabel('Reason').fill('paint');
  await dialog.getByRole('button', { name: 'Show what it does' }).click();
  await dialog.getByText('2 reservations are cancelled').waitFor();
  expect(await dialog.getByRole('row').allTextContents()).toEqual([
    expect.any(String),
    expect.stringMatching(/13:00–.*planning/),
    expect.stringContaining(HOSTILE),
  ]);
  const [planning] = await app.ctx.db.kysely.selectFrom('reservations').select('id').where('title', '=', 'planning').execute();
  expect(await dialog.getByRole('link', { name: 'planning' }).getAttribute('href')).toBe(`/ledger?row=${String(planning?.id)}`);
  expect(await cancelled()).toEqual([]);
  await dialog.getByRole('button', { name: 'Disable and cancel 2 reservations' }).click();
  await expect.poll(cancelled).toEqual(['planning', HOSTILE]);
  // The same rooms stay chosen for what comes next.
  await press('Choose none');
  await expect.poll(() => bar.count()).toBe(0);

  await row(page, 'K2').focus();
  await page.keyboard.press('Space');
  await row(page, 'Corner').focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Delete');
  await dialog.getByText('1 reservation is cancelled').waitFor();
  await dialog.getByRole('button', { name: 'Delete and cancel 1 reservation' }).click();
  await expect.poll(() => row(page, 'K2').count()).toBe(0);
  expect(Object.values(await rooms()).flatMap(({ name, deleted_at }) => (deleted_at === null ? [name] : []))).toEqual(['K1', HOSTILE]);
  expect(await page.evaluate("'ran' in globalThis || document.querySelector('[data-alive]') !== null")).toBe(false);
  expect(complaints).toEqual([]);
});

it('seats are written in their place', async () => {
  await using visitor = await visit(app, '/admin/rooms', session);
  const { page, complaints } = visitor;
  await row(page, 'K1').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  const field = page.getByLabel('Seats of K1');
  await field.fill('8');
  await page.keyboard.press('Escape');
  await row(page, 'K1').and(page.locator(':focus')).waitFor();
  expect((await rooms()).K1?.capacity).toBe(6);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('F2');
  await field.fill('many');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('A whole number').waitFor();
  await field.fill('9');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await rooms()).K1?.capacity).toBe(9);
  await row(page, 'K1').and(page.locator(':focus')).waitFor();
  expect(complaints).toEqual([]);
});
