import type { Insertable } from 'kysely';
import { chunks } from './chunks.ts';
import type { Queries } from './open.ts';
import type { Device, Tables } from './tables.ts';

export async function insertDevice(db: Queries, device: Insertable<Tables['devices']>): Promise<void> {
  await db.insertInto('devices').values(device).execute();
}

export function findDevice(db: Queries, tenantId: number, deviceId: string): Promise<Device | undefined> {
  return db.selectFrom('devices').selectAll().where('tenant_id', '=', tenantId).where('device_id', '=', deviceId).executeTakeFirst();
}

/** The devices of a room, or of all rooms. */
export function listDevices(db: Queries, tenantId: number, roomNo?: number): Promise<Device[]> {
  const devices = db.selectFrom('devices').selectAll().where('tenant_id', '=', tenantId);
  return (roomNo === undefined ? devices : devices.where('room_no', '=', roomNo)).orderBy('created_at').orderBy('device_id').execute();
}

/** False when there is no such device. */
export async function updateCredential(db: Queries, tenantId: number, deviceId: string, credentialHash: string | null): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('devices')
    .set({ credential_hash: credentialHash })
    .where('tenant_id', '=', tenantId)
    .where('device_id', '=', deviceId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function deleteDevice(db: Queries, tenantId: number, deviceId: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('devices').where('tenant_id', '=', tenantId).where('device_id', '=', deviceId).executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Forgets the devices of rooms that are gone. */
export async function deleteDevicesOfRooms(db: Queries, tenantId: number, roomNos: readonly number[]): Promise<void> {
  for (const numbers of chunks(roomNos)) await db.deleteFrom('devices').where('tenant_id', '=', tenantId).where('room_no', 'in', numbers).execute();
}
