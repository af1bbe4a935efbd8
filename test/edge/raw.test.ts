import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openContext } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { buildServer } from '../../src/http/server.ts';
import { tenantAccessTokenInternal } from '../../src/wire/auth/tenant_access_token_internal.ts';
import { resourceReservationList } from '../../src/wire/vc/resource_reservation_list.ts';
import { temporaryDirectory, testApp, type TestApp } from '../support/app.ts';
import { askRaw, exchange, valuesOf, type RawAnswer } from '../support/raw.ts';

const LEDGER = resourceReservationList.path;
const TOKEN = tenantAccessTokenInternal.path;
const MEGABYTE = 1 << 20;

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
});
afterAll(() => app.stop());

interface Envelope {
  code: number;
  msg: string;
  error: { log_id: string; troubleshooter: string; field_violations?: { field: string; description: string }[] };
}

/** Checks that an answer is the envelope, and that the log knows its id. */
function envelopeOf(answer: RawAnswer): Envelope {
  const body = JSON.parse(answer.body) as Envelope;
  expect(Object.keys(body)).toEqual(['code', 'msg', 'error']);
  expect(body.msg).not.toBe('');
  expect(body.error.log_id).toMatch(/^\d{14}[0-9A-F]{20}$/);
  expect(valuesOf(answer, 'X-Tt-Logid')).toEqual([body.error.log_id]);
  expect(answer.headers.filter(([name]) => name.toLowerCase() === 'content-type').map(([, value]) => value)).toEqual(['application/json; charset=utf-8']);
  return body;
}

function loggedUnder(logId: string): Record<string, unknown>[] {
  return app.logged.map((line) => JSON.parse(line) as Record<string, unknown>).filter((line) => line.log_id === logId);
}

const get = (target: string, headers = '', version = '1.1') => `GET ${target} HTTP/${version}\r\nHost: x\r\n${headers}\r\n`;
const post = (headers: string, body: string, target = TOKEN) =>
  `POST ${target} HTTP/1.1\r\nHost: x\r\nContent-Length: ${String(Buffer.byteLength(body))}\r\n${headers}\r\n${body}`;

