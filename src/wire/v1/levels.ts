import { Type, type Static } from 'typebox';
import { name } from '../values.ts';
import { defineMethod, orNull, pathId, strict, strictPartial, v1Scopes } from './endpoint.ts';
import { Effects } from './effects.ts';
import { Touches } from './touches.ts';

const level = {
  id: Type.String(),
  name: Type.String(),
  parent_id: orNull(Type.String({ description: "Null for the tenant's own level" })),
  path: Type.Array(Type.String(), { description: "Levels above it, from below the tenant's down to its parent" }),
  has_children: Type.Boolean({ description: 'Whether there are levels below it' }),
  time_zone: orNull(Type.String({ description: 'IANA zone; null: that of the level above' })),
  effective_time_zone: Type.String({ description: 'IANA zone in force' }),
  custom_id: Type.String({ description: "The tenant's own id of it, or empty" }),
  position: Type.Integer({ description: 'Order among its siblings; the name decides where it is equal' }),
  version: Type.Integer({ description: 'What ETag carries and If-Match names' }),
};
export const Level = strict(level);
export type Level = Static<typeof Level>;

const fields = {
  name: name('Name; unique among its siblings'),
  parent_id: pathId("Level above it; `0`: the tenant's own"),
  time_zone: Type.Optional(orNull(Type.String({ maxLength: 100, description: 'IANA zone; null: that of the level above' }))),
  custom_id: Type.Optional(Type.String({ maxLength: 255, description: "The tenant's own id of it" })),
  position: Type.Optional(Type.Integer({ minimum: -1_000_000, maximum: 1_000_000, description: 'Order among its siblings' })),
};
const params = strict({ level_id: pathId("Level; `0`: the tenant's own") });

export const createLevelMethod = defineMethod({
  id: 'v1.level.create',
  summary: 'Create a level',
  method: 'POST',
  path: '/api/v1/levels',
  scopes: [v1Scopes.admin],
  body: strict(fields),
  answer: Level,
  status: 201,
});

export const getLevelMethod = defineMethod({
  id: 'v1.level.get',
  summary: 'Read a level',
  method: 'GET',
  path: '/api/v1/levels/:level_id',
  scopes: [v1Scopes.read, v1Scopes.admin],
  params,
  answer: Level,
});

export const changeLevelMethod = defineMethod({
  id: 'v1.level.change',
  summary: 'Rename, move or order a level, or change its time zone',
  method: 'PATCH',
  path: '/api/v1/levels/:level_id',
  scopes: [v1Scopes.admin],
  params,
  query: Type.Object({ dry_run: Type.Boolean({ default: false, description: 'Only say what would happen' }) }),
  body: strictPartial(fields),
  ifMatch: true,
  answer: strict({ ...level, touches: orNull(Touches) }),
});

export const deleteLevelMethod = defineMethod({
  id: 'v1.level.delete',
  summary: 'Delete a level',
  method: 'DELETE',
  path: '/api/v1/levels/:level_id',
  scopes: [v1Scopes.admin],
  params,
  query: Type.Object({
    delete_children: Type.Boolean({ default: false, description: 'Whether all below it goes too; otherwise it must be empty' }),
    dry_run: Type.Boolean({ default: false, description: 'Only say what would happen' }),
  }),
  ifMatch: true,
  refusals: ['hasChildren'],
  answer: strict({ effects: Effects }),
});
