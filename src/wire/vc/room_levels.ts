import { Type, type Static } from 'typebox';
import { defineEndpoint } from '../endpoint.ts';
import { vcRooms } from '../errors.ts';
import { id, name, pageSize, pageToken } from '../values.ts';

/*
 * Room levels. List and mget answer `items`, search answers `level_ids`; the vendor's names are kept.
 * Pages: https://open.feishu.cn/document/server-docs/vc-v1/room_level/
 */
const page = (method: string) => `https://open.feishu.cn/document/server-docs/vc-v1/room_level/${method}`;
const READ = { tokens: ['tenant'], scopes: ['vc:room', 'vc:room:readonly'], perMinute: 1000, perSecond: 50 } as const;
const WRITE = { tokens: ['tenant'], scopes: ['vc:room'], perMinute: 20 } as const;
const SUCCESS = { answerAt: 'data', msg: 'success', faults: vcRooms } as const;

export const RoomLevel = Type.Object(
  {
    room_level_id: Type.String(),
    name: Type.String(),
    parent_id: Type.String({ description: "Empty for the tenant's own level" }),
    path: Type.Array(Type.String(), { description: "Levels above it, from below the tenant's down to its parent" }),
    has_child: Type.Boolean({ description: 'Whether there are levels below it' }),
    custom_group_id: Type.String(),
  },
  { additionalProperties: false },
);
export type RoomLevel = Static<typeof RoomLevel>;

const fields = {
  name: name('Name; unique among its siblings'),
  parent_id: id("Level above it; `0`: the tenant's own"),
  custom_group_id: Type.Optional(Type.String({ maxLength: 255, description: "The tenant's own id of it" })),
};
const levelId = Type.Object({ room_level_id: id("Level; `0`: the tenant's own") });
const nothing = Type.Object({}, { additionalProperties: false });

export const createRoomLevel = defineEndpoint({
  id: 'vc.v1.room_level.create',
  summary: 'Create a room level',
  page: page('create'),
  method: 'POST',
  path: '/open-apis/vc/v1/room_levels',
  ...WRITE,
  body: Type.Object(fields),
  answer: Type.Object({ room_level: RoomLevel }, { additionalProperties: false }),
  ...SUCCESS,
});

export const patchRoomLevel = defineEndpoint({
  id: 'vc.v1.room_level.patch',
  summary: 'Rename or move a room level',
  page: page('patch'),
  method: 'PATCH',
  path: '/open-apis/vc/v1/room_levels/:room_level_id',
  ...WRITE,
  params: levelId,
  body: Type.Object(fields),
  answer: nothing,
  ...SUCCESS,
});

export const getRoomLevel = defineEndpoint({
  id: 'vc.v1.room_level.get',
  summary: 'Read a room level',
  page: page('get'),
  method: 'GET',
  path: '/open-apis/vc/v1/room_levels/:room_level_id',
  ...READ,
  params: levelId,
  answer: Type.Object({ room_level: RoomLevel }, { additionalProperties: false }),
  ...SUCCESS,
});

export const listRoomLevels = defineEndpoint({
  id: 'vc.v1.room_level.list',
  summary: 'List the levels directly below a level',
  page: page('list'),
  method: 'GET',
  path: '/open-apis/vc/v1/room_levels',
  ...READ,
  query: Type.Object({
    room_level_id: Type.Optional(Type.String({ maxLength: 100, description: 'Level; absent, empty or `0`: the tenant' })),
    page_size: pageSize(1, 100, 10),
    page_token: pageToken(),
  }),
  answer: Type.Object(
    { items: Type.Array(RoomLevel), page_token: Type.Optional(Type.String({ minLength: 1 })), has_more: Type.Boolean() },
    { additionalProperties: false },
  ),
  ...SUCCESS,
});

export const mgetRoomLevels = defineEndpoint({
  id: 'vc.v1.room_level.mget',
  summary: 'Read several room levels; unknown ids are left out',
  page: page('mget'),
  method: 'POST',
  path: '/open-apis/vc/v1/room_levels/mget',
  ...READ,
  body: Type.Object({ level_ids: Type.Array(Type.String({ maxLength: 100 }), { minItems: 1, maxItems: 100, description: 'Levels' }) }),
  answer: Type.Object({ items: Type.Array(RoomLevel) }, { additionalProperties: false }),
  ...SUCCESS,
});

export const searchRoomLevels = defineEndpoint({
  id: 'vc.v1.room_level.search',
  summary: "Find room levels by the tenant's own ids",
  page: page('search'),
  method: 'GET',
  path: '/open-apis/vc/v1/room_levels/search',
  ...READ,
  query: Type.Object({ custom_level_ids: Type.String({ minLength: 1, maxLength: 8000, description: 'Own ids, separated by commas' }) }),
  answer: Type.Object({ level_ids: Type.Array(Type.String()) }, { additionalProperties: false }),
  ...SUCCESS,
});

export const delRoomLevel = defineEndpoint({
  id: 'vc.v1.room_level.del',
  summary: 'Delete a room level',
  page: page('del'),
  method: 'POST',
  path: '/open-apis/vc/v1/room_levels/del',
  ...WRITE,
  body: Type.Object({
    room_level_id: id('Level'),
    delete_child: Type.Optional(Type.Boolean({ description: 'Whether all below it goes too; otherwise it must be empty' })),
  }),
  answer: nothing,
  ...SUCCESS,
});
