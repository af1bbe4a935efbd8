import type { Random } from '../../src/domain/demo/random.ts';
import type { Endpoint, TokenKind } from '../../src/wire/endpoint.ts';
import { endpoints } from '../../src/wire/index.ts';
import { credentialHeaders } from './app.ts';
import { contentTypes, corpus, jsonValues, mangled, rawBodies } from './corpus.ts';

/*
 * Requests made from the endpoint definitions: a good one for each, and the same with one thing tampered with. Values come
 * from the JSON schema; where a schema cannot tell (an id, the end of a period), from `known`, by the name of the field.
 */

export interface Case {
  endpoint: Endpoint;
  method: string;
  path: string;
  query: [string, string][];
  /** Appended to the URL as it is. */
  rawQuery?: string;
  headers: Record<string, string>;
  body?: string | Buffer;
  /** The one field that was tampered with, when it was one. */
  field?: string;
}

export interface Schema {
  type?: string;
  const?: unknown;
  enum?: readonly unknown[];
  anyOf?: readonly Schema[];
  items?: Schema;
  properties?: Readonly<Record<string, Schema>>;
  default?: unknown;
  minimum?: number;
  writeOnly?: boolean;
}

/** Said of a field that a good request does without. */
export const ABSENT = Symbol('left out');

/** Where good requests find what a schema cannot tell. */
export interface Known {
  tokens: Readonly<Record<TokenKind, string>>;
  /** With whose token a good request of a method comes. */
  kindFor(endpoint: Endpoint): TokenKind | undefined;
  /** A value by the name of a field, or by `parent.name` where the name alone means something else. */
  value(name: string, endpoint: Endpoint): unknown;
}

const propertiesOf = (schema: unknown): Readonly<Record<string, Schema>> => (schema as Schema | undefined)?.properties ?? {};
const optionOf = (schema: Schema): Schema => schema.anyOf?.find(({ type }) => type !== 'null') ?? schema;

/** A value that the schema takes; undefined: left out. Optional fields are there too, so that they can be tampered with. */
function goodValue(given: Schema, path: readonly string[], endpoint: Endpoint, known: Known): unknown {
  const schema = optionOf(given);
  if (schema.type === 'object') return goodObject(schema, path, endpoint, known);
  const named = known.value(path.slice(-2).join('.'), endpoint) ?? known.value(path.at(-1) ?? '', endpoint);
  if (named === ABSENT) return undefined;
  if (named !== undefined) return named;
  if (schema.writeOnly) return undefined;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  if (schema.type === 'array') return [goodValue(schema.items ?? {}, [...path.slice(0, -1), `${path.at(-1) ?? ''}[]`], endpoint, known)];
  if (schema.type === 'boolean') return true;
  if (schema.type === 'integer' || schema.type === 'number') return Math.max(schema.minimum ?? 1, 1);
  return 'text';
}

function goodObject(schema: Schema, path: readonly string[], endpoint: Endpoint, known: Known): Record<string, unknown> {
  const fields = Object.entries(propertiesOf(schema)).map(([name, field]): [string, unknown] => [name, goodValue(field, [...path, name], endpoint, known)]);
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** A call that succeeds, to be tampered with. */
export function goodCase(endpoint: Endpoint, known: Known): Case {
  const params = goodObject(endpoint.params ?? {}, [], endpoint, known);
  const query = Object.entries(goodObject((endpoint.query ?? {}) as Schema, [], endpoint, known)).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((item): [string, string] => [name, asText(item)]),
  );
  const kind = known.kindFor(endpoint);
  return {
    endpoint,
    method: endpoint.method,
    path: pathOf(endpoint, params),
    query,
    headers: kind ? credentialHeaders(known.tokens[kind]) : {},
    ...(endpoint.body ? { body: JSON.stringify(goodObject(endpoint.body, [], endpoint, known)) } : {}),
  };
}

function pathOf({ path }: Endpoint, params: Readonly<Record<string, unknown>>): string {
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(asText(params[name])));
}

/** Every place of a body that can hold something: `a`, `a.b`, `a.0`, `a.0.b`. */
export function placesIn(given: unknown, path: readonly string[] = []): string[][] {
  const schema = optionOf(given as Schema);
  const below =
    schema.type === 'array'
      ? [[[...path, '0'], schema.items ?? {}] as [string[], Schema]]
      : Object.entries(propertiesOf(schema)).map(([name, field]) => [[...path, name], field] as [string[], Schema]);
  return below.flatMap(([place, field]) => [place, ...placesIn(field, place)]);
}

function withParameter(good: Case, name: string, value: string): Case {
  return { ...good, query: [...good.query.filter(([other]) => other !== name), [name, value]], field: name };
}

/** An empty path parameter is another path. */
function withPathParameter(good: Case, name: string, value: string, known: Known): Case {
  const params = goodObject(good.endpoint.params ?? {}, [], good.endpoint, known);
  return { ...good, path: pathOf(good.endpoint, { ...params, [name]: value }), ...(value === '' ? {} : { field: name }) };
}

function withField(good: Case, place: readonly string[], value: unknown): Case {
  return { ...good, body: JSON.stringify(replaced(JSON.parse(typeof good.body === 'string' ? good.body : '{}'), place, value)), field: place.join('.') };
}

