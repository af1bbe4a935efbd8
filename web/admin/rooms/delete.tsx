import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { deleteLevelMethod } from '../../../src/wire/v1/levels.ts';
import { deleteRoomMethod } from '../../../src/wire/v1/rooms.ts';
import { call } from '../../lib/api.ts';
import { useWords } from '../../lib/language.ts';
import { useTree } from '../../lib/tree.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Failure, Loading } from '../../parts/failure.tsx';
import { toast } from '../../parts/toasts.tsx';
import { Check, Fault } from '../fields.tsx';
import { useTask } from '../task.ts';
import { useRefresh } from './changes.ts';
import { Effects } from './effects.tsx';
import type { Node } from './lines.ts';
import { roomsWords } from './words.ts';

/** Deleting a room or level: what it does to reservations is shown first. */
export function Delete({ node, onClose, onDeleted }: { node: Node; onClose: () => void; onDeleted: () => void }) {
  const say = useWords(roomsWords);
  const { data: tree } = useTree();
  const hasBelow = node.kind === 'level' && node.has_children;
  const [withChildren, setWithChildren] = useState(false);
  const task = useTask();
  const refresh = useRefresh();
  const ask = (dry_run: boolean, version?: number) =>
    node.kind === 'room'
      ? call(deleteRoomMethod, { params: { room_id: node.id }, query: { dry_run }, ...(version === undefined ? {} : { version }) })
      : call(deleteLevelMethod, {
          params: { level_id: node.id },
          query: { dry_run, delete_children: withChildren },
          ...(version === undefined ? {} : { version }),
        });
  const isAsked = !hasBelow || withChildren;
  const preview = useQuery({ queryKey: ['admin', 'deletion', node.id, withChildren], queryFn: () => ask(true), enabled: isAsked, staleTime: 0, gcTime: 0 });
  const current = (node.kind === 'room' ? tree?.room(node.id) : tree?.level(node.id)) ?? node;
  const count = preview.data?.effects.cancelled.length ?? 0;
  const remove = async () => {
    const went = await task.run(async () => {
      try {
        await ask(false, current.version);
      } finally {
        await refresh();
      }
    });
    if (!went) return;
    toast(say.deleted(node.name));
    onDeleted();
  };
  const zone = zoneOf(node, tree);
  return (
    <Confirm
      title={say.deleteTitle(node.name)}
      action={count > 0 ? say.deleteCancel(count) : say.deleteNow}
      busy={task.busy}
      disabled={!isAsked || preview.data === undefined}
      {...(hasBelow ? { typed: node.name } : {})}
      onConfirm={() => void remove()}
      onClose={onClose}
    >
      <p>{say.deleteText}</p>
      {hasBelow && (
        <>
          <p className="notice" data-kind="warning">
            {say.notEmpty}
          </p>
          <Check label={say.deleteBelow(node.room_count)} checked={withChildren} onChange={setWithChildren} />
        </>
      )}
      {isAsked && preview.isPending && <Loading />}
      {preview.error && <Failure error={preview.error} retry={() => void preview.refetch()} />}
      {preview.data && tree && <Effects effects={preview.data.effects} tree={tree} zone={zone} />}
      <Fault text={task.fault} />
    </Confirm>
  );
}

/** Of a level, or of the one that a room stands in. */
export function zoneOf(node: Node, tree: { level: (id: string) => { time_zone: string } | undefined } | undefined): string {
  return (node.kind === 'level' ? node.time_zone : tree?.level(node.parent_id ?? '')?.time_zone) ?? 'UTC';
}
