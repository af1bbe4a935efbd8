import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AESCipher } from '@larksuiteoapi/node-sdk';
import { pino } from 'pino';
import { afterAll, describe, expect, it } from 'vitest';
import { createApp, rotateSecret } from '../../src/domain/apps.ts';
import { installApp } from '../../src/domain/installations.ts';
import { issuePasswordLink } from '../../src/domain/one-time-links.ts';
import { setPushTarget } from '../../src/domain/push.ts';
import { createUser } from '../../src/domain/users.ts';
import { bindDevice, rotateDevice } from '../../src/domain/devices.ts';
import type { Tables } from '../../src/store/tables.ts';
import { formatToken, packSecret } from '../../src/wire/identifiers.ts';
import { credentialHeaders, tenantToken, tester, testApp, testTenant, testUser, userSession, userToken } from '../support/app.ts';
import { addLevel, addRoom } from '../support/ledger.ts';
import { codeOf, oauthClient, offering, postOAuth, tokensOf } from '../support/oauth.ts';
import { getPage, postForm, sessionIn, signIn } from '../support/pages.ts';
import { receiver } from '../support/receiver.ts';
import { askAppToken, askTicket, askTokenOf, testStoreApp } from '../support/store-app.ts';
import { postToken } from '../support/tokens.ts';

/* Secrets at rest: the database holds hashes, whatever the engine. */
const debugged: string[] = [];
const app = await testApp({ pushAllow: ['127.0.0.0/8'] }, { log: pino({ level: 'trace', base: null }, { write: (line: string) => debugged.push(line) }) });
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
// By way of the browser, and by the methods of ours. Whatever comes to be a secret gets its line here, by the way in which people come by it.
secrets['session cookie'] = (await userSession(app, tenant.tenantId, tenant.administratorId)).split(/[=.]/)[1] ?? '';
const browser = { ...credentialHeaders(await userSession(app, tenant.tenantId, tenant.administratorId)), 'content-type': 'application/json' };
const madeApp = await fetch(`${app.url}/api/v1/apps`, { method: 'POST', headers: browser, body: JSON.stringify({ name: 'x', scopes: ['vc:room:readonly'] }) });
const { id: madeId, secret: madeSecret } = (await madeApp.json()) as { id: string; secret: string };
secrets['secret of an app made over HTTP'] = madeSecret;
const rotatedApp = await fetch(`${app.url}/api/v1/apps/${madeId}/rotate`, { method: 'POST', headers: browser });
secrets['secret of an app rotated over HTTP'] = ((await rotatedApp.json()) as { secret: string }).secret;

// With what a person signs in, and the link with which they set it.
const email = 'person@example.com';
const userId = await createUser(app.ctx, tester, { tenantId: tenant.tenantId, name: '可涵', email, managesMeetings: false, isAdministrator: false });
const link = await issuePasswordLink(app.ctx, tester, tenant.tenantId, userId);
secrets['password link'] = packSecret(tenant.tenantId, link.secret);
secrets.password = 'correct horse battery staple';
secrets['wrong password'] = 'incorrect horse battery staple';
await getPage(app, `/password?link=${secrets['password link']}`);
await postForm(app, '/password', { link: secrets['password link'], password: secrets.password });
await signIn(app, email, secrets['wrong password']);
await signIn(app, secrets.password, secrets.password);
const signedIn = await signIn(app, email, secrets.password);
secrets['session of who signed in'] = sessionIn(signedIn).split(/[=.]/)[1] ?? '';
secrets['unused password link'] = packSecret(tenant.tenantId, (await issuePasswordLink(app.ctx, tester, tenant.tenantId, userId)).secret);
// What a store app is sent, what it gets for it, and what its pushes are signed with.
const to = await receiver();
afterAll(() => to.close());
const store = await testStoreApp(app, tenant.tenantId, to);
await installApp(app.ctx, tester, { tenantId: tenant.tenantId, appId: store.appId, inTenant: tenant.tenantId });
secrets['secret of a store app'] = store.appSecret;
secrets['app ticket'] = await askTicket(app, to, store);
secrets['app token'] = (await askAppToken(app, store, secrets['app ticket'])).app_access_token ?? '';
secrets["store app's tenant token"] = (await askTokenOf(app, secrets['app token'], tenant.tenantKey)).tenant_access_token ?? '';
secrets['verification token'] = 'verification-token-of-an-app';
secrets['encrypt key'] = 'encrypt-key-of-an-app-that-is-long';
const cipher = new AESCipher(secrets['encrypt key']);
const decrypting = await receiver(({ body }, response) => {
  const { encrypt } = JSON.parse(body) as { encrypt: string };
  response.end(cipher.decrypt(encrypt));
});
afterAll(() => decrypting.close());
const signed = { url: decrypting.url, verificationToken: secrets['verification token'], encryptKey: secrets['encrypt key'] };
await setPushTarget(app.ctx, tester, tenant.tenantId, tenant.appId, signed);

