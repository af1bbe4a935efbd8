import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { resourceReservationList } from '../../src/wire/vc/resource_reservation_list.ts';
import { checkInMethod, getReservationMethod } from '../../src/wire/v1/reservations.ts';
import { exchangeRoomCodeMethod, getRoomCodeMethod } from '../../src/wire/v1/room_codes.ts';
import { NOON, testApp, tenantToken } from '../support/app.ts';
import { openOffice, type Door, type Member } from '../support/office.ts';

/* The code in the QR at a door: good for a minute or two, for that room, and for whoever stands there. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const office = await openOffice(app);
const [ada, bob] = [await office.person('Ada'), await office.person('Bob')];
const MINUTE = 60;
const HOUR = 3600;

let count = 0;
interface Place {
  room: Door;
  panel: Member;
  reservation: string;
}
/** A room with a panel, and a reservation of Ada's whose check-in is open. */
async function place(): Promise<Place> {
  const room = await office.room(`松 ${String(++count)}`);
  const panel = await office.device(room, 'panel');
  const { id } = await office.book(ada, room, 5 * MINUTE, HOUR);
  return { room, panel, reservation: id };
}
beforeEach(() => {
  app.clock.seconds = NOON;
  app.clock.setReal(NOON);
});

const codeOf = async (who: Member, { roomId }: Door): Promise<string> => {
  const { url } = await office.done(who, getRoomCodeMethod, { params: { room_id: roomId } });
  expect(url.startsWith(`${app.url}/rooms/${roomId}?code=`)).toBe(true);
  return new URL(url).searchParams.get('code') ?? '';
};
/** Without any credential, as a phone that is not signed in sends it. */
const exchange = async ({ roomId }: Door, code: string) => {
  const path = exchangeRoomCodeMethod.path.replace(':room_id', roomId);
  const response = await fetch(app.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ code }) });
  return { status: response.status, body: (await response.json()) as { code?: string; error?: { code: string } } };
};
const checkIn = (who: Member, reservation_id: string, code?: string) =>
  office.ask(who, checkInMethod, { params: { reservation_id }, ...(code === undefined ? {} : { body: { code } }) });
const deviceOf = async (reservation_id: string) => (await office.done(office.chief, getReservationMethod, { params: { reservation_id } })).check_in;
const outcome = ({ status, body }: Awaited<ReturnType<typeof checkIn>>) => [status, body.error?.code];
const bad = [403, 'bad_code'];

/** What the ledger of the vendor's says of the day, by room. */
async function ledgerDevice({ name }: Door): Promise<string | undefined> {
  app.clock.seconds = NOON + 2 * HOUR;
  const credential = await tenantToken(app, office.tenant);
  const query = { start_time: NOON, end_time: NOON + HOUR };
  const { data } = (await office.done({ id: '', name: '', credential }, resourceReservationList, { query })) as unknown as {
    data: { room_reservation_list: Record<string, string>[] };
  };
  return data.room_reservation_list.find((row) => row.room_name?.includes(name))?.check_in_device;
}

describe('a check-in', () => {
  it('with the code of the door counts as one by the QR code, in the ledger too', async () => {
    const { room, panel, reservation } = await place();
    expect(outcome(await checkIn(ada, reservation, await codeOf(panel, room)))).toEqual([200, undefined]);
    expect(await deviceOf(reservation)).toMatchObject({ status: 'checked_in', device: 'qr_code' });
    expect(await ledgerDevice(room)).toBe('签到二维码');
  });

  it('without one is open to its reserver, and leaves no device', async () => {
    const { room, reservation } = await place();
    expect(outcome(await checkIn(ada, reservation))).toEqual([200, undefined]);
    expect(await deviceOf(reservation)).toMatchObject({ status: 'checked_in', device: null });
    expect(await ledgerDevice(room)).toBe('');
  });

  it('takes an empty body, and refuses what it does not know', async () => {
    const { reservation } = await place();
    const params = { reservation_id: reservation };
    expect((await office.ask(ada, checkInMethod, { params, body: { device: 'panel' } })).status).toBe(400);
    expect((await office.ask(ada, checkInMethod, { params, body: {} })).status).toBe(200);
  });

  it('is for whoever stands at the door, and has the code to show for it', async () => {
    const { room, panel, reservation } = await place();
    expect(outcome(await checkIn(bob, reservation))).toEqual([403, 'no_permission']);
    expect(outcome(await checkIn(bob, reservation, await codeOf(panel, room)))).toEqual([200, undefined]);
    expect(await deviceOf(reservation)).toMatchObject({ device: 'qr_code' });
  });

  it('that is done is not done again with another device', async () => {
    const { room, panel, reservation } = await place();
    await checkIn(ada, reservation);
    expect(outcome(await checkIn(ada, reservation, await codeOf(panel, room)))).toEqual([200, undefined]);
    expect(await deviceOf(reservation)).toMatchObject({ device: null });
  });

  it('is refused with a code of another room, of another tenant, tampered with, or made up', async () => {
    const [here, there] = [await place(), await place()];
    const abroad = await openOffice(app);
    const foreign = await abroad.room('远');
    const foreignCode =
      new URL((await abroad.done(abroad.chief, getRoomCodeMethod, { params: { room_id: foreign.roomId } })).url).searchParams.get('code') ?? '';
    const code = await codeOf(here.panel, here.room);
    // The last character of base64 has bits that count for nothing: one before it is changed.
    const others = Array.from(code, (letter, i) => code.slice(0, i) + (letter === 'A' ? 'B' : 'A') + code.slice(i + 1));
    for (const wrong of [await codeOf(there.panel, there.room), foreignCode, ...others, '', 'x', code.slice(1), `${code}A`]) {
      expect([wrong, ...outcome(await checkIn(ada, here.reservation, wrong))]).toEqual([wrong, ...bad]);
      expect((await exchange(here.room, wrong)).body.error?.code).toBe('bad_code');
    }
    expect(await deviceOf(here.reservation)).toMatchObject({ status: 'open' });
    // Nor does the code of a door open anything for who is of another tenant.
    expect((await abroad.ask(abroad.chief, checkInMethod, { params: { reservation_id: here.reservation }, body: { code } })).status).toBe(404);
  });
});

