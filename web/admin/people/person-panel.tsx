import { useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { anonymiseMethod } from '../../../src/wire/v1/anonymise.ts';
import { createPasswordLinkMethod } from '../../../src/wire/v1/password_links.ts';
import { changeUserMethod, getUserMethod, resumeUserMethod, suspendUserMethod, type User } from '../../../src/wire/v1/users.ts';
import { call } from '../../lib/api.ts';
import { useWords } from '../../lib/language.ts';
import { dayName, moment } from '../../lib/time.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Failure, Loading } from '../../parts/failure.tsx';
import { SecretOnce } from '../../parts/secret-once.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useSession } from '../../shell/session.ts';
import { useDraft } from '../draft.ts';
import { Fault } from '../fields.tsx';
import { SaveRow } from '../save-row.tsx';
import { useTask } from '../task.ts';
import { adminWords } from '../words.ts';
import { bodyOf, PersonFieldsForm } from './person-form.tsx';
import { peopleWords } from './words.ts';

/** A person: roles and department, and what ends or opens their way in. */
export function PersonPanel({ id }: { id: string }) {
  const say = useWords(peopleWords);
  const {
    data: user,
    error,
    refetch,
  } = useQuery({ queryKey: ['admin', 'person', id], queryFn: () => call(getUserMethod, { params: { user_id: id } }), staleTime: 0 });
  const zone = useSession()?.tenant.time_zone ?? 'UTC';
  if (error && !user) return <Failure error={error} retry={() => void refetch()} />;
  if (!user) return <Loading />;
  return (
    <div className="stack">
      <header>
        <p className="muted">
          {user.department} {user.created_at !== undefined && say.since(dayName(Date.parse(user.created_at), zone, { year: true }))}
        </p>
        <h2>
          {user.name}{' '}
          {user.suspended && (
            <span className="state" data-state="absent">
              <span aria-hidden="true">✕</span> {user.anonymised ? say.anonymised : say.suspended}
            </span>
          )}
        </h2>
      </header>
      {!user.anonymised && <PersonForm user={user} />}
      {!user.anonymised && <Access user={user} zone={zone} />}
      <p className="muted id">{user.id}</p>
    </div>
  );
}

function PersonForm({ user }: { user: User }) {
  const general = useWords(adminWords);
  const task = useTask();
  const queries = useQueryClient();
  const draft = useDraft({
    name: user.name,
    email: user.email ?? '',
    employee_no: user.employee_no ?? '',
    department_id: user.department_id ?? '',
    administrator: user.administrator ?? false,
    meeting_management: user.meeting_management ?? false,
  });
  const save = async () => {
    const went = await task.run(async () => {
      try {
        await call(changeUserMethod, {
          params: { user_id: user.id },
          body: bodyOf(draft.changes),
          ...(user.version === undefined ? {} : { version: user.version }),
        });
      } finally {
        await queries.invalidateQueries({ queryKey: ['admin'] });
      }
    });
    if (!went) return;
    draft.reset();
    void queries.invalidateQueries({ queryKey: ['name'] });
    toast(general.saved);
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <PersonFieldsForm value={draft.value} set={draft.set} faultOf={task.faultOf} />
      <SaveRow task={task} isDirty={draft.isDirty} onReset={draft.reset} />
    </form>
  );
}

type Asked = { kind: 'suspend' } | { kind: 'anonymise'; rows: string } | { kind: 'link'; url: string; until: string };

function Access({ user, zone }: { user: User; zone: string }) {
  const say = useWords(peopleWords);
  const [asked, setAsked] = useState<Asked>();
  const task = useTask();
  const queries = useQueryClient();
  const params = { user_id: user.id };
  const seen = user.version === undefined ? {} : { version: user.version };
  const act = async (work: () => Promise<unknown>, said: string) => {
    const went = await task.run(async () => {
      try {
        await work();
      } finally {
        await queries.invalidateQueries({ queryKey: ['admin'] });
      }
    });
    setAsked(undefined);
    if (went) toast(said);
  };
  const link = () =>
    task.run(async () => {
      const { url, expires } = await call(createPasswordLinkMethod, { params });
      setAsked({ kind: 'link', url: new URL(url, location.origin).href, until: moment(Date.parse(expires), zone) });
    });
  const preview = () =>
    task.run(async () => {
      const { reservations, events, history } = await call(anonymiseMethod, { params, query: { dry_run: true } });
      setAsked({ kind: 'anonymise', rows: say.anonymiseRows(reservations, events, history) });
    });
  const close = () => {
    setAsked(undefined);
  };
  const hasEmail = (user.email ?? '') !== '';
  return (
    <section className="stack">
      <div className="row">
        {!user.suspended && (
          <>
            <button type="button" className="button" disabled={task.busy || !hasEmail} title={hasEmail ? undefined : say.noEmail} onClick={() => void link()}>
              {say.passwordLink}
            </button>
            <span className="grow" />
            <button
              type="button"
              className="button danger"
              onClick={() => {
                setAsked({ kind: 'suspend' });
              }}
            >
              {say.suspend}
            </button>
          </>
        )}
        {user.suspended && (
          <>
            <button
              type="button"
              className="button"
              disabled={task.busy}
              onClick={() => void act(() => call(resumeUserMethod, { params, ...seen }), say.resumed(user.name))}
            >
              {say.resume}
            </button>
            <span className="grow" />
            <button type="button" className="button danger" disabled={task.busy} onClick={() => void preview()}>
              {say.anonymise}
            </button>
          </>
        )}
      </div>
      <Fault text={task.fault} />
      {asked?.kind === 'link' && (
        <SecretOnce title={say.passwordTitle(user.name)} name="URL" secret={asked.url} note={say.passwordNote(asked.until)} onClose={close} />
      )}
      {asked?.kind === 'suspend' && (
        <Confirm
          title={say.suspendTitle(user.name)}
          action={say.suspendNow}
          busy={task.busy}
          onClose={close}
          onConfirm={() => void act(() => call(suspendUserMethod, { params, ...seen }), say.suspendedToast(user.name))}
        >
          <p>{say.suspendText}</p>
        </Confirm>
      )}
      {asked?.kind === 'anonymise' && (
        <Confirm
          title={say.anonymiseTitle(user.name)}
          action={say.anonymiseNow}
          typed={user.name}
          busy={task.busy}
          onClose={close}
          onConfirm={() => void act(() => call(anonymiseMethod, { params }), say.anonymisedToast)}
        >
          <p>{say.anonymiseText}</p>
          <p className="notice" data-kind="warning">
            {asked.rows}
          </p>
        </Confirm>
      )}
    </section>
  );
}
