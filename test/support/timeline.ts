import type { Page } from 'playwright-core';
import { credentialHeaders, NOON, testTenant, testUser, userSession, type TestApp } from './app.ts';
import { visit, type Look } from './browser.ts';
import { addLevel, addReservations, addRoom, reservation } from './ledger.ts';

const HOUR = 3600;
const DAY_START = NOON - 12 * HOUR;

/** A tenant of its own: a building with three rooms, a person and an administrator. */
export async function timelineWorld(app: TestApp, timeZone = 'Asia/Shanghai') {
  const { tenantId, administratorId, rootLevelId } = await testTenant(app, { timeZone });
  const userId = await testUser(app, tenantId);
  const [session, office] = [await userSession(app, tenantId, userId), await userSession(app, tenantId, administratorId)];
  const building = await addLevel(app, tenantId, rootLevelId);
  const rooms: Awaited<ReturnType<typeof addRoom>>[] = [];
  for (const name of ['A101', 'A102', 'A103']) rooms.push(await addRoom(app, tenantId, building, name));
  const ask = async (method: string, path: string, body?: unknown, by = office) => {
    const init = {
      method,
      headers: { 'content-type': 'application/json', ...credentialHeaders(by) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const response = await fetch(`${app.url}/api/v1${path}`, init);
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(JSON.stringify(answer));
    return answer;
  };
  /** Reserves from one hour of the day to another. */
  const take = (room: number, from: number, to: number, facts: object = {}) =>
    addReservations(app, [
      reservation({
        tenant_id: tenantId,
        room_no: rooms[room]?.roomNo ?? 0,
        start_at: DAY_START + from * HOUR,
        end_at: DAY_START + to * HOUR,
        title: '季度评审',
        check_in_rule: 'off',
        check_in_opens_at: null,
        check_in_closes_at: null,
        ...facts,
      }),
    ]);
  const reservations = async () =>
    ((await ask('GET', '/reservations')).reservations as { room_name: string; start: string; end: string; status: string; title: string }[]).map(
      ({ room_name, start, end, status, title }) => [room_name, start.slice(11, 16), end.slice(11, 16), status, title].join(' '),
    );
  return { tenantId, administratorId, userId, session, office, rootLevelId, building, rooms, ask, take, reservations };
}

/** Opens the timeline and waits until it is drawn. */
export async function openTimeline(app: TestApp, path: string, session: string, look: Look = {}) {
  const visitor = await visit(app, path, session, look);
  await visitor.page.getByRole('treegrid').waitFor();
  return visitor;
}

/** Where a time of a room lies on the screen. */
export async function spot(page: Page, room: string, hour: number): Promise<{ x: number; y: number }> {
  const row = page.locator('.rooms-row').filter({ has: page.getByText(room, { exact: true }) });
  const box = await row.locator('.rooms-track').boundingBox();
  if (!box) throw new Error(`no row of ${room}`);
  return { x: box.x + (hour / 24) * box.width, y: box.y + box.height / 2 };
}

/** Tabs to a control. The keyboard alone leads there, or the test fails. */
export async function tabTo(page: Page, target: ReturnType<Page['locator']>): Promise<void> {
  for (let count = 0; count < 60; count++) {
    if ((await target.count()) > 0 && (await target.and(page.locator(':focus')).count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('the Tab key does not lead there');
}
