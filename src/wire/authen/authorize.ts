/*
 * The page on which people let an app act for them: https://open.feishu.cn/document/common-capabilities/sso/api/obtain-oauth-code
 */

export const AUTHORIZE_PATH = '/open-apis/authen/v1/authorize';

/** Vendor page: more scopes than these are not asked for at once. */
export const MOST_SCOPES = 50;

/** Asks for refresh tokens. */
export const OFFLINE_SCOPE = 'offline_access';

/** What the page calls a scope that the app does not hold; vendor page. */
export const SCOPE_NOT_HELD = 20027;

/** The answer that an app is sent, at the end of the address that it named; what the address has behind `#` stays behind it. */
export function answerAddress(redirectUri: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const [address, fragment] = splitAt(redirectUri, '#');
  const pairs = Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]));
  const before = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&';
  return `${address}${before}${pairs.join('&')}${fragment === undefined ? '' : `#${fragment}`}`;
}

function splitAt(text: string, sign: string): [string, string?] {
  const at = text.indexOf(sign);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
