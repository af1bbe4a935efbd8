import type { CDPSession, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { beginDirectoryChange } from '../../src/store/directory.ts';
import { NOON, testApp, testTenant, userSession, type TestApp } from '../support/app.ts';
import { visit } from '../support/browser.ts';
import { addReservations, reservation } from '../support/ledger.ts';
import { settled, SLACK, weightOf, worked } from '../support/costs.ts';

/*
 * What the timeline may cost a browser: nodes, bytes, and the time of its main thread. Thread time is not the clock's: another program
 * on the machine does not change it by much; there is twice the slack all the same.
 */

const HOUR = 3600;

/** Levels, rooms and one day of reservations. */
async function big(app: TestApp, { rooms, each }: { rooms: number; each: number }) {
  const tenant = await testTenant(app);
  const { tenantId, rootLevelId, administratorId } = tenant;
  const { ctx } = app;
  await ctx.db.transaction(async (tx) => {
    const changed_in = await beginDirectoryChange(tx, tenantId);
    const level = (parent_id: string, name: string) => ({
      tenant_id: tenantId,
      level_id: ctx.ids.level(),
      parent_id,
      name,
      time_zone: null,
      changed_in,
      deleted_at: null,
    });
    let building = level(rootLevelId, '');
    let floor = building;
    for (let no = 0; no < rooms; no++) {
      if (no % 40 === 0)
        await tx
          .insertInto('levels')
          .values((building = level(rootLevelId, `B${String(no)}`)))
          .execute();
      if (no % 8 === 0)
        await tx
          .insertInto('levels')
          .values((floor = level(building.level_id, `F${String(no)}`)))
          .execute();
      const row = { tenant_id: tenantId, room_no: no + 1, room_id: ctx.ids.room(), level_id: floor.level_id, name: `R${String(no)}`, capacity: 6 };
      await tx
        .insertInto('rooms')
        .values({ ...row, created_at: 0, changed_in, deleted_at: null })
        .execute();
    }
  });
  const rows = Array.from({ length: rooms * each }, (_none, index) => {
    const room = Math.floor(index / each);
    const start_at = NOON - 5 * HOUR + (index % each) * 5400 + (room % 4) * 900;
    return reservation({ tenant_id: tenantId, room_no: room + 1, start_at, end_at: start_at + 1800 + (index % 3) * 1200, title: `会议 ${String(index)}` });
  });
  await addReservations(app, rows);
  return { ...tenant, session: await userSession(app, tenantId, administratorId) };
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

const nodes = (page: Page) => page.evaluate<number>("document.getElementsByTagName('*').length");

/** What one of several steps costs, each followed by a frame. */
async function cost(page: Page, cdp: CDPSession, times: number, step: (index: number) => Promise<unknown>): Promise<number> {
  const costs: number[] = [];
  for (let index = 0; index < times; index++) {
    const before = await worked(cdp);
    await step(index);
    await settled(page);
    costs.push((await worked(cdp)) - before);
  }
  return median(costs);
}

const scroll = (page: Page) => page.evaluate("void (document.querySelector('.rooms-frame').scrollTop += 60)");

async function measured(app: TestApp, session: string) {
  const visitor = await visit(app, '/mine', session);
  const cdp = await visitor.context.newCDPSession(visitor.page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  return { visitor, page: visitor.page, cdp };
}

async function openRooms(page: Page): Promise<void> {
  await page.goto('/rooms');
  await page.locator('.rooms-bar').first().waitFor();
  await settled(page);
}

describe('200 rooms and 1,800 reservations', () => {
  it('cost no more than agreed: to open, to scroll, to drag, and when others reserve', async () => {
    await using app = await testApp({ rateLimit: 0 });
    const { session } = await big(app, { rooms: 200, each: 9 });
    const { visitor, page, cdp } = await measured(app, session);
    await using _ = visitor;

    const first: number[] = [];
    for (let count = 0; count < 3; count++) {
      await page.goto('about:blank');
      await openRooms(page);
      // A new page begins to count anew.
      first.push(await worked(cdp));
    }
    expect(await nodes(page)).toBeLessThanOrEqual(1500);
    expect(median(first)).toBeLessThanOrEqual(250 * SLACK);

    const scrolled = await cost(page, cdp, 15, () => scroll(page));
    expect(scrolled).toBeLessThanOrEqual(16 * SLACK);
    await page.evaluate("void (document.querySelector('.rooms-frame').scrollTop = 0)");
    await settled(page);

    const track = await page.locator('.rooms-track').first().boundingBox();
    if (!track) throw new Error('there is no row');
    const [x, y] = [track.x + (21.2 / 24) * track.width, track.y + track.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    const dragged = await cost(page, cdp, 15, (index) => page.mouse.move(x + 10 + index * 3, y));
    expect(dragged).toBeLessThanOrEqual(12 * SLACK);
    expect(await page.locator('.rooms-ghost').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await page.mouse.up();

    const live = await cost(page, cdp, 7, async (index) => {
      const start = new Date((NOON + (9 + index / 4) * HOUR) * 1000).toISOString();
      const end = new Date((NOON + (9.25 + index / 4) * HOUR) * 1000).toISOString();
      const room_id = String(await page.locator('.rooms-track').nth(1).getAttribute('data-room'));
      const body = JSON.stringify({ room_id, start, end, title: `Live ${String(index)}` });
      const headers = { 'content-type': 'application/json', cookie: session, 'sec-fetch-site': 'same-origin' };
      const response = await fetch(`${app.url}/api/v1/reservations`, { method: 'POST', headers, body });
      expect(response.status).toBe(201);
      const { reservations } = (await response.json()) as { reservations: { id: string }[] };
      await page.locator(`[data-id="${String(reservations[0]?.id)}"]`).waitFor({ state: 'attached' });
    });
    expect(live).toBeLessThanOrEqual(16 * SLACK);
    console.info(`opened ${first.map(Math.round).join(', ')} ms; scrolled ${scrolled.toFixed(1)}; dragged ${dragged.toFixed(1)}; told ${live.toFixed(1)}`);
  });

  it('load no more script than agreed', async () => {
    await using app = await testApp();
    const { session } = await big(app, { rooms: 8, each: 4 });
    await using visitor = await visit(app, '/mine', session);
    const { page } = visitor;
    const scripts = new Set<string>();
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.endsWith('.js')) scripts.add(pathname);
    });
    await openRooms(page);
    const size = weightOf(scripts);
    expect(size).toBeGreaterThan(60 * 1024);
    expect(size).toBeLessThanOrEqual(115 * 1024);
    console.info('script:', size);
  });
});

it('2,000 rooms stay usable: no more nodes, and a frame of scrolling costs no more', async () => {
  await using app = await testApp({ rateLimit: 0 });
  const { session } = await big(app, { rooms: 2000, each: 8 });
  const { visitor, page, cdp } = await measured(app, session);
  await using _ = visitor;
  await openRooms(page);
  expect(await nodes(page)).toBeLessThanOrEqual(1500);
  const frame = await cost(page, cdp, 15, () => scroll(page));
  expect(frame).toBeLessThanOrEqual(16 * SLACK);
  await page.evaluate("void (document.querySelector('.rooms-frame').scrollTop = 1e6)");
  const count = String(await page.getByRole('treegrid').getAttribute('aria-rowcount'));
  expect(Number(count)).toBeGreaterThan(2000);
  await page.locator(`[aria-rowindex="${count}"]`).waitFor();
  expect(await nodes(page)).toBeLessThanOrEqual(1500);
  console.info('2,000 rooms, frame:', frame);
});
