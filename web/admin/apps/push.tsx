import { useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { App } from '../../../src/wire/v1/apps.ts';
import { clearPushMethod, getPushMethod, setPushMethod, testPushMethod } from '../../../src/wire/v1/push.ts';
import { call } from '../../lib/api.ts';
import { useWords } from '../../lib/language.ts';
import { Failure } from '../../parts/failure.tsx';
import { SecretOnce } from '../../parts/secret-once.tsx';
import { toast } from '../../parts/toasts.tsx';
import { Fault, TextField } from '../fields.tsx';
import { useTask } from '../task.ts';
import { adminWords } from '../words.ts';
import { appsWords } from './words.ts';

/** Where events of an app are pushed, and a try of it. */
export function PushForm({ app }: { app: App }) {
  const say = useWords(appsWords);
  const general = useWords(adminWords);
  const params = { app_id: app.id };
  const { data: target, error, refetch } = useQuery({ queryKey: ['admin', 'push', app.id], queryFn: () => call(getPushMethod, { params }) });
  const [written, setWritten] = useState<string>();
  const [key, setKey] = useState('');
  const [token, setToken] = useState<string>();
  const [said, setSaid] = useState<{ good: boolean; text: string }>();
  const task = useTask();
  const queries = useQueryClient();
  if (error && !target) return <Failure error={error} retry={() => void refetch()} />;
  if (!target) return null;
  const url = written ?? target.url ?? '';
  const act = (work: () => Promise<void>) => {
    setSaid(undefined);
    return task.run(async () => {
      try {
        await work();
      } finally {
        await queries.invalidateQueries({ queryKey: ['admin'] });
      }
    });
  };
  const save = () =>
    act(async () => {
      const answer = await call(setPushMethod, { params, body: { url, ...(key === '' ? {} : { encrypt_key: key }) }, version: target.version });
      setWritten(undefined);
      setKey('');
      if (answer.verification_token !== null) setToken(answer.verification_token);
      toast(general.saved);
    });
  const test = () =>
    act(async () => {
      const { delivered, detail } = await call(testPushMethod, { params });
      setSaid({ good: delivered, text: delivered ? say.pushGood : (detail ?? '') });
    });
  const clear = () =>
    act(async () => {
      await call(clearPushMethod, { params, version: target.version });
      setWritten(undefined);
      toast(general.saved);
    });
  return (
    <section className="card stack" aria-label={say.push}>
      <h3>{say.push}</h3>
      <p className="muted">
        {target.url === null ? say.pushNowhere : `${say.pushText} ${target.encrypted ? say.encrypted : say.plain}`}
        {target.ticket_failures > 0 && ` ${say.tickets(target.ticket_failures)}`}
      </p>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextField label={say.pushUrl} type="url" value={url} onChange={setWritten} fault={task.faultOf('url')} mono />
        <TextField label={say.pushKey} hint={say.pushKeyHint} value={key} onChange={setKey} fault={task.faultOf('encrypt_key')} mono />
        <Fault text={task.fault} />
        {said && (
          <p className="notice" data-kind={said.good ? 'notice' : 'fault'} role="status">
            {said.text}
          </p>
        )}
        <div className="row end">
          {target.url !== null && (
            <>
              <button type="button" className="button" disabled={task.busy} onClick={() => void clear()}>
                {say.pushClear}
              </button>
              <button type="button" className="button" disabled={task.busy} onClick={() => void test()}>
                {say.pushTest}
              </button>
            </>
          )}
          <button type="submit" className="button" disabled={task.busy || url === ''}>
            {say.pushSet}
          </button>
        </div>
      </form>
      {token !== undefined && (
        <SecretOnce
          title={say.pushTokenTitle}
          name={say.pushToken}
          secret={token}
          onClose={() => {
            setToken(undefined);
          }}
        />
      )}
    </section>
  );
}
