import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { resourceReservationList } from '../../src/wire/vc/resource_reservation_list.ts';
import { oauth } from '../../src/wire/errors.ts';
import { OAUTH_TOKEN_PATH_V3 } from '../../src/wire/oauth.ts';
import { tenantAccessTokenInternal } from '../../src/wire/auth/tenant_access_token_internal.ts';
import { NOON, temporaryDirectory, tenantToken, testApp, testTenant } from '../support/app.ts';
import { PROGRAM, Running } from '../support/process.ts';

/** A server in a process of its own, as under real load. */
async function loadedServer(env: NodeJS.ProcessEnv = { YUDING_RATE_LIMIT: '0' }): Promise<Running & { url: string; path: string; token: string }> {
  const words = ['--demo', '--json', '--data', temporaryDirectory(), '--port', '0'];
  const running = new Running(process.execPath, [PROGRAM, 'serve', ...words], { YUDING_LOG_LEVEL: 'error', ...env });
  const [line] = await running.match(/^\{.*\}$/m);
  const { url, demo } = JSON.parse(line) as { url: string; demo: { app_id: string; app_secret: string } };
  const credentials = JSON.stringify({ app_id: demo.app_id, app_secret: demo.app_secret });
  const response = await fetch(url + tenantAccessTokenInternal.path, { method: 'POST', body: credentials });
  const { tenant_access_token: token } = (await response.json()) as { tenant_access_token: string };
  const now = Math.floor(Date.now() / 1000);
  return Object.assign(running, { url, token, path: `${resourceReservationList.path}?start_time=${String(now - 86_400)}&end_time=${String(now)}` });
}

interface Answer {
  status: number;
  retryAfter: string | undefined;
  body: string;
}

function get(url: string, agent: Agent, token?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(url, { agent, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], body: Buffer.concat(chunks).toString() });
      });
    })
      .on('error', reject)
      .end();
  });
}

/** A client that says the beginning, then nothing. Resolves with all that it was told, once the server closes. */
function saysNoMore(url: string, beginning: string): Promise<{ said: string; seconds: number }> {
  const { hostname, port } = new URL(url);
  const before = performance.now();
  return new Promise((resolve, reject) => {
    let said = '';
    const socket: Socket = connect(Number(port), hostname, () => socket.write(beginning));
    socket.on('data', (chunk) => (said += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve({ said, seconds: (performance.now() - before) / 1000 });
    });
  });
}

describe('slow clients', () => {
  const SLOW = 300;

  it(`${String(2 * SLOW)} of them are cut within 20 s, in the envelope, while honest ones are answered`, async () => {
    await using server = await loadedServer();
    const { url, path, token } = server;
    const slowHeaders = Array.from({ length: SLOW }, () => saysNoMore(url, 'GET /open-apis/x HTTP/1.1\r\nHost: x\r\nX-Slow: '));
    const slowBodies = Array.from({ length: SLOW }, () =>
      saysNoMore(url, `POST ${tenantAccessTokenInternal.path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"app_id":`),
    );
    let over = false;
    const slow = Promise.all([...slowHeaders, ...slowBodies]).finally(() => (over = true));
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    onTestFinished(() => {
      agent.destroy();
    });
    let honest = 0;
    const answers = new Set<number>();
    const keepAsking = async () => {
      while (!over) {
        answers.add((await get(url + path, agent, token)).status);
        honest++;
      }
    };
    const [ended] = await Promise.all([slow, keepAsking(), keepAsking()]);
    expect([...answers]).toEqual([200]);
    expect(honest).toBeGreaterThan(1000);
    for (const { said, seconds } of ended) {
      expect(seconds).toBeLessThan(20);
      expect(said).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
      expect(JSON.parse(said.slice(said.indexOf('\r\n\r\n')))).toMatchObject({ code: 99992402, error: { field_violations: [{ field: 'request' }] } });
    }
  });
});

