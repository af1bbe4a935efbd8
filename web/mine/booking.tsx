import { useState } from 'react';
import { Link } from 'wouter';
import {
  cancelReservationMethod,
  checkInMethod,
  endReservationMethod,
  extendReservationMethod,
  undoMethod,
  type Reservation,
} from '../../src/wire/v1/reservations.ts';
import { call } from '../lib/api.ts';
import { useWords } from '../lib/language.ts';
import { presenceAt } from '../lib/presence.ts';
import { clockTime, dayName, dayOf, moment, offset, offsetName } from '../lib/time.ts';
import { useTree } from '../lib/tree.ts';
import { common } from '../lib/words.ts';
import { toast } from '../parts/toasts.tsx';
import { useAct } from './act.ts';
import { ruleWords } from './rules.ts';
import { standingOf, type Standing } from './state.ts';
import { mineWords } from './words.ts';

const LONGER = [15, 30] as const;

/** One of somebody's own reservations, and what they can do with it now. */
export function Booking({ row, now }: { row: Reservation; now: number }) {
  const say = useWords(mineWords);
  const { data: tree } = useTree();
  const standing = standingOf(row, now);
  // On phones; there what is likely to be wanted shows anyway.
  const [unfolded, setUnfolded] = useState(false);
  const { start, time_zone: zone } = row;
  const title = row.title === '' || row.title === null ? say.untitled : row.title;
  const gone = ['rejected', 'cancelled', 'released'].includes(standing.name);
  return (
    <li className="mine-booking" data-gone={gone || undefined} data-open={standing.isOpen || undefined} aria-label={`${title}, ${timesOf(row)}`}>
      <div className="mine-time">
        <strong>{clockTime(Date.parse(start), zone)}</strong>
        <span>{endOf(row)}</span>
        {isElsewhere(Date.parse(start), zone) && <span className="muted">{offsetName(Date.parse(start), zone)}</span>}
      </div>
      <div className="mine-what">
        <div className="mine-head">
          <h3>{title}</h3>
          <p className="muted">
            <Link href={`/rooms/${row.room_id}`}>{row.room_name}</Link>
            {tree && ` · ${tree.path(row.room_id).slice(0, -1).join(' / ')}`}
          </p>
        </div>
        <p className="row mine-marks">
          <span className="state" data-state={standing.colour}>
            <span aria-hidden="true">{standing.icon}</span> {say.states[standing.name]}
          </span>
          <Why row={row} standing={standing} />
          {row.private && <span className="mine-mark">{say.private}</span>}
          {row.event_id !== null && !row.event_id.endsWith('_0') && <span className="mine-mark">{say.series}</span>}
          {row.guests > 0 && <span className="muted">{say.guests(row.guests)}</span>}
        </p>
      </div>
      {!gone && Date.parse(row.end) > now && (
        <>
          {!standing.isOpen && !standing.isRunning && (
            <button
              type="button"
              className="button quiet mine-unfold"
              aria-label={say.actionsOf(title)}
              aria-expanded={unfolded}
              onClick={() => {
                setUnfolded(!unfolded);
              }}
            >
              ⋯
            </button>
          )}
          <Actions row={row} standing={standing} title={title} />
        </>
      )}
    </li>
  );
}

/** What a state needs to be understood: when, or why. */
function Why({ row, standing }: { row: Reservation; standing: Standing }) {
  const say = useWords(mineWords);
  const rules = useWords(ruleWords);
  const { rejection, cancellation, release, check_in, time_zone: zone } = row;
  const texts: (string | null | undefined)[] = [];
  if (rejection) {
    const byWhom = rejection.rule === 'by_approver' && rejection.by !== null ? say.saidNo(rejection.by) : rules[rejection.rule ?? ''];
    texts.push(byWhom, rejection.rule === 'by_approver' && rejection.note ? say.theirWords(rejection.note) : null);
  }
  if (cancellation) texts.push(say.cancellation[cancellation.cause as keyof typeof say.cancellation], cancellation.note);
  if (release) texts.push(say.release[release.cause as keyof typeof say.release]);
  if (standing.name === 'accepted' && check_in.opens !== null && standing.isAhead) texts.push(say.opens(clockTime(Date.parse(check_in.opens), zone)));
  if (standing.name === 'pending') texts.push(row.approval_reason);
  const text = texts.filter((one) => one).join(' · ');
  return text === '' ? null : <span className="muted">{text}</span>;
}

