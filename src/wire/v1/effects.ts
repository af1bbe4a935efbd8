import { Type, type Static } from 'typebox';
import { instant, strict } from './endpoint.ts';

const touched = {
  id: Type.String(),
  room_id: Type.String(),
  start: instant('Planned start'),
  end: instant('Planned end'),
  title: Type.String({ description: 'Empty for a private event' }),
  reserver_id: Type.String(),
  reserver_name: Type.String(),
};

/** What a change of rooms does to reservations, or would do. */
export const Effects = strict({
  cancelled: Type.Array(strict(touched), { description: 'Reservations that are cancelled' }),
  check_in_closed: Type.Array(strict({ ...touched, at: instant('From when') }), { description: 'Reservations that stay, and that nobody can check in to' }),
  check_in_reopened: Type.Array(strict(touched), { description: 'Reservations whose check-in was going to be closed, and is not any more' }),
});
export type Effects = Static<typeof Effects>;
