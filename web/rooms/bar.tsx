import { memo } from 'react';
import { useWords } from '../lib/language.ts';
import { HOUR, HOUR_WIDTH, span, type Axis } from './axis.ts';
import { lookOf, signOf, stateWord, timesOf, titleOf } from './looks.ts';
import type { Booking } from './picture.ts';
import { roomsWords } from './words.ts';

/** Under this width a title is not readable: its first character stands for it, drawn by the style sheet. */
const NARROW = 56;

/** A reservation. Its name for those who do not see it begins with what is written on it. */
export const Bar = memo(function Bar({ booking, axis, zone }: { booking: Booking; axis: Axis; zone: string }) {
  const say = useWords(roomsWords);
  const { id, start, end, reserver } = booking;
  const look = lookOf(booking);
  const title = titleOf(booking, say);
  const sign = signOf(look);
  const width = ((Math.min(end, axis.to) - Math.max(start, axis.from)) / HOUR) * HOUR_WIDTH;
  const isNarrow = width < NARROW;
  const name = `${title} · ${reserver}, ${timesOf(booking, zone)}, ${stateWord(booking, say)}`;
  return (
    <button
      type="button"
      tabIndex={-1}
      className="rooms-bar"
      data-id={id}
      data-look={look}
      data-letter={isNarrow ? firstCharacter(title) : undefined}
      data-mine={booking.mine ? '' : undefined}
      style={span(axis, start, end)}
      aria-label={name}
    >
      {sign !== '' && <i aria-hidden="true">{sign}</i>}
      {isNarrow ? null : title}
    </button>
  );
});

function firstCharacter(text: string): string {
  return String.fromCodePoint(text.codePointAt(0) ?? 32);
}
