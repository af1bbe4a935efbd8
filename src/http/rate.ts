import type { Clock } from '../clock.ts';

/** So many calls in a window of so many seconds. */
export interface Limit {
  calls: number;
  seconds: number;
}

interface Window {
  endsAt: number;
  count: number;
}

/**
 * Counts calls per API, app and tenant. A window begins with its first counted call; a refused call counts in none.
 * Exact under concurrency, because one server process counts in one thread and nothing waits in between.
 */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a call. @returns the limit that refuses it and the seconds until its window ends; undefined when it may pass */
  count(api: string, caller: string, limits: readonly Limit[]): { limit: Limit; wait: number } | undefined {
    const now = this.#clock.steadyMs();
    const windows = limits.map((limit) => this.#window(`${api} ${caller} ${String(limit.seconds)}`, limit, now));
    for (const [i, limit] of limits.entries()) {
      const window = windows[i];
      if (window && window.count >= limit.calls) return { limit, wait: Math.max(1, Math.ceil((window.endsAt - now) / 1000)) };
    }
    for (const window of windows) window.count++;
    return undefined;
  }

  #window(key: string, { seconds }: Limit, now: number): Window {
    let window = this.#windows.get(key);
    if (!window || now >= window.endsAt) {
      if (this.#windows.size >= WINDOWS_KEPT) this.#forget(now);
      this.#windows.set(key, (window = { endsAt: now + seconds * 1000, count: 0 }));
    }
    return window;
  }

  #forget(now: number): void {
    for (const [key, window] of this.#windows) {
      if (now >= window.endsAt) this.#windows.delete(key);
    }
  }
}

/** So many windows are kept before the ended ones are swept out. */
const WINDOWS_KEPT = 10_000;
