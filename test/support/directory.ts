import { rmSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { temporaryDirectory } from './app.ts';

/** A data directory that goes when its test is over. */
export function keptDirectory(): string {
  const data = temporaryDirectory();
  onTestFinished(() => {
    rmSync(data, { recursive: true });
  });
  return data;
}
