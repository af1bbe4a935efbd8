import type { getReservationMethod } from '../../src/wire/v1/reservations.ts';
import type { Answer } from '../lib/api.ts';

export type Reservation = Answer<typeof getReservationMethod>;

/** Something that happened to a reservation. */
export interface Happening {
  /** Epoch milliseconds. */
  at: number;
  /** Of `reservation.…`. */
  action: string;
  /** Empty: nobody did. */
  by: string;
  /** Which way it came; empty: that is not known. */
  source: string;
  /** Why, or in which way: a word of the interface. */
  cause: string | null;
  note: string | null;
  /** What checked in: the text of the wire's word for the device. */
  device: string | null;
  /** Start and end that it was moved to, epoch milliseconds. */
  start: number | null;
  end: number | null;
}

/**
 * What happened to a reservation, in order. What was written down says who and how; of one that came without its history, the facts
 * themselves say when it was booked, checked in to and given back.
 */
export function happenings(reservation: Reservation): Happening[] {
  const { reserver, check_in, release, cancellation, rejection } = reservation;
  const told = reservation.history.map(({ at, action, actor, source, after }): Happening => {
    const facts = (after ?? {}) as Record<string, unknown>;
    const text = (name: string) => (typeof facts[name] === 'string' && facts[name] !== '' ? facts[name] : null);
    const time = (name: string) => (typeof facts[name] === 'number' ? facts[name] * 1000 : null);
    const isMove = action === 'reservation.move' || action === 'reservation.extend';
    return {
      at: Date.parse(at),
      action: action.replace('reservation.', ''),
      by: source === 'job' ? '' : actor.name,
      source,
      cause: text('release_cause') ?? text('cancel_cause') ?? text('reject_cause'),
      note: text('reject_note') ?? text('cancel_note'),
      device: text('checked_in_with'),
      start: isMove ? time('start_at') : null,
      end: isMove ? time('end_at') : null,
    };
  });
  const isTold = (...actions: string[]) => told.some(({ action }) => actions.includes(action));
  const facts: Happening[] = [];
  const add = (at: string, action: string, by: string, more: Partial<Happening> = {}) => {
    facts.push({ at: Date.parse(at), action, by, source: '', cause: null, note: null, device: null, start: null, end: null, ...more });
  };
  if (!isTold('book', 'request', 'walk_up', 'decline'))
    add(reservation.created, reservation.check_in.status === 'exempt_walk_up' ? 'walk_up' : 'book', reserver.name);
  if (check_in.at !== null && !isTold('check_in')) add(check_in.at, 'check_in', '', { device: check_in.device });
  if (release && !isTold('release')) add(release.at, 'release', release.by ?? '', { cause: release.cause });
  if (cancellation && !isTold('cancel')) add(cancellation.at, 'cancel', '', { cause: cancellation.cause, note: cancellation.note });
  if (rejection && !isTold('reject', 'decline')) add(rejection.at, 'reject', rejection.by ?? '', { cause: rejection.rule, note: rejection.note });
  return [...facts, ...told].sort((a, b) => a.at - b.at);
}
