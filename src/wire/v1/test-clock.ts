import { Type } from 'typebox';
import { defineMethod, strict, v1Scopes } from './endpoint.ts';

const Clock = strict({
  now: Type.Integer({ description: "The domain's time, unix seconds" }),
  credentials_now: Type.Integer({ description: 'The time by which tokens and rate limits go, unix seconds' }),
});

export const getTestClockMethod = defineMethod({
  id: 'v1.test_clock.get',
  summary: 'Read the clock of a server that was started with --test-clock',
  method: 'GET',
  path: '/api/v1/test-clock',
  scopes: [v1Scopes.admin],
  answer: Clock,
});

export const setTestClockMethod = defineMethod({
  id: 'v1.test_clock.set',
  summary: 'Set the clock or move it on; what becomes due is done before the answer',
  method: 'PUT',
  path: '/api/v1/test-clock',
  scopes: [v1Scopes.admin],
  body: strict({
    now: Type.Optional(Type.Integer({ minimum: 0, maximum: 253_402_300_799, description: 'Unix seconds' })),
    advance: Type.Optional(Type.Integer({ minimum: -3_200_000_000, maximum: 3_200_000_000, description: 'Seconds' })),
    credentials: Type.Optional(Type.Boolean({ description: 'Whether tokens and rate limits follow; default false' })),
  }),
  answer: Clock,
});

/** Only a server that was asked to has these. */
export const testClockMethods = [getTestClockMethod, setTestClockMethod];
