import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { listApprovalsMethod } from '../../src/wire/v1/approvals.ts';
import { readInboxMethod } from '../../src/wire/v1/inbox.ts';
import { call } from './api.ts';
import { useLive } from './live.ts';

export const APPROVALS_KEY = ['approvals'];
export const INBOX_KEY = ['inbox'];
export const BOOKED_KEY = ['booked'];
/** How often it is read again while nothing says that it changed. */
const EVERY = 60_000;

/** How much waits for the person: requests to decide, and unread news; each counted up to 100. */
export function useWaiting(): { approvals: number; unread: number } {
  const approvals = useQuery({
    queryKey: [...APPROVALS_KEY, 'count'],
    queryFn: async ({ signal }) => (await call(listApprovalsMethod, { query: { limit: 1 }, signal })).count,
    refetchInterval: EVERY,
  });
  const unread = useQuery({
    queryKey: [...INBOX_KEY, 'count'],
    queryFn: async ({ signal }) => (await call(readInboxMethod, { query: { limit: 1 }, signal })).unread,
    refetchInterval: EVERY,
  });
  return { approvals: approvals.data ?? 0, unread: unread.data ?? 0 };
}

/** Several changes that come together are one reason to read again. Milliseconds. */
const TOGETHER = 500;

/** Has what concerns the person read again when it may have changed; once, in the frame of all screens. */
export function useNews(): void {
  const queries = useQueryClient();
  const due = useRef(new Set<string>());
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
    },
    [],
  );
  useLive((event) => {
    const add = (...keys: string[][]) => {
      for (const [key] of keys) if (key !== undefined) due.current.add(key);
    };
    if (event.kind === 'refetch') add(APPROVALS_KEY, INBOX_KEY, BOOKED_KEY);
    else if (event.kind === 'tree') add(APPROVALS_KEY);
    // Whose a reservation was that is gone is not told.
    else if ('gone' in event.row) add(APPROVALS_KEY, INBOX_KEY, BOOKED_KEY);
    else {
      if (event.row.mine) add(INBOX_KEY, BOOKED_KEY);
      const waits = queries.getQueryData<number>([...APPROVALS_KEY, 'count']) ?? 0;
      if (event.row.state === 'pending' || waits > 0) add(APPROVALS_KEY);
    }
    if (due.current.size === 0 || timer.current !== undefined) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      for (const key of due.current) void queries.invalidateQueries({ queryKey: [key] });
      due.current.clear();
    }, TOGETHER);
  });
}

/** As a badge shows it. */
export function badgeText(count: number): string {
  return count > 99 ? '99+' : String(count);
}
