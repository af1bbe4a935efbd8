/** Time, as an argument: nothing else asks the machine for it. */
export interface Clock {
  /** The domain's time, epoch seconds: what the ledger, check-in and release go by. */
  now(): number;
  /** The real time, epoch milliseconds: what credentials and log lines go by. */
  realMs(): number;
  /** Milliseconds that only grow, whatever happens to the real time: what rate windows go by. */
  steadyMs(): number;
}

export const systemClock: Clock = {
  now: () => Math.floor(Date.now() / 1000),
  realMs: () => Date.now(),
  steadyMs: () => performance.now(),
};
