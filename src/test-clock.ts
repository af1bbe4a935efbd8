import { systemClock, type Clock } from './clock.ts';

/**
 * A clock that testers move. It goes on ticking from where it was put. Credentials and rate windows follow only when asked to:
 * moving the ledger's time does not sign anybody out.
 */
export class TestClock implements Clock {
  #shift = 0;
  #credentialShiftMs = 0;

  now(): number {
    return systemClock.now() + this.#shift;
  }

  realMs(): number {
    return systemClock.realMs() + this.#credentialShiftMs;
  }

  steadyMs(): number {
    return systemClock.steadyMs() + this.#credentialShiftMs;
  }

  /** @param credentials whether tokens and rate limits go along */
  moveTo(now: number, credentials: boolean): void {
    const by = now - this.now();
    this.#shift += by;
    if (credentials) this.#credentialShiftMs += by * 1000;
  }
}
