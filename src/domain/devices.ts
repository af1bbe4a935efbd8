import type { Ctx } from '../context.ts';
import { deleteDevice, findDevice, insertDevice, listDevices as storedDevices, pageOfDevices, touchDevice, updateCredential } from '../store/devices.ts';
import { addHistory, type Actor } from '../store/history.ts';
import type { Device, DeviceKind } from '../store/tables.ts';
import type { Principal } from './access.ts';
import { beginChange } from './change.ts';
import { refreshTerms } from './check-in.ts';
import { hashSecret } from './secrets.ts';
import { DomainError } from './errors.ts';
import { requireRoom } from './rooms.ts';

/** A device and what it signs in with, which is shown once. */
export interface NewCredential {
  device: Device;
  /** 32 bytes; the wire's token string is made of them. */
  secret: Buffer;
}

/** Binds a device to a room. @throws DomainError notFound */
export async function bindDevice(
  ctx: Ctx,
  actor: Actor,
  { tenantId, roomId, kind, name }: { tenantId: number; roomId: string; kind: DeviceKind; name: string },
): Promise<NewCredential> {
  const secret = ctx.ids.tokenSecret();
  return ctx.db.transaction(async (tx) => {
    const { directory } = await beginChange(ctx, tx, tenantId);
    const { room_no } = requireRoom(directory, roomId);
    const at = ctx.clock.now();
    const described = {
      tenant_id: tenantId,
      device_id: ctx.ids.device(),
      room_no,
      kind,
      name,
      created_at: at,
      last_seen_at: null,
      occupied: null,
      occupied_since: null,
    };
    const device = { ...described, credential_hash: hashSecret(secret) };
    await insertDevice(tx, device);
    await refreshTerms(ctx, tx, directory, tenantId, [room_no]);
    await addHistory(tx, {
      tenantId,
      at,
      actor,
      action: 'device.bind',
      object: { kind: 'device', id: device.device_id },
      after: { ...described, room_id: roomId },
    });
    return { device, secret };
  });
}

/** The devices of a room; without one, of all rooms. @throws DomainError notFound */
export async function listDevices(ctx: Ctx, tenantId: number, roomId?: string): Promise<Device[]> {
  if (roomId === undefined) return storedDevices(ctx.db.kysely, tenantId);
  const { room_no } = requireRoom(await ctx.directories.read(tenantId), roomId);
  return storedDevices(ctx.db.kysely, tenantId, room_no);
}

/** Devices of all rooms in the order in which they were bound. */
export async function devicePage(
  ctx: Ctx,
  { tenantId, after, limit }: { tenantId: number; after: { createdAt: number; deviceId: string } | undefined; limit: number },
): Promise<{ devices: Device[]; more: boolean }> {
  const devices = await pageOfDevices(ctx.db.kysely, tenantId, after, limit + 1);
  return { devices: devices.slice(0, limit), more: devices.length > limit };
}

/** Gives a device a new credential; the old one stops working at once. @throws DomainError notFound */
export async function rotateDevice(ctx: Ctx, actor: Actor, tenantId: number, deviceId: string): Promise<NewCredential> {
  const secret = ctx.ids.tokenSecret();
  return ctx.db.transaction(async (tx) => {
    const device = requireDevice(await findDevice(tx, tenantId, deviceId), deviceId);
    // It may have been taken away since it was read.
    if (!(await updateCredential(tx, tenantId, deviceId, hashSecret(secret)))) requireDevice(undefined, deviceId);
    await addHistory(tx, { tenantId, at: ctx.clock.now(), actor, action: 'device.rotate', object: { kind: 'device', id: deviceId } });
    return { device: { ...device, credential_hash: hashSecret(secret) }, secret };
  });
}

/** Takes a device away from its room. @throws DomainError notFound */
export async function unbindDevice(ctx: Ctx, actor: Actor, tenantId: number, deviceId: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const { directory } = await beginChange(ctx, tx, tenantId);
    const { credential_hash: _hash, ...before } = requireDevice(await findDevice(tx, tenantId, deviceId), deviceId);
    await deleteDevice(tx, tenantId, deviceId);
    await refreshTerms(ctx, tx, directory, tenantId, [before.room_no]);
    await addHistory(tx, { tenantId, at: ctx.clock.now(), actor, action: 'device.unbind', object: { kind: 'device', id: deviceId }, before });
  });
}

/** A device speaks. @param occupied what a sensor sees @throws DomainError noPermission, when anything else reports what only a sensor can see */
export async function reportDevice(ctx: Ctx, { tenantId, device }: Principal, occupied?: boolean): Promise<void> {
  if (!device) throw new DomainError('noPermission', 'only a device may report');
  if (occupied !== undefined && device.kind !== 'sensor') throw new DomainError('noPermission', 'only a sensor reports whether it sees anybody');
  await ctx.db.transaction(async (tx) => {
    const row = requireDevice(await findDevice(tx, tenantId, device.id), device.id);
    await touchDevice(tx, row, ctx.clock.now(), occupied);
  });
}

function requireDevice(device: Device | undefined, deviceId: string): Device {
  if (!device) throw new DomainError('notFound', `no device ${deviceId}`);
  return device;
}
