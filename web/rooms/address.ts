import { useMemo } from 'react';
import { useSearchState } from '../lib/search.ts';
import type { Filters } from './lines.ts';

/** What the screen keeps in its address: paste it, and others see the same. */
export interface Wanted extends Filters {
  /** Undefined: today. */
  day: string | undefined;
  level: string | undefined;
}

export function useWanted(): [wanted: Wanted, change: (part: Partial<Wanted>, quietly?: boolean) => void] {
  const [{ day, level, people, equipment, q, free }, change] = useSearchState();
  const wanted = useMemo<Wanted>(
    () => ({
      day: day !== undefined && isDay(day) ? day : undefined,
      level,
      people: Math.max(0, Math.floor(Number(people)) || 0),
      equipment: equipment === undefined ? [] : equipment.split(',').filter((one) => one !== ''),
      text: q ?? '',
      freeNow: free === '1',
    }),
    [day, level, people, equipment, q, free],
  );
  const write = (part: Partial<Wanted>, quietly = false) => {
    const search: Record<string, string | undefined> = {};
    if ('day' in part) search.day = part.day;
    if ('level' in part) search.level = part.level;
    if (part.people !== undefined) search.people = part.people === 0 ? undefined : String(part.people);
    if (part.equipment !== undefined) search.equipment = part.equipment.join(',');
    if (part.text !== undefined) search.q = part.text;
    if (part.freeNow !== undefined) search.free = part.freeNow ? '1' : undefined;
    // Letters typed one by one are no places to go back to.
    change(search, { replace: quietly || part.text !== undefined });
  };
  return [wanted, write];
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && Number.isFinite(Date.parse(`${text}T00:00:00Z`)) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);
}
