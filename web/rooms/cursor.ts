import { QUARTER, type Axis } from './axis.ts';
import type { Line } from './lines.ts';

/** Where the keyboard stands: a line, and a part of the day. */
export interface Cursor {
  line: string;
  start: number;
  end: number;
}

export interface Press {
  key: string;
  shift: boolean;
  /** Lines that fit on the screen. */
  page: number;
}

/** Where a key leads; undefined: it leads nowhere. */
export function moved({ line, start, end }: Cursor, { key, shift, page }: Press, lines: readonly Line[], axis: Axis): Cursor | undefined {
  const index = Math.max(
    0,
    lines.findIndex(({ id }) => id === line),
  );
  const at = (next: number): Cursor => ({ line: lines[Math.min(Math.max(next, 0), lines.length - 1)]?.id ?? line, start, end });
  switch (key) {
    case 'ArrowUp':
      return at(index - 1);
    case 'ArrowDown':
      return at(index + 1);
    case 'PageUp':
      return at(index - page);
    case 'PageDown':
      return at(index + page);
    case 'Home':
      return { line, start: axis.from, end: axis.from + (end - start) };
    case 'End':
      return { line, start: axis.to - (end - start), end: axis.to };
    case 'ArrowRight':
      if (shift) return { line, start, end: Math.min(end + QUARTER, axis.to) };
      return end + QUARTER > axis.to ? undefined : { line, start: start + QUARTER, end: end + QUARTER };
    case 'ArrowLeft':
      if (shift) return { line, start, end: Math.max(end - QUARTER, start + QUARTER) };
      return start - QUARTER < axis.from ? undefined : { line, start: start - QUARTER, end: end - QUARTER };
    default:
      return undefined;
  }
}
