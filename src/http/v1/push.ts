import { clearPushTarget, getPushTarget, setPushTarget, testPushTarget, type Delivery, type PushTarget as Found } from '../../domain/push.ts';
import { formatInstant } from '../../wire/v1/instants.ts';
import { clearPushMethod, getPushMethod, setPushMethod, testPushMethod, type PushOutcome, type PushTarget } from '../../wire/v1/push.ts';
import { answer } from '../mount.ts';

export const pushHandlers = [
  answer(getPushMethod, async (ctx, { principal, params }) => targetOf(await getPushTarget(ctx, principal.tenantId, params.app_id))),

  answer(setPushMethod, async (ctx, { principal, actor, params, body, expected }) => {
    const { url, verification_token: verificationToken, encrypt_key: encryptKey } = body;
    const wanted = { url, verificationToken, encryptKey, expected };
    const { target, madeUp } = await setPushTarget(ctx, actor, principal.tenantId, params.app_id, wanted);
    return { ...targetOf(target), verification_token: madeUp };
  }),

  answer(clearPushMethod, async (ctx, { principal, actor, params, expected }) =>
    targetOf(await clearPushTarget(ctx, actor, principal.tenantId, params.app_id, expected)),
  ),

  answer(testPushMethod, async (ctx, { principal, params }) => outcomeOf(await testPushTarget(ctx, principal.tenantId, params.app_id))),
];

function outcomeOf(delivery: Delivery): PushOutcome {
  if (delivery.delivered) return { delivered: true, reason: null, detail: null };
  const { reason, sentence } = delivery;
  return { delivered: false, reason: reason === 'unknownHost' ? 'unknown_host' : reason, detail: sentence };
}

function targetOf({ appId, url, encrypted, nextTicketAt, ticketFailures, version }: Found): PushTarget {
  const next_ticket = nextTicketAt === null ? null : formatInstant(nextTicketAt);
  return { app_id: appId, url, encrypted, next_ticket, ticket_failures: ticketFailures, version };
}
