import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openContext } from '../../src/app.ts';
import { Directories, type Directory } from '../../src/domain/directory.ts';
import { MAX_DEPTH } from '../../src/domain/levels.ts';
import { NOON, tenantToken, testApp, testTenant, type TestTenant } from '../support/app.ts';
import { addReservations, reservation, walkLedger } from '../support/ledger.ts';

/* Any run of changes of levels and rooms, against a model that knows no index, no version and no cache. */
const app = await testApp({ rateLimit: 0 });
/** A program beside the server, which follows it by what changed. */
const beside = await openContext({ ...app.ctx.config, logLevel: 'silent' });
afterAll(async () => {
  await beside.db.close();
  await app.stop();
});

interface Placed {
  id: string;
  name: string;
  position: number;
  deleted: boolean;
}
interface Level extends Placed {
  /** Null: the tenant's own. */
  parent: string | null;
}
interface Room extends Placed {
  level: string;
}

/** Who one is meant: the tenant's own, nobody, the one made last, or one of all that ever were, deleted ones too. */
type Pick = 'tenant' | 'nobody' | 'last' | number;
type Step =
  | { kind: 'make level'; parent: Pick; name: string; position: number | undefined }
  | { kind: 'change level'; level: Pick; parent: Pick | undefined; name: string | undefined; position: number | undefined }
  | { kind: 'delete level'; level: Pick; children: boolean }
  | { kind: 'make room'; level: Pick; name: string; position: number | undefined }
  | { kind: 'change room'; room: Pick; level: Pick | undefined; name: string | undefined; position: number | undefined }
  | { kind: 'delete room'; room: Pick };

const kind = <const Kind extends string>(name: Kind) => fc.constant(name);
const pick: fc.Arbitrary<Pick> = fc.oneof(
  { weight: 5, arbitrary: fc.nat({ max: 60 }) },
  { weight: 3, arbitrary: kind('last') },
  { weight: 1, arbitrary: kind('tenant') },
  { weight: 1, arbitrary: kind('nobody') },
);
/** Few names, so that they meet; one that sorts otherwise by letters than by code units. */
const name = fc.constantFrom('a', 'B', 'b', '一', 'é');
const position = fc.constantFrom(undefined, -1, 0, 1);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: kind('make level'), parent: pick, name, position }) },
  { weight: 6, arbitrary: fc.record({ kind: kind('change level'), level: pick, parent: maybe(pick), name: maybe(name), position }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('delete level'), level: pick, children: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ kind: kind('make room'), level: pick, name, position }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('change room'), room: pick, level: maybe(pick), name: maybe(name), position }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('delete room'), room: pick }) },
);
/** Grows downwards until it must not, so that depth is met too. */
const deepStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: kind('make level'), parent: kind('last'), name, position }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('change level'), level: pick, parent: kind('last'), name: maybe(name), position }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('make room'), level: kind('last'), name, position }) },
  { weight: 1, arbitrary: anyStep },
);

class Model {
  readonly levels: Level[];
  readonly rooms: Room[] = [];
  readonly root: string;

  constructor(root: string, tenantName: string) {
    this.root = root;
    this.levels = [{ id: root, parent: null, name: tenantName, position: 0, deleted: false }];
  }

  level = (id: string) => this.levels.find((level) => level.id === id && !level.deleted);
  room = (id: string) => this.rooms.find((room) => room.id === id && !room.deleted);
  children = (id: string) => this.levels.filter(({ parent, deleted }) => parent === id && !deleted).sort(bySiblings);
  roomsIn = (id: string) => this.rooms.filter(({ level, deleted }) => level === id && !deleted).sort(bySiblings);
  isBelow = (id: string, above: string) => this.above(id).includes(above);
  /** Rooms of the whole subtree, deleted ones too where asked for. */
  roomsUnder = (id: string, ever = false) => this.rooms.filter(({ level, deleted }) => (ever || !deleted) && this.isBelow(level, id)).map((room) => room.id);

  /** A level and all above it, from the bottom up. */
  above(id: string): string[] {
    const found: string[] = [];
    for (let at: string | null | undefined = id; at != null; at = this.levels.find((level) => level.id === at)?.parent) {
      if (found.includes(at)) throw new Error('a cycle in the model');
      found.push(at);
    }
    return found;
  }

  path = (id: string) => this.above(id).slice(0, -1).reverse();

  height = (id: string): number => 1 + Math.max(0, ...this.children(id).map((child) => this.height(child.id)));

  /** As a screen draws it: a level, its rooms, then the levels below it. */
  drawing(id: string, depth = 0): [kind: string, id: string, depth: number, rooms: number | null][] {
    const rooms = this.roomsIn(id).map((room): [string, string, number, null] => ['room', room.id, depth + 1, null]);
    return [['level', id, depth, this.roomsUnder(id).length], ...rooms, ...this.children(id).flatMap((child) => this.drawing(child.id, depth + 1))];
  }

