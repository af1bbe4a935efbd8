import { Type, type Static } from 'typebox';
import { defineMethod, instant, orNull, pathId, strict, v1Scopes } from './endpoint.ts';

const params = strict({ app_id: pathId('App') });
const secret = (description: string) => Type.String({ minLength: 1, maxLength: 128, pattern: '^[\\x21-\\x7e]+$', writeOnly: true, description });

const target = {
  app_id: Type.String(),
  url: orNull(Type.String({ description: 'Where events are pushed; null: nowhere' })),
  encrypted: Type.Boolean({ description: 'Whether they are encrypted and signed' }),
  next_ticket: orNull(instant('Of a store app: when it is sent its next ticket')),
  ticket_failures: Type.Integer({ description: 'Tickets in a row that did not arrive' }),
  version: Type.Integer({ description: 'Of the app; counts its changes' }),
};
export const PushTarget = strict(target);
export type PushTarget = Static<typeof PushTarget>;

export const getPushMethod = defineMethod({
  id: 'v1.push.get',
  summary: 'Read where events of an app are pushed; what they are signed with is never told',
  method: 'GET',
  path: '/api/v1/apps/:app_id/push',
  scopes: [v1Scopes.admin],
  params,
  answer: PushTarget,
});

export const setPushMethod = defineMethod({
  id: 'v1.push.set',
  summary: 'Set where events of an app are pushed, once the receiver has sent a challenge back',
  method: 'PUT',
  path: '/api/v1/apps/:app_id/push',
  scopes: [v1Scopes.admin],
  ifMatch: true,
  refusals: ['stale', 'conflict', 'notFound'],
  params,
  body: strict({
    url: Type.String({ minLength: 1, maxLength: 2000, description: 'https, and http where `YUDING_PUSH_ALLOW` names its address' }),
    verification_token: Type.Optional(secret('Stands in every event. Absent: stays as it is; where there is none, one is made up')),
    encrypt_key: Type.Optional(orNull(secret('Encrypts and signs events; null: they are not. Absent: stays as it is'))),
  }),
  answer: strict({ ...target, verification_token: orNull(Type.String({ description: 'When it was made up: shown this once; else null' })) }),
});

export const clearPushMethod = defineMethod({
  id: 'v1.push.clear',
  summary: 'Push to an app no more',
  method: 'DELETE',
  path: '/api/v1/apps/:app_id/push',
  scopes: [v1Scopes.admin],
  ifMatch: true,
  refusals: ['stale', 'conflict', 'notFound'],
  params,
  answer: PushTarget,
});

const PushOutcome = strict({
  delivered: Type.Boolean(),
  reason: orNull(
    Type.Enum(['forbidden', 'unknown_host', 'unreachable', 'tls', 'timeout', 'status', 'challenge', 'key'], {
      type: 'string',
      description: 'Why not; null: it came back',
    }),
  ),
  detail: orNull(Type.String({ description: 'The same in words, about the URL' })),
});
export type PushOutcome = Static<typeof PushOutcome>;

export const testPushMethod = defineMethod({
  id: 'v1.push.test',
  summary: 'Send the receiver of an app a challenge, and say whether it came back',
  method: 'POST',
  path: '/api/v1/apps/:app_id/push/test',
  scopes: [v1Scopes.admin],
  refusals: ['notFound', 'wrongState'],
  params,
  answer: PushOutcome,
});
