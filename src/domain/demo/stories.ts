import type { Reservation } from '../../store/tables.ts';
import type { Random } from './random.ts';
import { APP_NAME, type DemoPerson, type DemoRoom } from './world.ts';

/** A slot of a room that somebody took. */
export interface Slot {
  room: DemoRoom;
  startAt: number;
  endAt: number;
}

/** What the stories know besides the slot. */
export interface Cast {
  people: readonly DemoPerson[];
  appId: string;
  /** The instant of generation: nothing later has happened yet. */
  at: number;
}

export type DemoReservation = Omit<Reservation, 'tenant_id' | 'id'>;

const MINUTE = 60;
const TITLES = ['周会', '需求评审', '设计评审', '一对一', '面试', '客户拜访', '复盘会', '季度规划', 'Sprint Planning', 'Architektur-Runde', '培训', 'Stand-up'];

/*
 * What may become of a reservation, with weights. A story sets facts (times, actors, devices) and nothing else: what the
 * ledger calls them is worked out when it is read.
 */
type Story = (reservation: DemoReservation, slot: Slot, cast: Cast, random: Random) => void;

const attended: Story = (reservation, slot, _cast, random) => {
  if (reservation.check_in_rule !== 'required') return;
  const devices = slot.room.devices.filter((kind) => kind !== 'sensor');
  reservation.checked_in_at = random.whole(slot.startAt - 10 * MINUTE, slot.startAt + 8 * MINUTE);
  reservation.checked_in_with = random.pick(devices);
};

const stories: readonly [weight: number, story: Story][] = [
  [55, attended],
  [
    8,
    function nobodyCame(reservation) {
      if (reservation.check_in_rule !== 'required' || reservation.release_on_no_show === 0) return;
      release(reservation, 'no_show', reservation.check_in_closes_at ?? 0, null);
    },
  ],
  [
    5,
    function givenBackInTime(reservation, slot, _cast, random) {
      release(reservation, 'by_hand', slot.startAt - random.whole(20, 300) * MINUTE, reservation.reserver_name);
    },
  ],
  [
    2,
    function givenBackAtTheDoor(reservation, slot, _cast, random) {
      release(reservation, 'by_hand', slot.startAt - random.whole(1, 10) * MINUTE, reservation.reserver_name);
    },
  ],
  [
    6,
    function endedEarly(reservation, slot, cast, random) {
      attended(reservation, slot, cast, random);
      if (reservation.checked_in_at === null) return;
      release(reservation, 'after_end', between(slot, random), reservation.reserver_name);
    },
  ],
  [
    4,
    function leftWithoutAWord(reservation, slot, cast, random) {
      attended(reservation, slot, cast, random);
      if (slot.room.devices.includes('sensor')) release(reservation, 'by_sensor', between(slot, random), null);
    },
  ],
  [
    6,
    function walkUp(reservation, slot, cast, random) {
      if (slot.startAt > cast.at) return;
      reservation.created_at = reservation.accepted_at = slot.startAt;
      reservation.check_in_rule = 'walk_up';
      reservation.check_in_opens_at = reservation.check_in_closes_at = null;
      if (random.chance(0.2)) release(reservation, 'by_hand', between(slot, random), reservation.reserver_name);
    },
  ],
  [
    2,
    function devicesWereDead(reservation) {
      if (reservation.check_in_rule !== 'required') return;
      reservation.checked_in_at = reservation.check_in_closes_at;
      reservation.checked_in_with = 'offline_auto';
    },
  ],
  [
    1,
    function checkedInByTheAdministrator(reservation, slot) {
      if (reservation.check_in_rule === 'required') reservation.checked_in_at = slot.startAt;
    },
  ],
  [
    2,
    function roomWasDisabled(reservation, slot, _cast, random) {
      reservation.room_disabled_at = slot.startAt - random.whole(30, 600) * MINUTE;
    },
  ],
  [
    2,
    function nobodyCameAndNobodyCared(reservation, slot, cast, random) {
      if (reservation.release_on_no_show === 1) attended(reservation, slot, cast, random);
    },
  ],
  [
    4,
    function cancelled(reservation, slot, cast, random) {
      reservation.cancelled_at = Math.min(cast.at, slot.startAt - random.whole(60, 3000) * MINUTE);
    },
  ],
];
const totalWeight = stories.reduce((sum, [weight]) => sum + weight, 0);

