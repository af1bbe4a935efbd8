import { offsetAt, wallTime } from '../zones.ts';
import { Random } from './random.ts';
import { tell, type Cast, type DemoReservation, type Slot } from './stories.ts';
import type { DemoRoom, DemoWorld } from './world.ts';

/** How much the generator makes. */
export interface DemoSize {
  rooms: number;
  /** Days that have reservations; three quarters of them lie behind the instant of generation. */
  days: number;
  reservations: number;
}

const MINUTE = 60;
const QUARTER = 15 * MINUTE;
const DAY = 86_400;
/** Meetings begin after 7:00 and end by 22:00, wall time. */
const OPENS = 7 * 3600;
const OPEN_QUARTERS = (15 * 3600) / QUARTER;
const WEEKEND_WEIGHT = 0.35;
const LENGTHS = [1, 2, 2, 2, 3, 4, 4, 4, 6, 8];

/** A sentence when the rooms cannot hold so many reservations in so many days; undefined when they can. */
export function tooMany({ rooms, days, reservations }: DemoSize): string | undefined {
  // A day of only weekdays is the fullest case.
  const most = Math.floor(rooms * days * WEEKEND_WEIGHT * OPEN_QUARTERS);
  return reservations > most ? `${String(rooms)} rooms hold at most ${String(most)} reservations in ${String(days)} days` : undefined;
}

/**
 * All reservations of the demo, in days and within a day in rooms: exactly as many as asked for, none overlapping another.
 * A generator, so that ten million take no more memory than ten.
 */
export function* planReservations(world: DemoWorld, size: DemoSize, seed: number, cast: Cast): Generator<DemoReservation> {
  const random = new Random(seed);
  const first = Math.floor(cast.at / DAY) - Math.floor((size.days * 3) / 4);
  const weights = Array.from({ length: size.days }, (_, i) => (isWeekend(first + i) ? WEEKEND_WEIGHT : 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0) * world.rooms.length;
  let passed = 0;
  let made = 0;
  for (const [i, weight] of weights.entries()) {
    for (const room of world.rooms) {
      passed += weight;
      const due = Math.round((size.reservations * passed) / total);
      for (const slot of slotsOfDay(room, first + i, due - made, random)) yield tell(slot, cast, random);
      made = due;
    }
  }
}

/** Cuts a room's day into `count` parts and puts a meeting somewhere in each. */
function* slotsOfDay(room: DemoRoom, day: number, count: number, random: Random): Generator<Slot> {
  // Noon's offset serves the whole day: no zone of the demo changes its clocks in opening hours.
  const midnight = day * DAY - offsetAt(room.timeZone, day * DAY + DAY / 2);
  const daytime = room.handover ? count - 1 : count;
  const part = Math.floor(OPEN_QUARTERS / Math.max(daytime, 1));
  for (let i = 0; i < daytime; i++) {
    const length = Math.min(random.pick(LENGTHS), part);
    const start = midnight + OPENS + (i * part + random.whole(0, part - length)) * QUARTER;
    yield { room, startAt: start, endAt: start + length * QUARTER };
  }
  if (room.handover && count > 0) {
    const start = wallTime(room.timeZone, day, DAY - 30 * MINUTE);
    yield { room, startAt: start, endAt: start + 60 * MINUTE };
  }
}

function isWeekend(day: number): boolean {
  const weekday = (day + 4) % 7;
  return weekday === 0 || weekday === 6;
}
