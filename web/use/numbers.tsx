import { useWords } from '../lib/language.ts';
import { hoursOf, percent, signed, whole, type LevelUse } from './figures.ts';
import { useWordsOfUse } from './words.ts';

interface Figure {
  text: string;
  /** What it is made of. */
  of: string;
  /** Against the period before; null: there was nothing. */
  change: string | null;
  direction: number;
}

type Say = ReturnType<typeof useWords<(typeof useWordsOfUse)['en']>>;

/** The three numbers, each with what it is made of, how it changed and what it means. */
export function Numbers({ levels, days }: { levels: readonly LevelUse[]; days: number }) {
  const say = useWords(useWordsOfUse);
  const cards = [
    { name: say.occupancy, means: say.occupancyMeans, figure: occupancy },
    { name: say.noShowRate, means: say.noShowMeans, figure: noShowRate },
    { name: say.givenBack, means: say.givenBackMeans, figure: givenBack },
  ];
  return (
    <div className="use-numbers">
      {cards.map(({ name, means, figure }) => (
        <section key={name} className="card use-number" aria-label={name}>
          <h2>{name}</h2>
          {levels.map((level) => {
            const { text, of, change, direction } = figure(level, say);
            return (
              <div key={level.level_id} className="use-figure">
                {levels.length > 1 && <span className="use-level-name">{level.name}</span>}
                <span className="use-big">{text}</span>
                <span className="muted">{of}</span>
                <span className="muted use-change">
                  {change === null ? (
                    say.nothingBefore
                  ) : (
                    <>
                      <span aria-hidden="true">{direction > 0 ? '▲ ' : direction < 0 ? '▼ ' : ''}</span>
                      <span className="use-change-figure">{change}</span> {say.against(days)}
                    </>
                  )}
                </span>
              </div>
            );
          })}
          <details>
            <summary>{say.definition}</summary>
            <p className="muted">{means}</p>
          </details>
        </section>
      ))}
    </div>
  );
}

function points(now: number | null, before: number | null, say: Say): Pick<Figure, 'change' | 'direction'> {
  if (now === null || before === null) return { change: null, direction: 0 };
  return { change: say.points(signed((now - before) * 100)), direction: now - before };
}

function occupancy({ total, before }: LevelUse, say: Say): Figure {
  const of = say.ofMinutes(say.hours(hoursOf(total.booked)), say.hours(hoursOf(total.bookable)));
  return { text: percent(total.occupancy), of, ...points(total.occupancy, before.reservations === 0 ? null : before.occupancy, say) };
}

function noShowRate({ total, before }: LevelUse, say: Say): Figure {
  return {
    text: percent(total.no_show_rate),
    of: say.ofCheckIns(whole(total.no_shows), whole(total.due)),
    ...points(total.no_show_rate, before.no_show_rate, say),
  };
}

function givenBack({ total, before, given_back }: LevelUse, say: Say): Figure {
  const difference = total.given_back - before.given_back;
  return {
    text: say.hours(hoursOf(total.given_back)),
    of: say.ofCauses(hoursOf(given_back.by_hand), hoursOf(given_back.no_show), hoursOf(given_back.by_sensor)),
    change: before.reservations === 0 ? null : say.hours(signed(difference / 60)),
    direction: difference,
  };
}
