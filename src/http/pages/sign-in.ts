import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Ctx } from '../../context.ts';
import { DomainError } from '../../domain/errors.ts';
import { isSetUp } from '../../domain/one-time-links.ts';
import { endSession, type SessionSecret } from '../../domain/sessions.ts';
import { signIn } from '../../domain/sign-in.ts';
import { pagePaths } from '../../wire/links.ts';
import { noSessionCookie } from '../session.ts';
import { field, problem, refusalOf } from './forms.ts';
import { ownPath } from './own-path.ts';
import { html, type Text } from './page.ts';
import { mountPage, type Visit } from './visit.ts';

export const SIGN_IN = pagePaths.signIn;

/** `/sign-in`, with the page to go on to in `next`, and `/sign-out`. */
export function mountSignIn(server: FastifyInstance, ctx: Ctx): void {
  mountPage(server, ctx, 'GET', SIGN_IN, async (visit) => {
    const next = ownPath(visit.asked('next'));
    if (await visit.person()) return visit.redirect(next);
    return (await isSetUp(ctx)) ? signInPage(visit, { next }) : emptyPage(visit);
  });

  mountPage(server, ctx, 'POST', SIGN_IN, async (visit) => {
    const next = ownPath(visit.form.get('next'));
    const [email, password] = [visit.typed('email'), visit.typed('password')];
    let session: SessionSecret;
    try {
      session = await signIn(ctx, visit.from, { email, password }, await visit.person());
    } catch (error) {
      if (error instanceof DomainError && error.reason === 'noPermission') return signInPage(visit, { next, email, text: wrong, status: 401 });
      const refusal = refusalOf(error);
      if (refusal.wait !== undefined) void visit.reply.header('retry-after', String(refusal.wait));
      return signInPage(visit, { next, email, ...refusal });
    }
    return visit.begin(session, next);
  });

  mountPage(server, ctx, 'POST', '/sign-out', async (visit) => {
    const person = await visit.person();
    if (person) await endSession(ctx, { id: person.userId ?? '', name: person.name, source: 'page', via: 'browser', ...visit.from }, person);
    void visit.reply.header('set-cookie', noSessionCookie(ctx));
    return visit.redirect(SIGN_IN);
  });
}

const wrong: Text = { en: 'The e-mail address or the password is wrong.', zh: '电子邮箱或密码不正确。' };

interface SignInForm {
  next: string;
  email?: string;
  text?: Text;
  status?: number;
  /** Seconds until the next try. */
  wait?: number;
}

/** The form, with what went wrong with it before. */
export function signInPage(visit: Visit, { next, email = '', text, status = 200, wait }: SignInForm): FastifyReply {
  const { say } = visit;
  const { oidc } = visit.ctx.config;
  const hidden = html`<input type="hidden" name="next" value="${next}" />`;
  return visit.show(
    { en: 'Sign in', zh: '登录' },
    html`${problem(text && say(text), wait)}
      ${
        oidc &&
        html`<form method="post" action="${SIGN_IN}/oidc">
            ${hidden}
            <button class="wide">${say({ en: `Sign in with ${oidc.name}`, zh: `使用 ${oidc.name} 登录` })}</button>
          </form>
          <p class="or">${say({ en: 'or', zh: '或' })}</p>`
      }
      <form method="post" action="${SIGN_IN}">
        ${hidden} ${field({ label: say({ en: 'E-mail address', zh: '电子邮箱' }), name: 'email', type: 'email', value: email, autocomplete: 'username' })}
        ${field({ label: say({ en: 'Password', zh: '密码' }), name: 'password', type: 'password', autocomplete: 'current-password' })}
        <button class="${oidc ? 'wide plain' : 'wide'}">${say({ en: 'Sign in', zh: '登录' })}</button>
      </form>
      <p class="hint">
        ${say({ en: 'Forgotten? An administrator can give you a link with which you set a new password.', zh: '忘记密码？管理员可以给您一个设置新密码的链接。' })}
      </p>`,
    { status },
  );
}

function emptyPage(visit: Visit): FastifyReply {
  const text = {
    en: 'The server prints a link when it starts, with which it is set up. It works once, for 30 minutes; started again it prints another.',
    zh: '服务器启动时会打印用于初始化的链接。该链接只能使用一次，30 分钟内有效；重新启动会打印新的链接。',
  };
  return visit.show({ en: 'Nobody has set this server up yet', zh: '服务器尚未初始化' }, html`<p>${visit.say(text)}</p>`);
}
