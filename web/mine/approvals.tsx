import { useInfiniteQuery } from '@tanstack/react-query';
import { useId, useRef, useState } from 'react';
import { Link } from 'wouter';
import { listApprovalsMethod } from '../../src/wire/v1/approvals.ts';
import { approveMethod, rejectMethod, type Reservation } from '../../src/wire/v1/reservations.ts';
import { call, type Answer } from '../lib/api.ts';
import { useWords } from '../lib/language.ts';
import { clockTime, dayName, moment } from '../lib/time.ts';
import { useTree } from '../lib/tree.ts';
import { APPROVALS_KEY } from '../lib/waiting.ts';
import { common } from '../lib/words.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Empty, Failure, Loading } from '../parts/failure.tsx';
import { toast } from '../parts/toasts.tsx';
import { useAct } from './act.ts';
import { timesOf } from './booking.tsx';
import { mineWords } from './words.ts';

type Approval = Answer<typeof listApprovalsMethod>['approvals'][number];

/** Requests that wait for the person's decision, those that exclude each other together. */
export function Approvals() {
  const say = useWords(mineWords);
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: [...APPROVALS_KEY, 'list'],
    queryFn: ({ pageParam, signal }) => call(listApprovalsMethod, { query: { limit: 100, ...(pageParam === '' ? {} : { cursor: pageParam }) }, signal }),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => next_cursor,
    refetchInterval: 60_000,
  });
  const heading = useRef<HTMLParagraphElement>(null);
  if (!data) return error ? <Failure error={error} retry={() => void refetch()} /> : <Loading />;
  const groups = together(data.pages.flatMap(({ approvals }) => approvals));
  return (
    <div className="stack">
      {error && <Failure error={error} retry={() => void refetch()} />}
      <p ref={heading} tabIndex={-1} className="muted mine-lead">
        {groups.length > 0 && say.approvalsText}
      </p>
      {groups.length === 0 && <Empty title={say.noneWait} text={say.noneWaitText} />}
      {groups.map((group) => (
        <Group key={group[0]?.reservation.id} group={group} onDecided={() => heading.current?.focus()} />
      ))}
      {hasNextPage && (
        <button type="button" className="button mine-more" onClick={() => void fetchNextPage()}>
          {say.more}
        </button>
      )}
    </div>
  );
}

/** Requests that overlap, directly or by way of others, in the order in which the first of them begins. */
function together(approvals: readonly Approval[]): Approval[][] {
  const byId = new Map(approvals.map((approval) => [approval.reservation.id, approval]));
  const groups: Approval[][] = [];
  for (const approval of approvals) {
    if (!byId.has(approval.reservation.id)) continue;
    const group: Approval[] = [];
    const open = [approval];
    for (let next = open.pop(); next; next = open.pop()) {
      if (!byId.delete(next.reservation.id)) continue;
      group.push(next);
      open.push(...next.competing.map((id) => byId.get(id)).filter((other) => other !== undefined));
    }
    groups.push(group.sort((a, b) => a.reservation.start.localeCompare(b.reservation.start)));
  }
  return groups;
}

function Group({ group, onDecided }: { group: readonly Approval[]; onDecided: () => void }) {
  const say = useWords(mineWords);
  const { data: tree } = useTree();
  const [first] = group;
  if (!first) return null;
  const { room_id, room_name, start, time_zone: zone } = first.reservation;
  const at = Date.parse(start);
  return (
    <section className="card mine-group" aria-label={`${room_name}, ${dayName(at, zone)}`}>
      <header className="row">
        <h2 className="grow">
          <Link href={`/rooms/${room_id}`}>{room_name}</Link> <span className="muted">{tree?.path(room_id).slice(0, -1).join(' / ')}</span>
        </h2>
        <span className="state" data-state="pending">
          <span aria-hidden="true">◷</span> {say.decideBefore(moment(at, zone))}
        </span>
      </header>
      {group.length > 1 && <p className="mine-compete">{say.competing(group.length)}</p>}
      <ul>
        {group.map(({ reservation, competing }) => (
          <Request key={reservation.id} row={reservation} competing={competing.length} onDecided={onDecided} />
        ))}
      </ul>
    </section>
  );
}

function Request({ row, competing, onDecided }: { row: Reservation; competing: number; onDecided: () => void }) {
  const say = useWords(mineWords);
  const { busy, act } = useAct();
  const [declines, setDeclines] = useState(false);
  const { id, reserver, time_zone: zone } = row;
  const params = { reservation_id: id };
  const title = row.title === null ? say.private : row.title || say.untitled;
  const hint = useId();
  const approve = () =>
    void act(
      () => call(approveMethod, { params }),
      () => {
        toast(competing > 0 ? say.approvedOver(title, competing) : say.approved(title));
        onDecided();
      },
    );
  return (
    <li className="mine-request" aria-label={`${title}, ${reserver.name}`}>
      <div className="mine-time">
        <strong>{clockTime(Date.parse(row.start), zone)}</strong>
        <span>{timesOf(row).split('–')[1]}</span>
      </div>
      <div className="mine-what">
        <h3>{title}</h3>
        <p>
          {reserver.name}
          <span className="muted">
            {reserver.department !== '' && ` · ${reserver.department}`} · {say.asked(moment(Date.parse(row.created), zone))}
            {row.guests > 0 && ` · ${say.guests(row.guests)}`}
          </span>
        </p>
        <p className="mine-reason">{row.approval_reason === null || row.approval_reason === '' ? say.noReason : row.approval_reason}</p>
      </div>
      <div className="mine-actions mine-decide">
        <div className="row end">
          <button
            type="button"
            className="button"
            disabled={busy}
            onClick={() => {
              setDeclines(true);
            }}
          >
            {say.decline}
          </button>
          <button type="button" className="button primary" disabled={busy} aria-describedby={competing > 0 ? hint : undefined} onClick={approve}>
            {say.approve}
          </button>
        </div>
        {competing > 0 && (
          <p id={hint} className="muted">
            {say.declinesOthers(competing)}
          </p>
        )}
      </div>
      {declines && (
        <Decline
          title={title}
          onClose={() => {
            setDeclines(false);
          }}
          onDecline={async (note) => {
            const body = note === '' ? {} : { note };
            const isDone = await act(
              () => call(rejectMethod, { params, body }),
              () => {
                toast(say.declined(title));
              },
            );
            setDeclines(false);
            if (isDone) onDecided();
          }}
        />
      )}
    </li>
  );
}

function Decline({ title, onClose, onDecline }: { title: string; onClose: () => void; onDecline: (note: string) => Promise<void> }) {
  const say = useWords(mineWords);
  const { cancel } = useWords(common);
  const [note, setNote] = useState('');
  const field = useId();
  return (
    <Dialog title={say.declineTitle} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void onDecline(note.trim());
        }}
      >
        <p>{title}</p>
        <div className="field">
          <label htmlFor={field}>{say.note}</label>
          <textarea
            id={field}
            className="input"
            rows={3}
            maxLength={1000}
            value={note}
            onChange={(event) => {
              setNote(event.target.value);
            }}
          />
        </div>
        <div className="row end">
          <button type="button" className="button" onClick={onClose}>
            {cancel}
          </button>
          <button className="button danger">{say.decline}</button>
        </div>
      </form>
    </Dialog>
  );
}
