import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openContext } from '../../src/app.ts';
import { revokeApp } from '../../src/domain/apps.ts';
import { clearPushTarget, setPushTarget } from '../../src/domain/push.ts';
import { pushTickets } from '../../src/domain/tickets.ts';
import { jobs } from '../../src/jobs/index.ts';
import { runJob } from '../../src/jobs/runner.ts';
import { NOON, tester, testApp, testTenant } from '../support/app.ts';
import { FakeClock } from '../support/clock.ts';
import { keptPlace } from '../support/place.ts';
import { engine } from '../support/database.ts';
import { echo, receiver, type Receiver } from '../support/receiver.ts';
import { askAppToken, RESEND_PATH, testStoreApp, ticketsOf } from '../support/store-app.ts';
import { postToken } from '../support/tokens.ts';

/* Tickets: when they are pushed, and how long they are good. */
const app = await testApp({ rateLimit: 0, pushAllow: ['127.0.0.0/8'] });
afterAll(() => app.stop());
const { tenantId } = await testTenant(app);
const receivers: Receiver[] = [];
afterEach(async () => {
  for (const one of receivers.splice(0)) await one.close();
  // What a test leaves behind is due in no other.
  await app.ctx.db.kysely.updateTable('apps').set({ push_url: null }).where('tenant_id', '=', tenantId).execute();
});

/** A receiver that takes what it is sent, or what `fails` says. */
async function listening(fails: () => boolean = () => false): Promise<Receiver> {
  const made = await receiver((received, response) => {
    if (fails()) response.writeHead(500).end();
    else echo(received, response);
  });
  receivers.push(made);
  return made;
}

const job = jobs.find(({ name }) => name === 'tickets');
const run = () => (job ? runJob(app.ctx, job) : Promise.reject(new Error('no such job')));
const resend = async ({ appId, appSecret }: { appId: string; appSecret: string }) =>
  (await postToken(app, { app_id: appId, app_secret: appSecret }, RESEND_PATH)).body.code;
const rowOf = (appId: string) =>
  app.ctx.db.kysely
    .selectFrom('apps')
    .select(['next_ticket_at', 'ticket_failures'])
    .where('tenant_id', '=', tenantId)
    .where('app_id', '=', appId)
    .executeTakeFirstOrThrow();

