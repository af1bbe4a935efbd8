import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { changeRoomMethod, getRoomMethod, type Room as Whole } from '../../../src/wire/v1/rooms.ts';
import { call } from '../../lib/api.ts';
import { useWords } from '../../lib/language.ts';
import type { Room, Tree } from '../../lib/tree.ts';
import { Failure, Loading } from '../../parts/failure.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useDraft } from '../draft.ts';
import { NumberField, TextField } from '../fields.tsx';
import { SaveRow } from '../save-row.tsx';
import { useTask } from '../task.ts';
import { adminWords } from '../words.ts';
import { useRefresh } from './changes.ts';
import { Disabling } from './disabling.tsx';
import type { Node } from './lines.ts';
import { PlaceRow } from './place-row.tsx';
import { roomsWords } from './words.ts';

export interface PanelActions {
  order: (node: Node, by: -1 | 1) => void;
  onMove: (node: Node) => void;
  onDelete: (node: Node) => void;
}

/** A room: what is known of it, whether it is in use, and ways to what belongs to it. */
export function RoomPanel({ node, tree, ...actions }: { node: Room; tree: Tree } & PanelActions) {
  const say = useWords(roomsWords);
  const general = useWords(adminWords);
  const {
    data: room,
    error,
    refetch,
  } = useQuery({
    queryKey: ['admin', 'room', node.id],
    queryFn: () => call(getRoomMethod, { params: { room_id: node.id } }),
    staleTime: 0,
  });
  if (error && !room) return <Failure error={error} retry={() => void refetch()} />;
  if (!room) return <Loading />;
  return (
    <div className="stack">
      <header>
        <p className="muted">{say.room}</p>
        <h2>{room.name}</h2>
      </header>
      <PlaceRow node={node} tree={tree} {...actions} />
      <RoomForm room={room} />
      <Disabling room={room} tree={tree} />
      <nav className="row" aria-label={room.name}>
        <Link className="button" href={`/rules?scope=${room.id}`}>
          {general.rules}
        </Link>
        <Link className="button" href={`/devices?room=${room.id}`}>
          {general.devices}
        </Link>
        <Link className="button" href={`/audit?object=${room.id}`}>
          {say.changes}
        </Link>
        <span className="grow" />
        <button
          type="button"
          className="button danger"
          onClick={() => {
            actions.onDelete(node);
          }}
        >
          {general.delete}…
        </button>
      </nav>
      <p className="muted id">
        {room.display_id} · {room.id}
      </p>
    </div>
  );
}

function RoomForm({ room }: { room: Whole }) {
  const say = useWords(roomsWords);
  const general = useWords(adminWords);
  const draft = useDraft({
    name: room.name,
    capacity: room.capacity,
    equipment: room.equipment.join(', '),
    description: room.description,
    custom_id: room.custom_id,
  });
  const { value, changes, set } = draft;
  const task = useTask();
  const refresh = useRefresh();
  const save = async () => {
    const { equipment, ...rest } = changes;
    const body = { ...rest, ...(equipment === undefined ? {} : { equipment: listOf(equipment) }) };
    const went = await task.run(async () => {
      try {
        await call(changeRoomMethod, { params: { room_id: room.id }, body, version: room.version });
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
      <div className="admin-pair">
        <TextField
          label={say.name}
          value={value.name}
          onChange={(name) => {
            set({ name });
          }}
          required
          fault={task.faultOf('name')}
        />
        <NumberField
          label={say.capacity}
          value={value.capacity}
          onChange={(capacity) => {
            set({ capacity });
          }}
          min={0}
          max={1_000_000}
          fault={task.faultOf('capacity')}
        />
      </div>
      <TextField
        label={say.equipment}
        hint={say.equipmentHint}
        value={value.equipment}
        onChange={(equipment) => {
          set({ equipment });
        }}
        fault={task.faultOf('equipment')}
      />
      <TextField
        label={say.description}
        value={value.description}
        lines={2}
        onChange={(description) => {
          set({ description });
        }}
        fault={task.faultOf('description')}
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

function listOf(text: string): string[] {
  return text
    .split(/[,，;；、\n]/)
    .map((one) => one.trim())
    .filter(Boolean);
}
