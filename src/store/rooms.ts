import type { Insertable, Updateable } from 'kysely';
import { chunks } from './chunks.ts';
import { compiled } from './compiled.ts';
import { dialectOf } from './dialect.ts';
import type { Queries } from './open.ts';
import type { Room, Tables } from './tables.ts';

/** The number that the tenant's next room gets. Numbers are not used again. */
export async function nextRoomNo(db: Queries, tenantId: number): Promise<number> {
  const { highest } = await db
    .selectFrom('rooms')
    .select((eb) => eb.fn.coalesce(eb.fn.max('room_no'), eb.val(0)).as('highest'))
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow();
  return highest + 1;
}

export async function insertRoom(db: Queries, room: Insertable<Tables['rooms']>): Promise<void> {
  await db.insertInto('rooms').values(room).execute();
}

/** Rooms by number, in order of number; numbers that no room has are left out. */
export function findRooms(db: Queries, tenantId: number, roomNos: readonly number[]): Promise<Room[]> {
  if (roomNos.length === 0) return Promise.resolve([]);
  return db.selectFrom('rooms').selectAll().where('tenant_id', '=', tenantId).where('room_no', 'in', roomNos).orderBy('room_no').execute();
}

/** Any number of rooms by number, in no order. */
export function allRooms(db: Queries, tenantId: number, roomNos: readonly number[]): Promise<Room[]> {
  return db.selectFrom('rooms').selectAll().where('tenant_id', '=', tenantId).where(dialectOf(db).among('room_no', roomNos)).execute();
}

/** So many are held one by one. */
const FEW = 10;

const holdOne = compiled<{ tenantId: number; roomNo: number }, Room>(['tenantId', 'roomNo'], (db, { tenantId, roomNo }) => {
  const room = db.selectFrom('rooms').selectAll().where('tenant_id', '=', tenantId).where('room_no', '=', roomNo);
  return dialectOf(db).locksRows ? room.forUpdate() : room;
});

/** Holds rooms until the transaction ends, in one order for everybody, and returns them as they stand. Whoever else wants to hold one waits. */
export async function holdRooms(db: Queries, tenantId: number, roomNos: readonly number[]): Promise<Room[]> {
  if (roomNos.length > FEW) {
    const rooms = db.selectFrom('rooms').selectAll().where('tenant_id', '=', tenantId).where('room_no', 'in', roomNos).orderBy('room_no');
    return (dialectOf(db).locksRows ? rooms.forUpdate() : rooms).execute();
  }
  const held: Room[] = [];
  for (const roomNo of [...roomNos].sort((a, b) => a - b)) held.push(...(await holdOne(db, { tenantId, roomNo })));
  return held;
}

/** Numbers of the rooms that are not deleted and have one of the tenant's own ids, in order of number. */
export async function roomNosByCustomId(db: Queries, tenantId: number, customIds: readonly string[]): Promise<number[]> {
  if (customIds.length === 0) return [];
  const rows = await db
    .selectFrom('rooms')
    .select('room_no')
    .where('tenant_id', '=', tenantId)
    .where('custom_room_id', 'in', customIds)
    .where('custom_room_id', '<>', '')
    .where('deleted_at', 'is', null)
    .orderBy('room_no')
    .execute();
  return rows.map(({ room_no }) => room_no);
}

/** Writes many rooms as they are now: new ones, and ones that the transaction holds. */
export async function putRooms(db: Queries, rooms: readonly Room[]): Promise<void> {
  for (const some of chunks(rooms, 500)) {
    await db
      .insertInto('rooms')
      .values([...some])
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'room_no']).doUpdateSet((eb) => ({
          level_id: eb.ref('excluded.level_id'),
          name: eb.ref('excluded.name'),
          capacity: eb.ref('excluded.capacity'),
          description: eb.ref('excluded.description'),
          custom_room_id: eb.ref('excluded.custom_room_id'),
          equipment: eb.ref('excluded.equipment'),
          version: eb.ref('excluded.version'),
          changed_in: eb.ref('excluded.changed_in'),
        })),
      )
      .execute();
  }
}

/** Changes a room that is still at `version`; false when it is not. */
export async function updateRoom(
  db: Queries,
  { tenantId, roomNo, version }: { tenantId: number; roomNo: number; version: number },
  changes: Omit<Updateable<Tables['rooms']>, 'tenant_id' | 'room_no' | 'room_id' | 'created_at' | 'version' | 'deleted_at'>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('rooms')
    .set({ ...changes, version: version + 1 })
    .where('tenant_id', '=', tenantId)
    .where('room_no', '=', roomNo)
    .where('version', '=', version)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function deleteRooms(db: Queries, tenantId: number, roomNos: readonly number[], at: number, changedIn: number): Promise<void> {
  for (const numbers of chunks(roomNos)) {
    await db
      .updateTable('rooms')
      .set((eb) => ({ deleted_at: at, changed_in: changedIn, version: eb('version', '+', 1) }))
      .where('tenant_id', '=', tenantId)
      .where('room_no', 'in', numbers)
      .execute();
  }
}
