import { useWords } from '../lib/language.ts';
import { Fault } from './fields.tsx';
import type { Task } from './task.ts';
import { adminWords } from './words.ts';

/** The foot of a form: what was refused, and the buttons while something is written. */
export function SaveRow({ task, isDirty, onReset }: { task: Task; isDirty: boolean; onReset: () => void }) {
  const general = useWords(adminWords);
  return (
    <>
      {task.code === 'stale' ? (
        <p className="notice" data-kind="warning" role="alert">
          {general.staleDraft}
        </p>
      ) : (
        <Fault text={task.fault} />
      )}
      {isDirty && (
        <div className="row end">
          <button
            type="button"
            className="button"
            onClick={() => {
              task.clear();
              onReset();
            }}
          >
            {general.reset}
          </button>
          <button type="submit" className="button primary" disabled={task.busy}>
            {task.busy ? general.saving : general.save}
          </button>
        </div>
      )}
    </>
  );
}
