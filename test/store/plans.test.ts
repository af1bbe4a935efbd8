import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDemo } from '../../src/domain/demo/load.ts';
import { ledgerPage, type RoomFilter } from '../../src/store/ledger.ts';
import { readFacts, readTouching } from '../../src/store/utilisation.ts';
import { credentialHeaders, NOON, tenantToken, tester, testApp, testTenant, userSession, type TestApp } from '../support/app.ts';
import { engine } from '../support/database.ts';
import { getLedger } from '../support/ledger.ts';

/*
 * The cost of a page must depend on neither the table's size nor the page's depth. It does not while each plan enters an index
 * at the position and leaves it after a page; a plan that reads a table or sorts a day would be quick here and slow later.
 */
const statements: { text: string; values: readonly unknown[] }[] = [];
let app: TestApp;
let tenantId: number;

beforeAll(async () => {
  app = await testApp({}, { onStatement: (text, values) => statements.push({ text, values }) });
  ({ tenantId } = await loadDemo(app.ctx, tester, { seed: 1, at: NOON, rooms: 300, days: 30, reservations: 40_000 }));
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
});

/** The plan of the statement that a page comes from, as the engine prints it. */
function planOf(rooms: RoomFilter, after?: { startAt: number; id: number }, days = 1): Promise<string> {
  const period = { from: NOON - days * 86_400, to: NOON + (days - 1) * 86_400 };
  return planBehind(() => ledgerPage(app.ctx.db, { tenantId, ...period, now: NOON, rooms, after, limit: 21 }));
}

/** The plan of the one statement that something is read with. */
async function planBehind(read: () => Promise<unknown[]>): Promise<string> {
  statements.length = 0;
  const rows = await read();
  expect(rows.length).toBeGreaterThan(0);
  const [{ text, values } = { text: '', values: [] }, ...others] = statements;
  expect(others).toEqual([]);
  if (engine() === 'sqlite') {
    const { rows: steps } = await sql<{ detail: string }>`${sql.raw(`EXPLAIN QUERY PLAN ${withValues(text, values)}`)}`.execute(app.ctx.db.kysely);
    return steps.map(({ detail }) => detail).join('\n');
  }
  const { rows: steps } = await sql<{ 'QUERY PLAN': string }>`${sql.raw(`EXPLAIN ${withValues(text, values)}`)}`.execute(app.ctx.db.kysely);
  return steps.map((step) => step['QUERY PLAN']).join('\n');
}

/** The statement with its values written into it. */
function withValues(text: string, values: readonly unknown[]): string {
  return text.replace(/\?(\d)/g, (_place, number) => literal(values[Number(number) - 1]));
}

function literal(value: unknown): string {
  if (value instanceof Uint8Array) return engine() === 'sqlite' ? `x'${Buffer.from(value).toString('hex')}'` : `'\\x${Buffer.from(value).toString('hex')}'`;
  if (Array.isArray(value)) return `'{${value.join(',')}}'`;
  return typeof value === 'string' ? `'${value}'` : String(value);
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const highest = 300;
const few: RoomFilter = { kind: 'only', roomNos: numbers(5), highest };
const many: RoomFilter = { kind: 'only', roomNos: numbers(150), highest };
const except: RoomFilter = { kind: 'except', roomNos: numbers(50), highest };
const later = { startAt: NOON - 40_000, id: 1 };

describe('the plan of a page', () => {
  it.each<[string, RoomFilter, { startAt: number; id: number } | undefined, days?: number]>([
    ['all rooms of a year', { kind: 'all' }, undefined, 183],
    ['many rooms of a year, later', many, later, 183],
    ['all rooms', { kind: 'all' }, undefined],
    ['all rooms, later', { kind: 'all' }, later],
    ['many rooms', many, undefined],
    ['many rooms, later', many, later],
    ['all but some', except, undefined],
  ])('walks the index by start: %s', async (_what, rooms, after, days) => {
    const plan = await planOf(rooms, after, days);
    expect(plan).toMatch(
      engine() === 'sqlite' ? /reservations_by_start \(tenant_id=\? AND \(start_at,id\)>\(\?,\?\) AND start_at<\?\)/ : /reservations_by_start/,
    );
    expect(plan).not.toMatch(/Seq Scan|Bitmap|SCAN reservations/);
    if (engine() === 'postgres') expect(plan).toMatch(/Index Cond:.*tenant_id.*ROW\(start_at, id\) > ROW/);
    // What is sorted is the page, not the day: a plain page is not sorted at all.
    if (rooms.kind === 'all') expect(plan).not.toMatch(/Sort|TEMP B-TREE/);
    else if (engine() === 'postgres') expect(plan).toMatch(/Limit[\s\S]*Index Only Scan using reservations_by_start/);
  });

  it.each<[string, { startAt: number; id: number } | undefined, days?: number]>([
    ['from the start of a year', undefined, 183],
    ['from the start', undefined],
    ['later', later],
  ])('seeks in the index by room for a few of many: %s', async (_what, after, days) => {
    const plan = await planOf(few, after, days);
    expect(plan).toMatch(
      engine() === 'sqlite'
        ? /reservations_by_room \(tenant_id=\? AND room_no=\? AND \(start_at,id\)>\(\?,\?\) AND start_at<\?\)/
        : /using reservations_by_room/,
    );
    expect(plan).not.toMatch(/Seq Scan|Bitmap|SCAN reservations|reservations_by_start/);
  });
});

describe('the plan of utilisation', () => {
  const period = { tenantId: 0, roomNos: numbers(200), from: NOON - 20 * 86_400, until: NOON, now: NOON };
  it.each([
    ['what rooms were reserved for', () => readFacts(app.ctx.db, { ...period, tenantId }, NOON - 10 * 86_400)],
    ['what lies in an hour of the week', () => readTouching(app.ctx.db, { ...period, tenantId }, { at: NOON - 100 * 86_400, length: 3600 })],
  ])('reads the index by room and nothing else: %s', async (_what, read) => {
    const plan = await planBehind(read);
    expect(plan).toMatch(
      engine() === 'sqlite'
        ? /USING COVERING INDEX reservations_by_room \(tenant_id=\? AND room_no=\? AND start_at>\? AND start_at<\?\)/
        : /Index Only Scan using reservations_by_room/,
    );
    expect(plan).not.toMatch(/Seq Scan on reservations|Bitmap|SCAN reservations|reservations_by_start/);
  });
});

describe('what a page costs in statements', () => {
  it('is one for the token and one for the page, when the directory is known', async () => {
    const tenant = await testTenant(app);
    const token = await tenantToken(app, tenant);
    await getLedger(app, token, { start_time: NOON - 3600, end_time: NOON });
    statements.length = 0;
    await getLedger(app, token, { start_time: NOON - 7200, end_time: NOON });
    expect(statements.map(({ text }) => /FROM (\w+)/.exec(text)?.[1])).toEqual(['access_tokens', 'reservations']);
  });

  it('is no more for any period in our own interface', async () => {
    const { tenantId: of, administratorId } = await testTenant(app);
    const headers = credentialHeaders(await userSession(app, of, administratorId));
    const ask = () => fetch(`${app.url}/api/v1/ledger?from=2025-01-01T00:00:00Z&to=2027-01-01T00:00:00Z`, { headers });
    expect((await ask()).status).toBe(200);
    statements.length = 0;
    expect((await ask()).status).toBe(200);
    expect(statements.filter(({ text }) => /FROM "?reservations/.test(text))).toHaveLength(1);
    expect(statements.length).toBeLessThanOrEqual(2);
  });
});
