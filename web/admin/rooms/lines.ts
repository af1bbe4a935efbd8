import type { Level, Room, Tree } from '../../lib/tree.ts';

export type Node = Level | Room;

/** A line of the tree as it shows. */
export interface Line {
  node: Node;
  /** 1 for the tenant itself. */
  depth: number;
  isOpen: boolean;
  hasBelow: boolean;
  /** Among its siblings, from 1. */
  place: number;
  siblings: number;
}

/** All nodes in drawing order: a level, its rooms, then the levels below it. */
export function nodesOf(tree: Tree): Node[] {
  const rooms = new Map<string, Room[]>();
  for (const room of tree.rooms) {
    const those = rooms.get(room.parent_id ?? '');
    if (those) those.push(room);
    else rooms.set(room.parent_id ?? '', [room]);
  }
  return tree.levels.flatMap((level) => [level, ...(rooms.get(level.id) ?? [])]);
}

/** The lines that show: below closed levels nothing does; with a search, what has the text in its name and what stands above that. */
export function linesOf(nodes: readonly Node[], closed: ReadonlySet<string>, search: string): Line[] {
  const wanted = search.trim().toLowerCase();
  const found = wanted === '' ? undefined : foundOf(nodes, wanted);
  const counts = new Map<string | null, number>();
  for (const { parent_id } of nodes) counts.set(parent_id, (counts.get(parent_id) ?? 0) + 1);
  const places = new Map<string | null, number>();
  const hidden = new Set<string>();
  const lines: Line[] = [];
  for (const node of nodes) {
    const place = (places.get(node.parent_id) ?? 0) + 1;
    places.set(node.parent_id, place);
    const isClosed = !found && closed.has(node.id);
    const isHidden = node.parent_id !== null && hidden.has(node.parent_id);
    if (isHidden || isClosed) hidden.add(node.id);
    if (isHidden || (found && !found.has(node.id))) continue;
    lines.push({ node, depth: node.depth + 1, isOpen: !isClosed, hasBelow: counts.has(node.id), place, siblings: counts.get(node.parent_id) ?? 1 });
  }
  return lines;
}

function foundOf(nodes: readonly Node[], wanted: string): Set<string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const found = new Set<string>();
  for (const node of nodes) {
    const id = node.kind === 'room' ? node.display_id.toLowerCase() : '';
    if (!node.name.toLowerCase().includes(wanted) && id !== wanted) continue;
    for (let one: Node | undefined = node; one && !found.has(one.id); one = one.parent_id === null ? undefined : byId.get(one.parent_id)) found.add(one.id);
  }
  return found;
}

/** Siblings of one kind in their order. */
export function siblingsOf(nodes: readonly Node[], { parent_id, kind }: Node): Node[] {
  return nodes.filter((node) => node.parent_id === parent_id && node.kind === kind);
}

/**
 * The positions to write so that a node stands one place further up (-1) or down (1): its own alone where there is room between its new neighbours,
 * else all of them anew. Undefined: it stands at the end already.
 */
export function reordered(nodes: readonly Node[], node: Node, by: -1 | 1): { node: Node; position: number }[] | undefined {
  const order = siblingsOf(nodes, node);
  const at = order.findIndex(({ id }) => id === node.id);
  const to = at + by;
  if (at < 0 || to < 0 || to >= order.length) return undefined;
  order.splice(at, 1);
  order.splice(to, 0, node);
  const before = order[to - 1]?.position;
  const after = order[to + 1]?.position;
  const position = before === undefined ? (after ?? 0) - 10 : after === undefined ? before + 10 : Math.floor((before + after) / 2);
  if ((before === undefined || position > before) && (after === undefined || position < after)) return [{ node, position }];
  return order.map((one, i) => ({ node: one, position: i * 10 })).filter((one) => one.node.position !== one.position);
}

/** Where a node goes that is moved in (1): into the level before it among the siblings; out (-1): beside its parent. Undefined: nowhere. */
export function placeBeside(nodes: readonly Node[], node: Node, by: -1 | 1): string | undefined {
  const byId = new Map(nodes.map((one) => [one.id, one]));
  const parent = byId.get(node.parent_id ?? '');
  if (by === -1) {
    const above = parent?.parent_id ?? undefined;
    // Rooms do not stand directly under the tenant's own level.
    return above !== undefined && node.kind === 'room' && byId.get(above)?.parent_id === null ? undefined : above;
  }
  const levels = nodes.filter((one) => one.kind === 'level' && one.parent_id === node.parent_id && one.id !== node.id);
  if (node.kind === 'room') return levels[0]?.id;
  const order = siblingsOf(nodes, node);
  return order[order.findIndex(({ id }) => id === node.id) - 1]?.id;
}
