import { isLoopback } from '../loopback.ts';
import { DomainError } from './errors.ts';

/** So many addresses an app may have, each of so many characters. */
const MOST = 20;
const LONGEST = 2000;

/**
 * Sees that an app's addresses can be redirect addresses: `https`, or `http` on the very machine of the browser. They are compared
 * character by character later on, so they are kept as they came. A fragment may stand in them, as the vendor lets it.
 *
 * @throws DomainError param, about `redirect_uris`
 */
export function requireRedirectUris(uris: readonly string[]): void {
  if (uris.length > MOST) fail(`there may be ${String(MOST)} at most`);
  if (new Set(uris).size < uris.length) fail('names an address twice');
  for (const uri of uris) {
    const fault = faultOf(uri);
    if (fault !== undefined) fail(`${JSON.stringify(uri.slice(0, 200))} ${fault}`);
  }
}

function faultOf(uri: string): string | undefined {
  if (uri.length > LONGEST) return `is longer than ${String(LONGEST)} characters`;
  // What a URL parser takes away or turns round would let two texts mean one address.
  if (!/^https?:\/\/[\x21-\x7e]+$/.test(uri) || uri.includes('\\') || !URL.canParse(uri))
    return 'is no address; one looks like https://app.example.com/callback';
  const { protocol, hostname, username, password } = new URL(uri);
  if (username !== '' || password !== '' || /^https?:\/\/[^/?#]*@/.test(uri)) return 'must not carry a name or password';
  if (protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, ''))) return 'must be https:// (http:// on the loopback address only)';
  return undefined;
}

function fail(message: string): never {
  throw new DomainError('param', message, 'redirect_uris');
}
