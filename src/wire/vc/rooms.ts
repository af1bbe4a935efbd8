import { Type, type Static } from 'typebox';
import { defineEndpoint } from '../endpoint.ts';
import { vcRooms } from '../errors.ts';
import { id, name, pageSize, pageToken, userIdType } from '../values.ts';

/*
 * Rooms. The vendor's names differ between the methods (`rooms` in list and search, `items` in mget) and are kept.
 * Pages: https://open.feishu.cn/document/server-docs/vc-v1/room/
 */
const page = (method: string) => `https://open.feishu.cn/document/server-docs/vc-v1/room/${method}`;
const READ = { scopes: ['vc:room', 'vc:room:readonly'], perMinute: 1000, perSecond: 50 } as const;
const WRITE = { scopes: ['vc:room'], perMinute: 20 } as const;
const SUCCESS = { answerAt: 'data', msg: 'success', faults: vcRooms } as const;

/** Whether a room is in use, and the period in which it is not. */
const FROM = 'Unix seconds; empty when no period is planned or under way';
const UNTIL = 'Unix seconds; `0`: for ever';
const roomStatus = {
  status: Type.Boolean({
    description: 'true: enabled. false: disabled from `disable_start_time` (absent: now) to `disable_end_time` (absent or "0": for ever)',
  }),
  schedule_status: Type.Boolean({ description: 'Whether it will be enabled after the next planned change; ignored on the way in' }),
  disable_start_time: Type.String({ description: FROM }),
  disable_end_time: Type.String({ description: UNTIL }),
  disable_reason: Type.String({ description: 'Why' }),
  contact_ids: Type.Array(Type.String(), { description: 'Whom to ask' }),
  disable_notice: Type.Boolean({ description: 'Whether those who reserved are told of the period' }),
  resume_notice: Type.Boolean({ description: 'Whether the contacts are told of its end' }),
};

export const Room = Type.Object(
  {
    room_id: Type.String(),
    name: Type.String(),
    capacity: Type.Integer(),
    description: Type.String(),
    display_id: Type.String(),
    custom_room_id: Type.String(),
    room_level_id: Type.String(),
    path: Type.Array(Type.String(), { description: "Levels from below the tenant's down to the room's" }),
    room_status: Type.Object(roomStatus, { additionalProperties: false }),
    device: Type.Array(Type.Object({ name: Type.String() }, { additionalProperties: false })),
  },
  { additionalProperties: false },
);
export type Room = Static<typeof Room>;

const RoomStatusInput = Type.Object({
  status: roomStatus.status,
  schedule_status: Type.Optional(roomStatus.schedule_status),
  disable_start_time: Type.Optional(Type.String({ pattern: '^\\d{0,12}$', description: FROM })),
  disable_end_time: Type.Optional(Type.String({ pattern: '^\\d{0,12}$', description: UNTIL })),
  disable_reason: Type.Optional(Type.String({ maxLength: 1000, description: 'Why' })),
  contact_ids: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100, description: 'Whom to ask, by `user_id_type`' })),
  disable_notice: Type.Optional(roomStatus.disable_notice),
  resume_notice: Type.Optional(roomStatus.resume_notice),
});
export type RoomStatusInput = Static<typeof RoomStatusInput>;

const fields = {
  name: name('Name; unique among the rooms of its level'),
  capacity: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'People it seats' }),
  description: Type.Optional(Type.String({ maxLength: 5000, description: 'Description' })),
  custom_room_id: Type.Optional(Type.String({ maxLength: 255, description: "The tenant's own id of it" })),
  room_level_id: id('Level it stands in'),
  room_status: Type.Optional(RoomStatusInput),
  device: Type.Optional(Type.Array(Type.Object({ name: name('Name') }), { maxItems: 100, description: 'What is in it' })),
};
const userIds = Type.Object({ user_id_type: userIdType() });
const roomId = Type.Object({ room_id: id('Room') });
const nothing = Type.Object({}, { additionalProperties: false });
const pageOf = <const Key extends string>(key: Key) =>
  Type.Object(
    {
      ...({ [key]: Type.Array(Room) } as Record<Key, ReturnType<typeof Type.Array<typeof Room>>>),
      page_token: Type.Optional(Type.String({ minLength: 1 })),
      has_more: Type.Boolean(),
    },
    { additionalProperties: false },
  );

