import { useLayoutEffect, useMemo, useState, type RefObject } from 'react';

export interface Row {
  index: number;
  top: number;
  height: number;
}

/** Rows beyond what is in sight that are drawn all the same. */
const BEYOND = 4;

/** Where each of several rows begins; last: where they end. */
export function topsOf(heights: readonly number[]): number[] {
  const tops = [0];
  for (const height of heights) tops.push((tops.at(-1) ?? 0) + height);
  return tops;
}

/** The row at a height: the last that begins there or above. */
export function rowAt(tops: readonly number[], y: number): number {
  let [low, high] = [0, Math.max(0, tops.length - 2)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((tops[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * The rows that are in sight, below a head that stays. Their heights are known, so nothing is measured: what a library for this weighs is
 * a tenth of the screen.
 */
export function useRows(frame: RefObject<HTMLElement | null>, heights: readonly number[], head: number) {
  const tops = useMemo(() => topsOf(heights), [heights]);
  const [[first, last], setRange] = useState<readonly [number, number]>([0, -1]);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const look = () => {
      const from = Math.max(0, rowAt(tops, element.scrollTop) - BEYOND);
      const to = rowAt(tops, element.scrollTop + element.clientHeight - head) + BEYOND;
      setRange((before) => (before[0] === from && before[1] === to ? before : [from, to]));
    };
    look();
    const size = new ResizeObserver(look);
    size.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      size.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [frame, tops, head]);
  const rows: Row[] = [];
  for (let index = first; index <= Math.min(last, heights.length - 1); index++) rows.push({ index, top: tops[index] ?? 0, height: heights[index] ?? 0 });
  const reveal = (index: number) => {
    const element = frame.current;
    const [top = 0, bottom = 0] = tops.slice(index, index + 2);
    if (!element) return;
    const sight = element.clientHeight - head;
    if (top < element.scrollTop) element.scrollTo({ top });
    else if (bottom > element.scrollTop + sight) element.scrollTo({ top: bottom - sight });
  };
  return { rows, height: tops.at(-1) ?? 0, reveal };
}
