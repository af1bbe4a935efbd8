import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { appAccessTokenInternal } from '../../src/wire/auth/app_access_token_internal.ts';
import { NOON, tenantToken, testApp, testTenant, testUser, userToken, type TestApp } from '../support/app.ts';
import { engine } from '../support/database.ts';
import { addLevel, addRoom, getLedger } from '../support/ledger.ts';

interface Key {
  table: string;
  kind: string;
  columns: string[];
}

/** Every primary key, unique key and foreign key, and every index, with its columns in order. */
async function keysOf({ ctx }: TestApp): Promise<Key[]> {
  const keys =
    engine() === 'sqlite'
      ? sql<{ table: string; kind: string; columns: string }>`
          SELECT t.name AS "table", 'index' AS kind,
            (SELECT group_concat(name) FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) AS columns
          FROM sqlite_master t JOIN pragma_index_list(t.name) i WHERE t.type = 'table'
          UNION ALL
          SELECT "table", 'foreign', group_concat("from") FROM (
            SELECT t.name AS "table", f.id, f."from" FROM sqlite_master t JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table' ORDER BY t.name, f.id, f.seq
          ) GROUP BY "table", id`
      : sql<{ table: string; kind: string; columns: string }>`
          SELECT c.relname AS "table", k.kind, string_agg(a.attname, ',' ORDER BY k.place) AS columns
          FROM (
            SELECT i.indrelid AS relation, i.indexrelid AS id, 'index' AS kind, x.attnum, x.place
              FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS x (attnum, place)
            UNION ALL
            SELECT f.conrelid, f.oid, 'foreign', x.attnum, x.place
              FROM pg_constraint f CROSS JOIN LATERAL unnest(f.conkey) WITH ORDINALITY AS x (attnum, place) WHERE f.contype = 'f'
          ) k
          JOIN pg_class c ON c.oid = k.relation AND c.relnamespace = 'public'::regnamespace
          JOIN pg_attribute a ON a.attrelid = k.relation AND a.attnum = k.attnum
          GROUP BY c.relname, k.kind, k.id`;
  const { rows } = await keys.execute(ctx.db.kysely);
  return rows.map(({ table, kind, columns }) => ({ table, kind, columns: columns.split(',') }));
}

describe('the schema', () => {
  it('leads every key with the tenant', async () => {
    await using app = await testApp();
    // Kysely's own two tables know of no tenants.
    const keys = (await keysOf(app)).filter(({ table }) => !table.startsWith('schema_migrations'));
    expect(new Set(keys.map(({ table }) => table))).toEqual(
      new Set([
        ...['tenants', 'departments', 'users', 'levels', 'rooms', 'devices', 'apps', 'access_tokens', 'reservations', 'history', 'settings'],
        ...['events', 'event_exceptions', 'attendees', 'instance_replies', 'idempotency_keys', 'jobs'],
        ...['passwords', 'sessions', 'one_time_links', 'sign_in_names', 'sign_in_failures', 'authorization_codes', 'refresh_tokens', 'grants'],
        ...['installations', 'app_tickets', 'app_tokens', 'inbox_marks'],
      ]),
    );
    expect(keys.filter(({ kind }) => kind === 'foreign').length).toBeGreaterThan(10);
    expect(keys.filter(({ columns }) => columns[0] !== 'tenant_id')).toEqual([]);
  });

  it('has triggers only where the engine has no constraint for the purpose', async () => {
    await using app = await testApp();
    const triggers =
      engine() === 'sqlite'
        ? sql<{ name: string }>`SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name`
        : sql<{ name: string }>`SELECT tgname AS name FROM pg_trigger WHERE NOT tgisinternal`;
    const { rows } = await triggers.execute(app.ctx.db.kysely);
    expect(rows.map(({ name }) => name)).toEqual(engine() === 'sqlite' ? ['reservations_no_overlap_insert', 'reservations_no_overlap_update'] : []);
  });
});

describe('the statements of requests', () => {
  it('all name the tenant, whatever is asked', async () => {
    const statements: string[] = [];
    await using app = await testApp({ rateLimit: 0 }, { onStatement: (text) => statements.push(text) });
    const tenant = await testTenant(app);
    const level = await addLevel(app, tenant.tenantId, tenant.rootLevelId);
    const rooms: string[] = [];
    for (let i = 0; i < 3; i++) rooms.push((await addRoom(app, tenant.tenantId, level)).roomId);
    const user = await userToken(app, tenant, await testUser(app, tenant.tenantId, true));

    statements.length = 0;
    const token = await tenantToken(app, tenant);
    await fetch(app.url + appAccessTokenInternal.path, { method: 'POST', body: JSON.stringify({ app_id: tenant.appId, app_secret: tenant.appSecret }) });
    const window = { start_time: NOON - 3600, end_time: NOON };
    for (const filter of [{}, { room_ids: rooms }, { room_ids: rooms, is_exclude: true }, { room_level_id: level }, { room_level_id: 'omb_none' }]) {
      await getLedger(app, token, { ...window, ...filter });
      await getLedger(app, user, { ...window, ...filter });
    }
    await getLedger(app, `t-${'A'.repeat(48)}`, window);
    const asked = statements.filter((text) => !/^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)/i.test(text));
    expect(asked.length).toBeGreaterThan(20);
    for (const text of asked) {
      // Not only somewhere: each table that is read or written is bound to the tenant.
      const tables = [
        ...text.matchAll(
          /\b(?:from|join|into|update)\s+"?(tenants|users|departments|levels|rooms|settings|devices|apps|access_tokens|reservations|history)\b/gi,
        ),
      ];
      const bound = [...text.matchAll(/tenant_id"?\s*(?:=|,)/gi)];
      expect(tables.length, text).toBeGreaterThan(0);
      expect(bound.length, text).toBeGreaterThanOrEqual(tables.length);
    }
  });
});
