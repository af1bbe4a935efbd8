import type { AuditRow } from '../../../src/wire/v1/audit.ts';
import { changeLevelMethod, getLevelMethod } from '../../../src/wire/v1/levels.ts';
import { changeRoomMethod, getRoomMethod } from '../../../src/wire/v1/rooms.ts';
import { changeSettingsMethod, getSettingsMethod } from '../../../src/wire/v1/settings.ts';
import { call } from '../../lib/api.ts';

type Fields = Record<string, unknown>;

/** A change that can be taken back: the fields that it wrote, as the interface names them, before and after. */
export interface Undo {
  kind: 'room' | 'level' | 'settings';
  id: string;
  before: Fields;
  after: Fields;
}

/** The change of a row of the audit; undefined: it is none that can be taken back. */
export function undoOf({ action, object, before, after, denied }: AuditRow, now: number): Undo | undefined {
  if (denied || !before || !after) return undefined;
  const made = (kind: Undo['kind'], was: Fields, is: Fields): Undo | undefined => {
    const names = Object.keys(was).filter((name) => name in is && !isSame(was[name], is[name]));
    const only = (all: Fields) => Object.fromEntries(names.map((name) => [name, all[name]]));
    return names.length === 0 ? undefined : { kind, id: object.id, before: only(was), after: only(is) };
  };
  if (action === 'room.change') {
    const [was, is] = [roomFields(before), roomFields(after)];
    const until = (was.disabled as Disabled | null | undefined)?.until;
    // A time out of use that is over meanwhile would do nothing.
    return until && Date.parse(until) <= now ? undefined : made('room', was, is);
  }
  if (action === 'level.change') return made('level', levelFields(before), levelFields(after));
  // What was taken back below with it is not written down here.
  if (action !== 'settings.change' || (Array.isArray(after.cover) && after.cover.length > 0)) return undefined;
  return made('settings', settingsFields(before), settingsFields(after));
}

interface Disabled {
  from: string;
  until: string | null;
  reason: string;
  contacts: string[];
  disable_notice: boolean;
  resume_notice: boolean;
}

const ROOM: Readonly<Record<string, string>> = {
  level_id: 'level_id',
  name: 'name',
  capacity: 'capacity',
  description: 'description',
  custom_room_id: 'custom_id',
  position: 'position',
};
const LEVEL: Readonly<Record<string, string>> = {
  parent_id: 'parent_id',
  name: 'name',
  custom_group_id: 'custom_id',
  time_zone: 'time_zone',
  position: 'position',
};

function renamed(state: Fields, names: Readonly<Record<string, string>>): Fields {
  return Object.fromEntries(Object.entries(names).flatMap(([column, field]) => (column in state ? [[field, state[column]]] : [])));
}

function levelFields(state: Fields): Fields {
  return renamed(state, LEVEL);
}

function roomFields(state: Fields): Fields {
  return {
    ...renamed(state, ROOM),
    ...(typeof state.equipment === 'string' ? { equipment: JSON.parse(state.equipment) as unknown } : {}),
    ...('disabled_from' in state ? { disabled: disabledOf(state) } : {}),
  };
}

function disabledOf(state: Fields): Disabled | null {
  const { disabled_from: from, disabled_until: until, disabled_reason: reason, disabled_contacts: contacts } = state;
  if (typeof from !== 'number') return null;
  return {
    from: instant(from),
    until: typeof until === 'number' ? instant(until) : null,
    reason: typeof reason === 'string' ? reason : '',
    contacts: typeof contacts === 'string' ? (JSON.parse(contacts) as string[]) : [],
    disable_notice: state.disable_notice === 1,
    resume_notice: state.resume_notice === 1,
  };
}

const instant = (seconds: number) => new Date(seconds * 1000).toISOString();

/** Fields of the settings' parts: as the store names them, and how the interface does. */
const PARTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  approval: { enabled: 'enabled', applies: 'applies', hours: 'hours', approvers: 'approvers' },
  time: {
    enabled: 'enabled',
    daysInAdvance: 'days_in_advance',
    opensAt: 'opens_at',
    dayStart: 'day_start',
    dayEnd: 'day_end',
    maxHours: 'max_hours',
  },
  reservers: { everybody: 'everybody', users: 'users', departments: 'departments' },
  administrators: { users: 'users', departments: 'departments' },
  check_in: {
    enabled: 'enabled',
    minutesBefore: 'minutes_before',
    minutesAfter: 'minutes_after',
    releaseOnNoShow: 'release_on_no_show',
    sensorMinutes: 'sensor_minutes',
  },
};
const DAY_TIMES = ['opens_at', 'day_start', 'day_end'];

function settingsFields(state: Fields): Fields {
  return Object.fromEntries(
    Object.entries(PARTS).flatMap(([part, names]): [string, unknown][] => {
      if (!(part in state)) return [];
      const value = state[part];
      if (value === null || typeof value !== 'object') return [[part, null]];
      const fields = renamed(value as Fields, names);
      for (const name of DAY_TIMES) if (typeof fields[name] === 'number') fields[name] = dayTime(fields[name]);
      return [[part, fields]];
    }),
  );
}

/** `08:00` of so many seconds after midnight. */
function dayTime(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}`;
}

/** The thing as it is now. @throws ApiError */
export async function currentOf({ kind, id, after }: Undo): Promise<{ fields: Fields; version: number }> {
  const read = async () => {
    if (kind === 'room') return call(getRoomMethod, { params: { room_id: id } });
    if (kind === 'level') return call(getLevelMethod, { params: { level_id: id } });
    const settings = await call(getSettingsMethod, { params: { scope_id: id } });
    const { approval, time, reservers, administrators, check_in, version } = settings;
    const own = { approval: approval.own, time: time.own, reservers: reservers.own, administrators: administrators.own, check_in: check_in.own };
    return { ...own, version };
  };
  const now: Fields & { version: number } = await read();
  return { fields: Object.fromEntries(Object.keys(after).map((name) => [name, now[name]])), version: now.version };
}

/** Writes what was there before, through the method that anybody would use. @throws ApiError */
export async function takeBack({ kind, id, before }: Undo, version: number, dry_run: boolean) {
  if (kind === 'room') return call(changeRoomMethod, { params: { room_id: id }, query: { dry_run }, body: before, version });
  if (kind === 'level') return call(changeLevelMethod, { params: { level_id: id }, query: { dry_run }, body: before, version });
  if (!dry_run) await call(changeSettingsMethod, { params: { scope_id: id }, body: before, version });
  return undefined;
}

/** Whether two values say the same, in whatever order their fields stand. */
export function isSame(one: unknown, other: unknown): boolean {
  return textOf(one) === textOf(other);
}

export function textOf(value: unknown): string {
  return JSON.stringify(value ?? null, (_name, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : typeof inner === 'string' && /^\d{4}-\d\d-\d\dT/.test(inner)
        ? Date.parse(inner)
        : inner,
  );
}
