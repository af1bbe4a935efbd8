import { size } from './scale.ts';
import { below, oneOf, randomFrom, type Random } from './random.ts';

/** How racers choose their slots: all go along one row of slots; all crowd into few; anywhere. */
export type Shape = 'frontier' | 'hot' | 'random';

export interface Slot {
  roomId: string;
  startAt: number;
  endAt: number;
}

/** One racer: the first and the last of its attempts, the rooms it races in, and where in time they begin. */
export interface Walk {
  shape: Shape;
  rooms: readonly string[];
  base: number;
  seed: number;
  from: number;
  to: number;
}

/** What a racer writes down: before it gives a booking up, and after each answer. `lost`: nobody knows what became of it. */
export type Note =
  | { at: number; what: 'booked'; id: number; slot: Slot }
  | { at: number; what: 'taken' | 'lost' }
  | { at: number; what: 'failed'; message: string }
  | { at: number; what: 'leaving' | 'left'; id: number };

/** How a racer books: through the domain, or over HTTP. */
export interface Booker {
  book(slot: Slot): Promise<number | 'taken' | 'lost'>;
  cancel(id: number): Promise<'left' | 'lost'>;
}

const MINUTE = 60;
const HALF_HOUR = 1800;
const HOT_SLOTS = 200;
/** Of bookings in the hot shape, so that its slots never run out. */
const GIVEN_UP = 0.35;

export async function walk(booker: Booker, { shape, rooms, base, seed, from, to }: Walk, note: (note: Note) => void): Promise<void> {
  const random = randomFrom(seed + from);
  const own: { id: number; slot: Slot }[] = [];
  for (let at = from; at < to; at++) {
    try {
      let slot = slotOf(shape, rooms, base, at, random);
      if (shape === 'hot' && own.length > 0 && random() < GIVEN_UP) {
        const [old] = own.splice(below(random, own.length), 1) as [{ id: number; slot: Slot }];
        note({ at, what: 'leaving', id: old.id });
        if ((await booker.cancel(old.id)) === 'left') note({ at, what: 'left', id: old.id });
        // Half of them want back what they gave up, against all who wait for it.
        if (random() < 0.5) slot = old.slot;
      }
      const outcome = await booker.book(slot);
      if (typeof outcome === 'number') {
        own.push({ id: outcome, slot });
        note({ at, what: 'booked', id: outcome, slot });
      } else note({ at, what: outcome });
    } catch (error) {
      note({ at, what: 'failed', message: String(error) });
    }
  }
}

function slotOf(shape: Shape, rooms: readonly string[], base: number, at: number, random: Random): Slot {
  if (shape === 'random') {
    const startAt = base + below(random, size(12 * 24 * 4, 60 * 24 * 12)) * 5 * MINUTE;
    return { roomId: oneOf(random, rooms), startAt, endAt: startAt + (1 + below(random, 12)) * 15 * MINUTE };
  }
  const startAt = base + (shape === 'frontier' ? at : below(random, HOT_SLOTS)) * HALF_HOUR;
  return { roomId: shape === 'frontier' ? (rooms[0] ?? '') : oneOf(random, rooms), startAt, endAt: startAt + HALF_HOUR };
}
