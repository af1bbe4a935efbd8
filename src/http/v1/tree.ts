import type { Directory } from '../../domain/directory.ts';
import { disablingOf } from '../../domain/rooms.ts';
import { treePage, type TreeLine } from '../../domain/tree.ts';
import { formatDisplayId } from '../../wire/identifiers.ts';
import { treeMethod, type TreeNode } from '../../wire/v1/tree.ts';
import { levelIdOf } from '../level-id.ts';
import { answer } from '../mount.ts';
import { positionOf, sealPosition } from '../page-token.ts';

export const treeHandler = answer(treeMethod, async (ctx, { principal, query }) => {
  const { tenantId } = principal;
  const { depth, rooms, limit, cursor } = query;
  const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
  const levelId = levelIdOf(directory, query.level);
  const walk = JSON.stringify([treeMethod.id, tenantId, levelId, depth, rooms]);
  const after = positionOf(ctx.keys, walk, cursor, treeMethod.faults.param, 'cursor');
  const { lines, next } = await treePage(ctx, directory, { tenantId, levelId, depth, rooms, after, limit });
  const now = ctx.clock.now();
  return {
    version: directory.version,
    nodes: lines.map((line) => nodeOf(directory, line, now)),
    next_cursor: next === undefined ? null : sealPosition(ctx.keys, walk, next),
  };
});

function nodeOf(directory: Directory, line: TreeLine, now: number): TreeNode {
  if (line.kind === 'level') {
    const { level, depth, roomCount, hasChildren } = line;
    const { level_id: id, parent_id, name, position, version } = level;
    return { kind: 'level', id, parent_id, name, depth, position, version, has_children: hasChildren, room_count: roomCount, time_zone: directory.zoneOf(id) };
  }
  const { room, depth } = line;
  const disabling = disablingOf(room, now);
  return {
    kind: 'room',
    id: room.room_id,
    parent_id: room.level_id,
    name: room.name,
    depth,
    position: room.position,
    version: room.version,
    display_id: formatDisplayId(room.room_no),
    capacity: room.capacity,
    enabled: disabling === null || disabling.from > now,
  };
}
