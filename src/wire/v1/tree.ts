import { Type, type Static } from 'typebox';
import { cursor, defineMethod, nextCursor, orNull, pageLimit, strict, v1Scopes } from './endpoint.ts';

const common = {
  id: Type.String(),
  parent_id: orNull(Type.String()),
  name: Type.String(),
  depth: Type.Integer({ description: '0 for the level asked for' }),
  position: Type.Integer({ description: 'Order among its siblings of one kind; the name decides where it is equal' }),
  version: Type.Integer(),
};

/** A line of the tree as a screen draws it. */
export const TreeNode = Type.Union([
  strict({
    kind: Type.Literal('level'),
    ...common,
    has_children: Type.Boolean({ description: 'Whether levels or rooms stand below it' }),
    room_count: Type.Integer({ description: 'Rooms in its whole subtree' }),
    time_zone: Type.String({ description: 'IANA zone in force' }),
  }),
  strict({ kind: Type.Literal('room'), ...common, display_id: Type.String(), capacity: Type.Integer(), enabled: Type.Boolean() }),
]);
export type TreeNode = Static<typeof TreeNode>;

export const treeMethod = defineMethod({
  id: 'v1.tree.get',
  summary: 'Levels and rooms in the order in which a screen draws them: each level, its rooms, then the levels below it',
  method: 'GET',
  path: '/api/v1/tree',
  scopes: [v1Scopes.read, v1Scopes.admin],
  query: Type.Object({
    level: Type.Optional(Type.String({ maxLength: 100, description: 'Level to begin with; absent or `0`: the tenant' })),
    depth: Type.Integer({ minimum: 0, maximum: 11, default: 11, description: 'How far below it to go' }),
    rooms: Type.Boolean({ default: true, description: 'Whether to show rooms' }),
    limit: pageLimit(500, 2000),
    cursor: cursor(),
  }),
  refusals: ['conflict'],
  answer: strict({ version: Type.Integer({ description: 'Of the tree; a cursor is good for one' }), nodes: Type.Array(TreeNode), next_cursor: nextCursor() }),
});
