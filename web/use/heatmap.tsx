import { useState, useSyncExternalStore } from 'react';
import { useWords } from '../lib/language.ts';
import { heatStep, hourName, percent, shareOf, STEPS, weekdays, type LevelUse } from './figures.ts';
import { Section } from './parts.tsx';
import { useWordsOfUse } from './words.ts';

interface Props {
  level: LevelUse;
  /** Whether there are several, so that its name has to be said. */
  named: boolean;
  file: string;
  onChoose: (weekday: number, hour: number) => void;
}

const EVERY_HOUR: readonly number[] = Array.from({ length: 24 }, (_, hour) => hour);

const narrow = matchMedia('(max-width: 640px)');

function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      narrow.addEventListener('change', listener);
      return () => {
        narrow.removeEventListener('change', listener);
      };
    },
    () => narrow.matches,
  );
}

/** The hours in which something was reserved, and all between them; all 24 where nothing was. */
function hoursInUse({ week }: LevelUse): readonly number[] {
  const busy = EVERY_HOUR.filter((hour) => week.booked.some((day) => (day[hour] ?? 0) > 0));
  const [first, last] = [busy[0], busy.at(-1)];
  return first === undefined || last === undefined ? EVERY_HOUR : EVERY_HOUR.slice(first, last + 1);
}

/** Occupancy by hour of the week: a table of days by hours, on a phone of hours by days. */
export function Heatmap({ level, named, file, onChoose }: Props) {
  const say = useWords(useWordsOfUse);
  const [all, setAll] = useState(false);
  const isNarrow = useNarrow();
  const inUse = hoursInUse(level);
  const hours = all ? EVERY_HOUR : inUse;
  const [days, longDays] = [weekdays('short'), weekdays('long')];
  const share = (day: number, hour: number) => shareOf(level.week.booked[day]?.[hour] ?? 0, level.week.bookable[day]?.[hour] ?? 0);
  const title = named ? `${say.week}: ${level.name}` : say.week;
  const rows = () => [
    ['weekday', 'hour', 'booked_minutes', 'bookable_minutes', 'occupancy'],
    ...longDays.flatMap((name, day) =>
      EVERY_HOUR.map((hour) => [name, hourName(hour), level.week.booked[day]?.[hour] ?? 0, level.week.bookable[day]?.[hour] ?? 0, rounded(share(day, hour))]),
    ),
  ];
  const cell = (day: number, hour: number) => (
    <Cell
      key={`${String(day)} ${String(hour)}`}
      share={share(day, hour)}
      label={(figure) => say.cell(figure, longDays[day] ?? '', hourName(hour))}
      closed={say.notBookable}
      onChoose={() => {
        onChoose(day + 1, hour);
      }}
    />
  );
  return (
    <Section title={title} file={file} rows={rows} hint={say.weekHint}>
      <div className="use-heat-frame" tabIndex={0} role="group" aria-label={title}>
        <table className="use-heat" data-narrow={isNarrow}>
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">{isNarrow ? say.hour : say.day}</span>
              </th>
              {isNarrow
                ? days.map((name, day) => (
                    <th key={name} scope="col" abbr={longDays[day]}>
                      {name}
                    </th>
                  ))
                : hours.map((hour) => (
                    <th key={hour} scope="col">
                      {hourName(hour)}
                    </th>
                  ))}
            </tr>
          </thead>
          <tbody>
            {isNarrow
              ? hours.map((hour) => (
                  <tr key={hour}>
                    <th scope="row">{hourName(hour)}</th>
                    {days.map((_, day) => cell(day, hour))}
                  </tr>
                ))
              : days.map((name, day) => (
                  <tr key={name}>
                    <th scope="row">{name}</th>
                    {hours.map((hour) => cell(day, hour))}
                  </tr>
                ))}
          </tbody>
        </table>
      </div>
      <div className="row use-heat-foot">
        <Scale />
        <span className="grow" />
        {inUse.length < 24 && (
          <label className="use-check">
            <input
              type="checkbox"
              checked={all}
              onChange={(event) => {
                setAll(event.target.checked);
              }}
            />
            {say.allHours}
          </label>
        )}
      </div>
    </Section>
  );
}

function Cell({ share, label, closed, onChoose }: { share: number | null; label: (figure: string) => string; closed: string; onChoose: () => void }) {
  if (share === null) {
    return (
      <td>
        <span className="use-cell" data-step="closed" title={closed}>
          <span aria-hidden="true">·</span>
          <span className="visually-hidden">{closed}</span>
        </span>
      </td>
    );
  }
  const figure = percent(share, 0);
  return (
    <td>
      <button type="button" className="use-cell" data-step={heatStep(share)} aria-label={label(figure)} onClick={onChoose}>
        {figure}
      </button>
    </td>
  );
}

function Scale() {
  const say = useWords(useWordsOfUse);
  const names = STEPS.map((begins, step) => (step === 0 ? percent(0, 0) : step === 1 ? `<${percent(STEPS[2], 0)}` : `≥${percent(begins, 0)}`));
  return (
    <ul className="use-scale" aria-label={say.scale}>
      {names.map((name, step) => (
        <li key={name} className="use-cell" data-step={step}>
          {name}
        </li>
      ))}
    </ul>
  );
}

function rounded(share: number | null): number | null {
  return share === null ? null : Math.round(share * 10_000) / 10_000;
}
