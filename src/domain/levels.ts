import type { Ctx } from '../context.ts';
import { addHistory, type Actor } from '../store/history.ts';
import { chunks } from '../store/chunks.ts';
import { deleteDevicesOfRooms } from '../store/devices.ts';
import { deleteLevels, insertLevel, updateLevel } from '../store/levels.ts';
import type { Queries } from '../store/open.ts';
import { liveReservations } from '../store/reservations.ts';
import { deleteRooms, holdRooms } from '../store/rooms.ts';
import { beginChange, requireExpected, requireUnchanged } from './change.ts';
import { refreshTerms } from './check-in.ts';
import type { Directory, LevelRow } from './directory.ts';
import { applyEffects, effectsOfDeletion, type Effects } from './effects.ts';
import { DomainError } from './errors.ts';
import { compareSiblings, firstBehind } from './sorted.ts';
import { touchesOfMove, type Touches } from './touches.ts';

/** Levels that a tree may be deep, the tenant's own not counted. Source: the vendor's help centre. */
export const MAX_DEPTH = 10;

export interface NewLevel {
  tenantId: number;
  parentId: string;
  name: string;
  customId?: string | undefined;
  /** IANA zone; null or absent: that of the level above. */
  timeZone?: string | null | undefined;
  position?: number | undefined;
}

/**
 * Makes a level below another.
 *
 * @throws DomainError notFound (no such parent), param (too deep), conflict (a sibling has the name)
 */
export async function createLevel(
  ctx: Ctx,
  actor: Actor,
  { tenantId, parentId, name, customId = '', timeZone = null, position = 0 }: NewLevel,
): Promise<string> {
  const levelId = ctx.ids.level();
  await ctx.db.transaction(async (tx) => {
    const { directory, version } = await beginChange(ctx, tx, tenantId);
    requireLevel(directory, parentId);
    requireDepth(directory, parentId, 1);
    requireFreeName(directory, parentId, name);
    const level = { level_id: levelId, parent_id: parentId, name, custom_group_id: customId, time_zone: timeZone, position };
    await insertLevel(tx, { ...level, tenant_id: tenantId, changed_in: version, deleted_at: null });
    await addHistory(tx, { tenantId, at: ctx.clock.now(), actor, action: 'level.create', object: { kind: 'level', id: levelId }, after: level });
  });
  return levelId;
}

export interface LevelChange {
  tenantId: number;
  levelId: string;
  /** The version on which the change rests. */
  version: number;
  /** The version that the caller asked for. */
  expected?: number | undefined;
  parentId?: string | undefined;
  name?: string | undefined;
  customId?: string | undefined;
  timeZone?: string | null | undefined;
  position?: number | undefined;
}

/**
 * Renames a level, moves it with all below it, or changes what else it has. What is undefined stays.
 *
 * @throws DomainError notFound, stale, conflict (changed meanwhile, or a sibling has the name), param (it would lie below itself, or too deep)
 */
export async function changeLevel(ctx: Ctx, actor: Actor, change: LevelChange): Promise<void> {
  const { tenantId, levelId, name, customId, timeZone, position } = change;
  await ctx.db.transaction(async (tx) => {
    const { directory, version } = await beginChange(ctx, tx, tenantId);
    const { level, parent } = planLevelChange(directory, change);
    const after = {
      parent_id: parent,
      name: name ?? level.name,
      custom_group_id: customId ?? level.custom_group_id,
      time_zone: timeZone === undefined ? level.time_zone : timeZone,
      position: position ?? level.position,
    };
    requireUnchanged(await updateLevel(tx, { tenantId, levelId, version: change.version }, { ...after, changed_in: version }));
    if (parent !== level.parent_id) {
      await refreshTerms(ctx, tx, await ctx.directories.after(tx, tenantId, version), tenantId, directory.liveRoomsUnder(levelId));
    }
    const { level_id: _id, version: _version, deleted_at: _deleted, ...before } = level;
    await addHistory(tx, { tenantId, at: ctx.clock.now(), actor, action: 'level.change', object: { kind: 'level', id: levelId }, before, after });
  });
}

/** What a change of a level would touch; null: it is not moved. @throws as changeLevel */
export async function previewLevelChange(ctx: Ctx, change: LevelChange): Promise<Touches | null> {
  const { tenantId, levelId } = change;
  const directory = await ctx.directories.read(tenantId);
  const { level, parent } = planLevelChange(directory, change);
  if (parent === null || parent === level.parent_id) return null;
  return touchesOfMove(ctx.db.kysely, directory, tenantId, levelId, parent, ctx.clock.now());
}

function planLevelChange(directory: Directory, change: LevelChange): { level: LevelRow; parent: string | null } {
  const { levelId, parentId, name } = change;
  requireExpected(change);
  const level = requireLevel(directory, levelId);
  requireUnchanged(level.version === change.version);
  const parent = parentId ?? level.parent_id;
  if (parent !== level.parent_id) requireMove(directory, level, parent);
  if (parent !== null) requireFreeName(directory, parent, name ?? level.name, levelId);
  return { level, parent };
}

