import { Option, type Command } from 'commander';
import { bindDevice, listDevices, rotateDevice, unbindDevice } from '../domain/devices.ts';
import type { DeviceKind } from '../store/tables.ts';
import { formatToken } from '../wire/identifiers.ts';
import { bindDeviceMethod } from '../wire/v1/devices.ts';
import { columns, nameText, operator, print, resolveTenant, withCommonOptions, withContext, type CommonOptions } from './options.ts';

/** As `/api/v1` has them. */
const kinds = bindDeviceMethod.body?.properties.kind.enum ?? [];

export function addDeviceCommands(program: Command): void {
  const device = program.command('device').description('devices of rooms, such as the panel at the door');

  withCommonOptions(device.command('create').description('bind a device to a room; its credential is shown once'))
    .requiredOption('--room <room>', 'room (omm_…)')
    .addOption(new Option('--kind <kind>', 'what it is').choices(kinds).makeOptionMandatory())
    .requiredOption('--name <name>', 'name', nameText('--name'))
    .option('--tenant <key>', 'tenant; needed when there are several')
    .action(async (options: CommonOptions & { room: string; kind: DeviceKind; name: string; tenant?: string }) => {
      const { deviceId, credential } = await withContext(options, async (ctx) => {
        const { tenant_id: tenantId } = await resolveTenant(ctx, options.tenant);
        const { device: bound, secret } = await bindDevice(ctx, operator, { tenantId, roomId: options.room, kind: options.kind, name: options.name });
        return { deviceId: bound.device_id, credential: formatToken({ kind: 'device', tenantId, secret }) };
      });
      print(options, { device_id: deviceId, credential, room_id: options.room, kind: options.kind, name: options.name }, [
        `device_id   ${deviceId}`,
        `credential  ${credential}   (shown once)`,
      ]);
    });

  withCommonOptions(device.command('list').description('list the devices of a tenant, or of a room'))
    .option('--room <room>', 'only those of this room (omm_…)')
    .option('--tenant <key>', 'tenant; needed when there are several')
    .action(async (options: CommonOptions & { room?: string; tenant?: string }) => {
      const rows = await withContext(options, async (ctx) => {
        const { tenant_id: tenantId } = await resolveTenant(ctx, options.tenant);
        const devices = await listDevices(ctx, tenantId, options.room);
        const directory = await ctx.directories.read(tenantId);
        return devices.map((row) => {
          const room = directory.roomOfNumber(row.room_no);
          return { ...row, room_id: room?.room_id ?? '', room_name: room?.name ?? '' };
        });
      });
      const shown = rows.map(({ device_id, room_id, kind, name, last_seen_at, created_at }) => ({ device_id, room_id, kind, name, last_seen_at, created_at }));
      const lines = rows.map(({ device_id, kind, room_id, room_name, name }) => [device_id, kind, room_id, room_name, name]);
      print(options, { devices: shown }, columns(['DEVICE ID', 'KIND', 'ROOM ID', 'ROOM', 'NAME'], lines));
    });

  withCommonOptions(device.command('rotate').description('give a device a new credential; the old one stops working at once'))
    .argument('<device>', 'its id (yuding device list)')
    .option('--tenant <key>', 'tenant; needed when there are several')
    .action(async (deviceId: string, options: CommonOptions & { tenant?: string }) => {
      const credential = await withContext(options, async (ctx) => {
        const { tenant_id: tenantId } = await resolveTenant(ctx, options.tenant);
        const { secret } = await rotateDevice(ctx, operator, tenantId, deviceId);
        return formatToken({ kind: 'device', tenantId, secret });
      });
      print(options, { device_id: deviceId, credential }, [`credential  ${credential}   (shown once)`]);
    });

  withCommonOptions(device.command('revoke').description('take a device away from its room; its credential stops working at once'))
    .argument('<device>', 'its id (yuding device list)')
    .option('--tenant <key>', 'tenant; needed when there are several')
    .action(async (deviceId: string, options: CommonOptions & { tenant?: string }) => {
      await withContext(options, async (ctx) => {
        const { tenant_id: tenantId } = await resolveTenant(ctx, options.tenant);
        await unbindDevice(ctx, operator, tenantId, deviceId);
      });
      print(options, { device_id: deviceId, revoked: true }, [`${deviceId} is revoked.`]);
    });
}
