import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import * as lark from '@larksuiteoapi/node-sdk';
import { afterAll, describe, expect, it } from 'vitest';
import { createApp as registerApp } from '../../src/domain/apps.ts';
import { installApp, uninstallApp } from '../../src/domain/installations.ts';
import { setPushTarget, testPushTarget } from '../../src/domain/push.ts';
import { pushTickets } from '../../src/domain/tickets.ts';
import { envelopeOf } from '../../src/push/envelope.ts';
import { NOON, tester, testApp, testTenant } from '../support/app.ts';
import { addLevel, addReservations, addRoom, reservation } from '../support/ledger.ts';
import { rejection } from '../support/sdk.ts';

/* The official SDK as a store app has it: a dispatcher that takes the tickets, and a client that names the tenant. */
const app = await testApp({ rateLimit: 0, pushAllow: ['127.0.0.0/8'] });
afterAll(() => app.stop());
const home = await testTenant(app);
const ignore = () => undefined;
const silence = { error: ignore, warn: ignore, info: ignore, debug: ignore, trace: ignore };

/** A cache of its own: the SDK's is one for the whole process. */
function ownCache(): lark.Cache {
  const kept = new Map<string, unknown>();
  const nameOf = (key: unknown, namespace = '') => `${namespace} ${String(key)}`;
  return {
    get: (key, options) => Promise.resolve(kept.get(nameOf(key, options?.namespace))),
    set: (key, value, _expire, options) => {
      kept.set(nameOf(key, options?.namespace), value);
      return Promise.resolve(true);
    },
  };
}

const secrets = { encryptKey: 'test key 钥匙', verificationToken: 'verification' };

/** A store app whose receiver is the SDK's own. */
async function storeApp(): Promise<{ appId: string; appSecret: string; cache: lark.Cache; statuses: number[]; close: () => Promise<void> }> {
  const { appId, secret: appSecret } = await registerApp(app.ctx, tester, {
    tenantId: home.tenantId,
    name: 'isv',
    scopes: ['vc:room:readonly'],
    kind: 'store',
  });
  const cache = ownCache();
  const dispatcher = new lark.EventDispatcher({ ...secrets, cache, logger: silence, loggerLevel: lark.LoggerLevel.error });
  const adapt = lark.adaptDefault('/events', dispatcher, { autoChallenge: true }) as RequestListener;
  const statuses: number[] = [];
  const server = createServer((request, response) => {
    response.on('finish', () => statuses.push(response.statusCode));
    adapt(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/events`;
  await setPushTarget(app.ctx, tester, home.tenantId, appId, { url, ...secrets });
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { appId, appSecret, cache, statuses, close };
}

const clientOf = ({ appId, appSecret, cache }: { appId: string; appSecret: string; cache: lark.Cache }) =>
  new lark.Client({ appId, appSecret, appType: lark.AppType.ISV, domain: app.url, cache, logger: silence, loggerLevel: lark.LoggerLevel.error });

/** A tenant with one reservation in its ledger. */
async function tenantWith(title: string) {
  const tenant = await testTenant(app);
  const { roomNo } = await addRoom(app, tenant.tenantId, await addLevel(app, tenant.tenantId, tenant.rootLevelId));
  await addReservations(app, [reservation({ tenant_id: tenant.tenantId, room_no: roomNo, start_at: NOON - 3600, title })]);
  return tenant;
}

const window = { room_level_id: '', room_ids: [], start_time: String(NOON - 7200), end_time: String(NOON), need_topic: true };
const titlesOf = async (client: lark.Client, tenantKey: string) =>
  (await client.vc.v1.resourceReservationList.get({ params: window }, lark.withTenantKey(tenantKey))).data?.room_reservation_list?.map(
    (row) => row.event_title,
  );

describe('the Node SDK as a store app', () => {
  it('reads the ledger of each tenant that installed it', async () => {
    const isv = await storeApp();
    const tenants = { first: await tenantWith('of the first'), second: await tenantWith('of the second') };
    const { tenantId, appId } = { tenantId: home.tenantId, appId: isv.appId };
    for (const { tenantId: inTenant } of Object.values(tenants)) await installApp(app.ctx, tester, { tenantId, appId, inTenant });
    await pushTickets(app.ctx);
    const client = clientOf(isv);
    expect(await titlesOf(client, tenants.first.tenantKey)).toEqual(['of the first']);
    expect(await titlesOf(client, tenants.second.tenantKey)).toEqual(['of the second']);
    expect(await titlesOf(client, tenants.first.tenantKey)).toEqual(['of the first']);
    await uninstallApp(app.ctx, tester, { tenantId, appId, inTenant: tenants.first.tenantId });
    expect((await rejection(titlesOf(client, tenants.first.tenantKey))).data.code).toBe(99991663);
    expect(await titlesOf(client, tenants.second.tenantKey)).toEqual(['of the second']);
    await isv.close();
  });

  it('asks for a ticket by itself when it has none', async () => {
    const isv = await storeApp();
    const tenant = await tenantWith('asked for');
    await installApp(app.ctx, tester, { tenantId: home.tenantId, appId: isv.appId, inTenant: tenant.tenantId });
    const client = clientOf(isv);
    // Without a ticket the SDK asks for one, and sends the first request without a token.
    expect((await rejection(titlesOf(client, tenant.tenantKey))).data.code).toBe(99991661);
    expect(await titlesOf(client, tenant.tenantKey)).toEqual(['asked for']);
    await isv.close();
  });

  it('says why when a tenant has not installed it', async () => {
    const isv = await storeApp();
    const { tenantKey } = await testTenant(app);
    await pushTickets(app.ctx);
    await expect(titlesOf(clientOf(isv), tenantKey)).rejects.toThrow('code: 20009, msg: tenant app not installed');
    await isv.close();
  });
});

describe("the SDK's receiver", () => {
  it('sends our challenge back, and knows our signature from another', async () => {
    const isv = await storeApp();
    expect(await testPushTarget(app.ctx, home.tenantId, isv.appId)).toEqual({ delivered: true });
    const dispatcher = new lark.EventDispatcher({ ...secrets, cache: ownCache(), logger: silence, loggerLevel: lark.LoggerLevel.error });
    dispatcher.register({ app_ticket: (data: { app_ticket: string }) => data.app_ticket });
    const event = { uuid: 'u', event: { app_id: isv.appId, app_ticket: '票', type: 'app_ticket' }, token: 't', ts: '1.0', type: 'event_callback' };
    const { body, headers } = envelopeOf(event, secrets.encryptKey, NOON * 1000);
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const handed = (changed: Record<string, string> = {}) =>
      dispatcher.invoke(Object.assign(Object.create({ headers: { ...lower, ...changed } }) as object, JSON.parse(body) as object));
    expect(lower['x-lark-request-timestamp']).toBe(String(NOON));
    expect(await handed()).toBe('票');
    for (const changed of [{ 'x-lark-request-nonce': 'x' }, { 'x-lark-request-timestamp': '1' }, { 'x-lark-signature': 'x' }])
      expect(await handed(changed)).toBeUndefined();
    await isv.close();
  });

  it('decrypts what we encrypt, whatever it is', () => {
    const cipher = new lark.AESCipher('test key');
    expect(cipher.decrypt('P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=')).toBe('hello world');
    for (const text of ['', 'x', 'x'.repeat(15), 'x'.repeat(16), '会议室 🏢', 'y'.repeat(10_000)]) {
      const { encrypt } = JSON.parse(envelopeOf({ text }, 'test key', 0).body) as { encrypt: string };
      expect(cipher.decrypt(encrypt)).toBe(JSON.stringify({ text }));
    }
  });
});
