import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tenantAccessTokenInternal } from '../../src/wire/auth/tenant_access_token_internal.ts';
import { resourceReservationList } from '../../src/wire/vc/resource_reservation_list.ts';
import { NOON, tenantToken, testApp, testTenant, testUser, userToken, type TestApp, type TestTenant } from '../support/app.ts';
import { addReservations, addRoom, getLedger, reservation } from '../support/ledger.ts';
import { askRaw, type RawAnswer } from '../support/raw.ts';

const LEDGER = resourceReservationList.path;
const TOKEN = tenantAccessTokenInternal.path;
const WINDOW = `start_time=${String(NOON - 86_400)}&end_time=${String(NOON)}`;

/** Everything that must stay between the server and its client, made by the server itself. */
interface Secrets {
  'app secret': string;
  'tenant token': string;
  'user token': string;
  'page token': string;
}
const names = ['app secret', 'tenant token', 'user token', 'page token'] as const satisfies (keyof Secrets)[];

async function secretsOf(app: TestApp): Promise<Secrets & { tenant: TestTenant }> {
  const tenant = await testTenant(app);
  const { roomNo } = await addRoom(app, tenant.tenantId, tenant.rootLevelId);
  const rows = Array.from({ length: 21 }, (_, i) => reservation({ tenant_id: tenant.tenantId, room_no: roomNo, start_at: NOON - (i + 1) * 3600 }));
  await addReservations(app, rows);
  const token = await tenantToken(app, tenant);
  const { body } = await getLedger(app, token, { start_time: NOON - 86_400, end_time: NOON });
  return {
    tenant,
    'app secret': tenant.appSecret,
    'tenant token': token,
    'user token': await userToken(app, tenant, await testUser(app, tenant.tenantId)),
    'page token': body.data.page_token ?? '',
  };
}

/** The secret, and its middle, which stays recognisable when something is put before it or cut off. */
const tracesOf = (secret: string) => [secret, secret.slice(8, 28), encodeURIComponent(secret)];

function expectNoTrace(secret: string, text: string): void {
  for (const trace of tracesOf(secret)) expect(text).not.toContain(trace);
}

const get = (target: string, headers = '') => `GET ${target} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;
const post = (body: string, headers = '') => `POST ${TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: ${String(Buffer.byteLength(body))}\r\n${headers}\r\n${body}`;

/** Where a secret can be put by mistake, and what that is answered. `bearer` stands for a token that works. */
const places: readonly [place: string, bytes: (secret: string, bearer: string) => string, status: number][] = [
  ['the bearer of a call that works', (_secret, bearer) => get(`${LEDGER}?${WINDOW}`, `Authorization: Bearer ${bearer}\r\n`), 200],
  ['a bearer without its scheme', (secret) => get(`${LEDGER}?${WINDOW}`, `Authorization: ${secret}\r\n`), 400],
  ['a bearer of a wrong form', (secret) => get(`${LEDGER}?${WINDOW}`, `Authorization: Bearer x${secret}\r\n`), 400],
  ['a bearer that is nearly right', (secret) => get(`${LEDGER}?${WINDOW}`, `Authorization: Bearer t-${secret}\r\n`), 400],
  ['another header', (secret) => get('/healthz', `Cookie: session=${secret}\r\nX-Api-Key: ${secret}\r\nReferer: http://x/?k=${secret}\r\n`), 200],
  ['a query that means nothing', (secret, bearer) => get(`${LEDGER}?${WINDOW}&access_token=${secret}`, `Authorization: Bearer ${bearer}\r\n`), 200],
  ['the page token of another query', (secret, bearer) => get(`${LEDGER}?${WINDOW}&is_exclude=true&page_token=${secret}`, bearerOf(bearer)), 400],
  ['a page token given twice', (secret, bearer) => get(`${LEDGER}?${WINDOW}&page_token=${secret}&page_token=${secret}`, bearerOf(bearer)), 400],
  ['a room level', (secret, bearer) => get(`${LEDGER}?${WINDOW}&room_level_id=omb_${secret}`, bearerOf(bearer)), 404],
  ['a path that is none', (secret) => get(`/open-apis/${secret}`), 404],
  ['a path that cannot be decoded', (secret) => get(`/open-apis/${secret}%zz`), 400],
  ['the app id', (secret) => post(JSON.stringify({ app_id: secret, app_secret: secret })), 200],
  ['a body that is no JSON', (secret) => post(`{"app_secret":"${secret}"`), 200],
  ['a body of other fields', (secret) => post(JSON.stringify({ secret, [secret]: 1 })), 200],
  ['a body that is too long', (secret) => post(secret.repeat(40_000)), 413],
  ['a header that is too long', (secret) => get(LEDGER, `X: ${secret.repeat(1000)}\r\n`), 431],
  ['a content type', (secret) => post('{}', `Content-Type: ;${secret};;\r\n`), 415],
  ['an Expect', (secret) => post('{}', `Expect: ${secret}\r\n`), 417],
  ['the method', (secret) => `${secret} / HTTP/1.1\r\nHost: x\r\n\r\n`, 400],
  ['no request at all', (secret) => `${secret}\r\n\r\n`, 400],
];

