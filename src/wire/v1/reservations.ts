import { Type, type Static } from 'typebox';
import { name } from '../values.ts';
import { cursor, defineMethod, instant, nextCursor, orNull, pageLimit, pathId, strict, strictPartial, v1Scopes } from './endpoint.ts';

const enumOf = (values: string[], description: string) => Type.Enum(values, { type: 'string', description });

export const reservationStatuses = ['pending', 'accepted', 'rejected', 'cancelled', 'released'] as const;
const Status = enumOf([...reservationStatuses], '`pending`: waits for an approval. `accepted`: has the room, or had it to the end');
export const Rule = enumOf(
  [
    'taken',
    'disabled',
    'not_allowed',
    'too_far_ahead',
    'outside_hours',
    'too_long',
    'in_the_past',
    'no_recurring',
    'no_reason',
    'needs_person',
    'by_approver',
    'outbid',
    'undecided',
  ],
  'Why it was turned down',
);

const reservation = {
  id: Type.String(),
  event_id: orNull(Type.String({ description: "Instance of the calendar event, as the vendor's API names it" })),
  room_id: Type.String(),
  room_name: Type.String(),
  start: instant('Planned start'),
  end: instant('Planned end'),
  time_zone: Type.String({ description: 'IANA zone of the room' }),
  title: orNull(Type.String({ description: 'Null: private, and not for the caller to see' })),
  private: Type.Boolean(),
  reserver: strict({ id: Type.String({ description: '`ou_` or `cli_`; empty: somebody at the door' }), name: Type.String(), department: Type.String() }),
  guests: Type.Integer(),
  guests_accepted: Type.Integer(),
  status: Status,
  rejection: orNull(strict({ rule: orNull(Rule), note: orNull(Type.String()), by: orNull(Type.String()), at: instant('When') })),
  cancellation: orNull(strict({ cause: enumOf(['by_hand', 'room_disabled', 'room_deleted'], 'Why'), note: orNull(Type.String()), at: instant('When') })),
  release: orNull(
    strict({ cause: enumOf(['by_hand', 'after_end', 'no_show', 'by_sensor'], 'How it was given back'), by: orNull(Type.String()), at: instant('When') }),
  ),
  check_in: strict({
    status: enumOf(
      ['exempt_walk_up', 'exempt_off', 'exempt_no_device', 'exempt', 'upcoming', 'open', 'checked_in', 'missed', 'room_disabled'],
      'As the ledger has it',
    ),
    opens: orNull(instant('When one can check in from')),
    closes: orNull(instant('And until when')),
    at: orNull(instant('When somebody did')),
    device: orNull(enumOf(['panel', 'qr_code', 'controller', 'touch_panel', 'offline_auto'], 'With what; null: without')),
  }),
  approval_reason: orNull(Type.String()),
  created: instant('When it was made'),
  updated: instant('When it last changed'),
  version: Type.Integer(),
};
export const Reservation = strict(reservation);
export type Reservation = Static<typeof Reservation>;

const book = [v1Scopes.book, v1Scopes.admin];
const read = [v1Scopes.read, v1Scopes.book, v1Scopes.admin];
const params = strict({ reservation_id: Type.String({ pattern: '^\\d{1,15}$', description: 'Reservation' }) });
const WITH_DEVICES = ['tenant', 'user', 'session', 'device'] as const;
const recurrence = Type.String({ minLength: 1, maxLength: 2000, description: 'RFC 5545 rule, such as `FREQ=WEEKLY;COUNT=4`; expanded for two years at most' });

export const bookMethod = defineMethod({
  id: 'v1.reservation.book',
  summary: 'Reserve a room, once or for each date of a series',
  method: 'POST',
  path: '/api/v1/reservations',
  scopes: book,
  idempotent: true,
  refusals: ['taken', 'refused', 'unknownUser'],
  body: strict({
    room_id: pathId('Room'),
    start: instant('Start'),
    end: instant('End'),
    title: Type.Optional(Type.String({ maxLength: 1000 })),
    private: Type.Optional(Type.Boolean({ description: 'Whether nobody but its reserver sees the title' })),
    guests: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 1000, description: 'Users who are invited' })),
    approval_reason: Type.Optional(Type.String({ maxLength: 200, description: 'What it is for; a room that needs an approval asks for it' })),
    recurrence: Type.Optional(recurrence),
    time_zone: Type.Optional(Type.String({ maxLength: 100, description: 'IANA zone in which a series keeps its wall time; default: that of the room' })),
    on_clash: Type.Optional(enumOf(['refuse', 'skip'], '`skip`: reserve the free dates of a series and say which are taken; default `refuse`')),
    on_behalf_of: Type.Optional(Type.String({ maxLength: 100, description: 'User for whom a reservation administrator reserves' })),
  }),
  answer: strict({
    status: enumOf(['accepted', 'pending'], '`pending`: waits for an approval'),
    reservations: Type.Array(Reservation),
    clashes: Type.Array(instant('Date that is taken')),
  }),
  status: 201,
});

