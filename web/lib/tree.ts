import { useQuery } from '@tanstack/react-query';
import { treeMethod, type TreeNode } from '../../src/wire/v1/tree.ts';
import { call } from './api.ts';

export type Level = Extract<TreeNode, { kind: 'level' }>;
export type Room = Extract<TreeNode, { kind: 'room' }>;

/** All levels and rooms of the tenant, each in the order in which a screen draws them. */
export interface Tree {
  /** The tenant itself comes first. */
  levels: readonly Level[];
  rooms: readonly Room[];
  level: (id: string) => Level | undefined;
  room: (id: string) => Room | undefined;
  /** Names from below the tenant's down to that of the level or room: `['北京', '望京 A']`. */
  path: (id: string) => string[];
  /** Whether a level or room stands below a level, or is it. */
  isBelow: (id: string, levelId: string) => boolean;
}

export const TREE_KEY = ['tree'];

/** One read for all screens; undefined until it is there. What changes the tree invalidates `TREE_KEY`. */
export function useTree() {
  return useQuery({ queryKey: TREE_KEY, queryFn: readTree, staleTime: 300_000 });
}

async function readTree({ signal }: { signal: AbortSignal }): Promise<Tree> {
  const nodes: TreeNode[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { nodes: TreeNode[]; next_cursor: string | null } = await call(treeMethod, {
      query: { limit: 2000, ...(cursor === '' ? {} : { cursor }) },
      signal,
    });
    nodes.push(...page.nodes);
    cursor = page.next_cursor;
  }
  return treeOf(nodes);
}

export function treeOf(nodes: readonly TreeNode[]): Tree {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const lineage = (id: string): TreeNode[] => {
    const line: TreeNode[] = [];
    for (let node = byId.get(id); node; node = node.parent_id === null ? undefined : byId.get(node.parent_id)) line.unshift(node);
    return line;
  };
  return {
    levels: nodes.filter((node) => node.kind === 'level'),
    rooms: nodes.filter((node) => node.kind === 'room'),
    level: (id) => {
      const node = byId.get(id);
      return node?.kind === 'level' ? node : undefined;
    },
    room: (id) => {
      const node = byId.get(id);
      return node?.kind === 'room' ? node : undefined;
    },
    path: (id) =>
      lineage(id)
        .filter(({ depth }) => depth > 0)
        .map(({ name }) => name),
    isBelow: (id, levelId) => lineage(id).some((node) => node.id === levelId),
  };
}
