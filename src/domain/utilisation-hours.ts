import { readOffset } from './zones.ts';

/*
 * The clock of a zone, cut into pieces that lie in one hour of one day, each open or closed. A piece is an hour long but where clocks change or
 * the hours of use begin within it; on a day on which clocks change there are fewer pieces, or one hour has two.
 */

const DAY = 86_400;
const HOUR = 3600;
const STEP = 900;
/** No zone is farther from UTC. */
const FARTHEST = 16 * HOUR;

export interface HoursOf {
  zone: string;
  /** Days since 1970, the first one, and how many. */
  firstDay: number;
  days: number;
  /** Seconds of the day between which rooms can be used. */
  opens: number;
  closes: number;
}

export interface Hours {
  /** The period: from the first day's beginning to the last one's end. */
  readonly from: number;
  readonly until: number;
  /** When each piece begins; the last entry is the end of the last piece. */
  readonly starts: Float64Array;
  /** Counted from the first day; -1: of none of the days. */
  readonly day: Int32Array;
  /** Monday's first hour is 0, Sunday's last 167. */
  readonly cell: Uint8Array;
  readonly open: Uint8Array;
  /** The piece at each quarter of an hour from `from` on, to begin to look from. */
  readonly at: Int32Array;
  /** Smallest and largest offset from UTC. */
  readonly offsets: readonly [least: number, most: number];
}

export function hoursOf({ zone, firstDay, days, opens, closes }: HoursOf): Hours {
  const starts: number[] = [];
  const dayOf: number[] = [];
  const cells: number[] = [];
  const open: number[] = [];
  const spans = offsetsBetween(zone, firstDay * DAY - FARTHEST, (firstDay + days) * DAY + FARTHEST);
  let end = 0;
  let endsAt = firstDay * DAY;
  for (const { from, until, offset } of spans) {
    for (let at = from; at < until;) {
      const local = at + offset;
      const day = Math.floor(local / DAY);
      const second = local - day * DAY;
      const next = Math.min(...[opens, closes, (Math.floor(second / HOUR) + 1) * HOUR].filter((bound) => bound > second));
      const pieceEnd = Math.min(until, at + next - second);
      const isOurs = day >= firstDay && day < firstDay + days;
      if (isOurs || starts.length > 0) {
        starts.push(at);
        dayOf.push(isOurs ? day - firstDay : -1);
        cells.push(((day + 3) % 7) * 24 + Math.floor(second / HOUR));
        open.push(isOurs && second >= opens && second < closes ? 1 : 0);
      }
      if (isOurs) {
        end = starts.length;
        endsAt = pieceEnd;
      }
      at = pieceEnd;
    }
  }
  // What lies behind the last day is not needed; the end of the last piece closes the list.
  starts.length = end;
  starts.push(endsAt);
  const from = starts[0] ?? endsAt;
  const until = endsAt;
  const at = new Int32Array(Math.ceil((until - from) / STEP) + 1);
  for (let quarter = 0, piece = 0; quarter < at.length; quarter++) {
    while (piece + 1 < end && (starts[piece + 1] ?? 0) <= from + quarter * STEP) piece++;
    at[quarter] = piece;
  }
  const used = spans.map(({ offset }) => offset);
  return {
    from,
    until,
    starts: Float64Array.from(starts),
    day: Int32Array.from(dayOf.slice(0, end)),
    cell: Uint8Array.from(cells.slice(0, end)),
    open: Uint8Array.from(open.slice(0, end)),
    at,
    offsets: [Math.min(...used), Math.max(...used)],
  };
}

/** The piece that an instant of the period lies in. */
export function pieceAt({ from, starts, at }: Hours, instant: number): number {
  let piece = at[Math.floor((instant - from) / STEP)] ?? 0;
  while ((starts[piece + 1] ?? Infinity) <= instant) piece++;
  return piece;
}

interface Span {
  from: number;
  until: number;
  /** Seconds ahead of UTC. */
  offset: number;
}

/** The offsets in force between two instants, one after the other. */
function offsetsBetween(zone: string, from: number, until: number): Span[] {
  const spans: Span[] = [];
  for (let block = Math.floor(from / BLOCK); block * BLOCK < until; block++) {
    for (const span of offsetsOfBlock(zone, block)) {
      const last = spans.at(-1);
      const part = { from: Math.max(span.from, from), until: Math.min(span.until, until), offset: span.offset };
      if (part.from >= part.until) continue;
      if (last?.offset === part.offset) last.until = part.until;
      else spans.push(part);
    }
  }
  return spans;
}

/** Offsets are kept by stretches of so long. */
const BLOCK = 400 * DAY;
const BLOCKS_KEPT = 2000;
const blocks = new Map<string, Span[]>();

/** Looked at twice a day; where two looks differ, the change between them is found to the second. */
function offsetsOfBlock(zone: string, block: number): Span[] {
  const key = `${zone} ${String(block)}`;
  const kept = blocks.get(key);
  if (kept) return kept;
  const [from, until] = [block * BLOCK, (block + 1) * BLOCK];
  let last: Span = { from, until, offset: readOffset(zone, from) };
  const spans = [last];
  for (let before = from; before < until; before += DAY / 2) {
    const after = Math.min(before + DAY / 2, until - 1);
    const offset = readOffset(zone, after);
    if (offset === last.offset) continue;
    let [low, high] = [before, after];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (readOffset(zone, middle) === last.offset) low = middle;
      else high = middle;
    }
    last.until = high;
    last = { from: high, until, offset };
    spans.push(last);
  }
  if (blocks.size >= BLOCKS_KEPT) blocks.clear();
  blocks.set(key, spans);
  return spans;
}