export const listReservationsMethod = defineMethod({
  id: 'v1.reservation.list',
  summary: 'List reservations of any period, past and future, cancelled ones too',
  method: 'GET',
  path: '/api/v1/reservations',
  scopes: read,
  query: Type.Object({
    from: Type.Optional(instant('Those that start then or later')),
    to: Type.Optional(instant('Those that start before')),
    level: Type.Optional(Type.String({ maxLength: 100, description: 'Of the rooms below a level' })),
    room: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 500, description: 'Of these rooms, the parameter repeated for each' })),
    status: Type.Optional(Type.Array(Status, { description: 'Only these, the parameter repeated for each' })),
    reserver: Type.Optional(Type.String({ maxLength: 100, pattern: '^[^\\u0000]*$', description: 'Of this user or app; `me`: of the caller' })),
    updated_since: Type.Optional(instant('Only what changed then or later; the order is that of the changes')),
    limit: pageLimit(100, 1000),
    cursor: cursor(),
  }),
  answer: strict({ reservations: Type.Array(Reservation), next_cursor: nextCursor() }),
});

export const getReservationMethod = defineMethod({
  id: 'v1.reservation.get',
  summary: 'Read a reservation and what happened to it',
  method: 'GET',
  path: '/api/v1/reservations/:reservation_id',
  tokens: WITH_DEVICES,
  scopes: read,
  params,
  answer: strict({
    ...reservation,
    history: Type.Array(
      strict({
        at: instant('When'),
        action: Type.String(),
        actor: strict({ id: Type.String(), name: Type.String() }),
        source: Type.String({ description: 'Which way it came: `open-apis`, `v1`, `cli`, `job`' }),
        before: orNull(Type.Object({})),
        after: orNull(Type.Object({})),
      }),
    ),
  }),
});

export const moveReservationMethod = defineMethod({
  id: 'v1.reservation.move',
  summary: 'Move a reservation to another time or room; it keeps what it has unless the new slot is won',
  method: 'PATCH',
  path: '/api/v1/reservations/:reservation_id',
  scopes: book,
  params,
  body: strictPartial({ start: instant('Start'), end: instant('End'), room_id: pathId('Room') }),
  ifMatch: true,
  refusals: ['taken', 'refused', 'wrongState'],
  answer: Reservation,
});

export const extendReservationMethod = defineMethod({
  id: 'v1.reservation.extend',
  summary: 'Give a reservation more time, also while it runs',
  method: 'POST',
  path: '/api/v1/reservations/:reservation_id/extend',
  tokens: WITH_DEVICES,
  scopes: book,
  params,
  refusals: ['taken', 'refused', 'wrongState'],
  body: strict({ end: instant('New end') }),
  answer: Reservation,
});

const step = (name: string, summary: string, scopes: readonly string[] = book) =>
  defineMethod({
    id: `v1.reservation.${name.replace('-', '_')}`,
    summary,
    method: 'POST',
    path: `/api/v1/reservations/:reservation_id/${name}`,
    tokens: WITH_DEVICES,
    scopes,
    refusals: ['taken', 'refused', 'wrongState'],
    params,
    answer: Reservation,
  });
export const cancelReservationMethod = step('cancel', 'Give a reservation up: cancelled before its check-in opens, given back after');
export const checkInMethod = defineMethod({
  id: 'v1.reservation.check_in',
  summary: 'Somebody is there',
  method: 'POST',
  path: '/api/v1/reservations/:reservation_id/check-in',
  tokens: WITH_DEVICES,
  scopes: book,
  refusals: ['badCode', 'taken', 'refused', 'wrongState'],
  params,
  bodyOptional: true,
  body: strict({
    code: Type.Optional(Type.String({ maxLength: 100, description: 'What the QR code at the door carried, or was changed for: whoever has it may check in' })),
  }),
  answer: Reservation,
});
export const releaseReservationMethod = step('release', 'Give the room back');
export const endReservationMethod = step('end', 'End a reservation that runs');
export const undoMethod = step('undo', 'Take a release or a cancellation back while the slot is still free');
export const approveMethod = defineMethod({
  id: 'v1.reservation.approve',
  summary: 'Approve a request; what else asked for the slot is turned down',
  method: 'POST',
  path: '/api/v1/reservations/:reservation_id/approve',
  scopes: book,
  refusals: ['taken', 'refused', 'wrongState'],
  params,
  answer: Reservation,
});
export const rejectMethod = defineMethod({
  id: 'v1.reservation.reject',
  summary: 'Turn a request down',
  method: 'POST',
  path: '/api/v1/reservations/:reservation_id/reject',
  scopes: book,
  refusals: ['wrongState'],
  params,
  body: strict({ note: Type.Optional(Type.String({ maxLength: 1000, description: 'Words to whoever asked' })) }),
  answer: Reservation,
});

export const walkUpMethod = defineMethod({
  id: 'v1.reservation.walk_up',
  summary: 'Take a free room on the spot, from now on',
  method: 'POST',
  path: '/api/v1/rooms/:room_id/walk-up',
  tokens: WITH_DEVICES,
  scopes: book,
  idempotent: true,
  refusals: ['taken', 'refused'],
  params: strict({ room_id: pathId('Room') }),
  body: strict({ end: instant('Until when'), title: Type.Optional(name('Title')) }),
  answer: Reservation,
  status: 201,
});