  idOf(which: Pick, all: readonly Placed[]): string {
    if (which === 'tenant') return this.root;
    if (which === 'nobody') return 'omb_nobody';
    return (which === 'last' ? all.at(-1) : all[which % all.length])?.id ?? 'omm_nobody';
  }
}

function bySiblings(a: Placed, b: Placed): number {
  return a.position - b.position || (a.name < b.name ? -1 : 1);
}

interface Answer {
  status: number;
  body: { id: string; error?: { code: string } };
}

async function ask(token: string, method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(`${app.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

const get = async <Body>(token: string, path: string) => (await ask(token, 'GET', path)).body as Body;

/** A request, why the model refuses it (for each reason that it has), and what it does to the model otherwise. */
interface Move {
  request: [method: string, path: string, body?: object];
  reasons: string[];
  apply: (id: string) => void;
}

function moveOf(model: Model, step: Step): Move {
  switch (step.kind) {
    case 'make level': {
      const parent = model.idOf(step.parent, model.levels);
      const { name: called, position: at } = step;
      return {
        request: ['POST', '/levels', { parent_id: parent, name: called, position: at }],
        reasons: model.level(parent) ? [...tooDeep(model, parent, 1), ...taken(model.children(parent), called)] : ['not_found'],
        apply: (id) => model.levels.push({ id, parent, name: called, position: at ?? 0, deleted: false }),
      };
    }
    case 'change level': {
      const id = model.idOf(step.level, model.levels);
      const level = model.level(id);
      const to = step.parent === undefined ? undefined : model.idOf(step.parent, model.levels);
      const called = step.name ?? level?.name ?? '';
      return {
        request: ['PATCH', `/levels/${id}`, { parent_id: to, name: step.name, position: step.position }],
        reasons: level ? moveReasons(model, level, to ?? level.parent, called) : ['not_found'],
        apply: () => level && Object.assign(level, { parent: to ?? level.parent, name: called, position: step.position ?? level.position }),
      };
    }
    case 'delete level': {
      const id = model.idOf(step.level, model.levels);
      const full = model.children(id).length + model.roomsIn(id).length > 0;
      return {
        request: ['DELETE', `/levels/${id}?delete_children=${String(step.children)}`],
        reasons: !model.level(id) ? ['not_found'] : id === model.root || (full && !step.children) ? ['has_children'] : [],
        apply: () => {
          for (const room of model.rooms) if (model.isBelow(room.level, id)) room.deleted = true;
          for (const level of model.levels) if (model.isBelow(level.id, id)) level.deleted = true;
        },
      };
    }
    case 'make room': {
      const level = model.idOf(step.level, model.levels);
      const { name: called, position: at } = step;
      return {
        request: ['POST', '/rooms', { level_id: level, name: called, capacity: 1, position: at }],
        reasons: placeReasons(model, level, called),
        apply: (id) => model.rooms.push({ id, level, name: called, position: at ?? 0, deleted: false }),
      };
    }
    case 'change room': {
      const id = model.idOf(step.room, model.rooms);
      const room = model.room(id);
      const to = step.level === undefined ? undefined : model.idOf(step.level, model.levels);
      const called = step.name ?? room?.name ?? '';
      return {
        request: ['PATCH', `/rooms/${id}`, { level_id: to, name: step.name, position: step.position }],
        reasons: room ? placeReasons(model, to ?? room.level, called, id) : ['not_found'],
        apply: () => room && Object.assign(room, { level: to ?? room.level, name: called, position: step.position ?? room.position }),
      };
    }
    case 'delete room': {
      const id = model.idOf(step.room, model.rooms);
      const room = model.room(id);
      return { request: ['DELETE', `/rooms/${id}`], reasons: room ? [] : ['not_found'], apply: () => room && (room.deleted = true) };
    }
  }
}

function tooDeep(model: Model, parent: string, height: number): string[] {
  return model.path(parent).length + height > MAX_DEPTH ? ['invalid'] : [];
}

function taken(siblings: readonly Placed[], called: string, except?: string): string[] {
  return siblings.some((sibling) => sibling.name === called && sibling.id !== except) ? ['conflict'] : [];
}

function moveReasons(model: Model, level: Level, to: string | null, called: string): string[] {
  if (to === null) return [];
  if (level.parent === null) return ['invalid'];
  if (!model.level(to)) return ['not_found'];
  const ring = model.isBelow(to, level.id) ? ['invalid'] : [];
  const deep = to === level.parent ? [] : tooDeep(model, to, model.height(level.id));
  return [...ring, ...deep, ...taken(model.children(to), called, level.id)];
}

function placeReasons(model: Model, level: string, called: string, except?: string): string[] {
  if (!model.level(level)) return ['not_found'];
  return [...(level === model.root ? ['wrong_level'] : []), ...taken(model.roomsIn(level), called, except)];
}

/** Everything that a directory says, for the levels and rooms that the model knows. */
function said(directory: Directory, model: Model) {
  const idsOf = (numbers: readonly number[]) => numbers.map((number) => directory.roomOfNumber(number)?.room_id ?? '').sort();
  const levels = model.levels.map(({ id }) => {
    const level = directory.level(id);
    if (!level) return [id, 'deleted'];
    // Before anything walks up: it would not come back from a cycle.
    let at = level.parent_id;
    for (let steps = 0; at !== null; steps++) {
      if (steps > MAX_DEPTH) throw new Error(`a cycle above ${id}`);
      at = directory.level(at)?.parent_id ?? null;
    }
    return [
      id,
      level.name,
      level.position,
      directory.path(id),
      directory.children(id).map((child) => child.level_id),
      directory.roomsIn(id).map((room) => room.room_id),
      idsOf(directory.roomsUnder(id)),
      idsOf(directory.liveRoomsUnder(id)),
      directory.height(id),
    ];
  });
  return { levels, rooms: model.rooms.map(({ id }) => directory.room(id)?.level_id ?? 'deleted') };
}

function expectedOf(model: Model): ReturnType<typeof said> {
  const levels = model.levels.map((level) => {
    const { id } = level;
    if (level.deleted) return [id, 'deleted'];
    const children = model.children(id).map((child) => child.id);
    const rooms = model.roomsIn(id).map((room) => room.id);
    const under = [model.roomsUnder(id, true).sort(), model.roomsUnder(id).sort()];
    return [id, level.name, level.position, model.path(id), children, rooms, ...under, model.height(id)];
  });
  return { levels, rooms: model.rooms.map((room) => (room.deleted ? 'deleted' : room.level)) };
}

/** Versions of all rows: whether they are the same tells whether anything was written. */
function stateOf(directory: Directory, model: Model) {
  return [directory.version, model.levels.map(({ id }) => directory.level(id)), model.rooms.map(({ id }) => directory.roomEver(id))];
}

interface Line {
  kind: string;
  id: string;
  depth: number;
  has_children?: boolean;
  room_count?: number;
}

async function drawn(token: string, query: string, limit: number): Promise<Line[]> {
  const lines: Line[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { nodes: Line[]; next_cursor: string | null } = await get(token, `/tree?limit=${String(limit)}${query}&cursor=${cursor}`);
    expect(page.nodes.length).toBeLessThanOrEqual(limit);
    lines.push(...page.nodes);
    cursor = page.next_cursor;
  }
  return lines;
}

const shapeOf = ({ kind: sort, id, depth, room_count }: Line) => [sort, id, depth, room_count ?? null];

/** What the server shows of the whole tree, by each of its ways, equals the model. */
async function expectShown(model: Model, { tenantId }: TestTenant, token: string, limit: number): Promise<void> {
  const whole = model.drawing(model.root);
  const lines = await drawn(token, '', limit);
  expect(lines.map(shapeOf)).toEqual(whole);
  for (const line of lines.filter(({ kind: sort }) => sort === 'level'))
    expect(line.has_children).toBe(model.children(line.id).length + model.roomsIn(line.id).length > 0);
  expect((await drawn(token, '&rooms=false', limit)).map(shapeOf)).toEqual(whole.filter(([sort]) => sort === 'level'));

  const live = model.levels.filter(({ deleted }) => !deleted);
  await Promise.all(
    live.map(async ({ id }, index) => {
      expect(await get(token, `/levels/${id}`)).toMatchObject({ path: model.path(id).slice(0, -1), has_children: model.children(id).length > 0 });
      const ids = model.roomsUnder(id).sort();
      expect((await get<{ rooms: { id: string }[] }>(token, `/rooms?limit=200&level=${id}`)).rooms.map((room) => room.id).sort()).toEqual(ids);
      const depth = index % 3;
      const top = await drawn(token, `&level=${id}&depth=${String(depth)}`, limit);
      expect(top.map(shapeOf)).toEqual(model.drawing(id).filter(([, , below]) => below <= depth));
    }),
  );

  // One reservation in each room that ever was; the ledger shows those of deleted rooms too.
  const numbers = new Map((await beside.directories.read(tenantId)).roomsUnder(model.root).map((number, index) => [number, index]));
  await addReservations(
    app,
    [...numbers.keys()].map((room_no) => reservation({ tenant_id: tenantId, room_no, start_at: NOON - 3600 })),
  );
  await Promise.all(
    live.map(async ({ id }) => {
      const rows = await walkLedger(app, token, { start_time: NOON - 3600, end_time: NOON, room_level_id: id, page_size: 100 });
      expect(rows.map(({ room_id }) => room_id).sort()).toEqual(model.roomsUnder(id, true).sort());
    }),
  );
}

/** @returns what came of each step */
async function run(steps: readonly Step[], limit: number): Promise<string[]> {
  const tenant = await testTenant(app, { scopes: ['yuding:admin', 'vc:room:readonly'] });
  const token = await tenantToken(app, tenant);
  const model = new Model(tenant.rootLevelId, '测试');
  const outcomes: string[] = [];
  let before = stateOf(await beside.directories.read(tenant.tenantId), model);
  for (const step of steps) {
    const { request, reasons, apply } = moveOf(model, step);
    const { status, body } = await ask(token, ...request);
    const followed = await beside.directories.read(tenant.tenantId);
    if (reasons.length === 0) {
      expect([200, 201], JSON.stringify([step, body])).toContain(status);
      apply(body.id);
    } else {
      expect(reasons, JSON.stringify([step, body])).toContain(body.error?.code);
      expect(stateOf(followed, model)).toEqual(before);
    }
    outcomes.push(`${step.kind}: ${body.error?.code ?? 'done'}`);
    const expected = expectedOf(model);
    expect(said(followed, model)).toEqual(expected);
    const fresh = await new Directories(beside.db).read(tenant.tenantId);
    expect(said(fresh, model)).toEqual(expected);
    before = stateOf(followed, model);
    expect(before).toEqual(stateOf(fresh, model));
  }
  await expectShown(model, tenant, token, limit);
  return outcomes;
}

describe('any run of changes of levels and rooms', () => {
  const limit = fc.constantFrom(1, 2, 7, 500);
  const runs = async (steps: fc.Arbitrary<Step[]>, numRuns: number) => {
    const seen = new Set<string>();
    const property = fc.asyncProperty(steps, limit, async (sequence, pageSize) => {
      for (const outcome of await run(sequence, pageSize)) seen.add(outcome);
    });
    await fc.assert(property, { numRuns });
    return seen;
  };

  it('leaves the tree that the model has, and follows it by what changed', async () => {
    const seen = await runs(fc.array(anyStep, { minLength: 25, maxLength: 40 }), 6);
    // Not only refusals were compared.
    expect(seen).toContain('change level: done');
    expect(seen).toContain('make room: done');
  });

  it('as deep as a tree may be, too', async () => {
    await runs(fc.array(deepStep, { minLength: 20, maxLength: 30 }), 3);
  });

  // By hand, in case the dice leave one out.
  it('refuses rings, the eleventh level and names that are taken', async () => {
    const same = { name: undefined, position: undefined };
    const make = (parent: Pick, called: string): Step => ({ kind: 'make level', parent, name: called, position: undefined });
    const move = (level: Pick, parent: Pick): Step => ({ kind: 'change level', level, parent, ...same });
    const cases: [step: Step, outcome: string][] = [
      ...Array.from({ length: 10 }, (_, i): [Step, string] => [make(i === 0 ? 'tenant' : 'last', 'a'), 'make level: done']),
      [make('last', 'a'), 'make level: invalid'],
      [move(1, 'last'), 'change level: invalid'],
      [move(1, 1), 'change level: invalid'],
      [make('tenant', 'b'), 'make level: done'],
      [make('last', 'c'), 'make level: done'],
      [move(1, 11), 'change level: invalid'],
      [move(11, 9), 'change level: invalid'],
      [move(11, 8), 'change level: done'],
      [move(11, 'tenant'), 'change level: done'],
      [{ kind: 'change level', level: 11, parent: undefined, name: 'a', position: undefined }, 'change level: conflict'],
      [move('tenant', 1), 'change level: invalid'],
      [move(1, 'nobody'), 'change level: not_found'],
      [{ kind: 'change level', level: 'tenant', parent: undefined, name: 'a', position: 1 }, 'change level: done'],
      [{ kind: 'delete level', level: 'tenant', children: true }, 'delete level: has_children'],
      [{ kind: 'make room', level: 'tenant', name: 'a', position: undefined }, 'make room: wrong_level'],
      [{ kind: 'make room', level: 10, name: 'a', position: undefined }, 'make room: done'],
      [{ kind: 'make room', level: 10, name: 'a', position: undefined }, 'make room: conflict'],
      [{ kind: 'delete level', level: 10, children: false }, 'delete level: has_children'],
      [{ kind: 'delete level', level: 9, children: true }, 'delete level: done'],
      [{ kind: 'change room', room: 'last', level: 1, ...same }, 'change room: not_found'],
      // What was deleted stands in nobody's way: the place below is free, and the depth that it took.
      [make(8, 'a'), 'make level: done'],
      [move(11, 8), 'change level: done'],
    ];
    expect(
      await run(
        cases.map(([step]) => step),
        500,
      ),
    ).toEqual(cases.map(([, outcome]) => outcome));
  });
});
