import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { changeRoomMethod, deleteRoomMethod } from '../../../src/wire/v1/rooms.ts';
import type { Effects as Of } from '../../../src/wire/v1/effects.ts';
import { call } from '../../lib/api.ts';
import { useWords } from '../../lib/language.ts';
import type { Room, Tree } from '../../lib/tree.ts';
import { common } from '../../lib/words.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure, Loading } from '../../parts/failure.tsx';
import { toast } from '../../parts/toasts.tsx';
import { Fault, NumberField } from '../fields.tsx';
import { useTask } from '../task.ts';
import { adminWords } from '../words.ts';
import { changeNode, useRefresh } from './changes.ts';
import { zoneOf } from './delete.tsx';
import { DisablingForm, type Disabled } from './disabling.tsx';
import { Effects } from './effects.tsx';
import { roomsWords } from './words.ts';

/** What is done to several rooms at once. */
export type Deed = 'seats' | 'disable' | 'enable' | 'delete';

/** The rooms that are chosen together, and what can be done to all of them. */
export function BatchBar({ count, onMove, onDeed, onClear }: { count: number; onMove: () => void; onDeed: (deed: Deed) => void; onClear: () => void }) {
  const say = useWords(roomsWords);
  const general = useWords(adminWords);
  const deeds = [
    ['seats', say.setSeats],
    ['disable', say.disable],
    ['enable', say.enable],
    ['delete', `${general.delete}…`],
  ] as const;
  return (
    <div className="row admin-batch" role="group" aria-label={say.several}>
      <strong role="status" className="grow">
        {say.picked(count)}
      </strong>
      <button type="button" className="button" onClick={onMove}>
        {say.moveTo}
      </button>
      {deeds.map(([deed, name]) => (
        <button
          key={deed}
          type="button"
          className={deed === 'delete' ? 'button danger' : 'button'}
          onClick={() => {
            onDeed(deed);
          }}
        >
          {name}
        </button>
      ))}
      <button type="button" className="button quiet" onClick={onClear}>
        {say.unpick}
      </button>
    </div>
  );
}

interface Props {
  rooms: readonly Room[];
  tree: Tree;
  onClose: () => void;
  /** It is done to all of them. */
  onDone: () => void;
}

/** The same number of seats for several rooms. */
export function BatchSeats({ rooms, onClose, onDone }: Props) {
  const say = useWords(roomsWords);
  const general = useWords(common);
  const [capacity, setCapacity] = useState(rooms[0]?.capacity ?? 8);
  const task = useTask();
  const refresh = useRefresh();
  const write = async (those: readonly { room: Room; capacity: number }[]) => {
    const before: { room: Room; capacity: number }[] = [];
    const went = await task.run(async () => {
      try {
        for (const one of those) {
          if (one.room.capacity === one.capacity) continue;
          const version = await changeNode(one.room, { capacity: one.capacity }, one.room.version);
          before.push({ room: { ...one.room, capacity: one.capacity, version }, capacity: one.room.capacity });
        }
      } finally {
        await refresh();
      }
    });
    return { went, before };
  };
  const save = async () => {
    const { went, before } = await write(rooms.map((room) => ({ room, capacity })));
    if (before.length > 0) toast(say.seatsSet(before.length, capacity), { name: general.undo, run: () => void write(before) });
    if (went) onDone();
  };
  return (
    <Dialog title={say.seatsTitle(rooms.length)} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <p className="muted">{say.seatsNow(rooms.map((room) => `${room.name} ${String(room.capacity)}`).join(' · '))}</p>
        <NumberField label={say.capacity} value={capacity} onChange={setCapacity} min={0} max={1_000_000} fault={task.faultOf('capacity')} />
        <Fault text={task.fault} />
        <div className="row end">
          <button type="button" className="button" onClick={onClose}>
            {general.cancel}
          </button>
          <button type="submit" className="button primary" disabled={task.busy || !Number.isInteger(capacity)}>
            {say.seatsNowFor(rooms.length)}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Disabling several rooms: when and why is asked once, then what it does is shown. */
export function BatchDisable(props: Props) {
  const { rooms, tree, onClose } = props;
  const say = useWords(roomsWords);
  const [wanted, setWanted] = useState<Disabled>();
  const [first] = rooms;
  if (wanted) return <BatchEffects {...props} deed="disable" wanted={wanted} />;
  return (
    <Dialog title={say.disableTitle(rooms.length)} onClose={onClose}>
      <DisablingForm disabled={null} zone={first ? zoneOf(first, tree) : 'UTC'} busy={false} faultOf={() => undefined} onCancel={onClose} onAsk={setWanted} />
    </Dialog>
  );
}

/** What disabling, enabling or deleting several rooms does to their reservations; then the deed. */
export function BatchEffects({ rooms, tree, deed, wanted, onClose, onDone }: Props & { deed: 'disable' | 'enable' | 'delete'; wanted: Disabled | null }) {
  const say = useWords(roomsWords);
  const task = useTask();
  const refresh = useRefresh();
  // One that is done already is not done again when another was refused.
  const [done, setDone] = useState<ReadonlySet<string>>(new Set());
  const left = rooms.filter(({ id }) => !done.has(id));
  const ask = async ({ id, version }: Room, dry_run: boolean): Promise<Of> => {
    const request = { params: { room_id: id }, query: { dry_run }, version };
    const { effects } = deed === 'delete' ? await call(deleteRoomMethod, request) : await call(changeRoomMethod, { ...request, body: { disabled: wanted } });
    return effects;
  };
  const preview = useQuery({
    // Not asked anew while the deed changes the tree, only when it was refused.
    queryKey: ['batch', deed, wanted],
    queryFn: async () => {
      const all: Of[] = [];
      for (const room of left) all.push(await ask(room, true));
      return {
        cancelled: byStart(all.flatMap((one) => one.cancelled)),
        check_in_closed: byStart(all.flatMap((one) => one.check_in_closed)),
        check_in_reopened: byStart(all.flatMap((one) => one.check_in_reopened)),
      };
    },
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  const run = async () => {
    const went = await task.run(async () => {
      try {
        for (const room of left) {
          await ask(room, false);
          setDone((before) => new Set([...before, room.id]));
        }
      } finally {
        await refresh();
      }
    });
    if (!went) {
      void preview.refetch();
      return;
    }
    toast(say.doneTo[deed](rooms.length));
    onDone();
  };
  const count = preview.data?.cancelled.length ?? 0;
  const action = { disable: say.disableNow, enable: say.enable, delete: say.deleteNow }[deed];
  const withCancel = deed === 'delete' ? say.deleteCancel(count) : say.disableCancel(count);
  return (
    <Confirm
      title={say.whatHappensTo[deed](rooms.length)}
      action={count > 0 ? withCancel : action}
      busy={task.busy}
      disabled={!preview.data}
      onConfirm={() => void run()}
      onClose={onClose}
    >
      <p>{rooms.map(({ name }) => name).join(' · ')}</p>
      {deed === 'delete' && <p>{say.deleteText}</p>}
      {preview.isPending && <Loading />}
      {preview.error && <Failure error={preview.error} retry={() => void refresh().then(() => preview.refetch())} />}
      {preview.data && <Effects effects={preview.data} tree={tree} zone={tree.levels[0]?.time_zone ?? 'UTC'} />}
      <Fault text={task.fault} />
    </Confirm>
  );
}

function byStart<Row extends { start: string }>(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => Date.parse(a.start) - Date.parse(b.start));
}
