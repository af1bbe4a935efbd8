import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { requireFitGround } from './guard.ts';
import { createPrivateFile } from './private-file.ts';
import { databasePath, sqliteVersion } from './sqlite.ts';

/** Another server runs on the data directory. */
export class LockedError extends Error {
  override name = 'LockedError';
}

/**
 * Takes the data directory for one server process. The lock is the operating system's, held on a file of its own through
 * SQLite, which knows how to on every platform: it ends with the process, however that ends.
 *
 * @returns a function that gives it back
 * @throws LockedError when another process (or another app in this one) has it; UnfitError
 */
export function lockDataDirectory(dataDirectory: string): () => void {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  // Before the lock file: whoever must not touch the database must not leave a file beside it that its owner cannot open.
  const database = databasePath(dataDirectory);
  if (existsSync(database)) requireFitGround(database, sqliteVersion());
  const path = join(dataDirectory, 'yuding.lock');
  createPrivateFile(path);
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    lock.exec('PRAGMA journal_mode = DELETE; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (error instanceof Error && /locked|busy/.test(error.message)) throw new LockedError(`another server is running on ${dataDirectory}`);
    throw error;
  }
  return () => {
    lock.close();
  };
}
