import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/*
 * Pages that the server makes itself: plain forms, without any script. What they show goes through `html`, which escapes it, and
 * what the browser may do with it is written in the answer's content security policy.
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

/** What the browser would rather read, of what there is; English where it does not say. */
export function languageOf({ headers }: FastifyRequest): Language {
  let best: { language: Language; weight: number } = { language: 'en', weight: 0 };
  for (const range of (headers['accept-language'] ?? '').split(',')) {
    const [, tag, q = '1'] = /^\s*([a-z]{2,3})\b[^;]*(?:;\s*q=([\d.]{1,5}))?\s*$/i.exec(range) ?? [];
    const language = tag?.toLowerCase();
    if ((language === 'en' || language === 'zh') && Number(q) > best.weight) best = { language, weight: Number(q) };
  }
  return best.language;
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
        ${STYLE_ELEMENT}
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `;
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

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; background: light-dark(#f4f5f7, #16181d); color: light-dark(#1c1f26, #e8eaee); }
main { box-sizing: border-box; width: min(26rem, 100% - 2rem); margin: 8vh auto; padding: 1.5rem 2rem 2rem; border-radius: .75rem; background: light-dark(#fff, #21242b); }
h1 { margin: 0 0 1rem; font-size: 1.4rem; }
h2 { margin: 2rem 0 .5rem; font-size: 1.1rem; }
p { overflow-wrap: anywhere; }
label { display: block; margin: .75rem 0; }
input { box-sizing: border-box; display: block; width: 100%; margin-top: .25rem; padding: .5rem .6rem; font: inherit; border: 1px solid light-dark(#767c89, #8b919d); border-radius: .4rem; background: light-dark(#fff, #16181d); color: inherit; }
input[type=checkbox] { display: inline-block; width: auto; margin: 0 .5rem 0 0; }
button { margin-top: .75rem; padding: .5rem 1.25rem; font: inherit; border: 1px solid transparent; border-radius: .4rem; background: #1f5fd0; color: #fff; cursor: pointer; }
button.plain { border-color: light-dark(#767c89, #8b919d); background: none; color: inherit; }
:focus-visible { outline: 3px solid light-dark(#1f5fd0, #8db4ff); outline-offset: 2px; }
a { color: light-dark(#1f5fd0, #8db4ff); }
.problem { padding: .6rem .8rem; border-radius: .4rem; background: light-dark(#fde8e7, #4a1f1e); }
.hint { color: light-dark(#565c68, #aab0bb); font-size: .9rem; }
`;

const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`);
/** The one style sheet is named by its hash; nothing else may be loaded, run or framed. */
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

function policy(leadsOut: boolean): string {
  const form = leadsOut ? "'self' https: http:" : "'self'";
  return `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action ${form}; frame-ancestors 'none'; base-uri 'none'`;
}

/** The fields of a form that was sent; undefined when the body is no form. Of a field that comes twice the first counts. */
export function formOf({ headers, body }: FastifyRequest): Map<string, string> | undefined {
  if (!/^application\/x-www-form-urlencoded *(;|$)/i.test(headers['content-type'] ?? '')) return undefined;
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(typeof body === 'string' ? body : '')) if (!fields.has(name)) fields.set(name, value);
  return fields;
}
