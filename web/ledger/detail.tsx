import { useQuery } from '@tanstack/react-query';
import { getReservationMethod } from '../../src/wire/v1/reservations.ts';
import { call } from '../lib/api.ts';
import { useLanguage, useWords } from '../lib/language.ts';
import type { Tree } from '../lib/tree.ts';
import { clockTime, dayName, dayOf, moment, offsetName } from '../lib/time.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Failure, Loading } from '../parts/failure.tsx';
import { happenings, type Happening, type Reservation } from './history.ts';
import { ledgerWords } from './words.ts';

interface Props {
  id: string;
  tree: Tree;
  onClose: () => void;
}

/** A reservation and its history: booked, approved, checked in, released, by whom and how. */
export function Detail({ id, tree, onClose }: Props) {
  const say = useWords(ledgerWords);
  const { data, error, refetch } = useQuery({
    queryKey: ['reservation', id],
    queryFn: ({ signal }) => call(getReservationMethod, { params: { reservation_id: id }, signal }),
  });
  return (
    <Dialog title={data?.room_name ?? say.detail} onClose={onClose}>
      {data ? <Facts reservation={data} tree={tree} /> : error ? <Failure error={error} retry={() => void refetch()} /> : <Loading />}
    </Dialog>
  );
}

const states = { pending: 'pending', accepted: 'busy', rejected: 'absent', cancelled: 'released', released: 'released' } as const;

function Facts({ reservation, tree }: { reservation: Reservation; tree: Tree }) {
  const say = useWords(ledgerWords);
  useLanguage();
  const { time_zone: zone, title, reserver, check_in, status, approval_reason } = reservation;
  const at = (text: string) => Date.parse(text);
  const place = tree.path(reservation.room_id).slice(0, -1).join(' / ');
  const facts: [name: string, value: string][] = [
    [say.time, `${span(at(reservation.start), at(reservation.end), zone)} (${offsetName(at(reservation.start), zone)})`],
    [say.reserver, [reserver.name || say.somebody, reserver.department].filter((part) => part !== '').join(' · ')],
    [say.guests, say.guestsText(reservation.guests, reservation.guests_accepted)],
    ...(check_in.opens !== null && check_in.closes !== null
      ? [[say.checkInWindow, span(at(check_in.opens), at(check_in.closes), zone)] satisfies [string, string]]
      : []),
    ...(approval_reason === null || approval_reason === '' ? [] : [[say.reason, approval_reason] satisfies [string, string]]),
  ];
  return (
    <>
      <p className="row">
        <span className="grow ledger-topic">
          {title === null ? <span className="muted">{say.private}</span> : title || <span className="muted">{say.untitled}</span>}
        </span>
        <span className="state" data-state={states[status as keyof typeof states]}>
          {say.statuses[status as keyof typeof states]}
        </span>
      </p>
      {place !== '' && <p className="muted">{place}</p>}
      <dl className="ledger-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <h3>{say.history}</h3>
      <ol className="ledger-history">
        {happenings(reservation).map((happening, index) => (
          <Step key={index} happening={happening} zone={zone} />
        ))}
      </ol>
      <p className="muted">
        {say.detail} <span className="id">{reservation.id}</span>
      </p>
    </>
  );
}

const signs: Readonly<Record<string, string>> = {
  check_in: 'here',
  release: 'released',
  cancel: 'released',
  reject: 'absent',
  decline: 'absent',
  request: 'pending',
};

function Step({ happening, zone }: { happening: Happening; zone: string }) {
  const say = useWords(ledgerWords);
  const { at, action, by, source, cause, note, device, start, end } = happening;
  const name = Object.hasOwn(say.actions, action) ? say.actions[action as keyof typeof say.actions] : say.otherAction(action);
  const means = cause === null ? null : Object.hasOwn(say.causes, cause) ? say.causes[cause as keyof typeof say.causes] : cause;
  const way = Object.hasOwn(say.sources, source) ? say.sources[source as keyof typeof say.sources] : source;
  const moved = start !== null && end !== null ? span(start, end, zone) : end !== null ? say.until(moment(end, zone)) : null;
  const how = [means, device === null ? null : say.devices[device as keyof typeof say.devices], moved, note].filter((part) => part !== null).join(' · ');
  const isByItself = by === '' && (source !== '' || cause === 'no_show' || cause === 'by_sensor');
  const who = (isByItself ? [say.byItself] : [by, way]).filter((part) => part !== '').join(' · ');
  return (
    <li data-state={signs[action] ?? 'busy'}>
      <time dateTime={new Date(at).toISOString()}>{moment(at, zone)}</time>
      <div>
        <strong>{name}</strong>
        {how !== '' && <span> {how}</span>}
        {who !== '' && <p className="muted">{who}</p>}
      </div>
    </li>
  );
}

/** From when to when, the day once where it is one. */
function span(start: number, end: number, zone: string): string {
  const isOneDay = dayOf(start, zone) === dayOf(end, zone);
  return `${dayName(start, zone, { year: true })} ${clockTime(start, zone)} – ${isOneDay ? clockTime(end, zone) : moment(end, zone)}`;
}