export const createRoom = defineEndpoint({
  id: 'vc.v1.room.create',
  summary: 'Create a room',
  page: page('create'),
  method: 'POST',
  path: '/open-apis/vc/v1/rooms',
  tokens: ['tenant'],
  ...WRITE,
  query: userIds,
  body: Type.Object(fields),
  answer: Type.Object({ room: Room }, { additionalProperties: false }),
  ...SUCCESS,
});

export const patchRoom = defineEndpoint({
  id: 'vc.v1.room.patch',
  summary: 'Change a room',
  page: page('patch'),
  method: 'PATCH',
  path: '/open-apis/vc/v1/rooms/:room_id',
  tokens: ['tenant'],
  ...WRITE,
  params: roomId,
  query: userIds,
  body: Type.Partial(Type.Object(fields)),
  answer: nothing,
  ...SUCCESS,
});

export const getRoom = defineEndpoint({
  id: 'vc.v1.room.get',
  summary: 'Read a room',
  page: page('get'),
  method: 'GET',
  path: '/open-apis/vc/v1/rooms/:room_id',
  tokens: ['tenant'],
  ...READ,
  params: roomId,
  query: userIds,
  answer: Type.Object({ room: Room }, { additionalProperties: false }),
  ...SUCCESS,
});

export const listRooms = defineEndpoint({
  id: 'vc.v1.room.list',
  summary: 'List the rooms below a level',
  page: page('list'),
  method: 'GET',
  path: '/open-apis/vc/v1/rooms',
  tokens: ['tenant'],
  ...READ,
  query: Type.Object({
    room_level_id: Type.Optional(Type.String({ maxLength: 100, description: 'Level, its whole subtree; absent, empty or `0`: the tenant' })),
    page_size: pageSize(1, 100, 10),
    page_token: pageToken(),
    user_id_type: userIdType(),
  }),
  answer: pageOf('rooms'),
  ...SUCCESS,
});

export const mgetRooms = defineEndpoint({
  id: 'vc.v1.room.mget',
  summary: 'Read several rooms; unknown ids are left out',
  page: page('mget'),
  method: 'POST',
  path: '/open-apis/vc/v1/rooms/mget',
  tokens: ['tenant'],
  ...READ,
  query: userIds,
  body: Type.Object({ room_ids: Type.Array(Type.String({ maxLength: 100 }), { minItems: 1, maxItems: 100, description: 'Rooms' }) }),
  answer: Type.Object({ items: Type.Array(Room) }, { additionalProperties: false }),
  ...SUCCESS,
});

export const searchRooms = defineEndpoint({
  id: 'vc.v1.room.search',
  summary: 'Find rooms that the user may reserve',
  page: page('search'),
  method: 'POST',
  path: '/open-apis/vc/v1/rooms/search',
  tokens: ['user'],
  ...READ,
  query: userIds,
  body: Type.Object({
    custom_room_ids: Type.Optional(
      Type.Array(Type.String({ maxLength: 255 }), { maxItems: 100, description: "The tenant's own ids; when given, nothing else counts" }),
    ),
    keyword: Type.Optional(Type.String({ maxLength: 255, description: 'Part of the name, in any case' })),
    room_level_id: Type.Optional(Type.String({ maxLength: 100, description: 'Level, its whole subtree; absent, empty or `0`: the tenant' })),
    search_level_name: Type.Optional(Type.Boolean({ description: 'Whether the names of the levels above count too' })),
    page_size: pageSize(1, 100, 10),
    page_token: pageToken(),
  }),
  answer: pageOf('rooms'),
  ...SUCCESS,
});

export const deleteRoom = defineEndpoint({
  id: 'vc.v1.room.delete',
  summary: 'Delete a room',
  page: page('delete'),
  method: 'DELETE',
  path: '/open-apis/vc/v1/rooms/:room_id',
  tokens: ['tenant'],
  ...WRITE,
  params: roomId,
  answer: nothing,
  ...SUCCESS,
});
