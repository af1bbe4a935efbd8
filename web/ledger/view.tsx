import { useState } from 'react';
import { useWords } from '../lib/language.ts';
import type { Search } from '../lib/search.ts';
import { Dialog } from '../parts/dialog.tsx';
import { tableColumns, type Field } from './columns.ts';
import type { Filter } from './filter.ts';
import { Switch } from './switch.tsx';
import { ledgerWords } from './words.ts';

interface Props {
  filter: Filter;
  /** Of what is read: goes back to the first page. */
  change: (part: Search) => void;
  /** Of how it is shown: the page stays. */
  show: (part: Search) => void;
  onCopy: () => void;
  onExport: (() => void) | undefined;
}

/** How the rows are shown, and what can be done with them. */
export function View({ filter, change, show, onCopy, onExport }: Props) {
  const say = useWords(ledgerWords);
  const [choosing, setChoosing] = useState(false);
  return (
    <div className="row ledger-view">
      <Switch
        name={say.apiWindow}
        on={filter.api}
        onChange={(on) => {
          change({ window: on ? 'api' : undefined, call: undefined });
        }}
      />
      <Switch
        name={say.topics}
        on={filter.topics}
        onChange={(on) => {
          show({ topics: on ? '1' : undefined });
        }}
      />
      <Switch
        name={say.shortTimes}
        on={filter.shortTimes}
        onChange={(on) => {
          show({ times: on ? 'short' : undefined });
        }}
      />
      <span className="grow" />
      <button
        type="button"
        className="button"
        aria-haspopup="dialog"
        onClick={() => {
          setChoosing(true);
        }}
      >
        {say.columns}
        {filter.hidden.size > 0 && ` ${String(18 - filter.hidden.size)}/18`}
      </button>
      <button type="button" className="button" aria-haspopup="dialog" onClick={onCopy}>
        {say.copyCall}
      </button>
      <button type="button" className="button primary" aria-haspopup="dialog" disabled={!onExport} onClick={onExport}>
        {say.export}
      </button>
      {choosing && (
        <ColumnChooser
          hidden={filter.hidden}
          onChange={(hidden) => {
            show({ hide: [...hidden].join(',') });
          }}
          onClose={() => {
            setChoosing(false);
          }}
        />
      )}
    </div>
  );
}

interface ColumnProps {
  hidden: ReadonlySet<Field>;
  onChange: (hidden: ReadonlySet<Field>) => void;
  onClose: () => void;
}

function ColumnChooser({ hidden, onChange, onClose }: ColumnProps) {
  const say = useWords(ledgerWords);
  return (
    <Dialog title={say.columns} onClose={onClose}>
      <p className="muted">{say.columnsText}</p>
      <ul className="ledger-columns">
        {tableColumns.map(([field]) => (
          <li key={field}>
            <label>
              <input
                type="checkbox"
                checked={!hidden.has(field)}
                onChange={() => {
                  const next = new Set(hidden);
                  if (!next.delete(field)) next.add(field);
                  onChange(next);
                }}
              />
              <span className="grow">{say.names[field]}</span>
              <code className="muted">{field}</code>
            </label>
          </li>
        ))}
      </ul>
      <div className="row end">
        <button
          type="button"
          className="button"
          onClick={() => {
            onChange(new Set());
          }}
        >
          {say.all}
        </button>
        <button type="button" className="button primary" onClick={onClose}>
          {say.done}
        </button>
      </div>
    </Dialog>
  );
}
