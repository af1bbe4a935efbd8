import { useState } from 'react';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { listUsersMethod, type User } from '../../../src/wire/v1/users.ts';
import { call } from '../../lib/api.ts';
import { useWords } from '../../lib/language.ts';
import { useSearchState } from '../../lib/search.ts';
import { Empty, Failure, Loading } from '../../parts/failure.tsx';
import { later } from '../../parts/later.tsx';
import { ChoiceField } from '../fields.tsx';
import { Split } from '../split.tsx';
import { adminWords } from '../words.ts';
import { useDepartments } from './departments-list.ts';
import { NewPerson } from './new-person.tsx';
import { PersonPanel } from './person-panel.tsx';
import { peopleWords } from './words.ts';

const Import = later(() => import('../imports/import.tsx').then((module) => module.default));

const ROLES = ['administrator', 'meeting_management', 'member'] as const;

/** Everybody in the tenant, found by name, department, role and state. */
export default function PeopleScreen() {
  const say = useWords(peopleWords);
  const general = useWords(adminWords);
  const [search, change] = useSearchState();
  const [open, setOpen] = useState<'new' | 'import'>();
  const queries = useQueryClient();
  const departments = useDepartments();
  const { q, role, state, department, person } = search;
  const filter = {
    limit: 100,
    ...(q ? { q } : {}),
    ...(ROLES.some((one) => one === role) ? { role: role as (typeof ROLES)[number] } : {}),
    ...(state === undefined ? {} : { suspended: state === 'suspended' }),
    ...(department === undefined ? {} : { department, children: department !== '0' }),
  };
  const list = useInfiniteQuery({
    queryKey: ['admin', 'people', filter],
    queryFn: ({ pageParam }) => call(listUsersMethod, { query: { ...filter, ...(pageParam === '' ? {} : { cursor: pageParam }) } }),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => next_cursor,
    placeholderData: (before) => before,
  });
  const users = list.data?.pages.flatMap((page) => page.users) ?? [];
  const refresh = async () => {
    await queries.invalidateQueries({ queryKey: ['admin'] });
  };
  const table = (
    <div className="stack">
      <div className="row">
        <input
          type="search"
          className="input admin-search"
          aria-label={say.find}
          placeholder={say.find}
          value={q ?? ''}
          onChange={(event) => {
            change({ q: event.target.value }, { replace: true });
          }}
        />
        <span className="grow" />
        <button
          type="button"
          className="button"
          onClick={() => {
            setOpen('import');
          }}
        >
          {say.import}
        </button>
        <button
          type="button"
          className="button primary"
          onClick={() => {
            setOpen('new');
          }}
        >
          {say.add}
        </button>
      </div>
      <div className="admin-filters">
        <ChoiceField
          label={say.department}
          value={department ?? ''}
          onChange={(next) => {
            change({ department: next });
          }}
          choices={[['', say.all], ['0', say.noDepartment], ...(departments.data ?? []).map(({ department: one, path }) => [one.id, path] as const)]}
        />
        <ChoiceField
          label={say.role}
          value={role ?? ''}
          onChange={(next) => {
            change({ role: next });
          }}
          choices={[['', say.all], ...ROLES.map((one) => [one, say.roles[one]] as const)]}
        />
        <ChoiceField
          label={say.state}
          value={state ?? ''}
          onChange={(next) => {
            change({ state: next });
          }}
          choices={[
            ['', say.all],
            ['active', say.states.active],
            ['suspended', say.states.suspended],
          ]}
        />
      </div>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Loading />}
      {list.data && users.length === 0 && <Empty title={say.nobody} text={say.nobodyText} />}
      {users.length > 0 && (
        <div className="table-frame" role="region" aria-label={say.title} tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{say.name}</th>
                <th scope="col">{say.email}</th>
                <th scope="col">{say.department}</th>
                <th scope="col">{say.role}</th>
                <th scope="col">{say.state}</th>
              </tr>
            </thead>
            <tbody>
              {users.map((user) => (
                <Row
                  key={user.id}
                  user={user}
                  isOpen={user.id === person}
                  onOpen={() => {
                    change({ person: user.id });
                  }}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.hasNextPage && (
        <p>
          <button type="button" className="button" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
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
        side={person === undefined ? undefined : <PersonPanel key={person} id={person} />}
        onBack={() => {
          change({ person: undefined });
        }}
      />
      {open === 'new' && (
        <NewPerson
          onClose={() => {
            setOpen(undefined);
          }}
          onCreated={(id) => {
            setOpen(undefined);
            change({ person: id });
          }}
        />
      )}
      {open === 'import' && (
        <Import
          kinds={['users']}
          onClose={() => {
            setOpen(undefined);
          }}
          onDone={refresh}
        />
      )}
    </>
  );
}

export function roleOf({ administrator, meeting_management }: User): (typeof ROLES)[number] {
  return administrator ? 'administrator' : meeting_management ? 'meeting_management' : 'member';
}

function Row({ user, isOpen, onOpen }: { user: User; isOpen: boolean; onOpen: () => void }) {
  const say = useWords(peopleWords);
  const role = roleOf(user);
  return (
    <tr aria-current={isOpen ? 'true' : undefined} className="admin-row" onClick={onOpen}>
      <th scope="row">
        <button type="button" className="admin-link" onClick={onOpen}>
          {user.name}
        </button>
      </th>
      <td>{user.email}</td>
      <td>{user.department}</td>
      <td>{role === 'member' ? <span className="muted">{say.roleOf.member}</span> : say.roleOf[role]}</td>
      <td>
        {user.suspended && (
          <span className="state" data-state="absent">
            <span aria-hidden="true">✕</span> {user.anonymised ? say.anonymised : say.suspended}
          </span>
        )}
      </td>
    </tr>
  );
}
