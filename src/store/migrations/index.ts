import type { Migration } from 'kysely';
import * as ledger from './0001-ledger.ts';
import * as rooms from './0002-rooms.ts';
import * as bookings from './0003-bookings.ts';
import * as people from './0004-people.ts';
import * as audit from './0005-audit.ts';
import * as inbox from './0006-inbox.ts';
import * as utilisation from './0007-utilisation.ts';

/** All schema changes, in order. A released one is never edited. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-ledger': ledger,
  '0002-rooms': rooms,
  '0003-bookings': bookings,
  '0004-people': people,
  '0005-audit': audit,
  '0006-inbox': inbox,
  '0007-utilisation': utilisation,
};
