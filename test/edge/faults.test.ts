import { describe, expect, it } from 'vitest';
import { tenantAccessTokenInternal } from '../../src/wire/auth/tenant_access_token_internal.ts';
import { NOON, tenantToken, testApp, testTenant, type TestApp } from '../support/app.ts';
import { getLedger } from '../support/ledger.ts';
import { exchange, valuesOf } from '../support/raw.ts';

/** What SQLite, the driver and Node say about it, and where. */
const CAUSES = /sqlite|database|driver|not open|closed|prepare|\bat \w|\.ts|\.js/i;

/** The lines of the log under an id, whose error has a message and a stack. */
function failureUnder(app: TestApp, logId: string) {
  const lines = app.logged.map((line) => JSON.parse(line) as { log_id?: string; level: number; err?: { message: string; stack: string } });
  return lines.find((line) => line.log_id === logId && line.level === 50);
}

/** Closes the database under the server; closing it once more when the server stops is no matter then. */
async function loseDatabase({ ctx }: TestApp): Promise<void> {
  await ctx.db.close();
  ctx.db.close = () => Promise.resolve();
}

describe('a database that fails', () => {
  it('between two requests: a fault of ours, told without its cause', async () => {
    await using app = await testApp();
    const token = await tenantToken(app, await testTenant(app));
    expect((await getLedger(app, token, { start_time: NOON, end_time: NOON })).status).toBe(200);
    await loseDatabase(app);

    const { status, headers, body } = await getLedger(app, token, { start_time: NOON, end_time: NOON });
    expect({ status, code: body.code, msg: body.msg }).toEqual({ status: 500, code: 121001, msg: 'internal error' });
    expect(Object.keys(body.error).sort()).toEqual(['log_id', 'troubleshooter']);
    expect(body.error.log_id).toBe(headers.get('x-tt-logid'));
    expect(JSON.stringify(body)).not.toMatch(CAUSES);
    const logged = failureUnder(app, body.error.log_id);
    expect(logged?.err?.message).toMatch(CAUSES);
    expect(logged?.err?.stack).toContain('at ');
  });

  it('under a request that has already begun', async () => {
    await using app = await testApp();
    const { appId, appSecret } = await testTenant(app);
    const credentials = JSON.stringify({ app_id: appId, app_secret: appSecret });
    const head = `POST ${tenantAccessTokenInternal.path} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: ${String(credentials.length)}\r\n`;
    const [answer] = await exchange(app.url, `${head}\r\n${credentials.slice(0, 10)}`, {
      later: async () => {
        await loseDatabase(app);
        return credentials.slice(10);
      },
    });
    if (!answer) throw new Error('no answer');
    expect(answer.status).toBe(500);
    const body = JSON.parse(answer.body) as { code: number; error: { log_id: string } };
    expect(body.code).toBe(121001);
    expect(valuesOf(answer, 'X-Tt-Logid')).toEqual([body.error.log_id]);
    expect(answer.body).not.toMatch(CAUSES);
    expect(failureUnder(app, body.error.log_id)?.err?.message).toMatch(CAUSES);
  });
});

describe('health', () => {
  const check = async (app: TestApp, path: string) => {
    const response = await fetch(app.url + path);
    return { status: response.status, body: await response.text(), logId: response.headers.get('x-tt-logid') };
  };

  it('alive and ready', async () => {
    await using app = await testApp();
    expect(await check(app, '/healthz')).toMatchObject({ status: 200, body: '{"status":"ok"}' });
    expect(await check(app, '/readyz')).toMatchObject({ status: 200, body: '{"status":"ready","database":"ok","jobs":{}}' });
  });

  it('alive but not ready without a database, with the cause in the log alone', async () => {
    await using app = await testApp();
    await loseDatabase(app);
    expect(await check(app, '/healthz')).toMatchObject({ status: 200 });
    const { status, body, logId } = await check(app, '/readyz');
    expect({ status, body }).toEqual({ status: 503, body: '{"status":"not ready","database":"failed"}' });
    expect(failureUnder(app, logId ?? '')?.err?.message).toMatch(CAUSES);
  });
});
