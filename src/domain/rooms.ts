import type { Ctx } from '../context.ts';
import { deleteDevicesOfRooms } from '../store/devices.ts';
import { addHistory, type Actor } from '../store/history.ts';
import type { Queries } from '../store/open.ts';
import { liveReservations } from '../store/reservations.ts';
import { deleteRooms, findRooms, holdRooms, insertRoom, nextRoomNo, updateRoom } from '../store/rooms.ts';
import type { Room } from '../store/tables.ts';
import { unknownUsers } from '../store/users.ts';
import { beginChange, requireExpected, requireUnchanged } from './change.ts';
import { refreshTerms } from './check-in.ts';
import type { Directory, RoomRow } from './directory.ts';
import { applyEffects, effectsOfDeletion, effectsOfDisabling, type Effects, type Period } from './effects.ts';
import { DomainError } from './errors.ts';
import { requireLevel } from './levels.ts';
import { touchesOfMove, type Touches } from './touches.ts';

/** A period in which a room is not in use, and what people are told of it. */
export interface Disabling extends Period {
  reason: string;
  /** User ids: whom to ask. */
  contacts: readonly string[];
  /** Whether those who reserved are told, and the contacts when it is over. */
  disableNotice: boolean;
  resumeNotice: boolean;
}

/** What can be said of a room. What is undefined stays as it is, or gets the default. */
export interface RoomFields {
  levelId?: string | undefined;
  name?: string | undefined;
  capacity?: number | undefined;
  description?: string | undefined;
  customId?: string | undefined;
  /** Names of what is in it. */
  equipment?: readonly string[] | undefined;
  position?: number | undefined;
  /** Null: in use. */
  disabling?: Disabling | null | undefined;
}

/**
 * Makes a room.
 *
 * @throws DomainError notFound (no such level), wrongLevel (the tenant's own), conflict (a room there has the name), unknownUser, param
 */
export async function createRoom(
  ctx: Ctx,
  actor: Actor,
  { tenantId, ...fields }: RoomFields & { tenantId: number; levelId: string; name: string; capacity: number },
): Promise<{ roomNo: number; roomId: string }> {
  const roomId = ctx.ids.room();
  return ctx.db.transaction(async (tx) => {
    const { directory, version } = await beginChange(ctx, tx, tenantId);
    requirePlace(directory, fields.levelId, fields.name);
    await requireDisabling(tx, tenantId, fields.disabling);
    const roomNo = await nextRoomNo(tx, tenantId);
    const { levelId: level_id, name, capacity } = fields;
    const room = { ...columnsOf(fields), room_id: roomId, level_id, name, capacity };
    await insertRoom(tx, { ...room, tenant_id: tenantId, room_no: roomNo, created_at: ctx.clock.now(), changed_in: version, deleted_at: null });
    await addHistory(tx, { tenantId, at: ctx.clock.now(), actor, action: 'room.create', object: { kind: 'room', id: roomId }, after: room });
    return { roomNo, roomId };
  });
}

export interface RoomChange extends RoomFields {
  tenantId: number;
  roomId: string;
  /** The version on which the change rests. */
  version: number;
  /** The version that the caller asked for. */
  expected?: number | undefined;
}

/**
 * Changes a room. Disabling it touches its reservations.
 *
 * @throws DomainError notFound, stale, conflict (changed meanwhile, or the name is taken), wrongLevel, unknownUser, param
 */
export async function changeRoom(ctx: Ctx, actor: Actor, change: RoomChange): Promise<Effects> {
  const { tenantId, roomId } = change;
  return ctx.db.transaction(async (tx) => {
    const { directory, version } = await beginChange(ctx, tx, tenantId);
    const at = ctx.clock.now();
    await holdRooms(tx, tenantId, [requireRoom(directory, roomId).room_no]);
    const { room, effects } = await planChange(tx, directory, change, at);
    const after = columnsOf(change);
    requireUnchanged(await updateRoom(tx, { tenantId, roomNo: room.room_no, version: change.version }, { ...after, changed_in: version }));
    await applyEffects(tx, actor, { tenantId, at, cause: 'room_disabled', note: change.disabling?.reason || null }, effects);
    if (change.levelId !== undefined && change.levelId !== room.level_id) {
      await refreshTerms(ctx, tx, await ctx.directories.after(tx, tenantId, version), tenantId, [room.room_no]);
    }
    const before = Object.fromEntries(Object.keys(after).map((column) => [column, room[column as keyof Room]]));
    await addHistory(tx, { tenantId, at, actor, action: 'room.change', object: { kind: 'room', id: roomId }, before, after });
    return effects;
  });
}

/** What a change of a room would do to reservations, and what a move touches. @throws as changeRoom */
export async function previewRoomChange(ctx: Ctx, change: RoomChange): Promise<{ effects: Effects; touches: Touches | null }> {
  const { tenantId, roomId, levelId } = change;
  const [db, directory, now] = [ctx.db.kysely, await ctx.directories.read(tenantId), ctx.clock.now()];
  const { room, effects } = await planChange(db, directory, change, now);
  const isMove = levelId !== undefined && levelId !== room.level_id;
  return { effects, touches: isMove ? await touchesOfMove(db, directory, tenantId, roomId, levelId, now) : null };
}

