import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/*
 * Pages that the server makes itself: plain forms that work without a script; one of the server's own files makes them kinder. What
 * they show goes through `html`, which escapes it, and what the browser may do with it is written in the answer's content security policy.
 */

/** Text that is HTML already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = Html | string | number | false | undefined | readonly Html[];

/** A piece of a page. What is put into it is escaped, unless it is such a piece itself; `false` and undefined are nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(strings.map((text, i) => (i === 0 ? text : shown(values[i - 1]) + text)).join(''));
}

function shown(value: Value): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('');
  return String(value).replace(/[&<>"'`]/g, (sign) => `&#${String(sign.charCodeAt(0))};`);
}

export type Language = 'en' | 'zh';
/** A text in the languages of the pages. */
export type Text = Readonly<Record<Language, string>>;

/** Which language somebody chose, in a browser that says so of itself; what its screens set too. */
const LANGUAGE_COOKIE = 'language';
const YEAR = 365 * 86_400;

/** What was chosen by `lang` or before, else what the browser would rather read of what there is; English where it does not say. */
export function languageOf({ headers, query }: FastifyRequest): Language {
  const { lang } = query as Record<string, unknown>;
  const chosen = isLanguage(lang) ? lang : /(?:^|; ?)language=(en|zh)(?:;|$)/.exec(headers.cookie ?? '')?.[1];
  if (isLanguage(chosen)) return chosen;
  let best: { language: Language; weight: number } = { language: 'en', weight: 0 };
  for (const range of (headers['accept-language'] ?? '').split(',')) {
    const [, tag, q = '1'] = /^\s*([a-z]{2,3})\b[^;]*(?:;\s*q=([\d.]{1,5}))?\s*$/i.exec(range) ?? [];
    const language = tag?.toLowerCase();
    if (isLanguage(language) && Number(q) > best.weight) best = { language, weight: Number(q) };
  }
  return best.language;
}

function isLanguage(text: unknown): text is Language {
  return text === 'en' || text === 'zh';
}

/** Leads to the same page in the other language; nothing where a form was sent, whose fields it would lose. What was refused is not said again. */
function otherLanguage({ method, url }: FastifyRequest, language: Language): Html | undefined {
  if (method !== 'GET') return undefined;
  const [path = '', search = ''] = url.split('?');
  const query = new URLSearchParams(search);
  query.set('lang', language === 'zh' ? 'en' : 'zh');
  return html`<a href="${path}?${query.toString()}" lang="${language === 'zh' ? 'en' : 'zh-CN'}">${language === 'zh' ? 'English' : '中文'}</a>`;
}

export interface Page {
  language: Language;
  title: string;
  body: Html;
  /** HTTP status; default 200. */
  status?: number;
  /** Whether its form is answered by a redirect to another site. That may redirect further, and browsers hold the policy against each step: it names no site then. */
  leadsOut?: boolean;
}

/** Answers with a page. */
export function sendPage(reply: FastifyReply, { language, title, body, status = 200, leadsOut = false }: Page): FastifyReply {
  const document = html`<!doctype html>
    <html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Yuding</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <script src="/before-paint.js"></script>
        <script src="/forms.js" defer></script>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <header><span>Yuding 预定</span>${status === 200 && otherLanguage(reply.request, language)}</header>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `;
  const { lang } = reply.request.query as Record<string, unknown>;
  if (isLanguage(lang)) void reply.header('set-cookie', `${LANGUAGE_COOKIE}=${lang}; Path=/; SameSite=Lax; Max-Age=${String(YEAR)}`);
  return reply
    .code(status)
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy(leadsOut),
      'cache-control': 'no-store',
      // Not `no-referrer`: with it browsers send `Origin: null` with the page's own forms.
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    })
    .send(document.text);
}

