import { useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { changeAppMethod, revokeAppMethod, rotateAppMethod, type App } from '../../../src/wire/v1/apps.ts';
import { call } from '../../lib/api.ts';
import { useWords } from '../../lib/language.ts';
import { dayName, moment } from '../../lib/time.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { useNameOf } from '../../parts/person-picker.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useSession } from '../../shell/session.ts';
import { useDraft } from '../draft.ts';
import { Fault, TextField } from '../fields.tsx';
import { SaveRow } from '../save-row.tsx';
import { useTask } from '../task.ts';
import { adminWords } from '../words.ts';
import { PushForm } from './push.tsx';
import { ScopeList } from './scope-list.tsx';
import type { Made } from './screen.tsx';
import { Tester } from './tester.tsx';
import { appsWords } from './words.ts';

/** An app: what it may do, its secret, a try of its rights, where events go. */
export function AppPanel({ app, onSecret }: { app: App; onSecret: (made: Made) => void }) {
  const say = useWords(appsWords);
  const zone = useSession()?.tenant.time_zone ?? 'UTC';
  const creator = useNameOf('user', app.creator_id);
  const isLive = app.revoked_at === null;
  return (
    <div className="stack">
      <header>
        <p className="muted">{say.kinds[app.kind]}</p>
        <h2>
          {app.name}{' '}
          {!isLive && (
            <span className="state" data-state="absent">
              <span aria-hidden="true">✕</span> {say.revoked}
            </span>
          )}
        </h2>
        <dl className="admin-facts">
          <dt>{say.id}</dt>
          <dd className="id">{app.id}</dd>
          <dt>{say.creator}</dt>
          <dd>{creator ?? '…'}</dd>
          <dt title={say.usedHint}>{say.used}</dt>
          <dd>{app.last_token === null ? say.never : moment(Date.parse(app.last_token), zone)}</dd>
        </dl>
      </header>
      {app.revoked_at !== null && <p className="notice">{say.revokedSince(dayName(Date.parse(app.revoked_at), zone, { year: true }))}</p>}
      {!app.own && <p className="notice">{say.notOwn}</p>}
      {isLive && app.own && <AppForm app={app} />}
      <Tester app={app} />
      {isLive && app.own && <PushForm app={app} />}
      {isLive && app.own && <Secret app={app} onSecret={onSecret} />}
    </div>
  );
}

function AppForm({ app }: { app: App }) {
  const say = useWords(appsWords);
  const general = useWords(adminWords);
  const draft = useDraft({ name: app.name, scopes: app.scopes, redirect_uris: app.redirect_uris.join('\n') });
  const task = useTask();
  const queries = useQueryClient();
  const save = async () => {
    const { redirect_uris: uris, ...rest } = draft.changes;
    const lines = uris
      ?.split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
    const went = await task.run(async () => {
      try {
        await call(changeAppMethod, { params: { app_id: app.id }, body: { ...rest, ...(lines ? { redirect_uris: lines } : {}) }, version: app.version });
      } finally {
        await queries.invalidateQueries({ queryKey: ['admin'] });
      }
    });
    if (!went) return;
    draft.reset();
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
      <TextField
        label={say.name}
        value={draft.value.name}
        required
        fault={task.faultOf('name')}
        onChange={(name) => {
          draft.set({ name });
        }}
      />
      <ScopeList
        value={draft.value.scopes}
        onChange={(scopes) => {
          draft.set({ scopes });
        }}
      />
      <TextField
        label={say.redirects}
        hint={say.redirectsHint}
        lines={2}
        mono
        value={draft.value.redirect_uris}
        fault={task.faultOf('redirect_uris')}
        onChange={(redirect_uris) => {
          draft.set({ redirect_uris });
        }}
      />
      <SaveRow task={task} isDirty={draft.isDirty} onReset={draft.reset} />
    </form>
  );
}

function Secret({ app, onSecret }: { app: App; onSecret: (made: Made) => void }) {
  const say = useWords(appsWords);
  const [asked, setAsked] = useState<'rotate' | 'revoke'>();
  const task = useTask();
  const queries = useQueryClient();
  const params = { app_id: app.id };
  const close = () => {
    setAsked(undefined);
  };
  const rotate = async () => {
    await task.run(async () => {
      const { secret } = await call(rotateAppMethod, { params });
      onSecret({ name: app.name, secret });
      await queries.invalidateQueries({ queryKey: ['admin'] });
    });
    close();
  };
  const revoke = async () => {
    const went = await task.run(async () => {
      await call(revokeAppMethod, { params });
      // The list alone: what else is shown of the app is no longer there to be read.
      await queries.invalidateQueries({ queryKey: ['admin', 'apps'] });
    });
    close();
    if (went) toast(say.revokedToast(app.name));
  };
  return (
    <section className="stack">
      <div className="row">
        <button
          type="button"
          className="button"
          onClick={() => {
            setAsked('rotate');
          }}
        >
          {say.rotate}
        </button>
        <span className="grow" />
        <button
          type="button"
          className="button danger"
          onClick={() => {
            setAsked('revoke');
          }}
        >
          {say.revoke}
        </button>
      </div>
      <Fault text={task.fault} />
      {asked === 'rotate' && (
        <Confirm title={say.rotateTitle(app.name)} action={say.rotateNow} busy={task.busy} onConfirm={() => void rotate()} onClose={close}>
          <p>{say.rotateText}</p>
        </Confirm>
      )}
      {asked === 'revoke' && (
        <Confirm title={say.revokeTitle(app.name)} action={say.revokeNow} typed={app.name} busy={task.busy} onConfirm={() => void revoke()} onClose={close}>
          <p>{say.revokeText}</p>
        </Confirm>
      )}
    </section>
  );
}
