import { afterAll, expect, it } from 'vitest';
import { bindDevice } from '../../src/domain/devices.ts';
import { createLevel } from '../../src/domain/levels.ts';
import { defaults, settingsVersion } from '../../src/domain/policy.ts';
import { createRoom } from '../../src/domain/rooms.ts';
import { changeSettings } from '../../src/domain/settings.ts';
import type { SettingsPart } from '../../src/store/tables.ts';
import { NOON, tenantToken, tester, testApp, testTenant } from '../support/app.ts';
import { addReservations, reservation } from '../support/ledger.ts';

/* What a dry run of a move says of it: reservations and devices that go along, settings and time zone that will be others. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app, { scopes: ['yuding:admin'] });
const { tenantId, rootLevelId } = tenant;
const token = await tenantToken(app, tenant);

const patch = async (path: string, body: object) => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(`${app.url}/api/v1/${path}`, { method: 'PATCH', headers, body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as { touches?: unknown; version?: number } };
};
const say = async (scopeId: string, part: SettingsPart, value: object) =>
  changeSettings(app.ctx, tester, {
    tenantId,
    scopeId,
    version: settingsVersion(await app.ctx.directories.read(tenantId), scopeId),
    change: () => ({ [part]: { ...defaults[part], ...value } }),
    cover: [],
  });

it('counts what goes along, and names the settings that will be others', async () => {
  const level = (name: string, parentId: string, timeZone?: string) => createLevel(app.ctx, tester, { tenantId, parentId, name, timeZone });
  const [from, into] = [await level('from', rootLevelId), await level('into', rootLevelId, 'Europe/Berlin')];
  const floor = await level('floor', from);
  const room = await createRoom(app.ctx, tester, { tenantId, levelId: floor, name: 'a', capacity: 1 });
  const other = await createRoom(app.ctx, tester, { tenantId, levelId: from, name: 'b', capacity: 1 });
  await say(from, 'check_in', { minutesBefore: 5 });
  await say(into, 'check_in', { minutesBefore: 5 });
  await say(from, 'time', { enabled: true, maxHours: 3 });
  await say(into, 'administrators', { users: [tenant.administratorId] });
  await bindDevice(app.ctx, tester, { tenantId, roomId: room.roomId, kind: 'panel', name: 'door' });
  const at = (room_no: number, start_at: number, facts = {}) => reservation({ tenant_id: tenantId, room_no, start_at, end_at: start_at + 1800, ...facts });
  await addReservations(app, [
    at(room.roomNo, NOON + 3600),
    at(room.roomNo, NOON - 60),
    at(room.roomNo, NOON - 7200),
    at(room.roomNo, NOON + 7200, { cancelled_at: NOON - 60, cancel_cause: 'by_hand' }),
    at(other.roomNo, NOON + 3600),
  ]);

  const rules = [
    { part: 'time', from, to: null },
    { part: 'administrators', from: null, to: into },
  ];
  const zone = { from: 'Asia/Shanghai', to: 'Europe/Berlin' };
  const touches = { reservations: 2, devices: 1, rules, time_zone: zone };
  expect((await patch(`levels/${floor}?dry_run=true`, { parent_id: into })).body.touches).toEqual(touches);
  expect((await patch(`rooms/${room.roomId}?dry_run=true`, { level_id: into })).body.touches).toEqual(touches);

  // What it says itself stays its own; what is no move touches nothing, and a dry run writes nothing.
  await say(floor, 'time', { enabled: true, maxHours: 9 });
  expect((await patch(`levels/${floor}?dry_run=true`, { parent_id: into })).body.touches).toEqual({ ...touches, rules: rules.slice(1) });
  expect((await patch(`levels/${floor}?dry_run=true`, { parent_id: from, name: 'ground' })).body.touches).toBeNull();
  expect((await patch(`rooms/${room.roomId}?dry_run=true`, { capacity: 9 })).body.touches).toBeNull();
  const directory = await app.ctx.directories.read(tenantId);
  expect([directory.level(floor)?.name, directory.level(floor)?.parent_id, directory.room(room.roomId)?.level_id]).toEqual(['floor', from, floor]);

  // It is refused for what the move itself would be.
  expect((await patch(`levels/${from}?dry_run=true`, { parent_id: floor })).status).toBe(400);
  await level('floor', into);
  expect((await patch(`levels/${floor}?dry_run=true`, { parent_id: into })).status).toBe(409);

  // The move says nothing more of it.
  expect((await patch(`levels/${floor}`, { parent_id: into, name: 'moved' })).body.touches).toBeNull();
});
