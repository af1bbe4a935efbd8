import { useQueryClient } from '@tanstack/react-query';
import { changeLevelMethod } from '../../../src/wire/v1/levels.ts';
import { changeRoomMethod } from '../../../src/wire/v1/rooms.ts';
import type { Touches } from '../../../src/wire/v1/touches.ts';
import { call } from '../../lib/api.ts';
import { TREE_KEY } from '../../lib/tree.ts';
import type { Node } from './lines.ts';

/** A change that both levels and rooms can have. */
export interface NodeChange {
  name?: string;
  position?: number;
  /** Of a room. */
  capacity?: number;
  /** Into which level it goes. */
  into?: string;
}

/** Changes a level or room that is still at the version that is shown. @throws ApiError */
export async function changeNode({ kind, id }: Node, { into, capacity, ...rest }: NodeChange, version: number): Promise<number> {
  if (kind === 'level') {
    const body = { ...rest, ...(into === undefined ? {} : { parent_id: into }) };
    return (await call(changeLevelMethod, { params: { level_id: id }, body, version })).version;
  }
  const body = { ...rest, ...(capacity === undefined ? {} : { capacity }), ...(into === undefined ? {} : { level_id: into }) };
  return (await call(changeRoomMethod, { params: { room_id: id }, body, version })).version;
}

/** What a move would touch. @throws ApiError */
export async function previewMove({ kind, id, version }: Node, into: string): Promise<Touches | null> {
  const query = { dry_run: true };
  if (kind === 'level') return (await call(changeLevelMethod, { params: { level_id: id }, query, body: { parent_id: into }, version })).touches;
  return (await call(changeRoomMethod, { params: { room_id: id }, query, body: { level_id: into }, version })).touches;
}

/** Reads anew what may have changed with the tree. */
export function useRefresh(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: TREE_KEY }),
      queries.invalidateQueries({ queryKey: ['admin'] }),
      queries.invalidateQueries({ queryKey: ['timeline'] }),
    ]);
  };
}
