import type { Door, Endpoint } from './endpoint.ts';
import { failure, success, type Extra } from './envelope.ts';
import { gateway, oauth, vc, type WireError } from './errors.ts';
import { OAUTH_TOKEN_PATHS, oauthFailure, oauthGateway } from './oauth.ts';
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
  /** On every answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

export const doors: Readonly<Record<Door, DoorRules>> = {
  'open-apis': { gateway, internal: vc.internal, success: ({ answerAt, msg }, answer) => success(answerAt === 'top' ? 'top' : 'data', msg, answer), failure },
  v1: { gateway: v1Gateway, internal: v1Faults.internal, success: (_endpoint, answer) => JSON.stringify(answer), failure: problem },
  oauth: {
    gateway: oauthGateway,
    internal: oauth.internal,
    success: (_endpoint, answer) => JSON.stringify({ code: 0, ...(answer as object) }),
    failure: oauthFailure,
    // RFC 6749, 5.1.
    headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
  },
};

/** The door that a URL belongs to, whether its path is known or not. */
export function doorOf(url: string): Door {
  const path = url.split('?', 1)[0] ?? url;
  if (OAUTH_TOKEN_PATHS.includes(path.replace(/\/$/, ''))) return 'oauth';
  return path === '/api/v1' || path.startsWith('/api/v1/') ? 'v1' : 'open-apis';
}
