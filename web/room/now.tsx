import { useQueries } from '@tanstack/react-query';
import { checkInMethod, endReservationMethod, extendReservationMethod, undoMethod, walkUpMethod } from '../../src/wire/v1/reservations.ts';
import type { Room } from '../../src/wire/v1/rooms.ts';
import { getUserMethod } from '../../src/wire/v1/users.ts';
import { call } from '../lib/api.ts';
import { useWords } from '../lib/language.ts';
import { serverNow } from '../lib/now.ts';
import { presenceAt } from '../lib/presence.ts';
import { clockTime, dayOf, moment } from '../lib/time.ts';
import { common } from '../lib/words.ts';
import { useAct } from '../mine/act.ts';
import { toast } from '../parts/toasts.tsx';
import { titleOf } from './schedule.tsx';
import type { RoomNow, Slot } from './state.ts';
import { roomWords } from './words.ts';

const MINUTE = 60_000;
/** From so many minutes before the next reservation on, a free room says so. */
const SOON = 15;
const WALK_UPS = [15, 30, 60] as const;
const LONGER = [15, 30] as const;
/** Minutes below which taking a room until the next reservation is not worth it. */
const LEAST = 5;

interface Props {
  room: Room;
  state: RoomNow;
  now: number;
  needsApproval: boolean;
  isBookable: boolean;
  isAdministrator: boolean;
}

/** What the room is at this moment, in large, and the likely next thing to do. */
export function Now(props: Props) {
  const { room, state, now } = props;
  const say = useWords(roomWords);
  const { time_zone: zone } = room;
  const { word, current, next } = state;
  const presence = presenceAt(room.id);
  const minutes = next ? Math.ceil((next.start - now) / MINUTE) : Infinity;
  return (
    <section className="room-now" data-word={word} data-soon={(word === 'free' && minutes <= SOON) || undefined}>
      <div role="status">
        <p className="room-word">{say[word]}</p>
        {word === 'free' && <p>{minutes <= SOON ? say.startsSoon(minutes) : next ? say.freeUntil(timeOf(next.start, now, zone)) : say.freeToday}</p>}
        {current && word !== 'notInUse' && (
          <>
            <p className="room-title">{titleOf(current, say)}</p>
            <p>{say.byUntil(current.mine ? say.you : current.reserver, timeOf(current.end, now, zone))}</p>
          </>
        )}
        {word === 'reserved' && current && <p>{say.waitsFor(clockTime(current.closes, zone))}</p>}
      </div>
      {room.disabled && <Disabled disabled={room.disabled} isNow={word === 'notInUse'} zone={zone} />}
      {presence === 'late' && (
        <p className="notice" data-kind="warning" role="alert">
          {say.late}
        </p>
      )}
      {presence !== null && presence !== 'late' && <p>✓ {say.youAreHere}</p>}
      {word !== 'notInUse' && <Actions {...props} />}
    </section>
  );
}

function Disabled({ disabled, isNow, zone }: { disabled: NonNullable<Room['disabled']>; isNow: boolean; zone: string }) {
  const say = useWords(roomWords);
  const names = useQueries({
    queries: disabled.contacts.map((id) => ({ queryKey: ['user', id], queryFn: () => call(getUserMethod, { params: { user_id: id } }), staleTime: 300_000 })),
    combine: (people) => people.flatMap(({ data }) => (data ? [data.name] : [])).join(', '),
  });
  const until = disabled.until === null ? say.disabledForGood : say.disabledUntil(moment(Date.parse(disabled.until), zone));
  return (
    <div>
      <p>{isNow ? until : `${say.disabledFrom(moment(Date.parse(disabled.from), zone))} ${until}`}</p>
      {disabled.reason !== '' && <p className="room-title">{disabled.reason}</p>}
      {names !== '' && <p>{say.contacts(names)}</p>}
    </div>
  );
}

function Actions({ room, state, now, needsApproval, isBookable, isAdministrator }: Props) {
  const { word, current, open } = state;
  const presence = presenceAt(room.id);
  const isHere = presence !== null && presence !== 'late';
  return (
    <>
      {open && (open.mine || isHere || isAdministrator) && <CheckIn slot={open} room={room} code={isHere ? presence.code : null} />}
      {current?.mine && current.start <= now && <Running slot={current} room={room} state={state} />}
      {word === 'free' && <WalkUp room={room} state={state} now={now} isAllowed={isBookable || isHere} needsApproval={needsApproval} />}
    </>
  );
}

