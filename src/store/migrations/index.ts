import type { Migration } from 'kysely';
import * as ledger from './0001-ledger.ts';

/** All schema changes, in order. A released one is never edited. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-ledger': ledger,
};
