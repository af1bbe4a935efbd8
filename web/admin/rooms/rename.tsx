import { useEffect, useRef, useState } from 'react';
import { useWords } from '../../lib/language.ts';
import { toast } from '../../parts/toasts.tsx';
import { useTask } from '../task.ts';
import { adminWords } from '../words.ts';
import { changeNode, useRefresh } from './changes.ts';
import type { Node } from './lines.ts';
import { roomsWords } from './words.ts';

/** A name, or how many seats there are, while it is written anew in its place. Enter keeps it, Escape leaves it; what was refused stays to be mended. */
export function EditField({ node, what = 'name', onDone }: { node: Node | undefined; what?: 'name' | 'seats'; onDone: () => void }) {
  const say = useWords(roomsWords);
  const general = useWords(adminWords);
  const before = what === 'name' ? (node?.name ?? '') : String(node?.kind === 'room' ? node.capacity : '');
  const [text, setText] = useState(before);
  const [isBad, setIsBad] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const task = useTask();
  const refresh = useRefresh();
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  if (!node) return null;
  const save = async () => {
    const wanted = text.trim();
    if (wanted === before || wanted === '') {
      onDone();
      return;
    }
    if (what === 'seats' && !/^\d{1,7}$/.test(wanted)) {
      setIsBad(true);
      return;
    }
    setIsBad(false);
    const went = await task.run(async () => {
      try {
        await changeNode(node, what === 'name' ? { name: wanted } : { capacity: Number(wanted) }, node.version);
      } finally {
        await refresh();
      }
    });
    if (!went) return;
    toast(what === 'name' ? say.renamed(node.name, wanted) : say.seatsOf(node.name, Number(wanted)));
    onDone();
  };
  const fault = isBad ? say.seatsFault : task.code === 'stale' ? general.staleDraft : task.fault;
  return (
    <>
      <input
        ref={field}
        className="input admin-rename"
        data-what={what}
        inputMode={what === 'seats' ? 'numeric' : undefined}
        aria-label={what === 'name' ? say.renaming(node.name) : say.seatsFor(node.name)}
        aria-invalid={fault === undefined ? undefined : true}
        value={text}
        onClick={(event) => {
          event.stopPropagation();
        }}
        onChange={(event) => {
          setText(event.target.value);
        }}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === 'Enter') void save();
          if (event.key === 'Escape') onDone();
        }}
        onBlur={() => {
          if (!task.busy && fault === undefined) void save();
        }}
      />
      {fault !== undefined && (
        <span className="admin-rename-fault" role="alert">
          {fault}
        </span>
      )}
    </>
  );
}
