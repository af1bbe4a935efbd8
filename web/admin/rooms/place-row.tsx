import { useWords } from '../../lib/language.ts';
import type { Tree } from '../../lib/tree.ts';
import type { Node } from './lines.ts';
import type { PanelActions } from './room-panel.tsx';
import { roomsWords } from './words.ts';

/** Where a room or level stands, and ways to put it elsewhere without a mouse's drag. */
export function PlaceRow({ node, tree, order, onMove }: { node: Node; tree: Tree } & PanelActions) {
  const say = useWords(roomsWords);
  const path = tree.path(node.id).slice(0, -1);
  return (
    <div className="row admin-place">
      <span className="grow muted">{[tree.levels[0]?.name ?? '', ...path].join(' / ')}</span>
      <button
        type="button"
        className="button"
        onClick={() => {
          order(node, -1);
        }}
      >
        <span aria-hidden="true">↑</span> {say.up}
      </button>
      <button
        type="button"
        className="button"
        onClick={() => {
          order(node, 1);
        }}
      >
        <span aria-hidden="true">↓</span> {say.down}
      </button>
      <button
        type="button"
        className="button"
        onClick={() => {
          onMove(node);
        }}
      >
        {say.moveTo}
      </button>
    </div>
  );
}
