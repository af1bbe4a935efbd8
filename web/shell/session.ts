import { useQuery } from '@tanstack/react-query';
import { endSessionMethod, getSessionMethod } from '../../src/wire/v1/session.ts';
import { call, isSignedOut, type Answer } from '../lib/api.ts';
import { learnNow } from '../lib/now.ts';

export type Session = Answer<typeof getSessionMethod>;

/** Where one signs in, and comes back from to where one is. */
export function signInPath(): string {
  return `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
}

/** Reads who is signed in, and with it what the time is. Who is not goes to the sign-in page. */
export function useSessionRead() {
  const read = useQuery({ queryKey: ['session'], queryFn: readSession, staleTime: 300_000 });
  if (isSignedOut(read.error) && read.data === undefined) location.replace(signInPath());
  return read;
}

/** Who is signed in; undefined until that is known. */
export function useSession(): Session | undefined {
  return useSessionRead().data;
}

async function readSession(): Promise<Session> {
  const session = await call(getSessionMethod, {});
  learnNow(session.now);
  return session;
}

/** Ends the session and leaves the page: nothing of it stays on the screen. */
export async function signOut(): Promise<void> {
  await call(endSessionMethod, {});
  location.assign('/sign-in');
}
