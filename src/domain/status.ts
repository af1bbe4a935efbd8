import type { Reservation } from '../store/tables.ts';

/** The facts that a reservation's status is worked out from. Times are epoch seconds. */
export type Facts = Pick<
  Reservation,
  | 'accepted_at'
  | 'released_at'
  | 'release_cause'
  | 'check_in_rule'
  | 'check_in_opens_at'
  | 'check_in_closes_at'
  | 'checked_in_at'
  | 'checked_in_with'
  | 'room_disabled_at'
>;

export type ReservationStatus = 'pending' | 'accepted' | 'released_by_hand' | 'released_after_end' | 'released_no_show' | 'released_by_sensor';

export type CheckInStatus = 'exempt_walk_up' | 'exempt_off' | 'exempt_no_device' | 'exempt' | 'upcoming' | 'open' | 'checked_in' | 'missed' | 'room_disabled';

export type CheckInDevice = NonNullable<Facts['checked_in_with']>;

export interface Status {
  reservation: ReservationStatus;
  checkIn: CheckInStatus;
  /** Null when nobody checked in, and when an administrator did it by hand. */
  device: CheckInDevice | null;
  /** How it was released; null when it was not. */
  release: Exclude<ReservationStatus, 'pending' | 'accepted'> | null;
}

/** The statuses of a reservation at the instant `now`. The only place that knows what the facts amount to. */
export function statusOf(facts: Facts, now: number): Status {
  const release = facts.release_cause === null ? null : (`released_${facts.release_cause}` as const);
  return {
    reservation: release ?? (facts.accepted_at === null ? 'pending' : 'accepted'),
    checkIn: checkInStatus(facts, now),
    device: facts.checked_in_at === null ? null : facts.checked_in_with,
    release,
  };
}

const exemptions = { walk_up: 'exempt_walk_up', off: 'exempt_off', no_device: 'exempt_no_device' } as const;

function checkInStatus(facts: Facts, now: number): CheckInStatus {
  if (facts.checked_in_at !== null) return 'checked_in';
  if (facts.check_in_rule !== 'required') return exemptions[facts.check_in_rule];
  const opens = facts.check_in_opens_at ?? 0;
  const closes = facts.check_in_closes_at ?? 0;
  if (facts.accepted_at === null) return 'exempt';
  // Nobody can check in to what was given back: a release stops the clock of the check-in.
  const at = Math.min(now, facts.released_at ?? now);
  if (facts.released_at !== null && at < opens) return 'exempt';
  if (facts.release_cause === 'no_show') return 'missed';
  if (facts.room_disabled_at !== null && facts.room_disabled_at <= at && facts.room_disabled_at < closes) return 'room_disabled';
  if (at < opens) return 'upcoming';
  return at < closes ? 'open' : 'missed';
}
