import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import { doors } from '../wire/doors.ts';
import { doorOfRequest } from './errors.ts';
import { Refusal } from './refusal.ts';

/** Mean delay of the event loop, in milliseconds, from which on requests wait longer for their turn than for their work. */
const MAX_DELAY = 250;
/** Long enough for one pause, as a large write makes, not to count as overload. */
const SAMPLE_EVERY = 1000;

/** What tells of the state of the process is answered in every state of it. */
const ALWAYS_ANSWERED: readonly string[] = ['/healthz', '/readyz', '/metrics'];

/** Refuses requests while the process is behind with its work, so that those it takes are answered in time. */
export function shedOverload(server: FastifyInstance): void {
  void server.register(underPressure, {
    maxEventLoopDelay: MAX_DELAY,
    sampleInterval: SAMPLE_EVERY,
    pressureHandler: (request) => {
      if (ALWAYS_ANSWERED.includes(request.routeOptions.url ?? '')) return;
      throw new Refusal(doors[doorOfRequest(request)].gateway.overloaded, {}, { 'retry-after': '1' });
    },
  });
}
