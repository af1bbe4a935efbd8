import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { utilisationRowsMethod } from '../../src/wire/v1/utilisation.ts';
import { call } from '../lib/api.ts';
import { useWords } from '../lib/language.ts';
import { clockTime, dayName } from '../lib/time.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Failure, Loading } from '../parts/failure.tsx';
import { hourName, weekdays, whole } from './figures.ts';
import { useWordsOfUse } from './words.ts';

interface Props {
  from: string;
  to: string;
  level: string | undefined;
  weekday: number;
  hour: number;
  onClose: () => void;
}

/** The reservations behind a cell: exactly those that took time of the hour. */
export function Rows({ from, to, level, weekday, hour, onClose }: Props) {
  const say = useWords(useWordsOfUse);
  const query = { from, to, ...(level === undefined ? {} : { level }), weekday, hour };
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['utilisation', 'rows', query],
    queryFn: ({ pageParam, signal }) => call(utilisationRowsMethod, { query: { ...query, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => next_cursor,
  });
  const rows = data?.pages.flatMap(({ reservations }) => reservations) ?? [];
  return (
    <Dialog title={say.behind(weekdays('long')[weekday - 1] ?? '', `${hourName(hour)}–${hourName(hour + 1)}`)} onClose={onClose}>
      {error ? <Failure error={error} retry={() => void refetch()} /> : !data && <Loading />}
      {data && (
        <div className="stack use-rows">
          <p className="muted">
            {say.countOf(whole(data.pages[0]?.total ?? 0))}{' '}
            <Link href={`/ledger?${new URLSearchParams({ from, to, ...(level === undefined ? {} : { level }) }).toString()}`}>{say.ledger}</Link>
          </p>
          {rows.length > 0 && (
            <div className="table-frame" tabIndex={0} role="group" aria-label={say.reservations}>
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">{say.when}</th>
                    <th scope="col">{say.room}</th>
                    <th scope="col">{say.what}</th>
                    <th scope="col">{say.who}</th>
                    <th scope="col">{say.state}</th>
                    <th scope="col">{say.inHour}</th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map(({ id, start, end, time_zone, room_name, title, reserver, status, minutes }) => (
                    <tr key={id} data-reservation={id}>
                      <th scope="row" className="use-when">
                        {dayName(Date.parse(start), time_zone)} {clockTime(Date.parse(start), time_zone)}–{clockTime(Date.parse(end), time_zone)}
                      </th>
                      <td>{room_name}</td>
                      <td className="use-title">{title ?? <span className="muted">{say.private}</span>}</td>
                      <td>{reserver.name}</td>
                      <td>{say.states[status as keyof typeof say.states]}</td>
                      <td className="number">{whole(minutes)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
          {hasNextPage && (
            <button type="button" className="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {say.more}
            </button>
          )}
        </div>
      )}
    </Dialog>
  );
}
