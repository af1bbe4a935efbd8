import { afterAll, describe, expect, it } from 'vitest';
import { createApp, revokeApp, rotateSecret } from '../../src/domain/apps.ts';
import { bindDevice, unbindDevice } from '../../src/domain/devices.ts';
import { buildServer } from '../../src/http/server.ts';
import { testClockHandlers } from '../../src/http/v1/test-clock.ts';
import { TestClock } from '../../src/test-clock.ts';
import type { Endpoint } from '../../src/wire/endpoint.ts';
import { authen, gateway } from '../../src/wire/errors.ts';
import { formatToken } from '../../src/wire/identifiers.ts';
import { endpoints } from '../../src/wire/index.ts';
import { testClockMethods } from '../../src/wire/v1/test-clock.ts';
import { credentialHeaders, tenantToken, tester, testApp, testUser, userSession, userToken } from '../support/app.ts';
import { addRoom } from '../support/ledger.ts';
import { endsTheCaller, open, pages, whoMay, type Who } from '../support/who-may.ts';
import { bodies, contentsOf, furnish, nobodys, requests, send, type Answer, type Ids, type Request } from '../support/worlds.ts';

/*
 * Every route that the server has against everybody who might call it. What comes out stands in `who-may.ts`, by hand: a definition
 * that lets in more, or fewer, than stands there goes red.
 */
const app = await testApp({ rateLimit: 0, testClock: true });
afterAll(() => app.stop());

const world = await furnish(app);
const stranger = await furnish(app);
const { tenant, ids } = world;
const { tenantId, administratorId } = tenant;
const ghosts = nobodys(app, ids);

/** All scopes that anything asks for. */
const SCOPES = [...new Set(Object.values(whoMay).flatMap(({ scopes }) => scopes))];

/** Somebody who calls. */
interface Actor {
  name: string;
  /** Undefined: what it brings is no credential, or none any more. */
  kind: 'tenant' | 'user' | 'session' | 'device' | undefined;
  /** What its app may ask for, and its user has granted. */
  scopes: readonly string[];
  isAdministrator?: boolean;
  isManager?: boolean;
  /** Of a device: at the room that the requests name. */
  atTheRoom?: boolean;
  /** Of another tenant. */
  isForeign?: boolean;
  /** Makes a new one, of a person; of an app and a device, the one that it has. */
  credential: () => string | Promise<string>;
}

const apps = new Map<string, Promise<{ appId: string; token: string }>>();
/** An app with those scopes, and what its creator is. */
function appWith(scopes: readonly string[], creatorId: string): Promise<{ appId: string; token: string }> {
  const key = `${creatorId} ${scopes.join(' ')}`;
  let made = apps.get(key);
  if (!made) {
    made = (async () => {
      const { appId, secret } = await createApp(app.ctx, tester, { tenantId, name: 'matrix', scopes, creatorId });
      return { appId, token: await tenantToken(app, { appId, appSecret: secret }) };
    })();
    apps.set(key, made);
  }
  return made;
}

const member = await testUser(app, tenantId);
const manager = await testUser(app, tenantId, true);
const suspended = await testUser(app, tenantId, true);
const elsewhere = await addRoom(app, tenantId, ids.level);
const bound = await bindDevice(app.ctx, tester, { tenantId, roomId: elsewhere.roomId, kind: 'panel', name: 'elsewhere' });
const unbound = await bindDevice(app.ctx, tester, { tenantId, roomId: elsewhere.roomId, kind: 'panel', name: 'unbound' });
await unbindDevice(app.ctx, tester, tenantId, unbound.device.device_id);
const bearerOf = (secret: Buffer) => formatToken({ kind: 'device', tenantId, secret });
const everything = await appWith(SCOPES, administratorId);
const ofApp = { ...tenant, appId: everything.appId };

// Credentials that were good.
const revoked = await createApp(app.ctx, tester, { tenantId, name: 'revoked', scopes: SCOPES });
const rotated = await createApp(app.ctx, tester, { tenantId, name: 'rotated', scopes: SCOPES });
const was = {
  revoked: await tenantToken(app, { appId: revoked.appId, appSecret: revoked.secret }),
  revokedUser: await userToken(app, { ...tenant, appId: revoked.appId }, administratorId, SCOPES),
  rotated: await tenantToken(app, { appId: rotated.appId, appSecret: rotated.secret }),
  expiredUser: await userToken(app, ofApp, administratorId, SCOPES, 60),
  suspendedUser: await userToken(app, ofApp, suspended, SCOPES),
  suspendedSession: await userSession(app, tenantId, suspended),
  bySuspended: (await appWith(SCOPES, suspended)).token,
};
await revokeApp(app.ctx, tester, tenantId, revoked.appId);
await rotateSecret(app.ctx, tester, tenantId, rotated.appId);
await app.ctx.db.kysely.updateTable('users').set({ suspended_at: app.clock.now() }).where('user_id', '=', suspended).execute();
app.clock.advance(61);

