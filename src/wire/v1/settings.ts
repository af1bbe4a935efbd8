import { Type, type Static, type TSchema } from 'typebox';
import { defineMethod, orNull, pathId, strict, strictPartial, v1Scopes } from './endpoint.ts';

const ids = (description: string) => Type.Array(Type.String({ maxLength: 100 }), { maxItems: 5000, uniqueItems: true, description });
const dayTime = (description: string) => Type.String({ pattern: '^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$', description: `${description}; HH:MM` });

const parts = {
  approval: strict({
    enabled: Type.Boolean(),
    applies: Type.Enum(['always', 'longer'], { type: 'string', description: '`longer`: only to reservations of more than `hours`' }),
    hours: Type.Number({ minimum: 0.1, maximum: 99 }),
    approvers: ids('Users; any one of them decides'),
  }),
  time: strict({
    enabled: Type.Boolean(),
    days_in_advance: Type.Integer({ minimum: 1, maximum: 730 }),
    opens_at: dayTime('When on a day the farthest day can be reserved from'),
    day_start: dayTime('From when rooms may be used'),
    day_end: dayTime('Until when rooms may be used'),
    max_hours: Type.Integer({ minimum: 1, maximum: 99, description: 'Longest reservation' }),
  }),
  reservers: strict({ everybody: Type.Boolean(), users: ids('Users who may reserve'), departments: ids('Departments whose people may reserve') }),
  administrators: strict({ users: ids('Users who administer reservations'), departments: ids('Departments whose people do') }),
  check_in: strict({
    enabled: Type.Boolean(),
    minutes_before: Type.Integer({ minimum: 0, maximum: 1440, description: 'From so long before the start one can check in' }),
    minutes_after: Type.Integer({ minimum: 1, maximum: 1440, description: 'Until so long after the start' }),
    release_on_no_show: Type.Boolean({ description: 'Whether a room that nobody turned up for is given back' }),
    sensor_minutes: Type.Integer({ minimum: 0, maximum: 1440, description: 'So long must a sensor have seen nobody for the room to be given back; 0: never' }),
  }),
};

/** Own word and what holds, of one part. */
const said = <Part extends TSchema>(part: Part) =>
  strict({
    own: orNull(part),
    effective: part,
    from: orNull(Type.String({ description: 'Level or room whose word it is; null: the default' })),
  });

export const Settings = strict({
  scope_id: Type.String(),
  scope_kind: Type.Enum(['level', 'room'], { type: 'string' }),
  approval: said(parts.approval),
  time: said(parts.time),
  reservers: said(parts.reservers),
  administrators: said(parts.administrators),
  check_in: said(parts.check_in),
  version: Type.Integer({ description: 'What ETag carries and If-Match names' }),
});
export type Settings = Static<typeof Settings>;

export const SettingsChange = strictPartial({
  approval: orNull(parts.approval),
  time: orNull(parts.time),
  reservers: orNull(parts.reservers),
  administrators: orNull(parts.administrators),
  check_in: orNull(parts.check_in),
  cover: Type.Array(Type.Enum(['approval', 'time', 'reservers', 'administrators', 'check_in'], { type: 'string' }), {
    uniqueItems: true,
    description: 'Parts among the changed ones of which what the levels and rooms below say themselves is taken back',
  }),
});
export type SettingsChange = Static<typeof SettingsChange>;

const params = strict({ scope_id: pathId("Level or room; `0`: the tenant's own level") });

export const getSettingsMethod = defineMethod({
  id: 'v1.settings.get',
  summary: 'Read what holds for a level or room, and whose word it is',
  method: 'GET',
  path: '/api/v1/settings/:scope_id',
  scopes: [v1Scopes.read, v1Scopes.admin],
  params,
  answer: Settings,
});

export const changeSettingsMethod = defineMethod({
  id: 'v1.settings.change',
  summary: 'Change what a level or room says; null takes a part back',
  method: 'PATCH',
  path: '/api/v1/settings/:scope_id',
  scopes: [v1Scopes.admin],
  params,
  body: SettingsChange,
  refusals: ['unknownUser', 'unknownDepartment', 'tooManyMembers'],
  ifMatch: true,
  answer: Settings,
});
