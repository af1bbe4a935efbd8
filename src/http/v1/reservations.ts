import type { Ctx } from '../../context.ts';
import type { Principal } from '../../domain/access.ts';
import { DomainError } from '../../domain/errors.ts';
import { eventUids, listReservations, storedStatus } from '../../domain/reservation-list.ts';
import { cancelReservation, checkIn, decide, endReservation, extend, move, readReservation, releaseReservation, undo } from '../../domain/reservations.ts';
import { book, walkUp } from '../../domain/reserve.ts';
import { statusOf } from '../../domain/status.ts';
import { isTimeZone } from '../../domain/zones.ts';
import type { Actor } from '../../store/history.ts';
import type { Reservation as StoredReservation } from '../../store/tables.ts';
import { formatInstant, parseInstant } from '../../wire/v1/instants.ts';
import {
  approveMethod,
  bookMethod,
  cancelReservationMethod,
  checkInMethod,
  endReservationMethod,
  extendReservationMethod,
  getReservationMethod,
  listReservationsMethod,
  moveReservationMethod,
  rejectMethod,
  releaseReservationMethod,
  undoMethod,
  walkUpMethod,
  type Reservation,
} from '../../wire/v1/reservations.ts';
import { levelIdOf } from '../level-id.ts';
import { answer } from '../mount.ts';
import { positionOf, sealPosition } from '../page-token.ts';

type Step = (ctx: Ctx, principal: Principal, actor: Actor, id: number) => Promise<StoredReservation>;

const stepHandler = (method: typeof checkInMethod, step: Step) =>
  answer(method, async (ctx, { principal, actor, params }) => shown(ctx, principal, await step(ctx, principal, actor, Number(params.reservation_id))));

export const reservationHandlers = [
  answer(bookMethod, async (ctx, { principal, actor, body, once }) => {
    const { room_id, title = '', guests = [], approval_reason = null, recurrence = null, time_zone = null, on_clash = 'refuse', on_behalf_of = null } = body;
    if (time_zone !== null && !isTimeZone(time_zone))
      throw new DomainError('param', `"${time_zone}" is no IANA time zone; one looks like Asia/Shanghai`, 'time_zone');
    const input = {
      roomId: room_id,
      startAt: parseInstant(body.start),
      endAt: parseInstant(body.end),
      title,
      isPrivate: body.private ?? false,
      guests,
      approvalReason: approval_reason,
      recurrence,
      timeZone: time_zone,
      onClash: on_clash as 'refuse' | 'skip',
      onBehalfOf: on_behalf_of,
    };
    const { status, reservations, clashes } = await book(ctx, principal, actor, input, once);
    return { status, reservations: await shownAll(ctx, principal, reservations), clashes: clashes.map(formatInstant) };
  }),

  answer(listReservationsMethod, async (ctx, { principal, query }) => {
    const { tenantId } = principal;
    const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
    const { from, to, level, room, status, reserver, updated_since, limit } = query;
    const filter = {
      from: from === undefined ? null : parseInstant(from),
      to: to === undefined ? null : parseInstant(to),
      levelId: levelIdOf(directory, level),
      roomIds: room ?? null,
      statuses: (status as ReturnType<typeof storedStatus>[] | undefined) ?? null,
      reserverId: reserver === 'me' ? (principal.userId ?? principal.appId) : (reserver ?? null),
      updatedSince: updated_since === undefined ? null : parseInstant(updated_since),
    };
    const walk = JSON.stringify([listReservationsMethod.id, tenantId, filter]);
    const position = positionOf(ctx.keys, walk, query.cursor, listReservationsMethod.faults.param, 'cursor')?.split(' ').map(Number);
    const after = position && { at: position[0] ?? 0, id: position[1] ?? 0 };
    const { rows, next } = await listReservations(ctx, principal, { ...filter, after, limit });
    const next_cursor = next ? sealPosition(ctx.keys, walk, `${String(next.at)} ${String(next.id)}`) : null;
    return { reservations: await shownAll(ctx, principal, rows), next_cursor };
  }),

  answer(getReservationMethod, async (ctx, { principal, params }) => {
    const { row, history } = await readReservation(ctx, principal, Number(params.reservation_id));
    const parse = (text: string | null) => (text === null ? null : (JSON.parse(text) as object));
    return {
      ...(await shown(ctx, principal, row)),
      history: history.map(({ at, action, actor_id, actor_name, source, state_before, state_after }) => ({
        at: formatInstant(at),
        action,
        actor: { id: actor_id, name: actor_name },
        source,
        before: withoutTitle(parse(state_before), row, principal),
        after: withoutTitle(parse(state_after), row, principal),
      })),
    };
  }),

  answer(moveReservationMethod, async (ctx, { principal, actor, params, body, expected }) => {
    const input = {
      startAt: body.start === undefined ? undefined : parseInstant(body.start),
      endAt: body.end === undefined ? undefined : parseInstant(body.end),
      roomId: body.room_id,
    };
    return shown(ctx, principal, await move(ctx, principal, actor, Number(params.reservation_id), input, expected));
  }),

  answer(extendReservationMethod, async (ctx, { principal, actor, params, body }) => {
    return shown(ctx, principal, await extend(ctx, principal, actor, Number(params.reservation_id), parseInstant(body.end)));
  }),

  stepHandler(cancelReservationMethod, cancelReservation),
  stepHandler(checkInMethod, checkIn),
  stepHandler(releaseReservationMethod, releaseReservation),
  stepHandler(endReservationMethod, endReservation),
  stepHandler(undoMethod, undo),

  answer(approveMethod, async (ctx, { principal, actor, params }) => {
    return shown(ctx, principal, await decide(ctx, principal, actor, Number(params.reservation_id), { approve: true, note: null }));
  }),
  answer(rejectMethod, async (ctx, { principal, actor, params, body }) => {
    return shown(ctx, principal, await decide(ctx, principal, actor, Number(params.reservation_id), { approve: false, note: body.note ?? null }));
  }),

  answer(walkUpMethod, async (ctx, { principal, actor, params, body, once }) => {
    const input = { roomId: params.room_id, endAt: parseInstant(body.end), title: body.title ?? '' };
    return shown(ctx, principal, await walkUp(ctx, principal, actor, input, once));
  }),
];

