import './room.css';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'wouter';
import { getRoomMethod } from '../../src/wire/v1/rooms.ts';
import { timelineMethod } from '../../src/wire/v1/timeline.ts';
import { ApiError, call } from '../lib/api.ts';
import { useWords } from '../lib/language.ts';
import { useNow } from '../lib/now.ts';
import { dayBounds, dayOf, offsetName } from '../lib/time.ts';
import { useLive } from '../lib/live.ts';
import { useTree } from '../lib/tree.ts';
import { Failure, Loading } from '../parts/failure.tsx';
import { TIMELINE_KEY } from '../mine/act.ts';
import { isElsewhere } from '../mine/booking.tsx';
import { useSession } from '../shell/session.ts';
import { About } from './about.tsx';
import { DoorCode } from './door-code.tsx';
import { Now } from './now.tsx';
import { Schedule } from './schedule.tsx';
import { roomNow, slotOf } from './state.ts';
import { roomWords } from './words.ts';

const HOUR = 3_600_000;
/** While nothing says that something changed. */
const REFRESH = 60_000;

/** A room's own page: what its QR code opens, and where one checks in. */
export default function Screen() {
  const say = useWords(roomWords);
  const { room: id } = useParams<{ room: string }>();
  const now = useNow(10_000);
  // Wide enough for the room's day, whatever its zone is, so that both are asked for at once.
  const hour = Math.floor(now / HOUR) * HOUR;
  const [from, to] = [new Date(hour - 26 * HOUR).toISOString(), new Date(hour + 27 * HOUR).toISOString()];
  const room = useQuery({
    queryKey: ['room', id],
    queryFn: ({ signal }) => call(getRoomMethod, { params: { room_id: id }, signal }),
    refetchInterval: REFRESH,
  });
  const day = useQuery({
    queryKey: [...TIMELINE_KEY, 'room', id, from],
    queryFn: ({ signal }) => call(timelineMethod, { query: { from, to, room: id }, signal }),
    refetchInterval: REFRESH,
    placeholderData: (before) => before,
  });
  useLive((event) => {
    if (event.kind === 'reservation' && event.row.room_id !== id) return;
    if (event.kind !== 'reservation') void room.refetch();
    void day.refetch();
  }, day.data?.live ?? null);
  const session = useSession();
  const { data: tree } = useTree();
  const error = room.error ?? day.error;
  if (error instanceof ApiError && error.status === 404) {
    return (
      <div className="empty stack">
        <h1>{say.noRoom}</h1>
        <p>{say.noRoomText}</p>
        <p>
          <Link href="/rooms">{say.toRooms}</Link>
        </p>
      </div>
    );
  }
  const retry = () => {
    void room.refetch();
    void day.refetch();
  };
  if (!room.data || !day.data) {
    return (
      <>
        <h1 className="visually-hidden">{say.room}</h1>
        {error ? <Failure error={error} retry={retry} /> : <Loading />}
      </>
    );
  }
  const { time_zone: zone } = room.data;
  const [dayStart, dayEnd] = dayBounds(dayOf(now, zone), zone);
  const slots = day.data.reservations.map(slotOf).sort((a, b) => a.start - b.start);
  const today = slots.filter(({ start, end }) => end > dayStart && start < dayEnd);
  const state = roomNow(slots, room.data.disabled, now, dayEnd);
  const rights = { isAdministrator: session?.roles.administrator ?? false, isBookable: day.data.rooms[0]?.bookable ?? false };
  return (
    <div className="room">
      <header>
        <h1>{room.data.name}</h1>
        <p className="muted">
          {[tree?.path(id).slice(0, -1).join(' / ') ?? day.data.levels[0]?.name, say.seats(room.data.capacity)].filter((one) => one).join(' · ')}
        </p>
        {isElsewhere(now, zone) && <p className="muted">{say.zone(`${zone} (${offsetName(now, zone)})`)}</p>}
      </header>
      {error && <Failure error={error} retry={retry} />}
      <Now room={room.data} state={state} now={now} needsApproval={day.data.rooms[0]?.needs_approval ?? false} {...rights} />
      <Schedule slots={today} zone={zone} now={now} />
      <p>
        <Link href={`/rooms?day=${dayOf(now, zone)}&level=${room.data.level_id}`}>{say.inTimeline}</Link>
      </p>
      <About room={room.data} />
      {rights.isAdministrator && <DoorCode room={room.data} />}
    </div>
  );
}