/** A reservation of the slot and what became of it up to now. Its facts contradict neither each other nor the room's features. */
export function tell(slot: Slot, cast: Cast, random: Random): DemoReservation {
  const reservation = book(slot, cast, random);
  if (slot.room.needsApproval && awaitApproval(reservation, slot, cast, random)) return reservation;
  let ticket = random.next() * totalWeight;
  const story = stories.find(([weight]) => (ticket -= weight) < 0)?.[1];
  story?.(reservation, slot, cast, random);
  if (reservation.cancelled_at !== null) reservation.created_at = reservation.accepted_at = Math.min(reservation.created_at, reservation.cancelled_at);
  undoTheFuture(reservation, cast.at);
  return reservation;
}

function book({ room, startAt, endAt }: Slot, { people, appId, at }: Cast, random: Random): DemoReservation {
  const byApp = random.chance(0.03);
  const person = random.pick(people);
  const guests = random.whole(1, room.capacity);
  const createdAt = Math.min(startAt, at) - random.whole(700, 20_000) * MINUTE;
  const required = room.checkIn === 'required';
  return {
    room_no: room.roomNo,
    start_at: startAt,
    end_at: endAt,
    title: room.handover && endAt - startAt === 60 * MINUTE ? '交接班 Handover' : random.pick(TITLES),
    is_private: random.chance(0.04) ? 1 : 0,
    reserver_id: byApp ? appId : person.userId,
    reserver_name: byApp ? APP_NAME : person.name,
    reserver_department: byApp ? '' : person.department,
    guests,
    guests_accepted: random.whole(0, guests),
    created_at: createdAt,
    accepted_at: createdAt,
    rejected_at: null,
    cancelled_at: null,
    cancel_cause: null,
    cancel_note: null,
    released_at: null,
    release_cause: null,
    released_by_name: null,
    check_in_rule: room.checkIn,
    check_in_opens_at: required ? startAt - 15 * MINUTE : null,
    check_in_closes_at: required ? Math.min(startAt + 15 * MINUTE, endAt) : null,
    release_on_no_show: room.releaseOnNoShow ? 1 : 0,
    checked_in_at: null,
    checked_in_with: null,
    room_disabled_at: null,
    event_id: null,
    original_at: 0,
    reject_cause: null,
    reject_note: null,
    approval_reason: null,
    decided_by_name: null,
    contact_id: null,
    check_in_settled: required && startAt + 15 * MINUTE > at ? 0 : 1,
    updated_at: Math.min(createdAt, at),
    version: 1,
  };
}

/** Some requests wait; those that nobody decided before their start were rejected then. True when the story ends here. */
function awaitApproval(reservation: DemoReservation, { startAt }: Slot, { at }: Cast, random: Random): boolean {
  if (random.chance(0.9)) return false;
  reservation.accepted_at = null;
  reservation.approval_reason = '客户来访';
  if (startAt <= at) {
    reservation.rejected_at = startAt;
    reservation.reject_cause = 'undecided';
  }
  return true;
}

function release(reservation: DemoReservation, cause: NonNullable<DemoReservation['release_cause']>, at: number, by: string | null): void {
  reservation.released_at = at;
  reservation.release_cause = cause;
  reservation.released_by_name = by;
}

function between({ startAt, endAt }: Slot, random: Random): number {
  return startAt + Math.floor((endAt - startAt) * (0.6 + random.next() * 0.35));
}

/** What would happen after `at` has not happened. */
function undoTheFuture(reservation: DemoReservation, at: number): void {
  if (reservation.checked_in_at !== null && reservation.checked_in_at > at) reservation.checked_in_at = reservation.checked_in_with = null;
  if (reservation.room_disabled_at !== null && reservation.room_disabled_at > at) reservation.room_disabled_at = null;
  if (reservation.released_at !== null && reservation.released_at > at)
    reservation.released_at = reservation.release_cause = reservation.released_by_name = null;
}
