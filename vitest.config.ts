import { defineConfig } from 'vitest/config';
import { postgresPrograms } from './test/support/cluster.ts';

const common = { testTimeout: 60_000, hookTimeout: 60_000 };

/** What touches the database runs on both engines; the rest once. */
const onBothEngines = ['test/api/**/*.test.ts', 'test/sdk/**/*.test.ts', 'test/store/**/*.test.ts', 'test/edge/fuzz.test.ts'];

const sqlite = {
  test: {
    ...common,
    name: 'sqlite',
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/temporary-setup.ts', 'test/support/build.ts', 'test/support/sqlite-setup.ts'],
  },
};
const postgres = {
  test: {
    ...common,
    name: 'postgres',
    include: onBothEngines,
    globalSetup: ['test/support/temporary-setup.ts', 'test/support/build.ts', 'test/support/postgres-setup.ts'],
  },
};

const installed = postgresPrograms() !== undefined;
if (!installed && process.env.REQUIRE_POSTGRES) throw new Error('REQUIRE_POSTGRES is set, and the programs of PostgreSQL are not installed');
if (!installed) console.warn('PostgreSQL is not installed: the tests run on SQLite only');

export default defineConfig({ test: { maxWorkers: 2, projects: installed ? [sqlite, postgres] : [sqlite] } });
