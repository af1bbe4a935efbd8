import { Type, type Static } from 'typebox';
import { orNull, strict } from './endpoint.ts';

const speaker = (description: string) => orNull(Type.String({ description: `${description}; null: the default` }));

/** What a move of a room or level would touch, in the answer of a dry run; null elsewhere. */
export const Touches = strict({
  reservations: Type.Integer({ description: 'Reservations of its rooms that are not over' }),
  devices: Type.Integer({ description: 'Devices bound to its rooms' }),
  rules: Type.Array(
    strict({
      part: Type.Enum(['approval', 'time', 'reservers', 'administrators', 'check_in'], { type: 'string' }),
      from: speaker('Level whose word it is now'),
      to: speaker('Level whose word it will be'),
    }),
    { description: 'Settings that it does not say itself, and that will be others' },
  ),
  time_zone: orNull(strict({ from: Type.String({ description: 'IANA zone now' }), to: Type.String({ description: 'IANA zone then' }) })),
});
export type Touches = Static<typeof Touches>;
