import { useLocation, useSearch } from 'wouter';

/** What a screen keeps in its address, so that it can be sent to somebody: names and texts. Absent: as if nothing had been chosen. */
export type Search = Readonly<Record<string, string | undefined>>;

/** The screen's part of the address, and a way to change some of it. Going back undoes a change unless it was made with `replace`. */
export function useSearchState(): [search: Search, change: (part: Search, options?: { replace?: boolean }) => void] {
  const text = useSearch();
  const [path, navigate] = useLocation();
  const search = Object.fromEntries(new URLSearchParams(text));
  const change = (part: Search, { replace = false } = {}) => {
    const next = new URLSearchParams(text);
    for (const [name, value] of Object.entries(part)) {
      if (value === undefined || value === '') next.delete(name);
      else next.set(name, value);
    }
    const query = next.toString();
    navigate(query === '' ? path : `${path}?${query}`, { replace });
  };
  return [search, change];
}
