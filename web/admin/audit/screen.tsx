import { Fragment, useState } from 'react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { auditMethod, type AuditRow } from '../../../src/wire/v1/audit.ts';
import { call } from '../../lib/api.ts';
import { useWords } from '../../lib/language.ts';
import { serverNow } from '../../lib/now.ts';
import { useSearchState } from '../../lib/search.ts';
import { dayAfter, dayBounds, dayName, dayOf, clockTime } from '../../lib/time.ts';
import { Empty, Failure, Loading } from '../../parts/failure.tsx';
import { PeriodPicker } from '../../parts/period.tsx';
import { PersonPicker } from '../../parts/person-picker.tsx';
import { useSession } from '../../shell/session.ts';
import { ChoiceField, TextField } from '../fields.tsx';
import { adminWords } from '../words.ts';
import { Details } from './details.tsx';
import { TakeBack } from './take-back.tsx';
import { undoOf, type Undo } from './undo.ts';
import { auditWords } from './words.ts';

const KINDS = ['room', 'level', 'reservation', 'event', 'user', 'department', 'app', 'device', 'tenant'] as const;

/** Who changed what, and what was refused; latest first. */
export default function AuditScreen() {
  const say = useWords(auditWords);
  const general = useWords(adminWords);
  const zone = useSession()?.tenant.time_zone ?? 'UTC';
  const [search, change] = useSearchState();
  const [open, setOpen] = useState<number>();
  const [undo, setUndo] = useState<Undo>();
  const [now] = useState(serverNow);
  const today = dayOf(now, zone);
  const { from = dayAfter(today, -30), to = today, actor, action, kind, object, outcome } = search;
  const filter = {
    from: new Date(dayBounds(from, zone)[0]).toISOString(),
    to: new Date(dayBounds(to, zone)[1]).toISOString(),
    ...(actor === undefined ? {} : { actor }),
    ...(action === undefined ? {} : { action }),
    ...(kind === undefined ? {} : { object_kind: kind }),
    ...(object === undefined ? {} : { object_id: object }),
    ...(outcome === undefined ? {} : { denied: outcome === 'denied' }),
    limit: 100,
  };
  const list = useInfiniteQuery({
    queryKey: ['admin', 'audit', filter],
    queryFn: ({ pageParam }) => call(auditMethod, { query: { ...filter, ...(pageParam === '' ? {} : { cursor: pageParam }) } }),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => next_cursor,
    placeholderData: (before) => before,
    staleTime: 0,
  });
  const rows = list.data?.pages.flatMap((page) => page.rows) ?? [];
  const undoable = (row: AuditRow) => {
    const found = undoOf(row, now);
    return (
      found &&
      (() => {
        setUndo(found);
      })
    );
  };
  const isFiltered = [actor, action, kind, object, outcome].some((one) => one !== undefined);
  return (
    <div className="stack">
      <h1 className="visually-hidden">{say.title}</h1>
      <div className="admin-filters">
        <PeriodPicker
          label={say.period}
          from={from}
          to={to}
          max={today}
          onChange={(first, last) => {
            change({ from: first, to: last });
          }}
        />
        <PersonPicker
          label={say.who}
          single
          value={actor === undefined ? [] : [actor]}
          onChange={([one]) => {
            change({ actor: one });
          }}
        />
        <TextField
          label={say.action}
          placeholder={say.actionHint}
          value={action ?? ''}
          onChange={(next) => {
            change({ action: next }, { replace: true });
          }}
        />
        <ChoiceField
          label={say.kind}
          value={kind ?? ''}
          onChange={(next) => {
            change({ kind: next });
          }}
          choices={[['', say.all], ...KINDS.map((one) => [one, say.kinds[one]] as const)]}
        />
        <ChoiceField
          label={say.outcome}
          value={outcome ?? ''}
          onChange={(next) => {
            change({ outcome: next });
          }}
          choices={[
            ['', say.all],
            ['done', say.done],
            ['denied', say.denied],
          ]}
        />
        {isFiltered && (
          <button
            type="button"
            className="button quiet"
            onClick={() => {
              change({ actor: undefined, action: undefined, kind: undefined, object: undefined, outcome: undefined });
            }}
          >
            {say.clear}
          </button>
        )}
      </div>
      {object !== undefined && (
        <p className="muted">
          {say.object}: <code>{object}</code>
        </p>
      )}
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Loading />}
      {list.data && rows.length === 0 && <Empty title={say.none} text={say.noneText} />}
      {rows.length > 0 && (
        <div className="table-frame" role="region" aria-label={say.title} tabIndex={0}>
          <table className="table admin-audit">
            <thead>
              <tr>
                <th scope="col">{say.when}</th>
                <th scope="col">{say.by}</th>
                <th scope="col">{say.what}</th>
                <th scope="col">{say.of}</th>
                <th scope="col">{say.how}</th>
                <th scope="col">{say.outcome}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Fragment key={row.id}>
                  <Row
                    row={row}
                    zone={zone}
                    isOpen={open === row.id}
                    onToggle={() => {
                      setOpen(open === row.id ? undefined : row.id);
                    }}
                  />
                  {open === row.id && (
                    <tr>
                      <td colSpan={6} className="admin-audit-details">
                        <Details
                          row={row}
                          onTakeBack={undoable(row)}
                          onObject={() => {
                            change({ kind: row.object.kind, object: row.object.id });
                          }}
                        />
                      </td>
                    </tr>
                  )}
                </Fragment>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {undo && (
        <TakeBack
          undo={undo}
          onClose={() => {
            setUndo(undefined);
          }}
        />
      )}
      {list.hasNextPage && (
        <p>
          <button type="button" className="button" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {general.more}
          </button>
        </p>
      )}
    </div>
  );
}

function Row({ row, zone, isOpen, onToggle }: { row: AuditRow; zone: string; isOpen: boolean; onToggle: () => void }) {
  const say = useWords(auditWords);
  const at = Date.parse(row.at);
  const named = row.after?.name ?? row.before?.name;
  return (
    <tr className="admin-row" data-open={isOpen} onClick={onToggle}>
      <td className="admin-time">
        <button
          type="button"
          className="admin-link"
          aria-expanded={isOpen}
          onClick={(event) => {
            event.stopPropagation();
            onToggle();
          }}
        >
          <span className="admin-twist" data-open={isOpen} aria-hidden="true">
            ▸
          </span>
          {dayName(at, zone)} {clockTime(at, zone)}
        </button>
      </td>
      <td>{row.actor.name === '' ? row.actor.id : row.actor.name}</td>
      <td>
        <code>{row.action}</code>
      </td>
      <td>
        {wordOf(say.kinds, row.object.kind)} {typeof named === 'string' ? named : <span className="id muted">{row.object.id}</span>}
      </td>
      <td className="muted">{row.via === 'browser' ? say.browser : wordOf(say.sources, row.source)}</td>
      <td>
        {row.denied && (
          <span className="state" data-state="absent">
            <span aria-hidden="true">✕</span> {say.denied}
          </span>
        )}
      </td>
    </tr>
  );
}

/** What a word of the wire is called; one that is new is shown as it is. */
function wordOf(words: Readonly<Record<string, string>>, name: string): string {
  return words[name] ?? name;
}
