import { CsvError, parse, type Options } from 'csv-parse/sync';
import { DomainError } from '../errors.ts';
import type { Report } from './report.ts';

/** How the bytes of a file stand for characters. */
export const encodings = ['utf-8', 'utf-16le', 'gb18030'] as const;
export type Encoding = (typeof encodings)[number];

/** So many rows a file may have. */
export const MOST_ROWS = 50_000;

/**
 * The text of a file: in the encoding named, else in that of its byte order mark, else in UTF-8 or, where it cannot be that, in GB18030, which
 * GBK is a part of.
 *
 * @throws DomainError param
 */
export function decodeCsv(bytes: Uint8Array, encoding?: Encoding): string {
  if (encoding) return decoded(bytes, encoding) ?? refuse(`is not ${encoding}`);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decoded(bytes, 'utf-16le') ?? refuse('begins as UTF-16 does and goes on as something else');
  return decoded(bytes, 'utf-8') ?? decoded(bytes, 'gb18030') ?? refuse('is neither UTF-8 nor GB18030 (GBK)');
}

function decoded(bytes: Uint8Array, encoding: Encoding): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function refuse(what: string): never {
  throw new DomainError('param', `the file ${what}`, 'csv');
}

/** A column that a file may have. */
export interface Column {
  /** What its header may say, in lower case. */
  headers: readonly string[];
  /** Characters. */
  most: number;
  required?: boolean;
  /** Whether a cell may have several lines. */
  lines?: boolean;
}

export interface Row<Field extends string> {
  /** On which its first character stands; the header stands on 1. */
  line: number;
  /** What its cells say. An empty cell says nothing. */
  cells: Partial<Record<Field, string>>;
  /** Columns in which something stands that cannot: the report has them already. */
  bad: Set<Field>;
}

/** Rows of a file, with columns found by its header. Rows that cannot be are in the report instead. */
export function readRows<Field extends string>(text: string, columns: Readonly<Record<Field, Column>>, report: Report): Row<Field>[] {
  const records = parsed(text, report);
  const [header, ...rest] = records;
  if (!header) {
    if (report.isClean) report.reject(1, '', 'the file has no header');
    return [];
  }
  const fields = fieldsOf(header.cells, columns, report);
  if (!fields) return [];
  if (rest.length > MOST_ROWS) {
    report.reject(rest[MOST_ROWS]?.line ?? 1, '', `a file may have ${String(MOST_ROWS)} rows at most`);
    return [];
  }
  const rows: Row<Field>[] = [];
  for (const { line, cells } of rest) {
    if (cells.every((cell) => cell.trim() === '')) continue;
    report.rows += 1;
    if (cells.length !== fields.length) {
      report.reject(line, '', `has ${String(cells.length)} cells, the header has ${String(fields.length)}`);
      continue;
    }
    const row: Row<Field> = { line, cells: {}, bad: new Set() };
    for (const [i, field] of fields.entries()) {
      const cell = (cells[i] ?? '').trim();
      if (cell === '') continue;
      const fault = faultOf(cell, columns[field]);
      if (fault === undefined) row.cells[field] = cell;
      else {
        report.reject(line, field, fault);
        row.bad.add(field);
      }
    }
    rows.push(row);
  }
  return rows;
}

function faultOf(cell: string, { most, lines }: Column): string | undefined {
  if (cell.length > most) return `may have ${String(most)} characters at most`;
  if ((lines ? /[^\P{Cc}\n\t]/u : /\p{Cc}/u).test(cell)) return 'must not contain control characters';
  return undefined;
}

/** What each column is; undefined when the header is wrong. */
function fieldsOf<Field extends string>(header: readonly string[], columns: Readonly<Record<Field, Column>>, report: Report): Field[] | undefined {
  const known = Object.entries(columns) as [Field, Column][];
  const fields: Field[] = [];
  const faults = report.rejected.length;
  const fault = (field: string, reason: string) => {
    report.reject(1, field.slice(0, 100), reason);
  };
  for (const title of header) {
    const name = title
      .trim()
      .toLowerCase()
      .replace(/[\s-]+/g, '_');
    const field = known.find(([, { headers }]) => headers.includes(name))?.[0];
    if (field === undefined) fault(title.trim(), `is no column of this import; there are ${known.map(([known]) => known).join(', ')}`);
    else if (fields.includes(field)) fault(title.trim(), `stands in the header twice, as ${field}`);
    else fields.push(field);
  }
  for (const [field, { required }] of known) if (required && !fields.includes(field)) fault(field, 'the column is missing');
  return report.rejected.length === faults ? fields : undefined;
}

interface CsvRecord {
  line: number;
  cells: string[];
}

function parsed(text: string, report: Report): CsvRecord[] {
  // One kind of line end, so that lines are counted as an editor counts them.
  const plain = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const options: Options = { delimiter: delimiterOf(plain), record_delimiter: '\n', info: true, relax_column_count: true, skip_empty_lines: true };
  try {
    const records = parse(plain, options) as unknown as { info: { lines: number }; record: string[] }[];
    return records.map(({ info, record }) => ({ line: info.lines - record.reduce((count, cell) => count + cell.split('\n').length - 1, 0), cells: record }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as CsvError & { lines?: number };
    report.reject(lines ?? 1, '', FAULTS[error.code] ?? 'is no CSV');
    return [];
  }
}

const FAULTS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and not closed',
  CSV_INVALID_CLOSING_QUOTE: 'something stands behind a closing quote',
  INVALID_OPENING_QUOTE: 'a quote stands inside a cell that does not begin with one',
};

/** The one of comma, semicolon and tab that the header has most of. */
function delimiterOf(text: string): string {
  const header =
    text
      .slice(0, 10_000)
      .replace(/^\n+/, '')
      .split('\n', 1)[0]
      ?.replace(/"[^"]*"/g, '') ?? '';
  const count = (delimiter: string) => header.split(delimiter).length;
  return [';', '\t'].reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best), ',');
}

/** A path such as `研发部/平台组`; undefined when a part of it is empty. */
export function partsOf(path: string): string[] | undefined {
  const parts = path.split('/').map((part) => part.trim());
  return parts.every((part) => part !== '' && part.length <= 255) ? parts : undefined;
}
