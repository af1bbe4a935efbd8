import { dayName, clockTime } from '../lib/time.ts';
import { useWords } from '../lib/language.ts';
import type { Search } from '../lib/search.ts';
import type { Filter } from './filter.ts';
import type { Window } from './windows.ts';
import { ledgerWords } from './words.ts';

interface Props {
  filter: Filter;
  windows: readonly Window[];
  /** Unix seconds. */
  now: number;
  change: (part: Search) => void;
}

/** The rules of the vendor's window, said before they are broken; a period that breaks them is cut into calls that do not. */
export function ApiWindow({ filter, windows, now, change }: Props) {
  const say = useWords(ledgerWords);
  const { zone } = filter;
  const count = windows.length;
  const at = Math.min(filter.call, count - 1);
  const go = (call: number) => {
    change({ call: call === 0 ? undefined : String(call) });
  };
  const nameOf = ({ start, end }: Window) => {
    const day = dayName(start * 1000, zone, { year: true });
    return end - start < 82_000 ? `${day} ${clockTime(start * 1000, zone)}–${clockTime((end + 1) * 1000, zone)}` : day;
  };
  const isAhead = (index: number) => (windows[index]?.start ?? Infinity) > now;
  return (
    <section className="notice ledger-rules" aria-label={say.apiWindow}>
      <div className="grow">
        <p>{say.rules}</p>
        <ul>
          <li>{say.ruleStart}</li>
          <li>{say.ruleLength}</li>
          <li>{say.ruleBelongs}</li>
        </ul>
        {(count > 1 || !isAhead(0)) && <p className="muted">{count > 1 ? say.split(count) : say.oneCall}</p>}
      </div>
      {count > 1 && (
        <div className="row" role="group" aria-label={say.call}>
          <button
            type="button"
            className="button"
            aria-label={say.previousCall}
            disabled={at === 0}
            onClick={() => {
              go(at - 1);
            }}
          >
            ‹
          </button>
          <select
            className="input"
            aria-label={say.call}
            value={at}
            onChange={(event) => {
              go(Number(event.target.value));
            }}
          >
            {windows.map((window, index) => (
              <option key={window.start} value={index} disabled={isAhead(index)}>
                {nameOf(window)}
                {isAhead(index) ? ` (${say.inFuture})` : ''}
              </option>
            ))}
          </select>
          <button
            type="button"
            className="button"
            aria-label={say.nextCall}
            disabled={at >= count - 1 || isAhead(at + 1)}
            onClick={() => {
              go(at + 1);
            }}
          >
            ›
          </button>
          <span className="muted">{say.callOf(at + 1, count)}</span>
        </div>
      )}
    </section>
  );
}
