import './use.css';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { utilisationMethod } from '../../src/wire/v1/utilisation.ts';
import { ApiError, call, type Answer } from '../lib/api.ts';
import { useWords } from '../lib/language.ts';
import { serverNow } from '../lib/now.ts';
import { useSearchState } from '../lib/search.ts';
import { dayOf, moment, offsetName } from '../lib/time.ts';
import { useTree } from '../lib/tree.ts';
import { Empty, Failure, Loading } from '../parts/failure.tsx';
import { LevelPicker } from '../parts/level-picker.tsx';
import { PeriodPicker } from '../parts/period.tsx';
import { hoursOf, whole } from './figures.ts';
import { Heatmap } from './heatmap.tsx';
import { Numbers } from './numbers.tsx';
import { chosenPeriod, daysOf, periodOf, PRESETS, type Period } from './periods.ts';
import { Ranking } from './ranking.tsx';
import { Rows } from './rows.tsx';
import { Trend } from './trend.tsx';
import { useWordsOfUse } from './words.ts';

/** How much rooms are used, of a period and a level, or of two levels side by side. All of it comes from one call. */
export default function Screen() {
  const say = useWords(useWordsOfUse);
  const [search, change] = useSearchState();
  const { data: tree, error: treeError, refetch: readTree } = useTree();
  const zone = tree?.levels[0]?.time_zone;
  const [now] = useState(serverNow);
  const today = dayOf(now, zone ?? 'UTC');
  const period = chosenPeriod(search.from, search.to, today);
  const { level, compare } = search;
  const query = { ...period, ...(level === undefined ? {} : { level }), ...(compare === undefined ? {} : { compare }) };
  const { data, error, refetch, isPlaceholderData } = useQuery({
    queryKey: ['utilisation', query],
    queryFn: ({ signal }) => call(utilisationMethod, { query, signal }),
    enabled: zone !== undefined,
    placeholderData: keepPreviousData,
  });

  const failed = error ?? (tree ? null : treeError);
  const mayNot = failed instanceof ApiError && failed.status === 403;
  return (
    <div className="use">
      <h1>{say.title}</h1>
      {!mayNot && <Filters period={period} today={today} level={level} compare={compare} onChange={change} />}
      {mayNot ? (
        <Empty title={say.noAccess} text={say.noAccessText} />
      ) : failed ? (
        <Failure error={failed} retry={() => void (tree ? refetch() : readTree())} />
      ) : data && zone !== undefined ? (
        <Report
          data={data}
          zone={zone}
          stale={isPlaceholderData}
          onChoose={(n, weekday, hour) => {
            change({ cell: `${String(weekday)}-${String(hour)}`, of: n === 0 ? undefined : 'compare' });
          }}
        />
      ) : (
        <Loading />
      )}
      <ChosenCell
        period={period}
        cell={search.cell}
        level={search.of === 'compare' ? compare : level}
        onClose={() => {
          change({ cell: undefined, of: undefined });
        }}
      />
    </div>
  );
}

interface FilterProps {
  period: Period;
  today: string;
  level: string | undefined;
  compare: string | undefined;
  onChange: (part: Record<string, string | undefined>) => void;
}

function Filters({ period, today, level, compare, onChange }: FilterProps) {
  const say = useWords(useWordsOfUse);
  return (
    <div className="use-filters" role="search" aria-label={say.period}>
      <LevelPicker
        label={say.level}
        value={level}
        onChange={(id) => {
          onChange({ level: id });
        }}
      />
      <div className="use-compare">
        <LevelPicker
          label={say.compare}
          value={compare === WHOLE ? undefined : (compare ?? say.noCompare)}
          onChange={(id) => {
            onChange({ compare: id ?? WHOLE });
          }}
        />
        {compare !== undefined && (
          <button
            type="button"
            className="button quiet"
            aria-label={say.stopComparing}
            onClick={() => {
              onChange({ compare: undefined });
            }}
          >
            ✕
          </button>
        )}
      </div>
      <PeriodPicker
        label={say.period}
        from={period.from}
        to={period.to}
        onChange={(from, to) => {
          onChange({ from, to });
        }}
      />
      <div className="use-presets" role="group" aria-label={say.presets}>
        {PRESETS.map((preset) => {
          const { from, to } = periodOf(preset, today);
          return (
            <button
              key={preset}
              type="button"
              className="button"
              aria-pressed={from === period.from && to === period.to}
              onClick={() => {
                onChange({ from, to });
              }}
            >
              {preset === 'month' ? say.thisMonth : say.last(preset)}
            </button>
          );
        })}
      </div>
      <span className="grow" />
      <button
        type="button"
        className="button use-print"
        onClick={() => {
          print();
        }}
      >
        {say.print}
      </button>
    </div>
  );
}

