import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Configuration } from 'openid-client';
import type { OidcConfig } from '../../config.ts';
import type { Ctx } from '../../context.ts';
import { DomainError } from '../../domain/errors.ts';
import type { SessionSecret } from '../../domain/sessions.ts';
import { SIGN_ON_LIFE, signInByProvider, type ProvenIdentity } from '../../domain/single-sign-on.ts';
import { cookieHeader, cookieName, cookieOf } from '../session.ts';
import { ownPath } from './own-path.ts';
import { html, type Text } from './page.ts';
import { SIGN_IN, signInPage } from './sign-in.ts';
import { mountPage, type Visit } from './visit.ts';

const CALLBACK = `${SIGN_IN}/oidc/callback`;
/** Seconds that the provider has for each answer. */
const PATIENCE = 10;

/** What the browser keeps while its person is at the provider: sealed, so that nobody else could have made it. */
interface RoundTrip {
  state: string;
  nonce: string;
  verifier: string;
  next: string;
  /** Epoch seconds. */
  expires: number;
}

/** `/sign-in/oidc`: to the OpenID provider and back. Only where one is configured. */
export function mountSingleSignOn(server: FastifyInstance, ctx: Ctx): void {
  const { oidc } = ctx.config;
  if (!oidc) return;
  const provider = new Provider(oidc);

  mountPage(server, ctx, 'POST', `${SIGN_IN}/oidc`, async (visit) => {
    const next = ownPath(visit.form.get('next'));
    let begun: Awaited<ReturnType<Provider['begin']>>;
    try {
      begun = await provider.begin(redirectUri(ctx));
    } catch (error) {
      logFailure(visit, error);
      return signInPage(visit, { next, text: unreachable(oidc.name), status: 502 });
    }
    const { url, ...trip } = begun;
    keepTrip(visit, { ...trip, next, expires: seconds(ctx) + SIGN_ON_LIFE });
    return onwardPage(visit, url, oidc.name);
  });

  mountPage(server, ctx, 'GET', CALLBACK, async (visit) => {
    const trip = takeTrip(visit);
    if (!trip) return signInPage(visit, { next: '/', text: strayed, status: 400 });
    const { next } = trip;
    if (visit.asked('error') === 'access_denied') return signInPage(visit, { next, text: denied(oidc.name), status: 403 });
    let identity: ProvenIdentity;
    try {
      // The address as the provider was told it: what the request says of its host is nobody's word.
      identity = await provider.finish(new URL(visit.request.url, redirectUri(ctx)), trip);
    } catch (error) {
      logFailure(visit, error);
      return signInPage(visit, { next, text: failed(oidc.name), status: 400 });
    }
    let session: SessionSecret;
    try {
      session = await signInByProvider(ctx, visit.from, trip.state, identity, await visit.person());
    } catch (error) {
      const text = error instanceof DomainError ? refusals[error.reason] : undefined;
      if (!text) throw error;
      return signInPage(visit, { next, text, status: 403 });
    }
    return visit.begin(session, next);
  });
}

/** The provider, as far as it is known: its own description is asked for when it is needed first. */
class Provider {
  readonly #config: OidcConfig;
  #discovered: Promise<Configuration> | undefined;

  constructor(config: OidcConfig) {
    this.#config = config;
  }

