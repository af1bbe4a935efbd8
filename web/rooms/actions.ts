import { useMemo } from 'react';
import {
  bookMethod,
  cancelReservationMethod,
  checkInMethod,
  endReservationMethod,
  extendReservationMethod,
  moveReservationMethod,
  undoMethod,
} from '../../src/wire/v1/reservations.ts';
import type { Reservation } from '../../src/wire/v1/reservations.ts';
import { ApiError, call, type Answer, type Request } from '../lib/api.ts';
import { useWords } from '../lib/language.ts';
import { clockTime } from '../lib/time.ts';
import { common } from '../lib/words.ts';
import { toast, withdraw } from '../parts/toasts.tsx';
import { isoOf, usePatch, type View } from './day.ts';
import { bookingOf, fromReservation, withBooking, withoutBooking, type Booking, type Room } from './picture.ts';
import { roomsWords } from './words.ts';

export interface Target {
  room: Room;
  start: number;
  end: number;
}

/** Moves that the server has not answered yet, by reservation. */
const underWay = new Map<string, Promise<boolean>>();

/** What one can do with reservations. Each says what came of it; `false`: it was refused, and the refusal is on the screen. */
export interface Actions {
  /** @throws ApiError: whoever asks has a form to show it in */
  book: (body: Request<typeof bookMethod>['body'], room: Room, key: string) => Promise<Answer<typeof bookMethod>>;
  move: (booking: Booking, target: Target) => Promise<boolean>;
  extend: (booking: Booking, end: number, zone: string) => Promise<boolean>;
  cancel: (booking: Booking) => Promise<boolean>;
  end: (booking: Booking) => Promise<boolean>;
  checkIn: (booking: Booking) => Promise<boolean>;
}

export function useActions(view: View): Actions {
  const say = useWords(roomsWords);
  const others = useWords(common);
  const { patch, refresh, present } = usePatch(view);
  return useMemo(() => {
    const take = (answer: Reservation, known: Pick<Booking, 'mine' | 'series'>) => {
      const booking = fromReservation(answer, known);
      patch((picture) => (booking ? withBooking(picture, booking) : withoutBooking(picture, answer.id)));
    };
    /** Says why not; where the reason is that what was seen is old, the newest is read. Without a connection nothing can be loaded for it. */
    const refused = async (error: unknown) => {
      if (!(error instanceof ApiError) || error.status === 0) {
        toast(error instanceof ApiError ? others.offline : others.failed);
        return false;
      }
      const { refusalOf } = await import('./refusal.ts');
      toast(refusalOf(error));
      refresh();
      return false;
    };
    const undo = (booking: Booking) => {
      call(undoMethod, { params: { reservation_id: booking.id } }).then((answer) => {
        take(answer, booking);
        toast(say.undone);
      }, refused);
    };
    const step = async (booking: Booking, method: typeof cancelReservationMethod, words: (answer: Reservation) => string, canUndo: boolean) => {
      withdraw(booking.id);
      try {
        const answer = await call(method, { params: { reservation_id: booking.id } });
        take(answer, booking);
        toast(
          words(answer),
          canUndo
            ? {
                name: others.undo,
                run: () => {
                  undo(booking);
                },
              }
            : undefined,
          booking.id,
        );
        return true;
      } catch (error) {
        return refused(error);
      }
    };
    const timeOf = ({ room, start, end }: Target) => `${clockTime(start, room.zone)}–${clockTime(end, room.zone)}`;
    const moveNow = async (booking: Booking, target: Target, canUndo: boolean): Promise<boolean> => {
      const { room, start, end } = target;
      // Between two versions: what is told meanwhile of the one before does not take it back.
      patch((picture) => withBooking(picture, { ...booking, roomId: room.id, start, end, version: booking.version + 0.5 }));
      try {
        const body = { start: isoOf(start), end: isoOf(end), ...(room.id === booking.roomId ? {} : { room_id: room.id }) };
        const answer = await call(moveReservationMethod, { params: { reservation_id: booking.id }, body, version: booking.version });
        take(answer, booking);
        const moved = { ...booking, roomId: room.id, start, end, version: answer.version };
        const before = present()?.roomOf.get(booking.roomId) ?? room;
        const back = () => void move(moved, { room: before, start: booking.start, end: booking.end }, false);
        toast(say.moved(room.name, timeOf(target)), canUndo ? { name: others.undo, run: back } : undefined, booking.id);
        return true;
      } catch (error) {
        patch((picture) =>
          bookingOf(picture, booking.id)?.version === booking.version + 0.5 ? withBooking(withoutBooking(picture, booking.id), booking) : picture,
        );
        return refused(error);
      }
    };
    /**
     * One after the other: who takes a thing in hand again before the server has answered goes on from what it answers. The answer may
     * come while the hand holds it; what is held then has the version between two.
     */
    const move = (booking: Booking, target: Target, canUndo = true): Promise<boolean> => {
      withdraw(booking.id);
      const before = underWay.get(booking.id);
      const newest = () => {
        const picture = present();
        return (picture && bookingOf(picture, booking.id)) ?? booking;
      };
      const turn = before
        ? before.then(() => moveNow(newest(), target, canUndo))
        : moveNow(Number.isInteger(booking.version) ? booking : newest(), target, canUndo);
      underWay.set(booking.id, turn);
      void turn.finally(() => {
        if (underWay.get(booking.id) === turn) underWay.delete(booking.id);
      });
      return turn;
    };
    return {
      book: async (body, room, key) => {
        const answer = await call(bookMethod, { body, key });
        for (const reservation of answer.reservations) take(reservation, { mine: true, series: body.recurrence !== undefined });
        const [first] = answer.reservations;
        const time = timeOf({ room, start: Date.parse(body.start), end: Date.parse(body.end) });
        if (answer.clashes.length > 0) toast(say.bookedSome(answer.reservations.length, room.name, answer.clashes.length));
        else if (answer.status === 'pending') toast(say.asked(room.name, time));
        else {
          const booked = first && answer.reservations.length === 1 ? fromReservation(first, { mine: true, series: false }) : undefined;
          const back = booked && { name: others.undo, run: () => void step(booked, cancelReservationMethod, () => say.cancelled, false) };
          toast(say.booked(room.name, time), back, first?.id);
        }
        return answer;
      },
      move: (booking, target) => move(booking, target),
      extend: async (booking, end, zone) => {
        withdraw(booking.id);
        try {
          const answer = await call(extendReservationMethod, { params: { reservation_id: booking.id }, body: { end: isoOf(end) } });
          take(answer, booking);
          toast(say.extended(clockTime(end, zone)));
          return true;
        } catch (error) {
          return refused(error);
        }
      },
      cancel: (booking) =>
        step(booking, cancelReservationMethod, ({ status }) => (status === 'released' ? say.released : say.cancelled), booking.state !== 'pending'),
      end: (booking) => step(booking, endReservationMethod, () => say.ended, true),
      checkIn: (booking) => step(booking, checkInMethod, () => say.checkedIn, false),
    };
  }, [patch, refresh, present, say, others]);
}
