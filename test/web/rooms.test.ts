import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { NOON, testApp, testTenant, userSession } from '../support/app.ts';
import { accessibilityFaults, LOOKS, nameOf, photograph, visit, type Look } from '../support/browser.ts';
import { openTimeline, spot, tabTo, timelineWorld } from '../support/timeline.ts';

const app = await testApp({ rateLimit: 0 });
const HOUR = 3600;
const world = (timeZone?: string) => timelineWorld(app, timeZone);
const open = (path: string, session: string, look: Look = {}) => openTimeline(app, path, session, look);

const bar = (page: Page, name: RegExp | string) => page.getByRole('button', { name });
const spoken = (page: Page) => page.locator('#rooms-spoken');
const toasts = (page: Page) => page.locator('.toasts');

describe('with the mouse', () => {
  it('a stroke over free time books it; it stops at the neighbours, Escape calls it off', async () => {
    const { session, take, reservations } = await world();
    await take(0, 14, 15);
    await using visitor = await open('/rooms', session);
    const { page } = visitor;
    const ghost = page.locator('.rooms-ghost');
    const from = await spot(page, 'A101', 13.05);
    const beyond = await spot(page, 'A101', 14.6);

    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x + 40, from.y);
    await page.mouse.move(beyond.x, beyond.y, { steps: 5 });
    await expect.poll(() => ghost.textContent()).toBe('13:00–14:00 · 1 h');
    await page.keyboard.press('Escape');
    expect(await ghost.isVisible()).toBe(false);
    await page.mouse.up();
    expect(await page.getByRole('dialog').count()).toBe(0);

    const half = await spot(page, 'A101', 13.3);
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(half.x, half.y, { steps: 5 });
    expect(await ghost.textContent()).toBe('13:00–13:30 · 30 min');
    await page.mouse.up();
    const dialog = page.getByRole('dialog', { name: 'Book A101' });
    await dialog.getByLabel('Title', { exact: true }).fill('One to one');
    await dialog.getByRole('button', { name: 'Book' }).click();
    await bar(page, 'One to one · 可涵, 13:00–13:30, Mine').waitFor();
    await expect.poll(() => toasts(page).textContent()).toContain('A101 is yours, 13:00–13:30');
    expect(await reservations()).toContain('A101 05:00 05:30 accepted One to one');
  });

  it('what is mine is dragged to another room and time, stretched at its edge, and never over others', async () => {
    const { userId, session, take, reservations } = await world();
    await take(0, 13, 14, { reserver_id: userId, title: 'Mine' });
    await take(1, 15, 16);
    await using visitor = await open('/rooms', session);
    const { page } = visitor;
    await bar(page, /^Mine · .*13:00–14:00/).waitFor();
    const drag = async (a: { x: number; y: number }, b: { x: number; y: number }) => {
      await page.mouse.move(a.x, a.y);
      await page.mouse.down();
      await page.mouse.move(b.x, b.y, { steps: 8 });
      await page.mouse.up();
    };
    await drag(await spot(page, 'A101', 13.5), await spot(page, 'A102', 14.8));
    await bar(page, /^Mine · .*14:00–15:00/).waitFor();
    await expect.poll(reservations).toContain('A102 06:00 07:00 accepted Mine');
    // Back a little, then out to the neighbour.
    await drag(await spot(page, 'A102', 14.5), await spot(page, 'A102', 14.0));
    await expect.poll(reservations).toContain('A102 05:30 06:30 accepted Mine');
    const edge = await spot(page, 'A102', 14.5);
    await drag({ x: edge.x - 3, y: edge.y }, await spot(page, 'A102', 15.8));
    await expect.poll(reservations).toContain('A102 05:30 07:00 accepted Mine');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await toasts(page).getByRole('button', { name: 'Undo' }).last().click();
    await expect.poll(reservations).toContain('A102 05:30 06:30 accepted Mine');
  });

  it('what somebody changed meanwhile is not moved: the newest is shown', async () => {
    const { userId, session, take, ask, reservations } = await world();
    await take(0, 13, 14, { reserver_id: userId, title: 'Mine' });
    await using visitor = await open('/rooms', session);
    const { page } = visitor;
    await bar(page, /^Mine/).waitFor();
    // The change does not reach this page before its own.
    await page.route('**/api/v1/live**', (route) => route.abort());
    const [id] = ((await ask('GET', '/reservations')).reservations as { id: string }[]).map((one) => one.id);
    await page.route(`**/api/v1/reservations/${String(id)}`, async (route) => {
      await page.unroute(`**/api/v1/reservations/${String(id)}`);
      await ask('PATCH', `/reservations/${String(id)}`, { start: '2026-03-18T10:00:00Z', end: '2026-03-18T11:00:00Z' });
      await route.continue();
    });
    const [a, b] = [await spot(page, 'A101', 13.5), await spot(page, 'A101', 15.5)];
    await page.mouse.move(a.x, a.y);
    await page.mouse.down();
    await page.mouse.move(b.x, b.y, { steps: 5 });
    await page.mouse.up();
    await expect.poll(() => toasts(page).textContent()).toContain('Somebody changed it meanwhile');
    await bar(page, /^Mine · .*18:00–19:00/).waitFor();
    expect(await reservations()).toEqual(['A101 10:00 11:00 accepted Mine']);
  });
});

