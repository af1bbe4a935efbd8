import type { Ctx } from '../context.ts';
import { addHistory, type Actor } from '../store/history.ts';
import type { Queries } from '../store/open.ts';
import { putSetting } from '../store/settings.ts';
import type { SettingsPart } from '../store/tables.ts';
import { unknownDepartments } from '../store/departments.ts';
import { unknownUsers } from '../store/users.ts';
import { beginChange, requireExpected, requireUnchanged } from './change.ts';
import { refreshTerms } from './check-in.ts';
import type { Directory } from './directory.ts';
import { DomainError } from './errors.ts';
import { ownSetting, settingsVersion, type Administrators, type Approval, type Reservers, type Settings, type TimeRules } from './policy.ts';

/** Users and departments that a list may name together. */
const MOST_MEMBERS = 500;

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
    if (parts.some(([part]) => part === 'check_in')) {
      const after = await ctx.directories.after(tx, tenantId, version);
      await refreshTerms(ctx, tx, after, tenantId, room ? [room.room_no] : after.liveRoomsUnder(scopeId));
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
