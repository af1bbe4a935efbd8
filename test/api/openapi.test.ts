import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, describe, expect, it } from 'vitest';
import { v1Methods } from '../../src/wire/index.ts';
import { tenantToken, testApp, testTenant } from '../support/app.ts';

/* What the server says of itself: checked by somebody else's validator, against the methods, and against what they answer. */
const app = await testApp();
afterAll(() => app.stop());
const tenant = await testTenant(app, { scopes: ['yuding:admin'] });
const token = await tenantToken(app, tenant);

interface Operation {
  operationId: string;
  parameters?: { name: string; in: string; required?: boolean; schema?: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; headers?: Record<string, object>; content?: object }>;
  security?: object[];
}
interface Description {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
}

const response = await fetch(`${app.url}/api/v1/openapi.json`);
const text = await response.text();
const description = JSON.parse(text) as Description;
const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, ...operation })),
);
/** The form in which OpenAPI writes `/a/:b`. */
const templateOf = (path: string) => path.replace(/:(\w+)/g, '{$1}');

describe('/api/v1/openapi.json', () => {
  it('is given to anybody, as JSON', () => {
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
  });

  it('is an OpenAPI 3.1 document', async () => {
    const validator = new Validator();
    expect(await validator.validate(JSON.parse(text) as Record<string, unknown>)).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
    expect(description.openapi).toBe('3.1.0');
  });

  it('would not be one with a fault in it', async () => {
    const broken = JSON.parse(text) as Description;
    for (const methods of Object.values(broken.paths)) for (const operation of Object.values(methods)) operation.parameters = [{ name: 'x', in: 'nowhere' }];
    expect(await new Validator().validate({ ...broken })).toMatchObject({ valid: false });
  });

  it('has every method and nothing else', () => {
    const defined = v1Methods.map(({ method, path }) => `${method} ${templateOf(path)}`);
    expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(defined.sort());
    expect(defined.filter((line) => !/^\w+ \/api\/v1\//.test(line))).toEqual([]);
  });

  it('names each operation once, as the method is called', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(v1Methods.map(({ id }) => id).sort());
  });

  it('resolves all its references', () => {
    const references = [...text.matchAll(/"\$ref":"([^"]*)"/g)].map(([, target = '']) => target);
    expect(references.length).toBeGreaterThan(0);
    for (const target of new Set(references)) {
      expect(target).toMatch(/^#\//);
      const found = target
        .slice(2)
        .split('/')
        .reduce<unknown>((place, key) => (place as Record<string, unknown> | undefined)?.[key], description);
      expect(found, target).toBeTypeOf('object');
    }
  });

  it.each(operations)('declares the parameters of $method $path', ({ method, path, parameters = [], requestBody, responses, security }) => {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const declared = parameters.filter((parameter) => parameter.in === 'path');
    expect(declared.map(({ name }) => name)).toEqual(inPath);
    expect(declared.map(({ required }) => required)).toEqual(inPath.map(() => true));
    const names = parameters.map(({ name, in: place }) => `${place} ${name}`);
    expect(new Set(names).size).toBe(names.length);

    const endpoint = v1Methods.find((candidate) => candidate.method === method && templateOf(candidate.path) === path);
    if (!endpoint) throw new Error(`no method ${method} ${path}`);
    const query = (endpoint.query ?? {}) as { properties?: object };
    expect(parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name)).toEqual(Object.keys(query.properties ?? {}));
    const headers = [...(endpoint.ifMatch ? ['If-Match'] : []), ...(endpoint.idempotent ? ['Idempotency-Key'] : [])];
    expect(parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name)).toEqual(headers);
    expect(requestBody !== undefined).toBe(endpoint.body !== undefined);
    expect(Object.keys(responses)).toContain(String(endpoint.status ?? 200));
    // What needs no token says so; what does inherits the document's.
    expect(security).toEqual(endpoint.tokens.length === 0 ? [] : undefined);
  });
});

