import type { ledgerMethod } from '../../src/wire/v1/ledger.ts';
import type { Answer } from '../lib/api.ts';

export type Row = Answer<typeof ledgerMethod>['rows'][number];
export type Field = keyof Row['fields'];

/** The columns, in the order of the vendor's method and with what kind of value each has. */
export const columns = [
  ['room_id', 'id'],
  ['room_name', 'text'],
  ['event_title', 'topic'],
  ['reserver', 'text'],
  ['reserver_user_id', 'id'],
  ['department_of_reserver', 'text'],
  ['guests_number', 'number'],
  ['accepted_number', 'number'],
  ['event_start_time', 'time'],
  ['event_end_time', 'time'],
  ['event_duration', 'number'],
  ['reservation_status', 'status'],
  ['check_in_device', 'status'],
  ['room_check_in_status', 'status'],
  ['check_in_time', 'time'],
  ['is_release_early', 'status'],
  ['releasing_person', 'text'],
  ['releasing_time', 'time'],
] as const satisfies readonly (readonly [Field, string])[];

export type Kind = (typeof columns)[number][1];

/** The room's name heads the row and is always there. */
export const HEAD: Field = 'room_name';

/** As the table shows them: what heads the row comes first. */
export const tableColumns: readonly (readonly [Field, Kind])[] = columns.filter(([field]) => field !== HEAD);
