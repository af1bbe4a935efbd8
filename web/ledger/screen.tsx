import './ledger.css';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ledgerMethod } from '../../src/wire/v1/ledger.ts';
import { ApiError, call } from '../lib/api.ts';
import { useWords } from '../lib/language.ts';
import { serverNow } from '../lib/now.ts';
import { useSearchState, type Search } from '../lib/search.ts';
import { dayOf, offsetName } from '../lib/time.ts';
import { useTree, type Tree } from '../lib/tree.ts';
import { Empty, Failure, Loading } from '../parts/failure.tsx';
import { ApiWindow } from './api-window.tsx';
import { CopyCall } from './copy-call.tsx';
import { Detail } from './detail.tsx';
import { Export } from './export.tsx';
import { filterOf, queryOf, windowOf, type Filter } from './filter.ts';
import { Filters } from './filters.tsx';
import { Pager } from './pager.tsx';
import { LedgerTable } from './table.tsx';
import { View } from './view.tsx';
import { windowsOf } from './windows.ts';
import { ledgerWords } from './words.ts';

/** The reservation ledger: the vendor's 18 columns for any period, the same as a call, the same as a file. */
export default function Screen() {
  const say = useWords(ledgerWords);
  const { data: tree, error, refetch } = useTree();
  return (
    <div className="ledger">
      <h1>{say.title}</h1>
      {tree ? <Ledger tree={tree} /> : error ? <Failure error={error} retry={() => void refetch()} /> : <Loading />}
    </div>
  );
}

function Ledger({ tree }: { tree: Tree }) {
  const say = useWords(ledgerWords);
  const [search, setSearch] = useSearchState();
  const [open, setOpen] = useState<'copy' | 'export'>();
  const [now] = useState(serverNow);
  const level = search.level === undefined ? undefined : tree.level(search.level);
  // The days are those of the level that is looked at.
  const zone = (level ?? tree.levels[0])?.time_zone ?? 'UTC';
  const filter = filterOf(search, zone, now);
  const change = (part: Search) => {
    setSearch({ ...part, cursor: undefined });
  };
  const { start } = windowOf(filter);
  const windows = filter.api ? windowsOf(filter.from, filter.to, zone) : [];
  const isAhead = filter.api && start * 1000 > now;
  const query = queryOf(filter);
  const { data, error, isPlaceholderData, refetch } = useQuery({
    queryKey: ['ledger', query],
    queryFn: ({ signal }) => call(ledgerMethod, { query, signal }),
    placeholderData: keepPreviousData,
    enabled: !isAhead,
  });
  if (error instanceof ApiError && error.code === 'no_permission') return <Empty title={say.noAccess} text={say.noAccessText} />;
  const page = isAhead ? undefined : data;
  return (
    <>
      <Filters tree={tree} filter={filter} note={say.zone(`${zone} (${offsetName(start * 1000, zone)})`)} change={change} />
      <View
        filter={filter}
        change={change}
        show={setSearch}
        onCopy={() => {
          setOpen('copy');
        }}
        onExport={
          page && page.rows.length > 0
            ? () => {
                setOpen('export');
              }
            : undefined
        }
      />
      {filter.api && <ApiWindow filter={filter} windows={windows} now={now / 1000} change={change} />}
      {page?.fell_back && <Fallen text={say.fellBack} change={change} />}
      {isAhead ? (
        <Ahead zone={zone} now={now} change={change} />
      ) : !page ? (
        error ? (
          <Refused error={error} filter={filter} change={change} retry={() => void refetch()} />
        ) : (
          <Loading />
        )
      ) : page.rows.length === 0 && filter.cursor === undefined ? (
        <Nothing tree={tree} />
      ) : (
        <>
          {error && <Failure error={error} retry={() => void refetch()} />}
          <LedgerTable
            rows={page.rows}
            filter={filter}
            year={dayOf(now, zone).slice(0, 4)}
            isStale={isPlaceholderData}
            onOpen={(id) => {
              setSearch({ row: id });
            }}
          />
          <Pager
            filter={filter}
            count={page.rows.length}
            next={isPlaceholderData ? null : page.next_cursor}
            go={(cursor) => {
              setSearch({ cursor });
            }}
            change={change}
          />
        </>
      )}
      {open === 'copy' && (
        <CopyCall
          filter={filter}
          now={now / 1000}
          onClose={() => {
            setOpen(undefined);
          }}
        />
      )}
      {open === 'export' && page && (
        <Export
          filter={filter}
          rows={page.rows}
          onClose={() => {
            setOpen(undefined);
          }}
        />
      )}
      {search.row !== undefined && (
        <Detail
          id={search.row}
          tree={tree}
          onClose={() => {
            setSearch({ row: undefined });
          }}
        />
      )}
    </>
  );
}

interface StateProps {
  change: (part: Search) => void;
}

function Nothing({ tree }: { tree: Tree }) {
  const say = useWords(ledgerWords);
  return tree.rooms.length === 0 ? <Empty title={say.emptyTenantTitle} text={say.emptyTenantText} /> : <Empty title={say.emptyTitle} text={say.emptyText} />;
}

function Fallen({ text, change }: StateProps & { text: string }) {
  const say = useWords(ledgerWords);
  return (
    <div className="notice" data-kind="warning" role="status">
      <p className="grow">{text}</p>
      <button
        type="button"
        className="button"
        onClick={() => {
          change({ level: undefined, rooms: undefined, which: undefined });
        }}
      >
        {say.wholeTenant}
      </button>
    </div>
  );
}

/** The vendor's window does not reach ahead: said in place of the refusal. */
function Ahead({ zone, now, change }: StateProps & { zone: string; now: number }) {
  const say = useWords(ledgerWords);
  const today = dayOf(now, zone);
  return (
    <Empty
      title={say.futureTitle}
      text={say.futureText}
      action={
        <span className="row ledger-center">
          <button
            type="button"
            className="button primary"
            onClick={() => {
              change({ from: today, to: today, call: undefined });
            }}
          >
            {say.showToday}
          </button>
          <button
            type="button"
            className="button"
            onClick={() => {
              change({ window: undefined, call: undefined });
            }}
          >
            {say.switchOff}
          </button>
        </span>
      }
    />
  );
}

function Refused({ error, filter, change, retry }: StateProps & { error: Error; filter: Filter; retry: () => void }) {
  const say = useWords(ledgerWords);
  const { code, problem } = error instanceof ApiError ? error : { code: '', problem: undefined };
  if (code === 'not_found') return <Fallen text={filter.which === 'only' ? say.noneOfRooms : say.noLevel} change={change} />;
  if (problem?.fields?.some(({ field }) => field === 'cursor'))
    return (
      <div className="notice" data-kind="warning" role="status">
        <p className="grow">{say.badCursor}</p>
        <button
          type="button"
          className="button"
          onClick={() => {
            change({});
          }}
        >
          {say.first}
        </button>
      </div>
    );
  return <Failure error={error} retry={retry} />;
}
