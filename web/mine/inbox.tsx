import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { markInboxMethod, readInboxMethod, type InboxItem } from '../../src/wire/v1/inbox.ts';
import { call } from '../lib/api.ts';
import { useWords } from '../lib/language.ts';
import { dayName, dayOf, moment } from '../lib/time.ts';
import { useNow } from '../lib/now.ts';
import { INBOX_KEY } from '../lib/waiting.ts';
import { Empty, Failure, Loading } from '../parts/failure.tsx';
import { toast } from '../parts/toasts.tsx';
import { useAct } from './act.ts';
import { timesOf } from './booking.tsx';
import { ruleWords } from './rules.ts';
import { mineWords } from './words.ts';

/** What others, or the clock, did to somebody's reservations. */
export function Inbox() {
  const say = useWords(mineWords);
  const { busy, act } = useAct();
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: [...INBOX_KEY, 'list'],
    queryFn: ({ pageParam, signal }) => call(readInboxMethod, { query: { limit: 50, ...(pageParam === '' ? {} : { cursor: pageParam }) }, signal }),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => next_cursor,
    refetchInterval: 60_000,
  });
  if (!data) return error ? <Failure error={error} retry={() => void refetch()} /> : <Loading />;
  const items = data.pages.flatMap((page) => page.items);
  const [latest] = items;
  const unread = items.some((item) => item.unread);
  return (
    <div className="stack">
      {error && <Failure error={error} retry={() => void refetch()} />}
      {latest && (
        <div className="row end">
          <button
            type="button"
            className="button"
            disabled={busy || !unread}
            onClick={() =>
              void act(
                () => call(markInboxMethod, { body: { up_to: latest.id } }),
                () => {
                  toast(say.markedRead);
                },
              )
            }
          >
            {say.markRead}
          </button>
        </div>
      )}
      {items.length === 0 && <Empty title={say.noNews} text={say.noNewsText} />}
      {items.length > 0 && (
        <ul className="card mine-inbox">
          {items.map((item) => (
            <News key={item.id} item={item} />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <button type="button" className="button mine-more" onClick={() => void fetchNextPage()}>
          {say.more}
        </button>
      )}
    </div>
  );
}

const looks: Record<InboxItem['kind'], readonly [state: string, icon: string]> = {
  booked: ['mine', '★'],
  approved: ['free', '✓'],
  declined: ['absent', '✕'],
  cancelled: ['absent', '✕'],
  moved: ['pending', '→'],
  released: ['released', '↩'],
  restored: ['mine', '★'],
};

function News({ item }: { item: InboxItem }) {
  const say = useWords(mineWords);
  const { reservation: row, moved, note } = item;
  const zone = row.time_zone;
  const sentence = useSentence(item);
  const [state, icon] = looks[item.kind];
  const isThere = ['accepted', 'pending'].includes(row.status);
  // Nobody needs another room for what would be over by now.
  const isOver = Date.parse(row.end) <= useNow(60_000);
  const day = `/rooms?day=${dayOf(Date.parse(row.start), zone)}`;
  const to = moved ? { ...moved.to, time_zone: zone } : { ...row, room_name: row.room_name };
  return (
    <li className="mine-news" data-unread={item.unread || undefined}>
      <span className="state" data-state={state} aria-hidden="true">
        {icon}
      </span>
      <div className="mine-what">
        <p className="mine-sentence">
          {item.unread && <span className="visually-hidden">{say.new}: </span>}
          {sentence}
        </p>
        <p className="muted">
          {to.room_name} · {dayName(Date.parse(to.start), zone)} {timesOf(to)}
          {moved && (
            <>
              {' '}
              ({say.was} {moved.from.room_name === to.room_name ? '' : `${moved.from.room_name} · `}
              {dayName(Date.parse(moved.from.start), zone)} {timesOf({ ...moved.from, time_zone: zone })})
            </>
          )}
        </p>
        {note !== null && note !== '' && <p className="mine-reason">{say.theirWords(note)}</p>}
      </div>
      <div className="mine-when">
        <time dateTime={item.at} className="muted">
          {moment(Date.parse(item.at), zone)}
        </time>
        {isThere && <Link href={`${day}&reservation=${row.id}`}>{say.see}</Link>}
        {!isThere && !isOver && <Link href={day}>{say.findRoom}</Link>}
      </div>
    </li>
  );
}

function useSentence({ kind, cause, by, reservation }: InboxItem): string {
  const say = useWords(mineWords);
  const rules = useWords(ruleWords);
  const who = by ?? say.somebody;
  const title = say.quoted(reservation.title || say.untitled);
  const { news } = say;
  switch (kind) {
    case 'booked':
    case 'approved':
    case 'moved':
    case 'restored':
      return news[kind](who, title);
    case 'declined':
      if (cause === 'by_approver') return news.by_approver(who, title);
      if (cause === 'outbid' || cause === 'undecided') return news[cause](title);
      return news.rule(title, rules[cause ?? ''] ?? '');
    case 'cancelled':
      return cause === 'room_disabled' || cause === 'room_deleted' ? news[cause](title) : news.cancelled(who, title);
    case 'released':
      return cause === 'no_show' || cause === 'by_sensor' ? news[cause](title) : news.released(who, title);
  }
}
