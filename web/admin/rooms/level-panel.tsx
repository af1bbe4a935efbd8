import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { changeLevelMethod, getLevelMethod, type Level as Whole } from '../../../src/wire/v1/levels.ts';
import { call } from '../../lib/api.ts';
import { useWords } from '../../lib/language.ts';
import type { Level, Tree } from '../../lib/tree.ts';
import { Failure, Loading } from '../../parts/failure.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useDraft } from '../draft.ts';
import { TextField } from '../fields.tsx';
import { SaveRow } from '../save-row.tsx';
import { useTask } from '../task.ts';
import { adminWords } from '../words.ts';
import { useRefresh } from './changes.ts';
import { PlaceRow } from './place-row.tsx';
import type { PanelActions } from './room-panel.tsx';
import { roomsWords } from './words.ts';

/** A level: name, time zone, own id. */
export function LevelPanel({ node, tree, ...actions }: { node: Level; tree: Tree } & PanelActions) {
  const say = useWords(roomsWords);
  const general = useWords(adminWords);
  const {
    data: level,
    error,
    refetch,
  } = useQuery({
    queryKey: ['admin', 'level', node.id],
    queryFn: () => call(getLevelMethod, { params: { level_id: node.id } }),
    staleTime: 0,
  });
  if (error && !level) return <Failure error={error} retry={() => void refetch()} />;
  if (!level) return <Loading />;
  const isRoot = level.parent_id === null;
  return (
    <div className="stack">
      <header>
        <p className="muted">
          {isRoot ? say.company : say.level} · {say.roomCount(node.room_count)}
        </p>
        <h2>{level.name}</h2>
      </header>
      {isRoot ? <p className="muted">{say.companyText}</p> : <PlaceRow node={node} tree={tree} {...actions} />}
      <LevelForm level={level} above={tree.level(level.parent_id ?? '')?.time_zone} />
      <nav className="row" aria-label={level.name}>
        <Link className="button" href={`/rules?scope=${level.id}`}>
          {general.rules}
        </Link>
        <Link className="button" href={`/audit?object=${level.id}`}>
          {say.changes}
        </Link>
        <span className="grow" />
        {!isRoot && (
          <button
            type="button"
            className="button danger"
            onClick={() => {
              actions.onDelete(node);
            }}
          >
            {general.delete}…
          </button>
        )}
      </nav>
      <p className="muted id">{level.id}</p>
    </div>
  );
}

function LevelForm({ level, above }: { level: Whole; above: string | undefined }) {
  const say = useWords(roomsWords);
  const general = useWords(adminWords);
  const draft = useDraft({ name: level.name, time_zone: level.time_zone ?? '', custom_id: level.custom_id });
  const { value, changes, set } = draft;
  const task = useTask();
  const refresh = useRefresh();
  const save = async () => {
    const { time_zone: zone, ...rest } = changes;
    const body = { ...rest, ...(zone === undefined ? {} : { time_zone: zone.trim() === '' ? null : zone.trim() }) };
    const went = await task.run(async () => {
      try {
        await call(changeLevelMethod, { params: { level_id: level.id }, body, version: level.version });
      } finally {
        await refresh();
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
        value={value.name}
        onChange={(name) => {
          set({ name });
        }}
        required
        fault={task.faultOf('name')}
      />
      <TextField
        label={say.timeZone}
        hint={say.timeZoneHint(above ?? level.effective_time_zone)}
        value={value.time_zone}
        list={Intl.supportedValuesOf('timeZone')}
        onChange={(time_zone) => {
          set({ time_zone });
        }}
        fault={task.faultOf('time_zone')}
      />
      <TextField
        label={say.customId}
        value={value.custom_id}
        mono
        onChange={(custom_id) => {
          set({ custom_id });
        }}
        fault={task.faultOf('custom_id')}
      />
      <SaveRow task={task} isDirty={draft.isDirty} onReset={draft.reset} />
    </form>
  );
}