it('by the keyboard alone one finds out what is free, books, moves, extends, cancels and takes that back', async () => {
  const { session, take, reservations } = await world();
  await take(0, 12.5, 13.5);
  await using visitor = await open('/rooms', session);
  const { page, complaints } = visitor;
  const grid = page.getByRole('treegrid');
  await tabTo(page, grid);
  await expect.poll(() => spoken(page).textContent()).toBe('A101, 12:00 to 12:30, free until 12:30');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => spoken(page).textContent()).toBe('A101, 12:15 to 12:45, taken: 季度评审 · 可涵, until 13:30');
  await page.keyboard.press('Enter');
  await expect.poll(() => spoken(page).textContent()).toBe('Cannot book: taken: 季度评审 · 可涵, until 13:30. Press space for details.');
  expect(await page.getByRole('dialog').count()).toBe(0);
  await page.keyboard.press(' ');
  await page.getByRole('dialog', { name: '季度评审' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  for (let count = 0; count < 5; count++) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await expect.poll(() => spoken(page).textContent()).toBe('A101, 13:30 to 14:15, free until 00:00');
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => spoken(page).textContent()).toBe('A102, 13:30 to 14:15, free until 00:00');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Book A102' }).getByLabel('Title', { exact: true }).waitFor();
  await page.keyboard.type('Stand-up');
  await page.keyboard.press('Enter');
  await bar(page, /^Stand-up · .*13:30–14:15, Mine/).waitFor();
  expect(await reservations()).toContain('A102 05:30 06:15 accepted Stand-up');

  // Its details: more time, then another time and room.
  await page.keyboard.press(' ');
  const details = page.getByRole('dialog', { name: 'Stand-up' });
  await details.waitFor();
  await tabTo(page, details.getByRole('button', { name: '+15 min' }));
  await page.keyboard.press('Enter');
  await expect.poll(reservations).toContain('A102 05:30 06:30 accepted Stand-up');
  await tabTo(page, details.getByRole('button', { name: 'Change time or room' }));
  await page.keyboard.press('Enter');
  await tabTo(page, details.getByLabel('Start'));
  await page.keyboard.type('15:00');
  await tabTo(page, details.getByLabel('Room', { exact: true }));
  await page.keyboard.type('A103');
  await page.keyboard.press('Enter');
  await tabTo(page, details.getByRole('button', { name: 'Move' }));
  await page.keyboard.press('Enter');
  await details.waitFor({ state: 'detached' });
  await expect.poll(reservations).toContain('A103 07:00 08:00 accepted Stand-up');
  await bar(page, /^Stand-up · .*15:00–16:00/).waitFor();

  await page.keyboard.press('ArrowDown');
  for (let count = 0; count < 6; count++) await page.keyboard.press('ArrowRight');
  await expect.poll(() => spoken(page).textContent()).toContain('A103, 15:00 to 15:45, taken: Stand-up');
  await page.keyboard.press(' ');
  await tabTo(page, details.getByRole('button', { name: 'Cancel reservation' }));
  await page.keyboard.press('Enter');
  await bar(page, /^Stand-up/).waitFor({ state: 'detached' });
  expect(await reservations()).toContain('A103 07:00 08:00 cancelled Stand-up');
  await tabTo(page, toasts(page).getByRole('button', { name: 'Undo' }).last());
  await page.keyboard.press('Enter');
  await bar(page, /^Stand-up · .*15:00–16:00/).waitFor();
  expect(await reservations()).toContain('A103 07:00 08:00 accepted Stand-up');
  expect(complaints).toEqual([]);
});

