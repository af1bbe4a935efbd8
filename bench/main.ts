import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { durableBookings } from './bookings.ts';
import { Datasets } from './datasets.ts';
import { directoryPages, levelFilter, loadTree } from './directory.ts';
import { ratioOf, report, ROUNDS, type Line } from './measure.ts';
import { utilisationOfAYear } from './utilisation.ts';
import { filteredPages, pageAgainstConstant, pageBySizeAndDepth, serve } from './targets.ts';

/*
 * npm run bench                the targets on SQLite, at a million reservations
 * npm run bench -- --postgres  the same on PostgreSQL, on a private server
 * npm run bench -- --full      at ten million
 * npm run bench -- --tree     P8 alone, which needs no reservations
 * npm run bench -- --bookings P4 alone
 * npm run bench -- --utilisation P9 alone
 * npm run bench -- --json FILE writes the ratios
 */
const { values: options } = parseArgs({
  options: {
    postgres: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    tree: { type: 'boolean', default: false },
    bookings: { type: 'boolean', default: false },
    utilisation: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});

const engine = options.postgres ? 'postgres' : 'sqlite';
const rows = options.full ? 10_000_000 : 1_000_000;
const datasets = await Datasets.open(engine);
const lines: Line[] = [];
console.log(
  `${engine}, ${options.tree ? '' : `${String(rows)} reservations, `}Node ${process.versions.node}, ${String(cpus().length)} x ${cpus()[0]?.model ?? 'unknown processor'}\n` +
    `medians of ${String(ROUNDS)} interleaved rounds (smallest-largest), then the reference's, then the ratio\n` +
    'P8: which rooms a level filter means, in a tree of 10000 levels and 100000 rooms, beside a bare read of the same ids by primary key;\n' +
    'P8c: the same when a room was changed in between; P8p: pages of that tree\n' +
    'P9: utilisation of a year\n',
);
try {
  const whole = !options.tree && !options.bookings && !options.utilisation;
  if (whole) await ledger();
  if (whole || options.bookings) await all([() => durableBookings(datasets)]);
  if (whole || options.utilisation) await all([() => utilisationOfAYear(datasets)]);
  if (whole || options.tree) await tree();
} finally {
  await datasets.close();
}
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(ratios(), null, 2)}\n`);

async function ledger(): Promise<void> {
  const small = await datasets.load(10_000);
  const large = await datasets.load(rows);
  const servers = { small: await serve(small), large: await serve(large) };
  await all([() => pageAgainstConstant(large, servers.large), () => pageBySizeAndDepth(small, large, servers), () => filteredPages(large, servers.large)]);
  await servers.small.stop();
  await servers.large.stop();
}

async function tree(): Promise<void> {
  const loaded = await loadTree(datasets);
  const server = await serve(loaded);
  await all([() => levelFilter(loaded), () => directoryPages(loaded, server)]);
  await server.stop();
  await loaded.ctx.db.close();
}

async function all(measures: readonly (() => Promise<Line[]>)[]): Promise<void> {
  for (const measure of measures) {
    const measured = await measure();
    console.log(report(measured));
    lines.push(...measured);
  }
}

/** The worst ratio of each target. */
function ratios(): object {
  const worst = (target: string) => Number(Math.max(...lines.filter((line) => line.target === target).map(ratioOf)).toFixed(3));
  return {
    engine,
    ...(options.tree ? {} : { reservations: rows, P1: { ratio: worst('P1') }, P2: { ratio: worst('P2'), depth: worst('P2d') }, P3: { ratio: worst('P3') } }),
    P8: { ratio: worst('P8'), changed: worst('P8c'), pages: worst('P8p') },
    P9: { ratio: worst('P9') },
  };
}
