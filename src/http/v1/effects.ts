import type { Directory } from '../../domain/directory.ts';
import type { Effects as DomainEffects } from '../../domain/effects.ts';
import type { Touches as DomainTouches } from '../../domain/touches.ts';
import type { Reservation } from '../../store/tables.ts';
import type { Effects } from '../../wire/v1/effects.ts';
import type { Touches } from '../../wire/v1/touches.ts';
import { formatInstant } from '../../wire/v1/instants.ts';

/** @param directory any that has the rooms, deleted or not */
export function effectsOf(directory: Directory, { cancelled, closed, reopened }: DomainEffects): Effects {
  const touched = ({ id, room_no, start_at, end_at, title, is_private, reserver_id, reserver_name }: Reservation) => ({
    id: String(id),
    room_id: directory.roomOfNumber(room_no)?.room_id ?? '',
    start: formatInstant(start_at),
    end: formatInstant(end_at),
    title: is_private === 1 ? '' : title,
    reserver_id,
    reserver_name,
  });
  return {
    cancelled: cancelled.map(touched),
    check_in_closed: closed.map(({ reservation, at }) => ({ ...touched(reservation), at: formatInstant(at) })),
    check_in_reopened: reopened.map(touched),
  };
}

export function touchesOf(touches: DomainTouches | null): Touches | null {
  return touches && { reservations: touches.reservations, devices: touches.devices, rules: touches.rules, time_zone: touches.timeZone };
}