it('a level is closed and opened by the keyboard, and says how many rooms are free either way', async () => {
  const { session, building, take } = await world();
  await take(0, 11, 13);
  await using visitor = await open('/rooms', session);
  const { page } = visitor;
  await tabTo(page, page.getByRole('treegrid'));
  await page.keyboard.press('ArrowUp');
  await expect.poll(() => spoken(page).textContent()).toBe(`${building}, 2 / 3 free now, open`);
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => page.locator('.rooms-row').count()).toBe(0);
  expect(await spoken(page).textContent()).toBe(`${building}, 2 / 3 free now, closed`);
  expect(await page.locator('.rooms-group').getAttribute('aria-expanded')).toBe('false');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.locator('.rooms-row').count()).toBe(3);
});

it('on a phone a tap on free time opens the form with what is free there', async () => {
  const { session, take, reservations } = await world();
  await take(0, 13.5, 15);
  await using visitor = await open('/rooms', session, { width: 390, language: 'zh' });
  const { page } = visitor;
  const { x, y } = await spot(page, 'A101', 13.1);
  await page.touchscreen.tap(x, y);
  const sheet = page.getByRole('dialog', { name: '预定 A101' });
  await sheet.waitFor();
  expect(await sheet.getByLabel('开始').locator('option:checked').textContent()).toBe('13:00');
  expect(await sheet.getByLabel('结束').locator('option:checked').textContent()).toBe('13:30 · 30 分钟');
  await sheet.getByLabel('主题', { exact: true }).fill('面试');
  await sheet.getByRole('button', { name: '预定' }).tap();
  await bar(page, /^面试 · 可涵, 13:00–13:30, 我的预定/).waitFor();
  expect(await reservations()).toContain('A101 05:00 05:30 accepted 面试');
});

const rules = { enabled: true, days_in_advance: 2, opens_at: '00:00', day_start: '08:00', day_end: '20:00', max_hours: 2 };
describe.each(['en', 'zh'] as const)('a rule that stands against it is said in words, and nothing typed is lost: %s', (language) => {
  it.each([
    ['too_long', () => ({ time: rules }), '', '2026-03-18T14:00:00+08:00', '2026-03-18T17:00:00+08:00', ['longer than the room', '单次最长 2 小时']],
    ['outside_hours', () => ({ time: rules }), '', '2026-03-18T21:00:00+08:00', '2026-03-18T22:00:00+08:00', ['outside the hours', '可用时间为 08:00–20:00']],
    [
      'too_far_ahead',
      () => ({ time: rules }),
      '?day=2026-03-25',
      '2026-03-25T14:00:00+08:00',
      '2026-03-25T15:00:00+08:00',
      ['further ahead', '最多可提前 2 天，每天 00:00 起'],
    ],
    [
      'no_reason',
      (approver: string) => ({ approval: { enabled: true, applies: 'longer', hours: 0.1, approvers: [approver] } }),
      '',
      '2026-03-18T14:00:00+08:00',
      '2026-03-18T15:00:00+08:00',
      ['say what it is for', '请填写预定理由'],
    ],
  ])('%s', async (_rule, settings, search, start, end, words) => {
    const { session, rooms, ask, administratorId } = await world();
    await ask('PATCH', `/settings/${String(rooms[0]?.roomId)}`, settings(administratorId));
    await using visitor = await open(`/rooms${search}`, session, { language });
    const { page } = visitor;
    const hour = Number(start.slice(11, 13));
    const { y } = await spot(page, 'A101', hour);
    await page.evaluate(`void (document.querySelector('.rooms-frame').scrollLeft = ${String((hour - 4) * 84)})`);
    const { x } = await spot(page, 'A101', hour + 0.05);
    await page.mouse.click(x, y);
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(language === 'en' ? 'Title' : '主题', { exact: true }).fill('Long talk');
    await dialog.getByLabel(language === 'en' ? 'End' : '结束', { exact: true }).selectOption(String(Date.parse(end)));
    await dialog.getByRole('button', { name: language === 'en' ? 'Book' : '预定', exact: true }).click();
    await expect.poll(() => dialog.getByRole('alert').textContent()).toContain(words[language === 'en' ? 0 : 1]);
    if (language === 'zh') expect(await dialog.getByRole('alert').textContent()).not.toMatch(/[a-z]/i);
    expect(await dialog.getByLabel(language === 'en' ? 'Title' : '主题', { exact: true }).inputValue()).toBe('Long talk');
  });
});