async function shown(ctx: Ctx, principal: Principal, row: StoredReservation): Promise<Reservation> {
  const [reservation] = await shownAll(ctx, principal, [row]);
  if (!reservation) throw new Error('one reservation was shown as none');
  return reservation;
}

/** Reservations as `/api/v1` writes them. */
async function shownAll(ctx: Ctx, principal: Principal, rows: readonly StoredReservation[]): Promise<Reservation[]> {
  const { tenantId } = principal;
  let directory = await ctx.directories.get(tenantId, principal.directoryVersion);
  if (rows.some(({ room_no }) => !directory.roomOfNumber(room_no))) directory = await ctx.directories.read(tenantId);
  const uids = await eventUids(ctx, tenantId, rows);
  const now = ctx.clock.now();
  const at = (time: number | null) => (time === null ? null : formatInstant(time));
  return rows.map((row) => {
    const room = directory.roomOfNumber(row.room_no);
    const status = statusOf(row, now);
    const uid = uids.get(row.event_id ?? 0);
    return {
      id: String(row.id),
      event_id: uid === undefined ? null : `${uid}_${String(row.original_at)}`,
      room_id: room?.room_id ?? '',
      room_name: room?.name ?? '',
      start: formatInstant(row.start_at),
      end: formatInstant(row.end_at),
      time_zone: directory.zoneOf(room?.level_id ?? directory.rootLevelId),
      title: maySeeTitle(row, principal) ? row.title : null,
      private: row.is_private === 1,
      reserver: { id: row.reserver_id, name: row.reserver_name, department: row.reserver_department },
      guests: row.guests,
      guests_accepted: row.guests_accepted,
      status: storedStatus(row, now),
      rejection: rejectionOf(row, now),
      cancellation: row.cancelled_at === null ? null : { cause: row.cancel_cause ?? 'by_hand', note: row.cancel_note, at: formatInstant(row.cancelled_at) },
      release: row.released_at === null ? null : { cause: row.release_cause ?? 'by_hand', by: row.released_by_name, at: formatInstant(row.released_at) },
      check_in: {
        status: status.checkIn,
        opens: at(row.check_in_opens_at),
        closes: at(row.check_in_closes_at),
        at: at(row.checked_in_at),
        device: status.device,
      },
      approval_reason: row.approval_reason,
      created: formatInstant(row.created_at),
      updated: formatInstant(row.updated_at),
      version: row.version,
    };
  });
}

function rejectionOf(row: StoredReservation, now: number): Reservation['rejection'] {
  const { rejected_at, reject_cause, reject_note, decided_by_name } = row;
  if (storedStatus(row, now) !== 'rejected') return null;
  return { rule: rejected_at === null ? 'undecided' : reject_cause, note: reject_note, by: decided_by_name, at: formatInstant(rejected_at ?? row.start_at) };
}

/** A private title is for its reserver only; a device shows none. */
export function maySeeTitle({ is_private, reserver_id }: Pick<StoredReservation, 'is_private' | 'reserver_id'>, { userId, appId }: Principal): boolean {
  return is_private === 0 || reserver_id === (userId ?? appId);
}

function withoutTitle(state: object | null, row: StoredReservation, principal: Principal): object | null {
  if (state === null || maySeeTitle(row, principal)) return state;
  const { title: _title, ...rest } = state as { title?: string };
  return rest;
}