/** The colours are those of the screens, in web/styles/tokens.css. */
const STYLE = `
:root { color-scheme: light dark; font: 14px/20px system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
:root[data-theme=light] { color-scheme: light; }
:root[data-theme=dark] { color-scheme: dark; }
body { margin: 0; background: light-dark(#f7f8fa, #101317); color: light-dark(#1a1f26, #e6eaf0); }
header, main { box-sizing: border-box; width: min(26rem, 100% - 1.5rem); margin: 0 auto; }
header { display: flex; justify-content: space-between; align-items: center; padding: max(1rem, 7vh) .25rem .75rem; }
header span { font-size: 16px; font-weight: 700; }
main { margin-bottom: 2rem; padding: 1.5rem; border: 1px solid light-dark(#dfe3ea, #2a313b); border-radius: 10px; background: light-dark(#fff, #171b21); }
h1 { margin: 0 0 1rem; font-size: 18px; line-height: 26px; font-weight: 650; }
h2 { margin: 1.75rem 0 .5rem; font-size: 15px; font-weight: 650; }
p { overflow-wrap: anywhere; }
label { display: block; margin: .75rem 0; color: light-dark(#545d69, #a3acb8); }
input { box-sizing: border-box; display: block; width: 100%; min-height: 40px; margin-top: .25rem; padding: 0 .65rem; font: inherit; border: 1px solid light-dark(#868f9c, #717b88); border-radius: 6px; background: light-dark(#fff, #171b21); color: light-dark(#1a1f26, #e6eaf0); }
input[type=checkbox] { display: inline-block; width: auto; min-height: 0; margin: 0 .5rem 0 0; }
button { min-height: 40px; margin-top: .75rem; padding: 0 1.25rem; font: inherit; border: 1px solid light-dark(#1d5fd6, #7aa7ff); border-radius: 6px; background: light-dark(#1d5fd6, #7aa7ff); color: light-dark(#fff, #0d1a33); cursor: pointer; }
button.plain { border-color: light-dark(#868f9c, #717b88); background: none; color: inherit; }
button.wide { width: 100%; }
button.small { display: block; min-height: 28px; margin: -.5rem 0 0 -.5rem; padding: 0 .5rem; border-color: transparent; background: none; color: light-dark(#1d5fd6, #7aa7ff); }
button:disabled { border-color: light-dark(#dfe3ea, #2a313b); background: light-dark(#f0f2f6, #1e242c); color: light-dark(#545d69, #a3acb8); cursor: not-allowed; }
:focus-visible { outline: 2px solid light-dark(#1d5fd6, #7aa7ff); outline-offset: 2px; }
a { color: light-dark(#1d5fd6, #7aa7ff); }
header a, p a { display: inline-block; padding: .25rem 0; }
.problem { padding: .6rem .8rem; border-left: 3px solid light-dark(#c42b1c, #ff7a6b); border-radius: 3px; background: light-dark(#fde4e1, #4d1f1b); color: light-dark(#8a1c12, #ffd0ca); }
.hint { color: light-dark(#545d69, #a3acb8); font-size: 12.5px; }
.or { display: flex; align-items: center; gap: .75rem; margin: 1.25rem 0 .5rem; color: light-dark(#545d69, #a3acb8); }
.or::before, .or::after { content: ""; flex: 1; border-top: 1px solid light-dark(#dfe3ea, #2a313b); }
`;

const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`);
/** The one style sheet is named by its hash; of scripts only the server's own files run, nothing else may be loaded or framed. */
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

function policy(leadsOut: boolean): string {
  const form = leadsOut ? "'self' https: http:" : "'self'";
  return `default-src 'none'; script-src 'self'; img-src 'self'; style-src 'sha256-${STYLE_HASH}'; form-action ${form}; frame-ancestors 'none'; base-uri 'none'`;
}

/** The fields of a form that was sent; undefined when the body is no form. Of a field that comes twice the first counts. */
export function formOf({ headers, body }: FastifyRequest): Map<string, string> | undefined {
  if (!/^application\/x-www-form-urlencoded *(;|$)/i.test(headers['content-type'] ?? '')) return undefined;
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(typeof body === 'string' ? body : '')) if (!fields.has(name)) fields.set(name, value);
  return fields;
}
