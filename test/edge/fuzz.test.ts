import { Agent, request } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/domain/demo/random.ts';
import { bindDevice } from '../../src/domain/devices.ts';
import { createUser } from '../../src/domain/tenants.ts';
import { findDevice } from '../../src/store/devices.ts';
import { beginDirectoryChange } from '../../src/store/directory.ts';
import { doorOf } from '../../src/wire/doors.ts';
import type { Endpoint } from '../../src/wire/endpoint.ts';
import { pathNotFound } from '../../src/wire/errors.ts';
import { endpoints } from '../../src/wire/index.ts';
import { v1Scopes } from '../../src/wire/v1/endpoint.ts';
import { v1Errors } from '../../src/wire/v1/errors.ts';
import { NOON, tenantToken, testApp, tester, testTenant, userToken, type TestApp, type TestTenant } from '../support/app.ts';
import { addLevel, addRoom } from '../support/ledger.ts';
import { chance, goodCase, sweep, urlOf, type Case, type Known } from '../support/fuzz-cases.ts';

/*
 * No input breaks the server. Routes, parameters and bodies come from the endpoint definitions, so that a new one is covered by
 * being there. `FUZZ_REQUESTS` asks for more than the floor, from 100000 on for every value in every field; `FUZZ_SEED` for another run of
 * chance.
 */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 20_000);
const SEED = Number(process.env.FUZZ_SEED ?? 1);
const AT_ONCE = 8;
const SLOW_MS = 2000;
const HOUR = 3600;
const SCOPES = ['vc:room', 'vc:room:readonly', 'contact:user.employee_id:readonly', v1Scopes.read, v1Scopes.admin];

/** What good requests name. Requests delete these things too; they are put back. */
class World implements Known {
  readonly #app: TestApp;
  #tenant!: TestTenant;
  tokens!: Known['tokens'];
  /** Whoever deletes gets the spare one. */
  #levels = { kept: '', spare: '' };
  #rooms = { kept: '', spare: '' };
  #devices = { kept: '', spare: '' };
  #count = 0;
  /** As many names are given to things that are made: the tree does not grow with the number of requests. */
  names = Infinity;

  private constructor(app: TestApp) {
    this.#app = app;
  }

  static async make(app: TestApp): Promise<World> {
    const world = new World(app);
    await world.move();
    return world;
  }

