import type { Ctx } from '../../context.ts';
import type { Directory } from '../../domain/directory.ts';
import { DomainError } from '../../domain/errors.ts';
import { findRoomsById, listRooms } from '../../domain/room-search.ts';
import { changeRoom, createRoom, deleteRoom, disablingOf, previewRoomChange, previewRoomDeletion, requireRoom, type Disabling } from '../../domain/rooms.ts';
import type { Room as StoredRoom } from '../../store/tables.ts';
import type { BodyOf } from '../../wire/endpoint.ts';
import { formatDisplayId } from '../../wire/identifiers.ts';
import { changeRoomMethod, createRoomMethod, deleteRoomMethod, getRoomMethod, listRoomsMethod, type Disabled, type Room } from '../../wire/v1/rooms.ts';
import { formatInstant, parseInstant } from '../../wire/v1/instants.ts';
import { levelIdOf } from '../level-id.ts';
import { answer } from '../mount.ts';
import { positionOf, sealPosition } from '../page-token.ts';
import { effectsOf, touchesOf } from './effects.ts';

export const roomHandlers = [
  answer(createRoomMethod, async (ctx, { principal, actor, body }) => {
    const { tenantId } = principal;
    const levelId = levelIdOf(await ctx.directories.get(tenantId, principal.directoryVersion), body.level_id);
    const { roomId } = await createRoom(ctx, actor, { ...fieldsOf(ctx, body), tenantId, levelId, name: body.name, capacity: body.capacity });
    return roomById(ctx, await ctx.directories.read(tenantId), tenantId, roomId);
  }),

  answer(listRoomsMethod, async (ctx, { principal, query }) => {
    const { tenantId } = principal;
    const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
    const levelId = levelIdOf(directory, query.level);
    const walk = JSON.stringify([listRoomsMethod.id, tenantId, levelId]);
    const after = Number(positionOf(ctx.keys, walk, query.cursor, listRoomsMethod.faults.param, 'cursor') ?? 0);
    const { rooms, next } = await listRooms(ctx, directory, { tenantId, levelId, after, limit: query.limit });
    const next_cursor = next === undefined ? null : sealPosition(ctx.keys, walk, String(next));
    return { rooms: rooms.map((room) => roomOf(directory, room, ctx.clock.now())), next_cursor };
  }),

  answer(getRoomMethod, async (ctx, { principal, params }) => {
    const directory = await ctx.directories.get(principal.tenantId, principal.directoryVersion);
    return roomById(ctx, directory, principal.tenantId, params.room_id);
  }),

  answer(changeRoomMethod, async (ctx, { principal, actor, params, query, body, expected }) => {
    const { tenantId } = principal;
    const before = await ctx.directories.get(tenantId, principal.directoryVersion);
    const { room_id: roomId, version } = requireRoom(before, params.room_id);
    const levelId = body.level_id === undefined ? undefined : levelIdOf(before, body.level_id);
    const change = { ...fieldsOf(ctx, body), tenantId, roomId, version, expected, levelId, name: body.name, capacity: body.capacity };
    const { effects, touches } = query.dry_run ? await previewRoomChange(ctx, change) : { effects: await changeRoom(ctx, actor, change), touches: null };
    const directory = await ctx.directories.read(tenantId);
    return { ...(await roomById(ctx, directory, tenantId, roomId)), effects: effectsOf(directory, effects), touches: touchesOf(touches) };
  }),

  answer(deleteRoomMethod, async (ctx, { principal, actor, params, query, expected }) => {
    const { tenantId } = principal;
    const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
    const { room_id: roomId, version } = requireRoom(directory, params.room_id);
    const deletion = { tenantId, roomId, version, expected };
    const effects = query.dry_run ? await previewRoomDeletion(ctx, deletion) : await deleteRoom(ctx, actor, deletion);
    return { effects: effectsOf(directory, effects) };
  }),
];

function fieldsOf(ctx: Ctx, { description, custom_id, equipment, position, disabled }: BodyOf<typeof changeRoomMethod>) {
  return { description, customId: custom_id, equipment, position, disabling: disabled && disablingFrom(disabled, ctx.clock.now()) };
}

function disablingFrom(disabled: NonNullable<BodyOf<typeof changeRoomMethod>['disabled']>, now: number): Disabling {
  return {
    from: disabled.from === undefined ? now : parseInstant(disabled.from),
    until: typeof disabled.until === 'string' ? parseInstant(disabled.until) : null,
    reason: disabled.reason ?? '',
    contacts: disabled.contacts ?? [],
    disableNotice: disabled.disable_notice ?? false,
    resumeNotice: disabled.resume_notice ?? false,
  };
}

/** @throws DomainError notFound */
async function roomById(ctx: Ctx, directory: Directory, tenantId: number, roomId: string): Promise<Room> {
  const [room] = await findRoomsById(ctx, directory, tenantId, [roomId]);
  if (!room) throw new DomainError('notFound', `no room ${roomId}`);
  return roomOf(directory, room, ctx.clock.now());
}

function roomOf(directory: Directory, room: StoredRoom, now: number): Room {
  const disabling = disablingOf(room, now);
  return {
    id: room.room_id,
    display_id: formatDisplayId(room.room_no),
    name: room.name,
    capacity: room.capacity,
    description: room.description,
    custom_id: room.custom_room_id,
    level_id: room.level_id,
    path: directory.path(room.level_id),
    time_zone: directory.zoneOf(room.level_id),
    equipment: JSON.parse(room.equipment) as string[],
    enabled: disabling === null || disabling.from > now,
    disabled: disabledOf(room, now),
    position: room.position,
    version: room.version,
  };
}

/** When a room is not in use, as `/api/v1` writes it; null: there is no such time, or it is over. */
export function disabledOf(room: StoredRoom, now: number): Disabled | null {
  const disabling = disablingOf(room, now);
  return (
    disabling && {
      from: formatInstant(disabling.from),
      until: disabling.until === null ? null : formatInstant(disabling.until),
      reason: disabling.reason,
      contacts: [...disabling.contacts],
      disable_notice: disabling.disableNotice,
      resume_notice: disabling.resumeNotice,
    }
  );
}
