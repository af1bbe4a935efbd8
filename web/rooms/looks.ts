import { clockTime, dayOf, moment } from '../lib/time.ts';
import type { Booking } from './picture.ts';
import type { RoomsWords } from './words.ts';

/** How a state looks: its colours by this name in the style sheet, its sign, its word. */
export type Look = 'free' | 'busy' | 'mine' | 'pending' | 'here' | 'absent' | 'released';

const SIGNS: Record<Look, string> = { free: '●', busy: '', mine: '★', pending: '◷', here: '✓', absent: '✕', released: '↩' };

/** In the order of a legend. */
export const looks = Object.keys(SIGNS) as Look[];

export function lookOf({ state, mine }: Pick<Booking, 'state' | 'mine'>): Look {
  if (state === 'pending') return 'pending';
  if (state === 'checked_in') return 'here';
  if (state === 'no_show') return 'absent';
  if (state === 'released') return 'released';
  return mine ? 'mine' : 'busy';
}

export function signOf(look: Look): string {
  return SIGNS[look];
}

export function stateWord({ state, mine }: Pick<Booking, 'state' | 'mine'>, { states }: RoomsWords): string {
  return state === 'accepted' && mine ? states.mine : states[state];
}

export function wordOf(look: Look, { states }: RoomsWords): string {
  if (look === 'busy') return states.accepted;
  if (look === 'here') return states.checked_in;
  return look === 'absent' ? states.no_show : states[look];
}

/** From when to when, with the day of what ends on another. */
export function timesOf({ start, end }: { start: number; end: number }, zone: string): string {
  const same = dayOf(start, zone) === dayOf(end - 1, zone);
  return same ? `${clockTime(start, zone)}–${clockTime(end, zone)}` : `${moment(start, zone)} – ${moment(end, zone)}`;
}

export function titleOf({ title }: Pick<Booking, 'title'>, say: RoomsWords): string {
  return title === null ? say.privateTitle : title === '' ? say.untitled : title;
}
