import { beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { createLevel } from '../../src/domain/levels.ts';
import { createRoom } from '../../src/domain/rooms.ts';
import { NOON, testApp, testTenant, tester, testUser, userSession } from '../support/app.ts';
import { visit } from '../support/browser.ts';
import { addReservations, reservation } from '../support/ledger.ts';

const app = await testApp();
const tenant = await testTenant(app);
const { tenantId, rootLevelId, administratorId } = tenant;
const session = await userSession(app, tenantId, administratorId);
const ids: Record<string, string> = {};

beforeAll(async () => {
  ids.a = await createLevel(app.ctx, tester, { tenantId, parentId: rootLevelId, name: 'Tower A' });
  ids.b = await createLevel(app.ctx, tester, { tenantId, parentId: rootLevelId, name: 'Tower B' });
  for (const name of ['K1', 'K2', 'K3']) ids[name] = (await createRoom(app.ctx, tester, { tenantId, levelId: ids.a, name, capacity: 6 })).roomId;
});

const open = (path: string, look = {}) => visit(app, path, session, look);
const row = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(`^${name}( |$)`) });
const namesOf = (page: Page) => page.getByRole('treegrid').locator('.admin-tree-text').allTextContents();
/** What the server has of it. */
const room = async (roomId: string) => app.ctx.db.kysely.selectFrom('rooms').selectAll().where('room_id', '=', roomId).executeTakeFirstOrThrow();

