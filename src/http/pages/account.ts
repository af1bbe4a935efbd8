import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Ctx } from '../../context.ts';
import type { Principal } from '../../domain/access.ts';
import { DomainError } from '../../domain/errors.ts';
import { whoIs } from '../../domain/sessions.ts';
import { changePassword } from '../../domain/sign-in.ts';
import { field, passwordHint, problem, refusalOf } from './forms.ts';
import { html, type Text } from './page.ts';
import { SIGN_IN } from './sign-in.ts';
import { mountPage, type Visit } from './visit.ts';

const ACCOUNT = '/account';
const CHANGE_PASSWORD = '/change-password';

/** `/account`: who is signed in, and what they can do about it. */
export function mountAccount(server: FastifyInstance, ctx: Ctx): void {
  mountPage(server, ctx, 'GET', ACCOUNT, async (visit) => {
    const person = await visit.person();
    return person ? accountPage(visit, person) : visit.redirect(SIGN_IN);
  });

  mountPage(server, ctx, 'POST', CHANGE_PASSWORD, async (visit) => {
    const person = await visit.person();
    if (!person) return visit.redirect(SIGN_IN);
    const actor = { id: person.userId ?? '', name: person.name, source: 'page' as const, via: 'browser', ...visit.from };
    try {
      await changePassword(ctx, actor, person, { old: visit.typed('old_password'), password: visit.typed('new_password') });
    } catch (error) {
      if (error instanceof DomainError && error.reason === 'noPermission') return accountPage(visit, person, { status: 403, text: wrong });
      const refusal = refusalOf(error);
      if (refusal.wait !== undefined) void visit.reply.header('retry-after', String(refusal.wait));
      return accountPage(visit, person, refusal);
    }
    return accountPage(visit, person, { status: 200, text: changed });
  });
}

const wrong: Text = { en: 'The old password is wrong.', zh: '原密码不正确。' };
const changed: Text = { en: 'The password is changed; you are signed out everywhere else.', zh: '密码已更改；其他登录均已失效。' };

async function accountPage(visit: Visit, person: Principal, said?: { status: number; text: Text; wait?: number }): Promise<FastifyReply> {
  const { say } = visit;
  const { user, tenant } = await whoIs(visit.ctx, person);
  return visit.show(
    { en: 'Signed in', zh: '已登录' },
    html`${problem(said && say(said.text), said?.wait)}
      <p><a href="/">${say({ en: 'Back to the rooms', zh: '返回会议室' })}</a></p>
      <p>
        <strong>${user.name}</strong>${user.email !== null && html` · ${user.email}`}<br />
        ${tenant.name}${person.isAdministrator && ` · ${say({ en: 'administrator', zh: '管理员' })}`}
      </p>
      <form method="post" action="/sign-out"><button class="plain">${say({ en: 'Sign out', zh: '退出登录' })}</button></form>
      <h2>${say({ en: 'Change the password', zh: '更改密码' })}</h2>
      <form method="post" action="${CHANGE_PASSWORD}">
        <input type="hidden" autocomplete="username" value="${user.email ?? ''}" />
        ${field({ label: say({ en: 'Old password', zh: '原密码' }), name: 'old_password', type: 'password', autocomplete: 'current-password' })}
        ${field({ label: say({ en: 'New password', zh: '新密码' }), name: 'new_password', type: 'password', autocomplete: 'new-password', hint: say(passwordHint) })}
        <button>${say({ en: 'Change', zh: '更改' })}</button>
      </form>`,
    said && { status: said.status },
  );
}
