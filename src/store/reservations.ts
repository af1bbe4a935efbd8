import type { Transaction, Updateable } from 'kysely';
import { chunks } from './chunks.ts';
import { compiled } from './compiled.ts';
import { dialectOf } from './dialect.ts';
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

export function findReservation(db: Queries, tenantId: number, id: number): Promise<Reservation | undefined> {
  return db.selectFrom('reservations').selectAll().where('tenant_id', '=', tenantId).where('id', '=', id).executeTakeFirst();
}

/** Reservations of those ids, in no order. */
export async function findReservations(db: Queries, tenantId: number, ids: readonly number[]): Promise<Reservation[]> {
  const found: Reservation[] = [];
  for (const some of chunks(ids))
    found.push(...(await db.selectFrom('reservations').selectAll().where('tenant_id', '=', tenantId).where('id', 'in', some).execute()));
  return found;
}

/** Reservations made for an event, in order of instance. */
export function reservationsOfEvent(db: Queries, tenantId: number, eventId: number): Promise<Reservation[]> {
  return db
    .selectFrom('reservations')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('event_id', '=', eventId)
    .orderBy('original_at')
    .orderBy('start_at')
    .orderBy('id')
    .execute();
}

const activeInRoom = compiled<{ tenantId: number; roomNo: number; from: number; to: number }, Reservation>(
  ['tenantId', 'roomNo', 'from', 'to'],
  (db, { tenantId, roomNo, from, to }) =>
    db
      .selectFrom('reservations')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('room_no', '=', roomNo)
      .where('start_at', '<', to)
      .where('end_at', '>', from)
      .where('accepted_at', 'is not', null)
      .where('cancelled_at', 'is', null)
      .where('released_at', 'is', null)
      .orderBy('start_at'),
);

/** Active reservations of some rooms that overlap a time, in order of start within each room. */
export async function activeBetween(
  db: Queries,
  { tenantId, roomNos, from, to }: { tenantId: number; roomNos: readonly number[]; from: number; to: number },
): Promise<Reservation[]> {
  const found: Reservation[] = [];
  for (const roomNo of roomNos) found.push(...(await activeInRoom(db, { tenantId, roomNo, from, to })));
  return found;
}

/** Requests of a room that wait for a decision and overlap a time. */
export function pendingBetween(
  db: Queries,
  { tenantId, roomNo, from, to }: { tenantId: number; roomNo: number; from: number; to: number },
): Promise<Reservation[]> {
  return db
    .selectFrom('reservations')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('room_no', '=', roomNo)
    .where('start_at', '<', to)
    .where('end_at', '>', from)
    .where('accepted_at', 'is', null)
    .where('rejected_at', 'is', null)
    .where('cancelled_at', 'is', null)
    .orderBy('id')
    .execute();
}

type NewReservation = Omit<Reservation, 'id' | 'version' | 'cancel_cause' | 'cancel_note' | 'decided_by_name'>;
const NEW_COLUMNS = [
  'tenant_id',
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
  'event_id',
  'original_at',
  'reject_cause',
  'reject_note',
  'approval_reason',
  'contact_id',
  'check_in_settled',
  'updated_at',
] as const satisfies (keyof NewReservation)[];
const insert = compiled<NewReservation, Reservation>(NEW_COLUMNS, (db, reservation) =>
  db
    .insertInto('reservations')
    .values({ ...reservation, id: dialectOf(db).newRowId('reservations', reservation.tenant_id) })
    .returningAll(),
);

/** Inserts a reservation and returns it. @throws what `dialect.isOverlap` recognises when an active one is in the way */
export async function insertReservation(db: Queries, reservation: NewReservation): Promise<Reservation> {
  const [row] = await insert(db, reservation);
  if (!row) throw new Error('a reservation was inserted and is not there');
  return row;
}

