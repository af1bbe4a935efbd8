import { parseDate } from '@internationalized/date';
import {
  Button,
  Calendar,
  CalendarCell,
  CalendarGrid,
  CalendarGridBody,
  CalendarGridHeader,
  CalendarHeaderCell,
  DateInput,
  DatePicker,
  DateRangePicker,
  DateSegment,
  Dialog,
  Group,
  Heading,
  I18nProvider,
  Label,
  Popover,
  RangeCalendar,
} from 'react-aria-components';
import { locale, useLanguage, useWords } from '../lib/language.ts';
import type { DayProps, PeriodProps } from './period.tsx';
import { partWords } from './words.ts';

export function Day({ label, value, onChange, min, max }: DayProps) {
  useLanguage();
  return (
    <I18nProvider locale={locale()}>
      <DatePicker
        className="field"
        value={parseDate(value)}
        onChange={(day) => {
          if (day) onChange(day.toString());
        }}
        {...limits(min, max)}
        shouldForceLeadingZeros
      >
        <Label className="label">{label}</Label>
        <Group className="input picker">
          <DateInput className="date-input">{(segment) => <DateSegment segment={segment} className="date-segment" />}</DateInput>
          <OpenCalendar />
        </Group>
        <Popover className="popover">
          <Dialog className="calendar-dialog">
            <Calendar>
              <Month cell="calendar-cell calendar-day" />
            </Calendar>
          </Dialog>
        </Popover>
      </DatePicker>
    </I18nProvider>
  );
}

export function Period({ label, from, to, onChange, min, max }: PeriodProps) {
  useLanguage();
  return (
    <I18nProvider locale={locale()}>
      <DateRangePicker
        className="field"
        value={{ start: parseDate(from), end: parseDate(to) }}
        onChange={(range) => {
          if (range) onChange(range.start.toString(), range.end.toString());
        }}
        {...limits(min, max)}
        shouldForceLeadingZeros
      >
        <Label className="label">{label}</Label>
        <Group className="input picker">
          <DateInput slot="start" className="date-input">
            {(segment) => <DateSegment segment={segment} className="date-segment" />}
          </DateInput>
          <span aria-hidden="true">–</span>
          <DateInput slot="end" className="date-input">
            {(segment) => <DateSegment segment={segment} className="date-segment" />}
          </DateInput>
          <OpenCalendar />
        </Group>
        <Popover className="popover">
          <Dialog className="calendar-dialog">
            <RangeCalendar>
              <Month cell="calendar-cell" />
            </RangeCalendar>
          </Dialog>
        </Popover>
      </DateRangePicker>
    </I18nProvider>
  );
}

function OpenCalendar() {
  const say = useWords(partWords);
  return (
    <Button className="button quiet calendar-open" aria-label={say.openCalendar}>
      <span aria-hidden="true">▾</span>
    </Button>
  );
}

function Month({ cell }: { cell: string }) {
  return (
    <>
      <div className="row">
        <Button slot="previous" className="button quiet">
          <span aria-hidden="true">‹</span>
        </Button>
        <Heading className="grow calendar-month" />
        <Button slot="next" className="button quiet">
          <span aria-hidden="true">›</span>
        </Button>
      </div>
      <CalendarGrid className="calendar-grid">
        <CalendarGridHeader>{(day) => <CalendarHeaderCell>{day}</CalendarHeaderCell>}</CalendarGridHeader>
        <CalendarGridBody>{(date) => <CalendarCell date={date} className={cell} />}</CalendarGridBody>
      </CalendarGrid>
    </>
  );
}

function limits(min: string | undefined, max: string | undefined) {
  return { ...(min === undefined ? {} : { minValue: parseDate(min) }), ...(max === undefined ? {} : { maxValue: parseDate(max) }) };
}