export interface LevelDeletion {
  tenantId: number;
  levelId: string;
  version: number;
  expected?: number | undefined;
  /** Whether all below it goes too; otherwise it must be empty. */
  withChildren: boolean;
}

/**
 * Deletes a level. Reservations of its rooms that have not begun are cancelled; the others stay in the ledger.
 *
 * @throws DomainError notFound, stale, conflict, hasChildren
 */
export async function deleteLevel(ctx: Ctx, actor: Actor, deletion: LevelDeletion): Promise<Effects> {
  const { tenantId, levelId } = deletion;
  return ctx.db.transaction(async (tx) => {
    const { directory, version } = await beginChange(ctx, tx, tenantId);
    const at = ctx.clock.now();
    for (const numbers of chunks(directory.liveRoomsUnder(levelId))) await holdRooms(tx, tenantId, numbers);
    const { levels, roomNos, effects } = await planDeletion(tx, directory, deletion, at);
    await applyEffects(tx, actor, { tenantId, at, cause: 'room_deleted', note: null }, effects);
    await deleteDevicesOfRooms(tx, tenantId, roomNos);
    await deleteRooms(tx, tenantId, roomNos, at, version);
    await deleteLevels(tx, tenantId, levels, at, version);
    const rooms = roomNos.map((roomNo) => directory.roomOfNumber(roomNo)?.room_id);
    const before = { name: directory.level(levelId)?.name, path: directory.path(levelId), levels, rooms };
    await addHistory(tx, { tenantId, at, actor, action: 'level.delete', object: { kind: 'level', id: levelId }, before });
    return effects;
  });
}

/** What deleting a level would do to reservations. @throws as deleteLevel */
export async function previewLevelDeletion(ctx: Ctx, deletion: LevelDeletion): Promise<Effects> {
  const directory = await ctx.directories.read(deletion.tenantId);
  return (await planDeletion(ctx.db.kysely, directory, deletion, ctx.clock.now())).effects;
}

async function planDeletion(
  db: Queries,
  directory: Directory,
  deletion: LevelDeletion,
  at: number,
): Promise<{ levels: string[]; roomNos: readonly number[]; effects: Effects }> {
  const { tenantId, levelId, withChildren } = deletion;
  const level = requireLevel(directory, levelId);
  requireExpected(deletion);
  requireUnchanged(level.version === deletion.version);
  if (levelId === directory.rootLevelId) throw new DomainError('hasChildren', "the tenant's own level cannot be deleted");
  const levels = directory.subtree(levelId).map(({ level_id }) => level_id);
  const roomNos = directory.liveRoomsUnder(levelId);
  if (!withChildren && (levels.length > 1 || roomNos.length > 0)) throw new DomainError('hasChildren', 'the level still has rooms or levels below it');
  return { levels, roomNos, effects: effectsOfDeletion(await liveReservations(db, tenantId, roomNos, at), at) };
}

/**
 * Levels directly below one, in order.
 *
 * @param after what an earlier page gave as `next`
 * @throws DomainError notFound
 */
export function listLevels(directory: Directory, levelId: string, after: string | undefined, limit: number): { levels: LevelRow[]; next?: string } {
  requireLevel(directory, levelId);
  const children = directory.children(levelId);
  const first = after === undefined ? 0 : firstBehind(children, (level) => compareSiblings(level, positionIn(after)));
  const levels = children.slice(first, first + limit);
  const last = levels.at(-1);
  return last && first + limit < children.length ? { levels, next: `${String(last.position)} ${last.name}` } : { levels };
}

function positionIn(text: string): { position: number; name: string } {
  const space = text.indexOf(' ');
  return { position: Number(text.slice(0, space)), name: text.slice(space + 1) };
}

/** @throws DomainError notFound */
export function requireLevel(directory: Directory, levelId: string): LevelRow {
  const level = directory.level(levelId);
  if (!level) throw new DomainError('notFound', `no level ${levelId}`);
  return level;
}

/** @throws DomainError param */
export function requireDepth(directory: Directory, parentId: string, height: number): void {
  if (directory.path(parentId).length + height > MAX_DEPTH) {
    throw new DomainError('param', `the tree may be ${String(MAX_DEPTH)} levels deep`, 'parent');
  }
}

function requireMove(directory: Directory, { level_id }: LevelRow, parentId: string | null): void {
  if (level_id === directory.rootLevelId || parentId === null) throw new DomainError('param', "the tenant's own level stays where it is", 'parent');
  requireLevel(directory, parentId);
  if (directory.path(parentId).includes(level_id)) throw new DomainError('param', 'a level cannot lie below itself', 'parent');
  requireDepth(directory, parentId, directory.height(level_id));
}

/** No two levels in one place have one name. @throws DomainError conflict */
export function requireFreeName(directory: Directory, parentId: string, name: string, exceptId?: string): void {
  const holder = directory.levelNamed(parentId, name);
  if (holder !== undefined && holder !== exceptId) {
    throw new DomainError('conflict', `another level in the same place is called "${name}"`, 'name');
  }
}
