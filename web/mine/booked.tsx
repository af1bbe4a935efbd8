import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { listReservationsMethod, type Reservation } from '../../src/wire/v1/reservations.ts';
import { call } from '../lib/api.ts';
import { useWords } from '../lib/language.ts';
import { useNow } from '../lib/now.ts';
import { dayAfter, dayName, dayOf, instantOf } from '../lib/time.ts';
import { BOOKED_KEY } from '../lib/waiting.ts';
import { Empty, Failure, Loading } from '../parts/failure.tsx';
import { Booking } from './booking.tsx';
import { mineWords } from './words.ts';

/** How far one step goes back, in days. What is on now began within it. */
const BACK = 31;
const REFRESH = 60_000;

/** What somebody booked: what is on and what comes, day by day; what was, when asked. */
export function Booked() {
  const say = useWords(mineWords);
  const now = useNow(10_000);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const today = dayOf(now, zone);
  const [months, setMonths] = useState(1);
  const [showsPast, setShowsPast] = useState(false);
  const from = new Date(instantOf(dayAfter(today, -BACK * months), '00:00', zone)).toISOString();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [...BOOKED_KEY, from],
    queryFn: ({ pageParam, signal }) =>
      call(listReservationsMethod, { query: { reserver: 'me', from, limit: 500, ...(pageParam === '' ? {} : { cursor: pageParam }) }, signal }),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => next_cursor,
    refetchInterval: REFRESH,
    placeholderData: (before) => before,
  });
  if (!data) return error ? <Failure error={error} retry={() => void refetch()} /> : <Loading />;
  const rows = data.pages.flatMap(({ reservations }) => reservations);
  const ahead = rows.filter((row) => Date.parse(row.end) > now && isShown(row));
  const past = rows.filter((row) => Date.parse(row.end) <= now && row.status !== 'cancelled').reverse();
  return (
    <div className="stack">
      {error && <Failure error={error} retry={() => void refetch()} />}
      {ahead.length === 0 && (
        <Empty
          title={say.noneBooked}
          text={say.noneBookedText}
          action={
            <Link href="/rooms" className="button primary">
              {say.findRoom}
            </Link>
          }
        />
      )}
      <Days rows={ahead} now={now} today={today} />
      {hasNextPage && (
        <button type="button" className="button mine-more" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {say.later}
        </button>
      )}
      {!showsPast ? (
        <button
          type="button"
          className="button quiet mine-more"
          onClick={() => {
            setShowsPast(true);
          }}
        >
          {say.earlier}
        </button>
      ) : (
        <section className="stack mine-past" aria-label={say.earlierTitle}>
          {past.length === 0 && <p className="muted">{say.noneEarlier}</p>}
          <Days rows={past} now={now} today={today} />
          <button
            type="button"
            className="button quiet mine-more"
            onClick={() => {
              setMonths(months + 1);
            }}
          >
            {say.evenEarlier}
          </button>
        </section>
      )}
    </div>
  );
}

/** What its reserver gave up is gone; what was taken from them says why. */
function isShown({ status, cancellation, release }: Reservation): boolean {
  return !(status === 'cancelled' && cancellation?.cause === 'by_hand') && !(status === 'released' && release?.cause === 'by_hand');
}

function Days({ rows, now, today }: { rows: readonly Reservation[]; now: number; today: string }) {
  const say = useWords(mineWords);
  const days = new Map<string, Reservation[]>();
  for (const row of rows) {
    const day = dayOf(Date.parse(row.start), row.time_zone);
    const ofDay = days.get(day);
    if (ofDay) ofDay.push(row);
    else days.set(day, [row]);
  }
  const names: Record<string, string> = { [today]: say.today, [dayAfter(today, 1)]: say.tomorrow, [dayAfter(today, -1)]: say.yesterday };
  return [...days].map(([day, ofDay]) => {
    const [first] = ofDay;
    const date = first && dayName(Date.parse(first.start), first.time_zone, { year: day.slice(0, 4) !== today.slice(0, 4) });
    return (
      <section key={day} className="mine-day">
        <h2>{names[day] === undefined ? date : `${names[day]} · ${date ?? ''}`}</h2>
        <ul className="card mine-list">
          {ofDay.map((row) => (
            <Booking key={row.id} row={row} now={now} />
          ))}
        </ul>
      </section>
    );
  });
}
