import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { bindDevice } from '../../src/domain/devices.ts';
import type { Door, Endpoint, TokenKind } from '../../src/wire/endpoint.ts';
import { formatToken } from '../../src/wire/identifiers.ts';
import { NOON, tester, testApp } from '../support/app.ts';
import { addRoom } from '../support/ledger.ts';
import {
  aboutTheCaller,
  anonymous,
  bodies,
  contentsOf,
  endpointOf,
  furnish,
  hourFrom,
  made,
  nobodys,
  protectedEndpoints,
  requests,
  send,
  type Answer,
  type Ids,
  type World,
} from '../support/worlds.ts';

/*
 * Tenants do not see each other. Whoever names what another tenant has gets the answer of what does not exist, to the byte,
 * and the other tenant stays as it is. Every method that takes a token has to have its lines in `requests`.
 */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());

const victim = await furnish(app, true);
const caller = await furnish(app, true);
// Numbers of one tenant are not those of another: the victim has more.
const LATER = NOON + 40 * 86_400;
victim.ids.reservation = await numberOfMany(victim);

/** Makes some more reservations of the room. @returns the last one's number */
async function numberOfMany({ bearers, ids }: World): Promise<string> {
  const body = { room_id: ids.room, ...hourFrom(LATER), recurrence: 'FREQ=DAILY;COUNT=60', on_behalf_of: ids.user };
  const text = await made(app, 'v1.reservation.book', bearers.user, { body });
  return [...text.matchAll(/"id":"(\d+)"/g)].at(-1)?.[1] ?? '';
}

describe('the table of this test', () => {
  it('has every method that takes a token, and no other', () => {
    expect(Object.keys(requests).sort()).toEqual(protectedEndpoints.map(({ id }) => id).sort());
  });

  it('names every parameter of a path', () => {
    for (const { id, params } of protectedEndpoints) {
      const named = Object.keys((params as { properties?: object } | undefined)?.properties ?? {});
      for (const request of requests[id]?.(victim.ids, caller.ids) ?? []) expect(Object.keys(request.params ?? {})).toEqual(named);
    }
  });

  it('looks at every table', async () => {
    const contents = await contentsOf(app, victim.tenant.tenantId);
    expect(Object.entries(contents).filter(([, rows]) => rows.length === 0)).toEqual([]);
  });
});

describe("another tenant's things", () => {
  const cases = protectedEndpoints
    .filter(({ id }) => !aboutTheCaller.includes(id))
    .flatMap((endpoint) => endpoint.tokens.map((kind) => [endpoint.id, kind, endpoint] as const));
  const askedWith = (id: string, kind: TokenKind, foreign: Ids, own: Ids) =>
    (requests[id]?.(foreign, own) ?? []).filter(({ kinds }) => kinds?.includes(kind) ?? true);

  /** Everything of both: no case changes any of it. */
  let untouched: Record<string, string[]>[] | undefined;
  const both = async () => [await contentsOf(app, victim.tenant.tenantId), await contentsOf(app, caller.tenant.tenantId)];

  it.each(cases)('are not there for %s with the token of a %s', async (id, kind, endpoint) => {
    const ghosts = nobodys(app, victim.ids);
    const asked = askedWith(id, kind, victim.ids, caller.ids);
    const askedOfNobody = askedWith(id, kind, ghosts, caller.ids);
    expect(asked.length).toBeGreaterThan(0);
    const before = (untouched ??= await both());
    for (const [i, request] of asked.entries()) {
      const unknown = anonymous(await send(app, endpoint, caller.bearers[kind], askedOfNobody[i] ?? {}), ghosts);
      const foreign = anonymous(await send(app, endpoint, caller.bearers[kind], request), victim.ids);
      expect([request, foreign]).toEqual([request, unknown]);
      // A token that is refused, say, would look the same whatever was asked.
      expect([request, refusedBefore(foreign)]).toEqual([request, null]);
    }
    expect(await both()).toEqual(before);
  });

  // Were the requests wrong in themselves, the test above would see nothing.
  it.each(protectedEndpoints.filter(({ id }) => !aboutTheCaller.includes(id)))('are there for their own tenant: $id', async (endpoint) => {
    const count = requests[endpoint.id]?.(victim.ids, caller.ids).length ?? 0;
    for (let i = 0; i < count; i++) {
      // What an earlier request has used up is there in a new tenant; to make one takes time.
      let [known, unknown] = await ownAndNobodys(endpoint, i);
      if (isDeepStrictEqual(known, unknown)) {
        worlds.delete(endpoint.door);
        [known, unknown] = await ownAndNobodys(endpoint, i);
      }
      expect([i, known]).not.toEqual([i, unknown]);
    }
  });
});

