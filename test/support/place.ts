import { rmSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { temporaryDirectory } from './app.ts';
import { testDatabase } from './database.ts';

/** A data directory and a database that outlive the servers of one test. */
export async function keptPlace(): Promise<{ data: string; databaseUrl: string | undefined }> {
  const data = temporaryDirectory();
  const database = await testDatabase();
  onTestFinished(async () => {
    await database.drop();
    rmSync(data, { recursive: true });
  });
  return { data, databaseUrl: database.databaseUrl };
}