describe('the code', () => {
  it('is another one each minute, and good for one to two', async () => {
    const { room, panel, reservation } = await place();
    for (const late of [0, 1, 30, 59]) {
      app.clock.setReal(NOON + late);
      const { url, expires } = await office.done(panel, getRoomCodeMethod, { params: { room_id: room.roomId } });
      const code = new URL(url).searchParams.get('code') ?? '';
      expect(Date.parse(expires) / 1000).toBe(NOON + 2 * MINUTE);
      app.clock.setReal(NOON + 2 * MINUTE - 1);
      expect((await exchange(room, code)).status).toBe(200);
      app.clock.setReal(NOON + 2 * MINUTE);
      expect((await exchange(room, code)).body.error?.code).toBe('bad_code');
      expect(outcome(await checkIn(ada, reservation, code))).toEqual(bad);
    }
    app.clock.setReal(NOON);
    const now = await codeOf(panel, room);
    app.clock.setReal(NOON + MINUTE);
    expect(await codeOf(panel, room)).not.toBe(now);
  });

  it('goes by the real time, whatever the clock of the reservations says', async () => {
    const { room, panel, reservation } = await place();
    const code = await codeOf(panel, room);
    app.clock.seconds = NOON + 10 * MINUTE;
    expect(outcome(await checkIn(ada, reservation, code))).toEqual([200, undefined]);
  });

  it('is changed, without being signed in, for one that lasts ten minutes: long enough to sign in', async () => {
    const { room, panel, reservation } = await place();
    const { status, body } = await exchange(room, await codeOf(panel, room));
    expect(status).toBe(200);
    const presence = body.code ?? '';
    app.clock.setReal(NOON + 10 * MINUTE - 1);
    // It is no code of a door: it is not changed for yet another.
    expect((await exchange(room, presence)).body.error?.code).toBe('bad_code');
    expect(outcome(await checkIn(ada, (await place()).reservation, presence))).toEqual(bad);
    app.clock.setReal(NOON + 10 * MINUTE);
    expect(outcome(await checkIn(ada, reservation, presence))).toEqual(bad);
    app.clock.setReal(NOON + 10 * MINUTE - 1);
    expect(outcome(await checkIn(ada, reservation, presence))).toEqual([200, undefined]);
    expect(await deviceOf(reservation)).toMatchObject({ device: 'qr_code' });
  });

  it('is shown by devices of the room and its administrators alone', async () => {
    const { room, panel } = await place();
    const keeper = await office.person('Keeper');
    await office.settings(room.roomId, { administrators: { users: [keeper.id], departments: [] } });
    const [sensor, elsewhere] = [await office.device(room, 'sensor'), (await place()).panel];
    const allowed = { panel, keeper, chief: office.chief };
    const params = { room_id: room.roomId };
    for (const who of Object.values(allowed)) expect((await office.ask(who, getRoomCodeMethod, { params })).status).toBe(200);
    const refused = { ada: [403, 'no_permission'], sensor: [403, 'no_permission'], elsewhere: [404, 'not_found'] } as const;
    for (const [name, who] of Object.entries({ ada, sensor, elsewhere })) {
      const { status, body } = await office.ask(who, getRoomCodeMethod, { params });
      expect([name, status, body.error?.code]).toEqual([name, ...refused[name as keyof typeof refused]]);
    }
    expect((await office.ask(office.chief, getRoomCodeMethod, { params: { room_id: 'omm_none' } })).status).toBe(404);
  });
});
