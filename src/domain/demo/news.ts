import { addHistory, clockwork } from '../../store/history.ts';
import type { Queries } from '../../store/open.ts';
import { reservationPage } from '../../store/reservation-pages.ts';
import type { Reservation } from '../../store/tables.ts';
import { inboxOf } from '../inbox.ts';

/** How far back a person's inbox goes when the demo is loaded, seconds. */
const BACK = 42 * 86_400;

/**
 * What the clock and the sensors did to a person's reservations of late, as rows of the history: their inbox. The other rows of the demo
 * come without a history, as imported ones do.
 */
export async function addNews(tx: Queries, { tenantId, userId, at }: { tenantId: number; userId: string; at: number }): Promise<void> {
  const all = { roomNos: null, updatedSince: null, after: undefined, limit: 100 };
  const rows = await reservationPage(tx, { ...all, tenantId, now: at, from: at - BACK, to: at, statuses: ['released', 'rejected'], reserverId: userId });
  const news = rows.flatMap((row) => newsOf(row) ?? []).sort((a, b) => a.at - b.at);
  for (const { row, ...what } of news)
    await addHistory(tx, {
      ...what,
      tenantId,
      actor: clockwork,
      object: { kind: 'reservation', id: String(row.id) },
      inboxOf: inboxOf(clockwork, what.action.replace('reservation.', ''), userId),
    });
}

interface News {
  row: Reservation;
  at: number;
  action: string;
  before: object;
  after: object;
}

function newsOf(row: Reservation): News | undefined {
  const { released_at, release_cause, rejected_at, reject_cause } = row;
  if (released_at !== null && (release_cause === 'no_show' || release_cause === 'by_sensor')) {
    const before = { released_at: null, release_cause: null };
    return { row, at: released_at, action: 'reservation.release', before, after: { released_at, release_cause } };
  }
  if (rejected_at === null) return undefined;
  return { row, at: rejected_at, action: 'reservation.reject', before: { rejected_at: null, reject_cause: null }, after: { rejected_at, reject_cause } };
}
