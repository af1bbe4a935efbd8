import { sql } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/domain/apps.ts';
import { tenantToken, tester, testApp, testTenant, testUser, userSession } from '../support/app.ts';
import { sourceFiles } from '../support/sources.ts';
import { aboutTheCaller, bodies, contentsOf, endpointOf, furnish, protectedEndpoints, requests, send, type World } from '../support/worlds.ts';

/* Who changed what stands in the audit, and what was refused. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());

interface Row {
  id: number;
  at: string;
  actor: { id: string };
  via: string | null;
  address: string | null;
  request_id: string | null;
  action: string;
  object: { kind: string; id: string };
  before: object | null;
  after: Record<string, unknown> | null;
  denied: boolean;
}

async function audit(credential: string, query: Record<string, string | number | boolean> = {}): Promise<Row[]> {
  const rows: Row[] = [];
  for (let cursor = ''; ;) {
    const { status, body } = await send(app, endpointOf('v1.audit.list'), credential, { query: { limit: 200, ...query, cursor } });
    if (status !== 200) throw new Error(body);
    const page = JSON.parse(body) as { rows: Row[]; next_cursor: string | null };
    rows.push(...page.rows);
    if (page.next_cursor === null) return rows;
    cursor = page.next_cursor;
  }
}

const worlds = new Map<string, World>();
/** What the last request left of a tenant. */
const left = new Map<number, Record<string, string[]>>();
/** Signs of life are no changes, and keys are what a request leaves beside its change. */
const silent = ['v1.device.heartbeat', 'v1.device.sensor_report'];
const changing = protectedEndpoints.filter(({ id, method }) => method !== 'GET' && !silent.includes(id));

describe('every change leaves a row that says who made it and whence', () => {
  it.each(changing)('$id', async (endpoint) => {
    const { id } = endpoint;
    const door = endpoint.door + (endpoint.tokens.includes('device') ? ' device' : '');
    let world = worlds.get(door);
    if (!world) worlds.set(door, (world = await furnish(app)));
    const { ids, tenant, bearers } = world;
    const { tenantId } = tenant;
    const count = aboutTheCaller.includes(id) ? 1 : (requests[id]?.(ids, ids).length ?? 0);
    for (let i = 0; i < count; i++) {
      const request = requests[id]?.(ids, ids)[i] ?? { body: bodies[id] ?? {} };
      const kind = endpoint.tokens.find((one) => request.kinds?.includes(one) ?? true) ?? 'tenant';
      const { history: historyBefore = [], ...before } = left.get(tenantId) ?? (await contentsOf(app, tenantId));
      await send(app, endpoint, bearers[kind], request);
      const now = await contentsOf(app, tenantId);
      left.set(tenantId, now);
      const { history = [], ...after } = now;
      const rows = history.filter((row) => !historyBefore.includes(row)).map((row) => JSON.parse(row) as Record<string, unknown>);
      const changed = Object.keys(after).filter(
        (table) => !['idempotency_keys', 'inbox_marks'].includes(table) && JSON.stringify(after[table]) !== JSON.stringify(before[table]),
      );
      if (changed.length > 0) expect([id, i, changed, rows.length]).not.toEqual([id, i, changed, 0]);
      for (const row of rows) {
        expect(row).toMatchObject({ address: '127.0.0.1', source: endpoint.door, request_id: expect.stringMatching(/^\d{14}[0-9A-F]{20}$/i) as string });
        expect([row.via, row.actor_id]).not.toContain(null);
      }
      // Used up by the one before: the next begins anew.
      if (changed.length > 0 && /delete|del$|cancel|uninvite|batch_delete|revoke|unbind/.test(id)) worlds.delete(door);
      world = worlds.get(door) ?? world;
    }
  });
});