async function planChange(db: Queries, directory: Directory, change: RoomChange, at: number): Promise<{ room: Room; effects: Effects }> {
  const { tenantId, disabling } = change;
  const found = requireUnchangedRoom(directory, change);
  requirePlace(directory, change.levelId ?? found.level_id, change.name ?? found.name, found.room_id);
  await requireDisabling(db, tenantId, disabling);
  const room = await fullRoom(db, tenantId, found);
  if (disabling === undefined) return { room, effects: { cancelled: [], closed: [], reopened: [] } };
  return { room, effects: effectsOfDisabling(await liveReservations(db, tenantId, [room.room_no], at), disabling, at) };
}

export interface RoomDeletion {
  tenantId: number;
  roomId: string;
  version: number;
  expected?: number | undefined;
}

/** Deletes a room. Its reservations that have not begun are cancelled; the others stay in the ledger. @throws DomainError notFound, stale, conflict */
export async function deleteRoom(ctx: Ctx, actor: Actor, deletion: RoomDeletion): Promise<Effects> {
  const { tenantId, roomId } = deletion;
  return ctx.db.transaction(async (tx) => {
    const { directory, version } = await beginChange(ctx, tx, tenantId);
    const at = ctx.clock.now();
    const { room_no, name, level_id } = requireUnchangedRoom(directory, deletion);
    await holdRooms(tx, tenantId, [room_no]);
    const effects = effectsOfDeletion(await liveReservations(tx, tenantId, [room_no], at), at);
    await applyEffects(tx, actor, { tenantId, at, cause: 'room_deleted', note: null }, effects);
    await deleteDevicesOfRooms(tx, tenantId, [room_no]);
    await deleteRooms(tx, tenantId, [room_no], at, version);
    await addHistory(tx, { tenantId, at, actor, action: 'room.delete', object: { kind: 'room', id: roomId }, before: { name, level_id } });
    return effects;
  });
}

/** What deleting a room would do to reservations. @throws as deleteRoom */
export async function previewRoomDeletion(ctx: Ctx, deletion: RoomDeletion): Promise<Effects> {
  const { room_no } = requireUnchangedRoom(await ctx.directories.read(deletion.tenantId), deletion);
  const at = ctx.clock.now();
  return effectsOfDeletion(await liveReservations(ctx.db.kysely, deletion.tenantId, [room_no], at), at);
}

/** @throws DomainError notFound */
export function requireRoom(directory: Directory, roomId: string): RoomRow {
  const room = directory.room(roomId);
  if (!room) throw new DomainError('notFound', `no room ${roomId}`);
  return room;
}

function requireUnchangedRoom(directory: Directory, seen: { roomId: string; version: number; expected?: number | undefined }): RoomRow {
  const room = requireRoom(directory, seen.roomId);
  requireExpected(seen);
  requireUnchanged(room.version === seen.version);
  return room;
}

async function fullRoom(db: Queries, tenantId: number, { room_no, room_id }: RoomRow): Promise<Room> {
  const [room] = await findRooms(db, tenantId, [room_no]);
  if (!room) throw new Error(`room ${room_id} is in the directory and not in its table`);
  return room;
}

/** A room stands below the tenant's own level, and no two in one level have one name. @throws DomainError notFound, wrongLevel, conflict */
export function requirePlace(directory: Directory, levelId: string, name: string, exceptId?: string): void {
  requireLevel(directory, levelId);
  if (levelId === directory.rootLevelId) throw new DomainError('wrongLevel', "a room cannot stand directly under the tenant's own level", 'level');
  const holder = directory.roomNamed(levelId, name);
  if (holder !== undefined && holder !== exceptId) {
    throw new DomainError('conflict', `another room of the level is called "${name}"`, 'name');
  }
}

async function requireDisabling(db: Queries, tenantId: number, disabling: Disabling | null | undefined): Promise<void> {
  if (!disabling) return;
  if (disabling.until !== null && disabling.until <= disabling.from) throw new DomainError('param', 'must lie after the start of the period', 'disabledUntil');
  const [unknown] = await unknownUsers(db, tenantId, disabling.contacts);
  if (unknown !== undefined) throw new DomainError('param', `no user ${unknown}`, 'contacts');
}

/** The columns that say what the fields say; what is undefined is left out. */
function columnsOf({ levelId, name, capacity, description, customId, equipment, position, disabling }: RoomFields) {
  return defined({
    level_id: levelId,
    name,
    capacity,
    description,
    custom_room_id: customId,
    equipment: equipment && JSON.stringify(equipment),
    position,
    ...(disabling === undefined ? {} : disablingColumns(disabling)),
  });
}

function disablingColumns(disabling: Disabling | null) {
  return {
    disabled_from: disabling?.from ?? null,
    disabled_until: disabling?.until ?? null,
    disabled_reason: disabling?.reason ?? '',
    disabled_contacts: JSON.stringify(disabling?.contacts ?? []),
    disable_notice: disabling?.disableNotice ? 1 : 0,
    resume_notice: disabling?.resumeNotice ? 1 : 0,
  };
}

type Defined<Columns> = { [Column in keyof Columns]?: Exclude<Columns[Column], undefined> };

function defined<Columns extends object>(columns: Columns): Defined<Columns> {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined)) as Defined<Columns>;
}

/** The period in which a room is not in use, unless it is over. */
export function disablingOf(room: Room, now: number): Disabling | null {
  if (room.disabled_from === null || (room.disabled_until !== null && room.disabled_until <= now)) return null;
  return {
    from: room.disabled_from,
    until: room.disabled_until,
    reason: room.disabled_reason,
    contacts: JSON.parse(room.disabled_contacts) as string[],
    disableNotice: room.disable_notice === 1,
    resumeNotice: room.resume_notice === 1,
  };
}
