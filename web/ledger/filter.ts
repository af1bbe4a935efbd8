import type { Search } from '../lib/search.ts';
import { dayOf } from '../lib/time.ts';
import { columns, HEAD, type Field } from './columns.ts';
import { periodOf, windowsOf, type Window } from './windows.ts';

export const PAGE_SIZES = [20, 50, 100] as const;
/** Rooms that can be named: all of them stand in the address of each call, and an address has its limits. */
export const MOST_ROOMS = 200;

/** What is asked for, and how it is shown: what the address of the screen says. */
export interface Filter {
  level: string | undefined;
  /** Which rooms: all of the level, all but those named, or only those named. */
  which: 'all' | 'except' | 'only';
  rooms: readonly string[];
  /** First and last day, in `zone`. */
  from: string;
  to: string;
  zone: string;
  /** With the rules of the vendor's method. */
  api: boolean;
  /** Of the calls that the period takes, the one that is shown. */
  call: number;
  topics: boolean;
  size: number;
  cursor: string | undefined;
  hidden: ReadonlySet<Field>;
  shortTimes: boolean;
}

/** @param zone in which the days are meant */
export function filterOf(search: Search, zone: string, now: number): Filter {
  const today = dayOf(now, zone);
  const days = [search.from, search.to].filter(isDay).sort();
  const rooms = (search.rooms ?? '')
    .split(',')
    .filter((id) => id !== '')
    .slice(0, MOST_ROOMS);
  const size = Number(search.size);
  return {
    level: search.level,
    which: rooms.length > 0 && (search.which === 'except' || search.which === 'only') ? search.which : 'all',
    rooms,
    from: days[0] ?? today,
    to: days[1] ?? days[0] ?? today,
    zone,
    api: search.window === 'api',
    call: /^\d{1,6}$/.test(search.call ?? '') ? Number(search.call) : 0,
    topics: search.topics === '1',
    size: PAGE_SIZES.find((one) => one === size) ?? 50,
    cursor: search.cursor,
    hidden: new Set(columns.map(([field]) => field).filter((field) => field !== HEAD && (search.hide ?? '').split(',').includes(field))),
    shortTimes: search.times === 'short',
  };
}

/** Whether a text is a day that can be asked for. */
export function isDay(text: string | undefined): text is string {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(text) || text < '1970-01-02' || text > '9998-12-31') return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** What is read: one call's window in the vendor's, else the whole period. */
export function windowOf(filter: Filter): Window {
  const { from, to, zone } = filter;
  if (!filter.api) return periodOf(from, to, zone);
  const windows = windowsOf(from, to, zone);
  return windows[Math.min(filter.call, windows.length - 1)] ?? periodOf(from, from, zone);
}

const iso = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000', '');

/** The query of `/api/v1/ledger`. */
export function queryOf(filter: Filter) {
  const { level, which, rooms, api, topics, size, cursor } = filter;
  const { start, end } = windowOf(filter);
  return {
    from: iso(start),
    to: iso(end),
    window: api ? ('api' as const) : ('any' as const),
    ...(level === undefined ? {} : { level }),
    ...(which === 'all' ? {} : { room: [...rooms] }),
    exclude: which === 'except',
    topics,
    limit: size,
    ...(cursor === undefined ? {} : { cursor }),
  };
}
