import { afterAll, describe, expect, it } from 'vitest';
import { NOON, tenantToken, testApp, testTenant } from '../support/app.ts';
import { addReservations, addRoom, reservation } from '../support/ledger.ts';
import { askRaw, exchange, valuesOf, type RawAnswer } from '../support/raw.ts';

/* What the official SDKs do on the wire, byte by byte, without an SDK. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app);
const token = await tenantToken(app, tenant);
const rooms = [await addRoom(app, tenant.tenantId, tenant.rootLevelId, 'A'), await addRoom(app, tenant.tenantId, tenant.rootLevelId, 'B')];
await addReservations(
  app,
  rooms.map(({ roomNo }) => reservation({ tenant_id: tenant.tenantId, room_no: roomNo, start_at: NOON, title: 'title' })),
);
const [A = '', B = ''] = rooms.map(({ roomId }) => roomId);

const PATH = '/open-apis/vc/v1/resource_reservation_list';
const WINDOW = `start_time=${String(NOON)}&end_time=${String(NOON + 10)}`;
const authorized = `Authorization: Bearer ${token}`;

const request = (method: string, target: string, headers: string[] = [], body = '') => askRaw(app.url, text(method, target, headers, body));

function text(method: string, target: string, headers: string[], body: string): string {
  return [`${method} ${target} HTTP/1.1`, 'Host: localhost', ...headers, '', body].join('\r\n');
}

const valueOf = (answer: RawAnswer, name: string) => valuesOf(answer, name)[0];
const names = (answer: RawAnswer) =>
  (JSON.parse(answer.body) as { data: { room_reservation_list: { room_name: string }[] } }).data.room_reservation_list.map((row) => row.room_name).join('');

describe('a GET with a body', () => {
  it.each([
    ['{}, as the Node SDK sends', 'application/json', '{}'],
    ['{}, as the Python SDK sends', 'application/json; charset=utf-8', '{}'],
    ['null', 'application/json', 'null'],
    ['JSON that is cut', 'application/json', '{"a":'],
    ['no JSON', 'application/json', 'a=b'],
    ['a form', 'application/x-www-form-urlencoded', 'start_time=x&page_size=1'],
    ['an unknown type', 'application/x-unknown', '\0\x01'],
    ['parameters, which do not count', 'application/json', '{"page_size":1,"start_time":"x"}'],
    ['many bytes', 'application/json', 'x'.repeat(100_000)],
  ])('%s', async (_what, type, body) => {
    const headers = [authorized, `Content-Type: ${type}`, `Content-Length: ${String(Buffer.byteLength(body))}`];
    const answer = await request('GET', `${PATH}?${WINDOW}`, headers, body);
    expect([answer.status, names(answer)]).toEqual([200, 'AB']);
  });

  it('in chunks', async () => {
    const answer = await request('GET', `${PATH}?${WINDOW}`, [authorized, 'Transfer-Encoding: chunked'], '2\r\n{}\r\n0\r\n\r\n');
    expect([answer.status, names(answer)]).toEqual([200, 'AB']);
  });

  it('does not disturb the next request on the connection', async () => {
    const withBody = (query: string, body: string) =>
      text('GET', `${PATH}?${WINDOW}${query}`, [authorized, 'Content-Type: application/json', `Content-Length: ${String(body.length)}`], body);
    const answers = await exchange(app.url, [withBody(`&room_ids=${A}`, '{}'), withBody(`&room_ids=${B}`, '{"a":'), withBody('', '{}')].join(''), { count: 3 });
    expect(answers.map((answer) => [answer.status, names(answer)])).toEqual([
      [200, 'A'],
      [200, 'B'],
      [200, 'AB'],
    ]);
  });
});

describe('parameters', () => {
  it.each([
    ['a list as repeated keys', `room_ids=${A}&room_ids=${B}`, 'AB'],
    ['other keys between them', `room_ids=${B}&need_topic=True&room_ids=${A}`, 'AB'],
    ['booleans of Python', `room_ids=${A}&is_exclude=True&need_topic=False`, 'B'],
    ['booleans of Node and Go', `room_ids=${A}&is_exclude=true&need_topic=false`, 'B'],
    ['False of Python', `room_ids=${A}&is_exclude=False`, 'A'],
    ['an empty page token, an empty level', `page_token=&room_level_id=&room_ids=${A}`, 'A'],
  ])('%s', async (_what, query, expected) => {
    const answer = await request('GET', `${PATH}?${WINDOW}&${query}`, [authorized]);
    expect([answer.status, names(answer)]).toEqual([200, expected]);
  });

  it('titles come with True', async () => {
    const { body } = await request('GET', `${PATH}?${WINDOW}&need_topic=True`, [authorized]);
    expect(body.match(/"event_title":"title"/g)).toHaveLength(2);
  });
});

const TOKEN_PATH = '/open-apis/auth/v3/tenant_access_token/internal';
const post = (body: string) => request('POST', TOKEN_PATH, ['Content-Type: application/json; charset=utf-8', `Content-Length: ${String(body.length)}`], body);

describe('every answer', () => {
  const answers: [string, status: number, () => Promise<RawAnswer>][] = [
    ['a page', 200, () => request('GET', `${PATH}?${WINDOW}`, [authorized])],
    ['a token', 200, () => post(JSON.stringify({ app_id: tenant.appId, app_secret: tenant.appSecret }))],
    ['a token refused', 200, () => post(JSON.stringify({ app_id: tenant.appId, app_secret: 'x' }))],
    ['a bad body', 200, () => post('x')],
    ['no token', 400, () => request('GET', PATH)],
    ['a bad token', 400, () => request('GET', PATH, ['Authorization: Bearer t-x'])],
    ['a bad parameter', 400, () => request('GET', PATH, [authorized])],
    ['a bad window', 400, () => request('GET', `${PATH}?start_time=-1&end_time=0`, [authorized])],
    ['an unknown level', 404, () => request('GET', `${PATH}?${WINDOW}&room_level_id=omb_x`, [authorized])],
  ];

  it.each(answers)('is JSON and has its log id under the name that Python looks up: %s', async (_what, status, ask) => {
    const answer = await ask();
    expect(answer.status).toBe(status);
    expect(valueOf(answer, 'X-Tt-Logid')).toMatch(/^\d{14}[0-9A-F]{20}$/);
    expect(answer.headers.filter(([name]) => name.toLowerCase() === 'x-tt-logid')).toHaveLength(1);
    expect(valueOf(answer, 'content-type')).toBe('application/json; charset=utf-8');
  });

  it.each(answers)('is an object, with an object in `error` when it is a refusal: %s', async (_what, _status, ask) => {
    const answer = await ask();
    const body = JSON.parse(answer.body) as { code: unknown; msg: unknown; error?: { log_id: unknown } };
    expect(body).toEqual(expect.objectContaining({ code: expect.any(Number) as number, msg: expect.any(String) as string }));
    expect('error' in body).toBe(body.code !== 0);
    if (body.code !== 0) expect(body.error?.log_id).toBe(valueOf(answer, 'X-Tt-Logid'));
  });

  it('that there is no such path is text, and has a log id too', async () => {
    for (const [method, path] of [
      ['GET', '/open-apis/nothing'],
      ['GET', TOKEN_PATH],
      ['POST', PATH],
    ] as const) {
      const answer = await request(method, path, [authorized, 'Content-Length: 0']);
      expect([answer.status, valueOf(answer, 'content-type'), answer.body]).toEqual([404, 'text/plain; charset=utf-8', '404 page not found']);
      expect(valueOf(answer, 'X-Tt-Logid')).toMatch(/^\d{14}[0-9A-F]{20}$/);
    }
  });

  it('has a log id of its own', async () => {
    const ids = await Promise.all(Array.from({ length: 50 }, async () => valueOf(await request('GET', PATH), 'X-Tt-Logid')));
    expect(new Set(ids).size).toBe(50);
  });
});
