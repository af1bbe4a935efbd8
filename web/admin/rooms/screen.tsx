import { useMemo, useState, type KeyboardEvent } from 'react';
import { useWords } from '../../lib/language.ts';
import { useSearchState } from '../../lib/search.ts';
import { useTree, type Room } from '../../lib/tree.ts';
import { Empty, Failure, Loading } from '../../parts/failure.tsx';
import { later } from '../../parts/later.tsx';
import { Fault } from '../fields.tsx';
import { Split } from '../split.tsx';
import { useTask } from '../task.ts';
import { BatchBar, BatchDisable, BatchEffects, BatchSeats, type Deed } from './batch.tsx';
import { changeNode, useRefresh } from './changes.ts';
import { Create } from './create.tsx';
import { Delete } from './delete.tsx';
import { TreeGrid } from './grid.tsx';
import { LevelPanel } from './level-panel.tsx';
import { linesOf, nodesOf, placeBeside, reordered, type Node } from './lines.ts';
import { MovePlan } from './move-plan.tsx';
import { Move } from './move.tsx';
import { useMoving } from './moving.ts';
import { EditField } from './rename.tsx';
import { RoomPanel } from './room-panel.tsx';
import { roomsWords } from './words.ts';

const Import = later(() => import('../imports/import.tsx').then((module) => module.default));

type Open =
  | { kind: 'delete'; node: Node }
  | { kind: 'move'; nodes: readonly Node[] }
  | { kind: 'several'; deed: Deed }
  | { kind: 'room' | 'level'; under: string }
  | { kind: 'import' };

