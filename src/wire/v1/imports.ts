import { Type, type Static } from 'typebox';
import { defineMethod, orNull, strict, v1Scopes } from './endpoint.ts';

/** A file of ten thousand rows has its place in it. Bytes. */
const IMPORT_BODY = 8 << 20;

const values = (description: string) => Type.Record(Type.String(), Type.Unknown(), { description });

export const ImportReport = strict({
  kind: Type.String(),
  dry_run: Type.Boolean(),
  applied: Type.Boolean({ description: 'Whether the file was taken in: all of it, or nothing' }),
  rows: Type.Integer({ description: 'Rows with something in them' }),
  created: Type.Integer({ description: 'Rows that make an object' }),
  changed: Type.Integer({ description: 'Rows that change one' }),
  unchanged: Type.Integer({ description: 'Rows that ask for nothing new' }),
  differences: Type.Array(
    strict({
      line: Type.Integer({ description: 'Of the file; the header is line 1' }),
      action: Type.Enum(['create', 'change'], { type: 'string' }),
      object: Type.Enum(['user', 'department', 'level', 'room'], { type: 'string' }),
      name: Type.String({ description: 'How the file calls it: an address, a path' }),
      before: orNull(values('What is changed, as it is; null for a new object')),
      after: values('What it becomes'),
    }),
  ),
  more_differences: Type.Integer({ description: 'How many there are besides those listed' }),
  rejected: Type.Array(strict({ line: Type.Integer(), field: Type.String({ description: 'Column; empty: the row or the file' }), reason: Type.String() })),
  more_rejected: Type.Integer({ description: 'How many there are besides those listed' }),
});
export type ImportReport = Static<typeof ImportReport>;

/** So many differences, and so many rejections, are listed. */
export const MOST_LISTED = 1000;

export const runImportMethod = defineMethod({
  id: 'v1.import.run',
  summary: 'Import people, rooms or levels from CSV; all of it, or nothing',
  method: 'POST',
  path: '/api/v1/imports',
  scopes: [v1Scopes.admin],
  bodyLimit: IMPORT_BODY,
  body: strict({
    kind: Type.Enum(['users', 'rooms', 'levels'], { type: 'string' }),
    csv: Type.String({ maxLength: IMPORT_BODY, description: 'The text of the file' }),
    dry_run: Type.Optional(Type.Boolean({ description: 'Only say what would happen' })),
  }),
  answer: ImportReport,
});
