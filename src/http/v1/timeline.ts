import type { Principal } from '../../domain/access.ts';
import { findFreeRooms } from '../../domain/room-finder.ts';
import { timelineOf, type Drawn, type DrawnRoom } from '../../domain/timeline.ts';
import type { Directory } from '../../domain/directory.ts';
import { formatDisplayId } from '../../wire/identifiers.ts';
import { formatInstant, parseInstant } from '../../wire/v1/instants.ts';
import { findRoomsMethod, timelineMethod, type TimelineRoom, type TimelineRow } from '../../wire/v1/timeline.ts';
import { levelIdOf } from '../level-id.ts';
import { answer } from '../mount.ts';
import { maySeeTitle } from './reservations.ts';
import { disabledOf } from './rooms.ts';

export const timelineHandlers = [
  answer(timelineMethod, async (ctx, { principal, query }) => {
    const { tenantId } = principal;
    const levelId = levelIdOf(await ctx.directories.get(tenantId, principal.directoryVersion), query.level);
    const period = { from: parseInstant(query.from), to: parseInstant(query.to) };
    const { now, directory, position, levels, rooms, reservations } = await timelineOf(ctx, principal, { ...period, levelId, roomId: query.room });
    const write = rowWriter(directory, principal);
    return {
      now: formatInstant(now),
      version: directory.version,
      live: position,
      levels: levels.map(({ level: { level_id: id, parent_id, name }, depth }) => ({ id, parent_id, name, depth, time_zone: directory.zoneOf(id) })),
      rooms: rooms.map((room) => roomOf(room, now)),
      reservations: reservations.map(write),
    };
  }),

  answer(findRoomsMethod, async (ctx, { principal, query }) => {
    const { tenantId } = principal;
    const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
    const { people, equipment = [], limit, minutes } = query;
    const near = query.near === undefined ? undefined : levelIdOf(directory, query.near);
    const period = { from: parseInstant(query.from), to: parseInstant(query.to), seconds: minutes * 60 };
    const found = await findFreeRooms(ctx, principal, { ...period, people, equipment, near, levelId: levelIdOf(directory, query.level), limit });
    return {
      rooms: found.map(({ room, startAt, freeUntil, distance, needsApproval }) => ({
        room_id: room.room_id,
        start: formatInstant(startAt),
        end: formatInstant(startAt + period.seconds),
        free_until: formatInstant(freeUntil),
        distance,
        needs_approval: needsApproval,
      })),
    };
  }),
];

function roomOf({ room, needsApproval, bookable, hours }: DrawnRoom, now: number): TimelineRoom {
  return {
    id: room.room_id,
    display_id: formatDisplayId(room.room_no),
    level_id: room.level_id,
    name: room.name,
    capacity: room.capacity,
    equipment: JSON.parse(room.equipment) as string[],
    disabled: disabledOf(room, now),
    needs_approval: needsApproval,
    bookable,
    hours: hours && { from: clock(hours.dayStart), until: clock(hours.dayEnd) },
  };
}

/** Writes reservations as somebody may see them. Many begin and end at the same times, which are written once. */
export function rowWriter(directory: Directory, principal: Principal): (drawn: Drawn) => TimelineRow {
  const written = new Map<number, string>();
  const at = (time: number) => {
    let text = written.get(time);
    if (text === undefined) written.set(time, (text = formatInstant(time)));
    return text;
  };
  const caller = principal.userId ?? principal.appId;
  return ({ row, state, endAt }) => ({
    id: String(row.id),
    room_id: directory.roomOfNumber(row.room_no)?.room_id ?? '',
    start: at(row.start_at),
    end: at(endAt),
    state,
    mine: row.reserver_id === caller,
    title: maySeeTitle(row, principal) ? row.title : null,
    reserver: row.reserver_name,
    check_in:
      row.check_in_rule === 'required' && row.accepted_at !== null ? { opens: at(row.check_in_opens_at ?? 0), closes: at(row.check_in_closes_at ?? 0) } : null,
    series: row.original_at !== 0,
    version: row.version,
  });
}

function clock(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}`;
}
