import { useEffect, useRef, useSyncExternalStore } from 'react';
import { getSessionMethod } from '../../src/wire/v1/session.ts';
import { liveMethod, type LiveEvents } from '../../src/wire/v1/live.ts';
import { call, onSessionOver, searchOf } from './api.ts';

/*
 * One connection for the whole page, by which the server tells what changes. Whoever draws something listens here; nobody asks again
 * and again. What was missed while the connection was away is told when it is back.
 */

/** What a listener is told. `tree`: levels, rooms or rules changed. `refetch`: read everything anew, nobody knows what changed. */
export type LiveEvent = { kind: 'reservation'; row: LiveEvents['reservation'] } | { kind: 'tree'; version: number } | { kind: 'refetch' };
export type LiveListener = (event: LiveEvent) => void;

export interface Connection {
  /** `lost`: for long enough to be worth telling. */
  state: 'opening' | 'open' | 'lost';
  /** The server has other screens than this page. */
  isOutdated: boolean;
}

/** A page that nobody sees lets go of its connection after so long: a browser has six to a server, for all its pages. Milliseconds. */
const HIDDEN_FOR = 30_000;
/** So long a connection may be away before it is called lost. */
const LOST_AFTER = 4000;
const [SOONEST_TRY, LATEST_TRY] = [2000, 30_000];
/** Events that a listener can ask for who comes late. */
const KEPT = 500;

let connection: Connection = { state: 'opening', isOutdated: false };
const watchers = new Set<() => void>();
/** With the position of what each draws, where it has one. */
const listeners = new Map<LiveListener, number | undefined>();
let source: EventSource | undefined;
let build: string | null | undefined;
/** Id of the last event; and the first of those that are kept, behind which none is missing. */
let position = '';
let keptFrom: number | undefined;
let kept: { at: number; event: LiveEvent }[] = [];
let tries = 0;
let retry: ReturnType<typeof setTimeout> | undefined;
let loss: ReturnType<typeof setTimeout> | undefined;
let rest: ReturnType<typeof setTimeout> | undefined;

function set(next: Partial<Connection>): void {
  connection = { ...connection, ...next };
  for (const watcher of watchers) watcher();
}

/** How the connection is. */
export function useConnection(): Connection {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => connection,
  );
}

/**
 * Tells a component of changes while it is mounted.
 *
 * @param since `live` of what it draws: all that happened later is told, also what came before it listened. Null: it has nothing to draw yet, and
 * listens when it has. Undefined: from now on; then it is told to read anew when that may be too late
 */
export function useLive(listener: LiveListener, since?: string | null): void {
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => {
    if (since === null) return undefined;
    const own: LiveListener = (event) => {
      latest.current(event);
    };
    const drawn = since === undefined ? undefined : orderOf(since);
    listeners.set(own, drawn);
    if (drawn !== undefined) catchUp(own, drawn);
    return () => {
      listeners.delete(own);
    };
  }, [since]);
}

/** Tells what happened since a position, as far as it is kept. */
function catchUp(listener: LiveListener, since: number): void {
  if (keptFrom === undefined) return;
  if (since < keptFrom) listener({ kind: 'refetch' });
  else for (const { at, event } of kept) if (at >= since) listener(event);
}

/** Ids begin with a number that only grows. */
function orderOf(id: string): number {
  return parseInt(id, 10);
}

function tell(event: LiveEvent, id: string): void {
  position = id;
  kept.push({ at: orderOf(id), event });
  if (kept.length > KEPT) {
    // Behind what goes, something is missing.
    keptFrom = (kept.shift()?.at ?? 0) + 1;
  }
  for (const listener of [...listeners.keys()]) listener(event);
}

/** From here on nothing is missing. @param isNeeded who has to read anew, by the position of what they draw */
function beginAnew(isNeeded: (drawn: number | undefined) => boolean): void {
  kept = [];
  keptFrom = orderOf(position);
  for (const [listener, drawn] of [...listeners]) if (isNeeded(drawn)) listener({ kind: 'refetch' });
}

function open(): void {
  clearTimeout(retry);
  close();
  const stream = new EventSource(liveMethod.path + searchOf({ follow: true, since: position }));
  source = stream;
  const on = <Name extends keyof LiveEvents>(name: Name, then: (data: LiveEvents[Name], id: string) => void) => {
    stream.addEventListener(name, (event: MessageEvent<string>) => {
      then(JSON.parse(event.data) as LiveEvents[Name], event.lastEventId);
    });
  };
  on('hello', (hello, id) => {
    const isFirst = position === '';
    const wasLost = connection.state === 'lost';
    clearTimeout(loss);
    loss = undefined;
    tries = 0;
    position = id;
    build ??= hello.build;
    set({ state: 'open', isOutdated: connection.isOutdated || (build ?? null) !== hello.build });
    // What was read before the connection was there may be old by now; what was missed meanwhile follows by itself, but not to those who do not draw it.
    if (isFirst) beginAnew((drawn) => drawn === undefined || drawn < orderOf(id));
    else if (wasLost) beginAnew(() => true);
  });
  on('reservation', (row, id) => {
    tell({ kind: 'reservation', row }, id);
  });
  on('tree', ({ version }, id) => {
    tell({ kind: 'tree', version }, id);
  });
  on('gap', (_none, id) => {
    position = id;
    beginAnew(() => true);
  });
  on('over', () => {
    close();
    for (const listener of onSessionOver) listener();
    tryAgain();
  });
  stream.onerror = () => {
    loss ??= setTimeout(lose, LOST_AFTER);
    // What was refused the browser does not try again by itself. Whether the session is over, its own method says.
    if (stream.readyState !== EventSource.CLOSED) return;
    close();
    call(getSessionMethod, {}).catch(() => undefined);
    tryAgain();
  };
}

function close(): void {
  source?.close();
  source = undefined;
}

function lose(): void {
  set({ state: 'lost' });
}

function tryAgain(): void {
  clearTimeout(retry);
  const pause = Math.min(SOONEST_TRY * 2 ** tries++, LATEST_TRY);
  // Not all at once, when a server has been away.
  retry = setTimeout(open, pause * (0.75 + Math.random() / 2));
}

/** Tries now what would be tried later: somebody has signed in again, or the network is back. */
export function connectNow(): void {
  if (source?.readyState !== EventSource.OPEN && document.visibilityState === 'visible') open();
}

/** Keeps the page connected while it is mounted; once, around everything. */
export function useLiveConnection(): void {
  useEffect(() => {
    const onVisibility = () => {
      clearTimeout(rest);
      if (document.visibilityState === 'visible') connectNow();
      else {
        rest = setTimeout(() => {
          clearTimeout(retry);
          clearTimeout(loss);
          loss = undefined;
          close();
        }, HIDDEN_FOR);
      }
    };
    open();
    document.addEventListener('visibilitychange', onVisibility);
    window.addEventListener('online', connectNow);
    window.addEventListener('offline', lose);
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      window.removeEventListener('online', connectNow);
      window.removeEventListener('offline', lose);
      for (const timer of [retry, loss, rest]) clearTimeout(timer);
      close();
    };
  }, []);
}
