import { useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { changeDepartmentMethod, createDepartmentMethod, deleteDepartmentMethod, type Department } from '../../../src/wire/v1/departments.ts';
import { call } from '../../lib/api.ts';
import { useWords } from '../../lib/language.ts';
import { useSearchState } from '../../lib/search.ts';
import { common } from '../../lib/words.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Empty, Failure, Loading } from '../../parts/failure.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useDraft } from '../draft.ts';
import { ChoiceField, Fault, TextField } from '../fields.tsx';
import { SaveRow } from '../save-row.tsx';
import { Split } from '../split.tsx';
import { useTask } from '../task.ts';
import { adminWords } from '../words.ts';
import { useDepartments, type Branch } from './departments-list.ts';
import { peopleWords } from './words.ts';

/** The tree of departments. */
export default function DepartmentsScreen() {
  const say = useWords(peopleWords);
  const [search, change] = useSearchState();
  const [isNew, setIsNew] = useState(false);
  const { data: branches, error, refetch } = useDepartments();
  if (!branches)
    return (
      <>
        <h1 className="visually-hidden">{say.departmentsTitle}</h1>
        {error ? <Failure error={error} retry={() => void refetch()} /> : <Loading />}
      </>
    );
  const chosen = branches.find(({ department }) => department.id === search.department);
  const list = (
    <div className="stack">
      <div className="row">
        <p className="muted grow">{say.departmentsText}</p>
        <button
          type="button"
          className="button primary"
          onClick={() => {
            setIsNew(true);
          }}
        >
          {say.newDepartment}
        </button>
      </div>
      {branches.length === 0 ? (
        <Empty title={say.noDepartments} />
      ) : (
        <div className="table-frame" role="region" aria-label={say.departmentsTitle} tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{say.departmentName}</th>
                <th scope="col">{say.customId}</th>
              </tr>
            </thead>
            <tbody>
              {branches.map(({ department, depth, path }) => (
                <tr
                  key={department.id}
                  className="admin-row"
                  aria-current={department.id === chosen?.department.id ? 'true' : undefined}
                  onClick={() => {
                    change({ department: department.id });
                  }}
                >
                  <th scope="row" style={{ paddingInlineStart: `${String(10 + depth * 20)}px` }}>
                    <button
                      type="button"
                      className="admin-link"
                      title={path}
                      onClick={() => {
                        change({ department: department.id });
                      }}
                    >
                      {department.name}
                    </button>
                  </th>
                  <td className="id">{department.custom_id}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
  return (
    <>
      <h1 className="visually-hidden">{say.departmentsTitle}</h1>
      <Split
        list={list}
        side={
          chosen && (
            <DepartmentPanel
              key={chosen.department.id}
              branch={chosen}
              branches={branches}
              onDeleted={() => {
                change({ department: undefined });
              }}
            />
          )
        }
        onBack={() => {
          change({ department: undefined });
        }}
      />
      {isNew && (
        <NewDepartment
          branches={branches}
          under={chosen?.department.id ?? ''}
          onClose={() => {
            setIsNew(false);
          }}
        />
      )}
    </>
  );
}

interface PanelProps {
  branch: Branch;
  branches: readonly Branch[];
  onDeleted: () => void;
}

function DepartmentPanel({ branch: { department, path }, branches, onDeleted }: PanelProps) {
  const say = useWords(peopleWords);
  const general = useWords(adminWords);
  const draft = useDraft({ name: department.name, parent_id: department.parent_id ?? '', custom_id: department.custom_id });
  const [isAsked, setIsAsked] = useState(false);
  const task = useTask();
  const refresh = useRefreshDepartments();
  const params = { department_id: department.id };
  const save = async () => {
    const { parent_id: parent, ...rest } = draft.changes;
    const body = { ...rest, ...(parent === undefined ? {} : { parent_id: parent === '' ? null : parent }) };
    const went = await task.run(async () => {
      try {
        await call(changeDepartmentMethod, { params, body, version: department.version });
      } finally {
        await refresh();
      }
    });
    if (!went) return;
    draft.reset();
    toast(general.saved);
  };
  const remove = async () => {
    const went = await task.run(async () => {
      try {
        await call(deleteDepartmentMethod, { params, version: department.version });
      } finally {
        await refresh();
      }
    });
    setIsAsked(false);
    if (!went) return;
    toast(say.deleted(department.name));
    onDeleted();
  };
  return (
    <div className="stack">
      <header>
        {path !== department.name && <p className="muted">{path}</p>}
        <h2>{department.name}</h2>
      </header>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextField
          label={say.departmentName}
          value={draft.value.name}
          required
          fault={task.faultOf('name')}
          onChange={(name) => {
            draft.set({ name });
          }}
        />
        <ChoiceField
          label={say.below}
          value={draft.value.parent_id}
          fault={task.faultOf('parent_id')}
          onChange={(parent_id) => {
            draft.set({ parent_id });
          }}
          choices={placesFor(branches, department, say.atTop)}
        />
        <TextField
          label={say.customId}
          value={draft.value.custom_id}
          mono
          fault={task.faultOf('custom_id')}
          onChange={(custom_id) => {
            draft.set({ custom_id });
          }}
        />
        <SaveRow task={task} isDirty={draft.isDirty} onReset={draft.reset} />
      </form>
      <div className="row">
        <Link className="button" href={`/people?department=${department.id}`}>
          {say.peopleIn}
        </Link>
        <span className="grow" />
        <button
          type="button"
          className="button danger"
          onClick={() => {
            setIsAsked(true);
          }}
        >
          {general.delete}…
        </button>
      </div>
      <p className="muted id">{department.id}</p>
      {isAsked && (
        <Confirm
          title={say.deleteTitle(department.name)}
          action={general.delete}
          busy={task.busy}
          onConfirm={() => void remove()}
          onClose={() => {
            setIsAsked(false);
          }}
        >
          <p>{say.deleteText}</p>
        </Confirm>
      )}
    </div>
  );
}

function NewDepartment({ branches, under, onClose }: { branches: readonly Branch[]; under: string; onClose: () => void }) {
  const say = useWords(peopleWords);
  const general = useWords(common);
  const [name, setName] = useState('');
  const [parent, setParent] = useState(under);
  const task = useTask();
  const refresh = useRefreshDepartments();
  const create = async () => {
    const went = await task.run(async () => {
      await call(createDepartmentMethod, { body: { name: name.trim(), parent_id: parent === '' ? null : parent } });
      await refresh();
    });
    if (!went) return;
    toast(say.createdDepartment(name.trim()));
    onClose();
  };
  return (
    <Dialog title={say.newDepartment} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <TextField label={say.departmentName} value={name} onChange={setName} required fault={task.faultOf('name')} />
        <ChoiceField label={say.below} value={parent} onChange={setParent} choices={placesFor(branches, undefined, say.atTop)} />
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

/** Where a department can stand: anywhere but below itself. */
function placesFor(branches: readonly Branch[], department: Department | undefined, atTop: string): (readonly [string, string])[] {
  const own = new Set(department ? [department.id] : []);
  const places: (readonly [string, string])[] = [['', atTop]];
  for (const { department: one, path } of branches) {
    if (one.parent_id !== null && own.has(one.parent_id)) own.add(one.id);
    if (!own.has(one.id)) places.push([one.id, path]);
  }
  return places;
}

function useRefreshDepartments(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await Promise.all([queries.invalidateQueries({ queryKey: ['admin'] }), queries.invalidateQueries({ queryKey: ['name'] })]);
  };
}
