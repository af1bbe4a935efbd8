import { countDevices } from '../store/devices.ts';
import type { Queries } from '../store/open.ts';
import { liveReservations } from '../store/reservations.ts';
import type { SettingsPart } from '../store/tables.ts';
import type { Directory } from './directory.ts';
import { effectiveSetting, ownSetting, settingsParts } from './policy.ts';

/** What a move of a room or level touches. */
export interface Touches {
  /** Reservations that are not over, and devices, of its rooms. */
  reservations: number;
  devices: number;
  /** Settings that it takes from above and that will be others: whose word they are now, and then; null: the default. */
  rules: { part: SettingsPart; from: string | null; to: string | null }[];
  /** Where they differ. */
  timeZone: { from: string; to: string } | null;
}

/** @param into the level that it would stand in */
export async function touchesOfMove(db: Queries, directory: Directory, tenantId: number, id: string, into: string, now: number): Promise<Touches> {
  const room = directory.room(id);
  const roomNos = room ? [room.room_no] : directory.liveRoomsUnder(id);
  const rules = settingsParts.flatMap((part) => {
    if (ownSetting(directory, id, part) !== null) return [];
    const [before, after] = [effectiveSetting(directory, id, part), effectiveSetting(directory, into, part)];
    return JSON.stringify(before.value) === JSON.stringify(after.value) ? [] : [{ part, from: before.from, to: after.from }];
  });
  const zones = { from: directory.zoneOf(room?.level_id ?? id), to: directory.level(id)?.time_zone ?? directory.zoneOf(into) };
  return {
    reservations: (await liveReservations(db, tenantId, roomNos, now)).length,
    devices: await countDevices(db, tenantId, roomNos),
    rules,
    timeZone: zones.from === zones.to ? null : zones,
  };
}