function Actions({ row, standing, title }: { row: Reservation; standing: Standing; title: string }) {
  const say = useWords(mineWords);
  const { undo: undoName } = useWords(common);
  const { busy, act } = useAct();
  const { id, time_zone: zone } = row;
  const params = { reservation_id: id };
  const undoable = (text: string) => {
    const undo = {
      name: undoName,
      run: () =>
        void act(
          () => call(undoMethod, { params }),
          () => {
            toast(say.restored);
          },
        ),
    };
    toast(text, row.status === 'pending' ? undefined : undo);
  };
  const presence = presenceAt(row.room_id);
  const body = presence === null || presence === 'late' ? {} : presence;
  return (
    <div className="row end mine-actions" data-busy={busy || undefined}>
      {standing.isOpen && (
        <button
          type="button"
          className="button primary"
          onClick={() =>
            void act(
              () => call(checkInMethod, { params, body }),
              () => {
                toast(say.checkedIn);
              },
            )
          }
        >
          {say.checkIn} <small>{say.until(clockTime(Date.parse(row.check_in.closes ?? row.end), zone))}</small>
        </button>
      )}
      {standing.isRunning &&
        LONGER.map((minutes) => (
          <button
            key={minutes}
            type="button"
            className="button"
            aria-label={say.extendLabel(minutes, title)}
            onClick={() => {
              const end = new Date(Date.parse(row.end) + minutes * 60_000).toISOString();
              void act(
                () => call(extendReservationMethod, { params, body: { end } }),
                (after) => {
                  toast(say.extended(clockTime(Date.parse(after.end), zone)));
                },
              );
            }}
          >
            {say.extend(minutes)}
          </button>
        ))}
      {standing.isRunning && (
        <button
          type="button"
          className="button"
          onClick={() =>
            void act(
              () => call(endReservationMethod, { params }),
              () => {
                undoable(say.ended);
              },
            )
          }
        >
          {say.end}
        </button>
      )}
      {standing.isAhead && (
        <>
          <Link href={`/rooms?day=${dayOf(Date.parse(row.start), zone)}&reservation=${id}`} className="button">
            {say.move}
          </Link>
          <button
            type="button"
            className="button"
            onClick={() =>
              void act(
                () => call(cancelReservationMethod, { params }),
                (after) => {
                  undoable(after.status === 'released' ? say.ended : say.cancelled);
                },
              )
            }
          >
            {standing.leavesTrace ? say.giveBack : say.cancel}
          </button>
        </>
      )}
      <button
        type="button"
        className="button quiet"
        onClick={() => {
          const text = `${title}\n${dayName(Date.parse(row.start), zone, { year: true })} ${timesOf(row)} (${offsetName(Date.parse(row.start), zone)})\n${row.room_name}\n${location.origin}/rooms/${row.room_id}`;
          void navigator.clipboard.writeText(text).then(() => {
            toast(say.copied);
          });
        }}
      >
        {say.copy}
      </button>
    </div>
  );
}

/** `14:00–15:00`; the day too, where it ends on another. */
export function timesOf(row: Pick<Reservation, 'start' | 'end' | 'time_zone'>): string {
  return `${clockTime(Date.parse(row.start), row.time_zone)}–${endOf(row)}`;
}

function endOf({ start, end, time_zone }: Pick<Reservation, 'start' | 'end' | 'time_zone'>): string {
  const [from, to] = [Date.parse(start), Date.parse(end)];
  return dayOf(from, time_zone) === dayOf(to - 1, time_zone) ? clockTime(to, time_zone) : moment(to, time_zone);
}

/** Whether the room's clock shows another time than the viewer's. */
export function isElsewhere(at: number, zone: string): boolean {
  return offset(at, zone) !== offset(at, Intl.DateTimeFormat().resolvedOptions().timeZone);
}