/** How many were invited to an event and accepted, in its reservations that are not over: of one instance, or (null) of all but `except`. */
export async function updateGuests(
  db: Queries,
  {
    tenantId,
    eventId,
    originalAt,
    now,
    except = [],
  }: { tenantId: number; eventId: number; originalAt: number | null; now: number; except?: readonly number[] },
  { guests, accepted }: { guests: number; accepted: number },
): Promise<void> {
  let update = db
    .updateTable('reservations')
    .set((eb) => ({ guests, guests_accepted: accepted, updated_at: now, version: eb('version', '+', 1) }))
    .where('tenant_id', '=', tenantId)
    .where('event_id', '=', eventId)
    .where('end_at', '>', now)
    .where((eb) => eb.or([eb('guests', '<>', guests), eb('guests_accepted', '<>', accepted)]));
  if (originalAt !== null) update = update.where('original_at', '=', originalAt);
  if (except.length > 0) update = update.where('original_at', 'not in', except);
  await update.execute();
}

/** Reservations whose check-in closed by `now` and that nobody looked at since, oldest first. */
export function unsettledCheckIns(db: Queries, tenantId: number, now: number, limit: number): Promise<Reservation[]> {
  return db
    .selectFrom('reservations')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('check_in_settled', '=', 0)
    .where('check_in_closes_at', '<=', now)
    .orderBy('check_in_closes_at')
    .limit(limit)
    .execute();
}

/** Requests that nobody decided before they would have begun. */
export function undecidedAt(db: Queries, tenantId: number, now: number, limit: number): Promise<Reservation[]> {
  return db
    .selectFrom('reservations')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('accepted_at', 'is', null)
    .where('rejected_at', 'is', null)
    .where('cancelled_at', 'is', null)
    .where('start_at', '<=', now)
    .orderBy('start_at')
    .limit(limit)
    .execute();
}

/**
 * Gives the reservations of some rooms new terms: those that have not begun, whose window is not open, and would not be open
 * by the new terms either.
 */
export async function updateTerms(
  db: Queries,
  { tenantId, roomNos, now }: { tenantId: number; roomNos: readonly number[]; now: number },
  terms: { rule: 'required' | 'off' | 'no_device'; before: number; after: number; releaseOnNoShow: boolean },
): Promise<void> {
  const required = terms.rule === 'required';
  for (const numbers of chunks(roomNos)) {
    await db
      .updateTable('reservations')
      .set((eb) => ({
        check_in_rule: terms.rule,
        check_in_opens_at: required ? eb('start_at', '-', terms.before) : null,
        check_in_closes_at: required
          ? eb
              .case()
              .when(eb('start_at', '+', terms.after), '<', eb.ref('end_at'))
              .then(eb('start_at', '+', terms.after))
              .else(eb.ref('end_at'))
              .end()
          : null,
        release_on_no_show: terms.releaseOnNoShow ? 1 : 0,
        check_in_settled: required ? 0 : 1,
        updated_at: now,
        version: eb('version', '+', 1),
      }))
      .where('tenant_id', '=', tenantId)
      .where('room_no', 'in', numbers)
      .where('start_at', '>', required ? now + terms.before : now)
      .where('rejected_at', 'is', null)
      .where('cancelled_at', 'is', null)
      .where('released_at', 'is', null)
      .where('check_in_rule', '<>', 'walk_up')
      .where((eb) => eb.or([eb('check_in_opens_at', 'is', null), eb('check_in_opens_at', '>', now)]))
      .execute();
  }
}

/** When the next check-in closes that nobody has settled, or the next undecided request begins, after `now`; Infinity: never. */
export async function earliestDeadline(db: Queries, tenantId: number, now: number): Promise<number> {
  const check = await db
    .selectFrom('reservations')
    .select((eb) => eb.fn.min('check_in_closes_at').as('at'))
    .where('tenant_id', '=', tenantId)
    .where('check_in_settled', '=', 0)
    .where('check_in_closes_at', '>', now)
    .executeTakeFirstOrThrow();
  const request = await db
    .selectFrom('reservations')
    .select((eb) => eb.fn.min<number | null>('start_at').as('at'))
    .where('tenant_id', '=', tenantId)
    .where('accepted_at', 'is', null)
    .where('rejected_at', 'is', null)
    .where('cancelled_at', 'is', null)
    .where('start_at', '>', now)
    .executeTakeFirstOrThrow();
  return Math.min(check.at ?? Infinity, request.at ?? Infinity);
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
  'event_id',
  'original_at',
  'reject_cause',
  'reject_note',
  'approval_reason',
  'decided_by_name',
  'contact_id',
  'check_in_settled',
  'updated_at',
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
