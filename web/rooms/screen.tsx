import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { useWords } from '../lib/language.ts';
import { keep, kept } from '../lib/kept.ts';
import { useNow } from '../lib/now.ts';
import { dayOf } from '../lib/time.ts';
import { useTree } from '../lib/tree.ts';
import { Empty, Failure, Loading } from '../parts/failure.tsx';
import { later } from '../parts/later.tsx';
import { useSession, type Session } from '../shell/session.ts';
import { useActions } from './actions.ts';
import { useWanted } from './address.ts';
import { axisOf, quarterOf } from './axis.ts';
import { useDay } from './day.ts';
import { questionOf, useFound, type Question } from './find.ts';
import type { Span } from './gaps.ts';
import { Grid } from './grid.tsx';
import { chosen, isFiltering, linesOf } from './lines.ts';
import { useLastLevel } from './last-level.ts';
import { useLiveDay } from './live.ts';
import { bookingOf } from './picture.ts';
import './rooms.css';
import { Toolbar } from './toolbar.tsx';
import { roomsWords } from './words.ts';

const Sheet = later(() => import('./sheet.tsx').then((module) => module.Sheet));
const Found = later(() => import('./finder.tsx').then((module) => module.Found));
const Details = later(() => import('./details.tsx').then((module) => module.Details));

const NEAR = 'yuding.near';
const NO_FILTERS = { people: 0, equipment: [], text: '', freeNow: false };

export default function Screen() {
  const session = useSession();
  return session ? <Rooms session={session} /> : null;
}

function Rooms({ session }: { session: Session }) {
  const say = useWords(roomsWords);
  const now = useNow(20_000);
  const [wanted, change] = useLastLevel(session.person.id, useWanted());
  const tree = useTree();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [slot, setSlot] = useState<{ roomId: string; span: Span }>();
  const [opened, setOpened] = useState<string>();
  const [minutes, setMinutes] = useState(45);
  const [question, setQuestion] = useState<Question>();

  // The axis is that of the level, whose zone the tree knows; an unknown level is the server's to refuse.
  const zone =
    wanted.level === undefined ? session.tenant.time_zone : tree.data ? (tree.data.level(wanted.level)?.time_zone ?? session.tenant.time_zone) : undefined;
  const today = zone === undefined ? undefined : dayOf(now, zone);
  const day = wanted.day ?? today;
  const axis = useMemo(() => (zone === undefined || day === undefined ? undefined : axisOf(day, zone)), [day, zone]);
  const view = { axis, level: wanted.level };
  const { data: picture, error, refetch } = useDay(view);
  const actions = useActions(view);
  const found = useFound(question);

  const shown = useMemo(() => picture && chosen(picture, { ...wanted, freeNow: wanted.freeNow && day === today }, now), [picture, wanted, now, day, today]);
  const lines = useMemo(() => (picture && shown ? linesOf(picture, shown, closed) : []), [picture, shown, closed]);
  const equipment = useMemo(() => [...new Set((picture?.rooms ?? []).flatMap((room) => room.equipment))].sort((a, b) => a.localeCompare(b)), [picture?.rooms]);
  const slots = useMemo(() => new Map((found.data ?? []).map(({ roomId, start, end }) => [roomId, { start, end }])), [found.data]);

  const book = (roomId: string, span: Span) => {
    keep(NEAR, roomId);
    setSlot({ roomId, span });
  };
  const looks = isFiltering(wanted) || wanted.level !== undefined;
  useLiveDay(view, {
    picture,
    isWanted: (roomId) => looks && picture !== undefined && chosen(picture, { ...wanted, freeNow: false }, now).has(roomId),
    onTake: (roomId, { start, end }) => {
      if (axis) book(roomId, { start: quarterOf(axis, start), end });
    },
  });

  if (error && !picture)
    return (
      <Page title={say.title}>
        <Failure error={error} retry={() => void refetch()} />
      </Page>
    );
  if (tree.error && zone === undefined)
    return (
      <Page title={say.title}>
        <Failure error={tree.error} retry={() => void tree.refetch()} />
      </Page>
    );
  if (picture?.rooms.length === 0 && wanted.level === undefined) {
    const { administrator } = session.roles;
    return (
      <Page title={say.title}>
        <Empty
          title={say.noRooms}
          text={administrator ? say.noRoomsText : `${say.noRoomsText} ${say.noRoomsAsk}`}
          action={
            administrator ? (
              <Link href="/admin" className="button primary">
                {say.addRooms}
              </Link>
            ) : undefined
          }
        />
      </Page>
    );
  }
  const booking = picture && opened !== undefined ? bookingOf(picture, opened) : undefined;
  const room = picture && slot ? picture.roomOf.get(slot.roomId) : undefined;
  return (
    <Page title={say.title}>
      {axis && today !== undefined && (
        <Toolbar
          wanted={wanted}
          onChange={change}
          day={axis.day}
          today={today}
          zone={axis.zone}
          equipment={equipment}
          minutes={minutes}
          onMinutes={setMinutes}
          onFind={() => {
            setQuestion(questionOf(wanted, axis, now, minutes, kept(NEAR) ?? undefined));
          }}
        />
      )}
      {error && <Failure error={error} retry={() => void refetch()} />}
      {question && picture && axis && (
        <Found
          found={found}
          picture={picture}
          axis={axis}
          now={now}
          onBook={book}
          onClose={() => {
            setQuestion(undefined);
          }}
        />
      )}
      {!picture || !axis ? (
        <Loading />
      ) : lines.length === 0 ? (
        <Empty
          title={say.nothingFits}
          text={say.nothingFitsText}
          action={
            isFiltering(wanted) && (
              <button
                type="button"
                className="button"
                onClick={() => {
                  change(NO_FILTERS);
                }}
              >
                {say.clearFilters}
              </button>
            )
          }
        />
      ) : (
        <Grid
          picture={picture}
          axis={axis}
          lines={lines}
          now={now}
          isAdministrator={session.roles.administrator}
          actions={actions}
          found={slots}
          onToggle={(level) => {
            const next = new Set(closed);
            if (!next.delete(level)) next.add(level);
            setClosed(next);
          }}
          onBook={book}
          onOpen={setOpened}
        />
      )}
      {slot && room && picture && axis && (
        <Sheet
          room={room}
          span={slot.span}
          picture={picture}
          axis={axis}
          now={now}
          actions={actions}
          onClose={() => {
            setSlot(undefined);
          }}
        />
      )}
      {booking && picture && axis && (
        <Details
          key={booking.id}
          booking={booking}
          picture={picture}
          axis={axis}
          now={now}
          isAdministrator={session.roles.administrator}
          actions={actions}
          onClose={() => {
            setOpened(undefined);
          }}
        />
      )}
    </Page>
  );
}

function Page({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div className="rooms">
      <h1 className="visually-hidden">{title}</h1>
      {children}
    </div>
  );
}
