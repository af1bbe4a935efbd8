import { useLayoutEffect, useMemo, useRef, useState, type CSSProperties, type KeyboardEvent, type PointerEvent } from 'react';
import { useWords } from '../lib/language.ts';
import { clockTime, dayName, instantOf, offset, offsetName } from '../lib/time.ts';
import { toast } from '../parts/toasts.tsx';
import type { Actions } from './actions.ts';
import { HOUR, HOUR_WIDTH, percent, percentText, quarterOf, QUARTER, type Axis } from './axis.ts';
import { moved, type Cursor } from './cursor.ts';
import { startDrag, type Grip } from './drag.ts';
import { bookablePart, busyOf, gapAround, holds, offered, type Span } from './gaps.ts';
import { Hint } from './hint.tsx';
import { LevelRow } from './level-row.tsx';
import { isFree, type Line } from './lines.ts';
import { titleOf } from './looks.ts';
import { may } from './may.ts';
import { bookingOf, bookingsOf, type Booking, type Picture } from './picture.ts';
import { RoomRow } from './row.tsx';
import { useRows } from './rows.ts';
import { roomsWords } from './words.ts';

interface Props {
  picture: Picture;
  axis: Axis;
  lines: readonly Line[];
  now: number;
  isAdministrator: boolean;
  actions: Actions;
  /** What the finder has found, by room. */
  found: ReadonlyMap<string, Span>;
  onToggle: (level: string) => void;
  onBook: (roomId: string, span: Span) => void;
  onOpen: (id: string) => void;
}

const HEAD = 32;
const GRAB = 8;
const isPhone = () => matchMedia('(pointer: coarse), (max-width: 640px)').matches;

