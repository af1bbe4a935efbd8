import type { Ctx } from '../context.ts';
import { findRooms, roomNosByCustomId } from '../store/rooms.ts';
import type { Room } from '../store/tables.ts';
import type { Directory, RoomRow } from './directory.ts';
import { requireLevel } from './levels.ts';
import type { Person } from './people.ts';
import { effectiveSetting, mayReserve } from './policy.ts';
import { firstBehind } from './sorted.ts';

/** The rooms of those ids that are there, in the order asked for, each once. */
export async function findRoomsById(ctx: Ctx, directory: Directory, tenantId: number, roomIds: readonly string[]): Promise<Room[]> {
  const roomNos = [...new Set(roomIds)].map((roomId) => directory.room(roomId)?.room_no).filter((roomNo) => roomNo !== undefined);
  const rooms = new Map((await findRooms(ctx.db.kysely, tenantId, roomNos)).map((room) => [room.room_no, room]));
  return roomNos.map((roomNo) => rooms.get(roomNo)).filter((room) => room !== undefined);
}

export interface RoomPage {
  rooms: Room[];
  /** Number of the last room, when there are more behind it. */
  next?: number;
}

/** Rooms below a level, in order of number, behind number `after`. @throws DomainError notFound */
export async function listRooms(
  ctx: Ctx,
  directory: Directory,
  { tenantId, levelId, after, limit }: { tenantId: number; levelId: string; after: number; limit: number },
): Promise<RoomPage> {
  requireLevel(directory, levelId);
  return pageOf(ctx, tenantId, directory.liveRoomsUnder(levelId), after, limit);
}

export interface RoomSearch {
  tenantId: number;
  person: Person;
  /** The tenant's own ids; not empty: nothing else counts. */
  customIds: readonly string[];
  keyword: string;
  levelId: string;
  levelNames: boolean;
  after: number;
  limit: number;
}

/** Rooms that a person may reserve, in order of number, behind number `after`. @throws DomainError notFound */
export async function searchRooms(ctx: Ctx, directory: Directory, search: RoomSearch): Promise<RoomPage> {
  const { tenantId, person, customIds, keyword, levelId, levelNames, after, limit } = search;
  const known = new Map<string, boolean>();
  const mayUse = ({ room_id, level_id }: RoomRow): boolean => {
    // Most rooms have their level's rule, which is asked for once.
    const scopeId = directory.ownSetting(room_id, 'reservers') === null ? level_id : room_id;
    let may = known.get(scopeId);
    if (may === undefined) known.set(scopeId, (may = mayReserve(directory, effectiveSetting(directory, scopeId, 'reservers').value, person)));
    return may;
  };
  if (customIds.length > 0) {
    const roomNos = await roomNosByCustomId(ctx.db.kysely, tenantId, customIds);
    return pageOf(ctx, tenantId, filtered(directory, roomNos, mayUse), after, limit);
  }
  requireLevel(directory, levelId);
  const wanted = keyword.toLocaleLowerCase();
  const levelHas = (id: string) => levelNames && directory.path(id).some((above) => directory.level(above)?.name.toLocaleLowerCase().includes(wanted));
  const levels = new Map<string, boolean>();
  const matches = ({ name, level_id }: RoomRow): boolean => {
    if (name.toLocaleLowerCase().includes(wanted)) return true;
    let has = levels.get(level_id);
    if (has === undefined) levels.set(level_id, (has = levelHas(level_id)));
    return has;
  };
  const behind = directory.liveRoomsUnder(levelId);
  const found: number[] = [];
  for (let i = firstBehind(behind, (roomNo) => roomNo - after); i < behind.length && found.length <= limit; i++) {
    const room = directory.roomOfNumber(behind[i] ?? 0);
    if (room && matches(room) && mayUse(room)) found.push(room.room_no);
  }
  return pageOf(ctx, tenantId, found, after, limit);
}

function filtered(directory: Directory, roomNos: readonly number[], test: (room: RoomRow) => boolean): number[] {
  return roomNos.filter((roomNo) => {
    const room = directory.roomOfNumber(roomNo);
    return room?.deleted_at === null && test(room);
  });
}

/** A page of a list of room numbers in ascending order. */
async function pageOf(ctx: Ctx, tenantId: number, roomNos: readonly number[], after: number, limit: number): Promise<RoomPage> {
  const first = firstBehind(roomNos, (roomNo) => roomNo - after);
  const page = roomNos.slice(first, first + limit);
  const rooms = await findRooms(ctx.db.kysely, tenantId, page);
  const last = page.at(-1);
  return last !== undefined && first + limit < roomNos.length ? { rooms, next: last } : { rooms };
}
