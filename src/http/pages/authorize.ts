import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Ctx } from '../../context.ts';
import { actorOf, type Principal } from '../../domain/access.ts';
import { askingApp, authorize, scopesNotHeld, type Asked } from '../../domain/authorization.ts';
import { grantedScopes } from '../../domain/grants.ts';
import { personOf } from '../../domain/people.ts';
import { tenantOf } from '../../domain/tenants.ts';
import { AUTHORIZE_PATH, answerAddress, MOST_SCOPES, SCOPE_NOT_HELD } from '../../wire/authen/authorize.ts';
import { packSecret, tenantOfAppId } from '../../wire/identifiers.ts';
import { isSameOrigin, sessionOf } from '../session.ts';
import { formOf, html, languageOf, sendPage, type Html, type Language, type Text } from './page.ts';
import { scopeTexts } from './scopes.ts';
import { SIGN_IN } from './sign-in.ts';

/*
 * Where an app sends a person to be let act for them. Before the app and the address that the answer goes to are known to belong
 * together, nothing that the request says leads anywhere.
 */

/** How long a person may think about it. Seconds. */
const CONSENT_LIFE = 600;

export function mountAuthorize(server: FastifyInstance, ctx: Ctx): void {
  server.get(AUTHORIZE_PATH, { config: { access: 'page' } }, (request, reply) => ask(ctx, request, reply));
  server.post(AUTHORIZE_PATH, { config: { access: 'page' } }, (request, reply) => decide(ctx, request, reply));
}

const NAMES = ['client_id', 'redirect_uri', 'response_type', 'scope', 'state', 'code_challenge', 'code_challenge_method', 'prompt'] as const;

/** What stands in the query, as it came. What has no name here has no meaning. */
type Parameters = Readonly<Partial<Record<(typeof NAMES)[number], string | readonly string[]>>>;

function parametersOf({ query }: FastifyRequest): Parameters {
  const all = query as Parameters;
  return Object.fromEntries(NAMES.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]])));
}

/** `GET`: asks the person, unless the person has said yes to all of it before. */
async function ask(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const principal = await sessionOf(ctx, request, reply);
  if (!principal) {
    const { url } = request;
    const next = AUTHORIZE_PATH + (url.includes('?') ? url.slice(url.indexOf('?')) : '');
    return redirect(reply, 302, `${SIGN_IN}?next=${encodeURIComponent(next)}`);
  }
  request.principal = principal;
  const asking = await understand(ctx, principal, parametersOf(request));
  if ('problem' in asking) return sendProblem(request, reply, 400, asking.problem, asking.particulars);
  if ('error' in asking) return redirect(reply, 302, asking.location);
  const granted = await grantedScopes(ctx, { ...personIn(principal), appId: asking.asked.client.appId });
  if (!asking.mustAsk && granted && asking.asked.scopes.every((scope) => granted.includes(scope))) {
    return redirect(reply, 302, await allow(ctx, request, principal, asking));
  }
  return sendConsent(ctx, request, reply, principal, asking, granted ?? []);
}

/** `POST`: what the person said. What it was said to comes from the page itself, signed for this very session. */
async function decide(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (!isSameOrigin(ctx, request)) return sendProblem(request, reply, 403, texts.crossSite);
  const principal = await sessionOf(ctx, request, reply);
  if (!principal) return sendProblem(request, reply, 401, texts.sessionOver);
  request.principal = principal;
  const form = formOf(request);
  const parameters = openConsent(ctx, principal, form?.get('request') ?? '');
  if (!parameters) return sendProblem(request, reply, 400, texts.stale);
  // Everything anew: the app may have been changed since the page was shown.
  const asking = await understand(ctx, principal, parameters);
  if ('problem' in asking) return sendProblem(request, reply, 400, asking.problem, asking.particulars);
  if ('error' in asking) return redirect(reply, 303, asking.location);
  if (form?.get('decision') !== 'allow') {
    return redirect(reply, 303, answerAddress(asking.asked.redirectUri, { error: 'access_denied', state: asking.state }));
  }
  return redirect(reply, 303, await allow(ctx, request, principal, asking));
}

interface Asking {
  asked: Asked;
  appName: string;
  state: string | undefined;
  /** The app wants the person to see the page. */
  mustAsk: boolean;
  /** What was asked, to be signed. */
  parameters: Parameters;
}

