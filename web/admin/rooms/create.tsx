import { useState } from 'react';
import { createLevelMethod } from '../../../src/wire/v1/levels.ts';
import { createRoomMethod } from '../../../src/wire/v1/rooms.ts';
import { call } from '../../lib/api.ts';
import { useWords } from '../../lib/language.ts';
import { common } from '../../lib/words.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { toast } from '../../parts/toasts.tsx';
import { Fault, NumberField, TextField } from '../fields.tsx';
import { useTask } from '../task.ts';
import { useRefresh } from './changes.ts';
import type { Node } from './lines.ts';
import { roomsWords } from './words.ts';

/** A new room or level, below the one that was chosen. */
export function Create({
  kind,
  under,
  onClose,
  onCreated,
}: {
  kind: 'room' | 'level';
  under: Node | undefined;
  onClose: () => void;
  onCreated: (id: string) => void;
}) {
  const say = useWords(roomsWords);
  const general = useWords(common);
  const [name, setName] = useState('');
  const [capacity, setCapacity] = useState(8);
  const task = useTask();
  const refresh = useRefresh();
  if (!under) return null;
  const create = async () => {
    let id = '';
    const went = await task.run(async () => {
      const made =
        kind === 'level'
          ? await call(createLevelMethod, { body: { name: name.trim(), parent_id: under.id } })
          : await call(createRoomMethod, { body: { name: name.trim(), capacity, level_id: under.id } });
      id = made.id;
      await refresh();
    });
    if (!went) return;
    toast(say.created(name.trim()));
    onCreated(id);
  };
  return (
    <Dialog title={kind === 'room' ? say.newRoom : say.newLevel} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <p className="muted">{say.under(under.name)}</p>
        <TextField label={say.name} value={name} onChange={setName} required fault={task.faultOf('name')} />
        {kind === 'room' && (
          <NumberField label={say.capacity} value={capacity} onChange={setCapacity} min={0} max={1_000_000} fault={task.faultOf('capacity')} />
        )}
        <Fault text={task.fault} />
        <div className="row end">
          <button type="button" className="button" onClick={onClose}>
            {general.cancel}
          </button>
          <button type="submit" className="button primary" disabled={task.busy || name.trim() === ''}>
            {say.create}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
