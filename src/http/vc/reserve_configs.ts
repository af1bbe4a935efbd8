import type { Directory } from '../../domain/directory.ts';
import { DomainError } from '../../domain/errors.ts';
import { effectiveSetting, settingsVersion, type Administrators, type Approval, type Reservers, type TimeRules } from '../../domain/policy.ts';
import { changeSettings, type SettingsChange } from '../../domain/settings.ts';
import type { SettingsPart } from '../../store/tables.ts';
import {
  getReserveAdmin,
  patchReserveAdmin,
  patchReserveConfig,
  reserveScope,
  type ApprovalConfig,
  type ReserveAdminConfig,
  type ReserveScopeConfig,
  type TimeConfig,
} from '../../wire/vc/reserve_configs.ts';
import { levelIdOf } from '../level-id.ts';
import { answer } from '../mount.ts';
import { userIdsOf, type UserIds } from './user-ids.ts';

export const reserveScopeHandler = answer(reserveScope, async (ctx, { principal, query }) => {
  const userIds = userIdsOf(principal, query.user_id_type);
  const directory = await ctx.directories.get(principal.tenantId, principal.directoryVersion);
  const scopeId = scopeOf(directory, query.scope_id, query.scope_type);
  return {
    approve_config: wireApproval(effectiveSetting(directory, scopeId, 'approval').value, userIds),
    time_config: wireTime(effectiveSetting(directory, scopeId, 'time').value),
    reserve_scope_config: wireReservers(effectiveSetting(directory, scopeId, 'reservers').value, userIds),
  };
});

export const patchReserveConfigHandler = answer(patchReserveConfig, async (ctx, { principal, actor, params, query, body }) => {
  const { tenantId } = principal;
  const userIds = userIdsOf(principal, query.user_id_type);
  const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
  const scopeId = scopeOf(directory, params.reserve_config_id, body.scope_type);
  const { approval_config: approval, time_config: time, reserve_scope_config: reservers } = body;
  if (!approval && !time && !reservers) {
    throw new DomainError('param', 'one of approval_config, time_config and reserve_scope_config is required', 'body');
  }
  const change = (present: Directory): SettingsChange => ({
    ...(approval ? { approval: approvalFrom(approval, effectiveSetting(present, scopeId, 'approval').value, userIds) } : {}),
    ...(time ? { time: timeFrom(time) } : {}),
    ...(reservers ? { reservers: reserversFrom(reservers, userIds) } : {}),
  });
  const cover: SettingsPart[] = [];
  if (time?.if_cover_child_scope) cover.push('time');
  if (reservers?.if_cover_child_scope) cover.push('reservers');
  await changeSettings(ctx, actor, { tenantId, scopeId, version: settingsVersion(directory, scopeId), change, cover });
  return {};
});

export const getReserveAdminHandler = answer(getReserveAdmin, async (ctx, { principal, params, query }) => {
  const userIds = userIdsOf(principal, query.user_id_type);
  const directory = await ctx.directories.get(principal.tenantId, principal.directoryVersion);
  const scopeId = scopeOf(directory, params.reserve_config_id, query.scope_type);
  return { reserve_admin_config: wireAdministrators(effectiveSetting(directory, scopeId, 'administrators').value, userIds) };
});

export const patchReserveAdminHandler = answer(patchReserveAdmin, async (ctx, { principal, actor, params, query, body }) => {
  const { tenantId } = principal;
  const userIds = userIdsOf(principal, query.user_id_type);
  const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
  const scopeId = scopeOf(directory, params.reserve_config_id, body.scope_type);
  const { users = [], depts = [] } = body.reserve_admin_config;
  const administrators = { users: usersFrom(users, userIds), departments: departmentsFrom(depts) };
  await changeSettings(ctx, actor, { tenantId, scopeId, version: settingsVersion(directory, scopeId), change: () => ({ administrators }), cover: [] });
  return {};
});

export const reserveConfigHandlers = [reserveScopeHandler, patchReserveConfigHandler, getReserveAdminHandler, patchReserveAdminHandler];

/** The level or room that is meant. @throws DomainError unknownScope, also for an id of the other kind */
function scopeOf(directory: Directory, scopeId: string, scopeType: string | number): string {
  const found = String(scopeType) === '1' ? directory.level(levelIdOf(directory, scopeId))?.level_id : directory.room(scopeId)?.room_id;
  if (found === undefined) throw new DomainError('unknownScope', `no ${String(scopeType) === '1' ? 'level' : 'room'} ${scopeId}`);
  return found;
}

