import { afterAll, beforeEach, expect, it } from 'vitest';
import { setPassword } from '../../src/domain/passwords.ts';
import { resourceReservationList } from '../../src/wire/vc/resource_reservation_list.ts';
import { getReservationMethod, walkUpMethod } from '../../src/wire/v1/reservations.ts';
import { getRoomCodeMethod } from '../../src/wire/v1/room_codes.ts';
import { NOON, tenantToken, tester, testApp } from '../support/app.ts';
import { accessibilityFaults, LOOKS, nameOf, photograph, visit } from '../support/browser.ts';
import { iso } from '../support/worlds.ts';
import { busyOffice } from '../support/busy-office.ts';

/* The page of a room: what it is now, taking it, and the check-in that its QR code leads to. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
beforeEach(() => {
  app.clock.seconds = NOON;
  app.clock.setReal(NOON);
});
const HOUR = 3600;
type World = Awaited<ReturnType<typeof busyOffice>>;
/** Where the QR code at the door of the room leads now, without the host. */
const doorPath = async ({ office, panel, rooms }: World) => {
  const { url } = await office.done(panel, getRoomCodeMethod, { params: { room_id: rooms.pine.roomId } });
  return url.slice(app.url.length);
};
const checkInOf = async ({ office, open }: World) => (await office.done(office.chief, getReservationMethod, { params: { reservation_id: open.id } })).check_in;

const shown = await busyOffice(app);
it.each((['pine', 'bamboo', 'spare'] as const).flatMap((room) => LOOKS.map((look) => ({ room, ...look }))))(
  'the page of $room has no fault: $theme, $language, $width wide',
  async ({ room, ...look }) => {
    await using visitor = await visit(app, `/rooms/${shown.rooms[room].roomId}`, shown.office.chief.credential, look);
    const { page, complaints } = visitor;
    await page.locator('summary').click();
    await page.locator('.room-code svg').waitFor();
    await photograph(page, `room-${room}-${nameOf(look)}`);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
  },
);

it('checks in by the QR code, and the ledger says 签到二维码', async () => {
  const world = await busyOffice(app);
  await using visitor = await visit(app, await doorPath(world), world.ada.credential, { language: 'zh', width: 390 });
  const { page, complaints } = visitor;
  await page.getByText('已识别门口二维码，可在此签到。').waitFor();
  // What was in the address is used up: it is not sent on with it.
  expect(new URL(page.url()).search).toBe('');
  await page.getByRole('button', { name: /^签到：产品周会/ }).click();
  await page.locator('.toasts').getByText('签到成功。').waitFor();
  await page.getByText('已签到').waitFor();
  expect(await checkInOf(world)).toMatchObject({ status: 'checked_in', device: 'qr_code' });
  expect(complaints).toEqual([]);

  app.clock.seconds = NOON + HOUR;
  const credential = await tenantToken(app, world.office.tenant);
  const query = { start_time: NOON, end_time: NOON + HOUR - 1 };
  const { body } = await world.office.ask({ id: '', name: '', credential }, resourceReservationList, { query });
  const { room_reservation_list: rows } = (body as unknown as { data: { room_reservation_list: Record<string, string>[] } }).data;
  expect(rows.map(({ room_check_in_status, check_in_device }) => [room_check_in_status, check_in_device])).toEqual([['已签到', '签到二维码']]);
});

