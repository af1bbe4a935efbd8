import type { Clock } from '../clock.ts';

const WINDOW_MS = 60_000;

interface Window {
  startedAt: number;
  count: number;
}

/**
 * Counts calls per API, app and tenant. A window of 60 seconds begins with its first counted call; a refused call does not
 * count. Exact under concurrency, because one server process counts in one thread and nothing waits in between.
 */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a call. Returns 0 when it may pass, else the seconds until the window ends (1 to 60). */
  count(api: string, appId: string, limit: number): number {
    const now = this.#clock.steadyMs();
    const key = `${api} ${appId}`;
    let window = this.#windows.get(key);
    if (!window || now - window.startedAt >= WINDOW_MS) {
      if (this.#windows.size >= WINDOWS_KEPT) this.#forget(now);
      this.#windows.set(key, (window = { startedAt: now, count: 0 }));
    }
    if (window.count >= limit) return Math.max(1, Math.ceil((window.startedAt + WINDOW_MS - now) / 1000));
    window.count++;
    return 0;
  }

  #forget(now: number): void {
    for (const [key, window] of this.#windows) {
      if (now - window.startedAt >= WINDOW_MS) this.#windows.delete(key);
    }
  }
}

/** So many windows are kept before the ended ones are swept out. */
const WINDOWS_KEPT = 10_000;
