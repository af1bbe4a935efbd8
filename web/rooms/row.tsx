import { memo, type CSSProperties } from 'react';
import { useWords } from '../lib/language.ts';
import { offset, offsetName } from '../lib/time.ts';
import { openHours, percentText, span, type Axis } from './axis.ts';
import { Bar } from './bar.tsx';
import type { Span } from './gaps.ts';
import type { Booking, Room } from './picture.ts';
import { roomsWords } from './words.ts';

interface Props {
  room: Room;
  bookings: readonly Booking[];
  axis: Axis;
  top: number;
  height: number;
  index: number;
  depth: number;
  /** Where the keyboard stands, when it stands here. */
  cursor?: Span | undefined;
  /** What the finder has found here. */
  found?: Span | undefined;
}

/** A room and its day. Drawn again only when something in it changed. */
export const RoomRow = memo(function RoomRow({ room, bookings, axis, top, height, index, depth, cursor, found }: Props) {
  const say = useWords(roomsWords);
  const elsewhere = offset(axis.from, room.zone) !== offset(axis.from, axis.zone);
  const notes = [
    say.seats(room.capacity),
    ...room.equipment,
    ...(room.needs_approval ? [say.needsApproval] : []),
    ...(room.hours ? [say.closedThen(room.hours.from, room.hours.until)] : []),
    ...(elsewhere ? [say.otherZone(offsetName(axis.from, room.zone))] : []),
    ...(room.bookable ? [] : [say.notForYou]),
  ];
  const closed = closedBands(room, axis);
  const style: CSSProperties | undefined =
    closed === '' ? undefined : { backgroundImage: `${closed}, var(--rooms-lines)`, backgroundSize: '100% 100%, var(--rooms-hour) 100%' };
  return (
    <div
      id={`line-${room.id}`}
      role="row"
      aria-rowindex={index}
      aria-level={depth + 1}
      className="rooms-row"
      style={{ top, height }}
      data-cursor={cursor ? '' : undefined}
    >
      <div role="rowheader" className="rooms-name" title={notes.join(' · ')} style={{ '--rooms-depth': depth } as CSSProperties}>
        <span className="rooms-room">{room.name}</span>
        <span className="rooms-facts">
          {room.needs_approval && <span aria-hidden="true">◷ </span>}
          {!room.bookable && <span aria-hidden="true">⊘ </span>}
          {elsewhere && <span className="rooms-zone">{offsetName(axis.from, room.zone)} </span>}
          <span aria-hidden="true">{room.capacity}</span>
          <span className="visually-hidden">{notes.join(', ')}</span>
        </span>
      </div>
      <div role="gridcell" className="rooms-track" data-room={room.id} data-closed={room.bookable ? undefined : ''} style={style}>
        {room.disabled && <Disabled axis={axis} disabled={room.disabled} word={say.disabled} />}
        {bookings.map((booking) => (
          <Bar key={booking.id} booking={booking} axis={axis} zone={room.zone} />
        ))}
        {found && <span className="rooms-found" style={span(axis, found.start, found.end)} />}
        {cursor && <span className="rooms-cursor" style={span(axis, cursor.start, cursor.end)} />}
      </div>
    </div>
  );
});

function Disabled({ axis, disabled, word }: { axis: Axis; disabled: NonNullable<Room['disabled']>; word: string }) {
  const from = Date.parse(disabled.from);
  const until = disabled.until === null ? Infinity : Date.parse(disabled.until);
  if (from >= axis.to || until <= axis.from) return null;
  return (
    <span className="rooms-disabled" style={span(axis, from, until)}>
      <span>{disabled.reason === '' ? word : `${word}: ${disabled.reason}`}</span>
    </span>
  );
}

/** The hours in which a room cannot be used, as one layer of a background: they cost no element. */
function closedBands(room: Room, axis: Axis): string {
  if (!room.hours) return '';
  const stops: string[] = [];
  let at = '0%';
  for (const { start, end } of openHours(axis, room.hours, room.zone)) {
    const [open, close] = [percentText(axis, start), percentText(axis, end)];
    stops.push(`var(--rooms-closed) ${at} ${open}`, `transparent ${open} ${close}`);
    at = close;
  }
  return `linear-gradient(90deg, ${[...stops, `var(--rooms-closed) ${at} 100%`].join(', ')})`;
}