describe('the tree, by keyboard alone', () => {
  it('a level and a room are created', async () => {
    await using visitor = await open('/admin/rooms');
    const { page, complaints } = visitor;
    await page.getByRole('button', { name: 'New level' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByLabel('Name').focus();
    await page.keyboard.type('Tower C');
    await page.keyboard.press('Enter');
    await row(page, 'Tower C').waitFor();
    await page.getByRole('heading', { name: 'Tower C' }).waitFor();
    await page.getByRole('button', { name: 'New room' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByLabel('Name').focus();
    await page.keyboard.type('松');
    await page.keyboard.press('Tab');
    await page.keyboard.type('12');
    await page.keyboard.press('Enter');
    await row(page, '松').waitFor();
    const made = await app.ctx.db.kysely.selectFrom('rooms').select(['capacity']).where('name', '=', '松').executeTakeFirstOrThrow();
    expect(made.capacity).toBe(12);
    expect(complaints).toEqual([]);
  });

  it('F2 renames, and what is refused stays to be mended', async () => {
    await using visitor = await open('/admin/rooms');
    const { page } = visitor;
    await row(page, 'K2').focus();
    await page.keyboard.press('F2');
    await page.getByLabel('New name of K2').waitFor();
    await page.keyboard.type('K1');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect((await room(ids.K2 ?? '')).name).toBe('K2');
    await page.getByLabel('New name of K2').fill('K2 renamed');
    await page.keyboard.press('Enter');
    await row(page, 'K2 renamed').waitFor();
    expect((await room(ids.K2 ?? '')).name).toBe('K2 renamed');
    // The focus is back on the row, and Escape leaves a name as it was.
    await page.keyboard.press('F2');
    await page.keyboard.type('something');
    await page.keyboard.press('Escape');
    await row(page, 'K2 renamed').waitFor();
  });

  it('Alt with arrows orders, and moves in and out; the arrows walk, open and close', async () => {
    await using visitor = await open('/admin/rooms?q=');
    const { page } = visitor;
    await row(page, 'K3').focus();
    await page.keyboard.press('Alt+ArrowUp');
    await expect.poll(async () => (await namesOf(page)).filter((name) => name.startsWith('K')).map((name) => name.slice(0, 2))).toEqual(['K1', 'K3', 'K2']);
    await page.keyboard.press('Alt+ArrowUp');
    await expect.poll(async () => (await namesOf(page)).filter((name) => name.startsWith('K')).map((name) => name.slice(0, 2))).toEqual(['K3', 'K1', 'K2']);
    // Tower B goes into Tower A, which stands before it, and comes out again.
    await row(page, 'Tower B').focus();
    await page.keyboard.press('Alt+ArrowRight');
    await expect.poll(() => row(page, 'Tower B').getAttribute('aria-level')).toBe('3');
    await row(page, 'Tower B').and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Alt+ArrowLeft');
    await expect.poll(() => row(page, 'Tower B').getAttribute('aria-level')).toBe('2');
    await row(page, 'Tower A').focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => row(page, 'Tower A').getAttribute('aria-expanded')).toBe('false');
    expect(await row(page, 'K1').count()).toBe(0);
    await page.keyboard.press('ArrowRight');
    await row(page, 'K1').waitFor();
  });

  it('moves a room by the dialog, and undoes it', async () => {
    await using visitor = await open(`/admin/rooms?node=${ids.K1 ?? ''}`);
    const { page } = visitor;
    await page.getByRole('button', { name: 'Move to…' }).click();
    await page
      .getByRole('dialog')
      .getByRole('row', { name: /Tower B/ })
      .click();
    await expect.poll(async () => (await room(ids.K1 ?? '')).level_id).toBe(ids.b);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(async () => (await room(ids.K1 ?? '')).level_id).toBe(ids.a);
  });

  it('moves a room by dragging it onto a level', async () => {
    await using visitor = await open('/admin/rooms');
    const { page } = visitor;
    await row(page, 'K1').dragTo(row(page, 'Tower B'));
    await expect.poll(async () => (await room(ids.K1 ?? '')).level_id).toBe(ids.b);
    await row(page, 'K1').dragTo(row(page, 'Tower A'));
    await expect.poll(async () => (await room(ids.K1 ?? '')).level_id).toBe(ids.a);
  });
});

describe('out of use', () => {
  const reservations = async (roomNo: number) =>
    app.ctx.db.kysely.selectFrom('reservations').select(['title', 'cancelled_at']).where('room_no', '=', roomNo).orderBy('start_at').execute();

  it('disabling shows what it cancels, does nothing until that is confirmed, and can be taken back', async () => {
    const { roomId, roomNo } = await aRoom('To be mended');
    const at = (hours: number, title: string) => reservation({ tenant_id: tenantId, room_no: roomNo, start_at: NOON + hours * 3600, title });
    await addReservations(app, [at(1, 'first'), at(3, 'second'), at(30, 'tomorrow')]);
    await using visitor = await open(`/admin/rooms?node=${roomId}`);
    const { page, complaints } = visitor;
    await page.getByRole('button', { name: 'Disable…' }).click();
    await page.getByLabel('Until', { exact: true }).selectOption('time');
    await page.getByLabel('Reason').fill('The projector');
    await page.getByRole('button', { name: 'Show what it does' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('2 reservations are cancelled').waitFor();
    expect(await dialog.getByRole('row').allTextContents()).toEqual([
      expect.stringContaining('When'),
      expect.stringMatching(/Wed.*13:00–.*first/),
      expect.stringMatching(/Wed.*15:00–.*second/),
    ]);
    expect((await reservations(roomNo)).every(({ cancelled_at }) => cancelled_at === null)).toBe(true);
    await dialog.getByRole('button', { name: 'Disable and cancel 2 reservations' }).click();
    await page.getByText('The room is disabled.').waitFor();
    await page.getByText('The projector').waitFor();
    expect((await reservations(roomNo)).map(({ title, cancelled_at }) => [title, cancelled_at !== null])).toEqual([
      ['first', true],
      ['second', true],
      ['tomorrow', false],
    ]);
    await row(page, 'To be mended').getByText('disabled').waitFor();
    await page.getByRole('button', { name: 'Put back in use' }).click();
    await dialog.getByRole('button', { name: 'Put back in use' }).click();
    await page.getByText('The room is in use.').waitFor();
    expect(complaints).toEqual([]);
  });

  it('deleting a level asks for its name, and says what goes with it', async () => {
    const levelId = await createLevel(app.ctx, tester, { tenantId, parentId: rootLevelId, name: 'Annex' });
    const { roomNo } = await createRoom(app.ctx, tester, { tenantId, levelId, name: 'Attic', capacity: 2 });
    await addReservations(app, [reservation({ tenant_id: tenantId, room_no: roomNo, start_at: NOON + 3600, title: 'under the roof' })]);
    await using visitor = await open('/admin/rooms');
    const { page } = visitor;
    await row(page, 'Annex').focus();
    await page.keyboard.press('Delete');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/Delete all below it too/).check();
    await dialog.getByText('1 reservation is cancelled').waitFor();
    const button = dialog.getByRole('button', { name: 'Delete and cancel 1 reservation' });
    expect(await button.isDisabled()).toBe(true);
    await dialog.getByLabel('Type Annex to confirm').fill('Annex');
    await button.click();
    await expect.poll(() => row(page, 'Annex').count()).toBe(0);
    expect((await reservations(roomNo))[0]?.cancelled_at).not.toBeNull();
  });
});

describe('two at once', () => {
  it('who saves second sees the newest state and keeps what they wrote', async () => {
    const { roomId } = await aRoom('Contested');
    await using first = await open(`/admin/rooms?node=${roomId}`);
    await using second = await open(`/admin/rooms?node=${roomId}`);
    const side = ({ page }: { page: Page }) => page.locator('.admin-side');
    await side(second).getByLabel('Description').fill('mine');
    await side(first).getByLabel('Seats').fill('40');
    await side(first).getByRole('button', { name: 'Save' }).click();
    await first.page.getByText('Saved.').waitFor();
    await side(second).getByRole('button', { name: 'Save' }).click();
    await second.page.getByText(/Somebody changed this meanwhile/).waitFor();
    await expect.poll(() => side(second).getByLabel('Seats').inputValue()).toBe('40');
    expect(await side(second).getByLabel('Description').inputValue()).toBe('mine');
    expect((await room(roomId)).description).toBe('');
    await side(second).getByRole('button', { name: 'Save' }).click();
    await second.page.getByText('Saved.').waitFor();
    expect(await room(roomId)).toMatchObject({ capacity: 40, description: 'mine' });
    // The browser notes every refused call by itself.
    expect(second.complaints.every((line) => line.includes('412'))).toBe(true);
  });
});

describe('a table', () => {
  it('is checked first, row by row, then taken in', async () => {
    await using visitor = await open('/admin/rooms');
    const { page, complaints } = visitor;
    await page.getByRole('button', { name: 'Import…' }).click();
    const dialog = page.getByRole('dialog');
    const paste = dialog.getByLabel(/Paste from a spreadsheet/);
    await paste.fill('name\tlevel\tcapacity\nK3\tTower A\t9\nNew one\tTower A\t4\nNowhere\tTower Z\t4');
    await dialog.getByRole('button', { name: 'Check' }).click();
    await dialog.getByRole('cell', { name: /there is no level Tower Z/ }).waitFor();
    expect(await dialog.getByRole('button', { name: /^Import/ }).count()).toBe(0);
    await paste.fill('name\tlevel\tcapacity\nK3\tTower A\t9\nNew one\tTower A\t4');
    await dialog.getByRole('button', { name: 'Check' }).click();
    await dialog.getByRole('cell', { name: /\+ room Tower A\/New one/ }).waitFor();
    expect((await room(ids.K3 ?? '')).capacity).toBe(6);
    await dialog.getByRole('button', { name: 'Import 2 rows' }).click();
    await row(page, 'New one').waitFor();
    expect((await room(ids.K3 ?? '')).capacity).toBe(9);
    expect(complaints).toEqual([]);
  });

  it('may be a file in GBK', async () => {
    await using visitor = await open('/admin/rooms');
    const { page } = visitor;
    await page.getByRole('button', { name: 'Import…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('What it holds').selectOption('levels');
    // 路径,时区 / 西塔/一层, in GBK.
    const bytes = Buffer.from('c2b7beb62ccab1c7f80acef7cbfe2fd2bbb2e32c417369612f546f6b796f0a', 'hex');
    await dialog.getByLabel(/choose a file/).setInputFiles({ name: 'levels.csv', mimeType: 'text/csv', buffer: bytes });
    await dialog.getByRole('button', { name: 'Check' }).click();
    await dialog.getByRole('cell', { name: /西塔\/一层/ }).waitFor();
    await dialog.getByRole('button', { name: 'Import 1 row' }).click();
    await row(page, '一层').waitFor();
  });
});

it('stands two thousand rooms: only rows in sight are drawn, the search finds the rest', async () => {
  await using big = await testApp();
  const other = await testTenant(big);
  const levelId = await createLevel(big.ctx, tester, { tenantId: other.tenantId, parentId: other.rootLevelId, name: 'Many' });
  const { runImport } = await import('../../src/domain/imports/index.ts');
  const csv = ['name,level,capacity', ...Array.from({ length: 2000 }, (_, i) => `R${String(i).padStart(4, '0')},Many,4`)].join('\n');
  const { applied } = await runImport(big.ctx, tester, { tenantId: other.tenantId, kind: 'rooms', csv, dryRun: false });
  expect([applied, levelId]).toEqual([true, expect.stringMatching(/^omb_/)]);
  await using visitor = await visit(big, '/admin/rooms', await userSession(big, other.tenantId, other.administratorId));
  const { page } = visitor;
  await row(page, 'R0003').waitFor();
  expect(await page.getByRole('row').count()).toBeLessThan(60);
  await row(page, 'R0003').focus();
  await page.keyboard.press('End');
  await row(page, 'R1999').and(page.locator(':focus')).waitFor();
  await page.getByLabel('Find a room or level').fill('r1234');
  await expect.poll(() => namesOf(page)).toEqual(['测试', 'Many', 'R1234']);
});

it('is refused to who does not administer, kindly', async () => {
  const member = await testUser(app, tenantId);
  await using visitor = await visit(app, '/admin/apps', await userSession(app, tenantId, member));
  const { page, complaints } = visitor;
  await page.getByRole('heading', { name: 'This part is for administrators' }).waitFor();
  await page.getByRole('link', { name: 'To the rooms' }).click();
  await page.waitForURL('**/rooms');
  expect(complaints).toEqual([]);
});

async function aRoom(name: string): Promise<{ roomId: string; roomNo: number }> {
  const { roomId, roomNo } = await createRoom(app.ctx, tester, { tenantId, levelId: ids.a ?? '', name, capacity: 4 });
  return { roomId, roomNo };
}
