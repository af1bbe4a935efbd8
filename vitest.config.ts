import { spawnSync } from 'node:child_process';
import { defineConfig } from 'vitest/config';
import { hasChromium } from './test/support/browser.ts';
import { postgresPrograms } from './test/support/cluster.ts';

// Files share what they import: to load the program anew for each took a third of the time.
const common = {
  testTimeout: 180_000,
  hookTimeout: 180_000,
  isolate: false,
  setupFiles: ['./test/support/properties.ts'],
  expect: { poll: { timeout: 20_000 } },
};

/** Everything, rather than what can be waited for: see CONTRIBUTING.md. */
const isFull = process.env.FULL === '1';
/** What asks the same of every screen or method, or a lot of the machine. */
const onlyInFull = [
  'test/web/states.test.ts',
  'test/web/hostile.test.ts',
  'test/web/rooms-forms.test.ts',
  'test/web/admin-rooms.test.ts',
  'test/edge/load.test.ts',
  'test/package.test.ts',
  ...(process.env.FUZZ_REQUESTS ? [] : ['test/edge/fuzz.test.ts']),
];
/** What touches the database runs on both engines; the rest once. Of the many tests of methods PostgreSQL gets the official SDK's, unless all are asked for. */
const onBothEngines = ['test/sdk/**/*.test.ts', 'test/store/**/*.test.ts'];
if (isFull) onBothEngines.push('test/api/**/*.test.ts');
if (process.env.PROOF) onBothEngines.push('test/proof/**/*.test.ts');
if (process.env.FUZZ_REQUESTS) onBothEngines.push('test/edge/fuzz.test.ts');
/** What only a file has; and who may call what, which is decided before any statement. */
const onFilesOnly = ['test/proof/crashes.test.ts', 'test/proof/durability.test.ts', 'test/api/matrix.test.ts'];

const traceable = spawnSync('strace', ['-V']).status === 0;
if (!traceable && process.env.REQUIRE_STRACE) throw new Error('REQUIRE_STRACE is set, and strace is not installed');
if (!traceable) console.warn('strace is not installed: nobody looks whether the server waits for the disk');

const withoutBrowser = !hasChromium();
if (withoutBrowser && process.env.REQUIRE_CHROMIUM) throw new Error('REQUIRE_CHROMIUM is set, and chromium is not installed');
if (withoutBrowser) console.warn('Chromium is not installed: nobody looks at the screens');

const sqlite = {
  test: {
    ...common,
    name: 'sqlite',
    include: ['test/**/*.test.ts'],
    exclude: [...(traceable ? [] : ['test/proof/durability.test.ts']), ...(withoutBrowser ? ['test/web/**'] : []), ...(isFull ? [] : onlyInFull)],
    globalSetup: ['test/support/temporary-setup.ts', 'test/support/build.ts', 'test/support/sqlite-setup.ts'],
  },
};
const postgres = {
  test: {
    ...common,
    name: 'postgres',
    include: onBothEngines,
    exclude: onFilesOnly,
    globalSetup: ['test/support/temporary-setup.ts', 'test/support/build.ts', 'test/support/postgres-setup.ts'],
  },
};

const installed = postgresPrograms() !== undefined;
if (!installed && process.env.REQUIRE_POSTGRES) throw new Error('REQUIRE_POSTGRES is set, and the programs of PostgreSQL are not installed');
if (!installed) console.warn('PostgreSQL is not installed: the tests run on SQLite only');

export default defineConfig({ test: { maxWorkers: 2, projects: installed ? [sqlite, postgres] : [sqlite] } });
