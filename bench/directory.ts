import { mkdirSync, rmSync } from 'node:fs';
import { openContext } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import type { Ctx } from '../src/context.ts';
import { createApp } from '../src/domain/apps.ts';
import { issueUserToken } from '../src/domain/credentials.ts';
import { changeRoom, requireRoom } from '../src/domain/rooms.ts';
import { createTenant } from '../src/domain/tenants.ts';
import { beginDirectoryChange } from '../src/store/directory.ts';
import { formatToken } from '../src/wire/identifiers.ts';
import { listRoomLevels } from '../src/wire/vc/room_levels.ts';
import { listRooms, searchRooms } from '../src/wire/vc/rooms.ts';
import { Client, latencyOf, signIn } from './client.ts';
import type { Dataset, Datasets } from './datasets.ts';
import { interleaved, type Line, type Subject } from './measure.ts';
import type { Server } from './servers.ts';

/*
 * P8: a tenant with 10,000 levels and 100,000 rooms. A hall of 6,000 levels side by side, for pages of levels; the other levels
 * are sites, buildings and floors. Rooms are numbered as the tree is drawn, so that those of a subtree have consecutive numbers:
 * the bare read of them, which is the reference, is a scan of the primary key and as fast as a read can be.
 */
const HALL = 6000;
const SITES = 10;
const BUILDINGS = 19;
const FLOORS = 20;
const ROOMS = 100_000;

const actor = { id: 'bench', name: 'bench', source: 'cli' } as const;

export interface Tree extends Dataset {
  ctx: Ctx;
  tenantId: number;
  userToken: string;
  hall: string;
  /** Levels by what they are, with the first and last number of the rooms below. */
  sample: { what: string; levelId: string; first: number; last: number }[];
}

interface Planned {
  level_id: string;
  parent_id: string;
  name: string;
  position: number;
}

export async function loadTree(datasets: Datasets): Promise<Tree> {
  const { data, databaseUrl } = await datasets.place('tree');
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  console.error('loading a tree of 10000 levels and 100000 rooms');
  const ctx = await openContext({ ...readConfig({}, {}), data, databaseUrl });
  const { tenantId, rootLevelId, administratorId } = await createTenant(ctx, actor, { name: 'Tree', timeZone: 'Asia/Shanghai', administrator: 'Ada' });
  const scopes = ['vc:room:readonly'];
  const { appId, secret } = await createApp(ctx, actor, { tenantId, name: 'bench', scopes });
  const user = await issueUserToken(ctx, actor, { tenantId, appId, userId: administratorId, scopes, life: 86_400 });

  const levels: Planned[] = [];
  const add = (parent_id: string, name: string): string => {
    levels.push({ level_id: ctx.ids.level(), parent_id, name, position: 0 });
    return levels.at(-1)?.level_id ?? '';
  };
  const hall = add(rootLevelId, 'Hall');
  for (let i = 0; i < HALL - 1; i++) add(hall, `Row ${String(i)}`);
  for (let s = 0; s < SITES; s++) {
    const site = add(rootLevelId, `Site ${String(s)}`);
    for (let b = 0; b < BUILDINGS; b++) {
      const building = add(site, `Building ${String(b)}`);
      for (let f = 0; f < FLOORS; f++) add(building, `Floor ${String(f)}`);
    }
  }
  const perLevel = ROOMS / levels.length;
  const rooms = levels.flatMap(({ level_id }, i) => {
    const [first, behind] = [Math.floor(i * perLevel), Math.floor((i + 1) * perLevel)];
    return Array.from({ length: behind - first }, (_, j) => ({ room_no: first + j + 1, level_id }));
  });
  await ctx.db.transaction(async (tx) => {
    const own = { tenant_id: tenantId, changed_in: await beginDirectoryChange(tx, tenantId), deleted_at: null };
    for (let i = 0; i < levels.length; i += 1000) {
      const rows = levels.slice(i, i + 1000).map((level) => ({ ...own, ...level, time_zone: null }));
      await tx.insertInto('levels').values(rows).execute();
    }
    for (let i = 0; i < rooms.length; i += 1000) {
      const rows = rooms
        .slice(i, i + 1000)
        .map((room) => ({ ...own, ...room, room_id: ctx.ids.room(), name: `Room ${String(room.room_no)}`, capacity: 6, created_at: 0 }));
      await tx.insertInto('rooms').values(rows).execute();
    }
  });
  for (const table of ['levels', 'rooms'] as const) await ctx.db.dialect.afterLoad(table)?.execute(ctx.db.kysely);

  const directory = await ctx.directories.read(tenantId);
  const [, site = ''] = levels.filter(({ parent_id }) => parent_id === rootLevelId).map(({ level_id }) => level_id);
  const [building = ''] = directory.children(site).map(({ level_id }) => level_id);
  const [floor = ''] = directory.children(building).map(({ level_id }) => level_id);
  const sample = Object.entries({ floor, building, site, hall, tenant: rootLevelId }).map(([what, levelId]) => {
    const numbers = directory.liveRoomsUnder(levelId);
    return { what: `${what} (${String(numbers.length)} rooms)`, levelId, first: numbers[0] ?? 0, last: numbers.at(-1) ?? 0 };
  });
  const place = { rows: 0, data, databaseUrl, appId, appSecret: secret, rootLevelId, at: 0 };
  return { ...place, ctx, tenantId, userToken: formatToken({ kind: 'user', tenantId, secret: user.secret }), hall, sample };
}

