import { useWords } from '../lib/language.ts';
import { dayLabel, hoursOf, percent, shareOf, whole, type LevelUse } from './figures.ts';
import { Section } from './parts.tsx';
import { useWordsOfUse } from './words.ts';
import { later } from '../parts/later.tsx';

const Chart = later(
  () => import('./charts.tsx').then(({ Trend }) => Trend),
  () => <div className="use-chart" />,
);

/** What was reserved and used of each day, drawn and as a table. */
export function Trend({ levels, file }: { levels: readonly LevelUse[]; file: string }) {
  const say = useWords(useWordsOfUse);
  const drawn = levels.map(({ name, days }) => ({
    name,
    days: days.map(({ day, booked, used, bookable }) => ({ day, booked: shareOf(booked, bookable), used: shareOf(used, bookable) })),
  }));
  const rows = () => [
    ['level', 'day', 'booked_minutes', 'used_minutes', 'bookable_minutes', 'reservations', 'check_ins_due', 'no_shows', 'given_back_minutes'],
    ...levels.flatMap(({ name, days }) =>
      days.map((one) => [name, one.day, one.booked, one.used, one.bookable, one.reservations, one.due, one.no_shows, one.given_back]),
    ),
  ];
  return (
    <Section title={say.trend} file={file} rows={rows} hint={say.usedMeans}>
      <ul className="use-legend" aria-hidden="true">
        {levels.flatMap((level, n) =>
          (['booked', 'used'] as const).map((what) => (
            <li key={`${level.level_id} ${what}`} data-what={what} data-level={n}>
              {levels.length > 1 ? `${level.name}: ${say[what]}` : say[what]}
            </li>
          )),
        )}
      </ul>
      <Chart levels={drawn} />
      <details>
        <summary>{say.asTable}</summary>
        {levels.map((level) => (
          <div key={level.level_id} className="table-frame use-days" tabIndex={0} role="group" aria-label={`${say.trend}: ${level.name}`}>
            <table className="table">
              {levels.length > 1 && <caption>{level.name}</caption>}
              <thead>
                <tr>
                  <th scope="col">{say.day}</th>
                  <th scope="col">{say.occupancy}</th>
                  <th scope="col">{say.used}</th>
                  <th scope="col">{say.bookedHours}</th>
                  <th scope="col">{say.usedHours}</th>
                  <th scope="col">{say.reservations}</th>
                  <th scope="col">{say.noShows}</th>
                </tr>
              </thead>
              <tbody>
                {level.days.map(({ day, booked, used, bookable, reservations, no_shows }) => (
                  <tr key={day}>
                    <th scope="row">{dayLabel(day)}</th>
                    <td className="number">{percent(shareOf(booked, bookable))}</td>
                    <td className="number">{percent(shareOf(used, bookable))}</td>
                    <td className="number">{hoursOf(booked)}</td>
                    <td className="number">{hoursOf(used)}</td>
                    <td className="number">{whole(reservations)}</td>
                    <td className="number">{whole(no_shows)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ))}
      </details>
    </Section>
  );
}
