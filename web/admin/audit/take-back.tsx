import { useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError } from '../../lib/api.ts';
import { useWords } from '../../lib/language.ts';
import { TREE_KEY, useTree } from '../../lib/tree.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Failure, Loading } from '../../parts/failure.tsx';
import { toast } from '../../parts/toasts.tsx';
import { Fault } from '../fields.tsx';
import { Effects } from '../rooms/effects.tsx';
import { useTask } from '../task.ts';
import { leavesOf } from './details.tsx';
import { currentOf, isSame, takeBack, type Undo } from './undo.ts';
import { auditWords } from './words.ts';

/** A change is taken back: refused where somebody changed the same since, else shown first with what it does to reservations. */
export function TakeBack({ undo, onClose }: { undo: Undo; onClose: () => void }) {
  const say = useWords(auditWords);
  const queries = useQueryClient();
  const { data: tree } = useTree();
  const task = useTask();
  const [key] = useState(() => ['take-back', undo]);
  const preview = useQuery({
    queryKey: key,
    queryFn: async () => {
      const { fields, version } = await currentOf(undo);
      const changed = Object.keys(undo.after).filter((name) => !isSame(fields[name], undo.after[name]));
      const answer = changed.length > 0 ? undefined : await takeBack(undo, version, true);
      return { fields, version, changed, effects: answer && 'effects' in answer ? answer.effects : undefined, touches: answer?.touches };
    },
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  const { data, error } = preview;
  const run = async (version: number) => {
    const went = await task.run(async () => {
      try {
        await takeBack(undo, version, false);
      } finally {
        await Promise.all([['admin'], TREE_KEY, ['timeline']].map((queryKey) => queries.invalidateQueries({ queryKey })));
      }
    });
    if (went) {
      toast(say.tookBack);
      onClose();
    }
  };
  const [now, then] = [leavesOf(data?.fields ?? {}), leavesOf(undo.before)];
  const names = [...new Set([...now.keys(), ...then.keys()])].filter((name) => now.get(name) !== then.get(name));
  const isGone = error instanceof ApiError && error.status === 404;
  const zone = tree?.levels[0]?.time_zone ?? 'UTC';
  return (
    <Confirm
      title={say.takeBackTitle}
      action={say.takeBackNow}
      safe={data?.effects === undefined || data.effects.cancelled.length === 0}
      busy={task.busy}
      disabled={!data || data.changed.length > 0}
      onConfirm={() => {
        if (data) void run(data.version);
      }}
      onClose={onClose}
    >
      {isGone ? (
        <p className="notice" data-kind="warning" role="alert">
          {say.goneSince}
        </p>
      ) : (
        error && <Failure error={error} retry={() => void preview.refetch()} />
      )}
      {preview.isPending && <Loading />}
      {data && data.changed.length > 0 && (
        <p className="notice" data-kind="warning" role="alert">
          {say.changedSince(data.changed.join(', '))}
        </p>
      )}
      {data && (
        <table className="admin-diff">
          <thead>
            <tr>
              <th scope="col">{say.field}</th>
              <th scope="col">{say.isNow}</th>
              <th scope="col">{data.changed.length > 0 ? say.before : say.isThen}</th>
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <tr key={name}>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td>{now.get(name)}</td>
                <td>{then.get(name)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {data?.touches && <p className="notice">{say.touches(data.touches.reservations, data.touches.devices)}</p>}
      {data?.effects && tree && 'disabled' in undo.before && <Effects effects={data.effects} tree={tree} zone={zone} />}
      <Fault text={task.fault} />
    </Confirm>
  );
}
