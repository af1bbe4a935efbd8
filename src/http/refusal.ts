import type { Extra } from '../wire/envelope.ts';
import type { WireError } from '../wire/errors.ts';

/** A failure that the edge itself decided on: a row of the error table and what it says beyond it. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly row: WireError;
  readonly extra: Extra;
  readonly headers: Readonly<Record<string, string>>;

  constructor(row: WireError, extra: Extra = {}, headers: Readonly<Record<string, string>> = {}) {
    super(extra.msg ?? row.msg);
    this.row = row;
    this.extra = extra;
    this.headers = headers;
  }
}
