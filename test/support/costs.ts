import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CDPSession, Page } from 'playwright-core';

/*
 * What a screen costs a browser. Thread time is not the clock's: another program on the machine does not change it by much; there is twice
 * the slack all the same.
 */
export const SLACK = 2;

/** Milliseconds that the page's main thread has worked. */
export async function worked(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN) * 1000;
}

/** Until the page has drawn what it was told. */
export const settled = (page: Page) => page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))');

/** Bytes that go over the line for files of the screens, by their paths on the server. */
export function weightOf(paths: Iterable<string>): number {
  return [...paths].reduce((sum, path) => sum + statSync(fileURLToPath(new URL(`../../dist/web${path}.gz`, import.meta.url))).size, 0);
}