type Understood = Asking | { error: string; location: string } | { problem: Text; particulars?: string };

/** What the parameters ask for: of an app and to an address that belong together, or else a page that leads nowhere. */
async function understand(ctx: Ctx, principal: Principal, parameters: Parameters): Promise<Understood> {
  const { client_id: appId, redirect_uri: redirectUri } = parameters;
  if (typeof appId !== 'string' || typeof redirectUri !== 'string') return { problem: texts.incomplete };
  const ownTenant = tenantOfAppId(appId);
  if (ownTenant === undefined) return { problem: texts.unknownApp };
  const client = { appId, tenantId: ownTenant };
  const app = await askingApp(ctx, principal.tenantId, { client, redirectUri });
  if (typeof app === 'string') return { problem: texts[app] };

  const state = typeof parameters.state === 'string' ? parameters.state : undefined;
  const refused = (error: string, error_description: string) => ({ error, location: answerAddress(redirectUri, { error, error_description, state }) });
  const repeated = Object.entries(parameters).find(([, value]) => typeof value !== 'string');
  if (repeated) return refused('invalid_request', `${repeated[0]} is given twice`);
  const { response_type = 'code', scope = '', code_challenge, code_challenge_method } = parameters as Record<string, string | undefined>;
  if (response_type !== 'code') return refused('unsupported_response_type', 'response_type must be code');
  const challenge = challengeOf(code_challenge, code_challenge_method);
  if (typeof challenge === 'string') return refused('invalid_request', challenge);
  const scopes = [...new Set(scope.split(' ').filter((word) => word !== ''))];
  if (scopes.length > MOST_SCOPES) return refused('invalid_scope', `at most ${String(MOST_SCOPES)} scopes can be asked for at once`);
  const notHeld = scopesNotHeld(app, scopes);
  if (notHeld.length > 0) return { problem: texts.scopes, particulars: notHeld.join(' ') };
  return { asked: { client, redirectUri, scopes, challenge }, appName: app.name, state, mustAsk: parameters.prompt === 'consent', parameters };
}

/** The challenge (RFC 7636), or what is wrong with it. */
function challengeOf(text: string | undefined, method: string | undefined): Asked['challenge'] | string {
  if (text === undefined || text === '') return method === undefined || method === '' ? null : 'code_challenge is missing';
  if (!/^[\w.~-]{43,128}$/.test(text)) return 'code_challenge must be 43 to 128 letters, digits and -._~';
  if (method !== undefined && method !== '' && method !== 'S256' && method !== 'plain') return 'code_challenge_method must be S256 or plain';
  return { text, method: method === 'S256' ? 'S256' : 'plain' };
}

/** Lets the app. @returns where its answer goes */
async function allow(ctx: Ctx, request: FastifyRequest, principal: Principal, { asked, state }: Asking): Promise<string> {
  const actor = actorOf(principal, { source: 'page', address: request.ip, requestId: request.id });
  const person = personIn(principal);
  const secret = await authorize(ctx, actor, person, asked);
  return answerAddress(asked.redirectUri, { code: packSecret(person.tenantId, secret), state });
}

function personIn(principal: Principal): { tenantId: number; userId: string } {
  return { tenantId: principal.tenantId, userId: personOf(principal).userId };
}

function redirect(reply: FastifyReply, status: 302 | 303, location: string): FastifyReply {
  return reply.code(status).headers({ location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }).send();
}

/* ---- what the page carries from one request to the next ---- */

function signConsent(ctx: Ctx, { session }: Principal, parameters: Parameters): string {
  const stated = Buffer.from(JSON.stringify([Math.floor(ctx.clock.realMs() / 1000), parameters])).toString('base64url');
  return `${stated}.${mac(ctx, session, stated)}`;
}

