import { beforeAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { createLevel } from '../../src/domain/levels.ts';
import { defaults, effectiveSetting, ownSetting, settingsVersion } from '../../src/domain/policy.ts';
import { changeRoom, createRoom, requireRoom, type RoomFields } from '../../src/domain/rooms.ts';
import { changeSettings } from '../../src/domain/settings.ts';
import { NOON, testApp, testTenant, tester, testUser, userSession } from '../support/app.ts';
import { accessibilityFaults, visit } from '../support/browser.ts';
import { addReservations, reservation } from '../support/ledger.ts';

/* Changes are found in the audit and taken back there, unless somebody changed the same since. */
const app = await testApp();
const { tenantId, rootLevelId, administratorId } = await testTenant(app);
const session = await userSession(app, tenantId, administratorId);
const HOSTILE = '<img src=x onerror="globalThis.ran=1" data-alive>';
const ids: Record<string, string> = {};
let roomNo = 0;

const directory = () => app.ctx.directories.read(tenantId);
const change = async (fields: RoomFields, who = tester) => {
  const { version } = requireRoom(await directory(), ids.room ?? '');
  await changeRoom(app.ctx, who, { tenantId, roomId: ids.room ?? '', version, ...fields });
};
const room = async () =>
  app.ctx.db.kysely.selectFrom('rooms').selectAll().where('room_no', '=', roomNo).where('tenant_id', '=', tenantId).executeTakeFirstOrThrow();

beforeAll(async () => {
  for (const name of ['East', 'West']) ids[name] = await createLevel(app.ctx, tester, { tenantId, parentId: rootLevelId, name });
  const made = await createRoom(app.ctx, tester, { tenantId, levelId: ids.East ?? '', name: HOSTILE, capacity: 6 });
  [ids.room, roomNo] = [made.roomId, made.roomNo];
  await addReservations(app, [reservation({ tenant_id: tenantId, room_no: roomNo, start_at: NOON + 7200, title: 'standup' })]);
});

/** The latest change of a kind, opened, by keyboard. */
async function open(page: Page, what: string): Promise<void> {
  const twist = page.getByRole('row').filter({ hasText: what }).getByRole('button').first();
  await twist.focus();
  await page.keyboard.press('Enter');
  await page
    .getByText('Log id')
    .or(page.getByRole('button', { name: /^room |^level / }))
    .first()
    .waitFor();
}
const takeBack = async (page: Page) => {
  await page.getByRole('button', { name: 'Take back…' }).focus();
  await page.keyboard.press('Enter');
};
const dialogOf = (page: Page) => page.getByRole('dialog');
const confirm = async (page: Page) => {
  await dialogOf(page).getByRole('button', { name: 'Take it back' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => dialogOf(page).count()).toBe(0);
};

it('a change of name, seats, equipment, place and use is taken back, each shown first', async () => {
  const was = await room();
  const contacts = [await testUser(app, tenantId)];
  const all = { name: 'Renamed', capacity: 40, equipment: ['screen'], position: 7, levelId: ids.West ?? '' };
  await change({ ...all, disabling: { from: NOON + 86_400, until: null, reason: HOSTILE, contacts, disableNotice: true, resumeNotice: false } });
  await using visitor = await visit(app, `/admin/audit?object=${ids.room ?? ''}&action=room.change`, session);
  const { page, complaints } = visitor;
  await open(page, 'Renamed');
  await takeBack(page);
  const dialog = dialogOf(page);
  await dialog.getByRole('row', { name: `name Renamed ${HOSTILE}` }).waitFor();
  await dialog.getByRole('row', { name: 'capacity 40 6' }).waitFor();
  await dialog.getByText('It moves: 1 reservation and 0 devices move along.').waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  expect((await room()).name).toBe('Renamed');
  await confirm(page);
  const counters = { changed_in: 0, version: 0 };
  expect({ ...(await room()), ...counters }).toEqual({ ...was, ...counters });
  // That is a change as any other: it stands in the audit itself.
  await expect.poll(() => page.getByRole('row').filter({ hasText: 'room.change' }).count()).toBe(2);
  expect(await page.evaluate("'ran' in globalThis || document.querySelector('[data-alive]') !== null")).toBe(false);
  expect(complaints).toEqual([]);
});

it('putting back in use is taken back with what that cancels, and what somebody changed since is not touched', async () => {
  const disabling = { from: NOON, until: null, reason: 'paint', contacts: [], disableNotice: false, resumeNotice: false };
  await change({ disabling });
  await change({ disabling: null });
  await addReservations(app, [reservation({ tenant_id: tenantId, room_no: roomNo, start_at: NOON + 14_400, title: 'demo' })]);
  await using visitor = await visit(app, `/admin/audit?object=${ids.room ?? ''}`, session);
  const { page } = visitor;
  const dialog = dialogOf(page);
  await open(page, 'room.change');
  await takeBack(page);
  await dialog.getByText('1 reservation is cancelled').waitFor();
  await dialog.getByRole('link', { name: 'demo' }).waitFor();
  // Meanwhile somebody writes the room: what was looked at is not what would be changed.
  await change({ capacity: 11 });
  await dialog.getByRole('button', { name: 'Take it back' }).click();
  await dialog
    .getByRole('alert')
    .getByText(/Somebody changed it meanwhile/)
    .waitFor();
  expect((await room()).disabled_from).toBeNull();
  await page.keyboard.press('Escape');

  await change({ capacity: 12 });
  await page.reload();
  await page.getByRole('row').filter({ hasText: 'room.change' }).nth(1).getByRole('button').first().click();
  await takeBack(page);
  await dialog.getByText('Somebody changed this again since (capacity)').waitFor();
  expect(await dialog.getByRole('button', { name: 'Take it back' }).isDisabled()).toBe(true);
  expect((await room()).capacity).toBe(12);
});

it('rules are taken back, down to where nothing was said', async () => {
  const scopeId = ids.West ?? '';
  const write = async (minutesBefore: number, dayStart: number) => {
    const now = await directory();
    const parts = () => ({ check_in: { ...defaults.check_in, minutesBefore }, time: { ...defaults.time, enabled: true, dayStart } });
    await changeSettings(app.ctx, tester, { tenantId, scopeId, version: settingsVersion(now, scopeId), change: parts, cover: [] });
  };
  await write(5, 28_800);
  await write(10, 32_400);
  await using visitor = await visit(app, `/admin/audit?kind=level&action=settings.change`, session);
  const { page, complaints } = visitor;
  await open(page, 'settings.change');
  await takeBack(page);
  await dialogOf(page).getByRole('row', { name: 'check_in.minutes_before 10 5' }).waitFor();
  await dialogOf(page).getByRole('row', { name: 'time.day_start 09:00 08:00' }).waitFor();
  await confirm(page);
  expect(ownSetting(await directory(), scopeId, 'time')).toMatchObject({ dayStart: 28_800 });
  expect(effectiveSetting(await directory(), scopeId, 'check_in').value.minutesBefore).toBe(5);
  // What the first wrote holds again, so that it can be taken back too: nothing was said before it.
  await page.reload();
  await expect.poll(() => page.getByRole('row').filter({ hasText: 'settings.change' }).count()).toBe(3);
  await page.getByRole('row').filter({ hasText: 'settings.change' }).nth(2).getByRole('button').first().click();
  await takeBack(page);
  await confirm(page);
  expect(ownSetting(await directory(), scopeId, 'time')).toBeNull();
  expect(complaints).toEqual([]);
});
