import type { Ctx } from '../context.ts';
import { listDevices } from '../store/devices.ts';
import { clockwork } from '../store/history.ts';
import { deleteKeysBefore } from '../store/idempotency.ts';
import { activeBetween, earliestDeadline, findReservation, undecidedAt, unsettledCheckIns } from '../store/reservations.ts';
import { holdRooms } from '../store/rooms.ts';
import { listTenants } from '../store/tenants.ts';
import type { Device, Reservation } from '../store/tables.ts';
import { effectiveSetting } from './policy.ts';
import { isActive, isHeld, release, writeStep } from './reservation-steps.ts';

/*
 * What happens by itself when its time has come. Each holds the room and looks again before it acts, so that of two processes,
 * or of a deadline and a person, exactly one wins. Each does a bounded batch and says whether more may be waiting.
 */

/** A device that has not spoken for so long is dead. Seconds. */
const SILENT_AFTER = 5 * 60;
const BATCH = 200;
/** How long a request can be sent again under its key. */
const KEYS_KEPT = 7 * 86_400;

/**
 * Check-ins whose window has closed. Where all devices of the room were silent the system checks in, rather than punish
 * people for a dead tablet; else a no-show gives the room back, where that is wanted.
 */
export async function settleCheckIns(ctx: Ctx): Promise<boolean> {
  let more = false;
  for (const { tenant_id } of await listTenants(ctx.db.kysely)) {
    const due = await unsettledCheckIns(ctx.db.kysely, tenant_id, ctx.clock.now(), BATCH);
    for (const { id, room_no } of due) await settleCheckIn(ctx, tenant_id, id, room_no);
    more ||= due.length === BATCH;
  }
  return more;
}

async function settleCheckIn(ctx: Ctx, tenantId: number, id: number, roomNo: number): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await holdRooms(tx, tenantId, [roomNo]);
    const row = await findReservation(tx, tenantId, id);
    const now = ctx.clock.now();
    if (row?.check_in_settled !== 0 || (row.check_in_closes_at ?? 0) > now) return;
    const open = isActive(row) && row.checked_in_at === null && row.check_in_rule === 'required';
    const closed = row.room_disabled_at !== null && row.room_disabled_at < (row.check_in_closes_at ?? 0);
    if (open && !closed && isOffline(await listDevices(tx, tenantId, roomNo), row.check_in_closes_at ?? 0)) {
      await writeStep(ctx, tx, clockwork, row, 'check_in', { checked_in_at: now, checked_in_with: 'offline_auto', check_in_settled: 1 });
    } else if (open && !closed && row.release_on_no_show === 1) {
      // Found late, it was given back at its end at the latest.
      const released = { released_at: Math.min(now, row.end_at), release_cause: 'no_show' as const, released_by_name: null, check_in_settled: 1 };
      await writeStep(ctx, tx, clockwork, row, 'release', released);
    } else await writeStep(ctx, tx, clockwork, row, 'close_check_in', { check_in_settled: 1 });
  });
}

/** Whether nobody could have checked in: every device that speaks was silent. A printed QR code never is. */
function isOffline(devices: readonly Device[], at: number): boolean {
  const doors = devices.filter(({ kind }) => kind !== 'sensor');
  return doors.length > 0 && doors.every(({ kind, last_seen_at }) => kind !== 'qr_code' && (last_seen_at ?? -Infinity) <= at - SILENT_AFTER);
}

/** Rooms whose sensors have seen nobody for so long as their settings say. A silent sensor is not an empty room. */
export async function releaseEmptyRooms(ctx: Ctx): Promise<boolean> {
  for (const { tenant_id: tenantId } of await listTenants(ctx.db.kysely)) {
    const sensors = (await listDevices(ctx.db.kysely, tenantId)).filter(({ kind }) => kind === 'sensor');
    const rooms = new Set(sensors.map(({ room_no }) => room_no));
    for (const roomNo of rooms) {
      const now = ctx.clock.now();
      const since = emptySince(
        sensors.filter(({ room_no }) => room_no === roomNo),
        now,
      );
      if (since !== null) await releaseIfEmpty(ctx, tenantId, roomNo, since);
    }
  }
  return false;
}

/** Since when all sensors of a room have seen nobody; null when one sees somebody, or is silent. */
function emptySince(sensors: readonly Device[], now: number): number | null {
  let since = 0;
  for (const { occupied, occupied_since, last_seen_at } of sensors) {
    if (occupied !== 0 || occupied_since === null || last_seen_at === null || last_seen_at <= now - SILENT_AFTER) return null;
    since = Math.max(since, occupied_since);
  }
  return since;
}

async function releaseIfEmpty(ctx: Ctx, tenantId: number, roomNo: number, since: number): Promise<void> {
  const now = ctx.clock.now();
  const directory = await ctx.directories.read(tenantId);
  const { sensorMinutes } = effectiveSetting(directory, directory.roomOfNumber(roomNo)?.room_id ?? '', 'check_in').value;
  const running = async (db: Parameters<typeof activeBetween>[0]): Promise<Reservation | undefined> => {
    const [row] = await activeBetween(db, { tenantId, roomNos: [roomNo], from: now, to: now + 1 });
    return row && sensorMinutes > 0 && Math.max(since, row.start_at) + sensorMinutes * 60 <= now ? row : undefined;
  };
  if (!(await running(ctx.db.kysely))) return;
  await ctx.db.transaction(async (tx) => {
    await holdRooms(tx, tenantId, [roomNo]);
    const row = await running(tx);
    if (row) await release(ctx, tx, clockwork, row, 'by_sensor', null);
  });
}

/** Requests that nobody decided in time are turned down. */
export async function rejectUndecided(ctx: Ctx): Promise<boolean> {
  let more = false;
  for (const { tenant_id } of await listTenants(ctx.db.kysely)) {
    const due = await undecidedAt(ctx.db.kysely, tenant_id, ctx.clock.now(), BATCH);
    for (const { id, room_no } of due) {
      await ctx.db.transaction(async (tx) => {
        await holdRooms(tx, tenant_id, [room_no]);
        const row = await findReservation(tx, tenant_id, id);
        const now = ctx.clock.now();
        if (row?.accepted_at !== null || !isHeld(row) || row.start_at > now) return;
        await writeStep(ctx, tx, clockwork, row, 'reject', { rejected_at: now, reject_cause: 'undecided', check_in_settled: 1 });
      });
    }
    more ||= due.length === BATCH;
  }
  return more;
}

/** Keys of requests that were sent long ago. */
export async function forgetKeys(ctx: Ctx): Promise<boolean> {
  const before = Math.floor(ctx.clock.realMs() / 1000) - KEYS_KEPT;
  for (const { tenant_id } of await listTenants(ctx.db.kysely)) await deleteKeysBefore(ctx.db.kysely, tenant_id, before);
  return false;
}

/** When the next check-in closes or the next undecided request begins, after now and not later than `until`; null: nothing does. */
export async function nextDeadline(ctx: Ctx, until: number): Promise<number | null> {
  let next = Infinity;
  for (const { tenant_id } of await listTenants(ctx.db.kysely)) next = Math.min(next, await earliestDeadline(ctx.db.kysely, tenant_id, ctx.clock.now()));
  return next <= until ? next : null;
}
