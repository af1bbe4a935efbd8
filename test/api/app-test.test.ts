import { expect, it } from 'vitest';
import { createApp, revokeApp } from '../../src/domain/apps.ts';
import { issueTenantToken } from '../../src/domain/credentials.ts';
import { formatToken } from '../../src/wire/identifiers.ts';
import { NOON, testApp, testTenant, tester, testUser, userSession, userToken, credentialHeaders } from '../support/app.ts';
import { addLevel, addReservations, addRoom, getLedger, reservation } from '../support/ledger.ts';

const app = await testApp();
const tenant = await testTenant(app);
const { tenantId, administratorId } = tenant;
const session = await userSession(app, tenantId, administratorId);
const level = await addLevel(app, tenantId, tenant.rootLevelId);
const { roomNo } = await addRoom(app, tenantId, level);
await addReservations(
  app,
  Array.from({ length: 25 }, (_, i) => reservation({ tenant_id: tenantId, room_no: roomNo, start_at: NOON - 80_000 + i * 3600 })),
);

interface Tried {
  answered: {
    log_id: string;
    status: number;
    code: number;
    msg: string;
    rows: number | null;
    has_more: boolean;
    fields: { field: string }[];
    lacking: string[];
  };
}

async function tried(appId: string, body: object, credential = session) {
  const headers = { ...credentialHeaders(credential), 'content-type': 'application/json' };
  const response = await fetch(`${app.url}/api/v1/apps/${appId}/test`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Tried };
}

const windows: Record<string, string>[] = [
  { start_time: String(NOON - 80_000), end_time: String(NOON) },
  { start_time: String(NOON - 80_000), end_time: String(NOON - 79_000) },
  { start_time: String(NOON - 90_000), end_time: String(NOON) },
  { start_time: String(NOON + 60), end_time: String(NOON + 120) },
  { start_time: String(NOON), end_time: String(NOON - 1) },
  { start_time: 'x', end_time: '1e3' },
  { start_time: String(NOON - 80_000) },
  {},
  { start_time: String(NOON - 80_000), end_time: String(NOON), room_level_id: level },
  { start_time: String(NOON - 80_000), end_time: String(NOON), room_level_id: 'omb_none' },
];

/** An app as each of them may be: what it lacks. */
const kinds = ['nothing', 'the scope', 'the permission'] as const;

it.each(kinds.flatMap((lacks) => windows.map((query) => ({ lacks, query }))))(
  'an app that lacks $lacks is told of $query what it would be answered',
  async ({ lacks, query }) => {
    const creatorId = lacks === 'the permission' ? await testUser(app, tenantId) : administratorId;
    const scopes = lacks === 'the scope' ? ['vc:room'] : ['vc:room:readonly'];
    const { appId, secret } = await createApp(app.ctx, tester, { tenantId, name: lacks, scopes, creatorId });
    const { status, body } = await tried(appId, query);
    expect(status).toBe(200);
    const token = await issueTenantToken(app.ctx, tenantId, appId, secret);
    const real = await getLedger(app, formatToken({ kind: 'tenant', tenantId, secret: token.secret }), query);
    const { code, msg, data, error } = real.body as unknown as {
      code: number;
      msg: string;
      data?: { room_reservation_list: unknown[]; has_more: boolean };
      error?: { field_violations?: { field: string }[]; permission_violations?: { subject: string }[] };
    };
    const { log_id, ...answered } = body.answered;
    expect(log_id).toMatch(/^\S+$/);
    expect({ ...answered, fields: answered.fields.map(({ field }) => field) }).toEqual({
      status: real.status,
      code,
      msg,
      rows: data?.room_reservation_list.length ?? null,
      has_more: data?.has_more ?? false,
      fields: (error?.field_violations ?? []).map(({ field }) => field),
      lacking: (error?.permission_violations ?? []).map(({ subject }) => subject),
    });
  },
);

it('makes no token, and says so of an app that is revoked', async () => {
  const { appId } = await createApp(app.ctx, tester, { tenantId, name: 'x', scopes: ['vc:room:readonly'] });
  await tried(appId, windows[0] ?? {});
  const tokens = await app.ctx.db.kysely.selectFrom('access_tokens').select('token_hash').where('app_id', '=', appId).execute();
  expect(tokens).toEqual([]);
  await revokeApp(app.ctx, tester, tenantId, appId);
  expect((await tried(appId, windows[0] ?? {})).body.answered).toMatchObject({ status: 400, code: 99991663, rows: null });
});

it('is for administrators at the browser alone', async () => {
  const member = await userSession(app, tenantId, await testUser(app, tenantId, true));
  expect((await tried(tenant.appId, {}, member)).status).toBe(403);
  expect((await tried(tenant.appId, {}, await userToken(app, tenant, administratorId, ['yuding:admin']))).status).toBe(401);
});

it('when an app was last given a token is shown', async () => {
  const { appId, secret } = await createApp(app.ctx, tester, { tenantId, name: 'y', scopes: ['vc:room:readonly'] });
  const shown = async () => {
    const response = await fetch(`${app.url}/api/v1/apps/${appId}`, { headers: credentialHeaders(session) });
    return ((await response.json()) as { last_token: string | null }).last_token;
  };
  expect(await shown()).toBeNull();
  await issueTenantToken(app.ctx, tenantId, appId, secret);
  expect(await shown()).toBe(new Date(NOON * 1000).toISOString().replace('.000Z', 'Z'));
});
