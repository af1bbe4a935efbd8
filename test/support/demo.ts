import { rmSync } from 'node:fs';
import { openContext } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { defaultSize, loadDemo, type DemoAccess } from '../../src/domain/demo/load.ts';
import { NOON, temporaryDirectory, tester, testApp, type TestApp } from './app.ts';
import { FakeClock } from './clock.ts';
import { testDatabase } from './database.ts';

/**
 * A server with the demo tenant of a seed, up to date with `NOON`. The demo is written before the server listens: a server
 * that is kept from its work by the same process for so long would rightly refuse the first calls.
 */
export async function demoApp(seed: number): Promise<{ app: TestApp; demo: DemoAccess }> {
  const data = temporaryDirectory();
  const database = await testDatabase();
  const place = { data, databaseUrl: database.databaseUrl };
  const ctx = await openContext({ ...readConfig(), ...place }, { clock: new FakeClock(NOON) });
  const demo = await loadDemo(ctx, tester, { seed, at: NOON, ...defaultSize });
  await ctx.db.close();
  const app = await testApp({ ...place, rateLimit: 0 });
  const stop = async () => {
    await app.stop();
    await database.drop();
    rmSync(data, { recursive: true });
  };
  return { app: { ...app, stop, [Symbol.asyncDispose]: stop }, demo };
}
