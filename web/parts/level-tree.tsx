import { useMemo, useState } from 'react';
import { Button, Collection, I18nProvider, Tree, TreeItem, TreeItemContent } from 'react-aria-components';
import { locale, useLanguage, useWords } from '../lib/language.ts';
import { useTree, type Level } from '../lib/tree.ts';
import { Failure, Loading } from './failure.tsx';
import { partWords } from './words.ts';

interface Branch {
  level: Level;
  below: Branch[];
}

interface Props {
  value: string | undefined;
  onChoose: (id: string | undefined) => void;
}

/** The levels as a tree that opens and closes, with a search by name. */
export default function LevelTree({ value, onChoose }: Props) {
  const say = useWords(partWords);
  useLanguage();
  const { data: tree, error, refetch } = useTree();
  const [text, setText] = useState('');
  const wanted = text.trim().toLowerCase();
  const root = tree?.levels[0];
  const branches = useMemo(() => branchesOf(tree?.levels ?? [], wanted), [tree, wanted]);
  const [opened, setOpened] = useState<Set<string>>();
  if (error && !tree) return <Failure error={error} retry={() => void refetch()} />;
  if (!tree || !root) return <Loading />;
  // Open are at first the tenant, and all that stands above what is chosen.
  const lineage = tree.levels.filter(({ id }) => id === root.id || (value !== undefined && id !== value && tree.isBelow(value, id)));
  const expanded = wanted === '' ? (opened ?? new Set(lineage.map(({ id }) => id))) : new Set(tree.levels.map(({ id }) => id));
  return (
    <I18nProvider locale={locale()}>
      <div className="stack">
        <input
          type="search"
          className="input"
          aria-label={say.searchLevels}
          placeholder={say.searchLevels}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
        {branches.length === 0 ? (
          <p className="muted" role="status">
            {say.noLevels}
          </p>
        ) : (
          <Tree
            className="level-tree"
            aria-label={say.chooseLevel}
            items={branches}
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[value ?? root.id]}
            expandedKeys={expanded}
            onExpandedChange={(keys) => {
              setOpened(new Set([...keys].map(String)));
            }}
            onSelectionChange={(keys) => {
              const [key] = keys;
              if (key !== undefined) onChoose(key === root.id ? undefined : String(key));
            }}
          >
            {(branch) => <Line branch={branch} isRoot={branch.level.id === root.id} />}
          </Tree>
        )}
      </div>
    </I18nProvider>
  );
}

function Line({ branch: { level, below }, isRoot = false }: { branch: Branch; isRoot?: boolean }) {
  const say = useWords(partWords);
  const name = isRoot ? say.allRooms : level.name;
  return (
    <TreeItem id={level.id} textValue={name} className="level-line">
      <TreeItemContent>
        {({ hasChildItems, isExpanded, level: depth }) => (
          <div className="row level-name" data-depth={Math.min(depth, 10)}>
            {hasChildItems ? (
              <Button slot="chevron" className="button quiet level-chevron">
                <span aria-hidden="true">{isExpanded ? '▾' : '▸'}</span>
              </Button>
            ) : (
              <span className="level-chevron" />
            )}
            <span className="grow">{name}</span>
            <span className="muted">{say.levelRooms(level.room_count)}</span>
          </div>
        )}
      </TreeItemContent>
      <Collection items={below}>{(branch) => <Line branch={branch} />}</Collection>
    </TreeItem>
  );
}

/** The levels below one another; of a search those that match, with all that stands above them. */
function branchesOf(levels: readonly Level[], wanted: string): Branch[] {
  const branches = new Map<string, Branch>();
  const matching = new Set<string>();
  const parents = new Map(levels.map(({ id, parent_id }) => [id, parent_id]));
  for (const { id, name } of levels) {
    if (!name.toLowerCase().includes(wanted)) continue;
    for (let at: string | null | undefined = id; at !== null && at !== undefined && !matching.has(at); at = parents.get(at)) matching.add(at);
  }
  const roots: Branch[] = [];
  for (const level of levels) {
    if (!matching.has(level.id)) continue;
    const branch = { level, below: [] };
    branches.set(level.id, branch);
    (branches.get(level.parent_id ?? '')?.below ?? roots).push(branch);
  }
  return roots;
}