describe('greedy clients', () => {
  /** Opens a connection and sends as many requests as it is told, without waiting for answers. */
  function sendAhead(url: string, head: string, requests: number): Socket {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write(head.repeat(requests));
    return socket;
  }

  const residentBytes = async (url: string) => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return Number(/^process_resident_memory_bytes (\d+)$/m.exec(text)?.[1]);
  };

  it("50 that ask for 100 pages each and read none take neither the memory nor the others' turn", async () => {
    // Within the limits that every app has: they are what bounds it.
    await using server = await loadedServer({});
    const { url, path, token } = server;
    const head = `GET ${path}&page_size=100 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const before = await residentBytes(url);
    const greedy = Array.from({ length: 50 }, () => sendAhead(url, head, 100).pause());
    onTestFinished(() => {
      agent.destroy();
      for (const socket of greedy) socket.destroy();
    });
    const answers = new Set<number>();
    for (let i = 0; i < 200; i++) answers.add((await get(`${url}/readyz`, agent)).status);
    // What the 5,000 pages come to is 350 MiB.
    expect((await residentBytes(url)) - before).toBeLessThan(150 << 20);
    expect([...answers]).toEqual([200]);
  });

  it('10,000 requests in one breath are answered one after the other', async () => {
    await using server = await loadedServer();
    const socket = sendAhead(server.url, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n', 10_000);
    let received = '';
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('data', (chunk) => {
        received += chunk.toString();
        if (received.split('HTTP/1.1 200 OK').length > 10_000 && received.endsWith('}')) resolve();
      });
    });
    socket.destroy();
    expect(received.split('{"status":"ok"}').length - 1).toBe(10_000);
  });
});

/** Whether an answer turned its caller away as it should. */
function expectTurnedAway({ status, retryAfter, body }: Answer): void {
  expect({ status, retryAfter }).toEqual({ status: 503, retryAfter: '1' });
  expect(JSON.parse(body)).toMatchObject({ code: 99991400, msg: 'server overloaded, try again later' });
}

describe('a crowd of clients at once', () => {
  const CROWD = 1500;

  it('is answered, or turned away in the envelope, to the last; the health check always answers', async () => {
    await using server = await loadedServer();
    const { url, path, token } = server;
    const crowd = new Agent({ keepAlive: true, maxSockets: CROWD });
    const doctor = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => {
      crowd.destroy();
      doctor.destroy();
    });
    const answers: Answer[] = [];
    let left = 8 * CROWD;
    const client = async () => {
      while (left-- > 0) answers.push(await get(url + path, crowd, token));
    };
    let over = false;
    const health: number[] = [];
    const watch = async () => {
      while (!over) health.push((await get(`${url}/healthz`, doctor)).status);
    };
    await Promise.all([Promise.all(Array.from({ length: CROWD }, client)).finally(() => (over = true)), watch()]);

    const refused = answers.filter(({ status }) => status !== 200);
    console.log(`${String(answers.length)} calls, ${String(refused.length)} turned away, ${String(health.length)} health checks`);
    expect(answers.length).toBe(8 * CROWD);
    // On a machine short of time this client itself is slow to send, and cut for it now and then.
    const cut = refused.filter(({ status }) => status === 408);
    expect(cut.length).toBeLessThan(answers.length / 100);
    for (const { body } of cut) expect(JSON.parse(body)).toMatchObject({ code: 99992402 });
    for (const answer of refused) if (!cut.includes(answer)) expectTurnedAway(answer);
    expect(new Set(health)).toEqual(new Set([200]));
  });
});

describe('a server that is behind with its work', () => {
  const TURN_MS = 400;

  /** Keeps the event loop from its turn: work that leaves no time for requests. */
  async function workHard(until: () => boolean): Promise<void> {
    while (!until()) {
      for (const start = performance.now(); performance.now() - start < TURN_MS;);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it('turns requests away, answers health checks, and takes requests again when the work is done', async () => {
    await using app = await testApp({ rateLimit: 0 }, { shedOverload: true });
    const token = await tenantToken(app, await testTenant(app));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => {
      agent.destroy();
    });
    const ask = () => get(`${app.url}${resourceReservationList.path}?start_time=${String(NOON)}&end_time=${String(NOON)}`, agent, token);
    let done = false;
    const work = workHard(() => done);
    let answer = await ask();
    while (answer.status === 200) answer = await ask();
    expectTurnedAway(answer);
    for (const path of ['/healthz', '/readyz', '/metrics']) expect((await get(app.url + path, agent)).status).toBe(200);
    // The OAuth token methods say so in their own manner.
    const turnedAway = await fetch(`${app.url}${OAUTH_TOKEN_PATH_V3}/?x`, { method: 'POST', body: '{}' });
    expect([turnedAway.status, turnedAway.headers.get('retry-after')]).toEqual([503, '1']);
    const { code, error, msg } = oauth.overloaded;
    expect(await turnedAway.json()).toEqual({ code, error, error_description: msg });
    done = true;
    await work;
    while (answer.status !== 200) answer = await ask();
    expect(JSON.parse(answer.body)).toMatchObject({ code: 0 });
  });
});