const nobody = (name: string, credential: string): Actor => ({ name, kind: undefined, scopes: [], credential: () => credential });
const good = everything.token;

/** Those who are the same for every method. */
const actors: readonly Actor[] = [
  nobody('nobody', ''),
  nobody('an expired user token', was.expiredUser),
  nobody('the tenant token of a revoked app', was.revoked),
  nobody('the user token of a revoked app', was.revokedUser),
  nobody('the tenant token of a replaced secret', was.rotated),
  nobody('the user token of a suspended administrator', was.suspendedUser),
  nobody('the session of somebody suspended', was.suspendedSession),
  nobody('a device that was taken away', bearerOf(unbound.secret)),
  nobody('a made-up tenant token', `${good.slice(0, -2)}xx`),
  nobody('a tenant token that says it is a user token', `u-${good.slice(2)}`),
  nobody('a tenant token that says it is an app token', `a-${good.slice(2)}`),
  nobody('a tenant token that says it is a device', `d-${good.slice(2)}`),
  nobody('a made-up session', 'yuding=AAAA.1773806400.AAAA'),
  { name: 'an app', kind: 'tenant', scopes: SCOPES, isAdministrator: true, isManager: true, credential: () => good },
  { name: 'an app of a member', kind: 'tenant', scopes: SCOPES, credential: async () => (await appWith(SCOPES, member)).token },
  { name: 'an app of somebody suspended', kind: 'tenant', scopes: SCOPES, credential: () => was.bySuspended },
  { name: 'an app of a manager', kind: 'tenant', scopes: SCOPES, isManager: true, credential: async () => (await appWith(SCOPES, manager)).token },
  {
    name: 'an administrator, by an app',
    kind: 'user',
    scopes: SCOPES,
    isAdministrator: true,
    isManager: true,
    credential: () => userToken(app, ofApp, administratorId, SCOPES),
  },
  { name: 'a manager, by an app', kind: 'user', scopes: SCOPES, isManager: true, credential: () => userToken(app, ofApp, manager, SCOPES) },
  { name: 'a member, by an app', kind: 'user', scopes: SCOPES, credential: () => userToken(app, ofApp, member, SCOPES) },
  {
    name: 'an administrator, by the browser',
    kind: 'session',
    scopes: SCOPES,
    isAdministrator: true,
    isManager: true,
    credential: () => userSession(app, tenantId, administratorId),
  },
  { name: 'a member, by the browser', kind: 'session', scopes: SCOPES, credential: () => userSession(app, tenantId, member) },
  { name: 'the panel of the room', kind: 'device', scopes: [], atTheRoom: true, credential: () => world.bearers.device },
  { name: 'the panel of another room', kind: 'device', scopes: [], credential: () => bearerOf(bound.secret) },
  ...(['tenant', 'user', 'session', 'device'] as const).map((kind): Actor => {
    const administers = { isAdministrator: kind !== 'device', isManager: kind !== 'device' };
    return { name: `another tenant's ${kind}`, kind, scopes: SCOPES, isForeign: true, ...administers, credential: () => stranger.bearers[kind] };
  }),
];

/** And those who are made for a method's scopes: all but them, and each of them alone. */
function actorsFor({ scopes }: Who): Actor[] {
  if (scopes.length === 0) return [];
  const others = SCOPES.filter((scope) => !scopes.includes(scope));
  const administrator = { isAdministrator: true, isManager: true };
  return [
    {
      name: 'an app with all other scopes',
      kind: 'tenant',
      scopes: others,
      ...administrator,
      credential: async () => (await appWith(others, administratorId)).token,
    },
    {
      name: 'an administrator who granted all other scopes',
      kind: 'user',
      scopes: others,
      ...administrator,
      credential: () => userToken(app, ofApp, administratorId, others),
    },
    {
      name: 'an administrator by an app with all other scopes',
      kind: 'user',
      scopes: others,
      ...administrator,
      credential: async () => userToken(app, { ...tenant, appId: (await appWith(others, administratorId)).appId }, administratorId, SCOPES),
    },
    ...scopes.map((scope): Actor => {
      const credential = async () => (await appWith([scope], administratorId)).token;
      return { name: `an app with ${scope} alone`, kind: 'tenant', scopes: [scope], ...administrator, credential };
    }),
  ];
}