const MINUTE = 60;
/** The vendor's least length of a bookable day, seconds. */
const SHORTEST_DAY = 30;

/** Absent parts of an approval that is not switched off must be said; what a switched-off one leaves out stays. */
function approvalFrom(config: ApprovalConfig, present: Approval, userIds: UserIds): Approval {
  const { approval_switch, approval_condition, meeting_duration, approvers } = config;
  if (approval_switch !== 0 && approval_condition === undefined) {
    throw new DomainError('param', 'is required unless approval_switch is 0', 'approval_config.approval_condition');
  }
  if (approval_condition === 1 && meeting_duration === undefined) {
    throw new DomainError('param', 'is required when approval_condition is 1', 'approval_config.meeting_duration');
  }
  return {
    enabled: approval_switch === undefined ? present.enabled : approval_switch === 1,
    applies: approval_condition === undefined ? present.applies : approval_condition === 1 ? 'longer' : 'always',
    hours: meeting_duration === undefined ? (approval_condition === 0 ? 99 : present.hours) : Math.round(meeting_duration * 100) / 100,
    approvers: approvers ? usersFrom(approvers, userIds) : present.approvers,
  };
}

function timeFrom(config: TimeConfig): TimeRules {
  const { start_time = '0', end_time = '86400', opening_hour = '28800' } = config;
  if (Number(end_time) - Number(start_time) < SHORTEST_DAY) {
    throw new DomainError('param', `must lie at least ${String(SHORTEST_DAY)} seconds after start_time`, 'time_config.end_time');
  }
  return {
    enabled: config.time_switch === 1,
    daysInAdvance: config.days_in_advance ?? 365,
    opensAt: toMinute(opening_hour),
    dayStart: toMinute(start_time),
    dayEnd: toMinute(end_time),
    maxHours: config.max_duration ?? 2,
    covers: config.if_cover_child_scope ?? false,
  };
}

/** Seconds that are no whole minute become the nearest one. */
function toMinute(seconds: string): number {
  return Math.round(Number(seconds) / MINUTE) * MINUTE;
}

function reserversFrom({ allow_all_users, allow_users = [], allow_depts = [], if_cover_child_scope }: ReserveScopeConfig, userIds: UserIds): Reservers {
  return {
    everybody: allow_all_users === 1,
    users: usersFrom(allow_users, userIds),
    departments: departmentsFrom(allow_depts),
    covers: if_cover_child_scope ?? false,
  };
}

function usersFrom(users: readonly { user_id: string }[], userIds: UserIds): string[] {
  return [...new Set(users.map(({ user_id }) => userIds.read(user_id)))];
}

function departmentsFrom(departments: readonly { department_id: string }[]): string[] {
  return [...new Set(departments.map(({ department_id }) => department_id))];
}

function wireApproval({ enabled, applies, hours, approvers }: Approval, userIds: UserIds): ApprovalConfig {
  return {
    approval_switch: enabled ? 1 : 0,
    approval_condition: applies === 'longer' ? 1 : 0,
    meeting_duration: hours,
    approvers: wireUsers(approvers, userIds),
  };
}

function wireTime(rules: TimeRules): TimeConfig {
  return {
    if_cover_child_scope: rules.covers,
    time_switch: rules.enabled ? 1 : 0,
    days_in_advance: rules.daysInAdvance,
    opening_hour: String(rules.opensAt),
    start_time: String(rules.dayStart),
    end_time: String(rules.dayEnd),
    max_duration: rules.maxHours,
  };
}

function wireReservers({ everybody, users, departments, covers }: Reservers, userIds: UserIds): ReserveScopeConfig {
  return {
    if_cover_child_scope: covers,
    allow_all_users: everybody ? 1 : 0,
    allow_users: wireUsers(users, userIds),
    allow_depts: wireDepartments(departments),
  };
}

function wireAdministrators({ users, departments }: Administrators, userIds: UserIds): ReserveAdminConfig {
  return { depts: wireDepartments(departments), users: wireUsers(users, userIds) };
}

function wireUsers(users: readonly string[], userIds: UserIds): { user_id: string }[] {
  return users.map((openId) => ({ user_id: userIds.write(openId) }));
}

function wireDepartments(departments: readonly string[]): { department_id: string }[] {
  return departments.map((department_id) => ({ department_id }));
}