it('a series whose dates are taken in part says which, and reserves the others when asked to', async () => {
  const { session, take, reservations } = await world();
  await take(0, 14 + 7 * 24, 15 + 7 * 24);
  await using visitor = await open('/rooms', session);
  const { page } = visitor;
  const { x, y } = await spot(page, 'A101', 14.05);
  await page.mouse.click(x, y);
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Title', { exact: true }).fill('Weekly');
  await dialog.getByLabel('Repeat').selectOption('weekly');
  await dialog.getByLabel('Dates').fill('3');
  await dialog.getByRole('button', { name: 'Book', exact: true }).click();
  await expect.poll(() => dialog.getByRole('alert').textContent()).toContain('1 date of the series is taken');
  expect(await dialog.getByRole('listitem').allTextContents()).toEqual(['Wed 25 Mar 14:00']);
  expect((await reservations()).filter((one) => one.endsWith('Weekly'))).toEqual([]);
  await dialog.getByRole('button', { name: 'Reserve the free dates only' }).click();
  await bar(page, /^Weekly · .*14:00–15:00, Mine/).waitFor();
  await expect.poll(() => toasts(page).textContent()).toContain('A101: 2 dates reserved, 1 left out');
  expect((await reservations()).filter((one) => one.endsWith('Weekly'))).toHaveLength(2);
});

it('the finder names the soonest rooms that fit, marks their slots and books them', async () => {
  const { session, building, ask, take, rooms, reservations } = await world();
  await take(0, 12, 13);
  await ask('PATCH', `/rooms/${String(rooms[0]?.roomId)}`, { equipment: ['TV'] });
  await ask('POST', '/rooms', { name: 'Hall', capacity: 40, level_id: building, equipment: ['TV', 'Phone'] });
  await using visitor = await open('/rooms', session);
  const { page } = visitor;
  await page.getByText('Any', { exact: true }).click();
  await page.getByRole('checkbox', { name: 'TV' }).check();
  await page.keyboard.press('Escape');
  await page.getByLabel('For', { exact: true }).selectOption('45');
  await page.getByRole('button', { name: 'Find the soonest' }).click();
  const results = page.getByRole('region', { name: /rooms found/ });
  const names = async () => Promise.all((await results.getByRole('button', { name: /^Book / }).all()).map((button) => button.getAttribute('aria-label')));
  await expect.poll(names).toEqual(['Book Hall, 12:00 to 12:45', 'Book A101, 13:00 to 13:45']);
  expect(await page.locator('.rooms-found').count()).toBe(2);
  await results.getByRole('button', { name: /^Book A101/ }).click();
  await page.getByRole('dialog', { name: 'Book A101' }).getByRole('button', { name: 'Book', exact: true }).click();
  await bar(page, /13:00–13:45, Mine/).waitFor();
  expect(await reservations()).toContain('A101 05:00 05:45 accepted ');
});

it('what somebody else reserves, and gives back early, is there at once', async () => {
  const { userId, session, office, building, take } = await world();
  await take(1, 11.5, 13, { reserver_id: userId, title: 'Runs', reserver_name: '可涵' });
  await using other = await open(`/rooms?level=${building}`, office);
  await using visitor = await open('/rooms', session);
  const { page } = visitor;
  const { x, y } = await spot(page, 'A101', 14.05);
  await page.mouse.click(x, y);
  await page.getByRole('dialog').getByLabel('Title', { exact: true }).fill('Seen by both');
  await page.keyboard.press('Enter');
  await bar(other.page, 'Seen by both · 可涵, 14:00–15:00, Reserved').waitFor();

  await bar(page, /^Runs/).click();
  await page.getByRole('button', { name: 'End now' }).click();
  await bar(other.page, /^Runs · .*Released/).waitFor();
  await expect.poll(() => toasts(other.page).textContent()).toContain('A102 was released 60 min early');
  await toasts(other.page).getByRole('button', { name: 'Take it' }).click();
  const sheet = other.page.getByRole('dialog', { name: 'Book A102' });
  expect(await sheet.getByLabel('Start').locator('option:checked').textContent()).toBe('12:00');
  expect(await sheet.getByLabel('End').locator('option:checked').textContent()).toBe('13:00 · 1 h');
});

it('day, level and filters are in the address: whoever opens it sees the same', async () => {
  const { session, building, take } = await world();
  await take(0, 11, 13);
  await using visitor = await open('/rooms', session);
  const { page } = visitor;
  const names = () => page.locator('.rooms-room').allTextContents();
  await page.keyboard.press('/');
  await page.keyboard.type('a10');
  await page.getByLabel('People').selectOption('6');
  await page.getByRole('checkbox', { name: 'Free now' }).check();
  await expect.poll(names).toEqual(['A102', 'A103']);
  const { searchParams } = new URL(page.url());
  expect(Object.fromEntries(searchParams)).toEqual({ q: 'a10', people: '6', free: '1' });
  await page.reload();
  await expect.poll(names).toEqual(['A102', 'A103']);
  expect(await page.getByLabel('Search rooms').inputValue()).toBe('a10');
  await page.getByRole('button', { name: 'Next day' }).click();
  await page.waitForURL('**/rooms?*day=2026-03-19*');
  await page.goBack();
  await expect.poll(() => new URL(page.url()).searchParams.get('day')).toBe(null);
  await page.getByLabel('People').selectOption('8');
  await page.getByRole('heading', { name: 'No room fits what you chose' }).waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect.poll(names).toEqual(['A101', 'A102', 'A103']);
  await page.goto(`/rooms?level=${building}&day=2026-03-20`);
  await expect.poll(names).toEqual(['A101', 'A102', 'A103']);
  expect(await page.getByRole('treegrid').getAttribute('aria-label')).toContain('20 Mar 2026');
});

