import type { SettingsPart } from '../store/tables.ts';
import type { Directory } from './directory.ts';
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
export function mayReserve(directory: Directory, reservers: Reservers, person: Person): boolean {
  return reservers.everybody || isAmong(directory, reservers, person);
}

/** Whether a list names a person: themselves, their department, or one above it. */
export function isAmong(directory: Directory, { users, departments }: Administrators, { userId, departmentId }: Person): boolean {
  if (users.includes(userId)) return true;
  return departments.length > 0 && directory.departments.line(departmentId).some((id) => departments.includes(id));
}
