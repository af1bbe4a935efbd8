import { useEffect, useState } from 'react';

/*
 * The present, by the clock of the server: rules and deadlines are counted on it, whatever the viewer's machine takes the time to be.
 */

let ahead = 0;

/** Takes note of what the server says the time is. */
export function learnNow(server: string): void {
  const at = Date.parse(server);
  if (Number.isFinite(at)) ahead = at - Date.now();
}

/** Epoch milliseconds. */
export function serverNow(): number {
  return Date.now() + ahead;
}

/** The present, looked at every so many milliseconds. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const look = () => {
      setNow(serverNow());
    };
    const timer = setInterval(look, everyMs);
    // A page that was away catches up at once.
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [everyMs]);
  return now;
}
