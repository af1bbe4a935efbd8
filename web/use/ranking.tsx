import { Link } from 'wouter';
import { useWords } from '../lib/language.ts';
import { hoursOf, percent, tenths, whole, type UsedRoom } from './figures.ts';
import { Section } from './parts.tsx';
import { useWordsOfUse } from './words.ts';
import { later } from '../parts/later.tsx';

const ShareBar = later(
  () => import('./charts.tsx').then((charts) => charts.ShareBar),
  () => <span className="use-bar" />,
);

/** How many rooms are shown; the file has all that the server named. */
const SHOWN = 10;

/** Whether a room seats four times as many as come, and enough came to tell. */
function isLarge({ capacity, guests_accepted, reservations }: UsedRoom): boolean {
  return capacity >= 6 && reservations >= 3 && guests_accepted !== null && guests_accepted > 0 && guests_accepted <= capacity / 4;
}

interface Props {
  title: string;
  rooms: readonly UsedRoom[];
  /** The share that fills a bar. */
  largest: number;
  file: string;
}

/** Rooms in order, with what they are used for. */
export function Ranking({ title, rooms, largest, file }: Props) {
  const say = useWords(useWordsOfUse);
  const rows = () => [
    [
      'room',
      'room_id',
      'occupancy',
      'booked_minutes',
      'used_minutes',
      'bookable_minutes',
      'reservations',
      'no_shows',
      'given_back_minutes',
      'capacity',
      'guests',
      'guests_accepted',
    ],
    ...rooms.map((room) => [
      ...[room.name, room.room_id, room.occupancy, room.booked, room.used, room.bookable, room.reservations, room.no_shows],
      ...[room.given_back, room.capacity, room.guests, room.guests_accepted],
    ]),
  ];
  return (
    <Section title={title} file={file} rows={rows}>
      <div className="table-frame" tabIndex={0} role="group" aria-label={title}>
        <table className="table use-ranking">
          <thead>
            <tr>
              <th scope="col">{say.room}</th>
              <th scope="col">{say.occupancy}</th>
              <th scope="col">{say.bookedHours}</th>
              <th scope="col">{say.reservations}</th>
              <th scope="col">{say.noShows}</th>
              <th scope="col">{say.seats}</th>
              <th scope="col" title={say.peopleTitle}>
                {say.people}
              </th>
            </tr>
          </thead>
          <tbody>
            {rooms.slice(0, SHOWN).map((room) => (
              <tr key={room.room_id}>
                <th scope="row">
                  <Link href={`/rooms/${room.room_id}`}>{room.name}</Link>
                </th>
                <td>
                  <span className="use-share">
                    <ShareBar booked={room.occupancy ?? 0} used={room.used / room.bookable} largest={largest} />
                    {percent(room.occupancy)}
                  </span>
                </td>
                <td className="number">{hoursOf(room.booked)}</td>
                <td className="number">{whole(room.reservations)}</td>
                <td className="number">{whole(room.no_shows)}</td>
                <td className="number">{whole(room.capacity)}</td>
                <td className="number">
                  {isLarge(room) && <span className="use-large">{say.large} </span>}
                  {tenths(room.guests_accepted)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
