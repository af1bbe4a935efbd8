import { beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { createApp } from '../../src/domain/apps.ts';
import { createDepartment } from '../../src/domain/departments.ts';
import { bindDevice } from '../../src/domain/devices.ts';
import { createLevel } from '../../src/domain/levels.ts';
import { createRoom } from '../../src/domain/rooms.ts';
import { createUser } from '../../src/domain/users.ts';
import { endpoints } from '../../src/wire/index.ts';
import { userFieldScopes } from '../../src/wire/contact/users.ts';
import { NOON, testApp, testTenant, tester, testUser, userSession } from '../support/app.ts';
import { accessibilityFaults, visit } from '../support/browser.ts';
import { addReservations, reservation } from '../support/ledger.ts';

const app = await testApp();
const tenant = await testTenant(app);
const { tenantId, rootLevelId, administratorId } = tenant;
const session = await userSession(app, tenantId, administratorId);
const open = (path: string, look = {}) => visit(app, path, session, look);

/** Names as somebody writes them who means harm. */
const HOSTILE = `<img src=x onerror="reportViolation('executed')">"'><script>reportViolation('executed')</script>`;

let level = '';
let room = '';
let roomNo = 0;

beforeAll(async () => {
  level = await createLevel(app.ctx, tester, { tenantId, parentId: rootLevelId, name: '望京 A' });
  ({ roomId: room, roomNo } = await createRoom(app.ctx, tester, { tenantId, levelId: level, name: 'K2', capacity: 6 }));
});

const dialogOf = (page: Page) => page.getByRole('dialog');
const toasted = (page: Page, text: string | RegExp) => page.locator('.toast').getByText(text).first().waitFor();

describe('people', () => {
  it('one is added, given a role and a password link that works', async () => {
    await using visitor = await open('/admin/people');
    const { page, complaints } = visitor;
    await page.getByRole('button', { name: 'New person' }).click();
    await dialogOf(page).getByLabel('Name').fill('王芳');
    await dialogOf(page).getByLabel('E-mail').fill('wang@example.com');
    await dialogOf(page).getByRole('button', { name: 'Add' }).click();
    await page.getByRole('heading', { name: '王芳' }).waitFor();
    await page.locator('.admin-side').getByLabel('Meeting management').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await toasted(page, 'Saved.');
    await page.getByRole('row', { name: /王芳.*Meeting management/ }).waitFor();

    await page.getByRole('button', { name: 'Password link…' }).click();
    await dialogOf(page).getByRole('button', { name: 'Copy' }).click();
    const link = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(link.startsWith(app.url)).toBe(true);
    await dialogOf(page).getByRole('button', { name: 'I have kept it' }).click();
    expect(await page.getByText(link).count()).toBe(0);
    expect(complaints).toEqual([]);

    const { pathname, search } = new URL(link);
    await using person = await visit(app, pathname + search);
    await person.page.locator('input[name=password]').fill('correct horse battery');
    await person.page.locator('button[type=submit], main form button').first().click();
    await person.page.goto('/sign-in?next=/mine');
    if (new URL(person.page.url()).pathname === '/sign-in') {
      await person.page.locator('input[name=email]').fill('wang@example.com');
      await person.page.locator('input[name=password]').fill('correct horse battery');
      await person.page.locator('main form button, form button').first().click();
    }
    await person.page.waitForURL('**/mine');
  });

  it('is suspended, let in again, and anonymised only when the name is typed', async () => {
    const id = await createUser(app.ctx, tester, { tenantId, name: '离职者', managesMeetings: false, isAdministrator: false });
    await using visitor = await open(`/admin/people?person=${id}`);
    const { page, complaints } = visitor;
    await page.getByRole('button', { name: 'Suspend…' }).click();
    await dialogOf(page).getByRole('button', { name: 'Suspend' }).click();
    await page.getByRole('button', { name: 'Let in again' }).click();
    await toasted(page, /may sign in again/);
    await page.getByRole('button', { name: 'Suspend…' }).click();
    await dialogOf(page).getByRole('button', { name: 'Suspend' }).click();
    await page.getByRole('button', { name: 'Anonymise…' }).click();
    const confirm = dialogOf(page).getByRole('button', { name: 'Anonymise for good' });
    expect(await confirm.isDisabled()).toBe(true);
    await dialogOf(page).getByLabel('Type 离职者 to confirm').fill('离职者');
    await confirm.click();
    await toasted(page, 'The person was anonymised.');
    const { anonymised_at } = await app.ctx.db.kysely.selectFrom('users').select('anonymised_at').where('user_id', '=', id).executeTakeFirstOrThrow();
    expect(anonymised_at).not.toBeNull();
    expect(complaints).toEqual([]);
  });

  it('departments are made, moved and deleted', async () => {
    await using visitor = await open('/admin/departments');
    const { page, complaints } = visitor;
    for (const name of ['研发部', '平台组']) {
      await page.getByRole('button', { name: 'New department' }).click();
      await dialogOf(page).getByLabel('Name').fill(name);
      await dialogOf(page).getByRole('button', { name: 'Add' }).click();
      await page.getByRole('button', { name, exact: true }).waitFor();
    }
    await page.getByRole('button', { name: '平台组', exact: true }).click();
    await page.getByLabel('Below').selectOption({ label: '研发部' });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('研发部 / 平台组').waitFor();
    await page.getByRole('button', { name: 'Delete…' }).click();
    await dialogOf(page).getByRole('button', { name: 'Delete' }).click();
    await toasted(page, '平台组 was deleted.');
    expect(complaints).toEqual([]);
  });

  it('come from a table too', async () => {
    await using visitor = await open('/admin/people');
    const { page } = visitor;
    await page.getByRole('button', { name: 'Import…' }).click();
    await dialogOf(page)
      .getByLabel(/Paste from a spreadsheet/)
      .fill('姓名,邮箱,角色\n赵六,zhao@example.com,会议管理');
    await dialogOf(page).getByRole('button', { name: 'Check' }).click();
    await dialogOf(page).getByRole('button', { name: 'Import 1 row' }).click();
    await page.getByRole('row', { name: /赵六/ }).waitFor();
  });
});

describe('rules', () => {
  it('show whose word they are, are said anew and taken back', async () => {
    const approver = await createUser(app.ctx, tester, { tenantId, name: '审批员甲', managesMeetings: false, isAdministrator: false });
    await using visitor = await open(`/admin/rules?scope=${level}`);
    const { page, complaints } = visitor;
    const card = page.getByRole('region', { name: 'Approval' });
    await card.getByText('by default').waitFor();
    await card.getByRole('button', { name: 'Set here…' }).click();
    await card.getByLabel('Reservations need an approval').check();
    await card.getByRole('combobox', { name: /Who approves/ }).fill('审批员');
    await page.getByRole('option', { name: /审批员甲/ }).waitFor();
    await page.keyboard.press('Enter');
    await card.getByRole('button', { name: 'Save' }).click();
    await card.getByText('set here').waitFor();
    await card.getByText('Every reservation needs the approval of one of these:').waitFor();
    await card.getByText('审批员甲').waitFor();
    const stored = await app.ctx.db.kysely
      .selectFrom('settings')
      .select('value')
      .where('scope_id', '=', level)
      .where('part', '=', 'approval')
      .executeTakeFirstOrThrow();
    expect(JSON.parse(stored.value ?? '')).toMatchObject({ enabled: true, approvers: [approver] });

    await page.getByRole('row', { name: 'K2' }).click();
    await page.getByRole('heading', { name: 'Rules · K2' }).waitFor();
    const source = card.getByRole('link', { name: 'inherited from 望京 A' });
    await source.waitFor();
    await card.getByText('Every reservation needs the approval of one of these:').waitFor();
    await source.click();
    await page.getByRole('heading', { name: 'Rules · 望京 A' }).waitFor();
    await card.getByRole('button', { name: 'Take back' }).click();
    await card.getByText('by default').waitFor();
    await card.getByText('No approval is needed.').waitFor();
    expect(complaints).toEqual([]);
  });

  it('what cannot be is said at its field, and nothing is saved', async () => {
    await using visitor = await open(`/admin/rules?scope=${room}`);
    const { page } = visitor;
    const card = page.getByRole('region', { name: 'Hours and limits' });
    await card.getByRole('button', { name: 'Set here…' }).click();
    await card.getByLabel('Limit hours and how far ahead').check();
    await card.getByLabel('Bookable from').fill('18:00');
    await card.getByLabel('Bookable until').fill('09:00');
    await card.getByRole('button', { name: 'Save' }).click();
    await card.locator('.fault').first().waitFor();
    await card.getByLabel('Bookable from').fill('08:00');
    await card.getByLabel('Bookable until').fill('20:00');
    await card.getByRole('button', { name: 'Save' }).click();
    await card.getByText('Bookable 08:00–20:00').waitFor();
  });
});

describe('apps', () => {
  it('has words for every scope that there is', async () => {
    await using visitor = await open('/admin/apps');
    const { page } = visitor;
    await page.getByRole('button', { name: 'New app' }).click();
    const shown = await dialogOf(page).locator('.admin-scopes > ul > li code').allTextContents();
    const scopes = shown.filter((text) => !text.includes(' '));
    const known = new Set([...endpoints.flatMap((endpoint) => endpoint.scopes), ...Object.values(userFieldScopes).flat(), 'offline_access']);
    expect([...known].filter((scope) => !scopes.includes(scope))).toEqual([]);
    await dialogOf(page).getByText('11 methods').first().click();
    await dialogOf(page).getByText('GET /open-apis/vc/v1/resource_reservation_list').first().waitFor();
  });

  it('one is made, tried green and red, rotated and revoked; each secret is shown once', async () => {
    await addReservations(
      app,
      [1, 2, 3].map((hours) => reservation({ tenant_id: tenantId, room_no: roomNo, start_at: NOON - hours * 3600 })),
    );
    await using visitor = await open('/admin/apps');
    const { page, complaints } = visitor;
    await page.getByRole('button', { name: 'New app' }).click();
    await dialogOf(page).getByRole('textbox', { name: 'Name' }).fill('报表程序');
    await dialogOf(page).getByRole('button', { name: 'Create' }).click();
    const take = async () => {
      await dialogOf(page).getByRole('button', { name: 'Copy' }).click();
      const secret = await page.evaluate<string>('navigator.clipboard.readText()');
      await dialogOf(page).getByRole('button', { name: 'I have kept it' }).click();
      return secret;
    };
    const secret = await take();
    const appId = new URL(page.url()).searchParams.get('app') ?? '';
    expect(await tokenFor(appId, secret)).toBe(0);

    const tester_ = page.getByRole('region', { name: 'Try the ledger' });
    const result = tester_.getByRole('status');
    await tester_.getByRole('button', { name: 'Try' }).click();
    await result.getByText('It would be let in').waitFor();
    expect(await facts(page)).toEqual({ HTTP: '200', code: '0', msg: 'success', log_id: expect.stringMatching(/^\w+$/) as string, rows: '3' });

    // Of the window.
    await tester_.getByLabel('end_time').fill('1');
    await tester_.getByRole('button', { name: 'Try' }).click();
    await result.getByText('It would be refused').waitFor();
    expect((await facts(page)).code).toBe('126006');
    await tester_.getByLabel('end_time').fill('x');
    await tester_.getByRole('button', { name: 'Try' }).click();
    await expect.poll(async () => (await facts(page)).code).not.toBe('126006');

    // Of the scope.
    await page.getByRole('checkbox', { name: /^vc:room:readonly/ }).uncheck();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await toasted(page, 'Saved.');
    await tester_.getByRole('button', { name: 'Try' }).click();
    await result.getByText('It needs one of: vc:room:readonly').waitFor();
    expect(await facts(page)).toMatchObject({ HTTP: '400', code: '99991672' });

    await page.getByRole('button', { name: 'New secret…' }).click();
    await dialogOf(page).getByRole('button', { name: 'Make a new secret' }).click();
    const other = await take();
    expect(other).not.toBe(secret);
    expect(await tokenFor(appId, secret)).not.toBe(0);
    expect(await tokenFor(appId, other)).toBe(0);

    await page.getByRole('button', { name: 'Revoke…' }).click();
    await dialogOf(page).getByLabel('Type 报表程序 to confirm').fill('报表程序');
    await dialogOf(page).getByRole('button', { name: 'Revoke for good' }).click();
    await page.getByText(/^Revoked on/).waitFor();
    expect(await tokenFor(appId, other)).not.toBe(0);
    await tester_.getByRole('button', { name: 'Try' }).click();
    await expect.poll(async () => (await facts(page)).code).toBe('99991663');
    expect(await page.content()).not.toContain(secret);
    expect(complaints).toEqual([]);
  });

  it('whose creator was suspended is refused for want of the permission', async () => {
    const creator = await testUser(app, tenantId, true);
    const { appId } = await createApp(app.ctx, tester, { tenantId, name: 'of a clerk', scopes: ['vc:room:readonly'], creatorId: creator });
    await app.ctx.db.kysely.updateTable('users').set({ suspended_at: NOON }).where('user_id', '=', creator).execute();
    await using visitor = await open(`/admin/apps?app=${appId}`);
    const { page } = visitor;
    await page.getByRole('button', { name: 'Try' }).click();
    await expect.poll(async () => (await facts(page)).code).toBe('121005');
  });
});

it('a device is bound, given another credential, and removed', async () => {
  await using visitor = await open(`/admin/devices?room=${room}`);
  const { page, complaints } = visitor;
  await page.getByText('No devices here').waitFor();
  await page.getByRole('button', { name: 'Bind a device' }).click();
  await dialogOf(page).getByLabel('Name').fill('门口');
  await dialogOf(page).getByLabel('Kind').selectOption('panel');
  await dialogOf(page).getByRole('button', { name: 'Bind' }).click();
  const credential = () => dialogOf(page).getByRole('textbox').inputValue();
  const heartbeat = async (bearer: string) =>
    (await fetch(`${app.url}/api/v1/device/heartbeat`, { method: 'POST', headers: { authorization: `Bearer ${bearer}` } })).status;
  const first = await credential();
  expect(await heartbeat(first)).toBe(200);
  await dialogOf(page).getByRole('button', { name: 'I have kept it' }).click();
  await page.getByRole('button', { name: 'New credential… 门口' }).click();
  await dialogOf(page).getByRole('button', { name: 'Make a new one' }).click();
  await dialogOf(page).getByText('This is shown once').waitFor();
  const second = await credential();
  expect([await heartbeat(first), await heartbeat(second)]).toEqual([401, 200]);
  await dialogOf(page).getByRole('button', { name: 'I have kept it' }).click();
  await page.getByRole('button', { name: 'All rooms' }).click();
  await page.getByRole('row', { name: /门口.*online/ }).waitFor();
  await page.getByRole('button', { name: 'Remove… 门口' }).click();
  await dialogOf(page).getByRole('button', { name: 'Remove' }).click();
  await toasted(page, '门口 was removed.');
  expect(await heartbeat(second)).toBe(401);
  expect(complaints).toEqual([]);
});

describe('the audit', () => {
  it('shows who did what, what it was and became, and what was refused', async () => {
    await using rename = await open(`/admin/rooms?node=${room}`);
    await rename.page.locator('.admin-side').getByLabel('Seats').fill('77');
    await rename.page.getByRole('button', { name: 'Save' }).click();
    await toasted(rename.page, 'Saved.');
    const member = await createUser(app.ctx, tester, { tenantId, name: '好奇者', managesMeetings: false, isAdministrator: false });
    const cookie = await userSession(app, tenantId, member);
    await fetch(`${app.url}/api/v1/apps`, { headers: { cookie } });

    await using visitor = await open('/admin/audit');
    const { page, complaints } = visitor;
    await page.getByLabel('What', { exact: true }).fill('room.change');
    const line = page.getByRole('row', { name: /管理员.*room\.change.*K2|room\.change/ }).first();
    await line.getByRole('button').click();
    await page.getByRole('row', { name: 'capacity 6 77', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByLabel('Outcome').selectOption('denied');
    await page.getByRole('row', { name: /好奇者.*refused/i }).waitFor();
    expect(new URL(page.url()).searchParams.get('outcome')).toBe('denied');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('combobox', { name: 'Who' }).fill('好奇');
    await page.getByRole('option', { name: /好奇者/ }).click();
    await expect.poll(async () => [...new Set(await page.locator('tbody tr td:nth-child(2)').allTextContents())]).toEqual(['好奇者']);
    expect(complaints).toEqual([]);
  });

  it('goes on behind its first page', async () => {
    const rows = Array.from({ length: 120 }, (_, i) => i);
    for (const i of rows) await createDepartment(app.ctx, tester, { tenantId, name: `D${String(i)}`, parentId: null });
    await using visitor = await open('/admin/audit?action=department.create');
    const { page } = visitor;
    await expect.poll(() => page.locator('tbody tr').count()).toBe(100);
    await page.getByRole('button', { name: 'Load more' }).click();
    await expect.poll(() => page.locator('tbody tr').count()).toBeGreaterThan(119);
  });
});

describe('on every screen', () => {
  const evil: Record<string, string> = {};

  beforeAll(async () => {
    const { ctx } = app;
    evil.level = await createLevel(ctx, tester, { tenantId, parentId: rootLevelId, name: HOSTILE });
    evil.room = (
      await createRoom(ctx, tester, { tenantId, levelId: evil.level, name: HOSTILE, capacity: 1, description: HOSTILE, equipment: [HOSTILE] })
    ).roomId;
    evil.department = (await createDepartment(ctx, tester, { tenantId, name: HOSTILE.replaceAll('/', ''), parentId: null })).department_id;
    evil.person = await createUser(ctx, tester, { tenantId, name: HOSTILE, departmentId: evil.department, managesMeetings: false, isAdministrator: false });
    evil.app = (await createApp(ctx, tester, { tenantId, name: HOSTILE, scopes: [] })).appId;
    await bindDevice(ctx, tester, { tenantId, roomId: evil.room, kind: 'sensor', name: HOSTILE });
  });

  const screens = [
    ['rooms', () => `/admin/rooms?node=${evil.room ?? ''}`],
    ['a level', () => `/admin/rooms?node=${evil.level ?? ''}`],
    ['rules', () => `/admin/rules?scope=${evil.room ?? ''}`],
    ['people', () => `/admin/people?person=${evil.person ?? ''}`],
    ['departments', () => `/admin/departments?department=${evil.department ?? ''}`],
    ['apps', () => `/admin/apps?app=${evil.app ?? ''}`],
    ['devices', () => '/admin/devices'],
    ['audit', () => '/admin/audit'],
  ] as const;
  const looks = (['light', 'dark'] as const).flatMap((theme) =>
    (['en', 'zh'] as const).flatMap((language) => ([1440, 390] as const).map((width) => ({ theme, language, width }))),
  );

  it.each(screens.flatMap(([name, path]) => looks.map((look) => ({ name, path, ...look }))))(
    '$name, $theme, $language, $width: no fault, and hostile names do nothing',
    async ({ path, ...look }) => {
      await using visitor = await open(path(), look);
      const { page, complaints } = visitor;
      await page.getByText(HOSTILE.slice(0, 20)).first().waitFor({ state: 'attached' });
      await page.waitForLoadState('networkidle');
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
      // Nothing is wider than the window.
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    },
  );
});

/** Whether the app gets a token for the secret: the answer's code. */
async function tokenFor(app_id: string, app_secret: string): Promise<number> {
  const body = JSON.stringify({ app_id, app_secret });
  const response = await fetch(`${app.url}/open-apis/auth/v3/tenant_access_token/internal`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  return ((await response.json()) as { code: number }).code;
}

/** What the tester shows of the answer. */
async function facts(page: Page): Promise<Record<string, string>> {
  const list = page.getByRole('region', { name: 'Try the ledger' }).locator('dl').last();
  const [names, values] = [await list.locator('dt').allTextContents(), await list.locator('dd').allTextContents()];
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
}
