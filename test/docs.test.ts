import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { v1Methods, wireMethods } from '../src/wire/index.ts';
import type { Endpoint, TokenKind } from '../src/wire/endpoint.ts';
import { errorTable } from '../src/wire/errors.ts';
import * as literals from '../src/wire/literals.ts';
import { v1Errors } from '../src/wire/v1/errors.ts';
import { RoomLevel } from '../src/wire/vc/room_levels.ts';
import { Event } from '../src/wire/calendar/events.ts';
import { Room } from '../src/wire/vc/rooms.ts';
import { ContactDepartment } from '../src/wire/contact/departments.ts';
import { ContactUser } from '../src/wire/contact/users.ts';
import { RoomMeetingReservation } from '../src/wire/vc/resource_reservation_list.ts';

/*
 * The documentation says what the program does. Tables that src/wire can tell are generated between two marks,
 * `<!-- generated: NAME -->` and `<!-- end -->`; `npm run docs` writes them, this test finds the ones that are out of date.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const updating = process.env.UPDATE_DOCS === '1';

/** Every page, written by hand or in part by `generators`. */
const pages = [...markdownIn('.'), ...markdownIn('docs')];

function markdownIn(directory: string): string[] {
  return readdirSync(join(root, directory))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(directory, name));
}

/* ---- generated blocks ---- */

interface JsonSchema {
  type?: string;
  description?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  enum?: readonly unknown[];
  default?: unknown;
  items?: JsonSchema;
  required?: readonly string[];
  properties?: Readonly<Record<string, JsonSchema>>;
}

type Row = readonly string[];

function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const code = (text: string): string => `\`${text}\``;
const codes = (texts: readonly string[], none: string): string => texts.map(code).join(', ') || none;

/** The table of the vendor's methods that are implemented, in the language of its page. */
function methodsTable(
  head: Row,
  none: string,
  words: Readonly<Record<TokenKind | ',', string>>,
  limit: (perMinute: number, perSecond?: number) => string,
): string {
  const rows = wireMethods.map(({ method, path, tokens, scopes, perMinute, perSecond }) => [
    code(method),
    code(path),
    tokens.map((token) => words[token]).join(words[',']) || none,
    codes(scopes, none),
    perMinute === null ? none : limit(perMinute, perSecond),
  ]);
  return table(head, rows);
}

function endpointsTable(): string {
  const rows = wireMethods.map(({ id, summary, page, method, path, tokens, scopes, perMinute, perSecond }) => [
    `[${summary}](${page ?? ''})`,
    code(id),
    `${code(method)} ${code(path)}`,
    tokens.join(', ') || 'none',
    codes(scopes, 'none'),
    perMinute === null ? 'none' : String(perMinute) + (perSecond === undefined ? '' : `, ${String(perSecond)} a second`),
  ]);
  return table(['What it does (vendor page)', 'Name', 'Method and path', 'Tokens', 'Scopes, one is enough', 'Calls a minute'], rows);
}

/** Fields of a schema, those of objects and lists in it as `a.b` and `a[].b`. */
function fieldRows(schema: unknown, above = ''): Row[] {
  const { properties = {}, required = [] } = (schema ?? {}) as JsonSchema;
  return Object.entries(properties).flatMap(([name, field]) => {
    const list = field.type === 'array';
    const row = [
      code(above + name),
      list ? `${field.items?.type ?? ''}[]` : (field.type ?? ''),
      required.includes(name) && field.default === undefined ? 'yes' : 'no',
      field.default === undefined ? '' : code(JSON.stringify(field.default)),
      bounds(field),
      field.description ?? '',
    ];
    return [row, ...fieldRows(list ? field.items : field, `${above}${name}${list ? '[].' : '.'}`)];
  });
}

const PARAMETERS: Row = ['Name', 'Type', 'Required', 'Default', 'Limits', 'Meaning'];

/** Parameters of a method: of its query or of its JSON body. */
function parametersTable({ query, body }: Endpoint): string {
  return table(PARAMETERS, fieldRows(query ?? body));
}