/** Answers to one of a method's requests when it names what the caller's tenant has, and when it names what nobody has. */
async function ownAndNobodys(endpoint: Endpoint, i: number): Promise<[Answer, Answer]> {
  let world = worlds.get(endpoint.door);
  if (!world) worlds.set(endpoint.door, (world = await furnish(app, true)));
  const ghosts = nobodys(app, world.ids);
  const [asked, askedOfNobody] = [world.ids, ghosts].map((ids) => requests[endpoint.id]?.(ids, world.ids)[i] ?? {});
  const kind = endpoint.tokens.find((one) => asked?.kinds?.includes(one) ?? true) ?? 'tenant';
  const unknown = anonymous(await send(app, endpoint, world.bearers[kind], askedOfNobody ?? {}), ghosts);
  return [anonymous(await send(app, endpoint, world.bearers[kind], asked ?? {}), world.ids), unknown];
}

/** The tenant that a door's methods are tried on. */
const worlds = new Map<Door, World>();

describe('what a method tells its caller of the caller', () => {
  it.each(aboutTheCaller)('is nothing of another tenant, and changes nothing there: %s', async (id) => {
    const endpoint = endpointOf(id);
    const before = await contentsOf(app, victim.tenant.tenantId);
    for (const kind of endpoint.tokens) {
      const { status, body } = await send(app, endpoint, caller.bearers[kind], endpoint.method === 'GET' ? {} : { body: bodies[id] ?? {} });
      // A panel is no sensor; the item is none of the caller's inbox; and nobody's new password is nothing.
      expect(status, body).toBe({ 'v1.device.sensor_report': 403, 'v1.inbox.mark_read': 404, 'v1.session.change_password': 400 }[id] ?? endpoint.status ?? 200);
      for (const foreign of Object.values(victim.ids)) if (typeof foreign === 'string' && foreign.length > 10) expect(body).not.toContain(foreign);
    }
    expect(await contentsOf(app, victim.tenant.tenantId)).toEqual(before);
  });
});

describe('the device of another room', () => {
  let shared: World | undefined;
  const methods = protectedEndpoints.filter(({ id, tokens }) => tokens.includes('device') && !aboutTheCaller.includes(id));

  it.each(methods)('finds nothing here: $id', async (endpoint) => {
    const world = (shared ??= await furnish(app, true));
    const { tenantId } = world.tenant;
    const elsewhere = await addRoom(app, tenantId, world.ids.level);
    const ghosts = nobodys(app, world.ids);
    for (const kind of ['panel', 'qr_code', 'controller', 'touch_panel', 'sensor'] as const) {
      const { secret } = await bindDevice(app.ctx, tester, { tenantId, roomId: elsewhere.roomId, kind, name: kind });
      const bearer = formatToken({ kind: 'device', tenantId, secret });
      const before = await contentsOf(app, tenantId);
      const [asked, askedOfNobody] = [world.ids, ghosts].map((ids) => requests[endpoint.id]?.(ids, world.ids)[0] ?? {});
      const found = anonymous(await send(app, endpoint, bearer, asked ?? {}), world.ids);
      // That there are other rooms is no secret; what is reserved in them is.
      if (endpoint.id === 'v1.reservation.walk_up') expect(found).toMatchObject({ status: 403, body: expect.stringContaining('no_permission') as string });
      else expect([kind, found]).toEqual([kind, anonymous(await send(app, endpoint, bearer, askedOfNobody ?? {}), ghosts)]);
      expect(await contentsOf(app, tenantId)).toEqual(before);
    }
  });
});

/** The code of a refusal that came before the method's own code ran; null for any other answer. */
function refusedBefore({ body }: Answer): string | null {
  return /"code":(9999\d+|"(?:invalid_token|missing_token|missing_scope|scope_not_granted|no_permission|malformed_request)")/.exec(body)?.[1] ?? null;
}
