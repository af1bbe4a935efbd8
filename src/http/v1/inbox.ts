import type { Directory } from '../../domain/directory.ts';
import { markInboxRead, readInbox, type Place } from '../../domain/inbox.ts';
import { markInboxMethod, readInboxMethod } from '../../wire/v1/inbox.ts';
import { formatInstant } from '../../wire/v1/instants.ts';
import { answer } from '../mount.ts';
import { positionOf, sealPosition } from '../page-token.ts';
import { shownAll } from './reservations.ts';

export const inboxHandlers = [
  answer(readInboxMethod, async (ctx, { principal, query }) => {
    const { tenantId, userId } = principal;
    const walk = JSON.stringify([readInboxMethod.id, tenantId, userId]);
    const position = positionOf(ctx.keys, walk, query.cursor, readInboxMethod.faults.param, 'cursor');
    const { items, unread, next } = await readInbox(ctx, principal, { before: position === undefined ? undefined : Number(position), limit: query.limit });
    const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
    const reservations = await shownAll(
      ctx,
      principal,
      items.map(({ row }) => row),
    );
    return {
      items: items.flatMap(({ id, at, kind, cause, note, by, moved, unread: isUnread }, i) => {
        const reservation = reservations[i];
        if (!reservation) return [];
        const places = moved && { from: placeOf(directory, moved.from), to: placeOf(directory, moved.to) };
        return [{ id: String(id), at: formatInstant(at), kind, cause, note, by, moved: places, unread: isUnread, reservation }];
      }),
      unread,
      next_cursor: next === undefined ? null : sealPosition(ctx.keys, walk, String(next)),
    };
  }),

  answer(markInboxMethod, async (ctx, { principal, body }) => ({ unread: await markInboxRead(ctx, principal, Number(body.up_to)) })),
];

function placeOf(directory: Directory, { roomNo, startAt, endAt }: Place) {
  const room = directory.roomOfNumber(roomNo);
  return { room_id: room?.room_id ?? '', room_name: room?.name ?? '', start: formatInstant(startAt), end: formatInstant(endAt) };
}
