import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Ctx } from '../../context.ts';
import { DomainError } from '../../domain/errors.ts';
import { canSetUp, isSetUp, setUp } from '../../domain/one-time-links.ts';
import type { SessionSecret } from '../../domain/sessions.ts';
import { unpackSecret } from '../../wire/identifiers.ts';
import { pagePaths } from '../../wire/links.ts';
import { field, passwordHint, problem, refusalOf } from './forms.ts';
import { html, type Text } from './page.ts';
import { SIGN_IN } from './sign-in.ts';
import { mountPage, type Visit } from './visit.ts';

const SET_UP = pagePaths.setUp;

/** `/set-up`: where the link leads that a server without a tenant prints. Its secret is the parameter `link`, which no log shows. */
export function mountSetUp(server: FastifyInstance, ctx: Ctx): void {
  mountPage(server, ctx, 'GET', SET_UP, (visit) => setUpPage(visit, visit.asked('link')));

  mountPage(server, ctx, 'POST', SET_UP, async (visit) => {
    const word = visit.typed('link');
    const link = unpackSecret(word);
    if (!link) return overPage(visit);
    const text = (name: string) => visit.typed(name).trim();
    const wish = {
      name: text('name'),
      timeZone: text('time_zone'),
      administrator: text('administrator'),
      email: text('email'),
      password: visit.typed('password'),
    };
    let session: SessionSecret;
    try {
      session = await setUp(ctx, { id: 'set-up', name: wish.administrator, source: 'page', via: 'link', ...visit.from }, link, wish);
    } catch (error) {
      if (error instanceof DomainError && error.reason === 'gone') return overPage(visit);
      return setUpPage(visit, word, refusalOf(error));
    }
    return visit.begin(session, '/');
  });
}

async function setUpPage(visit: Visit, word: string | undefined, refused?: { status: number; text: Text }): Promise<FastifyReply> {
  const { say } = visit;
  const link = unpackSecret(word ?? '');
  if (!link || !(await canSetUp(visit.ctx, link))) return overPage(visit);
  const typed = (name: string, otherwise = '') => ({ name, value: visit.form.get(name) ?? otherwise });
  return visit.show(
    { en: 'Set up the server', zh: '初始化服务器' },
    html`${problem(refused && say(refused.text))}
      <form method="post" action="${SET_UP}">
        <input type="hidden" name="link" value="${word}" />
        ${field({ label: say({ en: 'Name of the organisation', zh: '组织名称' }), autocomplete: 'organization', ...typed('name') })}
        ${field({ label: say({ en: 'Time zone', zh: '时区' }), hint: 'Asia/Shanghai, Europe/Berlin, …', ...typed('time_zone', 'Asia/Shanghai') })}
        ${field({ label: say({ en: 'Your name', zh: '您的姓名' }), autocomplete: 'name', ...typed('administrator') })}
        ${field({ label: say({ en: 'Your e-mail address', zh: '您的电子邮箱' }), type: 'email', autocomplete: 'username', ...typed('email') })}
        ${field({ label: say({ en: 'Password', zh: '密码' }), name: 'password', type: 'password', autocomplete: 'new-password', hint: say(passwordHint) })}
        <button>${say({ en: 'Set up', zh: '完成初始化' })}</button>
      </form>`,
    refused && { status: refused.status },
  );
}

async function overPage(visit: Visit): Promise<FastifyReply> {
  const { say } = visit;
  const body = (await isSetUp(visit.ctx))
    ? html`<p>${say({ en: 'This server is set up already.', zh: '服务器已经完成初始化。' })} <a href="${SIGN_IN}">${say({ en: 'Sign in', zh: '登录' })}</a></p>`
    : html`<p>
        ${say({ en: 'Its time is over, or there is a newer one. The server prints a new one when it starts.', zh: '链接已过期，或已有更新的链接。服务器启动时会打印新的链接。' })}
      </p>`;
  return visit.show({ en: 'This link is over', zh: '链接已失效' }, body, { status: 404 });
}
