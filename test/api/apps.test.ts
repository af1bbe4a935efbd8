import { afterAll, describe, expect, it } from 'vitest';
import { installApp } from '../../src/domain/installations.ts';
import { createApp } from '../../src/domain/apps.ts';
import { tenantToken, tester, testApp, testTenant, testUser, userSession, userToken } from '../support/app.ts';
import { endpointOf, send, type Request } from '../support/worlds.ts';
import { postToken } from '../support/tokens.ts';

/* Apps as administrators keep them. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app, { scopes: ['yuding:admin', 'vc:room'] });
const { tenantId, administratorId } = tenant;
const bearer = await tenantToken(app, tenant);
const browser = await userSession(app, tenantId, administratorId);

interface AppBody {
  id: string;
  secret?: string;
  scopes: string[];
  version: number;
  creator_id: string;
  redirect_uris: string[];
  revoked_at: string | null;
  error?: { code: string; fields?: { field: string; description: string }[] };
}

async function call(method: string, request: Request, credential = browser): Promise<{ status: number; body: AppBody; text: string }> {
  const { status, body } = await send(app, endpointOf(`v1.app.${method}`), credential, request);
  return { status, body: JSON.parse(body) as AppBody, text: body };
}

const made = async (body: object = {}) => (await call('create', { body: { name: 'new', ...body } })).body;
const at = (app_id: string, body?: object, headers = {}): Request => ({ params: { app_id }, headers, ...(body ? { body } : {}) });
const signsIn = async (appId: string, appSecret = ''): Promise<number> => (await postToken(app, { app_id: appId, app_secret: appSecret })).body.code;

describe('the secret of an app', () => {
  it('is shown when it is made and when it is replaced, and in no other answer', async () => {
    const { id, secret = '' } = await made({ scopes: ['vc:room'] });
    expect(await signsIn(id, secret)).toBe(0);
    const rotated = (await call('rotate', at(id))).body.secret ?? '';
    expect([await signsIn(id, secret), await signsIn(id, rotated)]).toEqual([10014, 0]);
    const others = [await call('get', at(id)), await call('list', {}), await call('change', at(id, { name: 'x' })), await call('revoke', at(id))];
    for (const { status, text } of others) {
      expect(status).toBe(200);
      for (const one of [secret, rotated, 'secret']) expect(text).not.toContain(one);
    }
    expect(await signsIn(id, rotated)).not.toBe(0);
  });
});

describe('a redirect address', () => {
  it.each([
    'https://app.example.com/callback',
    'https://app.example.com',
    'https://app.example.com:8443/a/b?x=1&y=%20',
    'https://app.example.com/#/signed-in',
    'http://localhost:3000/callback',
    'http://127.0.0.1/callback',
    'http://[::1]:3000/',
  ])('may be %s', async (uri) => {
    expect((await made({ redirect_uris: [uri] })).redirect_uris).toEqual([uri]);
  });

  it.each([
    'http://app.example.com/callback',
    'http://localhost.example.com/',
    'http://127.0.0.1.example.com/',
    'https://user@app.example.com/',
    'https://@app.example.com/',
    'https://user:password@app.example.com/',
    'javascript:alert(1)',
    'data:text/html,x',
    'app.example.com/callback',
    '//app.example.com/callback',
    'https:\\\\app.example.com/',
    'https://app.example.com\\@evil.example/',
    'https://app.example.com/ a',
    'https://app.exa\tmple.com/',
    'https://例子.example/',
    'https://',
    '',
    `https://app.example.com/${'a'.repeat(2000)}`,
  ])('may not be %j', async (uri) => {
    const { status, body } = await call('create', { body: { name: 'new', redirect_uris: [uri] } });
    expect([status, body.error?.code]).toEqual([400, 'invalid']);
    expect(body.error?.fields?.[0]?.field).toMatch(/^redirect_uris/);
  });

  it('stands among twenty at most, and once', async () => {
    const many = Array.from({ length: 21 }, (_, i) => `https://app.example.com/${String(i)}`);
    expect((await made({ redirect_uris: many.slice(1) })).redirect_uris).toHaveLength(20);
    for (const redirect_uris of [many, ['https://a.example/', 'https://a.example/']]) {
      expect((await call('create', { body: { name: 'new', redirect_uris } })).status).toBe(400);
    }
  });
});

describe('what an app gives another', () => {
  const more = ['yuding:admin', 'calendar:calendar'];

  it('is not more than it has itself, whoever it calls for', async () => {
    const rich = (await made({ scopes: more })).id;
    const poor = (await made({ scopes: ['vc:room'] })).id;
    for (const credential of [bearer, await userToken(app, tenant, administratorId, ['yuding:admin'])]) {
      const tried = [
        await call('create', { body: { name: 'new', scopes: more } }, credential),
        await call('change', at(poor, { scopes: more }), credential),
        await call('change', at(rich, { scopes: [] }), credential),
        await call('change', at(rich, { redirect_uris: ['https://evil.example/'] }), credential),
        await call('rotate', at(rich), credential),
      ];
      expect(tried.map(({ status, body }) => [status, body.error?.code])).toEqual(tried.map(() => [403, 'no_permission']));
      const may = [
        await call('create', { body: { name: 'new', scopes: ['yuding:admin', 'vc:room'] } }, credential),
        await call('change', at(poor, { scopes: ['vc:room', 'yuding:admin'] }), credential),
        await call('rotate', at(poor), credential),
      ];
      expect(may.map(({ status }) => status)).toEqual([201, 200, 200]);
    }
    expect((await call('get', at(rich))).body).toMatchObject({ scopes: more, redirect_uris: [], version: 1 });
    expect((await call('change', at(poor, { scopes: more }))).status).toBe(200);
    // It only takes away.
    expect((await call('revoke', at(rich), bearer)).status).toBe(200);
  });

  it('has the permissions of whoever stands behind it', async () => {
    const other = (await call('create', { body: { name: 'new' } }, bearer)).body;
    expect(other.creator_id).toBe(administratorId);
    const second = await testUser(app, tenantId);
    await app.ctx.db.kysely.updateTable('users').set({ is_administrator: 1 }).where('user_id', '=', second).execute();
    expect((await call('create', { body: { name: 'new' } }, await userSession(app, tenantId, second))).body.creator_id).toBe(second);
  });
});

describe('a change', () => {
  it('counts at once, rests on the version that was seen, and changes what it names', async () => {
    const { id, secret = '' } = await made({ scopes: ['vc:room'], redirect_uris: ['https://a.example/'] });
    const token = await tenantToken(app, { appId: id, appSecret: secret });
    const asks = async () => (await fetch(`${app.url}/open-apis/vc/v1/rooms`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await asks()).toBe(200);
    const { body } = await call('change', at(id, { scopes: [] }, { 'if-match': '"1"' }));
    expect(body).toMatchObject({ name: 'new', scopes: [], redirect_uris: ['https://a.example/'], version: 2 });
    expect(await asks()).toBe(400);
    expect((await call('change', at(id, { name: 'y' }, { 'if-match': '"1"' }))).status).toBe(412);
    expect((await call('change', at(id, { kind: 'store' }))).status).toBe(400);
    expect((await call('rotate', at(id))).body.version).toBe(3);
    expect((await call('revoke', at(id))).body.version).toBe(4);
    for (const method of ['change', 'rotate', 'revoke']) expect((await call(method, at(id, method === 'change' ? {} : undefined))).status).toBe(404);
    expect((await call('get', at(id))).body.revoked_at).not.toBeNull();
  });

  it('of an app that is only installed here is its maker’s', async () => {
    const foreign = await testTenant(app);
    const { appId } = await createApp(app.ctx, tester, { tenantId: foreign.tenantId, name: 'shop', scopes: [], kind: 'store' });
    await installApp(app.ctx, tester, { tenantId: foreign.tenantId, appId, inTenant: tenantId });
    expect((await call('get', at(appId))).body).toMatchObject({ own: false, kind: 'store' });
    for (const method of ['change', 'rotate', 'revoke']) {
      const { status, body } = await call(method, at(appId, method === 'change' ? {} : undefined));
      expect([status, body.error?.code]).toEqual([409, 'wrong_state']);
    }
  });
});

it('the list goes page by page, each app once', async () => {
  const ids: string[] = [];
  for (let cursor: string | undefined; ;) {
    const { body } = (await call('list', { query: { limit: 3, ...(cursor === undefined ? {} : { cursor }) } })) as unknown as {
      body: { apps: AppBody[]; next_cursor: string | null };
    };
    ids.push(...body.apps.map(({ id }) => id));
    if (body.next_cursor === null) break;
    cursor = body.next_cursor;
  }
  const rows = await app.ctx.db.kysely.selectFrom('apps').select('app_id').where('tenant_id', '=', tenantId).execute();
  expect(ids.length).toBeGreaterThan(6);
  expect(ids.sort()).toEqual(rows.map(({ app_id }) => app_id).sort());
});
