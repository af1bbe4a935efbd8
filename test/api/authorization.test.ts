import { afterAll, describe, expect, it } from 'vitest';
import { createApp as registerApp, revokeApp, rotateSecret } from '../../src/domain/apps.ts';
import { gateway, type WireError } from '../../src/wire/errors.ts';
import { formatToken } from '../../src/wire/identifiers.ts';
import { NOON, tenantToken, tester, testApp, testTenant, testUser, userToken } from '../support/app.ts';
import type { LedgerBody } from '../support/ledger.ts';

/* What the `Authorization` header may say, and what every other header is answered with. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app);
const { tenantId } = tenant;
const manager = await testUser(app, tenantId, true);
const tenants = await tenantToken(app, tenant);
const users = await userToken(app, tenant, manager);
const PATH = `/open-apis/vc/v1/resource_reservation_list?start_time=${String(NOON)}&end_time=${String(NOON)}`;

async function call(authorization: string | undefined): Promise<{ status: number; logId: string | null; body: LedgerBody }> {
  const response = await fetch(app.url + PATH, authorization === undefined ? {} : { headers: { authorization } });
  return { status: response.status, logId: response.headers.get('x-tt-logid'), body: (await response.json()) as LedgerBody };
}

const codeFor = async (token: string) => (await call(`Bearer ${token}`)).body.code;

/** The same token with one character changed. */
const changed = (token: string, at: number) => token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
const other = await testTenant(app);
const secretOf = (token: string) => Buffer.from(token.slice(2), 'base64url').subarray(4);

describe('an Authorization header', () => {
  it.each([
    ['a tenant token', `Bearer ${tenants}`],
    ['a user token', `Bearer ${users}`],
    ['the scheme in small letters', `bearer ${tenants}`],
    ['more spaces', `Bearer   ${tenants}`],
  ])('%s is good', async (_what, authorization) => {
    expect(await call(authorization)).toMatchObject({ status: 200, body: { code: 0 } });
  });

  it.each<[string, string | undefined, WireError]>([
    ['absent', undefined, gateway.missingToken],
    ['empty', '', gateway.missingToken],
    ['the scheme alone', 'Bearer', gateway.missingToken],
    ['the scheme and spaces', 'Bearer   ', gateway.missingToken],
    ['no scheme', tenants, gateway.missingToken],
    ['another scheme', `Basic ${tenants}`, gateway.missingToken],
    ['the scheme glued on', `Bearer${tenants}`, gateway.missingToken],
    ['two tokens', `Bearer ${tenants} ${tenants}`, gateway.missingToken],
    ['two schemes', `Bearer Bearer ${tenants}`, gateway.missingToken],
    ['no known form', 'Bearer x', gateway.unknownTokenForm],
    ["an app's token of the store kind", `Bearer a-${tenants.slice(2)}`, gateway.invalidAppToken],
    ["the prefix of an app's token alone", 'Bearer a-', gateway.invalidAppToken],
    ['a token without its prefix', `Bearer ${tenants.slice(2)}`, gateway.unknownTokenForm],
    ['the prefix in capitals', `Bearer T-${tenants.slice(2)}`, gateway.unknownTokenForm],
    ['the app id', `Bearer ${tenant.appId}`, gateway.unknownTokenForm],
    ['the prefix of a tenant token alone', 'Bearer t-', gateway.invalidTenantToken],
    ['a made-up tenant token', `Bearer t-${'A'.repeat(48)}`, gateway.invalidTenantToken],
    ['a short tenant token', `Bearer ${tenants.slice(0, -1)}`, gateway.invalidTenantToken],
    ['a long tenant token', `Bearer ${tenants}A`, gateway.invalidTenantToken],
    ['a padded tenant token', `Bearer ${tenants}=`, gateway.invalidTenantToken],
    ['a tenant token with its first character changed', `Bearer ${changed(tenants, 2)}`, gateway.invalidTenantToken],
    ['a tenant token with a middle character changed', `Bearer ${changed(tenants, 25)}`, gateway.invalidTenantToken],
    ['a tenant token with its last character changed', `Bearer ${changed(tenants, 49)}`, gateway.invalidTenantToken],
    [
      'a tenant token sent to another tenant',
      `Bearer ${formatToken({ kind: 'tenant', tenantId: other.tenantId, secret: secretOf(tenants) })}`,
      gateway.invalidTenantToken,
    ],
    ['a user token that says it is a tenant token', `Bearer t-${users.slice(2)}`, gateway.invalidTenantToken],
    ['the prefix of a user token alone', 'Bearer u-', gateway.invalidUserToken],
    ['a made-up user token', `Bearer u-${'A'.repeat(48)}`, gateway.invalidUserToken],
    ['a user token with a character changed', `Bearer ${changed(users, 30)}`, gateway.invalidUserToken],
    ['a user token of another tenant', `Bearer ${formatToken({ kind: 'user', tenantId: other.tenantId, secret: secretOf(users) })}`, gateway.invalidUserToken],
    ['a tenant token that says it is a user token', `Bearer u-${tenants.slice(2)}`, gateway.invalidUserToken],
    ['a JWT', 'Bearer eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', gateway.invalidUserToken],
  ])('%s', async (_what, authorization, row) => {
    const { status, logId, body } = await call(authorization);
    expect({ status, body }).toEqual({
      status: 400,
      body: { code: row.code, msg: row.msg, error: { log_id: logId, troubleshooter: expect.stringContaining(logId ?? '?') as string } },
    });
    expect(row.http).toBe(400);
  });
});

