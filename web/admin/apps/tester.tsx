import { useState } from 'react';
import { testAppMethod } from '../../../src/wire/v1/app_test.ts';
import type { App } from '../../../src/wire/v1/apps.ts';
import { call, type Answer } from '../../lib/api.ts';
import { useWords } from '../../lib/language.ts';
import { serverNow } from '../../lib/now.ts';
import { Fault, TextField } from '../fields.tsx';
import { useTask } from '../task.ts';
import { appsWords } from './words.ts';

type Answered = Answer<typeof testAppMethod>['answered'];

const DAY = 86_400;

/** Asks what the app would be answered, and shows it as the wire writes it. */
export function Tester({ app }: { app: App }) {
  const say = useWords(appsWords);
  const [now] = useState(() => Math.floor(serverNow() / 1000));
  const [from, setFrom] = useState(String(now - DAY));
  const [to, setTo] = useState(String(now));
  const [level, setLevel] = useState('');
  const [answered, setAnswered] = useState<Answered>();
  const task = useTask();
  const test = () =>
    task.run(async () => {
      const body = { start_time: from, end_time: to, ...(level === '' ? {} : { room_level_id: level }) };
      setAnswered((await call(testAppMethod, { params: { app_id: app.id }, body })).answered);
    });
  return (
    <section className="card stack" aria-label={say.tester}>
      <h3>{say.tester}</h3>
      <p className="muted">{say.testerText}</p>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void test();
        }}
      >
        <div className="admin-pair">
          <TextField label={say.from} value={from} onChange={setFrom} mono />
          <TextField label={say.to} value={to} onChange={setTo} mono />
        </div>
        <div className="admin-pair">
          <TextField label={say.level} hint={say.levelHint} value={level} onChange={setLevel} mono />
          <button type="submit" className="button primary admin-try" disabled={task.busy}>
            {task.busy ? say.testing : say.test}
          </button>
        </div>
      </form>
      <Fault text={task.fault} />
      <div role="status">{answered && <Result answered={answered} />}</div>
    </section>
  );
}

function Result({ answered }: { answered: Answered }) {
  const say = useWords(appsWords);
  const { log_id, status, code, msg, rows, has_more, fields, lacking } = answered;
  const isGood = code === 0;
  return (
    <div className="stack">
      <p>
        <span className="state" data-state={isGood ? 'free' : 'absent'}>
          <span aria-hidden="true">{isGood ? '✓' : '✕'}</span> {isGood ? say.good : say.bad}
        </span>
      </p>
      <dl className="admin-facts">
        <dt>HTTP</dt>
        <dd className="id">{status}</dd>
        <dt>{say.code}</dt>
        <dd className="id">{code}</dd>
        <dt>{say.msg}</dt>
        <dd className="id">{msg}</dd>
        <dt>{say.logId}</dt>
        <dd className="id">{log_id}</dd>
        {rows !== null && (
          <>
            <dt>{say.rows}</dt>
            <dd>{has_more ? say.rowsMore(rows) : rows}</dd>
          </>
        )}
        {fields.map(({ field, description }) => (
          <div key={field} className="admin-fact">
            <dt className="id">{field}</dt>
            <dd>{description}</dd>
          </div>
        ))}
      </dl>
      {lacking.length > 0 && <p className="notice">{say.lacking(lacking.join(', '))}</p>}
    </div>
  );
}
