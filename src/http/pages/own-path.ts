/** Longest path that is followed; an authorize page's, with all its parameters, is a few hundred characters long. */
const LONGEST = 8000;

/**
 * A path of this server, of what somebody says is one; else `/`. Browsers read backslashes as slashes, drop tabs and line ends,
 * and take two slashes for another host's name: such a path is not followed.
 */
export function ownPath(text: string | undefined): string {
  if (text === undefined || text.length > LONGEST || !/^\/(?!\/)[\x21-\x5b\x5d-\x7e]*$/.test(text)) return '/';
  // Dots are resolved, after which there may be two slashes.
  const resolved = new URL(text, 'http://here.invalid');
  return resolved.origin === 'http://here.invalid' && !resolved.pathname.startsWith('//') ? text : '/';
}
