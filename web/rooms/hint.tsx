import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import { useWords } from '../lib/language.ts';
import { lookOf, signOf, stateWord, timesOf, titleOf } from './looks.ts';
import { bookingOf, type Picture } from './picture.ts';
import { roomsWords } from './words.ts';

interface Props {
  frame: RefObject<HTMLDivElement | null>;
  picture: Picture;
  /** The reservation on which the keyboard stands. */
  current: string | undefined;
}

/** What does not fit on a narrow bar, beside the one that is pointed at, focused or under the keyboard's cursor. Escape takes it away. */
export function Hint({ frame, picture, current }: Props) {
  const say = useWords(roomsWords);
  const own = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<string>();
  const [dismissed, setDismissed] = useState<string>();
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const look = (event: Event) => {
      setPointed(event.target instanceof Element ? event.target.closest<HTMLElement>('.rooms-bar')?.dataset.id : undefined);
      setDismissed(undefined);
    };
    const leave = () => {
      setPointed(undefined);
    };
    element.addEventListener('pointerover', look);
    element.addEventListener('focusin', look);
    element.addEventListener('pointerleave', leave);
    element.addEventListener('pointerdown', leave);
    element.addEventListener('scroll', leave, { passive: true });
    return () => {
      element.removeEventListener('pointerover', look);
      element.removeEventListener('focusin', look);
      element.removeEventListener('pointerleave', leave);
      element.removeEventListener('pointerdown', leave);
      element.removeEventListener('scroll', leave);
    };
  }, [frame]);
  const id = pointed ?? current;
  useEffect(() => {
    const escape = (event: KeyboardEvent) => {
      if (event.key === 'Escape') setDismissed(id);
    };
    addEventListener('keydown', escape);
    return () => {
      removeEventListener('keydown', escape);
    };
  }, [id]);
  const booking = id === undefined || id === dismissed ? undefined : bookingOf(picture, id);
  useLayoutEffect(() => {
    const element = own.current;
    const bar = id === undefined ? undefined : frame.current?.querySelector(`[data-id="${id}"]`)?.getBoundingClientRect();
    if (!element || !bar) return;
    const { width, height } = element.getBoundingClientRect();
    const above = bar.top - height - 6;
    element.style.left = `${String(Math.max(8, Math.min(bar.left, innerWidth - width - 8)))}px`;
    element.style.top = `${String(above > 8 ? above : bar.bottom + 6)}px`;
  });
  if (!booking) return null;
  const zone = picture.roomOf.get(booking.roomId)?.zone ?? 'UTC';
  const look = lookOf(booking);
  return (
    <div ref={own} className="rooms-hint" aria-hidden="true">
      <strong>{titleOf(booking, say)}</strong>
      <span>
        {booking.reserver} · {timesOf(booking, zone)}
      </span>
      <span className="state" data-state={look}>
        {signOf(look)} {stateWord(booking, say)}
      </span>
    </div>
  );
}
