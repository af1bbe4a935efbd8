import type { TSchema } from 'typebox';
import { afterAll, describe, expect, it } from 'vitest';
import type { Endpoint } from '../../src/wire/endpoint.ts';
import { testApp } from '../support/app.ts';
import { bodies, contentsOf, furnish, protectedEndpoints, requests, send, type Request, type World } from '../support/worlds.ts';

/* Fields that no method has: names of columns, of rights, of what JavaScript keeps its own things under. They change nothing. */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());

const CANARY = 'canary-of-mass-assignment';
const NUMBER = 987_654_321;

/** Every column of the tables that a method could have a row of, and what else one would try. */
const numbers = ['tenant_id', 'is_administrator', 'manages_meetings', 'created_at', 'updated_at', 'suspended_at', 'revoked_at', 'deleted_at', 'accepted_at'];
const moreNumbers = [
  'rejected_at',
  'released_at',
  'checked_in_at',
  'directory_version',
  'changed_in',
  'version',
  'secret_version',
  'room_no',
  'denied',
  'position',
];
const texts = ['id', 'status', 'role', 'scopes', 'created_by', 'creator_id', 'app_id', 'user_id', 'owner', 'secret', 'secret_hash', 'credential_hash', 'kind'];
const moreTexts = [
  'reserver_id',
  'reserver_name',
  'organizer_id',
  'released_by_name',
  'root_level_id',
  'tenant_key',
  'app_secret',
  'push_url',
  'anonymised_at',
];
const flags = ['is_admin', 'isAdministrator', 'admin', 'denied', 'constructor', 'prototype'];

interface Properties {
  properties?: Record<string, TSchema>;
  items?: TSchema;
}

/** What the schema does not know, as the text of a body: `__proto__` would not survive being an object. */
function withMore(body: object, { properties = {} }: Properties): { text: string; names: string[] } {
  const given: [string, unknown][] = [
    ...[...numbers, ...moreNumbers].map((name): [string, unknown] => [name, NUMBER]),
    ...[...texts, ...moreTexts].map((name): [string, unknown] => [name, CANARY]),
    ...flags.map((name): [string, unknown] => [name, true]),
    ['__proto__', { polluted: CANARY, is_administrator: NUMBER }],
    ['constructor', { prototype: { polluted: CANARY } }],
  ];
  const unknown = given.filter(([name], i) => !Object.hasOwn(properties, name) && given.findIndex(([other]) => other === name) === i);
  const fields = [...Object.entries(body), ...unknown].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return { text: `{${fields.join(',')}}`, names: unknown.map(([name]) => name) };
}

const writes = protectedEndpoints.filter(({ body, method }) => body !== undefined && method !== 'GET');
const worlds = new Map<string, World>();

async function worldOf({ door }: Endpoint, anew = false): Promise<World> {
  const known = anew ? undefined : worlds.get(door);
  const world = known ?? (await furnish(app));
  worlds.set(door, world);
  return world;
}

function requestIn({ id, tokens, body }: Endpoint, { ids, bearers }: World): { request: Request & { body?: object }; bearer: string } {
  const request = (requests[id]?.(ids, ids)[0] ?? (body ? { body: bodies[id] ?? {} } : {})) as Request & { body?: object };
  return { request, bearer: bearers[tokens.find((kind) => request.kinds?.includes(kind) ?? true) ?? 'tenant'] };
}

/** Where an answer has what its schema does not. */
function unknownIn(
  value: unknown,
  schema: Properties & { anyOf?: Properties[]; additionalProperties?: unknown; patternProperties?: unknown },
  at = '',
): string[] {
  const { anyOf, items, properties } = schema;
  if (anyOf) {
    const found = anyOf.map((one) => unknownIn(value, one, at));
    return found.find((names) => names.length === 0) ?? found[0] ?? [];
  }
  if (Array.isArray(value)) return items ? value.flatMap((item) => unknownIn(item, items as Properties, `${at}[]`)) : [];
  // A record's names are anything; of an object only what is said.
  if (typeof value !== 'object' || value === null || !properties) return [];
  return Object.entries(value).flatMap(([name, field]) => {
    const known = properties[name] as Properties | undefined;
    return known ? unknownIn(field, known, `${at}.${name}`) : [`${at}.${name}`];
  });
}

describe('fields that a method does not have', () => {
  it.each(writes)('change nothing: $id', async (endpoint) => {
    let world = await worldOf(endpoint);
    let { request, bearer } = requestIn(endpoint, world);
    const { text, names } = withMore(request.body ?? {}, endpoint.body as Properties);
    expect(names.length).toBeGreaterThan(30);
    const before = await contentsOf(app, world.tenant.tenantId);
    const { users, apps, tenants } = before;
    const send_ = (raw: string) => send(app, endpoint, bearer, { ...request, body: raw });
    let answer = await send_(text);
    if (endpoint.door === 'v1') {
      // Each of them is named.
      expect([answer.status, answer.body.includes('"invalid"')]).toEqual([400, true]);
      expect(await contentsOf(app, world.tenant.tenantId)).toEqual(before);
      for (const name of names) {
        const one = await send_(
          JSON.stringify({ ...(request.body ?? {}) }).replace(
            /\{/,
            `{${JSON.stringify(name)}:${String(NUMBER)}${Object.keys(request.body ?? {}).length > 0 ? ',' : ''}`,
          ),
        );
        expect([name, one.status]).toEqual([name, 400]);
        expect(one.body).toContain(name);
      }
      return;
    }
    // The vendor does not mind them: it is done as if they were not there.
    if (answer.status >= 300) {
      world = await worldOf(endpoint, true);
      ({ request, bearer } = requestIn(endpoint, world));
      answer = await send_(withMore(request.body ?? {}, endpoint.body as Properties).text);
    }
    const after = await contentsOf(app, world.tenant.tenantId);
    for (const table of [JSON.stringify(after), answer.body]) {
      expect(table).not.toContain(CANARY);
      expect(table).not.toContain(String(NUMBER));
    }
    if (worlds.get(endpoint.door) === world && JSON.stringify(users) === JSON.stringify(after.users)) {
      expect([after.users, after.apps]).toEqual([users, apps]);
      expect(after.tenants?.length).toBe(tenants?.length);
    }
    const { data } = JSON.parse(answer.body) as { data?: unknown };
    if (answer.status < 300) expect(unknownIn(data, endpoint.answer as Properties)).toEqual([]);
  });

  it('pollute nothing', () => {
    for (const one of [{}, [], Object.create(null) as object, Object]) {
      expect('polluted' in one).toBe(false);
      expect('is_administrator' in one).toBe(false);
    }
  });
});

describe('what methods answer', () => {
  // Of events the tests of live updates say the same.
  const ours = protectedEndpoints.filter(({ door, stream }) => door === 'v1' && !stream);

  it.each(ours)('is in its schema, and nothing else: $id', async (endpoint) => {
    const world = await worldOf(endpoint);
    const { request, bearer } = requestIn(endpoint, world);
    const { status, body } = await send(app, endpoint, bearer, request);
    expect(status).toBeLessThan(500);
    if (status < 300) expect(unknownIn(JSON.parse(body), endpoint.answer as Properties)).toEqual([]);
  });
});
