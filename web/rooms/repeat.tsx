import { useId } from 'react';
import { useWords } from '../lib/language.ts';
import { dayAfter } from '../lib/time.ts';
import { DayPicker } from '../parts/period.tsx';
import { kinds, type Ending, type Kind } from './recurrence.ts';
import { roomsWords } from './words.ts';

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
  const say = useWords(roomsWords);
  const id = useId();
  return (
    <div className="rooms-times">
      <div className="field">
        <label htmlFor={`${id}-kind`}>{say.repeat}</label>
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
              {say.repeats[one]}
            </option>
          ))}
        </select>
      </div>
      {kind !== 'none' && (
        <>
          <div className="field">
            <label htmlFor={`${id}-ends`}>{say.ends}</label>
            <select
              id={`${id}-ends`}
              className="input"
              value={'count' in ending ? 'count' : 'until'}
              onChange={(event) => {
                onEnding(event.target.value === 'count' ? { count: 4 } : { until: dayAfter(firstDay, 28) });
              }}
            >
              <option value="count">{say.endsAfter}</option>
              <option value="until">{say.endsOn}</option>
            </select>
          </div>
          {'count' in ending ? (
            <div className="field">
              <label htmlFor={`${id}-count`}>{say.dates}</label>
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
              label={say.lastDay}
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