const credentials = new Map<string, string>();
/** One of an actor's credentials, the same for all methods that it is made for. */
async function credentialOf({ name, scopes, credential }: Actor): Promise<string> {
  const key = `${name} ${scopes.join(' ')}`;
  const known = credentials.get(key) ?? (await credential());
  credentials.set(key, known);
  return known;
}

type Outcome = 'unauthenticated' | 'scope' | 'role' | 'in' | 'not theirs' | 'elsewhere';

function expected({ tokens, scopes, role, own }: Who, actor: Actor): Outcome {
  if (actor.kind === undefined || !tokens.includes(actor.kind)) return 'unauthenticated';
  if (actor.kind !== 'device' && scopes.length > 0 && !scopes.some((scope) => actor.scopes.includes(scope))) return 'scope';
  if (role === 'administrator' && !actor.isAdministrator) return 'role';
  if (role === 'manager' && !actor.isManager) return 'role';
  if (own === 'sensor') return 'role';
  // Numbers are a tenant's own: what the request names is something else there, and not always theirs.
  if (actor.isForeign) return own === undefined ? 'in' : 'elsewhere';
  if (own === 'door') return actor.kind !== 'device' || actor.atTheRoom ? 'in' : 'not theirs';
  // A person administers by what they are, an app only with the scope for it.
  const administers = actor.isAdministrator && (actor.kind !== 'tenant' || actor.scopes.includes('yuding:admin'));
  if (own === 'reservation') return administers || actor.atTheRoom ? 'in' : 'not theirs';
  if (own === 'reserver') return administers ? 'in' : 'not theirs';
  if (own === 'app') return actor.kind === 'session' || SCOPES.every((scope) => actor.scopes.includes(scope)) ? 'in' : 'not theirs';
  // The series is the calling app's of `world`; its administrator is invited.
  if (own === 'calendar') return actor.kind === 'user' && actor.isAdministrator ? 'in' : 'not theirs';
  return 'in';
}

const { missingToken, invalidTenantToken, invalidUserToken, invalidAppToken, unknownTokenForm, userTokenExpired } = gateway;
/** The authen methods have codes of their own for it, the older ones under HTTP 200. */
const ofAuthen = [authen.invalidAppToken, authen.invalidUserToken];
const UNAUTHENTICATED = [missingToken, invalidTenantToken, invalidUserToken, invalidAppToken, unknownTokenForm, userTokenExpired, ...ofAuthen];

/** What an answer amounts to; `in` is whatever the method itself has to say. */
function outcome({ status, body }: Answer): Outcome {
  // A stream of events is no refusal.
  if (status === 200 && body.startsWith('event: ')) return 'in';
  const { code, error } = JSON.parse(body) as { code?: number; error?: { code?: string } };
  if (status === 401 || UNAUTHENTICATED.some((row) => row.code === code)) return 'unauthenticated';
  if (['missing_scope', 'scope_not_granted'].includes(error?.code ?? '') || code === gateway.appLacksScope.code || code === gateway.userLacksScope.code)
    return 'scope';
  if (error?.code === 'no_permission' || code === 121005) return 'role';
  return 'in';
}

function isSuccess({ status, body }: Answer): boolean {
  return status < 300 && ((JSON.parse(body) as { code?: number }).code ?? 0) === 0;
}

/** Whether the answer is what it should be. What is not theirs may be refused or not be there; it may not be done. */
function fits(answer: Answer, wanted: Outcome): boolean {
  if (wanted === 'elsewhere') return !['unauthenticated', 'scope'].includes(outcome(answer));
  if (wanted === 'not theirs') return !isSuccess(answer) && !['unauthenticated', 'scope'].includes(outcome(answer));
  return outcome(answer) === wanted && (wanted === 'in' || !isSuccess(answer));
}

const methods: readonly Endpoint[] = [...endpoints, ...testClockMethods];
const routeOf = ({ method, path }: Endpoint) => `${method} ${path}`;
const guarded = methods.filter((endpoint) => routeOf(endpoint) in whoMay);

/** A request that names what the tenant has, or what nobody has. */
function requestOf({ id, method }: Endpoint, named: Ids): Request {
  return requests[id]?.(named, ids)[0] ?? (method === 'GET' ? {} : { body: bodies[id] ?? {} });
}

