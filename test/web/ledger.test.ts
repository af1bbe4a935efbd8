import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { bindDevice } from '../../src/domain/devices.ts';
import { RoomMeetingReservation } from '../../src/wire/vc/resource_reservation_list.ts';
import { credentialHeaders, NOON, temporaryDirectory, tenantToken, testApp, tester, testTenant, testUser, userSession, type TestApp } from '../support/app.ts';
import { accessibilityFaults, type Look, LOOKS, nameOf, photograph, visit } from '../support/browser.ts';
import { demoApp } from '../support/demo.ts';
import { addLevel, addReservations, addRoom, reservation, walkLedger, type LedgerBody } from '../support/ledger.ts';

/* The ledger as a meeting manager finds it in a real browser: what the table shows is what the vendor's API answers. */
const { app, demo } = await demoApp(5);
afterAll(() => app.stop());
const session = await userSession(app, demo.tenantId, demo.administratorId);
const token = await tenantToken(app, demo);
const run = promisify(execFile);
const FIELDS = Object.keys(RoomMeetingReservation.properties);
const DAY = 86_400;
/** The day of the test in the tenant's zone. */
const TODAY = NOON - 12 * 3600;

const levels = await app.ctx.db.kysely.selectFrom('levels').select(['level_id', 'name']).where('tenant_id', '=', demo.tenantId).execute();
const shanghai = levels.find(({ name }) => name === '上海')?.level_id ?? '';
const directory = await app.ctx.directories.read(demo.tenantId);
const rooms = directory.roomsUnder(shanghai).map((roomNo) => directory.roomOfNumber(roomNo)?.room_id ?? '');

/** The table as it stands, in the order of the wire; in Chinese, where no cell says more than the wire does. */
async function tableOf(page: Page): Promise<Record<string, string>[]> {
  await page.locator('.ledger-frame[aria-busy="false"]').waitFor();
  return page.evaluate<Record<string, string>[]>(`(() => {
    const names = [...document.querySelectorAll('.ledger-table thead th')].map(({ title }) => title);
    return [...document.querySelectorAll('.ledger-table tbody tr')].map((line) => {
      const cells = [...line.children].map((cell) => (cell.querySelector('.ledger-literal') ?? cell).textContent);
      return Object.fromEntries(${JSON.stringify(FIELDS)}.map((field) => [field, cells[names.indexOf(field)] ?? 'no column']));
    });
  })()`);
}

const zh = (look: Look = {}): Look => ({ language: 'zh', ...look });

/** What the button copies, from the clipboard. */
async function copied(page: Page, form: 'curl' | 'Node.js SDK'): Promise<string> {
  await page.getByRole('button', { name: '复制为 API 调用' }).click();
  await page.getByRole('radio', { name: form }).check();
  await page.getByRole('button', { name: '复制', exact: true }).click();
  await page.getByText('已复制。').first().waitFor();
  const text = await page.evaluate<string>('navigator.clipboard.readText()');
  await page.keyboard.press('Escape');
  return text;
}

async function runInShell(command: string): Promise<LedgerBody[]> {
  const { stdout } = await run('sh', ['-c', command], { env: { ...process.env, TENANT_ACCESS_TOKEN: token } });
  return stdout.split(/(?<=\})(?=\{"code")/).map((text) => JSON.parse(text) as LedgerBody);
}

/** Runs a program in a process of its own, where the SDK is installed. */
async function runProgram(text: string): Promise<Record<string, string>[]> {
  const place = mkdtempSync(join(temporaryDirectory(), 'sdk-'));
  symlinkSync(resolve('node_modules'), join(place, 'node_modules'));
  writeFileSync(join(place, 'ledger.mjs'), text);
  const { stdout } = await run(process.execPath, ['ledger.mjs'], { cwd: place, env: { ...process.env, APP_ID: demo.appId, APP_SECRET: demo.appSecret } });
  rmSync(place, { recursive: true });
  return JSON.parse(stdout) as Record<string, string>[];
}

