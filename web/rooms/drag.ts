import { instantAt, percent, type Axis } from './axis.ts';
import { drawn, fitted, gapAround, stretched, type Span } from './gaps.ts';

/** What the hand holds. */
export type Grip =
  | { kind: 'mark'; roomId: string }
  | { kind: 'move'; roomId: string; start: number; end: number }
  | { kind: 'stretch'; roomId: string; start: number; least: number };

export interface Drag {
  axis: Axis;
  grip: Grip;
  /** What is not free in a room, as it was when the hand came down; null: the room is not to be had. */
  busyIn: (roomId: string) => readonly Span[] | null;
  within: Span;
  ghost: HTMLElement;
  describe: (span: Span) => string;
  /** The hand let go over a room. Not called when it did not move or was called off. */
  onDrop: (roomId: string, span: Span) => void;
  /** The hand came down and let go in the same place. */
  onClick: (at: number) => void;
}

/** So far a hand may tremble, in pixels. */
const TREMBLE = 4;
/** So near the edge of what is in sight a hand draws more of it into sight; and by so much in a frame, at most. */
const EDGE = 36;
const FASTEST = 12;

/** How far to go on for a hand that came from one place and is at another, between two edges. */
export function pull(from: number, at: number, low: number, high: number): number {
  const over = at < low + EDGE ? at - low - EDGE : Math.max(0, at - high + EDGE);
  // Who began there and goes inwards wants nothing of what is beyond.
  return over * (at - from) > 0 ? Math.round((Math.max(-EDGE, Math.min(over, EDGE)) / EDGE) * FASTEST) : 0;
}

/**
 * Follows the hand from here until it lets go. The neighbours are known as it comes down, so a clash cannot be drawn. Nothing is rendered
 * meanwhile: one element is moved by its style. Escape calls it off.
 */
export function startDrag(event: PointerEvent, track: HTMLElement, { axis, grip, busyIn, within, ghost, describe, onDrop, onClick }: Drag): void {
  const scroller = track.closest<HTMLElement>('.rooms-frame');
  // The rows come and go as the screen scrolls; the hours above them lie as they do, and stay.
  const ruler = scroller?.querySelector('.rooms-hours') ?? track;
  let box = ruler.getBoundingClientRect();
  const timeAt = (x: number) => instantAt(axis, (x - box.left) / box.width);
  const anchor = timeAt(event.clientX);
  const ownGap = (roomId: string, at: number) => {
    const busy = busyIn(roomId);
    return busy && gapAround(busy, at, within);
  };
  const gap = grip.kind === 'stretch' ? ownGap(grip.roomId, grip.start) : ownGap(grip.roomId, anchor);
  let held: { roomId: string; span: Span } | undefined;
  let begun = false;
  let hand = { x: event.clientX, y: event.clientY };
  let frame = 0;

  const show = (target: HTMLElement, roomId: string, span: Span) => {
    held = { roomId, span };
    if (ghost.parentElement !== target) target.append(ghost);
    ghost.hidden = false;
    const left = percent(axis, span.start);
    ghost.style.left = `${String(left)}%`;
    ghost.style.width = `${String(percent(axis, span.end) - left)}%`;
    const text = describe(span);
    if (ghost.textContent !== text) ghost.textContent = text;
  };
  const follow = (move: PointerEvent) => {
    hand = { x: move.clientX, y: move.clientY };
    if (!begun && Math.hypot(hand.x - event.clientX, hand.y - event.clientY) < TREMBLE) return;
    begun = true;
    hold(move.target);
    if (frame === 0 && ahead()) frame = requestAnimationFrame(goOn);
  };
  const hold = (over: EventTarget | null) => {
    const at = timeAt(hand.x);
    if (grip.kind === 'mark') {
      if (gap) show(track, grip.roomId, drawn(axis, gap, anchor, at));
    } else if (grip.kind === 'stretch') {
      if (gap) show(track, grip.roomId, stretched(axis, gap, grip.start, grip.least, at));
    } else {
      const below = over instanceof Element ? over.closest<HTMLElement>('.rooms-track') : null;
      const target = below ?? track;
      const roomId = target.dataset.room ?? grip.roomId;
      const room = ownGap(roomId, at);
      const span = room && fitted(axis, room, at - (anchor - grip.start), grip.end - grip.start);
      // Where it does not fit, it stays where it did.
      if (span) show(target, roomId, span);
    }
  };
  /** What is to come into sight; undefined: nothing. Other rows are of no use to what stays in its own. */
  const ahead = () => {
    const sight = scroller?.getBoundingClientRect();
    const corner = scroller?.querySelector('.rooms-corner')?.getBoundingClientRect();
    if (!sight || !corner) return undefined;
    const left = pull(event.clientX, hand.x, corner.right, sight.right);
    const top = grip.kind === 'move' ? pull(event.clientY, hand.y, corner.bottom, sight.bottom) : 0;
    return left === 0 && top === 0 ? undefined : { left, top };
  };
  const goOn = () => {
    const by = ahead();
    frame = by ? requestAnimationFrame(goOn) : 0;
    if (!by || !scroller) return;
    scroller.scrollBy(by);
    scrolled();
    hold(document.elementFromPoint(hand.x, hand.y));
  };
  const scrolled = () => {
    box = ruler.getBoundingClientRect();
  };
  const stop = () => {
    ghost.hidden = true;
    cancelAnimationFrame(frame);
    removeEventListener('pointermove', follow);
    removeEventListener('pointerup', drop);
    removeEventListener('pointercancel', stop);
    removeEventListener('keydown', escape, true);
    scroller?.removeEventListener('scroll', scrolled);
  };
  const drop = () => {
    stop();
    if (!begun) onClick(anchor);
    else if (held) onDrop(held.roomId, held.span);
  };
  const escape = (press: KeyboardEvent) => {
    if (press.key !== 'Escape') return;
    press.preventDefault();
    press.stopPropagation();
    stop();
  };
  addEventListener('pointermove', follow);
  addEventListener('pointerup', drop);
  addEventListener('pointercancel', stop);
  addEventListener('keydown', escape, true);
  scroller?.addEventListener('scroll', scrolled, { passive: true });
}
