import { useId, useMemo, useState } from 'react';
import { useWords } from '../lib/language.ts';
import { clockTime, dayOf, instantOf } from '../lib/time.ts';
import { common } from '../lib/words.ts';
import { DayPicker } from '../parts/period.tsx';
import type { Target } from './actions.ts';
import { axisOf, quarterOf, type Axis } from './axis.ts';
import { busyOf } from './gaps.ts';
import { bookingsOf, type Booking, type Picture, type Room } from './picture.ts';
import { Times } from './times.tsx';
import { roomsWords } from './words.ts';
import { formWords } from './form-words.ts';

interface Props {
  booking: Booking;
  room: Room;
  picture: Picture;
  axis: Axis;
  now: number;
  busy: boolean;
  onMove: (target: Target) => void;
  onCancel: () => void;
}

/** Another time, another room, another day. */
export function MoveForm({ booking, room: from, picture, axis, now, busy, onMove, onCancel }: Props) {
  const say = useWords(roomsWords);
  const form = useWords(formWords);
  const others = useWords(common);
  const id = useId();
  const [room, setRoom] = useState(from);
  const [span, setSpan] = useState({ start: booking.start, end: booking.end });
  const day = dayOf(span.start, room.zone);
  const shown = useMemo(() => axisOf(day, room.zone), [day, room.zone]);
  // Of other days it is not known here what is taken: the server knows.
  const known = shown.from >= axis.from && shown.to <= axis.to ? busyOf(room, bookingsOf(picture, room.id), booking.id) : [];
  const levels = picture.levels.map((level) => ({ level, rooms: picture.rooms.filter(({ level_id, bookable }) => level_id === level.id && bookable) }));
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        onMove({ room, ...span });
      }}
    >
      <DayPicker
        label={say.day}
        value={day}
        min={dayOf(now, room.zone)}
        onChange={(next) => {
          const start = instantOf(next, clockTime(span.start, room.zone), room.zone);
          setSpan({ start, end: start + (span.end - span.start) });
        }}
      />
      <Times span={span} onChange={setSpan} axis={shown} zone={room.zone} busy={known} earliest={quarterOf(shown, now)} />
      <div className="field">
        <label htmlFor={`${id}-room`}>{say.room}</label>
        <select
          id={`${id}-room`}
          className="input"
          value={room.id}
          onChange={(event) => {
            setRoom(picture.roomOf.get(event.target.value) ?? room);
          }}
        >
          {levels
            .filter(({ rooms }) => rooms.length > 0)
            .map(({ level, rooms }) => (
              <optgroup key={level.id} label={level.name}>
                {rooms.map(({ id: roomId, name, capacity }) => (
                  <option key={roomId} value={roomId}>
                    {name} · {say.seats(capacity)}
                  </option>
                ))}
              </optgroup>
            ))}
        </select>
      </div>
      <div className="row end">
        <button type="button" className="button" onClick={onCancel}>
          {others.cancel}
        </button>
        <button type="submit" className="button primary" disabled={busy}>
          {form.move}
        </button>
      </div>
    </form>
  );
}