describe('requests that are no requests', () => {
  it.each<[what: string, bytes: string, status: number, field: string]>([
    ['a URL that cannot be decoded', get('/%zz'), 400, 'URL'],
    ['a URL that cannot be decoded, below the API', get('/open-apis/%ff'), 400, 'URL'],
    ['a URL without its slash', get('open-apis'), 400, 'request'],
    ['a URL that is too long', get(`${LEDGER}?room_ids=${'x'.repeat(20_000)}`), 431, 'headers'],
    ['a header that is too long', get(LEDGER, `Cookie: ${'x'.repeat(20_000)}\r\n`), 431, 'headers'],
    ['a body that is too long by its own word', `POST ${TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: ${String(MEGABYTE + 1)}\r\n\r\n`, 413, 'body'],
    [
      'a body that turns out too long',
      `POST ${TOKEN} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${MEGABYTE.toString(16)}\r\n${'x'.repeat(MEGABYTE)}\r\n1\r\ny\r\n0\r\n\r\n`,
      413,
      'body',
    ],
    ['a content type that is none', post('Content-Type: ;;;\r\n', '{}'), 415, 'Content-Type'],
    ['an empty content type', post('Content-Type:\r\n', '{}'), 415, 'Content-Type'],
    ['no Host', `GET ${LEDGER} HTTP/1.1\r\n\r\n`, 400, 'Host'],
    ['no Host, and no such path', 'GET /nothing HTTP/1.1\r\n\r\n', 400, 'Host'],
    ['an Expect that nobody knows', post('Expect: nonsense\r\n', '{}'), 417, 'Expect'],
    ['words', 'hello there\r\n\r\n', 400, 'request'],
    ['TLS on a plain port', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400, 'request'],
    ['HTTP/2 by prior knowledge', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'request'],
    ['a version of HTTP that is none', get(LEDGER, '', '3.0'), 400, 'request'],
    ['a method that is none', `BREW ${LEDGER} HTTP/1.1\r\nHost: x\r\n\r\n`, 400, 'request'],
    ['two lengths of one body', `POST ${TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400, 'request'],
    ['a length that is no number', `POST ${TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n`, 400, 'request'],
    ['a chunk that is none', `POST ${TOKEN} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`, 400, 'request'],
    ['lines that end in LF only', `GET ${LEDGER} HTTP/1.1\nHost: x\n\n`, 400, 'request'],
    ['a header with a NUL', get(LEDGER, 'A: \0\r\n'), 400, 'request'],
  ])('%s', async (_what, bytes, status, field) => {
    const answer = await askRaw(app.url, bytes);
    expect(answer.status).toBe(status);
    const { code, error } = envelopeOf(answer);
    expect({ code, fields: error.field_violations?.map((violation) => violation.field) }).toEqual({ code: 99992402, fields: [field] });
    expect(loggedUnder(error.log_id)).toMatchObject([{ level: 30, status }]);
  });

  it('are nobody else’s loss, and no fault of the server', async () => {
    expect((await askRaw(app.url, get('/healthz'))).status).toBe(200);
    expect(app.logged.filter((line) => (JSON.parse(line) as { level: number }).level > 30)).toEqual([]);
  });
});

describe('requests that reach an API', () => {
  it.each<[what: string, bytes: string, status: number, code: number]>([
    ['a query that cannot be decoded', get(`${LEDGER}?start_time=%zz`), 400, 99991661],
    ['a GET with a JSON body', get(LEDGER, 'Content-Type: application/json\r\nContent-Length: 2\r\n').concat('{}'), 400, 99991661],
    ['a GET with a broken body', get(LEDGER, 'Content-Type: application/json\r\nContent-Length: 2\r\n').concat('{['), 400, 99991661],
    ['a slash at the end', get(`${LEDGER}/`), 400, 99991661],
    ['an absolute URL', get(`http://elsewhere.example${LEDGER}`), 400, 99991661],
    ['a wish for another protocol', get(LEDGER, 'Connection: upgrade\r\nUpgrade: websocket\r\n'), 400, 99991661],
    ['HTTP/1.0, which has no Host', `GET ${LEDGER} HTTP/1.0\r\n\r\n`, 400, 99991661],
    ['a body that is no JSON', post('Content-Type: application/json\r\n', '{"app_id":'), 200, 10003],
    ['an empty body', post('Content-Type: application/json\r\n', ''), 200, 10003],
    ['neither body nor length', `POST ${TOKEN} HTTP/1.1\r\nHost: x\r\n\r\n`, 200, 10003],
    ['a form', post('Content-Type: application/x-www-form-urlencoded\r\n', 'app_id=cli_x&app_secret=y'), 200, 10003],
    ['a list', post('Content-Type: application/json\r\n', '[]'), 200, 10003],
    ['a prototype', post('Content-Type: application/json\r\n', '{"__proto__":{"app_id":"cli_x","app_secret":"y"}}'), 200, 10003],
    ['credentials of nobody, without a content type', post('', '{"app_id":"cli_0000000000000000","app_secret":"y"}'), 200, 10014],
    ['credentials of nobody, as text', post('Content-Type: text/plain\r\n', '{"app_id":"cli_0000000000000000","app_secret":"y"}'), 200, 10014],
    ['credentials of nobody, after 100 Continue', post('Expect: 100-continue\r\n', '{"app_id":"cli_0000000000000000","app_secret":"y"}'), 200, 10014],
  ])('%s', async (_what, bytes, status, code) => {
    const answer = await askRaw(app.url, bytes);
    expect(answer.status).toBe(status);
    const body = envelopeOf(answer);
    expect(body.code).toBe(code);
    expect(loggedUnder(body.error.log_id)).toMatchObject([{ level: 30, status }]);
  });

  it('are answered in order when they come in one packet, each under an id of its own', async () => {
    const answers = await exchange(app.url, get('/nothing') + get(LEDGER) + post('', '[]') + get('/%zz'), { count: 4 });
    expect(answers.map(({ status }) => status)).toEqual([404, 400, 200, 400]);
    expect(new Set(answers.flatMap((answer) => valuesOf(answer, 'X-Tt-Logid'))).size).toBe(4);
  });

  it('share a connection with one that was refused', async () => {
    const answers = await exchange(app.url, get(LEDGER), { count: 2, later: () => get('/healthz') });
    expect(answers.map(({ status }) => status)).toEqual([400, 200]);
  });
});

describe('paths and methods that are none', () => {
  it.each([
    ['GET', '/nothing'],
    ['HEAD', '/'],
    ['GET', '/open-apis'],
    ['GET', '/open-apis/vc/v1/nothing'],
    ['GET', LEDGER.toUpperCase()],
    ['GET', `/${LEDGER}`],
    ['GET', `${LEDGER}%00`],
    ['GET', TOKEN],
    ['POST', LEDGER],
    ['HEAD', LEDGER],
    ['HEAD', '/healthz'],
    ['OPTIONS', LEDGER],
    ['OPTIONS', '*'],
    ['PROPFIND', LEDGER],
    ['TRACE', LEDGER],
  ])('%s %s', async (method, target) => {
    const answer = await askRaw(app.url, `${method} ${target} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(answer.status).toBe(404);
    expect(valuesOf(answer, 'content-type')).toEqual(['text/plain; charset=utf-8']);
    expect(answer.body).toBe(method === 'HEAD' ? '' : '404 page not found');
    const [id = ''] = valuesOf(answer, 'X-Tt-Logid');
    expect(loggedUnder(id)).toMatchObject([{ status: 404, route: null }]);
  });
});

/** The server alone, with limits that a test can wait for: the real ones are many seconds. Node reads them when it begins to listen. */
async function impatientServer() {
  const data = temporaryDirectory();
  const ctx = await openContext({ ...readConfig({ data }), logLevel: 'silent' });
  const server = buildServer(ctx);
  const limits = { header: server.server.headersTimeout, request: server.server.requestTimeout };
  Object.assign(server.server, { headersTimeout: 50, requestTimeout: 50, connectionsCheckingInterval: 20 });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  const dispose = async () => {
    await server.close();
    await ctx.db.close();
    rmSync(data, { recursive: true });
  };
  return { url, limits, [Symbol.asyncDispose]: dispose };
}

describe('slow senders', () => {
  it.each([
    ['half a header', `GET ${LEDGER} HTTP/1.1\r\nHos`],
    ['half a body', `POST ${TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{`],
  ])('are told so: %s', async (_what, bytes) => {
    await using server = await impatientServer();
    const answer = await askRaw(server.url, bytes);
    expect(answer.status).toBe(408);
    expect(envelopeOf(answer).code).toBe(99992402);
    expect(server.limits.header).toBeGreaterThan(0);
    expect(server.limits.request).toBeGreaterThan(server.limits.header);
  });
});
