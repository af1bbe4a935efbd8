import type { Directory } from '../../domain/directory.ts';
import { bindDevice, devicePage, listDevices, reportDevice, rotateDevice, unbindDevice } from '../../domain/devices.ts';
import type { Device as StoredDevice } from '../../store/tables.ts';
import { formatToken } from '../../wire/identifiers.ts';
import {
  bindDeviceMethod,
  heartbeatMethod,
  listAllDevicesMethod,
  listDevicesMethod,
  rotateDeviceMethod,
  sensorReportMethod,
  unbindDeviceMethod,
  type Device,
} from '../../wire/v1/devices.ts';
import { formatInstant } from '../../wire/v1/instants.ts';
import { answer } from '../mount.ts';
import { positionOf, sealPosition } from '../page-token.ts';

export const deviceHandlers = [
  answer(listDevicesMethod, async (ctx, { principal, params }) => {
    const directory = await ctx.directories.get(principal.tenantId, principal.directoryVersion);
    const devices = await listDevices(ctx, principal.tenantId, params.room_id);
    return { devices: devices.map((device) => deviceOf(directory, device)) };
  }),

  answer(listAllDevicesMethod, async (ctx, { principal, query }) => {
    const { tenantId } = principal;
    const walk = JSON.stringify([listAllDevicesMethod.id, tenantId]);
    const position = positionOf(ctx.keys, walk, query.cursor, listAllDevicesMethod.faults.param, 'cursor');
    const after = position === undefined ? undefined : (JSON.parse(position) as { createdAt: number; deviceId: string });
    const { devices, more } = await devicePage(ctx, { tenantId, after, limit: query.limit });
    const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
    const last = more ? devices.at(-1) : undefined;
    const next_cursor = last ? sealPosition(ctx.keys, walk, JSON.stringify({ createdAt: last.created_at, deviceId: last.device_id })) : null;
    return { devices: devices.map((device) => deviceOf(directory, device)), next_cursor };
  }),

  answer(bindDeviceMethod, async (ctx, { principal, actor, params, body }) => {
    const { tenantId } = principal;
    const { device, secret } = await bindDevice(ctx, actor, { tenantId, roomId: params.room_id, kind: body.kind, name: body.name });
    const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
    return { ...deviceOf(directory, device), credential: formatToken({ kind: 'device', tenantId, secret }) };
  }),

  answer(rotateDeviceMethod, async (ctx, { principal, actor, params }) => {
    const { tenantId } = principal;
    const { device, secret } = await rotateDevice(ctx, actor, tenantId, params.device_id);
    const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
    return { ...deviceOf(directory, device), credential: formatToken({ kind: 'device', tenantId, secret }) };
  }),

  answer(unbindDeviceMethod, async (ctx, { principal, actor, params }) => {
    await unbindDevice(ctx, actor, principal.tenantId, params.device_id);
    return {};
  }),

  answer(heartbeatMethod, async (ctx, { principal }) => {
    await reportDevice(ctx, principal);
    return { now: formatInstant(ctx.clock.now()) };
  }),
  answer(sensorReportMethod, async (ctx, { principal, body }) => {
    await reportDevice(ctx, principal, body.occupied);
    return { now: formatInstant(ctx.clock.now()) };
  }),
];

function deviceOf(directory: Directory, device: StoredDevice): Device {
  return {
    id: device.device_id,
    room_id: directory.roomOfNumber(device.room_no)?.room_id ?? '',
    kind: device.kind,
    name: device.name,
    has_credential: device.credential_hash !== null,
    last_seen: device.last_seen_at === null ? null : formatInstant(device.last_seen_at),
    created: formatInstant(device.created_at),
  };
}
