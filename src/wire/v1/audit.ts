import { Type, type Static } from 'typebox';
import { cursor, defineMethod, instant, nextCursor, orNull, pageLimit, strict, v1Scopes } from './endpoint.ts';

/** What changed, as far as it was written down: the columns' own names and values. */
const State = Type.Record(Type.String(), Type.Unknown());

export const AuditRow = strict({
  id: Type.Integer(),
  at: instant('When'),
  actor: strict({ id: Type.String({ description: 'User, app, device; `operator` at the command line, `clockwork` for a job' }), name: Type.String() }),
  via: orNull(Type.String({ description: 'The app that brought it, or `browser`; null: none did' })),
  source: Type.String({ description: '`v1`, `open-apis`, `page`, `cli`, `job`, `demo`' }),
  address: orNull(Type.String({ description: 'Address that the request came from' })),
  request_id: orNull(Type.String({ description: 'Log id of the request' })),
  action: Type.String({ description: 'What was done, such as `room.change`; of a try that was refused, the name of the method' }),
  object: strict({ kind: Type.String(), id: Type.String() }),
  before: orNull(State),
  after: orNull(State),
  denied: Type.Boolean({ description: 'It was tried and refused' }),
});
export type AuditRow = Static<typeof AuditRow>;

const filter = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000]*$', description }));

export const auditMethod = defineMethod({
  id: 'v1.audit.list',
  summary: 'Read who changed what, and what was refused; latest first',
  method: 'GET',
  path: '/api/v1/audit',
  scopes: [v1Scopes.admin],
  query: Type.Object({
    from: Type.Optional(instant('Not earlier')),
    to: Type.Optional(instant('Earlier than this')),
    actor: filter('Who did it: the id'),
    action: filter('What was done'),
    object_kind: filter('To what kind of thing: `room`, `reservation`, `user` and so on'),
    object_id: filter('To which one'),
    denied: Type.Optional(Type.Boolean({ description: 'Only tries that were refused, or only what was done' })),
    limit: pageLimit(50, 200),
    cursor: cursor(),
  }),
  answer: strict({ rows: Type.Array(AuditRow), next_cursor: nextCursor() }),
});