interface ReportProps {
  data: Answer<typeof utilisationMethod>;
  zone: string;
  /** What is shown is of another choice; the newest is on its way. */
  stale: boolean;
  onChoose: (level: number, weekday: number, hour: number) => void;
}

function Report({ data, zone, stale, onChoose }: ReportProps) {
  const say = useWords(useWordsOfUse);
  const { levels, from, to, now } = data;
  const [first] = levels;
  if (!first || levels.every(({ rooms, total }) => rooms === 0 && total.reservations === 0)) return <Empty title={say.noRooms} text={say.noRoomsText} />;
  const nothing = levels.every(({ total }) => total.reservations === 0 && total.booked === 0);
  const largest = Math.max(...levels.map(({ busiest }) => busiest[0]?.occupancy ?? 0));
  const file = (what: string) => `utilisation-${what}-${from}-${to}`;
  const at = Date.parse(now);
  return (
    <div className="use-report" aria-busy={stale} data-stale={stale}>
      <div className="use-about muted">
        <p>
          {from} – {to} · {say.asOf(`${moment(at, zone)} ${offsetName(at, zone)}`)}
        </p>
        {levels.map(({ level_id, name, rooms, left_out, total }) => (
          <p key={level_id}>
            <strong>{name}</strong> · {say.rooms(rooms)} · {say.leftOut(whole(left_out.pending), whole(left_out.rejected), whole(left_out.cancelled))}{' '}
            {say.released(whole(total.released))} {left_out.outside > 0 && say.outside(say.hours(hoursOf(left_out.outside)))}
          </p>
        ))}
      </div>
      {nothing && (
        <div className="notice" role="status">
          <p>
            {say.none} {say.noneText}
          </p>
        </div>
      )}
      <Numbers levels={levels} days={daysOf({ from, to })} />
      {levels.map((one, n) => (
        <Heatmap
          key={one.level_id}
          level={one}
          named={levels.length > 1}
          file={file(n === 0 ? 'week' : 'week-compared')}
          onChoose={(weekday, hour) => {
            onChoose(n, weekday, hour);
          }}
        />
      ))}
      <Trend levels={levels} file={file('days')} />
      <div className="use-rankings">
        {levels.flatMap((one, n) => {
          const named = (title: string) => (levels.length > 1 ? `${title}: ${one.name}` : title);
          const suffix = n === 0 ? '' : '-compared';
          return [
            <Ranking key={`busiest ${one.level_id}`} title={named(say.busiest)} rooms={one.busiest} largest={largest} file={file(`busiest${suffix}`)} />,
            <Ranking key={`emptiest ${one.level_id}`} title={named(say.emptiest)} rooms={one.emptiest} largest={largest} file={file(`emptiest${suffix}`)} />,
          ];
        })}
      </div>
    </div>
  );
}

interface CellProps {
  period: Period;
  /** `3-14`: Wednesday, 14 to 15 o'clock. */
  cell: string | undefined;
  level: string | undefined;
  onClose: () => void;
}

function ChosenCell({ period, cell, level, onClose }: CellProps) {
  const [, weekday, hour] = /^([1-7])-(\d|1\d|2[0-3])$/.exec(cell ?? '') ?? [];
  if (weekday === undefined || hour === undefined) return null;
  return <Rows {...period} level={level} weekday={Number(weekday)} hour={Number(hour)} onClose={onClose} />;
}

/** What the API calls the tenant's own level. */
const WHOLE = '0';
