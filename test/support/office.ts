import { bindDevice } from '../../src/domain/devices.ts';
import { createLevel } from '../../src/domain/levels.ts';
import { createRoom } from '../../src/domain/rooms.ts';
import { createUser } from '../../src/domain/users.ts';
import type { DeviceKind } from '../../src/store/tables.ts';
import type { AnswerOf, Endpoint } from '../../src/wire/endpoint.ts';
import { formatToken } from '../../src/wire/identifiers.ts';
import { bookMethod, type Reservation } from '../../src/wire/v1/reservations.ts';
import { changeSettingsMethod } from '../../src/wire/v1/settings.ts';
import { NOON, tester, testTenant, userSession, type TestApp } from './app.ts';
import { iso, send, type Request } from './worlds.ts';

/** Somebody with a browser, or a device with its credential. */
export interface Member {
  id: string;
  name: string;
  credential: string;
}

export interface Door {
  roomId: string;
  roomNo: number;
  name: string;
}

/** A tenant with a floor, whose people and rooms come as a test asks for them. Everybody uses a browser. */
export async function openOffice(app: TestApp) {
  const tenant = await testTenant(app, { scopes: ['yuding:read', 'yuding:book', 'yuding:admin', 'vc:room:readonly'] });
  const { tenantId, rootLevelId, administratorId } = tenant;
  const levelId = await createLevel(app.ctx, tester, { tenantId, parentId: rootLevelId, name: '望京 A 座' });
  const chief: Member = { id: administratorId, name: '管理员', credential: await userSession(app, tenantId, administratorId) };

  const person = async (name: string, more: { email?: string } = {}): Promise<Member> => {
    const id = await createUser(app.ctx, tester, { tenantId, name, managesMeetings: false, isAdministrator: false, ...more });
    return { id, name, credential: await userSession(app, tenantId, id) };
  };
  const room = async (name: string, fields: { equipment?: string[]; description?: string } = {}): Promise<Door> => {
    const { roomId, roomNo } = await createRoom(app.ctx, tester, { tenantId, levelId, name, capacity: 8, ...fields });
    return { roomId, roomNo, name };
  };
  const device = async ({ roomId }: Door, kind: DeviceKind): Promise<Member> => {
    const { device: bound, secret } = await bindDevice(app.ctx, tester, { tenantId, roomId, kind, name: kind });
    return { id: bound.device_id, name: kind, credential: formatToken({ kind: 'device', tenantId, secret }) };
  };
  /** The answer of a method, whatever it is. */
  const ask = async (who: Member, endpoint: Endpoint, request: Request = {}) => {
    const { status, body } = await send(app, endpoint, who.credential, request);
    return { status, body: JSON.parse(body) as Record<string, unknown> & { error?: { code: string; rule?: string } } };
  };
  /** The answer of a method that must succeed. */
  const done = async <E extends Endpoint>(who: Member, endpoint: E, request: Request = {}): Promise<AnswerOf<E>> => {
    const { status, body } = await ask(who, endpoint, request);
    if (status >= 300) throw new Error(`${endpoint.id}: ${String(status)} ${JSON.stringify(body)}`);
    return body as AnswerOf<E>;
  };
  const settings = (scope: string, parts: object) => done(chief, changeSettingsMethod, { params: { scope_id: scope }, body: parts });
  /** Reserves a room from so many seconds after noon on. */
  const book = async (who: Member, { roomId }: Door, after: number, length: number, more: object = {}): Promise<Reservation> => {
    const body = { room_id: roomId, start: iso(NOON + after), end: iso(NOON + after + length), title: '周会', ...more };
    const { reservations } = await done(who, bookMethod, { body });
    const [first] = reservations;
    if (!first) throw new Error('nothing was booked');
    return first;
  };
  return { ...tenant, tenant, levelId, chief, person, room, device, ask, done, settings, book };
}

export const approvedBy = (...approvers: Member[]) => ({ approval: { enabled: true, applies: 'always', hours: 1, approvers: approvers.map(({ id }) => id) } });
