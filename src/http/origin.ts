import type { FastifyRequest } from 'fastify';
import type { Actor } from '../store/history.ts';
import type { Door } from '../wire/endpoint.ts';

/** How a change came that a request asks for, as the history tells it. */
export type Origin = Required<Pick<Actor, 'source' | 'address' | 'requestId'>>;

export function originOf(door: Door, { ip, id }: FastifyRequest): Origin {
  return { source: door === 'v1' ? 'v1' : 'open-apis', address: ip, requestId: id };
}
