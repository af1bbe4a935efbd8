import { useEffect, useRef, useState } from 'react';
import { useWords } from '../lib/language.ts';
import { dayAfter, dayName, instantOf } from '../lib/time.ts';
import { Dialog } from '../parts/dialog.tsx';
import { LevelPicker } from '../parts/level-picker.tsx';
import { DayPicker } from '../parts/period.tsx';
import type { Wanted } from './address.ts';
import { Equipment } from './equipment.tsx';
import { Legend } from './legend.tsx';
import { isFiltering } from './lines.ts';
import { roomsWords } from './words.ts';

interface Props {
  wanted: Wanted;
  onChange: (part: Partial<Wanted>) => void;
  day: string;
  today: string;
  zone: string;
  /** All that some room has. */
  equipment: readonly string[];
  minutes: number;
  onMinutes: (minutes: number) => void;
  onFind: () => void;
}

const SIZES = [2, 4, 6, 8, 10, 12, 16, 20, 30, 50];
const LENGTHS = [15, 30, 45, 60, 90, 120, 180, 240];

/** The day, what rooms are wanted, and the way to the soonest of them. */
export function Toolbar({ wanted, onChange, day, today, zone, equipment, minutes, onMinutes, onFind }: Props) {
  const say = useWords(roomsWords);
  const search = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState(false);
  const [calendar, setCalendar] = useState(false);
  useEffect(() => {
    const slash = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.matches('input, textarea, select, [contenteditable], [role="spinbutton"]');
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      setOpen(true);
      search.current?.focus();
    };
    addEventListener('keydown', slash);
    return () => {
      removeEventListener('keydown', slash);
    };
  }, []);
  const go = (next: string) => {
    onChange({ day: next === today ? undefined : next });
  };
  return (
    <div className="rooms-bar-top">
      <div className="rooms-day" role="group" aria-label={say.day}>
        <button
          type="button"
          className="button"
          aria-label={say.previousDay}
          onClick={() => {
            go(dayAfter(day, -1));
          }}
        >
          ‹
        </button>
        <button
          type="button"
          className="button rooms-day-name"
          aria-haspopup="dialog"
          title={say.chooseDay}
          onClick={() => {
            setCalendar(true);
          }}
        >
          {dayName(instantOf(day, '12:00', zone), zone, { year: day.slice(0, 4) !== today.slice(0, 4) })}
          <span aria-hidden="true">▾</span>
        </button>
        <button
          type="button"
          className="button"
          aria-label={say.nextDay}
          onClick={() => {
            go(dayAfter(day, 1));
          }}
        >
          ›
        </button>
        <button
          type="button"
          className="button"
          disabled={day === today}
          onClick={() => {
            go(today);
          }}
        >
          {say.today}
        </button>
        <Legend />
      </div>
      <button
        type="button"
        className="button rooms-more"
        aria-expanded={open}
        onClick={() => {
          setOpen(!open);
        }}
      >
        {say.filters}
        {isFiltering(wanted) && <span aria-hidden="true"> ●</span>}
      </button>
      <div className="rooms-filters" data-open={open ? '' : undefined}>
        <div className="field rooms-search">
          <label htmlFor="rooms-q">{say.search}</label>
          <input
            ref={search}
            id="rooms-q"
            type="search"
            className="input"
            autoComplete="off"
            placeholder={say.searchHint}
            value={wanted.text}
            onChange={(event) => {
              onChange({ text: event.target.value });
            }}
          />
        </div>
        <LevelPicker
          label={say.level}
          value={wanted.level}
          onChange={(level) => {
            onChange({ level });
          }}
        />
        <div className="field">
          <label htmlFor="rooms-people">{say.people}</label>
          <select
            id="rooms-people"
            className="input"
            value={wanted.people}
            onChange={(event) => {
              onChange({ people: Number(event.target.value) });
            }}
          >
            <option value={0}>{say.anyPeople}</option>
            {[...new Set([...SIZES, wanted.people])]
              .filter((size) => size > 0)
              .sort((a, b) => a - b)
              .map((size) => (
                <option key={size} value={size}>
                  {say.peopleAtLeast(size)}
                </option>
              ))}
          </select>
        </div>
        <Equipment
          all={equipment}
          chosen={wanted.equipment}
          onChange={(chosen) => {
            onChange({ equipment: chosen });
          }}
        />
        {day === today && (
          <label className="rooms-check">
            <input
              type="checkbox"
              checked={wanted.freeNow}
              onChange={(event) => {
                onChange({ freeNow: event.target.checked });
              }}
            />
            {say.onlyFree}
          </label>
        )}
        <form
          className="rooms-find"
          onSubmit={(event) => {
            event.preventDefault();
            onFind();
          }}
        >
          <div className="field">
            <label htmlFor="rooms-minutes">{say.minutes}</label>
            <select
              id="rooms-minutes"
              className="input"
              value={minutes}
              onChange={(event) => {
                onMinutes(Number(event.target.value));
              }}
            >
              {LENGTHS.map((length) => (
                <option key={length} value={length}>
                  {say.minutesLong(length)}
                </option>
              ))}
            </select>
          </div>
          <button type="submit" className="button primary">
            {say.find}
          </button>
        </form>
      </div>
      {calendar && (
        <Dialog
          title={say.chooseDay}
          onClose={() => {
            setCalendar(false);
          }}
        >
          <DayPicker label={say.day} value={day} onChange={go} />
        </Dialog>
      )}
    </div>
  );
}
