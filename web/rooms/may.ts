import type { Booking } from './picture.ts';

/** What can be done with a reservation now, as far as the screen knows; the server has the last word. */
export interface May {
  move: boolean;
  extend: boolean;
  /** Given up: nothing of it stays. */
  cancel: boolean;
  /** Given back: it has left its mark. */
  release: boolean;
  end: boolean;
  checkIn: boolean;
}

const NOTHING: May = { move: false, extend: false, cancel: false, release: false, end: false, checkIn: false };

export function may({ mine, state, start, end, checkIn }: Booking, now: number, isAdministrator: boolean): May {
  if ((!mine && !isAdministrator) || state === 'released' || end <= now) return NOTHING;
  const begun = start <= now;
  const pending = state === 'pending';
  const leavesMark = !pending && checkIn !== null && checkIn.opens <= now;
  return {
    move: !begun && state !== 'checked_in',
    extend: !pending,
    cancel: !begun && !leavesMark,
    release: !begun && leavesMark,
    end: begun,
    checkIn: state === 'accepted' && checkIn !== null && checkIn.opens <= now && now < checkIn.closes,
  };
}
