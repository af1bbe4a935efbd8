import { useQuery } from '@tanstack/react-query';
import { listApprovalsMethod } from '../../src/wire/v1/approvals.ts';
import { readInboxMethod } from '../../src/wire/v1/inbox.ts';
import { call } from './api.ts';

export const APPROVALS_KEY = ['approvals'];
export const INBOX_KEY = ['inbox'];
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

/** As a badge shows it. */
export function badgeText(count: number): string {
  return count > 99 ? '99+' : String(count);
}
