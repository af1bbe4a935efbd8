import { later } from './later.tsx';

/*
 * Days and periods of days, `YYYY-MM-DD`. The calendars come in a chunk of their own; until it is there, a field of the same size stands
 * in their place.
 */

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
export const DayPicker = later<DayProps>(
  () => import('./calendars.tsx').then(({ Day }) => Day),
  ({ label, value }) => <Waiting label={label} text={value} />,
);

/** The first and the last day of a period. */
export const PeriodPicker = later<PeriodProps>(
  () => import('./calendars.tsx').then(({ Period }) => Period),
  ({ label, from, to }) => <Waiting label={label} text={`${from} – ${to}`} />,
);

function Waiting({ label, text }: { label: string; text: string }) {
  return (
    <div className="field">
      <span className="label">{label}</span>
      <span className="input picker muted">{text}</span>
    </div>
  );
}
