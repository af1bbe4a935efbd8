import type { Ctx } from '../context.ts';
import { addHistory, type Actor } from '../store/history.ts';
import type { Queries } from '../store/open.ts';
import { putSetting } from '../store/settings.ts';
import type { SettingsPart } from '../store/tables.ts';
import { unknownDepartments, unknownUsers } from '../store/users.ts';
import { beginChange, requireExpected, requireUnchanged } from './change.ts';
import type { Directory } from './directory.ts';
import { DomainError } from './errors.ts';
import type { Person } from './people.ts';

/*
 * What holds for a room: who may reserve it, when and how long, who approves, who administers, how one checks in. Each part
 * is the room's own, else its level's, and so on up to the tenant's; else the default below.
 */

/** Whether reservations wait for an approval by any one of the approvers. */
export interface Approval {
  enabled: boolean;
  /** All reservations, or only those longer than `hours`. */
  applies: 'always' | 'longer';
  /** Two decimals. */
  hours: number;
  /** User ids. */
  approvers: readonly string[];
}

/** When a room may be used, and how far ahead and how long it may be reserved. Seconds of the day are wall time of the room. */
export interface TimeRules {
  enabled: boolean;
  daysInAdvance: number;
  /** From this second of the day on, the farthest day can be reserved. */
  opensAt: number;
  dayStart: number;
  dayEnd: number;
  maxHours: number;
  /** Whether it replaced what stood below when it was written. */
  covers: boolean;
}

export interface Reservers {
  everybody: boolean;
  users: readonly string[];
  departments: readonly string[];
  covers: boolean;
}

export interface Administrators {
  users: readonly string[];
  departments: readonly string[];
}

export interface CheckInRules {
  enabled: boolean;
  /** Minutes before the start from which, and after it until which, one can check in. */
  minutesBefore: number;
  minutesAfter: number;
  releaseOnNoShow: boolean;
  /** Minutes that a sensor must have seen nobody for the room to be given back; 0: sensors release nothing. */
  sensorMinutes: number;
}

export interface Settings {
  approval: Approval;
  time: TimeRules;
  reservers: Reservers;
  administrators: Administrators;
  check_in: CheckInRules;
}

/** What holds where nobody said anything. */
export const defaults: Readonly<Settings> = {
  approval: { enabled: false, applies: 'always', hours: 99, approvers: [] },
  time: { enabled: false, daysInAdvance: 365, opensAt: 28_800, dayStart: 0, dayEnd: 86_400, maxHours: 2, covers: false },
  reservers: { everybody: true, users: [], departments: [], covers: false },
  administrators: { users: [], departments: [] },
  check_in: { enabled: true, minutesBefore: 15, minutesAfter: 15, releaseOnNoShow: true, sensorMinutes: 15 },
};

export const settingsParts = Object.keys(defaults) as SettingsPart[];

/** Users and departments that a list may name together. */
const MOST_MEMBERS = 500;

/** What a level or room says of a part itself. */
export function ownSetting<Part extends SettingsPart>(directory: Directory, scopeId: string, part: Part): Settings[Part] | null {
  const value = directory.ownSetting(scopeId, part);
  return value === null ? null : (JSON.parse(value) as Settings[Part]);
}

/** A number that every change of what a level or room says makes larger. */
export function settingsVersion(directory: Directory, scopeId: string): number {
  return Math.max(...settingsParts.map((part) => directory.settingChangedIn(scopeId, part)));
}

/** What holds for a level or room, and whose word it is; null: the default. */
export function effectiveSetting<Part extends SettingsPart>(directory: Directory, scopeId: string, part: Part): { value: Settings[Part]; from: string | null } {
  const nearest = directory.nearestSetting(scopeId, part);
  return nearest ? { value: JSON.parse(nearest.value) as Settings[Part], from: nearest.scopeId } : { value: defaults[part], from: null };
}

/** Whether a person may reserve a room. */
export function mayReserve({ everybody, users, departments }: Reservers, person: Person): boolean {
  return everybody || users.includes(person.userId) || (person.departmentId !== null && departments.includes(person.departmentId));
}

/** A change of settings: null takes a part back, so that the level above speaks again. */
export type SettingsChange = { [Part in SettingsPart]?: Settings[Part] | null };