function bearerOf(token: string): string {
  return `Authorization: Bearer ${token}\r\n`;
}

describe.each(names)('the %s', (name) => {
  let app: TestApp;
  let secrets: Secrets & { tenant: TestTenant };
  beforeAll(async () => {
    app = await testApp({ rateLimit: 0 });
    secrets = await secretsOf(app);
    app.logged.length = 0;
  });
  afterAll(() => app.stop());

  it.each(places)('in %s is neither logged nor sent back', async (_place, bytes, status) => {
    const secret = secrets[name];
    const before = app.logged.length;
    const answer = await askRaw(app.url, bytes(secret, secrets['tenant token']));
    expect(answer.status).toBe(status);
    // A walk that works gives the next page token: that is what it is for.
    if (!(status === 200 && name === 'page token')) expectNoTrace(secret, answer.body);
    expectNoTrace(secret, JSON.stringify(answer.headers));
    expect(app.logged.length).toBeGreaterThan(before);
    expectNoTrace(secret, app.logged.slice(before).join(''));
  });

  it('is nowhere on the disk as it is', () => {
    const { data } = app.ctx.config;
    const files = readdirSync(data).map((file) => readFileSync(join(data, file), 'latin1'));
    expect(files.join('').length).toBeGreaterThan(10_000);
    for (const file of files) expectNoTrace(secrets[name], file);
  });
});

describe('a call that is refused late', () => {
  const call = (app: TestApp, secrets: Secrets): Promise<RawAnswer> =>
    askRaw(app.url, get(`${LEDGER}?${WINDOW}&page_token=${secrets['page token']}`, bearerOf(secrets['tenant token'])));

  it.each<[what: string, status: number, limit: number, spoil: (app: TestApp) => Promise<void>]>([
    ['by the rate limit', 429, 1, () => Promise.resolve()],
    [
      'by a fault of the server',
      500,
      0,
      async ({ ctx }) => {
        await ctx.db.close();
        ctx.db.close = () => Promise.resolve();
      },
    ],
  ])('%s shows no secret', async (_what, status, rateLimit, spoil) => {
    await using app = await testApp({ rateLimit });
    const secrets = await secretsOf(app);
    await spoil(app);
    const answer = await call(app, secrets);
    expect(answer.status).toBe(status);
    for (const name of names) {
      expectNoTrace(secrets[name], answer.body);
      expectNoTrace(secrets[name], app.logged.join(''));
    }
  });
});

describe('a line of the log', () => {
  it('says who called what, and nothing that came with it', async () => {
    await using app = await testApp();
    const { tenant, 'tenant token': token } = await secretsOf(app);
    app.logged.length = 0;
    const { headers } = await getLedger(app, token, { start_time: NOON, end_time: NOON, room_ids: ['omm_canary'], is_exclude: true });
    const [line, ...others] = app.logged.map((text) => JSON.parse(text) as object);
    expect(others).toEqual([]);
    expect(line).toEqual({
      level: 30,
      time: expect.any(Number) as number,
      msg: 'request',
      log_id: headers.get('x-tt-logid'),
      method: 'GET',
      route: LEDGER,
      status: 200,
      code: 0,
      ms: expect.any(Number) as number,
      tenant: tenant.tenantId,
      app: tenant.appId,
    });
  });
});