/** One of the browser's files, by the name that the build gave it. */
const assetPath = /\/assets\/[^"]+/.exec(await (await fetch(app.url)).text())?.[0] ?? '';

describe('the routes of the server', () => {
  it('stand all in who-may.ts, and no other do', async () => {
    // With single sign-on there are two more.
    const config = { ...app.ctx.config, oidc: { issuer: 'http://127.0.0.1:9', clientId: 'x', clientSecret: 'x', name: 'x' } };
    const server = buildServer({ ...app.ctx, config }, { more: testClockHandlers(new TestClock(), () => Promise.resolve(null)) });
    await server.ready();
    const live = [...server.routes].sort();
    await server.close();
    const message = 'test/support/who-may.ts says of every route who may call it: add what is new there, by hand';
    expect(live, message).toEqual([...Object.keys(open), ...pages, ...Object.keys(whoMay)].sort());
  });

  it.each(Object.entries(open))('%s is open to %s', async (route, to) => {
    const [method = '', path = ''] = route.replace('/assets/*', assetPath).split(' ');
    const body = method === 'POST' ? { body: '{}' } : {};
    for (const authorization of ['', 'Bearer x', `Bearer ${good}`]) {
      const response = await fetch(app.url + path, { method, headers: { authorization }, ...body });
      // What is not read holds its connection, and the server at its end.
      await response.text();
      const { status } = response;
      // The token endpoints miss their parameters, and say so with the status of a success; those of OAuth as RFC 6749 has it.
      expect([route, status]).toEqual([route, path.includes('oauth') ? 400 : 200]);
    }
    const throughProxy = await fetch(app.url + path, { method, headers: { 'x-forwarded-for': '203.0.113.7' }, ...body });
    await throughProxy.text();
    if (to === 'local') expect(throughProxy.status).toBe(404);
  });
});

describe('pages', () => {
  it.each(pages.filter((route) => !route.includes('/oidc')))('%s does nothing for who is not signed in, and shows nothing of anybody', async (route) => {
    const [method = '', path = ''] = route.split(' ');
    const before = await contentsOf(app, tenantId);
    for (const credential of ['', was.suspendedSession, 'yuding=AAAA.1773806400.AAAA', good]) {
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      const response = await fetch(app.url + path, {
        method,
        redirect: 'manual',
        headers: { ...credentialHeaders(credential), 'sec-fetch-site': 'same-origin', ...(method === 'POST' ? form : {}) },
        ...(method === 'POST' ? { body: 'decision=allow' } : {}),
      });
      const text = await response.text();
      expect(response.status, `${route}: ${text.slice(0, 300)}`).toBeLessThan(500);
      for (const name of [administratorId, member, '管理员', '可涵']) expect(text).not.toContain(name);
      expect(response.headers.get('set-cookie') ?? '').not.toMatch(/^(__Host-)?yuding=[^;]/);
    }
    expect(await contentsOf(app, tenantId)).toEqual(before);
  });
});

describe('who may not', () => {
  it.each(guarded.map((endpoint) => [routeOf(endpoint), endpoint] as const))('%s', async (route, endpoint) => {
    const who = whoMay[route];
    if (!who) throw new Error(route);
    const refused = [...actors, ...actorsFor(who)].filter(
      // Whoever may end their own session may do so in another tenant too.
      (actor) => (actor.isForeign === true && !endsTheCaller.includes(route)) || expected(who, actor) !== 'in',
    );
    const callers = new Map<Actor, string>();
    for (const actor of refused) callers.set(actor, await credentialOf(actor));
    const before = await contentsOf(app, tenantId);
    for (const [actor, credential] of callers) {
      const wanted = expected(who, actor);
      // What is refused before the method's own code does not depend on what is named.
      for (const named of ['unauthenticated', 'scope'].includes(wanted) ? [ids] : [ids, ghosts]) {
        const answer = await send(app, endpoint, credential, requestOf(endpoint, named));
        expect(
          fits(answer, wanted),
          `${route} called by ${actor.name} is to be "${wanted}", and is ${String(answer.status)} ${answer.body.slice(0, 300)}`,
        ).toBe(true);
      }
    }
    expect(await contentsOf(app, tenantId)).toEqual(before);
  });
});

// After all others: what is done here is done.
describe('who may', () => {
  const devicesFirst = [...guarded].sort((a, b) => Number(b.tokens.includes('device')) - Number(a.tokens.includes('device')));

  it.each(devicesFirst.map((endpoint) => [routeOf(endpoint), endpoint] as const))('%s', async (route, endpoint) => {
    const who = whoMay[route];
    if (!who) throw new Error(route);
    for (const actor of [...actors, ...actorsFor(who)]) {
      if (actor.isForeign === true || expected(who, actor) !== 'in') continue;
      const credential = endsTheCaller.includes(route) ? await actor.credential() : await credentialOf(actor);
      const answer = await send(app, endpoint, credential, requestOf(endpoint, ids));
      expect(outcome(answer), `${route} called by ${actor.name}: ${String(answer.status)} ${answer.body.slice(0, 300)}`).toBe('in');
      expect(answer.status).toBeLessThan(500);
    }
  });
});
