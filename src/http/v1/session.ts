import { endSession, whoIs } from '../../domain/sessions.ts';
import { changePassword } from '../../domain/sign-in.ts';
import { formatInstant } from '../../wire/v1/instants.ts';
import { changePasswordMethod, endSessionMethod, getSessionMethod } from '../../wire/v1/session.ts';
import { answer } from '../mount.ts';

export const sessionHandlers = [
  answer(getSessionMethod, async (ctx, { principal }) => {
    const { user, tenant, session } = await whoIs(ctx, principal);
    return {
      now: formatInstant(ctx.clock.now()),
      person: { id: user.user_id, name: user.name, email: user.email, department_id: user.department_id },
      tenant: { key: tenant.tenant_key, name: tenant.name, time_zone: tenant.time_zone },
      roles: { administrator: principal.isAdministrator, meeting_management: principal.managesMeetings },
      scopes: principal.grantedScopes.filter((scope) => principal.appScopes.includes(scope)),
      session: session && { began: formatInstant(session.created_at), ends: formatInstant(session.expires_at) },
    };
  }),

  answer(endSessionMethod, async (ctx, { principal, actor }) => {
    await endSession(ctx, actor, principal);
    return {};
  }),

  answer(changePasswordMethod, async (ctx, { principal, actor, body }) => {
    await changePassword(ctx, actor, principal, { old: body.old_password, password: body.new_password });
    return {};
  }),
];
