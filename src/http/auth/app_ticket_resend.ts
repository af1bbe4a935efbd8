import { DomainError } from '../../domain/errors.ts';
import { resendTicket } from '../../domain/tickets.ts';
import { appTicketResend } from '../../wire/auth/app_ticket_resend.ts';
import { tenantOfAppId } from '../../wire/identifiers.ts';
import { answer } from '../mount.ts';

export const appTicketResendHandler = answer(appTicketResend, async (ctx, { body }) => {
  const tenantId = tenantOfAppId(body.app_id);
  if (tenantId === undefined) throw new DomainError('notFound', 'an app id of no tenant');
  await resendTicket(ctx, tenantId, body.app_id, body.app_secret);
  return {};
});
