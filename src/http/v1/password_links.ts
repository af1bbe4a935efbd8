import { issuePasswordLink } from '../../domain/one-time-links.ts';
import { passwordLink } from '../../wire/links.ts';
import { formatInstant } from '../../wire/v1/instants.ts';
import { createPasswordLinkMethod } from '../../wire/v1/password_links.ts';
import { answer } from '../mount.ts';

export const passwordLinkHandlers = [
  answer(createPasswordLinkMethod, async (ctx, { principal, actor, params }) => {
    const link = await issuePasswordLink(ctx, actor, principal.tenantId, params.user_id);
    return { url: passwordLink(ctx.origin, link), expires: formatInstant(link.expiresAt) };
  }),
];
