import { useDeferredValue, useId, useState, type KeyboardEvent } from 'react';
import { useQuery } from '@tanstack/react-query';
import { getUserMethod, listUsersMethod } from '../../src/wire/v1/users.ts';
import { getDepartmentMethod, listDepartmentsMethod } from '../../src/wire/v1/departments.ts';
import { call } from '../lib/api.ts';
import { useWords } from '../lib/language.ts';
import { askingWords } from './asking.ts';

interface Props {
  label: string;
  /** Ids. */
  value: readonly string[];
  onChange: (ids: string[]) => void;
  /** At most one. */
  single?: boolean;
  fault?: string | undefined;
}

interface Entry {
  id: string;
  name: string;
  note: string;
}

/** As many names are shown of a long list. */
const SHOWN = 60;

/** People, found by typing part of their names. */
export function PersonPicker(props: Props) {
  const say = useWords(askingWords);
  const search = async (q: string): Promise<Entry[]> => {
    const { users } = await call(listUsersMethod, { query: { q, limit: 20 } });
    return users.map(({ id, name, department, email }) => ({ id, name, note: [department, email ?? ''].filter(Boolean).join(' · ') }));
  };
  return <Picker {...props} kind="user" placeholder={say.findPerson} search={search} />;
}

/** Departments, found in the same way. */
export function DepartmentPicker(props: Props) {
  const say = useWords(askingWords);
  const search = async (q: string): Promise<Entry[]> => {
    const { departments } = await call(listDepartmentsMethod, { query: { children: true, limit: 500 } });
    const wanted = q.toLowerCase();
    return departments
      .filter(({ name }) => name.toLowerCase().includes(wanted))
      .slice(0, 20)
      .map(({ id, name }) => ({ id, name, note: '' }));
  };
  return <Picker {...props} kind="department" placeholder={say.findDepartment} search={search} />;
}

/** The name of a person or department; what is gone is called that. */
export function useNameOf(kind: 'user' | 'department', id: string): string | undefined {
  const { data, error } = useQuery({
    queryKey: ['name', kind, id],
    queryFn: async () =>
      kind === 'user'
        ? (await call(getUserMethod, { params: { user_id: id } })).name
        : (await call(getDepartmentMethod, { params: { department_id: id } })).name,
    staleTime: 300_000,
  });
  return data ?? (error ? id : undefined);
}

function Picker({
  label,
  value,
  onChange,
  single = false,
  fault,
  kind,
  placeholder,
  search,
}: Props & {
  kind: 'user' | 'department';
  placeholder: string;
  search: (text: string) => Promise<Entry[]>;
}) {
  const say = useWords(askingWords);
  const id = useId();
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const wanted = useDeferredValue(text.trim());
  const { data } = useQuery({ queryKey: ['find', kind, wanted], queryFn: () => search(wanted), enabled: open });
  const entries = (data ?? []).filter((entry) => !value.includes(entry.id));
  const isOpen = open && data !== undefined;
  const current = entries[Math.min(active, entries.length - 1)];

  const choose = (entry: Entry | undefined) => {
    if (!entry) return;
    onChange(single ? [entry.id] : [...value, entry.id]);
    setText('');
    setActive(0);
    setOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (isOpen && entries.length > 0) setActive((before) => (before + (event.key === 'ArrowDown' ? 1 : entries.length - 1)) % entries.length);
      setOpen(true);
    } else if (event.key === 'Enter' && isOpen) {
      event.preventDefault();
      choose(current);
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
    } else if (event.key === 'Backspace' && text === '' && value.length > 0) onChange(value.slice(0, -1));
  };
  return (
    <div className="field picker-field">
      <label htmlFor={id}>{label}</label>
      {value.length > 0 && (
        <ul className="chips">
          {value.slice(0, SHOWN).map((one) => (
            <Chip
              key={one}
              kind={kind}
              id={one}
              onRemove={() => {
                onChange(value.filter((other) => other !== one));
              }}
            />
          ))}
          {value.length > SHOWN && <li className="muted">{say.more(value.length - SHOWN)}</li>}
        </ul>
      )}
      {!(single && value.length > 0) && (
        <input
          id={id}
          className="input"
          role="combobox"
          autoComplete="off"
          placeholder={placeholder}
          aria-expanded={isOpen}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={isOpen && current ? `${id}-${current.id}` : undefined}
          aria-invalid={fault === undefined ? undefined : true}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setOpen(true);
            setActive(0);
          }}
          onFocus={() => {
            setOpen(text !== '');
          }}
          onBlur={() => {
            setOpen(false);
          }}
          onKeyDown={onKeyDown}
        />
      )}
      <ul id={`${id}-list`} role="listbox" aria-label={label} className="picker-list" hidden={!isOpen || entries.length === 0}>
        {isOpen &&
          entries.map((entry) => (
            <li
              key={entry.id}
              id={`${id}-${entry.id}`}
              role="option"
              aria-selected={entry === current}
              onPointerDown={(event) => {
                event.preventDefault();
                choose(entry);
              }}
            >
              <span>{entry.name}</span> {entry.note !== '' && <span className="muted">{entry.note}</span>}
            </li>
          ))}
      </ul>
      {isOpen && entries.length === 0 && <span className="muted">{say.nobodyFound}</span>}
      <span className="visually-hidden" role="status">
        {isOpen ? say.found(entries.length) : ''}
      </span>
      {fault !== undefined && <span className="fault">{fault}</span>}
    </div>
  );
}

function Chip({ kind, id, onRemove }: { kind: 'user' | 'department'; id: string; onRemove: () => void }) {
  const say = useWords(askingWords);
  const name = useNameOf(kind, id) ?? '…';
  return (
    <li className="chip">
      <span>{name}</span>
      <button type="button" aria-label={say.remove(name)} onClick={onRemove}>
        ✕
      </button>
    </li>
  );
}
