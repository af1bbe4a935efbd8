import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Ctx } from '../../context.ts';
import { DomainError } from '../../domain/errors.ts';
import { personOfLink, usePasswordLink } from '../../domain/one-time-links.ts';
import { unpackSecret } from '../../wire/identifiers.ts';
import { pagePaths } from '../../wire/links.ts';
import { field, passwordHint, problem, refusalOf } from './forms.ts';
import { html, type Text } from './page.ts';
import { SIGN_IN } from './sign-in.ts';
import { mountPage, type Visit } from './visit.ts';

const PASSWORD = pagePaths.password;

/** `/password`: where a one-time link leads that sets a password. Its secret is the parameter `link`, which no log shows. */
export function mountPassword(server: FastifyInstance, ctx: Ctx): void {
  mountPage(server, ctx, 'GET', PASSWORD, (visit) => passwordPage(visit, visit.asked('link')));

  mountPage(server, ctx, 'POST', PASSWORD, async (visit) => {
    const word = visit.typed('link');
    const link = unpackSecret(word);
    if (!link) return overPage(visit);
    try {
      await usePasswordLink(ctx, { source: 'page', via: 'link', ...visit.from }, link, visit.typed('password'));
    } catch (error) {
      if (error instanceof DomainError && error.reason === 'gone') return overPage(visit);
      return passwordPage(visit, word, refusalOf(error));
    }
    const text = visit.say({ en: 'Whoever was signed in with the old one no longer is.', zh: '此前的登录均已失效。' });
    return visit.show(
      { en: 'The password is set', zh: '密码已设置' },
      html`<p>${text} <a href="${SIGN_IN}">${visit.say({ en: 'Sign in', zh: '登录' })}</a></p>`,
    );
  });
}

async function passwordPage(visit: Visit, word: string | undefined, refused?: { status: number; text: Text }): Promise<FastifyReply> {
  const { say } = visit;
  const link = unpackSecret(word ?? '');
  const person = link && (await personOfLink(visit.ctx, link));
  if (!person) return overPage(visit);
  return visit.show(
    { en: 'Set a password', zh: '设置密码' },
    html`${problem(refused && say(refused.text))}
      <p>${person.name}</p>
      <form method="post" action="${PASSWORD}">
        <input type="hidden" name="link" value="${word}" />
        <label>${say({ en: 'E-mail address', zh: '电子邮箱' })} <input value="${person.email ?? ''}" autocomplete="username" readonly /></label>
        ${field({ label: say({ en: 'New password', zh: '新密码' }), name: 'password', type: 'password', autocomplete: 'new-password', hint: say(passwordHint) })}
        <button>${say({ en: 'Set the password', zh: '设置密码' })}</button>
      </form>`,
    refused && { status: refused.status },
  );
}

function overPage(visit: Visit): FastifyReply {
  const text = { en: 'It was used, or its time is over. An administrator can give you a new one.', zh: '链接已被使用或已过期。管理员可以给您一个新的链接。' };
  return visit.show({ en: 'This link is over', zh: '链接已失效' }, html`<p>${visit.say(text)}</p>`, { status: 404 });
}
