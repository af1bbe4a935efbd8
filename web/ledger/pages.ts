import { useCallback } from 'react';

/*
 * A cursor leads on, never back: what led to a page is kept for as long as the window is open, so that a reload does not lose the way.
 */
const PREFIX = 'yuding.ledger.before.';

/** The page before one that a cursor leads to: its cursor, empty for the first page; undefined when this window never saw it. */
function before(cursor: string): string | undefined {
  try {
    return sessionStorage.getItem(PREFIX + cursor) ?? undefined;
  } catch {
    return undefined;
  }
}

function remember(cursor: string, from: string): void {
  try {
    sessionStorage.setItem(PREFIX + cursor, from);
  } catch {
    // Then one goes back to the first page.
  }
}

/** Steps through the pages of a walk. */
export function usePages(cursor: string | undefined, next: string | null, go: (cursor: string | undefined) => void) {
  const previous = cursor === undefined ? undefined : before(cursor);
  const toNext = useCallback(() => {
    if (next === null) return;
    remember(next, cursor ?? '');
    go(next);
  }, [cursor, next, go]);
  return {
    toNext: next === null ? undefined : toNext,
    toPrevious:
      previous === undefined
        ? undefined
        : () => {
            go(previous === '' ? undefined : previous);
          },
    toFirst:
      cursor === undefined
        ? undefined
        : () => {
            go(undefined);
          },
  };
}
