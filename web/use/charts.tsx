import { scaleLinear, scalePoint } from '@visx/scale';
import { AreaClosed, Bar, Line, LinePath } from '@visx/shape';
import { useEffect, useRef, useState } from 'react';
import { dayLabel, percent } from './figures.ts';

/*
 * The drawn charts, in a chunk of their own. What they show stands in a table beside them, so that to a screen reader they are not there.
 */

export interface TrendDay {
  day: string;
  /** Shares of the bookable time; null: there was none. */
  booked: number | null;
  used: number | null;
}

export interface TrendLevel {
  name: string;
  days: readonly TrendDay[];
}

const HEIGHT = 200;
const MARGIN = { top: 10, right: 12, bottom: 24, left: 44 };

/** Reserved as a light area, used as a strong line; of a second level the lines only, dashed. */
export function Trend({ levels }: { levels: readonly TrendLevel[] }) {
  const { frame, width } = useWidth();
  const [pointed, setPointed] = useState<number>();
  const days = levels[0]?.days ?? [];
  const right = Math.max(width - MARGIN.right, MARGIN.left + 1);
  const x = scalePoint<number>({ domain: days.map((_, i) => i), range: [MARGIN.left, right] });
  const most = Math.max(0.1, ...levels.flatMap((level) => level.days.map(({ booked }) => booked ?? 0)));
  const y = scaleLinear<number>({ domain: [0, most], range: [HEIGHT - MARGIN.bottom, MARGIN.top], nice: 4 });
  const at = (i: number) => x(i) ?? 0;
  const every = Math.max(1, Math.ceil(days.length / Math.max(1, Math.floor((right - MARGIN.left) / 116))));
  const dataOf = (level: TrendLevel) => level.days.map((day, i) => ({ ...day, i }));
  const point = (clientX: number, left: number) => {
    const step = days.length > 1 ? (right - MARGIN.left) / (days.length - 1) : 1;
    const i = Math.round((clientX - left - MARGIN.left) / step);
    setPointed(i >= 0 && i < days.length ? i : undefined);
  };
  return (
    <div className="use-chart" ref={frame} aria-hidden="true">
      <svg
        width={width}
        height={HEIGHT}
        focusable="false"
        onPointerMove={(event) => {
          point(event.clientX, event.currentTarget.getBoundingClientRect().left);
        }}
        onPointerLeave={() => {
          setPointed(undefined);
        }}
      >
        {y.ticks(4).map((tick) => (
          <g key={tick}>
            <Line className="use-grid" from={{ x: MARGIN.left, y: y(tick) }} to={{ x: right, y: y(tick) }} />
            <text className="use-tick" x={MARGIN.left - 8} y={y(tick)} dy="0.32em" textAnchor="end">
              {percent(tick, 0)}
            </text>
          </g>
        ))}
        {days.map(
          ({ day }, i) =>
            i % every === 0 && (
              <text key={day} className="use-tick" x={at(i)} y={HEIGHT - 6} textAnchor={i === 0 ? 'start' : at(i) > right - 30 ? 'end' : 'middle'}>
                {dayLabel(day)}
              </text>
            ),
        )}
        {levels.slice(0, 1).map((level) => (
          <AreaClosed
            key={level.name}
            className="use-area"
            data={dataOf(level)}
            x={({ i }) => at(i)}
            y={({ booked }) => y(booked ?? 0)}
            yScale={y}
            defined={({ booked }) => booked !== null}
          />
        ))}
        {levels.map((level, n) =>
          (['booked', 'used'] as const).map((what) => (
            <LinePath
              key={`${String(n)} ${what}`}
              className="use-line"
              data-what={what}
              data-level={n}
              data={dataOf(level)}
              x={({ i }) => at(i)}
              y={(day) => y(day[what] ?? 0)}
              defined={(day) => day[what] !== null}
            />
          )),
        )}
        {pointed !== undefined && (
          <>
            <Line className="use-pointer" from={{ x: at(pointed), y: MARGIN.top }} to={{ x: at(pointed), y: HEIGHT - MARGIN.bottom }} />
            {levels.flatMap((level, n) =>
              (['booked', 'used'] as const).map((what) => {
                const value = level.days[pointed]?.[what] ?? null;
                return (
                  value !== null && (
                    <circle key={`${String(n)} ${what}`} className="use-dot" data-what={what} data-level={n} cx={at(pointed)} cy={y(value)} r={4} />
                  )
                );
              }),
            )}
          </>
        )}
      </svg>
      {pointed !== undefined && (
        <div className="use-reading" data-side={at(pointed) > width / 2 ? 'start' : 'end'}>
          <strong>{dayLabel(days[pointed]?.day ?? '')}</strong>
          {levels.map((level) => (
            <span key={level.name}>
              {levels.length > 1 && `${level.name} `}
              {percent(level.days[pointed]?.booked ?? null)} / {percent(level.days[pointed]?.used ?? null)}
            </span>
          ))}
        </div>
      )}
    </div>
  );
}

const BAR = { width: 72, height: 10 };

/** A share as a bar, of the largest that stands beside it: what was reserved, light, and within it what was used. */
export function ShareBar({ booked, used, largest }: { booked: number; used: number; largest: number }) {
  const x = scaleLinear<number>({ domain: [0, Math.max(largest, 0.01)], range: [0, BAR.width], clamp: true });
  return (
    <svg className="use-bar" width={BAR.width} height={BAR.height} aria-hidden="true" focusable="false">
      <Bar className="use-bar-track" width={BAR.width} height={BAR.height} rx={2} />
      <Bar className="use-bar-booked" width={x(booked)} height={BAR.height} rx={2} />
      <Bar className="use-bar-used" y={3} width={x(used)} height={BAR.height - 6} rx={1} />
    </svg>
  );
}

function useWidth() {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(600);
  useEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(entry.contentRect.width);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, []);
  return { frame, width };
}
