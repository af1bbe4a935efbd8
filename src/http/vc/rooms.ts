import type { Ctx } from '../../context.ts';
import type { Directory } from '../../domain/directory.ts';
import { DomainError } from '../../domain/errors.ts';
import { findRoomsById, listRooms as pageOfRooms, searchRooms as findRooms, type RoomPage } from '../../domain/room-search.ts';
import { changeRoom, createRoom as makeRoom, deleteRoom as dropRoom, disablingOf, requireRoom, type Disabling } from '../../domain/rooms.ts';
import { personOf } from '../../domain/people.ts';
import type { Room as StoredRoom } from '../../store/tables.ts';
import { formatDisplayId } from '../../wire/identifiers.ts';
import { createRoom, deleteRoom, getRoom, listRooms, mgetRooms, patchRoom, searchRooms, type Room, type RoomStatusInput } from '../../wire/vc/rooms.ts';
import { levelIdOf } from '../level-id.ts';
import { answer } from '../mount.ts';
import { positionOf, sealPosition } from '../page-token.ts';
import { userIdsOf, type UserIds } from './user-ids.ts';

export const createRoomHandler = answer(createRoom, async (ctx, { principal, actor, query, body }) => {
  const { tenantId } = principal;
  const userIds = userIdsOf(principal, query.user_id_type);
  const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
  const { name, capacity, room_level_id } = body;
  const { roomId } = await makeRoom(ctx, actor, { ...fieldsOf(ctx, body, userIds), tenantId, name, capacity, levelId: levelIdOf(directory, room_level_id) });
  return { room: await wireRoomOf(ctx, tenantId, roomId, userIds) };
});

export const patchRoomHandler = answer(patchRoom, async (ctx, { principal, actor, params, query, body }) => {
  const { tenantId } = principal;
  const userIds = userIdsOf(principal, query.user_id_type);
  const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
  const { room_id: roomId, version } = requireRoom(directory, params.room_id);
  const levelId = body.room_level_id === undefined ? undefined : levelIdOf(directory, body.room_level_id);
  await changeRoom(ctx, actor, { ...fieldsOf(ctx, body, userIds), tenantId, roomId, version, levelId, name: body.name, capacity: body.capacity });
  return {};
});

export const getRoomHandler = answer(getRoom, async (ctx, { principal, params, query }) => {
  return { room: await wireRoomOf(ctx, principal.tenantId, params.room_id, userIdsOf(principal, query.user_id_type), principal.directoryVersion) };
});

export const mgetRoomsHandler = answer(mgetRooms, async (ctx, { principal, query, body }) => {
  const userIds = userIdsOf(principal, query.user_id_type);
  const directory = await ctx.directories.get(principal.tenantId, principal.directoryVersion);
  const rooms = await findRoomsById(ctx, directory, principal.tenantId, body.room_ids);
  return { items: rooms.map((room) => wireRoom(directory, room, userIds, ctx.clock.now())) };
});

export const listRoomsHandler = answer(listRooms, async (ctx, { principal, query }) => {
  const { tenantId } = principal;
  const userIds = userIdsOf(principal, query.user_id_type);
  const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
  const levelId = levelIdOf(directory, query.room_level_id);
  const walk = JSON.stringify([listRooms.id, tenantId, levelId]);
  const after = Number(positionOf(ctx.keys, walk, query.page_token, listRooms.faults.param) ?? 0);
  const page = await pageOfRooms(ctx, directory, { tenantId, levelId, after, limit: query.page_size });
  return wirePage(ctx, directory, page, userIds, walk);
});

export const searchRoomsHandler = answer(searchRooms, async (ctx, { principal, query, body }) => {
  const { tenantId } = principal;
  const userIds = userIdsOf(principal, query.user_id_type);
  const person = personOf(principal);
  const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
  const { custom_room_ids: customIds = [], keyword = '', search_level_name: levelNames = false, page_size: limit, page_token } = body;
  const levelId = levelIdOf(directory, body.room_level_id);
  const walk = JSON.stringify([searchRooms.id, tenantId, person.userId, customIds, keyword, levelId, levelNames]);
  const after = Number(positionOf(ctx.keys, walk, page_token, searchRooms.faults.param) ?? 0);
  const page = await findRooms(ctx, directory, { tenantId, person, customIds, keyword, levelId, levelNames, after, limit });
  return wirePage(ctx, directory, page, userIds, walk);
});

