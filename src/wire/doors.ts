import type { Door, Endpoint } from './endpoint.ts';
import { failure, success, type Extra } from './envelope.ts';
import { gateway, vc, type WireError } from './errors.ts';
import { v1Faults, v1Gateway } from './v1/errors.ts';
import { problem } from './v1/problem.ts';

/** How a door writes what it says. */
export interface DoorRules {
  /** Its rows for the faults found before a method's own code runs. */
  readonly gateway: Readonly<Record<keyof typeof gateway, WireError>>;
  /** A fault of ours on the way to a method. */
  readonly internal: WireError;
  success(endpoint: Endpoint, answer: unknown): string;
  failure(row: WireError, logId: string, extra?: Extra): string;
}

export const doors: Readonly<Record<Door, DoorRules>> = {
  'open-apis': { gateway, internal: vc.internal, success: ({ answerAt, msg }, answer) => success(answerAt === 'top' ? 'top' : 'data', msg, answer), failure },
  v1: { gateway: v1Gateway, internal: v1Faults.internal, success: (_endpoint, answer) => JSON.stringify(answer), failure: problem },
};

/** The door that a path belongs to, known or not. */
export function doorOf(path: string): Door {
  return path === '/api/v1' || path.startsWith('/api/v1/') ? 'v1' : 'open-apis';
}
