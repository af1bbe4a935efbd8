import { sql, type Insertable } from 'kysely';
import { chunks } from './chunks.ts';
import { compiled } from './compiled.ts';
import type { Db, Queries } from './open.ts';
import type { Device, Tables } from './tables.ts';

export async function insertDevice(db: Queries, device: Insertable<Tables['devices']>): Promise<void> {
  await db.insertInto('devices').values(device).execute();
}

export function findDevice(db: Queries, tenantId: number, deviceId: string): Promise<Device | undefined> {
  return db.selectFrom('devices').selectAll().where('tenant_id', '=', tenantId).where('device_id', '=', deviceId).executeTakeFirst();
}

const ofRoom = compiled<{ tenantId: number; roomNo: number }, Device>(['tenantId', 'roomNo'], (db, { tenantId, roomNo }) =>
  db.selectFrom('devices').selectAll().where('tenant_id', '=', tenantId).where('room_no', '=', roomNo).orderBy('created_at').orderBy('device_id'),
);

/** The devices of a room, or of all rooms. */
export function listDevices(db: Queries, tenantId: number, roomNo?: number): Promise<Device[]> {
  if (roomNo !== undefined) return ofRoom(db, { tenantId, roomNo });
  return db.selectFrom('devices').selectAll().where('tenant_id', '=', tenantId).orderBy('created_at').orderBy('device_id').execute();
}

/** A page of the devices of all rooms, in the order in which they were bound. @param after the device behind which the page begins */
export function pageOfDevices(db: Queries, tenantId: number, after: { createdAt: number; deviceId: string } | undefined, limit: number): Promise<Device[]> {
  let page = db.selectFrom('devices').selectAll().where('tenant_id', '=', tenantId);
  if (after) page = page.where(sql<boolean>`(created_at, device_id) > (${after.createdAt}, ${after.deviceId})`);
  return page.orderBy('created_at').orderBy('device_id').limit(limit).execute();
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

/** How many devices rooms have. */
export async function countDevices(db: Queries, tenantId: number, roomNos: readonly number[]): Promise<number> {
  let count = 0;
  for (const numbers of chunks(roomNos)) {
    const { found } = await db
      .selectFrom('devices')
      .select(({ fn }) => fn.countAll().as('found'))
      .where('tenant_id', '=', tenantId)
      .where('room_no', 'in', numbers)
      .executeTakeFirstOrThrow();
    count += Number(found);
  }
  return count;
}

/** Forgets the devices of rooms that are gone. */
export async function deleteDevicesOfRooms(db: Queries, tenantId: number, roomNos: readonly number[]): Promise<void> {
  for (const numbers of chunks(roomNos)) await db.deleteFrom('devices').where('tenant_id', '=', tenantId).where('room_no', 'in', numbers).execute();
}

/** A device that signs in, with its tenant's directory version. */
export async function findDeviceByCredential(db: Db, tenantId: number, credentialHash: string): Promise<(Device & { directory_version: number }) | undefined> {
  const rows = await db.read<Device & { directory_version: number }>(DEVICE_BY_CREDENTIAL, [tenantId, credentialHash]);
  return rows[0];
}

const DEVICE_BY_CREDENTIAL = `
  SELECT d.*, n.directory_version FROM devices d JOIN tenants n ON n.tenant_id = d.tenant_id
  WHERE d.tenant_id = ?1 AND d.credential_hash = ?2`;

/** A sign of life; `occupied`: what a sensor says, when it says something. */
export async function touchDevice(db: Queries, { tenant_id, device_id, occupied }: Device, now: number, says?: boolean): Promise<void> {
  const changed = says !== undefined && (occupied === null || (occupied === 1) !== says);
  await db
    .updateTable('devices')
    .set({ last_seen_at: now, ...(changed ? { occupied: says ? 1 : 0, occupied_since: now } : {}) })
    .where('tenant_id', '=', tenant_id)
    .where('device_id', '=', device_id)
    .execute();
}
