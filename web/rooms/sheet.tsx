import { useId, useRef, useState, type SubmitEvent } from 'react';
import { ApiError } from '../lib/api.ts';
import { useWords } from '../lib/language.ts';
import { dayAfter, dayName, dayOf, moment, offset, offsetName } from '../lib/time.ts';
import { common } from '../lib/words.ts';
import { Dialog } from '../parts/dialog.tsx';
import { PersonPicker } from '../parts/person-picker.tsx';
import type { Actions } from './actions.ts';
import { quarterOf, type Axis } from './axis.ts';
import { isoOf } from './day.ts';
import { busyOf, type Span } from './gaps.ts';
import { requestKey } from './key.ts';
import { bookingsOf, type Picture, type Room } from './picture.ts';
import { ruleOf, type Ending, type Kind } from './recurrence.ts';
import { refusalOf } from './refusal.ts';
import { Repeat } from './repeat.tsx';
import { Times } from './times.tsx';
import { roomsWords } from './words.ts';
import { formWords } from './form-words.ts';

interface Props {
  room: Room;
  span: Span;
  picture: Picture;
  axis: Axis;
  now: number;
  actions: Actions;
  onClose: () => void;
}

/** What a reservation needs besides its place and time. What was typed stays while the server refuses it. */
export function Sheet({ room, span, picture, axis, now, actions, onClose }: Props) {
  const say = useWords(roomsWords);
  const form = useWords(formWords);
  const others = useWords(common);
  const id = useId();
  const [time, setTime] = useState(span);
  const [title, setTitle] = useState('');
  const [isPrivate, setPrivate] = useState(false);
  const [guests, setGuests] = useState<string[]>([]);
  const [reason, setReason] = useState('');
  const [kind, setKind] = useState<Kind>('none');
  const [ending, setEnding] = useState<Ending>({ count: 4 });
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const sent = useRef<{ text: string; key: string }>(undefined);

  const clashes = error instanceof ApiError ? (error.problem.clashes ?? []) : [];
  const fields = error instanceof ApiError ? (error.problem.fields ?? []) : [];
  const faultOf = (...names: string[]) => fields.find(({ field }) => names.includes(field))?.description;
  const rule = error instanceof ApiError ? error.problem.rule : undefined;
  const elsewhere = offset(time.start, room.zone) !== offset(time.start, Intl.DateTimeFormat().resolvedOptions().timeZone);

  const send = async (skipTaken: boolean) => {
    const recurrence = ruleOf(kind, ending, room.zone);
    const body = {
      room_id: room.id,
      start: isoOf(time.start),
      end: isoOf(time.end),
      title: title.trim(),
      private: isPrivate,
      ...(guests.length > 0 ? { guests } : {}),
      ...(reason.trim() === '' ? {} : { approval_reason: reason.trim() }),
      ...(recurrence === undefined ? {} : { recurrence, on_clash: skipTaken ? 'skip' : 'refuse' }),
    };
    // Sent again after an answer got lost, it is the same request; what was answered begins anew.
    const text = JSON.stringify(body);
    if (sent.current?.text !== text) sent.current = { text, key: requestKey() };
    setBusy(true);
    setError(undefined);
    try {
      await actions.book(body, room, sent.current.key);
      onClose();
    } catch (failure) {
      if (!(failure instanceof ApiError) || failure.status !== 0) sent.current = undefined;
      setError(failure);
      setBusy(false);
    }
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!busy) void send(false);
  };
  const timeFault = faultOf('start', 'end');
  return (
    <Dialog title={form.bookRoom(room.name)} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p className="muted">
          {dayName(time.start, room.zone, { year: true })}
          {elsewhere && ` · ${form.inZone(`${offsetName(time.start, room.zone)} ${room.zone}`)}`}
        </p>
        <Times
          span={time}
          onChange={setTime}
          axis={axis}
          zone={room.zone}
          busy={busyOf(room, bookingsOf(picture, room.id))}
          earliest={quarterOf(axis, now)}
          fault={timeFault}
        />
        <div className="field">
          <label htmlFor={`${id}-title`}>{form.topic}</label>
          <input
            id={`${id}-title`}
            className="input"
            maxLength={1000}
            autoComplete="off"
            ref={focusFirst}
            placeholder={form.topicHint}
            value={title}
            aria-invalid={faultOf('title') === undefined ? undefined : true}
            onChange={(event) => {
              setTitle(event.target.value);
            }}
          />
          {faultOf('title') !== undefined && <p className="fault">{faultOf('title')}</p>}
        </div>
        <PersonPicker label={form.guests} value={guests} onChange={setGuests} fault={faultOf('guests')} />
        {(room.needs_approval || rule === 'no_reason') && (
          <div className="field">
            <p>◷ {form.waitsForApproval}</p>
            <label htmlFor={`${id}-reason`}>{form.reason}</label>
            <input
              id={`${id}-reason`}
              className="input"
              maxLength={200}
              autoComplete="off"
              placeholder={form.reasonHint}
              value={reason}
              aria-invalid={rule === 'no_reason' ? true : undefined}
              onChange={(event) => {
                setReason(event.target.value);
              }}
            />
            {faultOf('approval_reason') !== undefined && <p className="fault">{faultOf('approval_reason')}</p>}
          </div>
        )}
        <Repeat
          kind={kind}
          ending={ending}
          firstDay={dayOf(time.start, room.zone)}
          fault={faultOf('recurrence')}
          onKind={(next) => {
            setKind(next);
            setError(undefined);
          }}
          onEnding={setEnding}
          lastDay={dayAfter(dayOf(time.start, room.zone), 730)}
        />
        <label className="rooms-check">
          <input
            type="checkbox"
            checked={isPrivate}
            onChange={(event) => {
              setPrivate(event.target.checked);
            }}
          />
          {form.private}
        </label>
        {error !== undefined && (
          <div className="notice" data-kind="fault" role="alert">
            <div className="stack grow">
              {clashes.length > 0 ? (
                <>
                  <p>{form.clashes(clashes.length)}</p>
                  <ul className="rooms-clashes">
                    {clashes.map((at) => (
                      <li key={at}>{moment(Date.parse(at), room.zone)}</li>
                    ))}
                  </ul>
                  <button type="button" className="button" disabled={busy} onClick={() => void send(true)}>
                    {form.bookFree}
                  </button>
                </>
              ) : (
                <p>{refusalOf(error)}</p>
              )}
            </div>
          </div>
        )}
        <div className="row end">
          <button type="button" className="button" onClick={onClose}>
            {others.cancel}
          </button>
          <button type="submit" className="button primary" disabled={busy}>
            {say.book}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** React keeps the attribute to itself, and the browser's dialog goes by it. */
function focusFirst(element: HTMLElement | null): void {
  element?.setAttribute('autofocus', '');
}
