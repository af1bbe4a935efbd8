import { useState } from 'react';
import { bindDeviceMethod, type Device } from '../../../src/wire/v1/devices.ts';
import { call } from '../../lib/api.ts';
import { useWords } from '../../lib/language.ts';
import type { Tree } from '../../lib/tree.ts';
import { common } from '../../lib/words.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { ChoiceField, Fault, TextField } from '../fields.tsx';
import { useTask } from '../task.ts';
import { devicesWords } from './words.ts';

interface Props {
  tree: Tree;
  /** Id of the room that is shown; undefined: any. */
  room: string | undefined;
  onClose: () => void;
  onBound: (name: string, credential: string) => void;
}

/** Binds a device to a room, which is found by its name. */
export function Bind({ tree, room, onClose, onBound }: Props) {
  const say = useWords(devicesWords);
  const general = useWords(common);
  const labels = tree.rooms.map(({ id }) => ({ id, label: tree.path(id).join(' / ') }));
  const [text, setText] = useState(labels.find(({ id }) => id === room)?.label ?? '');
  const [name, setName] = useState('');
  const [kind, setKind] = useState<Device['kind']>('panel');
  const task = useTask();
  const wanted = text.trim().toLowerCase();
  const named = labels.filter(({ label }) => label.toLowerCase() === wanted || label.toLowerCase().endsWith(`/ ${wanted}`));
  const [one] = named.length === 1 ? named : [];
  const bind = () =>
    task.run(async () => {
      const { credential } = await call(bindDeviceMethod, { params: { room_id: one?.id ?? '' }, body: { kind, name: name.trim() } });
      onBound(name.trim(), credential);
    });
  return (
    <Dialog title={say.add} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (one) void bind();
        }}
      >
        <TextField
          label={say.findRoom}
          hint={say.findRoomHint}
          fault={wanted !== '' && named.length === 0 && !labels.some(({ label }) => label.toLowerCase().includes(wanted)) ? say.noRoom : undefined}
          value={text}
          onChange={setText}
          list={labels.map(({ label }) => label)}
          required
        />
        <div className="admin-pair">
          <TextField label={say.name} value={name} onChange={setName} required fault={task.faultOf('name')} />
          <ChoiceField
            label={say.kind}
            value={kind}
            onChange={setKind}
            choices={(['panel', 'qr_code', 'controller', 'touch_panel', 'sensor'] as const).map((each) => [each, say.kinds[each]] as const)}
          />
        </div>
        <Fault text={task.fault} />
        <div className="row end">
          <button type="button" className="button" onClick={onClose}>
            {general.cancel}
          </button>
          <button type="submit" className="button primary" disabled={task.busy || !one || name.trim() === ''}>
            {say.bind}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
