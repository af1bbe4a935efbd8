import { afterAll, describe, expect, it } from 'vitest';
import { createApp as registerApp } from '../../src/domain/apps.ts';
import { gateway, vc, type WireError } from '../../src/wire/errors.ts';
import { NOON, tenantToken, tester, testApp, testTenant, testUser, userToken, type TestTenant } from '../support/app.ts';
import { getLedger, verdict, type Query } from '../support/ledger.ts';

/* Path, token, scope, rate, parameters, window, permission, objects: of two faults the earlier one is answered. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app);
const { tenantId } = tenant;
const clerk = await testUser(app, tenantId);
const manager = await testUser(app, tenantId, true);

async function appOf(creatorId: string, scopes = ['vc:room:readonly']): Promise<TestTenant> {
  const { appId, secret } = await registerApp(app.ctx, tester, { tenantId, name: 'another', scopes, creatorId });
  return { ...tenant, appId, appSecret: secret };
}
const clerksApp = await appOf(clerk);
const tokens = {
  none: undefined,
  unknown: `t-${'A'.repeat(48)}`,
  good: await tenantToken(app, tenant),
  unscoped: await tenantToken(app, await appOf(tenant.administratorId, ['vc:room', 'vc:export'])),
  powerless: await tenantToken(app, clerksApp),
};
const fine: Query = { start_time: NOON, end_time: NOON };
const faults = {
  parameter: { page_size: 1 },
  pageToken: { page_token: 'forged' },
  startTime: { start_time: NOON + 1, end_time: NOON + 1 },
  bothTimes: { start_time: NOON + 1, end_time: NOON },
  endTime: { end_time: NOON + 86_401 },
  level: { room_level_id: 'omb_none' },
  room: { room_ids: ['omm_none'] },
} satisfies Record<string, Query>;

describe('of two faults', () => {
  it.each<[string, keyof typeof tokens, Query, WireError]>([
    ['no token, bad parameter', 'none', faults.parameter, gateway.missingToken],
    ['unknown token, bad parameter', 'unknown', faults.parameter, gateway.invalidTenantToken],
    ['missing scope, bad parameter', 'unscoped', faults.parameter, gateway.appLacksScope],
    ['missing scope, bad window', 'unscoped', faults.startTime, gateway.appLacksScope],
    ['bad parameter, bad start', 'good', { ...faults.startTime, ...faults.parameter }, vc.param],
    ['bad parameter, bad end', 'good', { ...faults.endTime, ...faults.parameter }, vc.param],
    ['bad parameter, no permission', 'powerless', faults.parameter, vc.param],
    ['bad parameter, unknown level', 'good', { ...faults.level, ...faults.parameter }, vc.param],
    ['forged page token, bad start', 'good', { ...faults.startTime, ...faults.pageToken }, vc.param],
    ['forged page token, no permission', 'powerless', faults.pageToken, vc.param],
    ['forged page token, unknown room', 'good', { ...faults.room, ...faults.pageToken }, vc.param],
    ['start in the future, end before it', 'good', faults.bothTimes, vc.startTime],
    ['bad start, no permission', 'powerless', faults.startTime, vc.startTime],
    ['bad end, no permission', 'powerless', faults.endTime, vc.endTime],
    ['bad start, unknown level', 'good', { ...faults.startTime, ...faults.level }, vc.startTime],
    ['bad end, unknown room', 'good', { ...faults.endTime, ...faults.room }, vc.endTime],
    ['no permission, unknown level', 'powerless', faults.level, vc.noPermission],
    ['no permission, unknown room', 'powerless', faults.room, vc.noPermission],
  ])('%s', async (_what, token, query, row) => {
    const answer = await getLedger(app, tokens[token], { ...fine, ...query });
    const { code, http: status } = row;
    expect(verdict(answer)).toMatchObject({ code, status });
  });

  it('an unknown path comes before everything', async () => {
    const response = await fetch(`${app.url}/open-apis/vc/v1/resource_reservation_lists?page_size=1`);
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([404, 'text/plain; charset=utf-8', '404 page not found']);
  });
});

describe('the meeting-management permission', () => {
  const allowed = { status: 200, code: 0, msg: 'success' };
  const denied = { status: 403, code: 121005, msg: 'no permission' };

  it.each<[string, () => Promise<string>, object]>([
    ["a tenant token, the app's creator an administrator", () => tenantToken(app, tenant), allowed],
    ["a tenant token, the app's creator holding it", async () => tenantToken(app, await appOf(manager)), allowed],
    ["a tenant token, the app's creator without it", () => tenantToken(app, clerksApp), denied],
    ['a user token of an administrator', () => userToken(app, tenant, tenant.administratorId), allowed],
    ['a user token of a person holding it', () => userToken(app, tenant, manager), allowed],
    ['a user token of a person without it', () => userToken(app, tenant, clerk), denied],
    ["a user token of a person holding it, the app's creator without", () => userToken(app, clerksApp, manager), allowed],
    ['a user token of a person without it, through an app of theirs', () => userToken(app, clerksApp, clerk), denied],
  ])('%s', async (_what, tokenOf, expected) => {
    const answer = await getLedger(app, await tokenOf(), fine);
    expect(verdict(answer)).toEqual(expected);
    if (answer.body.code !== 0) expect(Object.keys(answer.body.error).sort()).toEqual(['log_id', 'troubleshooter']);
  });

  it('is granted and taken back at once, for tokens already given out', async () => {
    const person = await testUser(app, tenantId);
    const token = await userToken(app, tenant, person);
    const set = (manages_meetings: number) => app.ctx.db.kysely.updateTable('users').set({ manages_meetings }).where('user_id', '=', person).execute();
    const codes = [];
    for (const holds of [0, 1, 0]) {
      await set(holds);
      codes.push((await getLedger(app, token, fine)).body.code);
    }
    expect(codes).toEqual([121005, 0, 121005]);
  });
});
