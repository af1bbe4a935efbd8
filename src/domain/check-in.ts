import type { Ctx } from '../context.ts';
import { listDevices } from '../store/devices.ts';
import type { Queries } from '../store/open.ts';
import { updateTerms } from '../store/reservations.ts';
import type { Reservation } from '../store/tables.ts';
import type { Directory } from './directory.ts';
import { effectiveSetting, type CheckInRules } from './policy.ts';

const MINUTE = 60;

/** Whether one has to check in to a reservation, or why not, and in which window. */
export type Terms = Pick<Reservation, 'check_in_rule' | 'check_in_opens_at' | 'check_in_closes_at' | 'release_on_no_show' | 'check_in_settled'>;

/** What a room asks of those who come. */
export interface RoomTerms {
  rule: 'required' | 'off' | 'no_device';
  /** Seconds. */
  before: number;
  after: number;
  releaseOnNoShow: boolean;
}

/** A sensor does not check anybody in. */
export function roomTerms(rules: CheckInRules, devices: readonly { kind: string }[]): RoomTerms {
  const rule = !rules.enabled ? 'off' : devices.some(({ kind }) => kind !== 'sensor') ? 'required' : 'no_device';
  return { rule, before: rules.minutesBefore * MINUTE, after: rules.minutesAfter * MINUTE, releaseOnNoShow: rules.releaseOnNoShow };
}

/** The terms of a reservation of that time. Nobody checks in after the end. */
export function termsFor(room: RoomTerms, startAt: number, endAt: number): Terms {
  const required = room.rule === 'required';
  return {
    check_in_rule: room.rule,
    check_in_opens_at: required ? startAt - room.before : null,
    check_in_closes_at: required ? Math.min(startAt + room.after, endAt) : null,
    release_on_no_show: room.releaseOnNoShow ? 1 : 0,
    check_in_settled: required ? 0 : 1,
  };
}

/** Nobody checks in to what was taken on the spot. */
export const walkUpTerms: Terms = { check_in_rule: 'walk_up', check_in_opens_at: null, check_in_closes_at: null, release_on_no_show: 0, check_in_settled: 1 };

export async function termsOfRoom(db: Queries, directory: Directory, tenantId: number, roomNo: number): Promise<RoomTerms> {
  const room = directory.roomOfNumber(roomNo);
  const { value } = effectiveSetting(directory, room?.room_id ?? '', 'check_in');
  return roomTerms(value, await listDevices(db, tenantId, roomNo));
}

/**
 * Brings the terms of reservations up to date with the settings and devices of their rooms. Those whose window is open, or
 * that have begun, keep what they have: what happened to them is not rewritten.
 */
export async function refreshTerms(ctx: Ctx, tx: Queries, directory: Directory, tenantId: number, roomNos: readonly number[]): Promise<void> {
  if (roomNos.length === 0) return;
  const now = ctx.clock.now();
  const devices = await listDevices(tx, tenantId, roomNos.length === 1 ? roomNos[0] : undefined);
  const byRoom = groupBy(devices, ({ room_no }) => room_no);
  // Few rooms have terms of their own: one statement for all that agree.
  const alike = groupBy(
    roomNos.map((roomNo) => {
      const { value } = effectiveSetting(directory, directory.roomOfNumber(roomNo)?.room_id ?? '', 'check_in');
      return { roomNo, terms: roomTerms(value, byRoom.get(roomNo) ?? []) };
    }),
    ({ terms }) => JSON.stringify(terms),
  );
  for (const rooms of alike.values()) {
    const [first] = rooms;
    if (first) await updateTerms(tx, { tenantId, roomNos: rooms.map(({ roomNo }) => roomNo), now }, first.terms);
  }
}

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