describe('a ticket', () => {
  it('is an event of the first version, with everything in it', async () => {
    const to = await listening();
    const { appId } = await testStoreApp(app, tenantId, to);
    await run();
    const [challenge, event] = to.received.map(({ body }) => JSON.parse(body) as unknown);
    expect(challenge).toEqual({ challenge: expect.stringMatching(/^\w{32}$/) as string, token: 'verify', type: 'url_verification' });
    expect(event).toEqual({
      uuid: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      event: { app_id: appId, app_ticket: expect.stringMatching(/^\w{32}$/) as string, type: 'app_ticket' },
      token: 'verify',
      ts: `${String(app.clock.realMs() / 1000)}.0000000`,
      type: 'event_callback',
    });
  });

  it('comes once an hour, however often the job runs, and nowhere where nothing is to be pushed', async () => {
    const to = await listening();
    const { appId } = await testStoreApp(app, tenantId, to);
    await testStoreApp(app, tenantId);
    const revoked = await testStoreApp(app, tenantId, to);
    await revokeApp(app.ctx, tester, tenantId, revoked.appId);
    const cleared = await testStoreApp(app, tenantId, to);
    await clearPushTarget(app.ctx, tester, tenantId, cleared.appId);
    const counts = [];
    for (const seconds of [0, 10, 3589, 1, 3600, 1]) {
      app.clock.advance(seconds);
      await run();
      counts.push(ticketsOf(to).length);
    }
    expect(counts).toEqual([1, 1, 1, 2, 3, 3]);
    expect(ticketsOf(to, appId)).toHaveLength(3);
    expect(new Set(ticketsOf(to)).size).toBe(3);
  });

  it('is good beside the one after it, for two hours and ten minutes', async () => {
    const to = await listening();
    const of = await testStoreApp(app, tenantId, to);
    await run();
    app.clock.advance(3600);
    await run();
    const [first = '', second = ''] = ticketsOf(to);
    expect([(await askAppToken(app, of, first)).code, (await askAppToken(app, of, second)).code]).toEqual([0, 0]);
    app.clock.advance(4199);
    expect((await askAppToken(app, of, first)).code).toBe(0);
    app.clock.advance(1);
    expect([(await askAppToken(app, of, first)).code, (await askAppToken(app, of, second)).code]).toEqual([10012, 0]);
  });

  it('comes at once when it is asked for; of many the last twenty are good', async () => {
    const to = await listening();
    const of = await testStoreApp(app, tenantId, to);
    for (let i = 0; i < 25; i++) {
      expect(await resend(of)).toBe(0);
      app.clock.advance(1);
    }
    const tickets = ticketsOf(to);
    expect(tickets).toHaveLength(25);
    const codes = [];
    for (const ticket of tickets) codes.push((await askAppToken(app, of, ticket)).code);
    expect(codes).toEqual([...Array.from({ length: 5 }, () => 10012), ...Array.from({ length: 20 }, () => 0)]);
    // The next one by itself is an hour after the last.
    app.clock.advance(3598);
    await run();
    expect(ticketsOf(to)).toHaveLength(25);
    app.clock.advance(1);
    await run();
    expect(ticketsOf(to)).toHaveLength(26);
  });

  it('cannot be asked for where nothing is pushed', async () => {
    const silent = await testStoreApp(app, tenantId);
    const { body } = await postToken(app, { app_id: silent.appId, app_secret: silent.appSecret }, RESEND_PATH);
    expect(body).toMatchObject({ code: 10016, msg: 'app resend fail' });
  });

  it('that does not arrive is followed by another after growing gaps, and then every hour', async () => {
    let broken = false;
    const to = await listening(() => broken);
    const of = await testStoreApp(app, tenantId, to);
    broken = true;
    const waits = [];
    for (let failure = 1; failure <= 5; failure++) {
      await run();
      const { next_ticket_at, ticket_failures } = await rowOf(of.appId);
      expect(ticket_failures).toBe(failure);
      waits.push(Number(next_ticket_at) - app.clock.realMs() / 1000);
      app.clock.advance(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([15, 300, 3600, 3600, 3600]);
    expect(app.logged.join('')).toContain('"a ticket was not delivered"');
    broken = false;
    await run();
    expect(await rowOf(of.appId)).toEqual({ next_ticket_at: app.clock.realMs() / 1000 + 3600, ticket_failures: 0 });
    // That one was asked for and did not arrive is not the asker's answer.
    broken = true;
    expect(await resend(of)).toBe(0);
    expect(await rowOf(of.appId)).toEqual({ next_ticket_at: app.clock.realMs() / 1000 + 15, ticket_failures: 1 });
  });

  it('of one app waits for no other: seven receivers answer only when those after them have theirs', async () => {
    const waiting: (() => void)[] = [];
    const to = await receiver((received, response) => {
      echo(received, response);
      if (ticketsOf(to).length === 5) for (const answer of waiting) answer();
    });
    let isSlow = false;
    const slow = await receiver((received, response) => {
      const answer = () => {
        echo(received, response);
      };
      if (isSlow && ticketsOf(to).length < 5) waiting.push(answer);
      else answer();
    });
    receivers.push(to, slow);
    const first = await Promise.all(Array.from({ length: 7 }, () => testStoreApp(app, tenantId, slow)));
    app.clock.advance(1);
    for (let i = 0; i < 5; i++) await testStoreApp(app, tenantId, to);
    isSlow = true;
    await run();
    expect([waiting.length, ticketsOf(slow).length, ticketsOf(to).length]).toEqual([7, 7, 5]);
    for (const { appId } of first) expect((await rowOf(appId)).ticket_failures).toBe(0);
  });

  it('is sent once, by one of several that are at it', async () => {
    const to = await listening();
    for (let i = 0; i < 12; i++) await testStoreApp(app, tenantId, to);
    // Two connections to one SQLite file would wait for each other in one thread.
    const other = engine() === 'postgres' ? await openContext(app.ctx.config, { clock: app.clock, log: app.ctx.log }) : app.ctx;
    // Past the job's lease too: each app is claimed by itself.
    await Promise.all([pushTickets(app.ctx), pushTickets(other), pushTickets(app.ctx), pushTickets(other)]);
    expect(ticketsOf(to)).toHaveLength(12);
    if (other !== app.ctx) await other.db.close();
  });

  it('goes to the receiver that is set last', async () => {
    const [before, after] = [await listening(), await listening()];
    const { appId } = await testStoreApp(app, tenantId, before);
    await run();
    await setPushTarget(app.ctx, tester, tenantId, appId, { url: after.url });
    await run();
    expect([ticketsOf(before).length, ticketsOf(after).length]).toEqual([1, 1]);
  });

  it('is stored as a hash and logged nowhere', async () => {
    const to = await listening();
    await testStoreApp(app, tenantId, to);
    await run();
    const [ticket = '?'] = ticketsOf(to);
    for (const table of ['app_tickets', 'apps', 'history'] as const)
      expect(JSON.stringify(await app.ctx.db.kysely.selectFrom(table).selectAll().execute())).not.toContain(ticket);
    expect(app.logged.join('')).not.toContain(ticket);
  });
});

describe('when the clock is set', () => {
  it.each([
    ['forward by an hour', 3600],
    ['forward by a year', 366 * 86_400],
    ['back by a day', -86_400],
    ['back by a year', -366 * 86_400],
  ])('%s, an app gets one ticket, and the next an hour later', async (_what, seconds) => {
    const to = await listening();
    const of = await testStoreApp(app, tenantId, to);
    await run();
    const real = app.clock.realMs() / 1000;
    app.clock.setReal(real + seconds);
    for (let i = 0; i < 5; i++) await run();
    expect(ticketsOf(to)).toHaveLength(2);
    expect((await rowOf(of.appId)).next_ticket_at).toBe(real + seconds + 3600);
    const [first = '', second = ''] = ticketsOf(to);
    // One of the future lasts as long as it was made to.
    expect([(await askAppToken(app, of, first)).code, (await askAppToken(app, of, second)).code]).toEqual([seconds > 7800 ? 10012 : 0, 0]);
    app.clock.setReal(real);
  });
});

it('a server that is started again goes on where it was', async () => {
  const place = await keptPlace();
  const to = await listening();
  const config = { ...place, pushAllow: ['127.0.0.0/8'] };
  await using first = await testApp(config);
  const of = await testStoreApp(first, (await testTenant(first)).tenantId, to);
  await pushTickets(first.ctx);
  await first.stop();
  for (const [seconds, count] of [
    [3599, 1],
    [3600, 2],
  ] as const) {
    await using again = await testApp(config, { clock: new FakeClock(NOON + seconds) });
    await pushTickets(again.ctx);
    expect(ticketsOf(to)).toHaveLength(count);
    expect((await askAppToken(again, of, ticketsOf(to)[0] ?? '')).code).toBe(0);
  }
});
