import { Agent, request } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/domain/demo/random.ts';
import type { Endpoint } from '../../src/wire/endpoint.ts';
import { pathNotFound } from '../../src/wire/errors.ts';
import { endpoints } from '../../src/wire/index.ts';
import { NOON, tenantToken, testApp, testTenant, testUser, userToken, type TestApp } from '../support/app.ts';
import { contentTypes, corpus, jsonValues, mangled, rawBodies } from '../support/corpus.ts';

/*
 * No input breaks the server. The routes and parameters come from the endpoint definitions, so that a new one is covered by
 * being there. `FUZZ_REQUESTS` asks for more than the floor, `FUZZ_SEED` for another run of chance.
 */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 20_000);
const SEED = Number(process.env.FUZZ_SEED ?? 1);
const AT_ONCE = 8;
const SLOW_MS = 2000;

interface Case {
  endpoint: Endpoint;
  method: string;
  path: string;
  query: [string, string][];
  /** Appended to the URL as it is. */
  rawQuery?: string;
  headers: Record<string, string>;
  body?: string | Buffer;
  /** The one field that was tampered with, when it was one. */
  field?: string;
}

type Properties = Record<string, { type?: string }>;
const propertiesOf = (schema: unknown): Properties => (schema as { properties?: Properties } | undefined)?.properties ?? {};

/** A call that succeeds, to be tampered with. */
function goodCase(endpoint: Endpoint, tokens: readonly string[], random: Random): Case {
  const good: Record<string, string> = { start_time: String(NOON - 3600), end_time: String(NOON) };
  const query = Object.keys(propertiesOf(endpoint.query)).flatMap((name): [string, string][] => (good[name] === undefined ? [] : [[name, good[name]]]));
  const fields = Object.fromEntries(Object.keys(propertiesOf(endpoint.body)).map((name) => [name, 'cli_0000000000000000']));
  const headers: Record<string, string> = endpoint.tokens.length > 0 ? { authorization: `Bearer ${random.pick(tokens)}` } : {};
  return { endpoint, method: endpoint.method, path: endpoint.path, query, headers, ...(endpoint.body ? { body: JSON.stringify(fields) } : {}) };
}

/** Everything once: each value of the corpus in each parameter and field of each endpoint. */
function* sweep(tokens: readonly string[], random: Random): Generator<Case> {
  for (const endpoint of endpoints) {
    for (const name of Object.keys(propertiesOf(endpoint.query)))
      for (const value of corpus) yield withParameter(goodCase(endpoint, tokens, random), name, value);
    for (const name of Object.keys(propertiesOf(endpoint.body)))
      for (const value of jsonValues) yield withField(goodCase(endpoint, tokens, random), name, value);
    if (endpoint.body) for (const body of rawBodies) yield { ...goodCase(endpoint, tokens, random), body };
    for (const type of contentTypes) yield { ...goodCase(endpoint, tokens, random), headers: { 'content-type': type } };
  }
}

function* chance(tokens: readonly string[], random: Random): Generator<Case> {
  for (;;) {
    const endpoint = random.pick(endpoints);
    yield random.pick(tamperings)(goodCase(endpoint, tokens, random), random);
  }
}

const tamperings: readonly ((good: Case, random: Random) => Case)[] = [
  (good, random) => withParameter(good, anyOf(Object.keys(propertiesOf(good.endpoint.query)), random), garbage(random)),
  (good, random) => withField(good, anyOf(Object.keys(propertiesOf(good.endpoint.body)), random), random.pick(jsonValues)),
  (good, random) => ({
    ...good,
    query: [...good.query, ...many(random, (): [string, string] => [anyOf(Object.keys(propertiesOf(good.endpoint.query)), random), garbage(random)])],
  }),
  (good, random) => ({
    ...good,
    query: [...good.query, [random.pick(mangled(anyOf(Object.keys(propertiesOf(good.endpoint.query)), random))), garbage(random)]],
  }),
  (good, random) => ({
    ...good,
    rawQuery: random.pick(['%zz', '%', '&&&=&', '=a', 'a=%ff%fe', 'start_time=%E0%A4%A', '?'.repeat(50), 'a&'.repeat(500), 'room_ids=x&'.repeat(800)]),
  }),
  (good, random) => ({
    ...good,
    headers: { ...good.headers, authorization: random.pick(['Bearer ', 'bearer ', 'Basic ', '', 'Bearer  ']) + headerText(garbage(random)) },
  }),
  (good, random) => ({
    ...good,
    headers: {
      ...good.headers,
      [random.pick([
        'accept',
        'x-request-id',
        'x-forwarded-for',
        'content-encoding',
        'accept-encoding',
        'cookie',
        'range',
        'if-none-match',
        'x-http-method-override',
      ])]: headerText(garbage(random)),
    },
  }),
  (good, random) => ({
    ...good,
    path: good.path + random.pick(['/', '//', '/..', '/%2e%2e', '/x', ';a=b', '%00', '/%zz', '%ff', '.json', `/${'a'.repeat(3000)}`]),
  }),
  (good, random) => ({ ...good, path: `/open-apis/${encodeURIComponent(garbage(random))}` }),
  (good, random) => ({ ...good, method: random.pick(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) }),
  (good, random) => ({ ...good, body: random.pick(rawBodies), headers: { ...good.headers, 'content-type': random.pick(contentTypes) } }),
];

function withParameter(good: Case, name: string, value: string): Case {
  return { ...good, query: [...good.query.filter(([other]) => other !== name), [name, value]], field: name };
}

