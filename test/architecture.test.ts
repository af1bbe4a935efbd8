import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Endpoint } from '../src/wire/endpoint.ts';
import { errorTable } from '../src/wire/errors.ts';
import { endpoints } from '../src/wire/index.ts';
import { checkInDevice, checkInStatus, reservationStatus } from '../src/wire/literals.ts';
import { arrowsOf, nodesOf, parse, sourceFiles, type Arrow } from './support/sources.ts';

const files = sourceFiles();
const arrows = files.flatMap(arrowsOf);

/** What each part may use. A part is a folder of `src`, or a file at its top; `app.ts` alone sees all. */
const mayUse: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['cli'],
  http: ['domain', 'wire', 'loopback.ts', 'version.ts'],
  jobs: ['domain'],
  cli: ['app.ts', 'config.ts', 'keys.ts', 'loopback.ts', 'version.ts', 'domain', 'jobs', 'wire'],
  domain: ['push', 'store', 'loopback.ts'],
  push: ['loopback.ts'],
  store: [],
  wire: [],
  'clock.ts': [],
  'config.ts': ['loopback.ts'],
  'context.ts': [],
  'ids.ts': ['wire'],
  'keys.ts': [],
  'loopback.ts': [],
  'test-clock.ts': ['clock.ts'],
  'version.ts': ['package.json'],
};

/** Types that each part may name besides: no code comes with them. */
const mayName: Readonly<Record<string, readonly string[]>> = {
  http: ['context.ts', 'clock.ts', 'config.ts', 'keys.ts', 'store'],
  jobs: ['context.ts', 'clock.ts', 'store'],
  cli: ['context.ts', 'store'],
  domain: ['context.ts', 'clock.ts', 'ids.ts', 'keys.ts', 'loopback.ts'],
  'context.ts': ['clock.ts', 'config.ts', 'domain', 'ids.ts', 'keys.ts', 'store'],
};

/** Single arrows: the command line turns the store's own refusals into a line each. */
const exceptions = new Set([
  'cli/program.ts -> store/guard.ts',
  'cli/program.ts -> store/lock.ts',
  'cli/program.ts -> store/migrate.ts',
  'cli/program.ts -> store/open.ts',
  'cli/program.ts -> store/postgres.ts',
]);

/** Single arrows to a type. */
const typeExceptions = new Set(['http/v1/test-clock.ts -> test-clock.ts']);

function partOf(path: string): string {
  return path.split('/')[0] ?? '';
}

const isOurs = (path: string) => /\.(tsx?|json)$/.test(path);

function forbidden({ from, to, typeOnly }: Arrow): boolean {
  const part = partOf(from);
  const other = partOf(to);
  if (part === 'app.ts' || part === other || exceptions.has(`${from} -> ${to}`)) return false;
  return !(mayUse[part]?.includes(other) ?? false) && !(typeOnly && ((mayName[part]?.includes(other) ?? false) || typeExceptions.has(`${from} -> ${to}`)));
}

