import { Type, type Static } from 'typebox';
import { name } from '../values.ts';
import { Effects } from './effects.ts';
import { Touches } from './touches.ts';
import { cursor, defineMethod, instant, nextCursor, orNull, pageLimit, pathId, strict, strictPartial, v1Scopes } from './endpoint.ts';

/** A period in which a room is not in use. */
export const Disabled = strict({
  from: instant('Start'),
  until: orNull(instant('End; null: for ever')),
  reason: Type.String(),
  contacts: Type.Array(Type.String(), { description: 'Users to ask' }),
  disable_notice: Type.Boolean({ description: 'Whether those who reserved are told' }),
  resume_notice: Type.Boolean({ description: 'Whether the contacts are told when it is over' }),
});
export type Disabled = Static<typeof Disabled>;

const room = {
  id: Type.String(),
  display_id: Type.String({ description: 'Short id for people' }),
  name: Type.String(),
  capacity: Type.Integer(),
  description: Type.String(),
  custom_id: Type.String({ description: "The tenant's own id of it, or empty" }),
  level_id: Type.String(),
  path: Type.Array(Type.String(), { description: "Levels from below the tenant's down to its own" }),
  time_zone: Type.String({ description: 'IANA zone' }),
  equipment: Type.Array(Type.String(), { description: 'What is in it' }),
  enabled: Type.Boolean({ description: 'Whether it is in use now' }),
  disabled: orNull(Disabled),
  position: Type.Integer({ description: 'Order among the rooms of its level; the name decides where it is equal' }),
  version: Type.Integer({ description: 'What ETag carries and If-Match names' }),
};
export const Room = strict(room);
export type Room = Static<typeof Room>;

const fields = {
  name: name('Name; unique among the rooms of its level'),
  capacity: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'People it seats' }),
  level_id: pathId('Level it stands in'),
  description: Type.Optional(Type.String({ maxLength: 5000 })),
  custom_id: Type.Optional(Type.String({ maxLength: 255, description: "The tenant's own id of it" })),
  equipment: Type.Optional(Type.Array(name('Name'), { maxItems: 100, description: 'What is in it' })),
  position: Type.Optional(Type.Integer({ minimum: -1_000_000, maximum: 1_000_000, description: 'Order among the rooms of its level' })),
  disabled: Type.Optional(
    orNull(
      strict({
        from: Type.Optional(instant('Start; absent: now')),
        until: Type.Optional(orNull(instant('End; null or absent: for ever'))),
        reason: Type.Optional(Type.String({ maxLength: 1000 })),
        contacts: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100, description: 'Users to ask' })),
        disable_notice: Type.Optional(Type.Boolean()),
        resume_notice: Type.Optional(Type.Boolean()),
      }),
    ),
  ),
};
const params = strict({ room_id: pathId('Room') });
const dryRun = Type.Object({ dry_run: Type.Boolean({ default: false, description: 'Only say what would happen' }) });

export const createRoomMethod = defineMethod({
  id: 'v1.room.create',
  summary: 'Create a room',
  method: 'POST',
  path: '/api/v1/rooms',
  scopes: [v1Scopes.admin],
  body: strict(fields),
  refusals: ['wrongLevel'],
  answer: Room,
  status: 201,
});

export const listRoomsMethod = defineMethod({
  id: 'v1.room.list',
  summary: 'List the rooms below a level',
  method: 'GET',
  path: '/api/v1/rooms',
  scopes: [v1Scopes.read, v1Scopes.admin],
  query: Type.Object({
    level: Type.Optional(Type.String({ maxLength: 100, description: 'Level, its whole subtree; absent or `0`: the tenant' })),
    limit: pageLimit(50, 200),
    cursor: cursor(),
  }),
  answer: strict({ rooms: Type.Array(Room), next_cursor: nextCursor() }),
});

export const getRoomMethod = defineMethod({
  id: 'v1.room.get',
  summary: 'Read a room',
  method: 'GET',
  path: '/api/v1/rooms/:room_id',
  scopes: [v1Scopes.read, v1Scopes.admin],
  params,
  answer: Room,
});

export const changeRoomMethod = defineMethod({
  id: 'v1.room.change',
  summary: 'Change, move, order, disable or enable a room',
  method: 'PATCH',
  path: '/api/v1/rooms/:room_id',
  scopes: [v1Scopes.admin],
  params,
  query: dryRun,
  body: strictPartial(fields),
  refusals: ['wrongLevel'],
  ifMatch: true,
  answer: strict({ ...room, effects: Effects, touches: orNull(Touches) }),
});

export const deleteRoomMethod = defineMethod({
  id: 'v1.room.delete',
  summary: 'Delete a room',
  method: 'DELETE',
  path: '/api/v1/rooms/:room_id',
  scopes: [v1Scopes.admin],
  params,
  query: dryRun,
  ifMatch: true,
  answer: strict({ effects: Effects }),
});