/** What was signed for the same session not long ago; undefined for anything else. */
function openConsent(ctx: Ctx, { session }: Principal, text: string): Parameters | undefined {
  const [stated = '', signature = ''] = text.split('.');
  const expected = Buffer.from(mac(ctx, session, stated));
  const given = Buffer.from(signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
  const [at, parameters] = JSON.parse(Buffer.from(stated, 'base64url').toString()) as [number, Parameters];
  const age = Math.floor(ctx.clock.realMs() / 1000) - at;
  return age >= 0 && age <= CONSENT_LIFE ? parameters : undefined;
}

function mac({ keys }: Ctx, session: string | null, stated: string): string {
  return keys.hmac('consent', `${session ?? ''} ${stated}`).toString('base64url');
}

/* ---- the pages ---- */

async function sendConsent(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  principal: Principal,
  { asked, appName, parameters }: Asking,
  granted: readonly string[],
): Promise<FastifyReply> {
  const language = languageOf(request);
  const say = (text: Text) => text[language];
  const tenant = await tenantOf(ctx, principal.tenantId);
  const earlier = granted.filter((scope) => !asked.scopes.includes(scope));
  const body = html`
    <p>${say(texts.asks)} <strong>${appName}</strong></p>
    <ul>
      <li>${say(texts.identity)}</li>
      ${asked.scopes.map((scope) => scopeLine(scope, language))}
    </ul>
    ${
      earlier.length > 0 &&
      html`<p>${say(texts.earlier)}</p>
        <ul>
          ${earlier.map((scope) => scopeLine(scope, language))}
        </ul>`
    }
    <p class="hint">${say(texts.as)} <strong>${principal.name}</strong> · ${tenant.name}</p>
    <p class="hint">${say(texts.leads)} ${new URL(asked.redirectUri).host}</p>
    <form method="post" action="${AUTHORIZE_PATH}">
      <input type="hidden" name="request" value="${signConsent(ctx, principal, parameters)}" />
      <button name="decision" value="allow">${say(texts.allow)}</button>
      <button name="decision" value="refuse" class="plain">${say(texts.refuse)}</button>
    </form>
  `;
  return sendPage(reply, { language, title: say(texts.title), body, leadsOut: true });
}

function scopeLine(scope: string, language: Language): Html {
  const text = Object.hasOwn(scopeTexts, scope) ? scopeTexts[scope] : undefined;
  return text ? html`<li>${text[language]} <span class="hint">${scope}</span></li>` : html`<li>${scope}</li>`;
}

function sendProblem(request: FastifyRequest, reply: FastifyReply, status: number, problem: Text, particulars?: string): FastifyReply {
  const language = languageOf(request);
  const body = html`<p class="problem">${problem[language]}</p>
    ${particulars !== undefined && html`<p>${particulars}</p>`}`;
  return sendPage(reply, { language, title: texts.failed[language], body, status });
}

const texts = {
  title: { en: 'Let this app act for you?', zh: '授权此应用？' },
  failed: { en: 'This does not work', zh: '无法授权' },
  asks: { en: 'You are asked to let this app do the following:', zh: '以下应用请求获得你的授权：' },
  identity: { en: 'Know your name and who you are', zh: '获知你的姓名和身份' },
  earlier: { en: 'You let it do this before, which stays so:', zh: '此前已授权，继续有效：' },
  as: { en: 'You are', zh: '当前账号：' },
  leads: { en: 'From here you go back to', zh: '完成后将返回' },
  allow: { en: 'Allow', zh: '同意' },
  refuse: { en: 'Refuse', zh: '拒绝' },
  incomplete: {
    en: 'The link is not complete: it must name client_id and redirect_uri, once each.',
    zh: '链接不完整：必须各包含一次 client_id 和 redirect_uri。',
  },
  unknownApp: { en: 'There is no such app in your organisation.', zh: '你所在的企业没有此应用。' },
  wrongRedirect: {
    en: 'The app is not set up to send people back to the address in this link (redirect_uri).',
    zh: '此链接中的重定向地址（redirect_uri）未在应用中配置。',
  },
  scopes: {
    en: `Error ${String(SCOPE_NOT_HELD)}: the link asks for scopes that the app does not hold.`,
    zh: `错误码 ${String(SCOPE_NOT_HELD)}：链接请求了应用未开通的权限。`,
  },
  crossSite: { en: 'Only the page of this server itself can answer for you.', zh: '只能在本服务器的页面上进行授权。' },
  sessionOver: { en: 'You are no longer signed in. Go back to the app and begin again.', zh: '登录已失效，请返回应用重新开始。' },
  stale: {
    en: 'This page is too old, or was not made for you. Go back to the app and begin again.',
    zh: '页面已过期或无效，请返回应用重新开始。',
  },
} satisfies Record<string, Text>;