  /** To a tenant of which nothing was asked yet. */
  async move(): Promise<void> {
    const { ctx } = this.#app;
    const tenant = await testTenant(this.#app, { scopes: SCOPES });
    const { tenantId } = tenant;
    await ctx.db.kysely.insertInto('departments').values({ tenant_id: tenantId, department_id: 'od-1', name: '研发部' }).execute();
    const userId = await createUser(ctx, tester, { tenantId, name: '可涵', managesMeetings: true, isAdministrator: true });
    this.tokens = { tenant: await tenantToken(this.#app, tenant), user: await userToken(this.#app, tenant, userId, SCOPES) };
    this.#tenant = tenant;
    const kept = await addLevel(this.#app, tenantId, tenant.rootLevelId);
    this.#levels = { kept, spare: await addLevel(this.#app, tenantId, tenant.rootLevelId) };
    this.#rooms = { kept: (await addRoom(this.#app, tenantId, kept)).roomId, spare: (await addRoom(this.#app, tenantId, kept)).roomId };
    await this.mend();
  }

  /** Puts back what was deleted. */
  async mend(): Promise<void> {
    const { ctx } = this.#app;
    const { tenantId } = this.#tenant;
    const levels = Object.values(this.#levels);
    const rooms = Object.values(this.#rooms);
    await ctx.db.transaction(async (tx) => {
      const back = { deleted_at: null, changed_in: await beginDirectoryChange(tx, tenantId) };
      await tx.updateTable('levels').set(back).where('tenant_id', '=', tenantId).where('level_id', 'in', levels).execute();
      await tx
        .updateTable('rooms')
        .set({ ...back, level_id: this.#levels.kept })
        .where('tenant_id', '=', tenantId)
        .where('room_id', 'in', rooms)
        .execute();
    });
    for (const which of ['kept', 'spare'] as const) {
      if (await findDevice(ctx.db.kysely, tenantId, this.#devices[which])) continue;
      const { device } = await bindDevice(ctx, tester, { tenantId, roomId: this.#rooms.kept, kind: 'panel', name: 'Panel' });
      this.#devices[which] = device.device_id;
    }
  }

  value(name: string, endpoint: Endpoint): unknown {
    const which = endpoint.method === 'DELETE' || endpoint.id.endsWith('.del') ? 'spare' : 'kept';
    switch (name) {
      case 'app_id':
        return this.#tenant.appId;
      case 'app_secret':
        return this.#tenant.appSecret;
      case 'name':
        return `名 ${String(this.#count++ % this.names)}`;
      case 'parent_id':
        return '0';
      case 'room_level_id':
      case 'level_id':
      case 'level':
      case 'level_ids[]':
      case 'scope_id':
      case 'reserve_config_id':
        return this.#levels[which];
      case 'room_id':
      case 'room_ids[]':
        return this.#rooms[which];
      case 'device_id':
        return this.#devices[which];
      case 'user_id':
      case 'contact_ids[]':
      case 'contacts[]':
      case 'users[]':
      case 'approvers[]':
        return this.#tenant.administratorId;
      case 'department_id':
      case 'departments[]':
        return 'od-1';
      case 'time_zone':
        return 'Europe/Berlin';
      case 'page_size':
        return 20;
      case 'limit':
        return 1;
      case 'room_status.status':
        return false;
      case 'disable_start_time':
        return String(NOON + HOUR);
      case 'disable_end_time':
        return String(NOON + 2 * HOUR);
      case 'from':
        return '2026-03-18T05:00:00Z';
      case 'until':
        return '2026-03-18T06:00:00Z';
      case 'time_config.start_time':
        return '28800';
      case 'time_config.end_time':
      case 'opening_hour':
        return '64800';
      case 'opens_at':
      case 'day_start':
        return '08:00';
      case 'day_end':
        return '18:00';
      case 'start_time':
        return NOON - HOUR;
      case 'end_time':
        return NOON;
      default:
        return undefined;
    }
  }
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

/** What the log has of a fault of the server. */
function causeOf(app: TestApp, { status, logId = '' }: Answer): string {
  const line = app.logged.find((text) => text.includes('request failed') && text.includes(logId));
  const { err } = JSON.parse(line ?? '{}') as { err?: { message: string; stack: string } };
  return `answered with ${String(status)}: ${(err?.stack ?? 'without a word').split('\n', 4).join(' ')}`;
}

/** What is wrong with an answer; undefined when nothing is. */
function fault(tampered: Case, { status, type, logId, body, ms }: Answer): string | undefined {
  if (ms > SLOW_MS) return 'slow';
  const door = doorOf(tampered.path);
  if (door === 'open-apis' && status === pathNotFound.http && type === pathNotFound.contentType)
    return body === pathNotFound.body && logId ? undefined : 'not the text of an unknown path';
  if (type !== 'application/json; charset=utf-8') return `content type ${String(type)}`;
  if (!/^\d{14}[0-9A-F]{20}$/.test(logId ?? '')) return `log id ${String(logId)}`;
  if (status >= 300 && /\bat .+:\d+:\d+|SQLITE|syntax error|node_modules/i.test(body)) return 'tells of its inside';
  return door === 'v1' ? faultOfProblem(tampered, status, logId, body) : faultOfEnvelope(tampered, logId, body);
}

function faultOfEnvelope({ field, endpoint }: Case, logId: string | undefined, body: string): string | undefined {
  const answer = JSON.parse(body) as { code?: unknown; msg?: unknown; error?: { log_id?: string; field_violations?: { field: string }[] } };
  if (!Number.isInteger(answer.code) || typeof answer.msg !== 'string') return 'no envelope';
  if (answer.code === 0) return undefined;
  if (answer.error?.log_id !== logId) return 'another log id in the body';
  return answer.code === endpoint.faults.param.code ? faultOfFields(field, answer.error?.field_violations) : undefined;
}

/** The statuses of each code; requests that reach no method have more than the table says. */
const v1Statuses = new Map(Object.values(v1Errors).flatMap((rows) => Object.values(rows).map(({ code, http }) => [code, http] as const)));

function faultOfProblem({ field, endpoint }: Case, status: number, logId: string | undefined, body: string): string | undefined {
  const answer = JSON.parse(body) as { error?: { code?: string; message?: unknown; fields?: { field: string }[]; log_id?: string } };
  if (status < 300) return answer.error === undefined ? undefined : 'a problem under the status of a success';
  const { code = '', message, fields, log_id } = answer.error ?? {};
  const known = v1Statuses.get(code);
  if (known === undefined || typeof message !== 'string') return 'no problem of the table';
  if (known !== status && code !== 'malformed_request') return `${code} under another status`;
  if (log_id !== logId) return 'another log id in the body';
  return code === endpoint.faults.param.code ? faultOfFields(field, fields) : undefined;
}

/** Rules about two fields name the second. */
const rulesOfTwo = [
  // The tenant's own level does not move.
  ['level_id', 'parent_id'],
  ['disable_start_time', 'disable_end_time'],
  ['from', 'until'],
  ['time_config.start_time', 'time_config.end_time'],
  ['day_start', 'day_end'],
] as const;

/** Whether the bad field is named: itself, what it stands in, or what stands in it. */
function faultOfFields(field: string | undefined, named: readonly { field: string }[] | undefined): string | undefined {
  if (!named || named.length === 0) return 'names no field';
  const about = (other: string) =>
    field === undefined ||
    other === 'body' ||
    `${other}.`.startsWith(`${field}.`) ||
    `${field}.`.startsWith(`${other}.`) ||
    rulesOfTwo.some(([first, second]) => field.endsWith(first) && other.endsWith(second));
  return named.some((violation) => about(violation.field)) ? undefined : `does not name ${String(field)} but ${named.map((other) => other.field).join(', ')}`;
}

const isDeletion = ({ method, endpoint }: Case) => method === 'DELETE' || endpoint.id.endsWith('.del');

describe('no input breaks the server', () => {
  it('because every method is really reached: its good request succeeds', async () => {
    await using app = await testApp({ rateLimit: 0 });
    const world = await World.make(app);
    const agent = new Agent({ keepAlive: true });
    const answers: string[] = [];
    for (const endpoint of endpoints) {
      await world.mend();
      const { status, body } = await send(app, agent, goodCase(endpoint, world));
      answers.push(`${endpoint.id}: ${String(status)}${status < 300 && !body.startsWith('{"code":1') ? '' : ` ${body}`}`);
    }
    agent.destroy();
    expect(answers).toEqual(endpoints.map(({ id, status = 200 }) => `${id}: ${String(status)}`));
  });

  it(`in ${String(REQUESTS)} requests (seed ${String(SEED)})`, { timeout: 1_800_000 }, async () => {
    await using app = await testApp({ rateLimit: 0 });
    const world = await World.make(app);
    const random = new Random(SEED);
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
    /** The first of each kind at each method. */
    const faults = new Map<string, string>();
    const statuses = new Map<number, number>();
    const succeeded = new Set<string>();
    let sent = 0;

    const run = async (cases: Generator<Case>, most: number) => {
      const end = sent + most;
      const worker = async () => {
        while (sent < end) {
          const { value, done } = cases.next() as IteratorResult<Case, undefined>;
          if (done) return;
          sent++;
          const found = await send(app, agent, value).then(
            async (answer) => {
              statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
              if (answer.status < 300) {
                succeeded.add(value.endpoint.id);
                if (isDeletion(value)) await world.mend();
              }
              return answer.status >= 500 ? causeOf(app, answer) : fault(value, answer);
            },
            // A body that is refused half-way ends the connection; so may an answer to one that came whole.
            (error: unknown) => (Buffer.byteLength(value.body ?? '') > 1 << 20 ? undefined : String(error)),
          );
          if (found !== undefined && !faults.has(`${found} at ${value.endpoint.id}`)) {
            const said = [value.method, urlOf(value).slice(0, 300), String(value.body ?? '').slice(0, 300), JSON.stringify(value.headers)];
            faults.set(`${found} at ${value.endpoint.id}`, said.join(' '));
          }
          if (app.logged.length > 1000) app.logged.length = 0;
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    };

    for (const endpoint of endpoints) {
      await world.move();
      await run(sweep(endpoint, world, REQUESTS < 100_000 ? 3 : 1), REQUESTS - sent);
    }
    world.names = 300;
    const chances = chance(world, random);
    await run(chances, Math.floor((REQUESTS - sent) / 4));
    const before = memory();
    await run(chances, REQUESTS - sent);
    const after = memory();
    agent.destroy();

    console.log(
      `${String(sent)} requests; by status ${JSON.stringify(Object.fromEntries([...statuses].sort()))}; memory ${String(before)} -> ${String(after)} KiB`,
    );
    expect(Object.fromEntries(faults)).toEqual({});
    expect(sent).toBe(REQUESTS);
    expect([...statuses.keys()].sort()).toEqual(expect.arrayContaining([200, 201, 400, 401, 404, 409, 412, 413]));
    expect([...succeeded].sort()).toEqual(endpoints.map(({ id }) => id).sort());
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
