import type { ReactNode } from 'react';
import { useWords } from '../lib/language.ts';
import { csvOf, saveFile, type Field } from './csv.ts';
import { useWordsOfUse } from './words.ts';

interface Props {
  title: string;
  /** Of the file, without its ending. */
  file: string;
  /** What stands in the file, made when it is asked for. */
  rows: () => readonly (readonly Field[])[];
  hint?: string;
  children: ReactNode;
}

/** A chart or table with its name and its file. */
export function Section({ title, file, rows, hint, children }: Props) {
  const say = useWords(useWordsOfUse);
  return (
    <section className="card use-section" aria-label={title}>
      <div className="row">
        <h2>{title}</h2>
        {hint !== undefined && <span className="muted use-hint">{hint}</span>}
        <span className="grow" />
        <button
          type="button"
          className="button quiet use-csv"
          aria-label={say.csvOf(title)}
          onClick={() => {
            saveFile(`${file}.csv`, csvOf(rows()));
          }}
        >
          ⤓ {say.csv}
        </button>
      </div>
      {children}
    </section>
  );
}
