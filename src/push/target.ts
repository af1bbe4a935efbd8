/** An address that nothing is sent to. The message says why, in words that follow "the URL". */
export class TargetError extends Error {
  override name = 'TargetError';
}

const LONGEST = 2000;
/** Below it there is nothing that speaks HTTP but on these. */
const FIRST_FREE_PORT = 1024;
const WEB_PORTS = [80, 443];

/**
 * The URL of a receiver, as far as its text tells: http or https, no user, no fragment, a port on which web servers are.
 * Numbers in any spelling (`2130706433`, `0x7f.1`) come out as the address that they mean.
 *
 * @throws TargetError
 */
export function parseTarget(text: string): URL {
  if (text.length > LONGEST) throw new TargetError(`must have ${String(LONGEST)} characters at most`);
  // The parser would mend these in silence; what was checked and what was meant must be the same.
  if (/[^\x21-\x7e]|\\/.test(text)) throw new TargetError('must be written in visible ASCII characters, without a backslash');
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) throw new TargetError('must be an address like https://app.example.com/events');
  if (/^[^/]*\/\/[^/?#]*@/.test(text)) throw new TargetError('must not contain a user or a password');
  if (text.includes('#')) throw new TargetError('must not have a fragment (#)');
  const url = new URL(text);
  if (url.hostname.endsWith('.')) throw new TargetError('must not have a dot behind its host');
  const port = url.port === '' ? 443 : Number(url.port);
  if (port < FIRST_FREE_PORT && !WEB_PORTS.includes(port)) throw new TargetError('must have port 80, 443, or one from 1024 up');
  return url;
}

/** The host of a URL without the brackets of an IPv6 address. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}
