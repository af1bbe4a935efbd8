import { useId } from 'react';
import { useWords } from '../lib/language.ts';
import { dayAfter } from '../lib/time.ts';
import { DayPicker } from '../parts/period.tsx';
import { kinds, type Ending, type Kind } from './recurrence.ts';
import { formWords } from './form-words.ts';

interface Props {
  kind: Kind;
  ending: Ending;
  firstDay: string;
  lastDay: string;
  fault: string | undefined;
  onKind: (kind: Kind) => void;
  onEnding: (ending: Ending) => void;
}

const MOST = 500;

/** How often, and until when. */
export function Repeat({ kind, ending, firstDay, lastDay, fault, onKind, onEnding }: Props) {
  const form = useWords(formWords);
  const id = useId();
  return (
    <div className="rooms-times">
      <div className="field">
        <label htmlFor={`${id}-kind`}>{form.repeat}</label>
        <select
          id={`${id}-kind`}
          className="input"
          value={kind}
          aria-invalid={fault === undefined ? undefined : true}
          onChange={(event) => {
            onKind(event.target.value as Kind);
          }}
        >
          {kinds.map((one) => (
            <option key={one} value={one}>
              {form.repeats[one]}
            </option>
          ))}
        </select>
      </div>
      {kind !== 'none' && (
        <>
          <div className="field">
            <label htmlFor={`${id}-ends`}>{form.ends}</label>
            <select
              id={`${id}-ends`}
              className="input"
              value={'count' in ending ? 'count' : 'until'}
              onChange={(event) => {
                onEnding(event.target.value === 'count' ? { count: 4 } : { until: dayAfter(firstDay, 28) });
              }}
            >
              <option value="count">{form.endsAfter}</option>
              <option value="until">{form.endsOn}</option>
            </select>
          </div>
          {'count' in ending ? (
            <div className="field">
              <label htmlFor={`${id}-count`}>{form.dates}</label>
              <input
                id={`${id}-count`}
                className="input"
                type="number"
                inputMode="numeric"
                required
                min={1}
                max={MOST}
                value={ending.count === 0 ? '' : ending.count}
                onChange={(event) => {
                  onEnding({ count: Math.min(MOST, Math.max(0, Math.floor(Number(event.target.value)))) });
                }}
              />
            </div>
          ) : (
            <DayPicker
              label={form.lastDay}
              value={ending.until}
              min={firstDay}
              max={lastDay}
              onChange={(until) => {
                onEnding({ until });
              }}
            />
          )}
        </>
      )}
      {fault !== undefined && <p className="fault">{fault}</p>}
    </div>
  );
}
