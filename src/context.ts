import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Changes } from './domain/changes.ts';
import type { Directories } from './domain/directory.ts';
import type { Passwords } from './domain/passwords.ts';
import type { Ids } from './ids.ts';
import type { Keys } from './keys.ts';
import type { Db } from './store/open.ts';

/** Everything that lives as long as the program: made once, passed first. */
export interface Ctx {
  readonly config: Config;
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly keys: Keys;
  readonly log: Logger;
  readonly directories: Directories;
  readonly passwords: Passwords;
  readonly changes: Changes;
  /** Where people reach the server, `https://rooms.example.com`: as configured, else where it listens. Links begin with it. */
  origin: string;
}
