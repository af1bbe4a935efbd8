import { closeSync, openSync } from 'node:fs';

/**
 * Makes an empty file for its owner's eyes only, and leaves one that is there untouched, unopened even: closing any
 * descriptor of a file ends all POSIX locks that the process holds on it, those of SQLite included.
 */
export function createPrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
