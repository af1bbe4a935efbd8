import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDemo, type DemoAccess } from '../../src/domain/demo/load.ts';
import { changeRoom } from '../../src/domain/rooms.ts';
import { NOON, testApp, tester, testTenant, testUser, userSession } from '../support/app.ts';
import { accessibilityFaults, LOOKS, nameOf, photograph, visit, type Visitor } from '../support/browser.ts';

const app = await testApp();
afterAll(() => app.stop());
let demo: DemoAccess;
let session: string;
/** Two rooms of the busiest with names that somebody else would not give them. */
const HOSTILE = ['=1+1', '<img src=x onerror="reportViolation(1)">'];
beforeAll(async () => {
  demo = await loadDemo(app.ctx, tester, { seed: 1, at: NOON, rooms: 40, days: 80, reservations: 14_000 });
  session = await userSession(app, demo.tenantId, demo.administratorId);
  await using visitor = await visit(app, '/favicon.svg', session);
  const { levels } = await read(visitor, {});
  for (const [i, name] of HOSTILE.entries()) {
    const roomId = levels[0].busiest[i]?.room_id ?? '';
    await changeRoom(app.ctx, tester, { tenantId: demo.tenantId, roomId, version: 1, name });
  }
});

interface Level {
  name: string;
  total: { occupancy: number; no_show_rate: number; given_back: number };
  week: { booked: number[][]; bookable: number[][] };
  busiest: { room_id: string; name: string; occupancy: number }[];
}
const DAYS = { from: '2026-02-17', to: '2026-03-18' };

/** What the server says to whom the browser belongs. */
async function read({ page }: Visitor, query: Record<string, string>): Promise<{ levels: [Level, ...Level[]] }> {
  const response = await page.request.get(`/api/v1/utilisation?${new URLSearchParams({ ...DAYS, ...query }).toString()}`);
  expect(response.status()).toBe(200);
  return (await response.json()) as { levels: [Level, ...Level[]] };
}

async function drawn({ page }: Visitor): Promise<void> {
  await page.locator('.use-heat').first().waitFor();
  await page.locator('.use-line').first().waitFor();
  await page.locator('svg.use-bar').first().waitFor();
}

const hasFocus = async (what: Locator) => (await what.and(what.page().locator(':focus')).count()) === 1;
const tenth = (value: number) => String(Math.round(value * 10) / 10);

