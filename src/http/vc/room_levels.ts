import type { Directory, LevelRow } from '../../domain/directory.ts';
import { changeLevel, createLevel, deleteLevel, listLevels, requireLevel } from '../../domain/levels.ts';
import {
  createRoomLevel,
  delRoomLevel,
  getRoomLevel,
  listRoomLevels,
  mgetRoomLevels,
  patchRoomLevel,
  searchRoomLevels,
  type RoomLevel,
} from '../../wire/vc/room_levels.ts';
import { levelIdOf } from '../level-id.ts';
import { answer } from '../mount.ts';
import { positionOf, sealPosition } from '../page-token.ts';

export const createRoomLevelHandler = answer(createRoomLevel, async (ctx, { principal, actor, body }) => {
  const { tenantId } = principal;
  const before = await ctx.directories.get(tenantId, principal.directoryVersion);
  const parentId = levelIdOf(before, body.parent_id);
  const levelId = await createLevel(ctx, actor, { tenantId, parentId, name: body.name, customId: body.custom_group_id });
  const directory = await ctx.directories.read(tenantId);
  return { room_level: wireLevel(directory, requireLevel(directory, levelId)) };
});

export const patchRoomLevelHandler = answer(patchRoomLevel, async (ctx, { principal, actor, params, body }) => {
  const { tenantId } = principal;
  const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
  const { level_id: levelId, version } = requireLevel(directory, levelIdOf(directory, params.room_level_id));
  const parentId = levelIdOf(directory, body.parent_id);
  await changeLevel(ctx, actor, { tenantId, levelId, version, parentId, name: body.name, customId: body.custom_group_id });
  return {};
});

export const getRoomLevelHandler = answer(getRoomLevel, async (ctx, { principal, params }) => {
  const directory = await ctx.directories.get(principal.tenantId, principal.directoryVersion);
  return { room_level: wireLevel(directory, requireLevel(directory, levelIdOf(directory, params.room_level_id))) };
});

export const listRoomLevelsHandler = answer(listRoomLevels, async (ctx, { principal, query }) => {
  const directory = await ctx.directories.get(principal.tenantId, principal.directoryVersion);
  const levelId = levelIdOf(directory, query.room_level_id);
  const walk = JSON.stringify([listRoomLevels.id, principal.tenantId, levelId]);
  const after = positionOf(ctx.keys, walk, query.page_token, listRoomLevels.faults.param);
  const { levels, next } = listLevels(directory, levelId, after, query.page_size);
  const items = levels.map((level) => wireLevel(directory, level));
  return next === undefined ? { items, has_more: false } : { items, page_token: sealPosition(ctx.keys, walk, next), has_more: true };
});

export const mgetRoomLevelsHandler = answer(mgetRoomLevels, async (ctx, { principal, body }) => {
  const directory = await ctx.directories.get(principal.tenantId, principal.directoryVersion);
  const ids = body.level_ids.filter((id) => id !== '').map((id) => levelIdOf(directory, id));
  const levels = [...new Set(ids)].map((id) => directory.level(id));
  return { items: levels.filter((level) => level !== undefined).map((level) => wireLevel(directory, level)) };
});

export const searchRoomLevelsHandler = answer(searchRoomLevels, async (ctx, { principal, query }) => {
  const directory = await ctx.directories.get(principal.tenantId, principal.directoryVersion);
  const customIds = [...new Set(query.custom_level_ids.split(',').map((id) => id.trim()))];
  const found = directory.levelsByCustomId(new Set(customIds));
  // In the order asked for.
  return { level_ids: customIds.flatMap((id) => found.filter((level) => level.custom_group_id === id).map((level) => level.level_id)) };
});

export const delRoomLevelHandler = answer(delRoomLevel, async (ctx, { principal, actor, body }) => {
  const { tenantId } = principal;
  const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
  const { level_id: levelId, version } = requireLevel(directory, levelIdOf(directory, body.room_level_id));
  await deleteLevel(ctx, actor, { tenantId, levelId, version, withChildren: body.delete_child ?? false });
  return {};
});

export const roomLevelHandlers = [
  createRoomLevelHandler,
  patchRoomLevelHandler,
  getRoomLevelHandler,
  listRoomLevelsHandler,
  mgetRoomLevelsHandler,
  searchRoomLevelsHandler,
  delRoomLevelHandler,
];

function wireLevel(directory: Directory, { level_id, name, parent_id, custom_group_id }: LevelRow): RoomLevel {
  return {
    room_level_id: level_id,
    name,
    parent_id: parent_id ?? '',
    path: directory.path(level_id).slice(0, -1),
    has_child: directory.children(level_id).length > 0,
    custom_group_id,
  };
}
