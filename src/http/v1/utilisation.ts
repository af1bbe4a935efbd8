import type { Directory } from '../../domain/directory.ts';
import { DomainError } from '../../domain/errors.ts';
import { utilisation, utilisationRows } from '../../domain/utilisation.ts';
import type { Figures, LevelUse, RoomSums } from '../../domain/utilisation-job.ts';
import { formatDay, formatInstant, parseDay } from '../../wire/v1/instants.ts';
import { utilisationMethod, utilisationRowsMethod, type LevelUse as WireLevelUse } from '../../wire/v1/utilisation.ts';
import { levelIdOf } from '../level-id.ts';
import { answer } from '../mount.ts';
import { positionOf, sealPosition } from '../page-token.ts';
import { shownAll } from './reservations.ts';

export const utilisationHandlers = [
  answer(utilisationMethod, async (ctx, { principal, query, isGone }) => {
    const { from, to, level, compare } = query;
    const { tenantId, directoryVersion } = principal;
    const tree = await ctx.directories.get(tenantId, directoryVersion);
    const levelIds = [levelIdOf(tree, level), ...(compare === undefined || compare === '' ? [] : [levelIdOf(tree, compare)])];
    const [firstDay, lastDay] = [dayNumber(from, 'from'), dayNumber(to, 'to')];
    const { directory, now, uses } = await utilisation(ctx, principal, { firstDay, lastDay, levelIds, isGone });
    const days = lastDay - firstDay + 1;
    return {
      now: formatInstant(now),
      from,
      to,
      before: { from: formatDay(firstDay - days), to: formatDay(firstDay - 1) },
      levels: uses.map((use, i) => shownLevel(directory, firstDay, levelIds[i] ?? '', use)),
    };
  }),

  answer(utilisationRowsMethod, async (ctx, { principal, query, isGone }) => {
    const { from, to, level, weekday, hour, limit, cursor } = query;
    const { tenantId, directoryVersion } = principal;
    const levelId = levelIdOf(await ctx.directories.get(tenantId, directoryVersion), level);
    const [firstDay, lastDay] = [dayNumber(from, 'from'), dayNumber(to, 'to')];
    const cell = (weekday - 1) * 24 + hour;
    const walk = JSON.stringify([utilisationRowsMethod.id, tenantId, firstDay, lastDay, levelId, cell]);
    const position = positionOf(ctx.keys, walk, cursor, utilisationRowsMethod.faults.param, 'cursor')?.split(' ').map(Number);
    const after = position ? { at: position[0] ?? 0, id: position[1] ?? 0 } : null;
    const { rows, total, next } = await utilisationRows(ctx, principal, { firstDay, lastDay, levelId, cell, after, limit, isGone });
    const shown = await shownAll(
      ctx,
      principal,
      rows.map(({ row }) => row),
    );
    return {
      total,
      reservations: shown.map((reservation, i) => ({ ...reservation, minutes: toMinutes(rows[i]?.seconds ?? 0) })),
      next_cursor: next ? sealPosition(ctx.keys, walk, `${String(next.at)} ${String(next.id)}`) : null,
    };
  }),
];

function shownLevel(directory: Directory, firstDay: number, levelId: string, use: LevelUse): WireLevelUse {
  const { total, before, days, booked, bookable, roomCount, busiest, emptiest, pending, rejected, cancelled } = use;
  const [byHand = 0, noShow = 0, bySensor = 0] = use.givenBackBy;
  return {
    level_id: levelId,
    name: directory.level(levelId)?.name ?? '',
    rooms: roomCount,
    total: shownTotal(total),
    before: shownTotal(before),
    given_back: { by_hand: toMinutes(byHand), no_show: toMinutes(noShow), by_sensor: toMinutes(bySensor) },
    days: days.map((figures, i) => ({ day: formatDay(firstDay + i), ...shownFigures(figures) })),
    week: { booked: shownWeek(booked), bookable: shownWeek(bookable) },
    busiest: busiest.map((room) => shownRoom(directory, room)),
    emptiest: emptiest.map((room) => shownRoom(directory, room)),
    left_out: { pending, rejected, cancelled, outside: toMinutes(total.outside) },
  };
}

function shownFigures({ booked, used, bookable, reservations, due, noShows, givenBack }: Omit<Figures, 'disabled' | 'outside' | 'released'>) {
  return {
    booked: toMinutes(booked),
    used: toMinutes(used),
    bookable: toMinutes(bookable),
    reservations,
    due,
    no_shows: noShows,
    given_back: toMinutes(givenBack),
  };
}

function shownTotal(figures: Figures) {
  const { booked, bookable, due, noShows, disabled, released } = figures;
  return {
    ...shownFigures(figures),
    occupancy: share(booked, bookable),
    no_show_rate: share(noShows, due),
    disabled: toMinutes(disabled),
    released,
  };
}

function shownRoom(directory: Directory, sums: RoomSums) {
  const { roomNo, capacity, booked, bookable, reservations, guests, accepted } = sums;
  const room = directory.roomOfNumber(roomNo);
  return {
    room_id: room?.room_id ?? '',
    name: room?.name ?? '',
    level_id: room?.level_id ?? '',
    capacity,
    ...shownFigures(sums),
    occupancy: share(booked, bookable),
    guests: share(guests, reservations, 100),
    guests_accepted: share(accepted, reservations, 100),
  };
}

function shownWeek(seconds: readonly number[]): number[][] {
  return Array.from({ length: 7 }, (_, weekday) => seconds.slice(weekday * 24, weekday * 24 + 24).map(toMinutes));
}

function toMinutes(seconds: number): number {
  return Math.round(seconds / 60);
}

/** @param parts of 1 that are told apart */
function share(of: number, whole: number, parts = 10_000): number | null {
  return whole === 0 ? null : Math.round((of / whole) * parts) / parts;
}

function dayNumber(text: string, field: string): number {
  const day = parseDay(text);
  if (day === undefined) throw new DomainError('param', 'there is no such day', field);
  return day;
}