export const deleteRoomHandler = answer(deleteRoom, async (ctx, { principal, actor, params }) => {
  const directory = await ctx.directories.get(principal.tenantId, principal.directoryVersion);
  const { room_id: roomId, version } = requireRoom(directory, params.room_id);
  await dropRoom(ctx, actor, { tenantId: principal.tenantId, roomId, version });
  return {};
});

export const roomHandlers = [createRoomHandler, patchRoomHandler, getRoomHandler, listRoomsHandler, mgetRoomsHandler, searchRoomsHandler, deleteRoomHandler];

type Fields = Partial<{ description: string; custom_room_id: string; room_status: RoomStatusInput; device: { name: string }[] }>;

/** What create and patch have in common. */
function fieldsOf(ctx: Ctx, { description, custom_room_id, room_status, device }: Fields, userIds: UserIds) {
  return {
    description,
    customId: custom_room_id,
    equipment: device?.map(({ name }) => name),
    disabling: room_status && disablingFrom(room_status, userIds, ctx.clock.now()),
  };
}

/**
 * What a status asks for. Disabled without a start: from now; without an end: for ever. Enabled with a period that lies ahead:
 * enabled until then; a period that is under way or over does not keep a room disabled that is to be enabled.
 */
function disablingFrom(status: RoomStatusInput, userIds: UserIds, now: number): Disabling | null {
  const from = Number(status.disable_start_time ?? 0);
  const until = Number(status.disable_end_time ?? 0);
  if (status.status && from <= now) return null;
  return {
    from: from === 0 ? now : from,
    until: until === 0 ? null : until,
    reason: status.disable_reason ?? '',
    contacts: (status.contact_ids ?? []).map((userId) => userIds.read(userId)),
    disableNotice: status.disable_notice ?? false,
    resumeNotice: status.resume_notice ?? false,
  };
}

/** A room as it stands now. @throws DomainError notFound */
async function wireRoomOf(ctx: Ctx, tenantId: number, roomId: string, userIds: UserIds, version?: number): Promise<Room> {
  const directory = version === undefined ? await ctx.directories.read(tenantId) : await ctx.directories.get(tenantId, version);
  const [room] = await findRoomsById(ctx, directory, tenantId, [roomId]);
  if (!room) throw new DomainError('notFound', `no room ${roomId}`);
  return wireRoom(directory, room, userIds, ctx.clock.now());
}

function wirePage(ctx: Ctx, directory: Directory, { rooms, next }: RoomPage, userIds: UserIds, walk: string) {
  const wireRooms = rooms.map((room) => wireRoom(directory, room, userIds, ctx.clock.now()));
  if (next === undefined) return { rooms: wireRooms, has_more: false };
  return { rooms: wireRooms, page_token: sealPosition(ctx.keys, walk, String(next)), has_more: true };
}

function wireRoom(directory: Directory, room: StoredRoom, userIds: UserIds, now: number): Room {
  const disabling = disablingOf(room, now);
  const enabled = disabling === null || disabling.from > now;
  return {
    room_id: room.room_id,
    name: room.name,
    capacity: room.capacity,
    description: room.description,
    display_id: formatDisplayId(room.room_no),
    custom_room_id: room.custom_room_id,
    room_level_id: room.level_id,
    path: directory.path(room.level_id),
    room_status: {
      status: enabled,
      // After the next change that is planned; where none is, what it is now.
      schedule_status: disabling === null || (!enabled && disabling.until !== null),
      disable_start_time: disabling === null ? '' : String(disabling.from),
      disable_end_time: disabling === null ? '' : String(disabling.until ?? 0),
      disable_reason: disabling?.reason ?? '',
      contact_ids: (disabling?.contacts ?? []).map((openId) => userIds.write(openId)),
      disable_notice: disabling?.disableNotice ?? false,
      resume_notice: disabling?.resumeNotice ?? false,
    },
    device: (JSON.parse(room.equipment) as string[]).map((name) => ({ name })),
  };
}