it('checks in by the QR code after a sign-in that takes longer than the code is good', async () => {
  const world = await busyOffice(app);
  const { tenantId } = world.office;
  const hash = await app.ctx.passwords.hash('correct horse battery');
  const email = 'visitor@example.com';
  const person = await world.office.person('访客', { email });
  await app.ctx.db.transaction((tx) => setPassword(tx, tester, { tenantId, userId: person.id, hash, at: NOON }));
  await using visitor = await visit(app, await doorPath(world), '', { width: 390 });
  const { page, complaints } = visitor;
  await page.waitForURL('**/sign-in?next=**');
  app.clock.setReal(NOON + 300);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill('correct horse battery');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/rooms/${world.rooms.pine.roomId}`);
  // Not their own reservation: who has the code stands at the door, and may check in as at the panel.
  await page.getByRole('button', { name: 'Check in: 产品周会' }).click();
  await page.locator('.toasts').getByText('You are checked in.').waitFor();
  expect(await checkInOf(world)).toMatchObject({ status: 'checked_in', device: 'qr_code' });
  expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
});

it('a code that is no longer good is said to be so; one’s own reservation is checked in to all the same, without a device', async () => {
  const world = await busyOffice(app);
  const path = await doorPath(world);
  app.clock.setReal(NOON + 120);
  await using visitor = await visit(app, path, world.ada.credential);
  const { page } = visitor;
  await page.getByRole('alert').getByText('The code at the door was no longer good.').waitFor();
  await page.getByRole('button', { name: 'Check in: 产品周会' }).click();
  await page.locator('.toasts').getByText('You are checked in.').waitFor();
  expect(await checkInOf(world)).toMatchObject({ status: 'checked_in', device: null });

  // Who neither reserved it nor stands there finds no button.
  const other = await busyOffice(app);
  await using stranger = await visit(app, `/rooms/${other.rooms.pine.roomId}`, other.li.credential);
  await stranger.page.getByText('the next one begins in 5 min').waitFor();
  expect(await stranger.page.getByRole('button', { name: /Check in/ }).count()).toBe(0);
});

it('is taken on the spot, extended, ended and taken back', async () => {
  const world = await busyOffice(app);
  await using visitor = await visit(app, `/rooms/${world.rooms.bamboo.roomId}`, world.li.credential);
  const { page, complaints } = visitor;
  const take = page.getByRole('group', { name: 'Take it now' });
  await take.getByRole('button', { name: '30 min' }).click();
  await page.locator('.toasts').getByText('The room is yours until 12:30.').waitFor();
  await page.locator('.room-word', { hasText: 'In use' }).waitFor();
  await page.getByRole('button', { name: '+15 min' }).click();
  await page.locator('.toasts').getByText('The room is yours until 12:45.').waitFor();
  await page.getByRole('button', { name: 'End now' }).click();
  await page.locator('.room-word', { hasText: 'Free' }).waitFor();
  await page.locator('.toast', { hasText: 'given back' }).getByRole('button', { name: 'Undo' }).click();
  await page.locator('.room-word', { hasText: 'In use' }).waitFor();
  expect(complaints).toEqual([]);
});

it('says until when it is free, who is in it, and why it is not in use', async () => {
  const { rooms, ada } = shown;
  const word = async (room: keyof World['rooms'], after = 0) => {
    app.clock.seconds = NOON + after;
    await using visitor = await visit(app, `/rooms/${rooms[room].roomId}`, ada.credential);
    // Names of contacts come a moment later.
    if (room === 'spare') await visitor.page.getByText('王芳').waitFor();
    return (await visitor.page.locator('.room-now').innerText()).replace(/\s+/g, ' ');
  };
  expect(await word('bamboo')).toMatch(/^Free until 15:00 Take it now 15 min 30 min 60 min until 15:00$/);
  expect(await word('pine')).toMatch(/^Free the next one begins in 5 min Check in: 产品周会 until 12:20/);
  expect(await word('pine', 600)).toMatch(/^Reserved 产品周会 You, until 13:05 Waits for check-in until 12:20 Check in/);
  expect(await word('pine', 2.5 * HOUR)).toMatch(/^In use Private 王芳, until 15:00$/);
  expect(await word('spare')).toBe('Not in use until further notice 空调维修 Ask 王芳');
});

it('shows an administrator the QR code of the door, and another one as time goes', async () => {
  await using visitor = await visit(app, `/rooms/${shown.rooms.pine.roomId}`, shown.office.chief.credential);
  const { page } = visitor;
  await page.locator('summary').click();
  const code = page.getByRole('img', { name: 'QR code of 松 301' });
  await code.waitFor();
  const url = await code.getAttribute('data-url');
  expect(url).toBe(`${app.url}${await doorPath(shown)}`);
  app.clock.setReal(NOON + 60);
  await page.clock.install({ time: NOON * 1000 });
  await page.locator('summary').click();
  await page.locator('summary').click();
  await expect.poll(() => code.getAttribute('data-url')).not.toBe(url);
});

it('follows what others do, without being asked', async () => {
  const { office, rooms, li, ada } = await busyOffice(app);
  await using visitor = await visit(app, `/rooms/${rooms.plum.roomId}`, ada.credential);
  const { page } = visitor;
  await page.getByText('for the rest of the day').waitFor();
  await office.done(li, walkUpMethod, { params: { room_id: rooms.plum.roomId }, body: { end: iso(NOON + HOUR), title: '临时会' } });
  await page.locator('.room-word', { hasText: 'In use' }).waitFor();
  await page.locator('.room-title', { hasText: '临时会' }).waitFor();
});

it('a room that is not there has words for it', async () => {
  await using visitor = await visit(app, '/rooms/omm_none', shown.ada.credential);
  await visitor.page.getByRole('heading', { name: 'There is no such room' }).waitFor();
  expect(await accessibilityFaults(visitor.page)).toEqual([]);
});
