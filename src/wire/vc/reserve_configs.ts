import { Type, type Static } from 'typebox';
import { defineEndpoint } from '../endpoint.ts';
import { vcConfigs } from '../errors.ts';
import { id, userIdType } from '../values.ts';

/*
 * Who may reserve, when, for how long, and who approves. The answer says `approve_config`, the request `approval_config`;
 * `scope_type` is a string in two methods and a number in the other two. The vendor's names are kept.
 * Pages: https://open.feishu.cn/document/server-docs/vc-v1/scope_config/
 */
const page = (method: string) => `https://open.feishu.cn/document/server-docs/vc-v1/scope_config/${method}`;
const READ = { tokens: ['tenant'], scopes: ['vc:room', 'vc:room:readonly'], perMinute: 100 } as const;
const WRITE = { tokens: ['tenant'], scopes: ['vc:room'], perMinute: 100 } as const;
const SUCCESS = { answerAt: 'data', msg: 'success', faults: vcConfigs } as const;

/** More than 500 is a fault of its own; this only bounds what is looked at. */
const MOST_LISTED = 5000;
const User = Type.Object({ user_id: Type.String({ minLength: 1, maxLength: 100, description: 'User, by `user_id_type`' }) });
const Department = Type.Object({ department_id: Type.String({ minLength: 1, maxLength: 100, description: 'Department (`od-`)' }) });
const users = (description: string) => Type.Array(User, { maxItems: MOST_LISTED, description });
const departments = (description: string) => Type.Array(Department, { maxItems: MOST_LISTED, description });

const scopeTypeText = Type.Enum(['1', '2'], { type: 'string', description: '`1`: level, `2`: room' });
const scopeTypeNumber = Type.Integer({ minimum: 1, maximum: 2, description: '1: level, 2: room' });
const configId = Type.Object({ reserve_config_id: id('Room or level') });
const userIds = { user_id_type: userIdType() };
const nothing = Type.Object({}, { additionalProperties: false });
const switchOf = (description: string) => Type.Integer({ minimum: 0, maximum: 1, description });
const cover = Type.Optional(Type.Boolean({ description: 'Whether what the levels and rooms below have of their own is replaced' }));
/** Seconds of a day as a string, 0 to 86400. */
const daySeconds = (description: string) => Type.Optional(Type.String({ pattern: '^(\\d{1,4}|[1-7]\\d{4}|8[0-5]\\d{3}|86[0-3]\\d{2}|86400)$', description }));

const ApprovalConfig = Type.Object({
  approval_switch: Type.Optional(switchOf('1: reservations may need an approval; absent: as it was')),
  approval_condition: Type.Optional(switchOf('0: all need one. 1: those longer than `meeting_duration` do')),
  meeting_duration: Type.Optional(Type.Number({ minimum: 0.1, maximum: 99, description: 'Hours; rounded to two decimals' })),
  approvers: Type.Optional(users('Any one of them decides')),
});
const TimeConfig = Type.Object({
  if_cover_child_scope: cover,
  time_switch: switchOf('1: the rules below hold'),
  days_in_advance: Type.Optional(Type.Integer({ minimum: 1, maximum: 730, description: 'How many days ahead may be reserved; default 365' })),
  opening_hour: daySeconds('Second of the day from which the farthest day can be reserved; default 28800'),
  start_time: daySeconds('Second of the day from which rooms may be used; default 0'),
  end_time: daySeconds('Second of the day until which rooms may be used; default 86400'),
  max_duration: Type.Optional(Type.Integer({ minimum: 1, maximum: 99, description: 'Longest reservation, hours; default 2' })),
});
const ReserveScopeConfig = Type.Object({
  if_cover_child_scope: cover,
  allow_all_users: switchOf('1: everybody may reserve. 0: those listed'),
  allow_users: Type.Optional(users('Users who may')),
  allow_depts: Type.Optional(departments('Departments whose people may')),
});
const ReserveAdminConfig = Type.Object({
  depts: Type.Optional(departments('Departments whose people administer reservations')),
  users: Type.Optional(users('Users who administer reservations')),
});
export type ApprovalConfig = Static<typeof ApprovalConfig>;
export type TimeConfig = Static<typeof TimeConfig>;
export type ReserveScopeConfig = Static<typeof ReserveScopeConfig>;
export type ReserveAdminConfig = Static<typeof ReserveAdminConfig>;

export const reserveScope = defineEndpoint({
  id: 'vc.v1.reserve_config.reserve_scope',
  summary: 'Read who may reserve, when and how long',
  page: page('reserve_scope'),
  method: 'GET',
  path: '/open-apis/vc/v1/reserve_configs/reserve_scope',
  ...READ,
  query: Type.Object({ scope_id: id('Room or level'), scope_type: scopeTypeText, ...userIds }),
  answer: Type.Object({ approve_config: ApprovalConfig, time_config: TimeConfig, reserve_scope_config: ReserveScopeConfig }, { additionalProperties: false }),
  ...SUCCESS,
});

export const patchReserveConfig = defineEndpoint({
  id: 'vc.v1.reserve_config.patch',
  summary: 'Change who may reserve, when and how long',
  page: page('patch-reserve_config'),
  method: 'PATCH',
  path: '/open-apis/vc/v1/reserve_configs/:reserve_config_id',
  ...WRITE,
  params: configId,
  query: Type.Object(userIds),
  body: Type.Object({
    scope_type: scopeTypeText,
    approval_config: Type.Optional(ApprovalConfig),
    time_config: Type.Optional(TimeConfig),
    reserve_scope_config: Type.Optional(ReserveScopeConfig),
  }),
  answer: nothing,
  ...SUCCESS,
});

export const getReserveAdmin = defineEndpoint({
  id: 'vc.v1.reserve_config_admin.get',
  summary: 'Read who administers reservations',
  page: page('get-reserve_config-admin'),
  method: 'GET',
  path: '/open-apis/vc/v1/reserve_configs/:reserve_config_id/admin',
  ...READ,
  params: configId,
  query: Type.Object({ scope_type: scopeTypeNumber, ...userIds }),
  answer: Type.Object({ reserve_admin_config: ReserveAdminConfig }, { additionalProperties: false }),
  ...SUCCESS,
});

export const patchReserveAdmin = defineEndpoint({
  id: 'vc.v1.reserve_config_admin.patch',
  summary: 'Change who administers reservations',
  page: page('patch-reserve_config-admin'),
  method: 'PATCH',
  path: '/open-apis/vc/v1/reserve_configs/:reserve_config_id/admin',
  ...WRITE,
  params: configId,
  query: Type.Object(userIds),
  body: Type.Object({ scope_type: scopeTypeNumber, reserve_admin_config: ReserveAdminConfig }),
  answer: nothing,
  ...SUCCESS,
});
