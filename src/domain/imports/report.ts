import { DomainError } from '../errors.ts';

/** What can be imported. */
export const importKinds = ['users', 'rooms', 'levels'] as const;
export type ImportKind = (typeof importKinds)[number];

/** Values of an object by the columns of the import. */
export type Values = Readonly<Record<string, string | number | readonly string[] | null>>;

/** One object that an import makes or changes. */
export interface Difference {
  /** Of the row that asks for it. */
  line: number;
  action: 'create' | 'change';
  object: 'user' | 'department' | 'level' | 'room';
  /** How the file calls it: an address, a path. */
  name: string;
  /** What is changed, as it is; null for a new one. */
  before: Values | null;
  after: Values;
}

export interface Rejection {
  line: number;
  /** Column; empty: the row or the file. */
  field: string;
  reason: string;
}

/** What an import does, or would do. */
export class Report {
  /** Rows with something in them, and how many make an object, change one, or leave it as it is. */
  rows = 0;
  created = 0;
  changed = 0;
  unchanged = 0;
  readonly differences: Difference[] = [];
  readonly rejected: Rejection[] = [];

  get isClean(): boolean {
    return this.rejected.length === 0;
  }

  reject(line: number, field: string, reason: string): void {
    this.rejected.push({ line, field, reason });
  }

  /** A rule's refusal becomes a rejected row; anything else is thrown on. @returns what `work` does, undefined when a rule refused */
  guard<Result>(line: number, fields: Readonly<Record<string, string>>, work: () => Result): Result | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.reject(line, fields[error.subject ?? ''] ?? '', error.message);
      return undefined;
    }
  }

  /** Something that a row brings along, such as a department on the way. */
  add(difference: Difference): void {
    this.differences.push(difference);
  }

  /** A row's own object, which is not there yet. */
  create(line: number, object: Difference['object'], name: string, after: Values): void {
    this.created += 1;
    this.add({ line, action: 'create', object, name, before: null, after });
  }

  /** A row's own object, as it is and as the row wants it. Only what differs counts. @returns whether anything does */
  change(line: number, object: Difference['object'], name: string, before: Values, after: Values): boolean {
    const fields = Object.keys(after).filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
    if (fields.length === 0) {
      this.unchanged += 1;
      return false;
    }
    this.changed += 1;
    const pick = (values: Values) => Object.fromEntries(fields.map((field) => [field, values[field] ?? null]));
    this.add({ line, action: 'change', object, name, before: pick(before), after: pick(after) });
    return true;
  }
}

/** Which lines brought each of some keys: two rows must not be about one thing. */
export class Lines {
  readonly #lines = new Map<string, number>();

  /** The line that brought the key before; undefined: this is the first. */
  seen(key: string, line: number): number | undefined {
    const before = this.#lines.get(key);
    if (before === undefined) this.#lines.set(key, line);
    return before;
  }
}