describe('the arrows', () => {
  it('are read from every form of import', () => {
    const text = `import a from './a.ts'; import type { B } from '../wire/b.ts'; import { type C } from './c.ts'; import { type D, e } from './d.ts';
      import './f.ts'; export * from './g.ts'; export type { H } from './h.ts'; const i = await import('./i.ts'); let j: import('./j.ts').J; import k from 'k';`;
    const found = arrowsOf({ path: 'http/x.ts', tree: parse('x.ts', text) });
    expect(found.map(({ to, typeOnly }) => `${to}${typeOnly ? ' (type)' : ''}`)).toEqual([
      'http/a.ts',
      'wire/b.ts (type)',
      'http/c.ts (type)',
      'http/d.ts',
      'http/f.ts',
      'http/g.ts',
      'http/h.ts (type)',
      'http/i.ts',
      'http/j.ts (type)',
      'k',
    ]);
  });

  it.each([
    ['http/x.ts', 'store/apps.ts', false, true],
    ['http/x.ts', 'store/apps.ts', true, false],
    ['domain/x.ts', 'http/mount.ts', true, true],
    ['domain/x.ts', 'wire/errors.ts', true, true],
    ['store/x.ts', 'domain/errors.ts', true, true],
    ['wire/x.ts', 'ids.ts', true, true],
    ['domain/x.ts', 'app.ts', true, true],
    ['web/x.ts', 'wire/errors.ts', false, true],
    ['http/x.ts', 'jobs/runner.ts', true, true],
    ['domain/x.ts', 'jobs/runner.ts', true, true],
    ['jobs/x.ts', 'store/jobs.ts', false, true],
    ['cli/x.ts', 'jobs/runner.ts', false, false],
    ['http/v1/test-clock.ts', 'test-clock.ts', true, false],
    ['http/v1/test-clock.ts', 'test-clock.ts', false, true],
    ['http/x.ts', 'test-clock.ts', true, true],
    ['app.ts', 'store/open.ts', false, false],
  ])('%s -> %s (type: %s) forbidden: %s', (from, to, typeOnly, expected) => {
    expect(forbidden({ from, to, typeOnly })).toBe(expected);
  });

  it('go only where the house allows', () => {
    const wrong = arrows.filter(({ to }) => isOurs(to)).filter(forbidden);
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  it('lead nowhere in a circle', () => {
    const uses = new Map<string, string[]>();
    for (const { from, to, typeOnly } of arrows) if (!typeOnly && isOurs(to)) uses.set(from, [...(uses.get(from) ?? []), to]);
    const cycles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      if (path.includes(file) || done.has(file)) return;
      for (const next of uses.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of uses.keys()) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it('use no engine outside the store and no framework outside the edge', () => {
    const owners: Readonly<Record<string, string>> = {
      kysely: 'store',
      pg: 'store',
      '@photostructure/sqlite': 'store',
      fastify: 'http',
      ajv: 'http',
      commander: 'cli',
    };
    const wrong = arrows.filter(({ from, to }) => to in owners && partOf(from) !== owners[to]);
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });
});

/** Where an expression of that text stands, outside the files named. */
function uses(text: string, except: readonly string[]): string[] {
  return files
    .filter(({ path }) => !except.includes(path))
    .filter(({ tree }) => [...nodesOf(tree)].some((node) => ts.isPropertyAccessExpression(node) && node.getText() === text))
    .map(({ path }) => path);
}

/** All texts and numbers that stand in the code (comments do not), outside `src/wire`. */
const literalsOutsideTheWire = files
  .filter(({ path }) => partOf(path) !== 'wire')
  .flatMap(({ path, tree }) =>
    [...nodesOf(tree)]
      .filter((node) => ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node) || ts.isNumericLiteral(node) || ts.isJsxText(node))
      .map((node) => ({ path, text: node.text.replaceAll('_', '') })),
  );

function placesOf(matches: (text: string) => boolean): string[] {
  return literalsOutsideTheWire.filter(({ text }) => matches(text)).map(({ path, text }) => `${path}: ${text}`);
}

describe('what stands in one place only', () => {
  it('the environment is read by the configuration', () => {
    expect(uses('process.env', [])).toEqual(['config.ts']);
  });

  it('the time is asked by the clock, and for the time of a log line', () => {
    expect(uses('Date.now', ['clock.ts'])).toEqual([]);
    // A progress bar measures itself, for nobody but who looks at it.
    expect(uses('performance.now', ['clock.ts', 'cli/progress.ts'])).toEqual([]);
    const asked = files.filter(({ tree }) =>
      [...nodesOf(tree)].some(
        (node) => (ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'Date' && (node.arguments?.length ?? 0) === 0,
      ),
    );
    expect(asked.map(({ path }) => path)).toEqual(['app.ts']);
  });

  it('paths of the wire', () => {
    expect(placesOf((text) => text.includes('/open-apis'))).toEqual([]);
  });

  it('literals of the ledger', () => {
    const texts = [reservationStatus, checkInStatus, checkInDevice].flatMap((table) => Object.values<string>(table));
    expect(texts.length).toBeGreaterThan(15);
    expect(placesOf((text) => texts.some((literal) => text.includes(literal)))).toEqual([]);
  });

  it('codes of the wire', () => {
    const codes = Object.values(errorTable)
      .flatMap((family) => Object.values(family))
      .map(({ code }) => String(code))
      .filter((code) => code.length >= 6);
    expect(codes.length).toBeGreaterThan(10);
    expect(placesOf((text) => codes.some((code) => text.includes(code)))).toEqual([]);
  });
});

describe('wire methods', () => {
  /** Where each method is defined. */
  const definitions = new Map<Endpoint, string>();
  beforeAll(async () => {
    for (const path of methodFiles('wire')) {
      const exported = (await import(new URL(`../src/wire/${path}`, import.meta.url).href)) as Record<string, unknown>;
      for (const value of Object.values(exported)) if (endpoints.includes(value as Endpoint)) definitions.set(value as Endpoint, path);
    }
  });

  const methodFiles = (part: string) =>
    files
      .map(({ path }) => path)
      .filter((path) => path.startsWith(`${part}/`) && path.split('/').length === 3)
      .map((path) => path.slice(part.length + 1))
      .sort();

  it('stand with their resource: a file in the wire, and a file of the same name with their handlers', async () => {
    for (const path of methodFiles('wire')) {
      const exportsOf = async (part: string): Promise<unknown[]> =>
        Object.values((await import(new URL(`../src/${part}/${path}`, import.meta.url).href)) as Record<string, unknown>).flat();
      const defined = endpoints.filter((endpoint) => definitions.get(endpoint) === path);
      if (defined.length === 0) continue;
      const answered = (await exportsOf('http')).map((handler) => (handler as { endpoint?: unknown }).endpoint);
      for (const endpoint of defined) expect(answered, endpoint.id).toContain(endpoint);
    }
    expect([...definitions.keys()]).toHaveLength(endpoints.length);
  });

  it('are named as their files are', () => {
    for (const [{ id }, path] of definitions) {
      const resource = path.split('/')[1]?.replace(/s?\.ts$/, '') ?? '';
      expect(id.replaceAll('.', '_'), path).toContain(resource);
    }
  });
});
