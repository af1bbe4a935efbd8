import { DomainError } from '../../domain/errors.ts';
import { exchangeRoomCode, roomCode } from '../../domain/room-codes.ts';
import { packSecret, unpackSecret } from '../../wire/identifiers.ts';
import { roomLink } from '../../wire/links.ts';
import { formatInstant } from '../../wire/v1/instants.ts';
import { exchangeRoomCodeMethod, getRoomCodeMethod } from '../../wire/v1/room_codes.ts';
import { answer } from '../mount.ts';

export const roomCodeHandlers = [
  answer(getRoomCodeMethod, async (ctx, { principal, params }) => {
    const { secret, expires } = await roomCode(ctx, principal, params.room_id);
    return { url: roomLink(ctx.origin, params.room_id, { tenantId: principal.tenantId, secret }), expires: formatInstant(expires) };
  }),

  answer(exchangeRoomCodeMethod, (ctx, { params, body }) => {
    const code = unpackSecret(body.code);
    if (!code) throw new DomainError('badCode', 'this is no code of a room');
    const { secret, expires } = exchangeRoomCode(ctx, params.room_id, code);
    return Promise.resolve({ code: packSecret(code.tenantId, secret), expires: formatInstant(expires) });
  }),
];
