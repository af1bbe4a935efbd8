import { useMemo, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { getReservationMethod } from '../../src/wire/v1/reservations.ts';
import { call } from '../lib/api.ts';
import { useWords } from '../lib/language.ts';
import { clockTime, dayName, offset, offsetName } from '../lib/time.ts';
import { Dialog } from '../parts/dialog.tsx';
import type { Actions } from './actions.ts';
import type { Axis } from './axis.ts';
import { busyOf } from './gaps.ts';
import { lookOf, signOf, stateWord, timesOf, titleOf } from './looks.ts';
import { may } from './may.ts';
import { MoveForm } from './move-form.tsx';
import { bookingsOf, type Booking, type Picture } from './picture.ts';
import { roomsWords } from './words.ts';
import { formWords } from './form-words.ts';

interface Props {
  booking: Booking;
  picture: Picture;
  axis: Axis;
  now: number;
  isAdministrator: boolean;
  actions: Actions;
  onClose: () => void;
}

const LENGTHENINGS = [15, 30];

/** A reservation: whose, when, in what state, and what can be done about it. */
export function Details({ booking, picture, axis, now, isAdministrator, actions, onClose }: Props) {
  const say = useWords(roomsWords);
  const form = useWords(formWords);
  const [busy, setBusy] = useState(false);
  const [moving, setMoving] = useState(false);
  const room = picture.roomOf.get(booking.roomId);
  const next = useMemo(
    () =>
      room
        ? Math.min(
            ...busyOf(room, bookingsOf(picture, room.id), booking.id)
              .filter(({ start }) => start >= booking.end)
              .map(({ start }) => start),
            Infinity,
          )
        : 0,
    [room, picture, booking],
  );
  // What no bar shows is read when it is asked for.
  const { data: whole } = useQuery({
    queryKey: ['reservation', booking.id, booking.version],
    queryFn: ({ signal }) => call(getReservationMethod, { params: { reservation_id: booking.id }, signal }),
    enabled: Number.isInteger(booking.version),
  });
  if (!room) return null;
  const can = may(booking, now, isAdministrator);
  const { start, end, checkIn, reserver, series, state } = booking;
  const elsewhere = offset(start, room.zone) !== offset(start, Intl.DateTimeFormat().resolvedOptions().timeZone);
  const time = (at: number) => clockTime(at, room.zone);
  const look = lookOf(booking);
  const run = async (step: Promise<boolean>, closing = true) => {
    setBusy(true);
    const done = await step;
    setBusy(false);
    if (done && closing) onClose();
  };
  const blocked = LENGTHENINGS.some((minutes) => end + minutes * 60_000 > next);
  return (
    <Dialog title={titleOf(booking, say)} onClose={onClose}>
      <dl className="rooms-details">
        <dt>{form.where}</dt>
        <dd>{room.name}</dd>
        <dt>{form.when}</dt>
        <dd>
          {timesOf(booking, room.zone).startsWith(time(start)) && dayName(start, room.zone)} {timesOf(booking, room.zone)} ·{' '}
          {say.duration(Math.round((end - start) / 60_000))}
          {elsewhere && <span className="muted"> · {form.inZone(`${offsetName(start, room.zone)} ${room.zone}`)}</span>}
        </dd>
        <dt>{form.who}</dt>
        <dd>{reserver}</dd>
        {whole !== undefined && whole.guests > 0 && (
          <>
            <dt>{form.guests}</dt>
            <dd>{form.invited(whole.guests, whole.guests_accepted)}</dd>
          </>
        )}
        <dt>{say.state}</dt>
        <dd>
          <span className="state" data-state={look}>
            {signOf(look)} {stateWord(booking, say)}
          </span>
        </dd>
        {checkIn && state !== 'released' && (
          <>
            <dt>{form.checkInWindow}</dt>
            <dd>{form.until(time(checkIn.opens), time(checkIn.closes))}</dd>
          </>
        )}
      </dl>
      {series && <p className="muted">{form.oneOfSeries}</p>}
      {moving ? (
        <MoveForm
          booking={booking}
          room={room}
          picture={picture}
          axis={axis}
          now={now}
          busy={busy}
          onMove={(target) => void run(actions.move(booking, target))}
          onCancel={() => {
            setMoving(false);
          }}
        />
      ) : (
        <>
          {can.extend && blocked && <p className="muted">{form.cannotExtend}</p>}
          <div className="row">
            {can.checkIn && (
              <button type="button" className="button primary" disabled={busy} onClick={() => void run(actions.checkIn(booking))}>
                {form.checkIn}
              </button>
            )}
            {can.move && (
              <button
                type="button"
                className="button"
                disabled={busy}
                onClick={() => {
                  setMoving(true);
                }}
              >
                {form.moveTo}
              </button>
            )}
            {can.extend &&
              LENGTHENINGS.map((minutes) => (
                <button
                  key={minutes}
                  type="button"
                  className="button"
                  disabled={busy || end + minutes * 60_000 > next}
                  title={form.extendName(minutes)}
                  onClick={() => void run(actions.extend(booking, end + minutes * 60_000, room.zone), false)}
                >
                  {form.extend(minutes)}
                </button>
              ))}
            {can.end && (
              <button type="button" className="button danger" disabled={busy} onClick={() => void run(actions.end(booking))}>
                {form.endNow}
              </button>
            )}
            {(can.cancel || can.release) && (
              <button type="button" className="button danger" disabled={busy} onClick={() => void run(actions.cancel(booking))}>
                {can.release ? form.release : state === 'pending' ? form.withdraw : form.cancel}
              </button>
            )}
          </div>
        </>
      )}
    </Dialog>
  );
}
