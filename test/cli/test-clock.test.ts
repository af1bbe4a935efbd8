import { describe, expect, it } from 'vitest';
import { createApp, type App } from '../../src/app.ts';
import { bindDevice } from '../../src/domain/devices.ts';
import type { Config } from '../../src/config.ts';
import { tenantToken, tester, testTenant, testUser, userToken, type TestApp } from '../support/app.ts';
import { runCommand, runJson } from '../support/command.ts';
import { keptDirectory } from '../support/directory.ts';
import { addLevel, addReservations, addRoom, reservation } from '../support/ledger.ts';
import { serve } from '../support/process.ts';

/* A server on whose clock testers turn. Time goes on while they do: what is asked for is met to some seconds. */
const HOUR = 3600;
const DAY = 86_400;
/** 2030-01-01T00:00:00Z */
const THEN = 1_893_456_000;
const real = () => Math.floor(Date.now() / 1000);
const near = (at: number) => ({ asymmetricMatch: (value: unknown) => typeof value === 'number' && value >= at && value <= at + 20 });

async function clocked(config: Partial<Config> = {}) {
  const app = await createApp({ data: keptDirectory(), port: 0, logLevel: 'silent', testClock: true, ...config }, { shedOverload: false, jobs: false });
  const url = await app.start();
  const tenant = await testTenant(app, { scopes: ['yuding:admin', 'vc:room:readonly'] });
  const bearer = await tenantToken({ ...app, url } as TestApp, tenant);
  const ask = async (method: string, body?: object, token = bearer) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${url}/api/v1/test-clock`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    return { status: response.status, body: (await response.json()) as Clock & Failure };
  };
  const set = async (body: object, token?: string) => {
    const answer = await ask('PUT', body, token);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body;
  };
  return { ...app, url, tenant, bearer, ask, set, [Symbol.asyncDispose]: () => app.stop() };
}

interface Clock {
  now: number;
  credentials_now: number;
}
interface Failure {
  error: { code: string; fields?: { field: string }[] };
}

/** The status of a call of the ledger. */
async function ledger({ url }: { url: string }, token: string): Promise<number> {
  const query = 'start_time=0&end_time=0';
  const { status } = await fetch(`${url}/open-apis/vc/v1/resource_reservation_list?${query}`, { headers: { authorization: `Bearer ${token}` } });
  return status;
}

describe('the test clock', () => {
  it('is the real one until somebody turns it', async () => {
    await using app = await clocked();
    const { status, body } = await app.ask('GET');
    expect([status, body]).toEqual([200, { now: near(real() - 10), credentials_now: near(real() - 10) }]);
  });

  it('is set, moved on and moved back, and ticks on from there', async () => {
    await using app = await clocked();
    expect(await app.set({ now: THEN })).toEqual({ now: near(THEN), credentials_now: near(real() - 10) });
    expect((await app.set({ advance: 10 * DAY })).now).toEqual(near(THEN + 10 * DAY));
    expect((await app.set({ advance: -10 * DAY })).now).toEqual(near(THEN));
    expect((await app.set({ advance: 0 })).now).toEqual(near(THEN));
    expect((await app.ask('GET')).body.now).toEqual(near(THEN));
  });

  it.each<[what: string, body: object, field: string]>([
    ['nothing', {}, 'now'],
    ['both', { now: THEN, advance: 1 }, 'now'],
    ['a time before 1970', { now: -1 }, 'now'],
    ['a fraction', { advance: 0.5 }, 'advance'],
    ['text', { now: '1893456000' }, 'now'],
    ['an unknown field', { now: THEN, to: 1 }, 'to'],
  ])('is not turned by %s', async (_what, body, field) => {
    await using app = await clocked();
    const { status, body: answer } = await app.ask('PUT', body);
    expect([status, answer.error.code, answer.error.fields?.map((bad) => bad.field)]).toEqual([400, 'invalid', [field]]);
  });

  it('is for administrators', async () => {
    await using app = await clocked();
    const { tenant } = app;
    const clerk = await userToken(app, tenant, await testUser(app, tenant.tenantId, true), ['yuding:admin']);
    for (const [method, body] of [['GET'], ['PUT', { now: THEN }]] as const) {
      const refused = await app.ask(method, body, clerk);
      expect([refused.status, refused.body.error.code]).toEqual([403, 'no_permission']);
    }
    const ungranted = await userToken(app, tenant, tenant.administratorId, []);
    expect((await app.ask('GET', undefined, ungranted)).status).toBe(403);
  });

  it('is not there without the flag', async () => {
    await using app = await clocked({ testClock: false });
    for (const [method, body] of [['GET'], ['PUT', { now: THEN }]] as const) {
      const { status, body: answer } = await app.ask(method, body);
      expect([status, answer.error.code]).toEqual([404, 'not_found']);
    }
  });

  it('meets each deadline on its way at its own time, before it answers', async () => {
    await using app = await clocked();
    await app.set({ now: THEN });
    const { tenantId, rootLevelId } = app.tenant;
    const { roomNo: room_no, roomId } = await addRoom(app, tenantId, await addLevel(app, tenantId, rootLevelId));
    await bindDevice(app.ctx, tester, { tenantId, roomId, kind: 'qr_code', name: 'code' });
    const common = { tenant_id: tenantId, room_no };
    await addReservations(app, [
      ...[1, 5, 30].map((hours) => reservation({ ...common, start_at: THEN + hours * HOUR, check_in_settled: 0 })),
      reservation({ ...common, start_at: THEN + 3 * HOUR, accepted_at: null }),
    ]);
    const rows = () => app.ctx.db.kysely.selectFrom('reservations').selectAll().where('tenant_id', '=', tenantId).orderBy('start_at').execute();
    await app.set({ advance: HOUR });
    expect((await rows()).map(({ version }) => version)).toEqual([1, 1, 1, 1]);
    await app.set({ now: THEN + DAY });
    const [first, request, second, later] = await rows();
    expect([first?.released_at, first?.release_cause]).toEqual([near(THEN + HOUR + 900), 'no_show']);
    expect([request?.rejected_at, request?.reject_cause]).toEqual([near(THEN + 3 * HOUR), 'undecided']);
    expect(second?.released_at).toEqual(near(THEN + 5 * HOUR + 900));
    expect(later?.version).toBe(1);
    await app.set({ now: THEN + 40 * HOUR });
    expect((await rows()).at(-1)?.released_at).toEqual(near(THEN + 30 * HOUR + 900));
  });

  it('signs nobody out and forgets no call, unless it is told to', async () => {
    await using app = await clocked({ rateLimit: 2 });
    expect([await ledger(app, app.bearer), await ledger(app, app.bearer), await ledger(app, app.bearer)]).toEqual([200, 200, 429]);
    await app.set({ advance: 2 * DAY });
    expect(await ledger(app, app.bearer)).toBe(429);
    const { now, credentials_now } = await app.set({ advance: 61, credentials: true });
    expect([now, credentials_now]).toEqual([near(real() + 2 * DAY + 51), near(real() + 51)]);
    expect(await ledger(app, app.bearer)).toBe(200);
    // Two hours later the token is over; a new one is good.
    await app.set({ advance: 2 * HOUR, credentials: true });
    expect((await app.ask('GET')).body.error.code).toBe('invalid_token');
    expect(await ledger(app, await tenantToken(app as App as TestApp, app.tenant))).toBe(200);
  });
});

describe('serve --test-clock', () => {
  it('has the clock', async () => {
    const data = keptDirectory();
    await runJson('tenant', 'create', '--name', 'T', '--data', data);
    const { app_id: appId, app_secret: appSecret } = await runJson<{ app_id: string; app_secret: string }>(
      ...(['app', 'create', '--name', 'x', '--scopes', 'yuding:admin', '--data', data] as const),
    );
    await using server = await serve(data, '--test-clock');
    const bearer = await tenantToken({ url: server.url } as TestApp, { appId, appSecret });
    const headers = { authorization: `Bearer ${bearer}` };
    const response = await fetch(`${server.url}/api/v1/test-clock`, { method: 'PUT', headers, body: JSON.stringify({ now: THEN }) });
    expect([response.status, await response.json()]).toEqual([200, { now: near(THEN), credentials_now: near(real() - 10) }]);
  });

  it.each(['0.0.0.0', '::', '192.0.2.7', 'example.com'])('is refused on %s, in one line', async (host) => {
    const { code, stdout, stderr } = await runCommand('serve', '--test-clock', '--host', host, '--data', keptDirectory());
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(`yuding: --test-clock lets callers move the time: only on 127.0.0.1, ::1 or localhost, not on ${host}\n`);
  });
});
