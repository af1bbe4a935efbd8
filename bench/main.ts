import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { Datasets } from './datasets.ts';
import { ratioOf, report, ROUNDS, type Line } from './measure.ts';
import { filteredPages, pageAgainstConstant, pageBySizeAndDepth, serve } from './targets.ts';

/*
 * npm run bench                the targets on SQLite, at a million reservations
 * npm run bench -- --postgres  the same on PostgreSQL, on a private server
 * npm run bench -- --full      at ten million
 * npm run bench -- --json FILE writes the ratios
 */
const { values: options } = parseArgs({
  options: { postgres: { type: 'boolean', default: false }, full: { type: 'boolean', default: false }, json: { type: 'string' } },
});

const engine = options.postgres ? 'postgres' : 'sqlite';
const datasets = await Datasets.open(engine);
try {
  const small = await datasets.load(10_000);
  const large = await datasets.load(options.full ? 10_000_000 : 1_000_000);
  const servers = { small: await serve(small), large: await serve(large) };
  console.log(
    `${engine}, ${String(large.rows)} reservations, Node ${process.versions.node}, ${String(cpus().length)} x ${cpus()[0]?.model ?? 'unknown processor'}\n` +
      `medians of ${String(ROUNDS)} interleaved rounds (smallest-largest), then the reference's, then the ratio\n`,
  );
  const lines: Line[] = [];
  for (const measure of [
    () => pageAgainstConstant(large, servers.large),
    () => pageBySizeAndDepth(small, large, servers),
    () => filteredPages(large, servers.large),
  ]) {
    const measured = await measure();
    console.log(report(measured));
    lines.push(...measured);
  }
  await servers.small.stop();
  await servers.large.stop();
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(ratios(lines), null, 2)}\n`);
} finally {
  await datasets.close();
}

/** The worst ratio of each target. */
function ratios(lines: readonly Line[]): object {
  const worst = (target: string) => Number(Math.max(...lines.filter((line) => line.target === target).map(ratioOf)).toFixed(3));
  return {
    engine,
    reservations: options.full ? 10_000_000 : 1_000_000,
    P1: { ratio: worst('P1') },
    P2: { ratio: worst('P2'), depth: worst('P2d') },
    P3: { ratio: worst('P3') },
  };
}
