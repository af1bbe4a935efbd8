import { useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { createUserMethod } from '../../../src/wire/v1/users.ts';
import { call } from '../../lib/api.ts';
import { useWords } from '../../lib/language.ts';
import { common } from '../../lib/words.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { toast } from '../../parts/toasts.tsx';
import { Fault } from '../fields.tsx';
import { useTask } from '../task.ts';
import { bodyOf, PersonFieldsForm, type PersonFields } from './person-form.tsx';
import { peopleWords } from './words.ts';

const NOBODY: PersonFields = { name: '', email: '', employee_no: '', department_id: '', administrator: false, meeting_management: false };

/** Adds a person. */
export function NewPerson({ onClose, onCreated }: { onClose: () => void; onCreated: (id: string) => void }) {
  const say = useWords(peopleWords);
  const general = useWords(common);
  const [value, setValue] = useState(NOBODY);
  const task = useTask();
  const queries = useQueryClient();
  const create = async () => {
    let id = '';
    const went = await task.run(async () => {
      ({ id } = await call(createUserMethod, { body: { ...bodyOf(value), name: value.name.trim() } }));
      await queries.invalidateQueries({ queryKey: ['admin', 'people'] });
    });
    if (!went) return;
    toast(say.created(value.name.trim()));
    onCreated(id);
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
        <PersonFieldsForm
          value={value}
          set={(part) => {
            setValue({ ...value, ...part });
          }}
          faultOf={task.faultOf}
        />
        <Fault text={task.fault} />
        <div className="row end">
          <button type="button" className="button" onClick={onClose}>
            {general.cancel}
          </button>
          <button type="submit" className="button primary" disabled={task.busy || value.name.trim() === ''}>
            {say.create}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
