import type { Static } from 'typebox';
import type { BodyOf, Endpoint, ParamsOf, QueryOf } from '../../src/wire/endpoint.ts';
import type { Problem } from '../../src/wire/v1/problem.ts';

/*
 * Calls of `/api/v1` with the definitions that the server itself is made of: name, path, parameters and answer are those of
 * src/wire/v1. The build leaves of a definition only what a call needs.
 */

/** What the server refuses, in its own words. `code` is one of `/api/v1`'s; `offline`: no answer came. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly problem: Partial<Problem['error']>;

  constructor(status: number, problem: Partial<Problem['error']>) {
    super(problem.message ?? 'no answer');
    this.status = status;
    this.code = problem.code ?? 'offline';
    this.problem = problem;
  }
}

/** A `Static` answer with the version that it carried, for `If-Match`. */
export type Answer<E extends Endpoint> = E extends Endpoint<infer _Q, infer _B, infer A> ? Static<A> : never;

type Part<Name extends string, Value> = [Value] extends [never] ? object : object extends Value ? Partial<Record<Name, Value>> : Record<Name, Value>;

/** What a call takes: exactly the parts that its method has. */
export type Request<E extends Endpoint> = Part<'params', ParamsOf<E>> &
  Part<'query', Partial<QueryOf<E>>> &
  Part<'body', BodyOf<E>> & {
    /** The version that the caller saw: the change is refused when there is a newer one. */
    version?: number;
    /** The same request under the same key is done once. */
    key?: string;
    signal?: AbortSignal;
  };

interface AnyRequest {
  params?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  version?: number;
  key?: string;
  signal?: AbortSignal;
}

/** Calls a method. @throws ApiError */
export async function call<E extends Endpoint>(endpoint: E, request: Request<E>): Promise<Answer<E>> {
  const { params = {}, query = {}, body, version, key, signal } = request as AnyRequest;
  const path = endpoint.path.replace(/:(\w+)/g, (_text, name: string) => encodeURIComponent(params[name] ?? ''));
  const headers: Record<string, string> = {};
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (version !== undefined) headers['if-match'] = `"${String(version)}"`;
  if (key !== undefined) headers['idempotency-key'] = key;
  let response: Response;
  try {
    const init = { method: endpoint.method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }), ...(signal ? { signal } : {}) };
    response = await fetch(path + searchOf(query), init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, {});
  }
  const text = await response.text();
  const answer = parsed(text);
  if (!response.ok) {
    const error = new ApiError(response.status, (answer as Partial<Problem> | undefined)?.error ?? {});
    if (isSignedOut(error)) for (const listener of onSessionOver) listener();
    throw error;
  }
  return answer as Answer<E>;
}

/** Whether an error says that nobody is signed in. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && ['session_over', 'missing_token'].includes(error.code);
}

/** Called when the server says that nobody is signed in any more. */
export const onSessionOver = new Set<() => void>();

/** `?a=1&b=2`; lists repeat their name, what is undefined or empty is left out. */
export function searchOf(query: Record<string, unknown>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat() as (string | number | boolean | null | undefined)[]) {
      if (one !== undefined && one !== null && one !== '') search.append(name, String(one));
    }
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
