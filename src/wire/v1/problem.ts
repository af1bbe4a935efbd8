import type { Extra } from '../envelope.ts';
import type { WireError } from '../errors.ts';

/** The body of a failure on `/api/v1`. */
export interface Problem {
  error: {
    code: string;
    message: string;
    fields?: Extra['fields'];
    rule?: string;
    clashes?: readonly string[];
    scopes?: readonly string[];
    log_id: string;
  };
}

export function problem(row: WireError, logId: string, extra: Extra = {}): string {
  const { fields, permissions, rule, clashes } = extra;
  const body: Problem = {
    error: {
      code: String(row.code),
      message: extra.detail ?? extra.msg ?? row.msg,
      ...(fields ? { fields } : {}),
      ...(rule === undefined ? {} : { rule }),
      ...(clashes === undefined ? {} : { clashes }),
      ...(permissions ? { scopes: permissions.scopes } : {}),
      log_id: logId,
    },
  };
  return JSON.stringify(body);
}
