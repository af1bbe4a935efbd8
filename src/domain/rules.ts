import type { Room, RejectCause } from '../store/tables.ts';
import type { Directory } from './directory.ts';
import { DomainError } from './errors.ts';
import type { Person } from './people.ts';
import { effectiveSetting, mayReserve } from './policy.ts';
import { disablingOf } from './rooms.ts';
import { dayOf, secondOfDay } from './zones.ts';

/** How far in the past a reservation may begin whose end lies ahead. */
export const LATE_START = 15 * 60;
/** What nobody may exceed, whatever the rules of the room are. */
export const LONGEST = 31 * 86_400;
const DAY = 86_400;
const HOUR = 3600;

/** A rule that stands against a reservation. */
export interface Violation {
  rule: RejectCause;
  sentence: string;
}

/** A rule refused a reservation, or the room is taken. */
export class RuleError extends DomainError {
  readonly rule: RejectCause;
  /** Dates of a series that are taken, epoch seconds. */
  readonly clashes: readonly number[];

  constructor({ rule, sentence }: Violation, clashes: readonly number[] = []) {
    super(rule === 'taken' ? 'taken' : 'refused', sentence);
    this.rule = rule;
    this.clashes = clashes;
  }
}

/** A room that somebody wants for a time. */
export interface Wish {
  room: Room;
  startAt: number;
  endAt: number;
  now: number;
  /** Null: an app or a device. */
  person: Person | null;
  /** Reservation administrators are not bound by who may reserve. */
  asAdministrator: boolean;
}

/** The first rule of a room that stands against a wish; undefined when none does. */
export function violation(directory: Directory, { room, startAt, endAt, now, person, asAdministrator }: Wish): Violation | undefined {
  if (endAt <= now || startAt < now - LATE_START) return { rule: 'in_the_past', sentence: 'the time has passed' };
  const disabling = disablingOf(room, now);
  if (disabling && startAt < (disabling.until ?? Infinity) && endAt > disabling.from) {
    return { rule: 'disabled', sentence: `the room is not in use then${disabling.reason ? `: ${disabling.reason}` : ''}` };
  }
  const reservers = effectiveSetting(directory, room.room_id, 'reservers').value;
  const allowed = person === null ? reservers.everybody : mayReserve(directory, reservers, person);
  if (!allowed && !asAdministrator) return { rule: 'not_allowed', sentence: 'only some people may reserve the room' };
  if (endAt - startAt > LONGEST) return { rule: 'too_long', sentence: `a reservation lasts ${String(LONGEST / DAY)} days at most` };
  return timeViolation(directory, room, startAt, endAt, now);
}

function timeViolation(directory: Directory, room: Room, startAt: number, endAt: number, now: number): Violation | undefined {
  const rules = effectiveSetting(directory, room.room_id, 'time').value;
  if (!rules.enabled) return undefined;
  const zone = directory.zoneOf(room.level_id);
  const ahead = dayOf(zone, startAt) - dayOf(zone, now);
  if (ahead > rules.daysInAdvance || (ahead === rules.daysInAdvance && secondOfDay(zone, now) < rules.opensAt)) {
    return { rule: 'too_far_ahead', sentence: `the room can be reserved ${String(rules.daysInAdvance)} days ahead, from ${clock(rules.opensAt)} of the day` };
  }
  if (endAt - startAt > rules.maxHours * HOUR) return { rule: 'too_long', sentence: `the room can be reserved for ${String(rules.maxHours)} hours at most` };
  if (rules.dayStart > 0 || rules.dayEnd < DAY) {
    const day = dayOf(zone, startAt);
    const end = secondOfDay(zone, endAt) + (dayOf(zone, endAt) - day) * DAY;
    if (secondOfDay(zone, startAt) < rules.dayStart || end > rules.dayEnd) {
      return { rule: 'outside_hours', sentence: `the room can be used from ${clock(rules.dayStart)} to ${clock(rules.dayEnd)}` };
    }
  }
  return undefined;
}

function clock(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / HOUR))}:${two(Math.floor(seconds / 60) % 60)}`;
}

/** Whether a reservation of that length waits for an approval. */
export function needsApproval(directory: Directory, room: Room, seconds: number): boolean {
  const { enabled, applies, hours } = effectiveSetting(directory, room.room_id, 'approval').value;
  return enabled && (applies === 'always' || seconds > hours * HOUR);
}
