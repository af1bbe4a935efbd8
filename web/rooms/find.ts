import { useQuery } from '@tanstack/react-query';
import { findRoomsMethod } from '../../src/wire/v1/timeline.ts';
import { call } from '../lib/api.ts';
import type { Wanted } from './address.ts';
import type { Axis } from './axis.ts';
import { isoOf } from './day.ts';

/** What was asked for, as it stood then. */
export interface Question {
  from: number;
  to: number;
  minutes: number;
  people: number;
  equipment: readonly string[];
  level: string | undefined;
  near: string | undefined;
}

export function questionOf(wanted: Wanted, axis: Axis, now: number, minutes: number, near: string | undefined): Question {
  const { people, equipment, level } = wanted;
  // Whole minutes: who looks twice in one asks the same, and the one that runs is not too late to begin in.
  const from = Math.max(axis.from, Math.floor(now / 60_000) * 60_000);
  return { from, to: axis.to, minutes, people, equipment, level, near };
}

export function useFound(question: Question | undefined) {
  return useQuery({
    queryKey: ['rooms-found', question],
    enabled: question !== undefined && question.from < question.to,
    queryFn: async ({ signal }) => {
      if (!question) return [];
      const { from, to, minutes, people, equipment, level, near } = question;
      const optional = { ...(level === undefined ? {} : { level }), ...(near === undefined ? {} : { near }) };
      const query = { from: isoOf(from), to: isoOf(to), minutes, people, equipment: [...equipment], limit: 8, ...optional };
      const { rooms } = await call(findRoomsMethod, { query, signal });
      return rooms.map((room) => ({
        roomId: room.room_id,
        start: Date.parse(room.start),
        end: Date.parse(room.end),
        freeUntil: Date.parse(room.free_until),
        needsApproval: room.needs_approval,
      }));
    },
  });
}
