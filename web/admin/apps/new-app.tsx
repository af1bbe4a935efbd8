import { useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { createAppMethod } from '../../../src/wire/v1/apps.ts';
import { call } from '../../lib/api.ts';
import { useWords } from '../../lib/language.ts';
import { common } from '../../lib/words.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { ChoiceField, Fault, TextField } from '../fields.tsx';
import { useTask } from '../task.ts';
import { ScopeList } from './scope-list.tsx';
import type { Made } from './screen.tsx';
import { appsWords } from './words.ts';

/** Registers an app. Its secret is shown right after, and never again. */
export function NewApp({ onClose, onMade }: { onClose: () => void; onMade: (id: string, made: Made) => void }) {
  const say = useWords(appsWords);
  const general = useWords(common);
  const [name, setName] = useState('');
  const [kind, setKind] = useState<'custom' | 'store'>('custom');
  const [scopes, setScopes] = useState<string[]>(['vc:room:readonly']);
  const task = useTask();
  const queries = useQueryClient();
  const create = async () => {
    await task.run(async () => {
      const { id, secret } = await call(createAppMethod, { body: { name: name.trim(), kind, scopes } });
      await queries.invalidateQueries({ queryKey: ['admin', 'apps'] });
      onMade(id, { name: name.trim(), secret });
    });
  };
  return (
    <Dialog title={say.add} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <div className="admin-pair">
          <TextField label={say.name} value={name} onChange={setName} required fault={task.faultOf('name')} />
          <ChoiceField
            label={say.kind}
            value={kind}
            onChange={setKind}
            choices={[
              ['custom', say.kinds.custom],
              ['store', say.kinds.store],
            ]}
          />
        </div>
        <ScopeList value={scopes} onChange={setScopes} />
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