describe('a user token', () => {
  it('ends on its second, and is told from an unknown one for a day', async () => {
    const token = await userToken(app, tenant, manager, ['vc:room:readonly'], 600);
    const codes = [await codeFor(token)];
    for (const seconds of [599, 1, 1, 86_398]) {
      app.clock.advance(seconds);
      codes.push(await codeFor(token));
    }
    expect(codes).toEqual([0, 0, 99991677, 99991677, 99991677]);
    const { status, body } = await call(`Bearer ${token}`);
    expect({ status, msg: body.msg }).toEqual({ status: 400, msg: 'token expire' });
  });

  it('goes by the real time, not by the time of the domain', async () => {
    const token = await userToken(app, tenant, manager, ['vc:room:readonly'], 600);
    app.clock.seconds += 10_000;
    expect(await codeFor(token)).toBe(0);
    app.clock.seconds -= 10_000;
  });

  it('outlives a new secret of the app, not the app', async () => {
    const { appId } = await registerApp(app.ctx, tester, { tenantId, name: 'another', scopes: ['vc:room:readonly'] });
    const token = await userToken(app, { ...tenant, appId }, manager);
    await rotateSecret(app.ctx, tester, tenantId, appId);
    expect(await codeFor(token)).toBe(0);
    await revokeApp(app.ctx, tester, tenantId, appId);
    expect(await codeFor(token)).toBe(99991668);
  });
});

describe('scopes', () => {
  const needed = 'vc:room:readonly';
  const appLacks = { code: 99991672, type: 'action_scope_required', msg: `Access denied. One of the following scopes is required: [${needed}]` };
  const userLacks = {
    code: 99991679,
    type: 'action_privilege_required',
    msg: `Unauthorized. You do not have permission to perform the requested operation on the resource. Please request user re-authorization and try again. required one of these privileges: [${needed}]`,
  };
  const none = undefined;

  it.each<[string, ofApp: string[], granted: string[] | null, { code: number; type: string; msg: string } | undefined]>([
    ['the right one', [needed], null, none],
    ['among others', ['contact:user.base:readonly', needed, 'vc:export'], null, none],
    ['none', [], null, appLacks],
    ['another', ['vc:export'], null, appLacks],
    ['the one for writing, which the vendor does not list here', ['vc:room'], null, appLacks],
    ['one that begins like it', ['vc:room:readonlyX', 'vc:room:read'], null, appLacks],
    ['the right one, granted', [needed], [needed], none],
    ['the right one, granted among others', [needed], ['offline_access', needed], none],
    ['the right one, nothing granted', [needed], [], userLacks],
    ['the right one, another granted', [needed], ['vc:room'], userLacks],
    ['none of the app, granted by the user', [], [needed], appLacks],
    ['none of the app, none granted', [], [], appLacks],
  ])('%s', async (_what, ofApp, granted, expected) => {
    const { appId, secret } = await registerApp(app.ctx, tester, { tenantId, name: 'another', scopes: ofApp });
    const client = { ...tenant, appId, appSecret: secret };
    const token = granted === null ? await tenantToken(app, client) : await userToken(app, client, manager, granted);
    const { status, logId, body } = await call(`Bearer ${token}`);
    if (!expected) {
      expect({ status, code: body.code }).toEqual({ status: 200, code: 0 });
      return;
    }
    const { code, msg, type } = expected;
    const error = { log_id: logId, troubleshooter: expect.any(String) as string, permission_violations: [{ type, subject: needed }] };
    expect({ status, body }).toEqual({ status: 400, body: { code, msg, error } });
  });

  it('given to the app later count at once, for tokens already given out', async () => {
    const { appId, secret } = await registerApp(app.ctx, tester, { tenantId, name: 'another', scopes: [] });
    const token = await tenantToken(app, { appId, appSecret: secret });
    const codes = [];
    for (const scopes of ['', `x ${needed}`, 'x']) {
      await app.ctx.db.kysely.updateTable('apps').set({ scopes }).where('app_id', '=', appId).execute();
      codes.push(await codeFor(token));
    }
    expect(codes).toEqual([99991672, 0, 99991672]);
  });
});