/** Rooms below each other, the day across. One stop for the Tab key; within it the arrow keys move a cursor of their own. */
export function Grid({ picture, axis, lines, now, isAdministrator, actions, found, onToggle, onBook, onOpen }: Props) {
  const say = useWords(roomsWords);
  const frame = useRef<HTMLDivElement>(null);
  const [ghost] = useState(ghostElement);
  const dragged = useRef(false);
  const [cursor, setCursor] = useState<Cursor>();
  const [spoken, setSpoken] = useState('');
  const [focused, setFocused] = useState(false);
  const [rowHeight] = useState(() => (isPhone() ? 44 : 36));
  const heights = useMemo(() => lines.map(({ kind }) => (kind === 'level' ? 30 : rowHeight)), [lines, rowHeight]);
  const { rows, height, reveal } = useRows(frame, heights, HEAD);

  const isToday = now >= axis.from && now < axis.to;
  const within = useMemo(() => bookablePart(axis, now), [axis, now]);
  const free = useMemo(() => new Set(isToday ? picture.rooms.filter((room) => isFree(picture, room, now)).map(({ id }) => id) : []), [picture, now, isToday]);

  useLayoutEffect(() => {
    // What is near the present, or the morning of another day, comes into sight.
    const element = frame.current;
    if (!element) return;
    const wanted = isToday ? now - 1.5 * HOUR : instantOf(axis.day, '08:00', axis.zone);
    element.scrollLeft = ((wanted - axis.from) / HOUR) * HOUR_WIDTH;
    // Only when the day changes: later it is the reader's to scroll.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [axis]);

  const here = cursor && lines.find(({ id }) => id === cursor.line);
  const under = here?.kind === 'room' && cursor ? bookingsOf(picture, here.id).find(({ start, end }) => start < cursor.end && end > cursor.start) : undefined;

  const words = (line: Line, at: Cursor): string => {
    if (line.kind === 'level') {
      const { rooms: below, level, open } = line;
      return say.levelSpoken(level.name, isToday ? say.freeNow(below.filter(({ id }) => free.has(id)).length, below.length) : say.rooms(below.length), open);
    }
    const { room } = line;
    return say.cursor(room.name, clockTime(at.start, room.zone), clockTime(at.end, room.zone), whatIs(line.id, at));
  };
  const whatIs = (roomId: string, { start, end }: Span): string => {
    const room = picture.roomOf.get(roomId);
    if (!room) return '';
    const inTheWay = bookingsOf(picture, roomId).find((booking) => holds(booking) && booking.start < end && booking.end > start);
    if (inTheWay) return say.taken(`${titleOf(inTheWay, say)} · ${inTheWay.reserver}`, clockTime(inTheWay.end, room.zone));
    if (end <= now) return say.past;
    const gap = gapAround(busyOf(room, bookingsOf(picture, roomId)), start, { start: axis.from, end: axis.to });
    if (!gap || gap.end < end) return room.disabled?.reason ? `${say.disabled}: ${room.disabled.reason}` : say.disabled;
    return say.freeUntilSpoken(clockTime(gap.end, room.zone));
  };

  /** Goes on to the form, or says why not. */
  const ask = (roomId: string, span: Span): void => {
    const room = picture.roomOf.get(roomId);
    if (!room) return;
    const gap = gapAround(busyOf(room, bookingsOf(picture, roomId)), span.start, { start: axis.from, end: axis.to });
    const why = !room.bookable
      ? say.notForYou
      : span.start < within.start
        ? say.cannotBookPast
        : !gap || gap.end < span.end
          ? say.cannotBookTaken(whatIs(roomId, span))
          : undefined;
    if (why === undefined) onBook(roomId, span);
    else {
      setSpoken(`${why} ${say.takenDetail}`);
      toast(why);
    }
  };

  const goTo = (next: Cursor) => {
    setCursor(next);
    const index = lines.findIndex(({ id }) => id === next.line);
    const line = lines[index];
    if (!line) return;
    reveal(index);
    const element = frame.current;
    const name = element?.querySelector<HTMLElement>('.rooms-corner')?.offsetWidth ?? 0;
    if (element && line.kind === 'room') {
      const left = ((next.start - axis.from) / HOUR) * HOUR_WIDTH;
      const right = ((next.end - axis.from) / HOUR) * HOUR_WIDTH;
      const sight = element.clientWidth - name;
      if (left < element.scrollLeft) element.scrollLeft = left - 20;
      else if (right > element.scrollLeft + sight) element.scrollLeft = right - sight + 20;
    }
    setSpoken(words(line, next));
  };

  const begin = (): Cursor | undefined => {
    const line = lines.find(({ kind }) => kind === 'room') ?? lines[0];
    if (!line) return undefined;
    const start = isToday ? quarterOf(axis, now) : instantOf(axis.day, '09:00', axis.zone);
    return { line: line.id, start, end: Math.min(start + 2 * QUARTER, axis.to) };
  };

  const press = (event: KeyboardEvent) => {
    if (event.target !== frame.current || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = cursor && here ? cursor : begin();
    if (!at) return;
    const line = lines.find(({ id }) => id === at.line);
    const { key, shiftKey: shift } = event;
    if (line?.kind === 'level' && (key === 'Enter' || key === ' ' || (key === 'ArrowRight' && !line.open) || (key === 'ArrowLeft' && line.open))) {
      event.preventDefault();
      onToggle(line.id);
      setSpoken(words({ ...line, open: !line.open }, at));
      return;
    }
    if (key === 'Enter' && line) {
      event.preventDefault();
      setCursor(at);
      ask(line.id, at);
      return;
    }
    if (key === ' ') {
      event.preventDefault();
      if (under) onOpen(under.id);
      return;
    }
    const page = Math.max(1, Math.floor(frame.current.clientHeight / rowHeight) - 2);
    const next = moved(at, { key, shift, page }, lines, axis);
    if (!next) return;
    event.preventDefault();
    goTo(next);
  };

  const grab = (event: PointerEvent) => {
    dragged.current = false;
    if (event.pointerType === 'touch' || event.button !== 0 || !(event.target instanceof Element)) return;
    const track = event.target.closest<HTMLElement>('.rooms-track');
    const roomId = track?.dataset.room;
    if (!track || roomId === undefined) return;
    const bar = event.target.closest<HTMLElement>('.rooms-bar');
    const booking = bar ? bookingOf(picture, bar.dataset.id ?? '') : undefined;
    // A form is opened by a click on what cannot be dragged; the browser does that.
    const grip = booking ? gripOf(booking, bar, event.clientX) : ({ kind: 'mark', roomId } as const);
    if (!grip) return;
    event.preventDefault();
    frame.current?.focus({ preventScroll: true });
    startDrag(event.nativeEvent, track, {
      axis,
      grip,
      ghost,
      within: grip.kind === 'stretch' ? { start: axis.from, end: axis.to } : within,
      busyIn: (id) => {
        const room = picture.roomOf.get(id);
        return room && (room.bookable || booking?.roomId === id) ? busyOf(room, bookingsOf(picture, id), booking?.id) : null;
      },
      describe: ({ start, end }) => `${clockTime(start, axis.zone)}–${clockTime(end, axis.zone)} · ${say.duration(Math.round((end - start) / 60_000))}`,
      onDrop: (target, span) => {
        dragged.current = true;
        if (!booking) ask(target, span);
        else drop(booking, target, span);
      },
      onClick: (at) => {
        if (!booking) tap(roomId, at);
      },
    });
  };

  const gripOf = (booking: Booking, bar: HTMLElement | null, x: number): Grip | undefined => {
    const can = may(booking, now, isAdministrator);
    const { roomId, start, end } = booking;
    const right = bar?.getBoundingClientRect().right ?? 0;
    if (can.extend && right - x <= GRAB) return { kind: 'stretch', roomId, start, least: can.move ? start + QUARTER : end };
    return can.move ? { kind: 'move', roomId, start, end } : undefined;
  };

  const drop = (booking: Booking, roomId: string, { start, end }: Span) => {
    const room = picture.roomOf.get(roomId);
    if (!room || (roomId === booking.roomId && start === booking.start && end === booking.end)) return;
    if (may(booking, now, isAdministrator).move) void actions.move(booking, { room, start, end });
    else void actions.extend(booking, end, room.zone);
  };

  /** Somebody pointed at a time: what is free around it is offered. */
  const tap = (roomId: string, at: number) => {
    const room = picture.roomOf.get(roomId);
    const gap = room && gapAround(busyOf(room, bookingsOf(picture, roomId)), Math.max(at, quarterOf(axis, at)), { start: axis.from, end: axis.to });
    const start = quarterOf(axis, at);
    const part = gap && gap.end > within.start ? { start: Math.max(gap.start, start < within.start ? start : within.start), end: gap.end } : undefined;
    ask(roomId, part ? offered(axis, part, at) : { start, end: start + QUARTER });
  };

  const { hours } = axis;
  const style = {
    '--rooms-width': `${String(((axis.to - axis.from) / HOUR) * HOUR_WIDTH)}px`,
    '--rooms-now': isToday ? percentText(axis, now) : '-10px',
    '--rooms-past': `${String(percent(axis, now))}%`,
  } as CSSProperties;
  const zoneName = offsetName(axis.from, axis.zone);
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const ownName = offset(axis.from, own) === offset(axis.from, axis.zone) ? undefined : offsetName(axis.from, own);
  return (
    <>
      <div
        ref={frame}
        className="rooms-frame"
        role="treegrid"
        tabIndex={0}
        aria-label={say.timeline(dayName(axis.from, axis.zone, { year: true }))}
        aria-describedby="rooms-keys"
        aria-rowcount={lines.length + 1}
        aria-activedescendant={focused && cursor && here ? `line-${cursor.line}` : undefined}
        onKeyDown={press}
        onPointerDown={grab}
        onFocus={(event) => {
          if (event.target !== frame.current) return;
          setFocused(true);
          if (!frame.current.matches(':focus-visible')) return;
          const at = cursor && here ? cursor : begin();
          if (at) goTo(at);
        }}
        onBlur={() => {
          setFocused(false);
        }}
        onClick={(event) => {
          if (dragged.current || !(event.target instanceof Element)) return;
          const bar = event.target.closest<HTMLElement>('.rooms-bar');
          if (bar?.dataset.id !== undefined) {
            onOpen(bar.dataset.id);
            return;
          }
          const track = event.target.closest<HTMLElement>('.rooms-track');
          const byTouch = event.nativeEvent instanceof globalThis.PointerEvent && event.nativeEvent.pointerType === 'touch';
          if (!byTouch || track?.dataset.room === undefined) return;
          const box = track.getBoundingClientRect();
          tap(track.dataset.room, axis.from + ((event.clientX - box.left) / box.width) * (axis.to - axis.from));
        }}
      >
        <div className="rooms-canvas" style={style}>
          <div role="row" aria-rowindex={1} className="rooms-head">
            <div role="columnheader" className="rooms-corner">
              {say.room}
              <span className="rooms-facts" title={say.axisZone(`${zoneName} ${axis.zone}`) + (ownName === undefined ? '' : ` · ${say.yourZone(ownName)}`)}>
                {zoneName}
              </span>
            </div>
            <div role="columnheader" className="rooms-hours">
              <span className="visually-hidden">{say.axisZone(`${zoneName} ${axis.zone}`)}</span>
              {hours.map(({ at, label }) => (
                <span key={at} aria-hidden="true" style={{ left: percentText(axis, at) }}>
                  {/* The present stands in the place of the hour beside it. */}
                  {isToday && Math.abs(at + HOUR / 4 - now) < HOUR / 2 ? '' : label}
                </span>
              ))}
              {isToday && (
                <b aria-hidden="true" style={{ left: percentText(axis, now) }}>
                  {clockTime(now, axis.zone)}
                </b>
              )}
            </div>
          </div>
          <div role="rowgroup" className="rooms-lines" style={{ height }}>
            {rows.map(({ index, ...at }) => {
              const line = lines[index];
              if (!line) return null;
              const place = { ...at, index: index + 2, depth: line.depth };
              if (line.kind === 'room')
                return (
                  <RoomRow
                    key={line.id}
                    room={line.room}
                    bookings={bookingsOf(picture, line.id)}
                    axis={axis}
                    cursor={focused && cursor?.line === line.id ? cursor : undefined}
                    found={found.get(line.id)}
                    {...place}
                  />
                );
              const count = isToday ? line.rooms.filter(({ id }) => free.has(id)).length : null;
              const current = focused && cursor?.line === line.id;
              return (
                <LevelRow
                  key={line.id}
                  level={line.level}
                  open={line.open}
                  free={count}
                  all={line.rooms.length}
                  current={current}
                  onToggle={onToggle}
                  {...place}
                />
              );
            })}
          </div>
        </div>
      </div>
      <p id="rooms-keys" className="visually-hidden">
        {say.keys}
      </p>
      <p className="visually-hidden" role="status" aria-live="polite" id="rooms-spoken">
        {spoken}
      </p>
      <Hint frame={frame} picture={picture} current={focused ? under?.id : undefined} />
    </>
  );
}

/** Not React's: it goes from row to row by itself while somebody drags. */
function ghostElement(): HTMLElement {
  const element = document.createElement('span');
  element.className = 'rooms-ghost';
  element.hidden = true;
  return element;
}
