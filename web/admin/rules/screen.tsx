import { useMemo, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { getSettingsMethod } from '../../../src/wire/v1/settings.ts';
import { call } from '../../lib/api.ts';
import { useWords } from '../../lib/language.ts';
import { useSearchState } from '../../lib/search.ts';
import { useTree, type Tree } from '../../lib/tree.ts';
import { Failure, Loading } from '../../parts/failure.tsx';
import { TreeGrid } from '../rooms/grid.tsx';
import { linesOf, nodesOf } from '../rooms/lines.ts';
import { Split } from '../split.tsx';
import { PartCard } from './part-card.tsx';
import { PARTS } from './parts.ts';
import { rulesWords } from './words.ts';

/** What holds for each level and room, and whose word it is. */
export default function RulesScreen() {
  const say = useWords(rulesWords);
  const { data: tree, error, refetch } = useTree();
  const [search, change] = useSearchState();
  // Where there is room for both, the rules of the company stand beside the tree from the start.
  const [isWide] = useState(() => matchMedia('(min-width: 901px)').matches);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const nodes = useMemo(() => (tree ? nodesOf(tree) : []), [tree]);
  const lines = useMemo(() => linesOf(nodes, closed, search.q ?? ''), [nodes, closed, search.q]);
  if (error && !tree) return <Failure error={error} retry={() => void refetch()} />;
  if (!tree) return <Loading />;
  const scope = search.scope ?? (isWide ? tree.levels[0]?.id : undefined);
  const list = (
    <div className="stack admin-fill">
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
      {lines.length === 0 ? (
        <p className="empty" role="status">
          {say.nothing}
        </p>
      ) : (
        <TreeGrid
          lines={lines}
          chosen={scope}
          onChoose={({ id }) => {
            change({ scope: id });
          }}
          onToggle={(id, isOpen) => {
            setClosed((before) => (isOpen ? new Set([...before].filter((one) => one !== id)) : new Set([...before, id])));
          }}
          columns={[]}
        />
      )}
    </div>
  );
  return (
    <>
      <h1 className="visually-hidden">{say.title}</h1>
      <Split
        list={list}
        side={scope === undefined ? undefined : <Scope key={scope} id={scope} tree={tree} />}
        onBack={() => {
          change({ scope: undefined });
        }}
      />
    </>
  );
}

function Scope({ id, tree }: { id: string; tree: Tree }) {
  const say = useWords(rulesWords);
  const {
    data: settings,
    error,
    refetch,
  } = useQuery({
    queryKey: ['admin', 'settings', id],
    queryFn: () => call(getSettingsMethod, { params: { scope_id: id } }),
    staleTime: 0,
  });
  if (error && !settings) return <Failure error={error} retry={() => void refetch()} />;
  if (!settings) return <Loading />;
  const node = tree.level(id) ?? tree.room(id);
  return (
    <div className="stack">
      <header>
        <p className="muted">{[tree.levels[0]?.name ?? '', ...tree.path(id).slice(0, -1)].filter((name) => name !== node?.name).join(' / ')}</p>
        <h2>
          {say.title} · {node?.name ?? id}
        </h2>
      </header>
      {PARTS.map((part) => (
        <PartCard key={part} part={part} settings={settings} tree={tree} />
      ))}
    </div>
  );
}