function replaced(whole: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(whole)) return [replaced(whole[0], rest, value)];
  const object = whole as Record<string, unknown>;
  return { ...object, [key]: replaced(object[key] ?? {}, rest, value) };
}

/**
 * Everything once: each value of the corpus in each parameter and field of an endpoint, however deep.
 *
 * @param every only every so many-th value; which, changes from field to field, so that none is left out of all
 */
export function* sweep(endpoint: Endpoint, known: Known, every: number): Generator<Case> {
  const good = () => goodCase(endpoint, known);
  let field = 0;
  const some = <Value>(values: readonly Value[]): Value[] => {
    field++;
    return values.filter((_, at) => (at + field) % every === 0);
  };
  for (const name of Object.keys(propertiesOf(endpoint.params))) for (const value of some(corpus)) yield withPathParameter(good(), name, value, known);
  for (const name of Object.keys(propertiesOf(endpoint.query))) for (const value of some(corpus)) yield withParameter(good(), name, value);
  for (const place of placesIn(endpoint.body ?? {})) for (const value of some(jsonValues)) yield withField(good(), place, value);
  if (endpoint.ifMatch) for (const value of some(corpus)) yield withHeader(good(), 'if-match', value);
  if (endpoint.idempotent) for (const value of some(corpus)) yield withHeader(good(), 'idempotency-key', value);
  if (endpoint.body) for (const body of rawBodies) yield { ...good(), body };
  for (const type of contentTypes) yield withHeader(good(), 'content-type', type);
}

export function* chance(known: Known, random: Random): Generator<Case> {
  for (;;) yield random.pick(tamperings)(goodCase(random.pick(endpoints), known), random, known);
}

const tamperings: readonly ((good: Case, random: Random, known: Known) => Case)[] = [
  (good, random) => withParameter(good, anyParameter(good, random), garbage(random)),
  (good, random, known) => {
    const names = Object.keys(propertiesOf(good.endpoint.params));
    return names.length > 0 ? withPathParameter(good, random.pick(names), garbage(random), known) : withParameter(good, 'nothing', garbage(random));
  },
  (good, random) => {
    const places = placesIn(good.endpoint.body ?? {});
    return withField(good, places.length > 0 ? random.pick(places) : ['nothing'], random.pick(jsonValues));
  },
  (good, random) => ({ ...good, query: [...good.query, ...many(random, (): [string, string] => [anyParameter(good, random), garbage(random)])] }),
  (good, random) => ({ ...good, query: [...good.query, [random.pick(mangled(anyParameter(good, random))), garbage(random)]] }),
  (good, random) => ({
    ...good,
    rawQuery: random.pick(['%zz', '%', '&&&=&', '=a', 'a=%ff%fe', 'start_time=%E0%A4%A', '?'.repeat(50), 'a&'.repeat(500), 'room_ids=x&'.repeat(800)]),
  }),
  (good, random) => withHeader(good, 'authorization', random.pick(['Bearer ', 'bearer ', 'Basic ', '', 'Bearer  ']) + garbage(random)),
  (good, random) =>
    withHeader(
      good,
      random.pick([
        'accept',
        'x-request-id',
        'x-forwarded-for',
        'content-encoding',
        'accept-encoding',
        'cookie',
        'range',
        'if-match',
        'if-none-match',
        'idempotency-key',
        'x-http-method-override',
      ]),
      garbage(random),
    ),
  // Somebody of another kind, who may not, or may something else.
  (good, random, known) => withHeader(good, 'authorization', `Bearer ${random.pick(Object.values(known.tokens))}`),
  (good, random) => ({
    ...good,
    path: good.path + random.pick(['/', '//', '/..', '/%2e%2e', '/x', ';a=b', '%00', '/%zz', '%ff', '.json', `/${'a'.repeat(3000)}`]),
  }),
  (good, random) => ({ ...good, path: `${random.pick(['/open-apis/', '/api/v1/'])}${encodeURIComponent(garbage(random))}` }),
  (good, random) => ({ ...good, method: random.pick(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) }),
  (good, random) => ({ ...good, body: random.pick(rawBodies), headers: { ...good.headers, 'content-type': random.pick(contentTypes) } }),
];

function anyParameter({ endpoint }: Case, random: Random): string {
  const names = Object.keys(propertiesOf(endpoint.query));
  return names.length > 0 ? random.pick(names) : 'nothing';
}

function garbage(random: Random): string {
  const value = random.pick(corpus);
  if (random.chance(0.5)) return value;
  const other = random.pick(corpus);
  return random.chance(0.5) ? value + other : Array.from({ length: random.whole(0, 40) }, () => String.fromCharCode(random.whole(0, 0xd7ff))).join('');
}

function many<Item>(random: Random, make: () => Item): Item[] {
  return Array.from({ length: random.whole(1, 6) }, make);
}

/** A client library would not send what is left out here; raw sockets do, in a test of their own. */
function withHeader(good: Case, name: string, value: string): Case {
  return { ...good, headers: { ...good.headers, [name]: value.replace(/[^\x20-\x7e]/g, '').slice(0, 6000) } };
}

export function urlOf({ path, query, rawQuery }: Case): string {
  const encoded = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return `${path}?${[...encoded, ...(rawQuery === undefined ? [] : [rawQuery])].join('&')}`;
}