describe('what is copied as an API call', () => {
  it.each([
    ['today, with topics', 'topics=1'],
    ['a level without some rooms', `level=${shanghai}&which=except&rooms=${rooms.slice(0, 3).join(',')}&size=20&topics=1`],
    ['only some rooms', `which=only&rooms=${rooms.slice(0, 9).join(',')}&from=2026-03-17`],
    ["a day of a period in the API's window", 'window=api&from=2026-03-10&to=2026-03-16&call=3&size=100'],
    ['what is no id of a level, and would be a command', `topics=1&level=${encodeURIComponent(`x' $(exit 1) "; exit 1`)}`],
  ])('is answered with what the table shows: %s', async (_what, search) => {
    await using visitor = await visit(app, `/ledger?${search}`, session, zh());
    const { page, complaints } = visitor;
    const hidesTopics = !search.includes('topics=1');
    const shown = (await tableOf(page)).map((row) => (hidesTopics ? { ...row, event_title: '' } : row));
    expect(shown.length).toBeGreaterThan(10);
    const [body, ...others] = await runInShell(await copied(page, 'curl'));
    expect(others).toEqual([]);
    expect(shown).toEqual(body?.data.room_reservation_list);
    expect(await runProgram(await copied(page, 'Node.js SDK'))).toEqual(shown);
    expect(complaints).toEqual([]);
  });

  it('is that of the page that is shown, on later pages too; and a reload stays there, with the way back', async () => {
    await using visitor = await visit(app, '/ledger?topics=1&size=20', session, zh());
    const { page } = visitor;
    const first = await tableOf(page);
    for (const _page of [2, 3]) {
      await page.getByRole('button', { name: '下一页' }).click();
      await page.waitForURL(/cursor=/);
      await tableOf(page);
    }
    const third = await tableOf(page);
    const [body] = await runInShell(await copied(page, 'curl'));
    expect(third).toEqual(body?.data.room_reservation_list);
    expect(await runProgram(await copied(page, 'Node.js SDK'))).toEqual(third);
    await page.reload();
    expect(await tableOf(page)).toEqual(third);
    for (const _page of [2, 1]) {
      const before = page.url();
      await page.getByRole('button', { name: '上一页' }).click();
      await page.waitForURL((url) => url.href !== before);
    }
    expect(await tableOf(page)).toEqual(first);
    const all = await walkLedger(app, token, { start_time: TODAY, end_time: TODAY + DAY - 1, need_topic: true, page_size: 20 });
    expect(first).toEqual(all.slice(0, 20));
    expect(third).toEqual(all.slice(40, 60));
  });

  it('is a call for each day of a longer period, as far as it has begun', async () => {
    await using visitor = await visit(
      app,
      `/ledger?topics=1&from=2026-03-16&to=2026-03-20&which=only&rooms=${rooms.slice(0, 4).join(',')}&size=100`,
      session,
      zh(),
    );
    const { page } = visitor;
    await tableOf(page);
    await page.getByRole('button', { name: '复制为 API 调用' }).click();
    await page.getByText('另有 2 天在未来').waitFor();
    await page.keyboard.press('Escape');
    const expected = await walkLedger(app, token, { room_ids: rooms.slice(0, 4), start_time: TODAY - 2 * DAY, end_time: TODAY - DAY - 1, need_topic: true });
    for (const day of [TODAY - DAY, TODAY])
      expected.push(...(await walkLedger(app, token, { room_ids: rooms.slice(0, 4), start_time: day, end_time: day + DAY - 1, need_topic: true })));
    const bodies = await runInShell(await copied(page, 'curl'));
    expect(bodies).toHaveLength(3);
    expect(bodies.flatMap(({ data }) => data.room_reservation_list)).toEqual(expected);
    expect(await runProgram(await copied(page, 'Node.js SDK'))).toEqual(expected);
  });
});

describe("the API's window", () => {
  it('tells its rules beforehand, splits what is longer than a day and does not ask for what is refused', async () => {
    await using visitor = await visit(app, '/ledger?from=2026-03-17&to=2026-03-20', session, zh());
    const { page, complaints } = visitor;
    await tableOf(page);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.getByRole('switch', { name: 'API 窗口' }).click();
    const rules = page.getByRole('region', { name: 'API 窗口' });
    await rules.getByText('开始时间不能晚于当前时间').waitFor();
    await rules.getByText('已拆分为 4 次调用').waitFor();
    const isOpen: boolean[] = [];
    for (const option of await rules.getByRole('option').all()) isOpen.push(await option.isEnabled());
    expect(isOpen).toEqual([true, true, false, false]);
    await rules.getByRole('button', { name: '下一次调用' }).click();
    await page.waitForURL(/call=1/);
    const shown = await tableOf(page);
    expect(shown.map(({ event_start_time }) => event_start_time)).toEqual(
      (await walkLedger(app, token, { start_time: TODAY, end_time: TODAY + DAY - 1 })).slice(0, 50).map(({ event_start_time }) => event_start_time),
    );
    expect(await rules.getByRole('button', { name: '下一次调用' }).isDisabled()).toBe(true);
    await page.goto('/ledger?window=api&from=2026-03-19');
    await page.getByRole('heading', { name: 'API 不能查询未来' }).waitFor();
    await page.getByRole('button', { name: '查看今天' }).click();
    expect((await tableOf(page)).length).toBeGreaterThan(0);
    expect(asked.filter((url) => url.includes('/api/v1/ledger') && url.includes('from=2026-03-18T16'))).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

describe('what the screen says', () => {
  it('when a level is no level, or is not there, or a page belongs elsewhere', async () => {
    await using visitor = await visit(app, '/ledger?level=nonsense', session);
    const { page } = visitor;
    await page.getByText('the whole tenant is shown instead').waitFor();
    expect((await tableOf(page)).length).toBeGreaterThan(0);
    await page.goto('/ledger?level=omb_00000000000000000000000000000000');
    await page.getByText('This level does not exist. The API answers 121004.').waitFor();
    await page.getByRole('button', { name: 'Show all rooms' }).click();
    await tableOf(page);
    await page.goto('/ledger?cursor=nonsense');
    await page.getByText('This page belongs to other filters.').waitFor();
    await page.getByRole('button', { name: 'First page' }).click();
    await tableOf(page);
  });

  it('to who does not manage meetings, where nothing is, and before there are rooms', async () => {
    const plain = await userSession(app, demo.tenantId, await testUser(app, demo.tenantId));
    await using outsider = await visit(app, '/ledger', plain);
    await outsider.page.getByRole('heading', { name: 'You may not see the ledger' }).waitFor();
    await using manager = await visit(app, '/ledger?from=2020-01-01', session);
    await manager.page.getByRole('heading', { name: 'No reservation starts in this period' }).waitFor();
    const bare = await testTenant(app);
    await using first = await visit(app, '/ledger', await userSession(app, bare.tenantId, bare.administratorId));
    await first.page.getByRole('heading', { name: 'There are no rooms yet' }).waitFor();
    for (const { page } of [outsider, manager, first]) expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('when the server does not answer, with another try', async () => {
    await using visitor = await visit(app, '/ledger', session);
    const { page } = visitor;
    await tableOf(page);
    await page.route('**/api/v1/ledger?*', (route) => route.abort());
    await page.getByRole('switch', { name: 'API window' }).click();
    await page.getByRole('alert').waitFor({ timeout: 60_000 });
    await page.unroute('**/api/v1/ledger?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    expect((await tableOf(page)).length).toBeGreaterThan(0);
  });
});

it('all that is chosen stands in the address and outlives a reload: filters, columns, times, topics', async () => {
  await using visitor = await visit(app, '/ledger', session, zh());
  const { page } = visitor;
  await tableOf(page);
  await page.getByRole('combobox', { name: '会议室范围' }).selectOption('except');
  await page.getByRole('button', { name: '选择会议室' }).click();
  const search = page.getByRole('searchbox', { name: '按名称或位置搜索' });
  await search.fill('a101');
  await page.getByRole('checkbox').first().check();
  await page.getByRole('button', { name: '完成' }).click();
  await page.getByRole('switch', { name: '显示主题' }).click();
  await page.getByRole('switch', { name: '简短时间' }).click();
  await page.getByRole('button', { name: '列', exact: true }).click();
  await page.getByRole('checkbox', { name: /room_id/ }).uncheck();
  await page.getByRole('checkbox', { name: /department_of_reserver/ }).uncheck();
  await page.getByRole('button', { name: '完成' }).click();
  await page.getByRole('combobox', { name: '每页行数' }).selectOption('20');
  await page.waitForURL(/size=20/);
  const shown = await tableOf(page);
  expect(shown).toHaveLength(20);
  expect(shown[0]).toMatchObject({ room_id: 'no column', department_of_reserver: 'no column' });
  expect(shown.some(({ event_title }) => event_title !== '' && event_title !== '已隐藏')).toBe(true);
  expect(shown.every(({ event_start_time = '' }) => /^\d{2}\.\d{2} \d{2}:\d{2}/.test(event_start_time))).toBe(true);
  expect(shown.map(({ room_name }) => room_name)).not.toContain('A101 松');
  await page.reload();
  expect(await tableOf(page)).toEqual(shown);
  expect(await page.getByRole('combobox', { name: '会议室范围' }).inputValue()).toBe('except');
});

it('topics that are switched off are locked, not empty', async () => {
  await using visitor = await visit(app, '/ledger', session, zh());
  const shown = await tableOf(visitor.page);
  expect(new Set(shown.map(({ event_title }) => event_title))).toEqual(new Set(['已隐藏']));
});

describe('the export', () => {
  it('has all rows of the period, all 18 columns and what the table shows, in a file that a spreadsheet opens', async () => {
    await using visitor = await visit(app, '/ledger?from=2026-03-12&to=2026-03-24&topics=1&hide=room_id&times=short', session);
    const { page, complaints } = visitor;
    await tableOf(page);
    await page.getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Everything in the period' }).click()]);
    expect(download.suggestedFilename()).toBe('ledger-2026-03-12-2026-03-24.csv');
    const text = readFileSync(await download.path(), 'utf8');
    expect(text.startsWith('\u{feff}Room ID,Room,Topic,')).toBe(true);
    const [head, ...lines] = parse(text, { bom: true });
    expect(head).toHaveLength(18);
    const wire = await wholePeriod(app, session, { from: '2026-03-11T16:00:00Z', to: '2026-03-24T15:59:59Z', topics: 'true' });
    expect(lines).toEqual(wire.map((row) => FIELDS.map((field) => escaped(row[field] ?? ''))));
    expect(lines.length).toBeGreaterThan(1000);
    await page.getByText(`Done: ${new Intl.NumberFormat('en-GB').format(lines.length)} rows.`).waitFor();
    expect(complaints).toEqual([]);
  });

  it('of the page has what is shown', async () => {
    await using visitor = await visit(app, '/ledger?size=20&topics=1', session, zh());
    const { page } = visitor;
    const shown = await tableOf(page);
    await page.getByRole('button', { name: '导出' }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '本页（20 行）' }).click()]);
    const [head, ...lines] = parse(readFileSync(await download.path(), 'utf8'), { bom: true });
    expect(head?.slice(0, 3)).toEqual(['会议室 ID', '会议室', '主题']);
    expect(lines).toEqual(shown.map((row) => FIELDS.map((field) => escaped(row[field] ?? ''))));
  });

  it('can be cancelled while it reads, and saves nothing then', async () => {
    await using visitor = await visit(app, '/ledger?from=2026-01-01&to=2026-06-01', session);
    const { page } = visitor;
    await tableOf(page);
    const downloads: unknown[] = [];
    page.on('download', (download) => downloads.push(download));
    // The third page never comes.
    let pages = 0;
    await page.route('**/api/v1/ledger?*limit=100*', async (route) => {
      if (++pages < 3) await route.continue();
    });
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('button', { name: 'Everything in the period' }).click();
    await page.getByText('200 rows, up to').waitFor();
    expect(await page.getByRole('progressbar').count()).toBe(1);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Nothing was saved').waitFor();
    expect([pages, downloads]).toEqual([3, []]);
  });
});

/** The project's rule, written down once more. */
function escaped(value: string): string {
  return /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
}

async function wholePeriod(server: TestApp, credential: string, query: Record<string, string>): Promise<Record<string, string>[]> {
  const rows: Record<string, string>[] = [];
  for (let cursor = ''; ;) {
    const search = new URLSearchParams({ ...query, limit: '100', cursor });
    const response = await fetch(`${server.url}/api/v1/ledger?${search.toString()}`, { headers: credentialHeaders(credential) });
    const page = (await response.json()) as { rows: { fields: Record<string, string> }[]; next_cursor: string | null };
    rows.push(...page.rows.map(({ fields }) => fields));
    if (page.next_cursor === null) return rows;
    cursor = page.next_cursor;
  }
}

it('the history of a reservation says who booked it, who checked in and who released it', async () => {
  await using own = await testApp();
  const tenant = await testTenant(own, { scopes: ['vc:room:readonly'] });
  const level = await addLevel(own, tenant.tenantId, tenant.rootLevelId);
  const { roomId } = await addRoom(own, tenant.tenantId, level, '松');
  await bindDevice(own.ctx, tester, { tenantId: tenant.tenantId, roomId, kind: 'panel', name: 'door' });
  const credential = await userSession(own, tenant.tenantId, tenant.administratorId);
  const ask = async (method: string, path: string, body: object = {}): Promise<{ reservations?: { id: string }[] }> => {
    const headers = { ...credentialHeaders(credential), 'content-type': 'application/json' };
    const response = await fetch(`${own.url}/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
    expect(response.ok).toBe(true);
    return (await response.json()) as { reservations?: { id: string }[] };
  };
  const iso = (at: number) => new Date(at * 1000).toISOString();
  const booked = await ask('POST', '/reservations', { room_id: roomId, start: iso(NOON + 600), end: iso(NOON + 4200), title: '评审' });
  const id = booked.reservations?.[0]?.id ?? '';
  own.clock.advance(300);
  await ask('POST', `/reservations/${id}/check-in`);
  own.clock.advance(1200);
  await ask('POST', `/reservations/${id}/release`);
  await using visitor = await visit(own, '/ledger', await userSession(own, tenant.tenantId, tenant.administratorId), zh());
  const { page, complaints } = visitor;
  await page.getByRole('button', { name: '松：详情' }).click();
  const steps = page.getByRole('dialog').locator('.ledger-history li');
  await steps.first().waitFor();
  const told = (await steps.allTextContents()).join('\n');
  expect(told).toMatch(/12:00预定.*管理员 · 预定\n.*12:05签到.*管理员 · 预定\n.*12:25释放.*管理员 · 预定/);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await page.evaluate('document.activeElement.textContent')).toBe('松');
  expect(complaints).toEqual([]);
});

it('is worked by the keyboard alone: filters, table, details, export', async () => {
  await using visitor = await visit(app, '/ledger', session);
  const { page, complaints } = visitor;
  const { keyboard } = page;
  await tableOf(page);
  await page.locator('.date-segment').first().waitFor();
  /** Goes on until something of that name has the focus. */
  const tabTo = async (name: RegExp) => {
    for (let i = 0; i < 60; i++) {
      const focused = await page.evaluate<string>("(document.activeElement.getAttribute('aria-label') ?? '') + ' ' + document.activeElement.textContent");
      if (name.test(focused)) return;
      await keyboard.press('Tab');
    }
    throw new Error(`nothing named ${String(name)} can be reached`);
  };
  await tabTo(/Which rooms/);
  await keyboard.press('ArrowDown');
  await tabTo(/^choose rooms/);
  await keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await tabTo(/Search by name/);
  await keyboard.type('a10');
  await keyboard.press('ArrowDown');
  await keyboard.press('Space');
  await keyboard.press('ArrowDown');
  await keyboard.press('Space');
  await keyboard.press('Escape');
  await page.waitForURL(/which=except&rooms=omm_\w+%2Comm_\w+/);
  await tabTo(/^day, Start/);
  await keyboard.type('17');
  await page.waitForURL(/from=2026-03-17/);
  // Until all its digits are there, a year is none.
  await tabTo(/^year, Start/);
  await keyboard.type('2025');
  await page.waitForURL(/from=2025-03-17/);
  // The last digit leads on to the next part of the date.
  await keyboard.press('Shift+Tab');
  await keyboard.press('ArrowUp');
  await page.waitForURL(/from=2026-03-17/);
  await tabTo(/^Topics|^ ?Topics/);
  await keyboard.press('Space');
  await page.waitForURL(/topics=1/);
  const shown = await tableOf(page);
  await tabTo(/: details/);
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await page
    .getByRole('dialog')
    .getByRole('heading', { name: shown[2]?.room_name ?? '' })
    .waitFor();
  await keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await page.evaluate('document.activeElement.textContent')).toBe(shown[2]?.room_name);
  for (let i = 0; i < 3; i++) await keyboard.press('ArrowUp');
  await keyboard.press('Shift+Tab');
  await keyboard.press('Shift+Tab');
  await tabTo(/^ ?Export$/);
  await keyboard.press('Enter');
  await tabTo(/This page/);
  const [download] = await Promise.all([page.waitForEvent('download'), keyboard.press('Enter')]);
  expect(parse(readFileSync(await download.path(), 'utf8'), { bom: true })).toHaveLength(shown.length + 1);
  expect(complaints).toEqual([]);
});

describe('has no fault that axe finds', () => {
  it.each(LOOKS)('$theme, $language, $width px', async (look) => {
    const { language, width } = look;
    await using visitor = await visit(app, '/ledger?window=api&from=2026-03-16&which=except&rooms=omm_x&to=2026-03-20&topics=1&size=20', session, look);
    const { page, complaints } = visitor;
    expect(await tableOf(page)).toHaveLength(20);
    await page.locator('.date-segment').first().waitFor();
    await photograph(page, `ledger-${nameOf(look)}`);
    expect(await accessibilityFaults(page)).toEqual([]);
    // Nothing but the table is wider than the window.
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    const openings = [
      page.locator('.ledger-open').nth(1),
      ...[0, 1, 2].map((nth) => page.locator('.ledger-view > .button:not(.quiet)').nth(nth)),
      page.locator('.ledger-sentence button[aria-haspopup=dialog]').nth(1),
    ];
    for (const [i, opening] of openings.entries()) {
      await opening.click();
      await page.locator('dialog').waitFor();
      await page.getByText(language === 'zh' ? '加载中…' : 'Loading…').waitFor({ state: 'detached' });
      await photograph(page, `ledger-dialog-${String(i)}-${nameOf(look)}`);
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
    }
    expect(complaints).toEqual([]);
  });
});

describe('hostile names', () => {
  const HOSTILE = [
    '<img src=x onerror="window.hit=1">',
    '"><script>window.hit=1</script>',
    'javascript:window.hit=1',
    '{{constructor.constructor("window.hit=1")()}}',
    '=HYPERLINK("http://127.0.0.1/?"&A1,"x")',
    '\u202Egnp.exe',
    '长'.repeat(200),
  ];

  it.each(['zh', 'en'] as const)('execute nothing on the screen, and are text in the file: %s', async (language) => {
    await using own = await testApp();
    const tenant = await testTenant(own);
    const level = await addLevel(own, tenant.tenantId, tenant.rootLevelId);
    for (const [i, text] of HOSTILE.entries()) {
      const { roomNo } = await addRoom(own, tenant.tenantId, level, text);
      const names = { title: text, reserver_name: text, reserver_department: text, released_by_name: text };
      await addReservations(own, [
        reservation({ tenant_id: tenant.tenantId, room_no: roomNo, start_at: NOON - 7200 + i, ...names, released_at: NOON - 3600, release_cause: 'by_hand' }),
      ]);
    }
    await using visitor = await visit(own, '/ledger?topics=1', await userSession(own, tenant.tenantId, tenant.administratorId), { language });
    const { page, complaints } = visitor;
    const shown = await tableOf(page);
    for (const field of ['room_name', 'event_title', 'reserver', 'department_of_reserver', 'releasing_person'])
      expect(shown.map((row) => row[field])).toEqual(HOSTILE);
    for (let i = 0; i < HOSTILE.length; i++) {
      await page.locator('.ledger-open').nth(i).click();
      await page.locator('.ledger-history li').first().waitFor();
      expect(await page.locator('dialog h2').textContent()).toBe(HOSTILE[i]);
      await page.keyboard.press('Escape');
    }
    await page.locator('.ledger-view > .button:not(.quiet)').last().click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('dialog .button.primary').click()]);
    const [, ...lines] = parse(readFileSync(await download.path(), 'utf8'), { bom: true });
    expect(lines.map((cells) => cells[1])).toEqual(HOSTILE.map(escaped));
    expect(await page.evaluate("'hit' in window")).toBe(false);
    expect(await page.locator('.ledger img, .ledger script').count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

it('draws a hundred rows of 18 columns with few elements', async () => {
  await using visitor = await visit(app, '/ledger?size=100&topics=1', session);
  expect(await tableOf(visitor.page)).toHaveLength(100);
  expect(await visitor.page.locator('*').count()).toBeLessThan(4500);
});
