import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { rotateSecret } from '../../src/domain/apps.ts';
import { bindDevice, rotateDevice } from '../../src/domain/devices.ts';
import type { Tables } from '../../src/store/tables.ts';
import { formatToken, packSecret } from '../../src/wire/identifiers.ts';
import { tenantToken, tester, testApp, testTenant, testUser, userToken } from '../support/app.ts';
import { addLevel, addRoom } from '../support/ledger.ts';
import { codeOf, oauthClient, offering, postOAuth, tokensOf } from '../support/oauth.ts';
import { postToken } from '../support/tokens.ts';

/* Secrets at rest: the database holds hashes, whatever the engine. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app);
const secrets: Record<string, string> = {
  'app secret': tenant.appSecret,
  'tenant token': await tenantToken(app, tenant),
  'user token': await userToken(app, tenant, await testUser(app, tenant.tenantId)),
};
// What a door signs in with: while it is good, and after it was replaced.
const levelId = await addLevel(app, tenant.tenantId, tenant.rootLevelId);
const { roomId } = await addRoom(app, tenant.tenantId, levelId);
const door = await bindDevice(app.ctx, tester, { tenantId: tenant.tenantId, roomId, kind: 'panel', name: '门' });
const rotated = await rotateDevice(app.ctx, tester, tenant.tenantId, door.device.device_id);
for (const [name, { secret }] of [
  ['device credential', door],
  ['new device credential', rotated],
] as const) {
  secrets[name] = formatToken({ kind: 'device', tenantId: tenant.tenantId, secret });
  await fetch(`${app.url}/api/v1/device/heartbeat`, { method: 'POST', headers: { authorization: `Bearer ${secrets[name]}` } });
}
// What an app and a person's browser pass between them, used and unused.
const asked = await oauthClient(app, tenant);
const person = await testUser(app, tenant.tenantId);
const granted = await tokensOf(app, asked, person);
secrets['OAuth access token'] = granted.access_token;
secrets['used refresh token'] = granted.refresh_token;
secrets['refresh token'] = (await postOAuth(app, offering(asked, { refresh_token: granted.refresh_token }))).body.refresh_token;
secrets['authorization code'] = await codeOf(app, asked, person);
secrets['code that nobody has'] = packSecret(tenant.tenantId, app.ctx.ids.tokenSecret());
await postOAuth(app, offering(asked, { code: secrets['code that nobody has'] }));
// Used, replaced and guessed at: none of that leaves a trace either.
secrets['new app secret'] = await rotateSecret(app.ctx, tester, tenant.tenantId, tenant.appId);
secrets['new tenant token'] = await tenantToken(app, { appId: tenant.appId, appSecret: secrets['new app secret'] });
secrets['wrong secret'] = 'a-secret-that-somebody-mistyped';
await postToken(app, { app_id: tenant.appId, app_secret: secrets['wrong secret'] });

/** What a secret looks like in the encodings that one meets; a token also as the bytes behind it. */
function looks(secret: string): Buffer[] {
  const bytes = Buffer.from(secret);
  const texts = [secret, bytes.toString('hex'), bytes.toString('hex').toUpperCase(), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
  const packed = /^(?:[tud]-|ur-|urv2-)?([\w-]{48})$/.exec(secret)?.[1];
  const inside = packed === undefined ? undefined : Buffer.from(packed, 'base64url').subarray(4);
  return [
    ...texts.map((text) => Buffer.from(text)),
    ...(inside ? [inside, Buffer.from(inside.toString('hex')), Buffer.from(inside.toString('base64url'))] : []),
  ];
}

const tables = {
  tenants: true,
  departments: true,
  users: true,
  levels: true,
  rooms: true,
  devices: true,
  settings: true,
  apps: true,
  access_tokens: true,
  reservations: true,
  events: true,
  event_exceptions: true,
  attendees: true,
  instance_replies: true,
  idempotency_keys: true,
  jobs: true,
  history: true,
  sign_in_names: true,
  passwords: true,
  sessions: true,
  one_time_links: true,
  sign_in_failures: true,
  installations: true,
  app_tickets: true,
  app_tokens: true,
  authorization_codes: true,
  refresh_tokens: true,
  grants: true,
} satisfies Record<keyof Tables, true>;

describe.each(Object.keys(secrets))('the %s', (name) => {
  const secret = secrets[name] ?? '';

  it('is in no table', async () => {
    for (const table of Object.keys(tables) as (keyof Tables)[]) {
      const rows = Buffer.from(JSON.stringify(await app.ctx.db.kysely.selectFrom(table).selectAll().execute()));
      for (const look of looks(secret)) expect(rows.includes(look)).toBe(false);
    }
  });

  it('is in no file', () => {
    const { data } = app.ctx.config;
    const files = readdirSync(data);
    expect(files).toContain('yuding.key');
    for (const file of files) {
      const bytes = readFileSync(join(data, file));
      for (const look of looks(secret)) expect(bytes.includes(look)).toBe(false);
    }
  });

  it('is in no log line', () => {
    const logged = Buffer.from(app.logged.join(''));
    expect(logged.length).toBeGreaterThan(0);
    for (const look of looks(secret)) expect(logged.includes(look)).toBe(false);
  });
});

it('the key is in no table and no log line, and its file is for its owner alone', async () => {
  const path = join(app.ctx.config.data, 'yuding.key');
  const key = readFileSync(path, 'utf8').trim();
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(app.logged.join('')).not.toContain(key);
  for (const table of Object.keys(tables) as (keyof Tables)[]) {
    expect(JSON.stringify(await app.ctx.db.kysely.selectFrom(table).selectAll().execute())).not.toContain(key);
  }
});
