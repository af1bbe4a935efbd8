import * as lark from '@larksuiteoapi/node-sdk';
import { describe, expect, it } from 'vitest';
import { NOON, tenantToken, testApp, testTenant, userToken } from '../support/app.ts';
import { rejection, sdkClient } from '../support/sdk.ts';

/* What the official SDK makes of refusals. It keeps tokens for the whole process, so each test has an app of its own. */
const params = { room_level_id: '', start_time: String(NOON), end_time: String(NOON), room_ids: [] };

describe('the SDK', () => {
  it('rejects with the reason when the secret is wrong', async () => {
    await using app = await testApp();
    const { appId } = await testTenant(app);
    const { vc } = sdkClient(app, { appId, appSecret: 'wrong' });
    await expect(vc.v1.resourceReservationList.get({ params })).rejects.toThrow(/code: 10014, msg: app secret invalid/);
  });

  it('rejects with the reason when there is no such app', async () => {
    await using app = await testApp();
    const { vc } = sdkClient(app, { appId: 'cli_0000000000000000', appSecret: 'wrong' });
    await expect(vc.v1.resourceReservationList.get({ params })).rejects.toThrow(/code: 10014, msg: app id not exists/);
  });

  it('rejects with the missing scope', async () => {
    await using app = await testApp();
    const { vc } = sdkClient(app, await testTenant(app, { scopes: ['vc:export'] }));
    const { status, data } = await rejection(vc.v1.resourceReservationList.get({ params }));
    expect({ status, data }).toMatchObject({
      status: 400,
      data: {
        code: 99991672,
        msg: 'Access denied. One of the following scopes is required: [vc:room:readonly]',
        error: { permission_violations: [{ type: 'action_scope_required', subject: 'vc:room:readonly' }] },
      },
    });
  });

  it('rejects when the token that it got itself has ended', async () => {
    await using app = await testApp();
    const { vc } = sdkClient(app, await testTenant(app));
    expect((await vc.v1.resourceReservationList.get({ params })).code).toBe(0);
    app.clock.advance(7200);
    const { status, data } = await rejection(vc.v1.resourceReservationList.get({ params }));
    expect({ status, code: data.code }).toEqual({ status: 400, code: 99991663 });
  });

  it.each([
    ['tenant', 99991663],
    ['user', 99991677],
  ])('rejects when the %s token that it was given has ended', async (kind, code) => {
    await using app = await testApp();
    const tenant = await testTenant(app);
    const { vc } = sdkClient(app, tenant, { ownTokens: false });
    const given =
      kind === 'tenant' ? lark.withTenantToken(await tenantToken(app, tenant)) : lark.withUserAccessToken(await userToken(app, tenant, tenant.administratorId));
    expect((await vc.v1.resourceReservationList.get({ params }, given)).code).toBe(0);
    app.clock.advance(7200);
    const { status, data } = await rejection(vc.v1.resourceReservationList.get({ params }, given));
    expect({ status, code: data.code }).toEqual({ status: 400, code });
  });

  it('sends no token when it has none, and rejects', async () => {
    await using app = await testApp();
    const { vc } = sdkClient(app, await testTenant(app), { ownTokens: false });
    const { status, data } = await rejection(vc.v1.resourceReservationList.get({ params }));
    expect({ status, code: data.code }).toEqual({ status: 400, code: 99991661 });
  });

  it('rejects with 429 past the limit, and works again when the window has ended', async () => {
    await using app = await testApp();
    const { vc } = sdkClient(app, await testTenant(app));
    const call = () => vc.v1.resourceReservationList.get({ params });
    for (let i = 0; i < 100; i++) expect((await call()).code).toBe(0);
    const { status, data, headers } = await rejection(call());
    expect({ status, code: data.code, msg: data.msg }).toEqual({ status: 429, code: 99991400, msg: 'request trigger frequency limit' });
    expect(headers).toMatchObject({ 'x-ogw-ratelimit-limit': '100', 'x-ogw-ratelimit-reset': '60' });
    app.clock.advance(60);
    expect((await call()).code).toBe(0);
  });

  it.each<[string, Partial<typeof params>, number, number]>([
    ['a window in the future', { start_time: String(NOON + 1), end_time: String(NOON + 1) }, 400, 126005],
    ['a window too long', { end_time: String(NOON + 86_401) }, 400, 126006],
    ['an unknown level', { room_level_id: 'omb_none' }, 404, 121004],
    ['a time that is none', { start_time: 'now' }, 400, 121003],
  ])('rejects with the body of the server: %s', async (_what, change, status, code) => {
    await using app = await testApp();
    const { vc } = sdkClient(app, await testTenant(app));
    const response = await rejection(vc.v1.resourceReservationList.get({ params: { ...params, ...change } }));
    expect({ status: response.status, code: response.data.code }).toEqual({ status, code });
    expect(response.data.error.log_id).toBe(response.headers['x-tt-logid']);
  });
});