function withField(good: Case, name: string, value: unknown): Case {
  return { ...good, body: JSON.stringify({ ...(JSON.parse(typeof good.body === 'string' ? good.body : '{}') as object), [name]: value }), field: name };
}

function garbage(random: Random): string {
  const value = random.pick(corpus);
  if (random.chance(0.5)) return value;
  const other = random.pick(corpus);
  return random.chance(0.5) ? value + other : Array.from({ length: random.whole(0, 40) }, () => String.fromCharCode(random.whole(0, 0xd7ff))).join('');
}

function many<Item>(random: Random, make: () => Item): Item[] {
  return Array.from({ length: random.whole(1, 6) }, make);
}

function anyOf(names: readonly string[], random: Random): string {
  return names.length > 0 ? random.pick(names) : 'nothing';
}

/** A client library would not send what is left out here; raw sockets do, in a test of their own. */
function headerText(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, '').slice(0, 6000);
}

function urlOf({ path, query, rawQuery }: Case): string {
  const encoded = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return `${path}?${[...encoded, ...(rawQuery === undefined ? [] : [rawQuery])].join('&')}`;
}

interface Answer {
  status: number;
  type: string | undefined;
  logId: string | undefined;
  body: string;
  ms: number;
}

function send(app: TestApp, agent: Agent, tampered: Case): Promise<Answer> {
  const { hostname, port } = new URL(app.url);
  const before = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { ...tampered.headers, ...(tampered.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(tampered.body)) }) };
    const call = request({ agent, hostname, port, method: tampered.method, path: urlOf(tampered), headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { 'content-type': type, 'x-tt-logid': logId } = response.headers;
        resolve({ status: response.statusCode ?? 0, type, logId: logId as string, body: Buffer.concat(chunks).toString(), ms: performance.now() - before });
      });
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(tampered.body);
  });
}

/** What is wrong with an answer; undefined when nothing is. */
function fault({ field, endpoint }: Case, { status, type, logId, body, ms }: Answer): string | undefined {
  if (ms > SLOW_MS) return 'slow';
  if (status >= 500) return 'a fault of the server';
  if (status === pathNotFound.http && type === pathNotFound.contentType)
    return body === pathNotFound.body && logId ? undefined : 'not the text of an unknown path';
  if (type !== 'application/json; charset=utf-8') return `content type ${String(type)}`;
  if (!/^\d{14}[0-9A-F]{20}$/.test(logId ?? '')) return `log id ${String(logId)}`;
  if (/\bat .+:\d+:\d+|SQLITE|syntax error|node_modules/i.test(body)) return 'tells of its inside';
  const answer = JSON.parse(body) as { code?: unknown; msg?: unknown; error?: { log_id?: string; field_violations?: { field: string }[] } };
  if (!Number.isInteger(answer.code) || typeof answer.msg !== 'string') return 'no envelope';
  if (answer.code === 0) return undefined;
  if (answer.error?.log_id !== logId) return 'another log id in the body';
  if (answer.code === endpoint.faults.param.code) {
    const named = answer.error?.field_violations ?? [];
    if (named.length === 0) return 'names no field';
    if (field !== undefined && !named.some((violation) => violation.field === field || violation.field === 'body')) return `does not name ${field}`;
  }
  return undefined;
}

describe('no input breaks the server', () => {
  it(`in ${String(REQUESTS)} requests (seed ${String(SEED)})`, { timeout: 1_800_000 }, async () => {
    await using app = await testApp({ rateLimit: 0 });
    const tenant = await testTenant(app);
    const tokens = [await tenantToken(app, tenant), await userToken(app, tenant, await testUser(app, tenant.tenantId, true))];
    const random = new Random(SEED);
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
    const faults: string[] = [];
    const statuses = new Map<number, number>();
    let sent = 0;

    const run = async (cases: Generator<Case>, most: number) => {
      const end = sent + most;
      const worker = async () => {
        while (sent < end) {
          const { value, done } = cases.next() as IteratorResult<Case, undefined>;
          if (done) return;
          sent++;
          const found = await send(app, agent, value).then(
            (answer) => {
              statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
              return fault(value, answer);
            },
            // A body that is refused half-way ends the connection; so may an answer to one that came whole.
            (error: unknown) => (Buffer.byteLength(value.body ?? '') > 1 << 20 ? undefined : String(error)),
          );
          if (found !== undefined)
            faults.push(`${found}: ${value.method} ${urlOf(value).slice(0, 300)} ${String(value.body ?? '').slice(0, 100)} ${JSON.stringify(value.headers)}`);
          app.logged.length = 0;
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    };

    await run(sweep(tokens, random), REQUESTS);
    const chances = chance(tokens, random);
    await run(chances, Math.floor((REQUESTS - sent) / 4));
    const before = memory();
    await run(chances, REQUESTS - sent);
    const after = memory();
    agent.destroy();

    console.log(
      `${String(sent)} requests; by status ${JSON.stringify(Object.fromEntries([...statuses].sort()))}; memory ${String(before)} -> ${String(after)} KiB`,
    );
    expect(faults.slice(0, 20)).toEqual([]);
    expect(sent).toBe(REQUESTS);
    expect([...statuses.keys()].sort()).toEqual(expect.arrayContaining([200, 400, 404, 413]));
    expect(after).toBeLessThan(before * 1.1);
  });
});

/** KiB in use after everything unused was given up. */
function memory(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return Math.round((heapUsed + external + arrayBuffers) / 1024);
}
