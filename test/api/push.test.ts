import { afterAll, describe, expect, it } from 'vitest';
import { createApp as registerApp } from '../../src/domain/apps.ts';
import { installApp } from '../../src/domain/installations.ts';
import { historyOf } from '../../src/store/history.ts';
import { tenantToken, tester, testApp, testTenant } from '../support/app.ts';
import { canary, echo, receiver } from '../support/receiver.ts';

/* Where events of an app are pushed: what may be set, what is told of it, what is kept. */
const app = await testApp({ rateLimit: 0, pushAllow: ['127.0.0.1/32'] });
const to = await receiver();
const forbidden = await canary('127.0.0.2');
afterAll(async () => {
  await app.stop();
  await to.close();
  forbidden.server.close();
});
const tenant = await testTenant(app, { scopes: ['yuding:admin'] });
const bearer = await tenantToken(app, tenant);

interface Answer {
  status: number;
  tag: string | null;
  text: string;
  body: Record<string, unknown> & { error?: { code: string; fields?: { field: string; description: string }[] } };
}

async function call(method: string, appId: string, { behind = '', body, ifMatch }: { behind?: string; body?: object; ifMatch?: string } = {}): Promise<Answer> {
  const response = await fetch(`${app.url}/api/v1/apps/${appId}/push${behind}`, {
    method,
    headers: { authorization: `Bearer ${bearer}`, ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  return { status: response.status, tag: response.headers.get('etag'), text, body: JSON.parse(text) as Answer['body'] };
}

const newApp = async (kind: 'custom' | 'store' = 'custom') =>
  (await registerApp(app.ctx, tester, { tenantId: tenant.tenantId, name: 'pushed', scopes: [], kind })).appId;
const rowOf = (appId: string) => app.ctx.db.kysely.selectFrom('apps').selectAll().where('app_id', '=', appId).executeTakeFirstOrThrow();

describe('a push target', () => {
  it('is nothing at first, is set, read, changed and cleared; its secrets are told once or never', async () => {
    const appId = await newApp('store');
    const nothing = { app_id: appId, url: null, encrypted: false, next_ticket: null, ticket_failures: 0, version: 1 };
    expect(await call('GET', appId)).toMatchObject({ status: 200, tag: '"1"', body: nothing });
    const set = await call('PUT', appId, { body: { url: to.url } });
    const due = new Date(app.clock.realMs()).toISOString().replace('.000', '');
    const token = set.body.verification_token as string;
    expect(set).toMatchObject({ status: 200, tag: '"2"', body: { ...nothing, url: to.url, next_ticket: due, version: 2 } });
    expect(token).toMatch(/^\w{32}$/);
    const read = await call('GET', appId);
    expect(read.body).toEqual({ ...nothing, url: to.url, next_ticket: due, version: 2 });
    // What is not named stays: the receiver sees the same token again.
    const other = `${to.url}?again`;
    expect((await call('PUT', appId, { body: { url: other } })).body).toMatchObject({ url: other, verification_token: null, version: 3 });
    const challenges = to.received.slice(-2).map(({ url, body }) => [url, (JSON.parse(body) as { token: string }).token]);
    expect(challenges).toEqual([
      ['/events', token],
      ['/events?again', token],
    ]);
    expect((await call('DELETE', appId)).body).toEqual({ ...nothing, version: 4 });
    expect(await rowOf(appId)).toMatchObject({ push_url: null, push_token: null, push_key: null, next_ticket_at: null });
  });

  it('keeps its secrets sealed, each under its own name, and out of the history', async () => {
    const appId = await newApp();
    const secrets = { verification_token: 'canary-token-1', encrypt_key: 'canary-key-2' };
    const deaf = await receiver((_received, response) => {
      response.end('{}');
    });
    expect((await call('PUT', appId, { body: { url: deaf.url, ...secrets } })).status).toBe(400);
    await deaf.close();
    // This receiver knows the key; it need not read anything to send the word back.
    const cipher = await import('@larksuiteoapi/node-sdk').then(({ AESCipher }) => new AESCipher('canary-key-2'));
    const knowing = await receiver(({ body }, response) => {
      const { encrypt } = JSON.parse(body) as { encrypt: string };
      response.end(JSON.stringify({ challenge: (JSON.parse(cipher.decrypt(encrypt)) as { challenge: string }).challenge }));
    });
    expect((await call('PUT', appId, { body: { url: knowing.url, ...secrets } })).body).toMatchObject({ encrypted: true, verification_token: null });
    const { push_token, push_key } = await rowOf(appId);
    expect([app.ctx.keys.open('push token', push_token ?? ''), app.ctx.keys.open('push encrypt key', push_key ?? '')]).toEqual(Object.values(secrets));
    expect(() => app.ctx.keys.open('push token', push_key ?? '')).toThrow('was changed');
    const history = await historyOf(app.ctx.db.kysely, tenant.tenantId, { kind: 'app', id: appId });
    expect(history.map(({ action, state_after }) => [action, state_after]).at(-1)).toEqual([
      'app.push.set',
      JSON.stringify({ push_url: knowing.url, encrypted: true }),
    ]);
    const everywhere = JSON.stringify([history, await rowOf(appId), await call('GET', appId), app.logged]);
    for (const secret of Object.values(secrets)) expect(everywhere).not.toContain(secret);
    for (const sealed of [push_token, push_key]) expect(JSON.stringify([history, app.logged])).not.toContain(sealed);
    // Without a key from now on.
    expect((await call('PUT', appId, { body: { url: to.url, encrypt_key: null } })).body).toMatchObject({ encrypted: false });
    expect((await rowOf(appId)).push_key).toBeNull();
    await knowing.close();
  });

  it.each<[string, string, string]>([
    ['another loopback', `http://127.0.0.2:${String(forbidden.port)}/`, 'leads to an address'],
    ['the same by number', `http://2130706434:${String(forbidden.port)}/`, 'leads to an address'],
    ['where clouds keep secrets', 'http://169.254.169.254/latest/meta-data/', 'leads to an address'],
    ['a user', 'https://user@example.com/', 'must not contain a user'],
    ['a fragment', 'https://example.com/#x', 'must not have a fragment'],
    ['no web port', 'https://example.com:25/', 'must have port'],
    ['no URL', 'example.com', 'must be an address like'],
    ['another scheme', 'file:///etc/passwd', 'must be an address like'],
    ['plain http to the internet', 'http://1.1.1.1/', 'must begin with https://'],
    ['nobody there', 'http://127.0.0.1:1025/', 'cannot be connected to'],
  ])('is refused: %s, with its field and what is wrong', async (_what, url, sentence) => {
    const appId = await newApp();
    const { status, body } = await call('PUT', appId, { body: { url } });
    expect([status, body.error]).toMatchObject([
      400,
      { code: 'invalid', fields: [{ field: 'url', description: expect.stringContaining(sentence) as string }] },
    ]);
    expect((await rowOf(appId)).push_url).toBeNull();
    expect(forbidden.connections()).toBe(0);
  });

  it.each<[string, (body: string) => { status?: number; text: string }]>([
    ['another word', () => ({ text: '{"challenge":"x"}' })],
    ['no JSON', (body) => ({ text: (JSON.parse(body) as { challenge: string }).challenge })],
    ['null', () => ({ text: 'null' })],
    ['the word with another status', (body) => ({ status: 202, text: body })],
    ['nothing', () => ({ text: '' })],
  ])('is refused when the receiver answers %s; nobody sees what it says', async (_what, answer) => {
    const wrong = await receiver(({ body }, response) => {
      const { status = 200, text } = answer(body);
      response.writeHead(status, { 'x-inner': 'inner-secret' }).end(text);
    });
    const appId = await newApp();
    const refused = await call('PUT', appId, { body: { url: wrong.url } });
    expect([refused.status, refused.body.error?.fields?.[0]?.field]).toEqual([400, 'url']);
    expect(refused.text).not.toContain('inner-secret');
    expect((await rowOf(appId)).push_url).toBeNull();
    await wrong.close();
  });

  it.each<[object, string[]]>([
    [{}, ['url']],
    [{ url: '' }, ['url']],
    [{ url: 5 }, ['url']],
    [{ url: 'https://a.example/', more: 1 }, ['more']],
    [{ url: 'https://a.example/', verification_token: '' }, ['verification_token']],
    [{ url: 'https://a.example/', verification_token: null }, ['verification_token']],
    [{ url: 'https://a.example/', encrypt_key: 'with space' }, ['encrypt_key']],
    [{ url: 'https://a.example/', encrypt_key: 'x'.repeat(129) }, ['encrypt_key']],
    [{ url: 'https://a.example/', push_url: 'x', tenant_id: 1 }, ['push_url', 'tenant_id']],
  ])('has fields that are checked: %j', async (body, fields) => {
    const { status, body: answer } = await call('PUT', await newApp(), { body });
    expect([status, [...new Set(answer.error?.fields?.map(({ field }) => field))].sort()]).toEqual([400, fields]);
  });

  it('is changed at the version that was read, and no other', async () => {
    const appId = await newApp();
    const body = { url: to.url };
    expect((await call('PUT', appId, { body, ifMatch: '"2"' })).status).toBe(412);
    expect((await call('PUT', appId, { body, ifMatch: '"1"' })).status).toBe(200);
    expect((await call('DELETE', appId, { ifMatch: '"1"' })).status).toBe(412);
    expect((await call('DELETE', appId, { ifMatch: '"2"' })).status).toBe(200);
  });

  it('is not overtaken by a change that was made while the receiver was asked', async () => {
    const appId = await newApp();
    const slow = await receiver((received, response) => {
      void app.ctx.db.kysely
        .updateTable('apps')
        .set((eb) => ({ version: eb('version', '+', 1) }))
        .where('app_id', '=', appId)
        .execute()
        .then(() => {
          echo(received, response);
        });
    });
    expect((await call('PUT', appId, { body: { url: slow.url } })).status).toBe(409);
    expect((await rowOf(appId)).push_url).toBeNull();
    await slow.close();
  });

  it('is tried out, with what came of it and not what was answered', async () => {
    const appId = await newApp();
    expect((await call('POST', appId, { behind: '/test' })).status).toBe(409);
    let mood: 'good' | 'bad' | 'gone' = 'good';
    const moody = await receiver((received, response) => {
      if (mood === 'good') echo(received, response);
      else response.writeHead(mood === 'bad' ? 500 : 302, { location: `http://127.0.0.2:${String(forbidden.port)}/` }).end('inner-secret');
    });
    await call('PUT', appId, { body: { url: moody.url } });
    expect((await call('POST', appId, { behind: '/test' })).body).toEqual({ delivered: true, reason: null, detail: null });
    for (const [next, status] of [
      ['bad', 500],
      ['gone', 302],
    ] as const) {
      mood = next;
      const detail = `did not answer with HTTP 200 but with ${String(status)}`;
      expect((await call('POST', appId, { behind: '/test' })).body).toEqual({ delivered: false, reason: 'status', detail });
    }
    await moody.close();
    expect((await call('POST', appId, { behind: '/test' })).body).toMatchObject({ delivered: false, reason: 'unreachable' });
    expect(forbidden.connections()).toBe(0);
  });

  it('of an app of another tenant is the business of that one', async () => {
    const other = await testTenant(app);
    const { appId } = await registerApp(app.ctx, tester, { tenantId: other.tenantId, name: 'guest', scopes: [], kind: 'store' });
    await installApp(app.ctx, tester, { tenantId: other.tenantId, appId, inTenant: tenant.tenantId });
    for (const [method, behind, body] of [
      ['GET', '', undefined],
      ['PUT', '', { url: to.url }],
      ['DELETE', '', undefined],
      ['POST', '/test', undefined],
    ] as const)
      expect((await call(method, appId, { behind, ...(body ? { body } : {}) })).status).toBe(409);
  });
});
