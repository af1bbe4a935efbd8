import { useState } from 'react';
import { useWords } from '../lib/language.ts';
import type { Search } from '../lib/search.ts';
import type { Tree } from '../lib/tree.ts';
import { LevelPicker } from '../parts/level-picker.tsx';
import { PeriodPicker } from '../parts/period.tsx';
import { isDay, type Filter } from './filter.ts';
import { RoomsChooser } from './rooms-chooser.tsx';
import { ledgerWords } from './words.ts';

interface Props {
  tree: Tree;
  filter: Filter;
  /** What is to be known of the period. */
  note: string;
  change: (part: Search) => void;
}

/** What is shown, as a sentence: all rooms of a level, except some, that start in a period. */
export function Filters({ tree, filter, note, change }: Props) {
  const say = useWords(ledgerWords);
  const [choosing, setChoosing] = useState(false);
  // What is chosen before any room is named is remembered here: the address says it together with the rooms.
  const [wanted, setWanted] = useState(filter.which);
  const which = filter.rooms.length > 0 ? filter.which : wanted;
  return (
    <div className="ledger-sentence row" role="group" aria-label={say.filters}>
      <span>{say.show}</span>
      <select
        className="input"
        aria-label={say.which}
        value={which}
        onChange={(event) => {
          const next = event.target.value as Filter['which'];
          setWanted(next);
          if (next === 'all') change({ which: undefined, rooms: undefined });
          else if (filter.rooms.length > 0) change({ which: next });
        }}
      >
        {(['all', 'except', 'only'] as const).map((one) => (
          <option key={one} value={one}>
            {say.whichNames[one]}
          </option>
        ))}
      </select>
      {which !== 'only' && (
        <>
          <span>{say.of}</span>
          <LevelPicker
            label={say.level}
            value={filter.level}
            onChange={(level) => {
              change({ level });
            }}
          />
        </>
      )}
      {which !== 'all' && (
        <>
          <span>{which === 'except' ? say.except : say.namely}</span>
          <button
            type="button"
            className="input picker"
            aria-haspopup="dialog"
            aria-label={`${filter.rooms.length === 0 ? say.noRooms : namesOf(tree, filter.rooms, say.roomCount)}, ${say.chooseRooms}`}
            onClick={() => {
              setChoosing(true);
            }}
          >
            <span>{filter.rooms.length === 0 ? say.noRooms : namesOf(tree, filter.rooms, say.roomCount)}</span>
            <span aria-hidden="true">▾</span>
          </button>
        </>
      )}
      <span>{say.starting}</span>
      <PeriodPicker
        label={say.period}
        from={filter.from}
        to={filter.to}
        onChange={(from, to) => {
          // A year that is being typed is none yet.
          if (isDay(from) && isDay(to)) change({ from, to, call: undefined });
        }}
      />
      <p className="muted ledger-zone">{note}</p>
      {choosing && (
        <RoomsChooser
          tree={tree}
          value={filter.rooms}
          onChange={(rooms) => {
            change(rooms.length === 0 ? { which: undefined, rooms: undefined } : { which, rooms: rooms.join(',') });
          }}
          onClose={() => {
            setChoosing(false);
          }}
        />
      )}
    </div>
  );
}

/** Up to two names, then how many. */
function namesOf(tree: Tree, rooms: readonly string[], count: (rooms: number) => string): string {
  return rooms.length > 2 ? count(rooms.length) : rooms.map((id) => tree.room(id)?.name ?? id).join(', ');
}
