import type { Clock } from '../../src/clock.ts';

/** A clock that stands still until it is told to go. */
export class FakeClock implements Clock {
  /** Epoch seconds of the domain. */
  seconds: number;
  #realMs: number;
  #steadyMs = 1_000_000;

  constructor(seconds: number) {
    this.seconds = seconds;
    this.#realMs = seconds * 1000;
  }

  now = (): number => Math.floor(this.seconds);
  realMs = (): number => this.#realMs;
  steadyMs = (): number => this.#steadyMs;

  /** Lets time pass for everything. */
  advance(seconds: number): void {
    this.seconds += seconds;
    this.#realMs += seconds * 1000;
    this.#steadyMs += seconds * 1000;
  }

  /** Sets the real time, as an administrator does who mends a wrong clock; steady time goes on. */
  setReal(seconds: number): void {
    this.#realMs = seconds * 1000;
  }
}
