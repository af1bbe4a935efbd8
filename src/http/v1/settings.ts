import type { Directory } from '../../domain/directory.ts';
import { DomainError } from '../../domain/errors.ts';
import { effectiveSetting, ownSetting, settingsVersion, type CheckInRules, type Settings as DomainSettings, type TimeRules } from '../../domain/policy.ts';
import { changeSettings, type SettingsChange as DomainChange } from '../../domain/settings.ts';
import { changeSettingsMethod, getSettingsMethod, type Settings, type SettingsChange } from '../../wire/v1/settings.ts';
import { levelIdOf } from '../level-id.ts';
import { answer } from '../mount.ts';

export const settingsHandlers = [
  answer(getSettingsMethod, async (ctx, { principal, params }) => {
    const directory = await ctx.directories.get(principal.tenantId, principal.directoryVersion);
    return settingsOf(directory, scopeOf(directory, params.scope_id));
  }),

  answer(changeSettingsMethod, async (ctx, { principal, actor, params, body, expected }) => {
    const { tenantId } = principal;
    const before = await ctx.directories.get(tenantId, principal.directoryVersion);
    const scopeId = scopeOf(before, params.scope_id);
    const cover = body.cover ?? [];
    const stray = cover.find((part) => !(part in body));
    if (stray) throw new DomainError('param', `names "${stray}", which is not among the parts that are changed`, 'cover');
    const change = changeFrom(body, cover);
    await changeSettings(ctx, actor, { tenantId, scopeId, version: settingsVersion(before, scopeId), expected, change: () => change, cover });
    return settingsOf(await ctx.directories.read(tenantId), scopeId);
  }),
];

/** @throws DomainError notFound */
function scopeOf(directory: Directory, scopeId: string): string {
  const found = directory.room(scopeId)?.room_id ?? directory.level(levelIdOf(directory, scopeId))?.level_id;
  if (found === undefined) throw new DomainError('notFound', `no level or room ${scopeId}`);
  return found;
}

function settingsOf(directory: Directory, scopeId: string): Settings {
  const said = <Part extends keyof DomainSettings, Shown>(part: Part, show: (value: DomainSettings[Part]) => Shown) => {
    const own = ownSetting(directory, scopeId, part);
    const { value, from } = effectiveSetting(directory, scopeId, part);
    return { own: own && show(own), effective: show(value), from };
  };
  return {
    scope_id: scopeId,
    scope_kind: directory.room(scopeId) ? 'room' : 'level',
    approval: said('approval', ({ approvers, ...approval }) => ({ ...approval, approvers: [...approvers] })),
    time: said('time', showTime),
    reservers: said('reservers', ({ everybody, users, departments }) => ({ everybody, users: [...users], departments: [...departments] })),
    administrators: said('administrators', ({ users, departments }) => ({ users: [...users], departments: [...departments] })),
    check_in: said('check_in', showCheckIn),
    version: settingsVersion(directory, scopeId),
  };
}

function showTime(rules: TimeRules) {
  return {
    enabled: rules.enabled,
    days_in_advance: rules.daysInAdvance,
    opens_at: dayTime(rules.opensAt),
    day_start: dayTime(rules.dayStart),
    day_end: dayTime(rules.dayEnd),
    max_hours: rules.maxHours,
  };
}

function showCheckIn(rules: CheckInRules) {
  return {
    enabled: rules.enabled,
    minutes_before: rules.minutesBefore,
    minutes_after: rules.minutesAfter,
    release_on_no_show: rules.releaseOnNoShow,
    sensor_minutes: rules.sensorMinutes,
  };
}

function changeFrom({ approval, time, reservers, administrators, check_in }: SettingsChange, cover: readonly string[]): DomainChange {
  return {
    ...(approval === undefined ? {} : { approval: approval && { ...approval, hours: Math.round(approval.hours * 100) / 100 } }),
    ...(time === undefined ? {} : { time: time && timeFrom(time, cover.includes('time')) }),
    ...(reservers === undefined ? {} : { reservers: reservers && { ...reservers, covers: cover.includes('reservers') } }),
    ...(administrators === undefined ? {} : { administrators }),
    ...(check_in === undefined ? {} : { check_in: check_in && checkInFrom(check_in) }),
  };
}

function timeFrom(time: NonNullable<SettingsChange['time']>, covers: boolean): TimeRules {
  return {
    enabled: time.enabled,
    daysInAdvance: time.days_in_advance,
    opensAt: secondsOf(time.opens_at),
    dayStart: secondsOf(time.day_start),
    dayEnd: secondsOf(time.day_end),
    maxHours: time.max_hours,
    covers,
  };
}

function checkInFrom(rules: NonNullable<SettingsChange['check_in']>): CheckInRules {
  return {
    enabled: rules.enabled,
    minutesBefore: rules.minutes_before,
    minutesAfter: rules.minutes_after,
    releaseOnNoShow: rules.release_on_no_show,
    sensorMinutes: rules.sensor_minutes,
  };
}

/** `08:00` of so many seconds after midnight. */
function dayTime(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}`;
}

function secondsOf(dayTime: string): number {
  const [hours = 0, minutes = 0] = dayTime.split(':').map(Number);
  return hours * 3600 + minutes * 60;
}
