import { useWords } from '../../lib/language.ts';
import { useTree } from '../../lib/tree.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Loading } from '../../parts/failure.tsx';
import { later } from '../../parts/later.tsx';
import type { Node } from './lines.ts';
import { roomsWords } from './words.ts';

const LevelTree = later(() => import('../../parts/level-tree.tsx').then((module) => module.default), Loading);

/** Where rooms or a level go, chosen in the tree of levels. */
export function Move({ nodes, onClose, onChoose }: { nodes: readonly Node[]; onClose: () => void; onChoose: (levelId: string) => void }) {
  const say = useWords(roomsWords);
  const { data: tree } = useTree();
  const root = tree?.levels[0]?.id ?? '';
  const [node] = nodes;
  if (!node) return null;
  const parent = node.parent_id === root || node.parent_id === null ? undefined : node.parent_id;
  return (
    <Dialog title={nodes.length === 1 ? say.moveTitle(node.name) : say.moveTitleSeveral(nodes.length)} onClose={onClose}>
      <p className="muted">
        {say.moveText} {node.kind === 'level' && node.room_count > 0 && say.moveRooms(node.room_count)}
      </p>
      <LevelTree
        value={parent}
        onChoose={(id) => {
          onChoose(id ?? root);
        }}
      />
    </Dialog>
  );
}
