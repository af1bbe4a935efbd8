import { afterAll, describe, expect, it } from 'vitest';
import { endSession } from '../../src/domain/sessions.ts';
import { jobs } from '../../src/jobs/index.ts';
import { runJob } from '../../src/jobs/runner.ts';
import { RateLimiter } from '../../src/http/rate.ts';
import { revokeApp } from '../../src/domain/apps.ts';
import { createApp } from '../../src/domain/apps.ts';
import { authenticateSession, beginSession } from '../../src/domain/sessions.ts';
import { FakeClock } from '../support/clock.ts';
import { credentialHeaders, NOON, tenantToken, tester, testApp, testTenant, testUser, userSession, userToken, type TestApp } from '../support/app.ts';
import { addLevel, addReservations, addRoom, reservation } from '../support/ledger.ts';

/*
 * The clock of the machine is put right, forwards or back. Nothing breaks, nothing is good beyond its end, nothing that ended comes back,
 * and what was done is not done again.
 */
const HOUR = 3600;
const DAY = 86_400;
const jumps: [name: string, seconds: number][] = [
  ['a second on', 1],
  ['a second back', -1],
  ['an hour on', HOUR],
  ['an hour back', -HOUR],
  ['a year on', 365 * DAY],
  ['a day back', -DAY],
];

const apps: TestApp[] = [];
afterAll(async () => {
  for (const app of apps) await app.stop();
});

/** Puts both the real time and the domain's; steady time goes on by itself. */
function jump(clock: FakeClock, seconds: number): void {
  clock.setReal(clock.realMs() / 1000 + seconds);
  clock.seconds += seconds;
}

async function office(config: Parameters<typeof testApp>[0] = { rateLimit: 0 }) {
  const app = await testApp(config);
  apps.push(app);
  const tenant = await testTenant(app, { scopes: ['yuding:read', 'yuding:admin', 'vc:room:readonly'] });
  const path = `${app.url}/api/v1/tree`;
  const status = async (credential: string) => (await fetch(path, { headers: credentialHeaders(credential) })).status;
  return { app, tenant, tenantId: tenant.tenantId, status, clock: app.clock };
}

describe.each(jumps)('the clock goes %s', (_name, seconds) => {
  it('and credentials are good to their end by it, and no longer', async () => {
    const { app, tenant, tenantId, status, clock } = await office();
    const life = { user: 600, tenant: 7200, session: 12 * HOUR };
    const user = await userToken(app, tenant, tenant.administratorId, ['yuding:read'], life.user);
    const app_ = await tenantToken(app, tenant);
    const session = await userSession(app, tenantId, tenant.administratorId);
    expect([await status(user), await status(app_), await status(session)]).toEqual([200, 200, 200]);
    jump(clock, seconds);
    const is = (left: number) => (seconds < left ? 200 : 401);
    // A cookie that was last used in time to come is nobody's.
    const ofSession = seconds < -60 ? 401 : is(life.session + 1);
    expect([await status(user), await status(app_), await status(session)]).toEqual([is(life.user), is(life.tenant), ofSession]);
    // New ones are to be had, and the server goes on.
    expect(await status(await tenantToken(app, tenant))).toBe(200);
    expect(await status(await userSession(app, tenantId, tenant.administratorId))).toBe(200);
    expect((await fetch(`${app.url}/readyz`)).status).toBe(200);
    // From where it stands now they end when they are to: an hour back is an hour more, by that clock, and no second beyond.
    if (seconds < 0) {
      clock.advance(life.user - seconds - 1);
      expect(await status(user)).toBe(200);
      clock.advance(1);
      expect(await status(user)).toBe(401);
    }
  });

  it('and what was ended stays ended', async () => {
    const { app, tenant, tenantId, status, clock } = await office();
    const member = await testUser(app, tenantId);
    const { appId, secret } = await createApp(app.ctx, tester, { tenantId, name: 'closed', scopes: ['yuding:read'] });
    const token = await tenantToken(app, { appId, appSecret: secret });
    const ofUser = await userToken(app, { ...tenant, appId }, member, ['yuding:read']);
    const begun = await beginSession(app.ctx, tester, { tenantId, userId: member }, 'test');
    const principal = await authenticateSession(app.ctx, begun, clock.realMs() / 1000);
    if (!principal) throw new Error('no session');
    await endSession(app.ctx, tester, principal);
    await revokeApp(app.ctx, tester, tenantId, appId);
    jump(clock, seconds);
    expect([await status(token), await status(ofUser)]).toEqual([401, 401]);
    expect(await authenticateSession(app.ctx, begun, clock.realMs() / 1000)).toBeUndefined();
  });

  it('and rate windows last as long as they are', () => {
    const clock = new FakeClock(NOON);
    const rates = new RateLimiter(clock);
    const limits = [{ calls: 2, seconds: 60 }];
    const count = () => rates.count('api', 'caller', limits)?.wait;
    expect([count(), count(), count()]).toEqual([undefined, undefined, 60]);
    jump(clock, seconds);
    expect(count()).toBe(60);
    const real = clock.realMs();
    clock.advance(60);
    clock.setReal(real / 1000);
    expect(count()).toBeUndefined();
  });

  it('and a room is given back once', async () => {
    const { app, tenant, tenantId, clock } = await office();
    const { roomNo } = await addRoom(app, tenantId, await addLevel(app, tenantId, tenant.rootLevelId));
    const terms = {
      check_in_rule: 'required' as const,
      check_in_opens_at: NOON - 900,
      check_in_closes_at: NOON + 900,
      release_on_no_show: 1,
      check_in_settled: 0,
    };
    const start_at = NOON;
    await addReservations(app, [reservation({ tenant_id: tenantId, room_no: roomNo, start_at, end_at: start_at + HOUR, checked_in_at: null, ...terms })]);
    const all = async () => {
      for (const job of jobs) expect(await runJob(app.ctx, job)).toBe(true);
    };
    const releases = async () =>
      (await app.ctx.db.kysely.selectFrom('history').select('action').where('tenant_id', '=', tenantId).where('action', '=', 'reservation.release').execute())
        .length;
    await all();
    expect(await releases()).toBe(0);
    clock.advance(901);
    await all();
    expect(await releases()).toBe(1);
    jump(clock, seconds);
    await all();
    jump(clock, -seconds);
    await all();
    clock.advance(HOUR);
    await all();
    expect(await releases()).toBe(1);
    const [row] = await app.ctx.db.kysely.selectFrom('reservations').selectAll().where('tenant_id', '=', tenantId).execute();
    expect(row).toMatchObject({ released_at: NOON + 901, release_cause: 'no_show' });
  });
});

it('a job that a process held when the clock went back is done again within the lease', async () => {
  const { app, clock } = await office();
  const [job] = jobs;
  if (!job) throw new Error('no job');
  let turns = 0;
  const counted = { ...job, work: () => Promise.resolve(++turns > 1_000_000) };
  for (const [, seconds] of jumps) {
    const before = turns;
    jump(clock, seconds);
    await runJob(app.ctx, counted);
    jump(clock, -seconds);
    expect(turns - before).toBe(1);
  }
});