/** P8: rooms of a level filter beside a bare read of the same rooms' ids; in this process, so that no HTTP hides the difference. */
export async function levelFilter({ ctx, tenantId, sample }: Tree): Promise<Line[]> {
  const read = async ({ first, last }: Tree['sample'][number]) => {
    const rows = await ctx.db.kysely
      .selectFrom('rooms')
      .select('room_no')
      .where('tenant_id', '=', tenantId)
      .where('room_no', '>=', first)
      .where('room_no', '<=', last)
      .execute();
    return rows.map(({ room_no }) => room_no).length;
  };
  const version = async () =>
    (await ctx.db.kysely.selectFrom('tenants').select('directory_version').where('tenant_id', '=', tenantId).executeTakeFirstOrThrow()).directory_version;
  const resolve = async (levelId: string, at: number) => (await ctx.directories.get(tenantId, at)).roomsUnder(levelId).length;
  // Which room changes does not matter to the directory: all of it is one map.
  let changes = 0;
  const change = async (): Promise<number> => {
    const directory = await ctx.directories.read(tenantId);
    const { room_id: roomId, version: before } = requireRoom(directory, directory.roomOfNumber((changes++ % ROOMS) + 1)?.room_id ?? '');
    await changeRoom(ctx, actor, { tenantId, roomId, version: before, capacity: 7 });
    return version();
  };
  const subjects: Record<string, Subject> = {};
  for (const [i, place] of sample.entries()) {
    const times = i < 3 ? 200 : 20;
    const timed =
      (work: () => Promise<unknown>, count = times) =>
      async () => {
        const before = performance.now();
        for (let n = 0; n < count; n++) await work();
        return (performance.now() - before) / count;
      };
    const at = { now: await version() };
    subjects[`read ${place.what}`] = timed(() => read(place));
    subjects[`warm ${place.what}`] = async () => {
      at.now = await version();
      await resolve(place.levelId, at.now);
      return timed(() => resolve(place.levelId, at.now))();
    };
    subjects[`changed ${place.what}`] = async () => {
      let spent = 0;
      for (let n = 0; n < 5; n++) {
        at.now = await change();
        spent += await timed(() => resolve(place.levelId, at.now), 1)();
      }
      return spent / 5;
    };
  }
  const found = await interleaved(subjects);
  const lines = (kind: string, target: string, text: string) =>
    sample.flatMap(({ what }): Line[] => {
      const [measured, reference] = [found[`${kind} ${what}`], found[`read ${what}`]];
      return measured && reference ? [{ target, what: `${what}, ${text} / bare read`, measured, reference, unit: 'ms', limit: 3 }] : [];
    });
  return [...lines('warm', 'P8', 'in memory'), ...lines('changed', 'P8c', 'a room changed')];
}

/** P8: the 500th page beside the first, of rooms listed, rooms found and levels listed. */
export async function directoryPages(tree: Tree, server: Server): Promise<Line[]> {
  const app = await signIn(server, tree);
  const user = new Client(server, tree.userToken);
  const rooms = `${listRooms.path}?page_size=100`;
  const levels = `${listRoomLevels.path}?page_size=10&room_level_id=${tree.hall}`;
  const roomPage = await pageNumber(
    500,
    (token) => app.get(`${rooms}${token}`),
    (token) => `&page_token=${token}`,
  );
  const levelPage = await pageNumber(
    500,
    (token) => app.get(`${levels}${token}`),
    (token) => `&page_token=${token}`,
  );
  const search = (page_token: string) => JSON.stringify({ keyword: 'room', page_size: 100, page_token });
  const searchPage = await pageNumber(
    500,
    (token) => user.post(searchRooms.path, search(token)),
    (token) => token,
  );
  const posts = (token: string) => () => latencyOf([() => user.post(searchRooms.path, search(token))], 200);
  try {
    const found = await interleaved({
      rooms: () => app.latency([rooms], 200),
      deepRooms: () => app.latency([rooms + roomPage], 200),
      search: posts(''),
      deepSearch: posts(searchPage),
      levels: () => app.latency([levels], 200),
      deepLevels: () => app.latency([levels + levelPage], 200),
    });
    const line = (what: string, measured: keyof typeof found, reference: keyof typeof found): Line => ({
      target: 'P8p',
      what: `${what}: 500th / first page`,
      measured: found[measured],
      reference: found[reference],
      unit: 'ms',
      limit: 1.2,
    });
    return [line('rooms of 100', 'deepRooms', 'rooms'), line('rooms found, of 100', 'deepSearch', 'search'), line('levels of 10', 'deepLevels', 'levels')];
  } finally {
    app.close();
    user.close();
  }
}

/** What leads to a page, given what asks for one and how a token is written. */
async function pageNumber(number: number, get: (page: string) => Promise<string>, write: (token: string) => string): Promise<string> {
  let page = '';
  for (let i = 1; i < number; i++) {
    const { data } = JSON.parse(await get(page)) as { data: { page_token?: string } };
    if (data.page_token === undefined) throw new Error(`there are only ${String(i)} pages`);
    page = write(data.page_token);
  }
  return page;
}