function CheckIn({ slot, room, code }: { slot: Slot; room: Room; code: string | null }) {
  const say = useWords(roomWords);
  const { busy, act } = useAct();
  const body = code === null ? {} : { code };
  return (
    <button
      type="button"
      className="button primary room-large"
      disabled={busy}
      onClick={() =>
        void act(
          () => call(checkInMethod, { params: { reservation_id: slot.id }, body }),
          () => {
            toast(say.checkedIn);
          },
        )
      }
    >
      <span>{say.checkInTo(titleOf(slot, say))}</span>
      <small>{say.until(clockTime(slot.closes, room.time_zone))}</small>
    </button>
  );
}

function Running({ slot, room, state }: { slot: Slot; room: Room; state: RoomNow }) {
  const say = useWords(roomWords);
  const { undo: undoName } = useWords(common);
  const { busy, act } = useAct();
  const { time_zone: zone } = room;
  const params = { reservation_id: slot.id };
  const latest = state.next?.start ?? Infinity;
  return (
    <>
      <div className="room-choices">
        {LONGER.map((minutes) => (
          <button
            key={minutes}
            type="button"
            className="button"
            disabled={busy || slot.end + minutes * MINUTE > latest}
            onClick={() =>
              void act(
                () => call(extendReservationMethod, { params, body: { end: new Date(slot.end + minutes * MINUTE).toISOString() } }),
                (after) => {
                  toast(say.extended(clockTime(Date.parse(after.end), zone)));
                },
              )
            }
          >
            {say.extend(minutes)}
          </button>
        ))}
        <button
          type="button"
          className="button"
          disabled={busy}
          onClick={() =>
            void act(
              () => call(endReservationMethod, { params }),
              () => {
                const undo = () =>
                  void act(
                    () => call(undoMethod, { params }),
                    () => {
                      toast(say.restored);
                    },
                  );
                toast(say.ended, { name: undoName, run: undo });
              },
            )
          }
        >
          {say.end}
        </button>
      </div>
      {slot.end + LONGER[0] * MINUTE > latest && <p className="room-small">{say.nextIsNear(clockTime(latest, zone))}</p>}
    </>
  );
}

function WalkUp({ room, state, now, isAllowed, needsApproval }: { room: Room; state: RoomNow; now: number; isAllowed: boolean; needsApproval: boolean }) {
  const say = useWords(roomWords);
  const { busy, act } = useAct();
  const { time_zone: zone } = room;
  if (!isAllowed) return <p>{say.notForYou}</p>;
  const left = (state.freeUntil - now) / MINUTE;
  const choices = WALK_UPS.filter((minutes) => minutes <= left).map((minutes) => ({ end: now + minutes * MINUTE, name: say.takeFor(minutes), minutes }));
  // Until the next one: where that is something else than the choices, and not half a day.
  const untilNext =
    left >= LEAST && left <= 240 && state.next ? [{ end: state.freeUntil, name: say.takeUntil(clockTime(state.freeUntil, zone)), minutes: 0 }] : [];
  if (choices.length + untilNext.length === 0) return null;
  return (
    <div className="room-take" role="group" aria-label={say.take}>
      <p className="room-small">{say.take}</p>
      <div className="room-choices">
        {[...choices, ...untilNext].map(({ end, name, minutes }) => (
          <button
            key={name}
            type="button"
            className="button"
            disabled={busy}
            onClick={() => {
              // From this very moment on, not from when the screen was last drawn.
              const until = minutes === 0 ? end : Math.min(serverNow() + minutes * MINUTE, state.freeUntil);
              void act(
                () =>
                  call(walkUpMethod, {
                    params: { room_id: room.id },
                    body: { end: new Date(Math.floor(until / 1000) * 1000).toISOString() },
                    key: crypto.randomUUID(),
                  }),
                (row) => {
                  toast(say.taken(clockTime(Date.parse(row.end), zone)));
                },
              );
            }}
          >
            {name}
          </button>
        ))}
      </div>
      {needsApproval && <p className="room-small">{say.needsApproval}</p>}
    </div>
  );
}

/** The time; the day too, where it is another. */
function timeOf(at: number, now: number, zone: string): string {
  return dayOf(at - 1, zone) === dayOf(now, zone) ? clockTime(at, zone) : moment(at, zone);
}