/** Methods of one resource: what each takes and what it answers. */
function resourceSections(methods: readonly Endpoint[]): string {
  const sections = methods.map(({ id, summary, method, path, params, query, body, answer }) => {
    const rows = [
      ...fieldRows(params).map((row) => ['path', ...row]),
      ...fieldRows(query).map((row) => ['query', ...row]),
      ...fieldRows(body).map((row) => ['body', ...row]),
    ];
    const answered = Object.keys((answer as JsonSchema).properties ?? {}).map(code);
    return `**${summary}**: ${code(method)} ${code(path)}, ${code(id)}\n\n${table(['In', ...PARAMETERS], rows)}\n\nAnswers ${answered.join(', ') || 'no fields'}.`;
  });
  return sections.join('\n\n');
}

function bounds({ type, minimum, maximum, minLength, maxLength, minItems, maxItems, enum: options }: JsonSchema): string {
  const range = (from: number | undefined, to: number | undefined, otherwise: string, unit: string) =>
    from === undefined && to === undefined ? '' : `${from === undefined ? otherwise : String(from)} to ${String(to ?? '…')}${unit}`;
  if (options) return options.map((option) => code(String(option))).join(', ');
  if (type === 'string') return range(minLength, maxLength, '0', ' characters');
  return type === 'array' ? range(minItems, maxItems, '0', ' items') : range(minimum, maximum, '…', '');
}

function fieldsTable(schema: unknown): string {
  const rows = fieldRows(schema).map(([name = '', , , , , meaning = '']) => [name, meaning]);
  return table(['Field', 'Meaning'], rows);
}

function errorsTable(family: string): string {
  const rows = Object.values(errorTable[family] ?? {}).map(({ code: number, http, msg, when }) => [String(number), String(http), code(msg), when]);
  return table(['Code', 'HTTP', '`msg`', 'When'], rows);
}

function v1MethodsTable(): string {
  const rows = v1Methods.map(({ method, path, summary, tokens, scopes, role, ifMatch, idempotent, status = 200 }) => [
    `${code(method)} ${code(path)}`,
    summary,
    tokens.join(', ') || 'none',
    codes(scopes, 'none'),
    role ?? '',
    codes([...(ifMatch ? ['If-Match'] : []), ...(idempotent ? ['Idempotency-Key'] : [])], ''),
    String(status),
  ]);
  return table(['Method and path', 'What it does', 'Tokens', 'Scopes, one is enough', 'Role', 'Headers it takes', 'Success'], rows);
}

/** Each code once; the vendor's table tells more cases apart. */
function v1ErrorsTable(): string {
  const rows = Object.values(v1Errors).flatMap((family) => Object.values(family));
  const first = new Map([...rows].reverse().map((row) => [row.code, row]));
  const whens = (word: string | number) => [...new Set(rows.filter((row) => row.code === word).map(({ when }) => when))].join('. ');
  return table(
    ['`code`', 'HTTP', '`message`', 'When'],
    [...new Set(rows.map((row) => row.code))].map((word) => {
      const { http, msg } = first.get(word) ?? { http: 0, msg: '' };
      return [code(String(word)), String(http), msg, whens(word)];
    }),
  );
}

/** Resources with many methods have a block each, the other methods one each. */
const resources = ['rooms', 'room_levels', 'reserve_configs', 'events', 'attendees', 'freebusy', 'instances', 'users', 'departments'];
const resourceOf = ({ id, path }: Endpoint): string =>
  id.startsWith('meeting_room.') ? 'instances' : (path.split('/').findLast((part) => resources.includes(part)) ?? '');