describe('the use of the rooms', () => {
  it.each(LOOKS)('has no fault: $theme, $language, $width', async (look) => {
    await using visitor = await visit(app, '/use', session, look);
    const { page, complaints } = visitor;
    await drawn(visitor);
    await page.locator('summary').first().click();
    await page.locator('summary').last().click();
    await photograph(page, `use-${nameOf(look)}`);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.getByRole('button', { name: /(Wednesday|星期三) 10:00$/ }).click();
    await page.getByRole('dialog').getByRole('table').waitFor();
    await photograph(page, `use-rows-${nameOf(look)}`);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('shows the figures that the server gave', async () => {
    await using visitor = await visit(app, '/use', session);
    const { page } = visitor;
    await drawn(visitor);
    const [level] = (await read(visitor, {})).levels;
    const { occupancy, no_show_rate, given_back } = level.total;
    expect(await page.locator('.use-big').allTextContents()).toEqual([
      `${tenth(occupancy * 100)}%`,
      `${tenth(no_show_rate * 100)}%`,
      `${tenth(given_back / 60)} h`,
    ]);
    const rows = await page.locator('.use-heat tbody tr').all();
    const hours = (await page.locator('.use-heat thead th').allTextContents()).slice(1).map((name) => Number(name.slice(0, 2)));
    expect(rows).toHaveLength(7);
    for (const [day, row] of rows.entries()) {
      const figures = hours.map((hour) => `${String(Math.round(((level.week.booked[day]?.[hour] ?? 0) / (level.week.bookable[day]?.[hour] ?? 1)) * 100))}%`);
      expect(await row.locator('td').allTextContents()).toEqual(figures);
    }
    const ranking = page.getByRole('region', { name: 'Busiest rooms' });
    expect((await ranking.locator('tbody th').allTextContents()).slice(0, 5)).toEqual(level.busiest.slice(0, 5).map(({ name }) => name));
    expect(await ranking.locator('tbody tr').first().locator('td').first().textContent()).toBe(`${tenth((level.busiest[0]?.occupancy ?? 0) * 100)}%`);
    // What is drawn is not there for a screen reader; its table is.
    expect(await page.locator('svg:not([aria-hidden="true"]):not([aria-hidden="true"] svg)').count()).toBe(0);
    await page.getByText('As a table').click();
    expect(await page.locator('.use-days tbody tr').count()).toBe(30);
  });

  it('lists exactly the reservations that took time of an hour', async () => {
    const week = { from: '2026-03-09', to: '2026-03-15' };
    await using visitor = await visit(app, `/use?${new URLSearchParams(week).toString()}`, session);
    const { page } = visitor;
    await drawn(visitor);
    await page.getByRole('button', { name: /Wednesday 10:00$/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('table').waitFor();
    expect(new URL(page.url()).searchParams.get('cell')).toBe('3-10');
    while (await dialog.getByRole('button', { name: 'Show more' }).isVisible()) await dialog.getByRole('button', { name: 'Show more' }).click();
    const listed = await page.evaluate<string[]>("Array.from(document.querySelectorAll('tr[data-reservation]'), (row) => row.dataset.reservation)");

    const { tenantId } = demo;
    const all = await app.ctx.db.kysely.selectFrom('reservations').selectAll().where('tenant_id', '=', tenantId).where('accepted_at', 'is not', null).execute();
    const directory = await app.ctx.directories.read(tenantId);
    const clock = (zone: string, at: number) => new Date(new Date(at * 1000).toLocaleString('sv', { timeZone: zone }).replace(' ', 'T') + 'Z').toISOString();
    const touches = all.filter(({ room_no, start_at, end_at, released_at, cancelled_at }) => {
      const zone = directory.zoneOf(directory.roomOfNumber(room_no)?.level_id ?? '');
      const until = Math.min(end_at, released_at ?? end_at);
      return cancelled_at === null && until > start_at && clock(zone, start_at) < '2026-03-11T11:00' && clock(zone, until) > '2026-03-11T10:00:00.000Z';
    });
    expect(touches.length).toBeGreaterThan(5);
    expect(new Set(listed)).toEqual(new Set(touches.map(({ id }) => String(id))));
    expect(listed).toHaveLength(touches.length);

    await dialog.getByRole('link', { name: 'The whole period in the ledger' }).click();
    await page.waitForURL('**/ledger?**');
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual(week);
    await page.locator('tbody tr').first().waitFor();
  });

  it('gives each chart as CSV, in which no cell is a formula', async () => {
    await using visitor = await visit(app, '/use', session);
    const { page } = visitor;
    await drawn(visitor);
    const file = async (name: string) => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: `CSV: ${name}` }).click()]);
      expect(download.suggestedFilename()).toMatch(/^utilisation-[a-z]+-2026-02-17-2026-03-18\.csv$/);
      return readFileSync(await download.path(), 'utf8');
    };
    const [level] = (await read(visitor, {})).levels;
    const week = await file('Hours of the week');
    expect(week.startsWith('\uFEFFweekday,hour,booked_minutes,bookable_minutes,occupancy\r\nMonday,00:00,')).toBe(true);
    expect(week.trim().split('\r\n')).toHaveLength(169);
    expect(week).toContain(`\r\nWednesday,10:00,${String(level.week.booked[2]?.[10])},${String(level.week.bookable[2]?.[10])},`);
    expect((await file('Day by day')).trim().split('\r\n')).toHaveLength(31);
    const busiest = await file('Busiest rooms');
    expect(busiest).toContain("\r\n'=1+1,omm_");
    expect(busiest).toContain('\r\n"<img src=x onerror=""reportViolation(1)"">",omm_');
    expect(busiest.trim().split('\r\n')).toHaveLength(21);
    await file('Emptiest rooms');
  });

  it('is worked by keyboard alone: another period, a cell, its rows, and back', async () => {
    await using visitor = await visit(app, '/use', session);
    const { page } = visitor;
    await drawn(visitor);
    await page.getByRole('button', { name: '7 days' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('2026-03-12 – 2026-03-18').waitFor();
    expect(new URL(page.url()).searchParams.get('from')).toBe('2026-03-12');
    expect(await page.getByRole('button', { name: '7 days' }).getAttribute('aria-pressed')).toBe('true');
    await drawn(visitor);
    const cell = page.getByRole('button', { name: /Tuesday 09:00$/ });
    for (let steps = 0; steps < 200 && !(await hasFocus(cell)); steps++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Tuesday 09:00–10:00' }).getByRole('table').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await hasFocus(cell)).toBe(true);
    expect(new URL(page.url()).searchParams.get('cell')).toBeNull();
  });

  it('puts two levels side by side', async () => {
    const directory = await app.ctx.directories.read(demo.tenantId);
    const [level, compare] = directory.children(directory.rootLevelId).map(({ level_id }) => level_id) as [string, string];
    await using visitor = await visit(app, `/use?level=${level}&compare=${compare}`, session);
    const { page, complaints } = visitor;
    await drawn(visitor);
    const { levels } = await read(visitor, { level, compare });
    expect(await page.locator('.use-heat').count()).toBe(2);
    expect(await page.locator('.use-big').allTextContents()).toEqual(expect.arrayContaining(levels.map(({ total }) => `${tenth(total.occupancy * 100)}%`)));
    expect(await page.locator('.use-line').count()).toBe(4);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Compare with nothing' }).click();
    await page.locator('.use-heat').nth(1).waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });

  it('prints on one page', async () => {
    await using visitor = await visit(app, '/use', session);
    await drawn(visitor);
    const pdf = await visitor.page.pdf({ format: 'A4' });
    expect(pdf.toString('latin1').match(/\/Type \/Page\b/g)).toHaveLength(1);
  });
});

describe('where there is nothing to show', () => {
  it('says so: no rooms, no permission, no answer', async () => {
    const { tenantId, administratorId } = await testTenant(app);
    {
      await using visitor = await visit(app, '/use', await userSession(app, tenantId, administratorId));
      await visitor.page.getByRole('heading', { name: 'There are no rooms here yet' }).waitFor();
      expect(await accessibilityFaults(visitor.page)).toEqual([]);
      expect(visitor.complaints).toEqual([]);
    }
    {
      await using visitor = await visit(app, '/use', await userSession(app, tenantId, await testUser(app, tenantId)));
      await visitor.page.getByRole('heading', { name: 'Only who manages meetings sees this' }).waitFor();
      expect(await accessibilityFaults(visitor.page)).toEqual([]);
    }
    await using visitor = await visit(app, '/account', session);
    const { page } = visitor;
    await page.route('**/api/v1/utilisation?**', (route) =>
      route.fulfill({ status: 500, json: { error: { code: 'internal', message: 'broken', log_id: 'L1' } } }),
    );
    await page.goto('/use');
    await page.getByRole('alert').getByText('Reference L1').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.unroute('**/api/v1/utilisation?**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await drawn(visitor);
  });
});

it('loads no more than 35 KB for what is drawn', () => {
  const assets = fileURLToPath(new URL('../../dist/web/assets/', import.meta.url));
  const [charts, ...others] = readdirSync(assets).filter((name) => /^charts-.*\.js\.gz$/.test(name));
  expect(others).toEqual([]);
  expect(statSync(`${assets}${String(charts)}`).size).toBeLessThan(35 * 1024);
});
