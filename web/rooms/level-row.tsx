import { memo, type CSSProperties } from 'react';
import { useWords } from '../lib/language.ts';
import type { Level } from './picture.ts';
import { roomsWords } from './words.ts';

interface Props {
  level: Level;
  depth: number;
  open: boolean;
  /** Null: another day, on which "now" says nothing. */
  free: number | null;
  all: number;
  top: number;
  height: number;
  index: number;
  current: boolean;
  onToggle: (id: string) => void;
}

/** A level and how many of its rooms are free: also while it is closed, the question is answered. */
export const LevelRow = memo(function LevelRow({ level, depth, open, free, all, top, height, index, current, onToggle }: Props) {
  const say = useWords(roomsWords);
  return (
    <div
      id={`line-${level.id}`}
      role="row"
      aria-rowindex={index}
      aria-level={depth + 1}
      aria-expanded={open}
      className="rooms-group"
      style={{ top, height }}
      data-cursor={current ? '' : undefined}
    >
      <div role="rowheader" className="rooms-level" style={{ '--rooms-depth': depth } as CSSProperties}>
        <button
          type="button"
          tabIndex={-1}
          className="rooms-toggle"
          aria-label={open ? say.collapse(level.name) : say.expand(level.name)}
          onClick={() => {
            onToggle(level.id);
          }}
        >
          <span aria-hidden="true">{open ? '▾' : '▸'}</span>
        </button>
        <span className="rooms-level-name">{level.name}</span>
        <span className="rooms-count" data-none={free === 0 ? '' : undefined}>
          {free === null ? say.rooms(all) : say.freeNow(free, all)}
        </span>
      </div>
    </div>
  );
});