const generators = new Map<string, () => string>([
  [
    'methods',
    () =>
      methodsTable(
        ['Method', 'Path', 'Tokens', 'Scope', 'Limit'],
        'none',
        { tenant: 'tenant', user: 'user', device: 'device', session: 'session', ',': ', ' },
        (minute, second) => `${String(minute)} a minute${second === undefined ? '' : `, ${String(second)} a second`}`,
      ),
  ],
  [
    'methods zh',
    () =>
      methodsTable(
        ['方法', '路径', '令牌', '权限范围', '频率限制'],
        '无',
        { tenant: '租户令牌', user: '用户令牌', device: '设备凭证', session: '会话', ',': '、' },
        (minute, second) => `每分钟 ${String(minute)} 次${second === undefined ? '' : `、每秒 ${String(second)} 次`}`,
      ),
  ],
  ['endpoints', endpointsTable],
  ['fields', () => fieldsTable(RoomMeetingReservation)],
  ['fields rooms', () => fieldsTable(Room)],
  ['fields room_levels', () => fieldsTable(RoomLevel)],
  ['fields events', () => fieldsTable(Event)],
  ['fields users', () => fieldsTable(ContactUser)],
  ['fields departments', () => fieldsTable(ContactDepartment)],
  ...Object.keys(errorTable).map((family): [string, () => string] => [`errors ${family}`, () => errorsTable(family)]),
  ...resources.map((name): [string, () => string] => [`resource ${name}`, () => resourceSections(wireMethods.filter((method) => resourceOf(method) === name))]),
  ...wireMethods
    .filter((method) => !resources.includes(resourceOf(method)))
    .map((method): [string, () => string] => [`parameters ${method.id}`, () => parametersTable(method)]),
  ['v1 methods', v1MethodsTable],
  ['v1 errors', v1ErrorsTable],
]);

const BLOCK = /(<!-- generated: (.+?) -->\n)([\s\S]*?)(<!-- end -->)/g;

/** The page as it should be. Tables are laid out as the formatter would, so that the two do not quarrel. */
async function regenerated(page: string): Promise<string> {
  const options = { ...(await resolveConfig(join(root, page))), parser: 'markdown' };
  const contents = new Map<string, string>();
  for (const [name, generate] of generators) contents.set(name, await format(generate(), options));
  return read(page).replace(BLOCK, (_block, begin: string, name: string, _old: string, end: string) => {
    const content = contents.get(name);
    if (content === undefined) throw new Error(`${page}: nothing generates "${name}"; known: ${[...contents.keys()].join(', ')}`);
    return `${begin}\n${content}\n${end}`;
  });
}

const blocksOf = (page: string): string[] => [...read(page).matchAll(BLOCK)].map(([, , name]) => name ?? '');

describe('generated blocks', () => {
  it.each(pages.filter((page) => blocksOf(page).length > 0))('%s is up to date (else: npm run docs)', async (page) => {
    const expected = await regenerated(page);
    if (updating) writeFileSync(join(root, page), expected);
    expect(read(page)).toBe(expected);
  });

  it('has every block it should', () => {
    expect(blocksOf('README.md')).toEqual(['methods']);
    expect(blocksOf('README.zh.md')).toEqual(['methods zh']);
    const names = [...generators.keys()];
    expect(blocksOf('docs/api.md').sort()).toEqual(names.filter((name) => name.startsWith('v1 ')).sort());
    expect(blocksOf('docs/wire.md').sort()).toEqual(names.filter((name) => !name.startsWith('methods') && !name.startsWith('v1 ')).sort());
  });
});

/* ---- the contract in words ---- */

describe('docs/wire.md', () => {
  const page = (): string => read('docs/wire.md');

  it('has each code of the error table, and no other in its tables', () => {
    const rows = Object.values(errorTable).flatMap((family) => Object.values(family));
    const printed = [...page().matchAll(/^\| *(\d{4,8}) *\| *(\d{3}) *\|/gm)].map(([, number, http]) => `${number ?? ''} ${http ?? ''}`);
    expect(printed.sort()).toEqual(rows.map((row) => `${String(row.code)} ${String(row.http)}`).sort());
  });

  it('explains each literal, and no other', () => {
    const explained = (heading: string): string[] => {
      const section =
        page()
          .split(/^#+ /m)
          .find((part) => part.startsWith(heading)) ?? '';
      return [...section.matchAll(/^\| *`([^`]+)` *\|/gm)].map(([, literal]) => literal ?? '');
    };
    for (const [field, texts] of [
      ['reservation_status', literals.reservationStatus],
      ['room_check_in_status', literals.checkInStatus],
      ['check_in_device', literals.checkInDevice],
    ] as const) {
      expect(explained(`\`${field}\``).sort(), field).toEqual(Object.values<string>(texts).sort());
    }
  });

  it('gives every decision once', () => {
    const numbers = [...page().matchAll(/^### W(\d+)/gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
  });
});

/* ---- links, commands, variables ---- */

const withoutCode = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');

it.each(pages)('%s links to what is there', (page) => {
  const targets = [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '');
  for (const target of targets.filter((to) => !/^[a-z]+:/.test(to))) {
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : join(dirname(page), path);
    expect(existsSync(join(root, file)), `${target} in ${page}`).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(read(relative('.', file))), `${target} in ${page}`).toContain(anchor);
  }
});

