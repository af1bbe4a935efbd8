import { useWords } from '../lib/language.ts';
import type { Search } from '../lib/search.ts';
import { PAGE_SIZES, type Filter } from './filter.ts';
import { usePages } from './pages.ts';
import { ledgerWords } from './words.ts';

interface Props {
  filter: Filter;
  count: number;
  next: string | null;
  go: (cursor: string | undefined) => void;
  change: (part: Search) => void;
}

/** First, previous, next; no numbers, which a walk by cursors does not have. */
export function Pager({ filter, count, next, go, change }: Props) {
  const say = useWords(ledgerWords);
  const { toFirst, toPrevious, toNext } = usePages(filter.cursor, next, go);
  return (
    <nav className="row ledger-pager" aria-label={say.pages}>
      <p className="muted grow" role="status">
        {say.rowsHere(count)} · {next === null ? say.lastPage : say.morePages}
      </p>
      <label className="row">
        <span className="muted">{say.pageSize}</span>
        <select
          className="input"
          value={filter.size}
          onChange={(event) => {
            change({ size: event.target.value });
          }}
        >
          {PAGE_SIZES.map((size) => (
            <option key={size}>{size}</option>
          ))}
        </select>
      </label>
      <button type="button" className="button" disabled={!toFirst} onClick={toFirst}>
        {say.first}
      </button>
      <button type="button" className="button" disabled={!toPrevious} onClick={toPrevious}>
        {say.previous}
      </button>
      <button type="button" className="button" disabled={!toNext} onClick={toNext}>
        {say.next}
      </button>
    </nav>
  );
}
