import type { Ctx } from '../context.ts';
import { findReservations } from '../store/reservations.ts';
import type { Reservation } from '../store/tables.ts';
import { requireMeetingManagement, type Principal } from './access.ts';
import type { Directory, RoomRow } from './directory.ts';
import { DomainError } from './errors.ts';
import { requireLevel } from './levels.ts';
import { effectiveSetting, type TimeRules } from './policy.ts';
import type { CellPage, ClockGroup, Job, LevelUse, Place } from './utilisation-job.ts';

/*
 * How much of the time in which rooms could be reserved they were. Hours of use and zones are those in force now, for the past too; so is
 * the one period in which a room is disabled that is known of it. A room that was deleted counts until then.
 */

const DAY = 86_400;
/** Days of a period at most. */
export const LONGEST_PERIOD = 1100;
/** 1970-01-02 and 2199-12-31. */
const FIRST_DAY = 1;
const LAST_DAY = 84_005;

export interface UtilisationInput {
  /** Days since 1970, both included. */
  firstDay: number;
  lastDay: number;
  levelIds: readonly string[];
  /** Whether nobody waits for it any more. */
  isGone: () => boolean;
}

export interface Utilisation {
  directory: Directory;
  now: number;
  /** In the order asked for. */
  uses: LevelUse[];
}

/** @throws DomainError param, noPermission, notFound, busy; checked in this order */
export async function utilisation(ctx: Ctx, principal: Principal, input: UtilisationInput): Promise<Utilisation> {
  const { directory, job } = await jobOf(ctx, principal, input);
  return { directory, now: job.now, uses: await ctx.utilisation.run(job, input.isGone) };
}

export interface CellInput extends Omit<UtilisationInput, 'levelIds'> {
  levelId: string;
  /** Hour of the week, Monday's first is 0. */
  cell: number;
  after: Place | null;
  limit: number;
}

/** What was reserved in an hour of the week: the rows behind a cell. @throws as `utilisation` */
export async function utilisationRows(
  ctx: Ctx,
  principal: Principal,
  { levelId, cell: number, after, limit, ...period }: CellInput,
): Promise<Omit<CellPage, 'rows'> & { rows: { row: Reservation; seconds: number }[] }> {
  const { job } = await jobOf(ctx, principal, { ...period, levelIds: [levelId] });
  const { rows, ...page } = await ctx.utilisation.run({ ...job, cell: { number, after, limit } }, period.isGone);
  const found = await findReservations(
    ctx.db.kysely,
    principal.tenantId,
    rows.map(({ id }) => id),
  );
  const byId = new Map(found.map((row) => [row.id, row]));
  const shown = rows.flatMap(({ id, seconds }) => {
    const row = byId.get(id);
    return row ? [{ row, seconds }] : [];
  });
  return { ...page, rows: shown };
}

async function jobOf(ctx: Ctx, principal: Principal, { firstDay, lastDay, levelIds }: UtilisationInput): Promise<{ directory: Directory; job: Job }> {
  if (firstDay < FIRST_DAY || firstDay > LAST_DAY) throw new DomainError('param', 'must lie between 1970-01-02 and 2199-12-31', 'from');
  if (lastDay < firstDay || lastDay >= firstDay + LONGEST_PERIOD)
    throw new DomainError('param', `must be the first day or a later one, ${String(LONGEST_PERIOD)} days in all at most`, 'to');
  requireMeetingManagement(principal);
  const { tenantId } = principal;
  const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
  for (const levelId of levelIds) requireLevel(directory, levelId);
  const groups = groupsOf(directory, levelIds);
  return { directory, job: { tenantId, now: ctx.clock.now(), firstDay, days: lastDay - firstDay + 1, levels: levelIds.length, groups } };
}

/** The rooms below some levels, deleted ones too, by what their clocks and hours are. */
function groupsOf(directory: Directory, levelIds: readonly string[]): ClockGroup[] {
  const levelsOf = new Map<number, number>();
  for (const [level, levelId] of levelIds.entries())
    for (const roomNo of directory.roomsUnder(levelId)) levelsOf.set(roomNo, (levelsOf.get(roomNo) ?? 0) + (1 << level));
  const groups = new Map<string, ClockGroup & { roomNos: number[] }>();
  const hours = hoursReader(directory);
  for (const [roomNo, levels] of levelsOf) {
    const room = directory.roomOfNumber(roomNo);
    if (!room) continue;
    const clock = { zone: directory.zoneOf(room.level_id), ...hours(room), levels };
    const key = JSON.stringify(clock);
    const group = groups.get(key);
    if (group) group.roomNos.push(roomNo);
    else groups.set(key, { ...clock, roomNos: [roomNo] });
  }
  return [...groups.values()];
}

/** When rooms can be used, by their settings. Few rooms have settings of their own, so each level is looked at once. */
function hoursReader(directory: Directory): (room: RoomRow) => { opens: number; closes: number } {
  const ofLevels = new Map<string, { opens: number; closes: number }>();
  const hours = (scopeId: string) => opening(effectiveSetting(directory, scopeId, 'time').value);
  return ({ room_id, level_id }) => {
    if (directory.ownSetting(room_id, 'time') !== null) return hours(room_id);
    const known = ofLevels.get(level_id) ?? hours(level_id);
    ofLevels.set(level_id, known);
    return known;
  };
}

function opening({ enabled, dayStart, dayEnd }: TimeRules): { opens: number; closes: number } {
  return enabled ? { opens: dayStart, closes: dayEnd } : { opens: 0, closes: DAY };
}
