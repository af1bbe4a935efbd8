import { useId, useState } from 'react';
import { runImportMethod, type ImportReport } from '../../../src/wire/v1/imports.ts';
import { call } from '../../lib/api.ts';
import { useWords } from '../../lib/language.ts';
import { common } from '../../lib/words.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { toast } from '../../parts/toasts.tsx';
import { ChoiceField, Fault } from '../fields.tsx';
import { useTask } from '../task.ts';
import { decodeCsv } from './decode.ts';
import { Report } from './report.tsx';
import { importWords } from './words.ts';

export type ImportKind = 'rooms' | 'levels' | 'users';

/** A table that is pasted or chosen: a dry run first, then all of it or nothing. */
export default function Import({ kinds, onClose, onDone }: { kinds: readonly ImportKind[]; onClose: () => void; onDone: () => Promise<void> }) {
  const say = useWords(importWords);
  const general = useWords(common);
  const [kind, setKind] = useState<ImportKind>(kinds[0] ?? 'rooms');
  const [csv, setCsv] = useState('');
  const [unreadable, setUnreadable] = useState(false);
  const [report, setReport] = useState<ImportReport>();
  const task = useTask();
  const id = useId();
  const write = (text: string) => {
    setCsv(text);
    setReport(undefined);
  };
  const open = async (file: File | undefined) => {
    if (!file) return;
    const text = decodeCsv(new Uint8Array(await file.arrayBuffer()));
    setUnreadable(text === undefined);
    write(text ?? '');
  };
  const run = async (dry_run: boolean) => {
    await task.run(async () => {
      const answer = await call(runImportMethod, { body: { kind, csv, dry_run } });
      setReport(answer);
      if (!answer.applied) return;
      await onDone();
      toast(say.done(answer.created, answer.changed));
      onClose();
    });
  };
  const count = (report?.created ?? 0) + (report?.changed ?? 0);
  const isClean = report?.rejected.length === 0;
  return (
    <Dialog title={say.title} onClose={onClose}>
      <form
        className="stack admin-import"
        onSubmit={(event) => {
          event.preventDefault();
          void run(!(isClean && count > 0));
        }}
      >
        {kinds.length > 1 && (
          <ChoiceField
            label={say.what}
            value={kind}
            onChange={(next) => {
              setKind(next);
              setReport(undefined);
            }}
            choices={kinds.map((one) => [one, say.kinds[one]] as const)}
          />
        )}
        <p className="muted">
          {say.columns}: {say.columnsOf[kind]}
        </p>
        <div className="field">
          <label htmlFor={`${id}-text`}>{say.paste}</label>
          <textarea
            id={`${id}-text`}
            className="input id"
            rows={7}
            value={csv}
            spellCheck={false}
            wrap="off"
            onChange={(event) => {
              write(event.target.value);
            }}
          />
        </div>
        <div className="field">
          <label htmlFor={`${id}-file`}>{say.file}</label>
          <input
            id={`${id}-file`}
            type="file"
            accept=".csv,.txt,.tsv,text/csv"
            onChange={(event) => {
              void open(event.target.files?.[0]);
            }}
          />
          {unreadable && (
            <span className="fault" role="alert">
              {say.fileFault}
            </span>
          )}
        </div>
        <Fault text={task.fault} />
        {report && <Report report={report} />}
        <div className="row end">
          <button type="button" className="button" onClick={onClose}>
            {general.cancel}
          </button>
          {report && isClean && count > 0 ? (
            <button type="submit" className="button primary" disabled={task.busy}>
              {say.run(count)}
            </button>
          ) : (
            <button type="submit" className="button primary" disabled={task.busy || csv.trim() === ''}>
              {task.busy ? say.checking : say.check}
            </button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
