import { Type, type Static } from 'typebox';
import { defineMethod, instant, orNull, strict, v1Scopes } from './endpoint.ts';
import { TimelineRow } from './timeline.ts';

/** The first event of every connection. */
export const LiveHello = strict({
  build: orNull(Type.String({ description: 'Of the screens that the server has; null: it has none' })),
  now: instant('By the clock of the server'),
});
export type LiveHello = Static<typeof LiveHello>;

/** A reservation that is not drawn any more: cancelled, turned down, given back before it began. */
export const LiveGone = strict({ id: Type.String(), room_id: Type.String(), gone: Type.Literal(true) });
export type LiveGone = Static<typeof LiveGone>;

/** What an event carries, by its name. */
export interface LiveEvents {
  hello: LiveHello;
  reservation: TimelineRow | LiveGone;
  tree: { version: number };
  gap: object;
  over: { code: string };
}

export const liveMethod = defineMethod({
  id: 'v1.live.get',
  summary: 'What has changed since, as server-sent events; on request also what changes from now on',
  method: 'GET',
  path: '/api/v1/live',
  scopes: [v1Scopes.read, v1Scopes.book, v1Scopes.admin],
  refusals: ['crowded'],
  query: Type.Object({
    since: Type.Optional(
      Type.String({
        maxLength: 1000,
        description: '`live` of a timeline, or the id of the last event; the header `Last-Event-ID` stands above it. Absent: from now on',
      }),
    ),
    follow: Type.Boolean({ default: false, description: 'Whether the connection stays open for what changes from now on' }),
  }),
  stream: true,
  answer: Type.Unsafe<object>(
    Type.String({
      description:
        'Events `hello` {build, now}, `reservation` (as in the timeline, or {id, room_id, gone}), `tree` {version}: levels, rooms or what holds for them changed; `gap`: more changed than is told, read everything anew; `over` {code}: the caller may listen no more',
    }),
  ),
});