/** What the server answers to requests that carry a secret where none belongs, or that fail, by status. */
const refusals: [status: number, text: string][] = [];
const paths = { ledger: '/open-apis/vc/v1/resource_reservation_list', rooms: '/api/v1/rooms', apps: '/api/v1/apps' };
async function refused(path: string, init: RequestInit = {}): Promise<void> {
  const response = await fetch(app.url + path, init);
  refusals.push([response.status, `${JSON.stringify([...response.headers])} ${await response.text()}`]);
}
const poorApp = await createApp(app.ctx, tester, { tenantId: tenant.tenantId, name: 'poor', scopes: [] });
secrets['secret of an app without scopes'] = poorApp.secret;
const poor = await tenantToken(app, { appId: poorApp.appId, appSecret: poorApp.secret });
secrets['token of an app without scopes'] = poor;
for (const secret of Object.values(secrets)) {
  const bearer = { authorization: `Bearer ${secret}` };
  const text = JSON.stringify({ name: secret, [secret]: secret });
  await refused(`${paths.ledger}?start_time=x&page_token=${encodeURIComponent(secret)}`, { headers: bearer });
  await refused(`/nowhere/${encodeURIComponent(secret)}?token=${encodeURIComponent(secret)}`, { headers: bearer });
  await refused(`/api/v1/nowhere/${encodeURIComponent(secret)}`, { headers: bearer });
  await refused(`${paths.rooms}?cursor=${encodeURIComponent(secret)}`, { headers: { cookie: `yuding=${secret}` } });
  await refused(paths.apps, { method: 'POST', headers: { ...bearer, 'sec-fetch-site': 'cross-site' }, body: text });
  await refused(paths.apps, { method: 'POST', headers: { ...browser, 'content-type': 'text/plain' }, body: secret });
  await refused(paths.apps, { method: 'POST', headers: browser, body: `{"redirect_uris":["${secret}` });
  await refused(paths.rooms, { method: 'POST', headers: { authorization: `Bearer ${poor}` }, body: text });
  await refused(paths.apps, { method: 'POST', headers: browser, body: `${secret}${'x'.repeat(1 << 20)}` });
}
for (let i = 0; i < 101; i++) {
  const { status } = await fetch(`${app.url}${paths.ledger}?start_time=1&end_time=1`, { headers: { authorization: `Bearer ${secrets['new tenant token']}` } });
  if (status === 429) break;
}
await refused(`${paths.ledger}?start_time=1&end_time=1`, { headers: { authorization: `Bearer ${secrets['new tenant token']}` } });
// A fault of our own: the error, with what was asked, goes to the log.
const broken = app.ctx.db.read;
(app.ctx.db as { read: unknown }).read = () => Promise.reject(new Error('the disk is on fire'));
for (const secret of Object.values(secrets))
  await refused(`${paths.rooms}?x=${encodeURIComponent(secret)}`, { headers: { authorization: `Bearer ${secret}` } });
(app.ctx.db as { read: unknown }).read = broken;

/** What a secret looks like in the encodings that one meets; a token also as the bytes behind it. */
function looks(secret: string): Buffer[] {
  const bytes = Buffer.from(secret);
  const texts = [secret, bytes.toString('hex'), bytes.toString('hex').toUpperCase(), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
  const packed = /^(?:[tuda]-|ur-|urv2-)?([\w-]{48})$/.exec(secret)?.[1];
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
  inbox_marks: true,
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
    const logged = Buffer.from(debugged.join(''));
    expect(logged.length).toBeGreaterThan(0);
    for (const look of looks(secret)) expect(logged.includes(look)).toBe(false);
  });

  it('is in no refusal', () => {
    const answered = Buffer.from(refusals.map(([, text]) => text).join('\n'));
    for (const look of looks(secret)) expect(answered.includes(look)).toBe(false);
  });
});

it('refusals of all kinds were looked at, with secrets that are some', () => {
  for (const [name, secret] of Object.entries(secrets)) expect(secret.length, name).toBeGreaterThan(20);
  expect([...new Set(refusals.map(([status]) => status))].sort()).toEqual([400, 401, 403, 404, 413, 415, 429, 500]);
});

it('the key is in no table and no log line, and its file is for its owner alone', async () => {
  const path = join(app.ctx.config.data, 'yuding.key');
  const key = readFileSync(path, 'utf8').trim();
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(debugged.join('')).not.toContain(key);
  for (const table of Object.keys(tables) as (keyof Tables)[]) {
    expect(JSON.stringify(await app.ctx.db.kysely.selectFrom(table).selectAll().execute())).not.toContain(key);
  }
});
