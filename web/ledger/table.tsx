import { memo, type KeyboardEvent } from 'react';
import { useLanguage, useWords, type Language } from '../lib/language.ts';
import { offset } from '../lib/time.ts';
import { HEAD, tableColumns, type Field, type Kind, type Row } from './columns.ts';
import type { Filter } from './filter.ts';
import { literalOf, offsetText, shortTime } from './literals.ts';
import { ledgerWords } from './words.ts';

interface Props {
  rows: readonly Row[];
  filter: Filter;
  /** This year, where times are short. */
  year: string;
  isStale: boolean;
  onOpen: (id: string) => void;
}

/** The rows in the columns of the vendor's method. The room heads each row and stays in sight. */
export function LedgerTable({ rows, filter, year, isStale, onOpen }: Props) {
  const say = useWords(ledgerWords);
  const language = useLanguage();
  const shown = tableColumns.filter(([field]) => !filter.hidden.has(field));
  const { topics, shortTimes, zone } = filter;
  return (
    <div className="table-frame ledger-frame" role="region" aria-label={say.table} tabIndex={0} aria-busy={isStale}>
      <table className="table ledger-table">
        <thead>
          <tr>
            <th scope="col" title={HEAD}>
              {say.names[HEAD]}
            </th>
            {shown.map(([field, kind]) => (
              <th key={field} scope="col" title={field} data-kind={kind}>
                {say.names[field]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={walk}>
          {rows.map((row) => (
            <Line key={row.id} {...{ row, shown: shown.map(([field]) => field).join(' '), topics, shortTimes, zone, year, language, onOpen }} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Arrow keys go from row to row. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || !(event.target instanceof HTMLButtonElement)) return;
  event.preventDefault();
  const stops = [...event.currentTarget.querySelectorAll('button')];
  stops[stops.indexOf(event.target) + step]?.focus();
}

interface LineProps {
  row: Row;
  /** Fields, in one text so that a line that did not change is not drawn again. */
  shown: string;
  topics: boolean;
  shortTimes: boolean;
  zone: string;
  year: string;
  language: Language;
  onOpen: (id: string) => void;
}

const kinds = new Map<string, Kind>(tableColumns);

const Line = memo(function Line({ row: { id, fields }, shown, topics, shortTimes, zone, year, language, onOpen }: LineProps) {
  const say = useWords(ledgerWords);
  const cell = (field: Field) => {
    const value = fields[field];
    const kind = kinds.get(field) ?? 'text';
    switch (kind) {
      case 'topic':
        return topics ? value : <LockChip text={say.hidden} why={say.hiddenWhy} />;
      case 'time':
        return shortTimes && value !== '' ? <span title={value}>{shortTime(value, year, (at) => offsetText(offset(at, zone)))}</span> : value;
      case 'status':
        return <LiteralText text={value} language={language} />;
      default:
        return value;
    }
  };
  return (
    <tr
      onClick={(event) => {
        // What is being selected is no click.
        if (getSelection()?.isCollapsed === false || (event.target as Element).closest('button')) return;
        onOpen(id);
      }}
    >
      <th scope="row">
        <button
          type="button"
          className="ledger-open"
          aria-label={say.details(fields.room_name)}
          title={fields.room_name}
          onClick={() => {
            onOpen(id);
          }}
        >
          {fields.room_name}
        </button>
      </th>
      {shown.split(' ').map((name) => {
        const field = name as Field;
        const kind = kinds.get(name);
        return name === '' ? null : (
          <td key={name} data-kind={kind} title={kind === 'text' || kind === 'id' || (kind === 'topic' && topics) ? fields[field] : undefined}>
            {cell(field)}
          </td>
        );
      })}
    </tr>
  );
});

function LockChip({ text, why }: { text: string; why: string }) {
  return (
    <span className="ledger-lock" title={why}>
      <svg width="10" height="12" viewBox="0 0 10 12" aria-hidden="true">
        <path d="M2.5 5V3.5a2.5 2.5 0 0 1 5 0V5" fill="none" stroke="currentColor" strokeWidth="1.4" />
        <rect x="0.5" y="5" width="9" height="6.5" rx="1.5" fill="currentColor" />
      </svg>
      {text}
    </span>
  );
}

/** A text of the wire, as a chip where it is a state, with its meaning beside it for English readers. */
export function LiteralText({ text, language }: { text: string; language: Language }) {
  const literal = literalOf(text);
  if (!literal) return text;
  const { state, sign, english } = literal;
  return (
    <>
      <span lang="zh-CN" className={state ? 'state' : undefined} data-state={state}>
        {sign !== undefined && <span aria-hidden="true">{sign}</span>}
        <span className="ledger-literal">{text}</span>
      </span>
      {language === 'en' && <span className="ledger-gloss">{english}</span>}
    </>
  );
}
