import { Type, type Static } from 'typebox';
import { name } from '../values.ts';
import { cursor, defineMethod, instant, nextCursor, orNull, pageLimit, pathId, strict, v1Scopes } from './endpoint.ts';

const device = {
  id: Type.String(),
  room_id: Type.String(),
  kind: Type.Enum(['panel', 'qr_code', 'controller', 'touch_panel', 'sensor'], { type: 'string' }),
  name: Type.String(),
  has_credential: Type.Boolean({ description: 'Whether it can sign in' }),
  last_seen: orNull(instant('When it last spoke')),
  created: instant('When it was bound'),
};
export const Device = strict(device);
export type Device = Static<typeof Device>;
const WithCredential = strict({ ...device, credential: Type.String({ description: 'Bearer token of the device (`d-`); shown this once' }) });

const roomParams = strict({ room_id: pathId('Room') });
const deviceParams = strict({ device_id: pathId('Device') });

export const listDevicesMethod = defineMethod({
  id: 'v1.device.list',
  summary: 'List the devices of a room',
  method: 'GET',
  path: '/api/v1/rooms/:room_id/devices',
  scopes: [v1Scopes.admin],
  params: roomParams,
  answer: strict({ devices: Type.Array(Device) }),
});

export const listAllDevicesMethod = defineMethod({
  id: 'v1.device.list_all',
  summary: 'List the devices of all rooms, in the order in which they were bound',
  method: 'GET',
  path: '/api/v1/devices',
  scopes: [v1Scopes.admin],
  query: Type.Object({ limit: pageLimit(50, 200), cursor: cursor() }),
  answer: strict({ devices: Type.Array(Device), next_cursor: nextCursor() }),
});

export const bindDeviceMethod = defineMethod({
  id: 'v1.device.bind',
  summary: 'Bind a device to a room',
  method: 'POST',
  path: '/api/v1/rooms/:room_id/devices',
  scopes: [v1Scopes.admin],
  params: roomParams,
  body: strict({ kind: device.kind, name: name('Name') }),
  answer: WithCredential,
  status: 201,
});

export const rotateDeviceMethod = defineMethod({
  id: 'v1.device.rotate',
  summary: 'Give a device a new credential; the old one stops working at once',
  method: 'POST',
  path: '/api/v1/devices/:device_id/rotate',
  scopes: [v1Scopes.admin],
  params: deviceParams,
  answer: WithCredential,
});

export const unbindDeviceMethod = defineMethod({
  id: 'v1.device.unbind',
  summary: 'Take a device away from its room; its credential stops working at once',
  method: 'DELETE',
  path: '/api/v1/devices/:device_id',
  scopes: [v1Scopes.admin],
  params: deviceParams,
  answer: strict({}),
});

export const heartbeatMethod = defineMethod({
  id: 'v1.device.heartbeat',
  summary: 'A sign of life of a device; one that is silent for five minutes counts as offline',
  method: 'POST',
  path: '/api/v1/device/heartbeat',
  tokens: ['device'],
  scopes: [],
  answer: strict({ now: instant('Time of the server') }),
});

export const sensorReportMethod = defineMethod({
  id: 'v1.device.sensor_report',
  summary: 'What a sensor sees; a sign of life too',
  method: 'POST',
  path: '/api/v1/device/sensor-report',
  tokens: ['device'],
  scopes: [],
  body: strict({ occupied: Type.Boolean({ description: 'Whether it sees anybody' }) }),
  answer: strict({ now: instant('Time of the server') }),
});