/** Anchors of the headings, as code hosts make them. */
function anchorsOf(text: string): string[] {
  return [...withoutFences(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}

function withoutFences(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, '');
}

/** The program as it was built before the tests. */
function help(words: readonly string[]): string {
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'dist/yuding.js'), ...words, '--help'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`yuding ${words.join(' ')} --help ends with ${String(status)}`);
  return stdout;
}

const commandsIn = (text: string): string[] =>
  [...(text.split('\nCommands:\n')[1] ?? '').matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name ?? '').filter((name) => name !== 'help');

/** All commands that do something, such as `tenant create`, with their help. */
const cli = new Map<string, string>();
for (const name of commandsIn(help([]))) {
  const subcommands = commandsIn(help([name]));
  if (subcommands.length === 0) cli.set(name, help([name]));
  for (const sub of subcommands) cli.set(`${name} ${sub}`, help([name, sub]));
}

/** The commands in code of a page: their words and their long options. */
function commandsOf(page: string): { command: string; options: string[] }[] {
  const joined = read(page).replaceAll('\\\n', ' ');
  const blocks = [...joined.matchAll(/^```.*\n([\s\S]*?)^```/gm)].flatMap(([, block]) => (block ?? '').split('\n'));
  const spans = [...withoutFences(joined).matchAll(/`([^`\n]+)`/g)].map(([, span]) => span ?? '');
  const found: { command: string; options: string[] }[] = [];
  for (const line of [...blocks, ...spans]) {
    for (const [, rest = ''] of line.matchAll(/(?:^|[\s(/])yuding(?:\.js)? (?=([^|;&)"#]*))/g)) {
      const words = rest.trim().split(/\s+/);
      const first = words.findIndex((word) => !/^[a-z]+$/.test(word));
      const command = words.slice(0, first === -1 ? undefined : first).join(' ');
      if (command !== '' && !command.startsWith('yuding')) found.push({ command, options: words.filter((word) => /^--[a-z]/.test(word)) });
    }
  }
  return found;
}

describe('the command line', () => {
  it.each(pages)('%s names only commands and options that exist', (page) => {
    for (const { command, options } of commandsOf(page)) {
      const text = cli.get(command);
      expect(text, `yuding ${command}`).toBeDefined();
      for (const option of options) expect(text, `yuding ${command} ${option}`).toContain(option.replace(/=.*/, ''));
    }
  });

  it.each(['README.md', 'README.zh.md'])('%s names every command', (page) => {
    const named = new Set(commandsOf(page).map(({ command }) => command));
    expect([...cli.keys()].filter((command) => !named.has(command))).toEqual([]);
  });
});

it.each(['.env.example', 'README.md', 'README.zh.md'])('%s names exactly the variables that the program reads', (file) => {
  const variables = (text: string): string[] => [...new Set(text.match(/YUDING_[A-Z]+(?:_[A-Z]+)*/g))].sort();
  expect(variables(read(file))).toEqual(variables(read('src/config.ts')));
});

it('CONTRIBUTING.md explains each dependency, with its licence', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
  const wanted = Object.keys({ ...dependencies, ...devDependencies }).map((name) => {
    const { license } = JSON.parse(read(`node_modules/${name}/package.json`)) as { license: string };
    return `${name} ${license}`;
  });
  const explained = [...read('CONTRIBUTING.md').matchAll(/^\| `([^`]+)` *\| ([A-Z][\w.-]+) *\| \S/gm)].map(
    ([, name, licence]) => `${name ?? ''} ${licence ?? ''}`,
  );
  expect(explained.sort()).toEqual(wanted.sort());
});

it('the two READMEs have the same code and the same sections', () => {
  const [english, chinese] = ['README.md', 'README.zh.md'].map((page) => {
    const text = read(page);
    return { code: text.match(/^```[\s\S]*?^```/gm), sections: withoutFences(text).match(/^#+(?= )/gm) };
  });
  expect(chinese).toEqual(english);
});
