import type { Transaction, Updateable } from 'kysely';
import { chunks } from './chunks.ts';
import type { Db, Queries } from './open.ts';
import type { Reservation, ReservationColumns, Tables } from './tables.ts';

/** Reservations of some rooms that are not over at `now` and hold them, or wait to: neither rejected, cancelled nor released. */
export async function liveReservations(db: Queries, tenantId: number, roomNos: readonly number[], now: number): Promise<Reservation[]> {
  const found: Reservation[] = [];
  for (const numbers of chunks(roomNos)) {
    const rows = await db
      .selectFrom('reservations')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('room_no', 'in', numbers)
      .where('end_at', '>', now)
      .where('rejected_at', 'is', null)
      .where('cancelled_at', 'is', null)
      .where('released_at', 'is', null)
      .orderBy('start_at')
      .orderBy('id')
      .execute();
    found.push(...rows);
  }
  return found;
}

/** Changes one reservation that is still at `version`; false when it is not. */
export async function updateReservation(
  db: Queries,
  { tenantId, id, version }: { tenantId: number; id: number; version: number },
  changes: Omit<Updateable<ReservationColumns>, 'tenant_id' | 'id' | 'version'>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('reservations')
    .set({ ...changes, version: version + 1 })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('version', '=', version)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

const LOAD_COLUMNS = [
  'room_no',
  'start_at',
  'end_at',
  'title',
  'is_private',
  'reserver_id',
  'reserver_name',
  'reserver_department',
  'guests',
  'guests_accepted',
  'created_at',
  'accepted_at',
  'rejected_at',
  'cancelled_at',
  'cancel_cause',
  'cancel_note',
  'released_at',
  'release_cause',
  'released_by_name',
  'check_in_rule',
  'check_in_opens_at',
  'check_in_closes_at',
  'release_on_no_show',
  'checked_in_at',
  'checked_in_with',
  'room_disabled_at',
  'version',
] as const satisfies (keyof Reservation)[];

/** Writes any number of reservations of a tenant that has none yet. */
export async function loadReservations(
  db: Db,
  tx: Transaction<Tables>,
  tenantId: number,
  reservations: Iterable<Omit<Reservation, 'tenant_id' | 'id'>>,
): Promise<void> {
  const carryIds = db.dialect.loadsCarryIds;
  const columns = ['tenant_id', ...(carryIds ? ['id'] : []), ...LOAD_COLUMNS];
  await db.insertMany(tx, 'reservations', columns, rows());

  function* rows() {
    let id = 0;
    for (const reservation of reservations) {
      const values = LOAD_COLUMNS.map((column) => reservation[column]);
      yield carryIds ? [tenantId, ++id, ...values] : [tenantId, ...values];
    }
  }
}