  /** Where to send the browser, and what is to be remembered meanwhile. */
  async begin(redirectTo: string): Promise<Pick<RoundTrip, 'state' | 'nonce' | 'verifier'> & { url: string }> {
    const [client, configuration] = [await import('openid-client'), await this.#configuration()];
    const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectTo,
      scope: 'openid email profile',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    return { state, nonce, verifier, url: url.href };
  }

  /** Who came back. @throws what openid-client throws when the answer is not one to `trip`, or the provider fails */
  async finish(answer: URL, { state, nonce, verifier }: RoundTrip): Promise<ProvenIdentity> {
    const [client, configuration] = [await import('openid-client'), await this.#configuration()];
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
    const tokens = await client.authorizationCodeGrant(configuration, answer, checks);
    const claims = tokens.claims();
    if (!claims) throw new Error('an answer without an ID token');
    const { userinfo_endpoint: more } = configuration.serverMetadata();
    // Many providers tell the address only when they are asked for it.
    const said = claims.email === undefined && more !== undefined ? await client.fetchUserInfo(configuration, tokens.access_token, claims.sub) : claims;
    const verified = said.email_verified === true && typeof said.email === 'string';
    return { issuer: claims.iss, subject: claims.sub, verifiedEmail: verified ? said.email : undefined };
  }

  #configuration(): Promise<Configuration> {
    // One that failed is asked again by the next who wants to sign in.
    return (this.#discovered ??= this.#discover().catch((error: unknown) => {
      this.#discovered = undefined;
      throw error;
    }));
  }

  async #discover(): Promise<Configuration> {
    const client = await import('openid-client');
    const { issuer, clientId, clientSecret } = this.#config;
    // Plain http can be configured for this machine only, which the library, wary of it, calls deprecated.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    const execute = issuer.startsWith('http:') ? [client.allowInsecureRequests] : [];
    return client.discovery(new URL(issuer), clientId, clientSecret, undefined, { execute, timeout: PATIENCE });
  }
}

function redirectUri(ctx: Ctx): string {
  return ctx.origin + CALLBACK;
}

const SEALED_FOR = 'single sign-on';

function keepTrip({ ctx, reply }: Visit, trip: RoundTrip): void {
  const sealed = ctx.keys.seal(SEALED_FOR, JSON.stringify(trip));
  void reply.header('set-cookie', cookieHeader(ctx.config, cookieName(ctx.config, '-oidc'), sealed, SIGN_ON_LIFE));
}

/** The round trip that the browser is on, which ends here however it ends. */
function takeTrip({ ctx, request, reply }: Visit): RoundTrip | undefined {
  const name = cookieName(ctx.config, '-oidc');
  const sealed = cookieOf(request, name);
  if (sealed === undefined) return undefined;
  void reply.header('set-cookie', cookieHeader(ctx.config, name, '', 0));
  try {
    const trip = JSON.parse(ctx.keys.open(SEALED_FOR, sealed)) as RoundTrip;
    return trip.expires > seconds(ctx) && trip.expires <= seconds(ctx) + SIGN_ON_LIFE ? trip : undefined;
  } catch {
    return undefined;
  }
}

/** By a page, not by an answer that redirects: browsers hold the form's policy against every redirect behind it, wherever the provider leads. */
function onwardPage(visit: Visit, url: string, name: string): FastifyReply {
  void visit.reply.header('refresh', `0; url=${url}`);
  const text = visit.say({ en: `Go on to ${name}`, zh: `前往 ${name}` });
  return visit.show({ en: 'Signing in', zh: '正在登录' }, html`<p><a href="${url}">${text}</a></p>`);
}

/** Never the error itself: it can hold what the provider answered. */
function logFailure({ ctx, request }: Visit, error: unknown): void {
  const { code, message } = error as Partial<Error & { code: string }>;
  ctx.log.warn({ log_id: request.id, cause: code, detail: message }, 'single sign-on failed');
}

const strayed: Text = {
  en: 'This sign-in was not begun in this browser, was used before, or took longer than ten minutes. Begin again.',
  zh: '此次登录不是在本浏览器中发起的、已被使用，或超过了十分钟。请重新登录。',
};
const unreachable = (name: string): Text => ({ en: `${name} does not answer. Try again later.`, zh: `${name} 没有响应，请稍后重试。` });
const denied = (name: string): Text => ({ en: `${name} did not let you in.`, zh: `${name} 拒绝了此次登录。` });
const failed = (name: string): Text => ({
  en: `What ${name} answered cannot be right. Begin again; the server's log has the cause.`,
  zh: `${name} 的答复无法确认。请重新登录；原因见服务器日志。`,
});
const refusals: Readonly<Record<string, Text>> = {
  notFound: {
    en: 'Nobody here has the e-mail address that the provider vouches for. An administrator adds people.',
    zh: '此处没有与身份提供方已验证的电子邮箱相符的人员。人员由管理员添加。',
  },
  noPermission: { en: 'Your account is suspended.', zh: '您的账号已停用。' },
  gone: strayed,
};

function seconds(ctx: Ctx): number {
  return Math.floor(ctx.clock.realMs() / 1000);
}