/** The one tree of levels and rooms, and what can be done to each. */
export default function RoomsScreen() {
  const say = useWords(roomsWords);
  const { data: tree, error, refetch } = useTree();
  const [search, change] = useSearchState();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [writing, setWriting] = useState<{ id: string; what: 'name' | 'seats' }>();
  const [chosenIds, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState<Open>();
  const task = useTask();
  const refresh = useRefresh();
  const showBelow = (id: string) => {
    setClosed((before) => new Set([...before].filter((one) => one !== id)));
  };
  const nodes = useMemo(() => (tree ? nodesOf(tree) : []), [tree]);
  const lines = useMemo(() => linesOf(nodes, closed, search.q ?? ''), [nodes, closed, search.q]);
  const byId = useMemo(() => new Map(nodes.map((node) => [node.id, node])), [nodes]);
  // What was deleted or hidden meanwhile is not done anything to.
  const picked = useMemo(() => nodes.filter((node): node is Room => node.kind === 'room' && chosenIds.has(node.id)), [nodes, chosenIds]);
  const pickedIds = useMemo(() => new Set(picked.map(({ id }) => id)), [picked]);
  const moving = useMoving(byId, task, (into) => {
    showBelow(into);
  });
  if (!tree)
    return (
      <>
        <h1 className="visually-hidden">{say.title}</h1>
        {error ? <Failure error={error} retry={() => void refetch()} /> : <Loading />}
      </>
    );

  const chosen = search.node === undefined ? undefined : byId.get(search.node);
  const root = nodes[0];
  const choose = (id: string | undefined) => {
    task.clear();
    change({ node: id });
  };
  const shut = () => {
    setOpen(undefined);
  };

  const order = (node: Node, by: -1 | 1) => {
    const writes = reordered(nodes, node, by);
    if (!writes) return;
    void task.run(async () => {
      try {
        for (const write of writes) await changeNode(write.node, { position: write.position }, write.node.version);
      } finally {
        await refresh();
      }
    });
  };
  const onKey = (node: Node, event: KeyboardEvent): boolean => {
    const isRoot = node.parent_id === null;
    if (event.key === 'F2') {
      setWriting({ id: node.id, what: 'name' });
      return true;
    }
    if (event.key === 'Delete' && !isRoot) {
      setOpen(pickedIds.has(node.id) ? { kind: 'several', deed: 'delete' } : { kind: 'delete', node });
      return true;
    }
    if (!event.altKey || !event.key.startsWith('Arrow')) return false;
    if (isRoot || task.busy) return true;
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') order(node, event.key === 'ArrowUp' ? -1 : 1);
    else {
      const into = placeBeside(nodes, node, event.key === 'ArrowRight' ? 1 : -1);
      if (into !== undefined) moving.ask([node], into);
    }
    return true;
  };
  const onDrop = (id: string, levelId: string) => {
    const node = byId.get(id);
    if (node && id !== levelId) moving.ask(pickedIds.has(id) ? picked : [node], levelId);
  };

  const level = chosen?.kind === 'level' ? chosen : byId.get(chosen?.parent_id ?? '');
  const under = level?.id ?? root?.id ?? '';
  const actions = {
    order,
    onMove: (node: Node) => {
      setOpen({ kind: 'move', nodes: [node] });
    },
    onDelete: (node: Node) => {
      setOpen({ kind: 'delete', node });
    },
  };
  const unpick = () => {
    setPicked(new Set());
  };
  const several = {
    rooms: picked,
    tree,
    onClose: shut,
    onDone: shut,
  };
  const written = () => {
    setWriting(undefined);
  };
  const list = (
    <div className="stack admin-fill">
      <div className="row">
        <input
          type="search"
          className="input admin-search"
          aria-label={say.find}
          placeholder={say.find}
          value={search.q ?? ''}
          onChange={(event) => {
            change({ q: event.target.value }, { replace: true });
          }}
        />
        <span className="grow" />
        <button
          type="button"
          className="button"
          onClick={() => {
            setOpen({ kind: 'import' });
          }}
        >
          {say.import}
        </button>
        <button
          type="button"
          className="button"
          onClick={() => {
            setOpen({ kind: 'level', under });
          }}
        >
          {say.newLevel}
        </button>
        <button
          type="button"
          className="button primary"
          disabled={under === root?.id}
          title={under === root?.id ? say.roomsNeedLevel : undefined}
          onClick={() => {
            setOpen({ kind: 'room', under });
          }}
        >
          {say.newRoom}
        </button>
      </div>
      <Fault text={task.fault} />
      {nodes.length <= 1 && <Empty title={say.empty} text={say.emptyText} />}
      {lines.length === 0 ? (
        <p className="empty" role="status">
          {say.nothing}
        </p>
      ) : (
        <TreeGrid
          lines={lines}
          chosen={chosen?.id}
          onChoose={({ id }) => {
            choose(id);
          }}
          onToggle={(id, isOpen) => {
            setClosed((before) => (isOpen ? new Set([...before].filter((one) => one !== id)) : new Set([...before, id])));
          }}
          onKey={onKey}
          onDrop={onDrop}
          renaming={writing?.what === 'name' ? { id: writing.id, field: <EditField node={byId.get(writing.id)} onDone={written} /> } : undefined}
          isWriting={writing !== undefined}
          picked={pickedIds}
          onPick={setPicked}
          note={(node) => (node.kind === 'level' ? <span className="admin-count">{say.roomCount(node.room_count)}</span> : null)}
          columns={[
            {
              name: say.seats,
              className: 'admin-tree-seats',
              cell: (node) =>
                node.kind === 'level' ? (
                  ''
                ) : writing?.what === 'seats' && writing.id === node.id ? (
                  <EditField node={node} what="seats" onDone={written} />
                ) : (
                  node.capacity
                ),
              onWrite: ({ id }) => {
                setWriting({ id, what: 'seats' });
              },
            },
            {
              name: say.state,
              className: 'admin-tree-state',
              cell: (node) =>
                node.kind === 'room' && !node.enabled ? (
                  <span className="state" data-state="absent">
                    <span aria-hidden="true">✕</span> {say.disabled}
                  </span>
                ) : null,
            },
            { name: say.displayId, className: 'admin-tree-id id', cell: (node) => (node.kind === 'room' ? node.display_id : '') },
          ]}
        />
      )}
      <p className="muted admin-keys">{say.keys}</p>
      {picked.length > 0 && (
        <BatchBar
          count={picked.length}
          onMove={() => {
            setOpen({ kind: 'move', nodes: picked });
          }}
          onDeed={(deed) => {
            setOpen({ kind: 'several', deed });
          }}
          onClear={unpick}
        />
      )}
    </div>
  );
  return (
    <>
      <h1 className="visually-hidden">{say.title}</h1>
      <Split
        list={list}
        side={
          chosen &&
          (chosen.kind === 'room' ? (
            <RoomPanel key={chosen.id} node={chosen} tree={tree} {...actions} />
          ) : (
            <LevelPanel key={chosen.id} node={chosen} tree={tree} {...actions} />
          ))
        }
        onBack={() => {
          choose(undefined);
        }}
      />
      {(open?.kind === 'room' || open?.kind === 'level') && (
        <Create
          kind={open.kind}
          under={byId.get(open.under)}
          onClose={shut}
          onCreated={(id) => {
            showBelow(open.under);
            shut();
            choose(id);
          }}
        />
      )}
      {open?.kind === 'move' && (
        <Move
          nodes={open.nodes}
          onClose={shut}
          onChoose={(into) => {
            shut();
            moving.ask(open.nodes, into);
          }}
        />
      )}
      {moving.plan && (
        <MovePlan
          plan={moving.plan}
          tree={tree}
          onConfirm={() => {
            if (moving.plan) moving.confirm(moving.plan);
          }}
          onClose={moving.forget}
        />
      )}
      {open?.kind === 'several' && open.deed === 'seats' && <BatchSeats {...several} />}
      {open?.kind === 'several' && open.deed === 'disable' && <BatchDisable {...several} />}
      {open?.kind === 'several' && (open.deed === 'enable' || open.deed === 'delete') && <BatchEffects {...several} deed={open.deed} wanted={null} />}
      {open?.kind === 'delete' && (
        <Delete
          node={open.node}
          onClose={shut}
          onDeleted={() => {
            shut();
            choose(undefined);
          }}
        />
      )}
      {open?.kind === 'import' && <Import kinds={['rooms', 'levels']} onClose={shut} onDone={refresh} />}
    </>
  );
}
