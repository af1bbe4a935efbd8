import { useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { changeSettingsMethod, type Settings, type SettingsChange } from '../../../src/wire/v1/settings.ts';
import { call } from '../../lib/api.ts';
import { useWords } from '../../lib/language.ts';
import type { Tree } from '../../lib/tree.ts';
import { common } from '../../lib/words.ts';
import { useNameOf } from '../../parts/person-picker.tsx';
import { toast } from '../../parts/toasts.tsx';
import { Check, Fault } from '../fields.tsx';
import { useTask } from '../task.ts';
import { adminWords } from '../words.ts';
import { PartFields } from './part-fields.tsx';
import { membersOf, sentences, type Part, type Value } from './parts.ts';
import { rulesWords } from './words.ts';

/** One part of the settings: what holds, whose word it is, and a way to say otherwise. */
export function PartCard({ part, settings, tree }: { part: Part; settings: Settings; tree: Tree }) {
  const say = useWords(rulesWords);
  const general = useWords(common);
  const admin = useWords(adminWords);
  const { own, effective, from } = settings[part];
  const [written, setWritten] = useState<Value>();
  const [covers, setCovers] = useState(false);
  const task = useTask();
  const queries = useQueryClient();
  const send = async (value: Value | null, said: string) => {
    const body = { [part]: value, ...(covers && value !== null ? { cover: [part] } : {}) } as SettingsChange;
    const went = await task.run(async () => {
      try {
        await call(changeSettingsMethod, { params: { scope_id: settings.scope_id }, body, version: settings.version });
      } finally {
        await queries.invalidateQueries({ queryKey: ['admin'] });
      }
    });
    if (!went) return;
    setWritten(undefined);
    setCovers(false);
    toast(said);
  };
  const members = membersOf(part, effective);
  const source = from === null ? undefined : (tree.level(from) ?? tree.room(from));
  return (
    <section className="card stack" aria-label={say.parts[part]}>
      <div className="row">
        <h3>{say.parts[part]}</h3>
        <span className="grow" />
        {own !== null ? (
          <span className="state" data-state="mine">
            {say.own}
          </span>
        ) : from === null ? (
          <span className="state" data-state="released">
            {say.byDefault}
          </span>
        ) : (
          <Link className="admin-source" href={`/rules?scope=${from}`}>
            {say.inherited(source?.name ?? from)}
          </Link>
        )}
      </div>
      <div className="row">
        <ul className="admin-sentences">
          {sentences(part, effective, say).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
        {written === undefined && (
          <span className="row end">
            {own !== null && (
              <button type="button" className="button" disabled={task.busy} onClick={() => void send(null, say.takenBack)}>
                {say.takeBack}
              </button>
            )}
            <button
              type="button"
              className="button"
              onClick={() => {
                setWritten(effective);
              }}
            >
              {own === null ? say.sayHere : say.change}
            </button>
          </span>
        )}
      </div>
      {members.users.length + members.departments.length > 0 && written === undefined && (
        <ul className="chips">
          {members.users.slice(0, 30).map((id) => (
            <Member key={id} kind="user" id={id} />
          ))}
          {members.departments.slice(0, 30).map((id) => (
            <Member key={id} kind="department" id={id} />
          ))}
        </ul>
      )}
      {task.code === 'stale' ? (
        <p className="notice" data-kind="warning" role="alert">
          {admin.staleDraft}
        </p>
      ) : (
        <Fault text={task.fault} />
      )}
      {written !== undefined && (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void send(written, admin.saved);
          }}
        >
          <PartFields part={part} value={written} onChange={setWritten} faultOf={task.faultOf} />
          {settings.scope_kind === 'level' && <Check label={say.cover} checked={covers} onChange={setCovers} />}
          <div className="row end">
            <button
              type="button"
              className="button"
              onClick={() => {
                setWritten(undefined);
                task.clear();
              }}
            >
              {general.cancel}
            </button>
            <button type="submit" className="button primary" disabled={task.busy}>
              {general.save}
            </button>
          </div>
        </form>
      )}
    </section>
  );
}

function Member({ kind, id }: { kind: 'user' | 'department'; id: string }) {
  return <li className="chip">{useNameOf(kind, id) ?? '…'}</li>;
}
