import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useWords } from '../lib/language.ts';
import type { Tree } from '../lib/tree.ts';
import { Dialog } from '../parts/dialog.tsx';
import { MOST_ROOMS } from './filter.ts';
import { ledgerWords } from './words.ts';

/** Matches that are drawn: whoever has more types on. */
const SHOWN = 100;

interface Props {
  tree: Tree;
  value: readonly string[];
  onChange: (rooms: readonly string[]) => void;
  onClose: () => void;
}

/** Rooms by name or place, any number of them. Arrow keys go from the search through the matches, the space bar chooses. */
export function RoomsChooser({ tree, value, onChange, onClose }: Props) {
  const say = useWords(ledgerWords);
  const [chosen, setChosen] = useState(() => new Set(value));
  const [text, setText] = useState('');
  const list = useRef<HTMLDivElement>(null);
  const places = useMemo(() => tree.rooms.map((room) => ({ room, place: tree.path(room.id).slice(0, -1).join(' / ') })), [tree]);
  const wanted = text.trim().toLowerCase();
  const matching = places.filter(({ room, place }) => `${place} ${room.name}`.toLowerCase().includes(wanted) || room.id === wanted);
  const isFull = chosen.size >= MOST_ROOMS;

  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const close = () => {
    onChange([...chosen]);
    onClose();
  };
  const walk = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const stops = [...(list.current?.querySelectorAll('input') ?? [])];
    stops[stops.indexOf(document.activeElement as HTMLInputElement) + step]?.focus();
  };

  return (
    <Dialog title={say.chooseRooms} onClose={close}>
      {chosen.size > 0 && (
        <ul className="row ledger-chosen" aria-label={say.chosen}>
          {[...chosen].map((id) => {
            const name = tree.room(id)?.name ?? id;
            return (
              <li key={id}>
                <button
                  type="button"
                  className="button"
                  aria-label={say.remove(name)}
                  onClick={() => {
                    toggle(id);
                  }}
                >
                  {name} <span aria-hidden="true">✕</span>
                </button>
              </li>
            );
          })}
        </ul>
      )}
      <div ref={list} className="stack" onKeyDown={walk}>
        <input
          type="search"
          className="input"
          aria-label={say.searchRooms}
          placeholder={say.searchRooms}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
        <p className="muted" role="status">
          {isFull ? say.mostRooms(MOST_ROOMS) : matching.length === 0 ? say.noMatch : say.matches(matching.length)}
        </p>
        <ul className="ledger-matches">
          {matching.slice(0, SHOWN).map(({ room, place }) => (
            <li key={room.id}>
              <label>
                <input
                  type="checkbox"
                  checked={chosen.has(room.id)}
                  disabled={isFull && !chosen.has(room.id)}
                  onChange={() => {
                    toggle(room.id);
                  }}
                />
                <span className="grow">{room.name}</span>
                <span className="muted">{place}</span>
              </label>
            </li>
          ))}
          {matching.length > SHOWN && <li className="muted">{say.moreMatches(matching.length - SHOWN)}</li>}
        </ul>
      </div>
      <div className="row end">
        <button
          type="button"
          className="button"
          onClick={() => {
            setChosen(new Set());
          }}
        >
          {say.clear}
        </button>
        <button type="button" className="button primary" onClick={close}>
          {say.done}
        </button>
      </div>
    </Dialog>
  );
}
