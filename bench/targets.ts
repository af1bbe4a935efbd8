import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, ledgerPath, signIn, type Query } from './client.ts';
import { PROGRAM, readPlaces, type Dataset } from './datasets.ts';
import { interleaved, type Line } from './measure.ts';
import { startServer, type Server } from './servers.ts';

const DAY = 86_400;

/** The server on a dataset. Calls are counted by the rate limiter, but it lets them all pass. */
export function serve({ data, databaseUrl }: Dataset): Promise<Server> {
  const database = databaseUrl ? ['--database-url', databaseUrl] : [];
  return startServer(PROGRAM, ['serve', '--port', '0', '--data', data, ...database], { YUDING_RATE_LIMIT: '1000000', YUDING_LOG_LEVEL: 'info' });
}

/**
 * Windows of a day each, on eight days and from eight hours of the day on: no single page is asked for all the time, and each
 * time zone's rooms are asleep at the start of some.
 */
function onEightDays({ at }: Dataset, query: Query = {}): string[] {
  return Array.from({ length: 8 }, (_, i) => {
    const start_time = at - (i + 2) * DAY - i * 3 * 3600;
    return ledgerPath({ start_time, end_time: start_time + DAY - 1, need_topic: true, ...query });
  });
}

/** P1: processor time of a 20-row page, beside bare `node:http` that sends the same bytes from a constant. */
export async function pageAgainstConstant(dataset: Dataset, server: Server): Promise<Line[]> {
  const directory = mkdtempSync(join(tmpdir(), 'yuding-bench-'));
  const client = await signIn(server, dataset, 8);
  const paths = onEightDays(dataset);
  const file = join(directory, 'body');
  writeFileSync(file, await client.get(paths[0] ?? ''));
  const constant = await startServer('out/bench/constant.js', [file]);
  const reference = new Client(constant, '', 8);
  try {
    const found = await interleaved({ page: () => client.cpu(paths, 2000), constant: () => reference.cpu(paths, 8000) });
    const limit = dataset.databaseUrl ? 10 : 6;
    return [{ target: 'P1', what: 'page of 20 / constant', measured: found.page, reference: found.constant, unit: 'us CPU', limit }];
  } finally {
    client.close();
    reference.close();
    await constant.stop();
    rmSync(directory, { recursive: true });
  }
}

/** P2: the first page of a large ledger beside that of a small one, and the 500th page beside the first. */
export async function pageBySizeAndDepth(small: Dataset, large: Dataset, servers: { small: Server; large: Server }): Promise<Line[]> {
  const ofSmall = await signIn(servers.small, small);
  const ofLarge = await signIn(servers.large, large);
  const deep = await pageNumber(ofLarge, large, 500);
  try {
    const found = await interleaved({
      small: () => ofSmall.latency(onEightDays(small), 400),
      large: () => ofLarge.latency(onEightDays(large), 400),
      first: () => ofLarge.latency([deep.first], 400),
      deep: () => ofLarge.latency([deep.path], 400),
    });
    const sizes = `${String(large.rows)} / ${String(small.rows)} rows`;
    return [
      { target: 'P2', what: sizes, measured: found.large, reference: found.small, unit: 'ms', limit: 1.3 },
      { target: 'P2d', what: '500th / first page', measured: found.deep, reference: found.first, unit: 'ms', limit: 1.2 },
    ];
  } finally {
    ofSmall.close();
    ofLarge.close();
  }
}

async function pageNumber(client: Client, { at }: Dataset, number: number): Promise<{ first: string; path: string }> {
  const start_time = Math.floor(at / (7 * DAY)) * 7 * DAY;
  const query = { start_time, end_time: start_time + DAY - 1, need_topic: true };
  const first = ledgerPath(query);
  let path = first;
  for (let page = 1; page < number; page++) {
    const { data } = JSON.parse(await client.get(path)) as { data: { page_token?: string } };
    if (data.page_token === undefined) throw new Error(`the day has only ${String(page)} pages`);
    path = ledgerPath({ ...query, page_token: data.page_token });
  }
  return { first, path };
}

/** P3: each shape of room filter beside the page without one. */
export async function filteredPages(dataset: Dataset, server: Server): Promise<Line[]> {
  const client = await signIn(server, dataset);
  const { roomIds, levels } = await readPlaces(dataset);
  const spread = (count: number) => Array.from({ length: count }, (_, i) => roomIds[Math.floor((i * roomIds.length) / count)] ?? '');
  const shapes: Record<string, Query> = {
    plain: {},
    '5 rooms': { room_ids: spread(5) },
    '50 rooms': { room_ids: spread(50) },
    '200 rooms': { room_ids: spread(200) },
    'all but 50 rooms': { room_ids: spread(50), is_exclude: true },
    'small subtree (a floor)': { room_level_id: levels.floor, is_exclude: true },
    'subtree (a building)': { room_level_id: levels.building, is_exclude: true },
    'big subtree (two thirds)': { room_level_id: levels.bigSite, is_exclude: true },
    'big subtree in another zone': { room_level_id: levels.otherSite, is_exclude: true },
  };
  try {
    const found = await interleaved(
      Object.fromEntries(Object.entries(shapes).map(([name, query]) => [name, () => client.latency(onEightDays(dataset, query), 200)])),
    );
    const reference = found.plain;
    if (!reference) throw new Error('the plain page was not measured');
    return Object.entries(found)
      .filter(([name]) => name !== 'plain')
      .map(([what, measured]) => ({ target: 'P3', what: `${what} / plain`, measured, reference, unit: 'ms', limit: 3 }));
  } finally {
    client.close();
  }
}
