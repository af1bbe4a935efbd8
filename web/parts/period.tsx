import { lazy, Suspense } from 'react';

/*
 * Days and periods of days, `YYYY-MM-DD`. The calendars come in a chunk of their own; until it is there, a field of the same size stands
 * in their place.
 */

const Calendars = {
  Day: lazy(() => import('./calendars.tsx').then(({ Day }) => ({ default: Day }))),
  Period: lazy(() => import('./calendars.tsx').then(({ Period }) => ({ default: Period }))),
};

export interface DayProps {
  label: string;
  value: string;
  onChange: (day: string) => void;
  min?: string;
  max?: string;
}

export interface PeriodProps {
  label: string;
  /** First day. */
  from: string;
  /** Last day. */
  to: string;
  onChange: (from: string, to: string) => void;
  min?: string;
  max?: string;
}

/** One day, typed or chosen. */
export function DayPicker(props: DayProps) {
  return (
    <Suspense fallback={<Waiting label={props.label} text={props.value} />}>
      <Calendars.Day {...props} />
    </Suspense>
  );
}

/** The first and the last day of a period. */
export function PeriodPicker(props: PeriodProps) {
  return (
    <Suspense fallback={<Waiting label={props.label} text={`${props.from} – ${props.to}`} />}>
      <Calendars.Period {...props} />
    </Suspense>
  );
}

function Waiting({ label, text }: { label: string; text: string }) {
  return (
    <div className="field">
      <span className="label">{label}</span>
      <span className="input picker muted">{text}</span>
    </div>
  );
}
