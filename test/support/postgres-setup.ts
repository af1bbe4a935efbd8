import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { openStore } from '../../src/store/open.ts';
import { postgresPrograms, startCluster } from './cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server that tests make their databases on; null: the tests of this run use SQLite. */
    postgres: { adminUrl: string; template: string; urlOf: string } | null;
  }
}

const TEMPLATE = 'yuding_template';

/** Starts the server that all tests of the run share, with a database of the present schema to copy from. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const programs = postgresPrograms();
  if (!programs) throw new Error('the programs of PostgreSQL are not installed');
  const cluster = await startCluster(programs);
  const admin = new Client({ connectionString: cluster.url('postgres') });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${TEMPLATE}`);
  await admin.end();
  await (await openStore({ data: '', databaseUrl: cluster.url(TEMPLATE) })).close();
  project.provide('postgres', { adminUrl: cluster.url('postgres'), template: TEMPLATE, urlOf: cluster.url('DATABASE') });
  return () => cluster.stop();
}
