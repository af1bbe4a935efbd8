import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Ctx } from '../../context.ts';
import type { Principal } from '../../domain/access.ts';
import type { SessionSecret } from '../../domain/sessions.ts';
import type { Visitor } from '../../domain/sign-in.ts';
import { isSameOrigin, mayCarrySession, sessionCookie, sessionOf } from '../session.ts';
import { formOf, html, languageOf, sendPage, type Html, type Page, type Text } from './page.ts';

/** Somebody who looks at a page, or sends its form. */
export class Visit {
  readonly ctx: Ctx;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly language: Page['language'];
  /** What was sent; empty where a page is only looked at. */
  readonly form: ReadonlyMap<string, string>;

  constructor(ctx: Ctx, request: FastifyRequest, reply: FastifyReply, form: ReadonlyMap<string, string> = new Map()) {
    this.ctx = ctx;
    this.request = request;
    this.reply = reply;
    this.language = languageOf(request);
    this.form = form;
  }

  /** Where the visit comes from, for limits and the history. */
  get from(): Visitor {
    return { address: this.request.ip, requestId: this.request.id };
  }

  /** A text in the visitor's language. */
  say = (text: Text): string => text[this.language];

  /** A field of the form as it was typed; empty: it was not. */
  typed(name: string): string {
    return this.form.get(name) ?? '';
  }

  /** A parameter of the address; the first of several. */
  asked(name: string): string | undefined {
    const value = (this.request.query as Record<string, string | string[] | undefined>)[name];
    return typeof value === 'object' ? value[0] : value;
  }

  /** Who is signed in. */
  async person(): Promise<Principal | undefined> {
    const principal = await sessionOf(this.ctx, this.request, this.reply);
    if (principal) this.request.principal = principal;
    return principal;
  }

  show(title: Text, body: Html, more: Pick<Page, 'status' | 'leadsOut'> = {}): FastifyReply {
    return sendPage(this.reply, { language: this.language, title: this.say(title), body, ...more });
  }

  /** Gives the browser a session that has begun, and sends it on. Should `person` have renewed the old one: of two cookies the later counts. */
  begin(session: SessionSecret, next: string): FastifyReply {
    void this.reply.header('set-cookie', sessionCookie(this.ctx, session));
    return this.redirect(next);
  }

  /** Sends the browser to another page of this server. @param path as `ownPath` gives it */
  redirect(path: string): FastifyReply {
    return this.reply.code(303).headers({ location: path, 'cache-control': 'no-store' }).send();
  }
}

/** What answers a visit. */
export type PageHandler = (visit: Visit) => Promise<FastifyReply>;

/**
 * Puts a page under a path. What is sent to it must be a form of this very server's, whoever is signed in or nobody, and all
 * of it must travel where nobody else reads it.
 */
export function mountPage(server: FastifyInstance, ctx: Ctx, method: 'GET' | 'POST', path: string, handler: PageHandler): void {
  server.route({
    method,
    url: path,
    config: { access: 'page' },
    handler: async (request, reply) => {
      if (!mayCarrySession(ctx, request)) return showProblem(ctx, request, reply, 403, inTheOpen);
      if (method === 'GET') return handler(new Visit(ctx, request, reply));
      if (!isSameOrigin(ctx, request)) return showProblem(ctx, request, reply, 403, otherSite);
      const form = formOf(request);
      if (!form) return showProblem(ctx, request, reply, 415, noForm);
      return handler(new Visit(ctx, request, reply, form));
    },
  });
}

/** Answers that something went wrong on the way to a page. */
export function showProblem(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  problem: Text = failures[status] ?? badRequest,
): FastifyReply {
  request.code = status;
  const visit = new Visit(ctx, request, reply);
  const { origin } = ctx;
  return visit.show({ en: 'This did not work', zh: '操作未完成' }, html`<p>${visit.say(problem).replace('ORIGIN', origin)}</p>`, { status });
}

const inTheOpen: Text = {
  en: 'Here a password could be read on its way: this server was reached by plain HTTP from another machine. Whoever runs it puts a proxy with TLS before it and names its https address in YUDING_PUBLIC_URL.',
  zh: '此处的密码可能在传输途中被他人读取：当前是从另一台机器以未加密的 HTTP 访问本服务器。请管理员在前面部署启用 TLS 的反向代理，并用 YUDING_PUBLIC_URL 指明其 https 地址。',
};
const otherSite: Text = {
  en: 'This was not sent from a page of this server. Open ORIGIN and try again.',
  zh: '此请求不是从本服务器的页面发出的。请打开 ORIGIN 后重试。',
};
const noForm: Text = { en: 'This is not what a form of this server sends.', zh: '提交的内容不是本服务器的表单。' };
const badRequest: Text = { en: 'The request is not valid.', zh: '请求无效。' };
const failures: Readonly<Record<number, Text>> = {
  413: { en: 'That was too much text.', zh: '提交的内容过长。' },
  500: { en: 'The server failed. Try again later; its log has the cause.', zh: '服务器出错，请稍后重试；原因见服务器日志。' },
  503: { en: 'The server has too much to do right now. Try again in a few seconds.', zh: '服务器正忙，请几秒后重试。' },
};
