import { useWords } from '../lib/language.ts';
import { clockTime } from '../lib/time.ts';
import { Failure } from '../parts/failure.tsx';
import type { Axis } from './axis.ts';
import { finderWords } from './finder-words.ts';
import type { useFound } from './find.ts';
import type { Span } from './gaps.ts';
import type { Picture } from './picture.ts';
import { roomsWords } from './words.ts';

interface Props {
  found: ReturnType<typeof useFound>;
  picture: Picture;
  axis: Axis;
  now: number;
  onBook: (roomId: string, span: Span) => void;
  onClose: () => void;
}

/** The soonest rooms, first the best. Each can be booked from here; its slot is marked in its row as well. */
export function Found({ found: { data, error, refetch }, picture, axis, now, onBook, onClose }: Props) {
  const say = useWords(roomsWords);
  const tell = useWords(finderWords);
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return null;
  const wait = (start: number) => {
    const minutes = Math.max(0, Math.round((start - now) / 60_000));
    return minutes <= 1 ? tell.waitNow : minutes < 90 ? tell.waitMinutes(minutes) : tell.waitHours(Math.round(minutes / 60));
  };
  const pathOf = (levelId: string) => picture.levels.find(({ id }) => id === levelId)?.name ?? '';
  return (
    <section className="rooms-results" aria-label={tell.found(data.length)}>
      <div className="row">
        <p role="status" className="grow">
          {data.length === 0 ? tell.foundNone : tell.found(data.length)}
        </p>
        <button type="button" className="button quiet" aria-label={tell.closeFound} onClick={onClose}>
          ✕
        </button>
      </div>
      <ol>
        {data.map(({ roomId, start, end, freeUntil, needsApproval }) => {
          const room = picture.roomOf.get(roomId);
          if (!room) return null;
          const [from, to] = [clockTime(start, room.zone), clockTime(end, room.zone)];
          return (
            <li key={roomId} className="rooms-result">
              <strong>{room.name}</strong>
              <span className="rooms-when">
                {from}–{to}{' '}
                <span className="state" data-state="free">
                  {wait(start)}
                </span>
              </span>
              <span className="muted">
                {pathOf(room.level_id)} · {say.seats(room.capacity)} ·{' '}
                {freeUntil >= axis.to ? tell.freeAllDay : tell.freeUntil(clockTime(freeUntil, room.zone))}
                {needsApproval && ` · ◷ ${say.needsApproval}`}
              </span>
              <button
                type="button"
                className="button"
                aria-label={tell.bookSlot(room.name, from, to)}
                onClick={() => {
                  onBook(roomId, { start, end });
                }}
              >
                {say.book}
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