it('a day on which the clock is put forward has 23 hours', async () => {
  const { session } = await world('Europe/Berlin');
  await using visitor = await open('/rooms?day=2026-03-29', session);
  const labels = await visitor.page.locator('.rooms-hours > span[style]').allTextContents();
  expect(labels).toHaveLength(23);
  expect(labels.slice(0, 3)).toEqual(['00:00', '01:00', '03:00']);
});

it('a room that is not in use shows why, and cannot be booked', async () => {
  const { session, rooms, ask } = await world();
  const id = String(rooms[0]?.roomId);
  await ask('PATCH', `/rooms/${id}`, {
    disabled: { from: '2026-03-18T06:00:00Z', until: '2026-03-18T08:00:00Z', reason: '空调维修', contacts: [], disable_notice: false, resume_notice: false },
  });
  await using visitor = await open('/rooms', session);
  const { page } = visitor;
  await page.getByText('Not in use: 空调维修').waitFor();
  const { x, y } = await spot(page, 'A101', 15);
  await page.mouse.click(x, y);
  await expect.poll(() => toasts(page).textContent()).toContain('Cannot book: Not in use: 空调维修');
  expect(await page.getByRole('dialog').count()).toBe(0);
});

describe('what is not there', () => {
  it('no rooms: an administrator is led to where they are set up', async () => {
    const { tenantId, administratorId } = await testTenant(app);
    await using visitor = await visit(app, '/rooms', await userSession(app, tenantId, administratorId));
    await visitor.page.getByRole('heading', { name: 'There are no rooms yet' }).waitFor();
    expect(await visitor.page.getByRole('link', { name: 'Set up levels and rooms' }).getAttribute('href')).toBe('/admin');
    expect(await accessibilityFaults(visitor.page)).toEqual([]);
  });

  it('no answer: what is wrong, and another try', async () => {
    const { session } = await world();
    await using visitor = await visit(app, '/mine', session);
    const { page } = visitor;
    await page.route('**/api/v1/timeline**', (route) =>
      route.fulfill({ status: 500, body: '{"error":{"code":"internal","message":"it broke","log_id":"L1"}}' }),
    );
    await page.goto('/rooms');
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('it broke');
    await page.unroute('**/api/v1/timeline**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('treegrid').waitFor();
  });
});

describe('in every light, language and width', () => {
  it.each(LOOKS.map((look) => [nameOf(look), look] as const))('nothing is wrong with the timeline, the form and the details: %s', async (name, look) => {
    const { userId, session, take, rooms, ask } = await world();
    await ask('PATCH', `/settings/${String(rooms[1]?.roomId)}`, { time: rules });
    const due = { check_in_rule: 'required' as const, check_in_settled: 0 };
    await take(0, 10, 10.5, { checked_in_at: NOON - 2 * HOUR });
    await take(0, 11.75, 12.5, { ...due, reserver_id: userId, title: '我的会', check_in_opens_at: NOON - 1800, check_in_closes_at: NOON + 900 });
    await take(0, 13, 13.5, { title: '' });
    await take(1, 11, 13, { ...due, check_in_opens_at: NOON - 4500, check_in_closes_at: NOON - 2700, release_on_no_show: 0 });
    await take(1, 13, 15, { accepted_at: null });
    await take(2, 11, 12, { released_at: NOON - 1800, release_cause: 'by_hand' });
    await take(2, 13, 14, { is_private: 1 });
    await using visitor = await open('/rooms', session, look);
    const { page, complaints } = visitor;
    await photograph(page, `rooms-${name}`);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.locator('.rooms-bar[data-mine]').click();
    await page.getByRole('dialog').waitFor();
    await photograph(page, `rooms-details-${name}`);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    const { x, y } = await spot(page, 'A103', 12.3);
    if (look.width < 600) await page.touchscreen.tap(x, y);
    else await page.mouse.click(x, y);
    await page.getByRole('dialog').waitFor();
    await photograph(page, `rooms-form-${name}`);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