describe('the refusals of a method', () => {
  const parent = { parent_id: '0' };
  const create = async (path: string, body: object) => {
    const made = await ask('POST', path, body);
    expect(made.status).toBe(201);
    return made.body as unknown as { id: string };
  };
  const ask = async (method: string, path: string, body?: object, headers: Record<string, string> = {}, bearer: string | null = token) => {
    const answer = await fetch(`${app.url}/api/v1${path}`, {
      method,
      headers: { ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }), ...headers },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: answer.status, body: (await answer.json()) as { error: { code: string } } };
  };

  interface Case {
    operationId: string;
    /** Makes the refusal; given a level with a room in it. */
    refused: (level: string, room: string) => ReturnType<typeof ask>;
    status: number;
    code: string;
  }
  const book = (room_id: string, fields: object = {}) =>
    ask('POST', '/reservations', { room_id, start: '2026-03-18T06:00:00Z', end: '2026-03-18T07:00:00Z', ...fields });
  /** A reservation in a room of its own. */
  const reserved = async (level: string) => {
    const { id } = await create('/rooms', { name: `room ${String(++roomsSoFar)}`, capacity: 1, level_id: level });
    const { reservations } = (await book(id)).body as unknown as { reservations: { id: string }[] };
    return { roomId: id, path: `/reservations/${reservations[0]?.id ?? ''}` };
  };
  let roomsSoFar = 0;
  const settings = (part: object) => (level: string) => ask('PATCH', `/settings/${level}`, part);
  const cases: Case[] = [
    { operationId: 'v1.tree.get', refused: () => ask('GET', '/tree', undefined, {}, null), status: 401, code: 'missing_token' },
    { operationId: 'v1.tree.get', refused: () => ask('GET', '/tree', undefined, {}, 't-x'), status: 401, code: 'invalid_token' },
    { operationId: 'v1.tree.get', refused: () => ask('GET', '/tree?limit=0'), status: 400, code: 'invalid' },
    { operationId: 'v1.tree.get', refused: () => ask('GET', '/tree?level=omb_none'), status: 404, code: 'not_found' },
    {
      operationId: 'v1.tree.get',
      refused: async () => {
        const { next_cursor } = (await ask('GET', '/tree?limit=1')).body as unknown as { next_cursor: string };
        await create('/levels', { ...parent, name: 'newer' });
        return ask('GET', `/tree?limit=1&cursor=${next_cursor}`);
      },
      status: 409,
      code: 'conflict',
    },
    { operationId: 'v1.level.get', refused: () => ask('GET', '/levels/omb_none'), status: 404, code: 'not_found' },
    { operationId: 'v1.level.change', refused: (level) => ask('PATCH', `/levels/${level}`, {}, { 'if-match': '"999"' }), status: 412, code: 'stale' },
    { operationId: 'v1.level.create', refused: () => ask('POST', '/levels', { ...parent, name: 'house' }), status: 409, code: 'conflict' },
    { operationId: 'v1.level.create', refused: () => ask('POST', '/levels', { name: 'x', parent_id: 'omb_none' }), status: 404, code: 'not_found' },
    { operationId: 'v1.level.delete', refused: (level) => ask('DELETE', `/levels/${level}`), status: 409, code: 'has_children' },
    { operationId: 'v1.room.create', refused: () => ask('POST', '/rooms', { name: 'x', capacity: 1, level_id: '0' }), status: 409, code: 'wrong_level' },
    { operationId: 'v1.room.change', refused: (_, room) => ask('PATCH', `/rooms/${room}`, { level_id: '0' }), status: 409, code: 'wrong_level' },
    {
      operationId: 'v1.settings.change',
      refused: settings({ administrators: { users: ['ou_none'], departments: [] } }),
      status: 400,
      code: 'unknown_user',
    },
    {
      operationId: 'v1.settings.change',
      refused: settings({ administrators: { users: [], departments: ['od-none'] } }),
      status: 400,
      code: 'unknown_department',
    },
    {
      operationId: 'v1.settings.change',
      refused: settings({ administrators: { users: Array.from({ length: 501 }, (_, i) => `ou_${String(i)}`), departments: [] } }),
      status: 400,
      code: 'too_many_members',
    },
    { operationId: 'v1.reservation.book', refused: async (level) => book((await reserved(level)).roomId), status: 409, code: 'taken' },
    { operationId: 'v1.reservation.book', refused: (_, room) => book(room, { start: '2026-03-18T01:00:00Z' }), status: 409, code: 'refused' },
    { operationId: 'v1.reservation.book', refused: (_, room) => book(room, { guests: ['ou_none'] }), status: 400, code: 'unknown_user' },
    { operationId: 'v1.reservation.book', refused: (_, room) => book(room, { on_behalf_of: 'ou_none' }), status: 400, code: 'unknown_user' },
    {
      operationId: 'v1.reservation.book',
      refused: async (_, room) => {
        const again = (end: string) => ask('POST', '/reservations', { room_id: room, start: '2026-03-20T06:00:00Z', end }, { 'idempotency-key': 'one' });
        await again('2026-03-20T07:00:00Z');
        return again('2026-03-20T08:00:00Z');
      },
      status: 409,
      code: 'conflict',
    },
    {
      operationId: 'v1.reservation.move',
      refused: async (level) => ask('PATCH', (await reserved(level)).path, { start: '2026-03-18T08:00:00Z' }, { 'if-match': '"999"' }),
      status: 412,
      code: 'stale',
    },
    { operationId: 'v1.reservation.end', refused: async (level) => ask('POST', `${(await reserved(level)).path}/end`), status: 409, code: 'wrong_state' },
    {
      operationId: 'v1.reservation.approve',
      refused: async (level) => ask('POST', `${(await reserved(level)).path}/approve`, {}),
      status: 409,
      code: 'wrong_state',
    },
    { operationId: 'v1.reservation.undo', refused: async (level) => ask('POST', `${(await reserved(level)).path}/undo`), status: 409, code: 'wrong_state' },
    { operationId: 'v1.reservation.get', refused: () => ask('GET', '/reservations/999'), status: 404, code: 'not_found' },
    {
      operationId: 'v1.reservation.walk_up',
      refused: () => ask('POST', '/rooms/omm_none/walk-up', { end: '2026-03-18T06:00:00Z' }),
      status: 404,
      code: 'not_found',
    },
  ];

  let house: Promise<{ level: string; room: string }> | undefined;
  const furnish = async () => {
    const level = await create('/levels', { ...parent, name: 'house' });
    return { level: level.id, room: (await create('/rooms', { name: 'room', capacity: 1, level_id: level.id })).id };
  };

  it.each(cases)('are in it: $operationId $status $code', async ({ operationId, refused, status, code }) => {
    const { level, room } = await (house ??= furnish());
    const answer = await refused(level, room);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    const documented = operations.find((operation) => operation.operationId === operationId)?.responses[String(status)];
    expect(documented?.description ?? 'nothing').toContain(`\`${code}\``);
  });
});
