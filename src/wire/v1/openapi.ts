import { Type, type TSchema } from 'typebox';
import type { Endpoint } from '../endpoint.ts';
import type { WireError } from '../errors.ts';
import { defineMethod } from './endpoint.ts';
import { v1Faults, v1Gateway } from './errors.ts';

export const openApiMethod = defineMethod({
  id: 'v1.openapi.get',
  summary: 'This description',
  method: 'GET',
  path: '/api/v1/openapi.json',
  tokens: [],
  scopes: [],
  answer: Type.Object({}, { description: 'An OpenAPI 3.1 document' }),
});

type Json = Record<string, unknown>;

/** Describes the methods of `/api/v1` as an OpenAPI 3.1 document. Their schemas are JSON Schema, which it takes as they are. */
export function describeApi(methods: readonly Endpoint[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const method of methods) {
    const path = method.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [method.method.toLowerCase()]: operation(method) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Yuding',
      version,
      description: 'Meeting rooms and their reservations: what the browser, panels and integrations use beside the vendor’s API.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    tags: [...new Set(methods.map(tagOf))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'A tenant token (`t-`) or a user token (`u-`)' } },
      schemas: { Problem },
    },
  };
}

const Problem = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'log_id'],
      properties: {
        code: { type: 'string', description: 'For programs' },
        message: { type: 'string', description: 'For people' },
        fields: {
          type: 'array',
          items: {
            type: 'object',
            required: ['field', 'description'],
            properties: { field: { type: 'string' }, value: { type: 'string' }, description: { type: 'string' } },
          },
        },
        rule: { type: 'string', description: 'The rule of the room that refused a reservation' },
        clashes: { type: 'array', items: { type: 'string', format: 'date-time' }, description: 'Dates of a series that are taken' },
        scopes: { type: 'array', items: { type: 'string' } },
        log_id: { type: 'string', description: 'Of the line in the log of the server' },
      },
    },
  },
} as const;

function operation(endpoint: Endpoint): Json {
  const { id, summary, tokens, scopes, params, query, body, answer, status = 200, ifMatch, idempotent, stream } = endpoint;
  const parameters = [...parametersIn('path', params), ...parametersIn('query', query)];
  if (ifMatch) parameters.push({ name: 'If-Match', in: 'header', description: 'ETag of an answer: change only what is still so', schema: { type: 'string' } });
  if (idempotent)
    parameters.push({ name: 'Idempotency-Key', in: 'header', description: 'The same request under the same key is done once', schema: { type: 'string' } });
  return {
    operationId: id,
    summary,
    tags: [tagOf(endpoint)],
    ...(scopes.length > 0 ? { description: `One of the scopes ${scopes.map((scope) => `\`${scope}\``).join(', ')} is needed.` } : {}),
    ...(tokens.length === 0 ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: body } } } } : {}),
    responses: {
      [status]: { description: 'Done', ...headersOf(answer), content: { [stream ? 'text/event-stream' : 'application/json']: { schema: answer } } },
      ...refusalsOf(endpoint),
    },
  };
}

function tagOf({ id }: Endpoint): string {
  return id.split('.')[1] ?? id;
}

interface Properties {
  properties?: Record<string, { description?: string; writeOnly?: boolean }>;
  required?: readonly string[];
}

function parametersIn(place: 'path' | 'query', schema: TSchema | undefined): Json[] {
  const { properties = {}, required = [] } = (schema ?? {}) as Properties;
  return Object.entries(properties).map(([name, { description, writeOnly: _writeOnly, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || (required.includes(name) && !('default' in rest)),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}

function headersOf(answer: TSchema): Json {
  if (!('version' in ((answer as Properties).properties ?? {}))) return {};
  return { headers: { ETag: { description: 'The version, for If-Match', schema: { type: 'string' } } } };
}

/** The statuses of a method's refusals, each with the words that `error.code` may have there. */
function refusalsOf({ tokens, ifMatch, body, params, query, method, faults, refusals = [] }: Endpoint): Json {
  const rows: WireError[] = [v1Faults.internal, v1Gateway.overloaded];
  if (tokens.length > 0) rows.push(v1Gateway.missingToken, v1Gateway.invalidTenantToken, v1Gateway.userTokenExpired);
  if (tokens.length > 0) rows.push(v1Gateway.appLacksScope, v1Gateway.userLacksScope, v1Faults.noPermission);
  if (body ?? params ?? query) rows.push(v1Faults.param);
  if (params ?? body ?? query) rows.push(v1Faults.notFound);
  if (method !== 'GET' && tokens.length > 0) rows.push(v1Faults.conflict);
  if (ifMatch) rows.push(v1Faults.stale);
  for (const fault of refusals) rows.push(faults[fault] ?? faults.internal);
  const statuses = new Map<number, Set<string>>();
  for (const { http, code } of rows) statuses.set(http, (statuses.get(http) ?? new Set<string>()).add(String(code)));
  return Object.fromEntries(
    [...statuses].map(([status, words]) => [
      status,
      {
        description: `Refused: ${[...words].map((word) => `\`${word}\``).join(', ')}`,
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}
