import { useId, useState } from 'react';
import { useWords } from '../lib/language.ts';
import { useTree } from '../lib/tree.ts';
import { Dialog } from './dialog.tsx';
import { Loading } from './failure.tsx';
import { later } from './later.tsx';
import { partWords } from './words.ts';

const LevelTree = later(() => import('./level-tree.tsx').then((module) => module.default), Loading);

interface Props {
  label: string;
  /** Id of a level; undefined: the whole tenant. */
  value: string | undefined;
  onChange: (id: string | undefined) => void;
}

/** A level, chosen in the tree. The tree loads when it is asked for. */
export function LevelPicker({ label, value, onChange }: Props) {
  const say = useWords(partWords);
  const { data: tree } = useTree();
  const [open, setOpen] = useState(false);
  const name = useId();
  const path = value === undefined ? [] : (tree?.path(value) ?? []);
  return (
    <div className="field">
      <span className="label" id={name}>
        {label}
      </span>
      <button
        type="button"
        className="input picker"
        aria-haspopup="dialog"
        aria-labelledby={`${name} ${name}-value`}
        onClick={() => {
          setOpen(true);
        }}
      >
        <span id={`${name}-value`} title={path.join(' / ')}>
          {value === undefined ? say.allRooms : (path.at(-1) ?? value)}
        </span>
        <span aria-hidden="true">▾</span>
      </button>
      {open && (
        <Dialog
          title={say.chooseLevel}
          onClose={() => {
            setOpen(false);
          }}
        >
          <LevelTree
            value={value}
            onChoose={(id) => {
              setOpen(false);
              onChange(id);
            }}
          />
        </Dialog>
      )}
    </div>
  );
}
