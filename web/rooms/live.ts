import { useLive } from '../lib/live.ts';
import { useWords } from '../lib/language.ts';
import { serverNow } from '../lib/now.ts';
import { toast } from '../parts/toasts.tsx';
import { usePatch, type View } from './day.ts';
import type { Span } from './gaps.ts';
import { bookingOf, fromRow, withBooking, withoutBooking, type Booking, type Picture } from './picture.ts';
import { roomsWords } from './words.ts';

interface Options {
  picture: Picture | undefined;
  /** Whether the reader looks for certain rooms, and this is one of them. */
  isWanted: (roomId: string) => boolean;
  onTake: (roomId: string, span: Span) => void;
}

/** What others do comes into the picture as it happens. Who looks for a room is told when one of theirs is given back early. */
export function useLiveDay(view: View, { picture, isWanted, onTake }: Options): void {
  const say = useWords(roomsWords);
  const { patch, refresh, present } = usePatch(view);
  const offer = (before: Booking | undefined, after: Booking) => {
    const now = serverNow();
    const room = present()?.roomOf.get(after.roomId);
    if (!room?.bookable || !before || before.state === 'released' || after.state !== 'released' || before.end <= now || !isWanted(room.id)) return;
    const minutes = Math.round((before.end - Math.max(now, after.end)) / 60_000);
    const take = () => {
      onTake(room.id, { start: serverNow(), end: before.end });
    };
    if (minutes > 0) toast(say.freed(room.name, minutes), { name: say.takeIt, run: take });
  };
  useLive((event) => {
    if (event.kind !== 'reservation') {
      refresh();
      return;
    }
    const { row } = event;
    if ('gone' in row) {
      patch((now) => withoutBooking(now, row.id, row.room_id));
      return;
    }
    const current = present();
    const after = fromRow(row);
    const before = current && bookingOf(current, row.id);
    patch((now) => withBooking(now, after));
    offer(before, after);
  }, picture?.live ?? null);
}
