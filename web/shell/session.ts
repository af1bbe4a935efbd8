import { useQuery } from '@tanstack/react-query';
import { endSessionMethod, getSessionMethod } from '../../src/wire/v1/session.ts';
import { call, type Answer } from '../lib/api.ts';

export type Session = Answer<typeof getSessionMethod>;

/** Where one signs in, and comes back from to where one is. */
export function signInPath(): string {
  return `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
}

/** Who is signed in; undefined until that is known. Who is not goes to the sign-in page. */
export function useSession(): Session | undefined {
  const { data, error } = useQuery({ queryKey: ['session'], queryFn: () => call(getSessionMethod, {}), staleTime: 300_000 });
  if (error && data === undefined && 'code' in error && ['session_over', 'missing_token'].includes(String(error.code))) location.replace(signInPath());
  return data;
}

/** Ends the session and leaves the page: nothing of it stays on the screen. */
export async function signOut(): Promise<void> {
  await call(endSessionMethod, {});
  location.assign('/sign-in');
}