describe('a try that is refused', () => {
  const tenantPromise = testTenant(app, { scopes: ['yuding:admin'] });

  it.each([
    ['for a scope', 'v1.room.delete', ['yuding:read'], true],
    ['for the role', 'v1.room.delete', ['yuding:admin'], true],
    ['of a look that only administrators have', 'v1.audit.list', ['yuding:admin'], true],
    ['of any other look', 'v1.room.get', [], false],
  ] as const)('%s: %s', async (_what, id, scopes, noted) => {
    const tenant = await tenantPromise;
    const creatorId = await testUser(app, tenant.tenantId);
    const { appId, secret } = await createApp(app.ctx, tester, { tenantId: tenant.tenantId, name: 'denied', scopes, creatorId });
    const request = id === 'v1.audit.list' ? {} : { params: { room_id: 'omm_x' } };
    const { status } = await send(app, endpointOf(id), await tenantToken(app, { appId, appSecret: secret }), request);
    expect(status).toBe(403);
    const rows = await audit(await tenantToken(app, tenant), { denied: true, actor: appId });
    const object = id === 'v1.audit.list' ? { kind: 'method', id } : { kind: 'room', id: 'omm_x' };
    const row = { action: id, object, denied: true, via: appId, address: '127.0.0.1', before: null, after: null };
    expect(rows).toEqual(noted ? [expect.objectContaining(row)] : []);
  });

  it('stands there twenty times an hour and once more, then again in the next hour; each caller for itself', async () => {
    const tenant = await tenantPromise;
    const { tenantId } = tenant;
    const [member, other] = [await testUser(app, tenantId), await testUser(app, tenantId)];
    const tryIt = async (userId: string, times: number) => {
      const session = await userSession(app, tenantId, userId);
      const tries = Array.from({ length: times }, () => send(app, endpointOf('v1.room.create'), session, { body: { name: 'x', capacity: 1, level_id: '0' } }));
      for (const { status } of await Promise.all(tries)) expect(status).toBe(403);
    };
    const noted = async (userId: string) =>
      (await audit(await tenantToken(app, tenant), { denied: true, actor: userId })).map(({ action }) => action).sort((a, b) => a.localeCompare(b));
    await tryIt(member, 30);
    await tryIt(member, 5);
    await tryIt(other, 1);
    const bounded = ['denied.more', ...Array.from({ length: 20 }, () => 'v1.room.create')];
    expect([await noted(member), await noted(other)]).toEqual([bounded, ['v1.room.create']]);
    app.clock.advance(3601);
    await tryIt(member, 2);
    expect(await noted(member)).toEqual([...bounded, 'v1.room.create', 'v1.room.create']);
  });

  it('is refused the same when it cannot be written down', async () => {
    const tenant = await tenantPromise;
    const session = await userSession(app, tenant.tenantId, await testUser(app, tenant.tenantId));
    const rename = (from: string, to: string) => sql.raw(`ALTER TABLE ${from} RENAME TO ${to}`).execute(app.ctx.db.kysely);
    await rename('history', 'history_elsewhere');
    try {
      const { status, body } = await send(app, endpointOf('v1.room.delete'), session, { params: { room_id: 'omm_x' } });
      expect([status, body]).toEqual([403, expect.stringContaining('no_permission')]);
    } finally {
      await rename('history_elsewhere', 'history');
    }
  });
});

describe('reading the audit', () => {
  it('finds by each filter what stands there, latest first, each row once', async () => {
    const world = await furnish(app);
    const { tenantId } = world.tenant;
    const stored = await app.ctx.db.kysely.selectFrom('history').selectAll().where('tenant_id', '=', tenantId).execute();
    const idsOf = (rows: readonly { id: number }[]) => rows.map(({ id }) => id);
    const sorted = [...stored].sort((a, b) => b.at - a.at || b.id - a.id);
    const credential = world.bearers.tenant;
    expect(stored.length).toBeGreaterThan(20);
    expect(idsOf(await audit(credential, { limit: 7 }))).toEqual(idsOf(sorted));
    const [some] = stored.filter(({ object_kind }) => object_kind === 'event');
    if (!some) throw new Error('no row of an event');
    for (const [query, holds] of [
      [{ actor: some.actor_id }, (row: typeof some) => row.actor_id === some.actor_id],
      [{ action: 'event.reply' }, (row: typeof some) => row.action === 'event.reply'],
      [{ object_kind: 'event' }, (row: typeof some) => row.object_kind === 'event'],
      [{ object_id: some.object_id, object_kind: 'event' }, (row: typeof some) => row.object_id === some.object_id],
      [{ denied: false }, () => true],
      [{ denied: true }, () => false],
      [{ from: new Date(some.at * 1000).toISOString() }, (row: typeof some) => row.at >= some.at],
      [{ to: new Date(some.at * 1000).toISOString() }, (row: typeof some) => row.at < some.at],
    ] as const) {
      expect([query, idsOf(await audit(credential, query))]).toEqual([query, idsOf(sorted.filter(holds))]);
    }
    const { body } = await send(app, endpointOf('v1.audit.list'), credential, { query: { limit: 1 } });
    const { next_cursor } = JSON.parse(body) as { next_cursor: string };
    expect((await send(app, endpointOf('v1.audit.list'), credential, { query: { limit: 1, cursor: next_cursor, actor: 'x' } })).status).toBe(400);
  });

  it('is the only thing that anything but store/history.ts can do with it', () => {
    const writers = sourceFiles().filter(({ tree }) =>
      /(updateTable|deleteFrom|insertInto)\('history'\)|(UPDATE|DELETE FROM|INSERT INTO) history\b/.test(tree.text),
    );
    expect(writers.map(({ path }) => path)).toEqual(['store/history.ts']);
  });
});
