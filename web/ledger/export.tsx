import { useEffect, useRef, useState } from 'react';
import { ledgerMethod } from '../../src/wire/v1/ledger.ts';
import { ApiError, call } from '../lib/api.ts';
import { locale, useWords } from '../lib/language.ts';
import { moment } from '../lib/time.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Failure } from '../parts/failure.tsx';
import { columns, type Row } from './columns.ts';
import { BYTE_ORDER_MARK, csvLine } from './csv.ts';
import { queryOf, windowOf, type Filter } from './filter.ts';
import { wireInstant } from './literals.ts';
import { ledgerWords } from './words.ts';

type Progress = { rows: number; until: number | undefined } & (
  { state: 'reading' | 'stopped' } | { state: 'done'; file: Blob } | { state: 'failed'; error: ApiError }
);

interface Props {
  filter: Filter;
  /** Of the page that is shown. */
  rows: readonly Row[];
  onClose: () => void;
}

/**
 * Saves the page, or all pages of the period, as CSV. Pages are read one after the other and laid into the file as they come; cancelling stops
 * between two of them, and so does closing the window.
 */
export function Export({ filter, rows, onClose }: Props) {
  const say = useWords(ledgerWords);
  const [progress, setProgress] = useState<Progress>();
  const reading = useRef<AbortController>(undefined);
  useEffect(
    () => () => {
      reading.current?.abort();
    },
    [],
  );
  const { start, end } = windowOf(filter);
  const head = BYTE_ORDER_MARK + csvLine(columns.map(([field]) => say.names[field]));
  const name = `${say.file}-${filter.from}${filter.to === filter.from ? '' : `-${filter.to}`}.csv`;
  const count = (number: number) => new Intl.NumberFormat(locale()).format(number);

  const exportAll = async () => {
    const controller = (reading.current = new AbortController());
    const { signal } = controller;
    let file = new Blob([head]);
    let done = 0;
    let until: number | undefined;
    setProgress({ state: 'reading', rows: 0, until });
    const { cursor: _page, ...query } = queryOf({ ...filter, size: 100 });
    try {
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: { rows: Row[]; next_cursor: string | null } = await call(ledgerMethod, { query: { ...query, cursor }, signal });
        if (signal.aborted) return;
        file = new Blob([file, linesOf(page.rows)]);
        done += page.rows.length;
        until = wireInstant(page.rows.at(-1)?.fields.event_start_time ?? '') ?? until;
        cursor = page.next_cursor;
        setProgress({ state: 'reading', rows: done, until });
      }
      setProgress({ state: 'done', rows: done, until, file });
      save(file, name);
    } catch (error) {
      if (signal.aborted) return;
      setProgress({ state: 'failed', rows: done, until, error: error instanceof ApiError ? error : new ApiError(0, {}) });
    }
  };
  const exportPage = () => {
    const file = new Blob([head, linesOf(rows)]);
    setProgress({ state: 'done', rows: rows.length, until: undefined, file });
    save(file, name);
  };
  const stop = () => {
    reading.current?.abort();
    if (progress) setProgress({ ...progress, state: 'stopped' });
  };

  return (
    <Dialog title={say.exportTitle} onClose={onClose}>
      <p className="muted">{say.exportText}</p>
      {progress && (
        <div className="stack" role="status">
          {progress.state === 'reading' && (
            <>
              <progress className="ledger-progress" aria-label={say.exporting} max={end - start + 1} value={(progress.until ?? start * 1000) / 1000 - start} />
              <p>{progress.until === undefined ? say.exporting : say.exportProgress(count(progress.rows), moment(progress.until, filter.zone))}</p>
            </>
          )}
          {progress.state === 'done' && <p>{say.exportDone(count(progress.rows))}</p>}
          {progress.state === 'stopped' && <p>{say.exportStopped}</p>}
        </div>
      )}
      {progress?.state === 'failed' && <Failure error={progress.error} retry={() => void exportAll()} />}
      <div className="row end">
        {progress?.state === 'reading' ? (
          <button type="button" className="button" onClick={stop}>
            {say.stop}
          </button>
        ) : (
          <>
            <button type="button" className="button" onClick={exportPage}>
              {say.exportPage(rows.length)}
            </button>
            <button type="button" className="button primary" onClick={() => void exportAll()}>
              {say.exportAll}
            </button>
          </>
        )}
      </div>
    </Dialog>
  );
}

function linesOf(rows: readonly Row[]): string {
  return rows.map(({ fields }) => csvLine(columns.map(([field]) => fields[field]))).join('');
}

/** Hands a file to the browser as a download. */
function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(new Blob([file], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the file over by then.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 60_000);
}