export interface ChangeOfSettings {
  tenantId: number;
  /** Id of a live level or room. */
  scopeId: string;
  /** The version of the settings on which the change rests, and the one that the caller asked for. */
  version: number;
  expected?: number | undefined;
  /** What to change, worked out from what stands there. */
  change: (directory: Directory) => SettingsChange;
  /** Parts of which what the levels and rooms below say of their own is taken back. */
  cover: readonly SettingsPart[];
}

/**
 * Changes what a level or room says.
 *
 * @throws DomainError unknownScope; stale, conflict (changed meanwhile); param, tooManyMembers, unknownUser, unknownDepartment for settings that cannot be
 */
export async function changeSettings(ctx: Ctx, actor: Actor, { tenantId, scopeId, change, cover, ...seen }: ChangeOfSettings): Promise<void> {
  requireExpected(seen);
  await ctx.db.transaction(async (tx) => {
    const { directory, version } = await beginChange(ctx, tx, tenantId);
    const room = directory.room(scopeId);
    if (!room && !directory.level(scopeId)) throw new DomainError('unknownScope', `no level or room ${scopeId}`);
    requireUnchanged(settingsVersion(directory, scopeId) === seen.version);
    const parts = Object.entries(change(directory)) as [SettingsPart, Settings[SettingsPart] | null][];
    for (const [part, value] of parts) {
      if (value !== null) await requireUsable(tx, tenantId, part, value);
      await putSetting(tx, tenantId, { scopeId, part, value: value === null ? null : JSON.stringify(value) }, version);
      if (cover.includes(part))
        for (const below of scopesBelow(directory, scopeId, part)) await putSetting(tx, tenantId, { scopeId: below, part, value: null }, version);
    }
    await addHistory(tx, {
      tenantId,
      at: ctx.clock.now(),
      actor,
      action: 'settings.change',
      object: { kind: room ? 'room' : 'level', id: scopeId },
      before: Object.fromEntries(parts.map(([part]) => [part, ownSetting(directory, scopeId, part)])),
      after: { ...Object.fromEntries(parts), cover },
    });
  });
}

/** Levels and rooms below a level that say something of a part themselves. */
function scopesBelow(directory: Directory, levelId: string, part: SettingsPart): string[] {
  const levels = directory.subtree(levelId).map((level) => level.level_id);
  const rooms = directory.liveRoomsUnder(levelId).map((roomNo) => directory.roomOfNumber(roomNo)?.room_id ?? '');
  return [...levels, ...rooms].filter((scopeId) => scopeId !== levelId && directory.ownSetting(scopeId, part) !== null);
}

async function requireUsable(db: Queries, tenantId: number, part: SettingsPart, value: Settings[SettingsPart]): Promise<void> {
  const { users, departments } = membersOf(part, value);
  if (users.length + departments.length > MOST_MEMBERS)
    throw new DomainError('tooManyMembers', `there may be ${String(MOST_MEMBERS)} users and departments at most`);
  const [user] = await unknownUsers(db, tenantId, users);
  if (user !== undefined) throw new DomainError('unknownUser', `no user ${user}`);
  const [department] = await unknownDepartments(db, tenantId, departments);
  if (department !== undefined) throw new DomainError('unknownDepartment', `no department ${department}`);
  const fault = faultOf(part, value);
  if (fault) throw new DomainError('param', fault[1], fault[0]);
}

function membersOf(part: SettingsPart, value: Settings[SettingsPart]): Administrators {
  if (part === 'approval') return { users: (value as Approval).approvers, departments: [] };
  return part === 'reservers' || part === 'administrators' ? (value as Administrators) : { users: [], departments: [] };
}

/** What is wrong with settings that are well-formed; undefined when nothing is. */
function faultOf(part: SettingsPart, value: Settings[SettingsPart]): [subject: string, sentence: string] | undefined {
  if (part === 'approval') {
    const { enabled, approvers } = value as Approval;
    if (enabled && approvers.length === 0) return ['approvers', 'must name somebody while approval is on'];
  } else if (part === 'time') {
    const { dayStart, dayEnd } = value as TimeRules;
    if (dayEnd <= dayStart) return ['dayEnd', 'must lie after the start of the day'];
  } else if (part === 'reservers') {
    const { everybody, users, departments } = value as Reservers;
    if (!everybody && users.length + departments.length === 0) return ['reservers', 'must name a user or a department when not everybody may reserve'];
  }
  return undefined;
}
