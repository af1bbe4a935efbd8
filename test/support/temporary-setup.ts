import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Directory that the tests of this run make theirs in. */
    temporary: string;
  }
}

/** What the tests leave lying goes with the run. */
export default function setup(project: TestProject): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'yuding-'));
  project.provide('temporary', directory);
  return () => {
    rmSync(directory, { recursive: true });
  };
}
