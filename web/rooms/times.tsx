import { useId } from 'react';
import { useWords } from '../lib/language.ts';
import { clockTime, dayOf, moment } from '../lib/time.ts';
import { QUARTER, type Axis } from './axis.ts';
import type { Span } from './gaps.ts';
import { roomsWords } from './words.ts';
import { formWords } from './form-words.ts';

interface Props {
  span: Span;
  onChange: (span: Span) => void;
  axis: Axis;
  zone: string;
  /** When the room is not to be had. */
  busy: readonly Span[];
  /** What is before cannot be chosen. */
  earliest: number;
  fault?: string | undefined;
}

const LONGEST = 24 * 60 * 60_000;

/** Start and end, as instants: a day on which the clock is put back has some of its times twice, and both can be chosen. */
export function Times({ span: { start, end }, onChange, axis, zone, busy, earliest, fault }: Props) {
  const say = useWords(roomsWords);
  const form = useWords(formWords);
  const id = useId();
  const quarters: number[] = [];
  for (let at = axis.from; at < axis.to; at += QUARTER) quarters.push(at);
  const starts = [...new Set([...quarters.filter((at) => at >= earliest), start])].sort((a, b) => a - b);
  const taken = (at: number) => busy.some((one) => one.start <= at && at < one.end);
  const next = Math.min(start + LONGEST, ...busy.filter((one) => one.start >= start).map((one) => one.start));
  const ends = [...new Set([...quarters.map((at) => at + QUARTER), ...(Number.isFinite(next) ? [next] : []), end])]
    .filter((at) => at > start && at <= Math.max(next, end) && at <= Math.max(axis.to, end))
    .sort((a, b) => a - b);
  const sameDay = dayOf(start, zone) === dayOf(axis.from, zone) && dayOf(end - 1, zone) === dayOf(axis.from, zone);
  const name = (at: number) => (sameDay ? clockTime(at, zone) : moment(at, zone));
  const faultOf = fault === undefined ? {} : { 'aria-invalid': true, 'aria-describedby': `${id}-fault` };
  return (
    <div className="rooms-times">
      <div className="field">
        <label htmlFor={`${id}-start`}>{form.start}</label>
        <select
          id={`${id}-start`}
          className="input"
          value={start}
          {...faultOf}
          onChange={(event) => {
            const at = Number(event.target.value);
            onChange({ start: at, end: at + (end - start) });
          }}
        >
          {starts.map((at) => (
            <option key={at} value={at} disabled={taken(at)}>
              {name(at)}
            </option>
          ))}
        </select>
      </div>
      <div className="field">
        <label htmlFor={`${id}-end`}>{form.end}</label>
        <select
          id={`${id}-end`}
          className="input"
          value={end}
          {...faultOf}
          onChange={(event) => {
            onChange({ start, end: Number(event.target.value) });
          }}
        >
          {ends.map((at) => (
            <option key={at} value={at}>
              {`${name(at)} · ${say.duration(Math.round((at - start) / 60_000))}`}
            </option>
          ))}
        </select>
      </div>
      {fault !== undefined && (
        <p id={`${id}-fault`} className="fault">
          {fault}
        </p>
      )}
    </div>
  );
}
