import type { TimelineRow } from '../../src/wire/v1/timeline.ts';

/** A reservation with its times in epoch milliseconds. */
export interface Slot extends Omit<TimelineRow, 'start' | 'end' | 'check_in'> {
  start: number;
  end: number;
  opens: number;
  closes: number;
}

export function slotOf({ check_in, start, end, ...row }: TimelineRow): Slot {
  const [opens, closes] = check_in ? [Date.parse(check_in.opens), Date.parse(check_in.closes)] : [Infinity, 0];
  return { ...row, start: Date.parse(start), end: Date.parse(end), opens, closes };
}

export interface Disabled {
  from: string;
  until: string | null;
}

/** What a room is now, and what comes. */
export interface RoomNow {
  word: 'free' | 'inUse' | 'reserved' | 'notInUse';
  current: Slot | undefined;
  next: Slot | undefined;
  /** How long one can have it from now on. */
  freeUntil: number;
  /** Whose check-in is open. */
  open: Slot | undefined;
}

export function roomNow(slots: readonly Slot[], disabled: Disabled | null, now: number, dayEnd: number): RoomNow {
  const holding = slots.filter(({ state, end }) => ['accepted', 'checked_in', 'no_show'].includes(state) && end > now);
  const current = holding.find(({ start }) => start <= now);
  const next = holding.find(({ start }) => start > now);
  const disabledFrom = disabled ? Date.parse(disabled.from) : Infinity;
  const isDisabled = disabled !== null && disabledFrom <= now && (disabled.until === null || Date.parse(disabled.until) > now);
  const open = holding.find(({ state, opens, closes }) => state === 'accepted' && opens <= now && now < closes);
  const freeUntil = Math.min(next?.start ?? dayEnd, dayEnd, disabledFrom > now ? disabledFrom : Infinity);
  const word = isDisabled ? 'notInUse' : !current ? 'free' : current === open ? 'reserved' : 'inUse';
  return { word, current, next, freeUntil, open };
}
