import { lazy, Suspense, useMemo, useState, type KeyboardEvent } from 'react';
import { useWords } from '../../lib/language.ts';
import { useSearchState } from '../../lib/search.ts';
import { useTree } from '../../lib/tree.ts';
import { Empty, Failure, Loading } from '../../parts/failure.tsx';
import { toast } from '../../parts/toasts.tsx';
import { common } from '../../lib/words.ts';
import { Fault } from '../fields.tsx';
import { Split } from '../split.tsx';
import { useTask } from '../task.ts';
import { changeNode, useRefresh } from './changes.ts';
import { Create } from './create.tsx';
import { Delete } from './delete.tsx';
import { TreeGrid } from './grid.tsx';
import { LevelPanel } from './level-panel.tsx';
import { linesOf, nodesOf, placeBeside, reordered, type Node } from './lines.ts';
import { Move } from './move.tsx';
import { RenameField } from './rename.tsx';
import { RoomPanel } from './room-panel.tsx';
import { roomsWords } from './words.ts';

const Import = lazy(() => import('../imports/import.tsx'));

type Open = { kind: 'move' | 'delete'; node: Node } | { kind: 'room' | 'level'; under: string } | { kind: 'import' };

/** The one tree of levels and rooms, and what can be done to each. */
export default function RoomsScreen() {
  const say = useWords(roomsWords);
  const general = useWords(common);
  const { data: tree, error, refetch } = useTree();
  const [search, change] = useSearchState();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [renaming, setRenaming] = useState<string>();
  const [open, setOpen] = useState<Open>();
  const task = useTask();
  const refresh = useRefresh();
  const nodes = useMemo(() => (tree ? nodesOf(tree) : []), [tree]);
  const lines = useMemo(() => linesOf(nodes, closed, search.q ?? ''), [nodes, closed, search.q]);
  const byId = useMemo(() => new Map(nodes.map((node) => [node.id, node])), [nodes]);
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
  const showBelow = (id: string) => {
    setClosed((before) => new Set([...before].filter((one) => one !== id)));
  };
  const shut = () => {
    setOpen(undefined);
  };

  const move = (node: Node, into: string, isUndo = false) => {
    const from = node.parent_id;
    void task.run(async () => {
      let version = node.version;
      try {
        version = await changeNode(node, { into }, node.version);
      } finally {
        await refresh();
      }
      showBelow(into);
      const place = byId.get(into)?.name ?? '';
      if (isUndo || from === null) return;
      toast(say.moved(node.name, place), {
        name: general.undo,
        run: () => {
          move({ ...node, parent_id: into, version }, from, true);
        },
      });
    });
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
      setRenaming(node.id);
      return true;
    }
    if (event.key === 'Delete' && !isRoot) {
      setOpen({ kind: 'delete', node });
      return true;
    }
    if (!event.altKey || !event.key.startsWith('Arrow')) return false;
    if (isRoot || task.busy) return true;
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') order(node, event.key === 'ArrowUp' ? -1 : 1);
    else {
      const into = placeBeside(nodes, node, event.key === 'ArrowRight' ? 1 : -1);
      if (into !== undefined) move(node, into);
    }
    return true;
  };
  const onDrop = (id: string, levelId: string) => {
    const node = byId.get(id);
    if (node && id !== levelId && node.parent_id !== levelId) move(node, levelId);
  };

  const level = chosen?.kind === 'level' ? chosen : byId.get(chosen?.parent_id ?? '');
  const under = level?.id ?? root?.id ?? '';
  const actions = {
    move,
    order,
    onMove: (node: Node) => {
      setOpen({ kind: 'move', node });
    },
    onDelete: (node: Node) => {
      setOpen({ kind: 'delete', node });
    },
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
          renaming={
            renaming === undefined
              ? undefined
              : {
                  id: renaming,
                  field: (
                    <RenameField
                      node={byId.get(renaming)}
                      onDone={() => {
                        setRenaming(undefined);
                      }}
                    />
                  ),
                }
          }
          note={(node) => (node.kind === 'level' ? <span className="admin-count">{say.roomCount(node.room_count)}</span> : null)}
          columns={[
            { name: say.seats, className: 'admin-tree-seats', cell: (node) => (node.kind === 'room' ? node.capacity : '') },
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
          node={open.node}
          onClose={shut}
          onChoose={(into) => {
            shut();
            if (into !== open.node.parent_id) move(open.node, into);
          }}
        />
      )}
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
      {open?.kind === 'import' && (
        <Suspense fallback={null}>
          <Import kinds={['rooms', 'levels']} onClose={shut} onDone={refresh} />
        </Suspense>
      )}
    </>
  );
}
