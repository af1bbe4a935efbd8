import { useEffect, useRef, useState } from 'react';
import { useWords } from '../../lib/language.ts';
import { toast } from '../../parts/toasts.tsx';
import { useTask } from '../task.ts';
import { adminWords } from '../words.ts';
import { changeNode, useRefresh } from './changes.ts';
import type { Node } from './lines.ts';
import { roomsWords } from './words.ts';

/** A name while it is written anew, in its place. Enter keeps it, Escape leaves it; what was refused stays to be mended. */
export function RenameField({ node, onDone }: { node: Node | undefined; onDone: () => void }) {
  const say = useWords(roomsWords);
  const general = useWords(adminWords);
  const [name, setName] = useState(node?.name ?? '');
  const field = useRef<HTMLInputElement>(null);
  const task = useTask();
  const refresh = useRefresh();
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  if (!node) return null;
  const save = async () => {
    const wanted = name.trim();
    if (wanted === node.name || wanted === '') {
      onDone();
      return;
    }
    const went = await task.run(async () => {
      try {
        await changeNode(node, { name: wanted }, node.version);
      } finally {
        await refresh();
      }
    });
    if (!went) return;
    toast(say.renamed(node.name, wanted));
    onDone();
  };
  const fault = task.code === 'stale' ? general.staleDraft : task.fault;
  return (
    <>
      <input
        ref={field}
        className="input admin-rename"
        aria-label={say.renaming(node.name)}
        aria-invalid={fault === undefined ? undefined : true}
        value={name}
        onClick={(event) => {
          event.stopPropagation();
        }}
        onChange={(event) => {
          setName(event.target.value);
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
