import { useState } from 'react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { listAppsMethod, type App } from '../../../src/wire/v1/apps.ts';
import { call } from '../../lib/api.ts';
import { useWords } from '../../lib/language.ts';
import { useSearchState } from '../../lib/search.ts';
import { moment } from '../../lib/time.ts';
import { Empty, Failure, Loading } from '../../parts/failure.tsx';
import { SecretOnce } from '../../parts/secret-once.tsx';
import { useSession } from '../../shell/session.ts';
import { Split } from '../split.tsx';
import { adminWords } from '../words.ts';
import { AppPanel } from './app-panel.tsx';
import { NewApp } from './new-app.tsx';
import { appsWords } from './words.ts';

/** A secret that was just made. */
export interface Made {
  name: string;
  secret: string;
}

/** All apps of the tenant, revoked ones too. */
export default function AppsScreen() {
  const say = useWords(appsWords);
  const general = useWords(adminWords);
  const [search, change] = useSearchState();
  const [isNew, setIsNew] = useState(false);
  const [made, setMade] = useState<Made>();
  const list = useInfiniteQuery({
    queryKey: ['admin', 'apps'],
    queryFn: ({ pageParam }) => call(listAppsMethod, { query: { limit: 100, ...(pageParam === '' ? {} : { cursor: pageParam }) } }),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => next_cursor,
  });
  const apps = list.data?.pages.flatMap((page) => page.apps) ?? [];
  const chosen = apps.find(({ id }) => id === search.app);
  const newApp = (
    <button
      type="button"
      className="button primary"
      onClick={() => {
        setIsNew(true);
      }}
    >
      {say.add}
    </button>
  );
  const table = (
    <div className="stack">
      <div className="row">
        <p className="muted grow">{say.text}</p>
        {newApp}
      </div>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Loading />}
      {list.data && apps.length === 0 && <Empty title={say.none} text={say.noneText} />}
      {apps.length > 0 && (
        <div className="table-frame" role="region" aria-label={say.title} tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{say.name}</th>
                <th scope="col">{say.id}</th>
                <th scope="col">{say.kind}</th>
                <th scope="col">{say.scopesShort}</th>
                <th scope="col" title={say.usedHint}>
                  {say.used}
                </th>
                <th scope="col">{say.state}</th>
              </tr>
            </thead>
            <tbody>
              {apps.map((app) => (
                <Row
                  key={app.id}
                  app={app}
                  isOpen={app.id === chosen?.id}
                  onOpen={() => {
                    change({ app: app.id });
                  }}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.hasNextPage && (
        <p>
          <button type="button" className="button" onClick={() => void list.fetchNextPage()}>
            {general.more}
          </button>
        </p>
      )}
    </div>
  );
  return (
    <>
      <h1 className="visually-hidden">{say.title}</h1>
      <Split
        list={table}
        side={chosen && <AppPanel key={chosen.id} app={chosen} onSecret={setMade} />}
        onBack={() => {
          change({ app: undefined });
        }}
      />
      {isNew && (
        <NewApp
          onClose={() => {
            setIsNew(false);
          }}
          onMade={(id, secret) => {
            setIsNew(false);
            change({ app: id });
            setMade(secret);
          }}
        />
      )}
      {made && (
        <SecretOnce
          title={say.secretTitle(made.name)}
          name="app_secret"
          secret={made.secret}
          note={say.secretNote}
          onClose={() => {
            setMade(undefined);
          }}
        />
      )}
    </>
  );
}

function Row({ app, isOpen, onOpen }: { app: App; isOpen: boolean; onOpen: () => void }) {
  const say = useWords(appsWords);
  const zone = useSession()?.tenant.time_zone ?? 'UTC';
  return (
    <tr className="admin-row" aria-current={isOpen ? 'true' : undefined} onClick={onOpen}>
      <th scope="row">
        <button type="button" className="admin-link" onClick={onOpen}>
          {app.name}
        </button>
      </th>
      <td className="id">{app.id}</td>
      <td>{say.kinds[app.kind]}</td>
      <td>{say.scopeCount(app.scopes.length)}</td>
      <td>{app.last_token === null ? <span className="muted">{say.never}</span> : moment(Date.parse(app.last_token), zone)}</td>
      <td>
        {app.revoked_at !== null && (
          <span className="state" data-state="absent">
            <span aria-hidden="true">✕</span> {say.revoked}
          </span>
        )}
        {!app.own && <span className="state">{say.installed}</span>}
      </td>
    </tr>
  );
}
