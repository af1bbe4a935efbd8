import type { Room } from '../../src/wire/v1/rooms.ts';
import { useWords } from '../lib/language.ts';
import { roomWords } from './words.ts';

/** What is in a room. */
export function About({ room }: { room: Room }) {
  const say = useWords(roomWords);
  return (
    <section className="stack">
      <h2>{say.about}</h2>
      {room.description !== '' && <p className="room-description">{room.description}</p>}
      <dl className="card room-facts">
        <dt>{say.capacity}</dt>
        <dd>{say.seats(room.capacity)}</dd>
        {room.equipment.length > 0 && (
          <>
            <dt>{say.equipment}</dt>
            <dd className="row">
              {room.equipment.map((one) => (
                <span key={one} className="room-thing">
                  {one}
                </span>
              ))}
            </dd>
          </>
        )}
        <dt>{say.number}</dt>
        <dd className="id">{room.display_id}</dd>
      </dl>
    </section>
  );
}
